"""Which new names migrations get when they move behind others."""

from collections.abc import Mapping, Sequence

from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.names import number_of, with_number


def renumber(
    graph: MigrationGraph, behind: MigrationKey, moved: Sequence[MigrationKey]
) -> Mapping[MigrationKey, MigrationKey]:
    """New names for those of ``moved`` whose number is not above that of the one before.

    A number that another migration of the app has is skipped, so is a name that a file has or a
    squash replaces: a database may have applied that one. Names without a number stay.

    Args:
        graph: The migrations as they are.
        behind: The migration that the first moved one will run behind.
        moved: Migrations of its app, in the order in which they will run.

    Returns:
        The new key of each migration that gets one.
    """
    app_label = behind.app_label
    names = {
        key.name.casefold()
        for key in (*graph.migrations, *graph.replaced_by)
        if key.app_label == app_label
    }
    staying = [key for key in graph.nodes.difference(moved) if key.app_label == app_label]
    used = {number_of(key.name) for key in staying}
    last = _last_number(graph, behind)
    renames: dict[MigrationKey, MigrationKey] = {}
    for key in moved:
        own = number_of(key.name)
        if own is None:
            continue
        number = own if own > last else last + 1
        name = with_number(key.name, number)
        while number in used or (name != key.name and name.casefold() in names):
            number += 1
            name = with_number(key.name, number)
        if name != key.name:
            renames[key] = MigrationKey(app_label, name)
            names.add(name.casefold())
        used.add(number)
        last = number
    return renames


def _last_number(graph: MigrationGraph, key: MigrationKey) -> int:
    """Its number, or that of the last one before it that has one."""
    number = number_of(key.name)
    if number is None:
        line = reversed(graph.ordered(graph.app_ancestors(key)))
        number = next((n for n in (number_of(k.name) for k in line) if n is not None), 0)
    return number
