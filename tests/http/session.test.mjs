// SPDX-License-Identifier: AGPL-3.0-or-later
// A session ends in the middle of a request: what the act's own transaction sees is what counts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { Client, closeConnections } from "../support/client.mjs";
import { expect, join, PASSWORD, setupServer } from "../support/people.mjs";
import { start } from "../support/server.mjs";

let server, owner;

before(async () => {
  server = await start();
  owner = await setupServer(server);
});
after(async () => {
  closeConnections();
  await server.stop();
});

test("a member who is suspended while their form is worked on changes nothing", async () => {
  const anna = await join(server, "anna");
  const once = await anna.client.once();
  // Two rounds of Argon2 come before the act: time for something to happen.
  const answer = anna.client.post("/settings/password", { once, password: PASSWORD, fresh: "quite another password" });
  await pause(30);
  expect(await owner.act(`/admin/members/${anna.num}/suspend`, { reason: "spam" }), 303);
  assert.equal((await answer).status, 401);
  expect(await owner.act(`/admin/members/${anna.num}/restore`, { reason: "a mistake" }), 303);
  const door = new Client(server.url);
  expect(await door.submit("/login", "/login", { name: "anna", password: PASSWORD }), 303, "the password is the old one:");
});
