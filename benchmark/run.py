#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Measures; ./bench prepares. The server has core 0, whoever asks has core 1.

A row is measured in blocks: ceiling, ours, ceiling, ours, … ceiling. Each of ours is compared with the mean of the two ceilings
around it; where those differ by more than 10 % the machine was busy with something else and the comparison is dropped. What
counts is the median of what is left.

Pages have two ratios. The first is by the clock, as wrk counts. nginx hands a file to the kernel in less time than wrk needs to
read it, so that ceiling is the pair's, not nginx's alone. The second ("own time") divides by the time that the server itself had
a core (schedstat of its threads): what it would be if wrk cost nothing, and steady on a machine that does other things as well.
The blocks are judged steady by the second.

A row of which every block was disturbed has no ratio: it was not measured. With --only the other rows of the JSON stay."""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import streams

HERE = Path(__file__).resolve().parent
SERVER, LOAD = ["taskset", "-c", "0"], ["taskset", "-c", "1"]
CONNECTIONS = 64
STREAMS, POSTS_TOLD = 10000, 3
WAL_BOUND = 256 << 20  # for so much the server reserves the log's index (src/db/sqlite.c)


class Server:
    """A child process on core 0 whose time on the core can be read."""

    def __init__(self, command, env=None, **options):
        self.child = subprocess.Popen(SERVER + command, env={**os.environ, **(env or {})}, **options)

    def pids(self):
        children = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children").read_text().split()
        return [self.child.pid, *map(int, children)]

    def cpu(self):
        """Seconds on a core, all threads and children."""
        ns = 0
        for pid in self.pids():
            for task in Path(f"/proc/{pid}/task").iterdir():
                try:
                    ns += int((task / "schedstat").read_text().split()[0])
                except OSError:
                    pass
        return ns / 1e9

    def stop(self):
        self.child.terminate()
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


class Veche(Server):
    def __init__(self, a, data, env=None):
        command = [str(a.build / "veche"), "serve", "--data", str(data), "--port", "0", "--threads", "1", "--limits-off"]
        super().__init__(command, env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.child.stdout.readline()
        found = re.search(r"(http://\S+)", line)
        if not found:
            sys.exit("bench: veche did not start: " + line)
        self.url = found[1]


class Nginx(Server):
    """Serves one page at every address, with the same headers, as fast as it can."""

    def __init__(self, a, page, headers):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        folder = (a.build / "nginx").resolve()
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "html").mkdir(parents=True)
        (folder / "html" / "page.html").write_bytes(page)
        ours = {"date", "content-length", "connection", "content-type", "set-cookie"}
        lines = "\n".join(f"add_header {k} \"{v}\";" for k, v in headers if k.lower() not in ours)
        user = "user root;" if os.getuid() == 0 else ""
        (folder / "nginx.conf").write_text(f"""{user}
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; etag off; server_tokens off; gzip off;
  keepalive_requests 100000000; keepalive_timeout 600s; open_file_cache max=16 inactive=600s;
  types {{ text/html html; }} charset utf-8; default_type text/html;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port} backlog=1024; root {folder}/html; add_header Last-Modified ""; {lines}
    location / {{ rewrite ^ /page.html break; }} }}
}}""")
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        super().__init__([program, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                urllib.request.urlopen(self.url, timeout=1).read()
                return
            except OSError:
                time.sleep(0.05)
        sys.exit("bench: nginx did not start")


def wrk(server, seconds, script, words, connections=CONNECTIONS):
    """Runs wrk and says how many requests a second, by the clock and by the server's time."""
    before, busy = server.cpu(), core_busy()
    done = subprocess.run(LOAD + ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", "-s",
                                  str(HERE / script), server.url, "--", *map(str, words)], capture_output=True, text=True)
    cpu, busy = server.cpu() - before, core_busy() - busy
    found = re.search(r"^JSON (.*)$", done.stdout, re.M)
    if not found:
        sys.exit("bench: wrk failed:\n" + done.stdout + done.stderr)
    r = json.loads(found[1])
    r["seconds"] = r.pop("us") / 1e6
    r["per_s"] = r["requests"] / r["seconds"]
    r["per_core_s"] = r["requests"] / max(cpu, 1e-9)
    r["core_share"] = cpu / r["seconds"]
    r["foreign_share"] = max(0.0, busy - cpu) / r["seconds"]
    return r


def core_busy():
    """Seconds that core 0 was not idle."""
    for line in open("/proc/stat"):
        if line.startswith("cpu0 "):
            v = [int(x) for x in line.split()[1:9]]
            return (sum(v) - v[3] - v[4]) / os.sysconf("SC_CLK_TCK")
    return 0.0


