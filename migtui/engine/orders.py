"""The migrations of a conflict's branches in different orders, and what runs before them all."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from migtui.core.migration import MigrationKey
from migtui.engine.loading import install_overlay, load_needed
from migtui.engine.protocol.base import OverlayFile
from migtui.engine.startup import headline
from migtui.engine.untyped import Migration, Operation, State

Order = tuple[MigrationKey, ...]


class CannotTellError(Exception):
    """Something that is needed to try an order is not to be had; says what."""


class RefusedError(Exception):
    """An order does not run.

    Args:
        message: The migration, and what was raised.
        done: How many of the order's leaves had run before.
    """

    def __init__(self, message: str, done: int) -> None:
        super().__init__(message)
        self.message = message
        self.done = done


@dataclass(frozen=True, slots=True)
class Branches:
    """What orders are made of.

    Attributes:
        history: The migrations that run before any branch, in Django's order.
        plans: By leaf, what runs to reach it from there; other apps' migrations that depend on a
            branch are part of it.
        fork: The state that the history leaves; nothing in it is rendered.
    """

    history: tuple[Migration, ...]
    plans: dict[MigrationKey, tuple[Migration, ...]]
    fork: State

    def steps(self, order: Order) -> Iterator[tuple[int, Migration]]:
        """The migrations of an order, each with the number of leaves that are done before it."""
        seen: set[int] = set()
        for done, leaf in enumerate(order):
            for migration in self.plans[leaf]:
                if id(migration) not in seen:
                    seen.add(id(migration))
                    yield done, migration


def load_branches(
    migrations: Collection[MigrationKey],
    orders: Sequence[Order],
    overlay: Sequence[OverlayFile] = (),
) -> Branches:
    """Load what is needed to run these orders.

    Args:
        migrations: Those of every branch.
        orders: Orders of leaves.
        overlay: Files as they would be.

    Raises:
        CannotTellError: Django can't load the migrations, or has no state at the fork.
    """
    try:
        install_overlay(overlay)
        loader = load_needed({key.app_label for key in migrations})
        return _branches(loader, {(key.app_label, key.name) for key in migrations}, orders)
    except (Exception, SystemExit) as error:
        raise CannotTellError(f"the fork can't be loaded: {headline(error)}") from error


def _branches(
    loader: MigrationLoader, migrations: set[tuple[str, str]], orders: Sequence[Order]
) -> Branches:
    leaves = sorted({leaf for order in orders for leaf in order})
    plans = {leaf: loader.graph.forwards_plan((leaf.app_label, leaf.name)) for leaf in leaves}
    late = set(migrations)
    history: dict[tuple[str, str], Migration] = {}
    for plan in plans.values():
        for key in plan:
            if not late.isdisjoint(parent.key for parent in loader.graph.node_map[key].parents):
                late.add(key)
            if key not in late:
                history[key] = loader.graph.nodes[key]
    state = ProjectState(real_apps=loader.unmigrated_apps)
    for migration in history.values():
        state = migration.mutate_state(state, preserve=False)
    return Branches(
        history=tuple(history.values()),
        plans={
            leaf: tuple(loader.graph.nodes[key] for key in plan if key in late)
            for leaf, plan in plans.items()
        },
        fork=state,
    )


def walk_operations(migrations: Sequence[Migration]) -> Iterator[tuple[str, Operation]]:
    """The app label and the operation of each, nested ones too."""
    for migration in migrations:
        pending = list(migration.operations)
        while pending:
            operation = pending.pop(0)
            yield str(migration.app_label), operation
            for name in ("database_operations", "state_operations"):
                pending += getattr(operation, name, None) or ()
