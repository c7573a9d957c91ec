// SPDX-License-Identifier: AGPL-3.0-or-later
// Every form, filled in wrongly: a sentence where it belongs, what was typed still there, nothing stored. And forms that come
// twice, from elsewhere, too large, too often.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Client } from "../support/client.mjs";
import { fields as fieldsOf } from "../support/html.mjs";
import { expect, invite, join, PASSWORD, setupServer, toastOf } from "../support/people.mjs";
import { codeOf, newSecret, switchOn, wrongCode } from "../support/second.mjs";
import { column, dump, routes, start } from "../support/server.mjs";

let server;
let anna, ivan, house, guest, post, circle, suspended;

/** What no text may be, whatever it is for: [what, value, whether the page can show it again]. */
const HOSTILE = [
  ["not UTF-8", Buffer.from([0x61, 0xc3, 0x28, 0xff]), false],
  ["a NUL", "a\0b", false],
  ["a bidi override", "abc\u202Ecba", true],
];

/** The bad values of a text field: {max, least}; max null where there is no such end. */
function badTexts({ max = null, least = 0 }) {
  const all = [...HOSTILE];
  if (max !== null) all.push(["too long", "ж".repeat(max + 1), true]);
  if (least > 0) all.push(["empty", "", true], ["white space", " \t\n ", false]);
  return all;
}

const named = (doc, action, name) => {
  const form = doc.all("form").find((f) => f.attrs.action === action);
  assert.ok(form, `the page has no form for ${action}`);
  return form.all((n) => n.attrs.name === name && n.attrs.type !== "hidden");
};

/** A sentence beside the field, or a banner above everything. */
function assertSaid(answer, action, field) {
  const inputs = named(answer.doc, action, field);
  const bad = inputs.find((n) => n.attrs["aria-invalid"] === "true");
  if (bad) {
    const described = bad.attrs["aria-describedby"] ?? bad.closest("fieldset")?.attrs["aria-describedby"] ?? "";
    const ids = described.split(/\s+/).filter(Boolean);
    assert.ok(ids.length, `${field} is described by nothing`);
    for (const id of ids) assert.ok(answer.doc.one(`#${id}`)?.text, `${field} is described by #${id}, which is not there or empty`);
    return;
  }
  const banner = answer.doc.all("[role=alert]").find((n) => n.text);
  assert.ok(banner, `nothing says what is wrong with ${field}: ${answer}`);
}

/** What the form of the answer would send now. */
function kept(answer, action) {
  const form = answer.doc.all("form").find((f) => f.attrs.action === action);
  return Object.fromEntries(fieldsOf(answer.doc, form));
}

/** The forms that were filled in wrongly here, as they were posted. */
const tried = new Set();

/** Posts `good` with one bad value; looks at the refusal. probe: a field that must come back as it was typed. */
async function refused(client, action, good, field, [what, value, shown], probe = null, said = field) {
  tried.add(action);
  const before = await dump(server);
  const answer = await client.post(action, { once: await client.once(), ...good, [field]: value });
  const where = `${action}, ${field} ${what}`;
  assert.ok([400, 422].includes(answer.status), `${where}: ${answer}`);
  assertSaid(answer, action, said);
  const now = kept(answer, action);
  if (shown) assert.equal(now[field], value, `${where}: what was typed is gone`);
  if (probe && probe !== field) assert.equal(now[probe], String(good[probe]), `${where}: ${probe} is gone`);
  assert.deepEqual(await dump(server), before, `${where}: something was written`);
}

before(async () => {
  server = await start();
});
after(() => server?.stop());

/** Who may join: 0 everybody, 1 with an invitation. */
const doors = (signup) => house.done("/admin/site", { site: "Test square", signup, site_lang: 0 });

/** Tries all bad texts and bad choices of a form. texts: {field: {max, least}}; choices: {field: [value, …]}. */
async function tryForm(client, action, good, { texts = {}, choices = {}, probe = null }) {
  for (const [field, limits] of Object.entries(texts)) for (const bad of badTexts(limits)) await refused(client, action, good, field, bad, probe);
  for (const [field, values] of Object.entries(choices)) for (const value of values) await refused(client, action, good, field, [`"${value}"`, value, false], probe);
}

// ---- the forms ----

