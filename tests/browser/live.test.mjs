// SPDX-License-Identifier: AGPL-3.0-or-later
// An open page changes by itself: what is new is offered, requests are counted, in every page of one browser by one stream.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { assertQuiet, Axe, cookiesOf, launch, openWindow } from "../support/browser.mjs";
import { befriend, join, setupServer } from "../support/people.mjs";
import { start } from "../support/server.mjs";

const SENTENCES = {
  en: { 1: "Show 1 new post", 2: "Show 2 new posts", 5: "Show 5 new posts" },
  ru: { 1: "Показать 1 новую запись", 2: "Показать 2 новые записи", 5: "Показать 5 новых записей" },
};

let server, browser, axe;

before(async () => {
  [server, browser] = await Promise.all([start(), launch()]);
  await setupServer(server);
  axe = await Axe.open(browser, server.url);
});
after(async () => {
  await axe?.close();
  await browser?.close();
  await server?.stop();
});

const showing = (page, text) => page.waitForFunction((t) => document.querySelector("#fresh")?.hidden === false && document.querySelector("#fresh").innerText.trim() === t, text);

for (const lang of ["en", "ru"])
  describe(lang, () => {
    const fresh = (n) => SENTENCES[lang][n];
    let anna, ivan, window;

    before(async () => {
      anna = await join(server, `anna.${lang}`);
      ivan = await join(server, `ivan.${lang}`);
      await befriend(anna, ivan);
      window = await openWindow(browser, server.url, { lang, cookies: [...cookiesOf(anna.client), { name: "veche_lang", value: lang, url: server.url }] });
    });
    after(() => window?.close());

    test("new posts are counted above the news, in the language's forms, and are there after a press", async () => {
      const { page } = window;
      await page.goto("/feed");
      await ivan.write("One");
      await showing(page, fresh(1));
      await ivan.write("Two");
      await showing(page, fresh(2));
      for (let i = 3; i <= 5; i++) await ivan.write(`Number ${i}`);
      await showing(page, fresh(5));
      for (const look of [{ width: 1280, theme: "light" }, { width: 390, theme: "dark" }]) assert.deepEqual(await axe.look(page.url(), await page.content(), look), []);
      await page.locator("#fresh").click();
      await page.getByText("Number 5").waitFor();
      assert.equal(await page.locator("#fresh").isVisible(), false);
    });

    test("a request rings in the title and the navigation, and is quiet after the answer", async () => {
      const { page } = window;
      await page.goto("/feed");
      const asks = await join(server, `asks.${lang}`);
      const told = Number(/^\((\d+)\) /.exec(await page.title())?.[1] ?? 0); // of what happened before
      await asks.done(`/friends/${anna.num}/add`);
      await page.waitForFunction((n) => document.title.startsWith(`(${n}) `), told + 1);
      assert.equal(await page.locator("nav.nav a[href='/friends'] .n").innerText(), "1");
      await anna.done(`/friends/${asks.num}/accept`);
      await page.waitForFunction((n) => (n ? document.title.startsWith(`(${n}) `) : !document.title.startsWith("(")), told);
      assert.equal(await page.locator("nav.nav a[href='/friends'] .n").count(), 0);
    });

    test("three pages of one browser share one stream, and another one listens when the first is left", async () => {
      const { page, context } = window;
      const opened = [];
      context.on("request", (r) => {
        if (new URL(r.url()).pathname === "/live") opened.push(r.frame().page());
      });
      await page.goto("/feed");
      const others = [await context.newPage(), await context.newPage()];
      for (const other of others) await other.goto("/feed");
      await ivan.write("For all three");
      for (const one of [page, ...others]) await showing(one, fresh(1));
      assert.equal(opened.length, 1);
      await page.goto("/settings");
      await ivan.write("For those who are left");
      for (const one of others) await showing(one, fresh(2));
      for (const one of others) await one.close();
    });

    test("nothing went wrong on the way", () => assertQuiet(window));
  });

test("without scripts nothing is promised that does not come", async () => {
  const quiet = await join(server, "quiet");
  const window = await openWindow(browser, server.url, { js: false, cookies: cookiesOf(quiet.client) });
  try {
    await window.page.goto("/feed");
    assert.equal(await window.page.locator("#fresh").isVisible(), false);
    assertQuiet(window);
  } finally {
    await window.close();
  }
});
