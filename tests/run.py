#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs the tests. A suite is a name, a command, and how its output is counted; everything else is here once: the build, the
throw-away PostgreSQL cluster, the order, the counting, the last line.

    quick   in --quick (three minutes), in ./test and in --long
    full    in ./test and in --long
    long    in --long only
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import results as kept

ROOT = Path(__file__).resolve().parent.parent
LEVELS = {"quick": 0, "full": 1, "long": 2}
LONG_ONES = ("crash/", "unit/fault_test", "unit/model_test", "browser/", "http/matrix", "analysis/clang-tidy", "docs/backup_test", "docs/service_test")


@dataclass
class Suite:
    name: str
    command: list
    count: str = "exit"  # cmocka, unittest, node, lines, exit
    level: str = "full"
    env: dict = field(default_factory=dict)
    alone: bool = False  # measures time or eats both cores
    timeout: int = 1800


@dataclass
class Result:
    passed: int
    failed: int
    output: str
    seconds: float


# ---------------------------------------------------------------- what there is

def unit_suites():
    for path in sources("tests"):
        name = Path(path).stem
        yield Suite(f"unit/{name}", [f"build/test/{name}"], "cmocka", "quick")


def tool_suites():
    for path in sorted(ROOT.glob("tools/*_test.py")):
        yield Suite(f"tools/{path.stem}", ["python3", str(path.relative_to(ROOT)), "-v"], "unittest", "quick")
    for path in sorted(ROOT.glob("tools/check_*.py")):
        if not path.stem.endswith("_test"):
            yield Suite(f"tools/{path.stem}", ["python3", str(path.relative_to(ROOT))], "exit", "quick")
    migrations = [str(p.relative_to(ROOT)) for p in sorted(ROOT.glob("migrations/*.sql"))]
    yield Suite("tools/migrations go up, down and up", ["python3", "tools/schema.py", "--check", *migrations], "exit", "quick")
    yield Suite("tools/typescript", ["npm", "run", "-s", "check"], "exit", "quick")


def node_suites():
    for folder in ("http", "browser"):
        for path in sorted((ROOT / "tests" / folder).glob("*.test.mjs")):
            only = re.search(r"^// engines: (.+)$", path.read_text(encoding="utf-8"), re.M)
            for engine in only[1].split() if only else ("sqlite", "postgres"):
                level = "quick" if path.stem.split(".")[0] in ("journey", "matrix") and engine == "sqlite" else "full"
                yield Suite(f"{folder}/{path.stem.split('.')[0]}/{engine}",
                            ["node", "--test", "--test-reporter=tap", str(path.relative_to(ROOT))], "node", level,
                            {"VECHE_ENGINE": engine})


def python_suites(level):
    for path in sorted((ROOT / "tests").glob("*/*_test.py")):
        name, command = f"{path.parent.name}/{path.stem}", ["python3", str(path.relative_to(ROOT)), "-v"]
        if path.stem == "kill_test":  # it sleeps more than it works: the engines go side by side
            for engine in ("sqlite", "postgres"):
                yield Suite(f"{name}/{engine}", [*command, f"Kill.test_{engine}"], "unittest", "full", timeout=7200 if level == "long" else 1800)
        else:
            yield Suite(name, command, "unittest", "full", alone=path.stem == "run_test")


def fuzz_suites(level):
    runs, seconds = ("1000000", 5400) if level == "long" else ("20000", 900)
    for path in sources("fuzz"):
        name = Path(path).stem
        corpus = ROOT / "fuzz/corpus" / name
        command = [f"build/fuzz/fuzz_{name}", f"-runs={runs}", f"-max_total_time={seconds}", "-print_final_stats=0", "-verbosity=0"]
        new = Path(tempfile.gettempdir()) / f"veche-fuzz-{os.getpid()}-{name}"
        new.mkdir(exist_ok=True)
        yield Suite(f"fuzz/{name}", [*command, str(new), *([str(corpus)] if corpus.exists() else [])], "exit", "full", timeout=seconds + 900)


def tsan_suites():
    """What several threads share, under the thread sanitizer. The power cuts fork and have no threads."""
    for path in sources("tests"):
        name = Path(path).stem
        if path.startswith(("src/db/", "src/graph/", "src/http/", "tests/")) and name != "powerloss_test":
            yield Suite(f"tsan/{name}", [f"build/tsan/{name}"], "cmocka", "long", {"TSAN_OPTIONS": "halt_on_error=1", "VECHE_LEVEL": "full"})


def analysis_suites():
    for tool in ("clang-tidy", "cppcheck", "gcc"):
        yield Suite(f"analysis/{tool}", ["python3", "tests/analysis/analyze.py", tool], "exit", "full")


def suites(level):
    return [*tool_suites(), *analysis_suites(), *unit_suites(), *node_suites(), *python_suites(level), *fuzz_suites(level), *tsan_suites()]


