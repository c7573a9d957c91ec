// SPDX-License-Identifier: AGPL-3.0-or-later
// The access matrix: every address of the binary × every kind of visitor, against the table beside this file. The table is the
// rule; this file only makes, for each cell, the thing that is asked for.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { Client } from "../support/client.mjs";
import { befriend, expect, invite, ITEMS, join, PASSWORD, Person, picture, setupServer, unrelate } from "../support/people.mjs";
import { codeOf, newSecret, switchOn } from "../support/second.mjs";
import { dump, routes, start } from "../support/server.mjs";

const LEVEL = { everyone: 0, members: 1, fof: 2, friends: 3, nobody: 4 };
const DEFAULTS = { page: "everyone", wall: "everyone", writing: "friends", list: "members", commenting: "members" };
const ITEM = { page: "profile", wall: "wall", writing: "post", list: "friends", commenting: "comment" };
const NOBODY = 1_999_999_999;
const SECRET = "marker-7f3a91";

// ---- the table ----

function readTable() {
  const lines = readFileSync(new URL("matrix.txt", import.meta.url), "utf8").split("\n");
  let actors = null;
  const rows = [];
  for (const line of lines) {
    if (!line.trim() || line.startsWith("#")) continue;
    if (line.startsWith("actors")) {
      actors = line.trim().split(/\s+/).slice(1);
      continue;
    }
    const found = /^(GET|POST)\s+(\S+)\s+(?:\[([^\]]+)\]\s+)?((?:\d{3}\s*)+)$/.exec(line);
    assert.ok(found, `not a row: ${line}`);
    const statuses = found[4].trim().split(/\s+/).map(Number);
    assert.equal(statuses.length, actors.length, `as many statuses as actors: ${line}`);
    rows.push({ method: found[1], path: found[2], variant: found[3] ?? "", expected: Object.fromEntries(actors.map((a, i) => [a, statuses[i]])) });
  }
  return { actors, rows };
}

const table = readTable();
const known = routes();

test("the table and the binary know the same addresses", () => {
  const inBinary = new Set(known.map((r) => `${r.method} ${r.path}`));
  const inTable = new Set(table.rows.map((r) => `${r.method} ${r.path}`));
  assert.deepEqual([...inBinary].filter((r) => !inTable.has(r)), [], "addresses without a row");
  assert.deepEqual([...inTable].filter((r) => !inBinary.has(r)), [], "rows without an address");
  const twice = table.rows.map((r) => `${r.method} ${r.path} [${r.variant}]`).filter((r, i, all) => all.indexOf(r) !== i);
  assert.deepEqual(twice, [], "rows that stand twice");
});

// ---- the people ----

let server;
let world;

async function relations(owner, who) {
  await befriend(owner, who.friend);
  await befriend(owner, who.mutual);
  await owner.done(`/block/${who.blocked.num}`);
}

before(async () => {
  server = await start();
  const house = await setupServer(server);
  const make = (name) => join(server, name);
  const who = { member: await make("mila"), friend: await make("fedor"), fof: await make("oleg"), mutual: await make("matvey"), blocked: await make("boris"), staff: await make("stepan"), suspended: await make("sergey") };
  const anna = await make("anna");
  const zoya = await make("zoya");
  await befriend(who.mutual, who.fof);
  await relations(anna, who);
  await relations(zoya, who);
  await house.done(`/admin/members/${who.staff.num}/role`, { role: 2 });
  await house.done(`/admin/members/${who.suspended.num}/suspend`, { reason: "for the matrix" });
  const zoyasPost = await zoya.write(SECRET);
  await house.done(`/admin/members/${zoya.num}/suspend`, { reason: "for the matrix" });
  // Guests have the cookie for their token from here on, as after any page.
  const guest = new Person(server, "", "", new Client(server.url));
  await guest.get("/about");
  world = { house, anna, zoya, zoyasPost, mutual: who.mutual, count: 0, actors: { ...who, guest, self: anna, house } };
});

after(() => server?.stop());

