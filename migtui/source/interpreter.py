"""Runs a data migration in the abstract: every name stands for all that it may be.

Branches are not decided and loops are not counted: whatever the code could touch on some way
through it, is touched. What can't be followed is noted, never left out.
"""

import ast
import sys
from collections.abc import Iterable, Sequence

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
    Pairs,
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
from migtui.source.helpers import HelperModule, Imports
from migtui.source.queries import SAFE
from migtui.source.recover import Broken

STEPS = 40_000
"""How many expressions are looked at, at most."""


MOST_TEXTS = 40
"""So many texts are put together of parts that may be several."""
MOST_ENTRIES = 40
"""So many entries of a dict are kept apart."""


class IntricateError(Exception):
    """The code is too intricate to follow."""


Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Interpreter(CallReader):
    """The abstract run of one file's functions.

    Args:
        body: The file's statements.
        imports: Where functions of other files are found; they are not followed without it.

    Attributes:
        uses: What was touched.
        statements: SQL that was executed.
        unread: What could not be followed.
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
            case ast.Raise(exc=ast.Call(args=arguments, keywords=keywords)):
                for argument in (*arguments, *(entry.value for entry in keywords)):
                    self.evaluate(argument, scope)
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
        home = self.homes.get(self._root(scope))
        for alias in node.names:
            if alias.name != "*":
                path = f"{module}{alias.name}"
                path = home.absolute(path) if home else path
                self.bind(alias.asname or alias.name, frozenset({Named(path)}), scope)

    # Other files

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
        home = self.homes.get(self._root(code.around)) if self._root(code.around) else None
        self.places.append(home.dotted if home else "")
        if isinstance(node, ast.Lambda):
            self.give(self.evaluate(node.body, scope), scope)
        else:
            self._decorators(code)
            self.block(node.body, scope)
        self.places.pop()
        self.running.discard(node)
        return self.returned.get(node, PLAIN)

    def _decorators(self, code: Code) -> None:
        """What stands around a function: of a decorator that is not known, anything."""
        for decorator in getattr(code.node, "decorator_list", []):
            found = self.evaluate(decorator, code.around)
            if any(isinstance(atom, Code) for atom in found):
                self.call(found, [frozenset({code})], (), decorator)
            for atom in found:
                if isinstance(atom, Named) and not (
                    self.is_safe(atom.path) or atom.path in ("staticmethod", "classmethod")
                ):
                    self.hide(f"is decorated with {atom.path}, which was not read", decorator)

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
        others: list[tuple[Value, Value]] = []
        for name, value in keywords:
            if name in every:
                self.bind(name, value, scope)
            elif name == "**":
                self._spread_arguments(value, every, scope)
            else:
                others.append((frozenset({Known(name)}), value))
        if parameters.kwarg is not None and others:
            keys = Keys(frozenset(name for name, _ in keywords if name not in {*every, "**"}))
            self.bind(parameters.kwarg.arg, frozenset({keys, Pairs(tuple(others))}), scope)
        if parameters.kwarg is not None:
            self.bind(parameters.kwarg.arg, NOTHING, scope)
        defaults = [*parameters.defaults, *(entry for entry in parameters.kw_defaults if entry)]
        holders = names[len(names) - len(parameters.defaults) :]
        holders += [
            p.arg for p, d in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True) if d
        ]
        given = {*names[: len(arguments)], *(name for name, _ in keywords)}
        for name, default in zip(holders, defaults, strict=True):
            if name not in given:
                self.bind(name, self.evaluate(default, around), scope)

    def _spread_arguments(self, value: Value, names: Iterable[str], scope: int) -> None:
        """``**value`` gives the parameters that its keys name; any where they are not known."""
        pairs = [atom for atom in value if isinstance(atom, Pairs)]
        if all(isinstance(atom, Keys | Pairs) for atom in value) and pairs:
            for atom in pairs:
                for name in names:
                    self.bind(name, atom.get(frozenset({Known(name)})), scope)
        elif value:
            for name in names:
                self.bind(name, elements(value) | PLAIN, scope)

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
