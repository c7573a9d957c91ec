#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tests of langc and check_lang. testdata/langc/good is compiled to the files beside it; each testdata/langc/bad/*.txt
holds language files and the errors that they must give. `langc_test.py --update` rewrites the golden files."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
DATA = TOOLS / "testdata" / "langc"
GOLDEN = ("lang_keys.h", "lang_table.c")


def langc(source, out, *more):
    command = [sys.executable, str(TOOLS / "langc.py"), "--source", str(source), "--out", str(out), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def lay_out(case, folder):
    """Writes the files of a case below folder/lang, returns the errors that it expects."""
    errors, file = [], None
    for line in case.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.startswith("== "):
            name = line[3:].strip()
            file = None if name == "errors" else folder / "lang" / name
            if file:
                file.parent.mkdir(parents=True, exist_ok=True)
        elif file:
            with file.open("a", encoding="utf-8") as f:
                f.write(line)
        else:
            errors.append(line.rstrip("\n"))
    return errors


class Langc(unittest.TestCase):
    maxDiff = None

    def test_compiles_to_the_golden_files(self):
        with tempfile.TemporaryDirectory() as out:
            done = langc(DATA / "good", out)
            self.assertEqual(done.stderr, "")
            for name in GOLDEN:
                self.assertEqual((Path(out) / name).read_text(encoding="utf-8"),
                                 (DATA / name).read_text(encoding="utf-8"))

    def test_refuses_with_file_and_line(self):
        cases = sorted((DATA / "bad").glob("*.txt"))
        self.assertTrue(cases)
        for case in cases:
            with self.subTest(case.stem), tempfile.TemporaryDirectory() as folder:
                expected = lay_out(case, Path(folder))
                done = langc(Path(folder) / "lang", Path(folder) / "out")
                self.assertEqual(done.stderr.splitlines(), expected)
                self.assertEqual(done.returncode, 1)
                self.assertFalse((Path(folder) / "out").exists())

    def test_refuses_bytes_that_are_not_text(self):
        with tempfile.TemporaryDirectory() as folder:
            for language in ("en", "ru"):
                (Path(folder) / "lang" / language).mkdir(parents=True)
                (Path(folder) / "lang" / language / "wall.lang").write_bytes(b"a = x\nb = \x01\nc = y\n")
            (Path(folder) / "lang" / "ru" / "feed.lang").write_bytes(b"a = x\nb = \xff\n")
            done = langc(Path(folder) / "lang", Path(folder) / "out")
            self.assertIn("lang/en/wall.lang:2: L_wall_b: control character\n", done.stderr)
            self.assertIn("lang/ru/feed.lang:2: not UTF-8\n", done.stderr)

    def test_reads_the_files_it_is_given(self):
        with tempfile.TemporaryDirectory() as out:
            done = langc("nowhere", out, *map(str, DATA.glob("good/*/wall.lang")))
            self.assertEqual(done.stderr, "")
            self.assertEqual((Path(out) / "lang_keys.h").read_text(), (DATA / "lang_keys.h").read_text())
            done = langc("nowhere", out, str(DATA / "good" / "wall.lang"))
            self.assertIn("good/wall.lang:1: not in lang/en or lang/ru\n", done.stderr)

    def test_leaves_unchanged_files_alone(self):
        with tempfile.TemporaryDirectory() as out:
            langc(DATA / "good", out, "--depfile", f"{out}/d")
            before = [(Path(out) / name).stat().st_mtime_ns for name in GOLDEN]
            langc(DATA / "good", out, "--depfile", f"{out}/d")
            self.assertEqual(before, [(Path(out) / name).stat().st_mtime_ns for name in GOLDEN])
            self.assertIn("good/ru/wall.lang", (Path(out) / "d").read_text())


class CheckLang(unittest.TestCase):
    def check(self, folder):
        command = [sys.executable, str(TOOLS / "check_lang.py"), "--root", str(folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_names_what_nothing_prints(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for language in ("en", "ru"):
                (root / "lang" / language).mkdir(parents=True)
                (root / "lang" / language / "wall.lang").write_text(
                    "title = x\nlikes = x\nold = x\ntested = x\nday_1 = x\nday_2 = x\n")
            (root / "src").mkdir()
            (root / "ui").mkdir()
            (root / "src" / "wall.c").write_text("MSG(L_wall_likes), L_wall_day_1 + i")
            (root / "src" / "wall_test.c").write_text("L_wall_tested")
            done = self.check(root)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stderr, "lang/en/wall.lang:1: L_wall_title is used nowhere\n"
                                          "lang/en/wall.lang:3: L_wall_old is used nowhere\n"
                                          "lang/en/wall.lang:4: L_wall_tested is used nowhere\n")
            (root / "ui" / "wall.html").write_text("{% t wall.title %}{% t wall.old n=x %}{%- t wall.tested -%}")
            done = self.check(root)
            self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    if "--update" in sys.argv:
        sys.exit(langc(DATA / "good", DATA).stderr)
    unittest.main()
