from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.command_line import run
from tests.support.databases import MYSQL_DRIVER
from tests.support.halfway import BEFORE
from tests.support.own_servers import own_server
from tests.support.projects import write_project
from tests.support.vendors import Site, site

FILES = {"blog/migrations/0001_initial.py": BEFORE}
RIGHTS = "USER of this database in DATABASES has not the rights: have its owner GRANT them"


@contextmanager
def as_nobody(made: Site) -> Iterator[str]:
    """Have the project come as a user who may connect at most; gives the name."""
    name = f"migtui_test_{uuid4().hex[:8]}"
    is_mysql = made.vendor == "mysql"
    made.ask(f"CREATE USER {name}")
    settings = made.root / "settings.py"
    settings.write_text(settings.read_text() + f"\nDATABASES['default']['USER'] = {name!r}\n")
    try:
        yield name
    finally:
        if not is_mysql:
            made.ask(f"DROP OWNED BY {name}")
        made.ask(f"DROP USER {name}")


@pytest.mark.parametrize("vendor", ["postgresql", "mysql"])
def test_without_rights_it_says_so_and_what_to_do(tmp_path: Path, vendor: str) -> None:
    with site(tmp_path / "project", vendor, FILES) as made:
        assert run("migrate", "--project", made.root).code == 0
        with as_nobody(made) as name:
            for command in (["check", "--database", "default"], ["migrate"]):
                found = run(*command, "--project", made.root)
                assert found.code == 1
                assert "denied" in found.err
                assert RIGHTS in found.err
                assert "Traceback" not in found.err
            place = f"{made.entry['NAME']}.*" if vendor == "mysql" else "django_migrations"
            made.ask(f"GRANT SELECT ON {place} TO {name}")
            assert run("check", "--project", made.root, "--database", "default").err == ""

            found = run("migrate", "--project", made.root, "blog", "zero")

            assert found.code == 1
            assert "blog.0001_initial counts as applied." in found.err
            assert RIGHTS in found.err


@pytest.mark.parametrize("vendor", ["postgresql", "mysql"])
def test_a_read_replica_is_read_and_never_written(tmp_path: Path, vendor: str) -> None:
    with own_server(vendor) as server:
        root = write_project(tmp_path, ["blog"], FILES, database=repr(server.entry))
        settings = root / "settings.py"
        settings.write_text(MYSQL_DRIVER + settings.read_text())
        made = Site(root, vendor, server.entry)
        assert run("migrate", "--project", root).code == 0
        if vendor == "mysql":
            made.ask("SET GLOBAL read_only = 1")
        else:
            ((data,),) = made.ask("SHOW data_directory")
            server.stop()
            (Path(data) / "standby.signal").touch()
            server.start()

        asked = ("--project", root, "--noinput", "--database", "default")
        for command in (["migrate", "blog", "zero"], ["rollback", "blog", "zero", "--no-backup"]):
            found = run(*command, *asked)
            assert found.code == 1
            assert "Nothing can be changed in 'default': it" in found.err
            assert "Choose the primary with --database." in found.err
        assert run("check", "--project", root, "--database", "default").err == ""
        assert made.applied() == ["0001_initial"]
