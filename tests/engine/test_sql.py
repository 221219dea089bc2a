import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import django
import psycopg
import pytest

from migtui.core.sql import PYTHON, MigrationSql, SqlScript, Statement
from migtui.engine.client import Engine
from migtui.engine.protocol.base import OverlayFile
from migtui.engine.protocol.sql import WriteSql
from migtui.engine.writer import BY_HAND, LEFT_OUT, SUPPOSED
from tests.engine.conftest import Server
from tests.support.engines import engine_for, make_environment
from tests.support.projects import SQLITE, migration, write_project

UNREACHABLE = (
    '{"ENGINE": "django.db.backends.postgresql", "NAME": "x", "HOST": "127.0.0.1", "PORT": 1}'
)
ID = "('id', models.BigAutoField(primary_key=True))"
CHECK = "condition" if django.VERSION >= (5, 1) else "check"

HISTORY = {
    "0001_initial": migration(
        f"migrations.CreateModel('Author', [{ID}, ('name', models.CharField(max_length=20))])",
        f"""migrations.CreateModel('Post', [{ID},
            ('title', models.CharField(max_length=20, unique=True)),
            ('slug', models.SlugField()),
            ('views', models.PositiveIntegerField(default=0)),
            ('author', models.ForeignKey('blog.Author', models.CASCADE)),
        ], options={{'unique_together': {{('title', 'author')}}}})""",
    ),
    "0002_change": migration(
        "migrations.AddField('post', 'body', models.TextField(default='it\\'s 100% \"new\"'))",
        "migrations.AddField('post', 'tags',"
        " models.ManyToManyField('blog.Author', related_name='+'))",
        "migrations.AddIndex('post', models.Index(fields=['slug', '-views'], name='by_views'))",
        f"""migrations.AddConstraint('post', models.CheckConstraint(
            {CHECK}=models.Q(views__lt=100), name='few_views'))""",
        "migrations.AlterUniqueTogether('post', {('slug', 'author')})",
        "migrations.RunSQL(['SELECT 1', ('SELECT %s', ['a%'])], migrations.RunSQL.noop)",
        dependencies=[("blog", "0001_initial")],
    ),
    "0003_more": migration(
        "migrations.AlterField('post', 'title', models.CharField(max_length=40))",
        "migrations.AlterField('post', 'views', models.BigIntegerField(null=True))",
        "migrations.AlterField('post', 'slug', models.CharField(max_length=9))",
        "migrations.RenameField('post', 'body', 'text')",
        "migrations.AlterField('post', 'author', models.ForeignKey('blog.Author', models.CASCADE,"
        " null=True, db_index=False))",
        "migrations.RemoveConstraint('post', 'few_views')",
        "migrations.RunPython(forwards, migrations.RunPython.noop)",
        dependencies=[("blog", "0002_change")],
        header="def forwards(apps, schema_editor):\n    apps.get_model('blog', 'Post')\n",
    ),
    "0004_end": migration(
        "migrations.AlterUniqueTogether('post', set())",
        "migrations.RemoveField('post', 'author')",
        "migrations.RemoveField('post', 'tags')",
        "migrations.RenameModel('Post', 'Article')",
        "migrations.AlterModelTable('article', 'articles')",
        dependencies=[("blog", "0003_more")],
    ),
}
TARGETS = tuple(("blog", name) for name in HISTORY)


def make_project(root: Path, migrations: dict[str, str], database: str = SQLITE) -> Path:
    files = {f"blog/migrations/{name}.py": source for name, source in migrations.items()}
    return write_project(root, ["blog"], files, database=database)


def manage(root: Path, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def statements(script: SqlScript) -> list[str]:
    for migration_sql in script.migrations:
        assert migration_sql.errors == ()
    return [s.sql for entry in script.migrations for s in entry.statements if s.sql]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("project"), HISTORY)


@pytest.fixture(scope="module")
def engine(root: Path) -> Iterator[Engine]:
    with engine_for(root) as running:
        yield running


def source_of(*operations: str, header: str = "") -> str:
    """A migration with these operations that comes after the history."""
    return migration(*operations, dependencies=[TARGETS[-1]], header=header)


def write_one(root: Path, engine: Engine, source: str) -> MigrationSql:
    """The SQL of the migration with this source."""
    files = (OverlayFile(str(root / "blog/migrations/0005_x.py"), source.encode()),)
    (written,) = engine.ask(WriteSql((("blog", "0005_x"),), overlay=files)).migrations
    return written


def line_of(source: str, text: str) -> int:
    """The only line of a source that holds a text."""
    (line,) = (n for n, line in enumerate(source.splitlines(), start=1) if text in line)
    return line


# Against what Django does


