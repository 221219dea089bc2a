import json
import os
import shutil
import signal
import subprocess
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.command_line import Result, command, environment, run
from tests.support.databases import postgresql_database
from tests.support.engines import HOLD_PIPE, make_pipe, wait_until_released
from tests.support.everything import HELD, LATER
from tests.support.projects import migration
from tests.support.vendors import VENDORS, Site, picture, site, site_on

FIELDS = """[
    ("id", models.BigAutoField(primary_key=True)),
    ("title", models.CharField(max_length=80, unique=True)),
    ("picture", models.BinaryField(null=True)),
    ("price", models.DecimalField(max_digits=9, decimal_places=2)),
    ("seen", models.DateTimeField(null=True)),
]"""
FILES = {
    "blog/migrations/0001_initial.py": migration(
        f'migrations.CreateModel("Post", {FIELDS})',
        'migrations.CreateModel("Note", [("id", models.BigAutoField(primary_key=True)), '
        '("post", models.ForeignKey("blog.Post", models.CASCADE))])',
    ),
    "blog/migrations/0002_extra.py": migration(
        'migrations.CreateModel("Extra", [("id", models.BigAutoField(primary_key=True)), '
        '("note", models.ForeignKey("blog.Note", models.CASCADE))])',
        dependencies=[("blog", "0001_initial")],
    ),
}
ROWS = [
    "INSERT INTO blog_post (title, price) VALUES ('It''s \\ \" % é ☃', 12.30)",
    "INSERT INTO blog_post (title, picture, price, seen) VALUES ('two', {blob}, -1, '2026-11-25')",
    "INSERT INTO blog_note (post_id) VALUES (2)",
]
BLOB = {"sqlite": "X'00FF27'", "postgresql": "'\\x00ff27'", "mysql": "X'00FF27'"}


@pytest.fixture(params=VENDORS)
def blog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path / "project", request.param, FILES) as made:
        fill(made)
        yield made


@pytest.fixture
def postgresql(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path / "project", "postgresql", FILES) as made:
        fill(made)
        yield made


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with site(tmp_path_factory.mktemp("filled"), "sqlite", FILES) as made:
        fill(made)
        yield made.root / "db.sqlite3"


@pytest.fixture
def sqlite(tmp_path: Path, filled: Path) -> Iterator[Site]:
    with site(tmp_path / "project", "sqlite", FILES) as made:
        shutil.copy(filled, made.root)
        yield made


def fill(made: Site) -> None:
    assert run("migrate", "--project", made.root, "blog", "0001", "-v0").code == 0
    for sql in ROWS:
        made.ask(sql.replace("{blob}", BLOB[made.vendor]))


def back_up(made: Site) -> Path:
    found = run("backup", "--project", made.root)
    assert found.code == 0, found.err
    return Path(found.out.strip())


