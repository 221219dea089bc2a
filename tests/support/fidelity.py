"""Records what Django executes when it migrates for real, and what migtui writes, as JSON.

A program of its own, ``python -m tests.support.fidelity MODE PACKAGE VENDOR DATABASE WAY STUCK``
(MODE is ``recorded``, ``written`` or ``sqlmigrate``):
Django can be set up once in a process. Each migration of the plan from zero is applied, unapplied
and put back, so that every one is seen in its own position, in both directions. WAY is ``all`` for
one run of ``migrate``; where the vendor can't take DDL back, all are then unapplied in the end, the
last one first, as data migrations may not run twice. ``each`` is for as many runs as there are
migrations. STUCK is the names of those that
could not be unapplied on the real database, which was then made anew up to there.
"""

import copy
import io
import json
import os
import runpy
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.support.recording import recorded
from tests.support.walking import Step, again, freeze, leave_out, plan, rendered_anew, walked

VERSIONS = {"postgresql": "15", "mariadb": "10.11"}
"""Of the servers that the statements are recorded on."""


def written(vendor: str, stuck: list[list[str]], *, each: bool) -> Iterator[dict[str, Any]]:
    """The same as migtui writes it."""
    from migtui.engine.loading import install_overlay
    from migtui.engine.offline import offline_connection, start_anew
    from migtui.engine.writer import Writer

    tree = install_overlay(())
    connection, _ = offline_connection("default", vendor, VERSIONS)
    start_anew(connection).is_whole = True
    first, steps = plan()
    writer = Writer(connection, tree, _fresh(first, steps))
    in_place = each or connection.features.can_rollback_ddl

    def apply(migration: Any, state: Any) -> tuple[Any, Any]:  # noqa: ANN401
        return writer.write(migration, state, backwards=False)

    def unapplied(migration: Any, before: Any) -> dict[str, Any]:  # noqa: ANN401
        backwards, _ = writer.write(migration, before.clone(), backwards=True)
        return {
            "backwards": [s.sql for s in backwards.statements if s.sql],
            "error": "; ".join(backwards.errors),
        }

    pending = []
    empty = copy.deepcopy(writer.knowledge.catalogue)
    for key, migration, before, forwards in walked(first, steps, apply, each=each):
        entry = {
            "key": key,
            "forwards": [s.sql for s in forwards.statements if s.sql],
            "forwards_error": "; ".join(forwards.errors),
        }
        kept = copy.deepcopy(writer.knowledge.catalogue)
        if in_place:
            entry |= unapplied(migration, before)
            writer.knowledge.catalogue = kept
            yield entry
        else:
            pending.append((entry, migration, before, kept))
    while pending:
        entry, migration, before, _ = pending.pop()
        entry |= unapplied(migration, rendered_anew(before))
        if list(entry["key"]) in stuck:
            writer.knowledge.catalogue = pending[-1][3] if pending else empty
        yield entry


def _fresh(first: Any, steps: Sequence[Step]) -> Any:  # noqa: ANN401 - Django has no types
    """What answers the defaults that ask for rows, as ``migtui sql --run-python`` does."""
    from django.db.migrations.loader import MigrationLoader

    from migtui.engine.fresh_database import FreshDatabase

    migrations = [again(migration) for _, migration in steps]
    for migration in migrations:
        leave_out(migration)
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    return FreshDatabase(migrations, graph.forwards_plan, first.real_apps)


def sqlmigrate() -> Iterator[dict[str, Any]]:
    """What Django's own command says of each migration, where none of those before is applied.

    Each is asked in a process of its own, as a developer would: operations keep what they did.
    """
    from django.db import connections

    _, steps = plan()
    for key, _ in steps:
        connections.close_all()
        yield {
            "key": key,
            **{
                name: _ask_sqlmigrate(key, backwards=name == "backwards")
                for name in ("forwards", "backwards")
            },
        }


def _ask_sqlmigrate(key: tuple[str, str], *, backwards: bool) -> str:
    """Why the command fails; empty where it does not."""
    from django.core.management import call_command

    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        error = ""
        try:
            call_command("sqlmigrate", *key, backwards=backwards, stdout=io.StringIO())
        except BaseException as raised:  # noqa: BLE001 - a migration is any code
            error = f"{type(raised).__name__}: {raised}"
        os.write(write, error.encode()[:1000])
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        error = pipe.read()
    os.waitpid(child, 0)
    return error


def _set_up(package: str, databases: dict[str, object]) -> None:
    """Set Django up for an installed package, or for the project in a directory."""
    import django
    from django.conf import settings

    from tests.support.imported import set_up

    if not Path(package).is_dir():
        set_up(package, DATABASES=databases)
        return
    sys.path.insert(0, package)
    given = runpy.run_path(str(Path(package, "settings.py")))
    configured = {name: value for name, value in given.items() if name.isupper()}
    settings.configure(**configured | {"DATABASES": databases})
    django.setup()


def main(mode: str, package: str, vendor: str, database: str, *words: str) -> None:
    """Print one migration a line."""
    warnings.simplefilter("ignore")
    freeze()
    import pymysql

    pymysql.install_as_MySQLdb()
    _set_up(package, {"default": json.loads(database)})
    from django.db import connection

    way, stuck = words
    each = way == "each"
    if mode == "recorded":
        connection.ensure_connection()
        entries = recorded(connection, each=each)
    elif mode == "written":
        entries = written(vendor, json.loads(stuck), each=each)
    else:
        entries = sqlmigrate()
    for entry in entries:
        sys.stdout.write(json.dumps(entry) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
