"""A conflict: the leaves of one app, the branches that lead to them, and where they part."""

from dataclasses import dataclass

from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey


@dataclass(frozen=True, slots=True)
class Branch:
    """One side of a conflict.

    Attributes:
        leaf: The last migration.
        migrations: From the first one after the fork to the leaf, parents first. Where branches
            fork again later, what they share stands in each of them.
    """

    leaf: MigrationKey
    migrations: tuple[MigrationKey, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Several leaves in one app.

    Attributes:
        app_label: The app.
        branches: One for each leaf, sorted by the leaf's name.
        fork: The nearest common ancestors within the app; empty where there is none.
    """

    app_label: str
    branches: tuple[Branch, ...]
    fork: tuple[MigrationKey, ...]

    @property
    def leaves(self) -> tuple[MigrationKey, ...]:
        """The leaves, sorted."""
        return tuple(branch.leaf for branch in self.branches)

    @property
    def migrations(self) -> frozenset[MigrationKey]:
        """The migrations of every branch."""
        return frozenset(key for branch in self.branches for key in branch.migrations)


def find_conflict(graph: MigrationGraph, app_label: str) -> Conflict | None:
    """The conflict of an app, None where it has fewer than two leaves."""
    leaves = graph.leaves(app_label)
    if len(leaves) < 2:  # noqa: PLR2004 - two leaves make a conflict
        return None
    histories = {leaf: graph.app_ancestors(leaf) for leaf in leaves}
    common = frozenset.intersection(*histories.values())
    behind = {parent for key in common for parent in graph.parents[key]}
    return Conflict(
        app_label=app_label,
        branches=tuple(
            Branch(leaf, graph.ordered(history - common)) for leaf, history in histories.items()
        ),
        fork=tuple(sorted(common - behind)),
    )


def find_conflicts(graph: MigrationGraph) -> tuple[Conflict, ...]:
    """Every app's conflict, sorted by app label."""
    found = (find_conflict(graph, app_label) for app_label in graph.conflicting_apps)
    return tuple(conflict for conflict in found if conflict is not None)
