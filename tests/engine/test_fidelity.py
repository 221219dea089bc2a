"""What is written without a server is what Django executes on one, text for text."""

import json
from pathlib import Path

import pytest

from migtui.engine.protocol import WriteSql
from tests.benchmarks.fidelity import NOWHERE, VENDORS, differences, migrate_for_real, write
from tests.support.databases import MYSQL_DRIVER
from tests.support.engines import engine_for
from tests.support.fidelity import VERSIONS
from tests.support.nasty import nasty_migrations
from tests.support.projects import write_project

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
