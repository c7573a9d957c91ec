// SPDX-License-Identifier: AGPL-3.0-or-later
// What the page's script says while somebody types.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertQuiet, cookiesOf, launch, openWindow } from "../support/browser.mjs";
import { joinAll, setupServer } from "../support/people.mjs";
import { start } from "../support/server.mjs";

let server, browser, people;
before(async () => {
  [server, browser] = await Promise.all([start(), launch()]);
  await setupServer(server);
  people = await joinAll(server, ["anna", "ivan"]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("how many characters are left is said only when few are", async () => {
  const window = await openWindow(browser, server.url);
  try {
    await window.context.addCookies(cookiesOf(people.anna.client));
    // [page, field, how long it may be, from how many on it is said]
    for (const [path, most, few] of [[`/friends/${people.ivan.num}/ask`, 200, 40], [people.anna.wall, 10_000, 200]]) {
      await window.page.goto(path);
      const field = window.page.locator("textarea[data-max]");
      await field.evaluate((area) => area.removeAttribute("maxlength"));
      const left = () => window.page.locator(".count").innerText();
      assert.equal(await left(), "", `${path}, empty`);
      for (const [length, said] of [[1, ""], [most - few - 1, ""], [most - few, String(few)], [most, "0"], [most + 3, "-3"]]) {
        await field.fill("ж".repeat(length));
        assert.equal(await left(), said, `${path}, ${length} characters`);
      }
    }
    assertQuiet(window);
  } finally {
    await window.close();
  }
});
