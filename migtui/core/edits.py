"""What changes in the text of one migration file, and what it has to say afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from migtui.core.graph import MigrationGraph
from migtui.core.migration import Dependency, Migration, MigrationKey

References: TypeAlias = tuple[tuple[str | None, str | None, str | None], ...]
"""App label, name and setting of each entry, in the order of the file."""


@dataclass(frozen=True, slots=True)
class MigrationEdit:
    """The edit of one migration file; every key is one from before the edit.

    Attributes:
        migration: Which one.
        parent: The migration that takes the place of all its dependencies on its own app, None
            where they stay.
        renamed: Old and new keys, of any migration that the file may name, itself included.
    """

    migration: MigrationKey
    parent: MigrationKey | None = None
    renamed: Mapping[MigrationKey, MigrationKey] = field(
        default_factory=lambda: MappingProxyType({})
    )

    @property
    def new_key(self) -> MigrationKey:
        """What the migration is called afterwards."""
        return self.renamed.get(self.migration, self.migration)

    @property
    def new_parent(self) -> MigrationKey | None:
        """What ``parent`` is called afterwards."""
        return None if self.parent is None else self.renamed.get(self.parent, self.parent)

    def is_replaced(self, dependency: Dependency) -> bool:
        """Whether an entry of ``dependencies`` makes room for the new parent."""
        key = dependency.key
        return (
            self.parent is not None
            and key is not None
            and key.app_label == self.migration.app_label
        )

    def dependencies_after(self, migration: Migration) -> References:
        """What ``dependencies`` has to hold afterwards.

        The new parent stands where the first dependency on the own app stood, else at the end.
        """
        result: list[tuple[str | None, str | None, str | None]] = []
        new_parent = self.new_parent
        for entry in migration.dependencies:
            if not self.is_replaced(entry):
                result.append(self._after(entry))
            elif new_parent is not None:
                result.append((new_parent.app_label, new_parent.name, None))
                new_parent = None
            # Any further one goes: the new parent stands for it.
        if new_parent is not None:
            result.append((new_parent.app_label, new_parent.name, None))
        return tuple(result)

    def references_after(self, entries: tuple[Dependency, ...]) -> References:
        """What ``run_before`` or ``replaces`` has to hold afterwards."""
        return tuple(map(self._after, entries))

    def _after(self, entry: Dependency) -> tuple[str | None, str | None, str | None]:
        key = entry.key
        if key is not None and key in self.renamed:
            return (self.renamed[key].app_label, self.renamed[key].name, entry.setting)
        return (entry.app_label, entry.name, entry.setting)


def references(entries: tuple[Dependency, ...]) -> References:
    """The entries without their places in the file."""
    return tuple((entry.app_label, entry.name, entry.setting) for entry in entries)


def changes_text(edit: MigrationEdit, migration: Migration) -> bool:
    """Whether the file's content has to change, beyond its name."""
    return (
        edit.dependencies_after(migration) != references(migration.dependencies)
        or edit.references_after(migration.run_before) != references(migration.run_before)
        or edit.references_after(migration.replaces) != references(migration.replaces)
    )


def collect_edits(
    graph: MigrationGraph,
    parents: Mapping[MigrationKey, MigrationKey],
    renamed: Mapping[MigrationKey, MigrationKey],
) -> tuple[MigrationEdit, ...]:
    """The edit of every file that changes, sorted: re-parented, renamed, or naming a renamed one.

    Args:
        graph: The migrations as they are.
        parents: The new parent of each migration that gets one.
        renamed: The new key of each migration that gets one.
    """
    naming = (graph.named_by.get(key, frozenset()) for key in renamed)
    edits = []
    for key in sorted({*parents, *renamed}.union(*naming)):
        edit = MigrationEdit(key, parents.get(key), renamed)
        if edit.new_key != key or changes_text(edit, graph.migrations[key]):
            edits.append(edit)
    return tuple(edits)