/** Makes the relation of that actor and the owner what its column says, whatever was done since. */
async function relate(column) {
  const { anna, actors } = world;
  if (["guest", "self", "suspended"].includes(column)) return;
  await unrelate(actors[column], anna);
  if (column === "friend") await befriend(anna, actors.friend);
  if (column === "blocked") await anna.done(`/block/${actors.blocked.num}`);
}

// ---- the things ----

async function fresh(prefix = "n") {
  return join(server, `${prefix}${"abcdefghijklmnopqrstuvwxyz"[world.count % 26]}${world.count++}x`);
}

/** A post as the variant says; {owner, ordinal, path}. */
async function thePost(variant) {
  const { anna, zoyasPost, actors } = world;
  if (variant.has("owner suspended")) return zoyasPost;
  if (variant.has("nobody")) return { owner: anna.num, ordinal: 999_999, path: `/wall${anna.num}_999999` };
  const byFriend = variant.has("by the friend") || variant.has("deleted by the friend");
  const post = byFriend ? await actors.friend.write(SECRET, { on: anna }) : await anna.write(SECRET, { audience: await audience(variant), more: thePoll(variant) });
  if (variant.has("deleted")) await anna.done(`${post.path}/delete`);
  if (variant.has("deleted by the friend")) await actors.friend.done(`${post.path}/delete`);
  return post;
}

function thePoll(variant) {
  const anonymous = variant.has("with an anonymous poll");
  return anonymous || variant.has("with a poll") ? { poll_question: SECRET, poll_answers: "One\nTwo", ...(anonymous ? { poll_anonymous: 1 } : {}) } : {};
}

async function audience(variant) {
  const level = variant.get("post") ?? "everyone";
  return level === "circle" ? `c${await theCircle()}` : LEVEL[level];
}

/** A comment of the friend's under a post of the owner's, which then gets its audience; {path}. */
async function theComment(variant) {
  const { anna, actors } = world;
  if (variant.has("nobody")) return { path: `/comment${anna.num}_999999` };
  const post = await anna.write("what is talked about");
  const comment = await actors.friend.comment(post, SECRET);
  if (variant.has("post")) await anna.done(`${post.path}/audience`, { audience: await audience(variant) });
  if (variant.has("deleted")) await anna.done(`${comment.path}/delete`);
  if (variant.has("deleted by the friend")) await actors.friend.done(`${comment.path}/delete`);
  if (variant.has("under a deleted post")) await anna.done(`${post.path}/delete`);
  return comment;
}

/** The owner's post with a picture as the variant says, and the addresses that the owner's page has: made once for a row, since nothing
 * that is asked of it changes it. */
const pictured = new Map();
async function thePhoto(variant) {
  const { anna } = world;
  const key = JSON.stringify([...variant]);
  if (pictured.has(key)) return pictured.get(key);
  const post = await picture(anna, SECRET, await audience(variant));
  if (variant.has("deleted")) await anna.done(`${post.path}/delete`);
  pictured.set(key, post);
  return post;
}

/** A circle of the owner's with the friend inside. */
async function theCircle() {
  const { anna, actors } = world;
  // There may be fifty at most; the one before has served.
  if (world.circle) await anna.act(`/friends/circle/${world.circle}/delete`);
  const made = await anna.done("/friends/circles", { title: "Choir" });
  const ordinal = Number(made.location.split("/").pop());
  await anna.done(`/friends/circle/${ordinal}/add`, { num: actors.friend.num });
  world.circle = ordinal;
  return ordinal;
}

async function theCase(variant, column) {
  const { house, actors } = world;
  if (variant.has("nobody")) return { num: NOBODY };
  if (variant.has("the house")) return house;
  if (variant.has("oneself")) return actors[column].num ? actors[column] : world.anna;
  const one = column === "self" && !variant.size ? world.anna : await fresh();
  if (variant.has("staff")) await house.done(`/admin/members/${one.num}/role`, { role: 2 });
  if (variant.has("suspended already")) await house.done(`/admin/members/${one.num}/suspend`, { reason: "before" });
  return one;
}

