"""What is wrong between a database, the files and the models; nothing is changed."""

import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from migtui.core.applied import AppliedMigration
from migtui.core.database_problems import (
    TO_FINISH,
    LostRow,
    models_changed,
    out_of_order,
    squashes_recorded,
    without_file,
)
from migtui.core.finishable import finishable_in
from migtui.core.migration import MigrationKey, Operation
from migtui.core.problems import Location, Problem
from migtui.engine.client import Engine
from migtui.engine.protocol.project import DetectModelChanges
from migtui.services.applied import Applied, Lost, read_applied
from migtui.services.applied_list import list_applied
from migtui.services.project import Project


@dataclass(frozen=True, slots=True)
class DatabaseCheck:
    """The answer.

    Attributes:
        problems: By app, then code.
        migrations: Those that Django knows, by app label: how many.
        unknown: What could not be told; empty where all could.
        squashes: The files of squashes that the database tells of: where it has not recorded one,
            that can't be finished, whatever reading makes of it.
        database: Which one it is: its alias, vendor and place.
        listed: Every migration of the files and of the database, by app, then name.
    """

    problems: tuple[Problem, ...]
    migrations: Mapping[str, int]
    unknown: str = ""
    squashes: frozenset[str] = frozenset()
    database: Mapping[str, str | None] = field(default_factory=dict)
    listed: tuple[AppliedMigration, ...] = ()


def with_database(
    read: Sequence[Problem], found: DatabaseCheck, app_labels: Collection[str] = ()
) -> tuple[Problem, ...]:
    """What reading finds and what a database adds, errors first, in all apps or in those named."""
    kept = [
        problem
        for problem in read
        if problem.code != TO_FINISH
        or found.squashes.isdisjoint(place.path for place in problem.locations)
    ]
    more = [entry for entry in found.problems if not app_labels or entry.app_label in app_labels]
    return tuple(sorted([*kept, *more], key=lambda problem: problem.severity))


def check_database(project: Project, engine: Engine, alias: str) -> DatabaseCheck:
    """Compare a database's history with the files, and the files with the models.

    Raises:
        NotFoundError: There is no such database in the settings.
        DatabaseError: It can't be asked.
        EngineError: Django could not be asked.
    """
    return check_state(project, engine, read_applied(project, engine, alias))


def check_state(project: Project, engine: Engine, state: Applied) -> DatabaseCheck:
    """Compare a history that was read already with the files, and the files with the models.

    Raises:
        EngineError: Django could not be asked.
    """
    alias = state.history.alias
    lost = lost_rows(project, state)
    places = {
        key: Location(migration.path, migration.line)
        for key, migration in project.graph.migrations.items()
    }
    known = {MigrationKey(item.app_label, item.name) for item in state.history.migrations}
    problems = [
        *out_of_order(alias, state.parents, state.applied & known, lost, places),
        *without_file(alias, lost),
    ]
    rows = {MigrationKey(row.app_label, row.name) for row in state.history.rows}
    ready, waiting = finishable_in(project.graph, rows)
    problems += squashes_recorded(alias, sorted(ready), places)
    changes = engine.ask(DetectModelChanges())
    problems += models_changed(changes.operations)
    unknown = (
        changes.error and f"Whether models and migrations agree can't be told: {changes.error}"
    )
    counts = Counter(item.app_label for item in state.history.migrations)
    squashes = frozenset(places[key].path for key in ready | waiting)
    place = None if state.history.place is None else str(state.history.place)
    database = {"alias": alias, "vendor": state.history.vendor, "place": place}
    listed = list_applied(project, state, lost)
    return DatabaseCheck(tuple(problems), counts, unknown, squashes, database, listed)


def lost_rows(project: Project, state: Applied) -> tuple[LostRow, ...]:
    """The rows that no file stands for, each with the file that it was renamed to, if one was."""
    rows = {(row.app_label, row.name) for row in state.history.rows}
    free = [MigrationKey(*key) for key in state.history.files if key not in rows]
    found = []
    for entry in state.lost:
        match = _renamed(state, entry, free)
        if match is not None:
            free.remove(match)
        path = "" if entry.path is None else os.path.relpath(entry.path, project.root)
        is_installed = entry.key.app_label in state.directories
        found.append(LostRow(entry.key, is_installed, match, entry.commit, path))
    return tuple(found)


def _renamed(state: Applied, lost: Lost, free: list[MigrationKey]) -> MigrationKey | None:
    """The file of the same app that is not applied and has the very same operations."""
    from migtui.source.operations import read_operations  # noqa: PLC0415 - few need any

    if lost.content is None:
        return None
    wanted = [*_sources(read_operations(lost.content))]
    if not wanted:
        return None
    directory = state.directories[lost.key.app_label]
    for key in free:
        path = directory / f"{key.name}.py"
        if key.app_label == lost.key.app_label and path.is_file():
            content = path.read_bytes()
            if content == lost.content or [*_sources(read_operations(content))] == wanted:
                return key
    return None


def _sources(operations: tuple[Operation, ...]) -> Iterator[str]:
    for operation in operations:
        yield " ".join(operation.source.split())
        yield from (function.source or "" for function in operation.functions)
