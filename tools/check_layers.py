#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""check_layers: who may include whom, how long things may be, and whose licence stands on top.

    check_layers.py [--root CHECKOUT]           prints `file:line: sentence` for each violation and fails if there is one
    check_layers.py --dot                       prints the graph of inclusion and draws docs/layers.svg

The house has rooms, and a file's room and suffix say what it may see:

    base       base
    crypto     base, crypto
    db         base, db
    graph      base, db, graph
    media      base, crypto, media
    http       base, crypto, db, graph, http; page/fragment.h
    page       base, graph, http, page
    feature    wall.c, wall.h …       base, crypto, graph, media; db/change.h, db/jobs.h; http/site.h; public headers of other features
               wall_web.c, *.html     the same, and http, page, other features' pages and templates
    app        everything, and nobody includes app

A header that is private to its room (PRIVATE) stays there. A generated header belongs to the folder of its source: X.sql.h is
for that folder alone, and so are the functions sql_… in it, even where another header brings them along. Templates print what
they are given, so other features' pages may call them. Libraries stay behind the room that wraps them (LIBRARIES). Tests
(*_test.c) may look everywhere but into app.

Files have at most 600 lines, functions 60, counted from brace to brace. What must be longer stands in tools/check_layers.allow
with its limit and the reason:

    lines src/db/lane_test.c 700 one essay on …
    function src/graph/rings.c:graph_news 70 …