const owner = (variant) => (variant.has("owner suspended") ? world.zoya : variant.has("nobody") ? { num: NOBODY, name: "nobody.there" } : world.anna);

/** What a cell asks for: {path, fields, client}. Keyed by "METHOD path", then by path. */
const make = {
  "POST /view": () => ({ fields: { theme: "dark", to: "/about" } }),
  "POST /login": async (variant, column) => {
    const { suspended, guest } = world.actors;
    const name = column === "suspended" ? suspended.name : column === "guest" ? (await fresh()).name : "whoever";
    return { fields: { name, password: PASSWORD }, client: column === "guest" ? guest.client.clone() : undefined };
  },
  "POST /join": (variant, column) => ({
    fields: { name: `newcomer${"abcdefghi"[table.actors.indexOf(column)]}x`, given: "New", password: PASSWORD, gender: 0 },
    client: world.actors[column].client.clone(),
  }),
  "POST /logout": (variant, column) => ({ client: ownSession(column) }),
  "/tag/{tag}": () => ({ path: "/tag/ferry" }),
  "/setup/{token}": () => ({ path: new URL(server.setupUrl).pathname, fields: {} }),
  "POST /settings/profile": (variant, column) => ({ fields: { given: world.actors[column].given || "Guest", gender: 0, birthday_show: 0 } }),
  "POST /settings/privacy": (variant, column) => {
    const stored = column === "self" ? DEFAULTS : {};
    const level = (n) => LEVEL[stored[Object.keys(ITEM).find((k) => ITEM[k] === n)]] ?? { profile: 0, wall: 0, post: 3, friends: 1, birthday: 3, found: 0, presence: 3, comment: 1, details: 1 }[n];
    return { fields: Object.fromEntries(Object.entries(ITEMS).map(([n, i]) => [`level_${i}`, level(n)])) };
  },
  "POST /settings/profile/relations": () => ({ fields: { bond: 0 } }),
  "POST /settings/profile/family": () => ({ fields: { family: 2, relative: "Ivan" } }),
  "/settings/profile/family/{ordinal:int}/delete": () => ({ path: "/settings/profile/family/1/delete" }),
  "POST /settings/profile/contacts": () => ({ fields: { city: "Novgorod" } }),
  "POST /settings/profile/interests": () => ({ fields: { music: "Organ" } }),
  "POST /settings/profile/views": () => ({ fields: { life: 1, people: 2, smoking: 3, alcohol: 0 } }),
  "POST /settings/profile/education": () => ({ fields: { item: 0, kind: 2, name: "Polytechnic" } }),
  "/settings/profile/education/{ordinal:int}/delete": () => ({ path: "/settings/profile/education/1/delete" }),
  "POST /settings/profile/career": () => ({ fields: { item: 0, name: "Depot" } }),
  "/settings/profile/career/{ordinal:int}/delete": () => ({ path: "/settings/profile/career/2/delete" }),
  "/settings/profile/claims/{num:int}_{ordinal:int}/agree": onClaim("agree"),
  "/settings/profile/claims/{num:int}_{ordinal:int}/decline": onClaim("decline"),
  "POST /notifications/seen": () => ({ fields: { until: 1 } }),
  "POST /settings/notifications": () => ({ fields: { kind1: 1 } }),
  "POST /settings/quiet": () => ({ fields: { words: "tram", whole: 1, warns: 1, span: 1 } }),
  "/settings/quiet/{ordinal:int}/delete": () => ({ path: "/settings/quiet/1/delete" }),
  "/mute/{num:int}": (variant) => ({ path: `/mute/${owner(variant).num}`, fields: { span: 1 } }),
  "/unmute/{num:int}": (variant) => ({ path: `/unmute/${owner(variant).num}` }),
  "/friends/suggested/{num:int}/dismiss": (variant) => ({ path: `/friends/suggested/${owner(variant).num}/dismiss` }),
  "POST /settings/sessions/end": (variant, column) => ({ client: ownSession(column), fields: { ordinal: 1_000 } }),
  "POST /settings/sessions/end-others": async (variant, column) => {
    // Of somebody new: the matrix still needs the sessions of the others.
    if (["guest", "suspended"].includes(column)) return {};
    return { client: (await fresh()).client };
  },
  "POST /settings/password": async (variant, column) => {
    // A new password ends every other session: of somebody new, too.
    const outside = ["guest", "suspended"].includes(column);
    return { client: outside ? undefined : (await fresh()).client, fields: { password: PASSWORD, fresh: `${PASSWORD} more` } };
  },
  "GET /login/code": async (variant, column) => ({ client: variant.has("waiting") ? await waiting(column) : undefined }),
  "POST /login/code": async (variant, column) => {
    if (!variant.has("waiting")) return { fields: { code: "123456" } };
    const client = await waiting(column);
    return { client, fields: { code: codeOf(client.secret ?? newSecret(), 1) } };
  },
  "POST /login/passkey": () => ({ fields: { id: "AAAA", client: "AAAA" } }),
  "POST /settings/second/app": async (variant, column) => {
    // Of somebody new: the token of a session changes with it.
    if (["guest", "suspended"].includes(column)) return { fields: { secret: newSecret(), code: "123456" } };
    const secret = newSecret();
    return { client: (await fresh()).client, fields: { secret, code: codeOf(secret) } };
  },
  "POST /settings/second/app/off": async (variant, column) => {
    if (["guest", "suspended"].includes(column)) return { fields: { code: "123456", password: PASSWORD } };
    const one = await fresh();
    const { secret } = await switchOn(one);
    return { client: one.client, fields: { code: codeOf(secret, 1), password: PASSWORD } };
  },
  "POST /settings/second/codes": async (variant, column) => {
    if (["guest", "suspended"].includes(column)) return {};
    const one = await fresh();
    await switchOn(one);
    return { client: one.client };
  },
  "POST /settings/second/passkeys/new": () => ({ fields: { title: "Key", client: "AAAA", password: PASSWORD } }),
  "POST /settings/second/passkeys/remove": () => ({ fields: { ordinal: 1, password: PASSWORD } }),
  "POST /settings/invitations": () => ({ fields: { uses: 1 } }),
  "POST /settings/invitations/end": async (variant, column) => {
    const code = await invite(world.anna);
    const others = column !== "self";
    return {
      fields: { code },
      after: async () => {
        const page = await new Client(server.url).get(`/join?invitation=${code}`);
        assert.equal(page.doc.has("p.banner-ok"), others, "the invitation of the owner still lets somebody in");
      },
    };
  },
  "POST /status": () => ({ fields: { status: "Here" } }),
  "/{name}": (variant) => ({ path: `/${owner(variant).name}` }),
  "/id{num:int}": (variant) => ({ path: `/id${owner(variant).num}` }),
  "/friends/of/{num:int}": (variant) => ({ path: `/friends/of/${owner(variant).num}` }),
  "GET /wall{owner:int}": async (variant) => {
    if (!variant.has("nobody") && !variant.has("owner suspended")) await world.anna.write(SECRET);
    return { path: `/wall${owner(variant).num}` };
  },
  "POST /wall{owner:int}": (variant) => ({ path: `/wall${owner(variant).num}`, fields: { text: "good day" } }),
  "/photo{owner:int}_{photo}": async (variant) => ({ path: (await thePhoto(variant)).page }),
  "/media/{owner:int}_{photo}/{size:int}/{pass}": async (variant) => {
    const { file } = await thePhoto(variant);
    return { path: variant.has("no pass") ? file.replace(/[^/]+$/, "0.499999.AAAAAAAAAAAAAAAAAAAAAA") : file };
  },
  "/wall{owner:int}_{ordinal:int}": onPost(""),
  "/wall{owner:int}_{ordinal:int}/likes": onPost("/likes"),
  "/wall{owner:int}_{ordinal:int}/history": onPost("/history"),
  "/wall{owner:int}_{ordinal:int}/edit": onPost("/edit", { text: "changed", version: 0 }),
  "/wall{owner:int}_{ordinal:int}/audience": onPost("/audience", { audience: 3 }),
  "/wall{owner:int}_{ordinal:int}/delete": onPost("/delete"),
  "/wall{owner:int}_{ordinal:int}/restore": onPost("/restore"),
  "/wall{owner:int}_{ordinal:int}/like": onPost("/like"),
  "/wall{owner:int}_{ordinal:int}/unlike": onPost("/unlike"),
  "/wall{owner:int}_{ordinal:int}/pin": async (variant) => {
    const { path } = await thePost(variant);
    // Five may be pinned: this one makes room for the next.
    return { path: `${path}/pin`, fields: {}, after: () => world.anna.act(`${path}/unpin`) };
  },
  "/wall{owner:int}_{ordinal:int}/unpin": onPost("/unpin"),
  "/wall{owner:int}_{ordinal:int}/vote": onPost("/vote", { answer: 2 }),
  "/wall{owner:int}_{ordinal:int}/unvote": onPost("/unvote"),
  "/wall{owner:int}_{ordinal:int}/voters": onPost("/voters?answer=1"),
  "/wall{owner:int}_{ordinal:int}/bookmark": onPost("/bookmark"),
  "/wall{owner:int}_{ordinal:int}/unbookmark": onPost("/unbookmark"),
  "/wall{owner:int}_{ordinal:int}/repost": onPost("/repost", { text: "look", audience: 0 }),
  "/wall{owner:int}_{ordinal:int}/reposts": onPost("/reposts"),
  "/wall{owner:int}_{ordinal:int}/comment": onPost("/comment", { text: "well said" }),
  "/comment{owner:int}_{ordinal:int}": onComment(""),
  "/comment{owner:int}_{ordinal:int}/likes": onComment("/likes"),
  "/comment{owner:int}_{ordinal:int}/edit": onComment("/edit", { text: "changed", version: 0 }),
  "/comment{owner:int}_{ordinal:int}/delete": onComment("/delete"),
  "/comment{owner:int}_{ordinal:int}/restore": onComment("/restore"),
  "/comment{owner:int}_{ordinal:int}/like": onComment("/like"),
  "/comment{owner:int}_{ordinal:int}/unlike": onComment("/unlike"),
  "GET /friends/{num:int}/ask": (variant) => ({ path: `/friends/${owner(variant).num}/ask` }),
  "POST /friends/{num:int}/ask": onOwner("/friends/{}/ask", { text: "Remember me?" }),
  "/friends/{num:int}/add": onOwner("/friends/{}/add"),
  "/friends/{num:int}/cancel": onOwner("/friends/{}/cancel"),
  "/friends/{num:int}/accept": onOwner("/friends/{}/accept"),
  "/friends/{num:int}/decline": onOwner("/friends/{}/decline"),
  "/friends/{num:int}/reopen": onOwner("/friends/{}/reopen"),
  "/friends/{num:int}/remove": onOwner("/friends/{}/remove"),
  "/friends/{num:int}/follow": onOwner("/friends/{}/follow"),
  "/friends/{num:int}/unfollow": onOwner("/friends/{}/unfollow"),
  "/block/{num:int}": onOwner("/block/{}"),
  "/unblock/{num:int}": onOwner("/unblock/{}"),
  "POST /friends/circles": () => ({ fields: { title: "Choir" } }),
  "/friends/circle/{ordinal:int}": onCircle(""),
  "/friends/circle/{ordinal:int}/rename": onCircle("/rename", () => ({ title: "Chess" })),
  "/friends/circle/{ordinal:int}/add": onCircle("/add", () => ({ num: world.mutual.num })),
  "/friends/circle/{ordinal:int}/remove": onCircle("/remove", () => ({ num: world.actors.friend.num })),
  "/friends/circle/{ordinal:int}/delete": onCircle("/delete"),
  "/admin/members/{num:int}": (variant) => ({ path: `/admin/members/${owner(variant).num}` }),
  "/admin/members/{num:int}/suspend": onCase("/suspend", { reason: "because" }),
  "/admin/members/{num:int}/restore": onCase("/restore", { reason: "because" }),
  "/admin/members/{num:int}/role": onCase("/role", { role: 2 }),
  "POST /admin/site": () => ({ fields: { site: "Test square", signup: 0, site_lang: 0 } }),
};