def sqlite_schema(path: Path) -> set[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return set(
            database.execute(
                "SELECT type, name, tbl_name, sql FROM sqlite_master"
                " WHERE tbl_name NOT IN ('django_migrations', 'sqlite_sequence')"
            )
        )


def test_on_sqlite_the_statements_do_what_migrate_does_and_undoes(
    root: Path, engine: Engine
) -> None:
    forwards = statements(engine.ask(WriteSql(TARGETS)))
    backwards = statements(engine.ask(WriteSql(TARGETS[::-1], backwards=True)))
    path = root / "written.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for statement in forwards:
            database.execute(statement)
    assert not (root / "db.sqlite3").exists()

    manage(root, "migrate")
    assert sqlite_schema(path) == sqlite_schema(root / "db.sqlite3")

    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for statement in backwards:
            database.execute(statement)
    assert sqlite_schema(path) == set()


POSTGRESQL_SCHEMA = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    UNION SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION SELECT table_name, column_name, concat(data_type, character_maximum_length, is_nullable,
        column_default, is_identity) FROM information_schema.columns WHERE table_schema = 'public'
"""


def postgresql_schema(server: Server) -> set[tuple[object, ...]]:
    return {row for row in server.execute(POSTGRESQL_SCHEMA) if row[0] != "django_migrations"}


@pytest.mark.parametrize("reachable", [False, True], ids=["no server", "a server"])
def test_on_postgresql_the_statements_do_what_migrate_does_and_undoes(
    tmp_path: Path, postgresql: Server, *, reachable: bool
) -> None:
    root = make_project(tmp_path, HISTORY, postgresql.django if reachable else UNREACHABLE)
    with engine_for(root) as engine:
        script = engine.ask(WriteSql(TARGETS))
        forwards = statements(script)
        backwards = statements(engine.ask(WriteSql(TARGETS[::-1], backwards=True)))
    assert script.vendor == "postgresql"
    assert postgresql.execute(POSTGRESQL_SCHEMA) == []

    with psycopg.connect(postgresql.address, autocommit=True) as connection:
        for statement in forwards:
            connection.execute(statement.encode())
        written = postgresql_schema(postgresql)
        for statement in backwards:
            connection.execute(statement.encode())
        assert postgresql_schema(postgresql) == set()

    settings = root / "settings.py"
    settings.write_text(settings.read_text().replace(UNREACHABLE, postgresql.django))
    manage(root, "migrate")
    assert postgresql_schema(postgresql) == written


# What single migrations say


def test_a_statement_names_its_operation_and_its_line(root: Path, engine: Engine) -> None:
    source = source_of(
        "migrations.AddField('author', 'age', models.IntegerField(null=True, db_index=True))",
        """migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RemoveIndex('article', 'by_views'),
            ],
        )""",
    )
    written = write_one(root, engine, source)

    assert [(s.operation, s.line) for s in written.statements] == [
        ("AddField", line_of(source, "AddField")),
        ("RemoveIndex", line_of(source, "RemoveIndex")),
        ("AddField", line_of(source, "AddField")),  # its index is deferred to the end
    ]
    assert written.statements[0].sql == 'ALTER TABLE "blog_author" ADD COLUMN "age" integer NULL'


def test_operations_that_are_not_one_literal_list_have_no_lines(root: Path, engine: Engine) -> None:
    written = write_one(
        root, engine, source_of("*[migrations.RunSQL('SELECT 1') for _ in range(2)]")
    )

    assert [(s.sql, s.operation, s.line) for s in written.statements] == [
        ("SELECT 1", "RunSQL", None),
        ("SELECT 1", "RunSQL", None),
    ]


def test_python_is_shown_and_not_run(root: Path, engine: Engine) -> None:
    function = "def forwards(apps, schema_editor):\n    raise SystemExit('run')\n"
    source = source_of(
        "migrations.RunPython(forwards, migrations.RunPython.noop)",
        "migrations.SeparateDatabaseAndState([migrations.RunPython(forwards)])",
        header=function,
    )
    written = write_one(root, engine, source)

    assert written.errors == ()
    noop, nested = line_of(source, "noop"), line_of(source, "AndState")
    assert written.statements == (
        Statement("", "RunPython", noop, function, unknown=PYTHON),
        Statement("", "RunPython", nested, function, unknown=PYTHON),
    )


def test_sql_is_what_would_be_executed_and_nothing_else(root: Path, engine: Engine) -> None:
    written = write_one(
        root,
        engine,
        source_of(
            "migrations.RunSQL(['SELECT 1', 'SELECT 2;', ('SELECT %s', [\"it's\"])])",
            "migrations.RunSQL('-- a comment\\nSELECT 3; SELECT 4;')",
        ),
    )

    assert [s.sql for s in written.statements] == [
        "SELECT 1",
        "SELECT 2;",
        "SELECT 'it''s'",
        "SELECT 3;",
        "SELECT 4;",
    ]


def test_a_migration_is_atomic_as_it_says_and_as_the_vendor_can(root: Path, engine: Engine) -> None:
    (first, *_) = engine.ask(WriteSql(TARGETS)).migrations
    source = source_of().replace("    operations", "    atomic = False\n    operations")
    second = write_one(root, engine, source)

    assert first.atomic
    assert not second.atomic


FAILING = """
class Failing(migrations.AddField):
    def database_forwards(self, app_label, editor, before, after):
        editor.execute(f"SELECT '{self.name}'")
        raise ValueError(f"no way to {self.name}")

    def database_backwards(self, app_label, editor, before, after):
        raise SystemExit(f"no way back from {self.name}")
