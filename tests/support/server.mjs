// SPDX-License-Identifier: AGPL-3.0-or-later
// A server of its own for a test: real binary, real port, fresh data folder, and on PostgreSQL a fresh database.
//
//   VECHE_BIN      the binary; build/test/veche
//   VECHE_ENGINE   sqlite (the default) or postgres
//   VECHE_TEST_PG  for postgres: the address of a running cluster (tests/support/pg_cluster.sh start DIR prints it)
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { closeConnections } from "./client.mjs";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const BIN = resolve(ROOT, process.env.VECHE_BIN ?? "build/test/veche");
export const ENGINE = process.env.VECHE_ENGINE ?? "sqlite";
const START_MS = 30_000;
const STOP_MS = 20_000;

const running = new Set();
process.on("exit", () => running.forEach((s) => s.child.kill("SIGKILL")));

// ---- databases ----

function psql(address, statement) {
  const done = spawnSync("psql", ["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", statement], { encoding: "utf8" });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`psql: ${statement}: ${done.stderr}`);
  return done.stdout.trim();
}

function clusterAddress() {
  const address = process.env.VECHE_TEST_PG;
  if (!address) throw new Error("VECHE_ENGINE=postgres needs VECHE_TEST_PG, the address of a cluster");
  return address;
}

/** A fresh database for start({data, database}), which removes it when the server stops. */
export function createDatabase() {
  const name = `t${randomBytes(8).toString("hex")}`;
  psql(clusterAddress(), `CREATE DATABASE ${name}`);
  return { name, address: clusterAddress().replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`) };
}

// A helper that stays with the server and answers lines of statements with lines of rows: a process for each question would cost
// more than the question. On SQLite it says "same" when nothing was committed since it last answered the same.
const READ_SQLITE = `
import json, sqlite3, sys
at = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True, isolation_level=None)
text = lambda v: "" if v is None else v.hex() if isinstance(v, bytes) else str(v)
last = None
for line in sys.stdin:
    now = (at.execute("PRAGMA data_version").fetchone()[0], line)
    if now == last:
        print(json.dumps("same"), flush=True)
        continue
    last = now
    print(json.dumps([[[text(v) for v in row] for row in at.execute(s)] for s in json.loads(line)]), flush=True)
`;

class Reader {
  constructor(server) {
    this.sql = server.database !== null;
    const [program, args] = this.sql
      ? ["psql", ["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-d", server.database.address]]
      : ["python3", ["-c", READ_SQLITE, join(server.data, "veche.db")]];
    this.child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.text = "";
    this.waiting = null;
    this.last = null;
    this.child.stdout.setEncoding("utf8").on("data", (s) => {
      this.text += s;
      this.look();
    });
    this.child.on("exit", (code) => this.waiting?.fail(new Error(`the reader of the database ended with ${code}`)));
  }

  look() {
    const end = this.sql ? "\n--end--\n" : "\n";
    const cut = this.text.indexOf(end);
    if (cut < 0 || !this.waiting) return;
    const answer = this.text.slice(0, cut);
    this.text = this.text.slice(cut + end.length);
    const { done } = this.waiting;
    this.waiting = null;
    done(answer);
  }

  /** [[row, …], …] for the statements, each row a list of texts. */
  async rows(statements) {
    const answer = await new Promise((done, fail) => {
      this.waiting = { done, fail };
      if (!this.sql) this.child.stdin.write(`${JSON.stringify(statements)}\n`);
      else this.child.stdin.write(`${statements.map((s) => `SELECT COALESCE(json_agg(t), '[]')::jsonb FROM (${s}) t;\n`).join("")}\\echo --end--\n`);
    });
    if (this.sql) return answer.split("\n").map((json) => JSON.parse(json).map((row) => Object.entries(row).sort().map(([, v]) => (v === null ? "" : String(v)))));
    const rows = JSON.parse(answer);
    if (rows !== "same") this.last = rows;
    return this.last;
  }

  end() {
    this.child.stdin.end();
    this.child.kill();
  }
}

/** The rows of statements, for looking at what is stored: [[[text, …], …], …]. Columns come in order on SQLite, sorted by name
 * on PostgreSQL: ask for one column, or compare with the same engine only. */
async function rowsOf(server, statements) {
  server.reader ??= new Reader(server);
  return server.reader.rows(statements);
}

/** The values of one column. */
export async function column(server, statement) {
  return (await rowsOf(server, [statement]))[0].map((row) => row[0]);
}

const WRITE_SQLITE = `
import sqlite3, sys
at = sqlite3.connect(sys.argv[1], timeout=10)
at.execute(sys.argv[2])
at.commit()
`;

/** Runs one statement on what is stored, behind the server's back: for states that no form makes any more. */
export function write(server, statement) {
  if (server.database) return psql(server.database.address, statement);
  const done = spawnSync("python3", ["-c", WRITE_SQLITE, join(server.data, "veche.db"), statement], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${statement}: ${done.stderr}`);
}

