// SPDX-License-Identifier: AGPL-3.0-or-later
// The supervisor and its children: a web process that dies is replaced behind doors that stay open; whoever ends the supervisor
// ends them all; what keeps dying stays dead and says so.
// engines: sqlite
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { Client, closeConnections } from "../support/client.mjs";
import { expect } from "../support/people.mjs";
import { BIN, children, start } from "../support/server.mjs";

let server;
before(async () => (server = await start()));
after(async () => server?.stop());

/** By a connection of its own. */
async function answers() {
  closeConnections();
  expect(await new Client(server.url).get("/healthz"), 200);
}

function alive(pid) {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
const web = () => children(server).find((c) => c.what === "web")?.pid;

async function until(what, holds, ms = 10_000) {
  for (const end = Date.now() + ms; !(await holds()); await pause(20)) if (Date.now() > end) assert.fail(`${what}: not within ${ms} ms\n${server.log}`);
}

test("a web process that is killed is replaced; whoever knocks meanwhile waits and is answered", async () => {
  for (let i = 0; i < 3; i++) {
    const old = web();
    process.kill(old, "SIGKILL");
    await until("it is gone", () => !alive(old));
    await answers();
    assert.notEqual(web(), old);
  }
  assert.match(server.log, /the web process ended with signal 9 \(Killed\) after \d+ s; a new one starts in \d+ ms/);
  assert.equal(server.log.match(/Veche is listening/g).length, 1, "said once");
});

test("a web process that is asked to end is replaced at once, and nobody notices", async () => {
  await until("a web process", web);
  const old = web();
  process.kill(old, "SIGTERM");
  for (let i = 0; i < 20; i++) await answers();
  await until("a new web process", () => web() && web() !== old);
  assert.match(server.log, /a new one takes over/);
});

test("a child shares no address layout with the supervisor, and is not dumpable", () => {
  const text = (pid) => spawnSync("sh", ["-c", `grep -m1 ' r-xp ' /proc/${pid}/maps`], { encoding: "utf8" }).stdout.split("-")[0];
  assert.notEqual(text(server.child.pid), text(web()));
  for (const pid of [server.child.pid, web()]) {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    assert.match(status, /^NoNewPrivs:\s+1$/m);
    assert.match(readFileSync(`/proc/${pid}/limits`, "utf8"), /Max core file size\s+0\s+0/);
  }
});

test("the hidden commands are for the supervisor alone", () => {
  const done = spawnSync(BIN, ["web", "--data", "/nowhere"], { encoding: "utf8" });
  assert.equal(done.status, 2);
  assert.match(done.stderr, /started by veche serve/);
  assert.doesNotMatch(spawnSync(BIN, ["help"], { encoding: "utf8" }).stdout, /veche web/);
});

test("when the supervisor is killed, its children end, and the next server finds the folder free", async () => {
  const all = children(server).map((c) => c.pid);
  await server.kill();
  await until("the children end", () => !all.some(alive), 5000);
  server = await start({ data: server.data });
  await answers();
});

test("ten deaths in a row are the end, and the last line says why", async () => {
  const ended = new Promise((done) => server.child.once("exit", done));
  let last = 0;
  const killer = setInterval(() => {
    const now = web();
    if (!now || now === last) return;
    last = now;
    process.kill(now, "SIGABRT");
  }, 20);
  const code = await Promise.race([ended, pause(150_000, "late", { ref: false })]);
  clearInterval(killer);
  assert.equal(code, 1, server.log);
  assert.match(server.log, /ended with signal 6 \(Aborted\), for the 10th time in a row: giving up/);
  await server.kill();
  server.remove();
  server = null;
});
