#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""check_lang: every key of lang/ is used by a source or a template.

    check_lang.py [--root CHECKOUT]

A key counts as used when C names it (L_wall_likes) or a template prints it ({% t wall.likes ... %}) anywhere under src/
or ui/; in a numbered series (month_1, month_2, ...) the first number speaks for all, since C indexes from it. Prints
the unused ones and fails.
"""

import argparse
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import langc

IN_C = re.compile(r"\bL_([a-z][a-z0-9_]*)")
IN_TEMPLATE = re.compile(r"\{%-?\s*t\s+([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)")


def used_keys(root):
    used = set()
    for folder in ("src", "ui"):
        for path in sorted((root / folder).rglob("*")):
            # Tests do not count: a sentence that only a test prints is not shown to anybody.
            if path.suffix not in (".c", ".h", ".html") or path.name.endswith("_test.c"):
                continue
            text = path.read_text(encoding="utf-8")
            used.update(IN_C.findall(text))
            used.update("_".join(pair) for pair in IN_TEMPLATE.findall(text))
    return used


def unused(tables, used):
    """[(key, where)] of the English files, which name every key once langc has accepted them."""
    left = []
    for key, entry in tables["en"].items():
        stem, _, number = key.rpartition("_")
        series = number.isdigit() and f"{stem}_1" in tables["en"] and f"{stem}_1" in used
        if key not in used and not series:
            left.append((key, entry.where))
    return left


def main():
    args = argparse.ArgumentParser(description="find sentences that nothing prints")
    args.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    root = args.parse_args().root
    tables, errors = langc.compile_files(sorted((root / "lang").glob("*/*.lang")))
    if errors:
        sys.exit("\n".join(errors))
    left = unused(tables, used_keys(root))
    if left:
        sys.exit("\n".join(f"{where}: L_{key} is used nowhere" for key, where in left))


if __name__ == "__main__":
    main()
