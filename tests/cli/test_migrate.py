import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from migtui.engine.postgresql_lock import KEY
from tests.support.command_line import command, environment, run
from tests.support.projects import migration, write_project
from tests.support.vendors import VENDORS, Site, site

CREATE = (
    "migrations.CreateModel("
    '"Post", [("id", models.BigAutoField(primary_key=True)), ("title", models.TextField())])'
)
BROKEN = 'migrations.RunSQL("INSERT INTO nowhere VALUES (1)")'
ADD = 'migrations.AddField("post", "{}", models.IntegerField(default=1))'
# Says that it has begun, and waits to be killed; the second time it goes on.
WAIT_ONCE = """\
import os
from pathlib import Path

def wait(apps, editor):
    if os.path.exists("held"):
        os.remove("held")
        Path("begun").open("w").close()
        Path("never").open().close()
"""
FILES = {
    "blog/migrations/0001_initial.py": migration(CREATE),
    "blog/migrations/0002_views.py": migration(
        ADD.format("views"), dependencies=[("blog", "0001_initial")]
    ),
    "blog/migrations/0003_stars.py": migration(
        ADD.format("stars"), dependencies=[("blog", "0002_views")]
    ),
}
ALL = ["0001_initial", "0002_views", "0003_stars"]


@pytest.fixture(params=VENDORS)
def blog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path / "project", request.param, FILES) as made:
        yield made


@pytest.fixture
def postgresql(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path / "project", "postgresql", FILES) as made:
        yield made


