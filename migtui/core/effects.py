"""Resources and effects: the words in which footprints say what an operation does.

A resource lives on one of two planes, as ``SeparateDatabaseAndState`` tells them apart: what Django
believes (``STATE``: models, fields, options, indexes, constraints) and what the database has
(``DATABASE``: the same things, and the names that it keeps unique).
"""

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from migtui.core.reach import ModelReach

STATE = "state"
DATABASE = "database"
PLANES = (STATE, DATABASE)

MODEL = "model"
FIELD = "field"
INDEX = "index"
CONSTRAINT = "constraint"
OPTION = "option"
COLUMN = "column"
RELATION = "relation"
OBJECT = "object"


class Resource(NamedTuple):
    """Something that operations can touch.

    Attributes:
        plane: ``STATE`` or ``DATABASE``.
        model: Label in lower case, ``blog.post``; empty for what belongs to the whole database.
        kind: ``MODEL``, ``FIELD``, ``INDEX``, ``CONSTRAINT``, ``OPTION``; on the database's plane
            also ``COLUMN`` (a column's name in its table), ``RELATION`` (a name that tables and
            indexes of one schema share) and ``OBJECT`` (an extension, a collation, a function).
        name: Within the model; empty for the model itself. Fields in lower case.
    """

    plane: str
    model: str
    kind: str
    name: str = ""

    @property
    def parent(self) -> "Resource":
        """The model that it belongs to."""
        return Resource(self.plane, self.model, MODEL)

    def on(self, plane: str) -> "Resource":
        """The resource of this name on one of the planes."""
        return self._replace(plane=plane)

    def __str__(self) -> str:
        if self.kind == MODEL:
            return self.model
        if self.kind == FIELD:
            return f"{self.model}.{self.name}"
        return f"{self.model}:{self.kind}:{self.name}".removeprefix(":")


@dataclass(frozen=True, slots=True)
class Needs:
    """The resource has to be there."""

    resource: Resource


@dataclass(frozen=True, slots=True)
class Lacks:
    """The resource must not be there."""

    resource: Resource


@dataclass(frozen=True, slots=True)
class Creates:
    """The resource comes to be.

    Attributes:
        resource: Which.
        value: What it is then; equal values are equal things.
        refers: Resources that it names, and that cannot go while it is there.
        strict: Whether it must not be there before: a database says no, Django's state overwrites,
            and ``IF NOT EXISTS`` leaves what is there.
    """

    resource: Resource
    value: object = None
    refers: frozenset[Resource] = frozenset()
    strict: bool = True


@dataclass(frozen=True, slots=True)
class Changes:
    """The resource, which may be an option that nobody set before, gets a value."""

    resource: Resource
    value: object = None
    refers: frozenset[Resource] = frozenset()


@dataclass(frozen=True, slots=True)
class Renames:
    """The resource, and all that belongs to it, is called otherwise from here on."""

    resource: Resource
    to: Resource


@dataclass(frozen=True, slots=True)
class Destroys:
    """The resource goes, and all that belongs to it.

    Attributes:
        resource: Which.
        strict: Whether it has to be there before.
    """

    resource: Resource
    strict: bool = True


@dataclass(frozen=True, slots=True)
class Touches:
    """Rows of a model are read or written.

    Attributes:
        resource: The model, on the plane on which it was named.
        reach: What of it.
    """

    resource: Resource
    reach: ModelReach


@dataclass(frozen=True, slots=True)
class Strays:
    """The table is no longer what Django believes; on SQLite that is lost when it is made anew.

    Attributes:
        resource: The model.
        lacks: Whether Django believes in columns that the table has not.
        exceeds: Whether the table has columns that Django does not know.
    """

    resource: Resource
    lacks: bool = False
    exceeds: bool = False


@dataclass(frozen=True, slots=True)
class Remakes:
    """The table is made anew on SQLite, from what Django believes of it."""

    resource: Resource


@dataclass(frozen=True, slots=True)
class ByName:
    """Something that belongs to a table is meant by its name alone: whose it is can't be told.

    Attributes:
        resource: An index (``RELATION``), a constraint, a sequence or a view (``OBJECT``); a table
            that SQL drops (``MODEL``) or renames (``OPTION``), which Django still believes in.
        strict: Whether it has to be there.
    """

    resource: Resource
    strict: bool = True


@dataclass(frozen=True, slots=True)
class Hides:
    """What else the operation does can't be seen.

    Attributes:
        why: Half a sentence: ``calls blog.tools.mend, which is in another file``.
        resource: A name that it uses and that is nobody's, where that is what stands in the way.
    """

    why: str
    resource: Resource | None = None


Effect: TypeAlias = (
    Needs
    | Lacks
    | Creates
    | Changes
    | Renames
    | Destroys
    | Touches
    | Strays
    | Remakes
    | ByName
    | Hides
)
