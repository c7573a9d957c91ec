// SPDX-License-Identifier: AGPL-3.0-or-later
// The second factor as a stranger meets it: codes that were used, guesses in parallel, log-ins that wait, passkeys with one thing wrong.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Client, closeConnections } from "../support/client.mjs";
import { expect, join, PASSWORD, setupServer, toastOf } from "../support/people.mjs";
import { addPasskey, challengeOn, codeOf, codesOn, Device, switchOn, wrongCode } from "../support/second.mjs";
import { column, dump, start, write } from "../support/server.mjs";

let server, house, origin;

before(async () => {
  server = await start();
  // Passkeys need a name; the clients of these tests go to the same server by its number.
  origin = server.url.replace("127.0.0.1", "localhost");
  house = await setupServer(server, { origin });
});
after(async () => {
  closeConnections();
  await server.stop();
});

/** A browser in which the password was right. */
async function waiting(person, password = PASSWORD) {
  const client = new Client(server.url);
  const answer = expect(await client.submit("/login", "/login", { name: person.name, password }), 303);
  assert.ok(!("veche_sid" in answer.cookies), "no session yet");
  assert.match(answer.location, /^\/login\/code\?to=/);
  return client;
}

const send = async (client, code, extra = {}) => client.post("/login/code", { once: await client.once(), code, ...extra });
const isIn = async (client) => (await client.get("/settings")).status === 200;

/** So that a code of the half-minute that switched the app on is good again: behind the server's back. */
const forget = (person) => write(server, `UPDATE second_factor SET last_step = 1, misses = 0 WHERE member = ${person.num}`);

describe("codes", () => {
  test("with the app on the password alone opens nothing, and the code does", async () => {
    const anna = await join(server, "anna");
    const { secret } = await switchOn(anna);
    const client = await waiting(anna);
    assert.ok(!(await isIn(client)));
    expect(await client.get("/login/code"), 200);
    const done = expect(await send(client, codeOf(secret, 1), { to: "/people?q=x" }), 303);
    assert.equal(done.location, "/people?q=x");
    assert.ok(done.cookies.veche_sid && done.cookies.veche_device, "a session, and a device that is known");
    assert.ok(!client.jar.has("veche_pending"));
    assert.ok(await isIn(client));
  });

  test("the code that switched the app on, and one that was used, open nothing", async () => {
    const boris = await join(server, "boris");
    const { secret, code: used } = await switchOn(boris);
    const first = await waiting(boris);
    expect(await send(first, used), 422);
    const code = codeOf(secret, 1);
    const second = await waiting(boris);
    expect(await send(first, code), 303);
    const refused = expect(await send(second, code), 422);
    assert.match(refused.body, /used already/);
    assert.ok(!(await isIn(second)));
  });

  test("of eight browsers that send one code at once, one is let in", async () => {
    const vera = await join(server, "vera");
    const { secret } = await switchOn(vera);
    forget(vera);
    const doors = [];
    for (let i = 0; i < 8; i++) {
      const client = await waiting(vera);
      doors.push([client, await client.once()]);
    }
    const code = codeOf(secret, 1);
    const all = await Promise.all(doors.map(([client, once]) => client.post("/login/code", { once, code })));
    assert.equal(all.filter((a) => a.status === 303).length, 1, all.map(String).join("\n"));
    assert.equal(all.filter((a) => a.status === 422).length, 7);
  });

  test("thirty wrong codes at once are ten: then the right one waits, and a recovery code does not", async () => {
    const gleb = await join(server, "gleb");
    const { secret, codes } = await switchOn(gleb);
    const doors = [];
    for (let i = 0; i < 6; i++) {
      const client = await waiting(gleb);
      doors.push([client, await client.once()]);
    }
    const wrong = wrongCode(secret);
    const guess = async (i) => {
      const answer = await doors[i % 6][0].post("/login/code", { once: doors[i % 6][1], code: wrong });
      return answer.status === 503 ? guess(i) : answer; // a busy machine: it was not looked at
    };
    const all = await Promise.all(Array.from({ length: 30 }, (_, i) => guess(i)));
    assert.equal(all.filter((a) => a.status === 422).length, 10, all.map((a) => a.status).join(" "));
    assert.equal(all.filter((a) => a.status === 429).length, 20);
    const late = expect(await send(doors[0][0], codeOf(secret, 1)), 429);
    assert.match(late.body, /next hour/);
    assert.ok(Number(late.headers["retry-after"]) <= 3601);
    assert.deepEqual(await column(server, `SELECT misses FROM second_factor WHERE member = ${gleb.num}`), ["10"]);
    const opened = expect(await send(doors[1][0], codes[0].toLowerCase()), 303);
    assert.ok(toastOf(opened), "says that the code is used up");
    expect(await send(doors[2][0], codes[0]), 422, "once:");
    assert.match((await gleb.get("/settings/second")).body, /9 codes left/);
  });

  test("new recovery codes end the old ones", async () => {
    const dora = await join(server, "dora");
    const { codes } = await switchOn(dora);
    const page = expect(await dora.act("/settings/second/codes", { password: PASSWORD }), 200);
    const fresh = codesOn(page);
    assert.equal(new Set([...codes, ...fresh]).size, 20);
    expect(await send(await waiting(dora), codes[4]), 422);
    expect(await send(await waiting(dora), fresh[4]), 303);
    assert.ok(!(await dora.get("/settings/second/codes")).body.includes(fresh[5]), "shown once");
  });

  test("switching off needs the password and a code, also right after the log-in", async () => {
    const egor = await join(server, "egor");
    const { secret, codes } = await switchOn(egor);
    const path = "/settings/second/app/off";
    expect(await egor.act(path, { code: codes[0] }), 422);
    expect(await egor.act(path, { password: PASSWORD }), 422);
    expect(await egor.act(path, { password: "not the password", code: codes[0] }), 422);
    expect(await egor.act(path, { password: PASSWORD, code: wrongCode(secret) }), 422);
    expect(await egor.act(path, { password: PASSWORD, code: codes[0] }), 303);
    await egor.logIn(); // by the password alone
    assert.deepEqual(await column(server, `SELECT count(*) FROM recovery_code WHERE member = ${egor.num}`), ["0"]);
  });
});

