"""Problems of numbers: one that is used twice in an app."""

import re
from collections.abc import Iterator, Sequence

from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.problems.problem import Problem, locations_of

_NUMBERED = re.compile(r"(\d+)([a-z](?=_)|_\d(?=_)|)")
"""A number, and what sets ``0005b_title`` or ``0005_1_title`` apart from ``0005_body``."""


def duplicate_numbers(graph: MigrationGraph) -> Iterator[Problem]:
    """W001: migrations that run one after the other and have one number."""
    by_number: dict[tuple[str, int, str], list[MigrationKey]] = {}
    for key in graph.sorted_nodes:
        numbered = _NUMBERED.match(key.name)
        if numbered and "_squashed_" not in key.name:
            same = (key.app_label, int(numbered[1]), numbered[2])
            by_number.setdefault(same, []).append(key)
    for (app_label, *_), keys in by_number.items():
        in_line = _in_line(graph, keys) if len(keys) > 1 else ()
        if in_line:
            yield Problem(
                "migtui.W001",
                app_label,
                f"{', '.join(key.name for key in in_line)} have the same number, but run one after "
                "the other.",
                "Give the later one the next number if no database has applied it yet.",
                locations_of(graph, in_line),
            )


def _in_line(graph: MigrationGraph, keys: Sequence[MigrationKey]) -> tuple[MigrationKey, ...]:
    """Those of these migrations that run before or after another of them."""
    before = {key: graph.app_ancestors(key).intersection(keys) - {key} for key in keys}
    earlier = frozenset[MigrationKey]().union(*before.values())
    return graph.ordered([key for key in keys if before[key] or key in earlier])
