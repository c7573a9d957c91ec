// SPDX-License-Identifier: AGPL-3.0-or-later
// Chromium for tests: one process, contexts that write down whatever must not happen, and axe beside them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { chromium } from "playwright-core";

const PATH = process.env.VECHE_CHROMIUM ?? "/usr/bin/chromium";
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Who walks: both languages, with scripts and without. A page does not know its database, so on PostgreSQL one of the four does. */
export const WALKERS = [
  { lang: "en", js: true },
  ...(process.env.VECHE_ENGINE === "postgres" ? [] : [{ lang: "ru", js: false }, { lang: "en", js: false }, { lang: "ru", js: true }]),
];

export function launch() {
  return chromium.launch({ executablePath: PATH, headless: true, args: ARGS });
}

/** A window of somebody's: .page, and .wrong, a list of everything that must not happen. */
export async function openWindow(browser, base, { lang = "en", js = true, width = 1280, height = 900, theme = "light", cookies = null } = {}) {
  const context = await browser.newContext({
    baseURL: base,
    locale: lang === "ru" ? "ru-RU" : "en-GB",
    timezoneId: "UTC",
    javaScriptEnabled: js,
    colorScheme: theme,
    viewport: { width, height },
  });
  context.setDefaultTimeout(30_000);
  if (cookies) await context.addCookies(cookies);
  const wrong = [];
  const origin = new URL(base).origin;
  if (js)
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
    });
  context.on("request", (r) => {
    if (new URL(r.url()).origin !== origin && !r.url().startsWith("data:")) wrong.push(`a request to another party: ${r.url()}`);
  });
  context.on("requestfailed", (r) => {
    // A page that is left takes its unfinished requests with it.
    if (r.failure()?.errorText !== "net::ERR_ABORTED") wrong.push(`a request that failed: ${r.url()} ${r.failure()?.errorText}`);
  });
  context.on("response", (r) => {
    if (r.status() >= 500) wrong.push(`status ${r.status()} for ${r.url()}`);
    if (r.status() >= 400 && new URL(r.url()).pathname.startsWith("/static/")) wrong.push(`status ${r.status()} for ${r.url()}`);
  });
  context.on("console", (m) => {
    // Chromium's own remark about a page that was answered with an error status: the test looks at that status itself.
    if (/^Failed to load resource: the server responded with a status of 4\d\d/.test(m.text())) return;
    if (["error", "warning"].includes(m.type())) wrong.push(`console ${m.type()}: ${m.text()}`);
  });
  const page = await context.newPage();
  page.on("pageerror", (e) => wrong.push(`an exception: ${e}`));
  page.on("dialog", (d) => {
    wrong.push(`a dialog: ${d.message()}`);
    d.dismiss();
  });
  return { context, page, wrong, lang, js, close: () => context.close() };
}

/** Cookies of an HTTP client (client.mjs) for a window. */
export function cookiesOf(client) {
  return [...client.jar].map(([name, value]) => ({ name, value, url: client.base.href }));
}

/** What axe found on which page, in this process. */
const looked = new Map();

/** Looks at pages with axe, in a context of its own: axe needs scripts and no CSP, which the windows under test must not have. */
export class Axe {
  static async open(browser, base) {
    const axe = new Axe();
    axe.context = await browser.newContext({ baseURL: base, bypassCSP: true, timezoneId: "UTC" });
    axe.page = await axe.context.newPage();
    await axe.page.route("**/*", (route) => (axe.html !== null && route.request().isNavigationRequest() ? route.fulfill({ body: axe.html, contentType: "text/html; charset=utf-8" }) : route.continue()));
    axe.html = null;
    return axe;
  }

  /** What axe finds on a page that stands at this address with this HTML: lines, none when all is well. A page that differs only
   *  in its tokens and numbers from one that was looked at has been looked at. */
  async look(url, html, { width = 1280, height = 900, theme = "light" } = {}) {
    const seen = `${width}x${height} ${theme} ${html.replace(/value="[\w-]{16,}"/g, "value").replace(/\d+/g, "0")}`;
    if (!looked.has(seen)) looked.set(seen, await this.lookClosely(url, html, width, height, theme));
    return looked.get(seen);
  }

  async lookClosely(url, html, width, height, theme) {
    this.html = html;
    await this.page.setViewportSize({ width, height });
    await this.page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await this.page.goto(url, { waitUntil: "load" });
    await this.page.evaluate(axeSource);
    const result = await this.page.evaluate(() => window.axe.run(document, { rules: { "target-size": { enabled: true } }, resultTypes: ["violations"] }));
    return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${v.help} — ${n.html.slice(0, 200)} — ${(n.failureSummary ?? "").replace(/\s+/g, " ").slice(0, 240)}`));
  }

  close() {
    return this.context.close();
  }
}

/** Nothing may have happened in the window that must not. */
export function assertQuiet(window, why) {
  assert.deepEqual(window.wrong, [], why);
}
