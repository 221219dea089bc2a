"""Edits of a migration's list of operations: what goes, and what stands in its place."""

from dataclasses import dataclass
from typing import TypeAlias

from migtui.core.migration import MigrationKey

Path: TypeAlias = tuple[str | int, ...]
"""Where in an operation an expression stands: ``("field",)``, ``("fields", "title")``."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An argument that is taken, as it is written, from the operation that is replaced."""

    path: Path


@dataclass(frozen=True, slots=True)
class TakenOptions:
    """A dict of these entries of the ``options`` of the operation that is replaced."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EmptySet:
    """``set()``."""


@dataclass(frozen=True, slots=True)
class Written:
    """An expression of the developer's, as Python source."""

    source: str


Argument: TypeAlias = str | Taken | TakenOptions | EmptySet | Written | None


@dataclass(frozen=True, slots=True)
class NewOperation:
    """An operation of ``django.db.migrations`` by its class, and its named arguments."""

    type: str
    arguments: tuple[tuple[str, Argument], ...]


@dataclass(frozen=True, slots=True)
class OperationEdit:
    """An operation that goes.

    Attributes:
        migration: Whose it is.
        index: Which of its operations, counted from 0.
        type: Its class.
        replacement: What stands there instead; nothing, where it is dropped.
    """

    migration: MigrationKey
    index: int
    type: str
    replacement: tuple[NewOperation, ...] = ()
