"""Where a migration that ended half-way has stopped, and SQL that leads back and onward.

What the database has applied is run on a scratch database, without the functions of RunPython, then
the migration, with a look at the schema after each statement. The schema of the real database
is at one of these points. Both ways are tried from that point on another scratch database.
"""

import copy
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython
from django.db.migrations.state import ProjectState

from migtui.core.database_problems import delete_sql, insert_sql
from migtui.core.halfway import Effect, Halfway, Step, Stop, Way, find_stop, misfits
from migtui.core.migration import MigrationKey
from migtui.core.runs import Trouble
from migtui.core.undo import way_back
from migtui.engine.connecting import RefusedError, connect, new_connection
from migtui.engine.copying import require_file
from migtui.engine.loading import install_overlay
from migtui.engine.name_history import fresh
from migtui.engine.orders import CannotTellError, walk_operations
from migtui.engine.places import sqlite_file
from migtui.engine.points import Point, Recorder, shape_of
from migtui.engine.protocol.base import Progress
from migtui.engine.protocol.history import FindHalfway
from migtui.engine.schemas import Schema, read_schema
from migtui.engine.servers import Scratch, scratch_databases
from migtui.engine.startup import headline
from migtui.engine.untyped import Connection, Migration, State

Report: TypeAlias = Callable[[Progress], None]
Key: TypeAlias = tuple[str, str]

INVALID = " INVALID"
"""Ends the definition of an index that PostgreSQL has not built to its end."""
OTHER_NAMES = (
    "Names that Django makes up for constraints and indexes are others in this database than they "
    "would be today; put them into the SQL."
)
COPY = re.compile(r'INSERT INTO (?P<table>"new__[^"]+") ', re.IGNORECASE)
"""How Django fills the table that takes the place of another one on SQLite."""
DESTROYS = re.compile(r"\b(?:DROP\s+(?:TABLE|COLUMN)|DELETE|TRUNCATE)\b", re.IGNORECASE)
MOST = 20
"""Differences that are told."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known before anything is tried.

    Attributes:
        key: The migration.
        real: The schema of the database, without indexes that are not built to their end.
        residue: Those, by name.
        before: What has run before the migration, in order.
        migration: The migration.
        is_recorded: Whether it counts as applied.
        real_apps: Apps without migrations.
    """

    key: MigrationKey
    real: dict[str, str]
    residue: tuple[str, ...]
    before: tuple[Migration, ...]
    migration: Migration
    is_recorded: bool
    real_apps: set[str]


def find_halfway(request: FindHalfway, report: Report) -> Halfway:
    """Compare a database with each point of a migration."""
    found = Halfway(request.alias, *request.key)
    try:
        install_overlay(())
        connection = new_connection(request.alias)
        found = replace(found, vendor=str(connection.vendor))
        case = _case(connection, request)
        found = replace(found, is_recorded=case.is_recorded)
        with scratch_databases(request.server) as scratch:
            found = replace(found, server=scratch.server)
            return _find(found, case, scratch, report)
    except RefusedError as refused:
        return replace(found, trouble=refused.trouble)
    except CannotTellError as error:
        return replace(found, trouble=Trouble(f"Where it has stopped can't be told: {error}."))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - migrations and drivers raise anything
        message = f"Where it has stopped can't be told: {headline(error)}"
        return replace(found, trouble=Trouble(message))


def _case(connection: Connection, request: FindHalfway) -> _Case:
    """Read the database.

    Raises:
        RefusedError: It can't be read, or the migration is no question there.
        CannotTellError: There is no way to read a database of this vendor.
    """
    try:
        if sqlite_file(connection) is not None:
            require_file(connection)
        connect(connection)
        schema, residue = read_schema(connection), _residue(connection)
        loader = MigrationLoader(connection)
    finally:
        connection.close()
    graph, applied, key = loader.graph, loader.applied_migrations, request.key
    if key not in graph.nodes:
        raise RefusedError(f"Django has no migration {'.'.join(key)} for this database.")
    later = [k for k in graph.backwards_plan(key) if k in applied and k != key]
    if later:
        raise RefusedError(
            f"{'.'.join(later[0])} is applied, which is built upon {'.'.join(key)}: it has not "
            "stopped half-way.",
            "Ask about the last one that is applied, or the next one.",
        )
    migration, name = graph.nodes[key], ".".join(key)
    if connection.features.can_rollback_ddl and migration.atomic:
        raise RefusedError(
            f"{name} runs in a transaction on {connection.vendor}: it never stops half-way.",
            "After a failure nothing of it is there. Mend the cause and migrate again.",
        )
    before = dict.fromkeys(
        k
        for leaf in graph.leaf_nodes()
        for k in graph.forwards_plan(leaf)
        if k in applied and k != key
    )
    missing = [k for k in graph.forwards_plan(key) if k not in before and k != key]
    if missing:
        raise RefusedError(
            f"{'.'.join(missing[0])} is not applied, which {'.'.join(key)} depends on: it has not "
            "begun."
        )
    return _Case(
        key=MigrationKey(*key),
        real={n: text for n, text in shape_of(schema).items() if not text.endswith(INVALID)},
        residue=tuple(residue),
        before=tuple(graph.nodes[k] for k in before),
        migration=migration,
        is_recorded=key in applied,
        real_apps=loader.unmigrated_apps,
    )


