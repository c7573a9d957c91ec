#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Breaks the program in listed ways, one at a time, in a copy of the tree. Each breakage must turn its test red; a breakage that
no test notices is a hole in the tests, and fails. The last line: N passed, M failed.

    tests/mutants.py [WORD…]    those whose name contains a word"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import results

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns("build", ".git", "node_modules", "data", "__pycache__")


@dataclass
class Mutant:
    name: str
    file: str
    old: str  # stands in the file exactly once
    new: str
    test: str  # a test program of build/test
    red: str = ""  # what noticed


MUTANTS = [
    Mutant("skip the fsync", "src/db/sqlite.c", '"PRAGMA synchronous=FULL;"', '"PRAGMA synchronous=OFF;"', "powerloss_test"),
    Mutant("answer before the commit", "src/db/lane_sqlite.c",
           """    if (!o.stands || !commit_batch(l, b)) {
        run_again(l, b, o.ran);
        return;
    }
    note_costs(l, b->n, acted - began, clock_us() - acted);
    answer_all(l, b->jobs, b->results, b->n);""",
           """    if (!o.stands) {
        run_again(l, b, o.ran);
        return;
    }
    note_costs(l, b->n, acted - began, clock_us() - acted);
    answer_all(l, b->jobs, b->results, b->n);
    (void)commit_batch(l, b);""", "lane_test"),
    Mutant("publish to memory before the commit", "src/db/lane_sqlite.c",
           "    if (!o.stands || !commit_batch(l, b)) {",
           "    lane_publish(l, e->scratch, b->jobs, b->results, b->n);\n    if (!o.stands || !commit_batch(l, b)) {", "lane_test"),
    Mutant("run a void batch on", "src/db/lane_sqlite.c",
           "        if (!db_in_transaction(d)) return (outcome){i + 1, false};\n    }\n    return (outcome){b->n, true};",
           "        (void)d;\n    }\n    return (outcome){b->n, true};", "lane_sqlite_test"),
    Mutant("keep what a refused act wrote", "src/db/lane_sqlite.c",
           "code == OK && !undo ? db_savepoint_keep(d) : db_savepoint_undo(d)", "!undo ? db_savepoint_keep(d) : db_savepoint_undo(d)",
           "fault_test"),
    Mutant("skip privacy in the news", "src/graph/rings.c",
           "    TRY(merge_judge(m, h, e.audience, &may));\n    if (may) out->items", "    TRY(merge_judge(m, h, e.audience, &may));\n    out->items", "model_test"),
    Mutant("skip privacy in counts", "src/feature/wall/wall.c", "        if (may) *n += ", "        *n += ", "model_test"),
    Mutant("skip privacy at a post's own address", "src/feature/wall/wall.c",
           '    if (!may) return fail(c, E_NOT_FOUND, MSG(L_NONE), "not for this viewer");\n', "", "model_test"),
    Mutant("open what a circle that is gone kept out", "src/graph/privacy.c", "        *yes = !there;", "        *yes = false;", "privacy_test"),
    Mutant("let a blocked member in", "src/graph/privacy.c", "    if (hit || r->blocked) return OK;", "    if (hit) return OK;",
           "privacy_test"),
    Mutant("drop the once token", "src/http/stages.c", "rc_code claimed = sql_once_claim(c->db, bucket, r->session, claim, body, c->now, r->result);",
           "rc_code claimed = OK;", "stages_test"),
    Mutant("use a token up everywhere", "src/http/stages.c", "(str){(const char *)nonce, 16}, r->path, STR(\"\")",
           "(str){(const char *)nonce, 16}, STR(\"\"), STR(\"\")", "stages_test"),
    Mutant("compress what another site caused", "src/http/answer.c", "if (cause.ptr) return str_eq(", "if (cause.ptr) return true || str_eq(",
           "body_test"),
    Mutant("believe any token", "src/http/csrf.c", "    if (!bytes_equal(mac, given + NONCE, MAC)) return false;\n", "", "stages_test"),
    Mutant("forget Origin", "src/http/csrf.c", "if (origin.ptr && !right_origin(r, origin))", "if (false && !right_origin(r, origin))",
           "stages_test"),
    Mutant("swap two parameters", "src/db/sqlite.c", "bind_one(stmt, i + 1, &params[i])",
           "bind_one(stmt, i + 1, &params[q->params > 1 && i < 2 ? 1 - i : i])", "sqlite_test"),
    Mutant("take a code twice", "src/crypto/otp.c", "step > after && !found", "step + 9 > after && !found", "otp_test"),
    Mutant("forget wrong codes", "src/feature/second/second.c", "app->misses >= SECOND_MISSES", "app->misses > 1000000", "second_test"),
    Mutant("believe a ticket of another session", "src/feature/second/ticket.c",
           "if (session.len) memcpy(at, session.ptr,", "if (session.len > 1000) memcpy(at, session.ptr,", "second_test"),
    Mutant("let a passkey answer any challenge", "src/feature/second/webauthn.c",
           "if (!asked->challenge.len || !str_eq(said.challenge, asked->challenge)) return WEBAUTHN_CHALLENGE;", "", "webauthn_test"),
    Mutant("leave quotation marks as they are", "src/base/out.c", """['"'] = STR_INIT("&quot;"), """, "", "out_test"),
    Mutant("forget that a pass ends", "src/feature/photo/photo.c", " && hour > now / HOUR_MS;", ";", "photo_test"),
    Mutant("let a pass open any size", "src/feature/photo/photo.c", "photo, size, viewer, hour, 0}", "photo, 0, viewer, hour, 0}; (void)size", "photo_test"),
    Mutant("skip privacy at a picture", "src/feature/photo/photo.c",
           '    if (!may) return fail(c, E_NOT_FOUND, MSG(L_NONE), "not for this viewer");\n', "", "photo_test"),
    Mutant("let a decoder open sockets", "src/media/confine.c", "SCMP_SYS(munmap),", "SCMP_SYS(socket), SCMP_SYS(munmap),", "confine_test"),
    Mutant("take descriptors that nobody announced", "src/base/frames.c", "if (!whole || out->fd_count != came.fd_count)", "if (!whole)", "frames_test"),
    Mutant("tell across a block", "src/feature/notify/notice.c", "    if (bits & (EDGE_BLOCKS | EDGE_BLOCKED)) return OK;\n", "    (void)bits;\n", "notice_test"),
    Mutant("keep what was told after a block", "src/feature/friends/friends.c", "return notice_part(c, mine.owner, other);", "return OK;", "notice_test"),
    Mutant("tell whoever may not read", "src/feature/notify/notice.c", "return may ? notice_tell(c, member, what) : OK;",
           "return notice_tell(c, member, what);", "notice_test"),
]


