#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The query compiler: from named queries in .sql files to typed C functions.

    -- name: wall_page :many
    -- row: wall_post
    -- doc: Newest first; below `before`.
    -- types: likes int, edited_at int?
    SELECT p.id, p.text, p.edited_at, (SELECT count(*) FROM post_like l WHERE l.bucket = $bucket AND l.post = p.id) AS likes
    FROM post p WHERE p.bucket = $bucket AND p.owner = $owner AND p.id < $before ORDER BY p.id DESC LIMIT $limit;

becomes `rc sql_wall_page(db *d, arena *a, int64_t bucket, int64_t owner, int64_t before, int64_t limit,
wall_post_list *out)`. Kinds: :one (E_NOT_FOUND without a row), :many, :exec, :count (rows changed).

Parameters. `$name` is an int64; `$name:text`, `$name:blob`, `$name:real` say otherwise and a `?` behind the type allows NULL.
`{ids:$name}` stands in FROM as a table (id, bucket) made of a list of ids; `{nums:$name}` the same for members' numbers.
They are numbered by name, in order of first appearance in the file, and both engines get the same explicit numbers, so
that nothing depends on where a name stands in the text. Lines between `--@sqlite` or `--@pg` and `--@end` serve one engine.

Columns. `alias.column` has the type that its table declares. Everything else needs `AS name` and an entry in `-- types:`.
What may be NULL (no NOT NULL, or the right side of a LEFT JOIN) must be marked there with `?`.

Refusals. The rules that keep the database fast, portable and shardable are checked here, because nobody remembers them
all. Where a rule does not fit, an annotation says why, for the reader: `-- scan:` reads a whole table, `-- sort:` needs a
temporary B-tree, `-- scatter:` does not know its bucket, `-- bounded:` is a :many without LIMIT, `-- like:` searches for '%…'.

How it works. A file is cut into queries; a query's text, for each engine, into tokens; the tokens into scopes (one for
every SELECT, nested as in the text) that know their tables. Then SQLite is asked about the migrated schema: does it
compile, what does it scan. Only then is C written. All mistakes come out together as `file:line: sentence`."""

import argparse
import json
import os
import re
import sqlite3
import sys
from dataclasses import dataclass, field

sys.dont_write_bytecode = True
import schema as schemas  # noqa: E402

KINDS = ("one", "many", "exec", "count")
REASONS = ("scan", "sort", "scatter", "bounded", "like")
ANNOTATIONS = ("name", "row", "doc", "types") + REASONS
NAME = r"[a-z][a-z0-9_]*"
C_TYPE = {"int": "int64_t", "text": "str", "blob": "str", "real": "double"}
PG_TYPE = {"int": "bigint", "text": "text", "blob": "bytea", "real": "double precision", "ids": "bigint[]"}
LITERAL_MAX = 4095  # what C17 promises for a string literal
KEYWORDS = set(
    "auto break case char const continue default do double else enum extern float for goto if inline int long register "
    "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false".split()
)
TAKEN = KEYWORDS | set("str rc db arena d a out cur params changed found room".split())
CLOCKS = set("current_timestamp current_date current_time localtime localtimestamp".split())
IMPURE = set(
    "now random randomblob clock_timestamp statement_timestamp transaction_timestamp timeofday gen_random_uuid "
    "date time datetime julianday strftime unixepoch last_insert_rowid changes nextval currval".split()
)
STATEMENT = {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "VALUES"}
WRITES = {"INSERT", "UPDATE", "DELETE"}
COMPOUND = {"UNION", "INTERSECT", "EXCEPT"}


@dataclass
class Token:
    kind: str  # word, string, quoted, number, param, list, other; sub stands for a nested SELECT
    text: str
    line: int
    space: bool  # white space before it
    name: str = ""  # param, list
    clause: str = ""
    depth: int = 0

    @property
    def word(self):
        return self.text.upper() if self.kind == "word" else ""


@dataclass
class Param:
    name: str
    type: str
    nullable: bool


@dataclass
class Ref:
    """A table in FROM, JOIN, INTO or UPDATE; `table` is None for a subquery and {…} for a list."""

    table: str
    alias: str
    outer: bool
    verb: str
    line: int


@dataclass
class Scope:
    parent: object
    tokens: list = field(default_factory=list)
    refs: list = field(default_factory=list)


@dataclass
class Field:
    name: str
    type: str
    nullable: bool


@dataclass
class Query:
    path: str
    line: int
    name: str
    kind: str
    notes: dict = field(default_factory=dict)  # annotation → [(line, text)]
    body: list = field(default_factory=list)  # numbered lines
    tokens: dict = field(default_factory=dict)  # engine → tokens
    scopes: dict = field(default_factory=dict)  # engine → scopes, those of the statement itself first
    params: dict = field(default_factory=dict)  # name → Param, in order
    fields: list = field(default_factory=list)
    slot: int = 0

    def note(self, word):
        return " ".join(text for _, text in self.notes.get(word, ()))

    @property
    def row(self):
        return self.note("row") or self.name + "_row"

    @property
    def verb(self):
        words = [t.word for t in self.outer_scopes("sqlite")[0].tokens if t.depth == 0]
        return next((w for w in words if w in STATEMENT - {"WITH"}), "")

    @property
    def writes(self):
        return self.verb in WRITES

    @property
    def has_rows(self):
        return self.kind in ("one", "many")

    def outer_scopes(self, engine):
        return [s for s in self.scopes[engine] if s.parent is None]


# --- cutting a file into queries


def read_file(path, problems):
    queries, current, ended, block = [], None, False, False
    for number, line in schemas.read_lines(path):
        note = re.match(r"--\s*([A-Za-z]+):(\s.*)?$", line.strip())
        mark = re.search(r"--@(\w+)\s*$", line)
        if note and note[1] == "name":
            current, ended, block = start_query(path, number, (note[2] or "").strip(), problems), False, False
            queries.append(current)
        elif current and (mark or block):
            current.body.append((number, line))
            ended = ended or ends_statement(line[: mark.start()] if mark else line)
            if mark and not line[: mark.start()].strip():
                block = mark[1] != "end"
        elif current is None or ended:
            if line.strip() and not line.lstrip().startswith("--"):
                problems.add(path, number, "SQL outside a query: begin it with -- name: … :kind")
        elif note:
            add_note(current, number, note[1], (note[2] or "").strip(), problems)
        else:
            current.body.append((number, line))
            ended = ends_statement(line)
    if not queries:
        problems.add(path, 1, "there is no query in this file")
    return queries


def ends_statement(line):
    return re.sub(r"'[^']*'|--.*", "", line).rstrip().endswith(";")


def start_query(path, number, text, problems):
    match = re.fullmatch(rf"({NAME})\s+:(\w+)", text)
    if not match or match[2] not in KINDS:
        problems.add(path, number, "expected -- name: some_name :one, :many, :exec or :count")
        return Query(path, number, "", "exec")
    return Query(path, number, match[1], match[2])


def add_note(query, number, word, text, problems):
    if word not in ANNOTATIONS:
        problems.add(query.path, number, f"unknown annotation {word}: there are {', '.join(ANNOTATIONS)}")
    elif not text:
        problems.add(query.path, number, f"-- {word}: says nothing")
    else:
        query.notes.setdefault(word, []).append((number, text))


# --- tokens and parameters

LEXER = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?\*/) | (?P<string>'(?:[^']|'')*') | (?P<quoted>"[^"]*")
      | \{(?P<macro>ids|nums):\$(?P<list>[a-z][a-z0-9_]*)\}
      | (?P<param>\$(?P<pname>[a-z][a-z0-9_]*)(?::(?!:)(?P<ptype>\w*\??))?)
      | (?P<number>\d[\w.]*) | (?P<word>[A-Za-z_]\w*) | (?P<other>\|\||::|<=|>=|<>|!=|<<|>>|->>|->|\S)""",
    re.S | re.X,
)


