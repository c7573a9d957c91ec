# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ten thousand open streams in one process: what each costs, and what a post does to the pages when all of them are told.

Whoever asks has one core for everything, for wrk and for ten thousand sockets: what is said of the pages is an upper bound."""
import base64
import hashlib
import os
import select
import socket
import sqlite3
import time
from urllib.parse import quote

BUCKETS = 4096
OUT, IN = 1, 2  # EDGE_OUT, EDGE_IN of src/graph/graph.h
NEVER = 4102444800000
LATER = 0.5  # seconds: the pages are being asked for by then
HEAD = "Host: 127.0.0.1\r\nUser-Agent: bench\r\nSec-Fetch-Site: same-origin\r\nCookie: veche_sid={}\r\n"


def followers(folder, streams):
    """In the copy of the world everybody follows one member, and each has a session: (the member's session, the tokens)."""
    author, num, _ = (folder / "sessions.tsv").read_text().splitlines()[0].split("\t")
    num, tokens = int(num), []
    with sqlite3.connect(folder / "veche.db") as d:
        others = [n for (n,) in d.execute("SELECT num FROM member WHERE num <> ? ORDER BY num LIMIT ?", (num, streams))]
        for other in others:
            raw = other.to_bytes(4, "big") + os.urandom(32)
            tokens.append(base64.urlsafe_b64encode(raw).decode())
            d.execute("INSERT INTO session (bucket, hash, member, ordinal, created_day, last_day, expires) VALUES (?, ?, ?, 999, 20000, 20000, ?)",
                      (other % BUCKETS, hashlib.sha256(raw).digest(), other, NEVER))
            for owner, to, bits, near in ((other, num, OUT, 1), (num, other, IN, 0)):
                d.execute("INSERT INTO edge (bucket, owner, other, bits, near, at) VALUES (?, ?, ?, ?, ?, 0) "
                          "ON CONFLICT DO UPDATE SET bits = bits | excluded.bits, near = near | excluded.near",
                          (owner % BUCKETS, owner, to, bits, near))
    return (author, num), tokens


def own_bytes(pid):
    """Private and anonymous: what the process took for itself, without the kernel's sockets and without the database's pages."""
    for line in open(f"/proc/{pid}/smaps_rollup"):
        if line.startswith("Anonymous:"):
            return int(line.split()[1]) * 1024
    return 0


class Listeners:
    """Opens streams and counts what they are told."""

    def __init__(self, url, tokens):
        self.address = ("127.0.0.1", int(url.rsplit(":", 1)[1]))
        self.tokens, self.ended = tokens, 0
        self.poll, self.sockets = select.epoll(), {}

    def come(self):
        """Each asks for a page first: who is logged in is in memory, stream or not."""
        with socket.create_connection(self.address) as s:
            for token in self.tokens:
                s.sendall(("HEAD /about HTTP/1.1\r\n" + HEAD.format(token) + "\r\n").encode())
                while b"\r\n\r\n" not in s.recv(16384):
                    pass

    def open(self):
        for token in self.tokens:
            s = socket.create_connection(self.address)
            s.sendall(("GET /live HTTP/1.1\r\n" + HEAD.format(token) + "\r\n").encode())
            s.setblocking(False)
            self.sockets[s.fileno()] = s
            self.poll.register(s.fileno(), select.EPOLLIN)
        self.hear(b"event: counters", 60)

    def hear(self, event, seconds):
        """Until each has heard the event, or the time is over: the seconds until the last of them."""
        began, heard = time.monotonic(), set()
        while len(heard) < len(self.sockets) and time.monotonic() - began < seconds:
            for fd, _ in self.poll.poll(0.2):
                said = self.sockets[fd].recv(16384)
                if not said:
                    self.poll.unregister(fd)
                    self.sockets.pop(fd).close()
                    self.ended += 1
                elif event in said:
                    heard.add(fd)
        if len(heard) < len(self.sockets):
            raise SystemExit(f"bench: {len(heard)} of {len(self.sockets)} streams heard “{event.decode()}” within {seconds} s")
        return time.monotonic() - began

    def close(self):
        for s in self.sockets.values():
            s.close()


def write(address, author, once, text):
    """A post, LATER."""
    time.sleep(LATER)
    body = f"audience=0&once={once}&text={quote(text)}"
    head = (f"POST /wall{author[1]} HTTP/1.1\r\n" + HEAD.format(author[0]) + "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n")
    with socket.create_connection(address) as s:
        s.sendall((head + body).encode())
        if not s.recv(64).startswith(b"HTTP/1.1 303"):
            raise SystemExit("bench: a post was refused")
