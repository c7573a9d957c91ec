#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tests of check_layers. Each testdata/layers/*.txt is a small house and what must be said about it."""
import tempfile
import unittest
from pathlib import Path

import check_layers

DATA = Path(__file__).resolve().parent / "testdata/layers"
ALLOW = "# SPDX-License-Identifier: AGPL-3.0-or-later\n"
TOP = "/* SPDX-License-Identifier: AGPL-3.0-or-later */\n"


def lay_out(case, root):
    """Writes the files of a case below root, returns the problems that it expects."""
    _, *parts = case.read_text(encoding="utf-8").split("== ")
    for part in parts:
        name, text = part.split("\n", 1)
        if name == "errors":
            return text.splitlines()
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    raise AssertionError(f"{case} has no errors")


def problems(root):
    house = check_layers.House(root)
    house.check_includes()
    house.check_lengths()
    house.check_licences()
    return sorted(house.problems)


class Cases(unittest.TestCase):
    maxDiff = None

    def test_each_house_gets_what_it_deserves(self):
        cases = sorted(DATA.glob("*.txt"))
        self.assertTrue(cases)
        for case in cases:
            with self.subTest(case.stem), tempfile.TemporaryDirectory() as folder:
                expected = lay_out(case, Path(folder))
                self.assertEqual(problems(Path(folder)), sorted(expected))


class Lengths(unittest.TestCase):
    def house(self, code, allow=None):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "src/base").mkdir(parents=True)
            (root / "src/base/a.c").write_text(TOP + code)
            if allow is not None:
                (root / "tools").mkdir()
                (root / "tools/check_layers.allow").write_text(ALLOW + allow)
            return problems(root)

    def test_a_file_has_600_lines(self):
        self.assertEqual(self.house("\n" * 599), [])
        self.assertEqual(self.house("\n" * 600), ["src/base/a.c:601: 601 lines; 600 at most: split it, or give the reason in "
                                                  "tools/check_layers.allow"])

    def test_a_function_has_60_lines(self):
        self.assertEqual(self.house("int f(void)\n{\n" + "    x();\n" * 58 + "}\n"), [])
        self.assertEqual(self.house("int f(void)\n{\n" + "    x();\n" * 59 + "}\n"), ["src/base/a.c:3: f has 61 lines; 60 at most"])

    def test_tables_and_structs_are_no_functions(self):
        self.assertEqual(self.house("static const int t[] = {\n" + "    1,\n" * 90 + "};\nstruct s {\n" + "    int a;\n" * 90 + "};\n"), [])

    def test_braces_in_words_do_not_count(self):
        code = 'int f(void)\n{\n    puts("{"); /* { */ // {\n#define X {\n    return \'{\';\n}\n'
        self.assertEqual(list(check_layers.functions(code)), [("f", 2, 5)])

    def test_an_entry_needs_a_reason_and_a_use(self):
        long = "int f(void)\n{\n" + "    x();\n" * 68 + "}\n"
        self.assertEqual(self.house(long, "function src/base/a.c:f 70 one switch over all statuses\n"), [])
        self.assertEqual(self.house(long, "function src/base/a.c:f 65 one switch\n"), ["src/base/a.c:3: f has 70 lines; 65 at most"])
        self.assertEqual(self.house(long, "function src/base/a.c:f 70\n"),
                         ["src/base/a.c:3: f has 70 lines; 60 at most",
                          "tools/check_layers.allow:2: reads `lines|function NAME LIMIT reason`; the reason is what counts"])
        self.assertEqual(self.house("\n", "lines src/base/a.c 700 long ago\n"),
                         ["tools/check_layers.allow:2: src/base/a.c does not need this any more"])


class Picture(unittest.TestCase):
    def test_arrows_that_follow_from_others_are_left_out(self):
        pairs = {("app", "http"), ("http", "base"), ("app", "base")}
        self.assertEqual(check_layers.reduced(pairs), [("app", "http"), ("http", "base")])

    def test_it_names_every_feature_and_is_the_same_twice(self):
        house = check_layers.House(Path(__file__).resolve().parent.parent)
        drawn = check_layers.draw(house)
        for feature in {s.feature for s in house.sources if s.feature}:
            self.assertIn(f">{feature}</text>", drawn)
        self.assertEqual(drawn, check_layers.draw(house))


if __name__ == "__main__":
    unittest.main()
