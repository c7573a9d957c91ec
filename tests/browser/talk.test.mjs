// SPDX-License-Identifier: AGPL-3.0-or-later
// Talking on walls, in Chromium, with scripts and without, in English and in Russian. On every page on the way: nothing from
// elsewhere, no CSP violation, no word in the console, nothing that axe finds, no sentence in the other language.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { launch, WALKERS } from "../support/browser.mjs";
import { befriend, join, setupServer } from "../support/people.mjs";
import { start } from "../support/server.mjs";
import { walk } from "../support/walk.mjs";

let browser, server;
const people = {};
before(async () => {
  [browser, server] = await Promise.all([launch(), start()]);
  await setupServer(server);
  for (const name of ["olga", "ivan", "nina"]) people[name] = await join(server, name, { family: "Rublev" });
  await befriend(people.olga, people.ivan);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const { lang, js } of WALKERS) describe(`${lang}, scripts ${js ? "on" : "off"}`, () => journey(lang, js));

function journey(lang, js) {
  const { windows, t, begin, end, audit, open, step } = walk(lang, js);
  let post;

  before(async () => {
    await begin(browser, server, people);
    post = await people.olga.write(`What shall we sing? ${lang} ${js}`);
  });
  after(end);

  const comment = (page, text) => page.locator("li.cmt").filter({ hasText: text });
  const send = (who, text, expected) => step(who, async (page) => (await page.locator("#comment").fill(text), page.getByRole("button", { name: t("comment.send") }).click()), expected);

  test("one comments under a post, and is answered by name", async () => {
    const page = await open("ivan", post.path);
    assert.match(await page.locator("#comments").innerText(), new RegExp(t("comment.none")));
    await send("ivan", "The one about the ferry, @olga", new RegExp(`^${post.path}$`));
    assert.equal(await comment(page, "about the ferry").getByRole("link", { name: "@olga" }).count(), 1, "a mention is a link");
    const hers = await open("olga", "/feed");
    const mine = hers.getByRole("article").filter({ hasText: `What shall we sing? ${lang} ${js}` });
    const link = mine.getByRole("link", { name: t("comment.comments") });
    assert.match(await link.innerText(), /1\s*$/, "the news say how many there are");
    await step("olga", () => link.click(), new RegExp(`^${post.path}$`));
    await step("olga", (p) => comment(p, "about the ferry").getByRole("link", { name: t("comment.answer") }).click(), /^\/comment\d+_\d+$/);
    await send("olga", "All the verses?", /^\/comment\d+_\d+$/);
    assert.equal(await comment(hers, "All the verses?").getByRole("link", { name: "Ivan Rublev" }).count(), 1, "whom it answers is named");
  });

  test("in order and by threads", async () => {
    await people.nina.comment(post, "Something short");
    const page = await open("guest", post.path);
    const texts = async () => (await page.locator("li.cmt .cmt-t").allInnerTexts()).map((x) => /ferry|verses|short|Three/.exec(x)[0]);
    assert.deepEqual(await texts(), ["ferry", "verses", "short"]);
    assert.equal(await page.locator("#comment").count(), 0, "a guest does not write");
    await step("guest", (p) => p.getByRole("link", { name: t("comment.in_threads") }).click(), /view=threads$/);
    await people.ivan.comment(post, "Three at least", { parent: Number(/comment(\d+)/.exec(await comment(page, "verses").getAttribute("id"))[1]) });
    await open("guest", `${post.path}?view=threads`);
    assert.deepEqual(await texts(), ["ferry", "verses", "Three", "short"]);
    assert.equal(await page.locator("li.cmt-in").count(), 2, "answers stand one step in");
  });

  test("a like counts, and shows who", async () => {
    const page = await open("olga", post.path);
    const heart = () => comment(page, "about the ferry").locator("button.act");
    if (js) {
      await heart().click();
      await comment(page, "about the ferry").locator("button[aria-pressed=true]").waitFor();
      await audit("olga");
    } else await step("olga", () => heart().click());
    assert.equal(await heart().getAttribute("aria-pressed"), "true");
    await step("olga", (p) => comment(p, "about the ferry").locator("a:has(time)").click(), /^\/comment/);
    await step("olga", (p) => p.getByRole("link", { name: t("wall.who_likes") }).last().click(), /\/likes$/);
    assert.equal(await page.locator("main").getByRole("link", { name: "Olga Rublev", exact: true }).count(), 1);
  });

  test("an edit says so, and what was deleted comes back", async () => {
    const page = await open("ivan", post.path);
    const mine = comment(page, "about the ferry");
    await mine.locator("details.menu > summary").click();
    await step("ivan", () => mine.getByRole("link", { name: t("common.edit") }).click(), /\/edit$/);
    assert.match(await page.locator("#text").inputValue(), /@olga/);
    await page.locator("#text").fill("");
    await page.locator("form").filter({ has: page.locator("#text") }).evaluate((form) => form.setAttribute("novalidate", "")).catch(() => {});
    await step("ivan", (p) => p.locator("main").getByRole("button", { name: t("common.save") }).click());
    assert.equal(await page.locator("#text").getAttribute("aria-invalid"), "true", "empty words are refused beside the field");
    await page.locator("#text").fill("The one about the ferryman");
    await step("ivan", (p) => p.locator("main").getByRole("button", { name: t("common.save") }).click(), /^\/comment\d+_\d+$/);
    assert.match(await comment(page, "ferryman").innerText(), new RegExp(t("comment.edited")));
    const hers = await open("olga", post.path);
    const his = comment(hers, "ferryman");
    await his.locator("details.menu > summary").click();
    assert.equal(await his.getByRole("link", { name: t("common.edit") }).count(), 0, "the owner of the wall edits nobody's words");
    await step("olga", () => his.getByRole("button", { name: t("common.delete") }).click(), new RegExp(`^${post.path}$`));
    assert.equal(await comment(hers, "ferryman").count(), 0);
    await step("olga", (p) => p.getByRole("status").getByRole("button", { name: t("common.undo") }).click(), /^\/comment/);
    await open("ivan", post.path);
    assert.equal(await comment(page, "ferryman").count(), 1);
  });

  test("a post with a tag and a warning: its words are behind the warning, and its tag leads to others", async () => {
    const tag = `Ferry_${lang}_${js}`;
    await people.ivan.write(`Also about the #${tag.toUpperCase()}`);
    await people.ivan.write(`For friends of the #${tag}`, { audience: 3 });
    const page = await open("olga", "/feed");
    await page.locator("#text").fill(`The ferryman did it #${tag}`);
    await page.locator(".composer details.more > summary").first().click();
    await page.locator("#f-warning").fill("How a story ends");
    await step("olga", (p) => p.locator("main").getByRole("button", { name: t("wall.publish"), exact: true }).first().click(), /^\/feed$/);
    const mine = page.getByRole("article").filter({ hasText: "The ferryman did it" }).first();
    assert.equal(await mine.locator(".post-t").isVisible(), false, "folded");
    await mine.locator("details.warned > summary").click();
    assert.equal(await mine.locator(".post-t").isVisible(), true);
    await audit("olga");
    await step("olga", () => mine.getByRole("link", { name: `#${tag}` }).click(), /^\/tag\/ferry_/);
    assert.equal(await page.getByRole("article").count(), 3);
    await open("guest", `/tag/${tag}`);
    assert.equal(await windows.guest.page.getByRole("article").count(), 2, "not what is for friends");
    await open("guest", "/tag/nobody_says_this");
    assert.match(await windows.guest.page.locator("main").innerText(), new RegExp(t("tag.empty")));
    await open("guest", "/tag/2026", 404);
  });

  test("a post is passed on, and shows to those alone who may read it", async () => {
    const words_ = `Passed on ${lang} ${js}`;
    const page = await open("ivan", "/feed");
    const hers = page.getByRole("article").filter({ hasText: `What shall we sing? ${lang} ${js}` });
    await step("ivan", () => hers.getByRole("link", { name: t("wall.repost") }).click(), /\/repost$/);
    await page.locator("#text").fill(words_);
    await step("ivan", (p) => p.locator("main").getByRole("button", { name: t("wall.repost") }).click(), /^\/wall\d+_\d+$/);
    const copy = new URL(page.url()).pathname;
    const shown = async (who) => /What shall we sing/.test(await (await open(who, copy)).getByRole("article").innerText());
    assert.equal(await shown("guest"), true);
    await open("olga", post.path);
    await step("olga", (p) => p.getByRole("article").getByRole("link", { name: t("wall.repost") }).click(), /\/repost$/);
    await step("olga", (p) => p.getByRole("link", { name: t("wall.reposts_title") }).click(), /\/reposts$/);
    assert.equal(await windows.olga.page.getByRole("article").filter({ hasText: words_ }).count(), 1);
    await people.olga.done(`${post.path}/audience`, { audience: 3 });
    assert.equal(await shown("guest"), false);
    assert.match(await windows.guest.page.getByRole("article").innerText(), new RegExp(t("wall.original_hidden")));
    assert.equal(await shown("ivan"), true, "a friend");
    await open("ivan", `${post.path}/repost`, 403);
    await people.olga.done(`${post.path}/audience`, { audience: 0 });
  });

  test("a post on top of the wall, and one among the bookmarks", async () => {
    const first = await people.olga.write(`Older ${lang} ${js}`);
    await people.olga.write(`Newer ${lang} ${js}`);
    const page = await open("olga", first.path);
    const menu = async (scope) => scope.locator("details.menu > summary").first().click();
    await menu(page.getByRole("article"));
    await step("olga", (p) => p.getByRole("button", { name: t("wall.pin") }).click(), new RegExp(`^${first.path}$`));
    await open("guest", people.olga.wall);
    const top = windows.guest.page.getByRole("article");
    assert.match(await top.first().innerText(), new RegExp(`Older ${lang} ${js}[^]*`));
    assert.match(await top.first().innerText(), new RegExp(t("wall.pinned")));
    assert.equal(await top.filter({ hasText: `Older ${lang} ${js}` }).count(), 1, "not a second time");
    const his = await open("ivan", people.olga.wall);
    await menu(his.getByRole("article").first());
    await step("ivan", (p) => p.getByRole("article").first().getByRole("button", { name: t("bookmark.add") }).click(), /^\/wall\d+$/);
    await open("ivan", "/bookmarks");
    assert.equal(await his.getByRole("article").filter({ hasText: `Older ${lang} ${js}` }).count(), 1);
    await step("ivan", (p) => p.getByRole("article").filter({ hasText: `Older ${lang} ${js}` }).getByRole("button", { name: t("bookmark.drop") }).click(), /^\/bookmarks$/);
    assert.equal(await his.getByRole("article").count(), 0);
    assert.match(await his.locator("main").innerText(), new RegExp(t("bookmark.empty")));
    await menu(page.getByRole("article"));
    await step("olga", (p) => p.getByRole("button", { name: t("wall.unpin") }).click());
  });

  test("a poll: to choose, to see, to change one's mind", async () => {
    const page = await open("olga", "/feed");
    await page.locator("#text").fill(`The choir meets ${lang} ${js}`);
    const asking = page.locator(".composer details.more").last();
    await asking.locator("summary").click();
    await page.locator("#f-poll_question").fill("Which evening?");
    await page.locator("#poll_answers").fill("Tuesday\nThursday");
    await page.getByLabel(t("poll.make_changes")).check();
    await step("olga", (p) => p.locator("main").getByRole("button", { name: t("wall.publish"), exact: true }).first().click(), /^\/feed$/);
    const his = await open("ivan", "/feed");
    const poll = his.getByRole("article").filter({ hasText: `The choir meets ${lang} ${js}` });
    await poll.getByLabel("Thursday").check();
    await step("ivan", () => poll.getByRole("button", { name: t("poll.vote") }).click(), /^\/feed$/);
    assert.match(await poll.locator("li").nth(1).innerText(), /Thursday[^]*100 %/);
    assert.equal(await poll.locator("progress").nth(1).getAttribute("value"), "100");
    await step("ivan", () => poll.getByRole("link", { name: t("poll.who") }).click(), /\/voters/);
    assert.equal(await his.locator("main").getByRole("link", { name: "Ivan Rublev", exact: true }).count(), 1);
    await open("ivan", "/feed");
    await step("ivan", () => poll.getByRole("button", { name: t("poll.take_back") }).click(), /^\/feed$/);
    assert.equal(await poll.getByRole("radio").count(), 2, "to be chosen again");
  });

  test("whoever may not comment is told so, and the form is away", async () => {
    await people.olga.privacy({ comment: 4 });
    try {
      const page = await open("ivan", post.path);
      assert.match(await page.locator("#comments").innerText(), new RegExp(t("comment.closed").slice(0, 40)));
      assert.equal(await page.locator("#comment").count(), 0);
    } finally {
      await people.olga.privacy({ comment: 1 });
    }
  });
}
