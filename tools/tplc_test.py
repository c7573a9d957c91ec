#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tests of tplc. `tplc_test.py --bless` writes the golden files anew; read the diff before you commit it.

    testdata/tplc/golden/NAME.html      must give exactly NAME.tpl.c and NAME.tpl.h, and these must compile
    testdata/tplc/fail/NAME.html        must be refused; its first line says with what: {# expect: LINE: part of it #} …
                                        (every message must be expected: an error that drags others along is a fault)
    testdata/tplc/include/              the little world that the golden templates print
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
SRC = TOOLS.parent / "src"
DATA = TOOLS / "testdata" / "tplc"
GOLDEN = DATA / "golden"
sys.path.insert(0, str(TOOLS))
sys.dont_write_bytecode = True
import tplc  # noqa: E402

STRICT = ["-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-include", str(SRC / "base/banned.h")]
COMPILERS = [cc for cc in ("gcc", "clang") if shutil.which(cc)]
RUNTIME = [SRC / "base" / name for name in ("out.c", "str.c", "html.c")]


def run_tplc(*args, cwd=None):
    return subprocess.run([sys.executable, str(TOOLS / "tplc.py"), *map(str, args)], cwd=cwd, capture_output=True, text=True)


def body_of(body, params="str s"):
    """What a template with this body compiles to, and its errors."""
    compiled, errors = tplc.compile_template("t.html", f"{{% template t({params}) %}}{body}{{% end %}}")
    return compiled.source, errors.lines()


def printed_by(test, body, params="str s"):
    """The literals of a body, with ‹macro› where something is printed."""
    source, errors = body_of(body, params)
    test.assertEqual(errors, [])
    source = re.sub(r"(?m)^#line.*\n", "", source)
    pieces = re.findall(r'"((?:[^"\\]|\\.)*)"(?=\n|\);)|^ *(PUT\w*|put_\w+|tpl_\w+)\(o', source[source.index("{\n"):], re.M)
    return "".join(f"‹{macro}›" if macro else text for text, macro in pieces)


class World:
    """A folder with generated C, and a compiler."""

    def __init__(self, test):
        holder = tempfile.TemporaryDirectory()
        test.addCleanup(holder.cleanup)
        self.dir = Path(holder.name)

    def write(self, name, text):
        (self.dir / name).write_text(text, encoding="utf-8")
        return self.dir / name

    def tplc(self, *files):
        done = run_tplc("--out", self.dir, *files)
        if done.returncode:
            raise AssertionError(done.stderr)

    def keys(self):
        """Stands in for langc: an enum with every key that the generated C uses."""
        used = {key for file in self.dir.glob("*.tpl.c") for key in re.findall(r"\bL_\w+", file.read_text(encoding="utf-8"))}
        self.write("lang_keys.h", "enum lang_key {L_NONE, " + "".join(f"{key}, " for key in sorted(used)) + "L_COUNT};\n")

    def cc(self, compiler, *args):
        self.keys()
        command = [compiler, *STRICT, "-I", SRC, "-I", DATA / "include", "-I", self.dir, *args]
        return subprocess.run([str(part) for part in command], capture_output=True, text=True,
                              env={**os.environ, "LC_ALL": "C"})


class Golden(unittest.TestCase):
    maxDiff = None

    def test_output(self):
        for html in sorted(GOLDEN.glob("*.html")):
            with self.subTest(html.name):
                compiled, errors = tplc.compile_template(html.name, html.read_text(encoding="utf-8"))
                self.assertEqual(errors.lines(), [])
                self.assertEqual(compiled.header, html.with_suffix(".tpl.h").read_text(encoding="utf-8"))
                self.assertEqual(compiled.source, html.with_suffix(".tpl.c").read_text(encoding="utf-8"))

    def test_nothing_is_left_over(self):
        stems = {file.stem for file in GOLDEN.glob("*.html")}
        self.assertEqual({file.name.split(".")[0] for file in GOLDEN.iterdir()}, stems)

    def test_compiles(self):
        world = World(self)
        for file in GOLDEN.glob("*.tpl.[ch]"):
            shutil.copy(file, world.dir)
        for compiler in COMPILERS:
            for file in sorted(world.dir.glob("*.tpl.c")):
                with self.subTest(f"{compiler} {file.name}"):
                    done = world.cc(compiler, "-c", "-o", world.dir / "x.o", file)
                    self.assertEqual(done.stderr, "")
                    self.assertEqual(done.returncode, 0)


class Fail(unittest.TestCase):
    def test_refused(self):
        for html in sorted((DATA / "fail").glob("*.html")):
            with self.subTest(html.name):
                first = html.read_text(encoding="utf-8").split("\n")[0]
                expected = [(int(line), part) for line, part in re.findall(r"\{# expect: (\d+): (.*?) #\}", first)]
                self.assertTrue(expected, "the first line must say what to expect")
                _, errors = tplc.compile_files([str(html)])
                for line, part in expected:
                    self.assertTrue(any(e.startswith(f"{html}:{line}: ") and part in e for e in errors),
                                    f"expected {line}: {part}, got {errors}")
                self.assertEqual(len(errors), len(expected), errors)


class CommandLine(unittest.TestCase):
    def test_writes_both_files_with_the_path_as_given(self):
        world = World(self)
        done = run_tplc("--out", world.dir / "deep" / "er", "wall.html", "edges.html", cwd=GOLDEN)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertEqual(sorted(f.name for f in (world.dir / "deep" / "er").iterdir()),
                         ["edges.tpl.c", "edges.tpl.h", "wall.tpl.c", "wall.tpl.h"])
        self.assertIn('#line 6 "wall.html"\n', (world.dir / "deep" / "er" / "wall.tpl.c").read_text(encoding="utf-8"))

    def test_errors_of_all_files_and_no_output(self):
        world = World(self)
        done = run_tplc("--out", world.dir, "attr_style.html", "../golden/wall.html", "file_outside.html", cwd=DATA / "fail")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"(?m)^attr_style\.html:4: .*\n^file_outside\.html:3: ")
        self.assertEqual(list(world.dir.iterdir()), [])

    def test_unreadable_and_same_name(self):
        world = World(self)
        latin1 = world.dir / "latin1.html"
        latin1.write_bytes(b"{% template a() %}\xe9{% end %}")
        done = run_tplc("--out", world.dir, latin1, world.dir / "absent.html")
        self.assertEqual(done.stderr.count("cannot be read"), 2)
        (world.dir / "sub").mkdir()
        one = world.write("same.html", "{% template a() %}{% end %}")
        two = world.write("sub/same.html", "{% template b() %}{% end %}")
        self.assertIn("has the same name as", run_tplc("--out", world.dir, one, two).stderr)


