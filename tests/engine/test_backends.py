"""Backends of others write the SQL with their own schema editor, and ask what they ask."""

from pathlib import Path

import django

from migtui.core.sql import SqlScript
from migtui.engine.protocol.sql import WriteSql
from tests.support.engines import engine_for
from tests.support.projects import migration, write_project

BASE = """
from django.db.backends.postgresql import base
from gentle.schema import Editor

class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = Editor
"""
# As django-pg-zero-downtime-migrations has it: no transaction, time-outs that are put back, indexes
# that are built concurrently, and foreign keys that are dropped by the names the server has.
SCHEMA = """
from django.db.backends.postgresql.schema import DatabaseSchemaEditor

CONSTRAINTS = '''SELECT c.conname, c.contype, cl.relname, clref.relname, array(SELECT 1), array(
    SELECT attname FROM unnest(c.confkey)) FROM pg_constraint AS c JOIN pg_class AS cl
    ON c.conrelid = cl.oid WHERE cl.relname = %s OR clref.relname = %s'''

class Editor(DatabaseSchemaEditor):
    sql_create_index = DatabaseSchemaEditor.sql_create_index.replace("INDEX", "INDEX CONCURRENTLY")

    def __init__(self, connection, collect_sql=False, atomic=True):
        super().__init__(connection, collect_sql=collect_sql, atomic=False)

    def execute(self, sql, params=()):
        if not str(sql).startswith("ALTER TABLE"):
            return super().execute(sql, params)
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT setting || unit FROM pg_settings WHERE name = 'lock_timeout'")
            before, = cursor.fetchone()
        super().execute("SET lock_timeout TO '2s'")
        super().execute(sql, params)
        super().execute(f"SET lock_timeout TO '{before}'")

    def delete_model(self, model):
        table = model._meta.db_table
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_stat_activity")
            assert cursor.fetchone() is None
            cursor.execute(CONSTRAINTS, [table, table])
            for name, kind, table, other, columns, others in cursor.fetchall():
                if kind == "f":
                    self.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name} -- {others[0]}")
        super().delete_model(model)
"""
ID = "('id', models.BigAutoField(primary_key=True))"
MIGRATIONS = {
    "0001_initial": migration(
        f"migrations.CreateModel('Author', [{ID}])",
        f"migrations.CreateModel('Post', [{ID}, ('a', models.ForeignKey('blog.Author', "
        "models.CASCADE))])",
    ),
    "0002_gone": migration(
        "migrations.AddField('post', 'n', models.IntegerField(null=True, db_index=True))",
        "migrations.RunSQL('SELECT 7')",
        "migrations.DeleteModel('Author')",
        dependencies=[("blog", "0001_initial")],
    ),
}
NOWHERE = '{"ENGINE": "gentle", "NAME": "x", "HOST": "127.0.0.1", "PORT": 1}'


def write_with(
    root: Path,
    name: str,
    *,
    base: str = BASE,
    schema: str = SCHEMA,
    migrations: dict[str, str] = MIGRATIONS,
) -> SqlScript:
    files = {f"blog/migrations/{name}.py": source for name, source in migrations.items()}
    files |= {"gentle/__init__.py": "", "gentle/base.py": base, "gentle/schema.py": schema}
    with engine_for(write_project(root, ["blog"], files, database=NOWHERE)) as engine:
        return engine.ask(WriteSql((("blog", name),)))


def test_a_backend_decides_what_is_written_and_what_is_one_transaction(tmp_path: Path) -> None:
    (written,) = write_with(tmp_path, "0002_gone").migrations
    constraint = "blog_post_a_id_fae07eea_fk_blog_author_id"
    assert written.error == ""
    assert not written.atomic
    assert [s.sql.replace('"', "") for s in written.statements if s.sql] == [
        "SET lock_timeout TO '2s'",
        "ALTER TABLE blog_post ADD COLUMN n integer NULL",
        "SET lock_timeout TO '0ms'",
        "SELECT 7",
        "SET lock_timeout TO '2s'",
        f"ALTER TABLE blog_post DROP CONSTRAINT {constraint} -- id",
        "SET lock_timeout TO '0ms'",
        "DROP TABLE blog_author CASCADE",
        "CREATE INDEX CONCURRENTLY blog_post_n_900e04e0 ON blog_post (n)",
    ]
    (note,) = (s.note for s in written.statements if s.note)
    assert note == (
        "Asks the database, where nobody can answer; no rows are taken for the answer: "
        "SELECT 1 FROM pg_stat_activity"
    )


