"""Squashing as a decision: which range, where it may be cut, what it would tie into a cycle.

A squash takes the place of a range of migrations: whatever one of them depends on, it depends on.
Where another app's migration stands between two of them, it would come before and after the squash
(https://code.djangoproject.com/ticket/23337).
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.errors import ResolutionError, UsageError

Parents: TypeAlias = Mapping[MigrationKey, frozenset[MigrationKey]]

NESTING = (6, 0)
"""The Django from which on a squash may replace squashes."""
FEWEST = 2
"""Migrations that a squash is of."""


def chain(graph: MigrationGraph, app_label: str) -> tuple[MigrationKey, ...]:
    """An app's migrations in the order in which Django runs them.

    Raises:
        ResolutionError: The app has several leaves, or its migrations depend on each other.
    """
    leaves = graph.leaves(app_label)
    if len(leaves) != 1:
        names = ", ".join(leaf.name for leaf in leaves) or "none"
        raise ResolutionError(
            f"{app_label} has to have one leaf to be squashed, and has {len(leaves)}: {names}.",
            help=f"Resolve the conflict first: `migtui explain {app_label}`.",
        )
    return tuple(key for key in graph.forwards_plan(leaves[0]) if key.app_label == app_label)


def find_range(
    graph: MigrationGraph,
    app_label: str,
    start: MigrationKey | None = None,
    end: MigrationKey | None = None,
) -> tuple[MigrationKey, ...]:
    """The migrations that a squash from ``start`` to ``end`` replaces, in Django's order.

    As ``squashmigrations`` takes them: what the end depends on in its app, from the start on.

    Args:
        graph: The migrations.
        app_label: The app.
        start: The first; None for the app's first.
        end: The last; None for the app's leaf.

    Raises:
        UsageError: That is no range.
        ResolutionError: The app can't be squashed as it is.
    """
    line = chain(graph, app_label)
    for key in (start, end):
        if key is not None and key in graph.replaced_by:
            raise UsageError(
                f"{key} is replaced by {graph.active(key).name} already.",
                help="Name that one, or a migration that no squash replaces.",
            )
    last = end or line[-1]
    found = tuple(key for key in graph.forwards_plan(last) if key.app_label == app_label)
    if start is not None:
        if start not in found:
            is_after = last in graph.ancestors(start)
            why = f"comes after {last.name}" if is_after else f"does not run before {last.name}"
            raise UsageError(
                f"{start.name} {why}, so there is no range from one to the other.",
                help="Give the earlier one first." if is_after else "Choose another start.",
            )
        found = found[found.index(start) :]
    if len(found) < FEWEST:
        raise UsageError(
            f"{found[0]} alone is nothing to squash.", help="A range has two migrations at least."
        )
    return found


def nested_squashes(
    graph: MigrationGraph, keys: Iterable[MigrationKey]
) -> tuple[MigrationKey, ...]:
    """Those of these migrations that are squashes themselves."""
    return tuple(key for key in keys if graph.migrations[key].replaces)


def find_crossing(parents: Parents, keys: Collection[MigrationKey]) -> tuple[MigrationKey, ...]:
    """How a squash of these migrations would depend on itself.

    Args:
        parents: What each migration depends on.
        keys: What the squash would replace.

    Returns:
        One of them, then what it depends on step by step, through others, to one of them again;
        empty where there is no such path.
    """
    inside = frozenset(keys)
    came: dict[MigrationKey, MigrationKey] = {}
    pending = []
    for key in sorted(inside):
        for parent in sorted(parents.get(key, frozenset()) - inside):
            if parent not in came:
                came[parent] = key
                pending.append(parent)
    while pending:
        node = pending.pop()
        for parent in sorted(parents.get(node, frozenset())):
            if parent in inside:
                return (*_way_to(node, came, inside), parent)
            if parent not in came:
                came[parent] = node
                pending.append(parent)
    return ()


def _way_to(
    node: MigrationKey, came: Mapping[MigrationKey, MigrationKey], inside: Collection[MigrationKey]
) -> tuple[MigrationKey, ...]:
    way = [node]
    while way[-1] not in inside:
        way.append(came[way[-1]])
    return tuple(reversed(way))


def contract(parents: Parents, keys: Collection[MigrationKey], squash: MigrationKey) -> Parents:
    """The dependencies with a squash in the place of these migrations."""
    inside = frozenset(keys)
    found = {
        key: (others - inside) | ({squash} if others & inside else frozenset())
        for key, others in parents.items()
        if key not in inside
    }
    found[squash] = frozenset().union(*(parents.get(key, frozenset()) for key in inside)) - inside
    return found


def parts_without_crossing(
    parents: Parents, keys: Sequence[MigrationKey]
) -> tuple[tuple[MigrationKey, ...], ...]:
    """A range cut into the fewest parts of which each can be squashed, the first as long as can be.

    A part that has one migration stays as it is.
    """
    found = []
    rest = tuple(keys)
    while rest:
        fitting, failing = 1, len(rest) + 1
        while failing - fitting > 1:  # what crosses goes on to cross when more is added
            middle = (fitting + failing) // 2
            if find_crossing(parents, rest[:middle]):
                failing = middle
            else:
                fitting = middle
        found.append(rest[:fitting])
        rest = rest[fitting:]
    return tuple(found)


def squash_name(
    graph: MigrationGraph,
    keys: Sequence[MigrationKey],
    *,
    start: MigrationKey | None,
    name: str | None,
    in_use: Collection[str] = (),
) -> str:
    """What ``squashmigrations`` calls the squash of a range.

    Args:
        graph: The migrations.
        keys: The range.
        start: The start that was asked for, None where none was.
        name: What follows the number instead, ``--squashed-name``.
        in_use: Names that databases have applied in this app.

    Raises:
        UsageError: It can't be a module's name.
        ResolutionError: A migration has, or had, that name.
    """
    if name is not None and not re.fullmatch(r"\w+", name, re.ASCII):
        raise UsageError(
            f"{name!r} can't be part of the name of a migration.",
            help="Use letters, digits and underscores; a number is put before it.",
        )
    first, last = keys[0], keys[-1]
    number = first.name.partition("_")[0] if start is not None else "0001"
    if name is not None:
        found = f"{number}_{name}"
    elif start is not None:
        found = f"{first.name}_squashed_{last.name}"
    else:
        found = f"0001_squashed_{last.name}"
    replaced = {key for migration in graph.migrations.values() for key in migration.replaced_keys}
    known = {key.name for key in (*graph.migrations, *replaced) if key.app_label == first.app_label}
    if found.casefold() in {other.casefold() for other in (*known, *in_use)}:
        raise ResolutionError(
            f"{first.app_label} has, or had, a migration named {found} (migtui.E008).",
            help="Give another name with --squashed-name.",
        )
    return found


class Progress(StrEnum):
    """How much of a squashed range a database has applied."""

    NONE = "none"
    PART = "part"
    WHOLE = "whole"
    SQUASH = "squash"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a database stands to a squash.

    Attributes:
        database: Its alias, or the file that tells of it.
        progress: How much it has applied.
        missing: What it has not applied of what is replaced.
        error: Why that can't be told.
    """

    database: str
    progress: Progress
    missing: tuple[MigrationKey, ...] = ()
    error: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether the replaced migrations can go as far as this database is concerned."""
        return self.progress in (Progress.SQUASH, Progress.NONE)

    def outlook(self, squash: MigrationKey) -> str:
        """What Django's ``migrate`` does there while the replaced migrations are still there."""
        match self.progress:
            case Progress.NONE:
                return f"runs {squash.name} instead of what it replaces"
            case Progress.WHOLE:
                return f"runs nothing of it, and records {squash.name} as applied"
            case Progress.SQUASH:
                return "has nothing to do"
            case Progress.PART:
                names = ", ".join(key.name for key in self.missing)
                return f"runs what is missing, one by one ({names}), then records {squash.name}"
            case _:
                return f"can't be told: {self.error}"


def standing(
    database: str,
    squash: MigrationKey,
    replaced: Sequence[MigrationKey],
    applied: Collection[MigrationKey],
) -> Standing:
    """How a database stands to a squash.

    Args:
        database: What to call it.
        squash: The squash.
        replaced: The migrations that it replaces; where those are squashes, what these replace.
        applied: What the database has applied.
    """
    missing = tuple(key for key in replaced if key not in applied)
    if squash in applied:
        # Django runs the rest one by one where only a part of them is recorded.
        progress = Progress.SQUASH
    elif not missing:
        progress = Progress.WHOLE
    elif len(missing) == len(replaced):
        progress = Progress.NONE
    else:
        progress = Progress.PART
    return Standing(database, progress, missing if progress is Progress.PART else ())


def replaced_leaves(
    graph: MigrationGraph, keys: Iterable[MigrationKey]
) -> tuple[MigrationKey, ...]:
    """These migrations, squashes among them resolved to what they replace, as Django does."""
    found: list[MigrationKey] = []
    for key in keys:
        migration = graph.migrations.get(key)
        inner = migration.replaced_keys if migration is not None else ()
        found += replaced_leaves(graph, inner) if inner else (key,)
    return tuple(dict.fromkeys(found))
