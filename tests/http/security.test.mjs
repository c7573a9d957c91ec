// SPDX-License-Identifier: AGPL-3.0-or-later
// What a stranger tries: other people's addresses, other people's headers, and words that want to be a program.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { assertQuiet, cookiesOf, launch, openWindow } from "../support/browser.mjs";
import { Client } from "../support/client.mjs";
import { befriend, expect, join, PASSWORD, setupServer } from "../support/people.mjs";
import { routes, start } from "../support/server.mjs";

let server, browser, house, anna, ivan, post, circle, guest;

before(async () => {
  [server, browser] = await Promise.all([start(), launch()]);
  house = await setupServer(server);
  anna = await join(server, "anna");
  ivan = await join(server, "ivan");
  guest = new Client(server.url);
  post = await anna.write("a post");
  circle = (await anna.done("/friends/circles", { title: "Choir" })).location;
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Every address that can be looked at, with things that are there. */
const pages = () =>
  routes()
    .filter((r) => r.method === "GET")
    .map((r) => {
      if (r.path.startsWith("/friends/circle/")) return circle;
      const fill = { "{name}": anna.name, "{token}": "x", "{num:int}": r.path.includes("/ask") || r.path.startsWith("/admin") ? ivan.num : anna.num, "{owner:int}": anna.num, "{ordinal:int}": post.ordinal };
      return r.path.replace(/\{[^}]+\}/g, (m) => fill[m]);
    });

describe("headers", () => {
  const EXACT = {
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
  };

  function assertGuarded(answer) {
    for (const [name, value] of Object.entries(EXACT)) assert.equal(answer.headers[name], value, `${name}: ${answer}`);
    const csp = Object.fromEntries(answer.headers["content-security-policy"].split(/;\s*/).map((d) => [d.split(" ")[0], d.split(" ").slice(1).join(" ")]));
    assert.equal(csp["default-src"], "'none'");
    for (const own of ["script-src", "style-src", "connect-src", "form-action"]) assert.equal(csp[own], "'self'", `${own}: ${answer}`);
    assert.equal(csp["img-src"], "'self' blob:", "our own, and what a script of ours shows before it is sent");
    for (const none of ["base-uri", "frame-ancestors"]) assert.equal(csp[none], "'none'", `${none}: ${answer}`);
    assert.equal(csp["require-trusted-types-for"], "'script'");
    assert.equal(answer.headers["x-powered-by"], undefined);
    assert.equal(answer.headers.server, undefined, "the server does not say what it is");
  }

  test("every page, for everybody, found or not", async () => {
    for (const client of [guest, anna.client, house.client])
      for (const path of [...pages(), "/nobody.here", "/wall1_99999", "/a/b/c"]) {
        const answer = await client.get(path);
        assertGuarded(answer);
        if (path !== "/robots.txt") assert.equal(answer.headers["cache-control"], "no-store", String(answer));
        if (answer.status !== 200 || ["/robots.txt", "/healthz", "/live"].includes(path)) continue;
        assert.equal(answer.headers["content-type"], "text/html; charset=utf-8");
        assert.doesNotMatch(answer.body, /<[^>]+\son[a-z]+=|<[^>]+\sstyle=|<script(?![^>]*\ssrc=)|javascript:/i, `something inline: ${answer}`);
      }
  });

  test("answers to forms, and refusals before anything is read", async () => {
    assertGuarded(await anna.act("/status", { status: "Here" }));
    assertGuarded(await anna.act("/status", { status: "x".repeat(101) }));
    assertGuarded(await anna.client.post("/status", {}));
    assertGuarded(await anna.client.post("/status", "x", { headers: { "content-type": "text/plain" } }));
    assertGuarded(await anna.client.request("DELETE", "/about"));
  });

  test("HEAD says what GET would, without the page", async () => {
    const restless = new Set(["date", "set-cookie", "content-length"]); // tokens and toasts differ from page to page
    for (const client of [guest, anna.client, house.client])
      for (const path of [...pages(), "/nobody.here"]) {
        const [full, head] = [await client.get(path), await client.request("HEAD", path)];
        assert.equal(head.status, full.status, `${head}`);
        assert.equal(head.buffer.length, 0, `HEAD ${path} has a body`);
        assert.equal(Boolean(head.headers["content-length"]), Boolean(full.headers["content-length"]), path);
        const bare = (answer) => Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !restless.has(name)));
        assert.deepEqual(bare(head), bare(full), path);
      }
  });

  test("static files are kept, and are no documents", async () => {
    const page = await guest.get("/login");
    const files = [page.doc.one("link[rel=stylesheet]").attrs.href, page.doc.one("script").attrs.src, page.doc.one("link[rel=icon]").attrs.href];
    for (const file of files) {
      const answer = expect(await guest.get(file), 200);
      assert.equal(answer.headers["x-content-type-options"], "nosniff");
      assert.match(answer.headers["cache-control"], /immutable/);
      assert.match(answer.headers["content-security-policy"], /sandbox/);
      assert.equal(answer.headers["set-cookie"], undefined);
    }
  });

  test("cookies", async () => {
    const one = new Client(server.url);
    const first = await one.get("/login");
    const entered = expect(await one.submit("/login", "/login", { name: "anna", password: PASSWORD }), 303);
    const brief = expect(await new Client(server.url).submit("/login", "/login", { name: "anna", password: PASSWORD, keep: null }), 303);
    const all = [first, entered, brief, await one.post("/view", { once: await one.once(), theme: "dark", lang: "ru" })];
    const names = new Set();
    for (const answer of all)
      for (const [name, { attributes }] of Object.entries(answer.cookies)) {
        names.add(name);
        for (const must of ["HttpOnly", "SameSite=Lax", "Path=/"]) assert.ok(attributes.includes(must), `${name}: ${attributes.join("; ")}`);
        assert.ok(!attributes.some((a) => /^domain=/i.test(a)), `${name} is for this host alone`);
      }
    for (const name of ["veche_guest", "veche_sid", "veche_theme", "veche_lang"]) assert.ok(names.has(name), `no ${name} among ${[...names]}`);
    assert.ok(entered.cookies.veche_sid.attributes.some((a) => a.startsWith("Max-Age=")), "kept when that was wished");
    assert.ok(!brief.cookies.veche_sid.attributes.some((a) => a.startsWith("Max-Age=")), "gone with the browser otherwise");
    assert.notEqual(entered.cookies.veche_sid.value, brief.cookies.veche_sid.value);
  });

  test("a session that somebody made up is nobody's", async () => {
    const sid = anna.client.jar.get("veche_sid");
    for (const value of ["", "x", `${sid}A`, sid.slice(0, -1), "A".repeat(sid.length), `${sid},${sid}`, "x".repeat(5000)])
      expect(await guest.get("/feed", { headers: { cookie: `veche_sid=${value}` }, cookies: false }), 303, value.slice(0, 60));
    expect(await guest.get("/feed", { headers: { cookie: `veche_sid=${sid}` }, cookies: false }), 200);
  });
});