class WhiteSpace(unittest.TestCase):
    def check(self, body, expected):
        self.assertEqual(printed_by(self, body, "const view *v, str s, bool x, rows list"), expected)

    def test_runs(self):
        self.check("\n  a \n\n b  c\n", r"a\nb  c")
        self.check("<b>a</b>\n  <b>b</b> <i>c</i>", r"<b>a</b>\n<b>b</b> <i>c</i>")
        self.check("a\r\nb", r"a\nb")

    def test_statement_lines(self):
        self.check("<ul>\n  {% for r in list %}\n  <li>a</li>\n  {% end %}\n</ul>", "<ul><li>a</li></ul>")
        self.check("<b>a</b>\n{# c #}\n{% if x %} {% if x %}\n<i>b</i>\n{% end %} {% end %} {# why #}\n<b>c</b>",
                   "<b>a</b><i>b</i><b>c</b>")
        self.check("<b>a</b>\n{% if x %}<i>b</i>{% end %}\n<b>c</b>", r"<b>a</b>\n<i>b</i>\n<b>c</b>")

    def test_words_never_stick_together(self):
        self.check("one\n{% if x %}\ntwo\n{% end %}\nthree", r"one\n\ntwo\n\nthree")
        self.check("{{ s }}\n{% t a.b %}\n{{ s }}", r"‹PUT›\n‹put_msg›\n‹PUT›")
        self.check("{{ s }}\n{% if x %}\n{{ s }}\n{% end %}", r"‹PUT›\n\n‹PUT›\n")

    def test_untouched(self):
        self.check("<pre>\n  a\n\n  b\n</pre>", r"<pre>\n  a\n\n  b\n</pre>")
        self.check("<pre><b>\n\n{% if x %}\n{% end %}</b></pre>", r"<pre><b>\n\n\n</b></pre>")
        self.check('<p title="a\n\n b">x</p>', r'<p title=\"a\n\n b\">x</p>')

    def test_in_tags(self):
        self.check('<p\n   id="a"\n   {% if x %}\n   hidden\n   {% end %}\n   class="b"   lang="en"\n>x</p>',
                   r'<p\nid=\"a\"\n\nhidden\n\nclass=\"b\" lang=\"en\">x</p>')


