#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the README says about `./run --demo`: 200 members who write English and Russian, and three names to log in with."""
import contextlib
import os
import re
import sqlite3
import subprocess
import tempfile
import unittest
from pathlib import Path

from backup_test import Member, Server

VECHE = os.environ.get("VECHE_BIN")


@unittest.skipUnless(VECHE, "VECHE_BIN names no server")
class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="vdemo")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.data = Path(cls.folder.name) / "data"
        done = subprocess.run([VECHE, "demo", "--data", str(cls.data), "--origin", "http://127.0.0.1:18097"],
                              capture_output=True, text=True, check=True)
        cls.said = done.stdout
        cls.server = Server(cls.data)
        cls.addClassCleanup(cls.server.stop)

    def test_there_are_200_members_of_two_languages(self):
        with contextlib.closing(sqlite3.connect(self.data / "veche.db")) as d:
            self.assertEqual(d.execute("SELECT COUNT(*) FROM member").fetchone(), (200,))
            texts = [text for (text,) in d.execute("SELECT text FROM post WHERE deleted_at = 0")]
        russian = [t for t in texts if re.search("[а-я]", t)]
        self.assertGreater(len(russian), 100)
        self.assertGreater(len(texts) - len(russian), 100)

    def test_three_names_log_in(self):
        names = re.findall(r"^\s+(?:owner|English|Russian)\s+(\S+)$", self.said, re.M)
        password = re.search(r"^\s+password\s+(\S+)$", self.said, re.M)[1]
        self.assertEqual(len(names), 3)
        for name in names:
            with contextlib.closing(Member(self.server, name, password)) as member:
                self.assertGreater(member.ask("GET", "/feed")[2].count("<article"), 5)

    def test_a_folder_that_is_not_empty_is_left_alone(self):
        again = subprocess.run([VECHE, "demo", "--data", str(self.data), "--origin", "http://127.0.0.1:18097"],
                               capture_output=True, text=True)
        self.assertNotEqual(again.returncode, 0)


if __name__ == "__main__":
    unittest.main()