"""


def test_an_operation_that_raises_leaves_the_others_and_its_state_as_declared(
    root: Path, engine: Engine
) -> None:
    first = source_of(
        "migrations.AddField('author', 'a', models.IntegerField(null=True))",
        "Failing('author', 'b', models.IntegerField(null=True))",
        "migrations.AlterField('author', 'b', models.BigIntegerField(null=True))",
        """migrations.SeparateDatabaseAndState(
            database_operations=[Failing('author', 'c', models.IntegerField(null=True))],
            state_operations=[migrations.RemoveField('author', 'nowhere')],
        )""",
        "migrations.RunSQL('SELECT 1', 'SELECT 2')",
        header=FAILING,
    )
    second = migration("migrations.RemoveField('author', 'b')", dependencies=[("blog", "0005_x")])
    files = tuple(
        OverlayFile(str(root / f"blog/migrations/{name}.py"), source.encode())
        for name, source in (("0005_x", first), ("0006_y", second))
    )
    targets = (("blog", "0005_x"), ("blog", "0006_y"))
    script = engine.ask(WriteSql(targets, overlay=files))
    failed, after = script.migrations

    line = line_of(first, "Failing('author', 'b'")
    nested = line_of(first, "Failing('author', 'c'")
    where = f"(blog/migrations/0005_x.py, line {line_of(first, 'raise ValueError')})"
    unknown, error_b, error_c = sorted(failed.errors)
    assert unknown.startswith(
        f"KeyError: 'nowhere' (RemoveField, line {line_of(first, 'nowhere')})"
    )
    assert error_b == f"ValueError: no way to b (Failing, line {line}) {where}"
    assert error_c == f"ValueError: no way to c (Failing, line {nested}) {where}"
    texts = [s.sql or s.note for s in failed.statements]
    assert texts[0] == 'ALTER TABLE "blog_author" ADD COLUMN "a" integer NULL'
    assert texts[1:3] == ["SELECT 'b'", SUPPOSED]
    assert '"b" bigint NULL' in texts[3]
    assert [*texts[-4:]] == [LEFT_OUT, "SELECT 'c'", SUPPOSED, "SELECT 1"]
    assert after.errors == ()
    assert [s.sql for s in after.statements] == ['ALTER TABLE "blog_author" DROP COLUMN "b"']
    assert script.supposed(1) == "Written as though blog.0005_x had not failed."

    back = engine.ask(WriteSql(targets[::-1], backwards=True, overlay=files))
    assert [s.sql or s.note for s in back.migrations[1].statements][:3] == [
        "SELECT 2",
        LEFT_OUT,
        SUPPOSED,
    ]
    (error,) = (e for e in back.migrations[1].errors if "from b" in e)
    assert error.startswith(f"SystemExit: no way back from b (Failing, line {line})")
    assert back.migrations[1].statements[-1].operation == "AddField"


READING = """
from pathlib import Path

class RunFile(migrations.RunSQL):
    def database_forwards(self, app_label, editor, before, after):
        editor.execute(Path(__file__).with_name(self.sql).read_text("utf-8"))