/** A browser in which a password was right and the code is still to come; of members the one they have. */
async function waiting(column) {
  const actor = world.actors[column];
  if (!["guest", "suspended"].includes(column)) return actor.client;
  const one = await fresh();
  const { secret } = await switchOn(one);
  const client = new Client(server.url);
  expect(await client.submit("/login", "/login", { name: one.name, password: PASSWORD }), 303);
  if (column === "suspended") await world.house.done(`/admin/members/${one.num}/suspend`, { reason: "for the matrix" });
  return Object.assign(client, { secret });
}

/** A session of the actor's that may be ended. Whoever cannot log in keeps what they have. */
async function ownSession(column) {
  const actor = world.actors[column];
  return actor.num && column !== "suspended" ? actor.logIn() : actor.client.clone();
}

function onPost(end, fields = {}) {
  return async (variant) => ({ path: (await thePost(variant)).path + end, fields });
}

function onComment(end, fields = {}) {
  return async (variant) => ({ path: (await theComment(variant)).path + end, fields });
}

/** The relation is made anew before, since the cell may change it. */
function onOwner(pattern, fields = {}) {
  return async (variant, column) => {
    const other = owner(variant);
    if (other === world.anna) await relate(column);
    if (variant.has("they asked") && !["guest", "self", "suspended", "blocked", "friend"].includes(column))
      await world.anna.done(`/friends/${world.actors[column].num}/add`);
    return { path: pattern.replace("{}", other.num), fields, after: other === world.anna ? () => relate(column) : undefined };
  };
}

