#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""kill -9 while 64 clients write: of the whole server, and every third time of the process that writes alone, which its
supervisor then replaces. After each new start: what was acknowledged is there, nothing is there twice, the database
is sound, and a form whose answer never came may be sent again without harm.

    VECHE_BIN      the server; build/test/veche
    VECHE_LEVEL    full: 60 cycles an engine; long: 1000; quick: 5
    VECHE_TEST_PG  address of a PostgreSQL cluster; without it SQLite alone

Each post carries a text of its own. Each client likes its own posts, and asks people who never answer for friendship, so that
what it was told last is what must be stored."""
import html
import http.client
import os
import random
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = os.environ.get("VECHE_BIN", str(ROOT / "build/test/veche"))
CYCLES = {"quick": 5, "full": 60, "long": 1000}[os.environ.get("VECHE_LEVEL", "full")]
CYCLES_PER_WORLD = 50  # every check reads all that was written: one world for all of them would cost their square
CLIENTS = 64
MEMBERS = 16  # each with four clients
IDOLS = 4  # asked for friendship, never answering
PASSWORD = "a long pass phrase"
START_SECONDS = 60
MS_PER_WRITE_CYCLE = (250, 900)
LOST = (http.client.HTTPException, ConnectionError, TimeoutError, OSError)


# ---------------------------------------------------------------- databases

class Sqlite:
    name = "SQLite"

    def __init__(self, folder):
        self.path = os.path.join(folder, "veche.db")
        self.arguments = []

    def rows(self, statement):
        database = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=30)
        try:
            return database.execute(statement).fetchall()
        finally:
            database.close()

    def drop(self):
        pass


class Postgres:
    name = "PostgreSQL"

    def __init__(self, _folder):
        cluster = os.environ["VECHE_TEST_PG"]
        self.cluster = cluster
        self.database = f"crash{os.getpid()}"
        self.address = re.sub(r"^(postgres(?:ql)?://[^/]*/)[^?]*", rf"\g<1>{self.database}", cluster)
        self.psql(cluster, f"CREATE DATABASE {self.database}")
        self.arguments = ["--db", self.address]

    @staticmethod
    def psql(address, statement):
        done = subprocess.run(["psql", "-X", "-q", "-t", "-A", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", statement],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def rows(self, statement):
        typed = lambda word: int(word) if re.fullmatch(r"-?\d+", word) else word
        return [tuple(typed(w) for w in line.split("\t")) for line in self.psql(self.address, statement).splitlines()]

    def drop(self):
        self.psql(self.cluster, f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")


# ---------------------------------------------------------------- the server

class Server:
    def __init__(self, folder, database, log):
        self.log = log
        self.process = subprocess.Popen([BIN, "serve", "--data", folder, "--port", "0", "--limits-off", "--threads", "2",
                                         *database.arguments], stdout=subprocess.PIPE, stderr=log)
        self.said = ""
        self.port = int(self.wait_for(r"listening on http://127\.0\.0\.1:(\d+)\n"))

    def wait_for(self, pattern):
        """The first group of what it says on its standard output."""
        end = time.monotonic() + START_SECONDS
        while not re.search(pattern, self.said):
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError(f"the server did not say {pattern}, but: {self.said}")
            if select.select([self.process.stdout], [], [], 0.2)[0]:
                self.said += os.read(self.process.stdout.fileno(), 4096).decode()
        return re.search(pattern, self.said).group(1)

    def kill(self):
        if self.process.stdout.closed:
            return
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def web(self):
        """The process that writes; None while there is none."""
        for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            try:
                if Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[1] == b"web":
                    return int(pid)
            except (OSError, IndexError):
                pass
        return None

    def kill_web(self):
        """Only the process that writes: the supervisor starts another one behind the same doors."""
        os.kill(self.web(), signal.SIGKILL)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60)
        self.process.stdout.close()
        return code


# ---------------------------------------------------------------- clients

class Browser:
    """A connection that is kept, and cookies."""

    def __init__(self, port, cookies=None):
        self.port = port
        self.cookies = dict(cookies or {})
        self.connection = None

    def ask(self, method, path, fields=None):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        self.cookies.pop("toast", None)
        return answer.status, text

    def token(self, path):
        status, text = self.ask("GET", path)
        if status == 503:
            return None  # too much to do just now, or a database that is late: it says so and harms nothing
        found = re.search(r'name="once" value="([^"]+)"', text)
        if status != 200 or not found:
            raise RuntimeError(f"{path} answered {status} without a token")
        return html.unescape(found.group(1))

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


class Client:
    """Writes until the connection breaks, and keeps what it was told."""

    def __init__(self, index, num, cookies):
        self.index, self.num, self.cookies = index, num, cookies
        self.serial = 0
        self.posts = {}      # text -> ordinal, acknowledged
        self.open_posts = {} # text -> the form, unanswered
        self.liked = {}      # ordinal -> True, False, or None: unanswered
        self.asked = {}      # idol -> the same
        self.refused = 0
        self.broken = None

    def run(self, port, stop):
        browser = Browser(port, self.cookies)
        try:
            while not stop.is_set():
                self.write_once(browser)
        except LOST:
            pass
        except Exception as e:  # pylint: disable=broad-except
            self.broken = e
        finally:
            browser.close()

    def write_once(self, browser):
        token = browser.token("/feed")
        kind = random.random()
        if token is None:
            self.refused += 1
        elif kind < 0.6 or not self.posts:
            self.post(browser, token)
        elif kind < 0.85:
            self.like(browser, token)
        else:
            self.befriend(browser, token)

    def post(self, browser, token):
        self.serial += 1
        text = f"crash {self.index} {self.serial}"
        form = {"once": token, "text": text, "audience": "0", "to": "/feed"}
        self.open_posts[text] = form
        status, _ = browser.ask("POST", f"/wall{self.num}", form)
        if status == 303:
            del self.open_posts[text]
            self.posts[text] = None
        elif status in (503, 429):
            del self.open_posts[text]
            self.refused += 1
        else:
            raise RuntimeError(f"a post was answered with {status}")

    def set(self, browser, path, token, told, key, on):
        before = told.get(key)
        told[key] = None
        status, _ = browser.ask("POST", path, {"once": token, "to": "/feed"})
        if status == 303:
            told[key] = on
        elif status in (503, 429):
            self.refused += 1
            told[key] = before  # a refusal changes nothing
        elif status == 404 and on and not before:
            del told[key]  # a post that no other client has written yet
        else:
            raise RuntimeError(f"{path} was answered with {status}")

    # The ordinals 4k+j of a wall belong to the j-th client of its owner, whoever wrote the post: one client each.
    def like(self, browser, token):
        ordinal = 1 + self.index % 4 + 4 * random.randrange(max(1, len(self.posts) // 2))
        on = not self.liked.get(ordinal, False)
        self.set(browser, f"/wall{self.num}_{ordinal}/{'like' if on else 'unlike'}", token, self.liked, ordinal, on)

    def befriend(self, browser, token):
        idol = MEMBERS + 2 + self.index % 4  # the owner is 1
        on = not self.asked.get(idol, False)
        self.set(browser, f"/friends/{idol}/{'add' if on else 'cancel'}", token, self.asked, idol, on)

    def replay(self, browser):
        for text, form in list(self.open_posts.items()):
            for _ in range(2):
                for _attempt in range(50):
                    status, _ = browser.ask("POST", f"/wall{self.num}", form)
                    if status != 503:
                        break
                    time.sleep(0.02)
                if status != 303:
                    raise RuntimeError(f"a replay was answered with {status}")
            del self.open_posts[text]
            self.posts[text] = None


# ---------------------------------------------------------------- the test

def set_up(port, path):
    browser = Browser(port)
    token = browser.token(path)
    status, text = browser.ask("POST", path, {
        "once": token, "site": "Crash", "origin": f"http://127.0.0.1:{port}", "signup": "0", "given": "Olga", "family": "Owner",
        "name": "olga.owner", "password": PASSWORD, "gender": "1"})
    if status != 200:
        raise RuntimeError(f"set-up answered {status}: {text[-600:]}")


def member(port, name):
    browser = Browser(port)
    token = browser.token("/join")
    status, text = browser.ask("POST", "/join", {"once": token, "given": name, "family": "", "name": name, "password": PASSWORD,
                                                 "gender": "0", "invitation": ""})
    if status != 303:
        raise RuntimeError(f"joining answered {status}: {text[-600:]}")
    browser.close()
    return browser.cookies


class Kill(unittest.TestCase):
    def crash(self, make_database):
        began = time.monotonic()
        self.random = random.Random()
        self.server, self.acknowledged, self.replayed, self.refused = None, 0, 0, 0
        for done in range(0, CYCLES, CYCLES_PER_WORLD):
            self.world(make_database, min(CYCLES_PER_WORLD, CYCLES - done))
        self.assertGreater(self.acknowledged, CYCLES * 20)
        self.assertGreater(self.replayed, 0)
        print(f"{make_database.name}: {CYCLES} cycles in {time.monotonic() - began:.0f} s, {self.acknowledged} posts acknowledged, "
              f"{self.replayed} forms sent again, {self.refused} refused; 0 lost, 0 doubled", flush=True)

    def world(self, make_database, cycles):
        folder = tempfile.mkdtemp(prefix="veche-crash-")
        log = open(os.path.join(folder, "log"), "w+", encoding="utf-8")
        database = make_database(folder)
        try:
            self.cycles(folder, database, log, cycles)
        except BaseException:
            log.seek(0)
            print(log.read()[-6000:])
            raise
        finally:
            if self.server:
                self.server.kill()
            log.close()
            shutil.rmtree(folder, ignore_errors=True)
            database.drop()

    def cycles(self, folder, database, log, cycles):
        server = self.server = Server(folder, database, log)
        set_up(server.port, server.wait_for(r"(/setup/\S+)\n"))
        names = [f"person.{'abcdefghijklmnopqrstuvwxyz'[i]}" for i in range(MEMBERS + IDOLS)]
        cookies = [member(server.port, name) for name in names]
        numbers = dict((name, num) for name, num in database.rows("SELECT name, num FROM member"))
        clients = [Client(i, numbers[names[i // 4]], cookies[i // 4]) for i in range(CLIENTS)]
        for cycle in range(cycles):
            if cycle % 3 == 2:
                self.write_and_kill(clients, server, server.kill_web)
            else:
                self.write_and_kill(clients, server, server.kill)
                server = self.server = Server(folder, database, log)
            self.wait_until_it_answers(server)
            self.check_soundness(folder)
            self.check_nothing_lost(database, clients, False)
            self.send_again(server.port, clients)
            self.check_nothing_lost(database, clients, True)
        self.check_books(database)
        self.assertEqual(server.stop(), 0)
        self.acknowledged += sum(len(c.posts) for c in clients)
        self.refused += sum(c.refused for c in clients)

    def wait_until_it_answers(self, server):
        browser = Browser(server.port)
        status, _ = browser.ask("GET", "/healthz")
        self.assertEqual(status, 200)
        browser.close()

    def write_and_kill(self, clients, server, kill):
        stop = threading.Event()
        threads = [threading.Thread(target=c.run, args=(server.port, stop)) for c in clients]
        before = sum(len(c.posts) for c in clients)
        for t in threads:
            t.start()
        end = time.monotonic() + 30
        while sum(len(c.posts) for c in clients) < before + 20 and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(self.random.uniform(*MS_PER_WRITE_CYCLE) / 1000)
        kill()
        stop.set()
        for t in threads:
            t.join()
        for c in clients:
            if c.broken:
                raise c.broken

    def check_soundness(self, folder):
        done = subprocess.run([BIN, "admin", "--data", folder, "check"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def check_nothing_lost(self, database, clients, settled):
        texts = {}
        for (text,) in database.rows("SELECT text FROM post WHERE deleted_at = 0"):
            texts[text] = texts.get(text, 0) + 1
        acknowledged = {text for c in clients for text in c.posts}
        unanswered = {text for c in clients for text in c.open_posts}
        self.assertEqual([t for t in acknowledged if t not in texts], [], "acknowledged and lost")
        self.assertEqual([t for t, n in texts.items() if n > 1], [], "there twice")
        self.assertEqual(set(texts) - acknowledged - unanswered, set(), "from nowhere")
        if settled:
            self.assertEqual(unanswered, set())
        likes = set(database.rows("SELECT p.owner, p.ordinal, l.member FROM post_like l JOIN post p ON p.bucket = l.bucket AND p.id = l.post"))
        edges = {(a, b): bits for a, b, bits in database.rows("SELECT owner, other, bits FROM edge")}
        for c in clients:
            for ordinal, on in c.liked.items():
                if on is not None:
                    self.assertEqual((c.num, ordinal, c.num) in likes, on, f"like of {c.num}_{ordinal}")
                elif settled:
                    c.liked[ordinal] = (c.num, ordinal, c.num) in likes
            self.check_requests(c, edges, settled)

    def check_requests(self, c, edges, settled):
        for idol, on in c.asked.items():
            mine, theirs = edges.get((c.num, idol), 0), edges.get((idol, c.num), 0)
            self.assertEqual((mine, theirs), (1 | 8, 2 | 16 | 32) if mine else (0, 0), "two halves of one request")
            if on is not None:
                self.assertEqual(mine != 0, on, f"request of {c.num} to {idol}")
            elif settled:
                c.asked[idol] = mine != 0

    def send_again(self, port, clients):
        for c in clients:
            if not c.open_posts:
                continue
            self.replayed += len(c.open_posts)
            browser = Browser(port, c.cookies)
            c.replay(browser)
            browser.close()

    def check_books(self, database):
        """Counters are what they count."""
        wrong = database.rows("SELECT p.id, p.likes FROM post p WHERE p.likes <> "
                              "(SELECT COUNT(*) FROM post_like l WHERE l.bucket = p.bucket AND l.post = p.id)")
        self.assertEqual(wrong, [])
        wrong = database.rows("SELECT n.owner, n.posts FROM wall_count n WHERE n.posts <> (SELECT COUNT(*) FROM post p "
                              "WHERE p.bucket = n.bucket AND p.owner = n.owner AND p.author = n.owner AND p.audience = n.audience AND p.deleted_at = 0)")
        self.assertEqual(wrong, [])
        wrong = database.rows("SELECT m.num, m.requests, m.wall_seq FROM member m WHERE m.requests <> "
                              "(SELECT COUNT(*) FROM edge e WHERE e.bucket = m.bucket AND e.owner = m.num AND (e.bits & 32) <> 0) "
                              "OR m.wall_seq <> (SELECT COUNT(*) FROM post p WHERE p.bucket = m.bucket AND p.owner = m.num)")
        self.assertEqual(wrong, [])

    def test_sqlite(self):
        self.crash(Sqlite)

    @unittest.skipUnless(os.environ.get("VECHE_TEST_PG"), "VECHE_TEST_PG is not set")
    def test_postgres(self):
        self.crash(Postgres)


if __name__ == "__main__":
    unittest.main()