describe("a form filled in wrongly says so, keeps what was typed and writes nothing", () => {
  const account = { name: "somebody", given: "Some", family: "Body", gender: 1, password: PASSWORD };
  const accountTexts = { given: { max: 40, least: 1 }, family: { max: 40 }, name: { max: 32, least: 1 } };
  const accountChoices = { password: ["", "too short", "x".repeat(257), "somebody"], name: ["no", "Ab cd", "admin", "id7", "wall3", "comment3_4", "ольга"] };

  test("set-up", async () => {
    const client = new Client(server.url);
    const path = new URL(server.setupUrl).pathname;
    await client.get(path);
    const good = { ...account, name: "somebodyelse", site: "Square", origin: server.url, signup: 0 };
    const { name, ...passwords } = accountChoices;
    await tryForm(client, path, good, {
      texts: { site: { max: 40, least: 1 }, ...accountTexts },
      choices: { origin: ["", "nowhere", "ftp://veche.example", "http://veche.example/path", "http://a b", "javascript:alert(1)"], signup: ["", "7", "x"], ...passwords },
      probe: "site",
    });
    house = await setupServer(server);
    anna = await join(server, "anna");
    ivan = await join(server, "ivan");
    suspended = await join(server, "sergey");
    await house.done(`/admin/members/${suspended.num}/suspend`, { reason: "for the forms" });
    guest = new Client(server.url);
    post = await anna.write("as it was");
    circle = (await anna.done("/friends/circles", { title: "Choir" })).location;
  });

  test("set-up that is over says so, and leads to the log-in", async () => {
    const path = new URL(server.setupUrl).pathname;
    for (const answer of [await guest.get(path), await guest.post(path, { once: await guest.once(), ...account })]) {
      expect(answer, 410);
      assert.match(answer.body, /set up already/);
      assert.ok(answer.doc.one("main").all("a").some((n) => n.attrs.href === "/login"), String(answer));
    }
  });

  test("joining", () => tryForm(guest, "/join", account, { texts: accountTexts, choices: accountChoices, probe: "family" }));

  test("joining under a name that is taken or looks like one", async () => {
    await refused(guest, "/join", account, "name", ["taken", "anna", true], "given");
    await refused(guest, "/join", account, "name", ["look-alike", "rnarfa", true], "given");
  });

  test("joining under a name that is an address of ours", async () => {
    const segments = new Set(routes().map((r) => r.path.split("/")[1]).filter((s) => s && !s.includes("{")));
    assert.ok(segments.has("unblock") && segments.size > 10);
    for (const name of segments) {
      const answer = await guest.post("/join", { once: await guest.once(), ...account, name });
      expect(answer, 422, name);
      assertSaid(answer, "/join", "name");
    }
  });

  test("a first name of which nothing can be seen", async () => {
    for (const given of ["\u200b", "\u2060\ufeff", "\u00ad\ufe0f"]) {
      await refused(guest, "/join", account, "given", ["invisible", given, false]);
      await refused(guest, "/join", account, "family", ["invisible", given, false]);
      await refused(anna.client, "/settings/profile", { given: "Anna", gender: 1, birthday_show: 0 }, "given", ["invisible", given, false]);
    }
  });

  test("joining with an invitation that is none", async () => {
    await doors(1);
    for (const bad of [["unknown", "nothing-like-it", true], ["a NUL", "a\0b", false], ["not UTF-8", Buffer.from([0xff, 0xfe]), false]])
      await refused(guest, "/join", account, "invitation", bad, "given");
    await doors(0);
  });

  test("logging in", async () => {
    const good = { name: "anna", password: "not the password" };
    await refused(guest, "/login", good, "name", ["empty", "", true]);
    for (const password of ["", "wrong", "x".repeat(2000), "\0"]) await refused(guest, "/login", good, "password", ["bad", password, false], "name");
    // A name that cannot be is a name that is unknown: the sentence stands where a wrong password has it.
    for (const bad of badTexts({ max: 100 })) await refused(guest, "/login", good, "name", bad, null, "password");
  });

  test("a post on one's own wall", () => tryForm(anna.client, anna.wall, { text: "a post", warning: "of words" }, { texts: { text: { max: 10_000, least: 1 }, warning: { max: 200 } }, choices: { audience: ["99", "-1", "c0", "c99999999999", "everyone"] } }));

  test("the edit of a post", async () => {
    await tryForm(anna.client, `${post.path}/edit`, { text: "a post", version: 0, audience: 0, warning: "of words" }, { texts: { text: { max: 10_000, least: 1 }, warning: { max: 200 } }, choices: { audience: ["99", "c0", "x"] } });
    const before = await dump(server);
    const late = await anna.act(`${post.path}/edit`, { text: "over somebody's words", version: 7 });
    assert.equal(late.status, 409, String(late));
    assertSaid(late, `${post.path}/edit`, "text");
    assert.equal(kept(late, `${post.path}/edit`).text, "over somebody's words");
    assert.deepEqual(await dump(server), before);
  });

  test("a poll with a post", async () => {
    const good = { text: "a post", audience: 0, poll_question: "Which day?", poll_answers: "Saturday\nSunday", poll_days: 1 };
    await tryForm(anna.client, anna.wall, good, {
      texts: { poll_question: { max: 200, least: 1 } },
      choices: { poll_answers: ["", "one", "\n\n", "x\n".repeat(11), `yes\n${"ж".repeat(101)}`], poll_days: ["-1", "31"] },
      probe: "text",
    });
    const ten = await anna.write("ten answers", { more: { poll_question: "?", poll_answers: `${"ж".repeat(100)}\n${"x\n".repeat(9)}` } });
    const before = await dump(server);
    tried.add(`${ten.path}/vote`);
    for (const answer of ["", "0", "11", "x"]) {
      const refused_ = await ivan.act(`${ten.path}/vote`, { answer });
      assert.equal(refused_.status, 422, String(refused_));
      assert.ok(refused_.doc.one("main").text.length > 20, "something is said");
    }
    assert.deepEqual(await dump(server), before);
    await ivan.done(`${ten.path}/vote`, { answer: 10 });
  });

  test("a repost", () => tryForm(ivan.client, `${post.path}/repost`, { text: "look", audience: 0 }, { texts: { text: { max: 10_000 } }, choices: { audience: ["99", "c0", "c77", "x"] } }));

  test("a comment, and its edit", async () => {
    await tryForm(ivan.client, `${post.path}/comment`, { text: "well said" }, { texts: { text: { max: 4_000, least: 1 } } });
    const comment = await ivan.comment(post, "as it was");
    await tryForm(ivan.client, `${comment.path}/edit`, { text: "well said", version: 0 }, { texts: { text: { max: 4_000, least: 1 } } });
    const before = await dump(server);
    const late = await ivan.act(`${comment.path}/edit`, { text: "over somebody's words", version: 7 });
    assert.equal(late.status, 409, String(late));
    assertSaid(late, `${comment.path}/edit`, "text");
    assert.equal(kept(late, `${comment.path}/edit`).text, "over somebody's words");
    // The comment that is answered went meanwhile.
    const gone = await ivan.act(`${post.path}/comment`, { text: "an answer", parent: 999_999 });
    assert.equal(gone.status, 409, String(gone));
    assertSaid(gone, `${post.path}/comment`, "text");
    assert.deepEqual({ ...kept(gone, `${post.path}/comment`), once: "" }, { once: "", text: "an answer" }, "it can be sent as a comment of its own");
    assert.deepEqual(await dump(server), before);
  });

  test("the profile", () =>
    tryForm(anna.client, "/settings/profile", { given: "Anna", family: "Mayer", gender: 1, birthday_show: 0, home_town: "Novgorod" }, {
      texts: { given: { max: 40, least: 1 }, family: { max: 40 }, patronymic: { max: 40 }, maiden: { max: 40 }, nickname: { max: 40 }, home_town: { max: 60 } },
      choices: { birthday_show: ["", "9", "x"] },
      probe: "home_town",
    }));

  test("a birthday that is no day", async () => {
    for (const [day, month, year] of [[31, 2, 2000], [29, 2, 2001], [1, 0, 0], [0, 5, 1990], [1, 1, 2999], [99, 99, 99]]) {
      const before = await dump(server);
      const answer = await anna.act("/settings/profile", { given: "Anna", gender: 1, birthday_show: 0, day, month, year });
      expect(answer, 422, `${day}.${month}.${year}`);
      assertSaid(answer, "/settings/profile", "day");
      assert.deepEqual(await dump(server), before);
    }
  });

  const lines = (names, max) => Object.fromEntries(names.map((name) => [name, { max }]));

  test("contacts", () =>
    tryForm(anna.client, "/settings/profile/contacts", { city: "Novgorod" }, {
      texts: { city: { max: 100 }, handles: { max: 1000 } },
      choices: { site: ["nowhere", "javascript:alert(1)", "https://a b", "https://bank.example@evil.example/"] },
      probe: "city",
    }));

  test("interests", () =>
    tryForm(anna.client, "/settings/profile/interests", { music: "Organ" }, { texts: lines(["activities", "interests", "films", "shows", "books", "games", "quotes", "about"], 1000), probe: "music" }));

  test("views", () => {
    const none = ["", "99", "-1", "x"];
    const good = { life: 1, people: 1, smoking: 0, alcohol: 0, religion: "The river" };
    return tryForm(anna.client, "/settings/profile/views", good, { texts: lines(["political", "inspired"], 100), choices: { life: none, people: none, smoking: none, alcohol: none }, probe: "religion" });
  });

  test("schools and work", async () => {
    const years = ["1899", "3000", "x", "-1", "99999"];
    const good = { item: 0, name: "School 7" };
    await tryForm(anna.client, "/settings/profile/education", { ...good, kind: 2 }, {
      texts: { name: { max: 100, least: 1 }, ...lines(["town", "detail"], 100) },
      choices: { kind: ["", "0", "3", "9"], since: years, until: years },
      probe: "name",
    });
    await tryForm(anna.client, "/settings/profile/career", good, { texts: { name: { max: 100, least: 1 } }, choices: { until: years }, probe: "name" });
    await refused(anna.client, "/settings/profile/career", { ...good, since: 2001 }, "until", ["before it begins", "2000", true], "since");
  });

  test("relations", async () => {
    const nobody = ["nobody.of.this.name", "@", "@ivan", "anna"];
    await tryForm(anna.client, "/settings/profile/relations", { bond: 4 }, { texts: { partner: { max: 33 } }, choices: { bond: ["", "9", "-1", "x"], partner: nobody } });
    await refused(anna.client, "/settings/profile/relations", { bond: 1 }, "partner", ["where none is named", "@ivan", true]);
    await tryForm(anna.client, "/settings/profile/family", { family: 3, relative: "Ivan" }, { texts: { relative: { max: 80, least: 1 } }, choices: { family: ["", "0", "7", "x"], relative: ["@nobody.of.this.name", "@ivan", "@anna"] } });
  });

  test("filtered words", () =>
    tryForm(anna.client, "/settings/quiet", { words: "tram", whole: 1, warns: 0, span: 0 }, {
      texts: { words: { max: 100, least: 2 } },
      choices: { words: ["x"], whole: ["", "2", "x"], warns: ["", "2", "x"], span: ["", "4", "-1", "x"] },
    }));

  test("which notifications", () => tryForm(anna.client, "/settings/notifications", { kind1: 1, kind3: 1 }, { choices: { kind1: ["", "0", "2", "x"], kind8: ["yes"] } }));

  test("a mute", () => tryForm(anna.client, `/mute/${ivan.num}`, { span: 0 }, { choices: { span: ["", "4", "-1", "x"] } }));

  test("the status line", () => tryForm(anna.client, "/status", { status: "Here" }, { texts: { status: { max: 100 } } }));

  test("the privacy settings", () => {
    const good = { allow_1: "ivan", ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => [`level_${i}`, 0])) };
    return tryForm(anna.client, "/settings/privacy", good, {
      texts: { except_1: {}, allow_2: { max: 7000 } },
      choices: { level_1: ["", "5", "-1", "x"], level_6: ["77"], level_9: ["5", ""], except_3: ["nobody.of.this.name"] },
      probe: "allow_1",
    });
  });

  test("who sees a post", () => tryForm(anna.client, `${post.path}/audience`, { audience: 0 }, { choices: { audience: ["99", "c0", "c77", "x"] } }));

  test("a request with words", () => tryForm(anna.client, `/friends/${ivan.num}/ask`, { text: "Hello" }, { texts: { text: { max: 200 } } }));

  test("circles", async () => {
    await tryForm(anna.client, "/friends/circles", { title: "Chess" }, { texts: { title: { max: 40, least: 1 } } });
    await tryForm(anna.client, `${circle}/rename`, { title: "Chess" }, { texts: { title: { max: 40, least: 1 } } });
  });

  test("the password", () => tryForm(anna.client, "/settings/password", { password: PASSWORD, fresh: `${PASSWORD}!` }, { choices: { password: ["", "not mine", "x".repeat(5000)], fresh: ["", "short", "x".repeat(257)] } }));

  test("codes from an app", async () => {
    const secret = newSecret();
    await tryForm(anna.client, "/settings/second/app", { secret, code: codeOf(secret), password: PASSWORD }, { choices: { code: ["", "12345", "1234567", "abcdef", wrongCode(secret)] } });
    const late = anna.client.clone();
    late.jar.delete("veche_recent");
    await tryForm(late, "/settings/second/app", { secret, code: codeOf(secret), password: PASSWORD }, { choices: { password: ["", "not mine", "x".repeat(5000)] } });
    const lena = await join(server, "lenacodes");
    const on = await switchOn(lena);
    await tryForm(lena.client, "/settings/second/app/off", { code: codeOf(on.secret, 1), password: PASSWORD }, { choices: { password: ["", "not mine", "x".repeat(5000)], code: ["", "12345", "AAAA-AAAA-AAAA-AAA", "AAAA-AAAA-AAAA-AAAA"] } });
    lena.client.jar.delete("veche_recent");
    await tryForm(lena.client, "/settings/second/codes", { password: PASSWORD }, { choices: { password: ["", "not mine", "x".repeat(5000)] } });
    const door = new Client(server.url);
    expect(await door.submit("/login", "/login", { name: "lenacodes", password: PASSWORD }), 303);
    await tryForm(door, "/login/code", {}, { texts: { code: {} }, choices: { code: ["", "12345", "AAAA-AAAA-AAAA-AAAA"] } });
  });

  test("invitations", () => tryForm(anna.client, "/settings/invitations", { uses: 1 }, { choices: { uses: ["", "0", "-1", "51", "many", "9".repeat(40)] } }));

  test("an invitation that is none cannot be ended, and does no harm", async () => {
    const before = await dump(server);
    for (const code of ["", "x".repeat(1000), "a\0b", Buffer.from([0xff])]) expect(await anna.act("/settings/invitations/end", { code }), 303);
    const { once: _, ...now } = await dump(server);
    const { once: __, ...then } = before;
    assert.deepEqual(now, then);
  });

  test("suspending and restoring", async () => {
    await tryForm(house.client, `/admin/members/${ivan.num}/suspend`, { reason: "why" }, { texts: { reason: { max: 500, least: 1 } } });
    await tryForm(house.client, `/admin/members/${suspended.num}/restore`, { reason: "why" }, { texts: { reason: { max: 500, least: 1 } } });
  });

  test("a role that is none", async () => {
    const before = await dump(server);
    for (const role of ["", "0", "3", "99", "-1", "x"]) {
      const answer = await house.act(`/admin/members/${ivan.num}/role`, { role });
      assert.ok([400, 403, 409, 422].includes(answer.status), `role ${role}: ${answer}`);
      assert.ok(answer.doc.all("[role=alert]").some((n) => n.text), `role ${role}: nothing is said`);
      assert.deepEqual(await dump(server), before, `role ${role}`);
    }
  });

  test("the server's settings", () => tryForm(house.client, "/admin/site", { site: "Square", signup: 0, site_lang: 0 }, { texts: { site: { max: 40, least: 1 } }, choices: { signup: ["", "3", "x"], site_lang: ["", "2", "x"] }, probe: "site" }));

  test("a search for what no name can be", async () => {
    for (const path of ["/people?q=%FF%FE", "/people?q=a%00b", `/people?q=${"x".repeat(500)}`, "/people?after=x", "/friends?tab=nothing&after=x.y", "/feed?before=x", `${anna.wall}?before=9999999999999999999999`, "/tag/ferry?before=x"]) {
      const answer = await anna.get(path);
      assert.ok([200, 400, 422].includes(answer.status), String(answer));
    }
    expect(await anna.get("/people?q=%zz"), 400, "a broken escape");
  });
});