def alternate(blocks, ceiling, ours, key):
    """ceiling, ours, ceiling, …: what each of ours is worth, and which comparisons count."""
    ceilings, pairs = [ceiling()], []
    for _ in range(blocks):
        mine = ours()
        ceilings.append(ceiling())
        left, right = ceilings[-2], ceilings[-1]
        middle = (left[key] + right[key]) / 2
        pairs.append({"ours": mine, "around": (left, right), "ceiling": middle, "ratio": mine[key] / middle,
                      "steady": abs(left[key] - right[key]) <= 0.1 * max(left[key], right[key])})
    return pairs, ceilings


def kept_of(pairs):
    return [p for p in pairs if p["steady"]] or pairs


def row(name, unit, pairs, key, **more):
    steady = [p for p in pairs if p["steady"]]
    kept = kept_of(pairs)
    ratios = sorted(p["ratio"] for p in kept)
    return {"name": name, "unit": unit, "ours": statistics.median(p["ours"][key] for p in kept),
            "ceiling": statistics.median(p["ceiling"] for p in kept), "ratio": statistics.median(ratios) if steady else None,
            "disturbed_ratio": None if steady else statistics.median(ratios), "least": ratios[0], "most": ratios[-1], "blocks": len(kept), "dropped": len(pairs) - len(kept),
            "unsteady": not steady, **more}


# ---- the rows ----

def fetch(url, token):
    ask = urllib.request.Request(url, headers={"Cookie": "veche_sid=" + token, "Accept-Language": "en-GB,en;q=0.5"})
    with urllib.request.urlopen(ask) as answer:
        return answer.read(), answer.getheaders()


def sessions_of(a):
    return [line.split() for line in (a.world / "sessions.tsv").read_text().splitlines()]