class Escaping(unittest.TestCase):
    def test_context_decides(self):
        for body, macro in [
            ("{{ s }}", "PUT"), ("<p>{{ s }}</p>", "PUT"), ('<p title="{{ s }}">x</p>', "PUT_ATTR"),
            ("<p class='a {{ s }}'>x</p>", "PUT_ATTR"), ("<title>{{ s }}</title>", "PUT_ATTR"),
            ('<textarea name="t">{{ s }}</textarea>', "PUT_ATTR"), ("<noscript><p>{{ s }}</p></noscript>", "PUT_ATTR"),
            ('<a href="{{ s }}">x</a>', "put_url"), ('<a href="/{{ s }}">x</a>', "PUT_PART"),
            ('<a href="/a/{{ s }}">x</a>', "PUT_PART"), ('<a href="#{{ s }}">x</a>', "PUT_PART"),
            ('<a data-href="{{ s }}">x</a>', "PUT_ATTR"), ('<a HREF="{{ s }}">x</a>', "put_url"),
            ('<p data-hx-post="{{ s }}">x</p>', "put_url"), ('<svg><use xlink:href="{{ s }}"/></svg>', "put_url"),
        ]:
            with self.subTest(body):
                source, errors = body_of(body)
                self.assertEqual(errors, [])
                self.assertEqual(re.findall(r"^ *(\w+)\(o, s\);", source, re.M), [macro])

    def test_every_url_attribute(self):
        for name in "href src action formaction hx-get hx-post hx-put hx-delete poster data cite srcset ping manifest " \
                    "background".split():
            with self.subTest(name):
                self.assertIn("put_url(o, s);", body_of(f'<p {name}="{{{{ s }}}}">x</p>')[0])
                for bad in ("javascript:x", "//x", "x", "data:x", "http://x", "{{ s }}x", "x{{ s }}", "https://{{ s }}", ""):
                    self.assertNotEqual(body_of(f'<p {name}="{bad}">x</p>')[1], [], bad)

    def test_closes_in_time(self):
        self.assertIn("PUT(o, (T){1});", body_of("{{ (T){1}}}")[0])
        self.assertIn("PUT(o, ((T){1, 2}));", body_of("{{ (T){1, 2} }}")[0])
        self.assertIn('PUT(o, f("}}", \'"\'));', body_of("{{ f(\"}}\", '\"') }}")[0])
        self.assertIn("if (a % b) {", body_of("{% if a % b %}x{% end %}")[0])
        self.assertIn("PUT(o, (a | b));", body_of("{{ (a | b) }}")[0])
        self.assertIn("PUT(o, a || b);", body_of("{{ a || b }}")[0])

    def test_arguments_of_sentences(self):
        source, errors = body_of('{% t a.b_c.d n=f(x, "n=1 m=2") m=a==b ? 1 : 2\n s=s g=v->g %}', "const view *v")
        self.assertEqual(errors, [])
        self.assertIn('(msg){.key = L_a_b_c_d, .n = f(x, "n=1 m=2"), .m = a==b ? 1 : 2, .s = s, .g = v->g}', source)