/** The owner says that they and the friend are together. */
function onClaim(end) {
  return async () => {
    await world.anna.done("/settings/profile/relations", { bond: 2, partner: `@${world.actors.friend.name}` });
    return { path: `/settings/profile/claims/${world.anna.num}_0/${end}`, after: () => world.anna.done("/settings/profile/relations", { bond: 0 }) };
  };
}

function onCircle(end, fields = () => ({})) {
  return async () => ({ path: `/friends/circle/${await theCircle()}${end}`, fields: fields() });
}

function onCase(end, fields) {
  return async (variant, column) => ({ path: `/admin/members/${(await theCase(variant, column)).num}${end}`, fields });
}

const WORDS = new Set(["owner suspended", "nobody", "deleted", "by the friend", "deleted by the friend", "they asked", "staff", "the house", "oneself", "suspended already", "waiting", "under a deleted post", "with a poll", "with an anonymous poll", "no pass"]);

/** "deleted post=friends" → Map {deleted → true, post → "friends"}. */
function readVariant(text) {
  const found = new Map();
  const rest = text.replace(/(page|wall|writing|list|post|commenting)=(\w+)/g, (_, item, level) => (assert.ok(level in LEVEL || level === "circle", level), found.set(item, level), "")).trim();
  if (rest) assert.ok(WORDS.has(rest), `the table says [${rest}], which this file does not know`);
  if (rest) found.set(rest, true);
  return found;
}

