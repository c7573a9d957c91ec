// SPDX-License-Identifier: AGPL-3.0-or-later
// A walk through pages as several people, in one language, with scripts or without. Every page on the way is looked at: by axe, for
// words of the other language, for refused scripts and failed requests.
import assert from "node:assert/strict";

import { assertQuiet, Axe, cookiesOf, openWindow } from "./browser.mjs";
import { foreign, words } from "./words.mjs";

/** {windows, t, begin, end, audit, open, step, press, follow, field, main}; begin before the first page, end after the last. */
export function walk(lang, js) {
  const t = words(lang);
  const windows = {};
  let axe;

  /** A window for each of the people, {name: Person, or null for somebody who has still to log in}, and one for a guest. */
  async function begin(browser, server, people) {
    axe = await Axe.open(browser, server.url);
    for (const who of [...Object.keys(people), "guest"]) {
      const cookies = people[who] ? cookiesOf(people[who].client).filter((c) => !/toast|lang/.test(c.name)) : null;
      windows[who] = await openWindow(browser, server.url, { lang, js, cookies });
    }
  }

  async function end() {
    await axe?.close();
    for (const w of Object.values(windows)) await w.close();
  }

  async function audit(who) {
    const { page } = windows[who];
    const where = `${who} at ${page.url()}`;
    assert.deepEqual(await axe.look(page.url(), await page.content()), [], `axe, ${where}`);
    assert.equal(await page.locator("html").getAttribute("lang"), lang, where);
    assert.notEqual(await page.title(), "", where);
    assert.deepEqual(foreign(await page.locator("body").innerText(), lang), [], `the other language, ${where}`);
    assertQuiet(windows[who], where);
  }

  async function open(who, path, status = 200) {
    const answer = await windows[who].page.goto(path);
    // An address that differs behind the # alone is no new page.
    if (answer) assert.equal(answer.status(), status, `${who} opens ${path}`);
    await audit(who);
    return windows[who].page;
  }

  /** Something that leads to another page. */
  async function step(who, act, expected = null) {
    const { page } = windows[who];
    const loaded = page.waitForEvent("load");
    await act(page);
    await loaded;
    if (expected) assert.match(new URL(page.url()).pathname + new URL(page.url()).search, expected, `${who} is led on`);
    await audit(who);
    return page;
  }

  const press = (who, key, expected, within = "main") => step(who, (page) => page.locator(within).getByRole("button", { name: t(key), exact: true }).first().click(), expected);
  const follow = (who, key, expected) => step(who, (page) => page.locator("main").getByRole("link", { name: t(key) }).first().click(), expected);
  const field = (page, key) => page.getByLabel(t(key), { exact: true });
  const main = (who) => windows[who].page.locator("main").innerText();
  return { windows, t, begin, end, audit, open, step, press, follow, field, main };
}
