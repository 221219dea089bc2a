"""What the project's Django makes of a range of migrations: optimized, and written as source.

Functions and classes that migrations define are written under a module's name that exists nowhere,
so that whoever renders the file can tell them apart from all else and carry them over.
"""

import inspect
import secrets
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import SwappableTuple
from django.db.migrations.operations import (
    AddField,
    AlterField,
    CreateModel,
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
)
from django.db.migrations.operations.base import Operation as BaseOperation
from django.db.migrations.optimizer import MigrationOptimizer
from django.db.migrations.writer import MigrationWriter, OperationWriter
from django.db.models import NOT_PROVIDED
from django.utils.inspect import get_func_args

from migtui.core.squash_plan import DraftOperation, Gain, SquashDraft
from migtui.engine.facts import migration_packages
from migtui.engine.loading import install_overlay, load_needed
from migtui.engine.origins import function_source
from migtui.engine.protocol.base import Progress, Report
from migtui.engine.protocol.squash import DraftSquash
from migtui.engine.stand_in import stand_in
from migtui.engine.startup import headline
from migtui.engine.untyped import Migration, Operation


@dataclass(frozen=True, slots=True)
class _Origin:
    """Whose an operation was, its place there, and how many there are."""

    migration: str
    index: int
    siblings: int


SETTINGS_IMPORT = "from django.conf import settings"


def draft_squash(request: DraftSquash, report: Report) -> SquashDraft:
    """Optimize and write a range of migrations.

    Raises:
        ImportError: A migration raises something when it is loaded; which, and what to do.
        Exception: Whatever Django raises besides.
    """
    report(Progress(0, 3, "loading the migrations"))
    install_overlay(request.overlay)
    loader = _loaded(request.app_label)
    plan = loader.graph.forwards_plan((request.app_label, request.migrations[-1]))
    wanted = {(request.app_label, name) for name in request.migrations}
    migrations = [loader.graph.nodes[key] for key in plan if key in wanted]
    _mark(migrations, request)
    origins = {
        id(operation): _Origin(m.name, index, len(m.operations))
        for m in migrations
        for index, operation in enumerate(m.operations)
    }
    before = [operation for migration in migrations for operation in migration.operations]
    report(Progress(1, 3, f"optimizing {len(before)} operations"))
    transient = _transient_defaults(before)
    gains, after = _optimize(migrations, request)
    _drop_defaults(after, transient)
    report(Progress(2, 3, f"writing {len(after)} operations"))
    token = f"migtui_{secrets.token_hex(8)}"
    known = [key for key, m in loader.disk_migrations.items() if m.app_label == request.app_label]
    stand_in(token, [sys.modules[type(loader.disk_migrations[key]).__module__] for key in known])
    imports: set[str] = set()
    operations = tuple(_written(after, origins, imports))
    kept = set(map(id, after))
    dependencies = _dependencies(migrations, loader.disk_migrations, imports)
    return SquashDraft(
        migrations=tuple(migration.name for migration in migrations),
        before=len(before),
        operations=operations,
        imports=tuple(sorted(imports)),
        dependencies=dependencies,
        run_before=tuple(_run_before(migrations)),
        initial=_is_initial(migrations[0]),
        atomic=all(migration.atomic for migration in migrations),
        elided=tuple(
            _describe(operation, origins)
            for operation in before
            if id(operation) not in kept and operation.elidable
        ),
        gains=gains,
        token=token,
        carried=tuple(known),
    )


def _loaded(app_label: str) -> MigrationLoader:
    """Django's loader, with what an app needs of its graph.

    Raises:
        ImportError: A migration raises something; which, and what to do.
        Exception: Whatever Django raises besides.
    """
    try:
        return load_needed({app_label})
    except Exception as error:
        place = _place(error)
        if not place:
            raise
        advice = " Have that back, or write what it gave into the migration."
        raise ImportError(
            f"{place}: {headline(error)}.{advice if isinstance(error, ImportError) else ''}"
        ) from error


def _run_before(migrations: Sequence[Migration]) -> Iterator[str]:
    """What the squash has to run before: what its migrations have, themselves left out."""
    inner = {(migration.app_label, migration.name) for migration in migrations}
    listed = (tuple(key) for migration in migrations for key in migration.run_before)
    for app_label, name in dict.fromkeys(listed):
        if (app_label, name) not in inner:
            yield repr((str(app_label), str(name)))


def _place(error: BaseException) -> str:
    """The migration that was being loaded, with the line; empty where none was."""
    packages = tuple(f"{name}." for name in migration_packages())
    found = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith(packages):
            found = f"{module}, line {line}"
    return found


def _mark(migrations: Sequence[Migration], request: DraftSquash) -> None:
    for migration in migrations:
        for operation in migration.operations:
            if isinstance(operation, RunPython | RunSQL):
                if migration.name in request.elide:
                    operation.elidable = True
                elif migration.name in request.keep:
                    operation.elidable = False


def _optimize(
    migrations: Sequence[Migration], request: DraftSquash
) -> tuple[tuple[Gain, ...], list[Operation]]:
    """The gain at each cut point, each reached from the one before, and all of it at once."""
    operations = [operation for migration in migrations for operation in migration.operations]
    if not request.optimize:
        return (), operations
    gains: list[Gain] = []
    with suppress(Exception):  # a custom operation need not let itself be copied
        gains = list(_gains(migrations, request))
    return tuple(gains), list(MigrationOptimizer().optimize(operations, request.app_label))