def start(root: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command("migrate", "--project", root, *arguments),
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_of_several_at_once_one_migrates_and_the_others_find_nothing_left(blog: Site) -> None:
    processes = [start(blog.root) for _ in range(3)]
    answers = [process.communicate(timeout=200) for process in processes]

    assert [process.returncode for process in processes] == [0] * 3, answers
    assert sorted(out.count("... OK") for out, _ in answers) == [0, 0, 3]
    assert sum("No migrations to apply." in out for out, _ in answers) == 2
    assert blog.applied() == ALL


def test_a_lock_that_somebody_holds_is_waited_for_and_its_holder_named(blog: Site) -> None:
    with blog.connection() as connection:
        if blog.vendor == "sqlite":
            holder = "a process that is not known"
            lock = FileLock(blog.root / "db.sqlite3.migtui-lock")
            lock.acquire()
        elif blog.vendor == "postgresql":
            holder = "a colleague (postgres, backend "
            connection.execute("SET application_name = 'a colleague'")
            key = KEY - (1 << 64) if KEY >> 63 else KEY
            connection.execute("SELECT pg_advisory_lock(%s)", [key])
        else:
            holder = f"connection {connection.thread_id()} of {blog.entry['USER']} from "
            connection.cursor().execute("SELECT GET_LOCK(%s, 0)", [f"migtui:{blog.entry['NAME']}"])

        found = run("migrate", "--project", blog.root, "--lock-timeout", "0.1")

        assert (found.code, found.out) == (1, "")
        assert f"Waiting for the lock of 'default', which is held by {holder}" in found.err
        assert f"Somebody else is migrating 'default', after 0.1 s still: {holder}" in found.err
        assert "--lock-timeout" in found.err
        if blog.vendor == "sqlite":
            lock.release()

    assert run("migrate", "--project", blog.root, "--lock-timeout", "60").code == 0
    assert blog.applied() == ALL


def test_the_lock_of_a_run_that_was_killed_or_cut_off_is_free_and_the_next_one_goes_on(
    blog: Site,
) -> None:
    name = "blog/migrations/0003_stars.py"
    waiting = migration(
        "migrations.RunPython(wait)", dependencies=[("blog", "0002_views")], header=WAIT_ONCE
    )
    (blog.root / name).write_text(waiting)
    os.mkfifo(blog.root / "begun")
    os.mkfifo(blog.root / "never")
    (blog.root / "held").touch()
    process = start(blog.root)
    with (blog.root / "begun").open() as begun:
        begun.read()
    process.send_signal(signal.SIGINT if blog.vendor == "sqlite" else signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    if blog.vendor == "sqlite":
        assert process.returncode == 130
        assert "`migtui check --database default` tells where the database stands" in said
    assert blog.applied() == ALL[:2]

    found = run("migrate", "--project", blog.root, "--lock-timeout", "60")

    assert found.code == 0, found.err
    assert blog.applied() == ALL


def test_a_plan_is_printed_without_the_lock_and_changes_nothing(tmp_path: Path) -> None:
    root = write_project(tmp_path, ["blog"], FILES)
    lock = FileLock(root / "db.sqlite3.migtui-lock")
    with lock:
        found = run("migrate", "--project", root, "--plan", "blog", "0002")

    assert found.code == 0
    assert "blog.0002_views" in found.out
    assert "0003_stars" not in found.out
    assert run("migrate", "--project", root, "--check").code == 1


def test_a_failure_says_where_the_database_stands(blog: Site) -> None:
    (blog.root / "blog/migrations/0003_stars.py").write_text(
        migration(ADD.format("stars"), BROKEN, dependencies=[("blog", "0002_views")])
    )

    found = run("migrate", "--project", blog.root)

    assert found.code == 1
    assert "Error: default: blog.0003_stars failed: OperationalError: " in found.err or (
        "Error: default: blog.0003_stars failed: ProgrammingError: " in found.err
    )
    assert "Applied before that: blog.0001_initial, blog.0002_views." in found.err
    assert "blog.0003_stars counts as not applied." in found.err
    if blog.vendor == "mysql":
        assert "these statements have taken effect:\n    ALTER TABLE `blog_post`" in found.err
    else:
        assert "Nothing of it has stayed" in found.err
    assert blog.applied() == ALL[:2]


def test_every_database_with_something_to_apply_is_migrated_and_no_other(tmp_path: Path) -> None:
    root = write_project(tmp_path, ["blog"], FILES)
    names = {name: str(root / f"{name}.sqlite3") for name in ("second", "foreign")}
    with (root / "settings.py").open("a") as settings:
        settings.write(
            f"for name, path in {names!r}.items():\n"
            '    DATABASES[name] = {**DATABASES["default"], "NAME": path}\n'
        )
    assert run("migrate", "--project", root, "--database", "second", "blog", "0001").code == 0

    found = run("migrate", "--project", root)

    assert found.code == 0
    assert found.out.count("Applying blog.0003_stars... OK") == 2
    assert found.err == ""
    assert run("migrate", "--project", root, "--lock-only").code == 0
    assert not list(root.glob("*lock*"))
    assert not (root / "foreign.sqlite3").exists()


def test_a_statement_that_waits_too_long_for_a_table_is_tried_again(postgresql: Site) -> None:
    assert run("migrate", "--project", postgresql.root, "blog", "0002").code == 0
    with postgresql.connection() as connection, connection.transaction():
        connection.execute("LOCK TABLE blog_post")
        process = start(postgresql.root, "--ddl-lock-timeout", "0.05")
        assert process.stderr is not None
        assert "trying again (2 of 5)" in process.stderr.readline()
    process.communicate(timeout=100)

    assert process.returncode == 0
    assert postgresql.applied() == ALL


def test_a_statement_that_takes_too_long_is_ended(postgresql: Site) -> None:
    (postgresql.root / "blog/migrations/0003_stars.py").write_text(
        migration('migrations.RunSQL("SELECT pg_sleep(60)")', dependencies=[("blog", "0002_views")])
    )

    found = run("migrate", "--project", postgresql.root, "--statement-timeout", "0.2")

    assert found.code == 1
    assert "statement timeout" in found.err
    assert postgresql.applied() == ALL[:2]


def test_a_database_that_takes_no_writes_or_does_not_exist_is_told(postgresql: Site) -> None:
    name = str(postgresql.entry["NAME"])
    postgresql.ask(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    found = run("migrate", "--project", postgresql.root)
    assert found.code == 1
    assert "Nothing can be changed in 'default': it is read-only" in found.err

    settings = postgresql.root / "settings.py"
    settings.write_text(settings.read_text().replace(name, "migtui_not_there"))
    found = run("migrate", "--project", postgresql.root)
    assert found.code == 1
    assert "The database 'default' can't be reached: OperationalError" in found.err
    assert 'database "migtui_not_there" does not exist' in found.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--database", "other"], 2, "The settings have no database 'other'"),
        (["--lock-timeout", "soon"], 2, "--lock-timeout"),
        (["--lock-timeout", "-1"], 2, "--lock-timeout"),
        (["--lock-only", "--fake"], 2, "--lock-only migrates nothing"),
        (["nothing"], 1, "No installed app with label 'nothing'"),
        (["blog", "0009"], 1, "Cannot find a migration matching '0009' from app 'blog'"),
        (["--ddl-lock-timeout", "1"], 1, "are for PostgreSQL"),
    ],
)
def test_bad_input_is_one_sentence(
    tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    root = write_project(tmp_path, ["blog"], FILES)

    found = run("migrate", "--project", root, *arguments)

    assert (found.code, found.out) == (code, "")
    assert message in found.err
    assert "Traceback" not in found.err
