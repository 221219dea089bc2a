"""Where a migration that ended half-way has stopped, and SQL that leads back and onward.

What the database has applied is run on a scratch database, without the functions of RunPython, then
the migration, with a look at the schema after each statement. The schema of the real database
is at one of these points. Both ways are tried from that point on another scratch database.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from django.db.migrations.operations import RunPython
from django.db.migrations.state import ProjectState

from migtui.core.halfway import Effect, Halfway, Step, Stop, find_stop, misfits
from migtui.core.runs import Trouble
from migtui.engine.connecting import RefusedError, new_connection
from migtui.engine.halfway_case import Case, read_case
from migtui.engine.halfway_proof import MOST, prove_back, prove_onward
from migtui.engine.halfway_ways import way_back_of, way_onward
from migtui.engine.loading import install_overlay
from migtui.engine.name_history import fresh
from migtui.engine.orders import CannotTellError, walk_operations
from migtui.engine.points import Point, Recorder
from migtui.engine.protocol.base import Progress, Report
from migtui.engine.protocol.history import FindHalfway
from migtui.engine.servers import Scratch, scratch_databases
from migtui.engine.startup import headline
from migtui.engine.untyped import Connection, Migration, State

Key: TypeAlias = tuple[str, str]

OTHER_NAMES = (
    "Names that Django makes up for constraints and indexes are others in this database than they "
    "would be today; put them into the SQL."
)


def find_halfway(request: FindHalfway, report: Report) -> Halfway:
    """Compare a database with each point of a migration."""
    found = Halfway(request.alias, *request.key)
    try:
        install_overlay(())
        connection = new_connection(request.alias)
        found = replace(found, vendor=str(connection.vendor))
        case = read_case(connection, request)
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


def _find(found: Halfway, case: Case, scratch: Scratch, report: Report) -> Halfway:
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
        back=way_back_of(found.vendor, case, points[: stop.last + 1]),
        onward=way_onward(found.vendor, case, points, stop, failure),
    )
    for prove in (prove_back, prove_onward):
        with scratch.new_database() as connection:
            _run_before(case, connection, report)
            found = prove(found, points, stop, connection)
    return found


def _notes(case: Case) -> Iterator[str]:
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


def _run_before(case: Case, connection: Connection, report: Report) -> State:
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


def _record(case: Case, recorder: Recorder, state: State, connection: Connection) -> str:
    """Run the migration to its end; why it does not get there."""
    migration = recorder.watched(case.migration)
    try:
        with recorder.recording(), connection.schema_editor(atomic=migration.atomic) as editor:
            run = migration.unapply if case.is_recorded else migration.apply
            run(state, editor)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a migration is any code
        return headline(error)
    return ""


def _steps(case: Case, points: Sequence[Point], stop: Stop) -> Iterator[Step]:
    shapes = [point.shape for point in points]
    for number, point in enumerate(points[1:], 1):
        effect, evidence = stop.effect(number, shapes)
        left = next((name for name in case.residue if name in point.text), "")
        if left:
            effect, evidence = Effect.HALF, f"the index {left} is there, and INVALID"
        yield Step(point.text, point.is_sql, point.operation, effect, evidence)
