// SPDX-License-Identifier: AGPL-3.0-or-later
// Pictures as people send and look at them, in Chromium, with scripts and without, in English and in Russian.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as at } from "node:path";
import { after, before, describe, test } from "node:test";

import { launch, WALKERS } from "../support/browser.mjs";
import { befriend, join, PICTURE, setupServer } from "../support/people.mjs";
import { ROOT, start } from "../support/server.mjs";
import { walk } from "../support/walk.mjs";

const LARGE = at(ROOT, "node_modules/exif/test/sony-alpha-6000.jpg"); // 24 megapixels
const WORDS = { en: { text: "From the ferry", alt: "A river in the evening" }, ru: { text: "С переправы", alt: "Река вечером" } };

let browser, server, folder, files;
const people = {};
before(async () => {
  [browser, server] = await Promise.all([launch(), start()]);
  await setupServer(server);
  for (const name of ["olga", "ivan"]) people[name] = await join(server, name);
  await befriend(people.olga, people.ivan);
  folder = mkdtempSync(at(tmpdir(), "veche-photos-"));
  files = ["one.jpg", "two.jpg", "damaged.jpg"].map((name) => at(folder, name));
  for (const file of files) writeFileSync(file, file.endsWith("damaged.jpg") ? PICTURE.subarray(0, PICTURE.length >> 1) : PICTURE);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true });
});

for (const { lang, js } of WALKERS) describe(`${lang}, scripts ${js ? "on" : "off"}`, () => journey(lang, js));

