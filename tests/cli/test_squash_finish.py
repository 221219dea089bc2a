"""``migtui squash --finish`` on the command line."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.command_line import Result, run
from tests.support.projects import read_tree, write
from tests.support.squashes import NAMES, manage, write_blog

NAME = "0001_squashed_0005_title"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a squash that is written."""
    root = write_blog(tmp_path / "project")
    assert squash(root, "--no-proof").code == 0
    return root


def squash(root: Path, *words: str) -> Result:
    return run("squash", "blog", *words, "--noinput", "--project", root, "--python", sys.executable)


def test_it_waits_for_every_database_then_cleans_up_in_one_undo(tmp_path: Path) -> None:
    root = write_blog(tmp_path / "project")
    write(root, {"blog/migrations/max_migration.txt": "0005_title\n", "notes.py": "# 0003_fill\n"})
    manage(root, "migrate")
    assert squash(root, "--no-proof").code == 0
    before = read_tree(root)
    waiting = squash(root, "--finish")
    assert waiting.code == 1
    assert f"default has not recorded {NAME}: run `migrate` there first." in waiting.err
    assert read_tree(root) == before
    manage(root, "migrate")
    before = read_tree(root)

    result = squash(root, "--finish")

    assert result.code == 0, result.err
    assert "will then forget 5 records" in result.err
    assert "notes.py:1: # 0003_fill" in result.err
    names = {path.stem for path in (root / "blog/migrations").glob("0*.py")}
    assert names == {NAME}
    text = (root / f"blog/migrations/{NAME}.py").read_text()
    assert "replaces" not in text
    assert f"('blog', '{NAME}')" in (root / "shop/migrations/0001_initial.py").read_text()
    assert manage(root, "makemigrations", "--check", "--dry-run") == "No changes detected\n"
    assert manage(root, "migrate", "--check") == ""
    assert run("undo", "--project", root).code == 0
    assert read_tree(root) == before


def test_prune_forgets_the_records_of_what_went(root: Path) -> None:
    manage(root, "migrate")
    result = squash(root, "--finish", NAME, "--prune")
    assert result.code == 0, result.err
    recorded = (
        "from django.db.migrations.recorder import MigrationRecorder as M; "
        "print(sorted(M.Migration.objects.filter(app='blog').values_list('name', flat=True)))"
    )
    assert manage(root, "shell", "-c", recorded).splitlines()[-1] == f"['{NAME}']"
    assert manage(root, "migrate", "--check") == ""


def test_databases_elsewhere_tell_by_files(root: Path, tmp_path: Path) -> None:
    listed, told = tmp_path / "listed.txt", tmp_path / "told.json"
    listed.write_text(f"blog\n [X] {NAME} (5 squashed migrations)\n")
    told.write_text(json.dumps({"blog": NAMES[:3]}))
    words = ["--finish", "--applied", str(listed), "--format", "json", "--dry-run"]
    document = json.loads(squash(root, *words).out)
    assert document["possible"]
    assert [entry["applied"] for entry in document["databases"]] == ["none", "squash"]
    assert document["deleted"] == list(NAMES)
    document = json.loads(squash(root, *words, "--applied", str(told)).out)
    assert not document["possible"]
    assert "0004_length, 0005_title are missing" in document["refusals"][0]


WRONG = (
    (["--finish", "0009"], 2, "blog has no migration '0009'"),
    (["--finish", "0001_initial"], 2, f"0001_initial is replaced by {NAME}"),
    (["0001", "--finish"], 2, "no range"),
    (["--prune"], 2, "--prune goes with --finish"),
    (["--finish", "--applied", "/no/such"], 2, "/no/such can't be read"),
    (["--finish", "--database", "other"], 2, "The settings have no database 'other'"),
)


def test_bad_input_is_one_sentence(root: Path) -> None:
    before = read_tree(root)
    for words, code, message in WRONG:
        result = squash(root, *words)
        assert (result.code, result.out) == (code, "")
        assert message in result.err
    assert read_tree(root) == before
