"""What an operation does, as effects on resources: the registry of footprints, and how to ask it.

Each of Django's operations has one small function in ``footprints``, with an example beside it
that the tests run.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeAlias

from migtui.core.effects import (
    COLUMN,
    CONSTRAINT,
    DATABASE,
    FIELD,
    INDEX,
    MODEL,
    OPTION,
    PLANES,
    RELATION,
    STATE,
    Changes,
    Creates,
    Effect,
    Hides,
    Needs,
    Remakes,
    Resource,
)
from migtui.core.expressions import Constant, Expression
from migtui.core.fields import Definition, FieldFacts, read_field
from migtui.core.lookups import UnseenError
from migtui.core.migration import UNREADABLE, Operation
from migtui.core.world import World


@dataclass(frozen=True, slots=True)
class Context:
    """Where an operation runs.

    Attributes:
        app_label: Of its migration.
        world: What is there before it; changes while its effects are taken.
        swappable: The model, or only the app, that a setting points to.
        is_history: Whether it is only wanted what the operation leaves behind.
    """

    app_label: str
    world: World
    swappable: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    is_history: bool = False

    def model(self, operation: Operation, argument: str = "model_name") -> str:
        """The label of the model that an argument names."""
        return f"{self.app_label}.{self.name(operation, argument)}"

    def name(self, operation: Operation, argument: str = "name") -> str:
        """An argument that is a name, in lower case."""
        return self.text(operation, argument).lower()

    def text(self, operation: Operation, argument: str = "name") -> str:
        """An argument that is a string."""
        text = operation.string(argument)
        if text is None:
            raise UnseenError(f"has a {argument} that only running it would tell")
        return text

    def label(self, label: str) -> str:
        """A model's label, with what a setting points to in its place where that is known."""
        setting = label.removeprefix("settings.")
        target = self.swappable.get(setting, "") if setting != label else ""
        return target.lower() if "." in target else label

    def definition(
        self, expression: Expression | None, model: str, *, preserve_default: bool = True
    ) -> Definition:
        """The definition of a field of a model."""
        facts = read_field(expression, model)
        if facts.target is not None and facts.target.startswith("settings."):
            facts = replace(facts, target=self.label(facts.target))
        return Definition(facts.expression, facts, preserve_default)

    def known_field(self, model: str, name: str) -> FieldFacts | None:
        """A field that is there, as far as it is known."""
        definition = self.world.value(Resource(STATE, model, FIELD, name))
        return definition.facts if isinstance(definition, Definition) else None

    def planes(self, model: str) -> tuple[str, ...]:
        """Where an operation on a model has effects: proxies and unmanaged ones have no table.

        What the database had at the fork need not be known: every branch ran from there.
        """
        if self.is_history:
            return (STATE,)
        managed = self.world.value(Resource(STATE, model, OPTION, "managed"))
        proxy = self.world.value(Resource(STATE, model, OPTION, "proxy"))
        if managed == Constant(value=False) or proxy == Constant(value=True):
            return (STATE,)
        return PLANES

    def remakes(self, model: str) -> Iterator[Effect]:
        """What making a table anew takes, as SQLite does: all fields that its indexes name."""
        if self.is_history:
            return
        table = Resource(STATE, model, MODEL)
        yield Remakes(table.on(DATABASE))
        for kind in (INDEX, CONSTRAINT):
            for _, cell in list(self.world.children(table, kind)):
                for entry in sorted(cell.refers):
                    yield Needs(entry)

    def pointing(self, model: str) -> tuple[str, ...]:
        """The models with a relation to a model, itself left out."""
        if self.is_history:
            return ()
        owners = {owner for owner, _ in self.world.pointing(model)}
        return tuple(sorted(owners - {model}))

    def bases(self, model: str) -> frozenset[str]:
        """The models that a model inherits from, as far as is known."""
        bases = self.world.value(Resource(STATE, model, OPTION, "bases"))
        return bases if isinstance(bases, frozenset) else frozenset()

    def ancestors(self, model: str) -> frozenset[str]:
        """All the models above it."""
        found: set[str] = set()
        stack = [model]
        while stack:
            for base in self.bases(stack.pop()):
                if base not in found:
                    found.add(base)
                    stack.append(base)
        return frozenset(found)

    def family(self, model: str) -> frozenset[str]:
        """The models above it and below it, whose fields must not have the names of its own."""
        if self.is_history:
            return frozenset()
        heirs = (other for other in self.world.models(STATE) if model in self.ancestors(other))
        return self.ancestors(model) | frozenset(heirs)


