#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The table of claims is read as it is meant, nothing passes that was not shown, and every file that the documents point to is
there."""
import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import evidence
import results


def result(tests, tree="now", failed=0):
    return {"tests": tests, "passed": len(tests) - failed, "failed": failed, "tree": tree, "commit": "abc1234", "at": "2026-01-31T00:00:00Z"}


KNOWN = {"test": {"unit/lane_test": result({"one": "passed", "two": "failed", "three": "skipped"}, failed=1),
                  "http/walk/sqlite": result({"a b": "passed"}), "http/walk/postgres": result({"a b": "failed"}, failed=1),
                  "tools/check": result({})},
         "long": {"unit/kill_test": result({"kill": "passed"}, tree="old")}}
KNOWN["test"]["tools/check"]["passed"] = 1


def says(test):
    found = evidence.judge(test, KNOWN, {"rows": [{"name": "feed page", "ratio": 0.61}]}, "now")
    return found.shown, found.words


class Judging(unittest.TestCase):
    def test_only_what_passed_is_shown(self):
        self.assertEqual(says("unit/lane_test: one"), (True, "passed"))
        self.assertEqual(says("unit/lane_test: two"), (False, "failed"))
        self.assertEqual(says("unit/lane_test: three"), (False, "skipped"))
        self.assertEqual(says("unit/lane_test: four"), (False, "unit/lane_test has no such test"))
        self.assertEqual(says("unit/none"), (False, "never run"))

    def test_a_whole_suite_passes_or_not(self):
        self.assertEqual(says("tools/check"), (True, "1 passed, 0 failed"))
        self.assertEqual(says("unit/lane_test"), (False, "2 passed, 1 failed"))

    def test_both_engines_count(self):
        self.assertEqual(says("http/walk/*: a b"), (False, "failed; passed"))
        self.assertEqual(says("http/walk/sqlite: a *"), (True, "passed"))

    def test_an_older_result_says_which(self):
        self.assertEqual(says("long unit/kill_test: kill"), (True, "passed, at abc1234 on 2026-01-31"))
        self.assertEqual(says("unit/kill_test: kill"), (False, "never run"))

    def test_ratios_are_compared(self):
        self.assertEqual(says("bench: feed page >= 0.50"), (True, "measured 0.61"))
        self.assertEqual(says("bench: feed page >= 0.70"), (False, "measured 0.61"))
        self.assertEqual(says("bench: post >= 1"), (False, "never measured"))


class Tables(unittest.TestCase):
    def test_rows_are_read_and_faults_are_named(self):
        claims = evidence.read_claims("| id | claim | tests |\n|---|---|---|\n| R1 | it runs | `a/b`, `c: d e` |\n| S1.2 | it is fast | – |\n")
        self.assertEqual([(c.id, c.text, c.tests) for c in claims], [("R1", "it runs", ["a/b", "c: d e"]), ("S1.2", "it is fast", [])])
        self.assertEqual(evidence.faults(claims, "It runs. <!-- R2 -->"), [
            "S1.2 has no test: it is fast", "README.md marks R2, which docs/claims.md does not have",
            "R1 is about the README, which does not mark it"])

    def test_only_stale_suites_run_again(self):
        claims = [evidence.Claim("A1", "", ["unit/lane_test: one", "http/walk/*", "unit/new_test", "long unit/kill_test", "bench: x >= 1"])]
        self.assertEqual(evidence.stale(claims, KNOWN, "now"), ["unit/new_test"])
        self.assertEqual(evidence.stale(claims, KNOWN, "later"), ["http/walk/", "unit/lane_test", "unit/new_test"])


class Outcomes(unittest.TestCase):
    def test_each_kind_of_output_is_read(self):
        self.assertEqual(results.cmocka("[ RUN      ] a\n[       OK ] a\n[  FAILED  ] b\n[  SKIPPED ] c\n[  FAILED  ] tests: 1 test(s)\n"),
                         {"a": "passed", "b": "failed", "c": "skipped"})
        self.assertEqual(results.node("TAP version 13\n    ok 1 - inner\nok 1 - outer \\# 1\nnot ok 2 - b\nok 3 - c # SKIP why\n"
                                      "    ok 2 - b\n    ok 3 - c\n"),
                         {"inner": "passed", "outer # 1": "passed", "b": "failed", "c": "skipped"})
        self.assertEqual(results.unittest("test_a (__main__.X.test_a) ... ok\ntest_b (__main__.X.test_b)\nSays much. ... FAIL\n"
                                          "test_c (__main__.X.test_c) ... skipped 'no'\ntest_d (__main__.X.test_d) ... noise\nok\n"
                                          "test_e (__main__.X.test_e) ... \n  test_e (__main__.X.test_e) (i=1) ... FAIL\n"),
                         {"test_a": "passed", "test_b": "failed", "test_c": "skipped", "test_d": "passed", "test_e": "failed"})


class Documents(unittest.TestCase):
    def documents(self):
        return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

    def test_links_lead_somewhere(self):
        for path in self.documents():
            for link in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
                if not link.startswith(("http:", "https:", "mailto:")):
                    with self.subTest(f"{path.name}: {link}"):
                        self.assertTrue((path.parent / link).exists())

    def test_files_named_in_code_exist(self):
        for path in self.documents():
            for name in re.findall(r"`((?:src|tools|tests|docs|migrations|contrib|fuzz|ui|lang|bench)/[\w./-]+\.\w+)`", path.read_text(encoding="utf-8")):
                if "notes" in name:  # CONTRIBUTING's example of a feature to come
                    continue
                with self.subTest(f"{path.name}: {name}"):
                    self.assertTrue((ROOT / name).exists())

    def test_comments_point_to_rows_that_exist(self):
        rows = set(re.findall(r"^\| ([A-Z]\d+) \|", (ROOT / "docs/features.md").read_text(encoding="utf-8"), re.M))
        for path in sorted((ROOT / "src").rglob("*.[ch]")):
            for ids in re.findall(r"FEATURES ((?:[A-Z]\d+(?:,? (?:\* )?)?)+)", path.read_text(encoding="utf-8")):
                for one in re.findall(r"[A-Z]\d+", ids):
                    with self.subTest(f"{path.name}: {one}"):
                        self.assertIn(one, rows)


if __name__ == "__main__":
    unittest.main()
