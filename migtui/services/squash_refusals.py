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
from migtui.errors import UsageError


def refused_before(
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
            + _without_squashes(keys, squashes),
        )
    for key in keys:
        error = graph.migrations[key].error
        if error is not None and not error.newer_python:
            path = graph.migrations[key].path
            return (f"{path} can't be loaded: {error.message}", "Mend the file first.")
    return None


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
