// SPDX-License-Identifier: AGPL-3.0-or-later
// The frame of a member's pages is kept between requests. Whatever it is made from shows on the very next page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Client } from "../support/client.mjs";
import { expect, join, setupServer } from "../support/people.mjs";
import { start } from "../support/server.mjs";

let server, house, anna, ivan;

before(async () => {
  server = await start({ args: ["--threads", "1"] }); // one keeper of frames: each page below is made after the one above
  house = await setupServer(server);
  anna = await join(server, "anna", { given: "Anna", family: "Lind" });
  ivan = await join(server, "ivan");
});
after(() => server?.stop());

/** Twice, so that the second one comes from what the first one kept: what both must say. */
async function frame(person, path = "/feed") {
  const pages = [expect(await person.get(path), 200), expect(await person.get(path), 200)];
  const said = pages.map(({ doc }) => ({
    top: doc.one("header").text, side: doc.one("nav.nav").text, bar: doc.one("nav.bar").text,
    here: ["header", "nav.nav", "nav.bar"].map((part) => doc.one(part).all("a").filter((a) => a.attrs["aria-current"] === "page").map((a) => a.attrs.href).join()),
    links: doc.one("nav.nav").all("a").map((a) => a.attrs.href),
  }));
  assert.deepEqual(said[1], said[0]);
  return said[0];
}

test("it says where one is", async () => {
  for (const path of ["/feed", "/friends", "/feed"]) assert.deepEqual((await frame(anna, path)).here, [path, path, path]);
});

test("each member has their own, and guests have one without a menu", async () => {
  const [hers, his] = [await frame(anna), await frame(ivan)];
  assert.ok(hers.links.includes("/anna") && !hers.links.includes("/ivan"));
  assert.ok(his.links.includes("/ivan") && !his.links.includes("/anna"));
  const page = expect(await new Client(server.url).get("/people"), 200);
  assert.doesNotMatch(page.doc.one("header").text, /Anna|Ivan/);
  assert.ok(page.doc.one("nav.nav").all("a").some((a) => a.attrs.href === "/login"));
});

test("a request rings on the next page, and is quiet on the next one after the answer", async () => {
  const before = await frame(anna);
  await ivan.done(`/friends/${anna.num}/add`);
  assert.notEqual((await frame(anna)).side, before.side);
  await anna.done(`/friends/${ivan.num}/accept`);
  assert.equal((await frame(anna)).side, before.side);
});

test("a new name, another language and a new name of the server show at once", async () => {
  await frame(anna);
  expect(await anna.submit("/settings/profile", "/settings/profile", { given: "Anastasia" }), 303);
  assert.match((await frame(anna)).top, /Anastasia Lind/);
  await anna.done("/view", { lang: "ru", to: "/feed" });
  assert.match((await frame(anna)).side, /Друзья/);
  await anna.done("/view", { lang: "en", to: "/feed" });
  expect(await house.submit("/admin/site", "/admin/site", { site: "Another square" }), 303);
  assert.match((await frame(anna)).top, /Another square/);
});

test("the door to the administration opens and closes with the role", async () => {
  const has = async () => (await frame(anna)).links.includes("/admin");
  assert.equal(await has(), false);
  await house.done(`/admin/members/${anna.num}/role`, { role: 2 });
  assert.equal(await has(), true);
  await house.done(`/admin/members/${anna.num}/role`, { role: 1 });
  assert.equal(await has(), false);
});

test("the place to write is each member's own, and names the circles of today", async () => {
  const choices = async (person) => expect(await person.get("/feed"), 200).doc.one("#audience").all("option").map((o) => o.text);
  const plain = await choices(anna);
  assert.equal((await choices(ivan)).length, plain.length);
  const circle = (await anna.done("/friends/circles", { title: "Choir" })).location;
  assert.match((await choices(anna)).join(), /Choir/);
  await anna.done(`${circle}/rename`, { title: "Chess" });
  assert.match((await choices(anna)).join(), /Chess/);
  assert.doesNotMatch((await choices(anna)).join(), /Choir/);
  assert.deepEqual(await choices(ivan), plain);
  await anna.done(`${circle}/delete`);
  assert.deepEqual(await choices(anna), plain);
});

test("no token is kept with it: each page has its own", async () => {
  const [one, two] = [await anna.get("/feed"), await anna.get("/feed")].map(({ doc }) => doc.all("input[name=once]").map((i) => i.attrs.value));
  assert.equal(new Set(one).size, 1);
  assert.equal(new Set(two).size, 1);
  assert.notEqual(one[0], two[0]);
});

test("one logs out from the menu, by the page's one form", async () => {
  const page = expect(await ivan.get("/feed"), 200);
  const button = page.doc.one("header").all("button").find((b) => b.attrs.formaction === "/logout");
  assert.equal(button.attrs.form, "acts");
  await ivan.done("/logout");
  expect(await ivan.get("/feed"), 303);
});