def tokenize(query, engine_lines, problems):
    text = "\n".join(line for _, line in engine_lines)
    numbers = [number for number, _ in engine_lines]
    tokens, end = [], 0
    for match in LEXER.finditer(text):
        kind, line = match.lastgroup, numbers[text.count("\n", 0, match.start())]
        if match["comment"]:
            continue
        space = match.start() > end
        end = match.end()
        if match["param"]:
            tokens.append(Token("param", match[0], line, space, match["pname"]))
        elif match["macro"]:
            tokens.append(Token("list", match["macro"], line, space, match["list"]))
        else:
            tokens.append(Token(kind, match[0], line, space))
            if kind == "string" and "\n" in match[0]:
                problems.add(query.path, line, "a string literal must end on its line")
            if kind == "other" and match[0] in "?@{}$":
                problems.add(query.path, line, f"{match[0]} is not understood: write $name, $name:type or {{ids:$name}}")
    return tokens


def declare_all(query, problems):
    """The parameters by first appearance in the file, whichever engine a line serves. (A mark is a comment to the lexer.)"""
    text = "\n".join(line for _, line in query.body)
    for match in LEXER.finditer(text):
        if match["param"] or match["macro"]:
            line = query.body[text.count("\n", 0, match.start())][0]
            declare(query, match["pname"] or match["list"], "ids" if match["macro"] else match["ptype"], line, problems)
            if match["ptype"] == "ids":
                problems.add(query.path, line, f"a list is written {{ids:${match['pname']}}}")


def declare(query, name, said, line, problems):
    """Declares a parameter, or checks that it is used as declared; a type may be left out when it was said before."""
    known = query.params.get(name)
    type_, nullable = ("int", False) if said is None else (said.rstrip("?"), said.endswith("?"))
    if type_ not in PG_TYPE:
        problems.add(query.path, line, f"${name} has the type {said}: use int, text, blob or real, with ? for NULL")
    elif known is None:
        query.params[name] = Param(name, type_, nullable)
        if name in TAKEN:
            problems.add(query.path, line, f"${name} is taken in C: choose another name")
    elif (known.type == "ids") != (type_ == "ids") or (said is not None and (known.type, known.nullable) != (type_, nullable)):
        problems.add(query.path, line, f"${name} was {known.type}{'?' * known.nullable} before")


def lex(query, problems):
    """Both texts, with one set of parameters."""
    variants = schemas.engine_lines(query.body or [(query.line, "")], query.path, problems)
    declare_all(query, problems)
    for engine in schemas.ENGINES:
        query.tokens[engine] = tokenize(query, variants[engine], problems)
        strip_end(query, engine, problems)
        used = {token.name for token in query.tokens[engine]}
        for name in query.params:
            if name not in used:
                problems.add(query.path, query.line, f"${name} is not used on {engine}: both engines need the same signature")


