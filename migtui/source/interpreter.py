"""Runs a data migration in the abstract: every name stands for all that it may be.

Branches are not decided and loops are not counted: whatever the code could touch on some way
through it, is touched. What can't be followed is noted, never left out.
"""

import ast
from collections.abc import Iterable, Sequence

from migtui.core.reach import Access, Unread
from migtui.source.abstract import (
    NOTHING,
    PLAIN,
    Apps,
    Code,
    Editor,
    Keys,
    Known,
    Named,
    Pairs,
    Value,
    elements,
)
from migtui.source.abstract_scopes import IntricateError
from migtui.source.evaluation import Evaluator
from migtui.source.row_order import treats_rows_alone


class Interpreter(Evaluator):
    """The abstract run of one file's functions."""

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
                self.loops += 1
                self.block(node.body, scope)
                self.loops -= 1
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

    def give(self, value: Value, scope: int) -> None:
        """A function gives a value back."""
        owner = next((key[0] for key, number in self.numbers.items() if number == scope), None)
        if owner is not None:
            known = self.returned.get(owner, NOTHING)
            if not value <= known:
                self.has_changed = True
            self.returned[owner] = known | value

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
        self.is_ordered |= not treats_rows_alone(node, in_loop=self.loops > 0)
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
