"""Runs branches of operations through a world, one after another, and notes what happens."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migtui.core.apply_effect import Failure, apply_effect
from migtui.core.effects import COLUMN, MODEL, RELATION, STATE, Effect, Hides, Resource
from migtui.core.expressions import (
    Call,
    Dictionary,
    Reference,
    Unreadable,
)
from migtui.core.expressions import (
    Collection as Display,
)
from migtui.core.fields import Definition
from migtui.core.footprint import Context, effects_of
from migtui.core.migration import MigrationKey, Operation
from migtui.core.step import Step
from migtui.core.world import Cell, Origin, World

UNKNOWN = object()
"""The value, before an effect, of what nobody saw being made."""
Operations = Mapping[MigrationKey, tuple[Operation, ...]]


@dataclass(frozen=True, slots=True)
class Event:
    """An effect as it happened.

    Attributes:
        step: The operation.
        effect: What it did.
        model: Identity of the model concerned; None for what hides.
        origin: Identity of the resource concerned.
        before: The resource's value before; None where it had none, ``UNKNOWN`` where that can't
            be told.
    """

    step: Step
    effect: Effect
    model: Origin | None
    origin: Origin | None
    before: object


@dataclass(slots=True)
class Run:
    """What came of running operations in one order.

    Attributes:
        world: What is there at the end.
        failures: The effects that could not be had; the rest went on as if they were.
        events: Every effect, in order.
    """

    world: World
    failures: list[Failure] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every order starts from.

    Attributes:
        operations: Of every migration of the branches.
        before: The world at the fork as history tells it.
        supposed: What is there at the fork besides, by what the branches take for granted.
        swappable: The model, or only the app, that a setting points to.
    """

    operations: Operations
    before: World
    supposed: Mapping[Resource, bool]
    swappable: Mapping[str, str]


def pointed_to(swappable: Mapping[str, str], before: World) -> Mapping[str, str]:
    """What settings point to at the fork: the model where it is there, else no more than the app.

    Settings are those of the working tree. A model that is not there under its name at the fork may
    have another name then.

    Args:
        swappable: The model, or only the app, that a setting points to.
        before: What is there at the fork.
    """
    fork = World(before)
    return {
        setting: label
        if fork.is_present(Resource(STATE, label.lower(), MODEL))
        else label.partition(".")[0]
        for setting, label in swappable.items()
    }


def remember(
    history: Iterable[tuple[MigrationKey, tuple[Operation, ...]]], swappable: Mapping[str, str]
) -> World:
    """The world that migrations leave behind; what can't be seen is passed over."""
    world = World(is_history=True)
    apps = {setting: label.partition(".")[0] for setting, label in swappable.items()}
    for key, operations in history:
        context = Context(key.app_label, world, apps, is_history=True)
        for index, operation in enumerate(operations):
            step = Step(key, index, operation)
            for effect in effects_of(operation, context):
                apply_effect(world, effect, step)
    return world.settled()


def run(ground: Ground, migrations: Iterable[MigrationKey]) -> Run:
    """Run migrations in this order, each of them once."""
    world = World(ground.before, ground.supposed)
    result = Run(world)
    done: set[MigrationKey] = set()
    for key in migrations:
        if key in done:
            continue
        done.add(key)
        context = Context(key.app_label, world, ground.swappable)
        for index, operation in enumerate(ground.operations[key]):
            step = Step(key, index, operation)
            for effect in effects_of(operation, context):
                result.events.append(_event(world, effect, step))
                failure = apply_effect(world, effect, step)
                if failure is not None:
                    result.failures.append(failure)
    return result


def _event(world: World, effect: Effect, step: Step) -> Event:
    if isinstance(effect, Hides):
        return Event(step, effect, None, None, None)
    resource = effect.resource
    before = world.value(resource)
    if before is None and not world.knows(resource.model):
        before = UNKNOWN
    return Event(
        step,
        effect,
        world.origin(resource.parent) if resource.model else resource,
        world.origin(resource),
        before,
    )


def labels(result: Run) -> frozenset[str]:
    """The models that operations touched or named in a run."""
    found: set[str] = set()
    for event in result.events:
        if not isinstance(event.effect, Hides):
            found.add(event.effect.resource.model)
            found |= {entry.model for entry in getattr(event.effect, "refers", ())}
    return frozenset(found - {""})


def suppose(alone: Iterable[Run]) -> dict[Resource, bool]:
    """What the fork must hold for each branch to run from it alone.

    Where one takes for granted what another makes, the fork has it not.
    """
    found: dict[Resource, bool] = {}
    for result in alone:
        for resource, present in result.world.supposed.items():
            found[resource] = found.get(resource, True) and present
    return found


@dataclass(frozen=True, slots=True)
class Difference:
    """A resource that two orders leave in different states.

    Attributes:
        resource: Which.
        first: What one order leaves.
        second: What the other order leaves.
        certain: False where both look the same, but can't be compared.
    """

    resource: Resource
    first: Cell | None
    second: Cell | None
    certain: bool = True


def differences(first: World, second: World) -> Iterator[Difference]:
    """Where two worlds differ."""
    one, other = first.written(), second.written()
    for resource in sorted(one.keys() | other.keys()):
        a, b = one.get(resource), other.get(resource)
        if a is None or b is None:
            if not (resource.kind in (COLUMN, RELATION) and _is_free(a or b)):
                yield Difference(resource, a, b)
        elif a.present != b.present or a.value != b.value or _moved(a, b):
            yield Difference(resource, a, b)
        elif a.step != b.step and a.present and not is_comparable(a.value):
            yield Difference(resource, a, b, certain=False)


def _is_free(cell: Cell | None) -> bool:
    """Whether a name is not taken, which need not be noted."""
    return cell is not None and not cell.present


def _moved(a: Cell, b: Cell) -> bool:
    """Whether different things of the fork have come to the same name."""
    return (
        a.present
        and a.value is None
        and isinstance(a.origin, Resource)
        and isinstance(b.origin, Resource)
        and a.origin != b.origin
    )


def is_comparable(value: object) -> bool:
    """Whether two equal values of this kind are certainly the same thing."""
    match value:
        case Definition(expression=expression):
            return is_comparable(expression)
        case Unreadable():
            return False
        case Reference(path):
            return "." in path
        case Call(arguments=arguments, keywords=keywords):
            return all(map(is_comparable, arguments)) and all(
                is_comparable(item) for _, item in keywords
            )
        case Display(items=items):
            return all(map(is_comparable, items))
        case Dictionary(items=pairs):
            return all(is_comparable(key) and is_comparable(item) for key, item in pairs)
        case _:
            return True
