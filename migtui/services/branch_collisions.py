"""Holds git branches against the base and against each other."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from migtui.core.conflict import Conflict, find_conflict
from migtui.core.forecast import (
    AppChange,
    Cause,
    Collision,
    GitBranch,
    depends_on_removed,
    leaves_collide,
    older_first,
    same_names,
)
from migtui.core.graph import MigrationGraph
from migtui.core.migration import Migration, MigrationKey
from migtui.core.verdict import Kind
from migtui.services.branch_changes import BranchChanges
from migtui.services.branch_verdicts import BranchVerdicts
from migtui.vcs.tips import Parting

Ends = tuple[frozenset[MigrationKey], frozenset[MigrationKey]]


@dataclass(frozen=True, slots=True)
class ReadBranch:
    """A branch that was read.

    Attributes:
        branch: The branch.
        parting: Where it has left the base.
        changes: What it does to migrations, by app label.
        short: Its name without a remote; branches of one name are one branch.
    """

    branch: GitBranch
    parting: Parting
    changes: Mapping[str, AppChange]
    short: str


class Collisions:
    """Finds what does not go together.

    Args:
        changes: What the branches do.
        base: Name of the base.
    """

    def __init__(self, changes: BranchChanges, base: str) -> None:
        self._changes = changes
        self._verdicts = BranchVerdicts(changes)
        self._base = base

    def with_base(self, entry: ReadBranch) -> Iterator[Collision]:
        """What of a branch does not go together with the base as it is now."""
        name = entry.branch.name
        for label, change in entry.changes.items():
            plain = Collision(
                label,
                self._base,
                name,
                Cause.LEAVES,
                path=_path(change.written, change.leaves),
            )
            found = self._app_with_base(plain, change, entry.changes)
            if found is not None:
                yield found
        for key, wanted in self._missing(entry.changes):
            yield Collision(
                key.app_label,
                self._base,
                name,
                Cause.MISSING,
                why=f"{key.name} depends on {wanted}, which is not there any more.",
                path=entry.changes[key.app_label].written[key].path,
            )

    def between(self, one: ReadBranch, other: ReadBranch) -> Iterator[Collision]:
        """What of two branches does not go together."""
        apps = sorted(one.changes.keys() & other.changes.keys())
        removed = {entry.branch.name: _removed(entry) for entry in (one, other)}
        if one.short == other.short or not (apps or any(removed.values())):
            return
        older, newer, why_first = older_first(one.branch, other.branch)
        first, second = (one, other) if older is one.branch else (other, one)
        for label in apps:
            plain = Collision(label, older.name, newer.name, Cause.LEAVES, why_first=why_first)
            found = self._app_between(plain, first, second)
            if found is not None:
                yield found
        for remover, depender in ((first, second), (second, first)):
            name = remover.branch.name
            for key, wanted in depends_on_removed(depender.changes, removed[name]):
                yield Collision(
                    key.app_label,
                    name,
                    depender.branch.name,
                    Cause.MISSING,
                    why=f"{key.name} depends on {wanted}, which {name} takes away or renames.",
                    why_first=f"{name} takes it away.",
                    path=depender.changes[key.app_label].written[key].path,
                )

    def _app_with_base(
        self, plain: Collision, change: AppChange, changes: Mapping[str, AppChange]
    ) -> Collision | None:
        label, base = plain.app_label, self._changes.base.graph
        taken = [key.name for key in sorted(change.new) if key in base.migrations]
        if taken:
            return _same_name(plain, taken)
        if change.leaf_count <= max(len(base.leaves(label)), 1):
            return None
        graph = self._changes.graph_with(label, change)
        leaves = graph.leaves(label)
        if label in graph.doubtful_apps:
            return _unknown(plain, graph)
        mine = frozenset(leaves) & change.leaves
        conflict = find_conflict(graph, label)
        found = _leaves(plain, (frozenset(leaves) - mine, mine), conflict)
        verdict = self._verdicts.judge(conflict, graph, changes) if conflict else None
        first = plain.first if found.leaves[0] else plain.second
        return replace(found, verdict=verdict, first=first)

    def _missing(
        self, changes: Mapping[str, AppChange]
    ) -> Iterator[tuple[MigrationKey, MigrationKey]]:
        """Migrations of a branch that depend on what neither it nor the base has."""
        base = self._changes.base.graph
        own = {key for change in changes.values() for key in change.written}
        for change in changes.values():
            for key, migration in change.written.items():
                for entry in (*migration.dependencies, *migration.run_before):
                    wanted = entry.key
                    if wanted is None or wanted.app_label not in base.app_labels:
                        continue
                    if wanted not in own and base.active(wanted) not in base.migrations:
                        yield key, wanted

    def _app_between(
        self, plain: Collision, first: ReadBranch, second: ReadBranch
    ) -> Collision | None:
        label = plain.app_label
        one, other = first.changes[label], second.changes[label]
        plain = replace(plain, path=_path(other.written, other.leaves))
        same = same_names(one, other)
        if same:
            return _same_name(plain, [key.name for key in same])
        if not leaves_collide(one, other):
            return None
        is_plain = one.is_plain and other.is_plain
        make = self._changes.graph_between if is_plain else self._changes.graph_with
        graph = make(label, one, other)
        leaves = frozenset(graph.leaves(label))
        ends = (
            one.leaves & leaves - other.written.keys(),
            other.leaves & leaves - one.written.keys(),
        )
        if not all(ends):  # a squash, or a removal, on one side has joined them
            return None
        if label in graph.doubtful_apps:
            return _unknown(plain, graph)
        conflict = _between(graph, label, leaves, ends[0] | ends[1])
        if conflict is None:
            return _leaves(plain, ends, None)
        verdict = self._verdicts.judge(conflict, graph, first.changes, second.changes)
        begins = {order[0] for order in verdict.orders} if verdict.kind is Kind.ORDERED else set()
        if begins and begins <= ends[1]:
            path = _path(one.written, one.leaves)
            plain = replace(plain, first=plain.second, second=plain.first, path=path)
            ends = (ends[1], ends[0])
        if begins and begins <= ends[0]:
            plain = replace(plain, why_first="They run in no other order.")
        return replace(_leaves(plain, ends, conflict), verdict=verdict)


def _removed(entry: ReadBranch) -> frozenset[MigrationKey]:
    return frozenset[MigrationKey]().union(*(app.removed for app in entry.changes.values()))


def _same_name(plain: Collision, names: Collection[str]) -> Collision:
    why = f"both add {', '.join(names)}, with different content."
    return replace(plain, cause=Cause.SAME_NAME, why=why)


def _unknown(plain: Collision, graph: MigrationGraph) -> Collision:
    vague = ", ".join(key.name for key in graph.doubtful_apps[plain.app_label])
    why = f"what {vague} depends on is only known when it runs."
    return replace(plain, cause=Cause.UNKNOWN, why=why)


def _leaves(plain: Collision, ends: Ends, conflict: Conflict | None) -> Collision:
    first, second = (tuple(sorted(key.name for key in end)) for end in ends)
    fork = ", ".join(key.name for key in conflict.fork) if conflict else ""
    after = f" after {fork}" if fork else ""
    names = " and ".join(", ".join(names) for names in (first, second) if names)
    why = f"{names} are leaves of {plain.app_label}{after}."
    return replace(plain, leaves=(first, second), why=why)


def _between(
    graph: MigrationGraph,
    app_label: str,
    every: frozenset[MigrationKey],
    leaves: frozenset[MigrationKey],
) -> Conflict | None:
    """The conflict of some leaves alone, whatever others the app has."""
    if leaves == every:
        return find_conflict(graph, app_label)
    behind = frozenset[MigrationKey]().union(*(graph.app_ancestors(leaf) for leaf in leaves))
    kept = [graph.migrations[key] for key in behind]
    return find_conflict(MigrationGraph.of(kept, graph.swappable), app_label)


def _path(written: Mapping[MigrationKey, Migration], leaves: Collection[MigrationKey]) -> str:
    """The file that a reader should look at."""
    keys = sorted(leaves) or sorted(written)
    return written[keys[0]].path if keys else ""
