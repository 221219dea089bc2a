"""Which new names migrations get when they move behind others."""

from collections.abc import Iterable, Mapping, Sequence

from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.names import number_of, with_number


def renumber(
    graph: MigrationGraph, before: Sequence[MigrationKey], moved: Sequence[MigrationKey]
) -> Mapping[MigrationKey, MigrationKey]:
    """New names for those of ``moved`` whose number is not above that of the one before.

    A number that another migration of the app has is skipped, so is a name that a file has or a
    squash replaces: a database may have applied that one. Names without a number stay.

    Args:
        graph: The migrations as they are.
        before: What runs before the moved ones, in the order in which it runs.
        moved: Migrations of one app, in the order in which they will run.

    Returns:
        The new key of each migration that gets one.
    """
    names = _names_in_use(graph, {key.app_label for key in moved})
    used = _numbers(set(graph.nodes).difference(moved), {key.app_label for key in moved})
    last = next((found for found in map(_number, reversed(before)) if found is not None), 0)
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
            renames[key] = MigrationKey(key.app_label, name)
            names.add(name.casefold())
        used.add(number)
        last = number
    return renames


def _number(key: MigrationKey) -> int | None:
    return number_of(key.name)


def _numbers(keys: Iterable[MigrationKey], app_labels: set[str]) -> set[int]:
    found = (number_of(key.name) for key in keys if key.app_label in app_labels)
    return {number for number in found if number is not None}


def _names_in_use(graph: MigrationGraph, app_labels: set[str]) -> set[str]:
    keys = [key for key in graph.migrations if key.app_label in app_labels]
    for migration in graph.migrations.values():
        keys += [key for key in migration.replaced_keys if key.app_label in app_labels]
    return {key.name.casefold() for key in keys}
