// SPDX-License-Identifier: AGPL-3.0-or-later
// A session ends in the middle of a request: what the act's own transaction sees is what counts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { Client, closeConnections } from "../support/client.mjs";
import { expect, join, PASSWORD, setupServer } from "../support/people.mjs";
import { column, start, write } from "../support/server.mjs";

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

test("a new password gives the session a new token, and ends whatever the old one opened", async () => {
  const lena = await join(server, "lena");
  const thief = lena.client.clone();
  const elsewhere = await lena.logIn();
  expect(await thief.get("/settings"), 200);
  const changed = expect(await lena.act("/settings/password", { password: PASSWORD, fresh: "quite another password" }), 303);
  assert.ok(changed.cookies.veche_sid.attributes.some((a) => /^Max-Age=7\d{6}$/.test(a)), "it lasts as long as before");
  expect(await lena.get("/settings"), 200, "who changed it stays:");
  expect(await thief.get("/settings"), 303, "a copy of the old cookie:");
  expect(await elsewhere.get("/settings"), 303, "another device:");
  assert.equal((await lena.get("/settings/sessions")).doc.all("li.row").filter((row) => row.has("[name=ordinal]")).length, 0, "one session is left");
});

test("a session that ends with the browser still does after a new password", async () => {
  await join(server, "mitya");
  const brief = new Client(server.url);
  expect(await brief.submit("/login", "/login", { name: "mitya", password: PASSWORD, keep: null }), 303);
  const changed = expect(await brief.post("/settings/password", { once: await brief.once(), password: PASSWORD, fresh: "quite another password" }), 303);
  assert.ok(!changed.cookies.veche_sid.attributes.some((a) => /^max-age/i.test(a)), changed.cookies.veche_sid.attributes.join("; "));
});

test("the name is the same in capitals, with an @ and with blanks around", async () => {
  const nina = await join(server, "nina");
  for (const name of ["Nina", "NINA", " @nina "]) expect(await new Client(server.url).submit("/login", "/login", { name, password: PASSWORD }), 303, name);
  const olya = new Client(server.url);
  expect(await olya.submit("/join", "/join", { name: " Olya ", given: "Olya", password: PASSWORD }), 303);
  expect(await nina.get("/olya"), 200);
});

