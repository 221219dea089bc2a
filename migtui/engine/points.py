"""Runs a migration on a scratch database and looks at the schema after each of its statements."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db.migrations.operations import RunPython

from migtui.core.undo.model import Catalogue
from migtui.engine.executing import Execution, seen_by
from migtui.engine.name_history import fresh
from migtui.engine.orders import walk_operations
from migtui.engine.raw_schema import read_catalogue
from migtui.engine.schemas import Schema, read_schema
from migtui.engine.untyped import Connection, Migration, Operation
from migtui.engine.watching import READING


@dataclass(frozen=True, slots=True)
class Point:
    """A schema, and what has led there.

    Attributes:
        text: The statement that ran last; of a function, what it is called. Empty at the beginning.
        is_sql: Whether it is a statement.
        operation: The class of the operation; empty where the statement comes at the end.
        schema: What is there after it, to be compared.
        catalogue: The same, to be made again.
    """

    text: str
    is_sql: bool
    operation: str
    schema: Schema
    catalogue: Catalogue

    @property
    def shape(self) -> dict[str, str]:
        """The schema with the names that were made up."""
        return shape_of(self.schema)


def shape_of(schema: Schema) -> dict[str, str]:
    """Definitions by resource, and the names that were made up by table."""
    return {**schema.normal, **schema.generated}


class Recorder:
    """Takes note of what runs on a connection.

    Args:
        connection: To a scratch database.

    Attributes:
        points: The beginning, and what is there after each statement or function.
        failed: The statement that failed; empty where none did.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._operation = ""
        self._is_looking = False
        self.points: list[Point] = []
        self.failed = ""

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Take note of what runs meanwhile."""
        self._look("", is_sql=True)
        with seen_by(self._connection, self._execute):
            yield

    def watched(self, loaded: Migration) -> Migration:
        """The same migration; its operations say when they run, its functions run nothing."""
        migration = copy.copy(loaded)
        migration.operations = fresh(loaded.operations)
        for _, operation in walk_operations([migration]):
            for method, function in (
                ("database_forwards", "code"),
                ("database_backwards", "reverse_code"),
            ):
                self._watch(operation, method, function)
        return migration

    def _watch(self, operation: Operation, method: str, function: str) -> None:
        original = getattr(operation, method)

        def run(*arguments: object) -> None:
            before, self._operation = self._operation, type(operation).__name__
            try:
                code = getattr(operation, function, None)
                if isinstance(operation, RunPython) and code is not None:
                    if code is not RunPython.noop:
                        self._look(f"{code.__module__}.{code.__qualname__}", is_sql=False)
                else:
                    original(*arguments)
            finally:
                self._operation = before

        setattr(operation, method, run)

    def _execute(self, statement: Execution) -> Any:  # noqa: ANN401 - whatever Django gives
        text = str(statement.sql)
        if self._is_looking or READING.match(text):
            return statement.run()
        try:
            result = statement.run()
        except BaseException:
            self.failed = self.failed or text  # later ones only tidy up
            raise
        self._look(self._sent(statement), is_sql=True)
        return result

    def _sent(self, statement: Execution) -> str:
        """The statement as the server has got it."""
        sql, params = statement.sql, statement.params
        if params is None:
            return str(sql).strip()
        if not params and self._connection.vendor == "sqlite":
            return str(sql).strip().replace("%%", "%")
        cursor, operations = statement.context["cursor"], self._connection.ops
        return str(operations.last_executed_query(cursor.cursor, sql, params) or sql).strip()

    def _look(self, text: str, *, is_sql: bool) -> None:
        self._is_looking = True
        try:
            schema, catalogue = read_schema(self._connection), read_catalogue(self._connection)
        finally:
            self._is_looking = False
        self.points.append(Point(text.rstrip("; "), is_sql, self._operation, schema, catalogue))