def strip_end(query, engine, problems):
    tokens = query.tokens[engine]
    if not tokens or tokens[-1].text != ";":
        problems.add(query.path, query.line, "the query does not end in ;")
    else:
        tokens.pop()
    for token in tokens:
        if token.text == ";":
            problems.add(query.path, token.line, "one statement to a query")
    if len(render(query, engine)) > LITERAL_MAX:
        problems.add(query.path, query.line, f"longer than {LITERAL_MAX} bytes")


def render_token(token, engine, number):
    if token.kind == "param":
        return f"?{number}" if engine == "sqlite" else f"${number}"
    if token.kind == "list":
        shift = "{0} & 4095" if token.text == "nums" else "({0} >> 10) & 4095"
        if engine == "sqlite":
            return f"(SELECT value AS id, {shift.format('value')} AS bucket FROM json_each(?{number}))"
        return f"(SELECT v AS id, {shift.format('v')} AS bucket FROM unnest(${number}::bigint[]) AS t(v))"
    return token.text


def render_lines(query, engine):
    """The text that the engine gets, as in the file but without comments."""
    numbers = {name: i for i, name in enumerate(query.params, 1)}
    lines, at = [], None
    for token in query.tokens[engine]:
        text = render_token(token, engine, numbers.get(token.name))
        if token.line != at:
            lines.append(text)
            at = token.line
        else:
            lines[-1] += " " * token.space + text
    return lines


def render(query, engine):
    return " ".join(render_lines(query, engine))


# --- scopes: who can see which table

CLAUSES = set("WITH SELECT FROM WHERE GROUP HAVING ORDER LIMIT OFFSET SET VALUES INTO UPDATE RETURNING WINDOW FOR".split())
NOT_ALIAS = CLAUSES | COMPOUND | set(
    "ON USING JOIN LEFT RIGHT FULL INNER OUTER CROSS NATURAL AS DO DEFAULT INDEXED NOT TABLESAMPLE FETCH".split()
)
BEFORE_TABLE = set("LATERAL ONLY OR IGNORE ABORT FAIL REPLACE".split())


def closing(tokens, at):
    depth = 0
    for i in range(at, len(tokens)):
        depth += (tokens[i].text == "(") - (tokens[i].text == ")")
        if depth == 0:
            return i
    return len(tokens)


def split_compound(tokens):
    arms, depth = [[]], 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.word in COMPOUND:
            arms.append([])
        elif not (token.word == "ALL" and not arms[-1] and len(arms) > 1):
            arms[-1].append(token)
    return arms


def find_scopes(tokens, parent, found):
    for arm in split_compound(tokens):
        scope, depth, i = Scope(parent), 0, 0
        found.append(scope)
        while i < len(arm):
            token = arm[i]
            if token.text == "(" and i + 1 < len(arm) and arm[i + 1].word in STATEMENT:
                end = closing(arm, i)
                scope.tokens.append(Token("sub", "(…)", token.line, True, depth=depth))
                find_scopes(arm[i + 1 : end], scope, found)
                i = end + 1
                continue
            depth -= token.text == ")"
            token.depth = depth
            depth += token.text == "("
            scope.tokens.append(token)
            i += 1
        find_refs(scope)
    return found


def find_refs(scope):
    """Marks every token with its clause and collects the tables."""
    tokens, clause, i = scope.tokens, "", 0
    while i < len(tokens):
        token = tokens[i]
        before = tokens[i - 1].word if i else ""
        verb = ""
        if token.depth == 0 and token.word in CLAUSES and not (token.word == "FROM" and before == "DISTINCT"):
            clause = next_clause(token.word, before)
            if token.word in ("FROM", "INTO") or (token.word == "UPDATE" and clause == "update"):
                verb = "delete" if before == "DELETE" else clause
        elif token.word in ("ON", "USING"):
            conflict = i + 1 < len(tokens) and tokens[i + 1].word == "CONFLICT"
            clause = "conflict" if conflict else "on"
        elif token.word == "JOIN" or (token.text == "," and token.depth == 0 and clause in ("from", "on")):
            verb = clause = "from"
        token.clause = clause
        i += 1
        if verb:
            i = read_ref(scope, i, verb, clause, is_outer(tokens, i - 1))


def next_clause(word, before):
    if word == "UPDATE" and before in ("DO", "FOR", "KEY"):
        return "conflict" if before == "DO" else "for"
    return word.lower()


def is_outer(tokens, at):
    words = [t.word for t in tokens[max(0, at - 2) : at]]
    return tokens[at].word == "JOIN" and "LEFT" in words


def read_ref(scope, i, verb, clause, outer):
    tokens = scope.tokens
    while i < len(tokens) and (tokens[i].text == "(" or tokens[i].word in BEFORE_TABLE):
        tokens[i].clause = clause
        i += 1
    if i >= len(tokens):
        return i
    table = {"word": tokens[i].text, "quoted": tokens[i].text.strip('"'), "list": "{}"}.get(tokens[i].kind)
    ref = Ref(table, table, outer, verb, tokens[i].line)
    tokens[i].clause = "table"
    i += 1
    if table and i < len(tokens) and tokens[i].text == "(" and verb != "into":  # a table-valued function
        ref.table = None
        i = closing(tokens, i) + 1
    if i + 1 < len(tokens) and tokens[i].word == "AS":
        i += 1
    if i < len(tokens) and tokens[i].kind == "word" and tokens[i].word not in NOT_ALIAS:
        ref.alias = tokens[i].text
        tokens[i].clause = "table"
        i += 1
    scope.refs.append(ref)
    return i


