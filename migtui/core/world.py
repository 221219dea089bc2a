"""What is there while operations run one after another, as far as their footprints tell.

A world begins at the fork. What was there is mostly unknown, and is supposed as the branches need
it; what operations did since is known, with the operation that did it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from migtui.core.effects import (
    CONSTRAINT,
    DATABASE,
    FIELD,
    INDEX,
    MODEL,
    OPTION,
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
from migtui.core.migration import MigrationKey, Operation


@dataclass(frozen=True, slots=True)
class Step:
    """An operation at its place: which migration, which of its operations."""

    migration: MigrationKey
    index: int
    operation: Operation = field(compare=False)


Origin: TypeAlias = Resource | tuple[Step, Resource]
"""What a thing was called at the fork, or which operation made it under which name."""


class Pointing:
    """The value of a field that may be a relation."""

    __slots__ = ()

    @property
    def target(self) -> str | None:
        """The label of the model that it points to."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of one resource.

    Attributes:
        present: Whether it is there.
        value: What it is; None where that is not known.
        refers: Resources that it names.
        origin: Its identity, through every renaming.
        step: The operation that last wrote it; None for what is as it was at the fork.
    """

    present: bool
    value: object
    refers: frozenset[Resource]
    origin: Origin
    step: Step | None = None


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


@dataclass(slots=True)
class _Model:
    """A model or, without a name, the database: itself and what belongs to it."""

    cell: Cell
    children: dict[tuple[str, str], Cell] = field(default_factory=dict)
    known: bool = False


class World:
    """Models, fields and all the rest, changing under effects.

    Args:
        before: The world at the fork, where it is known. It is not changed.
        supposed: Whether a resource is there at the fork, by its origin, where ``before`` can't
            tell; what is not in it is supposed at its first use and added.
        is_history: Whether it is only asked what is left at the end.
    """

    def __init__(
        self,
        before: "World | None" = None,
        supposed: Mapping[Resource, bool] | None = None,
        *,
        is_history: bool = False,
    ) -> None:
        self._is_history = is_history
        self._before: dict[tuple[str, str], _Model] = {}
        self._relations: dict[str, list[tuple[str, str]]] = {}
        if before is not None:
            self._before = before._models  # noqa: SLF001 - one world begins with another
            self._relations = before._relations  # noqa: SLF001 - as above
        self._models: dict[tuple[str, str], _Model] = {}
        self.supposed: dict[Resource, bool] = dict(supposed or {})
        self.renamed: dict[str, str] = dict(before.renamed) if before else {}

    # Reading

    def model(self, plane: str, name: str) -> _Model:
        """A model of this world, to be changed in place."""
        key = (plane, name)
        found = self._models.get(key)
        if found is None:
            known = self._before.get(key)
            resource = Resource(plane, name, MODEL)
            if known is not None:
                found = _Model(known.cell, dict(known.children), known.known)
            else:
                present = self.supposed.get(resource, True)
                found = _Model(Cell(present, None, frozenset(), resource))
            self._models[key] = found
        return found

    def cell(self, resource: Resource) -> Cell | None:
        """What is known of a resource; None where it was not yet looked at."""
        model = self.model(resource.plane, resource.model)
        if resource.kind == MODEL:
            known = (resource.plane, resource.model) in self._before
            if model.cell.step is None and not known and resource not in self.supposed:
                return None
            return model.cell
        found = model.children.get((resource.kind, resource.name))
        if found is not None:
            return found
        if not model.cell.present or not isinstance(model.cell.origin, Resource):
            return Cell(
                present=False, value=None, refers=frozenset(), origin=resource, step=model.cell.step
            )
        origin = resource._replace(model=model.cell.origin.model)
        if origin in self.supposed:
            return Cell(self.supposed[origin], None, frozenset(), origin)
        return None

    def has_seen(self, resource: Resource) -> bool:
        """Whether something of a model is there, or was, or is made by any of the branches."""
        model = self.model(resource.plane, resource.model)
        if (resource.kind, resource.name) in model.children:
            return True
        origin = self.origin(resource)
        return isinstance(origin, Resource) and origin in self.supposed

    def origin(self, resource: Resource) -> Origin:
        """A resource's identity: what it was called at the fork, or who made it."""
        cell = self.cell(resource)
        if cell is not None:
            return cell.origin
        parent = self.model(resource.plane, resource.model).cell.origin
        return resource._replace(model=parent.model) if isinstance(parent, Resource) else parent

    def is_present(self, resource: Resource) -> bool | None:
        """Whether a resource is there; None where that is not known."""
        cell = self.cell(resource)
        return None if cell is None else cell.present

    def value(self, resource: Resource) -> object:
        """What a resource is, None where it is not there or not known."""
        cell = self.cell(resource)
        return cell.value if cell is not None and cell.present else None

    def children(self, resource: Resource, kind: str) -> Iterator[tuple[str, Cell]]:
        """Names and cells of one kind that are known to belong to a model."""
        for (child_kind, name), cell in self.model(resource.plane, resource.model).children.items():
            if child_kind == kind and cell.present:
                yield name, cell

    def models(self, plane: str) -> Iterator[str]:
        """The models that are known to be there."""
        for key in {**self._before, **self._models}:
            if key[0] == plane and key[1] and self.model(*key).cell.present:
                yield key[1]

    def knows(self, model: str) -> bool:
        """Whether a model's fields are known, because its making was read."""
        found = self.model(STATE, model)
        return found.cell.present and (found.known or not isinstance(found.cell.origin, Resource))

    def current(self, model: str) -> str:
        """The present name of a model that was called so at some time."""
        seen = {model}
        while not self.is_present(Resource(STATE, model, MODEL)):
            renamed = self.renamed.get(model)
            if renamed is None or renamed in seen:
                break
            model = renamed
            seen.add(model)
        return model

    def pointing(self, model: str) -> list[tuple[str, str]]:
        """The fields, as model and name, that point to a model."""
        names = {model, *(old for old in self.renamed if self.current(old) == model)}
        found = {
            (self.current(owner), field)
            for name in names
            for owner, field in self._relations.get(name, ())
        }
        for (plane, owner), held in self._models.items():
            if plane == STATE:
                found |= {
                    (owner, name)
                    for (kind, name), cell in held.children.items()
                    if kind == FIELD and cell.step is not None
                }
        return [entry for entry in sorted(found) if self._target(*entry) in names]

    def _target(self, model: str, field: str) -> str | None:
        value = self.value(Resource(STATE, model, FIELD, field))
        return value.target if isinstance(value, Pointing) else None

    def targets(self, model: str) -> frozenset[str]:
        """The models that a model's relations point to."""
        fields = (name for name, _ in self.children(Resource(STATE, model, MODEL), FIELD))
        return frozenset(target for name in fields if (target := self._target(model, name)))

    def written(self) -> dict[Resource, Cell]:
        """Every resource that an operation has written, as it is now."""
        found: dict[Resource, Cell] = {}
        for (plane, name), model in self._models.items():
            if model.cell.step is not None:
                found[Resource(plane, name, MODEL)] = model.cell
            for (kind, child), cell in model.children.items():
                if cell.step is not None:
                    found[Resource(plane, name, kind, child)] = cell
        return found

    def settled(self) -> "World":
        """The same as a beginning: nobody's work, everything under its present name."""
        world = World()
        world.renamed = dict(self.renamed)
        for (plane, name), model in self._models.items():
            if model.cell.step is None and not model.children:
                continue
            origin = Resource(plane, name, MODEL)
            children = {
                (kind, child): replace(cell, origin=Resource(plane, name, kind, child), step=None)
                for (kind, child), cell in model.children.items()
                if cell.present
            }
            known = model.known or not isinstance(model.cell.origin, Resource)
            world._models[plane, name] = _Model(
                replace(model.cell, origin=origin, step=None), children, known
            )
            if plane == STATE:
                for (kind, child), cell in children.items():
                    if kind == FIELD and isinstance(cell.value, Pointing) and cell.value.target:
                        world._relations.setdefault(cell.value.target, []).append((name, child))
        return world

    # Changing

    def apply(self, effect: Effect, step: Step) -> Failure | None:
        """Make an effect come true, or say why it can't."""
        match effect:
            case Needs(resource):
                return self._expect(self.field_of(resource), effect, step, present=True)
            case Lacks(resource):
                return self._expect(resource, effect, step, present=False)
            case Creates(resource, value, refers, strict):
                if strict:
                    failure = self._expect(resource, effect, step, present=False)
                    if failure:
                        return failure
                elif self._keeps(resource):
                    return None
                else:
                    self._suppose(resource, present=False)
                refers = frozenset(map(self.field_of, refers))
                self._write(
                    resource,
                    Cell(
                        present=True, value=value, refers=refers, origin=(step, resource), step=step
                    ),
                )
            case Changes(resource, value, refers):
                refers = frozenset(map(self.field_of, refers))
                origin = self.origin(resource)
                self._write(
                    resource,
                    Cell(present=True, value=value, refers=refers, origin=origin, step=step),
                )
            case Renames(resource, to):
                return self._rename(resource, to, effect, step)
            case Destroys(resource, strict):
                return self._destroy(resource, effect, step, strict=strict)
            case _:
                pass
        return None

    def field_of(self, resource: Resource) -> Resource:
        """The relation that an index or a constraint names by its attribute: ``author_id``."""
        short = resource.name.removesuffix("_id")
        if resource.kind != FIELD or short == resource.name:
            return resource
        believed = resource.on(STATE)
        is_relation = self.has_seen(believed._replace(name=short))
        return (
            resource._replace(name=short)
            if is_relation and not self.has_seen(believed)
            else resource
        )

    def _keeps(self, resource: Resource) -> bool:
        """Whether making it again changes nothing: in the database, but not in the state."""
        return resource.plane == DATABASE and self.is_present(resource) is True

    def _suppose(self, resource: Resource, *, present: bool) -> None:
        """What is not known of the fork was as the first operation to speak of it needs it."""
        if self._is_history:
            return
        origin = self.origin(resource)
        if self.cell(resource) is not None or not isinstance(origin, Resource):
            return
        self.supposed[origin] = present
        if resource.kind == MODEL and not present:
            model = self.model(resource.plane, resource.model)
            model.cell = replace(model.cell, present=False)

    def _expect(
        self, resource: Resource, effect: Effect, step: Step, *, present: bool
    ) -> Failure | None:
        if self._is_history:
            return None
        if resource.kind != MODEL:
            parent = self.model(resource.plane, resource.model)
            if not parent.cell.present and resource.model:
                return None if not present else Failure(effect, resource, step, parent.cell.step)
        found = self.cell(resource)
        if found is None:
            self._suppose(resource, present=present)
            return None
        return None if found.present is present else Failure(effect, resource, step, found.step)

    def _write(self, resource: Resource, cell: Cell) -> None:
        model = self.model(resource.plane, resource.model)
        if resource.kind != MODEL:
            model.children[resource.kind, resource.name] = cell
        elif isinstance(cell.origin, Resource):
            model.cell = cell
        else:
            self._models[resource.plane, resource.model] = _Model(cell)

    def _destroy(
        self, resource: Resource, effect: Effect, step: Step, *, strict: bool
    ) -> Failure | None:
        if strict:
            failure = self._expect(resource, effect, step, present=True)
            if failure:
                return failure
        holder = self._holder(resource, step)
        gone = Cell(
            present=False, value=None, refers=frozenset(), origin=self.origin(resource), step=step
        )
        if resource.kind == MODEL:
            self._models[resource.plane, resource.model] = _Model(gone)
        else:
            self._write(resource, gone)
        return Failure(effect, resource, step, holder, is_held=True) if holder else None

    def _holder(self, resource: Resource, step: Step) -> Step | None:
        """The operation that made something else refer to a resource, if there is any."""
        if self._is_history:
            return None
        for written, cell in self.written().items():
            if not cell.present or not cell.refers or cell.step == step:
                continue
            if resource.kind == MODEL:
                outside = written.model != resource.model
                held = any(entry.model == resource.model for entry in cell.refers
                           if entry.plane == resource.plane)  # fmt: skip
                if outside and held:
                    return cell.step
            elif resource in cell.refers and written != resource:
                return cell.step
        return None

    def _rename(
        self, resource: Resource, to: Resource, effect: Effect, step: Step
    ) -> Failure | None:
        failure = self._expect(resource, effect, step, present=True)
        if failure:
            return failure
        if resource == to:
            return None
        if to.plane == DATABASE or to.kind in (MODEL, FIELD):
            failure = self._expect(to, effect, step, present=False)
            if failure:
                return failure
        if resource.kind == MODEL:
            self._rename_model(resource, to, step)
        else:
            cell = self.cell(resource)
            origin = cell.origin if cell else self.origin(resource)
            value = cell.value if cell else None
            refers = cell.refers if cell else frozenset()
            self._write(
                to, Cell(present=True, value=value, refers=refers, origin=origin, step=step)
            )
            self._write(
                resource,
                Cell(present=False, value=None, refers=frozenset(), origin=resource, step=step),
            )
        self._repoint(resource, to)
        return None

    def _rename_model(self, resource: Resource, to: Resource, step: Step) -> None:
        moved = self.model(resource.plane, resource.model)
        moved.cell = replace(moved.cell, present=True, step=step)
        gone = Cell(present=False, value=None, refers=frozenset(), origin=resource, step=step)
        self._models[to.plane, to.model] = moved
        self._models[resource.plane, resource.model] = _Model(gone)
        if resource.plane == STATE:
            self.renamed[resource.model] = to.model

    def _repoint(self, old: Resource, new: Resource) -> None:
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

        for model in self._models.values():
            for key, cell in model.children.items():
                if key[0] not in stale and any(follow(entry) != entry for entry in cell.refers):
                    model.children[key] = replace(cell, refers=frozenset(map(follow, cell.refers)))

    # What names mean

    def table(self, model: str) -> str | None:
        """The table of a model; None where that is not known."""
        cell = self.cell(Resource(STATE, model, OPTION, "db_table"))
        if cell is not None and cell.present:
            return cell.value if isinstance(cell.value, str) else None
        return model.replace(".", "_") if self.knows(model) else None
