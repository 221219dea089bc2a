"""What an expression of a file is, as far as that is known without running it."""

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from migtui.core.expressions import (
    Call,
    Collection,
    Constant,
    Dictionary,
    Expression,
    Reference,
    Unreadable,
    as_string,
)
from migtui.source.constants import arithmetic, formatted, method, negated, short

if TYPE_CHECKING:
    from migtui.source.names import Place

OPERATORS = {
    ast.Add: "add",
    ast.BitAnd: "and_",
    ast.BitOr: "or_",
    ast.BitXor: "xor",
    ast.Div: "truediv",
    ast.Mod: "mod",
    ast.Mult: "mul",
    ast.Pow: "pow",
    ast.Sub: "sub",
}
"""Names that :mod:`operator` has for what ``Q`` and ``F`` are combined with."""


class Evaluation(ast.NodeVisitor):
    """Evaluates expressions at one place of a file."""

    def __init__(self, place: "Place") -> None:
        self.place = place

    def visit(self, node: ast.AST) -> Expression:
        """What an expression is."""
        found: Expression = super().visit(node)
        return found

    def generic_visit(self, node: ast.AST) -> Expression:
        """What is not known: its text."""
        return Unreadable(self.place.module.source(node))

    def visit_Constant(self, node: ast.Constant) -> Expression:
        """A literal."""
        return self.generic_visit(node) if node.value is ... else Constant(node.value)

    def visit_Name(self, node: ast.Name) -> Expression:
        """What the name stands for."""
        found = self.place.value_of(node.id)
        return self.generic_visit(node) if found is None else found

    def visit_Attribute(self, node: ast.Attribute) -> Expression:
        """A dotted name."""
        owner = self.visit(node.value)
        if isinstance(owner, Reference):
            return Reference(f"{owner.path}.{node.attr}")
        return self.generic_visit(node)

    def visit_List(self, node: ast.List) -> Expression:
        """A list display."""
        return Collection("list", tuple(self._elements(node.elts)))

    def visit_Tuple(self, node: ast.Tuple) -> Expression:
        """A tuple display."""
        return Collection("tuple", tuple(self._elements(node.elts)))

    def visit_Set(self, node: ast.Set) -> Expression:
        """A set display."""
        return Collection("set", tuple(self._elements(node.elts)))

    def visit_Dict(self, node: ast.Dict) -> Expression:
        """A dict display."""
        items: list[tuple[Expression, Expression]] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                items.append((self.visit(key), self.visit(value)))
                continue
            spread = self.visit(value)
            unknown = Unreadable(f"**{self.place.module.source(value)}")
            items += spread.items if isinstance(spread, Dictionary) else ((unknown, unknown),)
        return Dictionary(tuple(items))

    def visit_Call(self, node: ast.Call) -> Expression:
        """A call, or what it gives where that is known."""
        arguments = tuple(self._elements(node.args))
        keywords = tuple(self._keywords(node.keywords))
        if isinstance(node.func, ast.Attribute):
            owner = self.visit(node.func.value)
            known = _result(owner, node.func.attr, arguments, keywords)
            if known is not None:
                return known
        function = self.visit(node.func)
        if not isinstance(function, Reference):
            return self.generic_visit(node)
        match function.path, arguments:
            case ("list" | "tuple" | "set") as kind, (Collection(items=items),):
                return Collection(kind, items)
            case ("list" | "tuple" | "set") as kind, ():
                return Collection(kind, ())
            case "dict", ():
                return Dictionary(tuple((Constant(name), value) for name, value in keywords))
            case path, _:
                return Call(path, arguments, keywords)

    def visit_BinOp(self, node: ast.BinOp) -> Expression:
        """The result, or a call of :mod:`operator` where it is no constant's."""
        match node.op, self.visit(node.left), self.visit(node.right):
            case ast.Add(), Collection(kind, first), Collection(items=second):
                return Collection(kind, first + second)
            case ast.Mod(), Constant(value=str() as text), Constant() | Collection() as values:
                return formatted(text, values) or self.generic_visit(node)
            case operator, Constant() as left, Constant() as right:
                return arithmetic(operator, left, right) or self.generic_visit(node)
            case operator, left, right if type(operator) in OPERATORS:
                return Call(f"operator.{OPERATORS[type(operator)]}", (left, right))
            case _:
                return self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Expression:
        """A sign or a negation."""
        match node.op, self.visit(node.operand):
            case operator, Constant() as value:
                return negated(operator, value) or self.generic_visit(node)
            case ast.Invert(), value:
                return Call("operator.invert", (value,))
            case _:
                return self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Expression:
        """An f-string of constants."""
        parts: list[str] = []
        for value in node.values:
            match value:
                case ast.FormattedValue(value=inner, conversion=-1, format_spec=None):
                    known = self.visit(inner)
                case _:
                    known = self.visit(value)
            if not isinstance(known, Constant):
                return self.generic_visit(node)
            parts.append(str(known.value))
        return short("".join(parts)) or self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> Expression:
        """An entry of a known list or dict."""
        match self.visit(node.value), self.visit(node.slice):
            case Collection("list" | "tuple", items), Constant(value=int() as index):
                if -len(items) <= index < len(items):
                    return items[index]
            case Dictionary(items=pairs), Constant() as wanted:
                for key, value in reversed(pairs):
                    if key == wanted:
                        return value
            case _:
                pass
        return self.generic_visit(node)

    def _elements(self, nodes: Sequence[ast.expr]) -> Iterator[Expression]:
        """The entries of a display or call, spreads of known lists spread."""
        for node in nodes:
            value = self.visit(node.value if isinstance(node, ast.Starred) else node)
            if not isinstance(node, ast.Starred):
                yield value
            elif isinstance(value, Collection):
                yield from value.items
            else:
                yield self.generic_visit(node)

    def _keywords(self, nodes: Sequence[ast.keyword]) -> Iterator[tuple[str, Expression]]:
        """The keyword arguments of a call; a spread of something unknown is called ``**``."""
        for node in nodes:
            value = self.visit(node.value)
            if node.arg is not None:
                yield node.arg, value
            elif isinstance(value, Dictionary) and all(as_string(key) for key, _ in value.items):
                yield from ((as_string(key) or "", item) for key, item in value.items)
            else:
                yield "**", self.generic_visit(node.value)


def _result(
    owner: Expression,
    name: str,
    arguments: Sequence[Expression],
    keywords: tuple[tuple[str, Expression], ...],
) -> Expression | None:
    """What a method gives, None where that is not known."""
    if isinstance(owner, Call) and name in ("asc", "desc"):
        descending = ("descending", Constant(name == "desc"))
        return Call("django.db.models.OrderBy", (owner,), (descending, *keywords))
    return method(owner, name, arguments, keywords)
