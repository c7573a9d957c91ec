// SPDX-License-Identifier: AGPL-3.0-or-later
// Notifications in Chromium, with scripts and without, in English and in Russian: the bell rings without a reload.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { launch, WALKERS } from "../support/browser.mjs";
import { join, setupServer } from "../support/people.mjs";
import { start } from "../support/server.mjs";
import { walk } from "../support/walk.mjs";

let browser, server;
before(async () => {
  [browser, server] = await Promise.all([launch(), start()]);
  await setupServer(server);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const { lang, js } of WALKERS) describe(`${lang}, scripts ${js ? "on" : "off"}`, () => journey(lang, js));

function journey(lang, js) {
  const { windows, t, begin, end, audit, open, step, press } = walk(lang, js);
  const people = {};
  const bell = () => windows.olga.page.locator("a.bell .n");

  before(async () => {
    for (const who of ["olga", "ivan"]) people[who] = await join(server, `${who}.${lang}.${js ? "on" : "off"}`, { given: lang === "ru" ? { olga: "Ольга", ivan: "Иван" }[who] : who[0].toUpperCase() + who.slice(1), gender: who === "ivan" ? 2 : 1 });
    await begin(browser, server, people);
  });
  after(end);

  test("one is told, looks, and the count is gone", async () => {
    const post = await people.olga.write("12345");
    const page = await open("olga", "/settings");
    assert.equal(await bell().count(), 0);
    await people.ivan.done(`${post.path}/like`);
    if (js) await bell().waitFor();
    else await page.reload();
    assert.equal(await bell().innerText(), "1");
    await step("olga", () => page.locator("a.bell").click(), /^\/notifications$/);
    assert.match(await page.locator("main").innerText(), new RegExp(t("notify.like")));
    if (js) await bell().waitFor({ state: "detached" });
    else await press("olga", "notify.mark", /^\/notifications$/);
    assert.equal(await bell().count(), 0);
    await audit("olga");
    await step("olga", () => page.locator("li.notice").getByRole("link", { name: t("notify.like") }).click(), new RegExp(`^${post.path}$`));
  });

  test("one chooses what to be told about", async () => {
    const page = await open("olga", "/settings/notifications");
    await page.getByLabel(t("notify.like"), { exact: true }).uncheck();
    await press("olga", "common.save", /^\/settings\/notifications$/);
    assert.equal(await page.getByLabel(t("notify.like"), { exact: true }).isChecked(), false);
    const post = await people.olga.write("67890");
    await people.ivan.done(`${post.path}/like`);
    await open("olga", "/notifications");
    assert.equal(await bell().count(), 0);
  });
}