Footprint: TypeAlias = Callable[[Operation, Context], Iterator[Effect]]


@dataclass(frozen=True, slots=True)
class Example:
    """An operation in an app called ``blog``, and what it does to the state."""

    source: str
    effects: str


_FOOTPRINTS: dict[str, Footprint] = {}
EXAMPLES: dict[str, Example] = {}
MODULES = ("django.db.migrations.", "django.contrib.postgres.operations.")
KIN: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("sortedm2m", "AlterSortedManyToManyField"): "AlterField",
        ("psqlextra", "PostgresCreateModel"): "CreateModel",
        ("psqlextra", "PostgresCreatePartitionedModel"): "CreateModel",
        ("psqlextra", "PostgresDeleteModel"): "DeleteModel",
        ("psqlextra", "PostgresDeletePartitionedModel"): "DeleteModel",
    }
)
"""Operations of packages that are subclasses of Django's: they take its arguments, do to the state
what it does, and to the database nothing to what another operation could name."""


def footprint(*types: str, source: str, effects: str) -> Callable[[Footprint], Footprint]:
    """Register what operations of these classes of Django do.

    Args:
        types: Names of classes.
        source: An example, as in a migration of the app ``blog``.
        effects: What the example does, as ``describe_effect`` says it, one on a line.
    """

    def register(function: Footprint) -> Footprint:
        for name in types:
            _FOOTPRINTS[name] = function
        EXAMPLES[types[0]] = Example(source, effects)
        return function

    return register


def has_footprint(name: str) -> bool:
    """Whether a class of Django's operations is known by its name."""
    return name in _FOOTPRINTS


def effects_of(operation: Operation, context: Context) -> Iterator[Effect]:
    """What an operation does, effect by effect.

    The effects have to be applied to ``context.world`` as they come: later ones may depend on it.
    What can't be seen is a ``Hides``.
    """
    is_djangos = operation.path.startswith(MODULES)
    if not is_djangos and operation.reach is not None and operation.reach.vouched:
        yield from _FOOTPRINTS["RunPython"](operation, context)
        return
    if operation.type == UNREADABLE:
        yield Hides("is made by code that was not run")
        return
    kin = KIN.get((operation.path.partition(".")[0], operation.type))
    found = _FOOTPRINTS.get(operation.type if is_djangos else kin or "")
    if found is None or (kin is not None and operation.argument("0") is not None):
        yield Hides("is not one of Django's operations")
        return
    if operation.argument("**") is not None:
        yield Hides("has arguments that only running it would tell")
        return
    try:
        yield from found(operation, context)
    except UnseenError as error:
        yield Hides(str(error))


def relation(name: str) -> Resource:
    """A name among those that tables and indexes share."""
    return Resource(DATABASE, "", RELATION, name)


def column(model: str, name: str) -> Resource:
    """A column's name in the table of a model."""
    return Resource(DATABASE, model, COLUMN, name)


def option(plane: str, model: str, name: str) -> Resource:
    """An option of a model."""
    return Resource(plane, model, OPTION, name)


def model_resource(plane: str, model: str) -> Resource:
    """A model."""
    return Resource(plane, model, MODEL)


def needs_model(model: str, planes: tuple[str, ...]) -> Iterator[Effect]:
    """The model has to be there, on each of these planes."""
    for plane in planes:
        yield Needs(model_resource(plane, model))


def placed(planes: tuple[str, ...], effect: Creates | Changes) -> Iterator[Effect]:
    """An effect of the state on each of these planes."""
    for plane in planes:
        refers = frozenset(entry.on(plane) for entry in effect.refers)
        yield replace(effect, resource=effect.resource.on(plane), refers=refers)
