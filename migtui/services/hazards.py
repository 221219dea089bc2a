"""The hazards of a project's migrations, as problems at the lines of their operations."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from migtui.core.hazards.judge import NOT, NOT_JUDGED, Judgement
from migtui.core.hazards.silence import Known
from migtui.core.migration import Migration, MigrationKey
from migtui.core.problems import Location, Problem
from migtui.core.sql import DEFAULT, PYTHON, MigrationSql, SqlScript, Statement
from migtui.engine.client import Engine
from migtui.errors import EngineError
from migtui.services.consult import consult
from migtui.services.judging import JudgedSql, check_codes, judge_sql
from migtui.services.project import Project
from migtui.services.sql import migrations_sql

LOOK = "What it locks and loses has to be looked at by somebody."
RUNS_PYTHON = NOT.format(PYTHON)
PATIENCE = 2
"""Migrations that fail one after another until it is taken for a failure of all."""


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
        if judgement.why and judgement.why != RUNS_PYTHON and NOT_JUDGED not in ignored:
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
    message = f"A statement of {statement.operation or key} {judgement.why}."
    if statement.error:
        message = f"Some SQL of {key} is not known: {statement.error}"
    return Problem(NOT_JUDGED, key.app_label, message, LOOK, place)


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
    check_codes(project.config.ignore)
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
    """A note on how many operations run Python, which is not judged; nothing where none does."""
    count = sum(item.why == RUNS_PYTHON for each in judged.judgements for item in each)
    if count:
        what = "1 operation runs" if count == 1 else f"{count} operations run"
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
