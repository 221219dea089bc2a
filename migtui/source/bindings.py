"""What the statements of a file do to its names, in the order in which they run."""

import ast
from dataclasses import dataclass, field, replace
from enum import Enum, auto


class Kind(Enum):
    """What a statement does to a name."""

    VALUE = auto()
    EXTEND = auto()
    APPEND = auto()
    IMPORT = auto()
    CLASS = auto()
    FUNCTION = auto()
    UNKNOWN = auto()


CHANGES = (Kind.EXTEND, Kind.APPEND, Kind.UNKNOWN)
"""What a statement does to a list and leaves what it held."""


@dataclass(frozen=True, slots=True)
class Binding:
    """Something that a statement does to a name.

    Attributes:
        kind: What.
        position: Of the statement among all of the file, in the order in which they run.
        node: The expression or definition.
        path: Dotted path of an import, with leading dots where it is relative.
        conditional: Whether the statement may not run.
    """

    kind: Kind
    position: int
    node: ast.AST | None = None
    path: str = ""
    conditional: bool = False


@dataclass(eq=False, slots=True)
class Scope:
    """The names of a module or of a class body.

    Attributes:
        bindings: What happens to each name, in order.
        parent: The module's scope, for a class.
        stars: Modules that all names are imported from, with the position.
    """

    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    parent: "Scope | None" = None
    stars: list[tuple[int, str]] = field(default_factory=list)


