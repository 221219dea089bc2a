"""What is wrong with the migrations of a project, read from its files alone."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migtui.core.problems import Problem
from migtui.services.project import Project

if TYPE_CHECKING:  # where nothing conflicts, nothing has to be explained
    from migtui.core.explanation import Explanation


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer of ``migtui check``.

    Attributes:
        apps: How many apps were asked for; all have been read.
        migrations: How many migrations these have.
        problems: Those of the apps asked for, errors first.
        explanations: By app label, of each app with several leaves.
    """

    apps: int
    migrations: int
    problems: tuple[Problem, ...]
    explanations: "dict[str, Explanation]"


def check(
    project: Project, app_labels: Sequence[str] = (), *, with_git: bool = False
) -> CheckResult:
    """Look for problems, in all apps or in those named.

    Args:
        project: The project.
        app_labels: The apps; none for all.
        with_git: Whether git is asked whose the branches of a conflict are.

    Raises:
        NotFoundError: An app label that no app has.
    """
    problems = tuple(_advised(problem, project) for problem in project.problems(app_labels))
    conflicting = [problem.app_label for problem in problems if problem.code == "migtui.E001"]
    asked_for = frozenset(app_labels) or project.graph.app_labels
    return CheckResult(
        apps=len(asked_for),
        migrations=sum(key.app_label in asked_for for key in project.graph.migrations),
        problems=problems,
        explanations=_explain(project, conflicting, with_git=with_git),
    )


def _advised(problem: Problem, project: Project) -> Problem:
    """The problem with what to do about it before the merge that it comes from is made."""
    if project.merged_with is None or problem.code not in _OF_A_MERGE:
        return problem
    app_label, ref = problem.app_label, shlex.quote(project.merged_with)
    advice = (
        f"`migtui explain {app_label} --base {ref}` shows the branches; merge or rebase, then "
        f"`migtui resolve {app_label}`."
    )
    return replace(problem, help=advice)


_OF_A_MERGE = {"migtui.E001", "migtui.E005", "migtui.E006", "migtui.E007"}


def _explain(
    project: Project, conflicting: Sequence[str], *, with_git: bool
) -> "dict[str, Explanation]":
    if not conflicting:
        return {}
    from migtui.services.explain import explain  # noqa: PLC0415 - half of what `check` would load

    return {app_label: explain(project, app_label, with_git=with_git) for app_label in conflicting}
