// SPDX-License-Identifier: AGPL-3.0-or-later
// A server that cannot start says why in a line, with an exit code of its own, and leaves alone the one that runs. And what it believes
// at its Unix socket.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

import { Client } from "../support/client.mjs";
import { expect } from "../support/people.mjs";
import { BIN, ENGINE, start } from "../support/server.mjs";

const folder = mkdtempSync(join(tmpdir(), "veche-start-"));
const door = join(folder, "http.sock");
let server, address;

before(async () => {
  server = await start({ args: ["--unix", door, "--threads", "2"] });
  address = ENGINE === "postgres" ? ["--db", server.database.address] : [];
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** `veche serve ARGS` to its end: {code, said}, without the lines of the log that tell of a good start. */
function serve(...args) {
  return new Promise((done, fail) => {
    const child = spawn(BIN, ["serve", ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, TZ: "UTC" } });
    let all = "";
    child.stdout.on("data", (s) => (all += s));
    child.stderr.on("data", (s) => (all += s));
    const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
    child.on("error", fail);
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      const said = all.split("\n").filter((line) => line && !line.startsWith("info "));
      done({ code: code ?? signal, said });
    });
  });
}

async function refuses(args, code, sentence) {
  const ended = await serve(...args);
  assert.equal(ended.code, code, ended.said.join("\n"));
  assert.equal(ended.said.length, 1, `one line: ${ended.said.join("\n")}`);
  assert.match(ended.said[0], sentence);
}

const elsewhere = () => join(folder, "elsewhere");
const overDoor = (path) =>
  new Promise((done, fail) => {
    http.get({ socketPath: door, path, headers: { host: "x" } }, (r) => r.resume().on("end", () => done(r.statusCode))).on("error", fail);
  });

/** The Content-Encoding of a page: behind the Unix socket a proxy compresses, on TCP we do. */
const codingOf = (to, path = "/about", wanted = "gzip, br") =>
  new Promise((done, fail) => {
    http.get({ ...to, path, headers: { host: "x", "accept-encoding": wanted } }, (r) => {
      const pieces = [];
      r.on("data", (c) => pieces.push(c)).on("end", () => done({ coding: r.headers["content-encoding"], body: Buffer.concat(pieces) }));
    }).on("error", fail);
  });

test("pages are compressed on TCP and left to the proxy on the Unix socket", async () => {
  const tcp = { port: new URL(server.url).port };
  const plain = await codingOf(tcp, "/about", "identity");
  assert.equal(plain.coding, undefined);
  assert.equal((await codingOf({ socketPath: door })).coding, undefined);
  const nothing = (s) => s.toString("utf8").replace(/value="[^"]*"/g, "");
  for (const [wanted, unpack] of [["gzip", gunzipSync], ["br", brotliDecompressSync]]) {
    const packed = await codingOf(tcp, "/about", wanted);
    assert.equal(packed.coding, wanted);
    assert.equal(nothing(unpack(packed.body)), nothing(plain.body));
    assert.ok(packed.body.length < plain.body.length / 2);
  }
  const off = await start({ args: ["--compress", "off"] });
  const on = await start({ args: ["--compress", "on", "--unix", join(folder, "on.sock")] });
  try {
    assert.equal((await codingOf({ port: new URL(off.url).port })).coding, undefined);
    assert.equal((await codingOf({ socketPath: join(folder, "on.sock") })).coding, "br");
  } finally {
    await off.stop();
    await on.stop();
  }
  await refuses(["--data", elsewhere(), "--compress", "maybe"], 2, /maybe/);
});

test("a port that another server has", async () => {
  const { port } = new URL(server.url);
  await refuses(["--data", elsewhere(), "--port", port, ...address], 1, new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: Address already in use`));
  for (let i = 0; i < 20; i++) expect(await new Client(server.url).get("/healthz"), 200, "the first one has it for itself");
});

test("a data folder that another server has", () => refuses(["--data", server.data, "--port", "0", ...address], 1, /in use by another veche/));

test("a Unix socket that another server has, and keeps", async () => {
  await refuses(["--data", elsewhere(), "--port", "0", "--unix", door, ...address], 1, /http\.sock: Address already in use/);
  assert.equal(await overDoor("/healthz"), 200);
});

test("a Unix socket where a file of another kind stands", async () => {
  const file = join(folder, "letters");
  writeFileSync(file, "keep me");
  await refuses(["--data", elsewhere(), "--port", "0", "--unix", file, ...address], 1, /letters: File exists/);
});

test("a command line that makes no sense", async () => {
  const good = ["--data", elsewhere()];
  await refuses([...good, "--port", "99999"], 2, /99999/);
  await refuses([...good, "--adress", "127.0.0.1"], 2, /adress/);
  await refuses([...good, "--address", "localhost"], 2, /IPv4.*localhost/);
  await refuses([...good, "--db", "mysql://u:secret@h/d"], 2, /^(?!.*secret).*postgresql:/);
});

test("a data folder that cannot be", () => refuses(["--data", join(folder, "no", "where"), "--port", "0"], 1, /cannot make the data folder/));

test("a database that is away or none", async () => {
  await refuses(["--data", elsewhere(), "--port", "0", "--db", "postgresql://u:secret@127.0.0.1:1/none"], 1, /^(?!.*secret).*cannot connect/);
});

test("limits follow the client that the proxy names, by the Unix socket only", async () => {
  const path = join(folder, "limits.sock");
  const limited = await start({ limits: true, args: ["--unix", path] });
  try {
    const { port } = new URL(limited.url);
    const post = (to, headers) =>
      new Promise((done, fail) => {
        const request = http.request({ ...to, method: "POST", path: "/login", headers: { host: "x", "content-type": "application/x-www-form-urlencoded", "content-length": 0, ...headers } }, (r) => r.resume().on("end", () => done(r.statusCode)));
        request.on("error", fail).end();
      });
    const until = async (to, headers) => {
      for (let i = 0; i < 60; i++) if ((await post(to, headers(i))) === 429) return true;
      return false;
    };
    const proxy = { socketPath: path };
    assert.ok(await until(proxy, (i) => ({ "x-forwarded-for": [`10.0.0.${i}`, `10.0.1.${i}, [2001:db8:1:2::${i}]:${i + 1}`] })), "one network, whatever the client says before");
    assert.equal(await post(proxy, { "x-forwarded-for": "2001:db8:1:2:ffff::1" }), 429, "the whole /64");
    assert.equal(await post(proxy, { "x-forwarded-for": "2001:db8:1:3::1" }), 403, "not the next one");
    assert.ok(await until(proxy, (i) => ({ forwarded: `for=10.0.0.${i}, for="198.51.100.7:${i + 1}"` })));
    assert.equal(await post(proxy, { "x-forwarded-for": "::ffff:198.51.100.7" }), 429, "the same address, written as IPv6");
    assert.ok(await until({ port }, (i) => ({ "x-forwarded-for": `10.9.0.${i}` })), "by TCP the header says nothing");
  } finally {
    await limited.stop();
  }
});

test("after a bad end the door is taken over", async () => {
  await server.kill();
  server = await start({ args: ["--unix", door], data: server.data, database: server.database });
  assert.equal(await overDoor("/healthz"), 200);
});