// ---- asking ----

/** The owner's settings while a row is asked. */
async function withSettings(variant, body) {
  const wanted = Object.keys(DEFAULTS).filter((item) => variant.has(item));
  const levels = (of) => Object.fromEntries(wanted.map((item) => [ITEM[item], LEVEL[of(item)]]));
  if (wanted.length) await world.anna.privacy(levels((item) => variant.get(item)));
  try {
    await body();
  } finally {
    if (wanted.length) await world.anna.privacy(levels((item) => DEFAULTS[item]));
  }
}

async function ask(row, variant, column) {
  const maker = make[`${row.method} ${row.path}`] ?? make[row.path];
  assert.ok(maker || !row.path.includes("{"), `no maker for ${row.method} ${row.path}`);
  assert.ok(maker || row.method === "GET", `no maker for ${row.method} ${row.path}`);
  const wants = maker ? await maker(variant, column) : {};
  const actor = world.actors[column];
  const self = column === "self" && variant.has("owner suspended") ? world.zoya : actor;
  const client = (await wants.client) ?? self.client;
  const path = wants.path ?? row.path;
  if (row.method === "GET") return { answer: await client.get(path), wants };
  const fields = { once: await client.once(), ...(wants.fields ?? {}) };
  const refused = row.expected[column] >= 400;
  const before = refused ? await dump(server) : null;
  const answer = await client.post(path, fields);
  if (refused && answer.status >= 400) assert.deepEqual(await dump(server), before, `a refusal changed something: ${answer}`);
  return { answer, wants };
}