def _residue(connection: Connection) -> list[str]:
    """The names of indexes that PostgreSQL has not built to their end."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
            JOIN pg_namespace n ON n.oid = i.relnamespace
            WHERE NOT x.indisvalid AND n.nspname = ANY (current_schemas(false)) ORDER BY 1
        """)
        return [str(name) for (name,) in cursor.fetchall()]


def _find(found: Halfway, case: _Case, scratch: Scratch, report: Report) -> Halfway:
    """Look for the point, and for the ways from there."""
    with scratch.new_database() as connection:
        state = _run_before(case, connection, report)
        recorder = Recorder(connection)
        failure = _record(case, recorder, state, connection)
    points = recorder.points
    residue = [name for name in case.residue if any(name in point.text for point in points)]
    case = replace(case, residue=tuple(residue))
    shapes, real = [point.shape for point in points], case.real
    notes = [*_notes(case)]
    stop = find_stop(shapes, real)
    if stop is None:  # an older Django has made up other names
        stop = find_stop([point.schema.normal for point in points], real)
        notes.append(OTHER_NAMES)
    if stop is None:
        return replace(found, differences=misfits(shapes, real)[:MOST], notes=(*_notes(case),))
    steps = [*_steps(case, points, stop)]
    if failure:
        steps.append(
            Step(
                recorder.failed or failure,
                is_sql=False,
                operation="",
                effect=Effect.MISSING,
                evidence="it fails on a scratch database, too",
            )
        )
    found = replace(
        found,
        steps=tuple(steps),
        notes=tuple(notes),
        back=_back(found, case, points[: stop.last + 1]),
        onward=_onward(found.vendor, case, points, stop, failure),
    )
    for prove in (_prove_back, _prove_onward):
        with scratch.new_database() as connection:
            _run_before(case, connection, report)
            found = prove(found, points, stop, connection)
    return found


def _notes(case: _Case) -> Iterator[str]:
    operations = walk_operations([*case.before, case.migration])
    if any(isinstance(operation, RunPython) for _, operation in operations):
        yield "Functions of RunPython were not run on the scratch database."


def _again(loaded: Migration) -> Migration:
    """A migration as it was loaded, to be run once."""
    migration = copy.copy(loaded)
    migration.operations = fresh(loaded.operations)
    for _, operation in walk_operations([migration]):
        if isinstance(operation, RunPython):
            operation.database_forwards = lambda *_: None
    return migration


def _run_before(case: _Case, connection: Connection, report: Report) -> State:
    """Run what was applied when the migration began; gives the state before the migration.

    Raises:
        CannotTellError: It does not run from nothing.
    """
    state: State = ProjectState(real_apps=case.real_apps)
    state.apps  # noqa: B018 - rendered once, as the executor does
    before = state
    migrations = [*case.before, *([case.migration] if case.is_recorded else [])]
    for number, loaded in enumerate(migrations):
        report(Progress(number, len(migrations), f"what is applied, on {connection.vendor}"))
        migration = _again(loaded)
        before = state.clone() if loaded is case.migration else before
        try:
            with connection.schema_editor(atomic=migration.atomic) as editor:
                state = migration.apply(state, editor)
        except (Exception, SystemExit) as error:
            message = f"what is applied does not run from nothing, {migration} fails"
            raise CannotTellError(f"{message}: {headline(error)}") from error
    return before if case.is_recorded else state


def _record(case: _Case, recorder: Recorder, state: State, connection: Connection) -> str:
    """Run the migration to its end; why it does not get there."""
    migration = recorder.watched(case.migration)
    try:
        with recorder.recording(), connection.schema_editor(atomic=migration.atomic) as editor:
            run = migration.unapply if case.is_recorded else migration.apply
            run(state, editor)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a migration is any code
        return headline(error)
    return ""


