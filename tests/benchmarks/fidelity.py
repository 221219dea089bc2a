"""What migtui writes without a server, against what Django executes on real ones, text for text."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.databases import mysql_database, postgresql_database

PACKAGES = ("django.contrib", "allauth", "taggit", "oscar", "cms", "wagtail")
VENDORS = ("sqlite", "postgresql", "mariadb")


@dataclass(slots=True)
class Comparison:
    """What was compared for one package on one vendor.

    Attributes:
        forwards: How many migrations were applied.
        backwards: How many Django can reverse.
        statements: How many statements there were in both directions.
        differences: What differs, as text.
    """

    package: str
    vendor: str
    forwards: int = 0
    backwards: int = 0
    statements: int = 0
    differences: list[str] = field(default_factory=list)
    irreversible: list[str] = field(default_factory=list)


def compare(package: str, vendor: str) -> Comparison:
    """Migrate a package for real, write the same without a server, and compare."""
    with _database(vendor) as entry:
        real = list(_run("recorded", package, vendor, entry))
    engine = str(entry["ENGINE"])
    nowhere = {"ENGINE": engine, "NAME": "nowhere", "HOST": "127.0.0.1", "PORT": "1"}
    if vendor == "sqlite":
        nowhere = {"ENGINE": engine, "NAME": ":memory:"}
    ours = {tuple(e["key"]): e for e in _run("written", package, vendor, nowhere)}
    found = Comparison(package, vendor)
    for entry_ in real:
        key = tuple(entry_["key"])
        name = ".".join(key)
        written = ours.get(
            key, {"forwards": [], "backwards": [], "error": "", "forwards_error": "missing"}
        )
        found.forwards += 1
        found.statements += len(entry_["forwards"])
        if written["forwards_error"]:
            found.differences.append(f"{name}: {written['forwards_error']}")
        found.differences += _differences(name, entry_["forwards"], written["forwards"])
        if not entry_["error"]:
            found.backwards += 1
            found.statements += len(entry_["backwards"])
            if written["error"]:
                found.differences.append(f"{name} backwards: {written['error']}")
            found.differences += _differences(
                f"{name} backwards", entry_["backwards"], written["backwards"]
            )
        if entry_["error"]:
            found.irreversible.append(f"{name}: {entry_['error'][:150]}")
        if entry_["error"].startswith("IrreversibleError") and not written["error"]:
            found.differences.append(f"{name} backwards: Django raises {entry_['error']}")
    return found


def _differences(name: str, real: list[str], ours: list[str]) -> Iterator[str]:
    if real != ours:
        for at in range(max(len(real), len(ours))):
            one = real[at] if at < len(real) else None
            other = ours[at] if at < len(ours) else None
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
    mode: str, package: str, vendor: str, database: Mapping[str, object]
) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.support.fidelity", mode, package, vendor]
    done = subprocess.run(
        [*command, json.dumps(database)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-9000:]}")
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def table(packages: Iterable[str] = PACKAGES, vendors: Iterable[str] = VENDORS) -> bool:
    """Print what was compared, and every difference; returns whether there was none."""
    found = False
    for package in packages:
        for vendor in vendors:
            compared = compare(package, vendor)
            sys.stdout.write(
                f"{package:16} {vendor:11} {compared.forwards:4} forwards "
                f"{compared.backwards:4} backwards {compared.statements:5} statements "
                f"{len(compared.differences)} differences\n"
            )
            for difference in compared.differences:
                sys.stdout.write(f"   {difference}\n")
            sys.stdout.flush()
            found = found or bool(compared.differences)
    return not found


if __name__ == "__main__":
    words = sys.argv[1:]
    sys.exit(0 if table(*(word.split(",") for word in words)) else 1)