"""


def test_sql_that_can_not_be_read_is_said_with_its_place(root: Path, engine: Engine) -> None:
    late = source_of("migrations.RunSQL('SELECT 1')", "RunFile('gone.sql')", header=READING)
    written = write_one(root, engine, late)
    assert [s.sql for s in written.statements] == ["SELECT 1", ""]
    (error,) = written.errors
    assert error.startswith("FileNotFoundError: ")
    assert error.endswith(
        f"blog/migrations/gone.sql' (RunFile, line {line_of(late, 'gone.sql')}) "
        f"(blog/migrations/0005_x.py, line {line_of(late, 'read_text')})"
    )

    (root / "bad.sql").write_bytes(b"SELECT '\xff'")
    early = source_of("migrations.RunSQL(open('bad.sql', encoding='utf-8').read())")
    written = write_one(root, engine, early)
    assert written.error.startswith("UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff")
    assert written.error.endswith(f" (blog/migrations/0005_x.py, line {line_of(early, 'bad.sql')})")


def test_what_can_not_be_reversed_is_said(root: Path, engine: Engine) -> None:
    source = source_of(
        "migrations.RunSQL('SELECT 1', 'SELECT 2')",
        "migrations.RunSQL('SELECT 3')",
        "migrations.RunPython(lambda apps, editor: None)",
        "migrations.RunSQL('SELECT 4', 'SELECT 5')",
    )
    files = (OverlayFile(str(root / "blog/migrations/0005_x.py"), source.encode()),)
    targets = (("blog", "0005_x"), TARGETS[-1])
    script = engine.ask(WriteSql(targets, backwards=True, overlay=files))
    irreversible, reversible = script.migrations

    texts = [s.sql or s.note for s in irreversible.statements]
    assert texts == ["SELECT 5", BY_HAND, BY_HAND, "SELECT 2"]
    assert irreversible.errors[1] == (
        "IrreversibleError: Operation <RunSQL 'SELECT 3'> in blog.0005_x is not reversible "
        f"(RunSQL, line {line_of(source, 'SELECT 3')})"
    )
    assert reversible.errors == ()
    assert reversible.backwards
    assert reversible.statements


def test_branches_are_written_in_the_order_that_is_asked_for(tmp_path: Path) -> None:
    first = [("blog", "0001_initial")]
    column = "migrations.AddField('thing', '{0}', models.IntegerField(default={1}))"
    root = make_project(
        tmp_path,
        {
            "0001_initial": migration(f"migrations.CreateModel('Thing', [{ID}])"),
            "0002_a": migration(column.format("a", 1), dependencies=first),
            "0002_b": migration(column.format("b", 2), dependencies=first),
        },
    )
    with engine_for(root) as engine:
        script = engine.ask(WriteSql((("blog", "0002_b"), ("blog", "0002_a"))))

    b, a = script.migrations
    assert (b.migration, a.migration) == ("0002_b", "0002_a")
    assert '"a" integer' not in b.statements[0].sql
    assert '"b" integer NOT NULL, "a" integer NOT NULL' in a.statements[0].sql


def test_an_order_against_the_dependencies_is_refused(engine: Engine) -> None:
    script = engine.ask(WriteSql((TARGETS[1], TARGETS[0])))

    assert {entry.error for entry in script.migrations} == {
        "blog.0001_initial would have to run earlier in this order."
    }


def test_a_migration_that_a_squash_replaces_has_its_own_sql(tmp_path: Path) -> None:
    first = ("blog", "0001_initial")
    root = make_project(
        tmp_path,
        {
            "0001_initial": migration("migrations.RunSQL('SELECT 1')"),
            "0001_squashed": migration("migrations.RunSQL('SELECT 2')", replaces=[first]),
        },
    )
    with engine_for(root) as engine:
        replaced = statements(engine.ask(WriteSql((first,))))
        squash = statements(engine.ask(WriteSql((("blog", "0001_squashed"),))))

    assert (replaced, squash) == (["SELECT 1"], ["SELECT 2"])


def test_a_migration_that_is_not_there_is_said(engine: Engine) -> None:
    (written,) = engine.ask(WriteSql((("blog", "0009_gone"),))).migrations

    assert "0009_gone" in written.error


def test_a_graph_that_does_not_load_is_the_error_of_every_target(
    root: Path, engine: Engine
) -> None:
    files = (OverlayFile(str(root / "blog/migrations/0005_x.py"), b"x = ("),)
    script = engine.ask(WriteSql(TARGETS, overlay=files))

    assert script.vendor == "sqlite"
    assert len(script.migrations) == len(TARGETS)
    assert {entry.error for entry in script.migrations} == {
        "SyntaxError: '(' was never closed (0005_x.py, line 1)"
    }


def test_an_apply_of_the_projects_own_is_remarked(root: Path, engine: Engine) -> None:
    own = "class Base(migrations.Migration):\n    def apply(self, *args, **kwargs):\n"
    own += "        return super().apply(*args, **kwargs)\n"
    source = source_of("migrations.RunSQL('SELECT 1')", header=own)
    source = source.replace("class Migration(migrations.Migration)", "class Migration(Base)")
    written = write_one(root, engine, source)

    assert "Migration.apply is not Django's own" in written.statements[0].note
    assert written.statements[1].sql == "SELECT 1"


def test_progress_is_reported(engine: Engine) -> None:
    seen = []
    engine.ask(WriteSql(TARGETS), progress=lambda report: seen.append((report.text, report.total)))

    assert seen == [(".".join(key), len(TARGETS)) for key in TARGETS]


def make_tables(root: Path, names: Sequence[str], last: str) -> Path:
    """A project on an unreachable PostgreSQL; each table's key was named when it was called old."""
    return make_project(
        root,
        {
            "0001_initial": migration(
                *(
                    f"migrations.CreateModel('{name}', [{ID}, ('old', models.IntegerField()),"
                    f" ('other', models.IntegerField())], options={{'unique_together':"
                    f" {{('old', 'other')}}}})"
                    for name in names
                )
            ),
            "0002_rename": migration(
                *(f"migrations.RenameField('{name}', 'old', 'new')" for name in names),
                dependencies=[("blog", "0001_initial")],
            ),
            "0003_drop": migration(
                *(f"migrations.AlterUniqueTogether('{name}', set())" for name in names),
                dependencies=[("blog", "0002_rename")],
            ),
            "0004_add": migration(
                *(
                    f"migrations.AlterUniqueTogether('{name}', {{('new', 'other')}})"
                    for name in names
                ),
                dependencies=[("blog", "0003_drop")],
            ),
            "0005_last": migration(last, dependencies=[("blog", "0004_add")]),
        },
        UNREACHABLE,
    )


