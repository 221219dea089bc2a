"""The head of a file in the form that ``makemigrations`` writes, which nearly all files have.

Apart from :mod:`migtui.source.read` for speed alone: following names takes twice the time that
parsing takes, and here there are none to follow. What has any other form is left to it.
"""

import ast
from collections.abc import Sequence

from migtui.core.migration import FIRST, Dependency, Migration, MigrationKey
from migtui.source.segments import segment

ORIGINS = {"migrations": "django.db", "settings": "django.conf", "Migration": "", "*": ""}
"""Names that mean something here, and the only module that they may be imported from."""
NOTHING = ast.Constant(None)


def read_plain_head(body: Sequence[ast.stmt], text: str, key: MigrationKey) -> Migration | None:
    """The head of a migration whose class holds nothing but plain assignments; else None."""
    cls = _plain_class(body)
    values = _assigned(cls) if cls is not None else None
    if cls is None or values is None:
        return None
    lines = text.split("\n")
    names = ("dependencies", "run_before", "replaces")
    lists = [_entries(values.get(name), lines) for name in names]
    flags = [values.get(name, NOTHING) for name in ("initial", "atomic")]
    known = [flag.value for flag in flags if isinstance(flag, ast.Constant)]
    if None in lists or len(known) < len(flags):
        return None
    dependencies, run_before, replaces = (entries or () for entries in lists)
    initial, atomic = (None if flag is None else bool(flag) for flag in known)
    return Migration(
        key=key,
        dependencies=dependencies,
        run_before=run_before,
        replaces=replaces,
        initial=initial,
        atomic=atomic,
        line=cls.lineno,
    )


def _plain_class(body: Sequence[ast.stmt]) -> ast.ClassDef | None:
    """The class, where nothing else in the file could have to do with it."""
    found = None
    for statement in body:
        match statement:
            case ast.ClassDef(
                name="Migration",
                bases=[ast.Attribute(value=ast.Name(id="migrations"), attr="Migration")],
                keywords=[],
                decorator_list=[],
            ) if found is None:
                found = statement
            case ast.ImportFrom(module=module, names=names) if all(
                ORIGINS.get(name.asname or name.name, module) == module for name in names
            ):
                pass
            case ast.Import(names=names) if not any(name.asname for name in names):
                pass
            case ast.FunctionDef() | ast.Expr(value=ast.Constant()):
                pass
            case _:
                return None
    return found


def _assigned(cls: ast.ClassDef) -> dict[str, ast.expr] | None:
    """What each name of a class body is bound to; None where that takes more than assignments."""
    found: dict[str, ast.expr] = {}
    for statement in cls.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = value
            case ast.FunctionDef() if any(
                isinstance(node, ast.Attribute) and node.attr == "dependencies"
                for node in ast.walk(statement)
            ):
                return None
            case ast.FunctionDef() | ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case _:
                return None
    return found


def _entries(node: ast.expr | None, lines: list[str]) -> tuple[Dependency, ...] | None:
    """The entries of a list of literals; None for anything else."""
    if node is None:
        return ()
    if not isinstance(node, ast.List | ast.Tuple):
        return None
    found = []
    for entry in node.elts:
        text = segment(lines, entry)
        match entry:
            case ast.Tuple(
                elts=[ast.Constant(value=str() as app_label), ast.Constant(value=str() as name)]
            ):
                found.append(Dependency(app_label, name, entry.lineno, text=text))
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="migrations"), attr="swappable_dependency"),
                args=[ast.Attribute(value=ast.Name(id="settings"), attr=str() as setting)],
            ):
                found.append(Dependency(None, FIRST, entry.lineno, setting, text))
            case _:
                return None
    return tuple(found)
