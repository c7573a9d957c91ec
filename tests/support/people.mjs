// SPDX-License-Identifier: AGPL-3.0-or-later
// Members of a test server, made the way members are made: through the pages' own forms.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { Client } from "./client.mjs";

export const PASSWORD = "a few words in a row";

/** Fails with the whole answer when the status is another one. */
export function expect(answer, status, why = "") {
  assert.equal(answer.status, status, `${why} ${answer}`);
  return answer;
}

/** Somebody with an account: .client is logged in. */
export class Person {
  constructor(server, name, given, client) {
    Object.assign(this, { server, name, given, client, num: 0, password: PASSWORD });
  }

  get path() {
    return `/${this.name}`;
  }

  get wall() {
    return `/wall${this.num}`;
  }

  get(path, options) {
    return this.client.get(path, options);
  }

  submit(path, action, values, options) {
    return this.client.submit(path, action, values, options);
  }

  /** Posts with a fresh token and nothing else but these fields. */
  async act(path, values = {}, options = {}) {
    return this.client.post(path, { once: await this.client.once(), ...values }, options);
  }

  /** The same and it must succeed. */
  async done(path, values = {}) {
    return expect(await this.act(path, values), 303, `${this.name} posts to ${path}:`);
  }

  /** Writes on a wall (their own unless said otherwise); the post's {owner, ordinal, path}. */
  async write(text, { audience = 0, on = this, more = {} } = {}) {
    const fields = { text, ...more, ...(on === this ? { audience } : {}) };
    const sent = await this.done(on.wall, fields);
    // Where to undo it stands in the toast: the one place that names the new post.
    const undo = /\/wall(\d+)_(\d+)\/delete/.exec(decodeURIComponent(toastOf(sent)));
    assert.ok(undo, `no new post in the toast of ${sent}`);
    return { owner: Number(undo[1]), ordinal: Number(undo[2]), path: `/wall${undo[1]}_${undo[2]}` };
  }

  /** Comments on a post, or answers a comment (its number); the comment's {owner, number, path}. */
  async comment(post, text, { parent = 0 } = {}) {
    const sent = await this.done(`${post.path}/comment`, { text, ...(parent ? { parent } : {}) });
    const undo = /\/comment(\d+)_(\d+)\/delete/.exec(decodeURIComponent(toastOf(sent)));
    assert.ok(undo, `no new comment in the toast of ${sent}`);
    return { owner: Number(undo[1]), number: Number(undo[2]), path: `/comment${undo[1]}_${undo[2]}` };
  }

  /** Changes some privacy settings: {profile: 3, wall: 4, …}, by level. Those not named keep what the form shows. */
  async privacy(levels) {
    const fields = Object.fromEntries(Object.entries(levels).map(([item, level]) => [`level_${ITEMS[item]}`, level]));
    return expect(await this.submit("/settings/privacy", "/settings/privacy", fields), 303, "privacy:");
  }

  async logIn(client = new Client(this.server.url)) {
    expect(await client.submit("/login", "/login", { name: this.name, password: this.password }), 303, `${this.name} logs in:`);
    return client;
  }
}

/** Numbers of the privacy settings (graph/privacy.h). */
export const ITEMS = { profile: 1, wall: 2, post: 3, friends: 4, birthday: 5, found: 6, presence: 7, comment: 8, details: 9 };
export const LEVELS = { everyone: 0, members: 1, friendsOfFriends: 2, friends: 3, nobody: 4 };

export function toastOf(answer) {
  return answer.cookies.veche_toast?.value ?? "";
}

async function numberOf(person) {
  const page = expect(await person.get(person.path), 200, "own page:");
  const composer = page.doc.one("form[action^=/wall]");
  assert.ok(composer, `${person.name} has no composer on their own page`);
  person.num = Number(composer.attrs.action.slice("/wall".length));
  return person;
}

/** Opens the printed link, sets the server up, logs its owner in. signup: 0 open, 1 by invitation, 2 closed. */
export async function setupServer(server, { signup = 0, name = "marfa", given = "Marfa", family = "", gender = 1, lang = "en", origin = server.url } = {}) {
  const client = new Client(server.url, { "accept-language": lang });
  const path = new URL(server.setupUrl).pathname;
  const fields = { site: "Test square", origin, signup, name, given, family, gender, password: PASSWORD };
  expect(await client.submit(path, path, fields), 200, "set-up:");
  const owner = new Person(server, name, given, client);
  await owner.logIn(client);
  return numberOf(owner);
}

/** A new member by open sign-up, or with an invitation's code. */
export async function join(server, name, { given = name[0].toUpperCase() + name.slice(1), family = "", gender = 0, invitation = null } = {}) {
  const client = new Client(server.url);
  const page = invitation ? `/join?invitation=${invitation}` : "/join";
  expect(await client.submit(page, "/join", { name, given, family, gender, password: PASSWORD }), 303, `${name} joins:`);
  return numberOf(new Person(server, name, given, client));
}

/** Several at once: {olga, ivan, …} by name. */
export async function joinAll(server, names) {
  const all = {};
  for (const name of names) all[name] = await join(server, name);
  return all;
}

export async function befriend(a, b, words = "") {
  await a.done(`/friends/${b.num}/ask`, { text: words });
  await b.done(`/friends/${a.num}/accept`);
}

/** Ends whatever is between two members, from both sides. */
export async function unrelate(a, b) {
  for (const [x, y] of [[a, b], [b, a]]) {
    await x.done(`/unblock/${y.num}`);
    for (const verb of ["remove", "cancel", "unfollow"]) await x.done(`/friends/${y.num}/${verb}`);
  }
}

/** A code that lets somebody in. */
export async function invite(person, { uses = 1, friend = true } = {}) {
  expect(await person.submit("/settings/invitations", "/settings/invitations", { uses, befriend: friend ? "1" : null }), 303, "invitation:");
  const page = await person.get("/settings/invitations");
  return page.doc.one("input[name=code]").attrs.value;
}

/** A camera's picture. */
export const PICTURE = readFileSync(new URL("../../node_modules/exif/test/right.jpg", import.meta.url));

/** A post with a picture: {path, page, file}, the addresses as its author's page has them. */
export async function picture(who, text, audience = 0) {
  const sent = await who.client.upload(who.wall, { once: await who.client.once(), text, audience }, [["photo", "a.jpg", PICTURE]]);
  const undo = /\/wall(\d+)_(\d+)\/delete/.exec(decodeURIComponent(toastOf(expect(sent, 303))));
  const path = `/wall${undo[1]}_${undo[2]}`;
  const { doc } = expect(await who.get(path), 200);
  const page = doc.all("a").map((a) => a.attrs.href ?? "").find((h) => h.startsWith("/photo"));
  const file = doc.all("img").map((i) => i.attrs.src ?? "").find((h) => h.startsWith("/media/"));
  return { path, page, file };
}
