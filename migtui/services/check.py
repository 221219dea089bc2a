"""What is wrong with the migrations of a project, read from its files alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from migtui.core.explanation import Explanation
from migtui.core.problems import Problem
from migtui.services.project import Project


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
    explanations: dict[str, Explanation]


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
    problems = project.problems(app_labels)
    conflicting = [problem.app_label for problem in problems if problem.code == "migtui.E001"]
    asked_for = frozenset(app_labels) or project.graph.app_labels
    return CheckResult(
        apps=len(asked_for),
        migrations=sum(key.app_label in asked_for for key in project.graph.migrations),
        problems=problems,
        explanations=_explain(project, conflicting, with_git=with_git),
    )


def _explain(
    project: Project, conflicting: Sequence[str], *, with_git: bool
) -> dict[str, Explanation]:
    if not conflicting:
        return {}
    from migtui.services.explain import explain  # noqa: PLC0415 - half of what `check` would load

    return {app_label: explain(project, app_label, with_git=with_git) for app_label in conflicting}
