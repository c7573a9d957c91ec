// SPDX-License-Identifier: AGPL-3.0-or-later
// Many at once on one thing: what was answered is what was done, counters agree with what they count, and two who act on each
// other at the same moment end in one of the states that there are. A server on PostgreSQL may turn somebody away who lost too
// many races (503); then nothing of theirs is stored. On SQLite nobody loses.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Client } from "../support/client.mjs";
import { befriend, expect, join, PASSWORD, setupServer, unrelate } from "../support/people.mjs";
import { column, ENGINE, start } from "../support/server.mjs";

const CROWD = 16;
let server, house;
const crowd = [];

before(async () => {
  server = await start();
  house = await setupServer(server);
  for (let i = 0; i < CROWD; i++) crowd.push(await join(server, `crowd${"abcdefghijklmnopqrstuvwxyz"[i]}`));
  await house.privacy({ post: 1 });
});
after(() => server?.stop());

/** Everybody posts to their path at the same moment: who was served. */
async function together(people, path, fields = {}) {
  const tokens = [];
  for (const p of people) tokens.push(await p.client.once());
  const at = (p) => (typeof path === "function" ? path(p) : path);
  const answers = await Promise.all(people.map((p, i) => p.client.post(at(p), { once: tokens[i], ...fields })));
  const served = people.filter((p, i) => answers[i].status === 303);
  for (const [i, answer] of answers.entries()) {
    if (answer.status === 303) continue;
    expect(answer, 503, people[i].name);
    assert.equal(ENGINE, "postgres", `SQLite turns nobody away: ${answer}`);
    assert.ok(Number(answer.headers["retry-after"]) >= 1, "when to come back");
    assert.ok(answer.doc.one("h1")?.text || answer.doc.has("[role=alert]"), `nothing is said: ${answer}`);
  }
  assert.ok(people.length - served.length <= Math.max(1, people.length / 8), `only ${served.length} of ${people.length} were served`);
  return served;
}

const number = async (statement) => Number((await column(server, statement))[0]);

test("each like that was taken counts, and each that was taken back does not", async () => {
  const post = await house.write("Like me");
  const shown = async () => Number(/\d+/.exec((await house.get(post.path)).doc.one(".acts").text)?.[0] ?? 0);
  const likers = await together(crowd, `${post.path}/like`);
  assert.equal(await shown(), likers.length);
  const stored = `SELECT count(*) FROM post_like l JOIN post p ON p.bucket = l.bucket AND p.id = l.post WHERE p.owner = ${house.num} AND p.ordinal = ${post.ordinal}`;
  assert.equal(await number(stored), likers.length);
  const back = await together(likers, `${post.path}/unlike`);
  assert.equal(await shown(), likers.length - back.length);
});

test("a hurried finger likes once", async () => {
  const post = await house.write("Like me once");
  const one = crowd[0];
  await together([one, one, one, one], `${post.path}/like`);
  assert.match((await house.get(post.path)).doc.one(".acts").text, /^\D*1\D*$/);
});

test("each post that was taken is on the wall once, with a number of its own", async () => {
  const writers = await together(crowd, house.wall, { text: "All at once" });
  const ordinals = await column(server, `SELECT ordinal FROM post WHERE owner = ${house.num} AND text = 'All at once'`);
  assert.equal(ordinals.length, writers.length);
  assert.equal(new Set(ordinals).size, writers.length);
  const own = await together(crowd, (p) => p.wall, { text: "On my own wall", audience: 0 });
  for (const p of own) assert.equal((await p.get(p.path)).doc.one("ul.counts").all("li").pop().one("b").text, "1", p.name);
});

test("requests to one member are counted as many as they are", async () => {
  const asked = await together(crowd, `/friends/${house.num}/add`);
  assert.equal(await number(`SELECT requests FROM member WHERE num = ${house.num}`), asked.length);
  const tokens = [];
  for (const _ of asked) tokens.push(await house.client.once());
  const answers = await Promise.all(asked.map((p, i) => house.client.clone().post(`/friends/${p.num}/accept`, { once: tokens[i] })));
  const accepted = answers.filter((a) => a.status === 303).length;
  assert.equal(await number(`SELECT friends FROM member WHERE num = ${house.num}`), accepted);
  assert.equal(await number(`SELECT requests FROM member WHERE num = ${house.num}`), asked.length - accepted);
});

