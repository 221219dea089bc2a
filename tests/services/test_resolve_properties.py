"""Whatever the graph: an order ends in one leaf or is refused for a reason, and can be undone."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice, pairwise, permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db.migrations.loader import MigrationLoader
from hypothesis import HealthCheck, assume, given, settings

from migtui.core.changes import ChangeSet
from migtui.core.conflict import Conflict, find_conflicts
from migtui.core.migration import MigrationKey
from migtui.errors import ResolutionError
from migtui.services.project import Project, open_project
from migtui.services.resolve import Choice, Plan, make_plan
from migtui.services.write_verified import write_plan
from migtui.storage import transaction
from migtui.storage.journal import journal_directory
from tests.support.histories import History, histories
from tests.support.projects import write, write_project

FEW = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
MOST_ORDERS = 7
"""Of each conflict: the 120 of five leaves would say little more."""


@contextmanager
def project_of(history: History) -> Iterator[Project]:
    """A project on disk with a history that has a conflict."""
    assume(find_conflicts(history.graph))
    with TemporaryDirectory() as name:
        root = Path(name).resolve()
        labels = sorted({key.app_label for key in history.nodes})
        write_project(root, labels)
        write(root, history.files)
        yield open_project(root)


def choices(conflict: Conflict) -> Iterator[Choice]:
    yield Choice("merge")
    for order in islice(permutations(conflict.leaves), MOST_ORDERS):
        yield Choice("order", order)
        yield Choice("order", order, renumber=False)


def plans(project: Project) -> Iterator[Plan]:
    """Every way out of every conflict that is possible; an order that is not would be a cycle."""
    for conflict in project.conflicts:
        for choice in choices(conflict):
            if choice.strategy == "order" and closes_a_cycle(project, choice.order):
                with pytest.raises(ResolutionError, match=r"through another app"):
                    make_plan(project, conflict.app_label, choice)
            else:
                yield make_plan(project, conflict.app_label, choice)


def closes_a_cycle(project: Project, order: tuple[MigrationKey, ...]) -> bool:
    """Whether an order closes a cycle: by putting every migration behind the leaf before."""
    graph = project.graph
    edges = []
    for position in range(1, len(order)):
        earlier = frozenset().union(*map(graph.app_ancestors, order[:position]))
        own = graph.app_ancestors(order[position]) - earlier
        edges += [(key, order[position - 1]) for key in own]
    return bool(graph.find_cycle(plus=edges))


class Loader(MigrationLoader):  # type: ignore[misc]  # Django has no types
    """Django's own loader on files that are given; it builds the graph as ever."""

    files: dict[str, bytes]

    def load_disk(self) -> None:
        self.disk_migrations = {}
        self.unmigrated_apps: set[str] = set()
        self.migrated_apps = set()
        for path, content in self.files.items():
            label, _, file = path.partition("/migrations/")
            name = file.removesuffix(".py")
            namespace: dict[str, type] = {}
            exec(compile(content, path, "exec"), namespace)  # noqa: S102 - made by the test
            self.migrated_apps.add(label)
            self.disk_migrations[label, name] = namespace["Migration"](name, label)


def leaves_by_django(files: dict[str, bytes], app_label: str) -> list[tuple[str, str]]:
    loader = type("Loading", (Loader,), {"files": files})(None)
    return list(loader.graph.leaf_nodes(app_label))


def after(files: dict[str, bytes], changes: ChangeSet) -> dict[str, bytes]:
    found = {**files, **changes.files_after()}
    return {path: content for path, content in found.items() if content is not None}


@FEW
@given(histories())
def test_every_possible_way_out_ends_in_one_leaf_and_django_agrees(history: History) -> None:
    with project_of(history) as project:
        files = history.files
        names = {*project.graph.migrations, *project.graph.replaced_by}
        for plan in plans(project):
            result = after(files, plan.changes)
            leaf = plan.sequence[-1]
            assert plan.graph.leaves(plan.app_label) == (leaf,)
            assert plan.graph.cycles == ()
            assert plan.graph.missing == ()
            assert len(set(plan.renames.values())) == len(plan.renames)
            assert names.isdisjoint(plan.renames.values())
            found = leaves_by_django(result, plan.app_label)
            assert found == [(leaf.app_label, leaf.name)]


@FEW
@given(histories())
def test_all_of_a_branch_runs_behind_the_branch_before(history: History) -> None:
    with project_of(history) as project:
        for conflict in project.conflicts:
            for order in islice(permutations(conflict.leaves), MOST_ORDERS):
                if closes_a_cycle(project, order):
                    continue
                plan = make_plan(project, conflict.app_label, Choice("order", order))
                assert set(plan.sequence) == renamed(plan, conflict.migrations)
                placed = project.graph.app_ancestors(order[0])
                for before, leaf in pairwise(order):
                    own = project.graph.app_ancestors(leaf) - placed
                    placed |= own
                    for key in renamed(plan, own):
                        assert renamed(plan, [before]) < plan.graph.app_ancestors(key)


def renamed(plan: Plan, keys: Iterable[MigrationKey]) -> set[MigrationKey]:
    return {plan.renames.get(key, key) for key in keys}


@settings(FEW, max_examples=15)
@given(histories())
def test_what_was_written_is_what_was_planned_and_undoing_it_gives_the_same_bytes(
    history: History,
) -> None:
    with project_of(history) as project:
        for plan in islice(plans(project), 1, 4):
            before = contents(project.root)
            write_plan(project, plan, engine=None)
            written = open_project(project.root)
            assert written.graph.leaves(plan.app_label) == (plan.sequence[-1],)
            expected = {**before, **plan.changes.files_after()}
            assert contents(project.root) == {p: c for p, c in expected.items() if c is not None}
            transaction.undo(project.root, journal_directory(project.root))
            assert contents(project.root) == before


def contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".migtui" not in path.parts
    }