UNDONE = tuple(("blog", name) for name in ("0005_last", "0004_add", "0003_drop", "0002_rename"))


def test_the_history_of_many_tables_is_gone_through_as_often_as_that_of_one(tmp_path: Path) -> None:
    names = [f"table{number}" for number in range(12)]
    root = make_tables(tmp_path, names, "migrations.RunSQL('SELECT 1', 'SELECT 2')")
    reports = []
    with engine_for(root) as engine:
        request = WriteSql(UNDONE, backwards=True)
        script = engine.ask(request, progress=lambda report: reports.append(report.done))

    assert [entry.error for entry in script.migrations] == [""] * len(UNDONE)
    dropped = [s.sql for s in script.migrations[1].statements]
    assert len(dropped) == len(names)
    assert reports.count(0) == 2  # once to find out what is asked for, once knowing it


def test_what_is_below_one_that_can_not_be_reversed_is_written_as_if_it_had_been(
    tmp_path: Path,
) -> None:
    last = "migrations.AlterUniqueTogether('post', set()), migrations.RunSQL('SELECT 1')"
    root = make_tables(tmp_path, ["post"], last)
    with engine_for(root) as engine:
        above, below, *_ = engine.ask(WriteSql(UNDONE, backwards=True)).migrations

    assert above.errors[0].startswith("IrreversibleError: ")
    assert below.error == ""
    assert [s.sql.split(" CONSTRAINT")[0] for s in below.statements] == [
        'ALTER TABLE "blog_post" DROP'
    ]


def test_a_default_that_only_a_database_knows_is_remarked(root: Path, engine: Engine) -> None:
    function = """\
def first_author():
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM blog_author")
        return cursor.fetchone()[0]
"""
    written = write_one(
        root,
        engine,
        source_of(
            "migrations.AddField('article', 'n', models.IntegerField(default=first_author))",
            header=function,
        ),
    )

    assert written.error == ""
    (note,) = [s.note for s in written.statements if s.note]
    assert note.startswith("The default of n is computed when this runs; NULL stands for it here.")
    assert "no such table: blog_author" in note


ASKING = {
    "0001_initial": migration(
        f"migrations.CreateModel('Author', [{ID}, ('name', models.CharField(max_length=20))])",
        "migrations.CreateModel('Post', [" + ID + ", ('old', models.IntegerField())])",
    ),
    "0002_fill": migration(
        "migrations.RunPython(fill, migrations.RunPython.noop)",
        dependencies=[("blog", "0001_initial")],
        header="""\
def fill(apps, schema_editor):
    authors = apps.get_model('blog', 'Author').objects
    authors.create(id=70, name='first')
    authors.create(id=71, name='second')
""",
    ),
    "0003_default": migration(
        "migrations.RunPython(rename, migrations.RunPython.noop)",
        "migrations.AddField('post', 'n', models.IntegerField(default=second_author))",
        "migrations.AddField('post', 'm', models.CharField(max_length=9, null=True,"
        " default=nobody))",
        "migrations.RemoveField('post', 'old')",
        "migrations.RunPython(rename, migrations.RunPython.noop)",
        "migrations.AlterField('post', 'n', models.IntegerField(default=0, db_index=True))",
        dependencies=[("blog", "0002_fill")],
        header="""\
from django.db import connections

def rename(apps, schema_editor):
    authors = apps.get_model('blog', 'Author').objects
    if authors.filter(name='late').update(name='later') == 0:
        authors.filter(id=71).update(name='late')

def ask(name):
    with connections['default'].cursor() as cursor:
        cursor.execute('SELECT id FROM blog_author WHERE name = %s', [name])
        return cursor.fetchone()

def second_author():
    return ask('late')[0]

def nobody():
    return ask('nobody')
""",
    ),
    "0004_old": migration(
        "migrations.AlterField('post', 'm', models.CharField(max_length=9, default=answered))",
        dependencies=[("blog", "0003_default")],
        header="""\
from django.db import connections

def answered():
    with connections['default'].cursor() as cursor:
        cursor.execute('SELECT name FROM blog_author WHERE id = 71')
        return cursor.fetchone()[0]
""",
    ),
}


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql", "mysql"])
def test_a_default_is_asked_of_a_database_migrated_from_zero_where_that_is_wanted(
    tmp_path: Path, vendor: str
) -> None:
    root = make_project(tmp_path, ASKING)
    targets = (("blog", "0003_default"), ("blog", "0004_old"))
    with engine_for(root) as engine:
        asked = WriteSql(targets, vendor=vendor, run_python=True)
        default, late = engine.ask(asked).migrations
        back = engine.ask(replace(asked, targets=targets[::-1], backwards=True)).migrations
        plain, _ = engine.ask(replace(asked, run_python=False)).migrations

    assert (default.errors, late.errors, plain.errors) == ((), (), ())
    told = [s.note for s in default.statements if s.note.startswith("Predicted: the default of ")]
    assert [note.split()[4] for note in told] == ["n", "m"]
    filled = next(s.sql for s in default.statements if "71" in s.sql)
    assert filled.startswith("INSERT INTO" if vendor == "sqlite" else "ALTER TABLE")
    assert any("'later'" in s.sql for s in late.statements)
    assert [migration.errors for migration in back] == [(), ()]
    # Nobody was asked whom the settings name.
    assert not (root / "db.sqlite3").exists()
    # Without consent it says what is missing, and the rest of the migration is there.
    assert not any("71" in s.sql for s in plain.statements)
    notes = " ".join(s.note for s in plain.statements)
    assert "The default of n is computed when this runs; NULL stands for it here." in notes
    assert "migtui sql --run-python asks a database in memory" in notes
    assert any("DROP COLUMN" in s.sql or "DROP TABLE" in s.sql for s in plain.statements)


