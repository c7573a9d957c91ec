#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Static analysis of src/: no finding without an explanation. Prints the findings, one a line; the exit code says whether
there were any.

    analyze.py clang-tidy    .clang-tidy says what for            needs build/fuzz (clang's)
    analyze.py cppcheck      cppcheck.txt and cppcheck.cfg        needs build/fuzz
    analyze.py gcc           -fanalyzer; gcc.txt explains         needs build/test (gcc's)"""
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent
FINDING = re.compile(r"^(\S+?):\d+:\d+: (?:warning|error): .*\[(\S+)\]$")
JOBS = max(2, os.cpu_count() or 2)


def sources():
    done = subprocess.run(["python3", "tools/sources.py", "c"], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


def call(command, folder=ROOT):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def in_parallel(work, items):
    with concurrent.futures.ThreadPoolExecutor(max_workers=JOBS) as pool:
        return list(pool.map(work, items))


def as_ours(path, folder):
    """src/… for a path that a compiler in `folder` wrote."""
    try:
        return str((folder / path).resolve().relative_to(ROOT))
    except ValueError:
        return path


def clang_tidy():
    def one(path):
        code, said = call(["clang-tidy", "-p", "build/fuzz", "--quiet", path])
        found = [line for line in said.splitlines() if FINDING.match(line)]
        return found if found or not code else [f"{path}: clang-tidy ends with {code}: {said[-2000:]}"]
    return sorted({line for lines in in_parallel(one, sources()) for line in lines})


def cppcheck():
    code, said = call(["cppcheck", "--project=build/fuzz/compile_commands.json", "--file-filter=*src/*.c", f"--library={HERE}/cppcheck.cfg",
                       f"--suppressions-list={HERE}/cppcheck.txt", "--enable=warning,performance,portability", "--inline-suppr",
                       "--error-exitcode=3", "-j", str(JOBS), "--quiet", "--template={file}:{line}: {severity}: {id}: {message}"])
    lines = sorted({line for line in said.splitlines() if line})
    return lines if lines or not code else [f"cppcheck ends with {code}"]


def flags_of_gcc():
    """How build/test compiles, without sanitizers and without what names its output."""
    commands = json.loads((ROOT / "build/test/compile_commands.json").read_text(encoding="utf-8"))
    entry = next(e for e in commands if e["file"].endswith("src/base/str.c"))
    flags, skip = [], False
    words = shlex.split(entry["command"])
    first = next(i for i, word in enumerate(words) if word.startswith("-"))  # behind the compiler, and ccache before it
    for word in words[first:]:
        if skip or word in ("-o", "-MF", "-MQ"):
            skip = not skip
        elif word not in ("-c", "-MD", "-Werror") and not word.endswith("str.c") and not word.startswith(("-fsanitize", "-fdiagnostics")):
            flags.append(word)
    return flags


def explained():
    lines = (HERE / "gcc.txt").read_text(encoding="utf-8").splitlines()
    return {tuple(line.split()[:2]) for line in lines if line and not line.startswith("#")}


def gcc():
    folder = ROOT / "build/test"
    flags = flags_of_gcc()

    def one(path):
        code, said = call(["gcc", *flags, "-O2", "-fanalyzer", "-c", str(ROOT / path), "-o", "/dev/null"], folder)
        found = [line for line in said.splitlines() if FINDING.match(line)]
        return found if found or not code else [f"{path}: gcc ends with {code}: {said[-2000:]}"]
    known, used, left = explained(), set(), []
    for line in sorted({line for lines in in_parallel(one, sources()) for line in lines}):
        match = FINDING.match(line)
        key = (as_ours(match.group(1), folder), match.group(2)) if match else None
        if key in known:
            used.add(key)
        else:
            left.append(line)
    return left + [f"gcc.txt explains {' '.join(key)}, which is no longer reported" for key in sorted(known - used)]


def main():
    tools = {"clang-tidy": clang_tidy, "cppcheck": cppcheck, "gcc": gcc}
    if len(sys.argv) != 2 or sys.argv[1] not in tools:
        print(__doc__)
        return 2
    findings = tools[sys.argv[1]]()
    for line in findings:
        print(line)
    print(f"{sys.argv[1]}: {len(sources())} files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
