"""A database in memory, migrated from zero, that answers what the default of a field asks for.

It is made where that is wanted alone: functions of RunPython run on it, and these are any code.
"""

import copy
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeAlias, TypeVar

from django.db.migrations.operations import RunPython
from django.db.migrations.state import ProjectState

from migtui.engine.name_history import fresh
from migtui.engine.orders import walk_operations
from migtui.engine.protocol.base import Progress
from migtui.engine.servers import confined, open_memory
from migtui.engine.startup import headline
from migtui.engine.time_limit import TimeUpError, limited
from migtui.engine.untyped import Connection, Migration, State

Key: TypeAlias = tuple[str, str]
Answer = TypeVar("Answer")

# Seconds that a function of RunPython may take, or a default.
PATIENCE = 10.0
SQLITE = "django.db.backends.sqlite3"


class UnansweredError(Exception):
    """The database could not be migrated up to there; says where that failed."""


class FreshDatabase:
    """Is migrated as far as it is asked about, and begins anew for what lies further back.

    Only what has to have run is run: other apps may need another vendor.

    Args:
        plan: Migrations as they were loaded, in the order in which they run.
        needed: Those of the plan that are to have run when a migration runs; it itself may be
            among them.
        real_apps: Apps without migrations.
        backend: Of SQLite; a project may have one of its own.
        report: Called before each migration that runs.
    """

    def __init__(
        self,
        plan: Sequence[Migration],
        needed: Callable[[Key], Collection[Key]],
        real_apps: Any,  # noqa: ANN401 - as Django has them
        backend: str = SQLITE,
        report: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self._plan = {(str(m.app_label), str(m.name)): m for m in plan}
        self._needed = needed
        self._real_apps = real_apps
        self._backend = backend
        self._report = report
        self._begin()

    def ask(self, key: Key, operations: int, question: Callable[[], Answer]) -> Answer:
        """What a function returns where all that it asks is asked of this database.

        Args:
            key: A migration of the plan.
            operations: How many of its operations have run.
            question: The function.

        Raises:
            UnansweredError: What runs before fails, or something takes too long.
            Exception: What the function raises.
        """
        if self._done.get(key, 0) > operations:
            self._begin()
        with confined(self._connection):
            self._advance(key, operations)
            try:
                return limited(question, PATIENCE)()
            except TimeUpError as error:
                raise UnansweredError(str(error)) from error

    def _begin(self) -> None:
        self._connection: Connection = open_memory(self._backend)
        self._state: State = ProjectState(real_apps=self._real_apps)
        self._done: dict[Key, int] = {}

    def _advance(self, key: Key, operations: int) -> None:
        needed = set(self._needed(key)) - {key}
        ends = {name: len(m.operations) for name, m in self._plan.items() if name in needed}
        ends[key] = operations
        for number, (name, end) in enumerate(ends.items()):
            self._report(Progress(number, len(ends), "migrating a database from zero"))
            try:
                self._run(self._plan[name], self._done.get(name, 0), end)
            except (Exception, SystemExit, TimeUpError) as error:
                self._begin()
                failed = f"{'.'.join(name)} fails on a database migrated from zero"
                raise UnansweredError(f"{failed}: {headline(error)}") from error
            self._done[name] = end

    def _run(self, loaded: Migration, begin: int, end: int) -> None:
        """Some operations of a migration, as if there were no others."""
        if begin == end:
            return
        migration = copy.copy(loaded)
        migration.operations = fresh(loaded.operations)[begin:end]
        for _, operation in walk_operations([migration]):
            if isinstance(operation, RunPython):
                operation.code = limited(operation.code, PATIENCE)
        self._state.apps  # noqa: B018 - rendered as Django's executor does
        with self._connection.schema_editor(atomic=migration.atomic) as editor:
            self._state = migration.apply(self._state, editor)
