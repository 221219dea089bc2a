"""What stands between two branches, found order by order, told once."""

from migtui.core.apply_effect import Failure
from migtui.core.data_rules.clash import Clash
from migtui.core.effects import (
    COLUMN,
    RELATION,
    Creates,
    Hides,
    Renames,
    Resource,
)
from migtui.core.migration import MigrationKey
from migtui.core.step import Step
from migtui.core.verdict import Kind, OperationRef, Overlap
from migtui.core.walk import Difference, Event, Run
from migtui.core.wording import say_both_ways, say_clash, say_difference, say_failure, say_lost


def reference(step: Step, why: str = "") -> OperationRef:
    """An operation's place, for a report."""
    return OperationRef(step.migration, step.operation.type, step.operation.line, why)


class Findings:
    """Collects what stands between branches, one entry for two operations and a resource.

    Args:
        shared: Migrations that both branches have.
    """

    def __init__(self, shared: frozenset[MigrationKey]) -> None:
        self.shared = shared
        self.found: dict[tuple[str, frozenset[Step]], dict[int, str]] = {}
        self.settled: dict[tuple[str, frozenset[Step]], Overlap] = {}

    def failed(self, order: int, failure: Failure, result: Run, against: Run) -> None:
        """An effect that fails in one order."""
        other = failure.by
        if other == failure.step:
            other = _referrer(result, failure.resource)
        if other is None or other.migration in self.shared:
            cell = against.world.cell(failure.resource)
            made = _maker(against, failure.resource)
            other = made or (cell.step if cell else None)
        steps = frozenset({failure.step, other} - {None})
        key = (str(failure.resource), frozenset(step for step in steps if step is not None))
        self.found.setdefault(key, {})[order] = say_failure(failure, other)

    def loses(self, order: int, event: Event, other: Step | None) -> None:
        """A name that is nobody's in one order."""
        effect = event.effect
        if isinstance(effect, Hides) and effect.resource is not None:
            steps = frozenset(step for step in (event.step, other) if step is not None)
            key = (str(effect.resource), steps)
            self.found.setdefault(key, {})[order] = say_lost(event.step, effect.resource, other)

    def differs(self, difference: Difference) -> None:
        """A resource whose end depends on the order."""
        cells = (difference.first, difference.second)
        steps = frozenset(cell.step for cell in cells if cell is not None and cell.step is not None)
        key = (str(difference.resource), steps)
        kind = Kind.DIVERGENT if difference.certain else Kind.OPAQUE
        self.settled.setdefault(key, _overlap(key, kind, say_difference(difference)))

    def clashes(self, rows: Event, other: Event, why: Clash) -> None:
        """Work on rows that does not commute with something."""
        resource = rows.effect.resource if not isinstance(rows.effect, Hides) else None
        if resource is None:
            return
        key = (str(resource), frozenset({rows.step, other.step}))
        kind = Kind.ORDERED if why.rows_first else Kind.OPAQUE
        self.settled.setdefault(key, _overlap(key, kind, say_clash(rows, other, why)))

    def overlaps(self) -> list[Overlap]:
        """Everything, by resource; a name in the database only where nothing else tells of it."""
        told = {steps for name, steps in self.found if not _is_name(name)}
        for (name, steps), orders in self.found.items():
            if _is_name(name) and steps in told:
                continue
            kind = Kind.COLLIDING if len(orders) > 1 else Kind.ORDERED
            reasons = list(orders.values())
            why = say_both_ways(reasons) if kind is Kind.COLLIDING else reasons[0]
            self.settled.setdefault((name, steps), _overlap((name, steps), kind, why))
        return sorted(self.settled.values(), key=lambda overlap: overlap.resource)


def _maker(run: Run, resource: Resource) -> Step | None:
    """The operation that makes a resource somewhere in a run."""
    for event in run.events:
        match event.effect:
            case Creates(made) | Renames(_, made) if made in (resource, resource.parent):
                return event.step
            case _:
                pass
    return None


def _referrer(run: Run, resource: Resource) -> Step | None:
    """The operation that made something refer to a resource."""
    held = (cell.step for cell in run.world.written().values() if resource in cell.refers)
    return next(held, None)


def _is_name(name: str) -> bool:
    return f"{COLUMN}:" in name or name.startswith(f"{RELATION}:")


def _overlap(key: tuple[str, frozenset[Step]], kind: Kind, why: str) -> Overlap:
    name, steps = key
    ordered = sorted(steps, key=lambda step: (step.migration, step.index))
    return Overlap(name, kind, why, tuple(map(reference, ordered)))
