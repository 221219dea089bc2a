"""Problems in the formats of tools that annotate a repository, for ``check`` and ``forecast``.

One format is asked for at a time, so the others are not loaded.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from migtui.core.problems import Problem
from migtui.services.project import Project
from migtui.services.repository import repository_prefix

if TYPE_CHECKING:  # where nothing conflicts, nothing has to be explained
    from migtui.core.explanation import Explanation
    from migtui.reports.places import Places

MARKDOWN = "markdown"
FORMATS = ("text", "json", "sarif", "github", "gitlab", MARKDOWN)


def problem_report(
    name: str,
    problems: Sequence[Problem],
    explanations: "Mapping[str, Explanation]",
    project: Project,
) -> str:
    """Problems as a tool wants them.

    Args:
        name: ``sarif``, ``github``, ``gitlab`` or ``markdown``.
        problems: In the order in which they are listed.
        explanations: By app label, of the apps with several leaves.
        project: Whose problems they are.
    """
    report = getattr(import_module(f"migtui.reports.{name}"), f"check_{name}")
    answer: str = report(problems, explanations, places=places_of(project))
    return answer


def places_of(project: Project) -> "Places":
    """Paths of a project as its repository has them."""
    from migtui.reports.places import Places  # noqa: PLC0415 - text and JSON name none

    manage_py = project.manage_py or project.root / "manage.py"
    return Places(
        repository_prefix(project.root), anchor=manage_py.relative_to(project.root).as_posix()
    )
