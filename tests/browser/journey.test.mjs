// SPDX-License-Identifier: AGPL-3.0-or-later
// The main journey, as people walk it: from the printed link to a suspension, in Chromium, with scripts and without, in English
// and in Russian. On every page on the way: nothing from elsewhere, no CSP violation, no word in the console, nothing that axe
// finds, no sentence in the other language.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { assertQuiet, launch, WALKERS } from "../support/browser.mjs";
import { start } from "../support/server.mjs";
import { walk } from "../support/walk.mjs";

const PASSWORD = "a few words in a row";
const PEOPLE = {
  en: { marfa: ["Marfa", "Boretskaya"], olga: ["Olga", "Mayer"], ivan: ["Ivan", "Rublev"] },
  ru: { marfa: ["Марфа", "Борецкая"], olga: ["Ольга", "Майер"], ivan: ["Иван", "Рублёв"] },
};

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

for (const { lang, js } of WALKERS) describe(`${lang}, scripts ${js ? "on" : "off"}`, () => journey(lang, js));

function journey(lang, js) {
  const { windows, t, begin, end, audit, open, step, press, field } = walk(lang, js);
  const names = PEOPLE[lang];
  const full = (who) => names[who].join(" ");
  let server;
  let invitation, post, onIvan;

  before(async () => {
    server = await start();
    await begin(browser, server, { marfa: null, olga: null, ivan: null });
  });
  after(async () => {
    await end();
    await server?.stop();
  });

  // ---- steps ----

  async function toast(who, key) {
    assert.match(await windows[who].page.getByRole("status").innerText(), new RegExp(escape(t(key))));
  }

  const escape = (s) => s.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const article = (page, text) => page.getByRole("article").filter({ hasText: text });

  async function fillAccount(page, who) {
    await field(page, "account.given").fill(names[who][0]);
    await field(page, "account.family").fill(names[who][1]);
    await page.getByLabel(t(who === "ivan" ? "account.gender_male" : "account.gender_female"), { exact: true }).check();
    await page.locator("input[name=name]").fill(who);
    await page.locator("input[name=password]").fill(PASSWORD);
  }

  async function openMenu(page, scope) {
    await scope.locator("details.menu > summary").last().click();
    return scope;
  }

  async function postsCount(who, of) {
    const page = await open(who, `/${of}`);
    return Number(await page.locator("ul.counts li").last().locator("b").innerText());
  }

  // ---- the journey ----

  test("the owner sets the server up with the printed link", async () => {
    const page = await open("marfa", new URL(server.setupUrl).pathname);
    await field(page, "setup.name").fill(lang === "ru" ? "Площадь" : "Square");
    assert.equal(await field(page, "setup.origin").inputValue(), server.url, "the address is guessed");
    await field(page, "setup.signup").selectOption({ label: t("setup.signup_invitation") });
    await fillAccount(page, "marfa");
    await press("marfa", "setup.go");
    await step("marfa", (p) => p.getByRole("link", { name: t("common.log_in"), exact: true }).first().click(), /^\/login/);
    await page.locator("input[name=name]").fill("marfa");
    await page.locator("input[name=password]").fill(PASSWORD);
    await press("marfa", "common.log_in", /^\/feed$/);
    await open("guest", new URL(server.setupUrl).pathname, 410);
  });

  test("somebody joins by invitation and is the inviter's friend", async () => {
    await open("guest", "/join");
    assert.equal(await windows.guest.page.locator("input[name=invitation]").getAttribute("type"), null, "without one, a code is asked for");
    const page = await open("marfa", "/settings/invitations");
    await press("marfa", "account.invite_make", /^\/settings\/invitations$/);
    invitation = await page.locator("p.mono").first().innerText();
    assert.ok(invitation.startsWith(`${server.url}/join?invitation=`), invitation);
    const joining = await open("olga", invitation);
    await fillAccount(joining, "olga");
    await press("olga", "common.join", /^\/feed$/);
    await toast("olga", "account.joined");
    await open("olga", "/friends");
    assert.equal(await joining.getByRole("link", { name: full("marfa"), exact: true }).count(), 1, "the inviter is a friend");
    // The code was for one.
    const late = await open("guest", invitation);
    await fillAccount(late, "ivan");
    await press("guest", "common.join");
    assert.match(await late.locator(".err").innerText(), new RegExp(escape(t("account.invitation_used"))));
    assert.equal(await late.locator("input[name=given]").inputValue(), names.ivan[0], "what was typed is there");
  });

  test("the owner opens the doors, and somebody joins without an invitation", async () => {
    const page = await open("marfa", "/admin/site");
    await field(page, "setup.signup").selectOption({ label: t("setup.signup_open") });
    await press("marfa", "common.save", /^\/admin\/site$/);
    await open("ivan", "/");
    await step("ivan", (p) => p.getByRole("link", { name: t("common.join"), exact: true }).first().click(), /^\/join$/);
    await fillAccount(windows.ivan.page, "ivan");
    await press("ivan", "common.join", /^\/feed$/);
    await open("ivan", "/about");
  });

  test("one finds the other, asks with a few words, and is answered", async () => {
    const page = await open("olga", "/people");
    await page.locator("#people-q").fill(names.ivan[0]);
    await press("olga", "common.search", /^\/people\?q=/);
    await step("olga", (p) => p.locator("main").getByRole("link", { name: full("ivan"), exact: true }).click(), /^\/ivan$/);
    await openMenu(page, page.locator("main"));
    await step("olga", (p) => p.getByRole("link", { name: t("friends.add_with_words") }).click(), /^\/friends\/\d+\/ask$/);
    await field(page, "friends.ask_words").fill(lang === "ru" ? "Помните хор?" : "Remember the choir?");
    await press("olga", "friends.ask_send", /^\/ivan$/);
    await toast("olga", "friends.done_add");

    const his = await open("ivan", "/feed");
    assert.match(await his.title(), /^\(1\) /, "the title counts the request");
    await open("ivan", "/friends?tab=requests");
    assert.match(await his.locator("main").innerText(), lang === "ru" ? /Помните хор\?/ : /Remember the choir\?/);
    await step("ivan", (p) => p.locator("main").getByRole("button", { name: t("friends.accept") }).click());
    await toast("ivan", "friends.done_accept");
    await open("ivan", "/friends");
    assert.equal(await his.locator("main").getByRole("link", { name: full("olga"), exact: true }).count(), 1);
    assert.doesNotMatch(await his.title(), /^\(/, "nothing is counted any more");
  });

  test("friends see each other online, until one of them hides it", async () => {
    const page = await open("olga", "/ivan");
    const said = () => page.locator(".ident p.meta").filter({ hasText: t("presence.online") }).count();
    assert.equal(await said(), 1);
    await open("olga", "/friends");
    await step("olga", (p) => p.getByRole("link", { name: t("friends.chip_online") }).click(), /tab=online$/);
    assert.equal(await page.locator("main").getByRole("link", { name: full("ivan"), exact: true }).count(), 1);
    assert.match(await page.locator("main li.row").filter({ hasText: full("ivan") }).textContent(), new RegExp(escape(t("presence.online"))), "the dot has a word");

    for (const level of ["only_me", "friends"]) {
      await open("ivan", "/settings/privacy");
      await field(windows.ivan.page, "privacy.presence").selectOption({ label: t(`common.audience_${level}`) });
      await press("ivan", "common.save", /^\/settings\/privacy$/);
      await open("olga", "/ivan");
      assert.equal(await said(), level === "friends" ? 1 : 0);
      await open("ivan", "/olga");
      assert.equal(await windows.ivan.page.locator(".ident p.meta").filter({ hasText: t("presence.online") }).count(), level === "friends" ? 1 : 0);
      await open("olga", "/friends?tab=online");
      assert.equal(await page.locator("main").getByRole("link", { name: full("ivan"), exact: true }).count(), level === "friends" ? 1 : 0);
    }
  });

  test("they write on their own and each other's wall, and read the news", async () => {
    const page = await open("olga", "/feed");
    await page.locator("#text").fill("First words on my wall, see https://example.org @ivan");
    await page.locator("#audience").selectOption({ label: t("common.audience_friends") });
    await press("olga", "wall.publish", /^\/feed$/);
    await toast("olga", "wall.published");
    const mine = article(page, "First words on my wall");
    assert.equal(await mine.count(), 1);
    assert.match(await mine.innerText(), new RegExp(escape(t("common.audience_friends"))), "its audience is shown");
    assert.equal(await mine.getByRole("link", { name: "@ivan" }).count(), 1, "a mention is a link");
    post = new URL(await mine.locator("a:has(time)").getAttribute("href"), server.url).pathname;

    await open("olga", "/ivan");
    await page.locator("#text").fill("A word on your wall");
    await press("olga", "wall.publish", /^\/ivan$/);
    onIvan = await article(page, "A word on your wall").locator("a:has(time)").getAttribute("href");

    const his = await open("ivan", "/feed");
    assert.equal(await article(his, "First words on my wall").count(), 1, "in the news of a friend");
    await open("guest", "/ivan");
    assert.equal(await article(windows.guest.page, "A word on your wall").count(), 1);
    await open("guest", post, 404);
    await open("marfa", "/feed");
    assert.equal(await article(windows.marfa.page, "First words on my wall").count(), 1);
  });

  test("a like counts once, shows who, and can be taken back", async () => {
    const page = await open("ivan", "/feed");
    const heart = () => article(page, "First words on my wall").locator(".acts button.act");
    const pressHeart = async (pressed) => {
      if (js) {
        await heart().click();
        await article(page, "First words on my wall").locator(`.acts button[aria-pressed=${pressed}]`).waitFor();
        await audit("ivan");
      } else await step("ivan", () => heart().click());
      assert.equal(await heart().getAttribute("aria-pressed"), String(pressed));
    };
    await pressHeart(true);
    assert.match(await heart().innerText(), /1\s*$/);
    await open("olga", post);
    await step("olga", (p) => p.getByRole("link", { name: t("wall.who_likes") }).click(), /\/likes$/);
    assert.equal(await windows.olga.page.locator("main").getByRole("link", { name: full("ivan"), exact: true }).count(), 1);
    await pressHeart(false);
    assert.doesNotMatch(await heart().innerText(), /\d/);
    await pressHeart(true);
  });

  test("an edit is open to see", async () => {
    const page = await open("olga", post);
    await openMenu(page, page.getByRole("article"));
    await step("olga", (p) => p.getByRole("article").getByRole("link", { name: t("common.edit") }).click(), /\/edit$/);
    assert.match(await page.locator("#text").inputValue(), /@ivan/, "a mention is typed as it was");
    await page.locator("#text").fill("Second words on my wall");
    await press("olga", "common.save");
    await toast("olga", "wall.saved");
    const his = await open("ivan", post);
    assert.match(await his.getByRole("article").innerText(), /Second words/);
    await step("ivan", (p) => p.getByRole("link", { name: t("wall.edited") }).click(), /\/history$/);
    assert.match(await his.locator("main").innerText(), /First words on my wall/);
  });

  test("a smaller audience hides the post at once: news, wall, its address, the count", async () => {
    const seen = await postsCount("ivan", "olga");
    const page = await open("olga", `${post}/edit`);
    assert.equal(await page.locator("#audience option:checked").innerText(), t("common.audience_friends"), "the form knows the audience");
    await page.locator("#audience").selectOption({ label: t("common.audience_only_me") });
    await press("olga", "common.save");
    const his = await open("ivan", "/feed");
    assert.equal(await article(his, "Second words").count(), 0, "not in the news");
    assert.equal(await postsCount("ivan", "olga"), seen - 1, "not in the count");
    assert.equal(await article(his, "Second words").count(), 0, "not on the page");
    await open("ivan", post, 404);
    await open("ivan", `${post}/history`, 404);
    await open("ivan", `${post}/likes`, 404);
    assert.doesNotMatch(await his.locator("body").innerText(), /Second words|First words/);
    await open("olga", post);
    await open("olga", `${post}/edit`);
    await page.locator("#audience").selectOption({ label: t("common.audience_friends") });
    await press("olga", "common.save");
    assert.equal(await postsCount("ivan", "olga"), seen);
  });

  test("a closed wall hides everything on it at once", async () => {
    const page = await open("olga", "/settings/privacy");
    const level = (key) => page.getByLabel(t("privacy.wall"), { exact: true }).selectOption({ label: t(key) });
    await level("common.audience_only_me");
    await press("olga", "common.save", /^\/settings\/privacy$/);
    const his = await open("ivan", "/feed");
    assert.equal(await article(his, "Second words").count(), 0);
    await open("ivan", post, 404);
    await open("ivan", post.replace(/_\d+$/, ""), 403);
    await open("ivan", "/olga");
    assert.equal(await article(his, "Second words").count(), 0);
    assert.equal(await his.locator("ul.counts li").count(), 2, "no count of posts");
    await open("olga", "/settings/privacy");
    await level("common.audience_everyone");
    await press("olga", "common.save");
    await open("ivan", post);
  });

  test("what was deleted can be brought back", async () => {
    const page = await open("olga", "/feed");
    const mine = article(page, "Second words");
    await openMenu(page, mine);
    await step("olga", () => mine.getByRole("button", { name: t("common.delete") }).click(), /^\/feed$/);
    await toast("olga", "wall.deleted");
    assert.equal(await mine.count(), 0);
    await open("ivan", post, 410);
    // The toast came with the page before, which the look at the other window did not touch.
    await step("olga", (p) => p.getByRole("status").getByRole("button", { name: t("common.undo") }).click());
    await toast("olga", "wall.restored");
    await open("ivan", post);
    // The owner of the wall may delete what somebody else wrote there.
    const his = await open("ivan", onIvan);
    await openMenu(his, his.getByRole("article"));
    assert.equal(await his.getByRole("article").getByRole("link", { name: t("common.edit") }).count(), 0, "but not edit it");
    await step("ivan", (p) => p.getByRole("article").getByRole("button", { name: t("common.delete") }).click(), /^\/wall\d+$/);
    await open("olga", onIvan, 410);
  });

  test("a form with a mistake says so beside the field and keeps what was typed", async () => {
    const page = await open("olga", "/settings/profile");
    await page.locator("#f-given").fill("");
    await page.locator("#f-home_town").fill(lang === "ru" ? "Новгород" : "Novgorod");
    await page.locator("form").filter({ has: page.locator("#f-given") }).evaluate((form) => form.setAttribute("novalidate", "")).catch(() => {});
    await press("olga", "common.save");
    const given = page.locator("#f-given");
    assert.equal(await given.getAttribute("aria-invalid"), "true");
    const sentence = page.locator(`#${await given.getAttribute("aria-describedby")}`);
    assert.match(await sentence.innerText(), new RegExp(escape(t("form.empty"))));
    assert.equal(await page.locator("#f-home_town").inputValue(), lang === "ru" ? "Новгород" : "Novgorod");
    await given.fill(names.olga[0]);
    await press("olga", "common.save", /^\/settings\/profile$/);
    await open("guest", "/olga");
    assert.match(await windows.guest.page.locator("main").innerText(), lang === "ru" ? /Новгород/ : /Novgorod/);
  });

  test("staff suspend somebody, with a reason, and take it back", async () => {
    const page = await open("marfa", "/admin/members?q=ivan");
    await step("marfa", (p) => p.locator("main").getByRole("link", { name: full("ivan") }).click(), /^\/admin\/members\/\d+$/);
    await page.locator("form[action$='/suspend'] [name=reason]").fill("Because of the journey");
    await press("marfa", "moderate.suspend");
    await toast("marfa", "moderate.done_suspend");
    const his = windows.ivan.page;
    await his.goto("/feed");
    assert.match(his.url(), /\/login\?to=%2Ffeed$/, "the session is over");
    await audit("ivan");
    await his.locator("input[name=name]").fill("ivan");
    await his.locator("input[name=password]").fill(PASSWORD);
    await press("ivan", "common.log_in");
    assert.match(await his.locator(".err").innerText(), new RegExp(escape(t("account.login_suspended"))));
    const hers = await open("olga", "/ivan", 410);
    assert.doesNotMatch(await hers.locator("main").innerText(), new RegExp(names.ivan[1]), "no name any more");
    await page.locator("form[action$='/restore'] [name=reason]").fill("It was only a test");
    await press("marfa", "moderate.restore");
    assert.match(await page.locator("main").innerText(), /Because of the journey[\s\S]*/, "what was done stays on record");
    await his.locator("input[name=name]").fill("ivan");
    await his.locator("input[name=password]").fill(PASSWORD);
    await press("ivan", "common.log_in", /^\/feed$/);
    await open("olga", "/ivan");
  });

  test("one logs out, and the page behind is closed", async () => {
    const page = await open("olga", "/settings");
    await press("olga", "common.log_out", /^\/login$/);
    await toast("olga", "account.logged_out");
    await page.goto("/feed");
    assert.match(page.url(), /\/login\?to=%2Ffeed$/);
    // Back in the history must not show a private page from a store.
    await page.goBack();
    assert.doesNotMatch(await page.locator("body").innerText(), /Second words/);
  });

  test("nothing went wrong on the way", () => {
    for (const [who, window] of Object.entries(windows)) assertQuiet(window, who);
  });
}