def visible(scope, alias):
    while scope:
        for ref in scope.refs:
            if ref.alias == alias:
                return ref
        scope = scope.parent
    return None


def owner_of(scope, column, tables):
    """The table reference that a bare column name means; the nearest scope wins."""
    while scope:
        for ref in scope.refs:
            if column in columns_of(ref, tables):
                return ref
        scope = scope.parent
    return None


LIST_COLUMNS = {name: schemas.Column(name, "int", True, "") for name in ("id", "bucket")}


def columns_of(ref, tables):
    return LIST_COLUMNS if ref.table == "{}" else tables.get(ref.table, {})


# --- result columns


def result_items(query, engine):
    """The select list or RETURNING list as runs of tokens, and the scope that it belongs to."""
    scope = query.outer_scopes(engine)[0]
    clause = "returning" if query.writes else "select"
    listed = [t for t in scope.tokens if t.clause == clause]
    if listed:
        listed = listed[1:]
    if listed and listed[0].word in ("DISTINCT", "ALL"):
        listed = listed[1:]
    items = [[]]
    for token in listed:
        if token.text == "," and token.depth == 0:
            items.append([])
        else:
            items[-1].append(token)
    return scope, [item for item in items if item]


def result_fields(query, engine, schema, types, problems):
    scope, items = result_items(query, engine)
    compound = len(query.outer_scopes(engine)) > 1
    fields = []
    for item in items:
        line, shape = item[0].line, " ".join(t.text if t.kind == "word" else t.kind + t.text for t in item)
        plain = re.fullmatch(r"(?:(\w+) other\. )?(\w+)(?: (?:AS )?(\w+))?", shape, re.I)
        named = re.search(r"\bAS (\w+)$", shape, re.I)
        if shape.endswith("other*") and (len(item) == 1 or item[-2].text == "."):
            problems.add(query.path, line, "SELECT * is refused: name the columns")
            continue
        if plain and plain[2].upper() not in ("NULL", "CASE"):
            name = plain[3] or plain[2]
            origin = None if compound else find_origin(query, scope, plain[1], plain[2], schema)
        elif named:
            name, origin = named[1], None
        else:
            problems.add(query.path, line, "an expression needs AS name and a type in -- types:")
            continue
        if not re.fullmatch(NAME, name) or name in KEYWORDS:
            problems.add(query.path, line, f"{name} cannot be a field in C: choose another name with AS")
        fields.append(result_field(query, name, origin, types, line, problems))
    names = [f.name for f in fields]
    for name in sorted({n for n in names if names.count(n) > 1}):
        problems.add(query.path, query.line, f"two columns are called {name}")
    return fields


def find_origin(query, scope, alias, column, schema):
    """(Column, may be NULL) of a plain column, or None when it comes from a subquery or a function."""
    if query.writes:
        ref = next((r for r in scope.refs if r.verb in ("into", "update", "delete")), None)
    else:
        ref = visible(scope, alias) if alias else owner_of(scope, column, schema.tables)
    found = columns_of(ref, schema.tables).get(column) if ref else None
    return (found, ref.outer or not found.notnull) if found and found.type else None


def result_field(query, name, origin, types, line, problems):
    said = types.get(name)
    if origin is None:
        if said is None:
            problems.add(query.path, line, f"{name} is an expression: say its type in -- types: {name} int")
        return Field(name, *(said or ("int", False)))
    column, may_be_null = origin
    if said and said[0] != column.type:
        problems.add(query.path, line, f"{name} is {column.type}, not {said[0]}")
    if may_be_null and not (said and said[1]):
        problems.add(query.path, line, f"{name} may be NULL: say so in -- types: {name} {column.type}?")
    return Field(name, column.type, bool(said and said[1]))


def read_types(query, problems):
    types = {}
    for line, text in query.notes.get("types", ()):
        for entry in text.split(","):
            match = re.fullmatch(rf"\s*({NAME})\s+(int|text|blob|real)(\?)?\s*", entry)
            if not match:
                problems.add(query.path, line, f"not a type: {entry.strip()}; write: name int, other text?")
            else:
                types[match[1]] = (match[2], bool(match[3]))
    return types


def type_results(query, schema, problems):
    types = read_types(query, problems)
    if query.has_rows:
        query.fields = result_fields(query, "sqlite", schema, types, problems)
        other = result_fields(query, "pg", schema, types, problems)
        if query.fields != other:
            problems.add(query.path, query.line, "the two engines return different columns")
        if not result_items(query, "sqlite")[1]:
            problems.add(query.path, query.line, f":{query.kind} returns nothing: it needs SELECT or RETURNING")
    elif query.verb in ("SELECT", "VALUES") or result_items(query, "sqlite")[1]:
        problems.add(query.path, query.line, f":{query.kind} throws rows away: use :one or :many")
    if query.kind in ("exec", "count") and "row" in query.notes:
        problems.add(query.path, query.notes["row"][0][0], f"-- row: is not used by :{query.kind}")
    for name in set(types) - {f.name for f in query.fields}:
        problems.add(query.path, query.notes["types"][0][0], f"-- types: {name} is not a column of the result")


