"""Collapse and order: the last branch of an order becomes one migration behind the others.

The order comes first, in memory; what it leaves is collapsed, and both are one ChangeSet.
"""

import shlex
from collections.abc import Collection, Sequence
from dataclasses import replace

from migtui.core.changes import ChangeSet, chained
from migtui.core.collapse import own_part
from migtui.core.migration import MigrationKey
from migtui.core.squash import FEWEST
from migtui.core.squash_plan import Collapse, SquashChoice, SquashPlan
from migtui.engine.client import Engine
from migtui.engine.protocol.base import Report
from migtui.engine.protocol.project import AppliedMigrations, ProjectFacts
from migtui.errors import ResolutionError
from migtui.services.collapse import (
    collapse_range,
    find_unapplied,
    require_unpublished,
    without,
)
from migtui.services.notices import find_mentions
from migtui.services.overlays import overlay_of
from migtui.services.project import Project
from migtui.services.resolve import ORDER, Choice, Plan, make_plan
from migtui.services.roll_back_first import remarks
from migtui.source.files import Overlaid


def plan_collapse_order(
    project: Project,
    engine: Engine,
    facts: ProjectFacts,
    app_label: str,
    choice: Choice,
    *,
    applied: Sequence[AppliedMigrations],
    progress: Report | None = None,
) -> Plan:
    """What an order with its last branch as one migration would change; nothing is written.

    Args:
        project: The project, as Django has its apps.
        engine: Django.
        facts: Its versions and apps.
        app_label: An app with several leaves.
        choice: The order, the new migration's name, and whether what moves is renumbered.
        applied: What databases have applied.
        progress: Called as the answer gets on.

    Raises:
        UsageError: The order is none.
        NotFoundError: No such app, conflict or leaf.
        ResolutionError: Others have the branch, or it can't become one migration.
        EngineError: Django can't load the migrations.
        RewriteError: A file can't be edited safely.
        StaleFileError: A file is not what it was when the project was read.
    """
    conflict = project.conflict(app_label)
    order = make_plan(project, app_label, replace(choice, strategy=ORDER, name=None))
    part = own_part(project.graph, conflict, choice.order[-1])
    if len(part) < FEWEST:
        raise ResolutionError(
            f"{part[0].name} alone is nothing to collapse.",
            help="Put a branch last that has several migrations of its own, or order them.",
        )
    require_unpublished(project, part)
    unapplied = find_unapplied(part, applied)
    _require_told_apart(project, part, applied)
    keys = [order.renames.get(key, key) for key in part]
    options = SquashChoice(app_label, keys[0], keys[-1], name=choice.name, header=choice.header)
    collapse = collapse_range(
        _with(project, order),
        engine,
        facts,
        options,
        keys,
        applied=without(applied, part),
        overlay=overlay_of(project, order.changes),
        progress=progress,
    )
    if collapse.plan.changes is None or collapse.plan.graph is None:
        raise ResolutionError(" ".join(collapse.plan.refusals))
    names = [leaf.name for leaf in choice.order]
    words = ["migtui", "resolve", app_label, "--collapse", *names]
    words += ["--name", choice.name] if choice.name else []
    words += [] if choice.renumber else ["--no-renumber"]
    changes = ChangeSet(
        f"{app_label}: order {', '.join(names)}, {part[0].name} to {part[-1].name} as one",
        chained(order.changes.changes, collapse.plan.changes.changes),
        shlex.join(words),
    )
    renames = {old: new for old, new in order.renames.items() if old not in part}
    return replace(
        order,
        changes=changes,
        sequence=(*(key for key in order.sequence if key not in keys), collapse.plan.key),
        renames=renames,
        graph=collapse.plan.graph,
        notices=find_mentions(project, {*renames, *part}, changes.files_after()),
        remarks=(*order.remarks, *collapse.plan.remarks, *remarks(unapplied)),
        collapses=Collapse(_on_disk(order, collapse.squash), collapse.plan, unapplied),
    )


def _require_told_apart(
    project: Project, part: Collection[MigrationKey], applied: Sequence[AppliedMigrations]
) -> None:
    """Make sure that no database has applied one of two migrations of one name.

    Raises:
        ResolutionError: One has, so that it can't be told whether the branch's is applied.
    """
    twins = project.unfinished.twins if project.unfinished is not None else ()
    for twin in twins:
        if twin.key in part or twin.new_key in part:
            for entry in applied:
                if twin.key in {MigrationKey(*row) for row in entry.rows}:
                    raise ResolutionError(
                        f"{entry.alias} has applied {twin.key.name}, and both sides of the merge "
                        "have a migration of that name.",
                        help=f"Where it is that of {twin.renamed_of}, check that branch out and "
                        "roll it back there first. Or order the branches.",
                    )


def _with(project: Project, order: Plan) -> Project:
    """The project as it would be with an order."""
    contents = {
        project.root / path: content for path, content in order.changes.files_after().items()
    }
    return Project(
        project.root,
        project.config,
        project.layout,
        order.graph.migrations.values(),
        manage_py=project.manage_py,
        settings=project.settings,
        python=project.python,
        files=Overlaid(project.files, contents),
    )


def _on_disk(order: Plan, squash: SquashPlan) -> SquashPlan:
    """A squash upon an order, with changes of the files as they are."""
    if squash.changes is None:
        return squash
    changes = chained(order.changes.changes, squash.changes.changes)
    return replace(squash, changes=replace(squash.changes, changes=changes))
