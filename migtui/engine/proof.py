"""Proves a squash: what it makes of an empty database is what the migrations that it replaces make.

Both run from nothing, on databases of their own, with all that they need and with what other apps
run in between. On the first database Django is then asked what it would do with the squash there.
RunPython is run, as ``migrate`` would: there are no rows but those that migrations make.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from django.apps import apps
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from migtui.core.squash_plan import SchemaDifference, SquashProof
from migtui.engine.loading import install_overlay, new_loader
from migtui.engine.orders import CannotTellError, walk_operations
from migtui.engine.protocol.base import OverlayFile, Progress, Report
from migtui.engine.protocol.squash import ProveSquash
from migtui.engine.schemas import read_schema
from migtui.engine.servers import NewDatabase, is_gone, scratch_databases
from migtui.engine.startup import headline
from migtui.engine.states import describe_state
from migtui.engine.untyped import Connection, Migration, State

Key: TypeAlias = tuple[str, str]

RECORDS = "django_migrations"
MOST = 100
"""Differences that are told."""


class _FailedError(Exception):
    """A migration, or Django, raised.

    Args:
        message: Which, and what.
        key: The migration.
        operation: The place there of the operation that did; None where none did.
    """

    def __init__(self, message: str, key: Key, operation: int | None) -> None:
        super().__init__(message)
        self.key = key
        self.operation = operation


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is in a database, and in Django's state, after migrations have run."""

    schema: Mapping[str, str]
    state: Mapping[str, str]
    rows: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is run.

    Attributes:
        migrations: In order.
        targets: What has to be applied in the end.
        real_apps: Apps without migrations.
    """

    migrations: tuple[Migration, ...]
    targets: tuple[Key, ...]
    real_apps: set[str]


def prove_squash(request: ProveSquash, report: Report) -> SquashProof:
    """Run the old migrations and the squash, and compare what they leave."""
    proof = SquashProof(request.server.vendor)
    key = (request.app_label, request.name)
    try:
        loaders = _loaders(request)
        with scratch_databases(request.server) as scratch:
            try:
                return _prove(proof, request, _plans(loaders, key), scratch.new_database, report)
            except _FailedError:
                # Some projects migrate only as a whole, where others happen to run before.
                whole = _plans(loaders, key, whole=True)
                return _prove(proof, request, whole, scratch.new_database, report)
    except _FailedError as error:
        return replace(proof, error=f"The old migrations don't run from nothing: {error}")
    except CannotTellError as error:
        return replace(proof, error=str(error))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - migrations and drivers raise anything
        return replace(proof, error=headline(error))


def _prove(
    proof: SquashProof,
    request: ProveSquash,
    plans: tuple[_Plan, _Plan],
    new_database: NewDatabase,
    report: Report,
) -> SquashProof:
    """Run what has to run, and compare.

    Raises:
        _FailedError: One of the old migrations raised.
    """
    old, new = plans
    key = (request.app_label, request.name)
    ran = [op for _, op in walk_operations(old.migrations) if isinstance(op, RunPython)]
    proof = replace(proof, migrations=len(old.migrations), ran_python=len(ran))
    with new_database() as connection, _own_registry():
        before = _run(old, connection, report, "old migrations")
        wrong = _existing_database(old, new, key, connection)
        if wrong:
            return replace(proof, error=wrong, is_refuted=True)
        later = replace(before, schema=_schema(connection), rows=_rows(connection))
    with new_database() as connection, _own_registry():
        try:
            after = _run(new, connection, report, "squash")
        except _FailedError as error:
            return replace(
                proof,
                error=f"With the squash, {error}",
                is_refuted=True,
                failing=error.operation if error.key == key else None,
            )
    package = str(MigrationLoader.migrations_module(request.app_label)[0])
    found = [
        *_differences(before, later, package, with_rows=True),
        *_differences(before, after, package, with_rows=not request.elides),
    ]
    return replace(proof, differences=tuple(found[:MOST]))


def _loaders(request: ProveSquash) -> tuple[MigrationLoader, MigrationLoader]:
    """Django's loader without and with the squash.

    Raises:
        CannotTellError: Django can't load one of them.
    """
    hidden = OverlayFile(request.overlay[0].path, None)
    loaders = []
    for overlay in ((hidden, *request.overlay[1:]), request.overlay):
        try:
            install_overlay(overlay)
            loader = new_loader()
            loader.build_graph()
        except (Exception, SystemExit) as error:
            raise CannotTellError(f"Django can't load it: {headline(error)}") from error
        loaders.append(loader)
    return loaders[0], loaders[1]


def _plans(
    loaders: tuple[MigrationLoader, MigrationLoader], key: Key, *, whole: bool = False
) -> tuple[_Plan, _Plan]:
    """What runs without and with the squash: what is needed, or the whole project."""
    old, new = loaders
    if whole:
        return _plan(old, old.graph.leaf_nodes()), _plan(new, new.graph.leaf_nodes())
    replaced = {k for k in map(tuple, new.disk_migrations[key].replaces) if k in old.graph.nodes}
    ends, between = _surroundings(old.graph.node_map, replaced)
    return _plan(old, [*ends, *between]), _plan(new, [key, *between])


def _surroundings(nodes: Any, replaced: set[Key]) -> tuple[list[Key], list[Key]]:  # noqa: ANN401 - Django's
    """The ends of a range, and what may run before all of it has.

    What runs after the whole range finds the same, if the range left the same.
    """
    ends = [
        key for key in replaced if not any(child.key in replaced for child in nodes[key].children)
    ]
    late = _descendants(nodes, ends)
    return sorted(ends), sorted(_descendants(nodes, replaced) - replaced - late)


def _descendants(nodes: Any, keys: Iterable[Key]) -> set[Key]:  # noqa: ANN401 - Django's
    found = set(keys)
    pending = list(found)
    while pending:
        for child in nodes[pending.pop()].children:
            if child.key not in found:
                found.add(child.key)
                pending.append(child.key)
    return found


def _plan(loader: MigrationLoader, targets: Sequence[Key]) -> _Plan:
    """What the targets need, in the order in which ``migrate`` runs all there is."""
    needed = {key for target in targets for key in loader.graph.forwards_plan(target)}
    keys = dict.fromkeys(
        key
        for leaf in loader.graph.leaf_nodes()
        for key in loader.graph.forwards_plan(leaf)
        if key in needed
    )
    migrations = tuple(loader.graph.nodes[key] for key in keys)
    return _Plan(migrations, tuple(targets), loader.unmigrated_apps)


def _run(plan: _Plan, connection: Connection, report: Report, what: str) -> _Outcome:
    """Run migrations on an empty database.

    Raises:
        _FailedError: One of them raised.
    """
    state: State = ProjectState(real_apps=plan.real_apps)
    state.apps  # noqa: B018 - rendered once, as the executor does
    total = len(plan.migrations)
    for number, migration in enumerate(plan.migrations):
        report(Progress(number, total, f"{what} on {connection.vendor}"))
        try:
            with connection.schema_editor(atomic=migration.atomic) as editor:
                state = migration.apply(state, editor)
        except (Exception, SystemExit) as error:
            if is_gone(connection):
                raise CannotTellError(f"the server went away: {headline(error)}") from error
            raise _failed(migration, error) from error
    return _Outcome(_schema(connection), describe_state(state), _rows(connection))


@contextmanager
def _own_registry() -> Iterator[None]:
    """Forget at the end the models that functions of migrations define: the next run does again."""
    known = {label: dict(models) for label, models in apps.all_models.items()}
    try:
        yield
    finally:
        if known != apps.all_models:
            for label, models in apps.all_models.items():
                models.clear()
                models.update(known.get(label, {}))
            apps.clear_cache()


def _failed(migration: Migration, error: BaseException) -> _FailedError:
    """What failed; the traceback tells which operation ``Migration.apply`` was at."""
    place, where = None, ""
    trace = error.__traceback__
    while trace is not None and place is None:
        current = trace.tb_frame.f_locals.get("operation")
        for index, operation in enumerate(migration.operations):
            if current is not None and operation is current:
                place, where = index, f" at {type(operation).__name__} ({operation.describe()})"
        trace = trace.tb_next
    key = (migration.app_label, migration.name)
    return _FailedError(f"{migration} fails{where}: {headline(error)}", key, place)


def _existing_database(old: _Plan, new: _Plan, key: Key, connection: Connection) -> str:
    """What is wrong where Django meets the squash in a database that has the old migrations."""
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    for migration in old.migrations:  # as MigrationExecutor.record_migration
        for app_label, name in (*migration.replaces, (migration.app_label, migration.name)):
            recorder.record_applied(app_label, name)
    executor = MigrationExecutor(connection)
    needed = dict.fromkeys(k for t in new.targets for k in executor.loader.graph.forwards_plan(t))
    missing = [k for k in needed if k not in executor.loader.applied_migrations]
    if missing:
        names = ", ".join(".".join(k) for k in missing)
        return f"A database that had the old migrations would run {names}."
    executor.check_replacements()  # what `migrate` does where there is nothing to run
    if key not in recorder.applied_migrations():
        return "A database that had the old migrations does not record the squash."
    return ""


def _schema(connection: Connection) -> Mapping[str, str]:
    found = read_schema(connection).normal
    return {name: text for name, text in found.items() if not _is_record(name)}


def _is_record(resource: str) -> bool:
    return re.split(r"[.:*]", resource, maxsplit=1)[0] == RECORDS


def _rows(connection: Connection) -> Mapping[str, str]:
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name != RECORDS]
        found = {}
        for table in tables:
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT COUNT(*) FROM {quoted}")  # noqa: S608 - a name from the catalogue
            found[table] = f"{cursor.fetchone()[0]} rows"
    return found


def _differences(
    before: _Outcome, after: _Outcome, package: str, *, with_rows: bool
) -> Iterator[SchemaDifference]:
    # What migrations define has moved with them.
    inside = re.compile(rf"\b{re.escape(package)}\.\w+\.")
    pairs = [("schema", before.schema, after.schema), ("state", before.state, after.state)]
    if with_rows:
        pairs.append(("rows", before.rows, after.rows))
    for what, first, second in pairs:
        for resource in sorted({*first, *second}):
            texts = [
                inside.sub(f"{package}.", side[resource]) if resource in side else ""
                for side in (first, second)
            ]
            if texts[0] != texts[1] or (resource in first) != (resource in second):
                yield SchemaDifference(what, resource, *texts)
