"""The SQL of migrations for any vendor, without a server and without running any of it."""

import copy
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from django.db.migrations.operations import RenameField
from django.db.migrations.state import ProjectState

from migtui.core.sql import MigrationSql, SqlScript
from migtui.engine.fresh_database import SQLITE, FreshDatabase
from migtui.engine.introspection import UnknownTableError
from migtui.engine.loading import install_overlay
from migtui.engine.name_history import Keys, Replay, closure, fresh, models_about, models_of
from migtui.engine.offline import UnwritableError, offline_connection, start_anew
from migtui.engine.overlay import Tree
from migtui.engine.position import UnreachableError, load_plan
from migtui.engine.protocol.base import Progress, Report
from migtui.engine.protocol.sql import WriteSql
from migtui.engine.startup import headline, place_of
from migtui.engine.untyped import Connection, Migration, State
from migtui.engine.writer import Writer

Key: TypeAlias = tuple[str, str]

# Migrations between two reports of progress.
STRIDE = 50
# Tables that are asked about one by one, before all of them are followed.
ENOUGH = 1


def write_sql(request: WriteSql, report: Report) -> SqlScript:
    """What the targets would execute; what can't be told is the error of its migration."""
    tree = install_overlay(request.overlay)
    try:
        connection, server = offline_connection(
            request.alias, request.vendor, request.server_versions
        )
    except UnwritableError as error:
        vendor = request.vendor or "unknown"
        return SqlScript(vendor, None, _unwritten(request, 0, str(error)))
    written: list[MigrationSql] = []
    try:
        _Script(request, connection, tree, report).write(written)
        message = ""
    except UnreachableError as error:
        message = str(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a migration is any code
        message = headline(error) + place_of(error)
    written += _unwritten(request, len(written), message)
    return SqlScript(connection.vendor, server.label, tuple(written), note=server.note)


def _unwritten(request: WriteSql, done: int, message: str) -> tuple[MigrationSql, ...]:
    return tuple(
        MigrationSql(app_label, name, request.backwards, atomic=False, statements=(), error=message)
        for app_label, name in request.targets[done:]
    )


class _Script:
    """Writes what a request asks for, and begins anew where the history of a table is wanted."""

    def __init__(
        self, request: WriteSql, connection: Connection, tree: Tree, report: Report
    ) -> None:
        self._request = request
        self._connection = connection
        self._report = report
        targets = request.targets[::-1] if request.backwards else request.targets
        self._targets = frozenset(targets)
        loader, plan = load_plan(targets, backwards=request.backwards)
        self._graph = loader.graph
        self._plan = [loader.graph.nodes[key] for key in plan]
        self._has_renames = any(
            isinstance(operation, RenameField) for m in self._plan for operation in m.operations
        )
        self._real_apps = loader.unmigrated_apps
        self._writer = Writer(connection, tree, self._fresh() if request.run_python else None)
        self._models: set[Key] = set()
        self._tables: set[str] = set()
        self._is_whole = False

    def _fresh(self) -> FreshDatabase:
        is_sqlite = self._connection.vendor == "sqlite"
        backend = self._connection.settings_dict["ENGINE"] if is_sqlite else SQLITE
        return FreshDatabase(self._plan, self._needed, self._real_apps, backend, self._report)

    def _needed(self, key: Key) -> set[Key]:
        """What a target depends on, and the targets before it with what they depend on."""
        targets = self._request.targets[:: -1 if self._request.backwards else 1]
        before = targets[: targets.index(key) + 1]
        return {needed for target in before for needed in self._graph.forwards_plan(target)}

    def write(self, written: list[MigrationSql]) -> None:
        """Add the migrations' statements."""
        while True:
            try:
                written.extend(self._attempt())
            except UnknownTableError as unknown:
                self._learn(unknown.table)
                written.clear()
            else:
                return

    def _learn(self, table: str) -> None:
        """Follow the models of a table next time, and those that the targets are about.

        All of them where a table is no model's, and where that was not enough: each time means
        going through the history once more.
        """
        models = {key for state in self._writer.states for key in models_of(state, table)}
        if table in self._tables or len(self._tables) > ENOUGH or (table and not models):
            self._is_whole = True
        self._tables.add(table)
        targets = (m for m in self._plan if (m.app_label, m.name) in self._targets)
        self._models |= models | {key for m in targets for key in models_about(m)}

    def _replay(self) -> Replay | None:
        """What follows the history for the tables that are asked about; None where none is yet."""
        knowledge = start_anew(self._connection)
        first = self._plan[0] if self._plan else None
        begins = first is not None and (first.app_label, first.name) in self._targets
        knowledge.is_whole = begins and not self._request.backwards
        if not self._tables:
            return None
        keys: Keys | None = None if self._is_whole else closure(self._plan, self._models)
        knowledge.known |= self._tables
        return Replay(self._connection, knowledge, keys, self._real_apps)

    @staticmethod
    def _again(loaded: Migration) -> Migration:
        """A migration as it was loaded, for one attempt."""
        migration = copy.copy(loaded)
        migration.operations = fresh(loaded.operations)
        return migration

    def _attempt(self) -> Iterator[MigrationSql]:
        replay = self._replay()
        state = ProjectState(real_apps=self._real_apps)
        backwards = self._request.backwards
        states: dict[Key, State] = {}
        migrations: dict[Key, Migration] = {}
        for done, loaded in enumerate(self._plan):
            key = (loaded.app_label, loaded.name)
            is_target = key in self._targets
            migration = self._again(loaded) if is_target or self._has_renames else loaded
            if done % STRIDE == 0 or is_target:
                self._report(Progress(done, len(self._plan), ".".join(key)))
            if replay is not None:
                replay.advance(loaded, execute=backwards or not is_target)
            if not is_target:
                state = migration.mutate_state(state, preserve=False)
                continue
            state.apps  # noqa: B018 - rendered whole once, Django then keeps it up to date in parts
            if backwards:
                self._writer.record_operations(migration)
                migrations[key] = migration
                states[key] = state
                state = migration.mutate_state(state)
            else:
                sql, state = self._writer.write(migration, state, backwards=False)
                yield sql
        for done, key in enumerate(self._request.targets if backwards else (), start=1):
            sql, _ = self._writer.write(migrations[key], states[key], backwards=True)
            yield sql
            if sql.errors:
                self._go_on_below(self._request.targets[:done])

    def _go_on_below(self, keys: Sequence[Key]) -> None:
        """Know the database as it is without these, one of which can't be unapplied.

        Whoever wants what is below has to take that one back by hand.
        """
        replay = self._replay()
        if replay is not None:
            for migration in self._plan:
                if (migration.app_label, migration.name) not in keys:
                    replay.advance(migration)
