"""What git branches do to migrations: each file that differs is read once, by its hash."""

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from migtui.core.forecast import AppChange
from migtui.core.graph import MigrationGraph
from migtui.core.migration import Migration, MigrationKey, Operation
from migtui.services.snapshots import Snapshots
from migtui.source.layout import MigrationPackage, follow_references, is_djangos, is_south
from migtui.source.read import read_migration
from migtui.vcs.objects import LINK, TreeEntry
from migtui.vcs.tree_changes import TreeChange, diff_trees

NAMED = "migration"
"""What the directories of migrations have in their names, unless settings say otherwise."""


class BranchChanges:
    """Reads the migrations that branches change, against one commit of the base.

    Args:
        snapshots: The project's commits.
        base: SHA of the base's commit.

    Attributes:
        base: The project as the base has it.
    """

    def __init__(self, snapshots: Snapshots, base: str) -> None:
        self._snapshots = snapshots
        self._base_sha = base
        self.base = snapshots.of_tree(base)
        self._packages = self._by_directory(self.base.layout.packages)
        self._migrations: dict[tuple[str, MigrationKey, str], Migration | None] = {}
        self._operations: dict[str, tuple[Operation, ...]] = {}
        self._blobs: dict[str, str] = {}
        self._djangos: set[str] = set()
        self._betweens: dict[tuple[frozenset[MigrationKey], ...], frozenset[MigrationKey]] = {}
        self._by_app: dict[str, dict[MigrationKey, Migration]] = {}
        for key, migration in self.base.graph.migrations.items():
            self._by_app.setdefault(key.app_label, {})[key] = migration

    def migrations_of(self, app_label: str) -> Mapping[MigrationKey, Migration]:
        """The migrations of an app as the base has them."""
        return self._by_app.get(app_label, {})

    def of(self, parted: str, tip: str) -> Mapping[str, AppChange]:
        """What a branch does to migrations, by app label.

        Args:
            parted: SHA of the commit at which it left the base.
            tip: SHA of its last commit.

        Raises:
            GitError: The repository has not got all of it.
        """
        changes = diff_trees(self._snapshots.objects, parted, tip)
        packages = self._packages_for(changes, tip)
        written: dict[str, dict[MigrationKey, Migration]] = {}
        new: set[MigrationKey] = set()
        removed: dict[str, set[MigrationKey]] = {}
        for path, change in changes.items():
            directory, name = posixpath.split(path)
            package = packages.get(directory)
            stem = name.removesuffix(".py")
            if package is None or stem == name or not stem or stem[0] in "_~" or "." in stem:
                continue
            key = MigrationKey(package.app_label, stem)
            in_base = self.migrations_of(key.app_label).get(key)
            if change.after is None:
                if in_base is not None:
                    removed.setdefault(key.app_label, set()).add(key)
                continue
            migration = self._read(package, key, path, change.after)
            if migration is None or (in_base and in_base.sha256 == migration.sha256):
                continue  # it came to the base another way: squashed, picked
            written.setdefault(key.app_label, {})[key] = migration
            if change.before is None:
                new.add(key)
        for label in written.keys() - self.base.graph.app_labels:
            # A package of that name may hold anything; one that holds migrations tells.
            if not any(item.sha256 in self._djangos for item in written[label].values()):
                del written[label]
        return {
            label: self._change(
                label, written.get(label, {}), new, frozenset(removed.get(label, ()))
            )
            for label in sorted(written.keys() | removed.keys())
        }

    def graph_with(self, app_label: str, *changes: AppChange) -> MigrationGraph:
        """The graph of one app as the base has it with these changes, the first one's first."""
        migrations = dict(self.migrations_of(app_label))
        for change in changes:
            for key in change.removed:
                migrations.pop(key, None)
        for change in reversed(changes):
            migrations |= change.written
        return MigrationGraph.of(migrations.values(), self.base.graph.swappable)

    def graph_between(self, app_label: str, one: AppChange, other: AppChange) -> MigrationGraph:
        """The graph of two plain changes, and of the base only what lies between them.

        Its leaves and its fork are those of the app, and it is made in a fraction of the time.
        """
        migrations = {
            key: self.base.graph.migrations[key]
            for key in self._between(self._parents(app_label, one), self._parents(app_label, other))
        }
        changed = {**migrations, **other.written, **one.written}
        return MigrationGraph.of(changed.values(), self.base.graph.swappable)

    def _parents(self, app_label: str, change: AppChange) -> frozenset[MigrationKey]:
        """What a change builds upon in the app, of the base."""
        graph = self.base.graph
        keys = (entry.key for item in change.written.values() for entry in item.dependencies)
        found = {graph.active(key) for key in keys if key is not None}
        return frozenset(key for key in found if key.app_label == app_label and key in graph.nodes)

    def _between(
        self, one: frozenset[MigrationKey], other: frozenset[MigrationKey]
    ) -> frozenset[MigrationKey]:
        """What is before one of two sets alone, and the last of what is before both."""
        if (one, other) not in self._betweens:
            graph = self.base.graph
            mine, theirs = (
                frozenset[MigrationKey]().union(*map(graph.app_ancestors, keys))
                for keys in (one, other)
            )
            common = mine & theirs
            behind = frozenset[MigrationKey]().union(*(graph.parents[key] for key in common))
            self._betweens[one, other] = (mine ^ theirs) | (common - behind)
        return self._betweens[one, other]

    def operations(self, migration: Migration) -> tuple[Operation, ...]:
        """What a migration of the base or of a branch does."""
        from migtui.source.operations import read_operations  # noqa: PLC0415 - few need any

        sha = self._blobs.get(migration.sha256)
        if sha is None:
            return self._operations_of_base(migration.key)
        if sha not in self._operations:
            self._operations[sha] = read_operations(self._snapshots.objects.blob(sha))
        return self._operations[sha]

    def _operations_of_base(self, key: MigrationKey) -> tuple[Operation, ...]:
        path = self.base.graph.migrations[key].path
        if path not in self._operations:
            self._operations[path] = self.base.operations(key)
        return self._operations[path]

    def _change(
        self,
        app_label: str,
        written: Mapping[MigrationKey, Migration],
        new: Iterable[MigrationKey],
        removed: frozenset[MigrationKey],
    ) -> AppChange:
        added = frozenset(written).intersection(new)
        change = AppChange(MappingProxyType(dict(written)), added, removed)
        leaves = self.graph_with(app_label, change).leaves(app_label)
        own = frozenset(leaves).intersection(written)
        return replace(change, leaves=own, leaf_count=len(leaves))

    def _read(
        self, package: MigrationPackage, key: MigrationKey, path: str, entry: TreeEntry
    ) -> Migration | None:
        """The head of a file; None for a link, or a file of South."""
        identity = (entry.sha, key, path)
        if identity not in self._migrations:
            migration = None
            if entry.mode != LINK and not entry.is_directory:
                content = self._snapshots.objects.blob(entry.sha)
                if not is_south(content):
                    place = self._relative(path)
                    read = read_migration(content, key, place, writable=package.writable)
                    migration = follow_references(read, package.references)
                    self._blobs[migration.sha256] = entry.sha
                    if is_djangos(content):
                        self._djangos.add(migration.sha256)
            self._migrations[identity] = migration
        return self._migrations[identity]

    def _relative(self, path: str) -> str:
        """A path from the top of the repository as one from the project's directory."""
        prefix = self._snapshots.repository.path(self.base.root) or "."
        return posixpath.relpath(path, prefix)

    def _packages_for(
        self, changes: Mapping[str, TreeChange], tip: str
    ) -> Mapping[str, MigrationPackage]:
        """The base's packages by directory, and those that are only on this branch."""
        directories = {posixpath.dirname(path) for path in changes if path.endswith(".py")}
        unknown = {
            directory
            for directory in directories - self._packages.keys()
            if NAMED in posixpath.basename(directory)
        }
        if not unknown:
            return self._packages
        there = self._by_directory(self._snapshots.of_tree(tip).layout.packages)
        return {**{name: there[name] for name in unknown & there.keys()}, **self._packages}

    def _by_directory(self, packages: Iterable[MigrationPackage]) -> dict[str, MigrationPackage]:
        places = ((self._snapshots.repository.path(Path(p.directory)), p) for p in packages)
        return {path: package for path, package in places if path is not None}
