// SPDX-License-Identifier: AGPL-3.0-or-later
// Pictures from the form to the page: what of a camera's file is left, who may see it, and what hostile files meet.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as at } from "node:path";
import { after, before, describe, test } from "node:test";
import { deflateSync } from "node:zlib";

import { befriend, expect, join, LEVELS, setupServer } from "../support/people.mjs";
import { children, ROOT, start } from "../support/server.mjs";

const sample = (path) => readFileSync(at(ROOT, "node_modules", path));
const NIKON = sample("exif-js/example/DSCN0614_small.jpg"); // a Nikon's, with the place where it was taken
const TURNED = sample("exif/test/right.jpg"); // lies on its side, says EXIF: 640 × 480 as stored
const OLD = sample("exif-js/example/dsc_09827.jpg"); // another Nikon's
const SONY = sample("exif/test/sony-alpha-6000.jpg"); // 24 megapixels, with a profile and a maker's notes

let server, house, anna, boris;
before(async () => {
  server = await start();
  house = await setupServer(server);
  anna = await join(server, "anna");
  boris = await join(server, "boris");
});
after(async () => server?.stop());

const send = async (who, files, fields = {}, wall = who.wall) =>
  who.client.upload(wall, { once: await who.client.once(), text: "", audience: 0, ...fields }, files.map((f) => ["photo", "a.jpg", f]));

/** A new post with these pictures: its path and the addresses of the pictures on its page. */
async function post(who, files, fields = {}) {
  const sent = expect(await send(who, files, fields), 303);
  const undo = /\/wall(\d+)_(\d+)\/delete/.exec(decodeURIComponent(JSON.stringify(sent.cookies)));
  assert.ok(undo, `${sent}`);
  const path = `/wall${undo[1]}_${undo[2]}`;
  return { path, ...(await pictures(who, path)) };
}

async function pictures(who, path) {
  const { doc } = expect(await who.get(path), 200);
  const images = doc.all("img").map((i) => i.attrs).filter((a) => a.src?.startsWith("/media/"));
  return { images, pages: doc.all("a").map((a) => a.attrs.href ?? "").filter((h) => h.startsWith("/photo")) };
}

