"""What two branches make of each other: which orders run, and what they both touch."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from migtui.core.apply_effect import Failure
from migtui.core.data_rules.by_name import by_name
from migtui.core.data_rules.clash import Clash
from migtui.core.data_rules.identities import Identities, hidden_targets
from migtui.core.data_rules.judge import clash
from migtui.core.effects import (
    CONSTRAINT,
    FIELD,
    INDEX,
    MODEL,
    STATE,
    ByName,
    Changes,
    Creates,
    Destroys,
    Hides,
    Needs,
    Remakes,
    Renames,
    Resource,
    Strays,
    Touches,
)
from migtui.core.expressions import Call
from migtui.core.fields import Definition
from migtui.core.findings import Findings
from migtui.core.migration import MigrationKey
from migtui.core.step import Step
from migtui.core.verdict import Overlap
from migtui.core.walk import Event, Ground, Run, differences, run


@dataclass(frozen=True, slots=True)
class Side:
    """A branch as it is when it runs alone.

    Attributes:
        leaf: Its last migration.
        migrations: In their order.
        alone: What came of running it from the fork.
    """

    leaf: MigrationKey
    migrations: tuple[MigrationKey, ...]
    alone: Run


@dataclass(slots=True)
class Pair:
    """What two branches make of each other.

    Attributes:
        runs: Whether the first can go before the second, and the other way round.
        overlaps: What stands between them.
        is_opaque: Whether something of it can't be told.
    """

    runs: tuple[bool, bool] = (True, True)
    overlaps: list[Overlap] = field(default_factory=list)
    is_opaque: bool = False


def lasting(failures: list[Failure], *alone: Run) -> list[Failure]:
    """The failures that come from another branch: not those a branch has by itself."""
    own = {
        (entry.step, entry.resource, type(entry.effect)) for run in alone for entry in run.failures
    }
    return [
        entry for entry in failures if (entry.step, entry.resource, type(entry.effect)) not in own
    ]


def compare(ground: Ground, one: Side, other: Side) -> Pair:
    """Run two branches in both orders from the fork, and see."""
    pair = Pair()
    shared = frozenset(one.migrations) & frozenset(other.migrations)
    first = run(ground, (*one.migrations, *other.migrations))
    second = run(ground, (*other.migrations, *one.migrations))
    found = Findings(shared)
    failures = [lasting(entry.failures, one.alone, other.alone) for entry in (first, second)]
    for order, (result, against) in enumerate(((first, second), (second, first))):
        for failure in failures[order]:
            found.failed(order, failure, result, against)
    lost = [[*_lost(first, other)], [*_lost(second, one)]]
    for order, (events, against_side) in enumerate(((lost[0], one), (lost[1], other))):
        for event in events:
            found.loses(order, event, _taker(event, against_side))
    pair.runs = (not (failures[0] or lost[0]), not (failures[1] or lost[1]))
    if all(pair.runs):
        for difference in differences(first.world, second.world):
            pair.is_opaque |= not difference.certain
            found.differs(difference)
    identities = Identities(ground.before, ground.swappable)
    for order, (rows, theirs) in enumerate(((one, other), (other, one))):
        for event, against_event, why in _clashes(rows, theirs, identities, shared):
            if why.rows_first:
                pair.runs = (pair.runs[0] and order == 0, pair.runs[1] and order == 1)
            else:
                pair.is_opaque = True
            found.clashes(event, against_event, why)
    pair.overlaps = found.overlaps()
    return pair


def _lost(result: Run, later: Side) -> Iterator[Event]:
    """Where a branch uses names that it knows when it runs alone, and not after the other one."""
    known = {(event.step, event.effect) for event in later.alone.events}
    for event in result.events:
        effect = event.effect
        if isinstance(effect, Hides) and effect.resource is not None:
            is_its_own = event.step.migration in later.migrations
            if is_its_own and (event.step, effect) not in known:
                yield event


def _taker(event: Event, earlier: Side) -> Step | None:
    """The operation of the other branch that takes a name away, as far as that can be told."""
    effect = event.effect
    model = effect.resource.model if isinstance(effect, Hides) and effect.resource else ""
    takers = [
        other
        for other in earlier.alone.events
        if isinstance(other.effect, Destroys | Renames | Changes)
        and other.effect.resource.kind in (FIELD, MODEL)
    ]
    near = (
        other
        for other in takers
        if isinstance(other.before, Definition) and other.before.target == model
    )
    found = next(near, takers[0] if takers else None)
    return found.step if found else None


def _clashes(
    one: Side, other: Side, identities: Identities, shared: frozenset[MigrationKey]
) -> Iterator[tuple[Event, Event, Clash]]:
    mine = [
        event
        for event in one.alone.events
        if event.step.migration not in shared and _is_delicate(event)
    ]
    theirs = [event for event in other.alone.events if event.step.migration not in shared]
    worlds = (one.alone.world, other.alone.world)
    for event in mine:
        for against in theirs:
            found = clash(event, against, identities, worlds)
            if found is not None:
                yield event, against, found
            named = by_name(event, against)
            if named is not None:
                yield event, against, named
            for hidden in hidden_targets(event, against, identities):
                yield event, against, hidden
            if _rebuilds(event, against):
                yield event, against, REBUILT
            if _compares(event, against):
                yield event, against, RETYPED


REBUILT = Clash("changes the table, which SQLite then makes anew from what Django believes")
RETYPED = Clash("compares or computes with that field")


def _is_delicate(event: Event) -> bool:
    """Whether an effect may not commute though nothing stands in its way."""
    if isinstance(event.effect, Needs):
        return event.effect.resource.model.startswith("settings.")
    return isinstance(event.effect, Touches | Strays | ByName) or _retypes(event)


def _retypes(event: Event) -> bool:
    """Whether a field gets another class, by which a database may compare otherwise."""
    effect = event.effect
    if not isinstance(effect, Changes) or effect.resource.plane != STATE:
        return False
    if effect.resource.kind != FIELD or not isinstance(effect.value, Definition):
        return False
    before = event.before
    if not isinstance(before, Definition):
        return True
    one, two = before.expression, effect.value.expression
    return not (isinstance(one, Call) and isinstance(two, Call) and one.path == two.path)


def _compares(event: Event, other: Event) -> bool:
    """Whether a field of another class is used in a condition or an expression."""
    effect = other.effect
    if not isinstance(effect, Creates) or not _retypes(event):
        return False
    if effect.resource.plane != STATE or event.model != other.model:
        return False
    name = event.origin.name if isinstance(event.origin, Resource) else ""
    if name not in {entry.name for entry in effect.refers if entry.kind == FIELD}:
        return False
    if effect.resource.kind == FIELD:  # a generated one
        return isinstance(effect.value, Definition) and name in effect.value.facts.fields
    if effect.resource.kind not in (INDEX, CONSTRAINT) or not isinstance(effect.value, Call):
        return False
    return bool(effect.value.arguments) or any(key in COMPUTING for key, _ in effect.value.keywords)


COMPUTING = frozenset({"check", "condition", "expressions"})
"""Arguments of indexes and constraints that hold more than names of fields."""


def _rebuilds(event: Event, other: Event) -> bool:
    """Whether a change behind Django's back meets one of Django's to the same table."""
    return (
        isinstance(event.effect, Strays)
        and isinstance(other.effect, Remakes)
        and event.model == other.model
    )
