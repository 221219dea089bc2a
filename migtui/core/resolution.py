"""The ways out of a conflict: which are possible, which is recommended, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import TypeAlias

from migtui.core.branch_facts import BranchFacts
from migtui.core.conflict import Conflict
from migtui.core.graph import MigrationGraph
from migtui.core.linearise import Line, linearise, require_mergeable
from migtui.core.migration import MigrationKey
from migtui.core.verdict import Kind, Verdict
from migtui.errors import ResolutionError

MOST_LEAVES_PERMUTED = 4
MOST_ORDERS = 24

Order: TypeAlias = tuple[MigrationKey, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """One way out.

    Attributes:
        strategy: ``order``, ``merge``, ``settle`` where somebody has to decide, or ``collapse``
            where the last one in the order becomes one migration.
        order: The leaves, first to run first; for a merge, sorted; of a settling, empty where a
            merge carries it out.
        possible: Whether it can be done.
        recommended: At most one of a conflict's resolutions is.
        why: The reason for it, or against it, in one sentence.
    """

    strategy: str
    order: tuple[MigrationKey, ...]
    possible: bool
    recommended: bool
    why: str


def find_resolutions(
    graph: MigrationGraph,
    conflict: Conflict,
    verdict: Verdict,
    facts: Mapping[MigrationKey, BranchFacts],
    *,
    recommends: bool = True,
) -> tuple[Resolution, ...]:
    """Every way out that was looked at, the recommended one first, what is not possible last.

    Args:
        graph: The migrations.
        conflict: Of one app.
        verdict: On its branches.
        facts: By leaf, of those about which something is known.
        recommends: Whether one may be recommended: not while the facts are still being asked for.
    """
    case = _Case(graph, conflict, verdict, facts)
    found = [_merge(case), *(_order(case, order) for order in _orders(case))]
    best = _recommended(case, found) if recommends else None
    if best is not None:
        found.remove(best)
        found.insert(0, replace(best, recommended=True, why=_why_recommended(case, best)))
    found.sort(key=lambda resolution: not resolution.possible)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Case:
    """A conflict with all that a recommendation rests on."""

    graph: MigrationGraph
    conflict: Conflict
    verdict: Verdict
    facts: Mapping[MigrationKey, BranchFacts]

    @property
    def kind(self) -> Kind:
        """The kind that decides: what was seen to go wrong outweighs what could not be seen."""
        visible = self.verdict.visible_kind
        if self.verdict.kind is Kind.OPAQUE and visible in (Kind.DIVERGENT, Kind.COLLIDING):
            return visible
        return self.verdict.kind

    def fact(self, leaf: MigrationKey) -> BranchFacts:
        return self.facts.get(leaf, BranchFacts())

    def runs(self, order: Order) -> bool:
        """Whether the order runs, as far as is known."""
        return not self.verdict.rules_out(order)

    def why_not(self) -> str:
        """Why an order that does not run does not."""
        reasons = [entry.why for entry in self.verdict.overlaps if entry.kind is Kind.ORDERED]
        return f"It does not run: {reasons[0]}" if reasons else "It does not run."

    def preference(self, order: Order) -> tuple[list[int], Order]:
        """What sorts orders: settled branches first, one's own last, then by name."""
        ranks = [0 if fact.is_settled else 2 if fact.mine else 1 for fact in map(self.fact, order)]
        return ranks, order

    def label(self, leaf: MigrationKey) -> str:
        """A branch's name in a sentence."""
        git_branch = self.fact(leaf).git_branch
        return f"{leaf.name} ({git_branch})" if git_branch else leaf.name


def _orders(case: _Case) -> list[Order]:
    """All orders of few leaves; of many, some that run and the preferred one."""
    leaves = case.conflict.leaves
    if len(leaves) <= MOST_LEAVES_PERMUTED:
        return sorted(permutations(leaves), key=case.preference)
    preferred = tuple(sorted(leaves, key=lambda leaf: case.preference((leaf,))))
    running = sorted(case.verdict.orders, key=case.preference)[:MOST_ORDERS]
    return list(dict.fromkeys([*running, preferred]))


def _merge(case: _Case) -> Resolution:
    leaves = case.conflict.leaves
    try:
        require_mergeable(case.graph, leaves)
    except ResolutionError as error:
        return Resolution("merge", leaves, possible=False, recommended=False, why=error.message)
    first = leaves[-1].name  # as in MigrationGraph.forwards_plan
    if case.kind is not Kind.COLLIDING and not case.runs(leaves[::-1]):
        why = f"With a merge a new database runs {first} first. {case.why_not()}"
        return Resolution("merge", leaves, possible=False, recommended=False, why=why)
    match case.kind:
        case Kind.INDEPENDENT:
            why = "A merge adds an empty migration and renames nothing."
        case Kind.COLLIDING:
            why = "A decision is needed: the branches run in no order, with a merge or without."
            return Resolution("merge", leaves, possible=False, recommended=False, why=why)
        case Kind.DIVERGENT:
            why = (
                f"A decision is needed: with a merge a new database runs {first} first, and one "
                "that has applied another branch ends differently."
            )
        case _:
            why = (
                f"A merge leaves the order to the file names: a new database runs {first} first, "
                "one that has applied another branch does not."
            )
    return Resolution("merge", leaves, possible=True, recommended=False, why=why)


