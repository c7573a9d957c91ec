#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists the sources of one kind, one a line, sorted: meson reads its file lists from here, so that a new feature is a new folder
and nothing else. `kind`: c, tests, support, sql, html, lang, migrations, assets, fuzz."""
import sys
from pathlib import Path

root = Path(__file__).resolve().parent.parent
KINDS = {
    "c": lambda: [p for p in root.glob("src/**/*.c") if not p.name.endswith(("_test.c", "_main.c"))],
    "tests": lambda: [*root.glob("src/**/*_test.c"), *root.glob("tests/**/*_test.c")],
    "support": lambda: [p for p in root.glob("tests/**/*.c") if not p.name.endswith("_test.c")],
    "sql": lambda: [*root.glob("src/**/*.sql"), *root.glob("benchmark/*.sql")],
    "html": lambda: [*root.glob("src/**/*.html"), *root.glob("ui/**/*.html")],
    "lang": lambda: root.glob("lang/*/*.lang"),
    "migrations": lambda: root.glob("migrations/*.sql"),
    "assets": lambda: [*root.glob("ui/static/*"), root / "package-lock.json"],
    "fuzz": lambda: root.glob("fuzz/targets/*.c"),
}
for path in sorted(KINDS[sys.argv[1]]()):
    print(path.relative_to(root))
