import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from migtui.core.verdict import Evidence, Kind
from migtui.engine.client import Engine
from migtui.engine.protocol.orders import TryOrders
from migtui.engine.servers import PREFIX, host_mark
from migtui.errors import EngineCrashError, EngineError
from tests.support.branches import (
    ADD,
    ALTER,
    CUSTOM,
    ID,
    INDEX,
    POST,
    REMOVE,
    TAG,
    Blog,
    trying,
    workshop,
    write_branches,
    write_conflict,
)
from tests.support.databases import MYSQL_DRIVER, mysql_server, postgresql_server
from tests.support.engines import engine_for
from tests.support.projects import write

NOTE = f"migrations.CreateModel('Note', [{ID}], options={{'db_table': 'blog_tag'}})"
FUNCTION = "def forwards(apps, schema_editor):\n    {0}\n"
RUN = "migrations.RunPython(forwards)"

KINDS = [
    (ADD.format("body"), TAG, Kind.INDEPENDENT),
    (ADD.format("body"), ADD.format("lead"), Kind.INDEPENDENT),
    (ALTER.format(9), ALTER.format(8), Kind.DIVERGENT),
    (ALTER.format(9), REMOVE, Kind.ORDERED),
    (INDEX, "migrations.RenameField('post', 'title', 'name')", Kind.ORDERED),
    (TAG, TAG, Kind.COLLIDING),
    (TAG, NOTE, Kind.COLLIDING),
    (
        "migrations.RenameField('post', 'title', 'name')",
        "migrations.AddField('post', 'slug', models.SlugField(null=True))",
        Kind.INDEPENDENT,
    ),
    (
        "migrations.AlterModelTable('post', 'posts')",
        "migrations.AddField('post', 'slug', models.SlugField(null=True))",
        Kind.INDEPENDENT,
    ),
    (
        "migrations.RunSQL('CREATE INDEX words ON blog_post (title)')",
        "migrations.RunSQL('CREATE INDEX words ON blog_post (views)')",
        Kind.COLLIDING,
    ),
    (
        "migrations.AlterUniqueTogether('post', {('title', 'views')})",
        "migrations.AddConstraint('post', models.UniqueConstraint(fields=['views'], name='u'))",
        Kind.INDEPENDENT,
    ),
]


@pytest.fixture(scope="module")
def mysql_blog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Blog]:
    root = tmp_path_factory.mktemp("mysql")
    with workshop(root, mysql_server(), MYSQL_DRIVER) as engine:
        yield root, engine


def ask(root: Path, request: TryOrders) -> Evidence:
    with engine_for(root) as engine:
        return engine.ask(request)


def postgresql(root: Path, uri: str) -> TryOrders:
    return trying(root, "postgresql", uri=uri)


@pytest.fixture(scope="module")
def uri() -> Iterator[str]:
    with postgresql_server() as found:
        yield found


def scratch_names(uri: str) -> list[str]:
    with psycopg.connect(uri) as connection:
        rows = connection.execute("SELECT datname FROM pg_database").fetchall()
    return sorted(str(name) for (name,) in rows if str(name).startswith(PREFIX))


def wait_until_dropped(uri: str, name: str) -> None:
    """Ask until it is gone; the test's own time limit ends this."""
    with psycopg.connect(uri, autocommit=True) as connection:
        while connection.execute(
            "SELECT pg_sleep(0.02) FROM pg_database WHERE datname = %s", [name]
        ).fetchall():
            pass


# What is found


@pytest.mark.parametrize(("first", "second", "kind"), KINDS)
def test_the_schemas_of_both_orders_say_the_kind_on_sqlite(
    blog: Blog, first: str, second: str, kind: Kind
) -> None:
    root, engine = blog
    evidence = engine.ask(trying(write_branches(root, first, second)))
    assert (evidence.method, evidence.vendor, evidence.kind) == ("scratch", "sqlite", kind)
    assert not (root / "db.sqlite3").exists()


@pytest.mark.parametrize(("first", "second", "kind"), KINDS)
def test_the_schemas_of_both_orders_say_the_kind_on_postgresql(
    blog: Blog, uri: str, first: str, second: str, kind: Kind
) -> None:
    root, engine = blog
    evidence = engine.ask(postgresql(write_branches(root, first, second), uri))
    assert (evidence.method, evidence.vendor, evidence.kind) == ("scratch", "postgresql", kind)


