"""Problems of dependencies: on what is not there, on each other, on what a squash has replaced."""

import difflib
from collections.abc import Iterator, Sequence
from itertools import pairwise

from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.problems.problem import Location, Problem


def missing_dependencies(graph: MigrationGraph) -> Iterator[Problem]:
    """E002: a dependency on a migration that is not there."""
    for found in graph.missing:
        migration, wanted = graph.migrations[found.migration], found.dependency.key
        if wanted is None:
            continue
        # What runs after the migration can't be what it depends on.
        others = graph.migrations.keys() - graph.descendants(migration.key)
        names = sorted(key.name for key in others if key.app_label == wanted.app_label)
        near = difflib.get_close_matches(wanted.name, names, cutoff=0.5)
        did_you_mean = f"Did you mean {' or '.join(near)}? " if near else ""
        yield Problem(
            "migtui.E002",
            migration.key.app_label,
            f"{migration.key} depends on {wanted}, which is not there.",
            f"{did_you_mean}Restore the file, or name another migration in "
            f"{migration.path} on line {found.dependency.line}.",
            (Location(migration.path, found.dependency.line),),
        )


def cycles(graph: MigrationGraph) -> Iterator[Problem]:
    """E003: migrations that depend on each other, or one on itself."""
    for key in sorted(graph.migrations):
        for entry in graph.migrations[key].dependencies:
            if entry.key == key:
                yield _cycle(graph, (key, key))
    for cycle in graph.cycles:
        yield _cycle(graph, cycle)


def _cycle(graph: MigrationGraph, cycle: Sequence[MigrationKey]) -> Problem:
    steps = list(pairwise(cycle))
    path = " → ".join(map(str, cycle))
    return Problem(
        "migtui.E003",
        cycle[0].app_label,
        f"{cycle[0]} depends on itself{'' if len(steps) == 1 else f': {path}'}.",
        "Take one of these dependencies out.",
        tuple(_between(graph, child, parent) for child, parent in steps),
    )


def _between(graph: MigrationGraph, child: MigrationKey, parent: MigrationKey) -> Location:
    """The line that makes one migration depend on another, as far as it can be found."""
    for owner, other, entries in (
        (child, parent, graph.migrations[child].dependencies),
        (parent, child, graph.migrations[parent].run_before),
    ):
        for entry in entries:
            if entry.key is not None and graph.active(entry.key) == other:
                return Location(graph.migrations[owner].path, entry.line)
    return Location.of(graph.migrations[child])


def dependencies_on_replaced(graph: MigrationGraph) -> Iterator[Problem]:
    """W002: a dependency on a migration whose file is gone, while its squash still stands for it.

    ``sqlmigrate`` loads the graph without squashes and fails on it.
    """
    gone = graph.replaced_by.keys() - graph.migrations.keys()
    for key in sorted(graph.migrations) if gone else ():
        migration = graph.migrations[key]
        for entry in (*migration.dependencies, *migration.run_before):
            wanted = entry.key
            if wanted not in gone:
                continue
            squash = graph.active(wanted)
            yield Problem(
                "migtui.W002",
                key.app_label,
                f"{key} depends on {wanted}, which {squash} has replaced.",
                f"Name {squash.name} instead in {migration.path} on line {entry.line}: "
                "`sqlmigrate` fails on it.",
                (Location(migration.path, entry.line),),
            )
