"""The tables that statements name, as Django's state has them just before: for judging them."""

import re
from collections.abc import Iterable, Iterator

from migtui.core.sql import ColumnFacts, Statement, TableFacts
from migtui.engine.untyped import Connection, Field, Model, State

NAME = re.compile(r"\"([^\"]+)\"|`([^`]+)`|([^\W\d][\w$]*)")
READ = 500_000
"""Characters of a statement that are looked at; what is longer loads data."""


class TablesBefore:
    """Gathers what is known of each table before the first statement that names it.

    Args:
        connection: Whose vendor's types are meant.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._found: dict[str, TableFacts] = {}

    @property
    def facts(self) -> tuple[TableFacts, ...]:
        """What has been gathered, by name."""
        return tuple(self._found[name] for name in sorted(self._found))

    def see(self, state: State, statements: Iterable[Statement]) -> None:
        """Note the tables that statements of one operation name.

        Args:
            state: What the database is at before the operation, whatever its direction.
            statements: Of the operation.
        """
        named = {name for statement in statements for name in _names(statement.sql)}
        named -= self._found.keys()
        if not named:
            return
        for model in state.apps.get_models(include_auto_created=True):
            options = model._meta  # noqa: SLF001 - Django documents this name
            if options.db_table in named and not options.proxy:
                self._found.setdefault(options.db_table, self._facts(model))

    def _facts(self, model: Model) -> TableFacts:
        options = model._meta  # noqa: SLF001 - Django documents this name
        named = (*options.indexes, *options.constraints)
        return TableFacts(
            options.db_table,
            tuple(map(self._column, options.local_concrete_fields)),
            tuple(entry.name for entry in named if entry.name),
        )

    def _column(self, field: Field) -> ColumnFacts:
        try:
            kind = field.db_type(self._connection) or ""
        except Exception:  # noqa: BLE001 - a field is any code; its type is then not known
            kind = ""
        target = field.remote_field if getattr(field, "db_constraint", False) else None
        return ColumnFacts(
            field.column,
            str(kind).lower(),
            null=bool(field.null),
            references=target.model._meta.db_table if target else "",  # noqa: SLF001 - see above
        )


def _names(sql: str) -> Iterator[str]:
    for match in NAME.finditer(sql, 0, READ):
        yield match[1] or match[2] or match[3].lower()
