# SPDX-License-Identifier: AGPL-3.0-or-later
"""What each test last said: build/results.json, written by tests/run.py and read by tests/evidence.py.

    {"test": {"unit/lane_test": {"tests": {"a_batch_is_one_commit": "passed", …},
                                 "passed": 12, "failed": 0, "seconds": 1.4, "at": "2026-01-31T10:00:00Z",
                                 "commit": "94c6d02", "tree": "5f0c…"}, …},
     "long": {…}, "mutants": {…}}

The sections are `test` (a full or quick run), `long` (./test --long) and whatever else keeps results of its own. `tree` tells the
very files that were tested, whether they are committed or not."""
import functools
import hashlib
import json
import os
import re
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "build/results.json"
# What cannot change a test's result.
PROSE = (".md", "docs/pictures/")


def git(*words):
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ""


@functools.cache
def tree():
    """A hash of every file that could matter, as it is on disk now."""
    digest = hashlib.sha256()
    for name in sorted(git("ls-files", "-coz", "--exclude-standard").split("\0")):
        path = ROOT / name
        if name and not name.endswith(PROSE) and not name.startswith(PROSE) and path.is_file():
            digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


@functools.cache
def commit():
    return git("rev-parse", "--short", "HEAD").strip() + ("+" if git("status", "--porcelain").strip() else "")


def read():
    try:
        return json.loads(FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def keep(section, suite, passed, failed, seconds, tests):
    """Replaces what is known of one suite."""
    known = read()
    known.setdefault(section, {})[suite] = {
        "tests": tests, "passed": passed, "failed": failed, "seconds": round(seconds, 1),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "commit": commit(), "tree": tree()}
    FILE.parent.mkdir(exist_ok=True)
    new = FILE.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps(known, indent=1, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    new.replace(FILE)


# ---------------------------------------------------------------- from a suite's output

WORDS = {"OK": "passed", "ok": "passed", "SKIPPED": "skipped", "skipped": "skipped"}


def outcomes(kind, output):
    """{test: "passed", "failed" or "skipped"}; {} for a suite that is one test."""
    return {"cmocka": cmocka, "unittest": unittest, "node": node}.get(kind, lambda _: {})(output)


def cmocka(output):
    return {name: WORDS.get(word, "failed") for word, name in re.findall(r"^\[\s*(OK|FAILED|SKIPPED)\s*\] (\w+)$", output, re.M)}


def unittest(output):
    """Of -v. A test that says something of its own ends its line later, or not at all when a part of it failed."""
    found = {}
    for part in re.split(r"(?m)^(?=test\w* \()", output.split("\n======", 1)[0]):
        name = re.match(r"(test\w*) \(", part)
        if name:
            word = re.search(r"(?m)(?:\.\.\. |^)(ok|FAIL|ERROR|skipped|expected failure)\b", part)
            found[name[1]] = WORDS.get(word[1] if word else "", "failed")
    return found


RANK = ["passed", "skipped", "failed"]


def node(output):
    """A name that comes more than once, as in describe() for each language, is as good as its worst."""
    found = {}
    for no, name, what in re.findall(r"^\s*(not )?ok \d+ - (.*?)(?: # (SKIP|TODO)\b.*)?$", output, re.M):
        name = re.sub(r"\\(.)", r"\1", name)
        state = "failed" if no else "skipped" if what else "passed"
        found[name] = max(state, found.get(name, "passed"), key=RANK.index)
    return found
