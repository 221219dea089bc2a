"""Runs orders of branches on scratch databases and compares what their schemas are in the end.

A database begins with the models that the branches are about and those that they refer to, made
straight from the state at the fork, with no rows in them. Then the real operations run.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.migrations.operations import RunPython

from migtui.core.evidence import Order, Run, conclude
from migtui.core.verdict import Evidence
from migtui.engine.concerned import concerned_state
from migtui.engine.orders import (
    Branches,
    CannotTellError,
    RefusedError,
    load_branches,
    walk_operations,
)
from migtui.engine.protocol.base import Progress, Report
from migtui.engine.protocol.orders import GatheredEvidence, GatherEvidence, TryOrders
from migtui.engine.replay import end_state, replay
from migtui.engine.schemas import read_schema
from migtui.engine.servers import NewDatabase, is_gone, scratch_databases
from migtui.engine.startup import headline
from migtui.engine.time_limit import TimeUpError, limited
from migtui.engine.untyped import Connection, SchemaEditor, State


def try_orders(request: TryOrders, report: Report) -> Evidence:
    """What the orders make of a database at the fork."""
    try:
        branches = load_branches(request.migrations, request.orders, request.overlay)
    except CannotTellError as error:
        return Evidence("scratch", None, request.vendor, note=str(error))
    return _try(branches, request, report)


def gather_evidence(request: GatherEvidence, report: Report) -> GatheredEvidence:
    """What the orders make of Django's state, and of a database."""
    trial = request.trial
    try:
        branches = load_branches(trial.migrations, trial.orders, trial.overlay)
    except CannotTellError as error:
        failed = Evidence("state", None, note=str(error))
        return GatheredEvidence((failed, replace(failed, method="scratch", vendor=trial.vendor)))
    state = replay(branches, trial.orders, report)
    return GatheredEvidence((state, _try(branches, trial, report)))


def _try(branches: Branches, request: TryOrders, report: Report) -> Evidence:
    try:
        notes = list(_prepare(branches, request))
        state = _state(branches, request)
        with scratch_databases(request) as scratch:
            report(Progress(0, len(request.orders), f"trying orders on {scratch.server}"))
            trying = _try_in_turn if _can_roll_back(branches, request) else _try_apart
            runs = []
            for run in trying(branches, request.orders, state, scratch.new_database):
                runs.append(run)
                done = len(runs)
                report(Progress(done, len(request.orders), f"trying orders on {scratch.server}"))
    except CannotTellError as error:
        return Evidence("scratch", None, request.vendor, note=str(error))
    except Exception as error:  # noqa: BLE001 - a driver may raise anything, at any time
        return Evidence("scratch", None, request.vendor, note=headline(error))
    evidence = conclude("scratch", runs, vendor=request.vendor, notes=notes)
    return replace(evidence, server=scratch.server)


def _prepare(branches: Branches, request: TryOrders) -> Iterator[str]:
    """Have RunPython do nothing, or not for too long; says so."""
    migrations = {id(m): m for plan in branches.plans.values() for m in plan}
    functions: list[Any] = [
        operation
        for _, operation in walk_operations(list(migrations.values()))
        if isinstance(operation, RunPython)
    ]
    for operation in functions:
        if request.run_python:
            operation.code = limited(operation.code, request.python_seconds)
        else:
            operation.database_forwards = lambda *_: None
    if functions:
        yield "RunPython was run, without rows" if request.run_python else "RunPython was not run"


def _state(branches: Branches, request: TryOrders) -> State:
    """The state to begin with, rendered."""
    try:
        if request.run_python:  # it may ask for any model
            state = branches.fork.clone()
        else:
            orders = (*((leaf,) for leaf in branches.plans), *request.orders)
            state = concerned_state(branches, list(_reached(branches, orders)))
        state.apps  # noqa: B018 - rendered once, the orders' clones share it
    except (Exception, SystemExit) as error:
        message = f"the state at the fork can't be rendered: {headline(error)}"
        raise CannotTellError(message) from error
    return state


def _reached(branches: Branches, orders: Iterable[Order]) -> Iterator[State]:
    """The states that orders reach; those of orders that don't run are no matter here."""
    for order in orders:
        with suppress(RefusedError):
            yield end_state(branches, order)


def _can_roll_back(branches: Branches, request: TryOrders) -> bool:
    """Whether an order can be undone as one transaction: a new database costs much more.

    Not where rows are written: PostgreSQL alters no table with events of its rows pending.
    """
    plans = branches.plans.values()
    is_atomic = all(migration.atomic for plan in plans for migration in plan)
    return request.vendor == "postgresql" and is_atomic and not request.run_python


def _try_in_turn(
    branches: Branches, orders: Sequence[Order], state: State, new_database: NewDatabase
) -> Iterator[Run]:
    """Run orders on one database, each undone before the next."""
    with new_database() as connection:
        _make_tables(branches, state, connection)
        for order in orders:
            with transaction.atomic(using=connection.alias):
                yield _run(branches, order, state.clone(), connection)
                transaction.set_rollback(True, using=connection.alias)


def _try_apart(
    branches: Branches, orders: Sequence[Order], state: State, new_database: NewDatabase
) -> Iterator[Run]:
    """Run each order on a database of its own."""
    for order in orders:
        with new_database() as connection:
            _make_tables(branches, state, connection)
            yield _run(branches, order, state.clone(), connection)


def _make_tables(branches: Branches, state: State, connection: Connection) -> None:
    try:
        with connection.schema_editor(atomic=True) as editor:
            if connection.vendor == "postgresql":
                _create_extensions(branches, editor, state)
            for model in state.apps.get_models():
                if model._meta.can_migrate(connection):  # noqa: SLF001 - Django documents this name
                    editor.create_model(model)
    except (Exception, SystemExit) as error:
        message = f"the tables at the fork can't be made: {headline(error)}"
        raise CannotTellError(message) from error


def _run(branches: Branches, order: Order, state: State, connection: Connection) -> Run:
    for done, migration in branches.steps(order):
        try:
            with connection.schema_editor(atomic=migration.atomic) as editor:
                state = migration.apply(state, editor)
        except TimeUpError as error:
            raise CannotTellError(f"RunPython of {migration.name} did not end in time") from error
        except (Exception, SystemExit) as error:
            if is_gone(connection):
                raise CannotTellError(f"the server went away: {headline(error)}") from error
            return Run(order, None, error=f"{migration.name}: {headline(error)}", done=done)
    schema = read_schema(connection)
    return Run(order, schema.normal, schema.generated)


def _create_extensions(branches: Branches, editor: SchemaEditor, state: State) -> None:
    """Extensions and collations belong to no model, so that the state does not hold them."""
    from django.contrib.postgres import operations

    kinds = (operations.CreateExtension, operations.CreateCollation)
    for app_label, operation in walk_operations(branches.history):
        if isinstance(operation, kinds):
            operation.database_forwards(app_label, editor, state, state)