def run(command, folder, seconds):
    try:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}, timeout=seconds, check=False)
        return done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        return 124, (late.stdout or b"").decode(errors="replace") + f"\nover {seconds} s"


def build(folder, targets):
    return run(["tools/build.sh", "test", *targets], folder, 1200)


def try_mutant(m, folder):
    """None when its test turned red, else what is wrong."""
    path = folder / m.file
    text = path.read_text(encoding="utf-8")
    if text.count(m.old) != 1:
        return f"{m.file} has its place {text.count(m.old)} times: bring the list up to date"
    path.write_text(text.replace(m.old, m.new), encoding="utf-8")
    try:
        code, output = build(folder, [m.test])
        if code:
            return f"does not compile:\n{output[-1500:]}"
        code, output = run([f"build/test/{m.test}"], folder, 600)
        found = re.search(r"^\[  FAILED  \] (\S+)$", output, re.M)
        m.red = found.group(1) if found else f"{m.test} ends with {code}"
        return None if code else f"{m.test} stays green"
    finally:
        path.write_text(text, encoding="utf-8")


def main():
    words = sys.argv[1:]
    chosen = [m for m in MUTANTS if not words or any(w in m.name for w in words)]
    results.tree()  # what is broken is a copy of what lies here now
    start, bad = time.monotonic(), 0
    states = {m.name: "failed" for m in chosen}
    with tempfile.TemporaryDirectory(prefix="veche-mutants-") as name:
        folder = Path(name) / "tree"
        shutil.copytree(ROOT, folder, ignore=LEFT_OUT, symlinks=True)
        (folder / "node_modules").symlink_to(ROOT / "node_modules")
        tests = sorted({m.test for m in chosen})
        code, output = build(folder, tests)
        if code:
            print(f"{output[-3000:]}\n0 passed, 1 failed")
            return 1
        for test in tests:
            code, output = run([f"build/test/{test}"], folder, 600)
            if code:
                print(f"{test} is red before anything was broken:\n{output[-3000:]}\n0 passed, 1 failed")
                return 1
        for m in chosen:
            began = time.monotonic()
            wrong = try_mutant(m, folder)
            bad += wrong is not None
            states[m.name] = "failed" if wrong else "passed"
            print(f"{'FAIL' if wrong else 'ok  '} {m.name:<44} {wrong or m.test + ': ' + m.red}  {time.monotonic() - began:.0f} s", flush=True)
    if not words:
        results.keep("mutants", "mutants", len(chosen) - bad, bad, time.monotonic() - start, states)
    print(f"{len(chosen) - bad} passed, {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