function check(row, column, answer) {
  const route = known.find((r) => r.method === row.method && r.path === row.path);
  // A refused post to a wall shows the wall again, as far as it is open.
  // Whoever may not comment sees the post all the same.
  const shows = row.path === "/wall{owner:int}" || (row.path.endsWith("/comment") && answer.status === 403);
  if (answer.status >= 300 && !shows) assert.ok(!answer.body.includes(SECRET), `a refusal shows what it hides: ${answer}`);
  if (answer.status === 303) {
    assert.match(answer.location, /^\/(?![/\\])/, `a redirect leads elsewhere: ${answer}`);
    const outside = ["guest", "suspended"].includes(column) && ["member", "staff", "owner"].includes(route.who);
    if (outside && row.method === "GET") assert.ok(answer.location.startsWith("/login?to=%2F"), `not to the log-in and back: ${answer}`);
  }
}

for (const row of table.rows) {
  test(`${row.method} ${row.path}${row.variant ? ` [${row.variant}]` : ""}`, async () => {
    const variant = readVariant(row.variant);
    const wrong = [];
    await withSettings(variant, async () => {
      for (const column of table.actors) {
        const { answer, wants } = await ask(row, variant, column);
        if (answer.status !== row.expected[column]) wrong.push(`${column}: expected ${row.expected[column]}, got ${answer.status}: ${String(answer).slice(0, 250)}`);
        else check(row, column, answer);
        await wants.after?.();
      }
    });
    assert.deepEqual(wrong, []);
  });
}

// ---- what the permalink hides ----

test("what a permalink hides is in no list and in no count", async () => {
  const { anna, actors } = world;
  const marks = {};
  for (const level of ["everyone", "members", "fof", "friends", "nobody", "circle"]) {
    const text = `list-marker-${level}`;
    marks[text] = await anna.write(`${text} #marks`, { audience: await audience(new Map([["post", level]])) });
  }
  for (const column of table.actors) {
    const client = actors[column].client;
    const sees = new Set();
    for (const [text, post] of Object.entries(marks)) if ((await client.get(post.path)).status === 200) sees.add(text);
    const lists = { wall: anna.wall, "owner's posts": `${anna.wall}?own=1`, page: anna.path, tag: "/tag/marks" };
    if (["friend", "self", "member", "fof", "staff", "house", "blocked"].includes(column)) lists.news = "/feed";
    for (const [list, path] of Object.entries(lists)) {
      const page = await client.get(path);
      for (const text of Object.keys(marks)) {
        const shown = page.body.includes(text);
        if (shown) assert.ok(sees.has(text), `${column} sees ${text} in the ${list} and not by its address`);
        // The newest six are on the first page of every list that holds them.
        else if (list !== "news" || ["friend", "self"].includes(column)) assert.ok(!sees.has(text), `${column} misses ${text} in the ${list}`);
      }
    }
  }
});

