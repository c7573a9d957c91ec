#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The files of contrib/ do what docs/operations.md says: the unit is tight and names options that exist, the proxies pass
pages on and write nothing down. What needs a program that is not installed is skipped and says so."""
import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CONTRIB = ROOT / "contrib"
VECHE = os.environ.get("VECHE_BIN")
NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
CADDY = shutil.which("caddy")
# What must be in no file: the address that a visitor claims, and the one that the proxy sees, in letters (the server says where
# it listens, once, with a port behind it).
ADDRESSES = (b"203.0.113.77", b"127.0.0.1,", b"127.0.0.1 ")


def without(program):
    return unittest.skipUnless(shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin"), f"{program} is not installed")


def settings(unit):
    """The unit as {key: [values]}, commented lines left out."""
    found = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", unit, re.M):
        found.setdefault(key, []).append(value)
    return found


def settings_of(text):
    return re.sub(r"(?m)^\s*#.*\n", "", text)


class Unit(unittest.TestCase):
    unit = (CONTRIB / "veche.service").read_text()

    @without("systemd-analyze")
    def test_exposure_is_at_most_1_5(self):
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager",
                               str(CONTRIB / "veche.service")], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr)

    @without("systemd-analyze")
    def test_systemd_understands_every_line(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "veche.service"
            path.write_text(self.unit.replace("/usr/local/bin/veche", "/bin/true"))
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(path)], capture_output=True, text=True)
            own = [line for line in done.stderr.splitlines() if "veche.service" in line]
            self.assertEqual(own, [])

    def test_options_are_those_of_the_program(self):
        known = set(re.findall(r'\{"([a-z-]+)", (?:required|no)_argument', (ROOT / "src/app/config.c").read_text()))
        used = set(re.findall(r"--([a-z-]+)", " ".join(re.findall(r"^#?ExecStart=.*$", self.unit, re.M))))
        self.assertTrue(used)
        self.assertLessEqual(used, known)

    def test_no_core_files_and_a_socket_for_the_proxy(self):
        unit = settings(self.unit)
        self.assertEqual(unit["LimitCORE"], ["0"])
        socket_path = re.search(r"--unix (\S+)", unit["ExecStart"][0])[1]
        self.assertEqual(socket_path, f"/run/{unit['RuntimeDirectory'][0]}/http.sock")
        self.assertIn(f"unix:{socket_path}", (CONTRIB / "nginx.conf").read_text())
        self.assertIn(f"unix/{socket_path}", (CONTRIB / "Caddyfile").read_text())


class Limits(unittest.TestCase):
    def test_the_proxies_let_our_largest_form_through(self):
        largest = max(int(a) * int(b) for path in (ROOT / "src/feature").rglob("*_web.c")
                      for a, b in re.findall(r"\.body_max = (\d+) \* (\d+)", path.read_text()))
        nginx = (CONTRIB / "nginx.conf").read_text()
        for key in ("client_max_body_size", "client_body_buffer_size"):
            self.assertGreaterEqual(1024 * int(re.search(key + r" (\d+)k;", nginx)[1]), largest)
        self.assertGreaterEqual(1024 * int(re.search(r"max_size (\d+)KiB", (CONTRIB / "Caddyfile").read_text())[1]), largest)


class NothingWrittenDown(unittest.TestCase):
    def test_nginx_has_no_log_of_visitors(self):
        conf = settings_of((CONTRIB / "nginx.conf").read_text())
        servers = len(re.findall(r"^server \{", conf, re.M))
        self.assertGreater(servers, 0)
        self.assertEqual(re.findall(r"access_log\s+([^;]+);", conf), ["off"] * servers)
        self.assertEqual(re.findall(r"error_log\s+([^;]+);", conf), ["/dev/null"] * servers)

    def test_caddy_has_no_log_of_visitors(self):
        conf = settings_of((CONTRIB / "Caddyfile").read_text())
        self.assertEqual(re.findall(r"^\s*log\b.*", conf, re.M), ["\tlog {"])
        self.assertIn("exclude http.log.access http.log.error http.handlers.reverse_proxy", conf)

    @without("caddy")
    def test_caddy_understands_its_file(self):
        done = subprocess.run([CADDY, "validate", "--adapter", "caddyfile", "--config", str(CONTRIB / "Caddyfile")],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class World:
    """nginx with the shipped file, in a folder of its own: other ports, a certificate made here, the same rules."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.plain, self.tls = free_port(), free_port()
        certificate, key = self.folder / "cert.pem", self.folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=veche.example", "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
        site = (CONTRIB / "nginx.conf").read_text()
        for old, new in (("listen 80;", f"listen 127.0.0.1:{self.plain};"), ("listen 443 ssl", f"listen 127.0.0.1:{self.tls} ssl"),
                         ("/run/veche/http.sock", str(self.folder / "http.sock")), ("/var/www/acme", str(self.folder))):
            assert old in site, old
            site = site.replace(old, new)
        site = re.sub(r"(?m)^\s*listen \[::\].*\n", "", site)
        site = re.sub(r"ssl_certificate \S+;", f"ssl_certificate {certificate};", site)
        site = re.sub(r"ssl_certificate_key \S+;", f"ssl_certificate_key {key};", site)
        (self.folder / "site.conf").write_text(site)
        temporary = "".join(f"{kind}_temp_path {self.folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.folder / "nginx.conf").write_text(
            f"daemon off;\npid {self.folder}/nginx.pid;\nerror_log {self.folder}/start.log;\nevents {{}}\n"
            f"http {{\naccess_log {self.folder}/access.log;\n{temporary}include {self.folder}/site.conf;\n}}\n")
        self.command = [NGINX, "-e", str(self.folder / "start.log"), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]

    def check(self):
        return subprocess.run([*self.command, "-t"], capture_output=True, text=True)

    def start(self):
        self.said = open(self.folder / "server.out", "wb")
        self.server = subprocess.Popen([VECHE, "serve", "--data", str(self.folder / "data"), "--port", "0", "--unix",
                                        str(self.folder / "http.sock")], stdout=self.said, stderr=self.said)
        # The supervisor's door is there before anybody answers behind it.
        self.wait(lambda: b"Veche is listening on " in (self.folder / "server.out").read_bytes(), 60)
        self.proxy = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait(lambda: socket.create_connection(("127.0.0.1", self.tls), 1).close() is None)

    def wait(self, ready, seconds=10):
        for _ in range(20 * seconds):
            try:
                if ready():
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError("it did not start")

    def stop(self):
        for process in (getattr(self, "proxy", None), getattr(self, "server", None)):
            if process:
                process.send_signal(signal.SIGTERM)
                process.wait(20)
        if hasattr(self, "said"):
            self.said.close()

    def get(self, path, **headers):
        connection = http.client.HTTPSConnection("127.0.0.1", self.tls, context=ssl._create_unverified_context(), timeout=10)
        try:
            connection.request("GET", path, headers={"Host": "veche.example", **headers})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()


