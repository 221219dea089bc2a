"""What is written without a server is what Django executes on one, text for text."""

import json
from pathlib import Path

import pytest

from migtui.engine.protocol.sql import WriteSql
from tests.benchmarks.fidelity import (
    NOWHERE,
    VENDORS,
    differences,
    migrate_for_real,
    table,
    write,
)
from tests.support.databases import MYSQL_DRIVER
from tests.support.engines import engine_for
from tests.support.fidelity import VERSIONS
from tests.support.nasty import nasty_migrations
from tests.support.projects import migration, write_project

INSTALLED = ("django.contrib.contenttypes", "django.contrib.auth")
ROOT = Path(__file__).parents[2]
FREEZE = (
    f"import sys\nsys.path.append({str(ROOT)!r})\n"
    "from tests.support.walking import freeze\nfreeze()\n"
)
# Those that ask for names which follow from what ran long before.
ASKING = ("unique", "referred_key", "renamed_models", "together", "indexes")


def make_project(root: Path, vendor: str) -> Path:
    is_postgresql = vendor == "postgresql"
    return write_project(
        root,
        ["nasty", *(["rows"] if is_postgresql else [])],
        nasty_migrations(vendor),
        installed=[*INSTALLED, *(["django.contrib.postgres"] if is_postgresql else [])],
        database=json.dumps(NOWHERE[vendor]),
    )


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_way_to_alter_a_table_is_written_as_django_executes_it(
    tmp_path: Path, vendor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Django goes through sets of names: in what order a renamed model's relations are altered.
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    root = make_project(tmp_path, vendor)
    real = migrate_for_real(str(root), vendor, "each")
    written = write(str(root), vendor, real, "each")

    found = differences(real, written)

    assert found == []
    reversible = [entry for entry in real if not entry["error"]]
    assert len(reversible) >= len(real) - 2
    if vendor == "sqlite":
        return  # nothing is asked there

    settings = root / "settings.py"
    settings.write_text(MYSQL_DRIVER + FREEZE + settings.read_text())
    by_step = {entry["key"][1][5:]: entry for entry in real if entry["key"][0] == "nasty"}
    with engine_for(root) as engine:
        for step in ASKING:
            entry = by_step[step]
            target = (entry["key"][0], entry["key"][1])
            for direction in ("forwards", "backwards"):
                request = WriteSql(
                    (target,),
                    backwards=direction == "backwards",
                    vendor=vendor,
                    server_versions=VERSIONS,
                )
                (alone,) = engine.ask(request).migrations
                if direction == "forwards" or not entry["error"]:
                    assert [s.sql for s in alone.statements if s.sql] == entry[direction]


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_migrations_of_a_real_package_are_written_as_django_executes_them(vendor: str) -> None:
    # Without transactions for DDL these are all unapplied one after another.
    real = migrate_for_real("allauth", vendor)

    assert len([entry for entry in real if not entry["error"]]) >= 40
    assert differences(real, write("allauth", vendor, real)) == []


def test_what_cannot_be_compared_is_reported_and_the_rest_is_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create = "migrations.CreateModel('Post', [('id', models.BigAutoField(primary_key=True))])"
    fail = "migrations.RunPython(migrations.RunPython.noop, lambda *_: 1 / 0)"
    files = {
        "blog/migrations/0001_initial.py": migration(create),
        "blog/migrations/0002_fill.py": migration(fail, dependencies=[("blog", "0001_initial")]),
    }
    good = write_project(tmp_path / "good", ["blog"], files)
    bad = write_project(tmp_path / "bad", ["blog"], files)
    (bad / "settings.py").write_text("raise OSError('no such licence')\n")

    assert not table([str(bad), str(good)], ["sqlite"])

    lines = capsys.readouterr().out.splitlines()
    assert "not compared: recorded: OSError: no such licence" in lines[0]
    assert "2 forwards    1 backwards     2 statements   0 differences" in lines[1]
    assert "can't unapply blog.0002_fill: ZeroDivisionError: division by zero" in lines[2]
    assert len(lines) == 3
