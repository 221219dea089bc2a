"""Which squashes have been there for long, as far as the files tell."""

from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey


def finishable(graph: MigrationGraph) -> tuple[MigrationKey, ...]:
    """The squashes that, as far as reading tells, have been there for long.

    Nothing that one replaces is there any more, or a migration of its app was written upon it.
    """
    return tuple(
        key
        for key in sorted(graph.nodes)
        if graph.migrations[key].replaces
        and graph.migrations[key].writable
        and (_is_alone(graph, key) or _is_built_upon(graph, key))
    )


def _is_alone(graph: MigrationGraph, squash: MigrationKey) -> bool:
    return not any(key in graph.migrations for key in graph.migrations[squash].replaced_keys)


def _is_built_upon(graph: MigrationGraph, squash: MigrationKey) -> bool:
    return any(
        key.app_label == squash.app_label
        and any(entry.key == squash for entry in graph.migrations[key].dependencies)
        for key in graph.named_by.get(squash, ())
    )
