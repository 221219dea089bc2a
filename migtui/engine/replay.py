"""Replays orders of branches on Django's ProjectState, without a database."""

from collections.abc import Sequence

from migtui.core.evidence import Order, Run, conclude
from migtui.core.verdict import Evidence
from migtui.engine.orders import Branches, CannotTellError, RefusedError, load_branches
from migtui.engine.protocol.base import Progress, Report
from migtui.engine.protocol.orders import ReplayOrders
from migtui.engine.refusals import refuse
from migtui.engine.startup import headline
from migtui.engine.states import describe_state, field_orders
from migtui.engine.untyped import State


def replay_orders(request: ReplayOrders, report: Report) -> Evidence:
    """What the orders make of the state at the fork."""
    try:
        branches = load_branches(request.migrations, request.orders, request.overlay)
    except CannotTellError as error:
        return Evidence("state", None, note=str(error))
    return replay(branches, request.orders, report)


def replay(branches: Branches, orders: Sequence[Order], report: Report) -> Evidence:
    """What orders of branches make of the state at the fork."""
    runs = []
    for number, order in enumerate(orders):
        report(Progress(number, len(orders), "replaying on Django's state"))
        try:
            state = end_state(branches, order)
        except RefusedError as error:
            runs.append(Run(order, None, error=error.message, done=error.done))
        else:
            runs.append(Run(order, describe_state(state), field_orders(state)))
    return conclude("state", runs)


def end_state(branches: Branches, order: Order) -> State:
    """The state that an order leaves.

    Raises:
        RefusedError: It does not run.
    """
    state = branches.fork.clone()
    for done, migration in branches.steps(order):
        for operation in migration.operations:
            try:
                refuse(migration.app_label, operation, state)
                operation.state_forwards(migration.app_label, state)
            except (Exception, SystemExit) as error:
                raise RefusedError(f"{migration.name}: {headline(error)}", done) from error
    return state
