"""Squashes of a real package, written, migrated by Django, and finished."""

import sys
from pathlib import Path

from migtui.core.squash_plan import SquashChoice
from migtui.services.consult import consult_lightly
from migtui.services.engines import open_engine
from migtui.services.finish import plan_finish, write_finish
from migtui.services.project import open_project
from migtui.services.squash import plan_squash, write_squash
from tests.support.packages import ALLAUTH, write_project_of
from tests.support.squashes import manage

LABELS = ("account", "mfa")


def test_apps_of_allauth_are_squashed_and_finished_and_django_is_content(tmp_path: Path) -> None:
    root = write_project_of(tmp_path / "project", ALLAUTH)
    before = manage(root, "makemigrations", "--dry-run")
    with open_engine(open_project(root, python=sys.executable)) as engine:
        for app_label in LABELS:
            consultation = consult_lightly(open_project(root, python=sys.executable), engine)
            project, facts = consultation.project, consultation.facts
            plan = plan_squash(project, engine, facts, SquashChoice(app_label))
            write_squash(project, plan, engine)
        manage(root, "migrate", "--skip-checks")
        for app_label in LABELS:
            consultation = consult_lightly(open_project(root, python=sys.executable), engine)
            project, facts = consultation.project, consultation.facts
            applied = consultation.applied
            end = plan_finish(project, facts, app_label, None, applied=applied)
            assert end.refusals == ()
            write_finish(project, end, engine)
    found = open_project(root, python=sys.executable)
    assert found.problems(LABELS) == ()
    assert all(len([k for k in found.graph.migrations if k.app_label == a]) == 1 for a in LABELS)
    assert manage(root, "makemigrations", "--dry-run") == before
    assert manage(root, "migrate", "--check", "--skip-checks") == ""
