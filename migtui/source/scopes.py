"""Which names in a piece of Python are the module's own, and not a function's or a class's."""

import ast
from collections.abc import Iterator

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def module_names(node: ast.AST) -> Iterator[ast.Name | ast.Global]:
    """The names below a node that mean something of the module, read or bound.

    A name that a class's body binds is taken for the class's own there.
    """
    return _Walker().walk(node, ())


def bound_by(statement: ast.stmt) -> frozenset[str]:
    """The names that a statement binds where it stands, in its blocks too."""
    return frozenset(_bound([statement]))


def _bound(nodes: list[ast.stmt]) -> Iterator[str]:
    pending: list[ast.AST] = list(nodes)
    while pending:
        node = pending.pop()
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                yield name
                continue
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp():
                pending += [n for n in ast.walk(node) if isinstance(n, ast.NamedExpr)]
                continue
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                for alias in aliases:
                    yield alias.asname or alias.name.partition(".")[0]
            case ast.ExceptHandler(name=str() as name):
                yield name
            case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
                yield name
            case ast.MatchMapping(rest=str() as name):
                yield name
            case _:
                pass
        pending += ast.iter_child_nodes(node)


class _Walker:
    """Walks scopes: each is the set of names that are bound in it, the innermost last."""

    def walk(
        self, node: ast.AST, scopes: tuple[frozenset[str], ...]
    ) -> Iterator[ast.Name | ast.Global]:
        match node:
            case ast.Name(id=name):
                if not any(name in scope for scope in scopes):
                    yield node
            case ast.Global():
                yield node
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                yield from self._function(node, scopes)
            case ast.ClassDef():
                yield from self._class(node, scopes)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                targets = [generator.target for generator in node.generators]
                own = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
                yield from self._children(node, (*scopes, frozenset(own)))
            case _:
                yield from self._children(node, scopes)

    def _children(
        self, node: ast.AST, scopes: tuple[frozenset[str], ...]
    ) -> Iterator[ast.Name | ast.Global]:
        for child in ast.iter_child_nodes(node):
            yield from self.walk(child, scopes)

    def _function(
        self, node: FunctionNode, scopes: tuple[frozenset[str], ...]
    ) -> Iterator[ast.Name | ast.Global]:
        arguments = node.args
        outer: list[ast.AST | None] = [*arguments.defaults, *arguments.kw_defaults]
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [extra for extra in (arguments.vararg, arguments.kwarg) if extra is not None]
        outer += [argument.annotation for argument in every]
        own = {argument.arg for argument in every}
        body: list[ast.AST]
        if isinstance(node, ast.Lambda):
            body = [node.body]
        else:
            outer += [*node.decorator_list, node.returns]
            body = list(node.body)
            declared = {
                name
                for inner in _own_statements(node.body)
                if isinstance(inner, ast.Global)
                for name in inner.names
            }
            own = (own | set(_bound(node.body))) - declared
            if declared:  # they are the module's, whatever stands around the function
                scopes = tuple(scope - declared for scope in scopes)
        for part in outer:
            if part is not None:
                yield from self.walk(part, scopes)
        for part in body:
            yield from self.walk(part, (*scopes, frozenset(own)))

    def _class(
        self, node: ast.ClassDef, scopes: tuple[frozenset[str], ...]
    ) -> Iterator[ast.Name | ast.Global]:
        for part in (*node.decorator_list, *node.bases, *(word.value for word in node.keywords)):
            yield from self.walk(part, scopes)
        inside = (*scopes, frozenset(_bound(node.body)))
        for statement in node.body:
            # Functions don't see the names of the class that they stand in.
            is_function = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from self.walk(statement, scopes if is_function else inside)


def _own_statements(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """What stands in a function's body, not in functions or classes inside it."""
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            pending += ast.iter_child_nodes(node)
