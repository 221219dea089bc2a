"""Every way out of a conflict: those that need no decision, and settling, which does."""

from collections.abc import Mapping

from migtui.core.conflict import Conflict
from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.questions import Operations
from migtui.core.resolution import BranchFacts, Resolution, find_resolutions
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
    settled = settling(conflict, operations, verdict, facts)
    if settled is None:
        return found
    return tuple(sorted((*found, settled), key=lambda resolution: not resolution.possible))