// ---- addresses ----

describe("addresses", () => {
  test("no way out of the served paths", async () => {
    const outside = ["/../etc/passwd", "/static/../veche.db", "/static/..%2fveche.db", "/static/%2e%2e/veche.db", "/static/....//veche.db", "/static/..\\veche.db", "/static/..%5cveche.db", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/static//etc/passwd", "//etc/passwd", "/static/", "/static", "/anna%00.css", "/%c0%ae%c0%ae/etc/passwd", "/%ff", "/a%", "/a%zz", "/./about", "/about/.", "/%2e/about", "/%61bout%2f", "/anna%2f", "/static/%2fetc%2fpasswd", `/${"x".repeat(3000)}`, `/${"a/".repeat(500)}`, "/veche.db", "/.git/config", "/wall1_", "/wall_1", "/wall-1", "/wall99999999999999999999", "/id0x1"];
    for (const path of outside) {
      const answer = await guest.get(path);
      assert.ok([404, 400, 414, 431].includes(answer.status), String(answer));
      assert.doesNotMatch(answer.body, /root:|SQLite format/);
    }
  });

  test("numbers of any size lead nowhere, on every address and in every query", async () => {
    const numbers = ["0", "2147483647", "2147483648", "4294967297", "999999999999999999"];
    const none = [403, 404, 410, 422];
    for (const { method, path } of routes().filter((r) => r.path.includes(":int}")))
      for (const n of numbers)
        for (const at of new Set([path.replace(/\{\w+:int\}/g, n), path.replace("{owner:int}", anna.num).replace(/\{\w+:int\}/g, n)])) {
          if (at === anna.wall) continue;
          const answer = method === "GET" ? await house.get(at) : await house.act(at, { text: "x", version: 0, title: "x", reason: "x", role: 2, num: n });
          // What is one's own alone and is not there is deleted already.
          if (/^\/(friends\/circle|settings\/(profile\/(family|education|career)|quiet))\/\d+\/delete$|^\/unmute\/\d+$/.test(at)) expect(answer, 303);
          else assert.ok(none.includes(answer.status), String(answer));
        }
    const queries = ["/feed?before=", "/feed?circle=", "/people?after=", "/friends?after=", "/friends?tab=followers&after=1.", "/settings/blocked?after=", "/admin/members?before=", "/admin/members?state=", "/admin/members?role=", `${anna.wall}?before=`, `/friends/of/${anna.num}?after=`, `${post.path}/likes?after=`];
    for (const query of queries)
      for (const n of [...numbers, "-1", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1.1", "%FF", "%00", "'--"]) {
        const answer = await house.get(query + n);
        assert.ok([200, 400, 404, 422].includes(answer.status), String(answer));
      }
  });

  const ELSEWHERE = ["//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:evil.example", "http:///evil.example", "javascript:alert(1)", "data:text/html,x", "evil.example", " //evil.example", "\t//evil.example", "/\t/evil.example", "/\n/evil.example", "\u0000//evil.example", "///evil.example", "/%0d%0aSet-Cookie:x=1".replace("%0d%0a", "\r\n"), "ftp://evil.example", ""];

  test("`to` never leads elsewhere", async () => {
    const leads = async (answer, to) => {
      assert.equal(answer.status, 303, `${JSON.stringify(to)}: ${answer}`);
      assert.match(answer.location, /^\/(?![/\\])/, JSON.stringify(to));
      assert.equal(new URL(answer.location, server.url).origin, server.url, JSON.stringify(to));
      assert.equal(answer.cookies.x, undefined);
    };
    for (const to of ELSEWHERE) {
      await leads(await anna.act("/view", { theme: "dark", to }), to);
      await leads(await anna.act(`${post.path}/like`, { to }), to);
      await leads(await anna.act(`/friends/${ivan.num}/follow`, { to }), to);
      await leads(await anna.act(`/friends/${ivan.num}/unfollow?to=${encodeURIComponent(to)}`), to);
      await leads(await anna.act(anna.wall, { text: "x", to }), to);
      const form = await guest.get(`/login?to=${encodeURIComponent(to)}`);
      if (form.status === 200) assert.match(form.doc.one("form[action=/login]").one("input[name=to]").attrs.value, /^\/(?![/\\])/, JSON.stringify(to));
    }
    for (const to of ["//evil.example", "/\\evil.example", "/\t/evil.example"]) await leads(await new Client(server.url).submit("/login", "/login", { name: "anna", password: PASSWORD, to }), to);
    assert.equal((await anna.act("/view", { theme: "dark", to: "/people?q=x#y" })).location, "/people?q=x#y");
  });

  test("a toast cannot be made to post elsewhere or to say anything", async () => {
    for (const toast of ["1.//evil.example/x", "1.https://evil.example", "99999.", "x.<b>", "-1./feed", "1./\\evil.example", "<script>", "1.javascript:alert(1)"]) {
      const page = expect(await anna.get("/about", { headers: { cookie: `${anna.client.cookieHeader()}; veche_toast=${toast}` } }), 200);
      for (const form of page.doc.all("form")) assert.match(form.attrs.action ?? "/", /^\/(?![/\\])/, toast);
      assert.ok(!page.body.includes("evil.example"), toast);
    }
  });

  test("no header is made of what was sent", async () => {
    const marks = ["x\r\nInjected: yes", "x\nInjected: yes", "x\r\n\r\n<html>", "/x\u2028Injected"];
    for (const mark of marks) {
      for (const answer of [
        await anna.act("/view", { lang: mark, theme: mark, to: `/${mark}` }),
        await anna.act("/status", { status: mark.replace(/[\r\n]/g, "") }),
        await guest.get(`/login?to=${encodeURIComponent(mark)}`),
        await guest.get(`/feed?x=${encodeURIComponent(mark)}`),
        await guest.get(`/people?q=${encodeURIComponent(mark)}`),
      ]) {
        assert.equal(answer.headers.injected, undefined, String(answer));
        for (let i = 0; i < answer.rawHeaders.length; i++) assert.doesNotMatch(answer.rawHeaders[i], /[\r\n]/);
      }
    }
    const host = await guest.raw(`GET /feed HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`);
    assert.doesNotMatch(host, /evil\.example/, "the address comes from the settings, not from the request");
  });

  test("two readers of one request agree", async () => {
    const host = new URL(server.url).host;
    const odd = [
      `POST /view HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /robots.txt HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      `POST /view HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdefGET /robots.txt HTTP/1.1\r\n\r\n`,
      `POST /view HTTP/1.1\r\nHost: ${host}\r\nContent-Length: -1\r\n\r\n`,
    ];
    for (const request of odd) {
      const got = await guest.raw(request, 800);
      assert.doesNotMatch(got, /User-agent:/i, `a second request was read out of the first: ${request}`);
      assert.match(got, /^(HTTP\/1\.1 4\d\d|$)/, `${request}\n${got.slice(0, 200)}`);
    }
  });
});

// ---- who is here ----

test("an unknown name and a wrong password get one and the same answer", async () => {
  const bare = (answer) => answer.body.replace(/value="[^"]*"/g, "").length;
  const known = await guest.submit("/login", "/login", { name: "anna", password: "certainly wrong" });
  const unknown = await guest.submit("/login", "/login", { name: "anya", password: "certainly wrong" });
  assert.equal(known.status, unknown.status);
  assert.equal(known.body.length, unknown.body.length);
  assert.equal(bare(known), bare(unknown));
  assert.deepEqual(Object.keys(known.headers), Object.keys(unknown.headers));
  const time = async (name) => {
    const fields = await guest.fill("/login", "/login", { name, password: "certainly wrong" });
    const began = performance.now();
    await guest.post("/login", fields);
    return performance.now() - began;
  };
  const [a, b] = [[], []];
  for (let i = 0; i < 5; i++) a.push(await time("anna")), b.push(await time("anya"));
  const ratio = Math.min(...a) / Math.min(...b);
  assert.ok(ratio > 0.4 && ratio < 2.5, `it takes ${Math.min(...a)} ms to refuse a member and ${Math.min(...b)} ms to refuse nobody`);
});

// ---- words that want to be a program ----

describe("what members type is text", () => {
  const HOSTILE = [`"><script>alert(1)</script>'"><img src=x onerror=alert(1)>`, `javascript:alert(1) [id1|<b>x</b>] [id999999|<i>`, `</title></textarea><svg onload=alert(1)> &lt;b&gt; {{1}} \${x}`, `[id1|@marfa] [id1| @anna @nobody.here @@anna`];

  async function typed(value) {
    const short = value.slice(0, 40);
    const given = short.replace(/\s+/g, " ").trim();
    expect(await anna.act("/settings/profile", { given, family: given, nickname: given, patronymic: given, maiden: given, home_town: given, gender: 1, birthday_show: 0 }), 303, value);
    expect(await anna.act("/status", { status: value }), 303, value);
    const made = await anna.write(value);
    await anna.done(`${circle}/rename`, { title: given });
    expect(await house.act("/admin/site", { site: given, signup: 0, site_lang: 0 }), 303, value);
    await anna.done(`/friends/${ivan.num}/ask`, { text: value });
    await ivan.done(anna.wall, { text: `@anna ${value}` }).catch(() => {}); // her wall may be for friends
    await house.done(`/admin/members/${anna.num}/suspend`, { reason: value });
    await house.done(`/admin/members/${anna.num}/restore`, { reason: value });
    await anna.logIn(anna.client);
    return { given, made };
  }

  test("in Chromium nothing runs, nothing is blocked, everything is shown as it was typed", { timeout: 120_000 }, async () => {
    const windows = { anna: null, ivan: null, house: null, guest: null };
    try {
      for (const value of HOSTILE) {
        const { given, made } = await typed(value);
        const looks = [
          ["guest", "/anna", [given]],
          ["guest", made.path, [given]],
          ["guest", `/people?q=${encodeURIComponent(value)}`, []],
          ["anna", "/anna", [given, value]],
          ["anna", `${made.path}/history`, []],
          ["anna", "/settings/profile", []],
          ["anna", circle, [given]],
          ["anna", "/friends?tab=circles", [given]],
          ["ivan", "/friends?tab=requests", [given, value]],
          ["ivan", `/friends/${anna.num}/ask`, []],
          ["house", `/admin/members/${anna.num}`, [given, value]],
          ["house", "/admin/members", [given]],
          ["house", "/admin/site", [given]],
        ];
        const clients = { anna: anna.client, ivan: ivan.client, house: house.client, guest };
        for (const [who, path, shown] of looks) {
          const window = (windows[who] ??= await openWindow(browser, server.url));
          if (who !== "guest") await window.context.addCookies(cookiesOf(clients[who]));
          await window.page.goto(path);
          const where = `${value} for ${who} at ${path}`;
          assertQuiet(window, where);
          assert.equal(await window.page.locator("script:not([src]), img, iframe, object, base, [onerror], [onload], main b b, main i:not(.i)").count(), 0, where);
          for (const href of await window.page.locator("a").evaluateAll((links) => links.map((a) => a.protocol))) assert.match(href, /^https?:$/, where);
          const text = (await window.page.locator("body").innerText()).replace(/\s+/g, " ");
          for (const words of shown) {
            const literal = words.replace(/\[id1\|@marfa\]/, "@marfa").replace(/\s+/g, " ");
            assert.ok(text.includes(words.replace(/\s+/g, " ")) || text.includes(literal), `${where}: "${words}" is not shown as typed`);
          }
          const title = await window.page.title();
          assert.ok(title.includes(given), `${where}: the server's name in ${title}`);
        }
        // A mention that was written as it is stored is a mention: the form has it as a name.
        await windows.anna.page.goto(`${made.path}/edit`);
        assert.equal(await windows.anna.page.locator("#text").inputValue(), value.replace("[id1|@marfa]", "@marfa"), "the edit form has what was typed");
        await anna.done(`/friends/${ivan.num}/cancel`); // so that the next request brings its own words
      }
    } finally {
      for (const window of Object.values(windows)) await window?.close();
    }
  });

  test("no post is so odd that a page with twenty of it breaks", async () => {
    const odd = { entities: "&\"".repeat(5000), lines: "a\n".repeat(5000), paragraphs: "a\n\n".repeat(3333), links: "https://a.b ".repeat(833), "stored mentions": "[id1|x] ".repeat(1250), emoji: "😀".repeat(10_000), "one word": "ж".repeat(10_000), marks: "a\u0301".repeat(5000) };
    const zhanna = await join(server, "zhanna");
    await befriend(zhanna, ivan);
    for (const [what, text] of Object.entries(odd)) {
      const first = await zhanna.write(text);
      for (let i = 1; i < 20; i++) await zhanna.write(text);
      for (const [person, path] of [[zhanna, zhanna.wall], [zhanna, zhanna.path], [ivan, "/feed"], [ivan, first.path], [ivan, `${first.path}/history`]]) {
        const page = expect(await person.get(path), 200, what);
        assert.ok(page.doc.all("article").length >= (path.includes("_") ? 1 : 20), `${what} on ${path}`);
      }
      expect(await zhanna.submit(`${first.path}/edit`, `${first.path}/edit`, { text: "mended" }), 303, what);
    }
  });

  test("a flood of mentions is a post with thirty of them", async () => {
    const flood = await anna.write("@ivan ".repeat(1500) + "@".repeat(900));
    const page = expect(await anna.get(flood.path), 200);
    assert.ok(page.doc.all("a").filter((a) => a.text === "@ivan").length <= 30, "thirty at most");
    assert.ok(page.body.length < 200_000);
  });

  test("links in posts go to the web, say so, and tell nobody where they came from", async () => {
    const made = await anna.write(`https://example.org/a?b=c&d="x" javascript:alert(1) data:text/html,x vbscript:x http://x" onclick="alert(1)`);
    const links = (await anna.get(made.path)).doc.one("article").all("a").filter((a) => /^[a-z]+:/i.test(a.attrs.href ?? ""));
    assert.ok(links.length >= 1);
    for (const link of links) {
      assert.match(link.attrs.href, /^https?:\/\//);
      assert.match(link.attrs.rel ?? "", /nofollow/);
      assert.match(link.attrs.rel ?? "", /noopener|noreferrer/);
      assert.equal(link.attrs.onclick, undefined);
    }
  });
});