An entry that nobody needs any more is a violation too."""
import argparse
import re
import sys
from pathlib import Path

LICENCE = "SPDX-License-Identifier: AGPL-3.0-or-later"
FILE_MAX, FUNCTION_MAX = 600, 60

ROOMS = {
    "base": {"base"},
    "crypto": {"base", "crypto"},
    "db": {"base", "db"},
    "graph": {"base", "db", "graph"},
    "media": {"base", "crypto", "media"},
    "http": {"base", "crypto", "db", "graph", "http"},
    "page": {"base", "graph", "http", "page"},
    "feature": {"base", "crypto", "graph", "media", "feature"},
    "web": {"base", "crypto", "graph", "media", "http", "page", "feature", "web"},
    "app": {"base", "crypto", "db", "graph", "media", "http", "page", "feature", "web", "app"},
}
NAMES = {"feature": "a feature's rules", "web": "a feature's pages"}
PLURAL = {"feature", "web"}
# Headers that a room may see although they stand in another one.
SINGLE = {
    "http": {"page/fragment.h"},                              # each web thread owns a cache; the header knows base only
    "feature": {"db/change.h", "db/jobs.h", "http/site.h"},   # site.h: the server's settings as a plain value
    "web": {"db/change.h", "db/jobs.h"},
}
# Headers that only their own room may see.
PRIVATE = {"media/confine.h", "media/decode.h", "media/vips.h", "crypto/sodium_start.h", "db/engine.h", "db/lane_internal.h", "db/postgres_wire.h", "graph/door.h", "graph/parts.h",
           "graph/slots.h", "http/exchange.h", "http/percent.h"}
# Generated without a source of their own, and who may see them.
GENERATED = {"lang_keys.h": {"base"}, "assets_gen.h": {"http", "page"}, "sql_registry.h": {"db", "app"}}
# The beginning of a library's header, and the rooms that wrap it.
LIBRARIES = {"microhttpd": {"http"}, "seccomp": {"media"}, "sqlite3": {"db"}, "libpq": {"db"}, "sodium": {"crypto"}, "openssl/": {"crypto"}, "qrencode": {"page"},
             "unicode/": {"base", "feature"}, "cmocka": set()}

SOURCES = ["src/**/*.[ch]", "src/**/*.html", "ui/layout/*.html"]
LICENSED = ["run", "test", "README.md", "CONTRIBUTING.md", "docs/*.md", "benchmark/*", "bench", "*.build", "meson_options.txt", "contrib/*", "src/**/*.*", "ui/**/*.*", "lang/**/*.lang",
            "migrations/*.sql", "tools/*.*", "tests/**/*.*", "fuzz/*.h", "fuzz/targets/*.c"]
NO_COMMENTS = {".json", ".txt"}
INCLUDE = re.compile(r'^\s*(?:#\s*include\s*|\{%\s*include\s*)(?:"([^"]+)"|<([^>]+)>)')


def for_tests(path):
    return path.endswith(("_test.h", "base/testing.h"))


class Source:
    """One file with a room: what it includes and what it calls."""

    def __init__(self, root, path):
        self.path = path.relative_to(root).as_posix()
        self.text = path.read_text(encoding="utf-8", errors="replace")
        parts = Path(self.path).parts
        stem = Path(self.path).stem
        self.folder = Path(self.path).parent.as_posix()
        self.test = stem.endswith("_test")
        if parts[0] == "ui":
            self.room = "page"
        elif parts[1] == "feature":
            self.room = "web" if stem.endswith("_web") or path.suffix == ".html" else "feature"
        else:
            self.room = parts[1]
        self.feature = parts[2] if parts[1] == "feature" else None

    def name(self):
        return NAMES.get(self.room, self.room)

    def verb(self, word):
        return word if self.room in PLURAL else {"do": "does", "use": "uses"}[word]

    def includes(self):
        for number, line in enumerate(self.text.splitlines(), 1):
            found = INCLUDE.match(line)
            if found:
                yield number, found[1] or found[2], bool(found[2])


class House:
    def __init__(self, root):
        self.root = root
        self.problems = []
        self.sources = [Source(root, p) for pattern in SOURCES for p in sorted(root.glob(pattern)) if p.is_file()]
        self.by_include = {s.path.removeprefix("src/"): s for s in self.sources if s.path.endswith(".h")}
        self.generated = {}  # "wall.sql.h" -> folder of its source
        self.queries = {}    # "sql_wall_page" -> folder of its source
        for path in sorted(root.glob("src/**/*.sql")):
            folder = path.parent.relative_to(root).as_posix()
            self.generated[path.name + ".h"] = folder
            for name in re.findall(r"^-- name: (\w+)", path.read_text(encoding="utf-8"), re.M):
                self.queries["sql_" + name] = folder
        for source in self.sources:
            if source.path.endswith(".html"):
                self.generated[Path(source.path).stem + ".tpl.h"] = source.folder

    def feature_of(self, name):
        folder = self.generated.get(name, "")
        return folder.removeprefix("src/feature/") if folder.startswith("src/feature/") else None

    def say(self, path, line, sentence):
        self.problems.append(f"{path}:{line}: {sentence}")

    # ---- inclusion ----

    def check_includes(self):
        for source in self.sources:
            for line, name, system in source.includes():
                sentence = self.foreign(source, name) if system else self.ours(source, name)
                if sentence:
                    self.say(source.path, line, sentence)
            if not source.test:
                self.check_queries(source)

    def foreign(self, source, name):
        for start, rooms in LIBRARIES.items():
            if not name.startswith(start) or source.test or source.room in rooms:
                continue
            if start == "cmocka":
                return None if for_tests(source.path) else "cmocka is for tests"
            behind = " and ".join(sorted(NAMES.get(r, r) for r in rooms))
            return f"<{name}> stays behind {behind}; {source.name()} {source.verb('use')} what that offers"
        return None

    def ours(self, source, name):
        if name in GENERATED:
            rooms = GENERATED[name]
            return None if source.test or source.room in rooms | {"app"} else f"{name} is for {', '.join(sorted(rooms))} only"
        if name.endswith((".sql.h", ".tpl.h")):
            return self.made(source, name)
        if name.startswith("support/"):
            return None if source.test else f"{name} is for tests"
        target = self.by_include.get(name)
        if not target:
            return f"no {name} in src/"
        return self.room_rule(source, target, name)

    def made(self, source, name):
        folder = self.generated.get(name)
        if not folder:
            return f"nothing generates {name}"
        if source.test or folder == source.folder and (name.endswith(".sql.h") or source.room != "feature"):
            return None
        if name.endswith(".sql.h"):
            return f"{name} belongs to {folder}; ask its public header instead"
        owner = "page" if folder.startswith("ui/") else "web"
        return None if owner in ROOMS[source.room] else f"{name} is about pages; a file that prints is called *_web.c"

    def room_rule(self, source, target, name):
        if target.room == "app":
            return None if source.room == "app" else "nobody includes app"
        if for_tests(target.path):
            return None if source.test or for_tests(source.path) else f"{name} is for tests"
        if source.test:
            return None
        if name in PRIVATE and source.room != target.room:
            return f"{name} is private to {target.room}"
        if target.room in ROOMS[source.room] or name in SINGLE.get(source.room, ()):
            return None
        if source.feature and source.feature == target.feature:
            return f"{name} is about pages; a file that prints is called *_web.c"
        return f"{source.name()} {source.verb('do')} not include {target.name()} ({name})"

    def check_queries(self, source):
        if not source.path.endswith((".c", ".h")):
            return
        for line, text in enumerate(source.text.splitlines(), 1):
            for name in re.findall(r"\bsql_\w+(?=\()", text):
                folder = self.queries.get(name, source.folder)
                if folder != source.folder:
                    self.say(source.path, line, f"{name} is a query of {folder}; ask its public header instead")

    # ---- length ----

    def check_lengths(self):
        allowed = read_allowed(self)
        for source in self.sources:
            if not source.path.endswith((".c", ".h")):
                continue
            lines = source.text.count("\n")
            limit = allowed.limit("lines", source.path, FILE_MAX, lines)
            if lines > limit:
                self.say(source.path, lines, f"{lines} lines; {limit} at most: split it, or give the reason in tools/check_layers.allow")
            for name, line, length in functions(source.text):
                limit = allowed.limit("function", f"{source.path}:{name}", FUNCTION_MAX, length)
                if length > limit:
                    self.say(source.path, line, f"{name} has {length} lines; {limit} at most")
        allowed.complain()

    # ---- licence ----

    def check_licences(self):
        for path in sorted({p for pattern in LICENSED for p in self.root.glob(pattern)}):
            if not path.is_file() or path.suffix in NO_COMMENTS or path.name.endswith(".svg") or "__pycache__" in path.parts:
                continue
            lines = path.read_text(encoding="utf-8", errors="replace").split("\n", 2)[:2]
            first = lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0]
            if LICENCE not in first:
                self.say(path.relative_to(self.root).as_posix(), 1, f"the first line says {LICENCE}")

    def check_picture(self):
        path = self.root / "docs/layers.svg"
        if path.parent.is_dir() and (not path.exists() or path.read_text(encoding="utf-8") != draw(self)):
            self.say("docs/layers.svg", 1, "shows another house: tools/check_layers.py --dot draws it anew")


# ---------------------------------------------------------------- the allow list

class Allowed:
    def __init__(self, house):
        self.house = house
        self.entries = {}
        self.used = set()

    def limit(self, kind, name, usual, actual):
        line, limit = self.entries.get((kind, name), (0, usual))
        if line and actual > usual:
            self.used.add((kind, name))
        return limit

    def complain(self):
        for key, (line, _) in self.entries.items():
            if key not in self.used:
                self.house.say("tools/check_layers.allow", line, f"{key[1]} does not need this any more")


def read_allowed(house):
    allowed = Allowed(house)
    path = house.root / "tools/check_layers.allow"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.exists() else [], 1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split(None, 3)
        if len(words) < 4 or words[0] not in ("lines", "function") or not words[2].isdigit():
            house.say("tools/check_layers.allow", number, "reads `lines|function NAME LIMIT reason`; the reason is what counts")
            continue
        allowed.entries[(words[0], words[1])] = (number, int(words[2]))
    return allowed


# ---------------------------------------------------------------- functions

def blank(text):
    """The same text with comments, strings and preprocessor lines turned to blanks, so that braces are braces."""
    pattern = r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|^[ \t]*#(?:\\\n|[^\n])*'
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.S | re.M)


def functions(text):
    """(name, line of its brace, lines from brace to brace) of each function."""
    clean = blank(text)
    depth = start = 0
    name = None
    for found in re.finditer(r"[{}]", clean):
        at = found.start()
        if found[0] == "{":
            if depth == 0:
                start, name = at, function_name(clean[:at])
            depth += 1
        else:
            depth = max(0, depth - 1)
            if depth == 0 and name:
                yield name, clean.count("\n", 0, start) + 1, clean.count("\n", start, at) + 1
                name = None


def function_name(before):
    """Of what stands before a brace of the outermost level; None when that is no function."""
    head = re.split(r"[;}]", before[-600:])[-1].rstrip()
    found = re.search(r"(\w+)\s*\((?:[^()]|\([^()]*\))*\)\s*(?:__attribute__\s*\(\(.*\)\)\s*)?$", head, re.S)
    return found[1] if found and "=" not in head[:found.start()] else None


# ---------------------------------------------------------------- the picture

# (node, title, what it is, column, row): by hand, since it is a picture of eleven boxes.
BOXES = [
    ("app", "app", "commands, list of routes", 1, 0),
    ("web", "feature: *_web.c, *.html", "routes and pages", 1, 1),
    ("page", "page", "frame, errors, people, times", 0, 2),
    ("feature", "feature: *.c, *.h, *.sql", "rules and queries", 2, 2),
    ("http", "http", "requests, forms, limits", 0, 3),
    ("fragment", "page/fragment.h", "kept pieces of pages", 0, 4),
    ("graph", "graph", "edges, privacy, news", 1, 4),
    ("crypto", "crypto", "passwords, tokens, MACs", 2, 4),
    ("media", "media", "pictures, apart from all else", 3, 3),
    ("site", "http/site.h", "settings as a value", 3, 4),
    ("db", "db", "two engines, lane, jobs", 1, 5),
    ("base", "base", "text, memory, ids, sentences", 1, 6),
]


def nodes_of(source, target):
    def node(s):
        return {"src/page/fragment.h": "fragment", "src/page/fragment.c": "fragment", "src/http/site.h": "site"}.get(s.path, s.room)
    return node(source), node(target)


def edges(house):
    """Between the boxes, and between features: {(a, b)}, {(a, b): "rules" or "pages"}. What is forbidden is not drawn."""
    rooms, features = set(), {}
    for source in house.sources:
        if source.test or source.path.endswith("_test.h"):
            continue
        for _, name, system in source.includes():
            if system or house.ours(source, name):
                continue
            target = house.by_include.get(name)
            feature = target.feature if target else house.feature_of(name)
            if target and nodes_of(source, target)[0] != nodes_of(source, target)[1]:
                rooms.add(nodes_of(source, target))
            if source.feature and feature and source.feature != feature:
                how = "rules" if source.room == "feature" else features.get((source.feature, feature), "pages")
                features[(source.feature, feature)] = how
    return rooms, features


def reduced(pairs):
    """Without the edges that follow from others."""
    pairs = set(pairs)
    after = {}
    for a, b in pairs:
        after.setdefault(a, set()).add(b)

    def reaches(a, b, banned, seen):
        for n in after.get(a, ()):
            if (a, n) == banned or n in seen:
                continue
            if n == b or reaches(n, b, banned, seen | {n}):
                return True
        return False
    return sorted(p for p in pairs if not reaches(p[0], p[1], p, {p[0]}))


WIDE, TALL, GAP_X, GAP_Y, EDGE = 192, 44, 24, 44, 20


def draw_rooms(pairs):
    at = {}
    out = []
    for node, title, what, column, row in BOXES:
        x, y = EDGE + column * (WIDE + GAP_X), EDGE + row * (TALL + GAP_Y)
        at[node] = (x, y)
        out.append(f'<rect x="{x}" y="{y}" width="{WIDE}" height="{TALL}" rx="8" class="box"/>'
                   f'<text x="{x + 12}" y="{y + 19}" class="title">{title}</text>'
                   f'<text x="{x + 12}" y="{y + 35}" class="small">{what}</text>')
    for a, b in reduced(p for p in pairs if p[0] in at and p[1] in at):  # what follows from other arrows is left out
        (ax, ay), (bx, by) = at[a], at[b]
        shift = 30 * (bx - ax) / (WIDE + GAP_X)
        x1, y1 = ax + WIDE / 2 + min(70, max(-70, shift)), ay + TALL
        x2, y2 = bx + WIDE / 2 - min(70, max(-70, shift)), by - 5
        # Down first, then aside, in the gap above the target: so no arrow runs through a box.
        far = y2 - y1 > TALL + GAP_Y
        one, two = (y2 - 2, y2 - GAP_Y) if far else ((y1 + y2) / 2, (y1 + y2) / 2)
        out.append(f'<path d="M{x1:.0f} {y1:.0f}C{x1:.0f} {one:.0f} {x2:.0f} {two:.0f} {x2:.0f} {y2:.0f}" class="line" '
                   'marker-end="url(#tip)"/>')
    return out


def draw_features(house, pairs, top):
    names = sorted({s.feature for s in house.sources if s.feature})
    left, step, head = EDGE + 110, 26, 84
    out = [f'<text x="{EDGE}" y="{top}" class="title">Features among themselves: a row uses a column</text>']
    for i, name in enumerate(names):
        y, x = top + head + i * step, left + i * step + 13
        out.append(f'<text x="{EDGE}" y="{y + 4}" class="small">{name}</text>'
                   f'<text transform="translate({x + 4} {top + head - 20}) rotate(-60)" class="small">{name}</text>'
                   f'<path d="M{EDGE} {y + 13}H{left + len(names) * step}" class="hair"/>')
    for (a, b), how in sorted(pairs.items()):
        x, y = left + names.index(b) * step + 13, top + head + names.index(a) * step
        out.append(f'<circle cx="{x}" cy="{y}" r="6" class="{how}"/>')
    x, y = left + len(names) * step + 40, top + head
    out.append(f'<circle cx="{x}" cy="{y}" r="6" class="rules"/><text x="{x + 14}" y="{y + 4}" class="small">in its rules</text>'
               f'<circle cx="{x}" cy="{y + step}" r="6" class="pages"/><text x="{x + 14}" y="{y + step + 4}" class="small">in its pages only</text>')
    return out, top + head + len(names) * step


def draw(house):
    rooms, features = edges(house)
    top = EDGE + (max(row for *_, row in BOXES) + 1) * (TALL + GAP_Y) + 20
    below, bottom = draw_features(house, features, top)
    width, height = 2 * EDGE + 4 * WIDE + 3 * GAP_X, bottom + EDGE
    style = ("text{font-family:system-ui,sans-serif;fill:#1e2320}.title{font-size:14px;font-weight:600}.small{font-size:12px;fill:#555b56}"
             ".box{fill:#fff;stroke:#827d70}.line{fill:none;stroke:#0b6457;stroke-width:1.5}.hair{stroke:#ddd9ce}"
             ".rules{fill:#0b6457}.pages{fill:#fff;stroke:#0b6457;stroke-width:1.5}")
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        "<!-- SPDX-License-Identifier: AGPL-3.0-or-later; drawn by tools/check_layers.py -->",
        "<title>Who includes whom</title>",
        f"<style>{style}</style>",
        '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="4" refY="4" orient="auto"><path d="M0 1 6 4 0 7z" fill="#0b6457"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#f6f5f1"/>',
        *draw_rooms(rooms), *below, "</svg>", ""])


def print_dot(house):
    rooms, features = edges(house)
    print("digraph house {\n  rankdir=TB;\n  node [shape=box];")
    for a, b in sorted(rooms):
        print(f'  "{a}" -> "{b}";')
    for (a, b), how in sorted(features.items()):
        print(f'  "feature/{a}" -> "feature/{b}"{"" if how == "rules" else " [style=dashed]"};')
    print("}")


def main():
    parser = argparse.ArgumentParser(description="who may include whom, and how long things may be")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--dot", action="store_true")
    options = parser.parse_args()
    house = House(options.root)
    if options.dot:
        print_dot(house)
        (options.root / "docs/layers.svg").write_text(draw(house), encoding="utf-8")
        return 0
    house.check_includes()
    house.check_lengths()
    house.check_licences()
    house.check_picture()
    for problem in house.problems:
        print(problem)
    return 1 if house.problems else 0


if __name__ == "__main__":
    sys.exit(main())
