"""The head of a migration file as a value: what the graph needs, without its operations."""

import ast

from migtui.core.changes import sha256
from migtui.core.expressions import (
    Call,
    Collection,
    Constant,
    Expression,
    Reference,
    Unreadable,
    as_string,
)
from migtui.core.migration import FIRST, Dependency, Migration, MigrationKey, ReadError
from migtui.source.lists import Item, attribute_of
from migtui.source.names import Module
from migtui.source.parse import ParsedFile, parse
from migtui.source.plain import read_plain_head

SETTINGS = "django.conf.settings."
BASES = frozenset({"django.db.migrations.Migration", "django.db.migrations.migration.Migration"})


def read_migration(
    content: bytes, key: MigrationKey, path: str = "", *, writable: bool = True
) -> Migration:
    """The head of a migration file.

    Args:
        content: The file's bytes.
        key: App label and module name.
        path: Relative to the project, with ``/``.
        writable: Whether the file may be offered for change.
    """
    readings = parse(content)
    heads = [read_head(reading, key) for reading in readings]
    head = next((head for head in heads if head.error is None), heads[0])
    return Migration(
        key=key,
        path=path,
        sha256=sha256(content),
        dependencies=_union([entry.dependencies for entry in heads]),
        run_before=_union([entry.run_before for entry in heads]),
        replaces=_union([entry.replaces for entry in heads]),
        initial=head.initial,
        atomic=head.atomic,
        line=head.line,
        error=readings[0].error or head.error,
        writable=writable,
    )


def read_head(parsed: ParsedFile, key: MigrationKey) -> Migration:
    """The head of one reading of a file."""
    plain = read_plain_head(parsed.body, parsed.text, key) if parsed.error is None else None
    return plain or evaluate_head(parsed, key)


def evaluate_head(parsed: ParsedFile, key: MigrationKey) -> Migration:
    """The head of one reading of a file, its names followed."""
    module = Module(parsed.body, parsed.text)
    cls = find_migration_class(module)
    if cls is None:
        return _without_class(module, key)
    dependencies = _entries(module, cls, "dependencies", key.app_label)
    if dependencies is None:
        # A base class from elsewhere may bring some, or they stand where nothing could be read.
        vague = [*_foreign_bases(module, cls), *([""] if parsed.error else [])]
        dependencies = tuple(Dependency(None, None, cls.lineno, text=text) for text in vague)
    return Migration(
        key=key,
        dependencies=(*dependencies, *_set_by_methods(module, cls)),
        run_before=_entries(module, cls, "run_before", key.app_label) or (),
        replaces=_entries(module, cls, "replaces", key.app_label) or (),
        initial=_flag(module, cls, "initial"),
        atomic=_flag(module, cls, "atomic"),
        line=cls.lineno,
    )


def _set_by_methods(module: Module, cls: ast.ClassDef) -> tuple[Dependency, ...]:
    """What ``__init__`` makes of the dependencies, as in simplejwt: only running would tell."""
    found = [
        node.lineno
        for owner in module.lineage(cls)
        for node in ast.walk(owner)
        if isinstance(node, ast.Attribute)
        if node.attr == "dependencies" and isinstance(node.value, ast.Name)
        if node.value.id == "self"
    ]
    return (Dependency(None, None, min(found), text="self.dependencies"),) if found else ()


def find_migration_class(module: Module) -> ast.ClassDef | None:
    """The class ``Migration`` of a file."""
    found = module.end.class_of(ast.Name(id="Migration"))
    if found is None:
        for binding in reversed(module.scope.bindings.get("Migration", [])):
            if isinstance(binding.node, ast.ClassDef):
                return binding.node
    return found


def _without_class(module: Module, key: MigrationKey) -> Migration:
    """A migration whose class is imported, or made by a call: only running would tell."""
    bindings = module.end.bindings("Migration")
    if bindings:
        node = bindings[-1].node
        text = bindings[-1].path if node is None else module.source(node)
        line = node.lineno if isinstance(node, ast.expr) else 1
        return Migration(key=key, dependencies=(Dependency(None, None, line, text=text),))
    if module.scope.stars:
        text = f"from {module.scope.stars[-1][1]} import *"
        return Migration(key=key, dependencies=(Dependency(None, None, 1, text=text),))
    return Migration(
        key=key,
        dependencies=(Dependency(None, None, 1),),
        error=ReadError("no-migration", "The file has no class named Migration."),
    )


