"""What expressions of a data migration may stand for."""

import ast
from collections.abc import Sequence

from migtui.core.reach import Access
from migtui.source.abstract import (
    NOTHING,
    PLAIN,
    Code,
    Keys,
    Known,
    Lookup,
    Model,
    Named,
    Pairs,
    Plain,
    Rows,
    Several,
    Value,
    elements,
)
from migtui.source.abstract_scopes import IntricateError, Scopes
from migtui.source.recover import Broken

STEPS = 40_000
"""How many expressions are looked at, at most."""
MOST_TEXTS = 40
"""So many texts are put together of parts that may be several."""
MOST_ENTRIES = 40
"""So many entries of a dict are kept apart."""


class Evaluator(Scopes):
    """Evaluates expressions to all that they may be."""

    def evaluate(self, node: ast.expr | None, scope: int) -> Value:
        """What an expression may stand for."""
        self.steps += 1
        if self.steps > STEPS:
            raise IntricateError
        match node:
            case None:
                return NOTHING
            case Broken():
                self.hide("holds code that this Python can't parse", node)
                return NOTHING
            case ast.Constant(value=value) if isinstance(value, str | int | float | None):
                return frozenset({Known(value)})
            case ast.Name(id=name):
                return self.lookup(name, scope)
            case ast.Attribute(value=owner, attr=name):
                return self.attribute(self.evaluate(owner, scope), name)
            case ast.Call():
                return self._call(node, scope)
            case ast.Lambda():
                return frozenset({Code(node, scope)})
            case ast.Tuple(elts=entries) | ast.List(elts=entries) | ast.Set(elts=entries):
                return self._display(entries, scope)
            case ast.Dict(keys=keys, values=values):
                return self._dictionary(keys, values, scope)
            case ast.Subscript(value=owner, slice=index):
                return self._subscript(self.evaluate(owner, scope), index, scope)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                self._generators(node.generators, scope)
                return self.evaluate(node.elt, scope) | PLAIN
            case ast.DictComp():
                self._generators(node.generators, scope)
                return self.evaluate(node.key, scope) | self.evaluate(node.value, scope) | PLAIN
            case ast.IfExp(test=test, body=body, orelse=other):
                self.evaluate(test, scope)
                return self.evaluate(body, scope) | self.evaluate(other, scope)
            case ast.BoolOp(values=values):
                return frozenset().union(*(self.evaluate(value, scope) for value in values))
            case ast.NamedExpr(target=target, value=value):
                found = self.evaluate(value, scope)
                self.assign(target, found, scope)
                return found
            case ast.Starred(value=value) | ast.Await(value=value) | ast.YieldFrom(value=value):
                return self.evaluate(value, scope)
            case ast.Yield(value=value):
                found = self.evaluate(value, scope)
                self.give(found, scope)
                return PLAIN
            case ast.UnaryOp(operand=operand):
                return self._kept(self.evaluate(operand, scope))
            case ast.Compare(left=left, comparators=others):
                return self._kept(
                    frozenset().union(*(self.evaluate(part, scope) for part in (left, *others)))
                )
            case ast.JoinedStr(values=parts):
                return self._formatted(parts, scope)
            case ast.BinOp(left=left, right=right):
                return self._binary(node, self.evaluate(left, scope), self.evaluate(right, scope))
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self.evaluate(child, scope)
                return PLAIN

    def _binary(self, node: ast.BinOp, left: Value, right: Value) -> Value:
        if isinstance(node.op, ast.Add):
            return _joined([left, right]) or self._kept(left | right)
        return self._kept(left | right)

    def _formatted(self, parts: Sequence[ast.expr], scope: int) -> Value:
        """An f-string."""
        values: list[Value] = []
        is_plain = True
        for part in parts:
            if isinstance(part, ast.FormattedValue):
                values.append(self.evaluate(part.value, scope))
                is_plain &= part.conversion < 0 and part.format_spec is None
            else:
                values.append(self.evaluate(part, scope))
        return (_joined(values) if is_plain else NOTHING) or PLAIN

    def _kept(self, value: Value) -> Value:
        """What may go through an operator: querysets, lists, conditions."""
        kept = (Rows, Lookup, Several, Model)
        return frozenset(atom for atom in value if isinstance(atom, kept)) | PLAIN

    def _display(self, entries: Sequence[ast.expr], scope: int) -> Value:
        values = [self.evaluate(entry, scope) for entry in entries]
        if any(isinstance(entry, ast.Starred) for entry in entries):
            return frozenset().union(*map(elements, values)) | PLAIN
        return frozenset({Several(tuple(values))})

    def _dictionary(
        self, keys: Sequence[ast.expr | None], values: Sequence[ast.expr], scope: int
    ) -> Value:
        names: set[str] = set()
        found: set[object] = set()
        entries: list[tuple[Value, Value]] = []
        for key, value in zip(keys, values, strict=True):
            known = self.evaluate(key, scope)
            texts = [atom.value for atom in known
                     if isinstance(atom, Known) and isinstance(atom.value, str)]  # fmt: skip
            entry = self.evaluate(value, scope)
            entries.append((known, entry))
            if key is None:
                names |= {name for atom in entry if isinstance(atom, Keys) for name in atom.names}
                found |= entry
            else:
                found |= known - {atom for atom in known if isinstance(atom, Known)}
                found |= {atom for atom in entry if not isinstance(atom, Known | Plain)}
                names.update(texts)
                if not known or len(texts) < len(known):
                    found.add(Plain())
        if entries and None not in keys and len(entries) <= MOST_ENTRIES:
            found = {Pairs(tuple(entries)), *(found & PLAIN)}
        return frozenset(found) | {Keys(frozenset(names))}  # type: ignore[return-value]

    def _subscript(self, owner: Value, index: ast.expr, scope: int) -> Value:
        known = self.evaluate(index, scope)
        is_slice = isinstance(index, ast.Slice)
        found: set[object] = set()
        pairs = [atom for atom in owner if isinstance(atom, Pairs)]
        if pairs:
            found |= frozenset().union(*(atom.get(known) for atom in pairs))
            owner = frozenset(atom for atom in owner if not isinstance(atom, Keys | Pairs))
        for atom in owner:
            match atom:
                case Several(entries):
                    number = next((key.value for key in known if isinstance(key, Known)), None)
                    if (
                        isinstance(number, int)
                        and len(known) == 1
                        and -len(entries) <= number < len(entries)
                    ):
                        found |= entries[number]
                    else:
                        found |= elements(frozenset({atom}))
                case Rows(many=True):
                    self.use(atom.label, atom.path, Access.ROWS)
                    self.is_ordered = True
                    found |= {atom} if is_slice else elements(frozenset({atom}))
                case Known() | Keys() | Named():
                    found.add(Plain())
                case _:
                    found.add(atom)
        return frozenset(found)  # type: ignore[arg-type]

    def _generators(self, generators: Sequence[ast.comprehension], scope: int) -> None:
        for generator in generators:
            self.assign(generator.target, elements(self.evaluate(generator.iter, scope)), scope)
            for test in generator.ifs:
                self.evaluate(test, scope)

    def _call(self, node: ast.Call, scope: int) -> Value:
        arguments: list[Value] = []
        for argument in node.args:
            value = self.evaluate(argument, scope)
            if not isinstance(argument, ast.Starred):
                arguments.append(value)
                continue
            several = [atom for atom in value if isinstance(atom, Several)]
            if len(several) == 1 == len(value):
                arguments += several[0].entries
            else:
                arguments.append(elements(value))
        keywords = [
            (entry.arg or "**", self.evaluate(entry.value, scope)) for entry in node.keywords
        ]
        if isinstance(node.func, ast.Attribute):
            owner = self.evaluate(node.func.value, scope)
            filled = frozenset().union(*arguments, *(value for _, value in keywords))
            self.fills(node.func, owner, filled, scope)
            return self.method(owner, node.func.attr, arguments, keywords, node)
        return self.call(self.evaluate(node.func, scope), arguments, keywords, node)

    def assign(self, target: ast.expr, value: Value, scope: int) -> None:
        """A target gets a value."""
        match target:
            case ast.Name(id=name):
                self.bind(name, value, scope)
            case ast.Starred(value=inside):
                self.assign(inside, elements(value) | PLAIN, scope)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                for index, entry in enumerate(targets):
                    self.assign(entry, _unpacked(value, index, len(targets)), scope)
            case ast.Attribute(value=owner, attr=name):
                self.store(self.evaluate(owner, scope), name, value)
            case ast.Subscript(value=owner, slice=index):
                self.mutate(self.evaluate(owner, scope))
                keys = [
                    atom.value
                    for atom in self.evaluate(index, scope)
                    if isinstance(atom, Known) and isinstance(atom.value, str)
                ]
                added = frozenset({Keys(frozenset(keys))}) if keys else PLAIN
                self.fill(owner, value | added, scope)
            case _:
                self.evaluate(target, scope)


def _unpacked(value: Value, index: int, length: int) -> Value:
    found: set[object] = set()
    for atom in value:
        if isinstance(atom, Several):
            if len(atom.entries) == length:
                found |= atom.entries[index]
            else:
                found |= elements(frozenset({atom}))
        else:
            found |= elements(frozenset({atom}))
    return frozenset(found)  # type: ignore[arg-type]


def _joined(parts: Sequence[Value]) -> Value:
    """The strings that parts may make one after another; nothing where they are not all known."""
    found = [""]
    for part in parts:
        # None is the default of a parameter, and no name.
        atoms = [atom for atom in part if atom != Known(None)]
        known = [str(atom.value) for atom in atoms if isinstance(atom, Known)]
        if not known or len(known) < len(atoms) or len(found) * len(known) > MOST_TEXTS:
            return NOTHING
        found = [start + text for start in found for text in known]
    return frozenset(map(Known, found))
