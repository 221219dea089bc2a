"""Judges a conflict by reading: do its branches commute, and in which orders do they run."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, islice, permutations

import migtui.core.footprints  # noqa: F401 - registers what each operation does
from migtui.core.conflict import Conflict
from migtui.core.data_rules.judge import FIRING
from migtui.core.effects import (
    MODEL,
    OBJECT,
    ByName,
    Creates,
    Destroys,
    Hides,
    Renames,
    Resource,
    Touches,
)
from migtui.core.fields import Definition
from migtui.core.findings import reference
from migtui.core.migration import MigrationKey, Operation
from migtui.core.pairs import Pair, Side, compare, lasting
from migtui.core.reach import ANY_APP
from migtui.core.verdict import MOST_ORDERS, Evidence, Kind, OperationRef, Overlap, Verdict
from migtui.core.walk import Ground, differences, labels, pointed_to, remember, run, suppose
from migtui.core.world import World

MOST_BRANCHES = 5
"""Up to how many branches that touch each other every order is run, not only every pair."""

BY_NAME = "by name"
"""Stands for what may be any model's, and is called by a name of its own."""
VAGUE = (ANY_APP, BY_NAME, "settings.", "table:", *(f"{OBJECT}:{kind}" for kind in FIRING))
"""How names begin of what may have to do with models of any name."""

Order = tuple[MigrationKey, ...]


def judge(
    conflict: Conflict,
    operations: Mapping[MigrationKey, tuple[Operation, ...]],
    history: Iterable[tuple[MigrationKey, tuple[Operation, ...]]] = (),
    *,
    swappable: Mapping[str, str] | None = None,
) -> Verdict:
    """Whether the branches of a conflict commute, from reading alone.

    Args:
        conflict: Its branches.
        operations: The operations of every migration of the branches.
        history: Migrations that run before the branches, in an order in which they run, of as
            many apps as are read: what they leave behind (tables, relations, parents of models)
            makes the verdict finer. Without it, more is opaque.
        swappable: The model (``accounts.User``), or only the app, that a setting points to.

    Returns:
        The verdict, whose evidence is of the method ``footprint``.
    """
    before = remember(history, swappable or {})
    return Judgement(conflict, operations, before, swappable or {}).verdict()


def concerned(
    conflict: Conflict,
    operations: Mapping[MigrationKey, tuple[Operation, ...]],
    swappable: Mapping[str, str] | None = None,
) -> frozenset[str]:
    """The apps whose history bears on a conflict: its own, and those that the branches name.

    Args:
        conflict: Its branches.
        operations: The operations of every migration of the branches.
        swappable: The model, or only the app, that a setting points to.
    """
    found = {conflict.app_label}
    ground = Ground(operations, World(), {}, {})
    for branch in conflict.branches:
        for label in labels(run(ground, branch.migrations)):
            setting = label.removeprefix("settings.")
            target = (swappable or {}).get(setting, "") if setting != label else label
            if target and not target.startswith("table:"):
                found.add(target.partition(".")[0])
    return frozenset(found)


