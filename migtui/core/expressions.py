"""What an argument in a migration file says: literals, names, calls, and what could not be read.

Two expressions are equal when they say the same, whatever their layout in the file.
"""

from dataclasses import dataclass
from operator import itemgetter
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal: ``"title"``, ``3``, ``None``."""

    value: str | bytes | int | float | complex | bool | None

    def __eq__(self, other: object) -> bool:
        """Tell ``True`` from ``1``, which Python does not."""
        return (
            isinstance(other, Constant)
            and type(self.value) is type(other.value)
            and self.value == other.value
        )

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True, slots=True)
class Reference:
    """A dotted name, followed through the file's imports: ``django.utils.timezone.now``."""

    path: str


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A call: ``django.db.models.CharField(max_length=10)``.

    The order of keyword arguments makes no other call of it; Python before 3.6 wrote any.
    """

    path: str
    arguments: tuple["Expression", ...] = ()
    keywords: tuple[tuple[str, "Expression"], ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Call) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[object, ...]:
        return self.path, self.arguments, tuple(sorted(self.keywords, key=itemgetter(0)))

    @property
    def name(self) -> str:
        """The last part of the path: ``CharField``."""
        return self.path.rpartition(".")[2]

    def keyword(self, name: str) -> "Expression | None":
        """The value of a keyword argument, None where it is not given."""
        return next((value for key, value in self.keywords if key == name), None)


@dataclass(frozen=True, slots=True)
class Collection:
    """A list, tuple or set display; ``kind`` says which."""

    kind: str
    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dict display, in the order of the file."""

    items: tuple[tuple["Expression", "Expression"], ...]

    def get(self, key: str) -> "Expression | None":
        """The value of a literal string key, None where there is none."""
        return next((value for name, value in self.items if name == Constant(key)), None)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Source that is only known when it runs; its text is kept."""

    text: str


Expression: TypeAlias = Constant | Reference | Call | Collection | Dictionary | Unreadable


def as_string(expression: Expression | None) -> str | None:
    """The string that an expression is, bytes decoded as Python 2 wrote them; else None."""
    if isinstance(expression, Constant):
        if isinstance(expression.value, str):
            return expression.value
        if isinstance(expression.value, bytes):
            return expression.value.decode("utf-8", "replace")
    return None


def is_fully_read(expression: Expression) -> bool:
    """Whether no part of an expression is unreadable."""
    match expression:
        case Unreadable():
            return False
        case Call():
            return all(map(is_fully_read, expression.arguments)) and all(
                is_fully_read(value) for _, value in expression.keywords
            )
        case Collection():
            return all(map(is_fully_read, expression.items))
        case Dictionary():
            return all(is_fully_read(k) and is_fully_read(v) for k, v in expression.items)
        case _:
            return True


def source_of(expression: Expression) -> str:
    """An expression as Python source on one line, with dotted paths written out."""
    match expression:
        case Constant(value):
            return repr(value)
        case Reference(text) | Unreadable(text):
            return text
        case Call(path, arguments, keywords):
            parts = [*map(source_of, arguments)]
            parts += [f"{name}={source_of(value)}" for name, value in keywords]
            return f"{path}({', '.join(parts)})"
        case Dictionary(items):
            inner = ", ".join(f"{source_of(key)}: {source_of(value)}" for key, value in items)
            return f"{{{inner}}}"
        case Collection(kind, items):
            return _collection_source(kind, [*map(source_of, items)])


def _collection_source(kind: str, items: list[str]) -> str:
    inner = ", ".join(items)
    match kind:
        case "list":
            return f"[{inner}]"
        case "set":
            return f"{{{inner}}}" if items else "set()"
        case _:
            return f"({inner},)" if len(items) == 1 else f"({inner})"
