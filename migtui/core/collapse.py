"""Collapse and order: one branch's work in progress becomes one migration behind the others.

Its migrations go and are not replaced, so nobody else may have them.
"""

from collections.abc import Iterator, Mapping, Sequence

from migtui.core.branch_facts import BranchFacts
from migtui.core.conflict import Conflict
from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.resolution import Order, Resolution
from migtui.core.squash import FEWEST, find_crossing, nested_squashes
from migtui.core.verdict import Kind, Verdict

COLLAPSE = "collapse"


def own_part(
    graph: MigrationGraph, conflict: Conflict, leaf: MigrationKey
) -> tuple[MigrationKey, ...]:
    """A branch's migrations that no other branch has, parents first."""
    others = (graph.app_ancestors(other) for other in conflict.leaves if other != leaf)
    return graph.ordered(graph.app_ancestors(leaf) - frozenset().union(*others))


def collapses(
    graph: MigrationGraph,
    conflict: Conflict,
    verdict: Verdict,
    facts: Mapping[MigrationKey, BranchFacts],
    orders: Sequence[Resolution],
) -> Iterator[Resolution]:
    """A way out for each branch that has several migrations of its own, possible or not.

    Args:
        graph: The migrations.
        conflict: Of one app.
        verdict: On its branches.
        facts: By leaf.
        orders: The orders that were looked at, the preferred ones first.
    """
    for leaf in conflict.leaves:
        part = own_part(graph, conflict, leaf)
        if len(part) < FEWEST:
            continue
        ending = [way for way in orders if way.strategy == "order" and way.order[-1] == leaf]
        way = next((way for way in ending if way.possible), ending[0] if ending else None)
        others = tuple(other for other in conflict.leaves if other != leaf)
        order: Order = way.order if way is not None else (*others, leaf)
        fact = facts.get(leaf, BranchFacts())
        refusal = "" if way is None or way.possible else way.why
        refusal = refusal or _refusal(graph, part, fact)
        why = refusal or _why(part, order, verdict, fact)
        yield Resolution(COLLAPSE, order, possible=not refusal, recommended=False, why=why)


def _refusal(graph: MigrationGraph, part: Sequence[MigrationKey], fact: BranchFacts) -> str:
    """Why a part can't become one migration; empty where it can."""
    published = [e.migration.name for e in fact.added if e.published and e.migration in part]
    if published or fact.published:
        names = ", ".join(published or [part[-1].name])
        return f"The default branch has {names}, so others may have applied it."
    if fact.published is None:
        return f"Whether {part[-1].name} is published is not known, so others may have applied it."
    unknown = [alias for alias, applied in fact.applied if applied is None]
    if unknown:
        return f"What {', '.join(unknown)} has applied is not known."
    foreign = [graph.migrations[key].path for key in part if not graph.migrations[key].writable]
    if foreign:
        return f"{foreign[0]} belongs to an installed package, which migtui does not change."
    squashes = nested_squashes(graph, part)
    if squashes:
        return f"{squashes[0].name} is a squash: finish it first."
    crossing = find_crossing(graph.parents, part)
    if crossing:
        return f"It would depend on itself: {' → '.join(map(str, crossing))}."
    return ""


def _why(part: Sequence[MigrationKey], order: Order, verdict: Verdict, fact: BranchFacts) -> str:
    why = f"{part[0].name} to {part[-1].name} become one migration behind {order[-2].name}."
    if verdict.visible_kind is Kind.DIVERGENT:
        why = f"A decision is needed: in this order {part[-1].name} has the last word. {why}"
    aliases = [alias for alias, applied in fact.applied if applied]
    if aliases:
        why += f" {', '.join(aliases)} has applied some of it, which is rolled back first."
    return why
