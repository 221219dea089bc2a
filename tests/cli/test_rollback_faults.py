import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from tests.support.command_line import command, environment, run
from tests.support.projects import migration
from tests.support.vendors import VENDORS, Site, picture, site

POST = 'migrations.CreateModel("Post", [("id", models.BigAutoField(primary_key=True))])'
ADD = 'migrations.AddField("post", "{}", models.IntegerField(null=True))'
# Going back, it says that it has begun, and waits; the second time it goes on.
WAIT_ONCE = """\
import os
from pathlib import Path

def wait(apps, editor):
    if os.path.exists("held"):
        os.remove("held")
        Path("begun").open("w").close()
        Path("go").open().close()
        editor.execute("SELECT 1")
"""
WAIT = "migrations.RunPython(migrations.RunPython.noop, wait)"


def files(waiting: str) -> dict[str, str]:
    """Four migrations in a line, of which one waits when it is unapplied."""
    found = {"blog/migrations/0001_initial.py": migration(POST)}
    above = "0001_initial"
    for name, operation in (
        ("0002_views", ADD.format("views")),
        ("0003_stars", ADD.format("stars")),
        ("0004_likes", ADD.format("likes")),
    ):
        is_waiting = name == waiting
        found[f"blog/migrations/{name}.py"] = migration(
            WAIT if is_waiting else operation,
            dependencies=[("blog", above)],
            header=WAIT_ONCE if is_waiting else "",
        )
        above = name
    return found


ALL = ["0001_initial", "0002_views", "0003_stars", "0004_likes"]
STEPS = {"0004_likes": ALL, "0003_stars": ALL[:3], "0002_views": ALL[:2]}
"""What is applied while a step is under way."""


@pytest.fixture(params=VENDORS)
def vendor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def waiting(request: pytest.FixtureRequest, vendor: str, tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path / "project", vendor, files(request.param)) as made:
        assert run("migrate", "--project", made.root, "-v0").code == 0
        made.ask("INSERT INTO blog_post (id) VALUES (1)")
        for name in ("begun", "go"):
            os.mkfifo(made.root / name)
        (made.root / "held").touch()
        yield made


def begin(made: Site) -> "subprocess.Popen[str]":
    """A rollback of all but the first migration, which has come to the step that waits."""
    words = ("rollback", "blog", "0001", "--noinput", "--no-backup", "--database", "default")
    process = subprocess.Popen(
        command(*words, "--project", made.root),
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with (made.root / "begun").open() as begun:
        begun.read()
    return process


def goes_on(made: Site) -> None:
    """The next run ends what was begun."""
    words = ("rollback", "blog", "0001", "--noinput", "--no-backup", "--database", "default")
    found = run(*words, "--project", made.root, "--lock-timeout", "60")
    assert found.code == 0, found.err
    assert made.applied() == ALL[:1]
    assert made.ask("SELECT * FROM blog_post") == [(1,)]


@pytest.mark.parametrize("waiting", ["0004_likes", "0002_views"], indirect=True)
def test_a_run_that_is_killed_leaves_whole_steps_and_the_next_one_goes_on(
    request: pytest.FixtureRequest, waiting: Site
) -> None:
    process = begin(waiting)
    process.kill()
    process.communicate(timeout=60)

    assert waiting.applied() == STEPS[request.node.callspec.params["waiting"]]
    goes_on(waiting)


@pytest.mark.parametrize("vendor", ["postgresql", "mysql"])
@pytest.mark.parametrize("waiting", ["0003_stars"], indirect=True)
def test_a_server_that_hangs_up_ends_it_there_and_the_next_run_goes_on(waiting: Site) -> None:
    process = begin(waiting)
    hang_up(waiting)
    with (waiting.root / "go").open("w"):
        pass
    out, err = process.communicate(timeout=100)

    assert (process.returncode, out) == (1, "")
    assert "Unapplied before that: blog.0004_likes." in err
    assert "blog.0003_stars counts as applied." in err
    if waiting.vendor == "postgresql":  # MySQL's has not come to the statement
        assert "It failed at: SELECT 1" in err
    assert "The lock of 'default' was lost meanwhile" in err
    assert "Traceback" not in err
    assert waiting.applied() == ALL[:3]
    goes_on(waiting)


def hang_up(made: Site) -> None:
    """End every other connection to the database, as a server does that stops."""
    if made.vendor == "postgresql":
        with suppress(psycopg.OperationalError):
            made.ask(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        return
    for (number,) in made.ask(
        "SELECT id FROM information_schema.processlist WHERE db = DATABASE() "
        "AND id <> CONNECTION_ID()"
    ):
        made.ask(f"KILL {number}")


def test_a_migration_and_its_row_go_together_or_not_at_all(tmp_path: Path) -> None:
    with site(tmp_path / "project", "sqlite", files("")) as made:
        assert run("migrate", "--project", made.root, "-v0").code == 0
        before = picture(made)
        made.ask(
            "CREATE TRIGGER refuse BEFORE DELETE ON django_migrations WHEN OLD.name = '0004_likes' "
            "BEGIN SELECT RAISE(ABORT, 'not now'); END"
        )
        words = ("rollback", "blog", "0001", "--noinput", "--no-backup", "--project", made.root)

        found = run(*words)

        assert found.code == 1
        assert "Unapplying blog.0004_likes failed: IntegrityError: not now" in found.err
        assert "Nothing of it has stayed" in found.err
        made.ask("DROP TRIGGER refuse")
        assert picture(made) == before
        assert run(*words).code == 0