def process(root: Path, *arguments: object, path: Path | None = None) -> Result:
    """A command in a process of its own, with programs of ``path`` before all others."""
    before = f"{path}{os.pathsep}" if path else ""
    done = subprocess.run(
        command(*arguments, "--project", root),
        env=environment(PATH=f"{before}{os.environ['PATH']}"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def program(directory: Path, name: str, script: str) -> Path:
    """A program that stands in for the vendor's."""
    directory.mkdir(exist_ok=True)
    path = directory / name
    path.write_text(f"#!/bin/sh\n{textwrap.dedent(script)}")
    path.chmod(0o755)
    return directory


def test_after_a_restore_all_is_as_it_was(blog: Site) -> None:
    for sql in HELD[blog.vendor]:
        blog.ask(sql)
    before = picture(blog)
    backup = back_up(blog)
    assert run("migrate", "--project", blog.root, "-v0").code == 0
    blog.ask("INSERT INTO blog_extra (note_id) VALUES (1)")
    blog.ask("UPDATE blog_post SET title = 'lost' WHERE id = 1")
    for sql in LATER[blog.vendor]:
        blog.ask(sql)
    assert picture(blog) != before

    found = run("restore", backup.name, "--project", blog.root, "--noinput")

    assert found.code == 0, found.err
    assert "1 migrations applied" in found.out
    assert picture(blog) == before
    check_manifest(blog, backup)
    if blog.vendor != "mysql":
        check_another_database(blog, backup, before)


def check_manifest(blog: Site, backup: Path) -> None:
    (manifest,) = json.loads(run("backups", "--project", blog.root, "--format", "json").out)[
        "backups"
    ]
    assert manifest["id"] == backup.name
    assert manifest["place"]["vendor"] == blog.vendor
    assert manifest["applied"] == [["blog", "0001_initial"]]
    assert manifest["rows"]["blog_post"] == 2
    assert {path.name for path in backup.iterdir()} == {"manifest.json", manifest["file"]}
    assert {path.stat().st_mode & 0o777 for path in backup.iterdir()} == {0o600}
    assert backup.stat().st_mode & 0o777 == 0o700


def check_another_database(blog: Site, backup: Path, before: dict[str, object]) -> None:
    """It is made where it is not there, and overwritten where its name is typed."""
    other = "other.sqlite3" if blog.vendor == "sqlite" else f"{blog.entry['NAME']}_copy"
    into = str(blog.root / other) if blog.vendor == "sqlite" else other
    words = ("restore", backup, "--project", blog.root, "--into", into)
    try:
        assert run(*words).code == 0
        found = run(*words, "--noinput")
        assert found.code == 2
        assert f"--confirm {into}" in found.err
        if blog.vendor != "sqlite":
            copy = Site(blog.root, blog.vendor, {**blog.entry, "NAME": other})
            assert picture(copy)["rows"] == before["rows"]
    finally:
        if blog.vendor != "sqlite":
            blog.ask(f'DROP DATABASE IF EXISTS "{other}"')


def test_what_an_assumed_role_owns_is_backed_up_and_restored_by_it(tmp_path: Path) -> None:
    """The user that connects may do nothing by itself, and nobody is a superuser."""
    with postgresql_database() as entry:
        owner, user = f"{entry['NAME']}_owner", f"{entry['NAME']}_user"
        own = {**entry, "USER": user, "OPTIONS": {"assume_role": owner}}
        made = site_on(tmp_path / "project", "postgresql", own, FILES)
        superuser = Site(made.root, made.vendor, entry)
        superuser.ask(f"CREATE ROLE {owner}")
        superuser.ask(f"CREATE ROLE {user} LOGIN NOINHERIT IN ROLE {owner}")
        superuser.ask(f"ALTER DATABASE {entry['NAME']} OWNER TO {owner}")
        try:
            assert run("migrate", "--project", made.root, "-v0").code == 0
            before = picture(superuser)
            backup = back_up(made)
            assert run("migrate", "blog", "zero", "--project", made.root, "-v0").code == 0
            found = run("restore", backup.name, "--project", made.root, "--noinput")
            assert found.code == 0, found.err
            assert picture(superuser) == before
        finally:
            superuser.ask(f"REASSIGN OWNED BY {owner} TO CURRENT_USER")
            superuser.ask(f"DROP OWNED BY {owner}")
            superuser.ask(f"DROP ROLE {user}, {owner}")


def test_migrate_makes_a_backup_where_there_is_something_to_lose_and_old_ones_go(
    sqlite: Site,
) -> None:
    before = picture(sqlite)
    (sqlite.root / "pyproject.toml").write_text("[tool.migtui]\nkeep_backups = 1\n")
    back_up(sqlite)
    assert run("migrate", "--project", sqlite.root, "--backup", "-v0").code == 0
    assert run("migrate", "--project", sqlite.root, "--backup", "-v0").code == 0

    (manifest,) = json.loads(run("backups", "--project", sqlite.root, "--format", "json").out)[
        "backups"
    ]
    assert run("restore", manifest["id"], "--project", sqlite.root, "--noinput").code == 0
    assert picture(sqlite) == before


def test_a_damaged_backup_is_not_restored(sqlite: Site) -> None:
    backup = back_up(sqlite)
    before = picture(sqlite)
    copy, manifest = backup / "database.sqlite3", backup / "manifest.json"
    whole = copy.read_bytes()
    damages: dict[str, Callable[[], object]] = {
        "is not whole": lambda: os.truncate(copy, 4096),
        "was changed since": lambda: copy.write_bytes(whole[:-1] + b"!"),
        "can't be read: No such file": copy.unlink,
        "The manifest of": lambda: manifest.write_text("{}"),
    }
    for message, damage in damages.items():
        copy.write_bytes(whole)
        damage()
        found = run("restore", backup.name, "--project", sqlite.root, "--noinput")
        assert (found.code, found.out) == (1, "")
        assert message in found.err
        assert str(backup) in found.err
    assert picture(sqlite) == before


def test_a_backup_of_another_database_asks_for_the_name_and_another_vendor_is_refused(
    sqlite: Site, tmp_path: Path
) -> None:
    backup = back_up(sqlite)
    with site(tmp_path / "other", "sqlite", FILES) as other:
        shutil.copy(sqlite.root / "db.sqlite3", other.root)
        found = run("restore", backup, "--project", other.root, "--noinput")
        assert found.code == 2
        assert f"--confirm {other.root / 'db.sqlite3'}" in found.err
    with site(tmp_path / "third", "postgresql", FILES) as third:
        found = run("restore", backup, "--project", third.root, "--noinput")
        assert found.code == 1
        assert "is of sqlite, and the database 'default' is of postgresql" in found.err


def test_a_program_that_is_missing_too_old_or_breaks_off_makes_no_backup(
    postgresql: Site, tmp_path: Path
) -> None:
    old = program(tmp_path / "old", "pg_dump", "echo 'pg_dump (PostgreSQL) 9.6.1'")
    found = process(postgresql.root, "backup", path=old)
    assert found.code == 1
    assert "pg_dump (PostgreSQL) 9.6.1 is older than the server" in found.err

    broken = program(tmp_path / "broken", "pg_dump", "exit 127")
    found = process(postgresql.root, "backup", path=broken)
    assert found.code == 1
    assert "The program pg_dump was not found, or does not run." in found.err

    cut = program(
        tmp_path / "cut",
        "pg_dump",
        """\
        case $1 in --version) echo 'pg_dump (PostgreSQL) 99.1';; *)
        echo PGDMP; echo 'pg_dump: error: connection to server was lost' >&2; exit 1;; esac
        """,
    )

    found = process(postgresql.root, "backup", path=cut)

    assert found.code == 1
    assert "pg_dump failed: pg_dump: error: connection to server was lost" in found.err
    assert not list((postgresql.root / ".migtui/backups").iterdir())


def test_a_program_of_mysql_that_is_missing_or_leaves_something_out_makes_no_backup(
    tmp_path: Path,
) -> None:
    with site(tmp_path / "project", "mysql", FILES) as made:
        fill(made)
        for output, message in (
            ("exit 127", "was not found, or does not run."),
            ("echo '-- Dump'", "ended without saying that the dump is complete."),
            (
                "printf '\\nCREATE TABLE `django_migrations` (\\n-- Dump completed'",
                "left out blog_note, blog_post.",
            ),
        ):
            script = f"case $1 in --version) echo Ver 99;; esac\n{output}"
            for name in ("mariadb-dump", "mysqldump"):
                program(tmp_path / "programs", name, script)
            found = process(made.root, "backup", path=tmp_path / "programs")
            assert (found.code, found.out) == (1, "")
            assert message in found.err
        assert not list((made.root / ".migtui/backups").iterdir())


def test_a_kill_leaves_no_half_backup_and_the_next_one_tidies_up(
    postgresql: Site, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "begun")
    pipe = make_pipe(tmp_path / "held")
    settings = postgresql.root / "settings.py"
    before = settings.read_text()
    settings.write_text(HOLD_PIPE.format(str(tmp_path / "held")) + before)
    slow = program(
        tmp_path / "slow",
        "pg_dump",
        f"""\
        case $1 in --version) echo 'pg_dump (PostgreSQL) 99.1';; *)
        echo PGDMP; echo > {tmp_path}/begun; exec sleep 600;; esac
        """,
    )
    with subprocess.Popen(
        command("backup", "--project", postgresql.root),
        env=environment(PATH=f"{slow}{os.pathsep}{os.environ['PATH']}"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as killed:
        with (tmp_path / "begun").open() as begun:
            begun.read()
        killed.send_signal(signal.SIGKILL)
    wait_until_released(pipe)
    settings.write_text(before)
    assert run("backups", "--project", postgresql.root).out == ""

    backup = back_up(postgresql)

    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


def test_a_restore_that_breaks_off_changes_nothing(postgresql: Site, tmp_path: Path) -> None:
    backup = back_up(postgresql)
    postgresql.ask("UPDATE blog_post SET title = 'later' WHERE id = 1")
    before = picture(postgresql)
    cut = program(
        tmp_path / "cut",
        "pg_restore",
        """\
        case $* in *--file*) /usr/bin/env PATH="${PATH#*:}" pg_restore "$@" | head -c 2500; exit 1;;
        *) /usr/bin/env PATH="${PATH#*:}" pg_restore "$@";; esac
        """,
    )

    found = process(postgresql.root, "restore", backup.name, "--noinput", path=cut)

    assert found.code == 1
    assert "failed" in found.err
    assert "Nothing was changed in the database." in found.err
    assert picture(postgresql) == before

    lost = program(
        tmp_path / "lost",
        "psql",
        """\
        case $1 in --version) echo 'psql (PostgreSQL) 99.1';; *)
        echo 'psql: error: connection to server was lost' >&2; exit 2;; esac
        """,
    )
    found = process(postgresql.root, "restore", backup.name, "--noinput", path=lost)
    assert found.code == 1
    assert "All of it was restored, or nothing" in found.err


def test_what_is_not_there_is_told(sqlite: Site) -> None:
    found = run("restore", "nothing", "--project", sqlite.root, "--noinput")
    assert found.code == 2
    assert "There is no backup 'nothing'" in found.err
    assert run("backup", "--project", sqlite.root, "--database", "other").code == 2
    backup = back_up(sqlite)
    found = run("restore", backup.name, "--project", sqlite.root)
    assert found.code == 2
    assert "--noinput" in found.err

    (sqlite.root / "db.sqlite3").unlink()
    found = run("backup", "--project", sqlite.root)
    assert found.code == 1
    assert "The database 'default' does not exist" in found.err
    assert not (sqlite.root / "db.sqlite3").exists()
