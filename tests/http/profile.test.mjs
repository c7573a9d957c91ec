// SPDX-License-Identifier: AGPL-3.0-or-later
// What members tell about themselves, their page with other eyes, and what they do not want to read: over whole pages.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Client } from "../support/client.mjs";
import { befriend, expect, join, LEVELS, setupServer } from "../support/people.mjs";
import { column, start } from "../support/server.mjs";

let server, house, anna, boris, vera, oleg, guest;

before(async () => {
  server = await start();
  house = await setupServer(server);
  anna = await join(server, "anna", { gender: 1 });
  boris = await join(server, "boris", { gender: 2 });
  vera = await join(server, "vera");
  oleg = await join(server, "oleg");
  await befriend(anna, boris);
  await befriend(boris, oleg);
  guest = new Client(server.url);
});
after(() => server?.stop());

const page = async (viewer, path, status = 200) => expect(await viewer.get(path), status);
const articles = (answer) => answer.doc.all("article").map((a) => a.attrs.id);

// ---- what one tells ----

describe("what members tell", () => {
  const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;

  test("every word is shown as a word, wherever it stands", async () => {
    await anna.done("/settings/profile/contacts", { city: HOSTILE, handles: HOSTILE, site: "https://example.org/x?a=1&b=2" });
    const areas = ["activities", "interests", "music", "films", "shows", "books", "games", "quotes", "about"];
    await anna.done("/settings/profile/interests", Object.fromEntries(areas.map((a) => [a, HOSTILE])));
    await anna.done("/settings/profile/views", { political: HOSTILE, religion: HOSTILE, inspired: HOSTILE, life: 1, people: 1, smoking: 1, alcohol: 5 });
    await anna.done("/settings/profile/education", { item: 0, kind: 2, name: HOSTILE, town: HOSTILE, detail: HOSTILE, since: 1999, until: 2004 });
    await anna.done("/settings/profile/career", { item: 0, name: HOSTILE, detail: HOSTILE });
    await anna.done("/settings/profile/family", { family: 2, relative: HOSTILE });
    for (const path of [anna.path, ...["relations", "contacts", "interests", "views", "education", "career"].map((s) => `/settings/profile/${s}`), "/settings/profile/education?item=1"]) {
      const answer = await page(anna, path);
      assert.ok(!answer.doc.one("main").has("script") && !answer.body.includes("<img"), path);
      assert.ok(!answer.body.includes("<script>alert"), path);
    }
    const shown = (await page(vera, anna.path)).doc.one("main");
    assert.ok(shown.one("details.all").text.includes("<script>alert(1)</script>"), "as it was typed");
    const link = shown.all("a").find((a) => a.attrs.href === "https://example.org/x?a=1&b=2");
    assert.match(link.attrs.rel, /nofollow.*noreferrer/);
  });

  test("whom the setting leaves out sees nothing of it, and no link to it", async () => {
    const marker = "marker-91c4";
    await anna.done("/settings/profile/contacts", { city: marker });
    await anna.done("/settings/profile/interests", { about: marker });
    await anna.done("/settings/profile/career", { item: 0, name: marker });
    await anna.done("/settings/profile/family", { family: 2, relative: marker });
    const sees = async (viewer) => (await page(viewer, anna.path)).body.includes(marker);
    assert.equal(await sees(guest), false, "new members tell members");
    assert.equal(await sees(vera), true);
    await anna.privacy({ details: LEVELS.friends });
    assert.equal(await sees(vera), false);
    assert.equal(await sees(house), false);
    assert.ok(!(await page(vera, anna.path)).doc.has("details.all"));
    assert.equal(await sees(boris), true);
    await anna.privacy({ details: LEVELS.members });
  });

  test("a relationship has a name once both say the same, and no more after a block", async () => {
    const named = async (viewer, whose, other) => (await page(viewer, whose.path)).doc.one("dl.facts").all("a").some((a) => a.attrs.href === other.path);
    await anna.done("/settings/profile/relations", { bond: 4, partner: "@boris" });
    assert.equal(await named(vera, anna, boris), false);
    assert.match((await page(vera, anna.path)).doc.one("dl.facts").text, /Married/);
    assert.ok((await page(boris, boris.path)).doc.has("a[href=/settings/profile/relations]"), "he is asked on his page");
    const ask = await page(boris, "/settings/profile/relations");
    assert.ok(ask.doc.all("button").some((b) => b.attrs.formaction === `/settings/profile/claims/${anna.num}_0/agree`));
    await boris.done(`/settings/profile/claims/${anna.num}_0/agree`);
    assert.equal(await named(vera, anna, boris), true);
    assert.equal(await named(vera, boris, anna), true);
    await boris.done(`/block/${anna.num}`);
    assert.equal(await named(vera, boris, anna), false);
    assert.equal(await named(vera, anna, boris), false);
    await boris.done(`/unblock/${anna.num}`);
    await befriend(anna, boris);
    await anna.done("/settings/profile/relations", { bond: 0 });
    await boris.done("/settings/profile/relations", { bond: 0 });
  });

  test("an entry is changed where it stands, and one that was deleted meanwhile says so", async () => {
    await vera.done("/settings/profile/career", { item: 0, name: "Depot", detail: "Fitter" });
    const form = await page(vera, "/settings/profile/career?item=1");
    assert.equal(form.doc.one("input[name=name]").attrs.value, "Depot");
    await vera.done("/settings/profile/career", { item: 1, name: "Workshop" });
    assert.match((await page(vera, vera.path)).doc.one("dl.facts").text, /Workshop/);
    await vera.done("/settings/profile/career/1/delete");
    const late = await vera.act("/settings/profile/career", { item: 1, name: "Too late" });
    expect(late, 410);
    assert.ok(late.body.includes("Too late"), "what was typed is there");
  });
});

