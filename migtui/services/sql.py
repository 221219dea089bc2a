"""The SQL of a migration, of a conflict's branches in an order, and of a planned resolution."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from migtui.core.conflict import find_conflict
from migtui.core.explanation import Explanation
from migtui.core.migration import MigrationKey
from migtui.core.sql import DEFAULT, SqlScript
from migtui.engine.client import Engine
from migtui.engine.protocol.base import OverlayFile
from migtui.engine.protocol.sql import WriteSql
from migtui.errors import NotFoundError
from migtui.services.consult import consult
from migtui.services.project import Project
from migtui.services.resolve import Plan
from migtui.vcs.facts import unpublished


def migration_sql(
    project: Project,
    engine: Engine,
    key: MigrationKey,
    *,
    backwards: bool = False,
    alias: str = DEFAULT,
    vendor: str = "",
    run_python: bool = False,
) -> SqlScript:
    """What one migration executes.

    Args:
        project: The project.
        engine: Django.
        key: The migration; one that a squash replaces will do too.
        backwards: What unapplying it executes.
        alias: The database whose backend writes it.
        vendor: Another one than that of the database; empty for that.
        run_python: Whether functions of RunPython may run on a database in memory, migrated from
            zero, where a default asks for rows.

    Raises:
        NotFoundError: No such app, migration or database.
        EngineError: Django could not be asked.
    """
    project.require_apps([key.app_label])
    if key not in project.graph.migrations:
        raise NotFoundError(f"{key.app_label} has no migration {key.name!r}.")
    return _write(
        project,
        engine,
        [key],
        backwards=backwards,
        alias=alias,
        vendor=vendor,
        run_python=run_python,
    )


def order_sql(
    project: Project,
    engine: Engine,
    app_label: str,
    order: Sequence[MigrationKey],
    *,
    backwards: bool = False,
    alias: str = DEFAULT,
    vendor: str = "",
    run_python: bool = False,
) -> SqlScript:
    """What the branches of a conflict execute, one after another.

    Args:
        project: The project.
        engine: Django.
        app_label: The app with the conflict.
        order: Leaves, the branch that runs first first; those left out are not written.
        backwards: What unapplying them executes, the last applied first.
        alias: The database whose backend writes it.
        vendor: Another one than that of the database; empty for that.
        run_python: Whether functions of RunPython may run on a database in memory, migrated from
            zero, where a default asks for rows.

    Raises:
        NotFoundError: No such conflict, leaf or database.
        EngineError: Django could not be asked.
    """
    conflict = project.conflict(app_label)
    branches = {branch.leaf: branch.migrations for branch in conflict.branches}
    unknown = [leaf.name for leaf in order if leaf not in branches]
    if unknown:
        raise NotFoundError(
            f"{app_label} has no leaf {unknown[0]!r}.",
            help=f"Its leaves: {', '.join(leaf.name for leaf in branches)}.",
        )
    # What branches share stands in each of them, and runs once.
    keys = dict.fromkeys(key for leaf in order for key in branches[leaf])
    return _write(
        project,
        engine,
        keys,
        backwards=backwards,
        alias=alias,
        vendor=vendor,
        run_python=run_python,
    )


def review_sql(
    project: Project,
    engine: Engine,
    explanations: Mapping[str, Explanation],
    app_labels: Collection[str] = (),
) -> dict[str, SqlScript]:
    """What a reviewer should see: the branches of each conflict, and what else is new.

    Branches stand in an order that runs, where one is known. New are the migrations that the
    default branch does not have; none where git doesn't tell.

    Args:
        project: The project.
        engine: Django.
        explanations: By app label, of the apps with several leaves.
        app_labels: The apps; none for all.

    Returns:
        By app label.

    Raises:
        EngineError: Django could not be asked.
    """
    consultation = consult(project, engine)
    project = consultation.project
    loaded = {MigrationKey(item.app_label, item.name) for item in consultation.graph.migrations}
    scripts = {}
    for app_label, explanation in explanations.items():
        conflict = find_conflict(project.graph, app_label)
        if conflict is None:  # Django knows better than the reader
            continue
        orders = [order for order in explanation.verdict.orders if set(order) == {*conflict.leaves}]
        order = orders[0] if orders else conflict.leaves
        scripts[app_label] = order_sql(project, engine, app_label, order)
    own = [item for item in project.graph.migrations.values() if item.writable]
    found = unpublished(project.root, own, project.config) or frozenset()
    new: dict[str, list[MigrationKey]] = {}
    for key in project.graph.ordered(found & project.graph.nodes & loaded):
        if key.app_label not in scripts and (not app_labels or key.app_label in app_labels):
            new.setdefault(key.app_label, []).append(key)
    for app_label, keys in sorted(new.items()):
        scripts[app_label] = migrations_sql(project, engine, keys)
    return scripts


def migrations_sql(
    project: Project, engine: Engine, keys: Iterable[MigrationKey], *, alias: str = DEFAULT
) -> SqlScript:
    """What migrations of any apps execute, in this order.

    Args:
        project: The project.
        engine: Django.
        keys: Each after those that it depends on.
        alias: The database whose backend writes it.

    Raises:
        NotFoundError: No such database.
        EngineError: Django could not be asked.
    """
    return _write(project, engine, keys, backwards=False, alias=alias, vendor="")


def plan_sql(
    project: Project,
    engine: Engine,
    plan: Plan,
    *,
    backwards: bool = False,
    alias: str = DEFAULT,
    vendor: str = "",
) -> SqlScript:
    """What the branches execute once a plan is written.

    Raises:
        NotFoundError: No such database.
        EngineError: Django could not be asked.
    """
    overlay = tuple(
        OverlayFile(str(project.root / path), content)
        for path, content in plan.changes.files_after().items()
    )
    return _write(
        project,
        engine,
        plan.sequence,
        overlay=overlay,
        backwards=backwards,
        alias=alias,
        vendor=vendor,
    )


def _write(
    project: Project,
    engine: Engine,
    keys: Iterable[MigrationKey],
    *,
    backwards: bool,
    alias: str,
    vendor: str,
    overlay: tuple[OverlayFile, ...] = (),
    run_python: bool = False,
) -> SqlScript:
    aliases = [database.alias for database in engine.start().databases]
    if alias not in aliases:
        raise NotFoundError(
            f"The settings have no database {alias!r}.", help=f"They have {', '.join(aliases)}."
        )
    targets = tuple((key.app_label, key.name) for key in keys)
    if backwards:
        targets = targets[::-1]
    versions = dict(project.config.server_versions)
    return engine.ask(WriteSql(targets, backwards, alias, overlay, vendor, versions, run_python))
