#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tests of the query compiler and of the migrations.

testdata/sqlc/golden holds .sql files and what they must become; `sqlc_test.py --bless` writes that anew, to be read in the
diff. testdata/sqlc/fail holds one mistake to a file, whose first line names the line and a part of the sentence. With
VECHE_TEST_PG=postgres://… the golden queries are prepared on PostgreSQL as well (psql is needed)."""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import schema as schemas  # noqa: E402
import sqlc  # noqa: E402

DATA = os.path.join(HERE, "testdata", "sqlc")
SOURCE = os.path.join(HERE, "..", "src")
GOLDEN = sorted(glob.glob(os.path.join(DATA, "golden", "*.sql")))
STRICT = "-std=c17 -Wall -Wextra -Wpedantic -Wconversion -Werror".split()
CLASSES = "public shown to everybody\n"


def migrated():
    problems = schemas.Problems()
    schema = schemas.load(sqlc.migration_files(os.path.join(DATA, "migrations")), problems)
    assert not problems, "\n".join(problems)
    return schema


def compile_paths(paths):
    schema, problems = migrated(), schemas.Problems()
    return schema, sqlc.compile_all(paths, schema, problems), problems


def compile_text(text):
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "text.sql")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        schema, files, problems = compile_paths([path])
        return schema, files[path], problems


