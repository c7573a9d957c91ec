// SPDX-License-Identifier: AGPL-3.0-or-later
// The operator's commands at the console: through the running server, and on the data folder while none runs.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { after, before, test } from "node:test";

import { Client } from "../support/client.mjs";
import { befriend, expect, join, setupServer } from "../support/people.mjs";
import { BIN, column, start, write } from "../support/server.mjs";

let server, owner, olga, ivan;

before(async () => {
  server = await start();
  owner = await setupServer(server);
  [olga, ivan] = [await join(server, "olga"), await join(server, "ivan")];
});
after(() => server?.stop());

/** `veche admin ARGS` to its end: {code, out, err}. */
function admin(...args) {
  return new Promise((done, fail) => {
    const child = spawn(BIN, ["admin", ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, TZ: "UTC" } });
    const said = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (s) => (said.out += s));
    child.stderr.setEncoding("utf8").on("data", (s) => (said.err += s));
    const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
    child.on("error", fail);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const err = said.err.split("\n").filter((line) => line && !line.startsWith("info ")).join("\n");
      done({ code: code ?? signal, out: said.out.trimEnd(), err });
    });
  });
}

const here = () => ["--data", server.data, ...(server.database ? ["--db", server.database.address] : [])];

async function says(args, code, pattern) {
  const ended = await admin(...here(), ...args);
  assert.equal(ended.code, code, `${args.join(" ")}: ${ended.out}${ended.err}`);
  const [told, silent] = code === 0 ? [ended.out, ended.err] : [ended.err, ended.out];
  assert.match(told, pattern);
  assert.equal(silent, "", "what was done is printed, and what was not goes to the standard error");
}

/** Without a server at work on them, `what` is done to the same data. */
async function atRest(what) {
  await server.stop({ keep: true });
  try {
    await what();
  } finally {
    const { data, database } = server;
    server = await start({ data, database });
  }
}

test("a command used wrongly is told so, and makes no data folder", async () => {
  const nowhere = path(mkdtempSync(path(tmpdir(), "veche-admin-")), "data");
  for (const words of [[], ["conquer"], ["suspend"], ["suspend", "olga"], ["staff", "olga", "ivan"], ["check", "twice"]]) {
    const ended = await admin("--data", nowhere, ...words);
    assert.equal(ended.code, 2, words.join(" "));
    assert.match(ended.err, /^veche admin[^]*suspend +NAME WHY/);
    assert.equal(ended.out, "");
  }
  const help = await admin(`--data=${nowhere}`, "help");
  assert.deepEqual([help.code, help.err], [0, ""]);
  assert.match(help.out, /origin/);
  assert.ok(!existsSync(nowhere));
  rmSync(path(nowhere, ".."), { recursive: true, force: true });
});

test("members are named as people type them, and every refusal is a sentence of its own", async () => {
  await says(["suspend", "@Olga", "spam,", "in", "capitals"], 0, /^Done\.$/);
  expect(await olga.get("/feed"), 303, "her sessions have ended");
  await says(["suspend", "olga", "once", "more"], 1, /suspended/);
  await says(["restore", "OLGA", "a", "mistake"], 0, /^Done\.$/);
  await says(["restore", "olga", "again"], 1, /^[A-Z].*\.$/);
  await says(["suspend", "marfa", "the", "owner"], 1, /^[A-Z].*\.$/);
  await says(["staff", "@ivan"], 0, /^Done\.$/);
  expect(await ivan.get("/admin/members"), 200);
  await says(["staff", "ivan"], 1, /^[A-Z].*\.$/);
  await says(["dismiss", "Ivan"], 0, /^Done\.$/);
  await says(["staff", "nobody.at.all"], 1, /no member with the name nobody\.at\.all\.$/);
  await says(["suspend", "ivan", "x".repeat(501)], 2, /500/);
  await says(["suspend", "ivan", "x".repeat(5000)], 2, /too long/);
  await says(["link"], 1, /has an owner already/);
  await says(["status"], 0, /members/);
  await olga.logIn(olga.client);
});

test("a wrong public address locks every form out until the console corrects it, at once", async () => {
  await says(["origin"], 0, new RegExp(`^${server.url}$`));
  await says(["origin", "https://veche.example/"], 0, /^The public address is now https:\/\/veche\.example\./);
  await says(["origin"], 0, /^https:\/\/veche\.example$/);
  const guest = new Client(server.url);
  const headers = { origin: server.url };
  expect(await guest.submit("/login", "/login", { name: "olga", password: olga.password }, { headers }), 403, "foreign now");
  for (const bad of ["veche.example", "https://veche.example/path", "ftp://veche.example", "https://", "https://veche.example:0"])
    await says(["origin", bad], 2, /without a path\.$/);
  await says(["origin", server.url], 0, /^The public address is now http/);
  await says(["origin", server.url], 0, /already\.$/);
  expect(await guest.submit("/login", "/login", { name: "olga", password: olga.password }, { headers }), 303, "at home again");
});

test("without a server the public address is corrected in the data folder", async () => {
  const { url } = server;
  await atRest(async () => {
    await says(["origin", "https://Veche.example"], 2, /without a path\.$/);
    await says(["origin", "https://veche.example:443"], 0, /now https:\/\/veche\.example\./);
    await says(["origin"], 0, /^https:\/\/veche\.example$/);
  });
  await says(["origin"], 0, /^https:\/\/veche\.example$/);
  await says(["origin", server.url], 0, /^The public address is now/);
  assert.notEqual(url, server.url, "another port");
  for (const person of [owner, olga, ivan]) {
    person.server = server;
    person.client = await person.logIn(new Client(server.url));
  }
});