const stored = () => readdirSync(at(server.data, "media"), { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
/** Files that nobody wants go after the answer has gone out: so many are left in the end. */
async function left(count) {
  for (let tries = 100; stored().length !== count && tries > 0; tries--) await new Promise((done) => setTimeout(done, 20));
  assert.equal(stored().length, count);
}
const bytesOf = (answer) => answer.buffer;

/** The two processes that wait for pictures: the one that made the last picture has been replaced, and both have started up. */
async function decoders() {
  let rested = 0, last = "";
  for (let left = 200; left > 0; left--) {
    const media = children(server).filter((c) => c.what === "media");
    const now = JSON.stringify(media.map(({ pid }) => [pid, ticks(pid)]));
    rested = media.length === 2 && now === last ? rested + 1 : 0;
    if (rested === 10) return media;
    last = now;
    await new Promise((done) => setTimeout(done, 30));
  }
  assert.fail("there are no two media processes at rest");
}

/** How long a process has computed, in ticks of 10 ms. */
function ticks(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0; // it has ended
  }
}

/** In none of the files is a word of what cameras and programs write beside the pixels. */
function bare(files) {
  for (const file of files) {
    const bytes = readFileSync(at(file.parentPath ?? file.path, file.name));
    for (const word of ["Exif", "EXIF", "GPS", "http://ns.adobe.com", "xmpmeta", "XMP ", "ICCP", "ICC_PROFILE", "NIKON", "COOLPIX", "SONY", "ILCE", "Photoshop", "Ducky"])
      assert.ok(!bytes.includes(word), `${file.name} holds ${word}`);
  }
}

/** vips, for looking at pictures: the size of one, or the colour of a point. */
function vips(...words) {
  const done = spawnSync("vips", words, { encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout.trim();
}

describe("a camera's picture", () => {
  test("nothing but pixels is left of it, in any size, and no name either", async () => {
    for (const word of ["NIKON", "Exif", "GPS"]) assert.ok(NIKON.includes(word) || word === "GPS", `the sample has ${word}`);
    const { images } = await post(anna, [NIKON, OLD], { alt: "A building\nA room" });
    assert.deepEqual(images.map((i) => i.alt), ["A building", "A room"]);
    assert.deepEqual([images[0].width, images[0].height], ["400", "300"]);
    const files = stored();
    assert.ok(files.length >= 6, `sizes: ${files.length}`);
    bare(files);
    assert.ok(files.every((f) => /^[0-9a-f]{32}-[0-4]\.(webp|jpeg)$/.test(f.name)), "names are ours");
  });

  test("24 megapixels become five sizes", async () => {
    const before = new Set(stored().map((f) => f.name));
    const { images } = await post(anna, [SONY]);
    assert.deepEqual([images[0].width, images[0].height], ["640", "427"]);
    const made = stored().filter((f) => !before.has(f.name));
    assert.deepEqual(made.map((f) => f.name.slice(32)).sort(), ["-0.webp", "-1.webp", "-2.webp", "-3.webp", "-4.jpeg"]);
    bare(made);
  });

  test("it stands upright", async () => {
    const { images } = await post(anna, [TURNED]);
    assert.deepEqual([images[0].width, images[0].height], ["480", "640"]);
    const folder = mkdtempSync(at(tmpdir(), "veche-photo-"));
    try {
      // The pixels: what the sample's own orientation makes of it, point by point.
      writeFileSync(at(folder, "raw.jpg"), TURNED);
      writeFileSync(at(folder, "got.webp"), bytesOf(expect(await anna.get(images[0].src), 200)));
      vips("autorot", at(folder, "raw.jpg"), at(folder, "upright.png"));
      for (const [x, y] of [[40, 40], [440, 40], [40, 600], [440, 600], [240, 320]]) {
        const [want, got] = ["upright.png", "got.webp"].map((f) => vips("getpoint", at(folder, f), x, y).split(/\s+/).map(Number));
        for (let c = 0; c < 3; c++) assert.ok(Math.abs((want[c] ?? want[0]) - got[c]) < 40, `at ${x},${y}: ${got}, not ${want}`);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("it is sent as a picture and as nothing else", async () => {
    const { images, pages } = await post(anna, [NIKON]);
    const answer = expect(await anna.get(images[0].src), 200);
    assert.equal(answer.headers["content-type"], "image/webp");
    assert.equal(answer.headers["x-content-type-options"], "nosniff");
    assert.match(answer.headers["content-security-policy"], /default-src 'none'; sandbox/);
    assert.equal(answer.headers["cross-origin-resource-policy"], "same-origin");
    assert.match(answer.headers["cache-control"], /^private, max-age=\d+/);
    assert.equal(answer.headers["set-cookie"], undefined);
    assert.equal(bytesOf(answer).subarray(8, 12).toString(), "WEBP");
    const view = expect(await anna.get(pages[0]), 200);
    assert.ok(view.doc.all("img").some((i) => i.attrs.src?.startsWith("/media/")));
  });
});

describe("who sees it", () => {
  test("an address is stable within the hour, belongs to one viewer, and cannot be made up", async () => {
    const { path, images } = await post(anna, [NIKON]);
    const [mine, his] = [images[0].src, (await pictures(boris, path)).images[0].src];
    assert.equal((await pictures(anna, path)).images[0].src, mine);
    assert.notEqual(mine, his);
    const guest = boris.client.clone();
    guest.jar.clear();
    expect(await guest.get(mine), 200, "the address itself says who looks");
    const [, , photo, size, pass] = mine.split("/");
    const [viewer, hour, mac] = pass.split(".");
    for (const other of [
      `/media/${photo}/${1 - Number(size)}/${pass}`, `/media/${photo}/${size}/${Number(viewer) + 1}.${hour}.${mac}`,
      `/media/${photo}/${size}/${viewer}.${Number(hour) + 1}.${mac}`, `/media/${photo}/${size}/${viewer}.${hour}.${mac.slice(1)}A`,
      `/media/${photo}/9/${pass}`, `/media/${photo}/${size}/x`, `/media/${photo.replace("_", "_1")}/${size}/${pass}`,
      `/media/..%2f..%2fveche.db/${size}/${pass}`, `/media/${photo}/${size}/..%2f..%2f..%2fveche.db`,
    ])
      expect(await anna.get(other), 404, other);
  });

  test("a narrower audience, a block, a deletion close the old address at once", async () => {
    const { path, images } = await post(anna, [NIKON]);
    const his = await pictures(boris, path);
    expect(await boris.get(his.images[0].src), 200);
    expect(await anna.submit(`${path}/audience`, `${path}/audience`, { audience: LEVELS.nobody }), 303);
    expect(await boris.get(his.images[0].src), 404);
    expect(await boris.get(his.pages[0]), 404);
    expect(await anna.get(images[0].src), 200);
    expect(await anna.submit(`${path}/audience`, `${path}/audience`, { audience: LEVELS.members }), 303);
    expect(await boris.get(his.images[0].src), 200);
    await anna.done(`/block/${boris.num}`);
    expect(await boris.get(his.images[0].src), 404);
    await anna.done(`/unblock/${boris.num}`);
    expect(await boris.get(his.images[0].src), 200);
    await house.done(`/admin/members/${boris.num}/suspend`, { reason: "test" });
    expect(await boris.get(his.images[0].src), 404, "the pass of somebody who is suspended");
    await house.done(`/admin/members/${boris.num}/restore`, { reason: "test" });
    boris.client = await boris.logIn();
    await anna.done(`${path}/delete`);
    expect(await boris.get(his.images[0].src), 410);
  });
});

// ---- hostile files ----

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name), data]);
  const head = Buffer.alloc(4), tail = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  let crc = ~0;
  for (const b of body) for (let k = 0, c = (crc ^= b); k < 8; k++) crc = c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  tail.writeUInt32BE(~crc >>> 0);
  return Buffer.concat([head, body, tail]);
}

function png(width, height, data) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}

function gif(frames) {
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
  return Buffer.concat([Buffer.from("GIF89a"), Buffer.from([1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]), ...Array(frames).fill(frame), Buffer.from([0x3b])]);
}

const TYPE = /no picture that we can read/, BROKEN = /damaged or was cut off/, LARGE = /too large/, FRAMES = /moves for too long/, RATIO = /unpack to far more/;
const HOSTILE = {
  "an SVG": ['<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 415, TYPE],
  "a PDF": ["%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF padding padding", 415, TYPE],
  "a page": ["<!doctype html><script>alert(1)</script>", 415, TYPE],
  "a HEIF": [Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1"), 415, TYPE],
  "an MVG": ["push graphic-context\nviewbox 0 0 640 480\nimage over 0,0 0,0 'https://example.org/x'", 415, TYPE],
  "a playlist": ["#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST", 415, TYPE],
  "a TIFF": [Buffer.from("II*\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0", "latin1"), 415, TYPE],
  "two bytes": [Buffer.from([0xff, 0xd8]), 415, TYPE],
  "more than 40 megapixels": [png(8000, 5001, deflateSync(Buffer.alloc(4 << 20))), 422, LARGE],
  "a side of 20,001 pixels": [png(20001, 1, deflateSync(Buffer.alloc(60004))), 422, LARGE],
  "no pixels": [png(0, 5, deflateSync(Buffer.alloc(8))), 422, BROKEN],
  "a bomb of zeros": [png(6000, 6000, deflateSync(Buffer.alloc(6000 * 6000))), 422, RATIO],
  "301 frames": [gif(301), 422, FRAMES],
  "a picture cut in half": [NIKON.subarray(0, NIKON.length >> 1), 422, BROKEN],
  "a head without a body": [TURNED.subarray(0, 700), 422, BROKEN],
  "a PNG of noise": [png(64, 64, Buffer.alloc(500, 7)), 422, BROKEN],
};

describe("hostile files", () => {
  for (const [what, [bytes, status, sentence]] of Object.entries(HOSTILE))
    test(`${what}, called a.jpg: a clear sentence, and no file`, async () => {
      const before = stored().length;
      const answer = expect(await send(anna, [Buffer.from(bytes)], { text: "what I typed stays" }), status);
      assert.match(answer.body, sentence);
      assert.match(answer.body, /what I typed stays/);
      await left(before);
    });

  test("300 frames pass, and the first one is shown", async () => {
    const { images } = await post(anna, [gif(300)]);
    assert.equal(images.length, 1);
  });

  test("what hangs on behind a picture ends with it", async () => {
    const secret = "<script>polyglot()</script>";
    const { images } = await post(anna, [Buffer.concat([TURNED, Buffer.from(secret)])]);
    assert.ok(!bytesOf(expect(await anna.get(images[0].src), 200)).includes(secret));
    for (const file of stored()) assert.ok(!readFileSync(at(file.parentPath ?? file.path, file.name)).includes(secret));
  });

  test("names with paths lead nowhere", async () => {
    for (const name of ["../../../veche.db", "..\\..\\lock", "/etc/passwd", "a\0b.jpg", "%2e%2e%2fadmin.sock", ".htaccess", "x".repeat(900)]) {
      const sent = await anna.client.upload(anna.wall, { once: await anna.client.once(), text: "named", audience: 0 }, [["photo", name, TURNED]]);
      expect(sent, 303, name);
    }
    assert.ok(stored().every((f) => /^[0-9a-f]{32}-[0-4]\.(webp|jpeg)$/.test(f.name)));
    assert.deepEqual(readdirSync(at(server.data, "media")).filter((f) => !/^[0-9a-f]{2}$/.test(f)), ["staging"]);
  });

  test("a decoder that dies over a picture takes it along and nothing else", async () => {
    const before = new Map((await decoders()).map(({ pid }) => [pid, ticks(pid)]));
    const waiting = send(anna, [SONY], { text: "dies" });
    const busy = await new Promise((found, none) => {
      const look = (left) => {
        const pid = [...before.keys()].find((p) => ticks(p) > before.get(p) + 5);
        if (pid || left === 0) pid ? found(pid) : none(new Error("no process works on the picture"));
        else setTimeout(look, 10, left - 1);
      };
      look(1000);
    });
    process.kill(busy, "SIGKILL");
    assert.match(expect(await waiting, 422).body, BROKEN);
    const { images } = await post(anna, [TURNED]);
    assert.equal(images.length, 1, "the next one is made");
    assert.match(server.log, /media process \d+ ended with signal 9/);
  });

  test("a decoder that dies before it looks at a picture costs nobody anything", async () => {
    const idle = await decoders();
    for (const { pid } of idle) process.kill(pid, "SIGSTOP");
    const waiting = send(anna, [TURNED], { text: "waits" });
    await new Promise((done) => setTimeout(done, 500));
    for (const { pid } of idle) process.kill(pid, "SIGKILL");
    expect(await waiting, 303);
  });
});

// ---- the form ----

describe("a form with files", () => {
  test("no more than ten, and each no larger than it may be", async () => {
    const { images } = await post(anna, Array(10).fill(TURNED));
    assert.equal(images.length, 10);
    const many = expect(await send(anna, Array(11).fill(TURNED), { text: "kept words" }), 413);
    assert.match(many.body, /At most 10 files/);
    const large = await send(anna, [Buffer.concat([TURNED, Buffer.alloc((20 << 20) + 1 - TURNED.length)])]);
    assert.match(expect(large, 413).body, /too large/);
    const { images: most } = await post(anna, [Buffer.concat([TURNED, Buffer.alloc((20 << 20) - TURNED.length)])]);
    assert.equal(most.length, 1);
  });

  test("the token stands before the files, or nothing of them is kept", async () => {
    const before = stored().length;
    const upload = (fields, headers) => anna.client.upload(anna.wall, fields, [["photo", "a.jpg", TURNED]], { headers });
    expect(await upload([]), 403, "no token");
    expect(await upload([["once", "A".repeat(43)]]), 403, "no token of ours");
    expect(await upload([["once", await boris.client.once()]]), 403, "somebody else's");
    expect(await upload([["once", await anna.client.once()], ["text", "x"]], { origin: "https://evil.example" }), 403, "another site");
    const guest = anna.client.clone();
    guest.jar.clear();
    expect(await guest.upload(anna.wall, [["once", "x"]], [["photo", "a.jpg", NIKON]]), 401, "nobody");
    await left(before);
  });

  test("a route that takes no files takes no such form", async () => {
    expect(await anna.client.upload("/settings/profile", { once: await anna.client.once() }, [["photo", "a.jpg", TURNED]]), 415);
  });

  test("sent twice it acts once, and makes no files for nothing", async () => {
    const once = await anna.client.once();
    const twice = () => anna.client.upload(anna.wall, { once, text: "twice", audience: 0 }, [["photo", "a.jpg", TURNED]]);
    expect(await twice(), 303);
    const files = stored().length;
    expect(await twice(), 303);
    await left(files);
    assert.equal(expect(await anna.get(anna.wall), 200).body.split("twice").length, 2);
  });

  test("words without pictures, pictures without words, but not nothing", async () => {
    expect(await send(anna, [], { text: "words alone" }), 303);
    expect(await anna.client.upload(anna.wall, { once: await anna.client.once(), text: "empty field", audience: 0 }, [["photo", "", ""]]), 303);
    expect(await send(anna, [], { text: "" }), 422);
    expect(await send(anna, [TURNED], { text: "", alt: "я".repeat(500) }), 303);
    assert.match(expect(await send(anna, [TURNED], { text: "", alt: "я".repeat(501) }), 422).body, /At most|description/);
  });

  test("broken forms are refused", async () => {
    const raw = (body, type = "multipart/form-data; boundary=b") => anna.client.post(anna.wall, body, { headers: { "content-type": type } });
    expect(await raw("--b\r\nContent-Disposition: form-data; name=\"once\"\r\n\r\nx"), 400, "no end");
    expect(await raw("--b\r\nX-Nothing: here\r\n\r\nx\r\n--b--"), 400, "no name");
    expect(await raw("--b--", "multipart/form-data"), 415, "no boundary");
    expect(await raw(`--b\r\n${"X: y\r\n".repeat(1000)}\r\n--b--`), 413, "a head without end");
  });

  test("pictures on a friend's wall follow its owner's rules", async () => {
    await befriend(anna, boris);
    expect(await send(boris, [TURNED], { text: "for you" }, anna.wall), 303);
    const { body } = expect(await anna.get(anna.wall), 200);
    assert.match(body, /for you/);
  });
});
