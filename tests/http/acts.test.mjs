// SPDX-License-Identifier: AGPL-3.0-or-later
// What buttons and forms say when they are done, what their undo brings back, and what a refused form shows again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { befriend, expect, join, setupServer, toastOf } from "../support/people.mjs";
import { start } from "../support/server.mjs";

let server;

before(async () => {
  server = await start();
  await setupServer(server);
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
