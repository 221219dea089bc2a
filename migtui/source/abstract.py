"""What a name in a data migration may stand for, as far as that matters to what it touches."""

import ast
from dataclasses import dataclass, replace
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Plain:
    """A value without a model in it: text, numbers, dates, containers of them."""


@dataclass(frozen=True, slots=True)
class Known:
    """A literal."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Keys:
    """A dict whose keys are known; its values stand beside it."""

    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pairs:
    """A dict whose entries are known one by one."""

    entries: tuple[tuple["Value", "Value"], ...]

    @property
    def keys(self) -> "Value":
        """All keys."""
        return frozenset().union(*(key for key, _ in self.entries))

    @property
    def values(self) -> "Value":
        """All values."""
        return frozenset().union(*(value for _, value in self.entries))

    def get(self, index: "Value") -> "Value":
        """The values under the keys that an index may be; all of them where it may be another."""
        names = {atom.value for atom in index if isinstance(atom, Known)}
        if len(names) < len(index):
            return self.values
        found = (value for key, value in self.entries if any(
            isinstance(atom, Known) and atom.value in names for atom in key
        ))  # fmt: skip
        return frozenset().union(*found)


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration of an app, as the registry gives it; an empty label may be any."""

    label: str


@dataclass(frozen=True, slots=True)
class Several:
    """A tuple or list whose entries are known one by one."""

    entries: tuple["Value", ...]


@dataclass(frozen=True, slots=True)
class Named:
    """Something imported or built in, by its dotted path."""

    path: str


@dataclass(frozen=True, slots=True)
class Code:
    """A function of the file, or a lambda, with the names around it."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    around: int


@dataclass(frozen=True, slots=True)
class Bound:
    """A function with some arguments given, as ``functools.partial`` makes it."""

    function: "Value"
    arguments: tuple["Value", ...]
    keywords: tuple[tuple[str, "Value"], ...]


@dataclass(frozen=True, slots=True)
class Apps:
    """The registry of historical models."""


@dataclass(frozen=True, slots=True)
class Editor:
    """The schema editor, its connection, or a cursor of it: what executes SQL."""


@dataclass(frozen=True, slots=True)
class Model:
    """A historical model."""

    label: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that are reached from a model along names.

    Attributes:
        label: The model where it begins.
        path: Names of relations and fields from there.
        many: A manager or a queryset, not one instance.
        fresh: Made here, and not yet in the database.
        through: The table of the many-to-many field that the path ends with.
        values: A queryset of dicts or tuples, which has no instances.
    """

    label: str
    path: tuple[str, ...] = ()
    many: bool = False
    fresh: bool = False
    through: bool = False
    values: bool = False


@dataclass(frozen=True, slots=True)
class Lookup:
    """A name in ``F``, ``Q`` or an aggregate, of the model that a query around it is about."""

    name: str


Atom: TypeAlias = (
    Plain
    | Known
    | Keys
    | Pairs
    | Config
    | Several
    | Named
    | Code
    | Bound
    | Apps
    | Editor
    | Model
    | Rows
    | Lookup
)
Value: TypeAlias = frozenset[Atom]
"""Everything that an expression may stand for."""

PLAIN: Value = frozenset({Plain()})
NOTHING: Value = frozenset()
MOST = 100
"""How many things a name may stand for before it is given up."""
MOST_LITERALS = 60
"""How many literals a name may stand for before they are let go."""
DEPTH = 3
"""How deep known entries of containers are kept apart."""


def depth(value: Value) -> int:
    """How deep containers are nested in a value."""
    inside = [depth(entry) for atom in value for entry in held(atom)]
    return 1 + max(inside, default=0)


def is_wide(value: Value) -> bool:
    """Whether a value could grow for ever: many literals, or containers in containers."""
    nested = depth(value)
    literals = sum(isinstance(atom, Known) for atom in value)
    return literals > MOST_LITERALS or nested > DEPTH or (nested == DEPTH and len(value) > DEPTH)


def flattened(value: Value) -> Value:
    """A value whose literals and containers are let go, and only what they held is kept."""
    kept = (atom for atom in inner(value) if not isinstance(atom, Several | Pairs | Known))
    return frozenset(kept) | PLAIN


def carries_rows(value: Value) -> bool:
    """Whether something of the database may be in a value."""
    return any(isinstance(atom, Apps | Editor | Model | Rows) for atom in inner(value))


def inner(value: Value) -> Value:
    """A value and what the containers that it may be hold."""
    found: set[Atom] = set()
    for atom in value:
        found.add(atom)
        for entry in held(atom):
            found |= inner(entry)
    return frozenset(found)


def held(atom: Atom) -> tuple[Value, ...]:
    """The entries of a container that are known one by one."""
    match atom:
        case Several(entries):
            return entries
        case Pairs(entries):
            return tuple(value for pair in entries for value in pair)
        case _:
            return ()


def elements(value: Value) -> Value:
    """What a loop over a value may find: entries of containers, instances of querysets."""
    found: set[Atom] = set()
    for atom in value:
        match atom:
            case Several(entries):
                for entry in entries:
                    found |= entry
            case Rows(values=True):
                found.add(Plain())
            case Rows():
                found.add(replace(atom, many=False))
            case Pairs():
                found |= atom.keys
            case Known(None):
                pass  # which nobody loops over
            case Known() | Keys():
                found.add(Plain())
            case _:
                found.add(atom)
    return frozenset(found)


def texts(value: Value) -> list[str]:
    """The strings that a value may be."""
    return [atom.value for atom in value if isinstance(atom, Known) and isinstance(atom.value, str)]
