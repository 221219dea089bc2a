"""The verdict on two git branches, by reading; what branches build upon is remembered once."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from migtui.core.conflict import Branch, Conflict
from migtui.core.forecast import AppChange
from migtui.core.graph import MigrationGraph
from migtui.core.judge import Judgement, concerned
from migtui.core.migration import Migration, MigrationKey
from migtui.core.questions import Operations
from migtui.core.verdict import Verdict
from migtui.core.walk import remember
from migtui.core.world import World
from migtui.services.branch_changes import BranchChanges


class BranchVerdicts:
    """Judges conflicts that are not in any tree yet.

    Args:
        changes: What the branches do.
    """

    def __init__(self, changes: BranchChanges) -> None:
        self._changes = changes
        self._worlds: dict[tuple[frozenset[MigrationKey], frozenset[str]], World] = {}
        self._labels: dict[tuple[tuple[MigrationKey, str], ...], frozenset[str]] = {}
        self._verdicts: dict[frozenset[tuple[MigrationKey, str]], Verdict] = {}

    def judge(
        self, conflict: Conflict, graph: MigrationGraph, *branches: Mapping[str, AppChange]
    ) -> Verdict:
        """Whether the branches of a conflict commute.

        Args:
            conflict: Its migrations are of the app's graph.
            graph: Of the app, with all branches in it.
            branches: What each git branch does in every app.
        """
        identity = frozenset((key, graph.migrations[key].sha256) for key in conflict.migrations)
        if identity not in self._verdicts:
            self._verdicts[identity] = self._judge(conflict, graph, branches)
        return self._verdicts[identity]

    def _judge(
        self,
        conflict: Conflict,
        graph: MigrationGraph,
        branches: tuple[Mapping[str, AppChange], ...],
    ) -> Verdict:
        swappable = graph.swappable
        operations = {
            key: self._changes.operations(graph.migrations[key]) for key in conflict.migrations
        }
        labels = frozenset[str]().union(
            *(self._concerned(conflict, branch, operations, graph) for branch in conflict.branches)
        )
        before = self._before(conflict, graph, labels, branches)
        return Judgement(conflict, operations, before, swappable).verdict()

    def _concerned(
        self, conflict: Conflict, branch: Branch, operations: Operations, graph: MigrationGraph
    ) -> frozenset[str]:
        """The apps that one branch names; it is compared with many others."""
        identity = tuple((key, graph.migrations[key].sha256) for key in branch.migrations)
        if identity not in self._labels:
            alone = replace(conflict, branches=(branch,))
            self._labels[identity] = concerned(alone, operations, graph.swappable)
        return self._labels[identity]

    def _before(
        self,
        conflict: Conflict,
        graph: MigrationGraph,
        labels: frozenset[str],
        branches: tuple[Mapping[str, AppChange], ...],
    ) -> World:
        """The world that the branches start from: what of the base runs before them.

        What a branch does in other apps runs before as well, where the conflict depends on it.
        """
        base = self._changes.base.graph
        wanted = set(conflict.fork)
        stack = [graph.migrations[key] for key in conflict.migrations]
        elsewhere = {
            key: migration
            for apps in branches
            for label, change in apps.items()
            if label != conflict.app_label
            for key, migration in change.written.items()
        }
        own: dict[MigrationKey, None] = {}
        while stack:
            for entry in stack.pop().dependencies:
                key = entry.key
                if key is None or key in conflict.migrations or key in own:
                    continue
                if key in elsewhere:
                    own[key] = None
                    stack.append(elsewhere[key])
                else:
                    wanted.add(base.active(key))
        parents = frozenset(key for key in wanted if key in base.nodes)
        if not own:
            identity = (parents, labels)
            if identity not in self._worlds:
                self._worlds[identity] = self._remember(parents, labels, ())
            return self._worlds[identity]
        added = [elsewhere[key] for key in reversed(own) if key.app_label in labels]
        return self._remember(parents, labels, added)

    def _remember(
        self,
        parents: frozenset[MigrationKey],
        labels: frozenset[str],
        added: Iterable[Migration],
    ) -> World:
        """The world after these migrations of the base and what is before them, then others."""
        base = self._changes.base.graph
        before = frozenset[MigrationKey]().union(*map(base.ancestors, parents))
        history = [
            (key, self._changes.operations(base.migrations[key]))
            for key in base.ordered([key for key in before if key.app_label in labels])
        ]
        history += [(migration.key, self._changes.operations(migration)) for migration in added]
        return remember(history, base.swappable)
