"""What can be wrong with a graph of migrations: one function for each problem, which has a code."""

from collections.abc import Callable, Iterable

from migtui.core.graph import MigrationGraph
from migtui.core.problems.dependencies import (
    cycles,
    dependencies_on_replaced,
    missing_dependencies,
)
from migtui.core.problems.files import unreadable_files
from migtui.core.problems.leaves import conflicts, doubts
from migtui.core.problems.numbers import duplicate_numbers
from migtui.core.problems.problem import Location, Problem
from migtui.core.problems.squashes import (
    circular_squashes,
    squashes_of_the_same,
    squashes_to_finish,
)

__all__ = ["Location", "Problem", "find_problems"]

_DETECTORS: tuple[Callable[[MigrationGraph], Iterable[Problem]], ...] = (
    conflicts,
    doubts,
    missing_dependencies,
    cycles,
    unreadable_files,
    circular_squashes,
    squashes_of_the_same,
    duplicate_numbers,
    dependencies_on_replaced,
    squashes_to_finish,
)


def find_problems(graph: MigrationGraph) -> tuple[Problem, ...]:
    """Every problem of a graph, by code, then app."""
    found = (problem for detect in _DETECTORS for problem in detect(graph))
    return tuple(sorted(found, key=lambda problem: (problem.code, problem.app_label)))