// ---- with other eyes ----

describe("one's page with other eyes", () => {
  const posts = {};

  before(async () => {
    for (const [level, n] of Object.entries({ everyone: 0, members: 1, fof: 2, friends: 3, nobody: 4 })) posts[level] = await anna.write(`for ${level}`, { audience: n });
    const circle = (await anna.done("/friends/circles", { title: "Choir" })).location.split("/").pop();
    await anna.done(`/friends/circle/${circle}/add`, { num: boris.num });
    posts.circle = await anna.write("for the choir", { audience: `c${circle}` });
    await anna.privacy({ post: LEVELS.members });
  });

  const look = (who, name = "") => page(anna, `/settings/view-as?who=${who}&name=${name}`);

  test("a guest, a stranger and a friend see on it what they really see", async () => {
    for (const [answer, real] of [[await look("guest"), guest], [await look("name", "vera"), vera], [await look("name", "@boris"), boris], [await look("name", "oleg"), oleg]])
      assert.deepEqual(articles(answer), articles(await page(real, anna.path)));
    assert.equal(articles(await look("member")).length, 2);
    assert.equal(articles(await look("fof")).length, 3);
    assert.equal(articles(await look("friend")).length, 4, "in none of the circles");
    assert.equal(articles(await look("name", "boris")).length, 5, "in the choir");
  });

  test("it says so, leads back, and nothing on it can be pressed", async () => {
    for (const answer of [await look("guest"), await look("friend"), await look("name", "boris")]) {
      const main = answer.doc.one("main");
      assert.ok(main.one("p.banner").all("a").some((a) => a.attrs.href === anna.path), "back to one's page");
      for (const what of ["form", "button", "textarea", "details.menu"]) assert.equal(main.all(what).length, 0, what);
      assert.equal(answer.doc.one("a.brand").attrs.href, "/");
      assert.ok(answer.doc.has("button[formaction=/logout]"), "the frame is one's own");
    }
  });

  test("looking leaves no trace of whom one stood in for", async () => {
    const ghost = await join(server, "ghost");
    await ghost.privacy({ presence: LEVELS.everyone, profile: LEVELS.everyone });
    const hours = () => column(server, "SELECT count(*) FROM presence");
    const before = await hours();
    await look("name", "ghost");
    assert.deepEqual(await hours(), before);
    expect(await anna.get("/feed"), 200, "still oneself");
    assert.ok((await page(anna, anna.path)).doc.has("form[action=/status]"), "and on one's own page again");
  });

  test("what the other likes, and whom the two share, does not show", async () => {
    await vera.done(`${posts.everyone.path}/like`);
    const common = await join(server, "common");
    await befriend(anna, common);
    await befriend(vera, common);
    const answer = await look("name", "vera");
    assert.ok(!/in common/.test(answer.body));
    assert.ok(!answer.body.includes('aria-pressed="true"'));
    assert.match((await page(vera, anna.path)).body, /in common/, "she herself sees it");
  });

  test("a third person's block does not show", async () => {
    const words = await boris.write("Boris on Anna's wall", { on: anna });
    const seen = async () => articles(await look("name", "vera")).includes(`post${words.owner}_${words.ordinal}`);
    const faces = async () => (await look("name", "vera")).doc.one("aside").all("a").some((a) => a.attrs.href === boris.path);
    assert.deepEqual([await seen(), await faces()], [true, true]);
    await boris.done(`/block/${vera.num}`);
    assert.ok(!articles(await page(vera, anna.path)).includes(`post${words.owner}_${words.ordinal}`), "she does not see it");
    assert.deepEqual([await seen(), await faces()], [true, true], "and Anna does not learn it");
    await boris.done(`/unblock/${vera.num}`);
  });

  test("whoever is blocked finds the page closed", async () => {
    await anna.done(`/block/${oleg.num}`);
    const answer = await look("name", "oleg");
    assert.equal(articles(answer).length, 0);
    assert.match(answer.doc.one("main").text, /not open to you/);
    await anna.done(`/unblock/${oleg.num}`);
  });

  test("a name that nobody has comes back with a sentence", async () => {
    for (const name of ["nobody.there", "", "anna", "x".repeat(40)]) {
      const answer = await page(anna, `/settings/view-as?who=name&name=${name}`, 422);
      assert.ok(answer.doc.one("#f-name-err").text, name);
      assert.equal(answer.doc.one("input[name=name]").attrs.value, name);
    }
    await page(anna, "/settings/view-as?who=whoever", 422);
  });
});

