"""Which squashes can be finished, as far as the files tell, or a database does.

Right after it was written a squash can't: no database has run it. Files tell that time has passed
since then, a database tells that it has recorded the squash, or that it has not yet.
"""

from collections.abc import Collection

from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.squash import Progress, replaced_leaves, standing


def finishable(graph: MigrationGraph) -> tuple[MigrationKey, ...]:
    """The squashes that, as far as reading tells, have been there for long.

    Nothing that one replaces is there any more, or a migration of its app was written upon it.
    """
    return tuple(
        key
        for key in graph.sorted_nodes
        if graph.migrations[key].replaces
        and graph.migrations[key].writable
        and (_is_alone(graph, key) or _is_built_upon(graph, key))
    )


def finishable_in(
    graph: MigrationGraph, applied: Collection[MigrationKey]
) -> tuple[frozenset[MigrationKey], frozenset[MigrationKey]]:
    """The squashes that a database has recorded, and those that it has yet to record.

    One of which it has applied nothing is in neither: it is new there.

    Args:
        graph: The migrations.
        applied: What the database has recorded.
    """
    ready, waiting = set[MigrationKey](), set[MigrationKey]()
    for key in graph.nodes:
        migration = graph.migrations[key]
        if migration.replaces and migration.writable:
            match standing("", key, replaced_leaves(graph, [key]), applied).progress:
                case Progress.SQUASH:
                    ready.add(key)
                case Progress.PART | Progress.WHOLE:
                    waiting.add(key)
    return frozenset(ready), frozenset(waiting)


def _is_alone(graph: MigrationGraph, squash: MigrationKey) -> bool:
    return not any(key in graph.migrations for key in graph.migrations[squash].replaced_keys)


def _is_built_upon(graph: MigrationGraph, squash: MigrationKey) -> bool:
    return any(
        key.app_label == squash.app_label
        and any(entry.key == squash for entry in graph.migrations[key].dependencies)
        for key in graph.named_by.get(squash, ())
    )
