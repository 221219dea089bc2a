"""What Django's evidence costs, against ``makemigrations --check`` on the same project."""

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from migtui.services.engines import open_engine
from migtui.services.evidence import gather
from migtui.services.explain import explain
from migtui.services.project import open_project
from tests.benchmarks.generator import generate
from tests.benchmarks.measure import Ratio, seconds_of

RUNS = 3


def replay_and_scratch() -> Sequence[Ratio]:
    """All orders on the state and on SQLite, 100 apps of 20 migrations; the engine is running."""
    with tempfile.TemporaryDirectory() as directory:
        root = generate(Path(directory), apps=100, migrations=20, leaves=2)
        project = open_project(root, python=sys.executable)
        explanation = explain(project, "app000", with_git=False)
        with open_engine(project) as engine:
            engine.start()
            samples = []
            for _ in range(RUNS):
                start = time.perf_counter()
                evidence = gather(engine, explanation, databases=("sqlite",))
                samples.append(time.perf_counter() - start)
        if any(entry.kind is None for entry in evidence):
            raise RuntimeError(f"There is nothing to measure: {evidence}")
        command = [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]
        theirs = seconds_of(command, root, code=1)  # it says that there is a conflict
    ours = statistics.median(samples)
    return (Ratio("replay and scratch on SQLite, wall seconds", ours, theirs, 1.0),)
