"""Why a range can't be squashed, whatever Django says of it."""

import shlex
from collections.abc import Sequence

from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.squash import (
    FEWEST,
    NESTING,
    nested_squashes,
)
from migtui.engine.protocol.project import ProjectFacts
from migtui.errors import ResolutionError, UsageError
from migtui.services.project import Project


def require_app(project: Project, facts: ProjectFacts, app_label: str) -> None:
    """Make sure that Django loads an app, and that no merge of it goes on.

    Raises:
        UsageError: There is no such app.
        ResolutionError: It is not installed, or a merge is not finished.
    """
    project.require_apps([app_label])
    if app_label not in {app.label for app in facts.apps}:
        raise ResolutionError(
            f"{app_label} is not in INSTALLED_APPS of {facts.settings}, so Django does not load "
            "its migrations.",
            help="Choose other settings with --settings.",
        )
    if project.unfinished is not None:
        raise ResolutionError(
            "A merge is not finished here.", help="Finish it first, then squash what it leaves."
        )


def require_range(graph: MigrationGraph, keys: Sequence[MigrationKey], facts: ProjectFacts) -> None:
    """Make sure that a range can be squashed as far as that can be told without Django.

    Raises:
        ResolutionError: One of its migrations is an installed package's, is a squash that this
            Django does not squash, or can't be loaded.
    """
    others = [graph.migrations[key].path for key in keys if not graph.migrations[key].writable]
    if others:
        raise ResolutionError(
            f"{others[0]} belongs to an installed package, which migtui does not change.",
            help="MIGRATION_MODULES gives an app migrations of the project's own.",
        )
    squashes = nested_squashes(graph, keys)
    if squashes and version_of(facts.django_version) < NESTING:
        app_label, name = squashes[0].app_label, squashes[0].name
        raise ResolutionError(
            f"{squashes[0]} is a squash: Django {facts.django_version} squashes none (6.0 does).",
            help=f"Finish it first: `migtui squash {app_label} --finish {name}`."
            + _without_squashes(keys, squashes),
        )
    for key in keys:
        migration = graph.migrations[key]
        if migration.error is not None and not migration.error.newer_python:
            raise ResolutionError(
                f"{migration.path} can't be loaded: {migration.error.message}",
                help="Mend the file first.",
            )


def _without_squashes(keys: Sequence[MigrationKey], squashes: Sequence[MigrationKey]) -> str:
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


def require_inside(keys: Sequence[MigrationKey], named: Sequence[MigrationKey]) -> None:
    """Make sure that the migrations that options name are in a range.

    Raises:
        UsageError: One is not.
    """
    for key in named:
        if key not in keys:
            raise UsageError(
                f"{key.name} is not in the range from {keys[0].name} to {keys[-1].name}."
            )
