"""By what a conflict can be settled: a merge, or the branches in one order or another."""

from collections.abc import Iterator, Mapping
from itertools import permutations

from migtui.core.branch_facts import BranchFacts
from migtui.core.conflict import Conflict
from migtui.core.migration import MigrationKey
from migtui.core.questions import Question
from migtui.core.verdict import Kind, Verdict

MOST_LEAVES = 3
"""Of how many leaves every order is offered."""

Order = tuple[MigrationKey, ...]


def settling_ways(
    conflict: Conflict,
    questions: tuple[Question, ...],
    verdict: Verdict,
    facts: Mapping[MigrationKey, BranchFacts],
) -> tuple[Order, ...]:
    """The ways that may carry out decisions, the best first; an empty order is a merge.

    In an order only the branches that run later can give way, so those that are published or
    applied come first, and orders that run as they are before those that do not.

    Args:
        conflict: Of one app.
        questions: What is disputed.
        verdict: On its branches.
        facts: By leaf.
    """
    orders = sorted(_orders(conflict, verdict), key=lambda order: _rank(order, verdict, facts))
    by_merge = all(question.kind is Kind.DIVERGENT for question in questions)
    return ((), *orders) if by_merge else tuple(orders)


def _orders(conflict: Conflict, verdict: Verdict) -> Iterator[Order]:
    if len(conflict.leaves) <= MOST_LEAVES:
        yield from permutations(conflict.leaves)
    else:
        yield from verdict.orders[:1] or (conflict.leaves,)


def _rank(
    order: Order, verdict: Verdict, facts: Mapping[MigrationKey, BranchFacts]
) -> tuple[list[int], bool, Order]:
    known = [facts.get(leaf, BranchFacts()) for leaf in order]
    ranks = [0 if fact.is_settled else 2 if fact.mine else 1 for fact in known]
    return ranks, verdict.rules_out(order), order
