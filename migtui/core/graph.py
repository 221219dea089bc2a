"""The graph of migrations as Django's loader builds it, also where Django would refuse to.

The rules are those of ``django.db.migrations.loader.MigrationLoader.build_graph`` on an empty
database: a squash takes the place of what it replaces. What Django stops at (a missing parent,
a cycle) is kept as a fact here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType

from migtui.core.migration import FIRST, LATEST, Dependency, Migration, MigrationKey

Edge = tuple[MigrationKey, MigrationKey]


@dataclass(frozen=True, slots=True)
class MissingDependency:
    """A dependency of ``migration`` on one that is not there, in an app whose files were read."""

    migration: MigrationKey
    dependency: Dependency


@dataclass(frozen=True)
class MigrationGraph:
    """Migrations and their dependencies.

    Args:
        migrations: Every migration that was read, replaced ones too.
        swappable: What a setting of ``swappable_dependency`` points to, by its name:
            ``{"AUTH_USER_MODEL": "accounts.User"}``, of which the app matters here. Unknown ones
            make no edge.
    """

    migrations: Mapping[MigrationKey, Migration]
    swappable: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(
        cls, migrations: Iterable[Migration], swappable: Mapping[str, str] | None = None
    ) -> "MigrationGraph":
        """The graph of these migrations."""
        by_key = {migration.key: migration for migration in migrations}
        return cls(MappingProxyType(by_key), MappingProxyType(dict(swappable or {})))

    @cached_property
    def replaced_by(self) -> Mapping[MigrationKey, MigrationKey]:
        """The squash that stands for each replaced migration on an empty database."""
        direct: dict[MigrationKey, MigrationKey] = {}
        for key in sorted(self.migrations):
            for replaced in self.migrations[key].replaced_keys:
                if replaced != key:
                    direct.setdefault(replaced, key)
        final: dict[MigrationKey, MigrationKey] = {}
        for replaced in direct:
            seen = [replaced]
            while seen[-1] in direct and direct[seen[-1]] not in seen:
                seen.append(direct[seen[-1]])
            if seen[-1] not in direct:  # else the squashes replace each other
                final[replaced] = seen[-1]
        return final

    def active(self, key: MigrationKey) -> MigrationKey:
        """The migration that stands in the graph for this one: its squash, or itself."""
        return self.replaced_by.get(key, key)

    @cached_property
    def nodes(self) -> frozenset[MigrationKey]:
        """The migrations that run on an empty database."""
        return frozenset(key for key in self.migrations if key not in self.replaced_by)

    @cached_property
    def sorted_nodes(self) -> tuple[MigrationKey, ...]:
        """The nodes by app label and name."""
        return tuple(sorted(self.nodes, key=lambda key: (key.app_label, key.name)))

    @cached_property
    def app_labels(self) -> frozenset[str]:
        """The apps whose migrations were read."""
        return frozenset(key.app_label for key in self.migrations)

    @cached_property
    def _edges(self) -> tuple[frozenset[Edge], tuple[MissingDependency, ...]]:
        """Child and parent of every dependency, and what was missing."""
        edges: set[Edge] = set()
        missing: list[MissingDependency] = []
        symbolic: list[tuple[MigrationKey, Dependency, bool]] = []
        for key, migration in self.migrations.items():
            for before, entries in ((False, migration.dependencies), (True, migration.run_before)):
                for entry in entries:
                    other = entry.key
                    if other is None:
                        symbolic.append((key, entry, before))
                    elif self.active(other) in self.nodes:
                        edges.add(self._edge(key, other, before=before))
                    elif other.app_label in self.app_labels:
                        missing.append(MissingDependency(key, entry))
        # As in Django, the first and latest of an app are looked up among its inner edges.
        inner = {(child, parent) for child, parent in edges if child.app_label == parent.app_label}
        for key, entry, before in symbolic:
            found = self._resolve(entry, key.app_label, inner)
            if found is not None:
                edges.add(self._edge(key, found, before=before))
        edges = {(child, parent) for child, parent in edges if child != parent}
        missing.sort(key=lambda item: (item.migration, item.dependency.line))
        return frozenset(edges), tuple(missing)

    @cached_property
    def named_by(self) -> Mapping[MigrationKey, frozenset[MigrationKey]]:
        """The migrations whose files name each one, in any of their three lists."""
        found: dict[MigrationKey, set[MigrationKey]] = {}
        for key, migration in self.migrations.items():
            for entry in (*migration.dependencies, *migration.run_before, *migration.replaces):
                if entry.key is not None:
                    found.setdefault(entry.key, set()).add(key)
        return {key: frozenset(others) for key, others in found.items()}

    def _edge(self, key: MigrationKey, other: MigrationKey, *, before: bool) -> Edge:
        child, parent = (other, key) if before else (key, other)
        return self.active(child), self.active(parent)

    def _resolve(
        self, entry: Dependency, own_app: str, inner: Collection[Edge]
    ) -> MigrationKey | None:
        """The migration that ``__first__``, ``__latest__`` or a swappable stands for."""
        app = entry.app_label
        if entry.setting is not None:
            app = self.swappable.get(entry.setting, app or "").partition(".")[0] or None
        if app is None or app == own_app:  # Django ignores __first__ of the same app
            return None
        side = 0 if entry.name != LATEST else 1
        linked = {edge[side] for edge in inner}
        ends = [key for key in self.nodes if key.app_label == app and key not in linked]
        if entry.setting is None and entry.name not in (FIRST, LATEST):
            return None
        return min(ends, default=None)

    @property
    def missing(self) -> tuple[MissingDependency, ...]:
        """Dependencies on migrations that are not there."""
        return self._edges[1]

    @cached_property
    def parents(self) -> Mapping[MigrationKey, frozenset[MigrationKey]]:
        """What each node depends on, in every app."""
        return self._adjacent(child_first=True)

    @cached_property
    def children(self) -> Mapping[MigrationKey, frozenset[MigrationKey]]:
        """What depends on each node, in every app."""
        return self._adjacent(child_first=False)

    def _adjacent(self, *, child_first: bool) -> Mapping[MigrationKey, frozenset[MigrationKey]]:
        found: dict[MigrationKey, set[MigrationKey]] = {key: set() for key in self.nodes}
        for child, parent in self._edges[0]:
            if child_first:
                found[child].add(parent)
            else:
                found[parent].add(child)
        return {key: frozenset(others) for key, others in found.items()}

    @cached_property
    def _leaves(self) -> Mapping[str, tuple[MigrationKey, ...]]:
        found: dict[str, list[MigrationKey]] = {}
        for key in self.sorted_nodes:
            if all(child.app_label != key.app_label for child in self.children[key]):
                found.setdefault(key.app_label, []).append(key)
        return {app_label: tuple(keys) for app_label, keys in found.items()}

    def leaves(self, app_label: str) -> tuple[MigrationKey, ...]:
        """The migrations of an app that no other of the same app depends on, sorted."""
        return self._leaves.get(app_label, ())

    @cached_property
    def _explanations(self) -> Mapping[str, tuple[MigrationKey, ...]]:
        """By app with several leaves: the migrations that may depend on some of them after all.

        Those are the ones with dependencies that could not be read, or that are not there. A leaf
        may be explained by any of them that does not run before it.
        """
        vague = {self.active(key) for key, migration in self.migrations.items()
                 if migration.unknown_parents}  # fmt: skip
        vague |= {self.active(found.migration) for found in self.missing
                  if found.dependency.app_label == found.migration.app_label}  # fmt: skip
        found: dict[str, tuple[MigrationKey, ...]] = {}
        for app_label, leaves in self._leaves.items():
            if len(leaves) > 1:
                own = sorted(key for key in vague if key.app_label == app_label)
                ancestors = {leaf: self.ancestors(leaf) for leaf in leaves if own}
                explained = [leaf for leaf in ancestors if not ancestors[leaf].issuperset(own)]
                is_certain = len(leaves) - len(explained) > 1
                found[app_label] = () if is_certain else tuple(own)
        return found

    @property
    def conflicting_apps(self) -> tuple[str, ...]:
        """The apps with several leaves, sorted: what ``makemigrations`` refuses to work with.

        Not those of :attr:`doubtful_apps`.
        """
        return tuple(sorted(app for app, vague in self._explanations.items() if not vague))

    @property
    def doubtful_apps(self) -> Mapping[str, tuple[MigrationKey, ...]]:
        """The apps that seem to have several leaves, but may have one.

        Each with the migrations whose parents are not all known, and that may join the leaves.
        """
        return {app: vague for app, vague in self._explanations.items() if vague}

    # Found once: every order of a conflict's branches asks for those of the same leaves.

    @cached_property
    def _plans(self) -> dict[MigrationKey, tuple[MigrationKey, ...]]:
        return {}

    @cached_property
    def _ancestors(self) -> dict[MigrationKey, frozenset[MigrationKey]]:
        return {}

    def ancestors(self, key: MigrationKey) -> frozenset[MigrationKey]:
        """Every node that this one depends on, itself included."""
        if key not in self._ancestors:
            self._ancestors[key] = frozenset(self.forwards_plan(key))
        return self._ancestors[key]

    def app_ancestors(self, key: MigrationKey) -> frozenset[MigrationKey]:
        """The nodes that this one depends on along dependencies inside its app, itself included."""
        return self._reach(key, self.parents, within_app=True)

    def descendants(self, key: MigrationKey) -> frozenset[MigrationKey]:
        """Every node that depends on this one, itself included."""
        return self._reach(key, self.children, within_app=False)

    @staticmethod
    def _reach(
        key: MigrationKey,
        step: Mapping[MigrationKey, frozenset[MigrationKey]],
        *,
        within_app: bool,
    ) -> frozenset[MigrationKey]:
        seen = {key}
        stack = [key]
        while stack:
            for other in step.get(stack.pop(), ()):
                if other not in seen and (not within_app or other.app_label == key.app_label):
                    seen.add(other)
                    stack.append(other)
        return frozenset(seen)

    def forwards_plan(self, key: MigrationKey) -> tuple[MigrationKey, ...]:
        """Every node that this one depends on and itself, in the order in which Django runs them.

        Of parents that don't depend on each other, the one whose name sorts last runs first, as in
        ``django.db.migrations.graph.MigrationGraph.iterative_dfs``. A cycle is cut where it closes.
        """
        if key in self._plans:
            return self._plans[key]
        expanded: set[MigrationKey] = set()
        plan: dict[MigrationKey, None] = {}
        stack = [(key, False)]
        while stack:
            node, processed = stack.pop()
            if processed:
                plan[node] = None
            elif node not in expanded:
                expanded.add(node)
                stack.append((node, True))
                stack += [(parent, False) for parent in sorted(self.parents[node])]
        self._plans[key] = tuple(plan)
        return self._plans[key]

    def ordered(self, keys: Collection[MigrationKey]) -> tuple[MigrationKey, ...]:
        """These nodes in the order in which Django runs them."""
        chosen = set(keys)
        ends = sorted(key for key in chosen if not self.children[key] & chosen)
        plans = [self.forwards_plan(end) for end in ends or sorted(chosen)]
        return tuple(dict.fromkeys(key for plan in plans for key in plan if key in chosen))

    def find_cycle(
        self, *, without: Collection[Edge] = (), plus: Collection[Edge] = ()
    ) -> tuple[MigrationKey, ...]:
        """A cycle, its first migration repeated at the end; empty where there is none.

        Args:
            without: Edges (child, parent) to leave out.
            plus: Edges to add.
        """
        edges = (self._edges[0] - frozenset(without)) | frozenset(plus)
        sorter: TopologicalSorter[MigrationKey] = TopologicalSorter()
        names = {key: (key.app_label, key.name) for edge in edges for key in edge}
        for child, parent in sorted(edges, key=lambda edge: (names[edge[0]], names[edge[1]])):
            sorter.add(child, parent)
        try:
            sorter.prepare()
        except CycleError as error:
            return tuple(reversed(error.args[1]))
        return ()

    @cached_property
    def cycles(self) -> tuple[tuple[MigrationKey, ...], ...]:
        """Cycles that are left after cutting each one found at one edge."""
        found: list[tuple[MigrationKey, ...]] = []
        cut: set[Edge] = set()
        while cycle := self.find_cycle(without=cut):
            found.append(cycle)
            cut.add((cycle[0], cycle[1]))
        return tuple(found)
