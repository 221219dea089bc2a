"""What migtui writes without a server, against what Django executes on real ones, text for text."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeAlias

from tests.support.databases import mysql_database, postgresql_database
from tests.support.imported import INSTALLED_APPS, PROJECTS

PACKAGES = tuple(sorted(name for name in (*INSTALLED_APPS, *PROJECTS) if find_spec(name)))
"""Those that are installed, of those that are known."""
Entry: TypeAlias = dict[str, Any]
"""What is known of one migration."""
VENDORS = ("sqlite", "postgresql", "mariadb")


class NotRunError(Exception):
    """A package can't be migrated, or written, at all.

    Args:
        mode: What was asked of ``tests.support.fidelity``.
        stderr: What that said.
    """

    def __init__(self, mode: str, stderr: str) -> None:
        *_, last = stderr.strip().splitlines() or ["it said nothing"]
        super().__init__(f"{mode}: {last}")
        self.add_note(stderr[-9000:])


@dataclass(slots=True)
class Comparison:
    """What was compared for one package on one vendor.

    Attributes:
        forwards: How many migrations were applied.
        backwards: How many Django can reverse.
        statements: How many statements there were in both directions.
        differences: What differs, as text.
        failures: What Django itself fails at backwards, where it does not call it irreversible.
        unprinted: How many of the same ``sqlmigrate`` can't print where the migrations before are
            not applied, forwards and backwards.
    """

    package: str
    vendor: str
    forwards: int = 0
    backwards: int = 0
    statements: int = 0
    differences: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    unprinted: tuple[int, int] = (0, 0)


NOWHERE = {
    "sqlite": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
    **{
        vendor: {
            "ENGINE": f"django.db.backends.{engine}",
            "NAME": "nowhere",
            "HOST": "127.0.0.1",
            "PORT": "1",
        }
        for vendor, engine in (("postgresql", "postgresql"), ("mariadb", "mysql"))
    },
}
"""Entries of ``DATABASES`` where no server is."""


def migrate_for_real(package: str, vendor: str, way: str = "all") -> list[Entry]:
    """What Django executes for each migration, in both directions."""
    with _database(vendor) as entry:
        return list(_run("recorded", package, vendor, entry, way=way))


def write(package: str, vendor: str, real: Sequence[Entry], way: str = "all") -> list[Entry]:
    """The same as migtui writes it where no server is."""
    stuck = [entry["key"] for entry in real if entry["error"]]
    return list(_run("written", package, vendor, NOWHERE[vendor], way=way, stuck=stuck))


def differences(real: Sequence[Entry], written: Sequence[Entry]) -> list[str]:
    """Whatever is not the same, one text a migration and direction."""
    found: list[str] = []
    ours = {tuple(entry["key"]): entry for entry in written}
    for entry in real:
        name = ".".join(entry["key"])
        other = ours.get(tuple(entry["key"]))
        if other is None:
            found.append(f"{name} is missing")
            continue
        if other["forwards_error"]:
            found.append(f"{name}: {other['forwards_error']}")
        found += _differences(name, entry["forwards"], other["forwards"])
        name += " backwards"
        if not entry["error"]:
            if other["error"]:
                found.append(f"{name}: {other['error']}")
            found += _differences(name, entry["backwards"], other["backwards"])
        elif entry["error"].startswith("IrreversibleError") and not other["error"]:
            found.append(f"{name}: Django raises {entry['error']}")
    return found


def compare(package: str, vendor: str) -> Comparison:
    """Migrate a package for real, write the same without a server, and compare.

    ``sqlmigrate`` is asked on an empty database of the vendor.
    """
    real = migrate_for_real(package, vendor)
    reversible = [entry for entry in real if not entry["error"]]
    with _database(vendor) as entry:
        printed = {
            tuple(asked["key"]): asked for asked in _run("sqlmigrate", package, vendor, entry)
        }
    return Comparison(
        package,
        vendor,
        forwards=len(real),
        backwards=len(reversible),
        statements=sum(len(entry["forwards"]) for entry in real)
        + sum(len(entry["backwards"]) for entry in reversible),
        differences=differences(real, write(package, vendor, real)),
        failures=[
            f"{'.'.join(entry['key'])}: {entry['error']}"
            for entry in real
            if entry["error"] and not entry["error"].startswith("IrreversibleError")
        ],
        unprinted=(
            sum(bool(printed[tuple(entry["key"])]["forwards"]) for entry in real),
            sum(bool(printed[tuple(entry["key"])]["backwards"]) for entry in reversible),
        ),
    )


def _differences(name: str, real: list[str], ours: list[str]) -> Iterator[str]:
    for at, (one, other) in enumerate(zip_longest(real, ours)):
        if one != other:
            yield f"{name} [{at}]\n   Django: {one!r}\n   migtui: {other!r}"
            return


@contextmanager
def _database(vendor: str) -> Iterator[dict[str, object]]:
    if vendor == "sqlite":
        yield {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    elif vendor == "postgresql":
        with postgresql_database() as entry:
            yield entry
    else:
        with mysql_database() as entry:
            yield entry


def _run(
    mode: str,
    package: str,
    vendor: str,
    database: Mapping[str, object],
    *,
    way: str = "all",
    stuck: Sequence[object] = (),
) -> Iterator[Entry]:
    command = [sys.executable, "-m", "tests.support.fidelity", mode, package, vendor]
    done = subprocess.run(
        [*command, json.dumps(database), way, json.dumps(stuck)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotRunError(mode, done.stderr)
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def table(packages: Iterable[str] = PACKAGES, vendors: Iterable[str] = VENDORS) -> bool:
    """Print what was compared, and every difference.

    A package that can't be migrated there is reported, and those after it are compared.

    Returns:
        Whether all could be compared, and there was no difference.
    """
    found = False
    for package in packages:
        for vendor in vendors:
            try:
                compared = compare(package, vendor)
            except NotRunError as error:
                sys.stdout.write(f"{package:20} {vendor:10} not compared: {error}\n")
                sys.stdout.flush()
                found = True
                continue
            forwards, backwards = compared.unprinted
            sys.stdout.write(
                f"{package:20} {vendor:10} {compared.forwards:4} forwards "
                f"{compared.backwards:4} backwards {compared.statements:5} statements "
                f"{len(compared.differences):3} differences; "
                f"sqlmigrate fails at {forwards} forwards, {backwards} backwards\n"
            )
            for difference in compared.differences:
                sys.stdout.write(f"   {difference}\n")
            for failure in compared.failures:
                sys.stdout.write(f"   Django itself can't unapply {failure}\n")
            sys.stdout.flush()
            found = found or bool(compared.differences)
    return not found


if __name__ == "__main__":
    words = sys.argv[1:]
    sys.exit(0 if table(*(word.split(",") for word in words)) else 1)
