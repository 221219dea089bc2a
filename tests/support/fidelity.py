"""Records what Django executes when it migrates for real, and what migtui writes, as JSON.

A program of its own, ``python -m tests.support.fidelity MODE PACKAGE VENDOR DATABASE WAY`` (MODE is
``recorded`` or ``written``):
Django can be set up once in a process. Each migration of the plan from zero is applied, unapplied
and put back, so that every one is seen in its own position, in both directions. WAY is ``all`` for
one run of ``migrate``, ``each`` for as many as there are migrations.
"""

import copy
import datetime as dt
import json
import runpy
import sqlite3
import sys
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
"""What every clock says: a default may ask it."""
VERSIONS = {"postgresql": "15", "mariadb": "10.11"}
"""Of the servers that the statements are recorded on."""


_RUNNING: list[object] = []
"""Functions of RunPython that are running: rows want identifiers of their own."""


def freeze() -> None:
    """Have clocks and random identifiers answer the same in both programs."""
    from django.utils import timezone

    timezone.now = lambda: NOW
    random = uuid.uuid4
    uuid.uuid4 = lambda: random() if _RUNNING else uuid.UUID(int=1)


class Recorder:
    """Keeps what schema editors execute on a real connection, but for what RunPython asks."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - Django has no types
        self.connection = connection
        self.statements: list[str] = []
        self._depth = 0
        self._editor: Any = None
        self.plan: list[Any] = []

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

    def leave_out(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function of RunPython, of which nothing is recorded."""

        def silent(*arguments: Any) -> Any:  # noqa: ANN401
            _RUNNING.append(function)
            try:
                return function(*arguments)
            finally:
                _RUNNING.pop()

        return silent

    def _take(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:  # noqa: ANN401
        if self._depth and not _RUNNING:
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


def plan() -> Iterator[tuple[tuple[str, str], Any, Any]]:
    """The migrations of a fresh database, in order, and the first state."""
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    loader = MigrationLoader(None, ignore_no_migrations=True)
    state = ProjectState(real_apps=loader.unmigrated_apps)
    seen = set()
    for leaf in loader.graph.leaf_nodes():
        for key in loader.graph.forwards_plan(leaf):
            if key not in seen:
                seen.add(key)
                yield key, loader.graph.nodes[key], state


def again(migration: Any) -> Any:  # noqa: ANN401 - Django has no types
    """A migration as it was loaded, whatever is done with this one."""
    copied = copy.copy(migration)
    copied.operations = copy.deepcopy(migration.operations)
    return copied


def walk(migration: Any) -> Iterator[Any]:  # noqa: ANN401 - Django has no types
    """The operations of a migration, nested ones too."""
    pending = list(migration.operations)
    while pending:
        operation = pending.pop()
        yield operation
        for name in ("database_operations", "state_operations"):
            pending += getattr(operation, name, None) or ()


def _as_begun(state: Any, *, each: bool) -> Any:  # noqa: ANN401 - Django has no types
    """The models as a ``migrate`` that begins here renders them, where each is one of its own.

    In what order Django finds the relations of a model depends on what it has reloaded before.
    """
    from django.db.migrations.state import ProjectState

    if not each:
        return state
    models = {key: model.clone() for key, model in state.models.items()}
    return ProjectState(models, real_apps=state.real_apps)


def recorded(connection: Any, *, each: bool) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - Django has no types
    """Each migration's statements, executed for real in both directions."""
    from django.db.migrations.operations import RunPython

    recorder = Recorder(connection)
    state: Any = None
    recorder.plan = [(key, again(migration), first) for key, migration, first in plan()]
    for key, migration, first in plan():
        for operation in walk(migration):
            if isinstance(operation, RunPython):
                operation.code = recorder.leave_out(operation.code)
                if operation.reverse_code is not None:
                    operation.reverse_code = recorder.leave_out(operation.reverse_code)
        state = first.clone() if state is None else _as_begun(state, each=each)
        state.apps  # noqa: B018 - rendered as Django's executor does
        before = state.clone()
        with recorder.recording() as forwards, recorder.editor(atomic=migration.atomic) as editor:
            state = migration.apply(state, editor)
        backwards, error = _unapply(recorder, migration, before)
        yield {"key": key, "forwards": forwards, "backwards": backwards, "error": error}


def _unapply(recorder: Recorder, migration: Any, before: Any) -> tuple[list[str], str]:  # noqa: ANN401
    """What unapplying executes; the database is as before afterwards."""
    from django.db import transaction

    connection = recorder.connection
    statements: list[str] = []
    # Operations keep half of what they did where they fail.
    migration = again(migration)

    def unapply() -> None:
        nonlocal statements
        with recorder.recording() as statements, recorder.editor(atomic=migration.atomic) as editor:
            migration.unapply(before.clone(), editor)

    try:
        if connection.vendor == "sqlite":
            kept = sqlite3.connect(":memory:")
            connection.connection.backup(kept)
            try:
                unapply()
            finally:
                kept.backup(connection.connection)
                kept.close()
        elif connection.vendor == "postgresql" and migration.atomic:
            with transaction.atomic():
                unapply()
                transaction.set_rollback(True)
        else:
            try:
                unapply()
            except Exception:
                _start_over(recorder, migration)
                raise
            with recorder.editor(atomic=migration.atomic) as editor:
                migration.apply(before.clone(), editor)
    except Exception as error:  # noqa: BLE001 - what Django can't reverse
        sys.stderr.write(f"{migration} {error!r}\n")
        return statements, f"{type(error).__name__}: {error}"
    return statements, ""


def _start_over(recorder: Recorder, last: Any) -> None:  # noqa: ANN401 - Django has no types
    """Migrate an empty database up to a migration: half of it was unapplied."""
    connection = recorder.connection
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE `{name}`")
        cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
        cursor.execute(f"USE `{name}`")
    state: Any = None
    for _, loaded, first in recorder.plan:
        migration = again(loaded)
        state = first.clone() if state is None else state
        state.apps  # noqa: B018 - rendered as Django's executor does
        with recorder.editor(atomic=migration.atomic) as editor:
            state = migration.apply(state, editor)
        if (migration.app_label, migration.name) == (last.app_label, last.name):
            return


def written(vendor: str, *, each: bool) -> Iterator[dict[str, Any]]:
    """The same as migtui writes it."""
    from migtui.engine.loading import install_overlay
    from migtui.engine.offline import offline_connection, start_anew
    from migtui.engine.sql import Writer

    tree = install_overlay(())
    connection, _ = offline_connection("default", vendor, VERSIONS)
    start_anew(connection).is_whole = True
    writer = Writer(connection, tree)
    state: Any = None
    for key, migration, first in plan():
        state = first.clone() if state is None else _as_begun(state, each=each)
        state.apps  # noqa: B018 - rendered as Django's executor does
        before = state.clone()
        forwards, state = writer.write(migration, state, backwards=False)
        knowledge = writer.knowledge
        kept = copy.deepcopy(knowledge.catalogue)
        backwards, _ = writer.write(migration, before.clone(), backwards=True)
        knowledge.catalogue = kept
        yield {
            "key": key,
            "forwards": [s.sql for s in forwards.statements if s.sql],
            "forwards_error": forwards.error,
            "backwards": [s.sql for s in backwards.statements if s.sql],
            "error": backwards.error,
        }


def _set_up(package: str, databases: dict[str, object]) -> None:
    """Set Django up for an installed package, or for the project in a directory."""
    import django
    from django.conf import settings

    from tests.support.imported import set_up

    if not Path(package).is_dir():
        set_up(package, DATABASES=databases)
        return
    sys.path.insert(0, package)
    given = runpy.run_path(str(Path(package, "settings.py")))
    configured = {name: value for name, value in given.items() if name.isupper()}
    settings.configure(**configured | {"DATABASES": databases})
    django.setup()


def main(mode: str, package: str, vendor: str, database: str, way: str) -> None:
    """Print one migration a line."""
    warnings.simplefilter("ignore")
    freeze()
    import pymysql

    pymysql.install_as_MySQLdb()
    _set_up(package, {"default": json.loads(database)})
    from django.db import connection

    if mode == "recorded":
        connection.ensure_connection()
    each = way == "each"
    entries = recorded(connection, each=each) if mode == "recorded" else written(vendor, each=each)
    for entry in entries:
        sys.stdout.write(json.dumps(entry) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