// ---- what one does not want to read ----

describe("muted members and filtered words", () => {
  let reader, other, writer;

  before(async () => {
    reader = await join(server, "reader");
    other = await join(server, "other");
    writer = await join(server, "writer");
    await befriend(reader, writer);
    await befriend(other, writer);
  });

  const folded = (answer) => answer.doc.all("details").filter((d) => d.has("article")).map((d) => d.one("article").attrs.id);
  const id = (post) => `post${post.owner}_${post.ordinal}`;
  const idOf = (comment) => `comment${comment.path.split("_").at(-1)}`;

  test("a muted member's posts are not in the muter's news, and nobody else notices", async () => {
    const post = await writer.write("about the weather");
    await reader.done(`/mute/${writer.num}`, { span: 1 });
    assert.ok(!articles(await page(reader, "/feed")).includes(id(post)));
    assert.ok(articles(await page(reader, writer.path)).includes(id(post)), "the page stays as it was");
    const talk = await other.write("what about the weather?");
    const said = await writer.comment(talk, "it rains");
    assert.ok((await page(reader, talk.path)).doc.one(`#${idOf(said)}`).text.includes("it rains"), "and so does what they say elsewhere");
    for (const one of [other, writer]) assert.ok(articles(await page(one, "/feed")).includes(id(post)));
    assert.ok((await page(reader, "/settings/quiet")).body.includes(writer.path));
    await reader.done(`/unmute/${writer.num}`);
    assert.ok(articles(await page(reader, "/feed")).includes(id(post)));
  });

  test("a filter folds away or leaves out, for its owner alone", async () => {
    const warned = await writer.write("Снова ЁЛКИ на площади");
    const hidden = await writer.write("the tramway is late");
    const fine = await writer.write("a quiet evening");
    for (const one of [reader, other]) assert.deepEqual(folded(await page(one, "/feed")), []); // what is kept was made before
    await reader.done("/settings/quiet", { words: "елки", whole: 1, warns: 1, span: 0 });
    await reader.done("/settings/quiet", { words: "TRAM", whole: 0, warns: 0, span: 2 });
    for (const path of ["/feed", writer.path, writer.wall]) {
      const mine = await page(reader, path);
      assert.deepEqual(folded(mine), [id(warned)], path);
      assert.ok(!mine.body.includes("tramway"), path);
      assert.ok(articles(mine).includes(id(fine)), path);
      assert.match(mine.doc.one("main").text, /1 post was left out/, path);
      for (const one of [other, writer]) {
        const theirs = await page(one, path);
        assert.deepEqual(folded(theirs), [], `${one.name} ${path}`);
        assert.ok(theirs.body.includes("tramway"), `${one.name} ${path}`);
      }
    }
    // A post that one opens by its address is there, and so are one's own words.
    assert.ok((await page(reader, hidden.path)).body.includes("tramway"));
    const own = await reader.write("my own tram");
    assert.ok(articles(await page(reader, "/feed")).includes(id(own)));
    assert.ok((await page(other, "/feed")).body.includes("tramway"), "what others are shown was not touched");
    for (const ordinal of [1, 2]) await reader.done(`/settings/quiet/${ordinal}/delete`);
    assert.deepEqual(folded(await page(reader, "/feed")), []);
  });

  test("comments are folded away or left out like posts, but for the one that is opened", async () => {
    const post = await writer.write("what do you think?");
    const warned = await other.comment(post, "Снова елки");
    const hidden = await other.comment(post, "the tramway again");
    const own = await reader.comment(post, "my own tramway");
    await reader.done("/settings/quiet", { words: "елки", whole: 1, warns: 1, span: 0 });
    await reader.done("/settings/quiet", { words: "tram", whole: 0, warns: 0, span: 0 });
    for (const view of ["", "?view=threads"]) {
      const mine = await page(reader, post.path + view);
      assert.match(mine.doc.one(`#${idOf(warned)}`).one("details.more").text, /Снова елки/);
      assert.ok(!mine.body.includes("the tramway again"));
      assert.match(mine.doc.one(`#${idOf(hidden)}`).text, /left out by your filters/);
      assert.match(mine.doc.one(`#${idOf(own)}`).text, /my own tramway/);
      const theirs = await page(writer, post.path + view);
      assert.ok(!theirs.doc.one(`#${idOf(warned)}`).has("details.more") && theirs.body.includes("the tramway again"), "for the filters' owner alone");
    }
    assert.ok((await page(reader, hidden.path)).body.includes("the tramway again"));
    for (const ordinal of [3, 4]) await reader.done(`/settings/quiet/${ordinal}/delete`);
  });

  test("an edited post is judged by its new words", async () => {
    await reader.done("/settings/quiet", { words: "borscht", whole: 1, warns: 0, span: 0 });
    const post = await writer.write("soup today");
    assert.ok(articles(await page(reader, "/feed")).includes(id(post)));
    await writer.done(`${post.path}/edit`, { text: "borscht today", version: 0, audience: 0 });
    assert.ok(!articles(await page(reader, "/feed")).includes(id(post)));
  });
});

