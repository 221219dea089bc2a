"""How much a verdict tells, how often it is too careful, and how long it takes."""

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from migtui.config import Config
from migtui.core.conflict import Branch, Conflict
from migtui.core.graph import MigrationGraph
from migtui.core.judge import concerned, judge
from migtui.core.migration import MigrationKey, Operation
from migtui.core.verdict import Kind
from migtui.services.explain import read_verdict
from migtui.services.project import Project, open_project
from migtui.source.discover import discover
from migtui.source.helpers import Helpers
from migtui.source.layout import read_layout
from migtui.source.operations import read_operations
from tests.benchmarks.generator import generate
from tests.benchmarks.measure import Ratio
from tests.support.operation_pairs import BASE, FUNCTIONS, OPERATIONS, compare_pairs
from tests.support.truth import Truth, set_up

PACKAGES = ("allauth", "cms", "django.contrib", "oscar", "taggit", "wagtail")
LIMIT = 0.050
"""Seconds that a verdict may take."""
CONFLICTS = 60


def opaque_verdicts() -> Sequence[Ratio]:
    """Every migration of real packages put beside the one before it, as if they conflicted."""
    graph, read = _packages()
    kinds = []
    for conflict, before in _neighbours(graph):
        operations = {key: read(key) for key in conflict.migrations}
        app_labels = concerned(conflict, operations, graph.swappable)
        behind = [key for key in before if key.app_label in app_labels]
        history = [(key, read(key)) for key in graph.ordered(behind)]
        kinds.append(judge(conflict, operations, history, swappable=graph.swappable).kind)
    name = f"verdicts that are opaque, of {len(kinds)} neighbours in {len(PACKAGES)} real packages"
    return (Ratio(name, kinds.count(Kind.OPAQUE), len(kinds), 0.15),)


def careful_verdicts() -> Sequence[Ratio]:
    """Every pair of operations that the tests know, against what a real SQLite makes of both."""
    set_up({"truth_sqlite": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
    truth = Truth("truth_sqlite", BASE, FUNCTIONS)
    compared = list(compare_pairs([truth], range(len(OPERATIONS))))
    worse = sum(comparison.is_worse for comparison in compared)
    name = f"verdicts worse than what Django does, of {len(compared)} pairs of operations"
    return (Ratio(name, worse, len(compared), 0.03),)


def time_of_verdicts() -> Sequence[Ratio]:
    """From the graph to the verdict, files of the conflict read, in a project of 2,000.

    Measured in seconds of the processor, the least of two: what else the machine does is not ours.
    """
    with tempfile.TemporaryDirectory() as directory:
        root = generate(Path(directory), apps=100, migrations=20)
        project = open_project(root)
        samples = []
        for conflict, _ in list(_neighbours(project.graph))[:: 1800 // CONFLICTS]:
            samples.append(min(_seconds(project, conflict) for _ in range(2)))
    samples.sort()
    p95 = samples[int(len(samples) * 0.95)]
    return (
        Ratio("verdict from reading, median seconds", statistics.median(samples), LIMIT, 1.0),
        Ratio("verdict from reading, 95th percentile", p95, LIMIT, 1.0),
    )


def _seconds(project: Project, conflict: Conflict) -> float:
    start = time.process_time()
    read_verdict(project, conflict)
    return time.process_time() - start


def _neighbours(
    graph: MigrationGraph,
) -> Iterator[tuple[Conflict, frozenset[MigrationKey]]]:
    """Migrations and the one before each, as leaves of one fork, with all that is before them."""
    for key in sorted(graph.nodes):
        own = [parent for parent in graph.parents[key] if parent.app_label == key.app_label]
        if len(own) != 1:
            continue
        one = own[0]
        fork = sorted(parent for parent in graph.parents[one] if parent.app_label == one.app_label)
        before = (graph.ancestors(key) | graph.ancestors(one)) - {key, one}
        if fork and not any(one in graph.ancestors(other) for other in before):
            branches = tuple(Branch(leaf, (leaf,)) for leaf in sorted((one, key)))
            yield Conflict(one.app_label, branches, tuple(fork)), before


class _Reader:
    """Reads the operations of each migration once."""

    def __init__(self, graph: MigrationGraph) -> None:
        self.graph = graph
        self.helpers = Helpers()
        self.known: dict[MigrationKey, tuple[Operation, ...]] = {}

    def __call__(self, key: MigrationKey) -> tuple[Operation, ...]:
        if key not in self.known:
            path = Path("/", self.graph.migrations[key].path)
            self.known[key] = read_operations(path.read_bytes(), self.helpers.of(path))
        return self.known[key]


def _packages() -> tuple[MigrationGraph, _Reader]:
    """The graph of all packages that the tests are run with."""
    layout = None
    for name in PACKAGES:
        spec = find_spec(name)
        root = Path((spec.submodule_search_locations or [""])[0]) if spec else Path()
        found = discover(root, Config())
        layout = found if layout is None else replace(
            layout, packages=(*layout.packages, *found.packages)
        )  # fmt: skip
    if layout is None or not layout.packages:
        raise RuntimeError("There is nothing to measure.")
    graph = MigrationGraph.of(read_layout(Path("/"), layout), {"AUTH_USER_MODEL": "auth"})
    return graph, _Reader(graph)