def test_a_history_that_fails_on_a_database_in_memory_leaves_the_default_untold(
    tmp_path: Path,
) -> None:
    failing = ASKING | {
        "0002_fill": migration(
            "migrations.RunPython(lambda *_: {}['gone'])", dependencies=[("blog", "0001_initial")]
        )
    }
    root = make_project(tmp_path, failing)
    with engine_for(root) as engine:
        asked = WriteSql((("blog", "0003_default"),), vendor="sqlite", run_python=True)
        (written,) = engine.ask(asked).migrations

    assert written.errors == ()
    notes = " ".join(s.note for s in written.statements)
    assert "The default of n is computed when this runs; NULL stands for it here." in notes
    assert "blog.0002_fill fails on a database migrated from zero: KeyError: 'gone'" in notes
    assert "Predicted" not in notes


def test_what_a_default_does_not_depend_on_is_not_run_for_it(tmp_path: Path) -> None:
    # As in the plan of a rename, which begins with all that was migrated before.
    default = ASKING["0003_default"].rstrip().removesuffix("]")
    files = {f"blog/migrations/{name}.py": source for name, source in ASKING.items()}
    files |= {
        "blog/migrations/0003_default.py": default + "migrations.RenameModel('Post', 'Note')]\n",
        "aside/migrations/0001_initial.py": migration("migrations.RunSQL('SHOW ENGINES')"),
    }
    with engine_for(write_project(tmp_path, ["aside", "blog"], files)) as engine:
        asked = WriteSql((("blog", "0003_default"),), vendor="mysql", run_python=True)
        (written,) = engine.ask(asked).migrations

    assert written.errors == ()
    assert any("71" in statement.sql for statement in written.statements)


def test_only_a_default_that_is_computed_is_called_so(root: Path, engine: Engine) -> None:
    written = write_one(
        root,
        engine,
        source_of(
            "migrations.AddField('author', 'a', models.CharField(max_length=9, blank=True),"
            " preserve_default=False)",
            "migrations.AddField('author', 'b', models.UUIDField(default=uuid.uuid4))",
            header="import uuid",
        ),
    )

    noted = [s.note for s in written.statements if s.note]
    assert len(noted) == 1
    assert noted[0].startswith("The default of b is computed when this runs; the value here is")


# Names of constraints


def test_an_index_of_old_fields_is_found_under_the_name_that_the_model_gives_it(
    tmp_path: Path,
) -> None:
    root = make_project(
        tmp_path,
        {
            "0001_initial": migration(
                f"""migrations.CreateModel('Thing', [{ID}, ('a', models.IntegerField())],
                    options={{'indexes': [models.Index(fields=['a'], name='by_a')]}})"""
            ),
            "0002_rename": migration(
                "migrations.RenameIndex('thing', new_name='by_a', old_fields=('a',))",
                dependencies=[("blog", "0001_initial")],
            ),
        },
    )
    with engine_for(root) as engine:
        assert statements(engine.ask(WriteSql((("blog", "0002_rename"),)))) == []


RENAMED = {
    "0001_initial": migration(
        f"""migrations.CreateModel('Old', [{ID}, ('code', models.CharField(max_length=9)),
            ('a', models.IntegerField(unique=True)), ('b', models.IntegerField())],
            options={{'unique_together': {{('a', 'b')}}}})""",
        "migrations.AlterField('old', 'code', models.CharField(max_length=9, unique=True))",
    ),
    "0002_rename": migration(
        "migrations.RenameModel('Old', 'New')",
        dependencies=[("blog", "0001_initial")],
    ),
    "0003_drop": migration(
        "migrations.AlterField('new', 'code', models.CharField(max_length=9))",
        "migrations.AlterUniqueTogether('new', set())",
        dependencies=[("blog", "0002_rename")],
    ),
}
DROP = (("blog", "0003_drop"),)


