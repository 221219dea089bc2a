"""Lays the branches of a conflict one behind the other: what moves, is renamed, is edited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from migtui.core.edits import MigrationEdit, changes_text, collect_edits
from migtui.core.graph import MigrationGraph
from migtui.core.migration import Migration, MigrationKey
from migtui.core.renumber import renumber
from migtui.errors import ResolutionError

NewParents: TypeAlias = dict[MigrationKey, MigrationKey]


@dataclass(frozen=True, slots=True)
class Line:
    """The branches of an app as one line; keys are those from before.

    Attributes:
        moved: What runs behind another branch from now on, in the order in which it runs.
        renamed: Old and new keys.
        edits: One for each file that changes.
    """

    moved: tuple[MigrationKey, ...]
    renamed: Mapping[MigrationKey, MigrationKey]
    edits: tuple[MigrationEdit, ...]


def linearise(
    graph: MigrationGraph, order: Sequence[MigrationKey], *, renumbering: bool = True
) -> Line:
    """Put each leaf's own part behind the leaf before it.

    A leaf's own part is what it depends on inside its app and no leaf before it does. The first
    migrations of that part get the leaf before as their parent.

    Args:
        graph: The migrations as they are.
        order: Every leaf of the app, first to run first.
        renumbering: Whether moved migrations get new names.

    Raises:
        ResolutionError: The order would make a cycle, or a file can't be edited.
    """
    moved: list[MigrationKey] = []
    parents: NewParents = {}
    _require_known(graph, order)
    placed = graph.app_ancestors(order[0])
    for position, leaf in enumerate(order[1:], start=1):
        before = order[position - 1]
        own = graph.app_ancestors(leaf) - placed
        placed |= own
        roots = _roots(graph, own)
        parents |= dict.fromkeys(roots, before)
        _require_no_cycle(graph, order[:position], roots, parents)
        for root in roots:
            parents |= dict.fromkeys(_replaced_roots(graph, root), before)
        moved += graph.ordered(own)
    renamed = renumber(graph, order[0], moved) if renumbering else {}
    edits = collect_edits(graph, parents, renamed)
    for edit in edits:
        _require_editable(graph, edit)
    return Line(tuple(moved), renamed, edits)


def require_mergeable(graph: MigrationGraph, leaves: Sequence[MigrationKey]) -> None:
    """A merge of these leaves can be written and loaded.

    Raises:
        ResolutionError: It can't.
    """
    _require_known(graph, leaves)
    for leaf in leaves:
        migration = graph.migrations[leaf]
        if not migration.writable:
            raise ResolutionError(
                f"{migration.path} is an installed package's, and a merge would have to stand "
                "beside it.",
                help="Report the conflict to the package, or pin a version without it.",
            )


def _roots(graph: MigrationGraph, own: frozenset[MigrationKey]) -> list[MigrationKey]:
    """The members that depend on no other member."""
    roots = sorted(key for key in own if not graph.parents[key] & own)
    if not roots:
        names = ", ".join(sorted(key.name for key in own))
        raise ResolutionError(f"{names} depend on each other in a circle.", help="Mend that first.")
    return roots


def _replaced_roots(graph: MigrationGraph, squash: MigrationKey) -> list[MigrationKey]:
    """The first of the files that a squash replaces, where they are still there.

    A database that has applied some of them still runs them instead of the squash, so they need
    the parent that the squash gets.
    """
    replaced = {key for key, stands in graph.replaced_by.items() if stands == squash}
    files = [graph.migrations[key] for key in sorted(replaced) if key in graph.migrations]
    return [
        migration.key
        for migration in files
        if migration.key.app_label == squash.app_label
        and replaced.isdisjoint(entry.key for entry in migration.dependencies)
    ]


def _require_known(graph: MigrationGraph, leaves: Sequence[MigrationKey]) -> None:
    """No parent may be missing or unread in the branches: they aren't what they seem then."""
    histories = [graph.app_ancestors(leaf) for leaf in leaves]
    every = frozenset().union(*histories)
    for missing in graph.missing:
        if graph.active(missing.migration) in every:
            dependency = missing.dependency
            raise ResolutionError(
                f"{missing.migration} depends on {dependency.app_label}.{dependency.name}, "
                "which is not there.",
                help="Mend that dependency first.",
            )
    for key in sorted(every - frozenset.intersection(*histories)):
        migration = graph.migrations[key]
        error = migration.error
        if error is not None and not error.newer_python and not _is_placed(migration):
            raise ResolutionError(
                f"{migration.path} could not be read: {error.message}",
                help="Mend the file first.",
            )


def _is_placed(migration: Migration) -> bool:
    """Whether a file that can't be parsed as a whole still tells where it stands in the graph."""
    entries = (*migration.dependencies, *migration.run_before, *migration.replaces)
    is_syntax = migration.error is not None and migration.error.kind == "syntax"
    return is_syntax and not any(entry.is_unknown for entry in entries)


def _require_no_cycle(
    graph: MigrationGraph,
    earlier: Sequence[MigrationKey],
    roots: Sequence[MigrationKey],
    parents: NewParents,
) -> None:
    """No leaf may depend on what is to run behind it."""
    for leaf in earlier:
        needed = graph.ancestors(leaf)
        for root in roots:
            if root in needed:
                known = [(cycle[0], cycle[1]) for cycle in graph.cycles]
                cycle = graph.find_cycle(without=known, plus=[*parents.items()])
                raise ResolutionError(
                    f"{leaf.name} depends on {root.name} through another app, so {root.name} can't "
                    f"run behind it: {' -> '.join(map(str, cycle))}."
                )


def _require_editable(graph: MigrationGraph, edit: MigrationEdit) -> None:
    migration = graph.migrations[edit.migration]
    if not migration.writable:
        raise ResolutionError(
            f"{migration.path} would have to change, but it is an installed package's.",
            help="Order the branches so that the package's migrations stay, or merge.",
        )
    if not changes_text(edit, migration):
        return
    if migration.error is not None and not migration.error.newer_python:
        raise ResolutionError(
            f"{migration.path} would have to change, but it could not be read whole: "
            f"{migration.error.message}"
        )
    if edit.parent is not None and _parent_is_computed(migration):
        raise ResolutionError(
            f"What {edit.migration} depends on is computed when {migration.path} runs, so it "
            "can't be put behind another migration.",
            help="Write the dependency out, or choose an order in which it stays, or merge.",
        )


def _parent_is_computed(migration: Migration) -> bool:
    """Whether the dependency on the own app can't be seen."""
    app_label = migration.key.app_label
    unknown = [entry for entry in migration.dependencies if entry.is_unknown]
    if any(entry.app_label == app_label for entry in unknown):
        return True
    named = any(
        entry.key is not None and entry.key.app_label == app_label
        for entry in migration.dependencies
    )
    return not named and any(entry.app_label is None for entry in unknown)
