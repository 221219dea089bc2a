"""What happens to a squash once it is written: databases that had nothing, half, all; its end."""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from migtui.core.migration import MigrationKey
from migtui.core.squash import standing
from migtui.core.squash_plan import SquashPlan
from migtui.engine.client import Engine
from migtui.engine.protocol.project import AppliedMigrations
from migtui.errors import MigtuiError
from migtui.services.consult import consult_lightly
from migtui.services.finish import plan_finish, write_finish
from migtui.services.journal import undo
from migtui.services.project import Project
from migtui.services.squash import write_squash
from tests.support.manage import Manage

AS_SAID = "as said"


def live_with(project: Project, engine: Engine, manage: Manage, plan: SquashPlan) -> dict[str, str]:
    """Write a squash, migrate with it, finish it, and take all of it back.

    Returns:
        How each of it ended: ``as said``, ``clean``, or what was not as it should be. ``nothing``,
        ``half`` and ``whole`` are what databases, in SQLite, had applied of the range before.
    """
    with tempfile.TemporaryDirectory() as directory:
        life = _Life(project, engine, manage, plan, Path(directory))
        return life.lived()


class _Life:
    def __init__(
        self, project: Project, engine: Engine, manage: Manage, plan: SquashPlan, directory: Path
    ) -> None:
        self.project = project
        self.engine = engine
        self.manage = manage
        self.plan = plan
        self.databases: dict[str, dict[str, object]] = {
            name: {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(directory / name),
            }
            for name in ("nothing", "half", "whole")
        }

    def lived(self) -> dict[str, str]:
        app_label = self.plan.key.app_label
        half = self.plan.replaces[len(self.plan.replaces) // 2 - 1].name
        models = self.manage.run(["makemigrations", "--dry-run"]).out
        found = {}
        for name, words in (("half", [half]), ("whole", [])):
            ran = self.manage.run(["migrate", app_label, *words], self.databases[name])
            if ran.code:
                found[name] = f"not to be had: {ran.last_line}"
        write_squash(self.project, self.plan, self.engine)
        written = 1
        try:
            for name in self.databases:
                if name not in found:
                    found[name] = self._migrated(name)
            found["finish"] = self._finished(models)
            written += not found["finish"].startswith("refused")
        finally:
            for _ in range(written):
                undo(self.project)
        return found

    def _migrated(self, name: str) -> str:
        """Whether ``migrate`` does what the plan says of a database."""
        key, database = self.plan.key, self.databases[name]
        expected = standing(name, key, self.plan.replaces, self._recorded(name))
        before = self._recorded(name)
        ran = self.manage.run(["migrate", key.app_label], database)
        if ran.code:
            return f"fails: {ran.last_line}"
        wanted = {"nothing": {key}, "half": set(expected.missing), "whole": set[MigrationKey]()}
        applied = {
            entry
            for entry in (key, *self.plan.replaces)
            if f"Applying {entry.app_label}.{entry.name}..." in ran.out
        }
        if applied != wanted[name]:
            return f"not as said: it ran {sorted(map(str, applied))}, not {expected.outlook(key)}"
        if key not in self._recorded(name) - before:
            return f"not as said: {key} is not recorded"
        return AS_SAID

    def _recorded(self, name: str) -> set[MigrationKey]:
        path = Path(str(self.databases[name]["NAME"]))
        if not path.exists():
            return set()
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("SELECT app, name FROM django_migrations").fetchall()
        return {MigrationKey(*row) for row in rows}

    def _finished(self, models: str) -> str:
        """What is left of what the squash replaces, once it is finished."""
        rows = tuple((key.app_label, key.name) for key in self._recorded("whole"))
        consultation = consult_lightly(self.project.reload(), self.engine)
        try:
            end = plan_finish(
                consultation.project,
                consultation.facts,
                self.plan.key.app_label,
                self.plan.key,
                applied=[AppliedMigrations("default", rows)],
            )
            write_finish(consultation.project, end, self.engine)
        except MigtuiError as error:
            return f"refused: {error.message}"
        return "; ".join(self._left(models)) or "clean"

    def _left(self, models: str) -> list[str]:
        project = self.project.reload()
        known = {problem.message for problem in self.project.problems()}
        found = [p.message for p in project.problems() if p.message not in known]
        after = self.manage.run(["makemigrations", "--dry-run"])
        if after.out != models:
            found.append(f"left: makemigrations says {after.last_line}")
        checked = self.manage.run(["migrate", "--plan"], self.databases["whole"])
        if checked.code:
            found.append(f"left: Django does not load: {checked.last_line}")
        gone = set(self.plan.replaces)
        found += [f"left: {key}" for key in gone & set(project.graph.migrations)]
        found += [
            f"left: {key} names {entry.key}"
            for key, migration in project.graph.migrations.items()
            for entry in (*migration.dependencies, *migration.replaces)
            if entry.key in gone
        ]
        return found
