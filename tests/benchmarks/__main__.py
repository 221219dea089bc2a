"""Compares migtui with Django in one run: ``python -m tests.benchmarks``."""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.backups import small_backups
from tests.benchmarks.evidence import replay_and_scratch
from tests.benchmarks.first_paint import first_painted_conflict
from tests.benchmarks.forecast import five_hundred_branches
from tests.benchmarks.generator import generate
from tests.benchmarks.measure import Ratio, in_turns, peak_of, report
from tests.benchmarks.sql import sql_of_a_branch
from tests.benchmarks.squashes import plan_of_a_long_app, squashes_of_real_packages
from tests.benchmarks.verdicts import careful_verdicts, opaque_verdicts, time_of_verdicts


def check_against_makemigrations() -> Sequence[Ratio]:
    """``migtui check`` against ``makemigrations --check --dry-run``, 100 apps of 20 migrations."""
    with tempfile.TemporaryDirectory() as directory:
        project = generate(Path(directory), apps=100, migrations=20)
        ours = [sys.executable, "-m", "migtui", "check"]
        theirs = [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]
        seconds = in_turns(ours, theirs, project)
        peaks = peak_of(ours, project), peak_of(theirs, project)
    return (
        Ratio("check, wall seconds", seconds[0], seconds[1], 1 / 3),
        Ratio("check, peak MiB", peaks[0], peaks[1], 1.0),
    )


if __name__ == "__main__":
    sys.exit(
        report(
            [
                check_against_makemigrations,
                first_painted_conflict,
                replay_and_scratch,
                sql_of_a_branch,
                five_hundred_branches,
                opaque_verdicts,
                careful_verdicts,
                time_of_verdicts,
                plan_of_a_long_app,
                squashes_of_real_packages,
                small_backups,
            ]
        )
    )
