// SPDX-License-Identifier: AGPL-3.0-or-later
// A second factor as people come by one, with scripts and without, in English and in Russian: an app that counts codes, recovery codes,
// a passkey in Chromium's own virtual device. On every page: nothing that axe finds, no word in the console, no other language.
// engines: sqlite
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { assertQuiet, Axe, launch, openWindow, WALKERS } from "../support/browser.mjs";
import { join, PASSWORD, setupServer } from "../support/people.mjs";
import { codeOf } from "../support/second.mjs";
import { start, write } from "../support/server.mjs";
import { foreign, words } from "../support/words.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

for (const { lang, js } of WALKERS) describe(`${lang}, scripts ${js ? "on" : "off"}`, () => journey(lang, js));

function journey(lang, js) {
  const t = words(lang);
  const seen = new Set();
  let server, axe, window, page, secret, codes, olga;

  before(async () => {
    server = await start();
    const origin = server.url.replace("127.0.0.1", "localhost"); // browsers keep passkeys for names only
    await setupServer(server, { origin });
    olga = await join(server, "olga");
    axe = await Axe.open(browser, origin);
    window = await openWindow(browser, origin, { lang, js, width: 390, height: 844 });
    page = window.page;
  });
  after(async () => {
    await axe?.close();
    await window?.close();
    await server?.stop();
  });

  /** Each page once: axe takes its time. */
  async function audit() {
    const where = `at ${page.url()}`;
    const html = await page.content();
    if (seen.has(html.replace(/value="[^"]*"|data-\w+="[^"]*"/g, ""))) return assertQuiet(window, where);
    seen.add(html.replace(/value="[^"]*"|data-\w+="[^"]*"/g, ""));
    assert.deepEqual(await axe.look(page.url(), html, { width: 390, height: 844, theme: js ? "light" : "dark" }), [], `axe, ${where}`);
    assert.deepEqual(foreign(await page.locator("body").innerText(), lang), [], `the other language, ${where}`);
    assertQuiet(window, where);
  }

  async function open(path) {
    assert.equal((await page.goto(path)).status(), 200, path);
    await audit();
  }

  async function press(key, expected) {
    const loaded = page.waitForEvent("load");
    await page.locator("main").getByRole("button", { name: t(key), exact: true }).first().click();
    await loaded;
    assert.match(new URL(page.url()).pathname, expected);
    await audit();
  }

  async function logOut() {
    await page.goto("/settings");
    await press("common.log_out", /^\/login$/);
  }

  async function password(expected) {
    await page.locator("input[name=name]").fill("olga");
    await page.locator("input[name=password]").fill(PASSWORD);
    await press("common.log_in", expected);
  }

  // A code of this half-minute may be asked for twice in one test: behind the server's back it was not used.
  const forget = () => write(server, `UPDATE second_factor SET last_step = 1 WHERE member = ${olga.num}`);

  test("the app is shown a picture or a key, and switched on with a code", async () => {
    await open("/login");
    await password(/^\/feed$/);
    await open("/settings/second");
    await page.getByRole("link", { name: t("second.app_title") }).click();
    await page.waitForURL(/\/settings\/second\/app$/);
    await audit();
    const plate = page.getByRole("img", { name: t("second.qr") });
    const box = await plate.boundingBox();
    assert.ok(box.width >= 180 && Math.abs(box.width - box.height) < 1, JSON.stringify(box));
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const colours = await plate.evaluate((n) => [getComputedStyle(n).backgroundColor, getComputedStyle(n.querySelector("path")).fill]).catch(() => null);
      if (js) assert.deepEqual(colours, ["rgb(255, 255, 255)", "rgb(0, 0, 0)"], colorScheme);
    }
    await page.emulateMedia({ colorScheme: "light" });
    secret = (await page.locator("#secret").innerText()).replace(/\s/g, "");
    assert.match(secret, /^[A-Z2-7]{32}$/);
    await page.locator("input[name=code]").fill("12345");
    await press("second.app_go", /^\/settings\/second\/app$/);
    assert.equal((await page.locator("#secret").innerText()).replace(/\s/g, ""), secret, "the same key");
    await page.locator("input[name=code]").fill(codeOf(secret));
    await press("second.app_go", /^\/settings\/second\/app$/);
    codes = await page.locator("ol.codes li").allInnerTexts();
    assert.equal(codes.length, 10);
    await page.emulateMedia({ media: "print" });
    assert.ok(await page.locator("ol.codes").isVisible(), "on paper too");
    await page.emulateMedia({ media: "screen" });
    await open("/settings/second/app");
    await open("/settings/second/codes");
  });

  test("at the next log-in a code is asked for", async () => {
    forget();
    await logOut();
    await password(/^\/login\/code$/);
    await page.locator("input[name=code]").fill("12345");
    await press("common.log_in", /^\/login\/code$/);
    assert.equal(await page.locator("input[name=code]").inputValue(), "12345", "what was typed stays");
    assert.match(await page.locator("#f-code-err").innerText(), new RegExp(t("second.wrong").slice(0, 12)));
    await page.locator("input[name=code]").fill(codeOf(secret));
    await press("common.log_in", /^\/feed$/);
  });

  test("a recovery code does as well, and the next page says that it is used up", async () => {
    await logOut();
    await password(/^\/login\/code$/);
    await page.locator("input[name=code]").fill(codes[2].toLowerCase().replaceAll("-", " "));
    await press("common.log_in", /^\/feed$/);
    assert.match(await page.getByRole("status").innerText(), new RegExp(t("second.recovery_used").slice(0, 20)));
    await open("/settings/second");
  });

  if (js)
    test("a passkey is added, logs in by itself, and does instead of a code", async () => {
      const cdp = await window.context.newCDPSession(page);
      await cdp.send("WebAuthn.enable");
      const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
      await cdp.send("WebAuthn.addVirtualAuthenticator", { options });
      await open("/settings/second/passkeys");
      await open("/settings/second/passkeys/new");
      await page.locator("input[name=title]").fill("Virtual");
      await press("second.passkey_make", /^\/settings\/second\/passkeys$/);
      assert.match(await page.locator("main").innerText(), /Virtual/);
      await logOut();
      await press("second.passkey_log_in", /^\/feed$/);
      await logOut();
      await password(/^\/login\/code$/);
      await press("second.passkey_log_in", /^\/feed$/);
      await open("/settings/second/passkeys");
      await page.locator("input[name=ordinal]").check();
      await press("second.passkey_remove", /^\/settings\/second\/passkeys$/);
      assert.ok(!/Virtual/.test(await page.locator("main").innerText()));
      // The device still has it; the server says so, and the page that one gets leads on.
      await logOut();
      const answered = page.waitForResponse((r) => r.url().endsWith("/login/passkey"));
      await page.getByRole("button", { name: t("second.passkey_log_in"), exact: true }).click();
      assert.equal((await answered).status(), 422);
      await page.waitForLoadState("load");
      assert.match(await page.locator("main").innerText(), new RegExp(t("second.passkey_unknown").slice(0, 20)));
      await page.goto("/login");
      await password(/^\/login\/code$/);
      await page.locator("input[name=code]").fill(codes[5]);
      await press("common.log_in", /^\/feed$/);
    });
  else
    test("without scripts the page of passkeys says what they need, and offers the codes", async () => {
      await open("/settings/second/passkeys/new");
      assert.match(await page.locator("main").innerText(), new RegExp(t("second.passkey_script").slice(0, 20)));
      assert.equal(await page.locator("form[data-passkey]").isVisible(), false);
    });

  test("it is switched off with the password and a code", async () => {
    await open("/settings/second/app");
    await page.locator("input[name=password]").fill(PASSWORD);
    await page.locator("input[name=code]").fill(codes[7]);
    await press("second.off_go", /^\/settings\/second$/);
    await logOut();
    await password(/^\/feed$/);
    assertQuiet(window, "on the whole way");
  });
}