describe("a log-in that waits", () => {
  test("is good in its own browser, for one log-in", async () => {
    const zina = await join(server, "zina");
    const { codes } = await switchOn(zina);
    const mine = await waiting(zina);
    const thief = new Client(server.url);
    await thief.get("/about");
    thief.jar.set("veche_pending", mine.jar.get("veche_pending"));
    expect(await send(thief, codes[0]), 401, "another guest's cookie:");
    const twin = mine.clone();
    expect(await send(mine, codes[0]), 303);
    expect(await send(twin, codes[1]), 401, "once:");
    assert.deepEqual(await column(server, `SELECT count(*) FROM recovery_code WHERE member = ${zina.num}`), ["9"]);
    assert.match((await twin.get("/about")).body, /log in/i);
  });

  test("ends with a new password, with logging out everywhere, and with a suspension", async () => {
    const ilya = await join(server, "ilya");
    const { codes } = await switchOn(ilya);
    let client = await waiting(ilya);
    await ilya.done("/settings/sessions/end-others");
    expect(await send(client, codes[0]), 401, "logged out everywhere:");
    client = await waiting(ilya);
    await ilya.done("/settings/password", { password: PASSWORD, fresh: "quite another password" });
    expect(await send(client, codes[0]), 401, "another password:");
    client = await waiting(ilya, "quite another password");
    await house.done(`/admin/members/${ilya.num}/suspend`, { reason: "for the test" });
    expect(await send(client, codes[0]), 401, "suspended:");
    await house.done(`/admin/members/${ilya.num}/restore`, { reason: "for the test" });
    expect(await send(client, codes[0]), 401, "and not again afterwards:");
    assert.deepEqual(await column(server, `SELECT count(*) FROM recovery_code WHERE member = ${ilya.num}`), ["10"]);
  });

  test("a bent or invented one is none", async () => {
    const kira = await join(server, "kira");
    const { codes } = await switchOn(kira);
    const client = await waiting(kira);
    const good = client.jar.get("veche_pending");
    for (const bad of ["x", good.slice(0, -1) + (good.endsWith("A") ? "B" : "A"), (good[0] === "A" ? "B" : "A") + good.slice(1), "A".repeat(good.length)]) {
      client.jar.set("veche_pending", bad);
      expect(await send(client, codes[0]), 401, bad);
      expect(await client.get("/login/code"), 303);
    }
  });
});