class Literals(unittest.TestCase):
    def test_folded_into_one(self):
        source, _ = body_of('<p class="a">\n{# x #}<b>é</b>{# y #}\n{% set const int n = 1 %}\n</p>')
        self.assertEqual(source.count("OUT_LIT"), 1)

    def test_long_ones_are_split_between_characters(self):
        text = "я" * 3000 + "\n" + "x" * 9000
        chunks = list(tplc.c_chunks(text))
        self.assertEqual("".join(chunks), text)
        self.assertTrue(all(0 < len(chunk.encode()) <= tplc.LITERAL_MAX for chunk in chunks))

    def test_compiler_reads_what_was_written(self):
        """Every ASCII byte, trigraphs, digits behind escapes, and 10 KB in one go."""
        text = "".join(map(chr, range(1, 128))) + "0 ??= ??/ ???' \\x41 \x011 я日本" + "ab?\n" * 2500
        world = World(self)
        calls = "\n".join(f"OUT({chr(10).join(tplc.c_string_lines(chunk))});" for chunk in tplc.c_chunks(text))
        file = world.write("x.c", "#define OUT(s) fwrite(s, 1, sizeof(s) - 1, stdout)\nint main(void) {\n" + calls + "}\n")
        for compiler in COMPILERS:
            done = world.cc(compiler, "-trigraphs", "-o", world.dir / "x", file)
            self.assertEqual(done.stderr, "")
            self.assertEqual(subprocess.run([world.dir / "x"], capture_output=True, check=True).stdout, text.encode())


HOSTILE = '"><script>alert(1)</script>&\'/../'
MAIN = r"""
#include "wall.tpl.h"
#include "page.tpl.h"
#include "edges.tpl.h"

void put_msg(out *o, lang l, msg m)
{
    (void)l;
    out_printf(o, "[%d %lld]", (int)m.key, (long long)m.n);
    out_escape(o, m.s);
}

int main(void)
{
    const str evil = STR("HOSTILE");
    comment comments[2] = {{.author = {.name = evil}, .text = evil}, {.author = {.name = STR("B")}, .text = STR("hi")}};
    const wall_post p = {.id = -7, .likes = 3, .edited = true,
                         .author = {.name = evil, .nick = evil, .photo = url_local(STR("/p?a=1&b=\"2"))},
                         .text = {STR("<em>kept</em>")}, .comments = {comments, 2}};
    const view v = {.lang = LANG_EN, .token = STR("t")};
    out o;
    out_init(&o, OUT_LIMIT_PAGE);
    tpl_wall_page(&o, &v, &p);
    tpl_addresses(&o, &v, url_local(STR("//evil.example")), evil, 5, true);
    tpl_options(&o, false, false);
    fwrite(out_get(&o).ptr, 1, out_get(&o).len, stdout);
    const bool failed = o.failed;
    out_drop(&o);
    return failed;
}
""".replace("HOSTILE", HOSTILE.replace('"', '\\"'))


@unittest.skipUnless(all(file.exists() for file in RUNTIME), "src/base is not built yet")
class EndToEnd(unittest.TestCase):
    maxDiff = None

    def page(self, compiler):
        world = World(self)
        world.tplc(GOLDEN / "wall.html", GOLDEN / "page.html", GOLDEN / "edges.html")
        main = world.write("main.c", MAIN)
        done = world.cc(compiler, "-fsanitize=address,undefined", "-o", world.dir / "page", main,
                        *sorted(world.dir.glob("*.tpl.c")), *RUNTIME)
        self.assertEqual(done.stderr, "")
        return subprocess.run([world.dir / "page"], capture_output=True, check=True).stdout.decode()

    def test_hostile_values(self):
        escaped = "&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;"
        percent = "%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E%26%27%2F..%2F"
        for compiler in COMPILERS:
            with self.subTest(compiler):
                page = self.page(compiler)
                self.assertNotIn("alert(1)</script>", page)
                self.assertEqual(re.findall(r"<script[^>]*>", page), ['<script src="/static/veche.js" defer>'])
                self.assertTrue(page.startswith('<!doctype html>\n<html lang="en">\n<head>\n'))
                self.assertIn('<article class="post card edited" id="post-7"><img src="/p?a=1&amp;b=', page)
                self.assertIn(f'<a href="/wall/{percent}?post=-7#top" title="', page)
                self.assertRegex(page, r'title="[^"<>]*' + re.escape(escaped) + r'[^"<>]*">[^<>]*' + re.escape(escaped))
                self.assertIn('<div class="text"><em>kept</em></div><span>edited — «да»</span>\n', page.replace("<p>", "\n<p>"))
                self.assertIn("<li>B: hi</li></ul>", page)
                self.assertIn('<a href="/">1</a>', page)
                self.assertIn(f'<a href="/{percent}?n=5">3</a>', page)
                self.assertIn(f'<a href="?q={percent}&amp;from=5">5</a>', page)
                self.assertIn('<a href="/x" aria-current="page">10</a>', page)
                self.assertIn('<div></div>\n<form  action="/x"><input name="q" disabled></form>', page)


