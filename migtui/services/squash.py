"""Squashing: planned as Django does it, rendered with all that it needs, verified, written."""

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from migtui.core.changes import Change, ChangeSet, Create
from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.squash import (
    FEWEST,
    NESTING,
    Progress,
    Standing,
    chain,
    find_crossing,
    find_range,
    nested_squashes,
    parts_without_crossing,
    replaced_leaves,
    squash_name,
    standing,
)
from migtui.core.squash_all import Outline, outline_apps
from migtui.core.squash_plan import SquashChoice, SquashDraft, SquashPlan
from migtui.engine.client import Engine
from migtui.engine.protocol import base
from migtui.engine.protocol.base import OverlayFile
from migtui.engine.protocol.project import AppliedMigrations, ProjectFacts
from migtui.engine.protocol.squash import DraftSquash
from migtui.errors import ResolutionError, RewriteError, UsageError
from migtui.services.edit_files import followed, package_of, read_current, sibling
from migtui.services.engines import find_pythons
from migtui.services.lock_files import lock_changes
from migtui.services.project import Project
from migtui.services.write_verified import Written, write_changes
from migtui.source.formatter import format_new
from migtui.source.read import read_migration
from migtui.source.render_squash import SquashSource, render_squash
from migtui.source.written import written_label

MOST_CUTS = 12
"""Cut points whose gain is asked for."""