@pytest.mark.parametrize(("first", "second", "kind"), KINDS)
def test_the_schemas_of_both_orders_say_the_kind_on_mysql(
    mysql_blog: Blog, first: str, second: str, kind: Kind
) -> None:
    root, engine = mysql_blog
    write_branches(root, first, second)
    evidence = engine.ask(trying(root, "mysql", alias="default"))
    assert (evidence.method, evidence.vendor, evidence.kind) == ("scratch", "mysql", kind)


def test_what_differs_is_told_by_column(tmp_path: Path, uri: str) -> None:
    root = write_conflict(tmp_path, ALTER.format(9), ALTER.format(8))
    (difference,) = ask(root, postgresql(root, uri)).differences
    assert difference.resource == "blog_post.title"
    assert difference.first == "character varying(8) NOT NULL DEFAULT"
    assert difference.second == "character varying(9) NOT NULL DEFAULT"


def test_names_that_django_makes_up_do_not_count(tmp_path: Path) -> None:
    root = write_conflict(
        tmp_path,
        "migrations.AlterModelTable('post', 'posts')",
        "migrations.AddField('post', 'slug', models.SlugField(null=True))",
    )
    assert "not counted: generated names in posts" in ask(root, trying(root)).note


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW seen AS SELECT {0} FROM blog_post",
        "CREATE INDEX ON blog_post ({0})",
        "CREATE OR REPLACE FUNCTION seen() RETURNS integer LANGUAGE sql AS 'SELECT {1}'",
        "ALTER TABLE blog_post DROP CONSTRAINT IF EXISTS c, ADD CONSTRAINT c CHECK (views > {1})",
        "ALTER TABLE blog_post ALTER views SET DEFAULT {1}",
        "ALTER SEQUENCE blog_post_id_seq INCREMENT {1}",
    ],
)
def test_what_sql_leaves_in_postgresql_is_seen(blog: Blog, uri: str, sql: str) -> None:
    before = "DROP VIEW IF EXISTS seen; DROP INDEX IF EXISTS blog_post_title_idx;"
    before += " DROP INDEX IF EXISTS blog_post_views_idx;"
    branches = [
        f"migrations.RunSQL({f'{before} {sql}'.format(column, number)!r})"
        for column, number in (("title", 1), ("views", 2))
    ]
    root, engine = blog
    evidence = engine.ask(postgresql(write_branches(root, *branches), uri))
    assert evidence.kind is Kind.DIVERGENT


def test_an_index_outside_of_a_transaction_is_tried_on_a_database_for_each_order(
    tmp_path: Path, uri: str
) -> None:
    concurrently = "AddIndexConcurrently('post', models.Index(fields=['title'], name='i'))"
    root = write_conflict(
        tmp_path,
        concurrently,
        ALTER.format(9),
        header="from django.contrib.postgres.operations import AddIndexConcurrently",
    )
    path = root / "blog/migrations/0002_a.py"
    path.write_text(
        path.read_text().replace("    dependencies", "    atomic = False\n    dependencies")
    )
    assert ask(root, postgresql(root, uri)).kind is Kind.INDEPENDENT
    assert f"{PREFIX}{os.getpid()}" not in "".join(scratch_names(uri))


def test_tables_are_those_of_the_branches_and_what_they_refer_to(tmp_path: Path) -> None:
    tables = "sorted(schema_editor.connection.introspection.table_names())"
    root = write_conflict(
        tmp_path,
        "Custom('post')",
        TAG,
        base=[
            f"migrations.CreateModel('Author', [{ID}])",
            f"""migrations.CreateModel('Post', [{ID},
                ('author', models.ForeignKey('blog.Author', models.CASCADE))])""",
            f"migrations.CreateModel('Other', [{ID}])",
        ],
        header=CUSTOM.format(f"raise ValueError({tables})")
        + "    def __init__(self, model_name):\n        self.model_name = model_name\n",
    )
    assert "['blog_author', 'blog_post']" in ask(root, trying(root)).note