def typical(veche, a, what):
    """The page of median size among those that are asked for."""
    people = sessions_of(a)[:100]
    pages = [fetch(f"{veche.url}/{'feed' if what == 'feed' else people[-i - 1][2]}", p[0]) for i, p in enumerate(people)]
    return sorted(pages, key=lambda page: len(page[0]))[len(pages) // 2]


def page_row(a, what):
    veche = Veche(a, a.world)
    try:
        words = [a.world / "sessions.tsv", what]
        wrk(veche, 2, "get.lua", words)  # memory fills
        page, headers = typical(veche, a, what)
        nginx = Nginx(a, page, headers)
        try:
            ask = lambda server: wrk(server, a.seconds, "get.lua", words)
            pairs, ceilings = alternate(a.blocks, lambda: ask(nginx), lambda: ask(veche), "per_core_s")
        finally:
            nginx.stop()
    finally:
        veche.stop()
    mine = [p["ours"] for p in pairs]
    kept = kept_of(pairs)
    own = row(f"{what} page", "requests/s/core", pairs, "per_core_s")
    for p in pairs:
        p["ceiling"] = sum(c["per_s"] for c in p["around"]) / 2
        p["ratio"] = p["ours"]["per_s"] / p["ceiling"]
    return row(f"{what} page", "requests/s", pairs, "per_s", bad=sum(m["bad"] for m in mine), page_bytes=len(page),
               mean_bytes=sum(m["bytes"] for m in mine) / sum(m["requests"] for m in mine),
               own_time={k: own[k] for k in ("ours", "ceiling", "ratio", "least", "most")},
               ours_core_share=statistics.median(p["ours"]["core_share"] for p in kept),
               ceiling_core_share=statistics.median(c["core_share"] for c in ceilings),
               foreign_share=statistics.mean(m["foreign_share"] for m in mine), p99_us=statistics.median(m["p99_us"] for m in mine))


def copy_of(a):
    """Writes go to a copy, so that the next run finds the world as it was; a world too large for that is used up."""
    if (a.world / "veche.db").stat().st_size > 6 << 30:
        (a.world / "made").touch(exist_ok=True)
        os.utime(a.world / "made", (0, 0))
        return a.world
    target = a.build / "written"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(mode=0o700)
    for name in ("veche.db", "sessions.tsv", "texts.txt"):
        subprocess.run(["cp", "--reflink=auto", str(a.world / name), str(target / name)], check=True)
    os.sync()
    return target


def posted(data):
    with sqlite3.connect(f"file:{data}/veche.db?mode=ro", uri=True) as d:
        return d.execute("SELECT COALESCE(MAX(seq), 0) FROM change").fetchone()[0]


def make_tokens(a, data, tokens):
    file = a.build / "tokens.txt"
    with open(file, "wb") as f:
        subprocess.run([str(a.build / "bench_world"), "--data", str(data), "--tokens", str(tokens)], stdout=f, check=True)
    return file


def write_posts(a, data, env, connections, tokens):
    """Real posts a second: those that are in the database afterwards."""
    file = make_tokens(a, data, tokens)
    os.sync()  # what was written before must not stand in front of what is measured now
    veche = Veche(a, data, env)
    try:
        before = posted(data)
        r = wrk(veche, a.seconds, "post.lua", [data / "sessions.tsv", file, data / "texts.txt"], connections)
        time.sleep(0.2)
        r["posts"] = posted(data) - before
    finally:
        veche.stop()
    r["posts_per_s"] = r["posts"] / r["seconds"]
    return r


def commits(a, data, what):
    seconds = max(2, a.seconds // 2)
    os.sync()
    done = subprocess.run(SERVER + [str(a.build / "bench_commit"), what, str(data), "--seconds", str(seconds)],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def posts_row(a):
    data, tokens, seen = copy_of(a), 40000 * a.seconds, []

    def ceiling():
        syncs = commits(a, data, "--append")["per_s"]
        free = write_posts(a, data, {"LD_PRELOAD": str((a.build / "libnosync.so").resolve())}, CONNECTIONS, tokens)["posts_per_s"]
        seen.append((syncs, free))
        return {"posts_per_s": min(4 * syncs, 0.5 * free)}

    pairs, _ = alternate(max(2, a.blocks // 2), ceiling, lambda: write_posts(a, data, None, CONNECTIONS, tokens), "posts_per_s")
    return row("posts", "posts/s", pairs, "posts_per_s", bad=sum(p["ours"]["bad"] for p in pairs),
               refused=" ".join(p["ours"]["refused"] for p in pairs).split(),
               fdatasync_per_s=statistics.median(s for s, _ in seen), unsynced_posts_per_s=statistics.median(f for _, f in seen),
               p99_us=statistics.median(p["ours"]["p99_us"] for p in pairs),
               core_share=statistics.median(p["ours"]["core_share"] for p in pairs))


def single_row(a):
    data = copy_of(a)

    def ours():
        r = write_posts(a, data, None, 1, 10000 * a.seconds)
        steady = r["p99_us"]  # as whoever sends at a steady pace would find it: a stall delays all that would have been sent
        return {**r, "p50_us": r["each_p50_us"], "p99_us": r["each_p99_us"], "steady_p99_us": steady}

    pairs, ceilings = alternate(max(2, a.blocks // 2), lambda: commits(a, data, "--post"), ours, "p99_us")
    return row("p99 one client post", "µs (less is better)", pairs, "p99_us", ours_p50_us=statistics.median(p["ours"]["p50_us"] for p in pairs),
               ceiling_p50_us=statistics.median(c["p50_us"] for c in ceilings),
               steady_p99_us=statistics.median(p["ours"]["steady_p99_us"] for p in pairs), bad=sum(p["ours"]["bad"] for p in pairs))


def watch(file, sizes, stop):
    while not stop.wait(0.1):
        try:
            sizes.append(file.stat().st_size)
        except OSError:
            pass


def wal_row(a):
    """How large does the log beside the database grow while 64 clients write without a pause?"""
    data, sizes, stop = copy_of(a), [], threading.Event()
    watcher = threading.Thread(target=watch, args=(data / "veche.db-wal", sizes, stop))
    watcher.start()
    try:
        r = write_posts(a, data, None, CONNECTIONS, 6000 * a.seconds)
    finally:
        stop.set()
        watcher.join()
    half = len(sizes) // 2
    largest = max(sizes)
    return {"name": "wal bounded", "unit": "MiB (less is better)", "ours": largest / 2**20, "ceiling": WAL_BOUND / 2**20,
            "ratio": largest / WAL_BOUND, "least": max(sizes[:half]) / WAL_BOUND, "most": max(sizes[half:]) / WAL_BOUND, "blocks": 1,
            "dropped": 0, "unsteady": False, "bad": r["bad"], "seconds": r["seconds"], "posts": r["posts"],
            "posts_per_s": r["posts_per_s"], "largest_bytes": largest}


def streams_row(a):
    """Streams that wait, and pages while a post is told to all of them."""
    data = copy_of(a)
    author, tokens = streams.followers(data, min(STREAMS, a.members - 1))
    lines = [line.split() for line in make_tokens(a, data, 1000).read_text().splitlines()]
    made = [once for place, once in lines if place == "1"][:POSTS_TOLD]  # the first session's, which asks most
    veche = Veche(a, data)
    listeners = streams.Listeners(veche.url, tokens)
    try:
        ask = lambda: wrk(veche, a.seconds, "get.lua", [a.world / "sessions.tsv", "feed"], 16)
        ask()  # memory fills
        listeners.come()
        before = sum(map(streams.own_bytes, veche.pids()))
        listeners.open()
        each = (sum(map(streams.own_bytes, veche.pids())) - before) / len(tokens)
        quiet, pairs, took = ask(), [], []
        for once in made:
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                told = pool.submit(streams.write, listeners.address, author, once, "To all")
                heard = pool.submit(listeners.hear, b"event: news", 30)
                busy = ask()
            told.result()  # a failure over there is one here
            took.append(heard.result() - streams.LATER)
            after = ask()
            middle = (quiet["p99_us"] + after["p99_us"]) / 2
            pairs.append({"ours": busy, "ceiling": middle, "ratio": busy["p99_us"] / middle, "steady": True})
            quiet = after
    finally:
        listeners.close()
        veche.stop()
    return row("p99 while told", "µs (less is better)", pairs, "p99_us", streams=len(tokens), bytes_each=each, ended=listeners.ended,
               seconds_until_all_heard=statistics.median(took), bad=sum(p["ours"]["bad"] for p in pairs))


ROWS = {"feed page": lambda a: page_row(a, "feed"), "profile page": lambda a: page_row(a, "profile"), "posts": posts_row,
        "p99 one client post": single_row, "p99 while told": streams_row}
LONG = {"wal bounded": wal_row}  # only when asked for (./bench --long)


def number(v):
    return f"{v:,.0f}" if v >= 100 else f"{v:.1f}"


def rows_kept(file, measured):
    """What the file has of other rows."""
    try:
        return [r for r in json.loads(file.read_text())["rows"] if r["name"] not in measured]
    except (OSError, ValueError, KeyError):
        return []


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--build", type=Path, required=True)
    p.add_argument("--world", type=Path, required=True)
    p.add_argument("--members", type=int, default=10000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--only", choices=[*ROWS, *LONG])
    p.add_argument("--json", type=Path, default=Path("build/bench.json"))
    p.add_argument("--blocks", type=int, default=5)
    p.add_argument("--seconds", type=int, default=4)
    a = p.parse_args()
    if (os.cpu_count() or 1) < 2:
        sys.exit("bench: two cores are needed, one for the server and one for the load")
    began, rows = time.time(), []
    print(f"{'':22}{'ours':>12}{'ceiling':>12}{'ratio':>8}   spread", flush=True)
    for name in [a.only] if a.only else list(ROWS):
        r = {**ROWS, **LONG}[name](a)
        rows.append(r)
        remarks = [f"{r['dropped']} of {r['dropped'] + r['blocks']} blocks dropped"] if r["dropped"] else []
        remarks += [f"UNSTEADY: every block was disturbed (about {r['disturbed_ratio']:.2f})"] if r["unsteady"] else []
        remarks += [f"{r['bad']} REFUSED OR FAILED {' '.join(r.get('refused', []))}"] if r["bad"] else []
        remarks += [f"of own time {r['own_time']['ratio']:.2f} ({r['own_time']['least']:.2f}–{r['own_time']['most']:.2f})"] if r.get("own_time", {}).get("ratio") else []
        remarks += [f"{r['streams']} streams of {r['bytes_each']:.0f} bytes each, the last hears after {r['seconds_until_all_heard']:.2f} s"] if "streams" in r else []
        remarks += [f"{r['steady_p99_us']:,.0f} for whoever sends at a steady pace"] if "steady_p99_us" in r else []
        remarks += [f"others took {r['foreign_share']:.0%} of the core"] if r.get("foreign_share", 0) > 0.05 else []
        ratio = "–" if r["ratio"] is None else f"{r['ratio']:.2f}"
        print(f"{name:22}{number(r['ours']):>12}{number(r['ceiling']):>12}{ratio:>8}   {r['least']:.2f}–{r['most']:.2f} "
              f"{r['unit']}{'; ' if remarks else ''}{', '.join(remarks)}", flush=True)
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    world = a.world / "made"
    report = {"members": a.members, "seed": a.seed, "cpu": cpu, "kernel": os.uname().release, "seconds": round(time.time() - began, 1),
              "loading": json.loads(world.read_text()) if world.exists() else None,
              "rows": rows + rows_kept(a.json, {a.only} if a.only else set(ROWS))}
    a.json.parent.mkdir(parents=True, exist_ok=True)
    a.json.write_text(json.dumps(report, indent=1) + "\n")


main()
