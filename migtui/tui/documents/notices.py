"""What the main screen says where no conflict is shown: of a problem, an app, the project."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from migtui.core.problems import Problem
    from migtui.services.project import Project


class Said(NamedTuple):
    """A notice: its title, and its paragraphs with or without a style."""

    title: str
    paragraphs: tuple[tuple[str, str] | str, ...]


def problem_notice(problem: Problem) -> Said:
    """What is wrong, what to do, and where."""
    style = "error" if problem.severity == "error" else "warning"
    mends = [("muted", "R shows what can be mended.")] if problem.severity == "error" else []
    places = "\n".join(f"{place.path}:{place.line}" for place in problem.locations)
    return Said(
        f"{problem.app_label} · {problem.code}",
        ((style, problem.message), problem.help, *mends, ("muted", places)),
    )


def app_notice(project: Project, app_label: str) -> Said:
    """An app without a conflict: its leaf, and all its migrations in order."""
    graph = project.graph
    leaf = "".join(key.name for key in graph.leaves(app_label))
    keys = graph.ordered([key for key in graph.nodes if key.app_label == app_label])
    names = "\n".join(key.name for key in keys)
    return Said(app_label, (("good", f"One leaf: {leaf}."), ("muted", names)))


def project_notice(project: Project) -> Said:
    """How much was read, and which apps have several leaves."""
    apps, migrations = len(project.graph.app_labels), len(project.graph.migrations)
    counts = f"{apps} app{'s' * (apps != 1)}, {migrations} migration{'s' * (migrations != 1)}"
    labels = ", ".join(conflict.app_label for conflict in project.conflicts)
    found = (
        ("warning", f"Several leaves in {labels}.")
        if labels
        else ("good", "✓ Every app has one leaf: no conflict.")
    )
    return Said("migtui", (found, ("muted", f"{counts} read.")))