class Collector(ast.NodeVisitor):
    """Walks the statements of a file once.

    Attributes:
        scope: The module's names.
        class_scopes: The names of each class body.
        position: Of the last statement.
    """

    def __init__(self, body: list[ast.stmt]) -> None:
        self.scope = Scope()
        self.class_scopes: dict[ast.ClassDef, Scope] = {}
        self.position = 0
        self._current = self.scope
        self._conditional = False
        self._walk(body)

    def _walk(self, body: list[ast.stmt], *, conditional: bool = False) -> None:
        outer, self._conditional = self._conditional, self._conditional or conditional
        for statement in body:
            self.position += 1
            self.visit(statement)
        self._conditional = outer

    def generic_visit(self, node: ast.AST) -> None:
        """Leave alone what binds no names."""

    def visit_Import(self, node: ast.Import) -> None:
        """``import a.b``, ``import a.b as c``."""
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self._bind(name, Kind.IMPORT, path=alias.name if alias.asname else name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """``from .a import b as c, d``, ``from a import *``."""
        start = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self._current.stars.append((self.position, start))
            else:
                path = start + ("" if start.endswith(".") else ".") + alias.name
                self._bind(alias.asname or alias.name, Kind.IMPORT, path=path)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """A class, and the names of its body."""
        self._bind(node.name, Kind.CLASS, node)
        outer = self._current, self._conditional
        self._current, self._conditional = Scope(parent=self.scope), False
        self.class_scopes[node] = self._current
        self._walk(node.body)
        self._current, self._conditional = outer

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """A function; its body binds names of its own."""
        self._bind(node.name, Kind.FUNCTION, node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """``a = b = …``, ``a, b = …``, ``a.b = …``, ``a[…] = …``."""
        for target in node.targets:
            self._assign(target, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """``a: list = …``."""
        if node.value is not None:
            self._assign(node.target, node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """``a += …``."""
        kind = Kind.EXTEND if isinstance(node.op, ast.Add) else Kind.UNKNOWN
        self._change(node.target, kind, node.value)

    def visit_Delete(self, node: ast.Delete) -> None:
        """``del a``, ``del a[0]``."""
        for target in node.targets:
            self._change(target, Kind.UNKNOWN)

    def visit_Expr(self, node: ast.Expr) -> None:
        """``a.append(…)`` and other methods that change a list."""
        match node.value:
            case ast.Call(func=ast.Attribute(value=target, attr=method), args=[*_, value]) if (
                method in ("append", "insert")
            ):
                self._change(target, Kind.APPEND, value)
            case ast.Call(func=ast.Attribute(value=target, attr="extend"), args=[value]):
                self._change(target, Kind.EXTEND, value)
            case ast.Call(func=ast.Attribute(value=target, attr="remove" | "pop" | "clear")):
                self._change(target, Kind.UNKNOWN)
            case _:
                pass

    def visit_If(self, node: ast.If) -> None:
        """Both branches, unless the condition is a constant."""
        known = self._truth(node.test)
        start = self.position
        if known is not False:
            self._walk(node.body, conditional=known is None)
        if known is not True:
            self._walk(node.orelse, conditional=known is None)
        for name in _assigned(node.body) & _assigned(node.orelse):
            # One of the two is certain to be bound: what was before is gone.
            bindings = self._current.bindings.get(name, [])
            for index, binding in enumerate(bindings):
                if binding.position > start:
                    bindings[index] = replace(binding, conditional=self._conditional)
                    break

    def visit_Try(self, node: ast.Try) -> None:
        """What the body binds is what is meant; a handler only fills in the rest."""
        self._walk([*node.body, *node.orelse])
        outer, self._current = self._current, Scope()
        for handler in node.handlers:
            self._walk(handler.body, conditional=True)
        filled, self._current = self._current, outer
        for name, bindings in filled.bindings.items():
            self._current.bindings.setdefault(name, bindings)
        self._walk(node.finalbody)

    def visit_With(self, node: ast.With) -> None:
        """The body runs."""
        self._walk(node.body)

    def visit_For(self, node: ast.For) -> None:
        """The body may run, for values that are not known."""
        for name in ast.walk(node.target):
            if isinstance(name, ast.Name):
                self._bind(name.id, Kind.UNKNOWN, name)
        self._walk([*node.body, *node.orelse], conditional=True)

    def visit_While(self, node: ast.While) -> None:
        """The body may run."""
        self._walk([*node.body, *node.orelse], conditional=True)

    def visit_Match(self, node: ast.Match) -> None:
        """One of the cases may run."""
        for case in node.cases:
            self._walk(case.body, conditional=True)

    def _truth(self, test: ast.expr) -> bool | None:
        """What a condition is known to be; None where only running the file would tell."""
        match test:
            case ast.Constant(value=constant):
                return bool(constant)
            case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
                return False
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                known = self._truth(operand)
                return None if known is None else not known
            case ast.Name(id=name):
                match self._current.bindings.get(name) or self.scope.bindings.get(name):
                    case [Binding(Kind.VALUE, node=ast.Constant(value=constant)) as only] if (
                        not only.conditional
                    ):
                        return bool(constant)
                    case _:
                        pass
            case _:
                pass
        return None

    def _bind(self, name: str, kind: Kind, node: ast.AST | None = None, path: str = "") -> None:
        binding = Binding(kind, self.position, node, path, self._conditional)
        self._current.bindings.setdefault(name, []).append(binding)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        match target, value:
            case (
                (ast.Tuple(elts=names) | ast.List(elts=names)),
                (ast.Tuple(elts=values) | ast.List(elts=values)),
            ) if len(names) == len(values):
                for name, part in zip(names, values, strict=True):
                    self._assign(name, part)
            case ((ast.Tuple(elts=names) | ast.List(elts=names)), _):
                for name in names:
                    self._change(name, Kind.UNKNOWN)
            case _:
                self._change(target, Kind.VALUE, value)

    def _change(self, target: ast.expr, kind: Kind, node: ast.expr | None = None) -> None:
        match target:
            case ast.Name(id=name):
                self._bind(name, kind, node or target)
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                match self.scope.bindings.get(owner):
                    case [*_, Binding(Kind.CLASS, node=ast.ClassDef() as found)]:
                        outer, self._current = self._current, self.class_scopes[found]
                        self._bind(name, kind, node or target)
                        self._current = outer
                    case _:
                        pass
            case ast.Subscript(value=value) | ast.Starred(value=value):
                self._change(value, Kind.UNKNOWN)
            case _:
                pass


def _assigned(body: list[ast.stmt]) -> frozenset[str]:
    """The names that these statements bind whatever happens."""
    found: set[str] = set()
    for statement in body:
        match statement:
            case ast.Assign(targets=targets):
                found.update(target.id for target in targets if isinstance(target, ast.Name))
            case ast.If(body=first, orelse=second):
                found |= _assigned(first) & _assigned(second)
            case _:
                pass
    return frozenset(found)
