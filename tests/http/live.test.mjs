// SPDX-License-Identifier: AGPL-3.0-or-later
// What an open page is told: new posts of those whom one follows, as far as one may see them, and what the frame counts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { Client } from "../support/client.mjs";
import { closeAll, Events } from "../support/events.mjs";
import { befriend, expect, join, LEVELS, PASSWORD, setupServer } from "../support/people.mjs";
import { start } from "../support/server.mjs";

let server, house, anna, ivan, stranger;

before(async () => {
  server = await start();
  house = await setupServer(server);
  [anna, ivan, stranger] = [await join(server, "anna"), await join(server, "ivan"), await join(server, "stranger")];
  await befriend(anna, ivan);
});
after(async () => {
  closeAll();
  await server?.stop();
});

const since = async (person) => expect(await person.get("/feed"), 200).doc.one("#fresh").attrs["data-since"];

test("the answer is a stream that nobody stores, and says first what the frame counts", async () => {
  const live = await Events.connect(anna.client);
  assert.equal(live.status, 200);
  assert.equal(live.headers["content-type"], "text/event-stream");
  assert.equal(live.headers["cache-control"], "no-store");
  assert.ok(live.headers.date);
  assert.deepEqual((await live.next("counters")).data, { requests: 0, notices: 1 }, "a friendship was accepted");
  assert.ok(live.retry >= 4000 && live.retry < 8000);
  live.close();
});

test("a friend's post is told within two seconds, once, by its id; one's own and a stranger's are not", async () => {
  const live = await Events.connect(anna.client, `/live?since=${await since(anna)}`);
  await stranger.write("Nobody reads me");
  await anna.write("My own words");
  const began = performance.now();
  await ivan.write("Good morning");
  const { data, id } = await live.next("news");
  assert.ok(performance.now() - began < 2000);
  assert.equal(data.length, 1);
  assert.equal(id, data[0]);
  assert.equal(await since(anna), id, "the page has it now as the newest");
  await live.silent("news");
  live.close();
});

test("several posts of a second come in one event, newest first", async () => {
  const live = await Events.connect(anna.client);
  await live.next("counters");
  for (let i = 0; i < 3; i++) await ivan.write(`Word ${i}`);
  const ids = [];
  while (ids.length < 3) ids.unshift(...(await live.next("news")).data);
  assert.deepEqual(ids, [...ids].sort((a, b) => (BigInt(a) < BigInt(b) ? 1 : -1)));
  live.close();
});

test("what one may not see is not told: other audiences, and a wall that was closed", async () => {
  const live = await Events.connect(anna.client);
  await ivan.write("For me alone", { audience: LEVELS.nobody });
  await ivan.privacy({ wall: LEVELS.nobody });
  await ivan.write("On a closed wall");
  await live.silent("news");
  await ivan.privacy({ wall: LEVELS.everyone });
  await ivan.write("Open again");
  assert.ok((await live.next("news")).data.length >= 1);
  live.close();
});

test("whoever was away hears what was missed: Last-Event-ID counts, not the page's word", async () => {
  const at = await since(anna);
  const live = await Events.connect(anna.client, `/live?since=${at}`);
  await ivan.write("While listening");
  const { id } = await live.next("news");
  live.close();
  await ivan.write("While away");
  const again = await Events.connect(anna.client, `/live?since=${at}`, { "last-event-id": id });
  const missed = await again.next("news");
  assert.equal(missed.data.length, 1);
  assert.notEqual(missed.data[0], id);
  again.close();
});

test("requests are counted as they come and go", async () => {
  const live = await Events.connect(anna.client);
  assert.deepEqual((await live.next("counters")).data, { requests: 0, notices: 1 });
  await stranger.done(`/friends/${anna.num}/add`);
  assert.deepEqual((await live.next("counters")).data, { requests: 1, notices: 1 });
  await anna.done(`/friends/${stranger.num}/accept`);
  assert.deepEqual((await live.next("counters")).data, { requests: 0, notices: 1 });
  await stranger.write("A friend by now");
  assert.equal((await live.next("news")).data.length, 1, "followed since the stream began");
  await anna.done(`/friends/${stranger.num}/remove`);
  await anna.done(`/friends/${stranger.num}/unfollow`);
  live.close();
});

test("a block silences at once", async () => {
  const vera = await join(server, "vera");
  await befriend(anna, vera);
  const live = await Events.connect(anna.client);
  await live.next("counters");
  await vera.done(`/block/${anna.num}`);
  await vera.write("Not for her any more");
  await live.silent("news");
  live.close();
});

/** Within a second of the answer. */
async function endsSoon(live) {
  const began = performance.now();
  await Promise.race([live.ended, pause(4000)]);
  assert.ok(live.closed, "still open");
  assert.ok(performance.now() - began < 1000, "too late");
}

test("a suspension, a log-out and a new password end streams within a second", async () => {
  const boris = await join(server, "boris");
  const other = await boris.logIn();
  const [first, second] = [await Events.connect(boris.client), await Events.connect(other)];
  for (const live of [first, second]) await live.next("counters");
  expect(await other.post("/logout", { once: await other.once() }), 303);
  await endsSoon(second);
  assert.equal(first.closed, false, "the other session goes on");
  const third = await boris.logIn();
  await boris.done("/settings/password", { password: PASSWORD, fresh: `${PASSWORD} anew` });
  await endsSoon(first);
  expect(await third.get("/live"), 303);
  const fourth = await Events.connect(boris.client);
  await fourth.next("counters");
  await house.done(`/admin/members/${boris.num}/suspend`, { reason: "For the test" });
  await endsSoon(fourth);
  const answer = await boris.get("/live");
  expect(answer, 303);
});

test("a guest gets no stream, and HEAD ends", async () => {
  expect(await new Client(server.url).get("/live"), 303);
  const head = expect(await anna.client.request("HEAD", "/live"), 200);
  assert.equal(head.headers["content-type"], "text/event-stream");
});

test("a word that is no id is as good as none", async () => {
  for (const [path, headers] of [["/live?since=x", {}], ["/live?since=-5", {}], ["/live?since=99999999999999999999", {}], ["/live", { "last-event-id": "%00" }]]) {
    const live = await Events.connect(anna.client, path, headers);
    assert.equal(live.status, 200);
    await live.next("counters");
    assert.deepEqual(live.heard, [], "nothing is new");
    live.close();
  }
});

test("the ninth stream of a member ends the first", async () => {
  const lively = await start({ args: ["--threads", "1"] });
  try {
    const owner = await setupServer(lively);
    const all = [];
    for (let i = 0; i < 9; i++) {
      all.push(await Events.connect(owner.client));
      await all[i].next("counters");
    }
    await endsSoon(all[0]);
    assert.deepEqual(all.map((s) => s.closed), [true, ...Array(8).fill(false)]);
  } finally {
    closeAll();
    await lively.stop();
  }
});

test("a server that is stopped lets go of its streams at once", async () => {
  const short = await start();
  const owner = await setupServer(short);
  const live = await Events.connect(owner.client);
  await live.next("counters");
  const began = performance.now();
  await short.stop();
  assert.ok(performance.now() - began < 5000);
  await live.ended;
});

test("the bell rings as things happen, and is silent once they were read", async () => {
  const post = await stranger.write("Ring, please");
  const live = await Events.connect(stranger.client);
  const before = (await live.next("counters")).data.notices;
  await anna.done(`${post.path}/like`);
  assert.equal((await live.next("counters")).data.notices, before + 1);
  await stranger.done("/notifications/seen", { until: Date.now() });
  assert.equal((await live.next("counters")).data.notices, 0);
  live.close();
});
