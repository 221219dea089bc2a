"""Problems of squashes: those that can't work, and those that can be finished."""

from collections.abc import Iterator

from migtui.core.finishable import finishable
from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.problems.problem import Location, Problem, locations_of


def circular_squashes(graph: MigrationGraph) -> Iterator[Problem]:
    """E008: squashes that replace each other, or themselves."""
    reported: set[MigrationKey] = set()
    for key in sorted(key for key, migration in graph.migrations.items() if migration.replaces):
        circle = sorted(other for other in _replaced(graph, key) if key in _replaced(graph, other))
        if circle and key not in reported:
            reported.update(circle)
            path = " and ".join(map(str, circle))
            yield Problem(
                "migtui.E008",
                key.app_label,
                f"{path} replace each other." if len(circle) > 1 else f"{key} replaces itself.",
                "Take the newer migration out of the `replaces` of the older one.",
                locations_of(graph, circle),
            )


def _replaced(graph: MigrationGraph, key: MigrationKey) -> frozenset[MigrationKey]:
    """What a squash replaces, directly or through the squashes that it replaces."""
    seen: set[MigrationKey] = set()
    stack = [key]
    while stack:
        migration = graph.migrations.get(stack.pop())
        for other in migration.replaced_keys if migration else ():
            if other not in seen:
                seen.add(other)
                stack.append(other)
    return frozenset(seen)


def squashes_of_the_same(graph: MigrationGraph) -> Iterator[Problem]:
    """E008: a migration that two squashes replace, neither of which replaces the other."""
    first: dict[MigrationKey, MigrationKey] = {}
    for key in graph.sorted_nodes:
        for entry in graph.migrations[key].replaces:
            other = first.setdefault(entry.key, key) if entry.key is not None else key
            if other != key:
                yield Problem(
                    "migtui.E008",
                    key.app_label,
                    f"{entry.key} is replaced by both {other} and {key}: a new database would run "
                    "its operations twice.",
                    "Delete one of the two squashes, or let the later one replace the other.",
                    (Location(graph.migrations[key].path, entry.line),
                     Location.of(graph.migrations[other])),
                )  # fmt: skip
                break


def squashes_to_finish(graph: MigrationGraph) -> Iterator[Problem]:
    """W003: a squash of which nothing is left but ``replaces``, or that others build upon."""
    for key in finishable(graph):
        migration = graph.migrations[key]
        count = len(migration.replaces)
        yield Problem(
            "migtui.W003",
            key.app_label,
            f"{key} still replaces {count} migration{'s' * (count != 1)}.",
            "When every database has applied it: "
            f"`migtui squash {key.app_label} --finish {key.name}`.",
            (Location(migration.path, migration.replaces[0].line),),
        )
