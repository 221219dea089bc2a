"""Squashing every app: ranges that work beside each other, in the order in which they are made."""

from collections.abc import Collection
from dataclasses import dataclass

from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.squash import (
    FEWEST,
    contract,
    find_crossing,
    find_range,
    nested_squashes,
    parts_without_crossing,
    squash_name,
)
from migtui.errors import MigtuiError


@dataclass(frozen=True, slots=True)
class Outline:
    """What can be squashed of an app, beside what can be squashed of those before it.

    Attributes:
        app_label: The app.
        migrations: All of them, in Django's order; empty where that can't be told.
        parts: The ranges that can be squashed, each of two migrations at least.
        crossing: Why it is not one: the path, as ``find_crossing`` gives it.
        refusal: Why nothing can be squashed.
    """

    app_label: str
    migrations: tuple[MigrationKey, ...] = ()
    parts: tuple[tuple[MigrationKey, ...], ...] = ()
    crossing: tuple[MigrationKey, ...] = ()
    refusal: str = ""

    @property
    def commands(self) -> tuple[tuple[str, ...], ...]:
        """The arguments of ``migtui squash`` for each part."""
        if len(self.parts) == 1 and self.parts[0] == self.migrations:
            return ((self.app_label,),)
        return tuple((self.app_label, part[0].name, part[-1].name) for part in self.parts)


def outline_apps(graph: MigrationGraph, *, can_nest: bool) -> tuple[Outline, ...]:
    """What can be squashed of every app of the project that has two migrations at least.

    Two squashes that are fine alone may make a cycle together; each is looked at with those before
    it in place. Apps come in the order in which Django migrates them.

    Args:
        graph: The migrations of the installed apps.
        can_nest: Whether a squash may replace squashes, as in Django 6.0.
    """
    parents = graph.parents
    found = []
    for app_label in _order(graph):
        nodes = [key for key in graph.nodes if key.app_label == app_label]
        if len(nodes) < FEWEST or not all(graph.migrations[key].writable for key in nodes):
            continue
        try:
            keys = find_range(graph, app_label)
        except MigtuiError as error:
            found.append(Outline(app_label, refusal=error.message))
            continue
        squashes = () if can_nest else nested_squashes(graph, keys)
        if squashes:
            names = ", ".join(key.name for key in squashes)
            refusal = f"It has a squash that is not finished: {names}."
            found.append(Outline(app_label, keys, refusal=refusal))
            continue
        crossing = find_crossing(parents, keys)
        parts = parts_without_crossing(parents, keys) if crossing else (keys,)
        parts = tuple(part for part in parts if len(part) >= FEWEST)
        for part in parts:
            start = None if part[0] == keys[0] else part[0]
            try:
                name = squash_name(graph, part, start=start, name=None)
            except MigtuiError:
                name = f"{part[0].name} to {part[-1].name}"
            parents = contract(parents, part, MigrationKey(app_label, name))
        found.append(Outline(app_label, keys, parts, crossing))
    return tuple(found)


def _order(graph: MigrationGraph) -> Collection[str]:
    """App labels in the order in which the last of their migrations runs."""
    ends = {leaf for app_label in graph.app_labels for leaf in graph.leaves(app_label)}
    return dict.fromkeys(key.app_label for key in graph.ordered(ends))
