"""In every phase the server stops, the client is killed, or the disk is full: nothing is lost."""

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest

from tests.support.command_line import Result, command, environment, run
from tests.support.own_servers import Mariadb, Postgresql, own_server
from tests.support.projects import migration
from tests.support.vendors import VENDORS, Site, picture, site, site_on
from tests.support.waiting import wait_for

# Says that it has begun, and waits; the next time it goes on.
WAIT_ONCE = """\
import os
from pathlib import Path

def wait(apps, editor):
    if os.path.exists("held"):
        os.remove("held")
        Path("begun").open("w").close()
        Path("go").open().close()
"""
WAITING_PROGRAM = """\
#!/bin/sh
case "$*" in *--version*) ;; *)
if [ -e {root}/held ]; then rm {root}/held; echo > {root}/begun; read go < {root}/go; fi;; esac
exec {program} "$@"
"""
PROGRAMS: dict[str, dict[str, tuple[str, ...]]] = {
    "sqlite": {},
    "postgresql": {"backup": ("pg_dump",), "restore": ("psql",)},
    "mysql": {"backup": ("mariadb-dump", "mysqldump"), "restore": ("mariadb", "mysql")},
}
ADD = 'migrations.AddField("post", "{}", models.IntegerField(null=True))'
FILES = {
    "blog/migrations/0001_initial.py": migration(
        'migrations.CreateModel("Post", [("id", models.BigAutoField(primary_key=True)), '
        '("title", models.TextField())])'
    ),
    "blog/migrations/0002_views.py": migration(
        ADD.format("views"),
        "migrations.RunPython(migrations.RunPython.noop, wait)",
        dependencies=[("blog", "0001_initial")],
        header=WAIT_ONCE,
    ),
    "blog/migrations/0003_stars.py": migration(
        ADD.format("stars"), dependencies=[("blog", "0002_views")]
    ),
}
ALL = ["0001_initial", "0002_views", "0003_stars"]
BACK = ("rollback", "blog", "0001", "--noinput", "--no-backup")


@pytest.fixture(params=VENDORS)
def blog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path / "project", request.param, FILES) as made:
        fill(made)
        yield made


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path / "project", "sqlite", FILES) as made:
        fill(made)
        yield made


def fill(made: Site) -> None:
    assert run("migrate", "--project", made.root, "-v0").code == 0
    large = os.urandom(1 << 20).hex()
    made.ask("INSERT INTO blog_post (title, views, stars) VALUES ('one', 1, NULL)")
    made.ask(f"INSERT INTO blog_post (title, views, stars) VALUES ('{large}', 2, 3)")  # noqa: S608
    for name in ("begun", "go"):
        os.mkfifo(made.root / name)


