"""Squashing: a range planned as Django does it, verified, written."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.squash import (
    NESTING,
    Progress,
    Standing,
    chain,
    find_crossing,
    find_range,
    parts_without_crossing,
    replaced_leaves,
    squash_name,
    standing,
)
from migtui.core.squash_all import Outline, outline_apps
from migtui.core.squash_plan import SquashChoice, SquashDraft, SquashPlan
from migtui.engine.client import Engine
from migtui.engine.protocol.base import OverlayFile, Report
from migtui.engine.protocol.project import AppliedMigrations, ProjectFacts
from migtui.engine.protocol.squash import DraftSquash
from migtui.errors import ResolutionError, RewriteError, UsageError
from migtui.services.consult import installed
from migtui.services.new_squash import new_squash
from migtui.services.project import Project
from migtui.services.squash_refusals import (
    require_app,
    require_inside,
    require_range,
    version_of,
)
from migtui.services.write_verified import Written, write_changes

MOST_CUTS = 12
"""Cut points whose gain is asked for."""


def plan_squash(
    project: Project,
    engine: Engine,
    facts: ProjectFacts,
    choice: SquashChoice,
    *,
    applied: Sequence[AppliedMigrations] = (),
    overlay: tuple[OverlayFile, ...] = (),
    progress: Report | None = None,
) -> SquashPlan:
    """What a squash would be; nothing is written.

    Args:
        project: The project, as Django has its apps.
        engine: Django.
        facts: Its versions and apps.
        choice: What is wanted.
        applied: What databases have applied.
        overlay: What the project has that is not written yet.
        progress: Called as the answer gets on.

    Raises:
        UsageError: There is no such range.
        ResolutionError: The app can't be squashed as it is.
        EngineError: Django can't load the migrations.
        StaleFileError: A file is not what it was when the project was read.
    """
    require_app(project, facts, choice.app_label)
    graph = installed(project.graph, facts)
    keys = find_range(graph, choice.app_label, choice.start, choice.end)
    require_range(graph, keys, facts)
    require_inside(keys, (*choice.elide, *choice.keep))
    plan = _without_draft(graph, choice, keys, applied)
    if plan.crossing:
        return replace(plan, refusals=(_crossing_text(plan.crossing),))
    draft = engine.ask(_question(choice, keys, overlay), progress)
    if choice.elide and not {operation.migration for operation in draft.elided}:
        names = ", ".join(entry.name for entry in choice.elide)
        raise UsageError(f"There is no RunPython and no RunSQL in {names}.", help="Check --elide.")
    order = tuple(MigrationKey(choice.app_label, name) for name in draft.migrations)
    plan = replace(plan, draft=draft, replaces=order)
    merged = tuple(
        f"{entry.type} ({entry.text}): {entry.problem}"
        for entry in draft.operations
        if entry.problem and entry.index is None
    )
    if merged:
        return replace(plan, refusals=merged)
    try:
        return new_squash(project, graph, facts, plan, draft)
    except RewriteError as error:
        reasons = _unwritten(draft, error.message)
        return replace(plan, refusals=(f"{error.message} {error.help}".strip(), *reasons))


def _without_draft(
    graph: MigrationGraph,
    choice: SquashChoice,
    keys: tuple[MigrationKey, ...],
    applied: Sequence[AppliedMigrations],
) -> SquashPlan:
    """What the graph tells of a squash, before Django is asked what it would hold."""
    in_use = {name for entry in applied for _, name in entry.rows}
    name = squash_name(graph, keys, start=choice.start, name=choice.name, in_use=in_use)
    key = MigrationKey(choice.app_label, name)
    crossing = find_crossing(graph.parents, keys)
    return SquashPlan(
        choice,
        key,
        keys,
        chain(graph, choice.app_label),
        None,
        crossing,
        parts_without_crossing(graph.parents, keys) if crossing else (keys,),
        _standings(graph, key, keys, applied),
        (),
    )


def _unwritten(draft: SquashDraft, message: str) -> Iterator[str]:
    """Why the operations of a migration that a message names are carried as they are written."""
    for entry in draft.operations:
        if entry.problem and re.search(rf"\b{re.escape(entry.migration)}\b", message):
            yield (
                f"Django itself can't write the {entry.type} of {entry.migration}: "
                f"{entry.problem.rstrip('.')}."
            )


def outline_project(project: Project, facts: ProjectFacts) -> tuple[Outline, ...]:
    """What can be squashed of every app, in an order that works."""
    can_nest = version_of(facts.django_version) >= NESTING
    return outline_apps(installed(project.graph, facts), can_nest=can_nest)


def _crossing_text(crossing: Sequence[MigrationKey]) -> str:
    others = ", ".join(sorted({key.app_label for key in crossing[1:-1]}))
    return (
        f"The squash would depend on itself through {others}: "
        f"{' → '.join(map(str, crossing))} (Django's ticket 23337)."
    )


def _standings(
    graph: MigrationGraph,
    key: MigrationKey,
    keys: Sequence[MigrationKey],
    applied: Sequence[AppliedMigrations],
) -> tuple[Standing, ...]:
    replaced = replaced_leaves(graph, keys)
    return tuple(
        Standing(entry.alias, Progress.UNKNOWN, error=entry.error)
        if entry.error
        else standing(entry.alias, key, replaced, {MigrationKey(*row) for row in entry.rows})
        for entry in applied
    )


def _question(
    choice: SquashChoice, keys: Sequence[MigrationKey], overlay: tuple[OverlayFile, ...]
) -> DraftSquash:
    return DraftSquash(
        choice.app_label,
        tuple(key.name for key in keys),
        optimize=choice.optimize,
        elide=tuple(key.name for key in choice.elide),
        keep=tuple(key.name for key in choice.keep),
        cuts=_cuts(keys),
        overlay=overlay,
    )


def _cuts(keys: Sequence[MigrationKey]) -> tuple[str, ...]:
    """The migrations up to which a gain is asked for: evenly spread, the last one among them."""
    step = max(1, -(-len(keys) // MOST_CUTS))
    return tuple(key.name for key in tuple(reversed(keys))[::step])[::-1]


def write_squash(project: Project, plan: SquashPlan, engine: Engine) -> Written:
    """Verify a plan, write it, and verify what was written; what does not verify is taken back.

    Raises:
        ResolutionError: It did not verify, or there is nothing to write; the files are as before.
        StorageError: It can't be written; the files are as before.
        EngineError: Django could not be asked; nothing was written.
    """
    if plan.changes is None:
        raise ResolutionError("; ".join(plan.refusals), help="Look at the plan with --dry-run.")
    return write_changes(project, plan.key.app_label, plan.changes, engine)
