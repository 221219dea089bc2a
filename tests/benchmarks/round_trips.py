"""Backups, rollbacks and restores of real packages: ``python -m tests.benchmarks.round_trips``.

Rows are put into every table, the database is backed up, migrations are unapplied, the backup is
restored: then every table's rows and the schema have to be as they were.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support import rows
from tests.support.command_line import REPOSITORY, Result, command, environment
from tests.support.projects import write
from tests.support.vendors import VENDORS, Site, picture, site

PACKAGES = ("django.contrib", "allauth", "oscar", "cms", "wagtail")
ROWS = 4
STEPS = 12
"""How many migrations are unapplied, where all of them can be."""
RECORDS = {
    "sqlite": '"django_migrations"',
    "postgresql": "public.django_migrations",
    "mysql": "`django_migrations`",
}
SETTINGS = """
import sys
sys.path.append({path!r})
from tests.support.imported import settings_of
globals().update({{k: v for k, v in settings_of({package!r}).items() if k != "DATABASES"}})
"""


def main(packages: list[str]) -> int:
    """Print a line for each package and vendor; 1 where one is not as it was."""
    code = 0
    for package in packages or PACKAGES:
        for vendor in VENDORS:
            is_equal, line = round_trip(package, vendor)
            code = code if is_equal else 1
            sys.stdout.write(f"{'ok  ' if is_equal else 'MISS'} {package} on {vendor}: {line}\n")
            sys.stdout.flush()
    return code


def round_trip(
    package: str, vendor: str, target: tuple[str, str] | None = None
) -> tuple[bool, str]:
    """Whether all is as it was, and what that was.

    Args:
        package: The package.
        vendor: Of the database.
        target: App and migration that the rollback leads to; None for the longest way.
    """
    begin = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as directory,
        site(Path(directory), vendor, {}, apps=()) as made,
    ):
        settings = (made.root / "settings.py").read_text()
        more = SETTINGS.format(path=str(REPOSITORY), package=package)
        write(made.root, {"settings.py": settings + more})
        _require(made, "migrate", "--skip-checks", "-v0")
        left_out = _fill(made)
        before = picture(made)
        backup = Path(_require(made, "backup").out.strip())
        app_label, migration = target or next(_targets(made))
        _require(made, "rollback", app_label, migration, "--noinput", "--no-backup")
        left = len(made.ask("SELECT * FROM django_migrations"))
        changed = picture(made) != before
        _require(made, "restore", backup.name, "--noinput")
        is_equal = picture(made) == before and changed
    tables = before["rows"]
    assert isinstance(tables, dict)
    total = sum(map(len, tables.values()))
    empty = sorted(name for name, found in tables.items() if not found)
    count = len(tables[RECORDS[vendor]]) - left
    line = (
        f"{len(tables)} tables, {total} rows, {count} migrations back to {app_label} {migration}, "
        f"{time.perf_counter() - begin:.0f} s"
    )
    return is_equal, line + "".join(
        f"\n     empty: {name} {left_out.get(name, '')}" for name in empty
    )


def _fill(made: Site) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, rows.__file__, str(ROWS)],
        cwd=made.root,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return dict(json.loads(done.stdout))


def _targets(made: Site) -> Iterator[tuple[str, str]]:
    """Where a rollback leads that nothing blocks, the longest first."""
    applied = made.ask("SELECT app, name FROM django_migrations ORDER BY id DESC")
    plans = []
    for app_label in {app for app, _ in applied}:
        names = [name for app, name in applied if app == app_label]
        for kept in [*names[1 : STEPS + 1][::-1]]:
            found = _run(made, "rollback", app_label, kept, "--plan", "--format", "json")
            if found.code == 0:
                plans.append((len(json.loads(found.out)["steps"]), app_label, kept))
                break
    for _, app_label, kept in sorted(plans, reverse=True):
        yield app_label, kept


def _run(made: Site, *words: str) -> Result:
    done = subprocess.run(
        command(*words, "--project", made.root),
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def _require(made: Site, *words: str) -> Result:
    found = _run(made, *words)
    if found.code:
        raise RuntimeError(f"migtui {' '.join(words)}: {found.err}")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