function journey(lang, js) {
  const { windows, t, begin, end, audit, open, step, press, follow, field } = walk(lang, js);
  const told = WORDS[lang];

  before(() => begin(browser, server, people));
  after(end);

  // ---- steps ----

  /** The composer, open, with these files and words in it. */
  async function compose(page, chosen, text) {
    await page.locator("#text").fill(text);
    if ((await page.locator("details.photo-fields").getAttribute("open")) === null) await page.locator("details.photo-fields > summary").click();
    await page.locator("#photo").setInputFiles(chosen);
  }

  const post = (page, text) => page.locator("article.post").filter({ has: page.getByText(text, { exact: true }) }).first();

  /** All pictures in there have come and have pixels. */
  async function come(place) {
    for (const img of await place.locator("img").all()) {
      await img.scrollIntoViewIfNeeded();
      await img.evaluate((i) => i.decode());
      assert.ok((await img.evaluate((i) => i.naturalWidth)) > 0, await img.getAttribute("src"));
    }
  }

  // ---- the journey ----

  test("one chooses pictures, sees them, says what they show, and publishes them", async () => {
    const page = await open("olga", people.olga.wall);
    await compose(page, files.slice(0, 2), told.text);
    await field(page, "photo.alt").fill(told.alt);
    if (js) {
      assert.equal(await page.locator(".previews img").count(), 2);
      await come(page.locator(".previews"));
      await audit("olga");
    }
    await press("olga", "wall.publish", /^\/wall\d+$/);
    await come(post(page, told.text).locator(".photos"));
    assert.equal(await post(page, told.text).getByRole("img", { name: told.alt }).count(), 1);
  });

  test("friends look at them one by one, and find back to the post", async () => {
    const page = await open("ivan", "/feed");
    await come(post(page, told.text).locator(".photos"));
    await step("ivan", () => post(page, told.text).locator("a.photo").first().click(), /^\/photo\d+_\d+$/);
    await come(page.locator(".stage"));
    assert.match(await page.locator(".viewer").innerText(), new RegExp(told.alt));
    const first = page.url();
    if (js) await step("ivan", () => page.keyboard.press("ArrowRight"), /^\/photo/);
    else await step("ivan", () => page.getByRole("link", { name: t("photo.after") }).click(), /^\/photo/);
    assert.notEqual(page.url(), first);
    assert.equal(await page.getByRole("link", { name: t("photo.after") }).count(), 0, "this was the last one");
    await step("ivan", () => page.locator(".strip a").first().click(), /^\/photo/);
    assert.equal(page.url(), first);
    await follow("ivan", "photo.to_post", /^\/wall\d+_\d+$/);
    assert.equal(await post(page, told.text).locator("a.photo").count(), 2);
  });

  test("a damaged picture is refused with a sentence, and what was typed is there", async () => {
    const page = await open("olga", people.olga.wall);
    await compose(page, files[2], `${told.text} 2`);
    if (js) {
      await page.getByRole("button", { name: t("wall.publish"), exact: true }).click();
      await page.locator("#photo-err").waitFor();
      await audit("olga");
      assert.equal(await page.locator("#photo").evaluate((i) => i.files.length), 1, "the file is still chosen");
    } else await step("olga", () => page.getByRole("button", { name: t("wall.publish"), exact: true }).click());
    assert.match(await page.locator("#photo-err").innerText(), new RegExp(t("photo.broken").slice(0, 20)));
    assert.equal(await page.locator("#text").inputValue(), `${told.text} 2`);
    await page.locator("#photo").setInputFiles(files[0]);
    await press("olga", "wall.publish", /^\/wall\d+$/);
    await come(post(page, `${told.text} 2`).locator(".photos"));
  });

  test("a content warning covers the pictures until it is opened", async () => {
    const page = await open("olga", people.olga.wall);
    await compose(page, files[0], `${told.text} 3`);
    await page.getByText(t("wall.warning"), { exact: true }).click();
    await field(page, "wall.warning_of").fill("?!");
    await press("olga", "wall.publish", /^\/wall\d+$/);
    const covered = page.locator("article.post").filter({ has: page.locator("details.warned") }).first();
    assert.equal(await covered.locator(".photos").isVisible(), false);
    await covered.locator("summary").filter({ hasText: "?!" }).click();
    assert.equal(await covered.locator(".photos").isVisible(), true);
  });

  test("what is passed on comes with its pictures", async () => {
    const page = await open("ivan", "/feed");
    const [href] = await Promise.all([post(page, told.text).locator('a[href$="/repost"]').getAttribute("href")]);
    await open("ivan", href);
    await press("ivan", "wall.repost", /^\/wall\d+_\d+$/);
    await come(page.locator(".re .photos"));
  });

  if (js) {
    test("one sees how much has gone, can stop it, and nothing is lost", async () => {
      const page = await open("olga", people.olga.wall);
      const line = await page.context().newCDPSession(page);
      await line.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 400_000 });
      await compose(page, LARGE, `${told.text} 4`);
      await page.getByRole("button", { name: t("wall.publish"), exact: true }).click();
      await page.waitForFunction(() => document.querySelector(".uploading progress")?.value > 5);
      await audit("olga");
      await page.getByRole("button", { name: t("photo.stop") }).click();
      await page.locator(".uploading").waitFor({ state: "hidden" });
      assert.equal(await page.locator("#text").inputValue(), `${told.text} 4`);
      await line.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
      await press("olga", "wall.publish", /^\/wall\d+$/);
      await come(post(page, `${told.text} 4`).locator(".photos"));
    });

    test("too many are refused before they are sent", async () => {
      const page = await open("olga", people.olga.wall);
      await compose(page, Array(11).fill(files[0]).map((file, i) => ({ name: `${i}.jpg`, mimeType: "image/jpeg", buffer: readFileSync(file) })), told.text);
      assert.match(await page.locator("#photo").evaluate((i) => i.validationMessage), /10/);
      await page.getByRole("button", { name: t("wall.publish"), exact: true }).click();
      assert.equal(new URL(page.url()).pathname, people.olga.wall);
      assert.equal(await page.locator("form.composer[data-busy]").count(), 0, "it is not on its way");
      assert.equal(windows.olga.wrong.length, 0);
    });
  }
}
