"""Runs a data migration in the abstract: every name stands for all that it may be.

Branches are not decided and loops are not counted: whatever the code could touch on some way
through it, is touched. What can't be followed is noted, never left out.
"""

import ast
import sys
from collections.abc import Sequence

from migtui.core.reach import Access, Unread, Use
from migtui.source.abstract import (
    MOST,
    NOTHING,
    PLAIN,
    Apps,
    Code,
    Editor,
    Keys,
    Known,
    Lookup,
    Model,
    Named,
    Plain,
    Rows,
    Several,
    Value,
    carries_rows,
    elements,
    flattened,
    inner,
    is_wide,
)
from migtui.source.calls import CallReader
from migtui.source.queries import SAFE
from migtui.source.recover import Broken

STEPS = 40_000
"""How many expressions are looked at, at most."""


class IntricateError(Exception):
    """The code is too intricate to follow."""


Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Interpreter(CallReader):
    """The abstract run of one file's functions.

    Args:
        body: The file's statements.

    Attributes:
        uses: What was touched.
        statements: SQL that was executed.
        unread: What could not be followed.
    """

    def __init__(self, body: Sequence[ast.stmt]) -> None:
        super().__init__()
        self.scopes: list[tuple[int, dict[str, Value]]] = [(-1, {})]
        self.numbers: dict[tuple[ast.AST, int], int] = {}
        self.returned: dict[ast.AST, Value] = {}
        self.attributes: dict[str, Value] = {}
        self.running: set[ast.AST] = set()
        self.flat: set[tuple[int, str]] = set()
        self.is_final = False
        self.has_changed = True
        self.steps = 0
        self.body = body

    def run(self, function: ast.expr) -> None:
        """Run what ``RunPython`` calls."""
        try:
            while self.has_changed:
                self.has_changed = False
                self._once(function)
            self.is_final = True
            self._once(function)
            self._save()
        except IntricateError:
            self.unread.add(Unread("is too intricate to follow", function.lineno))

    def _once(self, function: ast.expr) -> None:
        self.block(self.body, 0)
        found = self.evaluate(function, 0)
        if not found:
            self.hide("calls code that is not in this file", function)
        self.call(found, (frozenset({Apps()}), frozenset({Editor()})), (), function)

    def _save(self) -> None:
        """A row that is saved though no change of it was seen may have been changed anyhow."""
        written = {(use.model, use.path[:-1]) for use in self.uses if use.access is Access.WRITE}
        for label, path in self.saved - written:
            self.use(label, (*path, "*"), Access.WRITE)

    # Names

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

    # Statements

    def block(self, body: Sequence[ast.stmt], scope: int) -> None:
        """Go through statements."""
        for statement in body:
            self.statement(statement, scope)

    def statement(self, node: ast.stmt, scope: int) -> None:
        """Go through one statement."""
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                self.bind(name, frozenset({Code(node, scope)}), scope)
            case ast.ClassDef(name=name):
                self.bind(name, frozenset({Named(f"class {name}")}), scope)
                for inside in node.body:
                    if isinstance(inside, ast.FunctionDef):
                        self.bind(inside.name, frozenset({Code(inside, scope)}), scope)
            case ast.Import() | ast.ImportFrom():
                self._import(node, scope)
            case ast.Assign(targets=targets, value=value):
                found = self.evaluate(value, scope)
                for target in targets:
                    self.assign(target, found, scope)
            case ast.AnnAssign(target=target, value=value):
                if value is not None:
                    self.assign(target, self.evaluate(value, scope), scope)
            case ast.AugAssign(target=target, value=value):
                found = self.evaluate(value, scope) | self.evaluate(target, scope)
                self.assign(target, found, scope)
            case ast.For(target=target, iter=items) | ast.AsyncFor(target=target, iter=items):
                self.assign(target, elements(self.evaluate(items, scope)), scope)
                self.block(node.body, scope)
                self.block(node.orelse, scope)
            case ast.With(items=entries) | ast.AsyncWith(items=entries):
                for entry in entries:
                    found = self.evaluate(entry.context_expr, scope)
                    if entry.optional_vars is not None:
                        self.assign(entry.optional_vars, found, scope)
                self.block(node.body, scope)
            case ast.Return(value=value):
                if value is not None:
                    self.give(self.evaluate(value, scope), scope)
            case ast.Delete(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Subscript | ast.Attribute):
                        self.mutate(self.evaluate(target.value, scope))
            case ast.Match():
                self.hide("holds a match statement", node)
            case _:
                for field in ast.iter_child_nodes(node):
                    if isinstance(field, ast.stmt):
                        self.statement(field, scope)
                    elif isinstance(field, ast.expr):
                        self.evaluate(field, scope)
                    elif isinstance(field, ast.ExceptHandler):
                        if field.name:
                            self.bind(field.name, PLAIN, scope)
                        self.block(field.body, scope)

    def _import(self, node: ast.Import | ast.ImportFrom, scope: int) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                path = alias.name if alias.asname else alias.name.partition(".")[0]
                self.bind(alias.asname or path, frozenset({Named(path)}), scope)
            return
        module = "." * node.level + (f"{node.module}." if node.module else "")
        for alias in node.names:
            if alias.name != "*":
                path = f"{module}{alias.name}"
                self.bind(alias.asname or alias.name, frozenset({Named(path)}), scope)

    def give(self, value: Value, scope: int) -> None:
        """A function gives a value back."""
        owner = next((key[0] for key, number in self.numbers.items() if number == scope), None)
        if owner is not None:
            known = self.returned.get(owner, NOTHING)
            if not value <= known:
                self.has_changed = True
            self.returned[owner] = known | value

    # Functions

    def enter(
        self, code: Code, arguments: Sequence[Value], keywords: Sequence[tuple[str, Value]]
    ) -> Value:
        """Run a function of the file with these arguments."""
        node = code.node
        key = (node, code.around)
        if key not in self.numbers:
            self.numbers[key] = len(self.scopes)
            self.scopes.append((code.around, {}))
        scope = self.numbers[key]
        self._bind_arguments(node.args, arguments, keywords, scope, code.around)
        if node in self.running:
            return self.returned.get(node, NOTHING)
        self.running.add(node)
        if isinstance(node, ast.Lambda):
            self.give(self.evaluate(node.body, scope), scope)
        else:
            self.block(node.body, scope)
        self.running.discard(node)
        return self.returned.get(node, PLAIN)

    def _bind_arguments(
        self,
        parameters: ast.arguments,
        arguments: Sequence[Value],
        keywords: Sequence[tuple[str, Value]],
        scope: int,
        around: int,
    ) -> None:
        names = [parameter.arg for parameter in (*parameters.posonlyargs, *parameters.args)]
        for name, value in zip(names, arguments, strict=False):
            self.bind(name, value, scope)
        rest = (
            frozenset().union(*arguments[len(names) :]) if len(arguments) > len(names) else NOTHING
        )
        if parameters.vararg is not None:
            self.bind(parameters.vararg.arg, rest | PLAIN, scope)
        every = {*names, *(parameter.arg for parameter in parameters.kwonlyargs)}
        for name, value in keywords:
            if name in every:
                self.bind(name, value, scope)
            elif name == "**":
                for other in every:
                    self.bind(other, elements(value) | PLAIN, scope)
            elif parameters.kwarg is not None:
                self.bind(parameters.kwarg.arg, value | frozenset({Keys(frozenset({name}))}), scope)
        if parameters.kwarg is not None:
            self.bind(parameters.kwarg.arg, NOTHING, scope)
        defaults = [*parameters.defaults, *(entry for entry in parameters.kw_defaults if entry)]
        holders = names[len(names) - len(parameters.defaults) :]
        holders += [
            p.arg for p, d in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True) if d
        ]
        for name, default in zip(holders, defaults, strict=True):
            self.bind(name, self.evaluate(default, around), scope)

    # Expressions

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
            case ast.BinOp(left=left, right=right):
                return self._binary(node, self.evaluate(left, scope), self.evaluate(right, scope))
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self.evaluate(child, scope)
                return PLAIN

    def _binary(self, node: ast.BinOp, left: Value, right: Value) -> Value:
        texts = [_only_text(left), _only_text(right)]
        if isinstance(node.op, ast.Add) and None not in texts:
            return frozenset({Known("".join(str(text) for text in texts))})
        return self._kept(left | right)

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
        for key, value in zip(keys, values, strict=True):
            known = self.evaluate(key, scope)
            text = _only_text(known)
            held = self.evaluate(value, scope)
            if key is None:
                names |= {name for atom in held if isinstance(atom, Keys) for name in atom.names}
                found |= held
            else:
                found |= known - {atom for atom in known if isinstance(atom, Known)}
                found |= {atom for atom in held if not isinstance(atom, Known | Plain)}
                if text is not None:
                    names.add(text)
                else:
                    found.add(Plain())
        return frozenset(found) | {Keys(frozenset(names))}  # type: ignore[return-value]

    def _subscript(self, owner: Value, index: ast.expr, scope: int) -> Value:
        known = self.evaluate(index, scope)
        is_slice = isinstance(index, ast.Slice)
        found: set[object] = set()
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

    # What can't be followed

    def use(self, label: str, path: tuple[str, ...], access: Access) -> None:
        """Note that something is touched."""
        if self.is_final:
            self.uses.add(Use(label, path, access))

    def hide(self, why: str, node: ast.AST | None) -> None:
        """Note that something can't be followed."""
        if self.is_final:
            self.unread.add(Unread(why, getattr(node, "lineno", 0)))

    def is_safe(self, path: str) -> bool:
        """Whether what stands under a dotted path touches no rows of its own accord."""
        first = path.partition(".")[0]
        if first in sys.stdlib_module_names:
            return True
        return any(path == safe or path.startswith(f"{safe}.") for safe in SAFE)


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


def _only_text(value: Value) -> str | None:
    """The one string that a value is."""
    if len(value) != 1:
        return None
    (atom,) = value
    return atom.value if isinstance(atom, Known) and isinstance(atom.value, str) else None
