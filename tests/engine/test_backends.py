"""Backends of others write the SQL with their own schema editor, and ask what they ask."""

from pathlib import Path

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


def write_with(root: Path, name: str) -> SqlScript:
    files = {f"blog/migrations/{name}.py": source for name, source in MIGRATIONS.items()}
    files |= {"gentle/__init__.py": "", "gentle/base.py": BASE, "gentle/schema.py": SCHEMA}
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
