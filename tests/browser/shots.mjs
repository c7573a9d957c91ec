// SPDX-License-Identifier: AGPL-3.0-or-later
// Every page of the demo town as a picture: in both languages, light and dark, on a phone and on a desk. ./test --shots
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { cookiesOf, launch, openWindow } from "../support/browser.mjs";
import { ROOT, start } from "../support/server.mjs";
import { openTown } from "../support/tour.mjs";

const FOLDER = join(ROOT, "build/shots");
const LOOKS = ["en", "ru"].flatMap((lang) => ["light", "dark"].flatMap((theme) => [390, 1280].map((width) => ({ lang, theme, width }))));

function clientOf(town, as, lang) {
  if (as === "guest" || as === "waiting") return town[as];
  return as === "owner" ? town.who.owner.client : town.who[lang].client;
}

const lowOf = (look) => (look.width < 600 ? 844 : 900);

/** As high as the page: what is fixed to the lower edge then stands at the lower edge of the picture. */
async function take(window, look, name) {
  const file = `${name}.${look.lang}.${look.theme}.${look.width}.png`;
  const high = await window.page.evaluate(() => document.documentElement.scrollHeight);
  await window.page.setViewportSize({ width: look.width, height: Math.max(lowOf(look), high) });
  await window.page.screenshot({ path: join(FOLDER, file), fullPage: true, animations: "disabled" });
  await window.page.setViewportSize({ width: look.width, height: lowOf(look) });
  return file;
}

/** The set-up page of a server that nobody owns yet: as it comes, and as it comes back. */
async function shootDoors(server, browser, look) {
  const window = await openWindow(browser, server.url, { ...look, height: lowOf(look) });
  const files = [];
  const keep = async (name) => files.push({ as: "guest", path: "/setup/{token}", name, ...look, file: await take(window, look, name) });
  try {
    await window.page.goto(new URL(server.setupUrl).pathname);
    await keep("setup");
    await window.page.locator("main form").evaluate((form) => (form.noValidate = true));
    const loaded = window.page.waitForEvent("load");
    await window.page.locator("main form button[type=submit]").click();
    await loaded;
    await keep("setup-refused");
  } finally {
    await window.close();
  }
  return files;
}

async function shoot(town, browser, look) {
  const window = await openWindow(browser, town.server.url, { ...look, height: lowOf(look) });
  const files = [];
  try {
    for (const stop of town.stops) {
      await window.context.clearCookies();
      // What belongs to the English member is looked at by them, in either language.
      await window.context.addCookies([...cookiesOf(clientOf(town, stop.as, "en")), { name: "veche_lang", value: look.lang, url: town.server.url }]);
      const answer = await window.page.goto(stop.path);
      if (stop.status !== null && answer.status() !== stop.status) throw new Error(`${stop.path} for ${stop.as}: ${answer.status()} instead of ${stop.status}`);
      files.push({ ...stop, ...look, file: await take(window, look, stop.name) });
    }
    if (window.wrong.length) throw new Error(window.wrong.join("\n"));
  } finally {
    await window.close();
  }
  return files;
}

function index(files) {
  const escape = (s) => s.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const names = [...new Set(files.map((f) => f.name))];
  const rows = names.map((name) => {
    const mine = files.filter((f) => f.name === name);
    const shots = mine.map((f) => `<a href="${f.file}"><img loading="lazy" width="${f.width < 600 ? 120 : 320}" src="${f.file}" alt="${f.lang}, ${f.theme}, ${f.width}"></a>`);
    return `<section><h2>${escape(mine[0].path)} <small>${mine[0].as}</small></h2><p>${shots.join(" ")}</p></section>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title><style>body{font:14px sans-serif}img{vertical-align:top;border:1px solid #999}</style>${rows.join("\n")}</html>\n`;
}

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const town = await openTown(200);
const fresh = await start();
const browser = await launch();
try {
  const files = [];
  for (const look of LOOKS) files.push(...(await shootDoors(fresh, browser, look)), ...(await shoot(town, browser, look)));
  writeFileSync(join(FOLDER, "index.html"), index(files));
  console.log(`${files.length} pictures of ${files.length / LOOKS.length} pages: build/shots/index.html`);
} finally {
  await browser.close();
  await fresh.stop();
  await town.stop();
}
