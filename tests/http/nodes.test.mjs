// SPDX-License-Identifier: AGPL-3.0-or-later
// Two processes on one PostgreSQL: what is done at one is seen at the other within a second, whatever happens to either.
// engines: postgres
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { befriend, expect, join, LEVELS, Person, setupServer } from "../support/people.mjs";
import { children, column, createDatabase, start } from "../support/server.mjs";

const WITHIN_MS = 1000;

test("two that start together on an empty database both come up", async () => {
  const database = createDatabase();
  const [a, b] = await Promise.all([start({ database }), start({ database })]);
  const house = await setupServer(a);
  const there = house.client.clone();
  there.base = new URL(b.url);
  expect(await there.get(house.path), 200);
  await b.stop({ keep: true });
  rmSync(b.data, { recursive: true, force: true });
  await a.stop();
});

describe("two processes on one database", () => {
  let one, two, folder, house;

  const startTwo = () => start({ data: folder, database: one.database });

  before(async () => {
    one = await start();
    house = await setupServer(one);
    folder = mkdtempSync(joinPath(tmpdir(), "veche-test-"));
    two = await startTwo();
  });
  after(async () => {
    await two?.stop({ keep: true });
    if (folder) rmSync(folder, { recursive: true, force: true });
    await one?.stop();
  });

  /** The same member, the same session, at the other process. */
  function at(server, person) {
    const client = person.client.clone();
    client.base = new URL(server.url);
    return Object.assign(new Person(server, person.name, person.given, client), { num: person.num });
  }

  /** Waits until it holds; fails after a second. */
  async function soon(what, holds, ms = WITHIN_MS) {
    const until = performance.now() + ms;
    for (;;) {
      const began = performance.now();
      if (await holds()) return;
      if (began > until) assert.fail(`${what}: not within ${ms} ms`);
      await pause(20);
    }
  }

  const status = async (person, path) => (await person.get(path)).status;
  const shows = async (person, path, text) => expect(await person.get(path), 200).body.includes(text);

  /** Two new friends; the second one at the other process, whose memory has seen them both. */
  async function pair(a, b) {
    const anna = await join(one, a);
    const boris = await join(one, b);
    await befriend(anna, boris);
    const there = at(two, boris);
    await soon("they are friends there", () => shows(there, "/friends", `href="${anna.path}"`));
    for (const path of ["/feed", anna.path, anna.wall]) expect(await there.get(path), 200);
    return [anna, boris, there];
  }

  test("a post, its deletion and a smaller audience", async () => {
    const [anna, , boris] = await pair("anna", "boris");
    const post = await anna.write("heard over there");
    await soon("the post is in the news", () => shows(boris, "/feed", "heard over there"));
    expect(await anna.submit(`${post.path}/edit`, `${post.path}/edit`, { audience: LEVELS.nobody }), 303);
    await soon("the audience holds", async () => !(await shows(boris, "/feed", "heard over there")) && (await status(boris, post.path)) === 404);
    const other = await anna.write("soon gone");
    await soon("the other post is on the wall", () => shows(boris, anna.path, "soon gone"));
    await anna.done(`${other.path}/delete`);
    await soon("it is gone", async () => !(await shows(boris, "/feed", "soon gone")));
  });

  test("a friendship and its end, a block, a setting", async () => {
    const [anna, boris, there] = await pair("alisa", "bogdan");
    await boris.done(`/friends/${anna.num}/remove`);
    await soon("the friendship is over", async () => !(await shows(there, "/friends", `href="${anna.path}"`)));
    await anna.privacy({ wall: LEVELS.friends });
    await soon("the wall is closed", async () => (await status(there, anna.wall)) === 403);
    await befriend(anna, boris);
    await soon("it is open to friends", async () => (await status(there, anna.wall)) === 200);
    await anna.privacy({ profile: LEVELS.nobody });
    await soon("the page is closed", async () => (await status(there, anna.path)) === 403);
    await anna.privacy({ profile: LEVELS.everyone });
    await soon("the page is open", async () => (await status(there, anna.path)) === 200);
    await anna.done(`/block/${boris.num}`);
    await soon("the block holds", async () => (await status(there, anna.path)) === 403);
  });

  test("a suspension, the end of a session, a name of the server", async () => {
    const [anna, , there] = await pair("agata", "bella");
    const her = at(two, anna);
    await house.done(`/admin/members/${anna.num}/suspend`, { reason: "spam" });
    await soon("the page is gone", async () => (await status(there, anna.path)) === 410);
    assert.equal(await status(her, "/feed"), 303, "the session was worth nothing at once");
    await house.done(`/admin/members/${anna.num}/restore`, { reason: "a mistake" });
    await soon("the page is back", async () => (await status(there, anna.path)) === 200);
    await house.done("/admin/site", { site: "Renamed square", signup: 0, site_lang: 0 });
    await soon("the name is known", () => shows(there, "/about", "Renamed square"));
  });

  test("both write at once, each with numbers of its own, and nothing is lost or doubled", async () => {
    const [anna, , there] = await pair("arina", "boyan");
    const her = at(two, anna);
    const texts = [];
    // Two who write on one wall at the same moment are in each other's way: one may be told to try again.
    const insist = async (who, text) => {
      for (;;) {
        const sent = await who.act(who.wall, { text, audience: LEVELS.everyone });
        if (sent.status !== 503) return expect(sent, 303);
      }
    };
    await Promise.all(
      [anna, her].map(async (who, w) => {
        for (let i = 0; i < 8; i++) {
          texts.push(`both ${w}-${i}.`);
          await insist(who, `both ${w}-${i}.`);
        }
      }),
    );
    assert.deepEqual(await column(one, `SELECT count(*) FROM post WHERE owner = ${anna.num}`), [String(texts.length)]);
    assert.equal((await column(one, `SELECT DISTINCT (id >> 4) & 63 FROM post WHERE owner = ${anna.num}`)).length, 2, "two numbers of processes");
    for (const who of [anna, her, there])
      await soon("everything is on the wall, once", async () => {
        const { body } = expect(await who.get(anna.wall), 200);
        return texts.every((text) => body.split(text).length === 2);
      });
  });

  test("a process that stood still asks the database until it has caught up", async () => {
    const [anna, , boris] = await pair("aglaya", "boleslav");
    const post = await anna.write("before the stop");
    await soon("the post is in the news", () => shows(boris, "/feed", "before the stop"));
    const { pid } = children(two).find((c) => c.what === "web");
    process.kill(pid, "SIGSTOP");
    try {
      for (let i = 0; i < 5; i++) await anna.write(`meanwhile ${i}`);
      await anna.done(`${post.path}/delete`);
      await anna.privacy({ wall: LEVELS.members, presence: LEVELS.nobody });
      await pause(3000);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    const feed = expect(await boris.get("/feed"), 200).body;
    for (let i = 0; i < 5; i++) assert.ok(feed.includes(`meanwhile ${i}`), "the first page after the stop has all of it");
    assert.ok(!feed.includes("before the stop"), "and nothing that was deleted");
    await anna.write("afterwards");
    await soon("it follows again", () => shows(boris, "/feed", "afterwards"));
  });

  test("a transaction that somebody holds open makes nothing old", async () => {
    const [anna, , boris] = await pair("aksinya", "borya");
    const { spawn } = await import("node:child_process");
    const psql = spawn("psql", ["-X", "-q", "-d", one.database.address], { stdio: ["pipe", "ignore", "inherit"] });
    psql.stdin.write("BEGIN; CREATE TABLE held_open (n integer);\n");
    await pause(500);
    await anna.write("past the open one");
    await anna.done(`/block/${boris.num}`);
    await soon("memory is not asked any more", async () => (await status(boris, anna.path)) === 403);
    psql.stdin.end("ROLLBACK;\n");
    await new Promise((done) => psql.on("exit", done));
    await anna.done(`/unblock/${boris.num}`);
    await soon("it follows again", async () => (await status(boris, anna.path)) === 200);
  });

  test("what was acknowledged by a process that is killed is there at the other, and the killed one comes back", async () => {
    const [anna, , boris] = await pair("avdotya", "bazhen");
    const his = await boris.write("the last word");
    await two.kill();
    await soon("his post is in her news", () => shows(anna, "/feed", "the last word"));
    const during = await anna.write("while he was away");
    two = await startTwo();
    const again = at(two, boris);
    again.client.jar = boris.client.jar;
    assert.equal(await status(again, his.path), 200);
    assert.equal(await status(again, during.path), 200);
    assert.ok(await shows(again, "/feed", "while he was away"));
    await again.write("back again");
    await soon("they hear of each other", () => shows(anna, "/feed", "back again"));
  });
});