@without("openssl")
@without("nginx")
class Nginx(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="vngx")
        os.chmod(self.folder.name, 0o755)
        self.world = World(self.folder.name)
        self.addCleanup(self.folder.cleanup)
        self.addCleanup(self.world.stop)

    def test_nginx_understands_its_file(self):
        done = self.world.check()
        self.assertEqual(done.returncode, 0, done.stderr)

    @unittest.skipUnless(VECHE, "VECHE_BIN names no server")
    def test_a_page_comes_through_and_nothing_is_written(self):
        self.world.start()
        os.chmod(self.world.folder / "http.sock", 0o666)  # nginx's workers are not in our group here
        status, headers, body = self.world.get("/login", **{"X-Forwarded-For": "203.0.113.77"})
        self.assertEqual(status, 200)
        self.assertIn(b"<form", body)
        self.assertIn("max-age=31536000", headers["Strict-Transport-Security"])
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        self.world.get("/nobody-is-called-this")
        self.log_in_wrongly(headers["Set-Cookie"].split(";")[0], body)
        self.world.stop()
        logs = [p for p in self.world.folder.glob("*.log") if p.stat().st_size]
        self.assertEqual([], [p.name for p in logs if p.name != "start.log"])
        for path in self.world.folder.rglob("*"):
            if path.is_file() and not path.name.endswith(".conf"):
                found = path.read_bytes()
                for address in ADDRESSES:
                    self.assertNotIn(address, found, path)

    def log_in_wrongly(self, cookie, page):
        """So often that the limits have counted us. The address that they see is nginx's word: X-Forwarded-For, 127.0.0.1."""
        token = re.search(rb'name="once" value="([^"]+)"', page)[1].decode()
        for _ in range(3):
            connection = http.client.HTTPSConnection("127.0.0.1", self.world.tls, context=ssl._create_unverified_context(), timeout=20)
            connection.request("POST", "/login", body=f"once={token}&name=olga&password=wrong-wrong-wrong", headers={
                "Host": "veche.example", "Cookie": cookie, "X-Forwarded-For": "203.0.113.77",
                "Content-Type": "application/x-www-form-urlencoded"})
            self.assertEqual(connection.getresponse().status, 422)
            connection.close()

    @unittest.skipUnless(VECHE, "VECHE_BIN names no server")
    def test_a_body_past_the_limit_ends_at_the_proxy(self):
        self.world.start()
        os.chmod(self.world.folder / "http.sock", 0o666)
        connection = http.client.HTTPSConnection("127.0.0.1", self.world.tls, context=ssl._create_unverified_context(), timeout=10)
        connection.request("POST", "/login", body=b"x" * 140000, headers={"Host": "veche.example",
                           "Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(connection.getresponse().status, 413)
        connection.close()


if __name__ == "__main__":
    unittest.main()
