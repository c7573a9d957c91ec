// SPDX-License-Identifier: AGPL-3.0-or-later
// A client of event streams (WHATWG HTML §9.2.6), as far as ours go: one line of data an event.
import assert from "node:assert/strict";
import http from "node:http";
import { setTimeout as pause } from "node:timers/promises";

const open = new Set();

export class Events {
  /** Opens the stream as the client's member; fails when the answer is none. */
  static connect(client, path = "/live", headers = {}) {
    const events = new Events();
    return new Promise((done, fail) => {
      const options = { host: client.base.hostname, port: client.base.port, path, agent: false, headers: { ...client.headers, cookie: client.cookieHeader(), ...headers } };
      events.request = http.get(options, (response) => {
        events.status = response.statusCode;
        events.headers = response.headers;
        response.setEncoding("utf8");
        response.on("data", (text) => events.take(text));
        response.on("close", () => events.over());
        response.on("error", () => {});
        done(events);
      });
      events.request.on("error", fail);
      open.add(events);
    });
  }

  constructor() {
    Object.assign(this, { rest: "", heard: [], retry: null, beats: 0, closed: false });
    this.ended = new Promise((done) => (this.over = () => { this.closed = true; done(); }));
  }

  take(text) {
    const blocks = (this.rest + text).split("\n\n");
    this.rest = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => [line.split(":")[0], line.slice(line.indexOf(":") + 1).trim()]));
      if (fields.retry) this.retry = Number(fields.retry);
      else if (fields.event) this.heard.push({ name: fields.event, id: fields.id ?? "", data: JSON.parse(fields.data) });
      else this.beats++;
    }
  }

  /** The next event of that name, which is taken out; fails after a while. */
  async next(name, ms = 4000) {
    for (const until = performance.now() + ms; performance.now() < until; await pause(10)) {
      const at = this.heard.findIndex((e) => e.name === name);
      if (at >= 0) return this.heard.splice(at, 1)[0];
      if (this.closed) break;
    }
    return assert.fail(`no "${name}" within ${ms} ms${this.closed ? ": the stream is closed" : ""}`);
  }

  /** Nothing of that name for a while. */
  async silent(name, ms = 2500) {
    await pause(ms);
    assert.deepEqual(this.heard.filter((e) => e.name === name), []);
  }

  close() {
    open.delete(this);
    this.request.destroy();
  }
}

export function closeAll() {
  for (const events of open) events.close();
}
