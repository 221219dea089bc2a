"""What a run did: migrations that were applied or unapplied, and where it stood when it failed."""

import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.transaction import TransactionManagementError

from migtui.core.runs import FailedStep
from migtui.engine.executing import Execution, seen_by
from migtui.engine.untyped import Connection, Migration

# Statements of a migration that are kept, and characters of each.
KEPT = 200
WIDTH = 2_000
# What changes nothing; Django's statements for PostgreSQL may go on after a SET CONSTRAINTS.
READING = re.compile(
    r"\s*(?:SELECT|SHOW|PRAGMA|EXPLAIN|SET|BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK)\b[^;]*;?\s*\Z",
    re.IGNORECASE,
)


def cause_of(error: BaseException) -> BaseException:
    """What went wrong first, where the end of a transaction complains of it in other words.

    SQLite's schema editor asks for constraints in a transaction that has failed already.
    """
    while isinstance(error, TransactionManagementError) and error.__context__ is not None:
        error = error.__context__
    return error


class Watch:
    """Watches Django apply migrations to a database.

    Attributes:
        applied: What was applied, in order.
        unapplied: What was unapplied, in order.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.applied: list[tuple[str, str]] = []
        self.unapplied: list[tuple[str, str]] = []
        self._current: Migration | None = None
        self._backwards = False
        self._executed: deque[str] = deque(maxlen=KEPT)
        self._statement = ""

    def progress(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:  # noqa: FBT001, FBT002 - as the executor calls it
        """Take note of what the executor says of itself; its ``progress_callback``."""
        del fake
        if action in ("apply_start", "unapply_start"):
            self._current, self._backwards = migration, action == "unapply_start"
            self._executed.clear()
            self._statement = ""
        elif action in ("apply_success", "unapply_success") and migration is not None:
            done = self.unapplied if action == "unapply_success" else self.applied
            done.append((str(migration.app_label), str(migration.name)))
            self._current = None

    @contextmanager
    def statements(self) -> Iterator[None]:
        """Take note of the statements that run."""
        with seen_by(self._connection, self._execute):
            yield

    def _execute(self, statement: Execution) -> Any:  # noqa: ANN401 - whatever Django gives
        text = str(statement.sql)[:WIDTH]
        try:
            result = statement.run()
        except BaseException:
            self._statement = self._statement or text  # later ones only tidy up
            raise
        if not READING.match(text):
            self._executed.append(text)
        return result

    @property
    def failed(self) -> FailedStep | None:
        """The migration that has begun and not ended."""
        migration = self._current
        if migration is None:
            return None
        rolls_back = self._connection.features.can_rollback_ddl and migration.atomic
        return FailedStep(
            app_label=str(migration.app_label),
            migration=str(migration.name),
            backwards=self._backwards,
            executed=tuple(self._executed),
            statement=self._statement,
            stays=not rolls_back,
        )
