"""What is there while operations run one after another, as far as their footprints tell.

A world begins at the fork. What was there is mostly unknown, and is supposed as the branches need
it; what operations did since is known, with the operation that did it. ``apply_effect`` changes it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from migtui.core.effects import FIELD, MODEL, OPTION, STATE, Resource
from migtui.core.fields import Definition
from migtui.core.step import Step

Origin: TypeAlias = Resource | tuple[Step, Resource]
"""What a thing was called at the fork, or which operation made it under which name."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of one resource.

    Attributes:
        present: Whether it is there.
        origin: Its identity, through every renaming.
        value: What it is; None where that is not known.
        refers: Resources that it names.
        step: The operation that last wrote it; None for what is as it was at the fork.
    """

    present: bool
    origin: Origin
    value: object = None
    refers: frozenset[Resource] = frozenset()
    step: Step | None = None


@dataclass(slots=True)
class ModelCells:
    """A model or, without a name, the database: itself and what belongs to it.

    Attributes:
        cell: What is known of the model itself.
        children: What is known of its fields, indexes and so on, by kind and name.
        known: Whether all its fields are among them, because its making was read.
    """

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

    Attributes:
        renamed: The next name of every model that was renamed, by the one before.
    """

    def __init__(
        self,
        before: "World | None" = None,
        supposed: Mapping[Resource, bool] | None = None,
        *,
        is_history: bool = False,
    ) -> None:
        self.is_history = is_history
        self._before: dict[tuple[str, str], ModelCells] = {}
        self._relations: dict[str, list[tuple[str, str]]] = {}
        if before is not None:
            self._before = before._models  # noqa: SLF001 - one world begins with another
            self._relations = before._relations  # noqa: SLF001 - as above
        self._models: dict[tuple[str, str], ModelCells] = {}
        self.supposed: dict[Resource, bool] = dict(supposed or {})
        self.renamed: dict[str, str] = dict(before.renamed) if before else {}

    def model(self, plane: str, name: str) -> ModelCells:
        """A model of this world, to be changed in place."""
        key = (plane, name)
        found = self._models.get(key)
        if found is None:
            known = self._before.get(key)
            resource = Resource(plane, name, MODEL)
            if known is not None:
                found = ModelCells(known.cell, dict(known.children), known.known)
            else:
                present = self.supposed.get(resource, True)
                found = ModelCells(Cell(present, resource))
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
            return Cell(present=False, origin=resource, step=model.cell.step)
        origin = resource._replace(model=model.cell.origin.model)
        if origin in self.supposed:
            return Cell(self.supposed[origin], origin)
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

    @property
    def fork(self) -> "World":
        """The world as it was before anything of this one happened."""
        found = World()
        found._before, found._relations = self._before, self._relations
        return found

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
        return value.target if isinstance(value, Definition) else None

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

    def table(self, model: str) -> str | None:
        """The table of a model; None where that is not known."""
        cell = self.cell(Resource(STATE, model, OPTION, "db_table"))
        if cell is not None and cell.present:
            return cell.value if isinstance(cell.value, str) else None
        return model.replace(".", "_") if self.knows(model) else None

    def put(self, resource: Resource, cell: Cell) -> None:
        """Write what is known of a resource; a model of another origin begins without children."""
        model = self.model(resource.plane, resource.model)
        if resource.kind != MODEL:
            model.children[resource.kind, resource.name] = cell
        elif isinstance(cell.origin, Resource):
            model.cell = cell
        else:
            self.put_model(resource, ModelCells(cell))

    def put_model(self, resource: Resource, model: ModelCells) -> None:
        """Write what is known of a model, in the place of all that was."""
        self._models[resource.plane, resource.model] = model

    def touched(self) -> Iterable[ModelCells]:
        """The models that were looked at or written, to be changed in place."""
        return self._models.values()

    def settled(self) -> "World":
        """This world as another begins: nobody's work, everything under its present name."""
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
            world._models[plane, name] = ModelCells(
                replace(model.cell, origin=origin, step=None), children, known
            )
            if plane == STATE:
                for (kind, child), cell in children.items():
                    if kind == FIELD and isinstance(cell.value, Definition) and cell.value.target:
                        world._relations.setdefault(cell.value.target, []).append((name, child))
        return world