// ---- birthdays and suggestions ----

describe("beside the friends", () => {
  const card = (answer, name) => answer.doc.all("section").find((s) => s.attrs["aria-labelledby"] === name);

  test("whom one may know, until one does not want to", async () => {
    const [a, b, c] = [await join(server, "suga"), await join(server, "sugb"), await join(server, "sugc")];
    await befriend(a, b);
    await befriend(b, c);
    const suggested = async () => card(await page(a, "/friends"), "suggested");
    assert.ok((await suggested()).has("a[href=/sugc]"));
    assert.match((await suggested()).text, /1 friend in common/);
    await a.done(`/friends/suggested/${c.num}/dismiss`);
    assert.equal(await suggested(), undefined);
    assert.ok(card(await page(c, "/friends"), "suggested").has("a[href=/suga]"), "the other way nothing was said");
    for (const tab of ["requests", "online", "circles"]) assert.equal(card(await page(c, `/friends?tab=${tab}`), "suggested"), undefined);
  });

  test("a birthday within the week, while its owner shows it", async () => {
    const [a, b] = [await join(server, "birta"), await join(server, "birtb")];
    await befriend(a, b);
    const day = new Date(Date.now() + 86_400_000);
    const born = (show) => b.done("/settings/profile", { given: "Birtb", gender: 0, day: day.getDate(), month: day.getMonth() + 1, year: 1990, birthday_show: show });
    const words = async () => card(await page(a, "/friends"), "birthdays")?.text ?? "";
    assert.equal(await words(), "");
    await born(2);
    assert.match(await words(), /Birtb.*tomorrow, turns \d\d/s);
    await born(1);
    assert.match(await words(), /tomorrow/);
    assert.doesNotMatch(await words(), /turns/);
    await b.privacy({ birthday: LEVELS.nobody });
    assert.equal(await words(), "");
  });
});