// These change by themselves: leases, jobs, and the hour of whoever asks for anything.
const RESTLESS = new Set(["node", "job", "presence"]);

// On PostgreSQL it costs more to read all tables twice for each refusal than to do everything else that a test does. So every table
// counts the statements that touch it, and what nobody has touched is not read again. A sequence also counts what is rolled back.
const COUNT_TOUCHES = `DO $$
DECLARE one text;
BEGIN
  CREATE SCHEMA touched;
  CREATE FUNCTION touched.count_one() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM nextval(format(''touched.%I'', TG_TABLE_NAME)); RETURN NULL; END';
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('CREATE SEQUENCE touched.%I', one);
    EXECUTE format('CREATE TRIGGER touched AFTER INSERT OR UPDATE OR DELETE ON %I EXECUTE FUNCTION touched.count_one()', one);
  END LOOP;
END $$`;

async function tablesOf(server) {
  if (server.database) psql(server.database.address, COUNT_TOUCHES);
  const list = server.database
    ? "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    : "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1";
  return (await column(server, list)).filter((t) => !RESTLESS.has(t));
}

/** {table: "table 17"}; on SQLite nothing: there the reader itself knows whether anything has changed. */
async function touches(server) {
  if (!server.database) return {};
  const all = server.tables.map((t) => `SELECT concat('${t} ', last_value + is_called::int) AS n FROM touched.${t}`);
  return Object.fromEntries((await column(server, all.join(" UNION ALL "))).map((words) => [words.split(" ")[0], words]));
}

/** Everything that is stored, to be compared: {table: its rows in order, as text}. */
export async function dump(server) {
  server.tables ??= await tablesOf(server);
  const now = await touches(server);
  const changed = server.tables.filter((t) => !server.dumped || !now[t] || now[t] !== server.dumped.touches[t]);
  const rows = changed.length ? await rowsOf(server, changed.map((t) => `SELECT * FROM ${t}`)) : [];
  const fresh = changed.map((t, i) => [t, rows[i].map((row) => row.join("|")).sort().join("\n")]);
  server.dumped = { touches: now, tables: { ...server.dumped?.tables, ...Object.fromEntries(fresh) } };
  return { ...server.dumped.tables };
}

// ---- the process ----

function waitForLine(child, server, pattern, ms) {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`no line like ${pattern} within ${ms} ms:\n${server.log}`)), ms);
    const look = () => {
      const found = pattern.exec(server.log);
      if (!found) return;
      clearTimeout(timer);
      done(found);
    };
    child.stdout.on("data", look);
    look();
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      fail(new Error(`the server ended with ${code ?? signal} before it listened:\n${server.log}`));
    });
  });
}

// What a sanitizer or the server's own last words look like; none of it may appear in a run.
const REPORTS = /ERROR: AddressSanitizer|runtime error:|LeakSanitizer|ThreadSanitizer|stack smashing|Assertion .* failed/;

class Server {
  constructor(child, data, database, owns) {
    Object.assign(this, { child, data, database, owns, log: "", url: "", setupUrl: null, reader: null, dumped: null });
  }

