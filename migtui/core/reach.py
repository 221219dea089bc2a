"""What a RunPython function or a RunSQL statement was seen to touch, as values.

The reading itself needs a parser and stands in ``source``; what it means, in ``footprints``.
"""

from dataclasses import dataclass
from enum import StrEnum

ANY_APP = "*"
"""Stands for the label where the models of every app are looked through."""


class Access(StrEnum):
    """How something is touched."""

    READ = "read"
    ROWS = "rows"
    """Whether there are rows, or how many."""
    WRITE = "write"
    CREATE = "create"
    DELETE = "delete"
    EVERY = "every"
    """Read in a way that hides which fields; written so where ``WRITE`` has the field ``*``."""
    NAMED = "named"
    """Only asked for, by its name."""
    SURVEY = "survey"
    """Of an app, whose label stands in the place of a model's: which models it has, and what
    permissions their options name."""


@dataclass(frozen=True, slots=True)
class Use:
    """One way in which code touches a historical model.

    Attributes:
        model: Label in lower case, ``blog.post``, or a setting, ``settings.AUTH_USER_MODEL``.
        path: Names from the model on, as in a lookup: ``("author", "name")``. For ``READ`` and
            ``WRITE`` the last one is a field; otherwise it leads to the model whose rows are meant.
        access: How.
    """

    model: str
    path: tuple[str, ...]
    access: Access


@dataclass(frozen=True, slots=True)
class SqlUse:
    """One thing that an SQL statement does.

    Attributes:
        action: ``read``, ``update``, ``insert``, ``delete`` (rows); ``create-table``,
            ``drop-table``, ``rename-table``, ``add-column``, ``drop-column``, ``rename-column``,
            ``alter-column``, ``alter-table``, ``create-index``, ``drop-index``, ``rename-index``,
            ``add-constraint``, ``drop-constraint``, ``depends`` (a view of a table), ``fires`` (a
            trigger on a table), ``set-table`` (``name`` says what of it: its owner, say),
            ``needs-table``, ``needs-index``, ``needs-object``,
            ``create-object``, ``drop-object`` (functions, extensions, views, sequences).
        table: As written, without its schema and quotes; empty where there is none.
        columns: That it names; ``*`` where it may be all of them.
        name: Of the index, constraint, object or column concerned.
        to: The new name.
        strict: False for ``IF EXISTS``, ``IF NOT EXISTS`` and ``OR REPLACE``.
        sqlite: Whether SQLite could run it.
        definition: What is made, in one spelling, to compare.
        is_ordered: Whether it may matter in which order it meets rows.
    """

    action: str
    table: str = ""
    columns: frozenset[str] = frozenset()
    name: str = ""
    to: str = ""
    strict: bool = True
    sqlite: bool = True
    definition: str = ""
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """Code that could not be read.

    Attributes:
        why: Half a sentence: ``calls blog.tools.mend, which is in another file``.
        line: Where in the file, counted from 1; 0 where it is all of it.
    """

    why: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Reach:
    """All that a function or a list of SQL statements touches.

    Attributes:
        uses: Of models.
        sql: Of tables.
        unread: What could not be read; where there is any, the rest is no more than a part.
        vouched: Whether the developer said so, and nothing was read.
        is_ordered: Whether it may matter in which order it meets rows.
    """

    uses: frozenset[Use] = frozenset()
    sql: tuple[SqlUse, ...] = ()
    unread: tuple[Unread, ...] = ()
    vouched: bool = False
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class ModelReach:
    """What is touched of one model's rows, with every path followed to its end.

    Attributes:
        reads: Fields in lower case whose values are read or filtered by.
        writes: Fields whose values are set in existing rows; ``*`` where they could not be told.
        creates: Whether rows are added.
        deletes: Whether rows go.
        every: Whether the fields could not be told: any of them may be meant.
        queried: Whether its rows are asked for, and not only met on the way from others.
        surveyed: Whether nothing of it is looked at but that it is there, and its options.
        is_ordered: Whether it may matter in which order its rows are met.
        by_sql: Whether new rows have only what SQL names, and no default of Django's.
    """

    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    creates: bool = False
    deletes: bool = False
    every: bool = False
    queried: bool = False
    surveyed: bool = False
    is_ordered: bool = False
    by_sql: bool = False

    @property
    def changes_rows(self) -> bool:
        """Whether anything is written."""
        return bool(self.writes) or self.creates or self.deletes

    @property
    def is_vague(self) -> bool:
        """Whether any field may be meant."""
        return self.every or "*" in self.writes

    @property
    def fields(self) -> frozenset[str]:
        """Every field that is named."""
        return self.reads | self.writes