class Types(unittest.TestCase):
    """What C must refuse, with the line of the template in gcc's message."""

    def refuse(self, body, params, reason):
        world = World(self)
        html = world.write("t.html", f'{{% include "http/view.h" %}}\n{{% template t({params}) %}}\n{body}\n{{% end %}}\n')
        world.tplc(html)
        for compiler in COMPILERS:
            done = world.cc(compiler, "-c", "-o", world.dir / "x.o", world.dir / "t.tpl.c")
            self.assertNotEqual(done.returncode, 0, f"{compiler} compiles {body} with {params}")
            self.assertIn(f"{html}:3:", done.stderr)
            self.assertRegex(done.stderr, reason)

    def accept(self, body, params):
        world = World(self)
        world.tplc(world.write("t.html", f'{{% include "http/view.h" %}}{{% template t({params}) %}}\n{body}\n{{% end %}}'))
        for compiler in COMPILERS:
            self.assertEqual(world.cc(compiler, "-c", "-o", world.dir / "x.o", world.dir / "t.tpl.c").stderr, "")

    def test_whole_address_is_a_url(self):
        body, reason = '<a href="{{ x }}">y</a>', "incompatible type"
        self.accept(body, "url x")
        self.refuse(body, "char *x", reason)
        self.refuse(body, "str x", reason)
        self.refuse(body, "html x", reason)

    def test_part_of_an_address_is_no_html(self):
        body, reason = '<a href="/w/{{ x }}">y</a>', "_Generic|no.* compatible"
        self.accept(body, "str x")
        self.accept(body, "int64_t x")
        self.refuse(body, "url x", reason)
        self.refuse(body, "html x", reason)
        self.refuse(body, "const char *x", reason)

    def test_text(self):
        self.accept("{{ x }}", "html x")
        self.refuse("{{ x }}", "const char *x", "_Generic|no.* compatible")
        self.refuse("{{ x }}", "url x", "_Generic|no.* compatible")
        self.refuse("{{ x }}", "double x", "_Generic|no.* compatible")

    def test_attribute_takes_no_html(self):
        self.accept('<p title="{{ x }}">y</p>', "str x")
        self.refuse('<p title="{{ x }}">y</p>', "html x", "_Generic|no.* compatible")
        self.refuse("<title>{{ x }}</title>", "html x", "_Generic|no.* compatible")

    def test_other_mistakes(self):
        self.refuse("{% for c in x %}{{ c->text }}{% end %}", "int x", "items")
        self.refuse("{% call nobody(x) %}", "str x", "tpl_nobody")
        self.refuse("{% t wall.likes s=x %}", "const view *v, const char *x", "braces|incompatible")
        self.refuse("{% if x = 1 %}y{% end %}", "int x", "parenthes")


def bless():
    for old in GOLDEN.glob("*.tpl.[ch]"):
        old.unlink()
    done = run_tplc("--out", ".", *sorted(file.name for file in GOLDEN.glob("*.html")), cwd=GOLDEN)
    sys.stderr.write(done.stderr)
    return done.returncode


if __name__ == "__main__":
    if "--bless" in sys.argv:
        sys.exit(bless())
    unittest.main()
