// SPDX-License-Identifier: AGPL-3.0-or-later
// Limits as strangers meet them: what they can invent does not widen them, and what strangers use up is not the members' own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Client, closeConnections } from "../support/client.mjs";
import { expect, join, PASSWORD, setupServer } from "../support/people.mjs";
import { start } from "../support/server.mjs";

let server, anna;

before(async () => {
  server = await start({ limits: true });
  await setupServer(server);
  anna = await join(server, "anna");
});
after(async () => {
  closeConnections();
  await server.stop();
});

test("guests who invent a cookie for each search are counted by their address", async () => {
  const statuses = [];
  for (let i = 0; i < 70; i++) {
    const answer = await new Client(server.url).get("/people?q=anna", { headers: { cookie: `veche_guest=invented${i}` } });
    statuses.push(answer.status);
    if (answer.status === 429) assert.ok(Number(answer.headers["retry-after"]) >= 1, String(answer));
  }
  assert.ok(statuses.includes(429) && statuses.indexOf(429) >= 60, statuses.join(" "));
  expect(await anna.get("/people?q=anna"), 200, "members have an allowance of their own:");
  expect(await new Client(server.url).get("/people"), 200, "without a query nothing is counted:");
});

/** A password that no hash is computed for: a guess all the same. */
const GUESS = "x".repeat(2000);

/** Guesses at a name from one address, until it is told to wait or has guessed so often. */
async function guess(name, address, times) {
  const stranger = new Client(server.url, {}, address);
  const once = await stranger.once();
  let last;
  for (let i = 0; i < times; i++) {
    last = await stranger.post("/login", { once, name, password: GUESS });
    if (last.status === 429) break;
  }
  return last;
}

test("whoever guesses at a name is told to wait, and nobody at another address is", async () => {
  await join(server, "boris");
  expect(await guess("boris", "127.0.0.2", 15), 429);
  const elsewhere = new Client(server.url, {}, "127.0.0.3");
  expect(await elsewhere.submit("/login", "/login", { name: "boris", password: PASSWORD }), 303);
});

test("guesses from everywhere at once do not keep out who has logged in there before", async () => {
  const vera = await join(server, "vera");
  expect(await vera.done("/logout"), 303);
  let last;
  for (let i = 0; i < 15 && last?.status !== 429; i++) last = await guess("Vera", `127.0.1.${i + 1}`, 9);
  expect(last, 429, "a hundred an hour:");
  assert.match(last.body, /guessed at this password too often/);
  const strange = await new Client(server.url, {}, "127.0.0.4").submit("/login", "/login", { name: "vera", password: PASSWORD });
  expect(strange, 429, "who was never here waits:");
  expect(await vera.client.submit("/login", "/login", { name: "vera", password: PASSWORD }), 303, "who was here enters:");
  const foreign = anna.client.clone();
  foreign.jar.delete("veche_sid");
  expect(await foreign.submit("/login", "/login", { name: "vera", password: PASSWORD }), 429, "another member's device is a stranger's:");
});

test("a known device has guesses of its own, not as many as it likes", async () => {
  const dina = await join(server, "dina");
  await dina.done("/logout");
  dina.client.address = "127.0.0.5";
  const once = await dina.client.once();
  let last;
  for (let i = 0; i < 15 && last?.status !== 429; i++) last = await dina.client.post("/login", { once, name: "dina", password: GUESS });
  expect(last, 429);
});