def test_names_keep_to_what_they_were_made_from_and_the_servers_own_are_marked(
    tmp_path: Path,
) -> None:
    root = make_project(tmp_path, RENAMED, UNREACHABLE)
    with engine_for(root) as engine:
        (written,) = engine.ask(WriteSql(DROP)).migrations

    drops = [(s.sql, s.note) for s in written.statements if "DROP CONSTRAINT" in s.sql]
    assert drops == [
        ('ALTER TABLE "blog_new" DROP CONSTRAINT "blog_old_code_ca147c3f_uniq"', ""),
        ('ALTER TABLE "blog_new" DROP CONSTRAINT "blog_old_a_b_67fd26e1_uniq"', ""),
    ]


INLINE = {
    "0001_initial": migration(
        f"migrations.CreateModel('Old', [{ID}, ('a', models.IntegerField(unique=True))])"
    ),
    "0002_rename": migration(
        "migrations.RenameModel('Old', 'New')", dependencies=[("blog", "0001_initial")]
    ),
    "0003_drop": migration(
        "migrations.AlterField('new', 'a', models.IntegerField())",
        dependencies=[("blog", "0002_rename")],
    ),
}


def test_a_name_that_the_server_chose_is_marked_as_predicted(tmp_path: Path) -> None:
    root = make_project(tmp_path, INLINE, UNREACHABLE)
    with engine_for(root) as engine:
        (written,) = engine.ask(WriteSql(DROP)).migrations

    (drop,) = [s for s in written.statements if "DROP CONSTRAINT" in s.sql]
    assert drop.sql == 'ALTER TABLE "blog_new" DROP CONSTRAINT "blog_old_a_key"'
    assert drop.note.startswith("Predicted: blog_old_a_key is named by the server")


def test_a_database_that_can_be_asked_knows_the_names(tmp_path: Path, postgresql: Server) -> None:
    root = make_project(tmp_path, RENAMED, postgresql.django)
    manage(root, "migrate", "blog", "0002")
    before = postgresql_schema(postgresql)
    with engine_for(root) as engine:
        script = engine.ask(WriteSql(DROP))
    assert postgresql_schema(postgresql) == before

    for statement in statements(script):
        postgresql.execute(statement)
    written = postgresql_schema(postgresql)
    postgresql.execute("DROP SCHEMA public CASCADE")
    postgresql.execute("CREATE SCHEMA public")
    manage(root, "migrate")
    assert written == postgresql_schema(postgresql)
    assert {s.note for entry in script.migrations for s in entry.statements} == {""}


def test_the_tables_of_many_to_many_fields_follow_their_model(tmp_path: Path) -> None:
    tags = "('tags', models.ManyToManyField('blog.Tag'))"
    root = make_project(
        tmp_path,
        {
            "0001_initial": migration(
                f"migrations.CreateModel('Tag', [{ID}])",
                f"migrations.CreateModel('Old', [{ID}, {tags}])",
            ),
            "0002_rename": migration(
                "migrations.RenameModel('Old', 'New')", dependencies=[("blog", "0001_initial")]
            ),
        },
        UNREACHABLE,
    )
    with engine_for(root) as engine:
        (written,) = engine.ask(WriteSql((("blog", "0002_rename"),))).migrations

    dropped = [s.sql for s in written.statements if "DROP CONSTRAINT" in s.sql]
    assert len(dropped) == 1
    assert '"blog_old_tags_old_id_' in dropped[0]
    assert all(not s.note for s in written.statements)


# Vendors and servers


def test_what_an_alter_field_drops_is_known_though_the_field_refers_to_a_renamed_one(
    tmp_path: Path,
) -> None:
    root = make_project(
        tmp_path,
        {
            "0001_initial": migration(
                f"""migrations.CreateModel('Tag', [{ID},
                    ('code', models.CharField(max_length=9, unique=True))])""",
                f"""migrations.CreateModel('Post', [{ID},
                    ('tag', models.ForeignKey('blog.Tag', models.CASCADE, to_field='code'))])""",
            ),
            "0002_rename": migration(
                "migrations.RenameField('tag', 'code', 'key')",
                dependencies=[("blog", "0001_initial")],
            ),
            "0003_alter": migration(
                "migrations.AlterField('tag', 'key', models.CharField(max_length=19, unique=True))",
                dependencies=[("blog", "0002_rename")],
            ),
        },
        UNREACHABLE,
    )
    with engine_for(root) as engine:
        (written,) = engine.ask(WriteSql((("blog", "0003_alter"),))).migrations

    assert written.error == ""
    assert "blog_post_tag_id_" in written.statements[0].sql
    assert 'ALTER COLUMN "tag_id" TYPE varchar(19)' in written.statements[2].sql


def test_another_vendor_than_the_configured_one_is_written(root: Path) -> None:
    settings = (root / "settings.py").read_text()
    driver = "import pymysql\npymysql.install_as_MySQLdb()\n"
    (root / "with_driver.py").write_text(driver + settings)
    versions = {"mariadb": "10.11", "mysql": "8.0.36"}
    with engine_for(root, settings="with_driver") as engine:
        scripts = {
            vendor: engine.ask(WriteSql(TARGETS, vendor=vendor, server_versions=versions))
            for vendor in ("sqlite", "postgresql", "mysql", "mariadb")
        }

    texts = {vendor: "\n".join(statements(script)) for vendor, script in scripts.items()}
    assert "AUTOINCREMENT" in texts["sqlite"]
    assert "AS IDENTITY" in texts["postgresql"]
    assert "AUTO_INCREMENT" in texts["mysql"]
    assert "DROP CHECK" in texts["mysql"]
    assert "DROP CONSTRAINT IF EXISTS" in texts["mariadb"]
    assert scripts["mariadb"].server_version == "10.11-MariaDB"
    assert scripts["mysql"].note == "For MySQL 8.0.36, as server_versions in [tool.migtui] says."
    assert "assumed" in scripts["postgresql"].note