def _gains(migrations: Sequence[Migration], request: DraftSquash) -> Iterator[Gain]:
    """As on copies: ``CreateModel.reduce`` changes the options of the operation that it is of."""
    count, reached, pending = 0, list[Operation](), list[Operation]()
    for migration in migrations:
        pending += deepcopy(migration.operations)
        count += len(migration.operations)
        if migration.name in request.cuts:
            optimized = MigrationOptimizer().optimize([*reached, *pending], request.app_label)
            reached, pending = list(optimized), []
            yield Gain(migration.name, count, len(reached))


def _transient_defaults(operations: Sequence[Operation]) -> dict[int, Any]:
    """The fields whose default is for the rows that are there alone, by ``id``."""
    return {
        id(operation.field): operation.field
        for operation in operations
        if isinstance(operation, AddField | AlterField) and not operation.preserve_default
    }


def _drop_defaults(operations: Sequence[Operation], transient: dict[int, Any]) -> None:
    """Mend what the optimizer forgets: the models would get defaults that they have not.

    ``CreateModel`` and ``AddField`` take another operation's field without its
    ``preserve_default``.
    """
    for operation in operations:
        if isinstance(operation, CreateModel):
            operation.fields = [
                (name, _without_default(field) if id(field) in transient else field)
                for name, field in operation.fields
            ]
        elif isinstance(operation, AddField | AlterField) and id(operation.field) in transient:
            operation.preserve_default = False


def _without_default(field: Any) -> Any:  # noqa: ANN401 - a field
    found = field.clone()
    found.default = NOT_PROVIDED
    return found


def _is_initial(migration: Migration) -> bool:
    """As ``MigrationExecutor.detect_soft_applied`` takes it."""
    if migration.initial is not None:
        return bool(migration.initial)
    return all(app_label != migration.app_label for app_label, _ in migration.dependencies)


# Source


def _written(
    operations: Iterable[Operation], origins: dict[int, _Origin], imports: set[str]
) -> Iterator[DraftOperation]:
    for operation in operations:
        described = _describe(operation, origins)
        try:
            _require_whole(operation)
            source, needed = OperationWriter(operation, indentation=2).serialize()
        except Exception as error:  # noqa: BLE001 - deconstruct() is the project's code
            reason = str(error).partition("\n")[0] or headline(error)
            yield replace(described, problem=reason)
        else:
            imports |= needed
            yield replace(described, source=source)


def _require_whole(operation: Operation) -> None:
    """Make sure that a custom operation says all that it is made of.

    Raises:
        ValueError: What Django's writer would make of it can't be called.
    """
    cls = type(operation)
    if cls.__module__.startswith("django."):
        return
    _, arguments, keywords = operation.deconstruct()
    names = get_func_args(cls.__init__)
    written = dict(zip(names, arguments, strict=False))
    written |= {name: keywords[name] for name in names[len(arguments) :] if name in keywords}
    try:
        inspect.signature(cls).bind(**written)
    except TypeError as error:
        raise ValueError(
            f"what its deconstruct() gives does not make it again ({error})"
        ) from error


def _describe(operation: Operation, origins: dict[int, _Origin]) -> DraftOperation:
    functions = [
        function_source(function)
        for function in (getattr(operation, "code", None), getattr(operation, "reverse_code", None))
        if function is not None and isinstance(operation, RunPython)
    ]
    origin = origins.get(id(operation))
    return DraftOperation(
        type=type(operation).__name__,
        text=_text(operation),
        migration=origin.migration if origin else "",
        index=origin.index if origin else None,
        siblings=origin.siblings if origin else 0,
        is_barrier=_is_barrier(operation),
        functions=tuple(functions),
        sql=str(operation.sql) if isinstance(operation, RunSQL) else "",
    )


def _text(operation: Operation) -> str:
    try:
        return str(operation.describe())
    except Exception as error:  # noqa: BLE001 - the project's code
        return headline(error)


def _is_barrier(operation: Operation) -> bool:
    """Whether the optimizer stops at it: it has no ``reduce`` of its own."""
    if isinstance(operation, RunPython | RunSQL | SeparateDatabaseAndState):
        return True
    return bool(type(operation).reduce is BaseOperation.reduce)


def _dependencies(
    migrations: Sequence[Migration], disk: dict[tuple[str, str], Any], imports: set[str]
) -> tuple[str, ...]:
    """What the range depends on outside of itself; dependencies on a setting stay such."""
    app_label = migrations[0].app_label
    inner = {(m.app_label, m.name) for m in migrations}
    pending = list(inner)
    while pending:  # what squashes among them have replaced
        migration = disk.get(pending.pop())
        for key in map(tuple, migration.replaces if migration else ()):
            if key not in inner:
                inner.add(key)
                pending.append(key)
    plain: set[tuple[str, str]] = set()
    swappable: set[str] = set()
    for migration in migrations:
        for dependency in migration.dependencies:
            setting = _setting(dependency) if isinstance(dependency, SwappableTuple) else ""
            if setting:
                swappable.add(setting)
            elif tuple(dependency) in inner or tuple(dependency) == (app_label, "__first__"):
                continue
            else:
                plain.add((str(dependency[0]), str(dependency[1])))
    if swappable:
        imports.add(SETTINGS_IMPORT)
    return (
        *(MigrationWriter.serialize(key)[0] for key in sorted(plain)),
        *(f"migrations.swappable_dependency(settings.{name})" for name in sorted(swappable)),
    )


def _setting(dependency: Any) -> str:  # noqa: ANN401 - a SwappableTuple
    """The name of the setting that a dependency follows: Django keeps its value alone."""
    values = {name: getattr(settings, name, None) for name in dir(settings) if name.isupper()}
    found = [  # comparing a lazy text would evaluate it
        name for name, value in values.items() if type(value) is str and value == dependency.setting
    ]
    return "AUTH_USER_MODEL" if "AUTH_USER_MODEL" in found else next(iter(sorted(found)), "")
