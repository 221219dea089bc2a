"""Squashes by migtui and by ``squashmigrations``: what they cost, and what becomes of them."""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from migtui.core.changes import ChangeSet
from migtui.core.squash_plan import SquashChoice, SquashProof
from migtui.engine.client import Engine
from migtui.engine.protocol import OverlayFile, ProveSquash, TryOrders
from migtui.errors import MigtuiError
from migtui.services.consult import Consultation, consult_lightly
from migtui.services.engines import open_engine
from migtui.services.project import open_project
from migtui.services.prove import prove
from migtui.services.squash import plan_squash
from tests.benchmarks.generator import generate, write_app
from tests.benchmarks.measure import Ratio, cost_of
from tests.support.packages import ALLAUTH, TAGGIT, WAGTAIL, Package, write_project_of

PACKAGES = (ALLAUTH, TAGGIT, WAGTAIL)
FEWEST, MOST = 3, 20
"""Migrations of an app that is squashed here; longer ones take too long to prove each time."""
LONG = 300
RUNS = 5
MIGTUI = (sys.executable, "-m", "migtui")


def plan_of_a_long_app() -> Sequence[Ratio]:
    """The plan of 300 migrations among 2,000 against Django's command: whole, and on the screen.

    On the screen the engine is running already.
    """
    with tempfile.TemporaryDirectory() as directory:
        root = _write_long_project(Path(directory))
        ours, theirs = [], []
        for _ in range(RUNS):  # in turns: what else the machine does meets both alike
            ours.append(cost_of([*MIGTUI, "squash", "long", "--dry-run"], root, runs=1).seconds)
            words = ["squashmigrations", "long", "0001", f"{LONG:04}", "--noinput"]
            theirs.append(cost_of([sys.executable, "manage.py", *words], root, runs=1).seconds)
            for path in (root / "long/migrations").glob("*_squashed_*.py"):
                path.unlink()
        shown = _seconds_of_a_plan(root)
    name = f"squash plan of {LONG} among 2,000 migrations, wall seconds"
    return (
        Ratio(f"{name}, whole command", min(ours), min(theirs), 1.0),
        Ratio(f"{name}, on the screen", shown, min(theirs), 1.0),
    )


def _write_long_project(directory: Path) -> Path:
    root = generate(directory, apps=85, migrations=20)
    settings = root / "settings.py"
    added = settings.read_text().replace("INSTALLED_APPS = [", 'INSTALLED_APPS = ["long", ')
    settings.write_text(added)
    (root / "long/migrations").mkdir(parents=True)
    for name in ("long/__init__.py", "long/migrations/__init__.py"):
        (root / name).touch()
    write_app(root, "long", LONG, 1, after=None)
    return root


def _seconds_of_a_plan(root: Path) -> float:
    project = open_project(root, python=sys.executable)
    with open_engine(project) as engine:
        consultation = consult_lightly(project, engine)
        start = time.perf_counter()
        plan = plan_squash(consultation.project, engine, consultation.facts, SquashChoice("long"))
        seconds = time.perf_counter() - start
    if plan.draft is None or len(plan.draft.operations) != 1:
        raise RuntimeError(f"There is nothing to measure: {plan.refusals}")
    return seconds


def squashes_of_real_packages() -> Sequence[Ratio]:
    """Every app of three packages squashed from first to last, and each result proved."""
    ours: Counter[str] = Counter()
    theirs: Counter[str] = Counter()
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as directory:
            for app_label, mine, other in _outcomes(Path(directory), package):
                sys.stdout.write(f"     {app_label:<24} migtui: {mine:<44} Django: {other}\n")
                ours[mine.partition(":")[0]] += 1
                theirs[other.partition(":")[0]] += 1
    sys.stdout.write(f"     migtui: {dict(ours)}, squashmigrations: {dict(theirs)}\n")
    return (Ratio("squashes that fail", ours["fails"], sum(ours.values()), 0.0),)


def _outcomes(root: Path, package: Package) -> Iterator[tuple[str, str, str]]:
    write_project_of(root, package)
    project = open_project(root, python=sys.executable)
    with open_engine(project) as engine:
        consultation = consult_lightly(project, engine)
        labels = {app.label for app in consultation.facts.apps}
        graph = consultation.project.graph
        for app_label in sorted(graph.app_labels & labels):
            keys = [key for key in graph.nodes if key.app_label == app_label]
            writable = all(graph.migrations[key].writable for key in keys)
            if writable and FEWEST <= len(keys) <= MOST:
                mine = _ours(engine, consultation, app_label)
                yield app_label, mine, _theirs(engine, consultation, app_label)


def _ours(engine: Engine, consultation: Consultation, app_label: str) -> str:
    """``equal``, ``refused: why`` before anything is written, or ``fails: how``."""
    project, facts = consultation.project, consultation.facts
    try:
        plan = plan_squash(project, engine, facts, SquashChoice(app_label))
    except MigtuiError as error:
        return f"refused: {error.message[:34]}"
    if plan.changes is None:
        return f"refused: {plan.refusals[0][:34]}"
    (proof,) = prove(project, engine, facts, plan)
    if not proof.is_equal:  # then it is not written: it is refused with what was found
        return f"refused: {_why(proof)}"
    said = _migrated(project.root, plan.changes, app_label)
    return f"fails: {said}" if said else "equal"


def _migrated(root: Path, changes: ChangeSet, app_label: str) -> str:
    """What Django says where it migrates from nothing with these files; empty where it can."""
    files = {root / path: content for path, content in changes.files_after().items()}
    for path, content in files.items():
        path.write_bytes(content or b"")
    command = [sys.executable, "-B", "manage.py", "migrate", app_label, "--skip-checks"]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    for path in (*files, root / "db.sqlite3"):
        path.unlink(missing_ok=True)
    return ran.stderr.strip().splitlines()[-1][:60] if ran.returncode else ""


def _theirs(engine: Engine, consultation: Consultation, app_label: str) -> str:
    root = consultation.project.root
    graph = consultation.project.graph
    (leaf,) = graph.leaves(app_label)
    directory = (root / graph.migrations[leaf].path).parent
    before = set(directory.glob("*.py"))
    ran = _squashmigrations(root, app_label, leaf.name)
    written = sorted(set(directory.glob("*.py")) - before)
    if not written:
        return f"refused: {ran.strip().splitlines()[-1][:34]}"
    overlay = (OverlayFile(str(written[0]), written[0].read_bytes()),)
    name = written[0].stem
    written[0].unlink()
    question = ProveSquash(app_label, name, overlay, TryOrders((), ()))
    proof = engine.ask(question, timeout=600)
    return "equal" if proof.is_equal else f"fails: {_why(proof)}"


def _why(proof: SquashProof) -> str:
    if proof.error:
        return proof.error[:60]
    return f"{proof.differences[0].what} {proof.differences[0].resource}"[:60]


def _squashmigrations(root: Path, *arguments: str) -> str:
    command = [sys.executable, "-B", "manage.py", "squashmigrations", *arguments, "--noinput"]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr
