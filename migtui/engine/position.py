"""Where in a project's history migrations run: what has run before them."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterIndexTogether,
    AlterModelManagers,
    AlterModelOptions,
    AlterModelTable,
    AlterOrderWithRespectTo,
    AlterUniqueTogether,
    CreateModel,
    DeleteModel,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
    RenameField,
    RenameIndex,
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
)

from migtui.engine.loading import load_needed, new_loader
from migtui.engine.untyped import Operation

Key: TypeAlias = tuple[str, str]

# What they execute depends on their own model alone, whoever refers to it.
_LOCAL = (
    *(CreateModel, DeleteModel, AddField, RemoveField, RenameField, AddIndex, RemoveIndex),
    *(AddConstraint, RemoveConstraint, AlterUniqueTogether, AlterIndexTogether, RenameIndex),
    *(AlterModelTable, AlterModelOptions, AlterModelManagers, AlterOrderWithRespectTo),
    *(RunPython, RunSQL),
)


class UnreachableError(Exception):
    """The targets can't run in this order."""


def load_plan(targets: Sequence[Key], *, backwards: bool) -> tuple[MigrationLoader, list[Key]]:
    """The loader, and all that runs up to the targets' end, in order.

    A change of a model that others refer to alters their tables as well. Then everything counts
    that ``migrate`` on an empty database would have run before; else what the targets depend on.

    Raises:
        UnreachableError: The targets can't run in this order.
    """
    loader = load_needed({app_label for app_label, _ in targets})
    if not all(key in loader.graph.nodes for key in targets):
        # One that a squash replaces.
        loader = new_loader(replace_migrations=False)
        loader.build_graph()
    operations = [
        operation
        for key in targets
        if key in loader.graph.nodes
        for operation in loader.graph.nodes[key].operations
    ]
    before: list[Key] = []
    if not all(_is_local(operation, backwards=backwards) for operation in operations):
        replaces = loader.replace_migrations
        loader = new_loader(replace_migrations=replaces)
        loader.build_graph()
        before = list(_migrated_before(loader.graph, targets))
    return loader, _plan(loader.graph, before, targets)


def _is_local(operation: Operation, *, backwards: bool) -> bool:
    if isinstance(operation, SeparateDatabaseAndState):
        return all(_is_local(entry, backwards=backwards) for entry in operation.database_operations)
    if isinstance(operation, AlterField):
        field = operation.field
        return not backwards and not (field.primary_key or field.unique)
    return isinstance(operation, _LOCAL) or not operation.reduces_to_sql


def _migrated_before(graph: Any, targets: Sequence[Key]) -> Iterator[Key]:  # noqa: ANN401 - Django's graph
    """What ``migrate`` would run before the first target.

    Of the targets' own apps only what they depend on: a conflict's other branches do not count.
    """
    apps = {app_label for app_label, _ in targets}
    needed = {key for target in targets for key in graph.forwards_plan(target)}
    left_out: set[Key] = set()
    seen: set[Key] = set()
    for leaf in graph.leaf_nodes():
        for key in graph.forwards_plan(leaf):
            if key in targets:
                return
            if key in seen:
                continue
            seen.add(key)
            parents = {parent.key for parent in graph.node_map[key].parents}
            if (key[0] in apps and key not in needed) or parents & left_out:
                left_out.add(key)
            else:
                yield key


def _plan(graph: Any, before: Sequence[Key], targets: Sequence[Key]) -> list[Key]:  # noqa: ANN401 - Django's graph
    """All that runs, the targets in this order, each after those of its ancestors that have not."""
    plan: dict[Key, None] = dict.fromkeys(before)
    for key in targets:
        if key in plan:
            raise UnreachableError(f"{'.'.join(key)} would have to run earlier in this order.")
        plan.update(dict.fromkeys(graph.forwards_plan(key)))
    return list(plan)