def _order(case: _Case, order: Order) -> Resolution:
    try:
        line = linearise(case.graph, order)
    except ResolutionError as error:
        return Resolution("order", order, possible=False, recommended=False, why=error.message)
    if case.kind is Kind.COLLIDING:
        why = "A decision is needed: the branches run in no order."
        return Resolution("order", order, possible=False, recommended=False, why=why)
    if not case.runs(order):
        return Resolution("order", order, possible=False, recommended=False, why=case.why_not())
    if case.kind is Kind.DIVERGENT:
        why = f"A decision is needed: in this order {case.label(order[-1])} has the last word."
    else:
        runs = "As far as could be seen, it runs" if case.kind is Kind.OPAQUE else "It runs"
        if stranded := _stranded(case, line):
            why = f"{runs}, but it would rename {stranded}."
        else:
            moved = _listed([case.label(leaf) for leaf in order[1:]])
            why = f"{runs}: {moved} would follow {case.label(order[0])}."
    return Resolution("order", order, possible=True, recommended=False, why=why)


def _stranded(case: _Case, line: Line) -> str:
    """The renamed migrations that others, or a database, know by their present name."""
    found: dict[MigrationKey, str] = {}
    for branch in case.conflict.branches:
        fact = case.fact(branch.leaf)
        if fact.is_settled:
            state = "published" if fact.published else "applied"
            found |= {key: state for key in branch.migrations if key in line.renamed}
    if not found:
        return ""
    states = " or ".join(sorted(set(found.values()), reverse=True))
    verb = "are" if len(found) > 1 else "is"
    return f"{_listed([key.name for key in sorted(found)])}, which {verb} {states}"


def _recommended(case: _Case, found: Sequence[Resolution]) -> Resolution | None:
    """The safest way out that the verdict allows."""
    if case.kind in (Kind.DIVERGENT, Kind.COLLIDING):
        return None
    orders = [
        resolution
        for resolution in found
        if resolution.strategy == "order" and resolution.possible and case.runs(resolution.order)
    ]
    orders.sort(key=lambda resolution: case.preference(resolution.order))
    merges = [
        resolution for resolution in found if resolution.strategy == "merge" and resolution.possible
    ]
    if case.kind is not Kind.INDEPENDENT:
        return next(iter(orders), None)
    leaves = case.conflict.leaves
    may_move = [leaf for leaf in leaves if case.fact(leaf).is_movable]
    all_but_one_may_move = len(may_move) >= len(leaves) - 1
    candidates = [*orders, *merges] if all_but_one_may_move else [*merges, *orders]
    return next(iter(candidates), None)


def _why_recommended(case: _Case, resolution: Resolution) -> str:
    if resolution.strategy == "merge":
        return _why_merge(case)
    first, *rest = (case.label(leaf) for leaf in resolution.order)
    match case.kind:
        case Kind.OPAQUE:
            why = (
                f"It is not proven that the branches commute, but with {_listed(rest)} behind "
                f"{first} the order is the same on every database"
            )
        case Kind.ORDERED:
            why = f"The order matters, and {_listed(rest)} behind {first} runs"
        case _:
            pronoun = "they" if len(rest) > 1 else "it"
            why = (
                f"The branches commute, and {_listed(rest)} can still be renamed, so {pronoun} "
                f"can follow {first} without a merge in the history"
            )
    stranded = _stranded(case, linearise(case.graph, resolution.order))
    if stranded:
        why += f"; keep the names (--no-renumber), else it renames {stranded}"
    return f"{why}."


def _why_merge(case: _Case) -> str:
    leaves = case.conflict.leaves
    settled = [case.label(leaf) for leaf in leaves if case.fact(leaf).is_settled]
    if len(settled) > 1:
        return (
            f"The branches commute, and {_listed(settled)} are published or applied, so they "
            "should keep their names: a merge renames nothing."
        )
    unknown = [
        case.label(leaf)
        for leaf in leaves
        if not case.fact(leaf).is_settled and not case.fact(leaf).is_movable
    ]
    if not unknown:
        return "The branches commute, no order is possible, and a merge renames nothing."
    return (
        "The branches commute, and a merge renames nothing, which is safe while it is not known "
        f"whether {_listed(unknown)} {'are' if len(unknown) > 1 else 'is'} published."
    )


def _listed(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
