// SPDX-License-Identifier: AGPL-3.0-or-later
// What members are told about: the bell on every page, the list, what is read, what they do not want to hear.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";

import { befriend, expect, join, LEVELS, setupServer } from "../support/people.mjs";
import { start } from "../support/server.mjs";

let server, house;
let count = 0;
before(async () => {
  server = await start();
  house = await setupServer(server);
});
after(async () => server?.stop());

let anna, boris;
beforeEach(async () => {
  count++;
  anna = await join(server, `anna${"abcdefghij"[count]}`);
  boris = await join(server, `boris${"abcdefghij"[count]}`);
});

const bell = async (who) => Number(expect(await who.get("/settings"), 200).doc.one("a.bell").all(".n")[0]?.text ?? 0);
const list = async (who) => expect(await who.get("/notifications"), 200).doc.all("li.notice").map((li) => li.text.replace(/\s+/g, " ").trim());
const links = async (who) => expect(await who.get("/notifications"), 200).doc.all("li.notice").map((li) => li.all("a").pop().attrs.href);

test("the bell counts lines, the list names people and leads to what it is about", async () => {
  const post = await anna.write("The ferry is back");
  await boris.done(`${post.path}/like`);
  await house.done(`${post.path}/like`);
  const said = await boris.comment(post, `At last, @${anna.name}!\nAnd on time.`);
  assert.equal(await bell(anna), 2);
  assert.match(expect(await anna.get("/feed"), 200).doc.one("title").text, /^\(2\) /);
  const [first, second] = await list(anna);
  assert.match(first, new RegExp(`Boris\\w* .*mention.* At last, @${anna.name}! And on time\\.`));
  assert.match(second, /\w+ \w* ?and Boris\w* Likes your post The ferry is back/);
  const to = await links(anna);
  assert.deepEqual(to, [said.path, post.path]);
  for (const path of to) expect(await anna.get(path), 200);
});

test("what is marked as read is not counted, and nothing else becomes read", async () => {
  const post = await anna.write("One");
  await boris.done(`${post.path}/like`);
  const until = expect(await anna.get("/notifications"), 200).doc.one("input[name=until]").attrs.value;
  await boris.comment(post, "Two");
  await anna.done("/notifications/seen", { until });
  assert.equal(await bell(anna), 1);
  assert.equal(expect(await anna.get("/notifications"), 200).doc.all("li.notice-new").length, 1);
  await anna.done("/notifications/seen", { until: Date.now() + 1e9 });
  assert.equal(await bell(anna), 0);
  assert.equal((await list(anna)).length, 2, "what was read stays");
});

test("what is deleted or hidden meanwhile has no line", async () => {
  const post = await anna.write("Soon gone");
  const hidden = await boris.write(`Hello @${anna.name}`, { audience: LEVELS.everyone });
  await boris.done(`${post.path}/like`);
  assert.equal((await list(anna)).length, 2);
  await boris.done(`${hidden.path}/audience`, { audience: LEVELS.nobody });
  assert.deepEqual(await links(anna), [post.path]);
  await anna.done(`${post.path}/delete`);
  assert.deepEqual(await links(anna), []);
});

test("a comment that is deleted has no line", async () => {
  const post = await anna.write("Talk");
  const said = await boris.comment(post, "I take it back");
  assert.equal((await list(anna)).length, 1);
  await boris.done(`${said.path}/delete`);
  assert.equal((await list(anna)).length, 0);
});

test("friends are told of, and whoever blocks is silent", async () => {
  await befriend(boris, anna);
  assert.match((await list(boris))[0], /Anna\w* .*You are friends now/);
  await anna.done(`/block/${boris.num}`);
  assert.deepEqual(await list(boris), []);
  assert.equal(await bell(boris), 0);
});

test("only what one wants to hear is told", async () => {
  const boxes = expect(await anna.get("/settings/notifications"), 200).doc.all("input[type=checkbox]").map((b) => b.attrs.name);
  assert.equal(boxes.length, 8);
  await anna.done("/settings/notifications", Object.fromEntries(boxes.filter((b) => b !== "kind1").map((b) => [b, 1])));
  const again = expect(await anna.get("/settings/notifications"), 200).doc.all("input[type=checkbox]").filter((b) => "checked" in b.attrs).map((b) => b.attrs.name);
  assert.deepEqual(again, boxes.filter((b) => b !== "kind1"));
  const post = await anna.write("Quiet");
  await boris.done(`${post.path}/like`);
  await boris.comment(post, "Not so quiet");
  assert.equal((await list(anna)).length, 1);
});

test("words that one filters are not repeated", async () => {
  await anna.done("/settings/quiet", { words: "tram", whole: 1, warns: 0, span: 0 });
  const post = await anna.write("How do we get there?");
  await boris.comment(post, "By tram");
  const [line] = await list(anna);
  assert.match(line, /A comment on your post/);
  assert.doesNotMatch(line, /tram/);
});

describe("reading changes nothing", () => {
  test("opening the list leaves the count as it is", async () => {
    const post = await anna.write("Once");
    await boris.done(`${post.path}/like`);
    await list(anna);
    await list(anna);
    assert.equal(await bell(anna), 1);
  });
});
