"""The names of one file, and what each stands for."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from migtui.core.expressions import Expression, Reference, Unreadable
from migtui.source.bindings import CHANGES, Binding, Collector, Kind, Scope
from migtui.source.evaluate import Evaluation
from migtui.source.lists import Item, bound_lists, known_list
from migtui.source.segments import segment

MAX_STEPS = 20
"""Names that stand for names are followed so far."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which file names are looked up."""

    module: "Module"
    scope: Scope
    position: int

    def at(self, scope: Scope, position: int) -> "Place":
        """Another place of the same file."""
        return Place(self.module, scope, position)

    def evaluate(self, node: ast.expr) -> Expression:
        """What an expression is here; what can't be known is ``Unreadable`` with its source."""
        return Evaluation(self).visit(node)

    def dotted(self, node: ast.expr) -> str | None:
        """The dotted path that a name or attribute stands for, None for anything else."""
        value = self.evaluate(node)
        return value.path if isinstance(value, Reference) else None

    def bindings(self, name: str) -> list[Binding]:
        """What happened to a name so far, from its last certain value on."""
        before: list[Binding] = []
        for binding in self.home(name).bindings.get(name, ()):
            if binding.position >= self.position:
                break
            if not binding.conditional and binding.kind not in CHANGES:
                before.clear()
            before.append(binding)
        return before

    def home(self, name: str) -> Scope:
        """The scope that has the name here: this one, or the module's."""
        found = self.scope.bindings.get(name)
        if (not found or found[0].position >= self.position) and self.scope.parent is not None:
            return self.scope.parent
        return self.scope

    def class_of(self, node: ast.expr) -> ast.ClassDef | None:
        """The class of this file that an expression stands for."""
        place = self
        for _ in range(MAX_STEPS):
            if not isinstance(node, ast.Name):
                break
            match place.bindings(node.id):
                case [Binding(Kind.CLASS, node=ast.ClassDef() as found)]:
                    return found
                case [Binding(Kind.VALUE, node=ast.expr() as other, position=position)]:
                    place = self.at(place.home(node.id), position)
                    node = other
                case _:
                    break
        return None

    def follow(self, node: ast.expr) -> Item:
        """The expression that a name, assigned once, stands for; else itself."""
        item = Item(node, self)
        for _ in range(MAX_STEPS):
            if not isinstance(item.node, ast.Name):
                break
            name = item.node.id
            match item.place.bindings(name):
                case [Binding(Kind.VALUE, node=ast.expr() as value, position=position)]:
                    home = item.place.home(name)
                    item = Item(value, self.at(home, position))
                case _:
                    break
        return item

    def value_of(self, name: str) -> Expression | None:
        """What a name stands for; None where that is not one known thing."""
        home = self.home(name)
        if not self.module.enter(home, name):
            return None
        try:
            return self._value_of(name, home)
        finally:
            self.module.leave(home, name)

    def _value_of(self, name: str, home: Scope) -> Expression | None:
        match self.bindings(name):
            case []:
                return self._starred_value(name) or Reference(name)
            case [Binding(Kind.VALUE, node=ast.expr() as node, position=position)]:
                return self.at(home, position).evaluate(node)
            case [Binding(Kind.IMPORT, path=path)]:
                return self._imported_value(path)
            case [Binding(Kind.CLASS | Kind.FUNCTION)]:
                return Reference(name)
            case [Binding(Kind.VALUE), *_] as bindings:
                return known_list(bound_lists(self, bindings, name))
            case _:
                return None

    def _starred_value(self, name: str) -> Expression | None:
        for module in self.starred():
            if name in module.names:
                return module.end.value_of(name)
        return None

    def starred(self) -> list["Module"]:
        """The modules that all names are imported from, the last one first."""
        stars = self.module.scope.stars
        before = [path for position, path in reversed(stars) if position < self.position]
        found = (self.module.load(path) for path in before)
        return [module for module in found if module is not None]

    def _imported_value(self, path: str) -> Expression:
        module, name = self.imported(path)
        if module is not None:
            found = module.end.value_of(name)
            if found is not None and not isinstance(found, Unreadable):
                return found
        return Reference(path)

    def imported(self, path: str) -> tuple["Module | None", str]:
        """The module that ``path`` is a name of, and the name."""
        parent, _, name = path.rpartition(".")
        if not parent.strip("."):
            parent += "." * path.startswith(".")
        module = self.module.load(parent) if parent else None
        return (module if module and name in module.scope.bindings else None), name


Loader: TypeAlias = Callable[[str], "Module | None"]


class Module:
    r"""One file.

    Args:
        body: Its statements.
        text: Its text; line endings are ``\n``.
        load: Gives the module of a dotted path as written, with leading dots where it is
            relative, or None; without it imports are not followed.

    Attributes:
        scope: The module's names.
        class_scopes: The names of each class body.
        end: Where all statements have run.
    """

    def __init__(self, body: list[ast.stmt], text: str, load: Loader | None = None) -> None:
        collected = Collector(body)
        self.scope = collected.scope
        self.class_scopes = collected.class_scopes
        self.end = Place(self, self.scope, collected.position + 1)
        self.body = body
        self._text = text
        self._load = load
        self._looking_up: set[tuple[Scope, str]] = set()
        self._lineages: dict[ast.ClassDef, tuple[ast.ClassDef, ...]] = {}

    def load(self, path: str) -> "Module | None":
        """Another module, by the path as an import of this file has it."""
        return self._load(path) if self._load is not None else None

    def enter(self, scope: Scope, name: str) -> bool:
        """Begin to look a name up; False where that is what is going on already."""
        key = (scope, name)
        if key in self._looking_up:
            return False
        self._looking_up.add(key)
        return True

    def leave(self, scope: Scope, name: str) -> None:
        """The name has been looked up."""
        self._looking_up.discard((scope, name))

    @cached_property
    def _with_starred(self) -> list["Module"]:
        """This module and those that it has all names of, directly or through others."""
        modules: list[Module] = [self]
        for module in modules:  # which grows as they are found
            modules += [other for other in module.end.starred() if other not in modules]
        return modules

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the module, also those that come from modules by ``import *``."""
        return frozenset().union(*(module.scope.bindings for module in self._with_starred))

    @property
    def is_complete(self) -> bool:
        """Whether every ``import *`` could be followed."""
        return all(
            len(module.end.starred()) == len(module.scope.stars) for module in self._with_starred
        )

    def inside(self, node: ast.ClassDef) -> Place:
        """The end of a class body, and what the file does to the class afterwards."""
        return Place(self, self.class_scopes[node], self.end.position)

    def lineage(self, node: ast.ClassDef) -> tuple[ast.ClassDef, ...]:
        """A class and its bases in this file, nearest first."""
        if node not in self._lineages:
            found: dict[ast.ClassDef, None] = {}
            stack = [node]
            while stack:
                cls = stack.pop()
                if cls not in found:
                    found[cls] = None
                    bases = map(self.end.class_of, reversed(cls.bases))
                    stack += [base for base in bases if base is not None]
            self._lineages[node] = tuple(found)
        return self._lineages[node]

    @cached_property
    def lines(self) -> list[str]:
        """The file's lines."""
        return self._text.split("\n")

    def source(self, node: ast.AST) -> str:
        """The text of a node as it stands in the file."""
        if not isinstance(node, ast.expr | ast.stmt):
            return ""
        return segment(self.lines, node)
