// SPDX-License-Identifier: AGPL-3.0-or-later
// Limits as strangers meet them: what they can invent does not widen them, and what strangers use up is not the members' own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Client, closeConnections } from "../support/client.mjs";
import { expect, join, setupServer } from "../support/people.mjs";
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