# --- the rules


def check_words(query, engine, problems):
    tokens = query.tokens[engine]
    if not tokens or tokens[0].word not in STATEMENT - {"VALUES"}:
        problems.add(query.path, query.line, "a query begins with SELECT, INSERT, UPDATE, DELETE or WITH")
    likes = any(t.word in ("LIKE", "ILIKE", "GLOB") for t in tokens)
    for i, token in enumerate(tokens):
        before = tokens[i - 1] if i else Token("", "", 0, False)
        after = tokens[i + 1].text if i + 1 < len(tokens) else ""
        sentence = None
        if token.word == "OFFSET":
            sentence = "OFFSET is refused: page by key"
        elif token.word == "ROLLBACK" and before.word == "OR":
            sentence = "OR ROLLBACK is refused: the lane decides what a failure undoes"
        elif token.word in ("RIGHT", "FULL") and after.upper() in ("JOIN", "OUTER"):
            sentence = f"{token.text} JOIN is refused: turn it into a LEFT JOIN"
        elif token.text.lower() in CLOCKS and token.kind == "word" or (token.text.lower() in IMPURE and after == "("):
            sentence = f"{token.text} is refused: clock, chance and sequences come as parameters"
        elif likes and token.kind == "string" and token.text.startswith("'%") and before.text != "||":
            sentence = None if "like" in query.notes else "LIKE '%…' reads everything: say why in -- like: …"
        elif token.text == "(" and after.upper() in WRITES and before.word in ("AS", "MATERIALIZED"):
            sentence = "a CTE that writes is refused"
        if sentence:
            problems.add(query.path, token.line, sentence)


def check_scopes(query, engine, schema, problems):
    for scope in query.scopes[engine]:
        check_star(query, scope, problems)
        for token in scope.tokens:
            if token.clause == "limit" and token.text == "," and token.depth == 0:
                problems.add(query.path, token.line, "LIMIT a, b is OFFSET: page by key")
            if token.clause == "for" and any("bucket" in columns_of(r, schema.tables) for r in scope.refs):
                problems.add(query.path, token.line, "FOR UPDATE is refused on a large table: claim by compare-and-set")
            if token.kind == "list" and token.clause != "table":
                problems.add(query.path, token.line, f"{{{token.text}:$…}} is a table: use it in FROM or JOIN")
        for ref in scope.refs:
            check_ref(query, scope, ref, schema, problems)
    if query.kind == "many" and "bounded" not in query.notes:
        if not any(t.word == "LIMIT" and t.depth == 0 for s in query.outer_scopes(engine) for t in s.tokens):
            problems.add(query.path, query.line, "a :many needs LIMIT, or -- bounded: … says why not")


def check_star(query, scope, problems):
    for before, token in zip(scope.tokens, scope.tokens[1:]):
        if token.text == "*" and token.clause == "select" and (before.word in ("SELECT", "DISTINCT") or before.text in (",", ".")):
            problems.add(query.path, token.line, "SELECT * is refused: name the columns")


def check_ref(query, scope, ref, schema, problems):
    if ref.table == "{}":
        if ref.alias == "{}":
            problems.add(query.path, ref.line, "the list needs an alias: {ids:$name} x")
    elif "bucket" in columns_of(ref, schema.tables) and "scatter" not in query.notes and not knows_bucket(scope, ref):
        sentence = f"{ref.table} is spread by bucket and {ref.alias}.bucket is not given: add it, or -- scatter: … says why"
        problems.add(query.path, ref.line, sentence)


def knows_bucket(scope, ref):
    """Textual: alias.bucket, or a bare bucket, in the WHERE or ON of the scope; in the column list for INSERT."""
    tokens, where = scope.tokens, ("into",) if ref.verb == "into" else ("where", "on")
    for i, token in enumerate(tokens):
        if token.word == "BUCKET" and token.clause in where:
            if i == 0 or tokens[i - 1].text != "." or tokens[i - 2].text == ref.alias:
                return True
    return False


# --- what SQLite says


def check_sqlite(query, schema, problems):
    """False when it does not compile: then nothing more can be said about its columns."""
    nulls = (None,) * len(query.params)
    text = render(query, "sqlite")
    try:
        schema.database.execute("EXPLAIN " + text, nulls).fetchall()
        plan = schema.database.execute("EXPLAIN QUERY PLAN " + text, nulls).fetchall()
    except (sqlite3.Error, sqlite3.Warning) as error:
        problems.add(query.path, query.line, f"SQLite: {error}")
        return False
    refs = {name for s in query.scopes["sqlite"] for r in s.refs if r.table in schema.tables for name in (r.alias, r.table)}
    for *_, detail in plan:
        scan = re.match(r"SCAN (\w+)(?!.*VIRTUAL TABLE)|SEARCH (\w+) USING AUTOMATIC", detail)
        if scan and (scan[1] or scan[2]) in refs and "scan" not in query.notes:
            problems.add(query.path, query.line, f"the plan says {detail}: add an index, or -- scan: … says why")
        if "USE TEMP B-TREE" in detail and "sort" not in query.notes:
            problems.add(query.path, query.line, f"the plan says {detail}: add an index, or -- sort: … says why")
    return True