Report = Callable[[base.Progress], None]


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
    project.require_apps([choice.app_label])
    if choice.app_label not in {app.label for app in facts.apps}:
        raise ResolutionError(
            f"{choice.app_label} is not in INSTALLED_APPS of {facts.settings}, so Django does not "
            "load its migrations.",
            help="Choose other settings with --settings.",
        )
    if project.unfinished is not None:
        raise ResolutionError(
            "A merge is not finished here.", help="Finish it first, then squash what it leaves."
        )
    graph = installed(project.graph, facts)
    keys = find_range(graph, choice.app_label, choice.start, choice.end)
    refused = _refused_before(graph, keys, facts)
    if refused:
        raise ResolutionError(refused[0], help=refused[1])
    _require_inside(keys, (*choice.elide, *choice.keep))
    rows = {entry.alias: {MigrationKey(*row) for row in entry.rows} for entry in applied}
    in_use = {key.name for found in rows.values() for key in found}
    name = squash_name(graph, keys, start=choice.start, name=choice.name, in_use=in_use)
    key = MigrationKey(choice.app_label, name)
    crossing = find_crossing(graph.parents, keys)
    plan = SquashPlan(
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
    if crossing:
        return replace(plan, refusals=(_crossing_text(crossing),))
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
        return _rendered(project, graph, facts, plan, draft)
    except RewriteError as error:
        reasons = _unwritten(draft, error.message)
        return replace(plan, refusals=(f"{error.message} {error.help}".strip(), *reasons))


def _unwritten(draft: SquashDraft, message: str) -> Iterator[str]:
    """Why the operations of a migration that a message names are carried as they are written."""
    for entry in draft.operations:
        if entry.problem and re.search(rf"\b{re.escape(entry.migration)}\b", message):
            yield (
                f"Django itself can't write the {entry.type} of {entry.migration}: "
                f"{entry.problem.rstrip('.')}."
            )


def installed(graph: MigrationGraph, facts: ProjectFacts) -> MigrationGraph:
    """The migrations of the apps that Django loads, with no others that lie about."""
    labels = {app.label for app in facts.apps}
    found = [entry for key, entry in graph.migrations.items() if key.app_label in labels]
    return MigrationGraph.of(found, graph.swappable)


def outline_project(project: Project, facts: ProjectFacts) -> tuple[Outline, ...]:
    """What can be squashed of every app, in an order that works."""
    can_nest = version_of(facts.django_version) >= NESTING
    return outline_apps(installed(project.graph, facts), can_nest=can_nest)


def _refused_before(
    graph: MigrationGraph, keys: Sequence[MigrationKey], facts: ProjectFacts
) -> tuple[str, str] | None:
    """Why a range can't be squashed whatever Django says, and what to do."""
    installed = [graph.migrations[key] for key in keys if not graph.migrations[key].writable]
    if installed:
        return (
            f"{installed[0].path} belongs to an installed package, which migtui does not change.",
            "MIGRATION_MODULES gives an app migrations of the project's own.",
        )
    squashes = nested_squashes(graph, keys)
    if squashes and version_of(facts.django_version) < NESTING:
        return (
            f"{squashes[0]} is a squash: Django {facts.django_version} squashes none (6.0 does).",
            f"Finish it first: `migtui squash {keys[0].app_label} --finish {squashes[0].name}`."
            + _without(keys, squashes),
        )
    for key in keys:
        error = graph.migrations[key].error
        if error is not None and not error.newer_python:
            path = graph.migrations[key].path
            return (f"{path} can't be loaded: {error.message}", "Mend the file first.")
    return None


def _without(keys: Sequence[MigrationKey], squashes: Sequence[MigrationKey]) -> str:
    """How to squash the longest range between squashes, where there is one."""
    runs: list[list[MigrationKey]] = [[]]
    for key in keys:
        if key in squashes:
            runs.append([])
        else:
            runs[-1].append(key)
    longest = max(runs, key=len)
    if len(longest) < FEWEST:
        return ""
    words = shlex.join([longest[0].app_label, longest[0].name, longest[-1].name])
    return f" Or leave it out: `migtui squash {words}`."


def version_of(text: str) -> tuple[int, ...]:
    """Django's major and minor version as numbers."""
    return tuple(int(part) for part in text.split(".")[:2] if part.isdecimal())


def _require_inside(keys: Sequence[MigrationKey], named: Sequence[MigrationKey]) -> None:
    for key in named:
        if key not in keys:
            raise UsageError(
                f"{key.name} is not in the range from {keys[0].name} to {keys[-1].name}."
            )


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


def _rendered(
    project: Project,
    graph: MigrationGraph,
    facts: ProjectFacts,
    plan: SquashPlan,
    draft: SquashDraft,
) -> SquashPlan:
    """The plan with its file.

    Raises:
        RewriteError: A function can't be carried.
        ResolutionError: Something is in the way.
        StaleFileError: A file is not what it was when the project was read.
    """
    app_label = plan.key.app_label
    package = package_of(project, app_label)
    label = written_label(package, app_label)
    first = graph.migrations[plan.replaces[0]]
    path = sibling(first.path, f"{plan.key.name}.py")
    if project.files.is_file(project.root / path):
        raise ResolutionError(f"{path} is in the way.", help="Give another --squashed-name.")
    source = SquashSource(
        replaces=tuple(MigrationKey(label, key.name) for key in plan.replaces),
        operations=tuple(
            operation.source
            if operation.index is None or not operation.problem
            else (
                MigrationKey(app_label, operation.migration),
                operation.index,
                operation.siblings,
                operation.type,
            )
            for operation in draft.operations
        ),
        imports=draft.imports,
        dependencies=draft.dependencies,
        run_before=draft.run_before,
        initial=draft.initial,
        atomic=draft.atomic,
        token=draft.token,
        carried=tuple(MigrationKey(*entry) for entry in draft.carried),
    )
    rendered = render_squash(
        source,
        lambda key: read_current(project, graph.migrations[key]),
        django_version=facts.django_version,
        now=datetime.now(UTC) if plan.choice.header else None,
    )
    programs = [Path(python).parent for python in find_pythons(project)]
    content, remark = format_new(rendered.content, project.root / path, programs)
    migration = followed(read_migration(content, plan.key, path), package)
    after = MigrationGraph.of((*graph.migrations.values(), migration), graph.swappable)
    changes: tuple[Change, ...] = (
        Create(path, content),
        *lock_changes(project, after, [app_label]),
    )
    return replace(
        plan,
        changes=ChangeSet(
            f"{app_label}: squash {plan.replaces[0].name} to {plan.replaces[-1].name}",
            changes,
            shlex.join(["migtui", "squash", *command_words(plan.choice)]),
        ),
        graph=after,
        carried=rendered.carried,
        remarks=tuple(_remarks(project, plan, draft, remark)),
    )


def command_words(choice: SquashChoice) -> list[str]:
    """The arguments of ``migtui squash`` that amount to a choice."""
    words = [choice.app_label]
    words += [key.name for key in (choice.start, choice.end) if key is not None]
    words += ["--squashed-name", choice.name] if choice.name is not None else []
    words += [] if choice.optimize else ["--no-optimize"]
    words += [] if choice.header else ["--no-header"]
    words += ["--elide", *(key.name for key in choice.elide)] if choice.elide else []
    words += ["--keep", *(key.name for key in choice.keep)] if choice.keep else []
    return words


def _remarks(project: Project, plan: SquashPlan, draft: SquashDraft, remark: str) -> list[str]:
    found = [remark] if remark else []
    if not draft.atomic:
        names = ", ".join(
            key.name for key in plan.replaces if project.graph.migrations[key].atomic is False
        )
        found.append(f"The squash is not atomic, as {names or 'one of them'} is not.")
    return found


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
