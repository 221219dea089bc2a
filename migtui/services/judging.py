"""What is dangerous about SQL, with squawk's word; what somebody has silenced is set apart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from migtui.core.graph import MigrationGraph
from migtui.core.hazards.judge import NOT_JUDGED, Judgement, Judgements, judge
from migtui.core.hazards.rule import RULES, Hazard
from migtui.core.hazards.silence import (
    BASELINE,
    Known,
    configured_reason,
    is_known,
    known,
    silence,
)
from migtui.core.migration import MigrationKey
from migtui.core.sql import DEFAULT, RowCount, SqlScript
from migtui.engine.client import Engine
from migtui.engine.protocol.sql import CountRows
from migtui.errors import ConfigError
from migtui.services.project import Project
from migtui.services.resolve import Plan
from migtui.services.squawk import ask_squawk, find_squawk
from migtui.source.ignores import Ignore, Ignores, read_ignores

NO_REASON = "The comment on line {} of its file does not count: write `because …` and a reason."


@dataclass(frozen=True, slots=True)
class JudgedSql:
    """SQL and what is known of it.

    Attributes:
        script: The SQL.
        judgements: Of each statement of each migration.
        notes: What could not be asked, one sentence each.
    """

    script: SqlScript
    judgements: Judgements
    notes: tuple[str, ...] = ()

    def known(self) -> tuple[Known, ...]:
        """What a baseline of it would hold."""
        return tuple(known(self.script, self.judgements))

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it is about and that were there before, sorted."""
        found = (name for judged in self.judgements for item in judged for name in item.tables)
        return tuple(sorted(set(found)))


def judge_sql(
    project: Project,
    script: SqlScript,
    *,
    plan: Plan | None = None,
    baseline: frozenset[Known] = frozenset(),
    with_squawk: bool = True,
) -> JudgedSql:
    """Judge SQL, with squawk's word where it is installed, and set silenced hazards apart.

    Args:
        project: Whose SQL it is.
        script: The SQL.
        plan: What it comes from, where that is not written yet.
        baseline: Hazards that were there before.
        with_squawk: Whether squawk is asked.

    Raises:
        ConfigError: ``[tool.migtui.ignore]`` names a code that there is not.
    """
    check_codes(project.config.ignore)
    judgements = judge(script)
    notes: tuple[str, ...] = ()
    if with_squawk and script.vendor == "postgresql":
        judgements, notes = _with_squawk(project.root, script, judgements)
    graph = plan.graph if plan else project.graph
    overlay = plan.changes.files_after() if plan else {}
    silenced = []
    for migration, judged in zip(script.migrations, judgements, strict=True):
        key = MigrationKey(migration.app_label, migration.migration)
        ignores = _ignores(project, graph, overlay, key)
        pairs = zip(migration.statements, judged, strict=True)
        silenced.append(
            tuple(
                _silenced(
                    judgement,
                    ignores.at(statement.line),
                    partial(_reason, project.config.ignore, baseline, key),
                )
                for statement, judgement in pairs
            )
        )
    return JudgedSql(script, tuple(silenced), notes)


def check_codes(ignore: Mapping[str, str]) -> None:
    """Whether ``[tool.migtui.ignore]`` names hazards that there are, each with a reason.

    Raises:
        ConfigError: It does not.
    """
    for name, reason in ignore.items():
        code = name.rpartition(".")[2]
        is_ours = f"migtui.{code}" in {*RULES, NOT_JUDGED}
        if not (is_ours or "squawk." in name):
            raise ConfigError(
                f"[tool.migtui.ignore] has {name!r}, which ends in no code of a hazard.",
                help="Write H003, app_label.H003 or app_label.migration.H003, and the reason.",
            )
        if not reason.strip():
            raise ConfigError(
                f"[tool.migtui.ignore] gives no reason for {name!r}.",
                help="Write why it does not count, as a string.",
            )


def _with_squawk(
    root: Path, script: SqlScript, judgements: Judgements
) -> tuple[Judgements, tuple[str, ...]]:
    program = find_squawk()
    if program is None:
        return judgements, ()
    found, notes = [], []
    for migration, judged in zip(script.migrations, judgements, strict=True):
        answer = ask_squawk(program, migration, script.server_version, directory=root)
        notes += [answer.failure] if answer.failure else []
        found.append(
            tuple(
                replace(judgement, hazards=(*(judgement.hazards or ()), *answer.hazards[number]))
                if number in answer.hazards
                else judgement
                for number, judgement in enumerate(judged)
            )
        )
    return tuple(found), tuple(dict.fromkeys(notes))


def _ignores(
    project: Project,
    graph: MigrationGraph,
    overlay: Mapping[str, bytes | None],
    key: MigrationKey,
) -> Ignores:
    migration = graph.migrations.get(key)
    if migration is None:
        return Ignores()
    if migration.path in overlay:
        return read_ignores(overlay[migration.path] or b"")
    return read_ignores(project.read(migration.path))


def _reason(
    ignore: Mapping[str, str], baseline: frozenset[Known], key: MigrationKey, hazard: Hazard
) -> str:
    """Why a hazard does not count, as the configuration or the baseline has it."""
    configured = configured_reason(ignore, hazard.code, key)
    return configured or (BASELINE if is_known(baseline, hazard, key) else "")


def _silenced(
    judgement: Judgement, comments: Sequence[Ignore], reason_elsewhere: Callable[[Hazard], str]
) -> Judgement:
    def reason_for(hazard: Hazard) -> str:
        written = (entry.reason for entry in comments if entry.code == hazard.code)
        return next(filter(None, written), "") or reason_elsewhere(hazard)

    found = silence(judgement, reason_for)
    empty = {entry.code: entry.line for entry in comments if not entry.reason}
    if not empty or not found.hazards:
        return found
    return replace(
        found,
        hazards=tuple(
            replace(hazard, help=f"{hazard.help} {NO_REASON.format(empty[hazard.code])}".strip())
            if hazard.code in empty
            else hazard
            for hazard in found.hazards
        ),
    )


def count_rows(engine: Engine, judged: JudgedSql, *, alias: str = DEFAULT) -> tuple[RowCount, ...]:
    """How many rows the tables have that SQL is about, in a database that is there.

    Raises:
        EngineError: Django could not be asked.
    """
    return engine.ask(CountRows(judged.tables, alias)).counts
