"""Where a migration has stopped that ended half-way, by what its statements leave in a schema."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from migtui.core.runs import Trouble

Shape: TypeAlias = Mapping[str, str]
"""A schema: definitions by resource."""


class Effect(StrEnum):
    """Whether a statement has taken effect."""

    DONE = "done"
    HALF = "half"
    UNKNOWN = "unknown"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that the migration does.

    Attributes:
        text: The statement; of what is no SQL, what it is.
        is_sql: Whether it can be run by itself.
        operation: The class of the operation that it comes from; empty where it comes at the end.
        effect: Whether it has taken effect.
        evidence: How that is known, or why it is not.
    """

    text: str
    is_sql: bool
    operation: str
    effect: Effect
    evidence: str


@dataclass(frozen=True, slots=True)
class Way:
    """SQL that leads to one end of the migration.

    Attributes:
        statements: In order, the last one about ``django_migrations`` where that is needed.
        is_proved: Whether they have led there on a scratch database.
        error: Why there are none, or what is not proved.
        notes: What they can't do.
    """

    statements: tuple[str, ...] = ()
    is_proved: bool = False
    error: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Halfway:
    """Where a migration has stopped on a database.

    Attributes:
        alias: The database.
        app_label: The migration's app.
        migration: Its name.
        vendor: Of the database.
        server: What the scratch database ran on.
        is_recorded: Whether the migration counts as applied; then it was being unapplied.
        steps: What it does, in order.
        back: To where it began.
        onward: To where it was to end.
        differences: What fits no point of the migration, where none fits.
        notes: On what all this rests.
        trouble: Why it can't be told.
    """

    alias: str
    app_label: str
    migration: str
    vendor: str = ""
    server: str = ""
    is_recorded: bool = False
    steps: tuple[Step, ...] = ()
    back: Way = Way()
    onward: Way = Way()
    differences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    trouble: Trouble | None = None

    @property
    def is_found(self) -> bool:
        """Whether it is known where the migration stopped, and both ways are proved."""
        return bool(self.steps) and self.back.is_proved and self.onward.is_proved


@dataclass(frozen=True, slots=True)
class Stop:
    """Between which statements a migration has stopped.

    Attributes:
        first: So many statements have taken effect for certain.
        last: So many at most; between the two nothing can be seen in a schema.
    """

    first: int
    last: int

    def effect(self, number: int, shapes: Sequence[Shape]) -> tuple[Effect, str]:
        """Whether a statement, counted from 1, has taken effect, and how that is known."""
        is_seen = shapes[number - 1] != shapes[number]
        if number <= self.first:
            return Effect.DONE, "the schema shows it" if is_seen else "a later one shows it"
        if number <= self.last:
            why = "it leaves nothing in the schema" if not is_seen else "another one takes it back"
            return Effect.UNKNOWN, f"{why}: look at the rows"
        return Effect.MISSING, "the schema shows it" if is_seen else "an earlier one shows it"


def find_stop(shapes: Sequence[Shape], real: Shape) -> Stop | None:
    """The point that a schema is at; None where it is at none.

    Only what the migration changes is compared: whatever else is in a database is no matter.

    Args:
        shapes: The schema before the first statement, and after each of them.
        real: The schema of the database.
    """
    concerned = _concerned(shapes)
    fitting = [
        number
        for number, shape in enumerate(shapes)
        if all(shape.get(name) == real.get(name) for name in concerned)
    ]
    return Stop(fitting[0], fitting[-1]) if fitting else None


def misfits(shapes: Sequence[Shape], real: Shape) -> tuple[str, ...]:
    """What is otherwise than at the point that a schema is nearest to, in sentences."""
    concerned = sorted(_concerned(shapes))
    found = [[name for name in concerned if shape.get(name) != real.get(name)] for shape in shapes]
    nearest = min(range(len(shapes)), key=lambda number: (len(found[number]), number))
    return tuple(
        f"{name} is {real.get(name) or 'not there'!s}; after statement {nearest} it would be "
        f"{shapes[nearest].get(name) or 'not there'!s}."
        for name in found[nearest]
    )


def _concerned(shapes: Sequence[Shape]) -> set[str]:
    return {
        name
        for one, other in itertools.pairwise(shapes)
        for name in {*one, *other}
        if one.get(name) != other.get(name)
    }