test("two who ask each other at the same moment are friends", async () => {
  for (let i = 0; i + 1 < CROWD; i += 2) {
    const [a, b] = [crowd[i], crowd[i + 1]];
    const served = await together([a, b], (p) => `/friends/${p === a ? b.num : a.num}/add`);
    if (served.length < 2) await (served[0] === a ? b : a).done(`/friends/${(served[0] === a ? a : b).num}/add`);
    for (const [x, y] of [[a, b], [b, a]]) assert.ok((await x.get("/friends")).doc.has(`a[href=${y.path}]`), `${x.name} has ${y.name}`);
  }
});

test("an answer and a block at the same moment leave a block", async () => {
  const [a, b] = [crowd[2], crowd[5]];
  for (let i = 0; i < 6; i++) {
    await unrelate(a, b);
    await a.done(`/friends/${b.num}/add`);
    await together([a, b], (p) => (p === a ? `/block/${b.num}` : `/friends/${a.num}/accept`)).catch((e) => {
      if (!/403/.test(e.message)) throw e; // the block came first
    });
    await a.done(`/block/${b.num}`);
    assert.equal((await b.get(a.path)).status, 403);
    assert.ok(!(await a.get("/friends")).doc.has(`a[href=${b.path}]`), "no friendship beside a block");
    assert.ok(!(await b.get("/friends")).doc.has(`a[href=${a.path}]`), "no friendship beside a block");
  }
});

test("an invitation for three lets three in", async () => {
  await house.done("/admin/site", { site: "Test square", signup: 1, site_lang: 0 });
  expect(await house.submit("/settings/invitations", "/settings/invitations", { uses: 3 }), 303);
  const code = (await house.get("/settings/invitations")).doc.one("input[name=code]").attrs.value;
  const doors = [];
  for (let i = 0; i < 6; i++) doors.push({ client: new Client(server.url), name: `invited${"abcdef"[i]}` });
  const tokens = [];
  for (const d of doors) tokens.push(await d.client.once());
  const answers = await Promise.all(doors.map((d, i) => d.client.post("/join", { once: tokens[i], invitation: code, name: d.name, given: "In", gender: 0, password: PASSWORD })));
  const inside = answers.filter((a) => a.status === 303).length;
  assert.ok(inside <= 3, `${inside} came in`);
  if (ENGINE === "sqlite") assert.equal(inside, 3);
  assert.equal(await number("SELECT count(*) FROM member WHERE name LIKE 'invited%'"), inside);
});

test("one name is given once", async () => {
  await house.done("/admin/site", { site: "Test square", signup: 0, site_lang: 0 });
  const doors = [];
  for (let i = 0; i < 6; i++) doors.push(new Client(server.url));
  const tokens = [];
  for (const d of doors) tokens.push(await d.once());
  const answers = await Promise.all(doors.map((d, i) => d.post("/join", { once: tokens[i], name: i % 2 ? "theonlyone" : "theon1yone", given: "Only", gender: 0, password: PASSWORD })));
  assert.equal(answers.filter((a) => a.status === 303).length, 1, "names that look alike are one name");
});

test("two who part at the same moment are parted, both of them", async () => {
  const [a, b] = [crowd[7], crowd[8]];
  await unrelate(a, b);
  await befriend(a, b);
  await together([a, b], (p) => `/friends/${p === a ? b.num : a.num}/remove`);
  const friends = await column(server, `SELECT friends FROM member WHERE num IN (${a.num}, ${b.num})`);
  for (const [x, y] of [[a, b], [b, a]]) assert.ok(!(await x.get("/friends")).doc.has(`a[href=${y.path}]`), "nobody is half a friend");
  for (const n of friends) assert.ok(Number(n) >= 0, "no counter below nothing");
});