test("a repost shows its original to those alone who could read it where it stands", async () => {
  const { anna, actors } = world;
  const bella = await fresh("bella");
  const text = "repost-marker-4711";
  const post = await anna.write(text);
  const copy = (await bella.done(`${post.path}/repost`, { text: "passed on", audience: 0 })).location;
  for (const level of ["everyone", "members", "fof", "friends", "nobody", "deleted"]) {
    await anna.done(level === "deleted" ? `${post.path}/delete` : `${post.path}/audience`, { audience: LEVEL[level] ?? "" });
    for (const column of table.actors) {
      const client = actors[column].client;
      const sees = (await client.get(post.path)).status === 200;
      for (const path of [copy, bella.wall, bella.path]) {
        const page = expect(await client.get(path), 200, column);
        assert.equal(page.body.includes(text), sees, `${column}, ${level}, ${path}`);
        assert.ok(page.body.includes("passed on"));
      }
    }
  }
});

test("the posts that a page counts are those that its viewer may see", async () => {
  const bella = await fresh("bella");
  const { actors } = world;
  await befriend(bella, actors.friend);
  await befriend(bella, actors.mutual);
  await bella.done(`/block/${actors.blocked.num}`);
  const counts = { everyone: 1, members: 2, fof: 4, friends: 8, nobody: 16 };
  for (const [level, n] of Object.entries(counts)) for (let i = 0; i < n; i++) await bella.write(`${level} ${i}`, { audience: LEVEL[level] });
  const expected = { guest: 1, suspended: 1, member: 3, staff: 3, house: 3, fof: 7, friend: 15, self: 31 };
  for (const [column, n] of Object.entries(expected)) {
    const client = column === "self" ? bella.client : actors[column].client;
    const page = expect(await client.get(bella.path), 200, column);
    const shown = page.doc.one("ul.counts").all("li").pop().one("b").text;
    assert.equal(shown, String(n), `${column} counts posts`);
  }
  assert.equal((await actors.blocked.get(bella.path)).doc.has("ul.counts"), false, "who is blocked counts nothing");
});

test("whoever shall not be found is in no list of people", async () => {
  const { anna, actors } = world;
  const pavel = await fresh("pavel");
  await befriend(pavel, actors.friend);
  await befriend(pavel, anna);
  await pavel.privacy({ found: LEVEL.nobody });
  for (const column of ["guest", "member", "staff"]) {
    const client = actors[column].client;
    for (const path of ["/people", `/people?q=${pavel.name}`, `/friends/of/${anna.num}`, `/friends/of/${actors.friend.num}`, anna.path, actors.friend.path]) {
      const page = await client.get(path);
      const links = page.doc.all((n) => n.tag === "a" && n.attrs.href === pavel.path);
      assert.equal(links.length, 0, `${column} finds ${pavel.name} on ${path}`);
    }
  }
});

test("no GET changes anything", async () => {
  const { anna, actors } = world;
  const post = await anna.write("still here");
  const circle = await theCircle();
  const fill = { "{name}": anna.name, "{token}": "x", "{tag}": "marks", "{num:int}": anna.num, "{owner:int}": anna.num, "{ordinal:int}": post.ordinal, "{photo}": "1", "{size:int}": 0, "{pass}": "x" };
  const paths = known.filter((r) => r.method === "GET").map((r) => (r.path.startsWith("/friends/circle/") ? `/friends/circle/${circle}` : r.path.replace(/\{[^}]+\}/g, (m) => fill[m])));
  const before = await dump(server);
  for (const column of table.actors) for (const path of paths) await actors[column].client.get(path);
  // Addresses that write when posted to do not write when they are only looked at.
  for (const r of known.filter((k) => k.method === "POST" && !known.some((g) => g.method === "GET" && g.path === k.path))) {
    const path = r.path.replace(/\{[^}]+\}/g, (m) => fill[m]);
    const answer = await anna.get(path);
    assert.equal(answer.status, 405, `GET of a form's address: ${answer}`);
    assert.equal(answer.headers.allow, "POST", path);
    for (const link of answer.doc.one("main").all("a")) assert.notEqual((await anna.client.page(link.attrs.href)).status, 405, `${path} leads to ${link.attrs.href}`);
    if (path.startsWith(post.path)) assert.ok(answer.doc.one("main").has(`a[href=${post.path}]`), `${path} leads nowhere`);
  }
  assert.deepEqual(await dump(server), before);
});