describe("who changes a factor", () => {
  test("has logged in within five minutes or types the password", async () => {
    const lev = await join(server, "lev");
    const secret = (await lev.get("/settings/second/app")).doc.one("input[name=secret]").attrs.value;
    const recent = lev.client.jar.get("veche_recent");
    assert.ok(recent);
    lev.client.jar.delete("veche_recent");
    expect(await lev.act("/settings/second/app", { secret, code: codeOf(secret) }), 422, "nothing shown:");
    const other = await join(server, "lola");
    lev.client.jar.set("veche_recent", other.client.jar.get("veche_recent"));
    expect(await lev.act("/settings/second/app", { secret, code: codeOf(secret) }), 422, "another's:");
    lev.client.jar.set("veche_recent", recent);
    expect(await lev.act("/settings/second/app", { secret, code: codeOf(secret) }), 200);
  });

  test("gets a new token for the session, and whoever had the old one is out", async () => {
    const mila = await join(server, "mila");
    const thief = mila.client.clone();
    const before = mila.client.jar.get("veche_sid");
    await switchOn(mila);
    assert.notEqual(mila.client.jar.get("veche_sid"), before);
    assert.ok(await isIn(mila.client));
    assert.ok(!(await isIn(thief)));
    const copy = mila.client.clone();
    await addPasskey(mila, origin);
    assert.ok((await isIn(mila.client)) && !(await isIn(copy)));
  });

  test("a new log-in is visible among the sessions", async () => {
    const nina = await join(server, "nina");
    await nina.logIn();
    assert.match((await nina.get("/settings/sessions")).body, /new since yesterday/);
  });
});

