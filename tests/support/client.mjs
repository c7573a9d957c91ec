// SPDX-License-Identifier: AGPL-3.0-or-later
// A browser's network side without a browser: one cookie jar, no redirects followed unless asked, headers as they came.
import { randomBytes } from "node:crypto";
import http from "node:http";
import net from "node:net";

import { formOf, parse } from "./html.mjs";

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

/** What came back. */
export class Answer {
  constructor(response, buffer, asked) {
    this.status = response.statusCode;
    this.headers = response.headers;
    this.rawHeaders = response.rawHeaders;
    this.buffer = buffer;
    this.asked = asked;
  }

  get body() {
    return this.buffer.toString("utf8");
  }

  get location() {
    return this.headers.location;
  }

  /** The page as a tree (html.mjs), read once. */
  get doc() {
    this.tree ??= parse(this.body);
    return this.tree;
  }

  /** {name: {value, attributes}} of all Set-Cookie headers. */
  get cookies() {
    const all = {};
    for (const line of this.headers["set-cookie"] ?? []) {
      const [pair, ...attributes] = line.split(/;\s*/);
      const cut = pair.indexOf("=");
      all[pair.slice(0, cut)] = { value: pair.slice(cut + 1), attributes };
    }
    return all;
  }

  /** For messages of failed assertions. */
  toString() {
    const words = (this.headers["content-type"] ?? "").startsWith("text/html") ? this.body.replace(/<[^>]*>/g, " ") : this.body;
    return `${this.asked} → ${this.status} ${this.location ?? ""} ${words.replace(/\s+/g, " ").slice(0, 400)}`;
  }
}

export class Client {
  /** base: the server's url. headers: sent with every request. address: where it comes from, any of 127.0.0.0/8. */
  constructor(base, headers = {}, address = undefined) {
    this.base = new URL(base);
    this.address = address;
    this.headers = { "accept-language": "en", "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0", ...headers };
    this.jar = new Map();
  }

  /** A second browser with the same cookies, which then go their own way. */
  clone() {
    const other = new Client(this.base.href, this.headers, this.address);
    for (const [name, value] of this.jar) other.jar.set(name, value);
    return other;
  }