def _foreign_bases(module: Module, cls: ast.ClassDef) -> list[str]:
    """The bases of a class that are neither of this file nor Django's own."""
    return [
        module.source(base)
        for owner in module.lineage(cls)
        for base in owner.bases
        if module.end.class_of(base) is None and module.end.dotted(base) not in BASES
    ]


def _flag(module: Module, cls: ast.ClassDef, name: str) -> bool | None:
    for owner in module.lineage(cls):
        if name in module.class_scopes[owner].bindings:
            value = module.inside(owner).value_of(name)
            return bool(value.value) if isinstance(value, Constant) else None
    return None


def _entries(
    module: Module, cls: ast.ClassDef, name: str, app_label: str
) -> tuple[Dependency, ...] | None:
    """The entries of a list of keys; None where the class has none of that name."""
    lists = attribute_of(module, cls, name)
    if not lists:
        return None
    readings = [tuple(map(_entry, items)) for items in lists]
    entries = _union(readings)
    own = {
        frozenset(entry.name for entry in reading if entry.app_label == app_label)
        for reading in readings
    }
    if len(own) > 1:
        # Which of them stand decides about the app's leaves.
        line = min(entry.line for entry in entries)
        text = f"{name} under a condition"
        entries = (*entries, Dependency(None, None, line, text=text))
    return entries


def _entry(item: Item) -> Dependency:
    if item.is_spread:
        return Dependency(None, None, item.node.lineno, text=item.source)
    return as_dependency(item.evaluate(), item.node.lineno, item.source)


def as_dependency(value: Expression, line: int, text: str) -> Dependency:
    """The dependency that an entry of a list is."""
    match value:
        case Collection(kind="tuple" | "list", items=(app, name)):
            app_label, migration_name = as_string(app), as_string(name)
            setting = _split_setting(app)
            if setting is not None:
                return Dependency(None, migration_name, line, setting, text)
            return Dependency(app_label, migration_name, line, text=text)
        case Call(path=path, arguments=(argument,)) if path.endswith("swappable_dependency"):
            return _swappable(argument, line, text)
        case Call(arguments=(pair, setting_name)) if value.name == "SwappableDependency":
            entry = as_dependency(pair, line, text)
            return Dependency(entry.app_label, entry.name, line, as_string(setting_name), text)
        case _:
            return Dependency(None, None, line, text=text)


def _swappable(argument: Expression, line: int, text: str) -> Dependency:
    match argument:
        case Reference(path) if path.startswith(SETTINGS):
            return Dependency(None, FIRST, line, path.removeprefix(SETTINGS), text)
        case Constant(value=str() as model) if "." in model:
            return Dependency(model.partition(".")[0], FIRST, line, text=text)
        case _:
            return Dependency(None, None, line, text=text)


def _split_setting(app: Expression) -> str | None:
    """The setting of ``settings.AUTH_USER_MODEL.split(".")[0]``."""
    if isinstance(app, Unreadable):
        start, _, rest = app.text.partition(".split(")
        name = start.removeprefix("settings.")
        if rest.replace('"', "'") in ("'.')[0]", "'.', 1)[0]") and name.isidentifier():
            return name
    return None


def _union(readings: list[tuple[Dependency, ...]]) -> tuple[Dependency, ...]:
    if len(readings) == 1:
        return readings[0]
    found: dict[tuple[object, ...], Dependency] = {}
    for reading in readings:
        for entry in reading:
            identity = (entry.app_label, entry.name, entry.setting, entry.is_unknown and entry.text)
            found.setdefault(identity, entry)
    return tuple(found.values())


def compiled_migration(key: MigrationKey, path: str) -> Migration:
    """A migration that is there compiled alone: Python imports it, and its text is not there."""
    return Migration(
        key=key,
        path=path,
        dependencies=(Dependency(None, None, 1),),
        error=ReadError("compiled", "It is there compiled alone, without its source."),
    )


def unreadable_migration(key: MigrationKey, path: str, error: OSError) -> Migration:
    """A migration whose file can't be opened, such as a broken link."""
    reason = error.strerror or str(error)
    return Migration(
        key=key,
        path=path,
        dependencies=(Dependency(None, None, 1),),
        error=ReadError("missing", f"The file can't be opened: {reason}."),
    )