def test_routers_and_other_aliases_lead_to_the_scratch_database(tmp_path: Path) -> None:
    forwards = """\
Post = apps.get_model("blog", "Post")
    Post.objects.using("other").create(title="x")
    from django.db import connections
    from threading import Thread
    names = []
    Thread(target=lambda: names.append(connections["other"].settings_dict["NAME"])).start()
    assert {connections[alias].settings_dict["NAME"] for alias in connections} == {":memory:"}
"""
    root = write_conflict(
        tmp_path, [RUN, ADD.format("a")], ADD.format("b"), header=FUNCTION.format(forwards)
    )
    settings = (root / "settings.py").read_text()
    settings += "DATABASES['other'] = {**DATABASES['default'], 'NAME': 'other.sqlite3'}\n"
    settings += "DATABASE_ROUTERS = ['router.Router']\n"
    router = "class Router:\n    def allow_migrate(self, *_, **__):\n        return False\n"
    write(root, {"settings.py": settings, "router.py": router})
    evidence = ask(root, trying(root, run_python=True))
    assert evidence.kind is Kind.INDEPENDENT, evidence.note
    assert not list(root.glob("*.sqlite3"))


# What Python does


def test_python_does_not_run_unless_it_is_asked_for(tmp_path: Path) -> None:
    header = FUNCTION.format("raise ValueError('it ran')")
    root = write_conflict(tmp_path, RUN, ADD.format("body"), header=header)
    evidence = ask(root, trying(root))
    assert (evidence.kind, evidence.note) == (Kind.INDEPENDENT, "RunPython was not run")
    evidence = ask(root, trying(root, run_python=True))
    assert evidence.kind is None
    assert "0002_a does not run from the fork alone: 0002_a: ValueError: it ran" in evidence.note


@pytest.mark.parametrize(
    "loop",
    [
        "while True: pass",
        "import threading; threading.Event().wait()",
        "while True:\n        try:\n            apps.clear_cache()\n        except Exception: pass",
    ],
)
def test_python_that_loops_is_stopped_in_time(blog: Blog, loop: str) -> None:
    root, engine = blog
    write_branches(root, RUN, ADD.format("body"), header=FUNCTION.format(loop))
    evidence = engine.ask(trying(root, run_python=True, python_seconds=0.1))
    assert (evidence.kind, evidence.trials) == (None, ())
    assert evidence.note == "RunPython of 0002_a did not end in time"


# What fails


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("raise RuntimeError('no\\n[/x] way')", "RuntimeError: no [/x] way"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("schema_editor.execute('SELECT nowhere')", "OperationalError: no such column: nowhere"),
    ],
)
def test_an_operation_that_raises_where_it_stands_alone_proves_nothing(
    blog: Blog, body: str, message: str
) -> None:
    root, engine = blog
    write_branches(root, "Custom()", TAG, header=CUSTOM.format(body))
    evidence = engine.ask(trying(root))
    assert evidence.kind is None
    assert evidence.note == f"0002_a does not run from the fork alone: 0002_a: {message}"


def test_an_operation_without_source_runs_as_it_is(tmp_path: Path) -> None:
    made = CUSTOM.format("schema_editor.execute('DROP TABLE blog_post')")
    root = write_conflict(tmp_path, "Custom()", ADD.format("body"), header=f"exec({made!r})")
    evidence = ask(root, trying(root))
    assert evidence.kind is Kind.ORDERED
    assert "0002_a, 0002_b does not run: 0002_b: OperationalError" in evidence.note


def test_a_process_that_ends_is_an_error_of_the_engine(tmp_path: Path) -> None:
    header = CUSTOM.format("import os; os._exit(7)")
    root = write_conflict(tmp_path, "Custom()", TAG, header=header)
    with pytest.raises(EngineCrashError, match="exit code 7"):
        ask(root, trying(root))


def test_a_state_that_can_not_be_rendered_leaves_the_kind_open(tmp_path: Path) -> None:
    odd = f"migrations.CreateModel('Odd', [{ID}], bases=('nowhere.Thing', models.Model))"
    root = write_conflict(
        tmp_path, "migrations.AlterModelOptions('odd', {})", TAG, base=[POST, odd]
    )
    evidence = ask(root, trying(root))
    assert evidence.kind is None
    assert "the state at the fork can't be rendered: InvalidBasesError" in evidence.note


def test_a_server_that_is_not_there_leaves_the_kind_open(tmp_path: Path) -> None:
    root = write_conflict(tmp_path, TAG, REMOVE)
    evidence = ask(root, postgresql(root, "postgresql://nobody@127.0.0.1:1"))
    assert evidence.kind is None
    assert evidence.note.startswith("no scratch database: OperationalError: ")