// These have buttons and nothing to fill in: what can be wrong with them is in the access matrix. Those about passkeys are filled in
// by a script, at an address with a name: see second.test.mjs.
const BUTTONS = ["/notifications/seen", "/login/passkey", "/settings/second/passkeys/new", "/settings/second/passkeys/remove", "/logout", "/view", "/settings/sessions/end", "/settings/sessions/end-others", "/settings/invitations/end", "/admin/members/{num:int}/role", "/friends/circle/{ordinal:int}/add", "/friends/circle/{ordinal:int}/remove", "/friends/circle/{ordinal:int}/delete", ...["delete", "restore", "like", "unlike"].flatMap((v) => [`/wall{owner:int}_{ordinal:int}/${v}`, `/comment{owner:int}_{ordinal:int}/${v}`]), ...["pin", "unpin", "unvote", "bookmark", "unbookmark"].map((v) => `/wall{owner:int}_{ordinal:int}/${v}`), ...["add", "cancel", "accept", "decline", "reopen", "remove", "follow", "unfollow"].map((v) => `/friends/{num:int}/${v}`), "/block/{num:int}", "/unblock/{num:int}", "/unmute/{num:int}", "/friends/suggested/{num:int}/dismiss", "/settings/quiet/{ordinal:int}/delete", ...["family", "education", "career"].map((v) => `/settings/profile/${v}/{ordinal:int}/delete`), ...["agree", "decline"].map((v) => `/settings/profile/claims/{num:int}_{ordinal:int}/${v}`)];

