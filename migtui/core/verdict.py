"""Whether the branches of a conflict commute, and in which orders they run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations

from migtui.core.conflict import Conflict
from migtui.core.migration import MigrationKey, Operation


class Kind(StrEnum):
    """What a verdict says, from best to worst."""

    INDEPENDENT = "independent"
    """Every order runs and ends in the same state."""
    ORDERED = "ordered"
    """Some orders run, some do not."""
    DIVERGENT = "divergent"
    """Orders run, but end in different states."""
    COLLIDING = "colliding"
    """No order runs."""
    OPAQUE = "opaque"
    """What an operation does can't be seen."""


@dataclass(frozen=True, slots=True)
class OperationRef:
    """An operation's place: the migration, its class, its line counted from 1."""

    migration: MigrationKey
    type: str
    line: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """Operations of different branches that touch the same thing.

    Attributes:
        resource: ``app_label.model[.field]``, ``app_label.model:index:name`` and so on.
        kind: What this overlap alone would make of the verdict.
        why: One sentence.
        operations: Those that touch it, one or more of each side.
    """

    resource: str
    kind: Kind
    why: str
    operations: tuple[OperationRef, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a kind is known.

    Attributes:
        method: ``footprint`` (read), ``state`` (replayed) or ``scratch`` (tried on a database).
        kind: What it says; None where it failed.
        vendor: Of the database, where there was one.
        note: What it rests on, or what failed.
    """

    method: str
    kind: Kind | None
    vendor: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known about a conflict.

    Attributes:
        kind: The worst of all evidence.
        visible_kind: That of the operations that can be seen, where ``kind`` is opaque.
        orders: The orders of leaves that run, as far as is known.
        overlaps: What the branches both touch.
        opaque: The operations whose effect can't be seen.
        evidence: How it is known.
    """

    kind: Kind
    visible_kind: Kind
    orders: tuple[tuple[MigrationKey, ...], ...]
    overlaps: tuple[Overlap, ...] = ()
    opaque: tuple[OperationRef, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def judge(
    conflict: Conflict,
    operations: Mapping[MigrationKey, tuple[Operation, ...]],
    history: Iterable[tuple[MigrationKey, tuple[Operation, ...]]] = (),
) -> Verdict:
    """Whether the branches of a conflict commute, from reading alone.

    Args:
        conflict: Its branches.
        operations: The operations of every migration of the branches.
        history: Migrations that run before the branches, in an order in which they run, of as
            many apps as are read: what they leave behind (tables, relations, parents of models)
            makes the verdict finer. Without it, more is opaque.

    Returns:
        The verdict, whose evidence is of the method ``footprint``.
    """
    del history
    acting = [
        branch for branch in conflict.branches if any(operations[key] for key in branch.migrations)
    ]
    kind = Kind.INDEPENDENT if len(acting) < 2 else Kind.OPAQUE  # noqa: PLR2004 - it takes two
    hidden = tuple(
        OperationRef(key, operation.type, operation.line)
        for branch in acting
        for key in branch.migrations
        for operation in operations[key]
    )
    return Verdict(
        kind=kind,
        visible_kind=Kind.INDEPENDENT,
        orders=tuple(permutations(conflict.leaves)) if kind is Kind.INDEPENDENT else (),
        opaque=hidden if kind is Kind.OPAQUE else (),
        evidence=(Evidence("footprint", kind),),
    )
