"""Squashes by migtui and by ``squashmigrations``: what they cost, and what becomes of them."""

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from migtui.core.squash_plan import SquashChoice
from migtui.services.consult import consult_lightly
from migtui.services.engines import open_engine
from migtui.services.project import open_project
from migtui.services.squash import plan_squash
from tests.benchmarks.generator import generate, write_app
from tests.benchmarks.measure import Ratio, seconds_of
from tests.benchmarks.squash_outcomes import sweep, table
from tests.support.packages import ALLAUTH, TAGGIT, WAGTAIL, write_project_of

PACKAGES = (ALLAUTH, TAGGIT, WAGTAIL)
MOST = 20
"""Migrations of an app that is squashed here; longer ones take too long to prove each time."""
LONG = 300
RUNS = 5
WHOLE = 1.2
"""The limit of the whole command, which reads every file, and plans and says more than Django's."""
MIGTUI = (sys.executable, "-m", "migtui")


def plan_of_a_long_app() -> Sequence[Ratio]:
    """The plan of 300 migrations among 2,000 against Django's command: whole, and on the screen.

    On the screen the engine is running already.
    """
    with tempfile.TemporaryDirectory() as directory:
        root = _write_long_project(Path(directory))
        ours, theirs = [], []
        for _ in range(RUNS):  # in turns: what else the machine does meets both alike
            ours.append(seconds_of([*MIGTUI, "squash", "long", "--dry-run"], root, runs=1))
            words = ["squashmigrations", "long", "0001", f"{LONG:04}", "--noinput"]
            theirs.append(seconds_of([sys.executable, "manage.py", *words], root, runs=1))
            for path in (root / "long/migrations").glob("*_squashed_*.py"):
                path.unlink()
        shown = _seconds_of_a_plan(root)
    name = f"squash plan of {LONG} among 2,000 migrations, wall seconds"
    return (
        Ratio(f"{name}, whole command", min(ours), min(theirs), WHOLE),
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
    """Every app of three packages squashed from first to last, tried, written, and finished."""
    outcomes = []
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as directory:
            root = write_project_of(Path(directory), package)
            for outcome in sweep(root, sys.executable, most=MOST):
                sys.stdout.write(f"{outcome}\n")
                outcomes.append(outcome)
    sys.stdout.write(table(outcomes))
    failed = sum(text.startswith("fails") for o in outcomes for text in o.ours.values())
    return (Ratio("squashes that fail", failed, len(outcomes), 0.0),)