test("a password stored with weaker parameters is stored anew at the next log-in", async () => {
  const igor = await join(server, "igor");
  const weak = "$argon2id$v=19$m=8192,t=2,p=1$hMpHtWr2iJxqA7U0zEbT/w$mFimAx4vxgKJMNV3yr8FVSjGZnHO3R2XNsQO18DKegk";
  write(server, `UPDATE credential SET password = '${weak}' WHERE member = ${igor.num}`);
  const stored = async () => (await column(server, `SELECT password FROM credential WHERE member = ${igor.num}`))[0];
  expect(await new Client(server.url).submit("/login", "/login", { name: "igor", password: "not the password" }), 422);
  assert.equal(await stored(), weak);
  await igor.logIn();
  const strong = await stored();
  assert.match(strong, /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
  await igor.logIn();
  assert.equal(await stored(), strong, "once");
});

test("a password is measured in characters, not in bytes", async () => {
  const yana = await join(server, "yana");
  for (const fresh of ["парольчик", "паролик12", "ы".repeat(257)]) expect(await yana.act("/settings/password", { password: PASSWORD, fresh }), 422, fresh);
  const long = "ы".repeat(256);
  expect(await yana.act("/settings/password", { password: PASSWORD, fresh: long }), 303);
  expect(await new Client(server.url).submit("/login", "/login", { name: "yana", password: long }), 303);
  expect(await new Client(server.url).submit("/join", "/join", { name: "shorty", given: "Shorty", password: "парольчик" }), 422);
});

test("a role that is given or taken holds in the session that is open", async () => {
  const rita = await join(server, "rita");
  expect(await rita.get("/admin/members"), 403);
  expect(await owner.act(`/admin/members/${rita.num}/role`, { role: 2 }), 303);
  expect(await rita.get("/admin/members"), 200);
  expect(await owner.act(`/admin/members/${rita.num}/role`, { role: 1 }), 303);
  expect(await rita.get("/admin/members"), 403);
});

test("a page of staff is not shown again to a member whose form was refused", async () => {
  const boris = await join(server, "boris");
  expect(await owner.act(`/admin/members/${boris.num}/suspend`, { reason: "a secret reason" }), 303);
  expect(await owner.act(`/admin/members/${boris.num}/restore`, { reason: "a secret reason" }), 303);
  const vera = await join(server, "vera");
  for (const path of [`/admin/members/${boris.num}/suspend`, `/admin/members/${boris.num}/role`, "/admin/site"]) {
    const answer = expect(await vera.client.post(path, {}), 403);
    assert.ok(!answer.body.includes("secret reason") && !answer.body.includes('action="/admin'), `${path} shows ${answer}`);
  }
});

test("editing a post whose circle is gone leaves it closed", async () => {
  const gleb = await join(server, "gleb");
  await gleb.done("/friends/circles", { title: "Choir" });
  const post = await gleb.write("for the choir", { audience: "c1" });
  await gleb.done("/friends/circle/1/delete");
  expect(await gleb.submit(`${post.path}/edit`, `${post.path}/edit`, { text: "for the choir, mended" }), 303);
  assert.equal((await new Client(server.url).get(post.path)).status, 404);
  assert.equal((await owner.get(post.path)).status, 404);
});

test("after the log-in nobody stands before an address that only takes forms", async () => {
  const dora = await join(server, "dora");
  const post = await dora.write("a post");
  const leads = { [`${post.path}/like`]: post.path, "/settings/sessions/end": "/settings/sessions", "/logout": "/", "/status?x=1": "/", "/people?q=x#y": "/people?q=x#y", [`/${"x".repeat(3000)}`]: "/" };
  for (const [to, page] of Object.entries(leads)) {
    const door = new Client(server.url);
    const form = await door.fill(`/login?to=${encodeURIComponent(to.slice(0, 2100))}`, "/login", { name: "dora", password: PASSWORD });
    assert.equal(new Map(form).get("to"), page, to);
    const once = new Map(form).get("once");
    assert.equal(expect(await door.post("/login", { once, name: "dora", password: PASSWORD, to }), 303).location, page, to);
  }
});

test("what was typed outlives the session in which it was typed", async () => {
  const fedor = await join(server, "fedor");
  const words = "These words took an hour.\nMy own words.";
  const texts = [[fedor.wall, { text: words }, fedor.wall], ["/status", { status: words }, "/"], ["/settings/profile", { given: words, about: "more" }, "/settings/profile"]];
  for (const [path, fields, page] of texts) {
    const once = await fedor.client.once();
    const elsewhere = await fedor.logIn();
    expect(await elsewhere.post("/settings/sessions/end-others", { once: await elsewhere.once() }), 303);
    const answer = expect(await fedor.client.post(path, { once, ...fields }), 401, path);
    const kept = answer.doc.one("textarea[id=kept]")?.raw ?? "";
    for (const value of Object.values(fields)) assert.ok(kept.includes(value), `${path}: what was typed is gone: ${answer}`);
    assert.ok(!kept.includes(once), "words only");
    assert.ok(answer.doc.one("main").has(`a[href=/login?to=${encodeURIComponent(page)}]`), `${path}: the way back: ${answer.doc.one("main").all("a").map((a) => a.attrs.href)}`);
    fedor.client = await fedor.logIn();
  }
});

test("a page of a refusal repeats no password and says nothing is kept where nothing was typed", async () => {
  const guest = new Client(server.url);
  const answer = expect(await guest.post("/settings/password", { password: PASSWORD, fresh: "quite another password" }), 401);
  assert.ok(!answer.body.includes(PASSWORD) && !answer.body.includes("quite another"), "a password is shown");
  assert.ok(!answer.doc.has("textarea[id=kept]"));
  const role = await owner.act(`/admin/members/${(await join(server, "gleba")).num}/role`, { role: 99 });
  assert.ok(role.doc.all("[role=alert]").some((n) => n.text), String(role));
  assert.ok(!role.body.includes("Your text is kept"), "there was no text");
});

test("while joining is closed nobody makes invitations, and the page says why", async () => {
  const site = (signup) => owner.done("/admin/site", { site: "Test square", signup, site_lang: 0 });
  const makes = (page) => page.doc.all("form").some((f) => f.attrs.action === "/settings/invitations");
  await site(2);
  const page = expect(await owner.get("/settings/invitations"), 200);
  assert.match(page.body, /Joining is closed on this server/);
  assert.ok(!makes(page));
  const refused = expect(await owner.act("/settings/invitations", { uses: 1 }), 403, "the owner as well");
  assert.equal(refused.body.split("Joining is closed on this server").length, 2, "said once");
  await site(0);
  assert.ok(makes(await owner.get("/settings/invitations")));
  expect(await owner.act("/settings/invitations", { uses: 1 }), 303);
});