def test_a_server_that_makes_no_databases_leaves_the_kind_open(tmp_path: Path, uri: str) -> None:
    role = f"migtui_{uuid.uuid4().hex[:12]}"
    root = write_conflict(tmp_path, TAG, REMOVE)
    parts = urlsplit(uri)
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'secret'".encode())
        address = f"{role}:secret@{connection.info.host}:{parts.port or ''}"
        try:
            host = f"{role}:secret@/?host={connection.info.host}" if not parts.hostname else address
            evidence = ask(root, postgresql(root, f"postgresql://{host}"))
        finally:
            connection.execute(f"DROP ROLE {role}".encode())
    assert evidence.kind is None
    assert "permission denied to create database" in evidence.note


def test_a_server_that_goes_away_leaves_the_kind_open(tmp_path: Path, uri: str) -> None:
    root = write_conflict(
        tmp_path, TAG, "migrations.RunSQL('SELECT pg_terminate_backend(pg_backend_pid())')"
    )
    evidence = ask(root, postgresql(root, uri))
    assert (evidence.kind, evidence.trials) == (None, ())
    assert "the server went away: " in evidence.note


# What is left behind


@pytest.fixture
def held(tmp_path: Path) -> tuple[Path, Path]:
    """A project whose first branch tells its process and database through a pipe, and waits."""
    pipe = tmp_path / "pipe"
    body = f"""\
import os, threading
        with open({str(pipe)!r}, "w") as pipe:
            pipe.write(f"{{os.getpid()}} {{schema_editor.connection.settings_dict['NAME']}}")
        threading.Event().wait()
"""
    root = write_conflict(tmp_path / "p", "Custom()", TAG, header=CUSTOM.format(body))
    os.mkfifo(pipe)
    return root, pipe


def start_asking(engine: Engine, request: TryOrders) -> threading.Thread:
    def asking() -> None:
        with pytest.raises(EngineError):
            engine.ask(request)

    thread = threading.Thread(target=asking)
    thread.start()
    return thread


@pytest.mark.parametrize("how", ["fork", "group", "cancel"])
def test_a_kill_in_the_middle_leaves_no_database(
    held: tuple[Path, Path], uri: str, how: str
) -> None:
    root, pipe = held
    with engine_for(root) as engine:
        thread = start_asking(engine, postgresql(root, uri))
        pid, name = pipe.read_text().split()
        assert name.startswith(f"{PREFIX}{pid}_")
        assert name in scratch_names(uri)
        if how == "fork":
            os.kill(int(pid), signal.SIGKILL)
        elif how == "group":
            os.killpg(os.getpgid(int(pid)), signal.SIGKILL)
        else:
            engine.cancel()
        thread.join()
        wait_until_dropped(uri, name)


def test_what_a_dead_process_left_is_removed_and_nothing_else(tmp_path: Path, uri: str) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    mark = uuid.uuid4().hex[:8]
    left = [f"{PREFIX}{process.pid}_{host_mark()}_{mark}" for process in (dead, zombie)]
    kept = [
        f"{PREFIX}{os.getpid()}_{host_mark()}_{mark}",
        f"{PREFIX}{dead.pid}_00000000_{mark}",
        f"{PREFIX}{dead.pid}_{host_mark()}_{mark}_mine",
    ]
    root = write_conflict(tmp_path, TAG, ADD.format("body"))
    with psycopg.connect(uri, autocommit=True) as connection:
        try:
            for name in (*left, *kept):
                connection.execute(f"CREATE DATABASE {name}".encode())
            evidence = ask(root, postgresql(root, uri))
            assert evidence.kind is Kind.INDEPENDENT
            assert {name for name in scratch_names(uri) if mark in name} == set(kept)
        finally:
            zombie.wait()
            for name in (*left, *kept):
                connection.execute(f"DROP DATABASE IF EXISTS {name}".encode())


def test_the_configured_database_is_neither_read_nor_written(tmp_path: Path, uri: str) -> None:
    parts = urlsplit(uri)
    database = (
        "{'ENGINE': 'django.db.backends.postgresql', 'NAME': 'there_is_no_such_database',"
        f" 'HOST': {(parts.hostname or parts.query.removeprefix('host='))!r},"
        f" 'PORT': {parts.port or ''!r}, 'USER': {parts.username or ''!r}}}"
    )
    root = write_conflict(tmp_path, ALTER.format(9), REMOVE, database=database)
    evidence = ask(root, trying(root, "postgresql", alias="default"))
    assert evidence.kind is Kind.ORDERED