def start(made: Site, *words: str) -> "subprocess.Popen[str]":
    """A command whose programs, or whose migration, will say that they begin, and wait."""
    directory = made.root / "programs"
    directory.mkdir(exist_ok=True)
    for name in PROGRAMS[made.vendor].get(words[0], ()):
        text = WAITING_PROGRAM.format(root=made.root, program=which(name))
        (directory / name).write_text(text)
        (directory / name).chmod(0o755)
    (made.root / "held").touch()
    return subprocess.Popen(
        command(*words, "--project", made.root),
        env=environment(PATH=f"{directory}{os.pathsep}{os.environ['PATH']}"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(made: Site, process: "subprocess.Popen[str]", server: Postgresql | Mariadb | None) -> str:
    """Stop the server while a command is at work, or kill the command; returns what it said."""
    with (made.root / "begun").open() as begun:
        begun.read()
    if server is None:
        process.kill()
    else:
        server.stop()
        (made.root / "go").open("w").close()
    _, said = process.communicate(timeout=120)
    if server is not None:
        server.start()
        assert process.returncode == 1, said
    return said


@pytest.mark.parametrize("vendor", ["postgresql", "mysql"])
def test_a_server_that_stops_and_a_client_that_is_killed(vendor: str, tmp_path: Path) -> None:
    with own_server(vendor) as server:
        made = site_on(tmp_path / "project", vendor, server.entry, FILES)
        fill(made)
        before = picture(made)

        for fault in (None, server):
            said = end(made, start(made, "backup"), fault)
            assert run("backups", "--project", made.root).out == ""
            assert fault is None or "dump failed: " in said
        backup = Path(run("backup", "--project", made.root).out.strip())
        assert [path.name for path in backup.parent.iterdir()] == [backup.name]

        said = end(made, start(made, *BACK), server)
        assert "Unapplied before that: blog.0003_stars." in said
        assert "blog.0002_views counts as applied." in said
        end(made, start(made, *BACK), None)
        assert made.applied() == ALL[:2]
        found = run(*BACK, "--project", made.root, "--lock-timeout", "60")
        assert found.code == 0, found.err
        assert made.applied() == ALL[:1]

        words = ("restore", backup.name, "--noinput")
        rolled_back = picture(made)
        for fault in (None, server):
            said = end(made, start(made, *words), fault)
            if vendor == "postgresql":
                assert picture(made) == rolled_back
                assert fault is None or "Nothing was changed in the database." in said
            elif fault is not None:
                assert "may be half restored: restore it again, the backup is whole" in said
        found = run(*words, "--project", made.root, "--lock-timeout", "60")
        assert found.code == 0, found.err
        assert picture(made) == before


def test_a_client_of_sqlite_that_is_killed(sqlite: Site) -> None:
    before = picture(sqlite)
    backups = sqlite.root / ".migtui/backups"

    with sqlite.connection() as other:
        other.execute("BEGIN EXCLUSIVE")
        process = start(sqlite, "backup")
        wait_for(lambda: list(backups.glob(".partial-*/database.sqlite3")))
        process.kill()
        process.communicate()
    assert run("backups", "--project", sqlite.root).out == ""
    backup = Path(run("backup", "--project", sqlite.root).out.strip())
    wait_for(lambda: [path.name for path in backups.iterdir()] == [backup.name])

    end(sqlite, start(sqlite, *BACK), None)
    assert sqlite.applied() == ALL[:2]
    assert run(*BACK, "--project", sqlite.root, "--lock-timeout", "60").code == 0
    rolled_back = picture(sqlite)

    words = ("restore", backup.name, "--noinput")
    process = start(sqlite, *words)
    journal = sqlite.root / "db.sqlite3-journal"
    wait_for(lambda: journal.exists() or process.poll() is not None)
    process.kill()
    process.communicate()
    assert picture(sqlite) in (rolled_back, before)
    found = run(*words, "--project", sqlite.root, "--lock-timeout", "60")
    assert found.code == 0, found.err
    assert picture(sqlite) == before


def limited(made: Site, *words: str) -> Result:
    """A command that may write no more than a megabyte into a file, as on a full disk."""
    done = subprocess.run(
        command(*words, "--project", made.root),
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)),
        timeout=120,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def test_a_full_disk_is_told_and_leaves_nothing(blog: Site) -> None:
    before = picture(blog)
    found = limited(blog, "backup")
    assert (found.code, found.out) == (1, "")
    assert "can't be written to " in found.err
    assert "File too large." in found.err
    assert not list((blog.root / ".migtui/backups").iterdir())
    if blog.vendor == "sqlite":
        backup = Path(run("backup", "--project", blog.root).out.strip())
        blog.ask("UPDATE blog_post SET title = ''")
        found = limited(blog, "restore", backup.name, "--noinput")
        assert found.code == 1
        assert "Nothing was changed in the database." in found.err
        assert blog.ask("SELECT DISTINCT title FROM blog_post") == [("",)]
        assert run("restore", backup.name, "--project", blog.root, "--noinput").code == 0
    assert picture(blog) == before
