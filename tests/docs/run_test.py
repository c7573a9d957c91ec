#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the README says about ./run: it builds, says where the server listens, prints the set-up link on an empty folder, and starts
again within seconds; and on a Debian that has nothing it asks for every package."""
import os
import re
import select
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class Run(unittest.TestCase):
    def start(self, *words, limit):
        """Starts ./run and reads until it has said what it has to say: (seconds, lines)."""
        self.process = subprocess.Popen([str(ROOT / "run"), *words], stdout=subprocess.PIPE, stderr=self.log)
        self.addCleanup(self.stop)
        began, said = time.monotonic(), b""
        while b"Veche is listening on " not in said or not said.endswith(b"\n"):
            left = limit - (time.monotonic() - began)
            ready = select.select([self.process.stdout], [], [], max(0, left))[0]
            more = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not more:
                self.stop()
                self.fail(f"after {time.monotonic() - began:.0f} s it had said only: {said.decode()}{self.errors()}")
            said += more
        return time.monotonic() - began, said.decode()

    def setUp(self):
        self.log = tempfile.TemporaryFile()
        self.addCleanup(self.log.close)

    def errors(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")[-2000:]

    def stop(self):
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
            self.process.wait(30)
        self.process.stdout.close()

    def test_it_builds_and_starts_and_starts_again_in_seconds(self):
        with tempfile.TemporaryDirectory(prefix="vrun") as folder:
            _, said = self.start("--data", f"{folder}/data", "--port", "0", limit=800)
            address = re.search(r"^Veche is listening on (http://127\.0\.0\.1:\d+)$", said, re.M)[1]
            link = re.search(rf"{address}/setup/\S+", said)[0]
            with urllib.request.urlopen(link, timeout=20) as page:
                self.assertIn(b"<form", page.read())
            self.stop()
            seconds, said = self.start("--data", f"{folder}/data", "--port", "0", limit=60)
            self.assertLess(seconds, 15)
            self.assertNotIn(link.rsplit("/", 1)[1], said, "a new start, a new link")


class Install(unittest.TestCase):
    """tools/install.sh between a dpkg-query that knows no package and an apt-get that only takes notes."""

    def asked(self, what):
        with tempfile.TemporaryDirectory(prefix="vinst") as folder:
            notes = Path(folder) / "notes"
            for name, script in (("dpkg-query", "exit 1"), ("apt-get", f'echo "$@" >>{notes}'), ("sudo", 'exec "$@"')):
                (Path(folder) / name).write_text(f"#!/bin/sh\n{script}\n")
                (Path(folder) / name).chmod(0o755)
            path = f"{folder}:{os.environ['PATH']}"
            done = subprocess.run([str(ROOT / "tools/install.sh"), what], env={**os.environ, "PATH": path}, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            return notes.read_text()

    def test_what_is_missing_is_asked_for(self):
        asked = self.asked("build")
        self.assertRegex(asked, r"(?m)^update$")
        wanted = set(re.findall(r"(?m)^install .*$", asked)[0].split())
        self.assertLessEqual({"gcc", "meson", "ninja-build", "pkg-config", "python3"}, wanted)
        libraries = re.findall(r"dependency\('([\w-]+)'", (ROOT / "meson.build").read_text())
        packages = {"libmicrohttpd": "libmicrohttpd-dev", "sqlite3": "libsqlite3-dev", "libpq": "libpq-dev", "libsodium": "libsodium-dev",
                    "libcrypto": "libssl-dev", "libqrencode": "libqrencode-dev", "libzstd": "libzstd-dev", "libbrotlienc": "libbrotli-dev", "libbrotlidec": "libbrotli-dev",
                    "zlib": "zlib1g-dev", "icu-uc": "libicu-dev", "icu-i18n": "libicu-dev", "libseccomp": "libseccomp-dev", "threads": "gcc"}
        for library in set(libraries) - {"cmocka"}:
            self.assertIn(packages[library], wanted)
        self.assertIn("libcmocka-dev", self.asked("test"))


if __name__ == "__main__":
    unittest.main()