def check_view(query, schema, problems):
    """Second opinion on names and types: the same SELECT as a view, whose columns SQLite describes."""
    text = re.sub(r"\?\d+", "NULL", " ".join(render_lines(query, "sqlite")))
    try:
        schema.database.execute(f"CREATE TEMP VIEW sqlc_view AS {text}")
        described = schema.database.execute("SELECT name, type FROM pragma_table_info('sqlc_view')").fetchall()
    except sqlite3.Error as error:
        problems.add(query.path, query.line, f"SQLite: {error}")
        return
    finally:
        schema.database.execute("DROP VIEW IF EXISTS temp.sqlc_view")
    if [name for name, _ in described] != [f.name for f in query.fields]:
        names = ", ".join(name for name, _ in described)
        problems.add(query.path, query.line, f"SQLite sees other columns: {names}")
        return
    for (name, type_), result in zip(described, query.fields):
        declared = schemas.C_TYPES.get(type_.upper())
        if declared and declared != result.type:
            problems.add(query.path, query.line, f"{name} is {declared} for SQLite, not {result.type}")


# --- the whole program


def compile_all(paths, schema, problems):
    """{path: queries}; only to be used when there are no problems."""
    files = {path: read_file(path, problems) for path in paths}
    slot = 0
    for path, queries in files.items():
        for query in queries:
            query.slot, slot = slot, slot + 1
            compile_query(query, schema, problems)
    check_names(files, problems)
    return files


def compile_query(query, schema, problems):
    known = len(problems)
    lex(query, problems)
    if len(problems) > known or not query.name:
        return
    for engine in schemas.ENGINES:
        check_words(query, engine, problems)
        query.scopes[engine] = find_scopes(query.tokens[engine], None, [])
    for engine in schemas.ENGINES:
        check_scopes(query, engine, schema, problems)
    if check_sqlite(query, schema, problems):
        type_results(query, schema, problems)
    if len(problems) == known and query.has_rows and not query.writes:
        check_view(query, schema, problems)


def check_names(files, problems):
    queries, rows, stems = {}, {}, {}
    for path, listed in files.items():
        if stems.setdefault(stem_of(path), path) != path:
            problems.add(path, 1, f"{stems[stem_of(path)]} has the same name: the generated files would collide")
        for query in listed:
            first = queries.setdefault(query.name, query)
            if first is not query and query.name:
                problems.add(path, query.line, f"{query.name} is already a query: {first.path}:{first.line}")
            if not query.has_rows:
                continue
            first = rows.setdefault(query.row, query)
            if first.path != path:
                problems.add(path, query.line, f"the row {query.row} belongs to {first.path}:{first.line}")
            elif first.fields and query.fields and first.fields != query.fields:
                problems.add(path, query.line, f"the row {query.row} has other columns than at line {first.line}")


def stem_of(path):
    return os.path.basename(path).removesuffix(".sql")


# --- writing C

SPDX = "/* SPDX-License-Identifier: AGPL-3.0-or-later */\n"


def comment(text):
    return "/* " + text.replace("*/", "* /").replace("/*", "/ *") + " */\n" if text else ""


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("??", "?\\?") + '"'


def param_c(param):
    if param.type == "ids":
        return f"const int64_t *{param.name}, size_t {param.name}_len"
    pointer = param.nullable and param.type in ("int", "real")
    return f"const {C_TYPE[param.type]} *{param.name}" if pointer else f"{C_TYPE[param.type]} {param.name}"


def value_c(param):
    name, kind = param.name, param.type.upper()
    if param.type == "ids":
        return f"DB_VALUE_IDS({name}, {name}_len)"
    if param.type in ("text", "blob"):
        return f"DB_VALUE_{kind}({name})" if param.nullable else f'DB_VALUE_{kind}({name}.ptr != NULL ? {name} : STR(""))'
    if param.nullable:
        member = "i" if param.type == "int" else "real"
        return f"{{.type = DB_{kind}, .null = {name} == NULL, .{member} = {name} != NULL ? *{name} : 0}}"
    return f"DB_VALUE_{kind}({name})"


def signature(query):
    parts = ["db *d"] + ["arena *a"] * query.has_rows + [param_c(p) for p in query.params.values()]
    if query.kind == "one":
        parts.append(f"{query.row} *out")
    elif query.kind == "many":
        parts.append(f"{query.row}_list *out")
    elif query.kind == "count":
        parts.append("int64_t *changed")
    return f"rc sql_{query.name}({', '.join(parts)})"


def rows_of(queries):
    """row → (fields, is it listed by a :many)."""
    rows = {}
    for query in queries:
        if query.has_rows:
            fields, listed = rows.get(query.row, (query.fields, False))
            rows[query.row] = (fields, listed or query.kind == "many")
    return rows


def has_null_flag(result):
    return result.nullable and result.type in ("int", "real")


