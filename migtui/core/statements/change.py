"""What a statement asks a database for, as values: one ``Change`` for each thing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column as a statement defines it.

    Attributes:
        name: Its name.
        type: In lower case, with one space between words: ``varchar(100)``.
        null: Whether it may be NULL.
        default: The expression; empty where there is none, ``NULL`` included.
        generated: ``stored``, ``virtual`` or ``identity``; empty for a plain column.
        collation: Empty where it is the type's own.
        place: ``FIRST`` or ``AFTER``, where MySQL puts it between others.
        constraints: Those that are written beside it, as a table's own are.
        unread: Why not all of it could be read, without its subject; empty where all was.
    """

    name: str
    type: str
    null: bool = True
    default: str = ""
    generated: str = ""
    collation: str = ""
    place: str = ""
    constraints: "tuple[Change, ...]" = ()
    unread: str = ""

    @property
    def is_unique(self) -> bool:
        """Whether it brings a unique constraint."""
        return self._brings("add-unique")

    @property
    def is_primary(self) -> bool:
        """Whether it is the primary key."""
        return self._brings("add-primary-key")

    @property
    def has_check(self) -> bool:
        """Whether it brings a check."""
        return self._brings("add-check")

    @property
    def references(self) -> str:
        """The table of its foreign key; empty where it has none."""
        return next((item.references for item in self.constraints if item.references), "")

    def _brings(self, kind: str) -> bool:
        return any(item.kind == kind for item in self.constraints)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a statement does.

    Attributes:
        kind: ``create-table``, ``drop-table``, ``rename-table``, ``add-column``, ``drop-column``,
            ``rename-column``, ``alter-type``, ``modify-column`` (MySQL: all of it anew),
            ``set-not-null``, ``drop-not-null``, ``set-default``, ``drop-default``,
            ``set-generated``, ``add-check``, ``add-foreign-key``, ``add-unique``,
            ``add-primary-key``, ``add-exclusion``, ``validate-constraint``, ``drop-constraint``,
            ``rename-constraint``, ``attach-partition``, ``detach-partition``, ``create-index``,
            ``drop-index``, ``rename-index``, ``partition`` (MySQL's actions, by ``name``),
            ``table-option``, ``insert``, ``update``, ``delete``, ``truncate``, ``lock``,
            ``maintain`` (VACUUM and the like), ``trigger``, ``object`` (functions, types),
            ``drop-object``, ``read``, ``session`` (SET and the like); ``unread`` for a part that
            could not be read, its name says why.
        table: That it is about; empty where the statement does not say.
        name: Of the column, constraint, index or option; what kind of object it is about; the first
            words of ``maintain`` and ``session``.
        to: The new name; the partition; the column that a foreign key points to; the mode of a
            lock; the storage engine; the index of REINDEX; ``add``, ``drop`` or ``set`` for
            ``set-generated``.
        column: The definition, for kinds that bring one.
        columns: Those of a new table, with its definition.
        constraints: Those of a new table, and MySQL's indexes among them.
        names: Columns of a constraint or index, empty for an expression; the tables that a new
            table refers to; the objects concerned.
        references: The table that a foreign key points to.
        source: The table that rows are copied from; that a new one is a partition
            of; the table and the column of a sequence.
        values: What is inserted into ``names``, as written: the expressions of a SELECT; what
            PostgreSQL calls the keys of an index where it chooses the name; the new value of an
            enum.
        expression: Of a check, a default, a USING or a WHERE.
        mentions: Names that stand in the expressions and in the condition of a check or an index.
        method: Of an index: ``btree``, ``gin``, ``fulltext``; empty where none is given.
        flags: ``concurrently``, ``not-valid``, ``using-index``, ``if-exists``,
            ``if-not-exists``, ``temporary``, ``unique``, ``cascade``, ``has-options`` of an index,
            ``nondeterministic`` of a collation, ``runs-query`` of a materialized view,
            ``default`` and ``by-values`` of a partition, ``on-table`` for a foreign key that is
            dropped as one.
    """

    kind: str
    table: str = ""
    name: str = ""
    to: str = ""
    column: Column | None = None
    columns: tuple[Column, ...] = ()
    constraints: "tuple[Change, ...]" = ()
    names: tuple[str, ...] = ()
    references: str = ""
    source: str = ""
    values: tuple[str, ...] = ()
    expression: str = ""
    mentions: tuple[str, ...] = ()
    method: str = ""
    flags: frozenset[str] = frozenset()
