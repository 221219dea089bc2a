"""All that is known of one conflict: branches, operations, facts, verdict, ways out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from migtui.core.branch_facts import BranchFacts
from migtui.core.conflict import Branch, Conflict
from migtui.core.explanation import Explanation
from migtui.core.judge import concerned, judge
from migtui.core.migration import MigrationKey, Operation
from migtui.core.questions import Operations
from migtui.core.twins import Twin
from migtui.core.verdict import Verdict
from migtui.core.ways_out import find_ways_out
from migtui.errors import GitError
from migtui.services.project import Project
from migtui.services.repository import is_in_repository
from migtui.source.djangos_models import DJANGOS, djangos_history

if TYPE_CHECKING:  # `check` has no use for the engine's protocol, which takes long to import
    from migtui.engine.protocol.project import AppliedMigrations
    from migtui.services.sides import Unfinished


def explain(
    project: Project,
    app_label: str,
    *,
    with_git: bool = True,
    applied: Sequence["AppliedMigrations"] = (),
    recommends: bool = True,
) -> Explanation:
    """Explain the conflict of an app.

    Args:
        project: The project.
        app_label: An app with several leaves.
        with_git: Whether git is asked whose the branches are.
        applied: What databases have applied, as far as they were asked.
        recommends: Whether a way out may be recommended: not where more is going to be known.

    Raises:
        NotFoundError: There is no such app.
        ResolutionError: It has no conflict.
    """
    conflict = project.conflict(app_label)
    operations, verdict = read_verdict(project, conflict)
    facts = _facts(project, conflict, applied, with_git=with_git)
    refusal = _why_no_git(project) if with_git and not any(map(_is_of_git, facts.values())) else ""
    return Explanation(
        conflict=conflict,
        migrations={key: project.graph.migrations[key] for key in conflict.migrations},
        operations=operations,
        facts=facts,
        verdict=verdict,
        resolutions=find_ways_out(
            project.graph, conflict, operations, verdict, facts, recommends=recommends
        ),
        notices=(refusal,) if refusal else (),
    )


def read_verdict(project: Project, conflict: Conflict) -> tuple[Operations, Verdict]:
    """The operations of a conflict's branches, and what reading them makes of it.

    What the branches build upon is read as well, in the apps that they name.
    """
    operations, history = read_history(project, conflict)
    return operations, judge(conflict, operations, history, swappable=project.graph.swappable)


def read_history(
    project: Project, conflict: Conflict
) -> tuple[Operations, Iterator[tuple[MigrationKey, tuple[Operation, ...]]]]:
    """The operations of a conflict's branches, and of what they build upon, in its order."""
    graph = project.graph
    operations = {key: project.operations(key) for key in conflict.migrations}
    app_labels = concerned(conflict, operations, graph.swappable)
    before = frozenset().union(*(graph.ancestors(leaf) for leaf in conflict.leaves))
    behind = [key for key in before - conflict.migrations if key.app_label in app_labels]
    read = ((key, project.operations(key, with_code=False)) for key in graph.ordered(behind))
    djangos = djangos_history({key.app_label for key in graph.migrations}, graph.swappable)
    return operations, chain(djangos if app_labels & DJANGOS else (), read)


def _facts(
    project: Project, conflict: Conflict, applied: Sequence["AppliedMigrations"], *, with_git: bool
) -> Mapping[MigrationKey, BranchFacts]:
    facts: Mapping[MigrationKey, BranchFacts] = {}
    if with_git:
        from migtui.vcs.facts import branch_facts  # noqa: PLC0415 - not where git is not asked

        facts = branch_facts(
            project.root,
            conflict,
            project.graph.migrations,
            project.config,
            project.unfinished.tips if project.unfinished is not None else None,
        )
    if project.unfinished is not None:
        facts = _of_sides(project, project.unfinished, conflict, facts)
    twins = project.unfinished.twins if project.unfinished is not None else ()
    return {
        branch.leaf: replace(
            facts.get(branch.leaf, BranchFacts()),
            applied=tuple((rows.alias, _is_applied(branch, rows, twins)) for rows in applied),
        )
        for branch in conflict.branches
    }


def _is_of_git(facts: BranchFacts) -> bool:
    return facts.git_branch is not None or facts.author is not None or facts.published is not None


def _why_no_git(project: Project) -> str:
    """Why git told nothing, where there is a repository that it might have told of."""
    if not is_in_repository(project.root):
        return ""
    from migtui.vcs.repository import require_repository  # noqa: PLC0415 - as in _facts

    try:
        require_repository(project.root)
    except GitError as error:
        return f"Whose the branches are is not known: {error.message} {error.help}"
    return ""


def _of_sides(
    project: Project,
    unfinished: "Unfinished",
    conflict: Conflict,
    facts: Mapping[MigrationKey, BranchFacts],
) -> Mapping[MigrationKey, BranchFacts]:
    """The facts, with the side of a merge that each branch is on."""
    found = dict(facts)
    for branch in conflict.branches:
        leaf = project.graph.migrations[branch.leaf]
        side = unfinished.side_of(project.root / leaf.path)
        if side is not None:
            known = found.get(branch.leaf, BranchFacts())
            mine = known.published is False and side == unfinished.mine
            found[branch.leaf] = replace(
                known, git_branch=side, mine=None if known.published is None else mine
            )
    return found


def _is_applied(branch: Branch, applied: "AppliedMigrations", twins: Sequence[Twin]) -> bool | None:
    """Whether a database has any of a branch; of two migrations of one name it can't be told."""
    if applied.error:
        return None
    names = {twin.key for twin in twins if {twin.key, twin.new_key} & set(branch.migrations)}
    if any((key.app_label, key.name) in set(applied.rows) for key in names):
        return None
    return any((key.app_label, key.name) in set(applied.rows) for key in branch.migrations)