def sources(kind):
    done = subprocess.run(["python3", "tools/sources.py", kind], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


# ---------------------------------------------------------------- counting

def count(suite, code, output):
    if suite.count == "cmocka":
        passed = len(re.findall(r"^\[\s+OK \]", output, re.M))
        failed = len(re.findall(r"^\[\s+FAILED\s*\] \S+$", output, re.M)) // 2
        skipped = code == 77
        return passed, max(failed, int(code != 0 and not skipped or (passed == 0 and not skipped)))
    if suite.count == "unittest":
        ran = re.search(r"^Ran (\d+) tests?", output, re.M)
        bad = sum(int(n) for n in re.findall(r"(?:failures|errors)=(\d+)", output))
        total = int(ran.group(1)) if ran else 0
        return total - bad, max(bad, int(code != 0 or total == 0))
    if suite.count == "node":
        passed = sum(int(n) for n in re.findall(r"^# pass (\d+)", output, re.M))
        failed = sum(int(n) for n in re.findall(r"^# fail (\d+)", output, re.M))
        return passed, max(failed, int(code != 0 or passed == 0))
    return int(code == 0), int(code != 0)


def run_suite(suite, env):
    began = time.monotonic()
    try:
        done = subprocess.run(suite.command, cwd=ROOT, env={**env, **suite.env}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=suite.timeout)
        code, output = done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        code, output = 124, (late.stdout or b"").decode(errors="replace") + f"\nover {suite.timeout} s"
    passed, failed = count(suite, code, output)
    return Result(passed, failed, output, time.monotonic() - began)


def report(suite, result, level):
    kept.keep("long" if level == "long" else "test", suite.name, result.passed, result.failed, result.seconds,
              kept.outcomes(suite.count, result.output))
    mark = "ok  " if result.failed == 0 else "FAIL"
    print(f"{mark} {suite.name:<48} {result.passed:>5} passed {result.failed:>3} failed  {result.seconds:6.1f} s", flush=True)
    if result.failed:
        print("\n".join("     " + line for line in result.output.splitlines()[-120:]), flush=True)


# ---------------------------------------------------------------- the run

class Cluster:
    """PostgreSQL for the length of the run."""

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="vpg")
        os.rmdir(self.dir)
        done = subprocess.run(["bash", "tests/support/pg_cluster.sh", "start", self.dir], cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"PostgreSQL did not start:\n{done.stdout}{done.stderr}")
        return done.stdout.strip().splitlines()[-1]

    def __exit__(self, *_):
        subprocess.run(["bash", "tests/support/pg_cluster.sh", "stop", self.dir], cwd=ROOT, capture_output=True)


def build(kinds):
    for kind in kinds:
        began = time.monotonic()
        if subprocess.run(["tools/build.sh", kind], cwd=ROOT).returncode:
            print("0 passed, 1 failed")
            sys.exit(1)
        print(f"built build/{kind} in {time.monotonic() - began:.0f} s", flush=True)


def run_all(chosen, env):
    """The long ones first, so that none is left alone at the end. One more than there are cores: many wait for a disk or a page."""
    results, level = [], env["VECHE_LEVEL"]
    in_order = sorted(chosen, key=lambda s: not s.name.startswith(LONG_ONES))
    with concurrent.futures.ThreadPoolExecutor(max_workers=1 + (os.cpu_count() or 2)) as pool:
        waiting = {pool.submit(run_suite, s, env): s for s in in_order if not s.alone}
        for done in concurrent.futures.as_completed(waiting):
            report(waiting[done], done.result(), level)
            results.append(done.result())
    for suite in chosen:
        if suite.alone:
            result = run_suite(suite, env)
            report(suite, result, level)
            results.append(result)
    return sum(r.passed for r in results), sum(r.failed for r in results)


def main():
    parser = argparse.ArgumentParser(prog="./test")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--mutants", action="store_true")
    parser.add_argument("--evidence", action="store_true")
    parser.add_argument("--shots", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    os.chdir(ROOT)
    for flag, script in (("mutants", "tests/mutants.py"), ("evidence", "tests/evidence.py")):
        if getattr(options, flag):
            os.execvp("python3", ["python3", script, *options.names])
    kept.tree()  # what is tested is what lies here now
    level = "long" if options.long else "quick" if options.quick else "full"
    chosen = [s for s in suites(level)
              if (any(n in s.name for n in options.names) if options.names else LEVELS[s.level] <= LEVELS[level])]
    needs = {"fuzz": ("fuzz/", "analysis/"), "tsan": ("tsan/",)}
    build(["test"] + [kind for kind, names in needs.items() if any(s.name.startswith(names) for s in chosen)])
    env = {**os.environ, "VECHE_BIN": str(ROOT / "build/test/veche"), "VECHE_LEVEL": level,
           "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:strict_string_checks=1",
           "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}
    with Cluster() as address:
        env["VECHE_TEST_PG"] = address
        if options.shots:
            sys.exit(subprocess.run(["node", "tests/browser/shots.mjs"], env=env).returncode)
        passed, failed = run_all(chosen, env)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
