// SPDX-License-Identifier: AGPL-3.0-or-later
// What every page may cost and must be: light enough for a slow line, narrow enough for a small phone, and open to everybody.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { brotliCompressSync } from "node:zlib";

import { assertQuiet, Axe, cookiesOf, launch, openWindow } from "../support/browser.mjs";
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

const clientOf = (as) => (as === "guest" ? town.guest : as === "owner" ? town.who.owner.client : town.who.en.client);

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
        const over = await window.page.evaluate(() => {
          const room = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= room) return null;
          const wide = [...document.querySelectorAll("body *")].filter((n) => n.getBoundingClientRect().right > room + 0.5);
          return wide.slice(0, 3).map((n) => n.outerHTML.slice(0, 120)).join(" … ") || "something";
        });
        if (over) wrong.push(`${stop.path} (${lang}) at ${width}: ${over}`);
      }
      for (const found of await axe.look(window.page.url(), await window.page.content(), { width: 390, height: 844, theme })) wrong.push(`${stop.path} (${lang}, ${theme}): ${found}`);
    }
    assert.deepEqual(wrong, []);
    assertQuiet(window);
  } finally {
    await axe.close();
    await window.close();
  }
});
