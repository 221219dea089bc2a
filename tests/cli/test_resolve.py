"""``migtui resolve``, then undo and redo: in real projects, by real Djangos."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import Terminal, run
from tests.support.projects import migration, read_tree, write
from tests.support.repositories import commit, git, init

ORDERED = {
    "blog/migrations/0001_initial.py",
    "blog/migrations/0002_tags.py",
    "blog/migrations/0003_views.py",
}


def blog_migrations(root: Path) -> set[str]:
    """The paths of the app's migrations."""
    return {path for path in read_tree(root) if path.startswith("blog/migrations/0")}


def test_an_order_is_written_verified_by_django_and_taken_back(root: Path) -> None:
    init(root)
    commit(root, "first")
    before = read_tree(root)

    words = ["resolve", "blog", "--order", "0002_t", "0002_v", "--noinput", "--project", root]
    result = run(*words, "--python", sys.executable)

    assert result.code == 0
    assert result.out == (
        "Written: blog: order 0002_tags, 0002_views\n"
        "    ~ blog/migrations/0002_views.py → blog/migrations/0003_views.py\n"
        "They run in this order: 0002_tags, 0003_views.\n"
        "That they do is read from the files; it was tried on no database: "
        "`migtui explain blog` tries it, while the conflict is there.\n"
        "Verified: Django loads the project and sees one leaf of blog: 0003_views.\n"
        "makemigrations would write no more than before.\n"
    )
    assert result.err == "`migtui undo` takes it back.\n"
    assert blog_migrations(root) == ORDERED
    assert git(root, "diff", "--cached") == ""
    assert run("check", "--project", root).code == 0
    after = read_tree(root)

    result = run("undo", "--project", root)
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "Taken back: blog: order 0002_tags, 0002_views\n"
        "    + blog/migrations/0002_views.py\n"
        "    - blog/migrations/0003_views.py\n"
    )
    assert read_tree(root) == before
    assert run("redo", "--project", root).code == 0
    assert read_tree(root) == after
    assert "1  20" in run("history", "--project", root).out


def test_a_merge_of_a_name_without_a_header(root: Path) -> None:
    words = ["resolve", "blog", "--merge", "-n", "both", "--no-header", "--no-input"]
    result = run(*words, "--project", root, "--python", sys.executable)
    assert result.code == 0
    text = (root / "blog/migrations/0003_both.py").read_text()
    assert not text.startswith("#")
    process = subprocess.run(
        [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert process.stdout == "No changes detected\n"


def test_static_asks_no_django_and_says_so(root: Path) -> None:
    write(root, {"settings.py": "raise SystemExit('never run')"})
    result = run(
        "resolve",
        "blog",
        "--order",
        "0002_tags",
        "0002_views",
        "--static",
        "--noinput",
        "--project",
        root,
    )
    assert result.code == 0
    assert "Not verified by Django: the files, as read, have one leaf of blog" in result.out
    assert blog_migrations(root) == ORDERED


def test_no_renumber_changes_dependencies_alone(root: Path) -> None:
    words = ["resolve", "blog", "--order", "0002_views", "0002_tags", "--no-renumber"]
    assert run(*words, "--static", "--noinput", "--project", root).code == 0
    assert "0002_views" in (root / "blog/migrations/0002_tags.py").read_text()


def test_stage_gives_git_a_rename(root: Path) -> None:
    init(root)
    commit(root, "first")
    words = ["resolve", "blog", "--order", "0002_tags", "0002_views", "--stage", "--static"]
    assert run(*words, "--noinput", "--project", root).code == 0
    assert git(root, "status", "--porcelain") == (
        "R  blog/migrations/0002_views.py -> blog/migrations/0003_views.py\n"
    )


def test_dry_run_prints_a_diff_that_git_applies_and_writes_nothing(root: Path) -> None:
    init(root)
    commit(root, "first")
    before = read_tree(root)
    words = ["resolve", "blog", "--order", "0002_tags", "0002_views", "--project", root]

    result = run(*words, "--dry-run", "--python", sys.executable)

    assert result.code == 0
    assert "Verified: Django loads the project and sees one leaf of blog" in result.err
    assert read_tree(root) == before
    assert not (root / ".git/migtui/entries").exists()
    subprocess.run(["git", "apply"], cwd=root, input=result.out, text=True, check=True)
    applied = read_tree(root)
    git(root, "checkout", "--quiet", ".")
    git(root, "clean", "-dfq")
    assert run(*words, "--noinput", "--static").code == 0
    assert read_tree(root) == applied


def test_lines_that_name_a_renamed_migration_are_told(root: Path) -> None:
    write(root, {"tests.py": 'LAST = ("blog", "0002_views")\n'})
    words = ["resolve", "blog", "--order", "0002_tags", "0002_views", "--static", "--noinput"]
    result = run(*words, "--project", root)
    assert "tests.py:1: LAST" in result.err


ASKED = ["resolve", "blog", "--order", "0002_tags", "0002_views", "--static", "--project"]


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 1), ("\n", 1), ("\x04", 1)])
def test_a_terminal_is_asked_after_every_file_was_named(root: Path, answer: str, code: int) -> None:
    before = read_tree(root)
    with Terminal(*ASKED, root) as terminal:
        terminal.read_until("Write this? [y/N]")
        assert "~ blog/migrations/0002_views.py → blog/migrations/0003_views.py" in terminal.text
        terminal.type(answer)
        assert terminal.finish() == code
    assert (read_tree(root) == before) is (code == 1)
    assert ("Nothing was written." in terminal.text) is (code == 1)


def test_a_file_that_vanishes_before_the_answer_stops_it(root: Path) -> None:
    with Terminal(*ASKED, root) as terminal:
        terminal.read_until("Write this? [y/N]")
        (root / "blog/migrations/0002_views.py").unlink()
        before = read_tree(root)
        terminal.type("y\n")
        assert terminal.finish() == 1
    assert "blog/migrations/0002_views.py has vanished" in terminal.text
    assert read_tree(root) == before


def test_an_app_that_is_not_installed_is_said_to_be_not(root: Path) -> None:
    parent = [("extra", "0001_initial")]
    files = {f"extra/migrations/0002_{name}.py": migration(dependencies=parent) for name in "ab"}
    first = {"extra/__init__.py": "", "extra/migrations/__init__.py": ""}
    write(root, {**first, "extra/migrations/0001_initial.py": migration(), **files})
    before = read_tree(root)
    result = run(
        "resolve", "extra", "--merge", "--noinput", "--project", root, "--python", sys.executable
    )
    assert result.code == 1
    assert "extra is not in INSTALLED_APPS of settings. Add it, " in result.err
    assert read_tree(root) == before
