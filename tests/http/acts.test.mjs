// SPDX-License-Identifier: AGPL-3.0-or-later
// What buttons and forms say when they are done, what their undo brings back, and what a refused form shows again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { brotliCompressSync } from "node:zlib";

import { befriend, expect, join, setupServer, toastOf } from "../support/people.mjs";
import { start } from "../support/server.mjs";
import { words } from "../support/words.mjs";

let server, house;

before(async () => {
  server = await start();
  house = await setupServer(server);
});
after(() => server?.stop());

let names = 0;
const somebody = () => join(server, `somebody${String.fromCharCode(97 + Math.floor(names / 26))}${String.fromCharCode(97 + names++ % 26)}`);

/** The sentence of the toast, read on the page that comes next. */
async function said(person, answer) {
  const page = await person.client.page(expect(answer, 303).location.split("#")[0]);
  return page.doc.one(".toast span")?.text ?? "";
}

/** The address that the toast's "undo" posts to; empty when it has none. */
const undoOf = (answer) => /\/[a-z]+\/?\d[^\s"]*/.exec(decodeURIComponent(toastOf(answer)))?.[0] ?? "";

/** What the buttons on the other's page offer. */
async function offers(person, other) {
  const page = await person.get(other.path);
  return page.doc.all("button[formaction]").map((b) => b.attrs.formaction).filter((a) => a.endsWith(`/${other.num}`) || a.includes(`/${other.num}/`)).map((a) => a.split("/").at(-1));
}

// ---- friends ----

test("whoever asks somebody who asked them is told of a friendship, with words and without", async () => {
  for (const verb of ["add", "ask"]) {
    const [anna, ivan] = [await somebody(), await somebody()];
    assert.match(await said(anna, await anna.act(`/friends/${ivan.num}/${verb}`, { text: "" })), /request is sent/);
    const answer = await ivan.act(`/friends/${anna.num}/${verb}`, { text: "" });
    assert.equal(undoOf(answer), "", "a friendship is not undone by a toast");
    assert.match(await said(ivan, answer), /friends now/);
  }
});

test("undoing a request leaves a following that was there before", async () => {
  for (const follows of [true, false]) {
    const [anna, ivan] = [await somebody(), await somebody()];
    if (follows) await anna.done(`/friends/${ivan.num}/follow`);
    const undo = undoOf(await anna.act(`/friends/${ivan.num}/add`));
    assert.ok(undo, "asking can be undone");
    await anna.done(undo);
    assert.equal((await offers(anna, ivan)).includes("unfollow"), follows);
    assert.ok((await offers(anna, ivan)).includes("add"));
  }
});

test("what was so already offers no undo", async () => {
  const [anna, ivan] = [await somebody(), await somebody()];
  assert.ok(undoOf(await anna.act(`/friends/${ivan.num}/follow`)));
  assert.equal(undoOf(await anna.act(`/friends/${ivan.num}/follow`)), "");
});

test("withdrawing a declined request tells nothing, and asking again does not ring", async () => {
  const [anna, ivan] = [await somebody(), await somebody()];
  await anna.done(`/friends/${ivan.num}/add`);
  await ivan.done(`/friends/${anna.num}/decline`);
  assert.match(await said(anna, await anna.act(`/friends/${ivan.num}/cancel`)), /withdrawn/);
  assert.ok((await offers(anna, ivan)).includes("add"));
  assert.match(await said(anna, await anna.act(`/friends/${ivan.num}/add`)), /request is sent/);
  assert.equal((await ivan.get("/friends?tab=requests")).doc.all("button[formaction$=accept]").length, 0);
});

// ---- circles ----

test("a circle that is deleted goes on keeping its people out", async () => {
  const [anna, ivan] = [await somebody(), await somebody()];
  await befriend(anna, ivan);
  const circle = (await anna.done("/friends/circles", { title: "Family" })).location;
  await anna.done(`${circle}/add`, { num: ivan.num });
  expect(await anna.submit("/settings/privacy", "/settings/privacy", { except_circle_2: circle.split("/").at(-1) }), 303);
  expect(await ivan.get(anna.wall), 403);
  await anna.done(`${circle}/delete`);
  expect(await ivan.get(anna.wall), 403);
  const form = (await anna.get("/settings/privacy")).doc;
  assert.equal(form.one("input[name=except_2]").attrs.value, `@${ivan.name}`);
});

test("a privacy form older than the end of a circle does not let its people in", async () => {
  const [anna, ivan] = [await somebody(), await somebody()];
  await befriend(anna, ivan);
  const circle = (await anna.done("/friends/circles", { title: "Family" })).location;
  await anna.done(`${circle}/add`, { num: ivan.num });
  const fields = { except_circle_2: circle.split("/").at(-1) };
  expect(await anna.submit("/settings/privacy", "/settings/privacy", fields), 303);
  const old = await anna.client.fill("/settings/privacy", "/settings/privacy");
  await anna.done(`${circle}/delete`);
  const answer = expect(await anna.client.post("/settings/privacy", old), 422);
  assert.match(answer.doc.one("#f-except_2-err").text, /deleted meanwhile/);
  expect(await ivan.get(anna.wall), 403);
});

test("every circle can be kept out of everything in one form, and every mistake in it is told", async () => {
  const [anna, ivan] = [await somebody(), await somebody()];
  await befriend(anna, ivan);
  for (let i = 0; i < 50; i++) await anna.done("/friends/circles", { title: `Circle ${i}` });
  const all = Array.from({ length: 50 }, (_, i) => i + 1);
  const items = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const ticks = Object.fromEntries(items.flatMap((i) => [[`except_circle_${i}`, all], [`allow_circle_${i}`, all]]));
  expect(await anna.submit("/settings/privacy", "/settings/privacy", ticks), 303);
  const wrong = Object.fromEntries(items.flatMap((i) => [[`allow_${i}`, "nobody.here"], [`except_${i}`, "nobody.there"], [`level_${i}`, 9]]));
  const answer = expect(await anna.submit("/settings/privacy", "/settings/privacy", wrong), 422);
  assert.equal(answer.doc.all("p.err").length, 3 * items.length);
  assert.equal(answer.doc.all("input[type=checkbox]").filter((b) => "checked" in b.attrs).length, 2 * 50 * items.length);
});

test("one's own name does not make the list of names longer than it may be", async () => {
  const anna = await somebody();
  const answer = expect(await anna.submit("/settings/privacy", "/settings/privacy", { except_1: `@${anna.name} `.repeat(201) }), 422);
  assert.match(answer.doc.one("#f-except_1-err").text, /At most 200/);
  expect(await anna.submit("/settings/privacy", "/settings/privacy", { except_1: `@${anna.name} `.repeat(200) }), 303);
});

test("a form that is shown again shows what was ticked, and nothing where nothing was", async () => {
  const anna = await somebody();
  await anna.done("/friends/circles", { title: "Choir" });
  await anna.done("/friends/circles", { title: "Chess" });
  expect(await anna.submit("/settings/privacy", "/settings/privacy", { except_circle_1: 1, allow_circle_2: 2 }), 303);
  const answer = expect(await anna.submit("/settings/privacy", "/settings/privacy", { except_circle_1: null, allow_circle_2: null, except_circle_4: 2, except_6: "nobody.here" }), 422);
  const ticked = answer.doc.all("input[type=checkbox]").filter((b) => "checked" in b.attrs);
  assert.deepEqual(ticked.map((b) => [b.attrs.name, b.attrs.value]), [["except_circle_4", "2"]]);
  assert.ok("open" in ticked[0].closest("details").attrs, "what was ticked is seen");
});

// ---- posts ----

/** What the composer of that answer has chosen. */
const chosen = (answer) => answer.doc.one("select[name=audience]").all("option").find((o) => "selected" in o.attrs)?.attrs.value;

test("a post for a circle that is gone is said so beside the field, and does not become public", async () => {
  const anna = await somebody();
  await anna.done("/friends/circles", { title: "Choir" });
  const post = await anna.write("to be narrowed");
  const fields = { text: "only for the choir", audience: "c1" };
  await anna.done("/friends/circle/1/delete");
  for (const [path, status] of [[anna.wall, 422], [`${post.path}/audience`, 422]]) {
    const answer = expect(await anna.act(path, fields), status);
    assert.match(answer.doc.one("#audience-err").text, /circle is not there any more/);
    assert.equal(chosen(answer), "4", "only oneself");
    if (path === anna.wall) assert.equal(answer.doc.one("textarea#text").text, fields.text);
  }
  assert.equal(chosen(expect(await anna.act(anna.wall, { text: "", audience: 3 }), 422)), "3", "what was chosen stays");
  assert.ok(!(await anna.get(anna.wall)).body.includes("only for the choir"));
});

test("who sees a post can be changed by its author, and holds at once", async () => {
  const [anna, ivan] = [await somebody(), await somebody()];
  const post = await anna.write("for all, at first");
  expect(await ivan.get(post.path), 200);
  assert.ok((await anna.get(post.path)).body.includes(`${post.path}/audience`), "the menu leads there");
  expect(await anna.submit(`${post.path}/audience`, `${post.path}/audience`, { audience: 4 }), 303);
  expect(await ivan.get(post.path), 404);
  assert.equal(chosen(await anna.get(`${post.path}/audience`)), "4");
});

test("deleting twice says the same twice", async () => {
  const anna = await somebody();
  const post = await anna.write("twice");
  const answers = [await anna.act(`${post.path}/delete`), await anna.act(`${post.path}/delete`)];
  for (const a of answers) expect(a, 303);
  assert.equal(toastOf(answers[1]), toastOf(answers[0]));
  await anna.done(`${post.path}/restore`);
  expect(await anna.get(post.path), 200);
});

test("what went wrong is said once", async () => {
  const anna = await somebody();
  const post = await anna.write("mended in two windows");
  const answer = expect(await anna.act(`${post.path}/edit`, { text: "the second", version: 7 }), 409);
  assert.equal(answer.doc.all("[role=alert]").length, 0);
  assert.match(answer.doc.one("#text-err").text, /another window/);
  const suspend = `/admin/members/${anna.num}/suspend`;
  await house.done(suspend, { reason: "once" });
  const again = expect(await house.act(suspend, { reason: "twice" }), 409);
  assert.equal(again.doc.all("[role=alert]").length, 1);
});

test("twenty posts promise no older ones, twenty-one promise one, and nothing is promised that is not open", async () => {
  const [anna, ivan] = [await somebody(), await somebody()];
  await ivan.done(`/friends/${anna.num}/follow`);
  const older = (answer) => expect(answer, 200).doc.one("a[rel=next]")?.attrs.href;
  await anna.write("the oldest is hidden", { audience: 4 });
  for (let i = 0; i < 20; i++) await anna.write(`post ${i}`);
  for (const path of [anna.wall, "/feed"]) assert.equal(older(await ivan.get(path)), undefined, path);
  const next = older(await anna.get(anna.wall));
  assert.equal(expect(await anna.get(next), 200).doc.all("article.post").length, 1);
  for (const path of [`${anna.wall}?before=1`, "/feed?before=1"]) {
    const end = expect(await ivan.get(path), 200).doc.one(".empty");
    assert.match(end.text, /That was all/);
    assert.ok(end.all("a").some((a) => a.text === "To the newest"), "a way back");
  }
});

test("long posts are folded in lists, stand whole on their own page, and twenty of them are a light page", async () => {
  const [anna, ivan] = [await somebody(), await somebody()];
  await ivan.done(`/friends/${anna.num}/follow`);
  let n = 1;
  const word = () => { // no two texts alike, so that nothing packs well
    n = (n * 48271) % 2147483647;
    return Array.from({ length: 3 + (n % 9) }, (_, i) => String.fromCharCode(0x430 + ((n >> (2 * i)) % 32))).join("");
  };
  const text = () => {
    let all = "";
    while (all.length < 9980) all += `${word()} `;
    return `${all}the end`;
  };
  let post;
  for (let i = 0; i < 20; i++) post = await anna.write(text());
  for (const path of ["/feed", anna.wall, anna.path]) {
    const page = expect(await ivan.get(path), 200);
    const articles = page.doc.all("article.post");
    assert.equal(articles.length, 20, path);
    for (const one of articles) assert.match(one.one(".post-t").text, /Show more…$/);
    assert.ok(!page.body.includes("the end"), path);
    const size = brotliCompressSync(page.buffer).length;
    assert.ok(size < 60 * 1024, `${path}: ${size} bytes`);
    const more = articles[0].one(".post-t").all("a").at(-1).attrs.href;
    assert.equal(more, post.path);
  }
  assert.match(expect(await ivan.get(post.path), 200).doc.one(".post-t").text, /the end$/);
});

test("what staff close and what a member blocks are two words in Russian", async () => {
  const ru = words("ru");
  for (const key of ["graph.suspended", "profile.suspended_staff", "moderate.suspend_title", "moderate.suspend", "moderate.restore", "moderate.state_suspended", "moderate.done_suspend", "moderate.done_restore", "moderate.did_suspend", "account.login_suspended"])
    assert.match(ru(key), /замор|размор/i, key);
  for (const key of ["friends.block", "friends.unblock", "friends.done_block", "friends.you_block", "friends.blocked_title"]) assert.match(ru(key), /чёрн/i, key);
  const [anna, ivan] = [await somebody(), await somebody()];
  await house.done(`/admin/members/${ivan.num}/suspend`, { reason: "two words" });
  const page = expect(await anna.client.get(ivan.path, { headers: { "accept-language": "ru" } }), 410);
  assert.ok(page.body.includes(ru("graph.suspended")));
});
