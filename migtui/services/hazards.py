"""What is dangerous about SQL: judged, with what somebody has silenced, and as problems."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from migtui.core.graph import MigrationGraph
from migtui.core.hazards.judge import NOT_JUDGED, PYTHON, Judgement, Judgements, judge
from migtui.core.hazards.rule import RULES, Hazard
from migtui.core.hazards.silence import (
    BASELINE,
    BaselineError,
    Known,
    baseline_text,
    configured_reason,
    is_known,
    known,
    read_baseline,
    silence,
)
from migtui.core.migration import Migration, MigrationKey
from migtui.core.problems import Location, Problem
from migtui.core.sql import DEFAULT, MigrationSql, RowCount, SqlScript, Statement
from migtui.engine.client import Engine
from migtui.engine.protocol import CountRows
from migtui.errors import ConfigError, EngineError, StorageError, UsageError
from migtui.services.consult import consult
from migtui.services.project import Project
from migtui.services.resolve import Plan
from migtui.services.sql import migrations_sql
from migtui.services.squawk import ask_squawk, find_squawk
from migtui.source.ignores import Ignore, Ignores, read_ignores

LOOK = "What it locks and loses has to be looked at by somebody."
PATIENCE = 2
"""Migrations that fail one after another until it is taken for a failure of all."""
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


@dataclass(frozen=True, slots=True)
class HazardReport:
    """The hazards of migrations.

    Attributes:
        problems: One for each place.
        known: What a baseline of them would hold.
        judged: How many migrations were looked at.
        notes: What could not be asked, or how it was chosen what to look at.
    """

    problems: tuple[Problem, ...]
    known: tuple[Known, ...]
    judged: int
    notes: tuple[str, ...]


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
    _check_codes(project.config.ignore)
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


def _check_codes(ignore: Mapping[str, str]) -> None:
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


def hazard_problems(project: Project, judged: JudgedSql) -> tuple[Problem, ...]:
    """The hazards as problems, each at the line of its operation."""
    pairs = zip(judged.script.migrations, judged.judgements, strict=True)
    found = [
        problem
        for migration, judgements in pairs
        for problem in _problems(project, migration, judgements)
    ]
    return (*found, *_unwritten(project, judged.script))


def _problems(
    project: Project, migration: MigrationSql, judgements: Iterable[Judgement]
) -> Iterator[Problem]:
    key = MigrationKey(migration.app_label, migration.migration)
    path = project.graph.migrations[key].path
    seen: set[tuple[str, str, int | None]] = set()
    for statement, judgement in zip(migration.statements, judgements, strict=True):
        place = (Location(path, statement.line or 1),)
        for hazard in judgement.hazards or ():
            if (hazard.code, hazard.message, statement.line) not in seen:
                seen.add((hazard.code, hazard.message, statement.line))
                yield Problem(hazard.code, key.app_label, hazard.message, hazard.help, place)
        ignored = {entry.hazard.code for entry in judgement.silenced}
        if judgement.why and judgement.why != PYTHON and NOT_JUDGED not in ignored:
            yield _not_judged(key, statement, judgement, place)


def _unwritten(project: Project, script: SqlScript) -> Iterator[Problem]:
    """One problem for all migrations of an app whose SQL is not known for the same reason."""
    groups: dict[tuple[str, str], list[MigrationKey]] = {}
    for item in script.migrations:
        if item.error:
            key = MigrationKey(item.app_label, item.migration)
            groups.setdefault((item.app_label, item.error), []).append(key)
    for (app_label, error), keys in groups.items():
        more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
        yield Problem(
            NOT_JUDGED,
            app_label,
            f"The SQL of {keys[0]}{more} is not known: {error}",
            LOOK,
            tuple(Location(project.graph.migrations[key].path) for key in keys),
        )


def _not_judged(
    key: MigrationKey, statement: Statement, judgement: Judgement, place: tuple[Location, ...]
) -> Problem:
    return Problem(
        NOT_JUDGED,
        key.app_label,
        f"A statement of {statement.operation or key} {judgement.why}.",
        LOOK,
        place,
    )


def find_hazards(
    project: Project,
    engine: Engine,
    app_labels: Iterable[str] = (),
    *,
    base: str | None = None,
    published: bool = False,
    baseline: frozenset[Known] = frozenset(),
    alias: str = DEFAULT,
    with_squawk: bool = True,
) -> HazardReport:
    """The hazards of the project's own migrations, as they would run forwards.

    Args:
        project: The project as it is on the disk.
        engine: Django.
        app_labels: Of which apps; none for all.
        base: Those that this branch or commit lacks; the default branch where None.
        published: All of them instead.
        baseline: Hazards that were there before.
        alias: The database whose backend writes the SQL.
        with_squawk: Whether squawk is asked.

    Raises:
        NotFoundError: No such app, commit or database.
        EngineError: Django could not be asked.
        ConfigError: ``[tool.migtui.ignore]`` names a code that there is not.
    """
    project.require_apps(app_labels)
    _check_codes(project.config.ignore)
    wanted = frozenset(app_labels)
    own = [
        migration
        for key, migration in sorted(project.graph.migrations.items())
        if migration.writable and (not wanted or key.app_label in wanted)
    ]
    chosen, notes = _chosen(project, own, base=base, published=published)
    if not chosen:
        return HazardReport((), (), 0, notes)
    consultation = consult(project, engine)
    project = consultation.project
    loaded = {MigrationKey(item.app_label, item.name) for item in consultation.graph.migrations}
    wanted_keys = chosen & project.graph.nodes
    keys = project.graph.ordered(wanted_keys & loaded)
    if not loaded:
        raise EngineError(consultation.graph.error or "Django's graph of migrations is empty.")
    if wanted_keys - loaded:
        labels = ", ".join(sorted({key.app_label for key in wanted_keys - loaded}))
        notes = (*notes, f"Not judged, as Django does not load their migrations: {labels}.")
    script = _whole_script(project, engine, keys, alias)
    judged = judge_sql(project, script, baseline=baseline, with_squawk=with_squawk)
    notes = (*notes, *judged.notes, *_functions(judged))
    return HazardReport(hazard_problems(project, judged), judged.known(), len(keys), notes)


def _functions(judged: JudgedSql) -> Iterator[str]:
    """That Python is not judged, where there is some."""
    count = sum(item.why == PYTHON for each in judged.judgements for item in each)
    if count:
        what = "1 RunPython runs" if count == 1 else f"{count} RunPython run"
        yield f"{what} Python, which is not judged."


def _whole_script(
    project: Project, engine: Engine, keys: Sequence[MigrationKey], alias: str
) -> SqlScript:
    """The SQL of migrations; one that fails does not keep the others back."""
    found: list[MigrationSql] = []
    failures = 0
    while True:
        script = migrations_sql(project, engine, keys[len(found) :], alias=alias)
        written = script.migrations
        failed = next((n for n, item in enumerate(written) if item.error), None)
        failures = failures + 1 if failed == 0 else 0
        if failed is None or failed + 1 == len(written) or failures > PATIENCE:
            return replace(script, migrations=(*found, *written))
        found += written[: failed + 1]


def _chosen(
    project: Project, own: list[Migration], *, base: str | None, published: bool
) -> tuple[frozenset[MigrationKey], tuple[str, ...]]:
    every = frozenset(migration.key for migration in own)
    if published:
        return every, ()
    from migtui.vcs.facts import unpublished  # noqa: PLC0415 - git is rarely asked

    found = unpublished(project.root, own, project.config, base=base)
    if found is None:
        return every, ("git names no default branch: hazards are those of every migration.",)
    return found, ()


def count_rows(engine: Engine, judged: JudgedSql, *, alias: str = DEFAULT) -> tuple[RowCount, ...]:
    """How many rows the tables have that SQL is about, in a database that is there.

    Raises:
        EngineError: Django could not be asked.
    """
    return engine.ask(CountRows(judged.tables, alias)).counts


def load_baseline(path: Path) -> frozenset[Known]:
    """What a baseline remembers.

    Raises:
        UsageError: It is not there, or is none.
    """
    try:
        return read_baseline(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"The baseline {path} can't be read: {error.strerror}.",
            help="--write-baseline makes one.",
        ) from error
    except (BaselineError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} is no baseline. {error}", help="--write-baseline writes it anew."
        ) from error


def write_baseline(path: Path, entries: Iterable[Known]) -> None:
    """Write down what there is, so that it is quiet from now on.

    Raises:
        StorageError: The file can't be written.
    """
    try:
        path.write_text(baseline_text(entries), encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"The baseline {path} can't be written: {error.strerror}.", help="Name another file."
        ) from error
