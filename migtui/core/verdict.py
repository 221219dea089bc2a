"""Whether the branches of a conflict commute, and in which orders they run."""

from dataclasses import dataclass, field
from enum import StrEnum

from migtui.core.migration import MigrationKey

MOST_ORDERS = 120
"""How many orders are listed: all those of five branches."""


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
    """An operation's place.

    Attributes:
        migration: Whose it is.
        type: Its class.
        line: Counted from 1.
        why: Where its effect can't be seen, what stands in the way, in half a sentence.
    """

    migration: MigrationKey
    type: str
    line: int
    why: str = field(default="", compare=False)


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
class Trial:
    """What came of an order that Django was given to run.

    Attributes:
        order: Leaves, the branch that runs first first.
        end: Which of the ends that were seen it came to, counted from 0; None where it does not
            run.
        error: Where it does not run: the migration and what was raised, on one line.
    """

    order: tuple[MigrationKey, ...]
    end: int | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class EndDifference:
    """Where the first two different ends of orders differ; a text is empty where nothing is there.

    Attributes:
        resource: As in ``Overlap``; of a database, ``table.column`` and the like.
        first: What the first order left there.
        second: What the first order that ends elsewhere left there.
    """

    resource: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a kind is known.

    Attributes:
        method: ``footprint`` (read), ``state`` (replayed) or ``scratch`` (tried on a database).
        kind: What it says; None where it failed.
        vendor: Of the database, where there was one.
        note: What it rests on, or what failed.
        server: What was tried on, as it calls itself: ``PostgreSQL 15.14``; empty where that is
            not known.
        trials: The orders that were tried.
        differences: What differs where orders end differently.
    """

    method: str
    kind: Kind | None
    vendor: str | None = None
    note: str = ""
    server: str = ""
    trials: tuple[Trial, ...] = ()
    differences: tuple[EndDifference, ...] = ()


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

    def rules_out(self, order: tuple[MigrationKey, ...]) -> bool:
        """Whether an order is known not to run."""
        if Kind.COLLIDING in (self.kind, self.visible_kind):
            return True
        is_complete = 0 < len(self.orders) < MOST_ORDERS
        return is_complete and order not in self.orders
