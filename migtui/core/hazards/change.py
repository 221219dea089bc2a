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
        is_unique: Whether it brings a unique constraint.
        is_primary: Whether it is the primary key.
        has_check: Whether it brings a check.
        references: The table of its foreign key; empty where it has none.
        collation: Empty where it is the type's own.
        place: ``FIRST`` or ``AFTER``, where MySQL puts it between others.
    """

    name: str
    type: str
    null: bool = True
    default: str = ""
    generated: str = ""
    is_unique: bool = False
    is_primary: bool = False
    has_check: bool = False
    references: str = ""
    collation: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a statement does.

    Attributes:
        kind: ``create-table``, ``drop-table``, ``rename-table``, ``add-column``, ``drop-column``,
            ``rename-column``, ``alter-type``, ``modify-column`` (MySQL: all of it anew),
            ``set-not-null``, ``drop-not-null``, ``set-default``, ``drop-default``,
            ``set-generated``, ``add-check``, ``add-foreign-key``, ``add-unique``,
            ``add-primary-key``, ``add-exclusion``, ``validate-constraint``, ``drop-constraint``,
            ``rename-constraint``, ``create-index``, ``drop-index``, ``rename-index``,
            ``table-option``, ``insert``, ``update``, ``delete``, ``truncate``, ``lock``,
            ``maintain`` (VACUUM and the like), ``trigger``, ``object`` (functions, types),
            ``drop-object``, ``read``, ``session`` (SET and the like).
        table: That it is about; empty where the statement does not say.
        name: Of the column, constraint, index or option.
        to: The new name; the lock of ``lock``.
        column: The definition, for kinds that bring one.
        columns: Those of a new table, with its definition.
        names: Columns of a constraint or index; the tables that a new table refers to.
        references: The table that a foreign key points to.
        source: The table that rows are copied from.
        values: What is inserted into ``names``, as written: the expressions of a SELECT.
        expression: Of a check, a default, a USING or a WHERE.
        flags: ``concurrently``, ``not-valid``, ``using-index``, ``if-exists``,
            ``if-not-exists``, ``temporary``, ``unique``, ``fulltext``, ``spatial``, ``cascade``,
            ``on-table`` for a foreign key that is dropped as one.
    """

    kind: str
    table: str = ""
    name: str = ""
    to: str = ""
    column: Column | None = None
    columns: tuple[Column, ...] = ()
    names: tuple[str, ...] = ()
    references: str = ""
    source: str = ""
    values: tuple[str, ...] = ()
    expression: str = ""
    flags: frozenset[str] = frozenset()
