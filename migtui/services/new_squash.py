"""The file of a squash, and the command that amounts to it."""

import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from migtui.core.changes import ChangeSet
from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.squash_plan import SquashChoice, SquashDraft, SquashPlan
from migtui.engine.protocol.project import ProjectFacts
from migtui.errors import ResolutionError
from migtui.services.edit_files import package_of, read_current, sibling
from migtui.services.lock_files import lock_changes
from migtui.services.new_file import new_file
from migtui.services.project import Project
from migtui.source.render_squash import SquashSource, render_squash
from migtui.source.written import written_label


def new_squash(
    project: Project,
    graph: MigrationGraph,
    facts: ProjectFacts,
    plan: SquashPlan,
    draft: SquashDraft,
) -> SquashPlan:
    """The plan of a squash with its file, and with all that is written beside it.

    Args:
        project: The project, as Django has its apps.
        graph: The migrations that Django loads.
        facts: Its version.
        plan: What is squashed, and under which name.
        draft: What Django makes of the operations.

    Raises:
        RewriteError: A function can't be carried.
        ResolutionError: Something is in the way.
        StaleFileError: A file is not what it was when the project was read.
    """
    app_label = plan.key.app_label
    label = written_label(package_of(project, app_label), app_label)
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
    new = new_file(project, plan.key, path, rendered.content)
    after = MigrationGraph.of((*graph.migrations.values(), new.migration), graph.swappable)
    return replace(
        plan,
        changes=ChangeSet(
            f"{app_label}: squash {plan.replaces[0].name} to {plan.replaces[-1].name}",
            (new.change, *lock_changes(project, after, [app_label])),
            shlex.join(["migtui", "squash", *command_words(plan.choice)]),
        ),
        graph=after,
        carried=rendered.carried,
        remarks=(*new.remarks, *_remarks(project, plan, draft)),
    )


def _remarks(project: Project, plan: SquashPlan, draft: SquashDraft) -> Iterator[str]:
    if not draft.atomic:
        names = ", ".join(
            key.name for key in plan.replaces if project.graph.migrations[key].atomic is False
        )
        yield f"The squash is not atomic, as {names or 'one of them'} is not."


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