describe("passkeys", () => {
  const door = async (client, said, extra = {}) => client.post("/login/passkey", { once: await client.once(), ...said, ...extra });

  test("one logs in without name and password", async () => {
    const olga = await join(server, "olga");
    const device = await addPasskey(olga, origin);
    const client = new Client(server.url);
    const done = expect(await door(client, device.show(await challengeOn(client, "/login")), { to: "/people" }), 303);
    assert.equal(done.location, "/people");
    assert.match((await client.get("/settings/second/passkeys")).body, /Phone/);
  });

  test("one does instead of a code, also when its device asked for nothing", async () => {
    const petr = await join(server, "petr");
    await switchOn(petr);
    const device = await addPasskey(petr, origin);
    const client = await waiting(petr);
    const form = (await client.get("/login/code")).doc.all("form").find((f) => f.attrs["data-passkey"]);
    assert.equal(form.attrs["data-known"], device.id.toString("base64url"));
    device.user = null;
    expect(await door(client, device.show(form.attrs["data-challenge"], { flags: 1 })), 303);
    assert.ok(await isIn(client));
  });

  test("without a password before it, the device must have asked who is there", async () => {
    const raya = await join(server, "raya");
    const device = await addPasskey(raya, origin);
    const client = new Client(server.url);
    const refused = expect(await door(client, device.show(await challengeOn(client, "/login"), { flags: 1 })), 422);
    assert.match(refused.body, /did not ask for a PIN/);
    assert.ok(!(await isIn(client)));
  });

  test("whatever does not fit opens nothing and changes nothing", async () => {
    const sofa = await join(server, "sofa");
    const device = await addPasskey(sofa, origin);
    const client = new Client(server.url);
    const challenge = await challengeOn(client, "/login");
    const elsewhere = new Client(server.url);
    const foreign = await challengeOn(elsewhere, "/login");
    const stranger = new Device(origin);
    stranger.user = device.user;
    const imposter = new Device(origin);
    Object.assign(imposter, { id: device.id, user: device.user });
    const other = await join(server, "sonya");
    const others = Buffer.alloc(8);
    others.writeBigUInt64BE(BigInt(other.num));
    const tries = {
      "another session's challenge": device.show(foreign),
      "an invented challenge": device.show("A".repeat(challenge.length)),
      "another origin": device.show(challenge, { origin: "https://evil.example" }),
      "the origin by its number": device.show(challenge, { origin: server.url }),
      "an unknown passkey": stranger.show(challenge),
      "another's signature": imposter.show(challenge),
      "another member": { ...device.show(challenge), user: others.toString("base64url") },
      "nobody touched it": device.show(challenge, { flags: 4 }),
      "no signature": { ...device.show(challenge), signature: "" },
      "no client data": { ...device.show(challenge), client: "" },
      "not base64": { ...device.show(challenge), data: "????" },
      "too much": { ...device.show(challenge), data: "A".repeat(20_000) },
    };
    const before = await dump(server);
    for (const [what, said] of Object.entries(tries)) {
      const answer = await door(client, said);
      assert.equal(answer.status, 422, `${what}: ${answer}`);
      assert.ok(!answer.cookies.veche_sid, what);
    }
    assert.deepEqual(await dump(server), before);
    expect(await door(client, device.show(challenge)), 303, "and then it does:");
  });

  test("an answer opens once, and one that counts backwards not at all", async () => {
    const taras = await join(server, "taras");
    const device = await addPasskey(taras, origin);
    const client = new Client(server.url);
    const said = device.show(await challengeOn(client, "/login"));
    const twin = client.clone();
    expect(await door(client, said), 303);
    expect(await door(twin, said), 410, "a second time:");
    const third = new Client(server.url);
    const back = expect(await door(third, device.show(await challengeOn(third, "/login"), { count: 1 })), 409);
    assert.match(back.body, /counted backwards/);
  });

  test("one that was removed, and one of a suspended member, open nothing", async () => {
    const ulya = await join(server, "ulya");
    const device = await addPasskey(ulya, origin);
    await house.done(`/admin/members/${ulya.num}/suspend`, { reason: "for the test" });
    const client = new Client(server.url);
    expect(await door(client, device.show(await challengeOn(client, "/login"))), 403);
    await house.done(`/admin/members/${ulya.num}/restore`, { reason: "for the test" });
    ulya.client = await ulya.logIn();
    for (const ordinal of ["", "0", "x"]) expect(await ulya.act("/settings/second/passkeys/remove", { ordinal, password: PASSWORD }), 422);
    ulya.client.jar.delete("veche_recent");
    expect(await ulya.act("/settings/second/passkeys/remove", { ordinal: 1 }), 422);
    expect(await ulya.act("/settings/second/passkeys/remove", { ordinal: 1, password: PASSWORD }), 303);
    expect(await door(client, device.show(await challengeOn(client, "/login"))), 422);
  });

  test("a title has 1 to 40 characters, and a challenge makes one passkey", async () => {
    const fima = await join(server, "fima");
    const path = "/settings/second/passkeys/new";
    const device = new Device(origin);
    for (const title of ["", " ", "ж".repeat(41), "a\0b"]) {
      const said = device.make(await challengeOn(fima.client, path));
      const answer = expect(await fima.act(path, { title, password: PASSWORD, ...said }), 422, title);
      assert.ok(answer.doc.one("input[name=title]").attrs["aria-invalid"]);
    }
    const challenge = await challengeOn(fima.client, path);
    expect(await fima.act(path, { title: "ж".repeat(40), password: PASSWORD, ...device.make(challenge) }), 303);
    const again = expect(await fima.act(path, { title: "two", password: PASSWORD, ...new Device(origin).make(challenge) }), 422, "the session has another token:");
    assert.match(again.body, /too long, or was used/);
    const twice = expect(await fima.act(path, { title: "two", password: PASSWORD, ...device.make(await challengeOn(fima.client, path)) }), 409);
    assert.match(twice.body, /there already/);
  });
});

test("the operator takes everything away from somebody who lost it, with a reason that is kept", async () => {
  const { veche } = await import("../support/server.mjs");
  const yana = await join(server, "yana");
  await switchOn(yana);
  await addPasskey(yana, origin);
  const admin = (...words) => veche("admin", "--data", server.data, ...(server.database ? ["--db", server.database.address] : []), ...words);
  assert.equal(admin("second-off", "@Yana", "lost", "her", "phone"), "Done.\n");
  assert.throws(() => admin("second-off", "yana", "again"), /no second factor/);
  assert.throws(() => admin("second-off", "yana"));
  assert.ok(!(await isIn(yana.client)), "every session ended");
  await yana.logIn();
  assert.deepEqual(await column(server, `SELECT count(*) FROM passkey WHERE member = ${yana.num}`), ["0"]);
  const notes = await house.get(`/admin/members/${yana.num}`);
  assert.match(notes.body, /Second factor taken away/);
  assert.match(notes.body, /lost her phone/);
});