  ended() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  whenEnded(ms) {
    return new Promise((done, fail) => {
      if (this.ended()) return done();
      const timer = setTimeout(() => fail(new Error(`the server did not end within ${ms} ms:\n${this.log}`)), ms);
      this.child.once("exit", () => {
        clearTimeout(timer);
        done();
      });
    });
  }

  /** Asks it to end, waits, removes what it stored. Throws when it died, ended badly, or a sanitizer spoke. */
  async stop({ keep = false } = {}) {
    const early = this.ended();
    let late = null;
    this.reader?.end();
    if (!early) {
      this.child.kill("SIGTERM");
      await this.whenEnded(STOP_MS).catch((e) => {
        late = e;
        this.child.kill("SIGKILL");
      });
    }
    running.delete(this);
    if (!keep) this.remove();
    if (early) throw new Error(`the server died during the test (${this.child.exitCode ?? this.child.signalCode}):\n${this.log.slice(-4000)}`);
    if (late) throw late;
    if (this.child.exitCode !== 0) throw new Error(`the server ended with ${this.child.exitCode ?? this.child.signalCode}:\n${this.log.slice(-4000)}`);
    if (REPORTS.test(this.log)) throw new Error(`a sanitizer reports:\n${this.log.slice(-8000)}`);
  }

  /** Ends it as a power cut would. What it stored stays, for a second start({data, database}). */
  async kill() {
    this.reader?.end();
    this.reader = null;
    this.child.kill("SIGKILL");
    await this.whenEnded(STOP_MS);
    running.delete(this);
  }

  remove() {
    if (running.size === 0) closeConnections();
    if (!this.owns) return;
    rmSync(this.data, { recursive: true, force: true });
    if (this.database) psql(clusterAddress(), `DROP DATABASE IF EXISTS ${this.database.name} WITH (FORCE)`);
  }
}

/**
 * Starts a server. limits: keep the rate limits on. args: further arguments. env: further environment.
 * data, database: of a server that was stopped with keep or killed, to start it again.
 */
export async function start({ limits = false, args = [], env = {}, data = null, database = null } = {}) {
  if (!existsSync(BIN)) throw new Error(`there is no ${BIN}: build it, or set VECHE_BIN`);
  const folder = data ?? mkdtempSync(join(tmpdir(), "veche-test-"));
  const base = database ?? (ENGINE === "postgres" ? createDatabase() : null);
  const words = ["serve", "--data", folder, "--port", "0", ...(limits ? [] : ["--limits-off"]), ...(base ? ["--db", base.address] : []), ...args];
  const child = spawn(BIN, words, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, TZ: "UTC", ...env } });
  const server = new Server(child, folder, base, true);
  running.add(server);
  child.stdout.setEncoding("utf8").on("data", (s) => (server.log += s));
  child.stderr.setEncoding("utf8").on("data", (s) => (server.log += s));
  try {
    const fresh = data === null;
    server.url = (await waitForLine(child, server, /Veche is listening on (http:\/\/\S+)\n/, START_MS))[1];
    if (fresh) server.setupUrl = (await waitForLine(child, server, /Set it up within the hour: (http:\/\/\S+)\n/, START_MS))[1];
  } catch (e) {
    await server.kill();
    server.remove();
    throw e;
  }
  return server;
}

/** What the supervisor has started: [{pid, what: "web"}, …]. */
export function children(server) {
  const pids = readFileSync(`/proc/${server.child.pid}/task/${server.child.pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  const what = (pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[1];
    } catch {
      return null; // it has just ended
    }
  };
  return pids.map((pid) => ({ pid, what: what(pid) }));
}

/** `veche WORDS`: its standard output. */
export function veche(...words) {
  const done = spawnSync(BIN, words, { encoding: "utf8", env: { ...process.env, TZ: "UTC" } });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`veche ${words.join(" ")} ended with ${done.status}: ${done.stderr}`);
  return done.stdout;
}

/** Every address of the server: [{method, path, who}, …]. */
export function routes() {
  return veche("routes")
    .trim()
    .split("\n")
    .map((line) => {
      const [method, path, who] = line.split("\t");
      return { method, path, who };
    });
}