def test_a_vendor_that_is_not_there_and_a_driver_that_is_missing_are_said_by_name(
    root: Path, tmp_path: Path
) -> None:
    with engine_for(root) as engine:
        unknown = engine.ask(WriteSql(TARGETS, vendor="oracle"))
    python = make_environment(tmp_path / "bare", with_django=True)
    with engine_for(root, python=python) as engine:
        missing = [
            engine.ask(WriteSql(TARGETS, vendor=vendor)).migrations[0].error
            for vendor in ("postgresql", "mysql", "mariadb")
        ]
        still = engine.ask(WriteSql(TARGETS))
    configured = make_project(tmp_path / "configured", HISTORY, UNREACHABLE)
    with engine_for(configured, python=python) as engine:
        missing.append(engine.ask(WriteSql(TARGETS)).migrations[0].error)
        besides = engine.ask(WriteSql(TARGETS, vendor="sqlite"))

    assert "no SQL for 'oracle'" in unknown.migrations[0].error
    needs = " needs {} in the project's environment."
    postgresql = "postgresql" + needs.format("psycopg or psycopg2")
    for said, hint in zip(
        missing,
        (
            postgresql,
            *(name + needs.format("mysqlclient or PyMySQL") for name in ("mysql", "mariadb")),
            postgresql,
        ),
        strict=True,
    ):
        assert said.startswith("ImproperlyConfigured: Error loading ")
        assert said.endswith(hint)
    assert statements(still) == statements(besides)


def test_the_server_that_answers_says_its_version(tmp_path: Path, postgresql: Server) -> None:
    root = make_project(tmp_path, HISTORY, postgresql.django)
    with engine_for(root) as engine:
        script = engine.ask(WriteSql(TARGETS, server_versions={"postgresql": "99"}))

    assert script.note.endswith("as the server says.")
    assert script.server_version != "99"


# Scripts that are too much


def test_a_script_that_is_too_long_to_split_is_shown_as_written(root: Path, engine: Engine) -> None:
    source = source_of(
        "migrations.RunSQL('INSERT INTO t VALUES (1);' * 400_000)",
        "migrations.RunSQL('SELECT 1')",
    )
    written = write_one(root, engine, source)

    note, script, after = written.statements
    assert note.note.startswith("Shown as written")
    assert len(script.sql) == 10_000_000
    assert after.sql == "SELECT 1"


def test_a_script_that_sqlparse_gives_up_on_is_shown_as_written(root: Path, engine: Engine) -> None:
    script = f"SELECT {'(' * 5000}1{')' * 5000}; SELECT 2"
    written = write_one(root, engine, source_of(f"migrations.RunSQL({script!r})"))

    assert written.error == ""
    shown = "".join(s.sql for s in written.statements)
    assert shown.replace(";", "").replace(" ", "") == script.replace(";", "").replace(" ", "")


def test_a_script_that_is_no_sql_is_shown(root: Path, engine: Engine) -> None:
    script = "CREATE TABLE ((( ' ALTER TABLE )))"
    written = write_one(root, engine, source_of(f"migrations.RunSQL([{script!r}])"))

    assert [s.sql for s in written.statements] == [script]


UNREADABLE = """
class Lazy:
    def __str__(self):
        raise OSError("it broke")

def texts():
    yield "SELECT 1"
    raise OSError("it broke")
"""


def test_an_unreadable_script_is_said_in_its_place_and_the_others_are_shown(
    root: Path, engine: Engine
) -> None:
    scripts = (
        "[('SELECT %s', [])]", "[('SELECT 1', [1])]", "5", "texts()", "[Lazy()]", "[(1, 2, 3)]",
        "[('SELECT %(x)s', {'x': 2})]", "'SELECT 3'",
    )  # fmt: skip
    source = source_of(*(f"migrations.RunSQL({s})" for s in scripts), header=UNREADABLE)
    written = write_one(root, engine, source)

    errors = [s.error for s in written.statements]
    assert [error.partition(":")[0] for error in errors] == [
        "ValueError", "ValueError", "TypeError", "TypeError", "OSError", "ValueError", "", "",
    ]  # fmt: skip
    assert errors[0] == (
        "ValueError: placeholders and parameters differ in number: 1 and 0 "
        f"(RunSQL, line {line_of(source, scripts[0])})"
    )
    assert [s.sql for s in written.statements if s.sql] == ["SELECT 2", "SELECT 3"]
