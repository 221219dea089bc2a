"""Conflicts made in real packages, resolved in each way, judged by Django."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from migtui.core.migration import MigrationKey
from migtui.core.verdict import Kind
from migtui.services.engines import open_engine
from migtui.services.explain import explain
from migtui.services.project import Project, open_project
from migtui.services.resolve import MERGE, ORDER, Choice, make_plan
from migtui.services.write_verified import write_plan
from tests.support.packages import (
    ALLAUTH,
    TAGGIT,
    WAGTAIL,
    replace_dependency,
    write_project_of,
)

CASES = [(ALLAUTH, "socialaccount"), (TAGGIT, "taggit"), (WAGTAIL, "wagtailcore")]
WAYS = ["order", "reversed", "merge"]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def conflicted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str, str]:
    """A project with a conflict, its app, and what makemigrations said before."""
    package, app_label = request.param
    root = write_project_of(tmp_path_factory.mktemp(package.name), package)
    before = _manage(root, "makemigrations", "--check", "--dry-run").stdout
    _part_last_independent_pair(root, app_label)
    return root, app_label, before


@pytest.mark.parametrize("way", WAYS)
def test_a_conflict_is_resolved_and_django_migrates(
    conflicted: tuple[Path, str, str], tmp_path: Path, way: str
) -> None:
    original, app_label, before = conflicted
    root = shutil.copytree(original, tmp_path / "project")
    project = open_project(root)
    leaves = project.conflict(app_label).leaves
    choice = {
        "order": Choice(ORDER, leaves),
        "reversed": Choice(ORDER, leaves[::-1]),
        "merge": Choice(MERGE),
    }[way]

    with open_engine(project) as engine:
        written = write_plan(project, make_plan(project, app_label, choice), engine=engine)

    assert written.verification.how == "django"
    assert written.verification.passed
    assert not written.verification.new_changes
    assert open_project(root).conflicts == ()
    assert _manage(root, "makemigrations", "--check", "--dry-run").stdout == before
    migrated = _manage(root, "migrate", app_label, "--skip-checks")
    assert migrated.returncode == 0, migrated.stderr


def _part_last_independent_pair(root: Path, app_label: str) -> None:
    """Re-parent a migration onto its grandparent, the last one that Django lets run there."""
    project = open_project(root)
    (leaf,) = project.graph.leaves(app_label)
    line = project.graph.ordered(project.graph.app_ancestors(leaf))
    for grandparent, parent, child in reversed(list(zip(line, line[1:], line[2:], strict=False))):
        path = root / project.graph.migrations[child].path
        content = path.read_bytes()
        if _depends_only_on(project, child, parent):
            replace_dependency(path, app_label, parent.name, grandparent.name)
            parted = open_project(root)
            if app_label in parted.graph.conflicting_apps:
                explanation = explain(parted, app_label, with_git=False)
                if explanation.verdict.kind is Kind.INDEPENDENT:
                    return
            path.write_bytes(content)
    raise AssertionError(f"{app_label} has no two migrations in a row that commute")


def _depends_only_on(project: Project, child: MigrationKey, parent: MigrationKey) -> bool:
    inside = [key for key in project.graph.parents[child] if key.app_label == child.app_label]
    return inside == [parent]


def _manage(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-B", "manage.py", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
