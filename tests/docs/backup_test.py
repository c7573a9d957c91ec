#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What docs/operations.md says about backups on SQLite: taken while members write, put back, the server starts, nothing that was
acknowledged before is missing, the database is sound, and members log in as before."""
import contextlib
import http.client
import os
import re
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
from pathlib import Path

VECHE = os.environ.get("VECHE_BIN")


class Server:
    def __init__(self, data):
        self.process = subprocess.Popen([VECHE, "serve", "--data", str(data), "--port", "0", "--limits-off"], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        self.port = int(re.search(r"http://127\.0\.0\.1:(\d+)", line)[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.process.stdout.close()


class Member:
    """A browser with cookies, as far as it is needed here. The Origin is the one of set-up."""

    def __init__(self, server, name, password):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        self.cookies = {}
        page = self.ask("GET", "/login")[2]
        status, where, _ = self.send("/login", page, name=name, password=password, keep="1")
        assert (status, where) == (303, "/feed"), (status, where)

    def ask(self, method, path, body=None):
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Host": "127.0.0.1:18097",
                   "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        for value in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.split(";")[0]
        return answer.status, answer.headers.get("Location"), answer.read().decode()

    def send(self, path, page, **fields):
        token = re.search(r'name="once" value="([^"]+)"', page)[1]
        return self.ask("POST", path, urllib.parse.urlencode({"once": token, **fields}))

    def close(self):
        self.connection.close()

    def post(self, wall, text):
        page = self.ask("GET", f"/wall{wall}")[2]
        status, _, _ = self.send(f"/wall{wall}", page, text=text, audience="0")
        return status == 303


@unittest.skipUnless(VECHE, "VECHE_BIN names no server")
class Backup(unittest.TestCase):
    def test_a_backup_under_load_is_whole_and_can_be_put_back(self):
        with tempfile.TemporaryDirectory(prefix="vbak") as folder:
            self.walk(Path(folder))

    def demo(self, data):
        done = subprocess.run([VECHE, "demo", "--data", str(data), "--members", "20", "--origin", "http://127.0.0.1:18097"],
                              capture_output=True, text=True, check=True)
        return re.search(r"owner\s+(\S+)", done.stdout)[1], re.search(r"password\s+(\S+)", done.stdout)[1]

    def walk(self, folder):
        name, password = self.demo(folder / "data")
        server = Server(folder / "data")
        try:
            acknowledged = self.write_and_copy(server, name, password, folder)
        finally:
            server.stop()
        self.assertGreater(acknowledged, 3)
        (folder / "back").mkdir(mode=0o700)
        (folder / "backup.db").rename(folder / "back/veche.db")
        check = subprocess.run([VECHE, "admin", "--data", str(folder / "back"), "check"], capture_output=True, text=True)
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)
        self.assertRegex(check.stdout, r"^Looked at 20 members, .*: the database is sound\.\n$")
        with contextlib.closing(sqlite3.connect(f"file:{folder}/back/veche.db?mode=ro", uri=True)) as d:
            texts = {text for (text,) in d.execute("SELECT text FROM post WHERE text LIKE 'backup %'")}
        self.assertEqual({f"backup {n}" for n in range(acknowledged)} - texts, set())
        server = Server(folder / "back")
        try:
            with contextlib.closing(Member(server, name, password)) as again:
                self.assertTrue(again.post(1, "after the restore"))
                self.assertIn("after the restore", again.ask("GET", "/wall1")[2])
        finally:
            server.stop()

    def write_and_copy(self, server, name, password, folder):
        """How many posts were acknowledged before the backup began."""
        counted, ending = [], threading.Event()

        def write():
            with contextlib.closing(Member(server, name, password)) as member:
                while not ending.is_set():
                    if member.post(1, f"backup {len(counted)}"):
                        counted.append(True)

        writer = threading.Thread(target=write)
        writer.start()
        until = time.monotonic() + 30
        while len(counted) < 20 and writer.is_alive() and time.monotonic() < until:
            time.sleep(0.02)
        before = len(counted)
        with contextlib.closing(sqlite3.connect(folder / "data/veche.db")) as d:
            d.execute("VACUUM INTO ?", (str(folder / "backup.db"),))
        ending.set()
        writer.join()
        self.assertGreater(len(counted), 0)
        return before


if __name__ == "__main__":
    unittest.main()