def _steps(case: _Case, points: Sequence[Point], stop: Stop) -> Iterator[Step]:
    shapes = [point.shape for point in points]
    for number, point in enumerate(points[1:], 1):
        effect, evidence = stop.effect(number, shapes)
        left = next((name for name in case.residue if name in point.text), "")
        if left:
            effect, evidence = Effect.HALF, f"the index {left} is there, and INVALID"
        yield Step(point.text, point.is_sql, point.operation, effect, evidence)


def _back(found: Halfway, case: _Case, passed: Sequence[Point]) -> Way:
    script = way_back(
        found.vendor, [point.catalogue for point in passed], [point.text for point in passed[1:]]
    )
    unseen = [
        point.text for before, point in itertools.pairwise(passed) if before.shape == point.shape
    ]
    notes = [*script.notes, *(f"Rows stay as this has left them: {text}" for text in unseen)]
    return Way((*_tidied(case), *script.statements), notes=tuple(notes))


def _onward(vendor: str, case: _Case, points: Sequence[Point], stop: Stop, failure: str) -> Way:
    """What is left to do; nothing where that could destroy what has not been copied yet."""
    if failure:
        return Way(error=f"The migration itself does not run to its end: {failure}")
    left = points[stop.last + 1 :]
    unknown = points[stop.first + 1 : stop.last + 1]
    copies = [point for point in unknown if vendor == "sqlite" and COPY.match(point.text)]
    unseen = [point for point in unknown if point not in copies]
    doubtful = [*unseen, *(point for point in left if not point.is_sql)]
    destroys = any(DESTROYS.search(point.text) for point in left if point.is_sql)
    if doubtful and destroys:
        return Way(
            error=f"Whether rows are where they should be before others are dropped can't be told: "
            f"{doubtful[0].text} may not have run. Look at the rows; or go back, and migrate again."
        )
    notes = [
        *(f"Whether this ran is not known, so it is left out: {point.text}" for point in unseen),
        *(f"This is no SQL and has to be run besides: {p.text}" for p in left if not p.is_sql),
    ]
    row = delete_sql(case.key) if case.is_recorded else insert_sql(case.key)
    # Whether a copy has been filled is not known: it is emptied, and filled once more.
    again = []
    for point in copies:
        match = COPY.match(point.text)
        if match:
            again += [f"DELETE FROM {match['table']}", point.text]  # noqa: S608 - Django's own name
    statements = [*again, *(point.text for point in left if point.is_sql)]
    # As Django's schema editor for SQLite has it, whose tables are made anew.
    quiet = ["PRAGMA foreign_keys = OFF"] if statements and vendor == "sqlite" else []
    loud = ["PRAGMA foreign_keys = ON"] if quiet else []
    sql = (*_tidied(case), *quiet, *statements, *loud, row.rstrip(";"))
    return Way(sql, notes=tuple(notes))


def _tidied(case: _Case) -> tuple[str, ...]:
    return tuple(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"' for name in case.residue)


def _prove_back(
    found: Halfway, points: Sequence[Point], stop: Stop, connection: Connection
) -> Halfway:
    error = _go_on(found, points, stop, connection)
    error = error or _led(connection, found.back.statements, points[0].schema)
    return replace(found, back=replace(found.back, is_proved=not error, error=error))


def _prove_onward(
    found: Halfway, points: Sequence[Point], stop: Stop, connection: Connection
) -> Halfway:
    error = found.onward.error or _go_on(found, points, stop, connection)
    error = error or _led(connection, found.onward.statements[:-1], points[-1].schema)
    return replace(found, onward=replace(found.onward, is_proved=not error, error=error))


def _go_on(found: Halfway, points: Sequence[Point], stop: Stop, connection: Connection) -> str:
    """Go from where the migration began to where it stopped; why that fails."""
    quiet = ["PRAGMA foreign_keys = OFF"] if found.vendor == "sqlite" else []
    passed = [point.text for point in points[1 : stop.last + 1] if point.is_sql]
    return _led(connection, [*quiet, *passed], points[stop.last].schema)


def _led(connection: Connection, statements: Sequence[str], wanted: Schema) -> str:
    """Run statements; why they don't lead to a schema."""
    for statement in statements:
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        except Exception as error:  # noqa: BLE001 - a driver may raise anything
            return f"On a scratch database it fails at {statement!r}: {headline(error)}"
    there = read_schema(connection)
    if there == wanted:
        return ""
    one, other = shape_of(there), shape_of(wanted)
    names = sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
    return f"On a scratch database it leaves other than it should: {', '.join(names[:MOST])}"