test("no form was left out", () => {
  const pattern = (path) => new RegExp(`^${path.replace(/\{\w+:int\}/g, "\\d+").replace(/\{\w+\}/g, "[^/]+")}$`);
  const left = routes().filter((r) => r.method === "POST" && !BUTTONS.includes(r.path) && ![...tried].some((action) => pattern(r.path).test(action)));
  assert.deepEqual(left.map((r) => r.path), [], "forms that this file does not fill in wrongly");
});

// ---- twice ----

describe("the same form twice acts once", () => {
  async function twice(person, path, values) {
    const sent = { once: await person.client.once(), ...values };
    const first = expect(await person.client.post(path, sent), 303);
    const between = await dump(server);
    const second = await person.client.post(path, sent);
    assert.deepEqual(await dump(server), between, `${path} acted twice`);
    assert.equal(second.status, first.status);
    assert.equal(second.location, first.location, "the same place");
    assert.equal(toastOf(second), toastOf(first), "the same words");
  }
  test("a post", () => twice(anna, anna.wall, { text: "once only" }));
  test("a repost", () => twice(ivan, `${post.path}/repost`, { text: "once only", audience: 0 }));
  test("a comment", () => twice(ivan, `${post.path}/comment`, { text: "once only" }));
  test("a circle", () => twice(anna, "/friends/circles", { title: "Once" }));
  test("an invitation", () => twice(anna, "/settings/invitations", { uses: 1 }));
  test("a suspension", async () => {
    await twice(house, `/admin/members/${ivan.num}/suspend`, { reason: "once" });
    await twice(house, `/admin/members/${ivan.num}/restore`, { reason: "once" });
    ivan.client = await ivan.logIn();
  });
  test("joining", async () => {
    const client = new Client(server.url);
    const sent = { once: await client.once(), name: "twicejoined", given: "Twice", gender: 0, password: PASSWORD };
    const bare = client.clone();
    expect(await client.post("/join", sent), 303);
    const count = await column(server, "SELECT count(*) FROM member");
    assert.equal(expect(await bare.post("/join", sent), 303).location, "/login", "whoever holds the form only is asked for the password");
    assert.deepEqual(await column(server, "SELECT count(*) FROM member"), count);
  });
  test("a post, and then other words on the same page", async () => {
    const once = await anna.client.once();
    expect(await anna.client.post(anna.wall, { once, text: "the first words" }), 303);
    const count = async () => Number((await column(server, "SELECT count(*) FROM post"))[0]);
    const before = await count();
    const answer = expect(await anna.client.post(anna.wall, { once, text: "the second words" }), 409);
    assert.ok(answer.doc.all("[role=alert]").some((n) => n.text), `nothing is said: ${answer}`);
    assert.equal(await count(), before);
    const again = kept(answer, anna.wall);
    assert.equal(again.text, "the second words");
    expect(await anna.client.post(anna.wall, again), 303, "whoever means it sends it again");
    assert.equal(await count(), before + 1);
  });
  test("a post, five times at once", async () => {
    const sent = { once: await anna.client.once(), text: "in a hurry" };
    const count = async () => Number((await column(server, "SELECT count(*) FROM post"))[0]);
    const before = await count();
    const all = await Promise.all(Array.from({ length: 5 }, () => anna.client.clone().post(anna.wall, sent)));
    for (const answer of all) assert.equal(expect(answer, 303).location, all[0].location);
    assert.equal(new Set(all.map(toastOf)).size, 1, "one and the same post");
    assert.equal(await count(), before + 1);
  });
});