test("a server that is not set up has no public address to correct", async () => {
  const fresh = await start();
  try {
    const ended = await admin("--data", fresh.data, ...(fresh.database ? ["--db", fresh.database.address] : []), "origin", "https://veche.example");
    assert.deepEqual([ended.code, ended.out], [1, ""]);
    assert.match(ended.err, /asked for at set-up\.$/);
  } finally {
    await fresh.stop();
  }
});

test("a check says what it looked at, and finds what does not fit", async () => {
  await befriend(olga, ivan);
  const one = await olga.write("a post that somebody likes");
  await ivan.done(`${one.path}/like`);
  await ivan.write("on somebody else's wall", { on: olga });
  const said = await ivan.comment(one, "well said");
  await olga.done(`${said.path}/like`);
  await ivan.done(`${one.path}/repost`, { text: "look", audience: 0 });
  await olga.done(`/block/${owner.num}`);
  await says(["check"], 0, /^Looked at 3 members, 4 half-edges, 3 posts and 1 likes: the database is sound\.$/);
  const found = async (statement, pattern, back) => {
    write(server, statement);
    await says(["check"], 1, pattern);
    write(server, back);
  };
  for (const [counter, name] of [["friends", "friends"], ["followers", "followers"], ["requests", "requests"], ["follows", "those who are followed"], ["asked", "requests sent"], ["blocks", "the blocked"]]) {
    const [was] = await column(server, `SELECT ${counter} FROM member WHERE num = ${olga.num}`);
    await found(`UPDATE member SET ${counter} = 7 WHERE num = ${olga.num}`,
      new RegExp(`^Member ${olga.num}: the counter of ${name} is 7, and there are ${was}\\.\nLooked at .* findings: 1\\.$`),
      `UPDATE member SET ${counter} = ${was} WHERE num = ${olga.num}`);
  }
  await found(`UPDATE post SET likes = 5 WHERE ordinal = 1 AND owner = ${olga.num}`, new RegExp(`Member ${olga.num}: The post 1 counts 5, and its likes are 1\\.`, "i"),
    `UPDATE post SET likes = 1 WHERE ordinal = 1 AND owner = ${olga.num}`);
  await found(`UPDATE post SET comments = 4 WHERE ordinal = 1 AND owner = ${olga.num}`, /The post 1 counts 4, and its comments are 1\./,
    `UPDATE post SET comments = 1 WHERE ordinal = 1 AND owner = ${olga.num}`);
  await found(`UPDATE post SET reposts = 2 WHERE ordinal = 1 AND owner = ${olga.num}`, /The post 1 counts 2, and its reposts are 1\./,
    `UPDATE post SET reposts = 1 WHERE ordinal = 1 AND owner = ${olga.num}`);
  await found(`UPDATE member SET bookmarks = 2 WHERE num = ${olga.num}`, /The list 0 counts 2, and its bookmarks are 0\./,
    `UPDATE member SET bookmarks = 0 WHERE num = ${olga.num}`);
  await found(`UPDATE comment SET likes = 3 WHERE owner = ${olga.num}`, new RegExp(`The comment ${said.number} counts 3, and its likes are 1\\.`),
    `UPDATE comment SET likes = 1 WHERE owner = ${olga.num}`);
  await found(`UPDATE comment SET author = 999 WHERE owner = ${olga.num}`, /Member 999 is not there, and a row names them \(comment\)\./,
    `UPDATE comment SET author = ${ivan.num} WHERE owner = ${olga.num}`);
  await found(`UPDATE wall_count SET posts = 5 WHERE audience = 0 AND owner = ${olga.num}`, /audience 0 is 5, and the posts are 1\./,
    `UPDATE wall_count SET posts = 1 WHERE audience = 0 AND owner = ${olga.num}`);
  await found(`UPDATE wall_count SET audience = 1 WHERE audience = 0 AND owner = ${olga.num}`, /audience 1 is 1, and the posts are 0\.[^]*audience 0 is 0, and the posts are 1\.[^]*findings: 2\./,
    `UPDATE wall_count SET audience = 0 WHERE audience = 1 AND owner = ${olga.num}`);
  await found(`UPDATE edge SET bits = 0 WHERE owner = ${owner.num} AND other = ${olga.num}`, /the other half, which does not fit, has 0\./,
    `UPDATE edge SET bits = 128 WHERE owner = ${owner.num} AND other = ${olga.num}`);
  await found(`UPDATE post SET audience = 99 WHERE ordinal = 1 AND owner = ${olga.num}`, /for an audience that is not there \(post\)/,
    `UPDATE post SET audience = 0 WHERE ordinal = 1 AND owner = ${olga.num}`);
  await found(`INSERT INTO privacy (bucket, owner, item, audience) VALUES (999, 999, 1, 0)`, /^Member 999 is not there, and a row names them \(privacy\)\./,
    "DELETE FROM privacy WHERE owner = 999");
  await found("UPDATE member_seq SET last = 9", /newest member has the number 9, and there are 3 members\./, "UPDATE member_seq SET last = 3");
  if (server.database)
    await found("ALTER TABLE member ADD CONSTRAINT tidy CHECK (num < 1000) NOT VALID", /constraint not validated: member\.tidy/, "ALTER TABLE member DROP CONSTRAINT tidy");
  await says(["check"], 0, /sound\.$/);
  await atRest(() => says(["check"], 0, /sound\.$/));
});
