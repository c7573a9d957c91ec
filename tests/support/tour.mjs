// SPDX-License-Identifier: AGPL-3.0-or-later
// Every page of the demo town, once: for pictures, sizes and whatever else is asked of all pages.
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Client } from "./client.mjs";
import { expect, join as joinAs, Person, picture } from "./people.mjs";
import { switchOn } from "./second.mjs";
import { BIN, createDatabase, ENGINE, routes, start } from "./server.mjs";

const PASSWORD = "a few words in a row";

function freePort() {
  return new Promise((done, fail) => {
    const probe = net.createServer();
    probe.on("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** A running demo town. */
export async function openTown(members = 60) {
  const port = await freePort();
  const data = mkdtempSync(join(tmpdir(), "veche-tour-"));
  const database = ENGINE === "postgres" ? createDatabase() : null;
  const made = spawnSync(BIN, ["demo", "--data", data, ...(database ? ["--db", database.address] : []), "--members", String(members), "--origin", `http://127.0.0.1:${port}`, "--password", PASSWORD], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`veche demo: ${made.stderr}`);
  const server = await start({ data, database, args: ["--port", String(port)] });
  const who = {};
  for (const [role, label] of [["owner", "owner"], ["en", "English"], ["ru", "Russian"]]) {
    const name = new RegExp(`^\\s+${label}\\s+(\\S+)$`, "m").exec(made.stdout)[1];
    who[role] = new Person(server, name, name, null);
    who[role].password = PASSWORD;
    who[role].client = await who[role].logIn();
    const page = expect(await who[role].get(who[role].path), 200);
    who[role].num = Number(page.doc.one("form[action^=/wall]").attrs.action.slice("/wall".length));
  }
  const guest = new Client(server.url);
  await guest.get("/about");
  const stops = await plan(who);
  // What was done to make all this is not to be said on the first page of everybody's.
  for (const one of Object.values(who)) one.client.jar.delete("veche_toast");
  // A log-in between its two steps; it waits for five minutes, so its page is looked at where that is time enough.
  const waiting = new Client(server.url);
  expect(await waiting.submit("/login", "/login", { name: who.owner.name, password: PASSWORD }), 303);
  return { server, who, guest, waiting, stops, stop: () => server.stop() };
}

/** A post of the member's own wall that was liked, if there is one: {path}. */
async function livelyPost(person) {
  const wall = expect(await person.get(`${person.wall}?own=1`), 200);
  const times = wall.doc.all("a").filter((a) => a.has("time") && /^\/wall\d+_\d+$/.test(a.attrs.href ?? ""));
  if (times[0]) return times[0].attrs.href;
  return (await person.write("A word for everybody")).path;
}

/** Something in every section of one's page. */
async function tellAll(person) {
  await person.done("/settings/profile/relations", { bond: 5 });
  await person.done("/settings/profile/family", { family: 1, relative: "Old Agafya" });
  await person.done("/settings/profile/contacts", { city: "Beloborsk", site: "https://example.org/~tram", handles: "Ask at the depot" });
  await person.done("/settings/profile/interests", { activities: "Mending trams", music: "Organ, accordion", quotes: "Slow is smooth.\nSmooth is fast.", about: "I get up early." });
  await person.done("/settings/profile/views", { political: "For more benches", religion: "", life: 5, people: 6, smoking: 3, alcohol: 4, inspired: "The river" });
  await person.done("/settings/profile/education", { item: 0, kind: 1, name: "School 7", town: "Beloborsk", detail: "11 b", since: 1998, until: 2009 });
  await person.done("/settings/profile/education", { item: 0, kind: 2, name: "Beloborsk Polytechnic", detail: "railway bridges", until: 2014 });
  await person.done("/settings/profile/career", { item: 0, name: "City workshop for tram repair", detail: "Fitter", since: 2015 });
}

/** Every route that can be looked at, with something lively to see: [{route, path, as, name, status}]. as: guest, member, owner. */
async function plan(who) {
  const me = who.en;
  const post = await livelyPost(me);
  await me.done("/friends/circles", { title: "Choir" });
  const shown = await picture(me, "Look what I have seen");
  const circles = expect(await me.get("/friends?tab=circles"), 200);
  const circle = circles.doc.all("a").find((a) => /^\/friends\/circle\/\d+$/.test(a.attrs.href ?? "")).attrs.href;
  const people = expect(await me.get("/people"), 200);
  const stranger = people.doc.all("button").map((b) => /^\/friends\/(\d+)\/(?:add|follow)$/.exec(b.attrs.formaction ?? "")?.[1]).find(Boolean) ?? String(who.ru.num);
  // Pages that are closed in three ways, and somebody who asks with words.
  const shut = await joinAs(me.server, "shut.page", { given: "Shut", family: "Page" });
  await shut.privacy({ profile: 4 });
  const left = await joinAs(me.server, "suspended.page", { given: "Suspended", family: "Page" });
  await left.write("From before the suspension");
  await who.owner.done(`/admin/members/${left.num}/suspend`, { reason: "For the tour" });
  const asks = await joinAs(me.server, "asks.nicely", { given: "Asks", family: "Nicely" });
  await asks.done(`/friends/${me.num}/ask`, { text: "We sang in the same choir; I had the high notes and you the patience." });
  const barred = await joinAs(me.server, "barred.page", { given: "Barred", family: "Page" });
  await me.done(`/block/${barred.num}`);
  await switchOn(who.owner);
  await me.done(me.wall, { text: "The #ferry is back, and the ferryman did it.", warning: "How a story ends", audience: 0 });
  await me.done(`${(await me.write("On top of my wall")).path}/pin`);
  const poll = await me.write("The choir meets again.", { more: { poll_question: "Which evening suits you?", poll_answers: "Tuesday\nThursday, after the rehearsal of the orchestra\nNone", poll_changes: 1, poll_days: 7 } });
  await who.ru.done(`${poll.path}/vote`, { answer: 2 });
  const asked = await me.write("Another question", { more: { poll_question: "And who brings the cake?", poll_answers: "I\nYou", poll_several: 1 } });
  await me.done(`${poll.path}/vote`, { answer: 2 });
  // A conversation, with answers and a like.
  const talk = await me.write("Who remembers the ferry?", { audience: 1 });
  const first = await who.ru.comment(talk, "Помню: паром ходил до ноября. @" + me.name + ", а вы?");
  const second = await me.comment(talk, "I do, and the ferryman’s dog. See https://example.org/ferry for a picture of it.");
  await who.owner.comment(talk, "The dog was called Tug.", { parent: second.number });
  const mine = await me.comment(talk, "Tug!", { parent: second.number });
  await who.ru.done(`${second.path}/like`);
  await me.done(`${first.path}/like`);
  // Passed on: once to be seen, once when the original is gone.
  const lost = await who.ru.write("Это скоро удалят");
  await me.done(`${talk.path}/repost`, { text: "The choir wants to know as well.", audience: 0 });
  const stub = (await me.done(`${lost.path}/repost`, { text: "", audience: 0 })).location;
  await who.ru.done(`${lost.path}/delete`);
  await me.done(`${talk.path}/bookmark`);
  await tellAll(me);
  await me.done("/settings/quiet", { words: "a phrase that nobody writes", whole: 1, warns: 1, span: 1 });
  await me.done(`/mute/${asks.num}`, { span: 2 });
  const at = {
    "/bookmarks": [["member"], ["owner"]],
    "/wall{owner:int}_{ordinal:int}/voters": [["member", `${poll.path}/voters?answer=2`]],
    "/": [["guest", "/"]],
    "/about": [["guest", "/about"], ["member", "/about"]],
    "/login": [["guest", "/login"]],
    "/join": [["guest", "/join"]],
    "/settings/sessions": [["member"]],
    "/settings/password": [["member"]],
    "/settings/second": [["member"]],
    "/settings/second/app": [["member"], ["owner"]],
    "/settings/second/codes": [["member"], ["owner"]],
    "/settings/second/passkeys": [["member"]],
    "/settings/second/passkeys/new": [["member"]],
    "/login/code": [["waiting", "/login/code", null]],
    "/settings/invitations": [["member"]],
    "/settings/blocked": [["member"]],
    "/settings": [["member"]],
    "/settings/profile": [["member"]],
    "/settings/privacy": [["member"]],
    "/settings/profile/relations": [["member"]],
    "/settings/profile/contacts": [["member"]],
    "/settings/profile/interests": [["member"]],
    "/settings/profile/views": [["member"]],
    "/settings/profile/education": [["member"], ["member", "/settings/profile/education?item=1"]],
    "/settings/profile/career": [["member"]],
    "/settings/view-as": [["member"], ["member", "/settings/view-as?who=guest"], ["member", "/settings/view-as?who=friend"], ["member", "/settings/view-as?who=name&name=nobody.there", 422], ["member", `/settings/view-as?who=name&name=${barred.name}`]],
    "/notifications": [["member"], ["owner"], ["member", "/notifications?before=1"]],
    "/settings/notifications": [["member"]],
    "/settings/quiet": [["member"]],
    "/mute/{num:int}": [["member", `/mute/${who.ru.num}`]],
    "/setup/{token}": [["guest", "/setup/over", 410]],
    "/feed": [["member"]],
    "/wall{owner:int}": [["member", me.wall]],
    "/wall{owner:int}_{ordinal:int}": [["member", post], ["guest", "/wall1_999999", 404], ["member", talk.path], ["guest", `${(await livelyPost(who.ru))}`, null], ["member", `${talk.path}?view=threads`], ["member", stub], ["member", poll.path], ["member", asked.path]],
    "/wall{owner:int}_{ordinal:int}/repost": [["member", `${talk.path}/repost`]],
    "/wall{owner:int}_{ordinal:int}/reposts": [["member", `${talk.path}/reposts`], ["member", `${lost.path}/reposts`, null]],
    "/comment{owner:int}_{ordinal:int}": [["member", second.path], ["guest", second.path, 404]],
    "/comment{owner:int}_{ordinal:int}/edit": [["member", `${mine.path}/edit`]],
    "/comment{owner:int}_{ordinal:int}/likes": [["member", `${second.path}/likes`]],
    "/tag/{tag}": [["member", "/tag/ferry"], ["guest", "/tag/nobodysaysthis"]],
    "/wall{owner:int}_{ordinal:int}/edit": [["member", `${post}/edit`, null]],
    "/wall{owner:int}_{ordinal:int}/audience": [["member", `${post}/audience`, null]],
    "/wall{owner:int}_{ordinal:int}/likes": [["member", `${post}/likes`]],
    "/wall{owner:int}_{ordinal:int}/history": [["member", `${post}/history`]],
    "/photo{owner:int}_{photo}": [["member", shown.page], ["guest", shown.page]],
    "/friends": [["member", "/friends"], ["member", "/friends?tab=requests"], ["member", "/friends?tab=online"], ["member", "/friends?tab=circles"]],
    "/friends/of/{num:int}": [["member", `/friends/of/${who.ru.num}`, null]],
    "/friends/{num:int}/ask": [["member", `/friends/${stranger}/ask`, null]],
    "/friends/circle/{ordinal:int}": [["member", circle]],
    "/{name}": [["member", me.path], ["member", who.ru.path, null], ["guest", me.path, null], ["guest", shut.path, 403], ["member", shut.path, 403], ["member", left.path, 410], ["owner", left.path], ["member", barred.path]],
    "/people": [["guest", "/people"], ["member", "/people"], ["member", "/people?q=anna"], ["member", "/people?q=zzzzzz"]],
    "/admin": [["owner"]],
    "/admin/members": [["owner"]],
    "/admin/members/{num:int}": [["owner", `/admin/members/${me.num}`], ["owner", `/admin/members/${left.num}`]],
    "/admin/site": [["owner"]],
  };
  // These are no pages: answers for machines, a redirect, and pictures.
  const bare = new Set(["/healthz", "/robots.txt", "/live", "/id{num:int}", "/media/{owner:int}_{photo}/{size:int}/{pass}"]);
  const stops = [];
  for (const { method, path: route } of routes()) {
    if (method !== "GET" || bare.has(route)) continue;
    if (!at[route]) throw new Error(`a page that the tour does not know: GET ${route}: say in tests/support/tour.mjs with what to look at it`);
    for (const [as, path = route, status = 200] of at[route])
      stops.push({ route, as, path, status, name: `${as}${path.replace(/[^A-Za-z0-9.]+/g, "-").replace(/-$/, "") || "-start"}` });
  }
  return stops;
}
