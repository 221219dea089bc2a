"""What is in a schema, in the words of a vendor's SQL, and scripts that change it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

TABLE, COLUMN, CONSTRAINT, INDEX = "table", "column", "constraint", "index"

Key: TypeAlias = tuple[str, str, str]
"""Kind, table, name."""
Catalogue: TypeAlias = Mapping[Key, str]
"""The definition of each thing, as the vendor writes it, without its name; of a table in SQLite and
in MySQL the whole CREATE TABLE, in PostgreSQL its comment."""


@dataclass(frozen=True, slots=True)
class Script:
    """Statements in order, and what they can't do.

    Attributes:
        statements: Of SQL.
        notes: Sentences.
    """

    statements: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __add__(self, other: "Script") -> "Script":
        """One after the other."""
        notes = dict.fromkeys((*self.notes, *other.notes))
        return Script(self.statements + other.statements, tuple(notes))


def names(catalogue: Catalogue, kind: str, table: str = "") -> Iterator[str]:
    """The names of a kind of things, of one table; the tables themselves, where that is asked."""
    for found, of, name in catalogue:
        if found == kind and (kind == TABLE or of == table):
            yield of if kind == TABLE else name


def gone(
    now: Catalogue, wanted: Catalogue, renamed: Mapping[str, str] | None = None
) -> Iterator[str]:
    """What has to be made anew, so that what was in it is lost.

    Args:
        now: The schema as it is.
        wanted: As it is to be.
        renamed: Tables whose rows are at hand under another name.
    """
    tables = {*names(now, TABLE)} | {*(renamed or {})}
    for table in sorted({*names(wanted, TABLE)} - tables):
        yield (
            f"{table} comes back empty: its rows were dropped. Only a backup has them, or what "
            "they were copied to."
        )
    for kind, table, name in sorted(wanted):
        source = (renamed or {}).get(table, table)
        if kind == COLUMN and table in tables and (COLUMN, source, name) not in now:
            yield (
                f"{table}.{name} comes back without its values, which were dropped. Only a backup "
                "has them, or what they were copied to."
            )