  cookieHeader() {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  keep(answer) {
    for (const [name, { value, attributes }] of Object.entries(answer.cookies)) {
      const age = attributes.find((a) => /^max-age=/i.test(a));
      if (age && Number(age.split("=")[1]) <= 0) this.jar.delete(name);
      else this.jar.set(name, value);
    }
  }

  request(method, path, { body = null, headers = {}, cookies = true } = {}) {
    const send = { ...this.headers, ...headers };
    if (cookies && this.jar.size && send.cookie === undefined) send.cookie = this.cookieHeader();
    if (body !== null && send["content-length"] === undefined && send["transfer-encoding"] === undefined)
      send["content-length"] = Buffer.byteLength(body);
    for (const name of Object.keys(send)) if (send[name] === null) delete send[name];
    return new Promise((resolve, reject) => {
      const options = { host: this.base.hostname, port: this.base.port, method, path, headers: send, agent, localAddress: this.address };
      const request = http.request(options, (response) => {
        const chunks = [];
        if ((response.headers["content-type"] ?? "").startsWith("text/event-stream")) {
          // It does not end by itself; who wants to hear what it says opens it with events.mjs.
          resolve(new Answer(response, Buffer.alloc(0), `${method} ${path}`));
          response.destroy();
          return;
        }
        response.on("data", (c) => chunks.push(c));
        response.on("end", () => {
          const answer = new Answer(response, Buffer.concat(chunks), `${method} ${path}`);
          if (cookies) this.keep(answer);
          resolve(answer);
        });
        response.on("error", reject);
      });
      request.on("error", reject);
      request.end(body ?? undefined);
    });
  }

  get(path, options) {
    return this.request("GET", path, options);
  }

  /** fields: [[name, value], …], an object, or a body that is encoded already. Values may be Buffers. */
  post(path, fields = [], { headers = {}, ...options } = {}) {
    const body = typeof fields === "string" || Buffer.isBuffer(fields) ? fields : encode(fields);
    return this.request("POST", path, { body, headers: { "content-type": "application/x-www-form-urlencoded", ...headers }, ...options });
  }

  /** A form with files: fields [[name, value], …], then files [[name, file name, bytes], …]. */
  upload(path, fields, files = [], { headers = {}, ...options } = {}) {
    const boundary = `----veche${randomBytes(12).toString("hex")}`;
    const part = (head, bytes) => Buffer.concat([Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`), Buffer.from(bytes), Buffer.from("\r\n")]);
    const parts = [
      ...(Array.isArray(fields) ? fields : Object.entries(fields)).map(([name, value]) => part(`name="${name}"`, String(value))),
      ...files.map(([name, file, bytes]) => part(`name="${name}"; filename="${file}"\r\nContent-Type: image/jpeg`, bytes)),
    ];
    const body = Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
    return this.request("POST", path, { body, headers: { "content-type": `multipart/form-data; boundary=${boundary}`, ...headers }, ...options });
  }

  /** GET, along redirects, to a page. */
  async page(path) {
    let answer = await this.get(path);
    for (let i = 0; i < 5 && answer.status === 303; i++) answer = await this.get(answer.location.split("#")[0]);
    return answer;
  }

  /** A fresh token of this session, from a page that everybody has. */
  async once() {
    const page = await this.get("/about");
    return page.doc.one("input[name=once]").attrs.value;
  }

  /** What a browser would post from the form (or button) of that action on that page; values replace or add. */
  async fill(path, action, values = {}) {
    const page = await this.page(path);
    const form = formOf(page.doc, action);
    if (!form) throw new Error(`no form posts to ${action} on ${path}: ${page}`);
    return merge(form.fields, values);
  }

  /** Opens the page, fills its form and sends it: the answer to the post. */
  async submit(path, action, values = {}, options = {}) {
    return this.post(action, await this.fill(path, action, values), options);
  }

  /** Sends bytes as they are and gives back what comes, until the server closes or a second has passed. */
  raw(bytes, wait = 1500) {
    return new Promise((resolve, reject) => {
      const socket = net.connect(Number(this.base.port), this.base.hostname, () => socket.write(bytes));
      const chunks = [];
      const done = () => {
        clearTimeout(timer);
        socket.destroy();
        resolve(Buffer.concat(chunks).toString("latin1"));
      };
      const timer = setTimeout(done, wait);
      socket.on("data", (c) => {
        chunks.push(c);
      });
      socket.on("end", done);
      socket.on("error", (e) => (chunks.length ? done() : reject(e)));
    });
  }
}

export function merge(fields, values) {
  const rest = new Map(Object.entries(values));
  const sent = [];
  for (const [name, value] of fields) {
    if (!rest.has(name) && !(name in values)) sent.push([name, value]);
    else if (rest.has(name)) {
      const mine = rest.get(name);
      rest.delete(name);
      if (mine === null) continue; // left out
      for (const one of Array.isArray(mine) ? mine : [mine]) sent.push([name, one]);
    }
  }
  for (const [name, mine] of rest) if (mine !== null) for (const one of Array.isArray(mine) ? mine : [mine]) sent.push([name, one]);
  return sent;
}

function percent(value) {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value), "utf8");
  let s = "";
  for (const b of bytes) s += /[A-Za-z0-9_.~-]/.test(String.fromCharCode(b)) ? String.fromCharCode(b) : `%${b.toString(16).toUpperCase().padStart(2, "0")}`;
  return s;
}

export function encode(fields) {
  const pairs = Array.isArray(fields) ? fields : Object.entries(fields);
  return pairs.map(([name, value]) => `${percent(name)}=${percent(value)}`).join("&");
}

export function closeConnections() {
  agent.destroy();
}