# As django-pg-zero-downtime-migrations has it where migrations may be run again.
CAREFUL = """
from django.db.backends.postgresql.schema import DatabaseSchemaEditor

THERE = {
    "table": "FROM pg_class WHERE oid = to_regclass('{0}') AND relkind IN ('r', 'p')",
    "index": "FROM pg_class WHERE oid = to_regclass('{1}') AND relkind IN ('i', 'I')",
    "valid": "FROM pg_index WHERE indrelid = to_regclass('{0}') "
    "AND indexrelid = to_regclass('{1}') AND indisvalid",
    "constraint": "FROM pg_constraint WHERE conrelid = to_regclass('{0}') "
    "AND conname = (parse_ident('{1}'))[1] AND contype != 'n'",
    "column": "FROM pg_attribute WHERE attrelid = to_regclass('{0}') "
    "AND attname = (parse_ident('{1}'))[1] AND attnum > 0 AND NOT attisdropped",
    "identity": "FROM pg_attribute WHERE attrelid = to_regclass('{0}') "
    "AND attname = (parse_ident('{1}'))[1] AND attnum > 0 AND NOT attisdropped "
    "AND attidentity != ''",
}

class Editor(DatabaseSchemaEditor):
    def add_field(self, model, field):
        for kind, table, name in field.default:
            with self.connection.cursor() as cursor, self.connection.cursor() as savepoint:
                savepoint.execute("SAVEPOINT x")
                cursor.execute("SELECT 1 " + THERE[kind].format(f'"{table}"', f'"{name}"'))
                self.execute(f"SELECT '{kind} {name} {len(cursor.fetchall())}'")
"""
ASKED = [
    ("table", "blog_author", ""), ("table", "blog_gone", ""),
    ("index", "blog_author", "blog_author_pkey"), ("index", "blog_author", "gone"),
    ("valid", "blog_post", "i"), ("valid", "blog_author", "i"),
    ("constraint", "blog_author", "few"), ("constraint", "blog_post", "few"),
    ("column", "blog_post", "n"), ("column", "blog_author", "n"),
    ("identity", "blog_post", "id"), ("identity", "blog_post", "n"),
]  # fmt: skip
CHECK = "condition" if django.VERSION >= (5, 1) else "check"


def test_whether_something_is_there_is_answered_from_the_migrations_before(tmp_path: Path) -> None:
    migrations = {
        "0001_initial": migration(
            f"migrations.CreateModel('Author', [{ID}])",
            f"migrations.CreateModel('Post', [{ID}, ('n', models.IntegerField())])",
            f"""migrations.AddConstraint('author',
                models.CheckConstraint({CHECK}=models.Q(id__lt=9), name='few'))""",
            "migrations.AddIndex('post', models.Index(fields=['n'], name='i'))",
        ),
        "0002_asks": migration(
            f"migrations.AddField('post', 'x', models.TextField(default={ASKED!r}))",
            dependencies=[("blog", "0001_initial")],
        ),
    }
    (written,) = write_with(tmp_path, "0002_asks", schema=CAREFUL, migrations=migrations).migrations
    assert [s.note for s in written.statements if s.note] == []
    answers = [s.sql.removeprefix("SELECT '").rstrip("'").split() for s in written.statements]
    assert [(kind, there) for kind, *_, there in answers] == [
        (kind, there)
        for kind in ("table", "index", "valid", "constraint", "column", "identity")
        for there in ("1", "0")
    ]


GEOMETRIES = """
from django.db.backends.postgresql import base

class DatabaseWrapper(base.DatabaseWrapper):
    _type_infos = {"geometry": {}}

    def register_geometry_adapters(self, connection, clear_caches=False):
        assert not clear_caches, "asks a database"
"""


def test_an_extension_is_made_where_a_backend_would_look_its_types_up(tmp_path: Path) -> None:
    header = "from django.contrib.postgres.operations import CreateExtension\n"
    made = {"0001_initial": migration("CreateExtension('postgis')", header=header)}
    (written,) = write_with(tmp_path, "0001_initial", base=GEOMETRIES, migrations=made).migrations
    assert written.errors == ()
    assert [s.sql or s.note for s in written.statements] == [
        'CREATE EXTENSION IF NOT EXISTS "postgis"'
    ]
