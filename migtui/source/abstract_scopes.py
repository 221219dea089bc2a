"""What the names of a file, and of the files that it imports from, stand for."""

import ast
import sys
from abc import abstractmethod
from collections.abc import Sequence

from migtui.core.reach import Access, Unread, Use
from migtui.source.abstract import (
    MOST,
    NOTHING,
    PLAIN,
    Code,
    Named,
    Rows,
    Value,
    carries_rows,
    flattened,
    inner,
    is_wide,
)
from migtui.source.calls import CallReader
from migtui.source.helpers import HelperModule, Imports
from migtui.source.queries import SAFE


class IntricateError(Exception):
    """The code is too intricate to follow."""


class Scopes(CallReader):
    """The names of one file and of its functions.

    Args:
        body: The file's statements.
        imports: Where functions of other files are found; they are not followed without it.

    Attributes:
        uses: What was touched.
        statements: SQL that was executed.
        unread: What could not be followed.
        is_ordered: Whether the order in which rows are met may matter.
    """

    def __init__(self, body: Sequence[ast.stmt], imports: Imports | None = None) -> None:
        super().__init__()
        self.imports = imports
        self.homes: dict[int, HelperModule] = {0: imports.home} if imports else {}
        self.modules: dict[str, int] = {}
        self.places: list[str] = []
        self.scopes: list[tuple[int, dict[str, Value]]] = [(-1, {})]
        self.numbers: dict[tuple[ast.AST, int], int] = {}
        self.returned: dict[ast.AST, Value] = {}
        self.attributes: dict[str, Value] = {}
        self.running: set[ast.AST] = set()
        self.flat: set[tuple[int, str]] = set()
        self.loops = 0
        self.is_ordered = False
        self.is_final = False
        self.has_changed = True
        self.steps = 0
        self.body = body

    @abstractmethod
    def evaluate(self, node: ast.expr | None, scope: int) -> Value:
        """What an expression may stand for."""

    @abstractmethod
    def give(self, value: Value, scope: int) -> None:
        """A function gives a value back."""

    def bind(self, name: str, value: Value, scope: int) -> None:
        """A name may also stand for this."""
        names = self.scopes[scope][1]
        known = names.setdefault(name, NOTHING)
        if value <= known:
            return
        if (scope, name) in self.flat or is_wide(known | value):
            self.flat.add((scope, name))
            value = flattened(value)
        both = known | value
        if len(both) > MOST:
            raise IntricateError
        if both != known:
            self.has_changed = True
            names[name] = both

    def lookup(self, name: str, scope: int) -> Value:
        """What a name may stand for."""
        while scope >= 0:
            parent, names = self.scopes[scope]
            if name in names:
                return names[name]
            scope = parent
        return frozenset({Named(name)})

    def home(self, name: str, scope: int) -> int:
        """The scope in which a name is bound."""
        start = scope
        while scope >= 0:
            if name in self.scopes[scope][1]:
                return scope
            scope = self.scopes[scope][0]
        return start

    def mutate(self, owner: Value) -> None:
        """A value is changed in place: that of a field may be saved with its row."""
        for atom in owner:
            if isinstance(atom, Rows) and atom.path and not (atom.many or atom.fresh):
                self.use(atom.label, atom.path, Access.WRITE)

    def fill(self, container: ast.expr, value: Value, scope: int) -> None:
        """Something is put into what a name holds."""
        while isinstance(container, ast.Subscript | ast.Attribute | ast.Call):
            self.evaluate(container, scope)
            if isinstance(container, ast.Attribute):
                self._remember(container.attr, value)
            container = container.func if isinstance(container, ast.Call) else container.value
        if isinstance(container, ast.Name):
            self.bind(container.id, value, self.home(container.id, scope))

    def _remember(self, name: str, value: Value) -> None:
        known = self.attributes.get(name, NOTHING)
        if not value <= known:
            self.has_changed = True
        self.attributes[name] = known | value

    def store(self, owner: Value, name: str, value: Value) -> None:
        """An attribute is set."""
        for atom in inner(owner):
            if isinstance(atom, Rows):
                if name in ("pk", "id"):
                    self.use(atom.label, atom.path, Access.CREATE)
                if not name.startswith("_"):
                    access = Access.READ if atom.fresh else Access.WRITE
                    self.use(atom.label, (*atom.path, name), access)
        if carries_rows(value):
            self._remember(name, value)

    def _import(self, node: ast.Import | ast.ImportFrom, scope: int) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                path = alias.name if alias.asname else alias.name.partition(".")[0]
                self.bind(alias.asname or path, frozenset({Named(path)}), scope)
            return
        module = "." * node.level + (f"{node.module}." if node.module else "")
        home = self.homes.get(self._root(scope))
        for alias in node.names:
            if alias.name != "*":
                path = f"{module}{alias.name}"
                path = home.absolute(path) if home else path
                self.bind(alias.asname or alias.name, frozenset({Named(path)}), scope)

    def _root(self, scope: int) -> int:
        """The scope of the file that a scope is in."""
        while self.scopes[scope][0] >= 0:
            scope = self.scopes[scope][0]
        return scope

    def imported(self, path: str) -> Value:
        """What a file of the project holds under a dotted path."""
        dotted, _, name = path.rpartition(".")
        module = self.imports.module(dotted) if self.imports else None
        if module is None:
            return NOTHING
        if dotted not in self.modules:
            self.modules[dotted] = len(self.scopes)
            self.homes[len(self.scopes)] = module
            self.scopes.append((-1, {}))
            self._declare(module.body, self.modules[dotted])
        return self.scopes[self.modules[dotted]][1].get(name, NOTHING)

    def _declare(self, body: Sequence[ast.stmt], scope: int) -> None:
        """The names of another file, which was imported before the migration runs."""
        dotted = self.homes[scope].dotted
        for node in body:
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    self.bind(name, frozenset({Code(node, scope)}), scope)
                case ast.ClassDef(name=name):
                    self.bind(name, frozenset({Named(f"{dotted}.{name}")}), scope)
                case ast.Import() | ast.ImportFrom():
                    self._import(node, scope)
                case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                    self._constant(node, scope)
                case ast.If() | ast.Try() | ast.With():
                    handlers = getattr(node, "handlers", [])
                    for inside in (
                        node.body,
                        getattr(node, "orelse", []),
                        *(handler.body for handler in handlers),
                    ):
                        self._declare(inside, scope)
                case _:
                    pass

    def _constant(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, scope: int) -> None:
        """A name of another file: a literal, or something that is not looked into."""
        value = self.evaluate(node.value, scope) if _is_literal(node.value) else NOTHING
        if isinstance(node.value, ast.Call):
            maker = self.evaluate(node.value.func, scope)
            if maker and all(isinstance(atom, Named) and _is_pythons(atom.path) for atom in maker):
                value = PLAIN  # a logger, a compiled pattern
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    path = f"{self.homes[scope].dotted}.{name.id}"
                    known = value if name is target else NOTHING
                    self.bind(name.id, known or frozenset({Named(path)}), scope)

    def use(self, label: str, path: tuple[str, ...], access: Access) -> None:
        """Note that something is touched."""
        if self.is_final:
            self.uses.add(Use(label, path, access))

    def hide(self, why: str, node: ast.AST | None) -> None:
        """Note that something can't be followed."""
        if self.is_final:
            place = self.places[-1] if self.places else ""
            line = getattr(node, "lineno", 0)
            self.unread.add(Unread(f"{why}, in {place}:{line}") if place else Unread(why, line))

    def is_safe(self, path: str) -> bool:
        """Whether what stands under a dotted path touches no rows of its own accord."""
        first = path.partition(".")[0]
        if first in sys.stdlib_module_names:
            return True
        return any(path == safe or path.startswith(f"{safe}.") for safe in SAFE)


def _is_pythons(path: str) -> bool:
    """Whether what a function of Python's library makes is plain."""
    first = path.partition(".")[0]
    return first in sys.stdlib_module_names and first != "functools"


def _is_literal(node: ast.expr | None) -> bool:
    """Whether an expression is made of constants and names alone."""
    kept = (ast.Constant, ast.Name, ast.Attribute, ast.Tuple, ast.List, ast.Set, ast.Dict,
            ast.expr_context)  # fmt: skip
    return node is not None and all(isinstance(inside, kept) for inside in ast.walk(node))
