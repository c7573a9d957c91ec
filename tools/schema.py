#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The migrations: one text for two engines, read, checked and embedded.

A step is a pair of files, 0001_core.up.sql and 0001_core.down.sql. Lines between `--@sqlite` (or `--@pg`) and `--@end`
serve one engine, and so does a single line that ends in `--@sqlite` or `--@pg`. `--@distribute TABLE bucket` and
`--@reference TABLE` tell Citus where a table lives; we only keep them in a list.

Every column says what kind of personal data it holds, on its own line:

    text TEXT NOT NULL, -- class: content

The words are listed in migrations/CLASSES (`word purpose…`, one a line, # for remarks). ALTER TABLE … ADD COLUMN does the
same; a virtual table says it once, on the line of its CREATE.

    schema.py --check migrations/*.sql         up, down and up again on SQLite: every step must undo itself
    schema.py --embed OUT.c migrations/*.sql   the array of src/db/migrate.h

As a module: load() gives a Schema with the steps, an in-memory SQLite database after all of them, and its tables.
Mistakes are collected in a Problems list as `file:line: sentence`, so that one run shows them all."""

import argparse
import os
import re
import sqlite3
import sys
from dataclasses import dataclass, field

ENGINES = ("sqlite", "pg")
C_TYPES = {"INTEGER": "int", "BIGINT": "int", "TEXT": "text", "BLOB": "blob", "DOUBLE PRECISION": "real"}
CONSTRAINTS = {"CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK"}


class Problems(list):
    def add(self, path, line, sentence):
        said = f"{path}:{line}: {sentence}"
        if said not in self:
            self.append(said)


@dataclass
class Column:
    name: str
    type: str  # int, text, blob or real; "" in a virtual table
    notnull: bool
    klass: str


@dataclass
class Step:
    number: int
    name: str
    path: dict = field(default_factory=dict)  # "up" and "down"
    lines: dict = field(default_factory=dict)  # (direction, engine) → [(line number, line)]

    def text(self, direction, engine):
        return text_of(self.lines[direction, engine])


@dataclass
class Schema:
    steps: list
    database: sqlite3.Connection
    tables: dict  # table → column → Column, as SQLite has them
    classes: dict  # table → column → class, for both engines
    citus: list  # the --@distribute and --@reference lines


# --- one file for two engines


def engine_lines(numbered, path, problems, citus=None):
    """{engine: [(number, line)]}; what serves the other engine becomes an empty line, so that numbers stay."""
    result = {engine: [] for engine in ENGINES}
    only = None
    for number, line in numbered:
        mark = re.match(r"\s*--@(\w+)(.*)$", line)
        tail = re.search(r"\s*--@(sqlite|pg)\s*$", line)
        serves = only
        if mark:
            only, line = block_mark(mark, only, number, path, problems, citus), ""
        elif tail:
            if only:
                problems.add(path, number, f"this line is already inside --@{only}")
            serves, line = tail[1], line[: tail.start()]
        for engine in ENGINES:
            result[engine].append((number, line if serves in (None, engine) else ""))
    if only:
        problems.add(path, numbered[-1][0], f"--@{only} has no --@end")
    return result


def block_mark(mark, only, number, path, problems, citus):
    word = mark[1]
    if word in ENGINES:
        if only:
            problems.add(path, number, f"--@{word} inside --@{only}")
        return word
    if word == "end":
        if not only:
            problems.add(path, number, "--@end closes nothing")
        return None
    if word in ("distribute", "reference") and citus is not None:
        citus.append((word, *mark[2].split()))
    else:
        problems.add(path, number, f"unknown mark --@{word}")
    return only


def text_of(lines):
    return "\n".join(line for _, line in lines).strip() + "\n"


# --- what CREATE TABLE and ALTER TABLE declare

LEXER = re.compile(r"(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<string>'(?:[^']|'')*')|(?P<word>\w+|\"[^\"]*\")|(?P<other>\S)", re.S)


def statements(lines):
    """(statements as lists of (text, line), {line: class}) of one engine's text."""
    text = "\n".join(line for _, line in lines)
    numbers = [number for number, _ in lines]
    found, current, classes = [], [], {}
    for match in LEXER.finditer(text):
        line = numbers[text.count("\n", 0, match.start())]
        if match["comment"]:
            said = re.match(r"--.*\bclass:\s*(\S+)", match["comment"])
            if said:
                classes[line] = said[1]
        elif match[0] == ";":
            found.append(current)
            current = []
        else:
            current.append((match[0].strip('"'), line))
    return [s for s in found + [current] if s], classes


def column_items(statement, start):
    """(name, first line, last line) of each column in the parentheses that open at `start`."""
    depth, first = 0, None
    for text, line in statement[start:]:
        depth += (text == "(") - (text == ")")
        if depth == 0 or (depth == 1 and text == ","):
            if first and first[0].upper() not in CONSTRAINTS:
                yield first[0], first[1], line
            first = None
            if depth == 0:
                return
        elif first is None and not (text == "(" and depth == 1):
            first = (text, line)


class Classes:
    """Follows the statements of one engine and keeps table → column → (class, path, line)."""

    def __init__(self, known, problems):
        self.known, self.problems, self.tables = known, problems, {}

    def read(self, lines, path):
        found, said = statements(lines)
        for statement in found:
            words = [text.upper() for text, _ in statement]
            names = [text for text, _ in statement]
            if words[0] == "CREATE" and "TRIGGER" in words[1:3]:
                self.problems.add(path, statement[0][1], "triggers are refused: keep the rule in C or in a constraint")
            elif words[0] == "CREATE" and "TABLE" in words[1:3]:
                self.create(statement, words, names, said, path)
            elif words[:2] == ["ALTER", "TABLE"]:
                self.alter(statement, words, names, said, path)
            elif words[:2] == ["DROP", "TABLE"]:
                self.tables.pop(names[4] if words[2:4] == ["IF", "EXISTS"] else names[2], None)

    def create(self, statement, words, names, said, path):
        at = words.index("TABLE") + 1
        at += 3 if words[at] == "IF" else 0
        table = self.tables.setdefault(names[at], {})
        if words[1] == "VIRTUAL":
            line = statement[0][1]
            self.declare(table, names[at], "*", said.get(line), path, line)
        else:
            for name, first, last in column_items(statement, at + 1):
                self.declare(table, names[at], name, pick(said, first, last), path, first)

    def alter(self, statement, words, names, said, path):
        table, rest, lines = names[2], words[3:], [line for _, line in statement]
        if rest[0] == "ADD" and rest[1] not in CONSTRAINTS:
            at = 5 if rest[1] == "COLUMN" else 4
            klass = pick(said, lines[at], lines[-1])
            self.declare(self.tables.setdefault(table, {}), table, names[at], klass, path, lines[at])
        elif rest[:2] == ["RENAME", "TO"]:
            self.tables[names[5]] = self.tables.pop(table, {})
        elif rest[0] == "RENAME" and rest[-2] == "TO":
            columns = self.tables.get(table, {})
            columns[names[-1]] = columns.pop(names[-3], None)
        elif rest[0] == "DROP":
            self.tables.get(table, {}).pop(names[-1], None)

    def declare(self, columns, table, name, klass, path, line):
        columns[name] = (klass, path, line)
        if klass is None:
            self.problems.add(path, line, f"{table}.{name} does not say its data class: -- class: …")
        elif klass not in self.known:
            self.problems.add(path, line, f"{table}.{name} has the class {klass}, which CLASSES does not know")


def pick(said, first, last):
    return next((said[line] for line in range(first, last + 1) if line in said), None)


# --- the whole directory


def step_files(paths, problems):
    """The numbered steps in order, each with both its files."""
    steps = {}
    for path in sorted(paths):
        match = re.fullmatch(r"(\d{4})_([a-z0-9_]+)\.(up|down)\.sql", os.path.basename(path))
        if not match:
            problems.add(path, 1, "a migration is called 0001_name.up.sql or 0001_name.down.sql")
            continue
        step = steps.setdefault(int(match[1]), Step(int(match[1]), match[2]))
        if step.name != match[2] or match[3] in step.path:
            problems.add(path, 1, f"step {step.number} is already called {step.name}")
        step.path[match[3]] = path
    for expected, number in enumerate(sorted(steps), 1):
        path = next(iter(steps[number].path.values()))
        if number != expected:
            problems.add(path, 1, f"step {expected} is missing")
        if len(steps[number].path) != 2:
            problems.add(path, 1, "the other direction is missing")
    return [steps[number] for number in sorted(steps)]


def known_classes(directory, problems):
    path = os.path.join(directory, "CLASSES")
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        problems.add(path, 1, "the list of data classes is missing")
        return set()
    known = set()
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if not re.fullmatch("[a-z-]+", words[0]) or len(words) < 2:
            problems.add(path, number, "expected a class ([a-z-]+) and its purpose")
        known.add(words[0])
    return known


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return list(enumerate(file.read().splitlines(), 1))


def load(paths, problems):
    """Reads the steps, runs them upwards on SQLite and returns a Schema; None when they do not even run."""
    steps, citus = step_files(paths, problems), []
    if problems or not steps:
        return None
    known = known_classes(os.path.dirname(steps[0].path["up"]), problems)
    follow = {engine: Classes(known, problems) for engine in ENGINES}
    for step in steps:
        for direction in ("up", "down"):
            path = step.path[direction]
            for engine, lines in engine_lines(read_lines(path), path, problems, citus).items():
                step.lines[direction, engine] = lines
                if direction == "up":
                    follow[engine].read(lines, path)
    database = open_database()
    if not all([run(database, step, "up", problems) for step in steps]):
        return None
    classes = {}
    for engine in reversed(ENGINES):
        for table, columns in follow[engine].tables.items():
            known_here = {name: value[0] for name, value in columns.items() if value}
            classes.setdefault(table, {}).update(known_here)
    tables = read_tables(database, follow["sqlite"].tables, problems)
    return Schema(steps, database, tables, classes, citus)


def open_database():
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute("PRAGMA foreign_keys=ON")
    return database


def run(database, step, direction, problems):
    try:
        database.executescript(step.text(direction, "sqlite"))
        return True
    except sqlite3.Error as error:
        problems.add(step.path[direction], 1, f"SQLite: {error}")
        return False


def read_tables(database, declared, problems):
    tables = {}
    found = database.execute("SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'")
    for table, kind in found.fetchall():
        if kind not in ("table", "virtual"):
            continue
        rows = database.execute("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?)", (table,)).fetchall()
        keys = sum(pk > 0 for *_, pk in rows)
        for name, type_, notnull, pk in rows:
            columns = declared.get(table, {})
            klass, path, line = columns.get(name) or columns.get("*") or (None, "schema", 0)
            rowid = pk == 1 and keys == 1 and type_.upper() == "INTEGER"
            if kind == "table" and type_.upper() not in C_TYPES:
                problems.add(path, line, f"{table}.{name} has the type {type_ or '(none)'}: use {', '.join(C_TYPES)}")
            column = Column(name, C_TYPES.get(type_.upper(), ""), bool(notnull) or rowid, klass)
            tables.setdefault(table, {})[name] = column
    return tables


# --- the two commands


def dump(database):
    rows = database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    return [(kind, name, table, " ".join((sql or "").split())) for kind, name, table, sql in rows]


def check(schema, problems):
    """Down from the newest step to nothing and up again: each step must leave what it found."""
    database, after = open_database(), []
    for step in schema.steps:
        after.append(dump(database))
        run(database, step, "up", problems)
    newest = dump(database)
    for step, before in zip(reversed(schema.steps), reversed(after)):
        run(database, step, "down", problems)
        left = {row[1] for row in set(dump(database)) ^ set(before)}
        if left:
            problems.add(step.path["down"], 1, f"does not undo its step: {', '.join(sorted(left))}")
            return
    for step in schema.steps:
        run(database, step, "up", problems)
    if dump(database) != newest:
        problems.add(schema.steps[-1].path["up"], 1, "the second way up leads somewhere else")


def c_bytes(name, text):
    """A char array instead of a literal: C17 promises only 4095 bytes of those. Above 127 char may be signed, so '\\ooo'."""
    cells = [str(b) if b < 128 else f"'\\{b:o}'" for b in text.encode()] + ["0"]
    rows = [",".join(cells[i : i + 32]) for i in range(0, len(cells), 32)]
    return f"static const char {name}[] = {{\n" + ",\n".join(rows) + "};\n"


def embed(schema):
    parts = ["/* SPDX-License-Identifier: AGPL-3.0-or-later */\n/* Made by tools/schema.py from migrations/. Do not edit. */\n"]
    parts.append('#include "db/migrate.h"\n\n')
    rows = []
    for step in schema.steps:
        row = [str(step.number), f'"{step.name}"']
        for direction in ("up", "down"):
            names = [f"{direction}_{step.number}_{engine}" for engine in ENGINES]
            parts += [c_bytes(name, step.text(direction, engine)) for name, engine in zip(names, ENGINES)]
            row.append("{" + ", ".join(names) + "}")
        rows.append("    {" + ", ".join(row) + "},\n")
    rows.append("    {0, NULL, {NULL, NULL}, {NULL, NULL}}};\n")
    return "".join(parts) + "\nconst migration migrations[] = {\n" + "".join(rows)


def main():
    parser = argparse.ArgumentParser(description="Checks or embeds the migrations.")
    parser.add_argument("--embed", metavar="OUT.c")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    problems = Problems()
    schema = load(options.files, problems)
    if schema and options.check:
        check(schema, problems)
    if problems or not schema:
        print("\n".join(problems), file=sys.stderr)
        return 1
    if options.embed:
        with open(options.embed, "w", encoding="utf-8") as file:
            file.write(embed(schema))
    return 0


if __name__ == "__main__":
    sys.exit(main())
