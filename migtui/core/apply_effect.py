"""Makes the effects of operations come true in a world, or says why one can't."""

from dataclasses import dataclass, replace

from migtui.core.effects import (
    CONSTRAINT,
    DATABASE,
    FIELD,
    INDEX,
    MODEL,
    STATE,
    Changes,
    Creates,
    Destroys,
    Effect,
    Lacks,
    Needs,
    Renames,
    Resource,
)
from migtui.core.step import Step
from migtui.core.world import Cell, ModelCells, Origin, World


@dataclass(frozen=True, slots=True)
class Failure:
    """An effect that can't be had.

    Attributes:
        effect: Which.
        resource: What was missing, or in the way.
        step: The operation whose effect it is.
        by: The operation that made it so; None where it was so at the fork.
        is_held: Whether something still refers to what should go.
    """

    effect: Effect
    resource: Resource
    step: Step
    by: Step | None
    is_held: bool = False


def apply_effect(world: World, effect: Effect, step: Step) -> Failure | None:
    """Make an effect come true, or say why it can't."""
    match effect:
        case Needs(resource):
            return _expect(world, world.field_of(resource), effect, step, present=True)
        case Lacks(resource):
            return _expect(world, resource, effect, step, present=False)
        case Creates(resource, strict=strict):
            if strict:
                failure = _expect(world, resource, effect, step, present=False)
                if failure:
                    return failure
            elif _keeps(world, resource):
                return None
            else:
                _suppose(world, resource, present=False)
            _make(world, effect, (step, resource), step)
        case Changes(resource):
            _make(world, effect, world.origin(resource), step)
        case Renames(resource, to):
            return _rename(world, resource, to, effect, step)
        case Destroys(resource, strict):
            return _destroy(world, resource, effect, step, strict=strict)
        case _:
            pass
    return None


def _make(world: World, effect: Creates | Changes, origin: Origin, step: Step) -> None:
    refers = frozenset(map(world.field_of, effect.refers))
    cell = Cell(present=True, origin=origin, value=effect.value, refers=refers, step=step)
    world.put(effect.resource, cell)


def _keeps(world: World, resource: Resource) -> bool:
    """Whether making it again changes nothing: in the database, but not in the state."""
    return resource.plane == DATABASE and world.is_present(resource) is True


def _suppose(world: World, resource: Resource, *, present: bool) -> None:
    """What is not known of the fork was as the first operation to speak of it needs it."""
    if world.is_history:
        return
    origin = world.origin(resource)
    if world.cell(resource) is not None or not isinstance(origin, Resource):
        return
    world.supposed[origin] = present
    if resource.kind == MODEL and not present:
        model = world.model(resource.plane, resource.model)
        model.cell = replace(model.cell, present=False)


def _expect(
    world: World, resource: Resource, effect: Effect, step: Step, *, present: bool
) -> Failure | None:
    if world.is_history:
        return None
    if resource.kind != MODEL:
        parent = world.model(resource.plane, resource.model)
        if not parent.cell.present and resource.model:
            return None if not present else Failure(effect, resource, step, parent.cell.step)
    found = world.cell(resource)
    if found is None:
        _suppose(world, resource, present=present)
        return None
    return None if found.present is present else Failure(effect, resource, step, found.step)


def _destroy(
    world: World, resource: Resource, effect: Effect, step: Step, *, strict: bool
) -> Failure | None:
    if strict:
        failure = _expect(world, resource, effect, step, present=True)
        if failure:
            return failure
    holder = _holder(world, resource, step)
    gone = Cell(present=False, origin=world.origin(resource), step=step)
    if resource.kind == MODEL:
        world.put_model(resource, ModelCells(gone))
    else:
        world.put(resource, gone)
    return Failure(effect, resource, step, holder, is_held=True) if holder else None


def _holder(world: World, resource: Resource, step: Step) -> Step | None:
    """The operation that made something else refer to a resource, if there is any."""
    if world.is_history:
        return None
    for written, cell in world.written().items():
        if not cell.present or not cell.refers or cell.step == step:
            continue
        if resource.kind == MODEL:
            referred = {(entry.plane, entry.model) for entry in cell.refers}
            if written.model != resource.model and (resource.plane, resource.model) in referred:
                return cell.step
        elif resource in cell.refers and written != resource:
            return cell.step
    return None


def _rename(
    world: World, resource: Resource, to: Resource, effect: Effect, step: Step
) -> Failure | None:
    failure = _expect(world, resource, effect, step, present=True)
    if failure:
        return failure
    if resource == to:
        return None
    if to.plane == DATABASE or to.kind in (MODEL, FIELD):
        failure = _expect(world, to, effect, step, present=False)
        if failure:
            return failure
    if resource.kind == MODEL:
        _rename_model(world, resource, to, step)
    else:
        cell = world.cell(resource) or Cell(present=True, origin=world.origin(resource))
        world.put(to, replace(cell, present=True, step=step))
        world.put(resource, Cell(present=False, origin=resource, step=step))
    _repoint(world, resource, to)
    return None


def _rename_model(world: World, resource: Resource, to: Resource, step: Step) -> None:
    moved = world.model(resource.plane, resource.model)
    moved.cell = replace(moved.cell, present=True, step=step)
    gone = Cell(present=False, origin=resource, step=step)
    world.put_model(to, moved)
    world.put_model(resource, ModelCells(gone))
    if resource.plane == STATE:
        world.renamed[resource.model] = to.model


def _repoint(world: World, old: Resource, new: Resource) -> None:
    """What refers to a thing calls it by its new name.

    Django renames a field in a model's ``unique_together``, but not in its indexes and
    constraints: a state that has these is broken until they are made anew.
    """
    if old.kind not in (MODEL, FIELD):
        return
    stale = (INDEX, CONSTRAINT) if old.kind == FIELD and old.plane == STATE else ()

    def follow(entry: Resource) -> Resource:
        if old.kind == MODEL:
            return entry._replace(model=new.model) if entry.parent == old else entry
        return new if entry == old else entry

    for model in world.touched():
        for key, cell in model.children.items():
            if key[0] not in stale and any(follow(entry) != entry for entry in cell.refers):
                model.children[key] = replace(cell, refers=frozenset(map(follow, cell.refers)))
