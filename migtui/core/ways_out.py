"""Every way out of a conflict: orders and a merge, settling where it is needed, collapsing."""

from collections.abc import Mapping

from migtui.core.branch_facts import BranchFacts
from migtui.core.collapse import collapses
from migtui.core.conflict import Conflict
from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.questions import Operations
from migtui.core.resolution import Resolution, find_resolutions
from migtui.core.settle import settling
from migtui.core.verdict import Verdict


def find_ways_out(
    graph: MigrationGraph,
    conflict: Conflict,
    operations: Operations,
    verdict: Verdict,
    facts: Mapping[MigrationKey, BranchFacts],
    *,
    recommends: bool = True,
) -> tuple[Resolution, ...]:
    """Every way out that was looked at, the recommended one first, what is not possible last."""
    found = find_resolutions(graph, conflict, verdict, facts, recommends=recommends)
    more = [*collapses(graph, conflict, verdict, facts, found)]
    settled = settling(conflict, operations, verdict, facts)
    if settled is not None:
        more.insert(0, settled)
    return tuple(sorted((*found, *more), key=lambda resolution: not resolution.possible))