class Judgement:
    """One conflict on its way to a verdict."""

    def __init__(
        self,
        conflict: Conflict,
        operations: Mapping[MigrationKey, tuple[Operation, ...]],
        before: World,
        swappable: Mapping[str, str],
    ) -> None:
        swappable = pointed_to(swappable, before)
        unknown = Ground(operations, before, {}, swappable)
        self.sides = {
            branch.leaf: Side(branch.leaf, branch.migrations, run(unknown, branch.migrations))
            for branch in conflict.branches
        }
        supposed = suppose(side.alone for side in self.sides.values())
        self.ground = Ground(operations, before, supposed, swappable)
        self.leaves = conflict.leaves
        self.pairs = {
            (one, other): compare(self.ground, self.sides[one], self.sides[other])
            for one, other in combinations(self.leaves, 2)
            if _touch(self.sides[one], self.sides[other], before)
        }

    def verdict(self) -> Verdict:
        """All that was found."""
        groups = [self._group(members) for members in self._components()]
        visible = max((group.kind for group in groups), key=_badness, default=Kind.INDEPENDENT)
        hidden = tuple(dict.fromkeys(self._hidden()))
        is_opaque = bool(hidden) or any(pair.is_opaque for pair in self.pairs.values())
        kind = Kind.OPAQUE if is_opaque else visible
        overlaps: dict[Overlap, None] = {}
        for pair in self.pairs.values():
            overlaps |= dict.fromkeys(pair.overlaps)
        return Verdict(
            kind=kind,
            visible_kind=visible,
            orders=tuple(islice(self._orders(groups), MOST_ORDERS)),
            overlaps=tuple(overlaps),
            opaque=hidden,
            evidence=(Evidence("footprint", kind, note=self._note()),),
        )

    def _hidden(self) -> Iterator[OperationRef]:
        """What can't be seen, where another branch does something."""
        for leaf, side in self.sides.items():
            others = (other for name, other in self.sides.items() if name != leaf)
            if not any(_acts_besides(other, side) for other in others):
                continue
            for event in side.alone.events:
                if isinstance(event.effect, Hides):
                    yield reference(event.step, event.effect.why)
            for failure in side.alone.failures:
                if failure.by is not None:
                    why = f"does not fit {failure.by.operation.type} before it in its own branch"
                    yield reference(failure.step, why)

    def _components(self) -> Iterator[tuple[MigrationKey, ...]]:
        """Branches that touch each other, directly or through others."""
        left = list(self.leaves)
        while left:
            members = [left.pop(0)]
            for member in members:
                for other in [leaf for leaf in left if self._pair(member, leaf) is not None]:
                    left.remove(other)
                    members.append(other)
            yield tuple(sorted(members))

    def _pair(self, one: MigrationKey, other: MigrationKey) -> Pair | None:
        return self.pairs.get((min(one, other), max(one, other)))

    def _goes_before(self, one: MigrationKey, other: MigrationKey) -> bool:
        """Whether a branch can run before another, as far as the two are concerned."""
        pair = self._pair(one, other)
        return pair is None or pair.runs[0 if one < other else 1]

    def _group(self, members: tuple[MigrationKey, ...]) -> "_Group":
        """Which orders of branches that touch each other run, and whether they end alike."""
        everything = permutations(members)
        orders = [
            order
            for order in islice(everything, MOST_ORDERS)
            if all(self._goes_before(one, other) for one, other in combinations(order, 2))
        ]
        if len(members) > MOST_BRANCHES:
            return self._large_group(members)
        if len(members) <= 2:  # noqa: PLR2004 - two branches were compared as a pair
            divergent = any(
                overlap.kind is Kind.DIVERGENT
                for pair in self._inner(members)
                for overlap in pair.overlaps
            )
            return _Group(members, orders, _kind(len(orders), 2 ** (len(members) - 1), divergent))
        alone = [self.sides[leaf].alone for leaf in members]
        running: list[Order] = []
        worlds: list[World] = []
        for order in orders:
            result = run(
                self.ground, [key for leaf in order for key in self.sides[leaf].migrations]
            )
            if not lasting(result.failures, *alone):
                running.append(order)
                worlds.append(result.world)
        divergent = any(
            difference.certain
            for world in worlds[1:]
            for difference in differences(worlds[0], world)
        )
        total = len(list(permutations(members)))
        return _Group(members, running, _kind(len(running), total, divergent))

    def _large_group(self, members: tuple[MigrationKey, ...]) -> "_Group":
        """As ``_group``, by pairs alone: running every order would take too long."""
        pairs = list(self._inner(members))
        orders = list(islice(self._extensions((), members), MOST_ORDERS))
        divergent = any(
            overlap.kind is Kind.DIVERGENT for pair in pairs for overlap in pair.overlaps
        )
        total = 1 if all(all(pair.runs) for pair in pairs) else 2
        return _Group(members, orders, _kind(min(len(orders), 1), total, divergent))

    def _extensions(self, done: Order, left: tuple[MigrationKey, ...]) -> Iterator[Order]:
        """Orders in which every pair is in an order that runs."""
        if not left:
            yield done
        for leaf in left:
            rest = tuple(other for other in left if other != leaf)
            if all(self._goes_before(leaf, other) for other in rest):
                yield from self._extensions((*done, leaf), rest)

    def _inner(self, members: tuple[MigrationKey, ...]) -> Iterator[Pair]:
        for one, other in combinations(members, 2):
            pair = self._pair(one, other)
            if pair is not None:
                yield pair

    def _orders(self, groups: "list[_Group]") -> Iterator[Order]:
        """Orders of all leaves, in which each group is in an order that runs."""
        allowed = {group.members: set(group.orders) for group in groups}
        if not all(allowed.values()):
            return
        for order in self._extensions((), self.leaves):
            if all(
                len(members) > MOST_BRANCHES
                or tuple(leaf for leaf in order if leaf in members) in allowed[members]
                for members in allowed
            ):
                yield order

    def _note(self) -> str:
        """What the reading rests on."""
        read = [
            reference(event.step)
            for side in self.sides.values()
            for event in side.alone.events
            if event.step.operation.type in ("RunPython", "RunSQL")
        ]
        names = sorted({f"{entry.type} in {entry.migration.name}" for entry in read})
        if not names:
            return ""
        return f"Rests on the reading of {', '.join(names)}."