// ---- what is not taken at all ----

describe("what is not taken", () => {
  async function nothing(client, path, fields, options, status) {
    const before = await dump(server);
    const answer = expect(await client.post(path, fields, options), status, JSON.stringify(options?.headers ?? {}));
    assert.ok(answer.doc.one("h1")?.text || answer.doc.has("[role=alert]"), `nothing is said: ${answer}`);
    assert.deepEqual(await dump(server), before);
    return answer;
  }

  test("a form from elsewhere", async () => {
    const once = await anna.client.once();
    const origins = ["https://evil.example", "null", `${server.url}.evil.example`, server.url.replace("http:", "https:"), server.url.replace(/\d+$/, "1"), `${server.url}/`, ""];
    for (const origin of origins) await nothing(anna.client, anna.wall, { once, text: "x" }, { headers: { origin } }, 403);
    for (const site of ["cross-site", "same-site", "nonsense"]) await nothing(anna.client, anna.wall, { once, text: "x" }, { headers: { "sec-fetch-site": site } }, 403);
    expect(await anna.client.post(anna.wall, { once, text: "from here" }, { headers: { origin: server.url, "sec-fetch-site": "same-origin" } }), 303);
  });

  test("a form without its token, or with another's", async () => {
    const own = await anna.client.once();
    const broken = own.slice(0, -2) + (own.endsWith("AA") ? "BB" : "AA");
    const tokens = [undefined, "", "x", broken, `${own}A`, own.slice(1), await ivan.client.once(), await guest.once(), await (await anna.logIn()).once()];
    for (const once of tokens) {
      const answer = await nothing(anna.client, anna.wall, { ...(once === undefined ? {} : { once }), text: "keep these words" }, {}, 403);
      assert.ok(answer.body.includes("keep these words"), `what was typed is gone: ${answer}`);
    }
    await nothing(guest, "/login", { name: "anna", password: PASSWORD }, {}, 403);
    await nothing(guest, "/join", { once: own, name: "elsewhere", given: "E", password: PASSWORD }, {}, 403);
    await nothing(anna.client, "/logout", {}, {}, 403);
    expect(await anna.get("/feed"), 200, "still logged in");
  });

  test("a body that is too large, announced or not", async () => {
    const once = await anna.client.once();
    for (const headers of [{}, { "transfer-encoding": "chunked" }]) {
      await nothing(anna.client, anna.wall, { once, text: "x".repeat(129 * 1024) }, { headers }, 413);
      await nothing(anna.client, "/status", { once, status: "x".repeat(65 * 1024) }, { headers }, 413);
    }
    const many = [["once", once], ["text", "x"], ...Array.from({ length: 1100 }, (_, i) => [`f${i}`, "1"])];
    await nothing(anna.client, anna.wall, many, {}, 413);
  });

  test("a body of another type", async () => {
    const once = await anna.client.once();
    for (const type of ["application/json", "text/plain", "application/x-www-form-urlencodedx"])
      await nothing(anna.client, anna.wall, { once, text: "x" }, { headers: { "content-type": type } }, 415);
    await nothing(anna.client, "/status", { once, status: "x" }, { headers: { "content-type": "multipart/form-data; boundary=x" } }, 415);
    await nothing(anna.client, anna.wall, { once, text: "x" }, { headers: { "content-type": "multipart/form-data; boundary=x" } }, 400);
    expect(await anna.client.post(anna.wall, { once, text: "of the right type" }, { headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" } }), 303);
  });

  test("a form with broken escapes", () => nothing(anna.client, anna.wall, "once=%zz&text=%4", {}, 400));

  test("a method that the address does not know", async () => {
    for (const path of ["/about", "/feed", "/people", "/settings", "/admin", `${post.path}/likes`]) {
      const answer = await nothing(anna.client, path, { once: await anna.client.once() }, {}, 405);
      assert.match(answer.headers.allow ?? "", /GET/);
    }
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]) assert.ok([405, 501].includes((await anna.client.request(method, "/about")).status), method);
  });

  test("whatever is done to a post that was deleted", async () => {
    const gone = await anna.write("soon gone");
    await anna.done(`${gone.path}/delete`);
    const once = await anna.client.once();
    for (const [end, fields] of [["/edit", { text: "x", version: 0 }], ["/like", {}], ["/unlike", {}]]) await nothing(anna.client, gone.path + end, { once, ...fields }, {}, 410);
    for (const end of ["", "/likes", "/history", "/edit"]) expect(await anna.get(gone.path + end), 410);
  });

  test("the page for joining says who invites, and befriends only whom the box was left ticked", async () => {
    const code = await invite(anna, { uses: 2 });
    const page = expect(await new Client(server.url).get(`/join?invitation=${code}`), 200);
    assert.match(page.doc.one("p.banner-ok").text, /Anna/);
    assert.match(page.doc.one("input[name=befriend]").closest("label").text, /Anna/);
    const willing = await join(server, "willing", { invitation: code });
    expect(await willing.get("/friends"), 200);
    assert.ok((await willing.get("/friends")).body.includes('href="/anna"'), "a friend");
    const client = new Client(server.url);
    expect(await client.submit(`/join?invitation=${code}`, "/join", { name: "unwilling", given: "Una", gender: 0, password: PASSWORD, befriend: null }), 303);
    assert.ok(!(await client.get("/friends")).body.includes('href="/anna"'), "nobody's friend unasked");
  });
  test("an invitation that makes no friends offers none, whatever is sent", async () => {
    const code = await invite(anna, { friend: false });
    const client = new Client(server.url);
    assert.ok(!(await client.get(`/join?invitation=${code}`)).doc.has("input[name=befriend]"));
    expect(await client.submit(`/join?invitation=${code}`, "/join", { name: "pushing", given: "Pavel", gender: 0, password: PASSWORD, befriend: "1" }), 303);
    assert.ok(!(await client.get("/friends")).body.includes('href="/anna"'));
  });
  test("an invitation that is over is said to be, and whoever joins for the friend learns it in time", async () => {
    const code = await invite(anna);
    const client = new Client(server.url);
    const form = await client.fill(`/join?invitation=${code}`, "/join", { name: "tardy", given: "Tardy", gender: 0, password: PASSWORD });
    await anna.done("/settings/invitations/end", { code });
    const refused = expect(await client.post("/join", form), 422);
    assert.match(refused.doc.one("[role=alert]").text, /used up.*without/);
    assert.match((await client.get(`/join?invitation=${code}`)).doc.one("[role=alert]").text, /used up.*without/);
    expect(await client.post("/join", [...form.filter(([name]) => !["befriend", "once"].includes(name)), ["once", await client.once()]]), 303, "without the friend:");
  });
  test("an invitation from somebody who was suspended lets nobody in, and says so", async () => {
    const petr = await join(server, "petr");
    const code = await invite(petr);
    await house.done(`/admin/members/${petr.num}/suspend`, { reason: "for the invitation" });
    await doors(1);
    const client = new Client(server.url);
    assert.match(expect(await client.get(`/join?invitation=${code}`), 200).doc.one("[role=alert]").text, /used up/);
    const answer = expect(await client.submit(`/join?invitation=${code}`, "/join", { name: "stranded", given: "Stan", gender: 0, password: PASSWORD }), 422);
    assertSaid(answer, "/join", "invitation");
    await doors(0);
  });
  test("an invitation ended is an invitation that lets nobody in", async () => {
    const code = await invite(anna);
    await anna.done("/settings/invitations/end", { code });
    await doors(1);
    const client = new Client(server.url);
    const answer = await client.submit("/join", "/join", { invitation: code, name: "toolate", given: "Late", gender: 0, password: PASSWORD });
    expect(answer, 422);
    assertSaid(answer, "/join", "invitation");
    await doors(0);
  });
});

// ---- too often ----

test("whoever floods is told when to come back", async () => {
  const limited = await start({ limits: true });
  try {
    const owner = await setupServer(limited);
    const floods = [
      [new Client(limited.url), "/login", {}, 20],
      [owner.client, "/status", { status: "x".repeat(101) }, 20, "status"],
    ];
    for (const [client, path, fields, most, typed] of floods) {
      let last;
      let sent = 0;
      do {
        last = await client.post(path, fields);
        sent++;
      } while (last.status !== 429 && sent < most * 3);
      expect(last, 429, `${path}, ${sent} times`);
      assert.ok(sent >= most / 2, `${path}: ${sent} were enough`);
      const wait = Number(last.headers["retry-after"]);
      assert.ok(Number.isInteger(wait) && wait >= 1 && wait <= 60, `Retry-After: ${last.headers["retry-after"]}`);
      assert.ok(last.doc.one("h1")?.text || last.doc.has("[role=alert]"), `nothing is said: ${last}`);
      if (typed) assert.equal(kept(last, path)[typed], fields[typed], "what was typed is gone");
    }
    expect(await owner.get("/feed"), 200, "reading goes on");
  } finally {
    await limited.stop();
  }
});
