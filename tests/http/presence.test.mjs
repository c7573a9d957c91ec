// SPDX-License-Identifier: AGPL-3.0-or-later
// Who is seen to be here: on pages, in lists, in counts; what is stored of it; what a restart leaves.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { Client } from "../support/client.mjs";
import { befriend, expect, join, LEVELS, setupServer } from "../support/people.mjs";
import { column, start } from "../support/server.mjs";

const HOUR = 3_600_000;

let server, house, anna, boris, vera, guest;

before(async () => {
  server = await start();
  house = await setupServer(server);
  anna = await join(server, "anna", { gender: 1 });
  boris = await join(server, "boris", { gender: 2 });
  vera = await join(server, "vera");
  await befriend(anna, boris);
  guest = new Client(server.url);
});
after(() => server?.stop());

/** The line under the name on somebody's page; "" when nothing is said. */
async function lineOf(viewer, person) {
  const page = expect(await viewer.get(person.path), 200);
  return page.doc.one("div.ident").all("p.meta").map((p) => p.text.trim()).find((t) => /online|seen|сети/.test(t)) ?? "";
}

/** Is there a dot on the avatar in this person's row, and does a word say the same? */
async function dotOf(viewer, path, person) {
  const page = expect(await viewer.get(path), 200);
  const row = page.doc.all("li.row").find((r) => r.all("a").some((a) => a.attrs.href === person.path));
  assert.ok(row, `${path} does not list ${person.name}`);
  const dot = row.all("span").some((s) => (s.attrs.class ?? "").split(/\s+/).includes("av-on"));
  assert.equal(row.text.includes(", online now"), dot, "the dot is said in words");
  return dot;
}

async function onlineOf(viewer) {
  const page = expect(await viewer.get("/friends?tab=online"), 200);
  const chip = page.doc.all("a.chip").find((a) => a.attrs.href === "/friends?tab=online");
  const rows = page.doc.all("li.row").filter((r) => r.all("a.who").length);
  const count = Number(chip.all("span.num")[0]?.text ?? 0);
  assert.equal(count, rows.length, "the count says how many are listed");
  return rows.map((r) => r.all("a.who")[0].attrs.href.slice(1));
}

/** The hour is stored behind the answer. */
async function storedHour(person) {
  for (let i = 0; i < 100; i++) {
    const [hour] = await column(server, `SELECT hour FROM presence WHERE member = ${person.num}`);
    if (hour) return Number(hour);
    await pause(20);
  }
  return 0;
}

test("friends see each other online, on the page, in the list and in the count; strangers and guests do not", async () => {
  assert.equal(await lineOf(anna, boris), "online now");
  assert.equal(await lineOf(boris, anna), "online now");
  assert.ok(await dotOf(anna, "/friends", boris));
  assert.ok(await dotOf(anna, "/people", boris));
  assert.deepEqual(await onlineOf(anna), ["boris"]);
  assert.equal(await lineOf(vera, boris), "");
  assert.equal(await lineOf(guest, boris), "");
  assert.ok(!(await dotOf(vera, "/people", boris)));
  assert.ok(!(await dotOf(guest, "/people", boris)));
  assert.ok(!(await dotOf(vera, `/friends/of/${anna.num}`, boris)));
  assert.deepEqual(await onlineOf(vera), []);
});

test("whoever shows it to everyone is seen by guests as well", async () => {
  await boris.privacy({ presence: LEVELS.everyone });
  assert.equal(await lineOf(guest, boris), "online now");
  assert.ok(await dotOf(guest, "/people", boris));
  // Vera shows hers to friends only, so she does not see his.
  assert.equal(await lineOf(vera, boris), "");
  await vera.privacy({ presence: LEVELS.members });
  assert.equal(await lineOf(vera, boris), "online now");
  assert.equal(await lineOf(boris, vera), "online now");
});

test("hiding holds both ways, everywhere, from the next click on, and leaves nothing stored", async () => {
  assert.ok(await storedHour(anna));
  await anna.privacy({ presence: LEVELS.nobody });
  assert.equal(await lineOf(boris, anna), "");
  assert.equal(await lineOf(anna, boris), "");
  assert.ok(!(await dotOf(boris, "/friends", anna)));
  assert.ok(!(await dotOf(anna, "/friends", boris)));
  assert.deepEqual(await onlineOf(boris), []);
  assert.deepEqual(await onlineOf(anna), []);
  assert.deepEqual(await column(server, `SELECT hour FROM presence WHERE member = ${anna.num}`), []);
  await anna.privacy({ presence: LEVELS.friends });
  assert.deepEqual(await onlineOf(anna), ["boris"]);
});

test("the form says that hiding works both ways", async () => {
  const page = expect(await anna.get("/settings/privacy"), 200);
  const select = page.doc.one("select[name=level_7]");
  assert.match(page.doc.one(`#${select.attrs["aria-describedby"]}`).text, /both ways/);
});

test("a block hides both, and a suspension hides from staff too", async () => {
  const dina = await join(server, "dina");
  await dina.privacy({ presence: LEVELS.everyone });
  await house.privacy({ presence: LEVELS.everyone });
  assert.equal(await lineOf(house, dina), "online now");
  assert.equal(await lineOf(vera, dina), "online now");
  await vera.done(`/block/${dina.num}`);
  assert.equal(await lineOf(vera, dina), "");
  await house.done(`/admin/members/${dina.num}/suspend`, { reason: "spam" });
  assert.equal(await lineOf(house, dina), "");
});

test("only whole hours are stored, one for each member", async () => {
  await storedHour(boris);
  const hours = (await column(server, "SELECT hour FROM presence")).map(Number);
  assert.ok(hours.length >= 2);
  for (const hour of hours) assert.equal(hour % HOUR, 0);
  assert.equal(new Set(await column(server, "SELECT member FROM presence")).size, hours.length);
  assert.ok(!/online|presence/.test(server.log.replace(/migration presence/g, "")), "the log says nothing of it");
});

test("after a restart the hour is known and nobody is online until they come", async () => {
  assert.ok((await storedHour(boris)) && (await storedHour(anna)));
  const { data, database } = server;
  await server.kill();
  server = await start({ data, database, env: { VECHE_CLOCK_OFFSET_MS: String(2 * HOUR) } });
  for (const person of [anna, boris, vera, house]) {
    person.server = server;
    person.client.base = new URL(server.url);
  }
  const seen = await lineOf(anna, boris);
  assert.match(seen, /^last seen (today|yesterday) after \d+:00$/);
  const jar = anna.client.jar;
  jar.set("veche_lang", "ru");
  assert.match(await lineOf(anna, boris), /^был в сети (сегодня|вчера) в \d+ (час|часа|часов)$/);
  assert.match(await lineOf(boris, anna), /online/);
  assert.equal(await lineOf(anna, boris), "в сети");
});
