// SPDX-License-Identifier: AGPL-3.0-or-later
// What every page may cost and must be: light enough for a slow line, narrow enough for a small phone, and open to everybody.
// engines: sqlite
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { brotliCompressSync } from "node:zlib";

import { assertQuiet, Axe, cookiesOf, launch, openWindow } from "../support/browser.mjs";
import { start } from "../support/server.mjs";
import { openTown } from "../support/tour.mjs";

const KB = 1024;
const BUDGET = { html: 60 * KB, js: 25 * KB, css: 25 * KB };
const compressed = (bytes) => brotliCompressSync(bytes).length;

let town, browser;
before(async () => {
  [town, browser] = await Promise.all([openTown(), launch()]);
});
after(async () => {
  await browser?.close();
  await town?.stop();
});

const clientOf = (as) => (as === "guest" || as === "waiting" ? town[as] : as === "owner" ? town.who.owner.client : town.who.en.client);

test("pages and what they load are small", async () => {
  const files = new Map();
  for (const stop of town.stops) {
    const answer = await clientOf(stop.as).get(stop.path);
    if (stop.status !== null) assert.equal(answer.status, stop.status, String(answer));
    const size = compressed(answer.buffer);
    assert.ok(size <= BUDGET.html, `${stop.path}: ${size} bytes of HTML`);
    if (answer.status === 303) continue;
    for (const node of [...answer.doc.all("script[src]"), ...answer.doc.all("link[rel=stylesheet]")]) files.set(node.attrs.src ?? node.attrs.href, node.tag === "script" ? "js" : "css");
  }
  const total = { js: 0, css: 0 };
  for (const [path, kind] of files) total[kind] += compressed((await town.guest.get(path)).buffer);
  for (const kind of ["js", "css"]) assert.ok(total[kind] > 0 && total[kind] <= BUDGET[kind], `${total[kind]} bytes of ${kind}`);
});

// Runs in the page: what reaches over its right edge, or null.
function tooWide() {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return null;
  const wide = [...document.querySelectorAll("body *")].filter((n) => n.getBoundingClientRect().right > room + 0.5);
  return wide.slice(0, 3).map((n) => n.outerHTML.slice(0, 120)).join(" … ") || "something";
}

// Runs in the page: what a finger is to press and is smaller than 44 px either way. Links within text are excepted: those that
// are display: inline, and those in a line of small print (.meta). A box to tick counts with the label around it.
function smallControls() {
  const TAP = 44;
  const controls = [...document.querySelectorAll("a, button, summary, select, textarea, input:not([type=hidden])")];
  const small = [];
  for (const node of controls) {
    if (node.tagName === "A" && (getComputedStyle(node).display === "inline" || node.closest("p.meta"))) continue;
    const box = (/^(checkbox|radio)$/.test(node.type) && node.closest("label")) || node;
    const { width, height, right, bottom } = box.getBoundingClientRect();
    // Not drawn, for readers only, or waiting outside of the window for the keyboard.
    if (!node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || width <= 1 || height <= 1 || right <= 0 || bottom <= 0) continue;
    if (width < TAP - 0.5 || height < TAP - 0.5) small.push(`${Math.round(width)}×${Math.round(height)} ${node.outerHTML.slice(0, 140)}`);
  }
  return small;
}

test("what a finger presses is large enough", async () => {
  const window = await openWindow(browser, town.server.url, { width: 390, height: 844 });
  const wrong = [];
  try {
    for (const stop of town.stops) {
      await window.context.clearCookies();
      await window.context.addCookies(cookiesOf(clientOf(stop.as)));
      await window.page.goto(stop.path);
      // Menus are closed at first; what they hold is pressed as well, one menu at a time.
      for (const small of await window.page.evaluate(smallControls)) wrong.push(`${stop.path}: ${small}`);
      const menus = await window.page.locator("details:visible").count();
      for (let i = 0; i < Math.min(menus, 3); i++) {
        await window.page.evaluate((n) => document.querySelectorAll("details").forEach((d, at) => (d.open = at === n)), i);
        for (const small of await window.page.evaluate(smallControls)) wrong.push(`${stop.path}, an open menu: ${small}`);
      }
    }
    assert.deepEqual([...new Set(wrong)], []);
  } finally {
    await window.close();
  }
});

test("nothing is wider than a small phone, and axe finds nothing", async () => {
  const window = await openWindow(browser, town.server.url, { width: 390, height: 844 });
  const axe = await Axe.open(browser, town.server.url);
  const wrong = [];
  try {
    for (const [i, stop] of town.stops.entries()) {
      // Half of the pages in each language and theme: every frame and every piece is seen in both.
      const lang = i % 2 ? "ru" : "en";
      const theme = i % 4 < 2 ? "light" : "dark";
      await window.context.clearCookies();
      await window.context.addCookies([...cookiesOf(clientOf(stop.as)), { name: "veche_lang", value: lang, url: town.server.url }]);
      await window.page.emulateMedia({ colorScheme: theme });
      for (const width of [390, 320]) {
        await window.page.setViewportSize({ width, height: 844 });
        if (width === 390) await window.page.goto(stop.path);
        const over = await window.page.evaluate(tooWide);
        if (over) wrong.push(`${stop.path} (${lang}) at ${width}: ${over}`);
      }
      const html = await window.page.content();
      // On a desk with the colours turned: so each page is looked at in both themes.
      const looks = [{ width: 390, height: 844, theme }, { width: 1280, height: 900, theme: theme === "light" ? "dark" : "light" }];
      for (const look of looks) for (const found of await axe.look(window.page.url(), html, look)) wrong.push(`${stop.path} (${lang}, ${look.theme}, ${look.width}): ${found}`);
    }
    assert.deepEqual(wrong, []);
    assertQuiet(window);
  } finally {
    await axe.close();
    await window.close();
  }
});

test("the set-up page, empty and refused, is as good as the others", async () => {
  const fresh = await start();
  const axe = await Axe.open(browser, fresh.url);
  const wrong = [];
  try {
    for (const lang of ["en", "ru"]) {
      const window = await openWindow(browser, fresh.url, { lang, width: 390, height: 844 });
      const look = async (what) => {
        for (const width of [390, 320]) {
          await window.page.setViewportSize({ width, height: 844 });
          const over = await window.page.evaluate(tooWide);
          if (over) wrong.push(`${what} (${lang}) at ${width}: ${over}`);
        }
        await window.page.setViewportSize({ width: 390, height: 844 });
        for (const small of await window.page.evaluate(smallControls)) wrong.push(`${what} (${lang}): ${small}`);
        const html = await window.page.content();
        assert.ok(compressed(Buffer.from(html)) <= BUDGET.html);
        for (const [width, theme] of [[390, "light"], [1280, "dark"]]) for (const found of await axe.look(window.page.url(), html, { width, theme })) wrong.push(`${what} (${lang}, ${theme}): ${found}`);
      };
      await window.page.goto(new URL(fresh.setupUrl).pathname);
      await look("set-up");
      await window.page.locator("main form").evaluate((form) => (form.noValidate = true));
      await window.page.locator("input[name=site]").fill("");
      await window.page.locator("input[name=origin]").fill("nowhere");
      const loaded = window.page.waitForEvent("load");
      await window.page.locator("main form button[type=submit]").click();
      await loaded;
      assert.ok((await window.page.locator(".err").count()) >= 5, "a sentence for each field");
      await look("set-up, refused");
      assertQuiet(window);
      await window.close();
    }
    assert.deepEqual(wrong, []);
  } finally {
    await axe.close();
    await fresh.stop();
  }
});