def struct_c(row, fields, listed):
    lines = [f"typedef struct {row} {{"]
    for f in fields:
        absent = " /* absent: NULL */" if f.nullable and not has_null_flag(f) else ""
        lines.append(f"    {C_TYPE[f.type]} {f.name};{absent}")
        if has_null_flag(f):
            lines.append(f"    bool {f.name}_null;")
    lines.append(f"}} {row};")
    if listed:
        lines.append(f"typedef struct {row}_list {{\n    {row} *items;\n    size_t len;\n}} {row}_list;")
    return "\n".join(lines) + "\n\n"


def header_c(stem, queries):
    guard = f"VECHE_SQL_{re.sub('[^A-Z0-9]', '_', stem.upper())}_H"
    text = SPDX + comment(f"Made by tools/sqlc.py from {stem}.sql. Do not edit. Rows and their strings live in the arena.")
    text += f'#ifndef {guard}\n#define {guard}\n\n#include "db/db.h"\n\n'
    for row, (fields, listed) in rows_of(queries).items():
        text += struct_c(row, fields, listed)
    for query in queries:
        text += comment(query.note("doc")) + signature(query) + ";\n"
    text += "\n/* for sql_registry.c */\n"
    text += "".join(f"extern const db_query query_{q.name};\n" for q in queries)
    return text + "\n#endif\n"


def reader_c(row, fields, listed):
    cells, strings = [], False
    for i, f in enumerate(fields):
        arena = ", a" if C_TYPE[f.type] == "str" else ""
        strings = strings or bool(arena)
        cells.append(f"        .{f.name} = db_{f.type}(cur, {i}{arena}),\n")
        if has_null_flag(f):
            cells.append(f"        .{f.name}_null = db_is_null(cur, {i}),\n")
    text = f"static {row} {row}_read(const db_cursor *cur, arena *a)\n{{\n"
    text += "" if strings else "    (void)a;\n"
    text += f"    return ({row}){{\n{''.join(cells)}    }};\n}}\n\n"
    if listed:
        text += f"""static void {row}_push({row}_list *list, size_t *room, const db_cursor *cur, arena *a)
{{
    if (list->len == *room) {{
        *room = *room ? *room * 2 : 16;
        {row} *more = ARENA_ARRAY(a, {row}, *room);
        if (list->len) memcpy(more, list->items, list->len * sizeof(*more));
        list->items = more;
    }}
    list->items[list->len++] = {row}_read(cur, a);
}}

"""
    return text


def query_c(query):
    texts = []
    for engine in schemas.ENGINES:
        lines = render_lines(query, engine)
        texts.append("\n        ".join(c_string(l + " " * (i + 1 < len(lines))) for i, l in enumerate(lines)))
    return f"""const db_query query_{query.name} = {{
    .slot = {query.slot},
    .name = "{query.name}",
    .sql = {{
        {texts[0]},
        {texts[1]},
    }},
    .params = {len(query.params)},
    .writes = {"true" if query.writes else "false"},
}};

"""


BODIES = {
    "one": """    *out = ({row}){{0}};
    {start}
    const bool found = db_next(&cur);
    if (found) *out = {row}_read(&cur, a);
    TRY(db_finish(&cur, NULL));
    return found ? OK : E_NOT_FOUND;
""",
    "many": """    size_t room = 0;
    *out = ({row}_list){{0}};
    {start}
    while (db_next(&cur)) {row}_push(out, &room, &cur, a);
    return db_finish(&cur, NULL);
""",
    "exec": """    {start}
    return db_finish(&cur, NULL);
""",
    "count": """    {start}
    return db_finish(&cur, changed);
""",
}


def function_c(query):
    text = comment(query.note("doc")) + signature(query) + "\n{\n"
    values = "".join(f"        {value_c(p)},\n" for p in query.params.values())
    if values:
        text += f"    const db_value params[] = {{\n{values}    }};\n"
    start = f"db_start(d, &query_{query.name}, {'params' if values else 'NULL'}, &cur);"
    return text + "    db_cursor cur;\n" + BODIES[query.kind].format(row=query.row, start=start) + "}\n\n"


def source_c(stem, queries):
    text = SPDX + comment(f"Made by tools/sqlc.py from {stem}.sql. Do not edit.")
    text += f'#include "{stem}.sql.h"\n\n#include <string.h>\n\n'
    text += "".join(reader_c(row, *shape) for row, shape in rows_of(queries).items())
    return text + "".join(query_c(q) + function_c(q) for q in queries).rstrip() + "\n"


def registry(files):
    queries = [q for listed in files.values() for q in listed]
    header = SPDX + comment("Made by tools/sqlc.py. Do not edit. Every query of the program, by slot.")
    header += '#ifndef VECHE_SQL_REGISTRY_H\n#define VECHE_SQL_REGISTRY_H\n\n#include "db/db.h"\n\n'
    header += f"#define SQL_QUERY_COUNT {len(queries)}\n"
    header += "extern const db_query *const sql_registry[SQL_QUERY_COUNT];\n\n#endif\n"
    source = SPDX + comment("Made by tools/sqlc.py. Do not edit.") + '#include "sql_registry.h"\n\n'
    source += "".join(f'#include "{stem_of(path)}.sql.h"\n' for path in files)
    source += "\nconst db_query *const sql_registry[SQL_QUERY_COUNT] = {\n"
    return header, source + "".join(f"    &query_{q.name},\n" for q in queries) + "};\n"


# --- which query touches which data class


