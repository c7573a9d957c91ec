#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""langc: lang/<language>/<feature>.lang -> lang_keys.h and lang_table.c.

    langc.py [--source lang] --out DIR [--depfile FILE] [lang/en/wall.lang ...]

Without a list of files, all of --source are read.

A line is `key = text`; a `#` at the start of a line makes a comment, `\\n` is a line break, and `\\` also quotes
itself, `{`, `}` and `#`. The line `likes = ...` of wall.lang becomes L_wall_likes. In the text:

    {n} {m}                                            numbers, grouped as the language groups them
    {s} {s2}                                           strings
    {n, plural, one {# like} other {# likes}}          the form for n; inside, # is n
    {g, select, female {...} male {...} other {...}}   the form for the gender of whom the sentence is about

A plural may stand in a select or a select in a plural, no deeper. English has the plural forms one and other, Russian
one, few, many and other. Both languages have the same keys and, in each, the same placeholders ({g} excepted: English
seldom needs it). The enum follows the English files, so a numbered series (month_1, month_2, ...) can be indexed.
"""

import argparse
import re
import sys
from pathlib import Path

LANGUAGES = {"en": "LANG_EN", "ru": "LANG_RU"}
PLURAL_FORMS = {"en": ["one", "other"], "ru": ["one", "few", "many", "other"]}
PLURAL_ORDER = ["one", "few", "many", "other"]  # lang_seg.jump
GENDER_ORDER = ["other", "female", "male"]  # enum gender
ARGUMENTS = {"n": "SEG_N", "m": "SEG_M", "s": "SEG_S", "s2": "SEG_S2"}
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
WORD = re.compile(r"[a-z0-9_]*")


class Bad(Exception):
    pass


class Parser:
    """A sentence as nested lists of ("text", s), ("arg", name), ("plural", {form: nodes}), ("select", {form: nodes})."""

    def __init__(self, text, language):
        self.text, self.at, self.language = text, 0, language

    def peek(self):
        return self.text[self.at] if self.at < len(self.text) else ""

    def blanks(self):
        while self.peek() == " ":
            self.at += 1

    def word(self):
        self.blanks()
        found = WORD.match(self.text, self.at).group()
        self.at += len(found)
        self.blanks()
        return found

    def expect(self, char):
        if self.peek() != char:
            raise Bad(f"expected '{char}' " + (f"before '{self.text[self.at:self.at + 12]}'" if self.peek() else "at the end"))
        self.at += 1

    def sentence(self):
        nodes = self.nodes(())
        if self.peek():
            raise Bad("'}' without '{' (write \\} for a brace)")
        return nodes

    def nodes(self, inside):
        nodes = []

        def text(s):
            if nodes and nodes[-1][0] == "text":
                nodes[-1] = ("text", nodes[-1][1] + s)
            else:
                nodes.append(("text", s))

        while (c := self.peek()) not in ("", "}"):
            self.at += 1
            if c == "\\":
                quoted = self.peek()
                if not quoted or quoted not in "n\\{}#":
                    raise Bad(f"unknown escape '\\{quoted}'")
                self.at += 1
                text("\n" if quoted == "n" else quoted)
            elif c == "{":
                nodes.append(self.placeholder(inside))
            elif c == "#" and "plural" in inside:
                nodes.append(("arg", "n"))
            else:
                text(c)
        return nodes

    def placeholder(self, inside):
        name = self.word()
        if self.peek() == "}":
            self.at += 1
            if name not in ARGUMENTS:
                raise Bad(f"unknown placeholder {{{name}}}")
            return ("arg", name)
        self.expect(",")
        kind = self.word()
        self.expect(",")
        if (name, kind) not in (("n", "plural"), ("g", "select")):
            raise Bad(f"unknown placeholder {{{name}, {kind}}}: only {{n, plural, ...}} and {{g, select, ...}}")
        if kind in inside or len(inside) > 1:
            raise Bad(f"{kind} inside {' inside '.join(reversed(inside))}")
        forms = {}
        while self.blanks() or self.peek() != "}":
            form = self.word()
            if not form:
                raise Bad(f"bad syntax in {kind}: expected a form or '}}'" + ("" if self.peek() else " before the end"))
            if form in forms:
                raise Bad(f"{kind} form '{form}' given twice")
            self.expect("{")
            forms[form] = self.nodes(inside + (kind,))
            self.expect("}")
        self.at += 1
        needed = PLURAL_FORMS[self.language] if kind == "plural" else GENDER_ORDER
        missing = [form for form in needed if form not in forms]
        if missing:
            raise Bad(f"{kind} lacks {', '.join(missing)}")
        foreign = [form for form in forms if form not in needed]
        if foreign:
            raise Bad(f"{kind} has no form {', '.join(foreign)} in this language")
        return (kind, forms)


def placeholders(nodes):
    found = set()
    for kind, what in nodes:
        if kind == "arg":
            found.add(what)
        elif kind in ("plural", "select"):
            if kind == "plural":
                found.add("n")
            for form in what.values():
                found |= placeholders(form)
    return found


class Entry:
    def __init__(self, where, nodes):
        self.where, self.nodes, self.placeholders = where, nodes, placeholders(nodes)


def read_language(paths, language, errors):
    """{key: Entry} in file and line order."""
    entries = {}
    for path in sorted(paths, key=lambda p: p.name):
        file = f"lang/{language}/{path.name}"
        if not NAME.match(path.stem):
            errors.append(f"{file}:1: file names are made of a-z, 0-9 and _")
            continue
        try:
            lines = path.read_bytes().decode("utf-8").split("\n")
        except UnicodeDecodeError as e:
            errors.append(f"{file}:{path.read_bytes()[:e.start].count(10) + 1}: not UTF-8")
            continue
        for number, line in enumerate(lines, 1):
            where = f"{file}:{number}"
            if line.startswith("#") or not line.strip():
                continue
            key, equals, text = (part.strip(" ") for part in line.partition("="))
            full = f"{path.stem}_{key}"
            if not equals or not NAME.match(key):
                errors.append(f"{where}: bad syntax: expected 'key = text'")
                continue
            if full in entries:
                errors.append(f"{where}: duplicate: L_{full} is already at {entries[full].where}")
                continue
            nodes = []
            try:
                if not text:
                    raise Bad("no text")
                if any(ord(c) < 32 or 127 <= ord(c) < 160 for c in text):
                    raise Bad("control character")
                nodes = Parser(text, language).sentence()
            except Bad as e:
                errors.append(f"{where}: L_{full}: {e}")
                nodes = None
            entries[full] = Entry(where, nodes or [])
            if nodes is None:
                entries[full].placeholders = None
    return entries


def check_series(entries, errors):
    """month_2 stands right behind month_1, so that L_..._month_1 + i is a key."""
    previous = None
    for key, entry in entries.items():
        stem, _, number = key.rpartition("_")
        if number.isdigit() and number != "1" and f"{stem}_1" in entries and previous != f"{stem}_{int(number) - 1}":
            errors.append(f"{entry.where}: L_{key} must stand right behind L_{stem}_{int(number) - 1}")
        previous = key


def check_same(tables, errors):
    for language, table in tables.items():
        for other, others in tables.items():
            for key, entry in table.items():
                if key not in others:
                    errors.append(f"{entry.where}: L_{key} is missing in lang/{other}")
                elif language == "en" and other != "en":
                    mine, theirs = entry.placeholders, others[key].placeholders
                    if mine is not None and theirs is not None and mine != theirs:
                        named = [" ".join(f"{{{p}}}" for p in sorted(s)) or "none" for s in (mine, theirs)]
                        errors.append(f"{others[key].where}: L_{key}: placeholders differ: {named[0]} in {language}, "
                                      f"{named[1]} in {other}")


ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}


def c_string(text):
    escaped = "".join(ESCAPES.get(c, c) for c in text)
    escaped = escaped.replace("\\", "\\\\").replace("\n", "\\n").replace("??", "?\\?")
    return f'"{escaped}"'


def segments(nodes, language):
    """Flat list of (kind, text, jumps)."""
    out = []
    for kind, what in nodes:
        if kind == "text":
            out.append(("SEG_TEXT", what, []))
        elif kind == "arg":
            out.append((ARGUMENTS[what], None, []))
        else:
            order = PLURAL_ORDER if kind == "plural" else GENDER_ORDER
            bodies = {form: segments(what[form], language) for form in order if form in what}
            total = 1 + sum(len(body) + 1 for body in bodies.values())
            starts, flat = {}, []
            for form, body in bodies.items():
                starts[form] = 1 + len(flat)
                flat += body
                flat.append(("SEG_JUMP", None, [total - 1 - len(flat)]))
            jumps = [starts.get(form, starts["other"]) for form in order]
            out.append(("SEG_PLURAL" if kind == "plural" else "SEG_GENDER", None, jumps))
            out += flat
    return out


def emit_keys(tables):
    lines = ["/* Generated by tools/langc.py. */", "#ifndef VECHE_LANG_KEYS_H", "#define VECHE_LANG_KEYS_H", "",
             "enum lang_key {", "    L_NONE,"]
    for key, entry in tables["en"].items():
        takes = " ".join(f"{{{p}}}" for p in sorted(entry.placeholders))
        lines.append(f"    L_{key}," + (f" /* {takes} */" if takes else ""))
    return "\n".join(lines + ["    L_COUNT", "};", "", "#endif", ""])


def emit_table(tables):
    lines = ["/* Generated by tools/langc.py. */", '#include "base/lang.h"', "",
             "#define TEXT(s) {SEG_TEXT, {s, sizeof(s) - 1}, {0}}", "#define ARG(k) {k, {0, 0}, {0}}",
             "#define GO(k, ...) {k, {0, 0}, {__VA_ARGS__}}", "", "static const lang_seg none[] = {ARG(SEG_END)};"]
    for language, table in tables.items():
        for key, entry in table.items():
            parts = []
            for kind, text, jumps in segments(entry.nodes, language):
                if kind == "SEG_TEXT":
                    parts.append(f"TEXT({c_string(text)})")
                elif jumps:
                    parts.append(f"GO({kind}, {', '.join(map(str, jumps))})")
                else:
                    parts.append(f"ARG({kind})")
            lines.append(f"static const lang_seg {language}_{key}[] = {{{', '.join(parts + ['ARG(SEG_END)'])}}};")
    lines += ["", "const lang_seg *const lang_table[LANG_COUNT][L_COUNT] = {"]
    for language, table in tables.items():
        lines += [f"    [{LANGUAGES[language]}] = {{", "        [L_NONE] = none,"]
        lines += [f"        [L_{key}] = {language}_{key}," for key in table]
        lines.append("    },")
    return "\n".join(lines + ["};", ""])


def compile_files(paths):
    """(tables, errors); a file's language is the name of its folder."""
    errors = [f"{path}:1: not in lang/{' or lang/'.join(LANGUAGES)}" for path in paths if path.parent.name not in LANGUAGES]
    tables = {language: read_language([p for p in paths if p.parent.name == language], language, errors)
              for language in LANGUAGES}
    check_series(tables["en"], errors)
    check_same(tables, errors)
    return tables, errors


def write_if_changed(path, content):
    data = content.encode()
    if not path.exists() or path.read_bytes() != data:
        path.write_bytes(data)


def main():
    root = Path(__file__).resolve().parent.parent
    args = argparse.ArgumentParser(description="compile lang/ to C")
    args.add_argument("--source", type=Path, default=root / "lang")
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--depfile", type=Path)
    args.add_argument("files", type=Path, nargs="*")
    args = args.parse_args()
    files = args.files or sorted(args.source.glob("*/*.lang"))
    tables, errors = compile_files(files)
    if errors:
        sys.exit("\n".join(errors))
    args.out.mkdir(parents=True, exist_ok=True)
    write_if_changed(args.out / "lang_keys.h", emit_keys(tables))
    write_if_changed(args.out / "lang_table.c", emit_table(tables))
    if args.depfile:
        # The folders too: a new file changes their time.
        needs = sorted({path.parent for path in files}) + files + [Path(__file__).resolve()]
        names = " ".join(str(p).replace(" ", "\\ ") for p in needs)
        args.depfile.write_text(f"{args.out / 'lang_keys.h'} {args.out / 'lang_table.c'}: {names}\n")


if __name__ == "__main__":
    main()
