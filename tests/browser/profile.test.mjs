// SPDX-License-Identifier: AGPL-3.0-or-later
// What members tell about themselves, their page with other eyes, what they do not want to read, and whom they may know: as people
// walk it, in Chromium, with scripts and without, in English and in Russian. Every page on the way is looked at by axe.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { launch, WALKERS } from "../support/browser.mjs";
import { befriend, join, setupServer } from "../support/people.mjs";
import { start } from "../support/server.mjs";
import { walk } from "../support/walk.mjs";

const NAMES = { en: { olga: ["Olga", "Mayer"], ivan: ["Ivan", "Rublev"], vera: ["Vera", "Stern"] }, ru: { olga: ["Ольга", "Майер"], ivan: ["Иван", "Рублёв"], vera: ["Вера", "Штерн"] } };
const TOLD = { en: { city: "Novgorod", school: "Polytechnic", work: "Depot", word: "tramway" }, ru: { city: "Новгород", school: "Политех", work: "Депо", word: "трамвай" } };

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

for (const { lang, js } of WALKERS) describe(`${lang}, scripts ${js ? "on" : "off"}`, () => journey(lang, js));

function journey(lang, js) {
  const { windows, t, begin, end, audit, open, step, press, follow, field, main } = walk(lang, js);
  const told = TOLD[lang];
  const full = (who) => NAMES[lang][who].join(" ");
  const people = {};
  let server;

  before(async () => {
    server = await start();
    await setupServer(server, { given: lang === "ru" ? "Марфа" : "Marfa" });
    for (const who of ["olga", "ivan", "vera"]) people[who] = await join(server, who, { given: NAMES[lang][who][0], family: NAMES[lang][who][1], gender: who === "ivan" ? 2 : 1 });
    await befriend(people.olga, people.ivan);
    await befriend(people.ivan, people.vera);
    await begin(browser, server, people);
  });
  after(async () => {
    await end();
    await server?.stop();
  });

  // ---- the journey ----

  test("one fills one's page, section by section, and others read it", async () => {
    const page = await open("olga", "/settings/profile");
    await follow("olga", "facts.tab_contacts", /contacts$/);
    await field(page, "facts.city").fill(told.city);
    await field(page, "facts.site").fill("no address");
    await press("olga", "common.save", /contacts$/);
    assert.match(await main("olga"), new RegExp(t("facts.site_bad").slice(0, 20)));
    assert.equal(await field(page, "facts.city").inputValue(), told.city, "what was typed is there");
    await field(page, "facts.site").fill("https://example.org");
    await press("olga", "common.save", /contacts$/);
    await follow("olga", "facts.tab_education", /education$/);
    await field(page, "facts.school").fill(told.school);
    await field(page, "facts.until").fill("2014");
    await press("olga", "common.save", /education$/);
    await follow("olga", "facts.tab_career", /career$/);
    await field(page, "facts.company").fill(told.work);
    await press("olga", "common.save", /career$/);
    await follow("olga", "facts.tab_views", /views$/);
    await field(page, "facts.life").selectOption({ label: t("facts.life_5") });
    await press("olga", "common.save", /views$/);
    const seen = await open("vera", "/olga");
    assert.match(await main("vera"), new RegExp(`${told.school}[^]*${told.work}`));
    assert.ok(!(await main("vera")).includes(told.city), "the rest is folded away");
    await seen.getByText(t("profile.all_facts"), { exact: true }).click();
    for (const words of [told.city, t("facts.life_5")]) assert.ok((await main("vera")).includes(words), words);
    await audit("vera");
    await open("guest", "/olga");
    assert.ok(!(await main("guest")).includes(told.school), "new members tell members");
  });

  test("two say that they are together, and then their pages name them", async () => {
    const page = await open("olga", "/settings/profile/relations");
    await field(page, "kin.bond").selectOption("4");
    await field(page, "kin.partner").fill("@ivan");
    await press("olga", "kin.bond_save", /relations$/);
    assert.match(await main("olga"), new RegExp(t("kin.partner_waits").slice(0, 25)));
    await open("vera", "/olga");
    assert.equal(await windows.vera.page.locator("dl.facts").getByRole("link", { name: full("ivan") }).count(), 0);
    await open("ivan", "/ivan");
    await step("ivan", (p) => p.locator("p.banner a").click(), /relations$/);
    await press("ivan", "kin.agree", /relations$/);
    for (const [whose, other] of [["olga", "ivan"], ["ivan", "olga"]]) {
      const seen = await open("vera", `/${whose}`);
      assert.equal(await seen.locator("dl.facts").getByRole("link", { name: full(other) }).count(), 1, `${whose} and ${other}`);
    }
  });

  test("one looks at one's page with other eyes", async () => {
    await people.olga.write("for friends only", { audience: 3 });
    const page = await open("olga", "/olga");
    await follow("olga", "profile.as_look", /view-as$/);
    await press("olga", "profile.as_show", /who=guest/);
    assert.ok(!(await main("olga")).includes("for friends only"));
    assert.ok(!(await main("olga")).includes(told.school));
    assert.equal(await page.locator("main form, main button").count(), 0, "nothing can be pressed");
    await follow("olga", "profile.as_other", /view-as$/);
    await page.getByLabel(t("profile.as_named_choice"), { exact: true }).check();
    await field(page, "profile.as_name").fill("@ivan");
    await press("olga", "profile.as_show", /who=name/);
    assert.ok((await main("olga")).includes("for friends only"));
    await follow("olga", "profile.as_back", /^\/olga$/);
  });

  test("one mutes somebody for a week, and reads them again", async () => {
    const page = await open("ivan", "/olga");
    await page.locator("main details.menu").filter({ hasText: t("quiet.mute_menu") }).locator("summary").click();
    await step("ivan", (p) => p.getByRole("link", { name: t("quiet.mute_menu") }).click(), /^\/mute\//);
    await field(page, "quiet.span").selectOption({ label: t("quiet.span_week") });
    await press("ivan", "quiet.mute", /quiet$/);
    await open("ivan", "/feed");
    assert.ok(!(await main("ivan")).includes("for friends only"));
    await open("ivan", "/settings/quiet");
    await step("ivan", (p) => p.locator("main").getByRole("button", { name: t("quiet.unmute") }).click(), /quiet$/);
    await open("ivan", "/feed");
    assert.ok((await main("ivan")).includes("for friends only"));
  });

  test("a filter folds a post away, and one opens it all the same", async () => {
    await people.olga.write(`${told.word.toUpperCase()} 3`);
    const page = await open("ivan", "/settings/quiet");
    await field(page, "quiet.words").fill(told.word);
    await press("ivan", "quiet.filter_save", /quiet$/);
    await open("ivan", "/feed");
    const post = page.locator("article").filter({ hasText: `${told.word.toUpperCase()} 3` });
    assert.equal(await post.isVisible(), false);
    await page.getByText(t("quiet.folded", told.word), { exact: true }).click();
    assert.equal(await post.isVisible(), true);
    await audit("ivan");
    await open("olga", "/feed");
    assert.equal(await windows.olga.page.locator("article").filter({ hasText: `${told.word.toUpperCase()} 3` }).isVisible(), true);
  });

  test("one is told whom one may know, until one does not want to", async () => {
    const page = await open("olga", "/friends");
    const card = page.locator("section[aria-labelledby=suggested]");
    assert.equal(await card.getByRole("link", { name: full("vera") }).count(), 1);
    await step("olga", () => card.getByRole("button", { name: t("discover.dismiss", full("vera")) }).click(), /^\/friends$/);
    assert.equal(await card.count(), 0);
  });
}
