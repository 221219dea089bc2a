"""Squashes of a real package, written, migrated by Django, and finished."""

import re
import sys
from pathlib import Path

from migtui.core.squash import Progress
from migtui.core.squash_plan import SquashChoice
from migtui.services.consult import consult_lightly
from migtui.services.engines import open_engine
from migtui.services.finish import plan_finish, write_finish
from migtui.services.project import open_project
from migtui.services.squash import plan_squash, write_squash
from tests.support.packages import ALLAUTH, write_project_of
from tests.support.squashes import manage

APPLIED = {"account": Progress.PART, "mfa": Progress.WHOLE, "socialaccount": Progress.NONE}
"""Apps, and how much of each the database has before."""


def test_apps_of_allauth_are_squashed_migrated_as_said_and_finished_and_django_is_content(
    tmp_path: Path,
) -> None:
    root = write_project_of(tmp_path / "project", ALLAUTH)
    before = manage(root, "makemigrations", "--dry-run")
    manage(root, "migrate", "account", "0004", "--skip-checks")
    manage(root, "migrate", "mfa", "--skip-checks")
    runs: set[str] = set()
    with open_engine(open_project(root, python=sys.executable)) as engine:
        for app_label, progress in APPLIED.items():
            consultation = consult_lightly(open_project(root, python=sys.executable), engine)
            project, facts = consultation.project, consultation.facts
            choice = SquashChoice(app_label)
            plan = plan_squash(project, engine, facts, choice, applied=consultation.applied)
            (standing,) = plan.standings
            assert standing.progress == progress
            runs |= (
                {str(plan.key)} if progress is Progress.NONE else set(map(str, standing.missing))
            )
            write_squash(project, plan, engine)
        told = manage(root, "migrate", "--skip-checks")
        ran = set(re.findall(r"Applying (\S+)\.\.\.", told))
        assert {name for name in ran if name.partition(".")[0] in APPLIED} == runs
        for app_label in APPLIED:
            consultation = consult_lightly(open_project(root, python=sys.executable), engine)
            project, facts = consultation.project, consultation.facts
            applied = consultation.applied
            end = plan_finish(project, facts, app_label, None, applied=applied)
            assert end.refusals == ()
            write_finish(project, end, engine)
    found = open_project(root, python=sys.executable)
    assert found.problems(tuple(APPLIED)) == ()
    assert all(len([k for k in found.graph.migrations if k.app_label == a]) == 1 for a in APPLIED)
    assert manage(root, "makemigrations", "--dry-run") == before
    assert manage(root, "migrate", "--check", "--skip-checks") == ""
