"""Records what Django executes where it migrates a real database, forwards and backwards."""

import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from typing import Any

from tests.support.walking import (
    Step,
    again,
    is_running,
    leave_out,
    plan,
    rendered_anew,
    walked,
)


class Recorder:
    """Keeps what schema editors execute on a real connection, but for what RunPython asks."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - Django has no types
        self.connection = connection
        self.statements: list[str] = []
        self._depth = 0
        self._editor: Any = None

    @contextmanager
    def recording(self) -> Iterator[list[str]]:
        """The statements of what is done meanwhile."""
        self.statements = []
        with self.connection.execute_wrapper(self._take):
            yield self.statements

    def editor(self, *, atomic: bool) -> Any:  # noqa: ANN401 - Django has no types
        """A schema editor that tells when it executes."""
        recorder = self

        class Editor(self.connection.SchemaEditorClass):  # type: ignore[misc,name-defined]  # any vendor's
            def execute(self, sql: Any, params: Any = ()) -> Any:  # noqa: ANN401
                recorder._depth += 1
                try:
                    return super().execute(sql, params)
                finally:
                    recorder._depth -= 1

        self._editor = Editor(self.connection, atomic=atomic)
        return self._editor

    def apply(self, migration: Any, state: Any) -> tuple[list[str], Any]:  # noqa: ANN401
        """What applying a migration executes, and the models after it."""
        with (
            self.recording() as statements,
            self.editor(atomic=migration.atomic) as editor,
        ):
            state = migration.apply(state, editor)
        return statements, state

    def _take(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:  # noqa: ANN401
        if self._depth and not is_running():
            self.statements.append(self._text(str(sql), params, context))
        return execute(sql, params, many, context)

    def _text(self, sql: str, params: Any, context: Any) -> str:  # noqa: ANN401
        if params is None:
            return sql
        if self.connection.vendor == "mysql":
            return str(context["cursor"].cursor.cursor.mogrify(sql, params))
        if self.connection.vendor == "sqlite":
            parts = sql.split("%s")
            values = [*map(self._editor.quote_value, params), ""]
            return "".join(
                part.replace("%%", "%") + value for part, value in zip(parts, values, strict=True)
            )
        return sql


def recorded(connection: Any, *, each: bool) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - Django has no types
    """Each migration's statements, executed for real in both directions."""
    recorder = Recorder(connection)
    first, steps = plan()
    for _, migration in steps:
        leave_out(migration)
    in_place = each or connection.features.can_rollback_ddl
    pending = []
    applied = walked(first, steps, recorder.apply, each=each)
    for done, (key, migration, before, forwards) in enumerate(applied, start=1):
        entry = {"key": key, "forwards": forwards}
        if in_place:
            remake = partial(_start_over, recorder, first, steps[:done], each=each)
            yield entry | _taken_back(recorder, migration, before, remake)
        else:
            pending.append((entry, migration, before))
    while pending:
        entry, migration, before = pending.pop()
        found = _unapplied(recorder, migration, rendered_anew(before))
        if found["error"]:
            _start_over(recorder, first, steps[: len(pending)], each=each)
        yield entry | found


def _unapplied(recorder: Recorder, migration: Any, before: Any) -> dict[str, Any]:  # noqa: ANN401
    """What unapplying executes, and why it fails."""
    error = ""
    with recorder.recording() as statements:
        try:
            with recorder.editor(atomic=migration.atomic) as editor:
                migration.unapply(before.clone(), editor)
        except Exception as raised:  # noqa: BLE001 - what Django can't reverse
            sys.stderr.write(f"{migration} {raised!r}\n")
            error = f"{type(raised).__name__}: {raised}"
    return {"backwards": statements, "error": error}


def _taken_back(
    recorder: Recorder,
    migration: Any,  # noqa: ANN401 - Django has no types
    before: Any,  # noqa: ANN401
    remake: Callable[[], None],
) -> dict[str, Any]:
    """The same; the database is as it was afterwards."""
    from django.db import transaction

    connection = recorder.connection
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(":memory:")) as kept:
            connection.connection.backup(kept)
            found = _unapplied(recorder, migration, before)
            kept.backup(connection.connection)
    elif connection.features.can_rollback_ddl and migration.atomic:
        with transaction.atomic():
            found = _unapplied(recorder, again(migration), before)
            transaction.set_rollback(True)
    else:
        found = _unapplied(recorder, again(migration), before)
        with suppress(Exception):  # rows that it inserts are there still
            if not found["error"]:
                recorder.apply(migration, before.clone())
                return found
        remake()
    return found


def _start_over(recorder: Recorder, first: Any, steps: Sequence[Step], *, each: bool) -> None:  # noqa: ANN401
    """Migrate an empty database up to where something could not be unapplied."""
    connection = recorder.connection
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        else:
            cursor.execute(f"DROP DATABASE {name}")
            cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
            cursor.execute(f"USE {name}")
    for _ in walked(first, steps, recorder.apply, each=each):
        pass