def write_golden(directory):
    schema, files, problems = compile_paths(GOLDEN)
    assert not problems, "\n".join(problems)
    sqlc.write_all(files, schema, directory)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Golden(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)
        write_golden(self.directory)

    def path(self, name):
        return os.path.join(self.directory, name)

    def test_output_is_as_blessed(self):
        blessed = {os.path.basename(p) for p in glob.glob(os.path.join(DATA, "golden", "*")) if not p.endswith(".sql")}
        self.assertEqual(blessed, set(os.listdir(self.directory)))
        for name in sorted(blessed):
            with self.subTest(name):
                self.assertEqual(read(os.path.join(DATA, "golden", name)), read(self.path(name)))

    def compile(self, compiler, *arguments):
        if not shutil.which(compiler):
            self.skipTest(f"no {compiler}")
        banned = os.path.join(SOURCE, "base", "banned.h")
        with open(self.path("lang_keys.h"), "w", encoding="utf-8") as file:
            file.write("enum lang_key { L_NONE, L_COUNT };\n")
        command = [compiler, *STRICT, "-include", banned, "-I" + SOURCE, "-I" + self.directory, *arguments]
        subprocess.run(command, check=True)

    def test_output_compiles_strictly(self):
        migrations = self.path("migrations.c")
        with open(migrations, "w", encoding="utf-8") as file:
            file.write(schemas.embed(migrated()))
        for compiler in ("gcc", "clang"):
            for source in glob.glob(self.path("*.c")):
                with self.subTest(compiler=compiler, source=os.path.basename(source)):
                    self.compile(compiler, "-c", "-o", os.devnull, source)

    def test_output_runs(self):
        """The generated functions against a database that remembers what it was asked."""
        driver = os.path.join(DATA, "driver.c")
        self.compile("gcc", "-g", "-fsanitize=undefined", "-o", self.path("driver"), driver, *glob.glob(self.path("*.c")))
        subprocess.run([self.path("driver")], check=True)

    def test_embedded_bytes_are_the_text(self):
        step = migrated().steps[0]
        for engine in schemas.ENGINES:
            text = step.text("up", engine) + "ж '\\"
            body = re.search(r"\{(.*)\}", schemas.c_bytes("x", text), re.S)[1]
            cells = [c.strip() for c in body.split(",")]
            values = [int(c[2:-1], 8) if c.startswith("'") else int(c) for c in cells]
            self.assertEqual(bytes(values), text.encode() + b"\0")

    def test_command_line(self):
        tool, migrations = os.path.join(HERE, "sqlc.py"), os.path.join(DATA, "migrations")
        out = self.path("out")
        subprocess.run([sys.executable, tool, "--migrations", migrations, "--out", out, *GOLDEN], check=True)
        self.assertEqual(read(os.path.join(out, "wall.sql.c")), read(self.path("wall.sql.c")))
        bad = os.path.join(DATA, "fail", "star.sql")
        done = subprocess.run([sys.executable, tool, "--migrations", migrations, "--out", out, bad], stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stderr.decode().startswith(f"{bad}:3: "))

    def test_postgres(self):
        address = os.environ.get("VECHE_TEST_PG")
        if not address:
            self.skipTest("VECHE_TEST_PG is not set")
        schema, files, _ = compile_paths(GOLDEN)
        command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", address]
        subprocess.run(command, input=sqlc.pg_script(files, schema).encode(), stdout=subprocess.DEVNULL, check=True)
        _, queries, _ = compile_text("-- name: x :one\n-- scan: test\n-- types: s int\nSELECT sum(num) * 1.5 AS s FROM member;\n")
        script = sqlc.pg_script({"x.sql": queries}, schema).encode()
        done = subprocess.run(command, input=script, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.assertIn(b"column s is numeric", done.stderr)


class Fail(unittest.TestCase):
    def test_every_file_fails_as_it_says(self):
        paths = sorted(glob.glob(os.path.join(DATA, "fail", "*.sql")))
        self.assertGreater(len(paths), 60)
        for path in paths:
            with self.subTest(os.path.basename(path)):
                expected = re.match(r"-- expect: (\d+): (.+)\n", read(path))
                problems = compile_paths([path])[2]
                hits = [p for p in problems if p.startswith(f"{path}:{expected[1]}: ") and expected[2] in p]
                self.assertTrue(hits, problems)
                # What is wrong to us may be wrong to SQLite as well; nothing else is.
                self.assertEqual([], [p for p in problems if p not in hits and ": SQLite: " not in p])

    def test_all_mistakes_come_out_together(self):
        _, _, problems = compile_text("-- name: x :one\nSELECT * FROM member;\n-- name: y :exec\nDELETE FROM post;\n")
        self.assertEqual({p.split(":")[1] for p in problems}, {"1", "2", "3", "4"}, problems)

    def test_two_files(self):
        with tempfile.TemporaryDirectory() as directory:
            paths = [os.path.join(directory, name) for name in ("a/x.sql", "b/x.sql")]
            for path in paths:
                os.mkdir(os.path.dirname(path))
                with open(path, "w", encoding="utf-8") as file:
                    file.write("-- name: x :one\nSELECT num FROM member WHERE num = $num;\n")
            problems = "\n".join(compile_paths(paths)[2])
        self.assertIn("x.sql:1: " + paths[0] + " has the same name", problems)
        self.assertIn("x is already a query", problems)
        self.assertIn("the row x_row belongs to", problems)

    def test_reasons_allow(self):
        for text in (
            "-- name: x :many\n-- bounded: few\n-- scan: few\nSELECT num FROM member;\n",
            "-- name: x :many\n-- sort: few\n-- scan: few\nSELECT num FROM member ORDER BY name LIMIT 3;\n",
            "-- name: x :one\n-- scatter: admin\n-- scan: admin\nSELECT id FROM post WHERE text = $t:text;\n",
            "-- name: x :many\n-- like: few\n-- scan: few\nSELECT num FROM member WHERE name LIKE '%' || $p:text LIMIT 3;\n",
        ):
            with self.subTest(text):
                self.assertEqual(compile_text(text)[2], [])
                for note in re.findall(r"-- (?:bounded|scan|sort|scatter|like): .*\n", text):
                    self.assertNotEqual(compile_text(text.replace(note, ""))[2], [], note)


class Binding(unittest.TestCase):
    """Whatever the order of appearance, value N goes to the parameter that has this name."""

    def run_on_sqlite(self, schema, query, engine, values):
        text = re.sub(r"\$(\d)", r"?\1", sqlc.render(query, engine))
        cursor = schema.database.execute(text, [values[name] for name in query.params])
        return cursor.fetchall()

    def test_swapped(self):
        text = """-- name: add :exec
--@pg
INSERT INTO member (num, name, seen_at) VALUES ($num, $name:text, $at);
--@end
--@sqlite
INSERT INTO member (seen_at, name, num) VALUES ($at, $name, $num);
--@end
-- name: find :many
-- scan: test
SELECT num, name FROM member WHERE seen_at = $at AND num > $above AND num < $below AND $above < $below LIMIT $limit;
"""
        schema, (add, find), problems = compile_text(text)
        self.assertEqual(problems, [])
        self.assertEqual(list(add.params), ["num", "name", "at"])
        self.assertEqual(list(find.params), ["at", "above", "below", "limit"])
        self.run_on_sqlite(schema, add, "sqlite", {"num": 5, "name": "a", "at": 70})
        self.run_on_sqlite(schema, add, "pg", {"num": 6, "name": "b", "at": 70})
        found = {"at": 70, "above": 4, "below": 100, "limit": 9}
        self.assertEqual(self.run_on_sqlite(schema, find, "sqlite", found), [(5, "a"), (6, "b")])
        self.assertEqual(self.run_on_sqlite(schema, find, "sqlite", found | {"above": 5}), [(6, "b")])

    def test_lists(self):
        big = (77 << 22) | (4095 << 10) | 3
        text = "-- name: x :many\n-- types: id int, bucket int\nSELECT i.id, i.bucket FROM {ids:$v} i LIMIT 9;\n"
        schema, (query,), problems = compile_text(text)
        self.assertEqual(problems, [])
        self.assertEqual(self.run_on_sqlite(schema, query, "sqlite", {"v": f"[{big}, 1024]"}), [(big, 4095), (1024, 1)])
        schema, (query,), _ = compile_text(text.replace("{ids:", "{nums:"))
        self.assertEqual(self.run_on_sqlite(schema, query, "sqlite", {"v": "[4097]"}), [(4097, 1)])

    def test_literals_and_remarks_hide_names(self):
        text = "-- name: x :one\n-- types: t text\nSELECT '$no ; ?1' || /* $no */ $yes:text AS t; -- $no\n"
        schema, (query,), problems = compile_text(text)
        self.assertEqual((problems, list(query.params)), ([], ["yes"]))
        self.assertEqual(self.run_on_sqlite(schema, query, "sqlite", {"yes": "!"}), [("$no ; ?1!",)])

    def test_casts_are_not_types(self):
        text = "-- name: x :one\n-- types: t int\n--@sqlite\nSELECT $n AS t;\n--@end\n--@pg\nSELECT $n::bigint AS t;\n--@end\n"
        _, (query,), problems = compile_text(text)
        self.assertEqual((problems, sqlc.render(query, "pg")), ([], "SELECT $1::bigint AS t"))


class Shapes(unittest.TestCase):
    """Statements that the scopes must understand."""

    def good(self, text):
        schema, (query,), problems = compile_text(text)
        self.assertEqual(problems, [])
        return schema, query

    def test_cte_before_a_write(self):
        _, query = self.good(
            "-- name: x :exec\nWITH p AS (SELECT num FROM member WHERE num = $num)\n"
            "INSERT INTO post_like (bucket, post, member) SELECT $bucket, $post, p.num FROM p WHERE p.num > 0\n"
            "ON CONFLICT (bucket, post, member) DO NOTHING;\n"
        )
        self.assertTrue(query.writes)

    def test_upsert(self):
        schema, query = self.good(
            "-- name: x :one\nINSERT INTO member AS m (num, name) VALUES ($num, $name:text)\n"
            "ON CONFLICT (num) DO UPDATE SET name = excluded.name WHERE m.name <> excluded.name RETURNING num, name AS nick;\n"
        )
        self.assertEqual([(f.name, f.type) for f in query.fields], [("num", "int"), ("nick", "text")])
        self.assertEqual(sqlc.touched(query, schema), {"member": {"name": "public", "num": "public"}})

    def test_subquery_columns_are_expressions(self):
        _, query = self.good(
            "-- name: x :one\n-- types: n int?\nSELECT q.num AS n FROM (SELECT m.num FROM member m WHERE m.num = $num) q;\n"
        )
        self.assertEqual(query.fields, [sqlc.Field("n", "int", True)])

    def test_join_using_and_commas(self):
        self.good(
            "-- name: x :many\nSELECT p.id, l.member FROM post p JOIN post_like l USING (bucket)\n"
            "WHERE p.bucket = $bucket AND p.id = $id AND l.post = p.id LIMIT 10;\n"
        )
        self.good(
            "-- name: x :many\nSELECT p.id, m.name FROM post p, member m\n"
            "WHERE p.bucket = $bucket AND p.id = $id AND m.num = p.author LIMIT 10;\n"
        )

    def test_row_with_everything_null(self):
        _, query = self.good("-- name: x :one\n-- types: seen_at int?, score real?, photo blob?\n"
                             "SELECT seen_at, score, photo FROM member WHERE num IS NOT DISTINCT FROM $num;\n")
        self.assertIn("bool seen_at_null;", sqlc.struct_c("x_row", query.fields, False))

    def test_classes_of_inner_scopes(self):
        schema, query = self.good(
            "-- name: x :one\n-- types: n int\nSELECT (SELECT count(*) FROM post_like l WHERE l.bucket = p.bucket AND l.post = p.id) AS n\n"
            "FROM post p WHERE p.bucket = $bucket AND p.id = $id;\n"
        )
        self.assertEqual(set(sqlc.touched(query, schema)), {"post", "post_like"})

    def test_doc_cannot_end_its_comment(self):
        _, query = self.good("-- name: x :one\n-- doc: a */ b\nSELECT num FROM member WHERE num = $num;\n")
        self.assertIn("/* a * / b */\n", sqlc.function_c(query))


class Migrations(unittest.TestCase):
    def load(self, ups, downs=None, check=False):
        with tempfile.TemporaryDirectory() as directory:
            files = {"CLASSES": CLASSES}
            for number, up in enumerate(ups, 1):
                files[f"{number:04}_x.up.sql"] = up
                files[f"{number:04}_x.down.sql"] = (downs or [""] * len(ups))[number - 1]
            for name, text in files.items():
                with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
                    file.write(text)
            problems = schemas.Problems()
            schema = schemas.load(sqlc.migration_files(directory), problems)
            if schema and check:
                schemas.check(schema, problems)
        return schema, [os.path.basename(p) for p in problems]

    def assertProblem(self, ups, part, downs=None, check=False):
        problems = self.load(ups, downs, check)[1]
        self.assertTrue([p for p in problems if part in p], problems)

    def test_golden_schema(self):
        schema, problems = migrated(), schemas.Problems()
        schemas.check(schema, problems)
        self.assertEqual(problems, [])
        self.assertEqual(schema.citus, [("reference", "member"), ("distribute", "post", "bucket")])
        self.assertEqual(schema.tables["member"]["num"], schemas.Column("num", "int", True, "public"))
        self.assertEqual(schema.tables["member"]["seen_at"], schemas.Column("seen_at", "int", False, "technical"))
        self.assertEqual(schema.tables["post_words"]["words"].klass, "content")
        self.assertNotIn("words", schema.tables["post"])
        self.assertEqual(schema.classes["post"]["words"], "content")
        self.assertIn("tsvector", schema.steps[0].text("up", "pg"))
        self.assertNotIn("WITHOUT ROWID", schema.steps[0].text("up", "pg"))

    def test_class_is_demanded(self):
        self.assertProblem(["CREATE TABLE t (\n  a INTEGER NOT NULL\n);"], "up.sql:2: t.a does not say its data class")
        self.assertProblem(["CREATE TABLE t (\n  a INTEGER -- class: odd\n);"], "up.sql:2: t.a has the class odd")
        self.assertProblem(["CREATE TABLE t (\n a TEXT -- class: public\n);\nALTER TABLE t ADD COLUMN b TEXT;"], "up.sql:4: t.b does not")
        self.assertProblem(["--@pg\nCREATE TABLE t (\n a tsvector\n);\n--@end"], "up.sql:3: t.a does not say")

    def test_columns_over_many_lines(self):
        up = "CREATE TABLE t (\n a TEXT NOT NULL DEFAULT ','\n  CHECK (a <> ')'), -- class: public\n b TEXT, -- class: public\n PRIMARY KEY (a, b)\n);"
        schema, problems = self.load([up])
        self.assertEqual(problems, [])
        self.assertEqual({c.klass for c in schema.tables["t"].values()}, {"public"})

    def test_renames_keep_the_class(self):
        schema, problems = self.load([
            "CREATE TABLE t (\n a TEXT -- class: public\n);",
            "ALTER TABLE t RENAME COLUMN a TO b; ALTER TABLE t RENAME TO u;",
        ])
        self.assertEqual(problems, [])
        self.assertEqual(schema.tables["u"]["b"].klass, "public")

    def test_types_triggers_marks(self):
        self.assertProblem(["CREATE TABLE t (\n a VARCHAR(3) -- class: public\n);"], "up.sql:2: t.a has the type VARCHAR(3)")
        self.assertProblem(
            ["CREATE TABLE t (\n a TEXT -- class: public\n);\nCREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END;"],
            "up.sql:4: triggers are refused",
        )
        self.assertProblem(["--@pg\n"], "up.sql:1: --@pg has no --@end")
        self.assertProblem(["--@end\n"], "--@end closes nothing")
        self.assertProblem(["--@oracle\n"], "unknown mark --@oracle")
        self.assertProblem(["CREATE TABEL t;"], "SQLite: near")

    def test_down_undoes_up(self):
        up = "CREATE TABLE t (\n a TEXT -- class: public\n);\nCREATE TABLE u (\n a TEXT -- class: public\n);"
        self.assertProblem([up], "down.sql:1: does not undo its step: u", ["DROP TABLE t;"], True)
        self.assertEqual(self.load([up], ["DROP TABLE t; DROP TABLE u;"], True)[1], [])


if __name__ == "__main__":
    if sys.argv[1:] == ["--bless"]:
        write_golden(os.path.join(DATA, "golden"))
    else:
        unittest.main()
