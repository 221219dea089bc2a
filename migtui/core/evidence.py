"""What follows from orders that were tried, and what all evidence together makes of a verdict."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, permutations
from math import factorial
from types import MappingProxyType

from migtui.core.conflict import Conflict
from migtui.core.migration import MigrationKey
from migtui.core.verdict import EndDifference, Evidence, Kind, Trial, Verdict

Order = tuple[MigrationKey, ...]

MOST_LEAVES = 3
"""Of how many leaves every order is tried."""
MOST_PAIRS = 10
"""Of more leaves, how many pairs are tried both ways."""
MOST_DIFFERENCES = 50
"""How many differences are kept."""
MOST_NAMED = 3
"""How many things a note lists."""
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Run:
    """An order of leaves that Django has run, or has failed to run.

    Attributes:
        order: The leaves.
        end: What was there at the end, by resource; None where the order does not run.
        aside: What was seen at the end and does not count, such as the order of fields.
        error: Where it does not run: the migration and what was raised, on one line.
        done: How many of the leaves had run before the one that failed.
    """

    order: Order
    end: Mapping[str, str] | None
    aside: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    error: str = ""
    done: int = 0


def orders_to_try(conflict: Conflict, verdict: Verdict) -> tuple[Order, ...]:
    """The orders that tell most for the effort, no more than some twenty.

    Of few leaves, every order. Of more: one order and its reverse, which swaps every pair, and
    both orders of the pairs that were read to touch the same things.
    """
    leaves = conflict.leaves
    if len(leaves) <= MOST_LEAVES:
        return tuple(permutations(leaves))
    touching: dict[Order, None] = {}
    for overlap in verdict.overlaps:
        migrations = {operation.migration for operation in overlap.operations}
        sides = [b.leaf for b in conflict.branches if not migrations.isdisjoint(b.migrations)]
        touching |= dict.fromkeys(combinations(sides, 2))
    pairs = [pair for both in list(touching)[:MOST_PAIRS] for pair in (both, both[::-1])]
    return (leaves, leaves[::-1], *pairs)


def conclude(
    method: str, runs: Sequence[Run], *, vendor: str | None = None, notes: Iterable[str] = ()
) -> Evidence:
    """What runs of several orders say.

    A branch that runs in no order, not even first, from the fork alone, failed for want of
    something that the trial did not have (it did run where it was written): then nothing is said.

    Args:
        method: ``state`` or ``scratch``.
        runs: Of each order.
        vendor: Of the database, where there was one.
        notes: What the evidence rests on, each a sentence without its full stop.
    """
    ran = {leaf for run in runs if run.end is not None for leaf in run.order}
    stuck = next(
        (run for run in runs if run.end is None and run.done == 0 and run.order[0] not in ran), None
    )
    if stuck is not None:
        reason = f"{stuck.order[0].name} does not run from the fork alone: {stuck.error}"
        return Evidence(method, None, vendor, note=reason)
    ends: list[Mapping[str, str]] = []
    trials: list[Trial] = []
    for run in runs:
        if run.end is not None and run.end not in ends:
            ends.append(run.end)
        trials.append(Trial(run.order, None if run.end is None else ends.index(run.end), run.error))
    differences = _differences(runs)
    return Evidence(
        method,
        kind_of(trials),
        vendor,
        note="; ".join([*_findings(trials, differences), *notes, *_asides(runs, trials)]),
        trials=tuple(trials),
        differences=differences,
    )


def kind_of(trials: Iterable[Trial]) -> Kind:
    """The kind that trials amount to; orders of the same leaves are compared with each other."""
    groups: dict[frozenset[MigrationKey], list[Trial]] = {}
    for trial in trials:
        groups.setdefault(frozenset(trial.order), []).append(trial)
    return worst(*(_kind(len(leaves), group) for leaves, group in groups.items()))


def worst(*kinds: Kind) -> Kind:
    """The worst of these kinds; independent where there are none."""
    return max(kinds, key=list(Kind).index, default=Kind.INDEPENDENT)


def combine(verdict: Verdict, evidence: Sequence[Evidence]) -> Verdict:
    """A verdict from reading, with what Django was seen to do.

    The worst kind stands, and an order runs if nothing says that it does not: evidence never makes
    a verdict better, nor does evidence that failed. What is opaque stays so.
    """
    visible = verdict.visible_kind
    found = worst(visible, *(entry.kind for entry in evidence if entry.kind is not None))
    refused = [trial.order for entry in evidence for trial in entry.trials if trial.end is None]
    orders = tuple(
        order for order in verdict.orders if not any(_holds(order, part) for part in refused)
    )
    if verdict.orders and not orders:
        found = worst(found, Kind.COLLIDING)
    return replace(
        verdict,
        kind=Kind.OPAQUE if verdict.kind is Kind.OPAQUE else found,
        visible_kind=found,
        orders=orders,
        evidence=(*verdict.evidence, *(_compared(entry, visible) for entry in evidence)),
    )


def _kind(leaves: int, trials: Sequence[Trial]) -> Kind:
    ends = {trial.end for trial in trials}
    if ends == {None}:
        return Kind.COLLIDING if len(trials) == factorial(leaves) else Kind.ORDERED
    if len(ends - {None}) > 1:
        return Kind.DIVERGENT
    return Kind.ORDERED if None in ends else Kind.INDEPENDENT


def _holds(order: Order, part: Order) -> bool:
    """Whether the leaves of ``part`` stand in ``order`` in the same sequence."""
    return tuple(leaf for leaf in order if leaf in part) == part


def _differences(runs: Sequence[Run]) -> tuple[EndDifference, ...]:
    """Where the first two ends of the same leaves differ."""
    firsts: dict[frozenset[MigrationKey], Mapping[str, str]] = {}
    for run in runs:
        if run.end is None:
            continue
        first = firsts.setdefault(frozenset(run.order), run.end)
        if first != run.end:
            resources = sorted(
                name
                for name in first.keys() | run.end.keys()
                if first.get(name) != run.end.get(name)
            )
            return tuple(
                EndDifference(name, first.get(name, ""), run.end.get(name, ""))
                for name in resources[:MOST_DIFFERENCES]
            )
    return ()


def _findings(trials: Sequence[Trial], differences: Sequence[EndDifference]) -> Iterator[str]:
    refused = [trial for trial in trials if trial.end is None]
    for trial in refused[:MOST_NAMED]:
        names = ", ".join(leaf.name for leaf in trial.order)
        yield f"{names} does not run: {trial.error}"
    if len(refused) > MOST_NAMED:
        yield f"{len(refused) - MOST_NAMED} more orders do not run"
    if differences:
        yield f"ends differ in {_listed([entry.resource for entry in differences])}"


def _asides(runs: Sequence[Run], trials: Sequence[Trial]) -> Iterator[str]:
    """What differs between orders that end alike."""
    found: dict[str, None] = {}
    firsts: dict[tuple[frozenset[MigrationKey], int], Mapping[str, str]] = {}
    for run, trial in zip(runs, trials, strict=True):
        if trial.end is not None:
            first = firsts.setdefault((frozenset(run.order), trial.end), run.aside)
            names = sorted(first.keys() | run.aside.keys())
            found |= dict.fromkeys(n for n in names if first.get(n) != run.aside.get(n))
    if found:
        yield f"not counted: {_listed(list(found))}"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    listed = ", ".join(names[:MOST_NAMED])
    return f"{listed} and {more} more" if more > 0 else listed


def _compared(entry: Evidence, read: Kind) -> Evidence:
    """Evidence with a word on whether it contradicts what was read."""
    if entry.kind is None or entry.kind is read:
        return entry
    is_worse = worst(entry.kind, read) is entry.kind
    comparison = f"contradicts the reading, {read}" if is_worse else f"the reading, {read}, stands"
    return replace(entry, note="; ".join(filter(None, (comparison, entry.note))))
