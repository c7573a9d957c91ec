#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each claim of docs/claims.md with its test and result: ./test --evidence.

    evidence.py             runs the suites whose last result is not about the files as they are now, then prints
    evidence.py --no-run    prints what the last runs said, and when
    evidence.py --list      the claims without a test, and what in the README has no claim

A claim is a row of a table: | id | claim | tests |. In the last cell each `…` is one test, and all of them must pass:

    `unit/lane_sqlite_test`                       a whole suite
    `unit/lane_sqlite_test: a_batch_is_one_commit`    one test of it; * stands for any run of characters
    `http/journey/*: the owner sets up`           on every engine (all suites that match)
    `long unit/kill_test`                         the last ./test --long, whatever commit that was; it is printed
    `mutants: skip the fsync`                     the last ./test --mutants
    `bench: feed page >= 0.50`                    a ratio of build/bench.json, written by ./bench --json build/bench.json

What the README promises ends with a mark that names its claim, <!-- R3 -->, which a reader of the page does not see. A claim
without a test, a test that is not there, a mark without a claim and a README claim without a mark: each fails."""
import argparse
import fnmatch
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import results

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\|\s*([A-Z]+[\d.]*[a-z]?)\s*\|(.*)\|([^|]*)\|\s*$")


@dataclass
class Claim:
    id: str
    text: str
    tests: list


@dataclass
class Finding:
    shown: bool
    words: str


def read_claims(text):
    claims = []
    for line in text.splitlines():
        row = ROW.match(line)
        if row:
            claims.append(Claim(row[1], row[2].strip(), re.findall(r"`([^`]+)`", row[3])))
    return claims


def marks(readme):
    return re.findall(r"<!--\s*(R\d+[a-z]?)\s*-->", readme)


def faults(claims, readme):
    """What is wrong with the table itself."""
    found = []
    ids = [c.id for c in claims]
    found += [f"{one} stands twice in docs/claims.md" for one in sorted({i for i in ids if ids.count(i) > 1})]
    found += [f"{c.id} has no test: {c.text}" for c in claims if not c.tests]
    promised = set(marks(readme))
    found += [f"README.md marks {one}, which docs/claims.md does not have" for one in sorted(promised - set(ids))]
    found += [f"{one} is about the README, which does not mark it" for one in ids if one.startswith("R") and one not in promised]
    return found


# ---------------------------------------------------------------- one test

def split(test):
    """"long unit/x: name" -> section, suite pattern, test pattern or None."""
    section = "test"
    if test.startswith("long "):
        section, test = "long", test.removeprefix("long ")
    suite, _, name = test.partition(": ")
    if suite == "mutants":
        section = "mutants"
    return section, suite, name or None


def is_bench(test):
    return test.startswith("bench: ")


def judge(test, known, bench, now):
    if is_bench(test):
        return judge_bench(test, bench)
    section, pattern, name = split(test)
    suites = {s: r for s, r in known.get(section, {}).items() if fnmatch.fnmatchcase(s, pattern)}
    if not suites:
        return Finding(False, "never run")
    lines = [judge_suite(s, r, name, now) for s, r in sorted(suites.items())]
    return Finding(all(f.shown for f in lines), "; ".join(sorted({f.words for f in lines})))


def judge_suite(suite, result, name, now):
    when = "" if result["tree"] == now else f", at {result['commit']} on {result['at'][:10]}"
    if name is None:
        good = result["failed"] == 0 and result["passed"] > 0
        return Finding(good, f"{result['passed']} passed, {result['failed']} failed{when}")
    tests = {t: state for t, state in result["tests"].items() if fnmatch.fnmatchcase(t, name)}
    if not tests:
        return Finding(False, f"{suite} has no such test{when}")
    bad = sorted({state for state in tests.values() if state != "passed"})
    return Finding(not bad, (" and ".join(bad) or "passed") + when)


def judge_bench(test, bench):
    wanted = re.fullmatch(r"bench: (.+?) (>=|<=) ([\d.]+)", test)
    if not wanted:
        return Finding(False, "reads `bench: NAME >= 0.50`")
    rows = [r for r in bench.get("rows", []) if r.get("name") == wanted[1]]
    if not rows or rows[-1].get("ratio") is None:
        return Finding(False, "never measured")
    ratio, limit = float(rows[-1]["ratio"]), float(wanted[3])
    return Finding(ratio >= limit if wanted[2] == ">=" else ratio <= limit, f"measured {ratio:.2f}")


# ---------------------------------------------------------------- all of it

def stale(claims, known, now):
    """Suites that must run before anything can be said; patterns become what --evidence passes on to tests/run.py."""
    names = set()
    for claim in claims:
        for test in claim.tests:
            section, pattern, _ = split(test)
            if is_bench(test) or section != "test":
                continue
            fitting = [r for s, r in known.get("test", {}).items() if fnmatch.fnmatchcase(s, pattern)]
            if not fitting or any(r["tree"] != now for r in fitting):
                names.add(pattern.split("*")[0])
    return sorted(names)


def load_bench():
    try:
        return json.loads((ROOT / "build/bench.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def show(claims, known, bench, now):
    shown = 0
    for claim in claims:
        findings = [(t, judge(t, known, bench, now)) for t in claim.tests]
        good = bool(findings) and all(f.shown for _, f in findings)
        shown += good
        print(f"{'ok  ' if good else 'FAIL'} {claim.id:<6} {claim.text}")
        for test, finding in findings:
            print(f"            {'' if finding.shown else '! '}{test}: {finding.words}")
        if not findings:
            print("            ! no test")
    return shown


def main():
    parser = argparse.ArgumentParser(prog="./test --evidence")
    parser.add_argument("--no-run", action="store_true")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    claims = read_claims((ROOT / "docs/claims.md").read_text(encoding="utf-8"))
    wrong = faults(claims, (ROOT / "README.md").read_text(encoding="utf-8"))
    if not options.list:
        now = results.tree()
        names = [] if options.no_run else stale(claims, results.read(), now)
        if names:
            subprocess.run([sys.executable, "tests/run.py", *names], cwd=ROOT)
        shown = show(claims, results.read(), load_bench(), now)
        print(f"\n{shown} claims shown, {len(claims) - shown} not")
        wrong = wrong or shown != len(claims) and [""]
    for one in wrong or []:
        if one:
            print(one)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