def touched(query, schema):
    """{table: {column: class}} for both engines. Generous: a name counts wherever it stands."""
    found = {}
    for engine in schemas.ENGINES:
        for scope in query.scopes[engine]:
            for i, token in enumerate(scope.tokens):
                if token.kind != "word" or token.clause == "table":
                    continue
                qualified = i >= 2 and scope.tokens[i - 1].text == "."
                for ref in candidates(scope, scope.tokens[i - 2].text if qualified else None):
                    klass = schema.classes.get(ref.table, {}).get(token.text)
                    if klass:
                        found.setdefault(ref.table, {})[token.text] = klass
    return {table: dict(sorted(columns.items())) for table, columns in sorted(found.items())}


def candidates(scope, alias):
    while scope:
        yield from (ref for ref in scope.refs if alias in (None, ref.alias, ref.table) or alias.lower() == "excluded")
        scope = scope.parent


def classes_json(files, schema):
    listed = []
    for path, queries in files.items():
        for q in queries:
            refs = [r for s in q.scopes["sqlite"] for r in s.refs if r.table in schema.tables]
            entry = {"file": os.path.basename(path), "name": q.name, "kind": q.kind, "writes": q.writes}
            entry["tables"] = sorted({r.table for r in refs})
            entry["written"] = sorted({r.table for r in refs if r.verb in ("into", "update", "delete")})
            listed.append(entry | {"columns": touched(q, schema)})
    return json.dumps({"queries": listed}, indent=1, ensure_ascii=False) + "\n"


# --- PostgreSQL's opinion


PG_BEGIN = """\\set ON_ERROR_STOP on
\\o /dev/null
BEGIN;
CREATE SCHEMA sqlc_check;
SET LOCAL search_path TO sqlc_check, public;
CREATE FUNCTION sqlc_expect(seen regclass, expected text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE c record;
BEGIN
    FOR c IN SELECT attname, attnum, format_type(atttypid, NULL) AS type FROM pg_attribute WHERE attrelid = seen LOOP
        IF NOT c.type = ANY (string_to_array(expected[c.attnum], '|')) THEN
            RAISE EXCEPTION 'column % is %, expected %: CAST it', c.attname, c.type, expected[c.attnum];
        END IF;
    END LOOP;
END $$;
"""
PG_RESULT = {"int": "bigint|integer|smallint", "text": "text", "blob": "bytea|blob", "real": "double precision"}


def pg_view(query):
    """The SELECT as a view with NULLs for parameters: PostgreSQL then tells the types of its columns."""
    nulls = [f"NULL::{PG_TYPE[p.type]}" for p in query.params.values()]
    body = re.sub(r"'(?:[^']|'')*'|\$(\d+)", lambda m: nulls[int(m[1]) - 1] if m[1] else m[0], "\n".join(render_lines(query, "pg")))
    expected = ", ".join(f"'{PG_RESULT[f.type]}'" for f in query.fields)
    name = f"sqlc_{query.slot}"
    return f"CREATE TEMP VIEW {name} AS\n{body};\nSELECT sqlc_expect('{name}', ARRAY[{expected}]);\n"


def pg_script(files, schema):
    """Builds the schema in a namespace of its own, prepares every query and undoes it all: any database will do."""
    text = PG_BEGIN + "".join(f"-- {step.name}\n{step.text('up', 'pg')}" for step in schema.steps)
    for path, queries in files.items():
        for q in queries:
            types = ", ".join(PG_TYPE[p.type] for p in q.params.values())
            body = "\n".join(render_lines(q, "pg"))
            text += f"\n\\echo {os.path.basename(path)}:{q.line} {q.name}\n"
            text += f"PREPARE sqlc_{q.slot}{f' ({types})' if types else ''} AS\n{body};\nDEALLOCATE sqlc_{q.slot};\n"
            text += pg_view(q) if q.has_rows and not q.writes else ""
    return text + "\nROLLBACK;\n"


def write(directory, name, text):
    with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
        file.write(text)


def write_all(files, schema, directory):
    os.makedirs(directory, exist_ok=True)
    for path, queries in files.items():
        stem = stem_of(path)
        write(directory, f"{stem}.sql.h", header_c(stem, queries))
        write(directory, f"{stem}.sql.c", source_c(stem, queries))
    header, source = registry(files)
    write(directory, "sql_registry.h", header)
    write(directory, "sql_registry.c", source)
    write(directory, "sql_classes.json", classes_json(files, schema))


def migration_files(directory):
    return [os.path.join(directory, name) for name in sorted(os.listdir(directory)) if name.endswith(".sql")]


def main():
    parser = argparse.ArgumentParser(description="Compiles .sql files to C.")
    parser.add_argument("--migrations", required=True, metavar="DIR")
    parser.add_argument("--out", metavar="DIR")
    parser.add_argument("--emit-pg", action="store_true", help="print a script for psql that prepares every query")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    problems = schemas.Problems()
    schema = schemas.load(migration_files(options.migrations), problems)
    if schema is None and not problems:
        problems.add(options.migrations, 0, "there are no migrations")
    files = compile_all(options.files, schema, problems) if schema else {}
    if problems:
        print("\n".join(problems), file=sys.stderr)
        return 1
    if options.emit_pg:
        sys.stdout.write(pg_script(files, schema))
    if options.out:
        write_all(files, schema, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
