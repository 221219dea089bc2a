"""One thing that is wrong with a project's migrations, and where."""

from collections.abc import Iterable
from dataclasses import dataclass

from migtui.core.graph import MigrationGraph
from migtui.core.migration import Migration, MigrationKey
from migtui.core.rules import severity_of


@dataclass(frozen=True, slots=True)
class Location:
    """A file, relative to the project with ``/``, and a line counted from 1."""

    path: str
    line: int = 1

    @classmethod
    def of(cls, migration: Migration) -> "Location":
        """Where a migration begins in its file."""
        return cls(migration.path, migration.line)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        code: ``migtui.E001`` and so on.
        app_label: The app that it concerns.
        message: What was found, one sentence.
        help: What to do.
        locations: Where; the first one is where a reader should look.
    """

    code: str
    app_label: str
    message: str
    help: str
    locations: tuple[Location, ...] = ()

    @property
    def severity(self) -> str:
        """``error`` or ``warning``, as the code's letter says."""
        return severity_of(self.code)


def locations_of(graph: MigrationGraph, keys: Iterable[MigrationKey]) -> tuple[Location, ...]:
    """Where each of these migrations begins."""
    return tuple(Location.of(graph.migrations[key]) for key in keys)
