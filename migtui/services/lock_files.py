"""``max_migration.txt`` and the lists of leaves that a project keeps: what they should say."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from migtui.core.changes import Create, Rewrite
from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.problems import Location, Problem
from migtui.source.lock_files import (
    LISTS,
    MAX_MIGRATION,
    has_markers,
    list_leaves,
    name_leaf,
    named_leaf,
    read_list,
)

if TYPE_CHECKING:
    from migtui.services.project import Project

CODE = "migtui.E007"


def lock_changes(
    project: "Project", graph: MigrationGraph, app_labels: Collection[str] | None = None
) -> tuple[Rewrite, ...]:
    """What makes the lock files that a project has name the leaves of a graph.

    For every change of migrations: a resolution, a squash, a renaming. Apps with several leaves
    keep what stands there, and files that are right are not touched.

    Args:
        project: The project as it is.
        graph: The migrations as they will be.
        app_labels: The apps that are concerned; where they are not given, those whose leaf differs
            from the present one. A list with conflict markers gets every app's leaf.
    """
    before = _only_leaves(project.graph)
    after = _only_leaves(graph)
    if app_labels is None:
        app_labels = {label for label, leaf in after.items() if before.get(label) != leaf}
    leaves = {label: leaf for label, leaf in after.items() if label in app_labels}
    changes: list[Rewrite] = []
    for app_label, path in _max_migrations(project):
        if app_label in leaves:
            content = project.read(path)
            changes += _rewrite(path, content, name_leaf(content, leaves[app_label]))
    for path in _lists(project):
        content = project.read(path)
        wanted = after if has_markers(content) else leaves
        changes += _rewrite(path, content, list_leaves(content, wanted))
    return tuple(changes)


def new_lock_files(project: "Project", graph: MigrationGraph) -> tuple[Create, ...]:
    """A ``max_migration.txt`` for each app of the project that has one leaf and no such file.

    Args:
        project: The project as it is.
        graph: The migrations as they will be.
    """
    leaves = _only_leaves(graph)
    there = {app_label for app_label, _ in _max_migrations(project)}
    return tuple(
        Create(_relative(project, package.directory / MAX_MIGRATION), f"{leaf}\n".encode())
        for package in project.layout.packages
        if package.writable and package.app_label not in there
        if (leaf := leaves.get(package.app_label)) is not None
    )


def lock_problems(project: "Project") -> Iterator[Problem]:
    """E007: lock files that disagree with the graph, or hold conflict markers."""
    graph = project.graph
    for app_label, path in _max_migrations(project):
        content = project.read(path)
        name = named_leaf(content)
        if has_markers(content):
            found = "holds git's conflict markers"
        elif not name:
            found = "does not hold one name"
        else:
            found = _disagreement(graph, app_label, name)
        if found:
            yield _problem(graph, app_label, f"{path} {found}", Location(path))
    for path in _lists(project):
        content = project.read(path)
        if has_markers(content):
            labels = sorted({entry.app_label for entry in read_list(content)})
            yield _problem(
                graph, labels[0] if labels else "", f"{path} holds git's conflict markers",
                Location(path),
            )  # fmt: skip
            continue
        for entry in read_list(content):
            found = _disagreement(graph, entry.app_label, entry.name)
            if found:
                place = Location(path, entry.line)
                yield _problem(graph, entry.app_label, f"{path} {found}", place)


def _disagreement(graph: MigrationGraph, app_label: str, name: str) -> str:
    """What is wrong with a leaf's name; of several leaves any one will do until they are one."""
    leaves = [leaf.name for leaf in graph.leaves(app_label)]
    active = graph.active(MigrationKey(app_label, name)).name  # a squash stands for it
    if not leaves or active in leaves or app_label in graph.doubtful_apps:
        return ""
    return f"names {name} for {app_label}, but its leaf is {', '.join(leaves)}"


def _problem(graph: MigrationGraph, app_label: str, found: str, place: Location) -> Problem:
    if len(graph.leaves(app_label)) > 1:
        help_ = f"`migtui resolve {app_label}` sets it right together with the conflict."
    else:
        help_ = "`migtui repair` sets it right."
    return Problem(CODE, app_label, f"{found}.", help_, (place,))


def _only_leaves(graph: MigrationGraph) -> dict[str, str]:
    found = ((app_label, graph.leaves(app_label)) for app_label in graph.app_labels)
    return {app_label: leaves[0].name for app_label, leaves in found if len(leaves) == 1}


def _rewrite(path: str, before: bytes, content: bytes) -> list[Rewrite]:
    return [] if content == before else [Rewrite(path, before, content)]


def _max_migrations(project: "Project") -> Iterator[tuple[str, str]]:
    """App label and path of each ``max_migration.txt``."""
    for package in project.layout.packages:
        path = package.directory / MAX_MIGRATION
        if package.writable and project.files.is_file(path):
            yield package.app_label, _relative(project, path)


def _lists(project: "Project") -> Iterator[str]:
    """The lists, from the project's directory up to the top of the repository."""
    for directory in (project.root, *project.root.parents):
        for name in LISTS:
            if project.files.is_file(directory / name):
                yield _relative(project, directory / name)
        if (directory / ".git").exists():
            return


def _relative(project: "Project", path: Path) -> str:
    return Path(os.path.relpath(path, project.root)).as_posix()
