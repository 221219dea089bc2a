"""Lists of a file, and the entries of each: as many lists as a name or an expression may be."""

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from migtui.core.expressions import Collection, Constant, Expression
from migtui.source.bindings import CHANGES, Binding, Kind

if TYPE_CHECKING:
    from migtui.source.names import Module, Place

MAX_ALTERNATIVES = 16
"""Lists that may be one of more than this many are read as their union."""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a list.

    Attributes:
        node: The expression.
        place: Where its names are looked up.
        is_spread: Whether it stands for any number of entries that are not known.
    """

    node: ast.expr
    place: "Place"
    is_spread: bool = False

    def evaluate(self) -> Expression:
        """What the entry is, as far as that is known."""
        return self.place.evaluate(self.node)

    @property
    def source(self) -> str:
        """The text of the entry, as it stands in the file."""
        return self.place.module.source(self.node)


Items: TypeAlias = tuple[Item, ...]


def lists_of(place: "Place", name: str) -> list[Items]:
    """The entries of the list that a name is bound to: each list that it may be.

    More than one where the name is bound under a condition; none where it is not bound.
    """
    home = place.home(name)
    bindings = place.bindings(name)
    if not place.module.enter(home, name):
        return []
    try:
        if not bindings:
            return _starred_lists(place, name)
        return bound_lists(place, bindings, name)
    finally:
        place.module.leave(home, name)


def _starred_lists(place: "Place", name: str) -> list[Items]:
    for module in place.starred():
        found = lists_of(module.end, name)
        if found:
            return found
    return []


def bound_lists(place: "Place", bindings: list[Binding], name: str) -> list[Items]:
    """The entries of each list that these bindings of a name may make."""
    home = place.home(name)
    found: list[Items] = []
    for binding in bindings:
        place = place.at(home, binding.position)
        if binding.kind in (Kind.EXTEND, Kind.APPEND) and not found:
            found = _starred_lists(place, name) or [()]
        added = _entries(place, binding)
        if binding.kind in CHANGES:
            added = [(*old, *new) for old in found or [()] for new in added]
        found = _capped([*found, *added] if binding.conditional else added)
    return found


def _entries(place: "Place", binding: Binding) -> list[Items]:
    """The entries that one statement gives to a list."""
    match binding:
        case Binding(Kind.VALUE | Kind.EXTEND, node=ast.expr() as node):
            return items_of(place, node)
        case Binding(Kind.APPEND, node=ast.expr() as node):
            return [(Item(node, place),)]
        case Binding(Kind.IMPORT, path=path):
            module, name = place.imported(path)
            if module is not None:
                return lists_of(module.end, name)
        case Binding(Kind.UNKNOWN, node=ast.expr() as node):
            return [(Item(node, place, is_spread=True),)]
        case _:
            pass
    return []


def items_of(place: "Place", node: ast.expr) -> list[Items]:
    """The entries of the list that an expression is: each list that it may be."""
    match node:
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            found = _displayed(place, elements)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            ends = items_of(place, right)
            found = [(*start, *end) for start in items_of(place, left) for end in ends]
        case ast.IfExp():
            found = _either(place, node)
        case ast.Call(func=ast.Name(id="list" | "tuple"), args=arguments):
            found = items_of(place, arguments[0]) if arguments else [()]
        case ast.Name(id=name):
            found = lists_of(place, name)
        case ast.Attribute(value=owner, attr=name):
            cls = place.class_of(owner)
            found = attribute_of(place.module, cls, name) if cls is not None else []
        case _:
            found = []
    return _capped(found) or [(Item(node, place, is_spread=True),)]


def _displayed(place: "Place", elements: list[ast.expr]) -> list[Items]:
    found: list[Items] = [()]
    plain: list[Item] = []
    for element in elements:
        if isinstance(element, ast.Starred):
            spread = items_of(place, element.value)
            found = _capped([(*old, *plain, *new) for old in found for new in spread])
            plain.clear()
        else:
            plain.append(Item(element, place))
    return [(*old, *plain) for old in found]


def _either(place: "Place", node: ast.IfExp) -> list[Items]:
    truth = place.evaluate(node.test)
    found: list[Items] = []
    if not isinstance(truth, Constant) or truth.value:
        found += items_of(place, node.body)
    if not isinstance(truth, Constant) or not truth.value:
        found += items_of(place, node.orelse)
    return found


def attribute_of(module: "Module", node: ast.ClassDef, name: str) -> list[Items]:
    """The entries of a list that is an attribute of a class, or of its bases in this file."""
    found: list[Items] = []
    for cls in module.lineage(node):
        bindings = module.class_scopes[cls].bindings.get(name)
        if bindings:
            found += lists_of(module.inside(cls), name)
            if not bindings[0].conditional:
                return found
    return [*found, ()] if found else []


def _capped(found: list[Items]) -> list[Items]:
    if len(found) <= MAX_ALTERNATIVES:
        return found
    return [tuple(dict.fromkeys(item for items in found for item in items)), ()]


def known_list(found: list[Items]) -> Expression | None:
    """A list whose entries are all known; None where it may be several, or has unknown ones."""
    if len(found) != 1 or any(item.is_spread for item in found[0]):
        return None
    return Collection("list", tuple(item.evaluate() for item in found[0]))