@dataclass(frozen=True, slots=True)
class _Group:
    """Branches that touch each other, the orders of them that run, and what that makes."""

    members: tuple[MigrationKey, ...]
    orders: list[Order] = field(default_factory=list)
    kind: Kind = Kind.INDEPENDENT


def _kind(running: int, total: int, divergent: bool) -> Kind:  # noqa: FBT001 - counts and a fact
    if running == 0:
        return Kind.COLLIDING
    if divergent:
        return Kind.DIVERGENT
    return Kind.INDEPENDENT if running == total else Kind.ORDERED


def _badness(kind: Kind) -> int:
    return list(Kind).index(kind)


def _acts_besides(other: Side, side: Side) -> bool:
    """Whether a branch does something in migrations that are not the other's as well."""
    shared = frozenset(side.migrations)
    return any(event.step.migration not in shared for event in other.alone.events)


def _touch(one: Side, other: Side, before: World) -> bool:
    """Whether two branches have a model, or a name in the database, in common."""
    mine, theirs = _names(one, before), _names(other, before)
    if mine & theirs:
        return True
    return any(str(name).startswith(VAGUE) for name in mine | theirs)


def _names(side: Side, before: World) -> frozenset[object]:
    found: set[object] = set()
    for event in side.alone.events:
        if isinstance(event.effect, Hides):
            continue
        found.add(event.effect.resource.model or event.effect.resource)
        if isinstance(event.effect, ByName) and not event.effect.resource.model:
            found.add(BY_NAME)
        is_surveyed = isinstance(event.effect, Touches) and event.effect.reach.surveyed
        is_made = isinstance(event.effect, Creates | Destroys | Renames)
        if is_surveyed or (is_made and event.effect.resource.kind == MODEL):
            found.add(f"models of {event.effect.resource.model.partition('.')[0]}")
        origin = event.model
        if origin is not None:
            found.add(getattr(origin, "model", None) or origin)
        if isinstance(event.before, Definition) and event.before.target:
            found.add(event.before.target)
        if is_made and isinstance(origin, Resource) and event.effect.resource.kind == MODEL:
            found |= before.targets(origin.model)
        target = getattr(event.effect, "to", None)
        if target is not None:
            found.add(target.model or target)
        found |= {entry.model for entry in getattr(event.effect, "refers", ())}
    return frozenset(found)
