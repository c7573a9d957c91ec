// SPDX-License-Identifier: AGPL-3.0-or-later
// An authenticator app for tests (RFC 6238), written apart from the server's.
import assert from "node:assert/strict";
import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from "node:crypto";

import { expect, PASSWORD } from "./people.mjs";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function decode(text) {
  let bits = "";
  for (const c of text.replace(/[ -]/g, "").toUpperCase()) bits += ALPHABET.indexOf(c).toString(2).padStart(5, "0");
  return Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
}

/** 160 random bits in base32. */
export function newSecret() {
  return [...randomBytes(32)].map((b) => ALPHABET[b & 31]).join("");
}

/** The code of now, or of so many half-minutes later: one later is good as well, and was not used to switch the app on. */
export function codeOf(secret, later = 0, now = Date.now()) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000) + later));
  const mac = createHmac("sha1", decode(secret)).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** A code that is none of those that are good now. */
export function wrongCode(secret) {
  const good = [-1, 0, 1, 2].map((n) => codeOf(secret, n));
  return ["000000", "111111", "222222", "333333", "444444"].find((c) => !good.includes(c));
}

/** Recovery codes as a page shows them. */
export function codesOn(page) {
  const codes = page.body.match(/\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}\b/g) ?? [];
  assert.equal(codes.length, 10, String(page));
  return codes;
}

/** Switches codes from an app on for a member of people.mjs: {secret, code, codes}. */
export async function switchOn(person) {
  const page = expect(await person.get("/settings/second/app"), 200);
  const secret = page.doc.one("input[name=secret]").attrs.value;
  const code = codeOf(secret);
  const done = await person.submit("/settings/second/app", "/settings/second/app", { secret, code, password: PASSWORD });
  return { secret, code, codes: codesOn(expect(done, 200, "codes from an app:")) };
}

// ---- passkeys ----

const sha256 = (bytes) => createHash("sha256").update(bytes).digest();
const cborBytes = (b) => Buffer.concat([b.length < 24 ? Buffer.from([0x40 | b.length]) : b.length < 256 ? Buffer.from([0x58, b.length]) : Buffer.from([0x59, b.length >> 8, b.length & 255]), b]);
const cborText = (s) => Buffer.concat([Buffer.from([0x60 | s.length]), Buffer.from(s)]);

/** A device with one Ed25519 key, which answers as it is told to. */
export class Device {
  constructor(origin) {
    this.origin = origin;
    this.host = new URL(origin).hostname;
    this.id = randomBytes(16);
    this.count = 0;
    this.user = null;
    this.keys = generateKeyPairSync("ed25519");
  }

  client(type, challenge, origin = this.origin) {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  head(flags, count) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(count);
    return Buffer.concat([sha256(this.host), Buffer.from([flags]), number]);
  }

  /** What the script posts for a new passkey. */
  make(challenge, { flags = 5, origin = this.origin } = {}) {
    const raw = Buffer.from(this.keys.publicKey.export({ format: "jwk" }).x, "base64url");
    const key = Buffer.concat([Buffer.from([0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21]), cborBytes(raw)]);
    const data = Buffer.concat([this.head(flags | 0x40, this.count), Buffer.alloc(16), Buffer.from([0, this.id.length]), this.id, key]);
    const attestation = Buffer.concat([Buffer.from([0xa3]), cborText("fmt"), cborText("none"), cborText("attStmt"), Buffer.from([0xa0]), cborText("authData"), cborBytes(data)]);
    return { client: this.client("webauthn.create", challenge, origin).toString("base64url"), attestation: attestation.toString("base64url") };
  }

  /** What it posts for a log-in. */
  show(challenge, { flags = 5, origin = this.origin, count = ++this.count } = {}) {
    const client = this.client("webauthn.get", challenge, origin);
    const data = this.head(flags, count);
    const signature = sign(null, Buffer.concat([data, sha256(client)]), this.keys.privateKey);
    const said = { id: this.id, client, data, signature, ...(this.user ? { user: this.user } : {}) };
    return Object.fromEntries(Object.entries(said).map(([name, bytes]) => [name, bytes.toString("base64url")]));
  }
}

/** The challenge on a page of this browser's. */
export async function challengeOn(client, path) {
  const form = expect(await client.get(path), 200).doc.all("form").find((f) => f.attrs["data-challenge"]);
  assert.ok(form, `no challenge on ${path}`);
  return form.attrs["data-challenge"];
}

/** A passkey of a member's: their device. */
export async function addPasskey(person, origin, title = "Phone") {
  const device = new Device(origin);
  const path = "/settings/second/passkeys/new";
  const challenge = await challengeOn(person.client, path);
  expect(await person.act(path, { title, password: PASSWORD, ...device.make(challenge) }), 303, "a passkey:");
  device.user = Buffer.alloc(8);
  device.user.writeBigUInt64BE(BigInt(person.num));
  return device;
}
