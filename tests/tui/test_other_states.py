"""Projects without a conflict, and projects that Django can't load."""

from pathlib import Path

import pytest

from migtui.config import Config
from migtui.core.explanation import Explanation
from migtui.errors import ProjectError
from migtui.tui.app import MigtuiApp
from tests.support.forks import added_field, blog
from tests.support.projects import read_tree
from tests.support.screens import (
    conflict_shown,
    django_answered,
    main_screen,
    running,
    see,
    wait_for,
)


async def test_without_a_conflict_it_says_so_and_counts(tmp_path: Path) -> None:
    async with running(blog(tmp_path, "tags")) as pilot:
        await see(pilot, "✓ Every app has one leaf: no conflict.")
        await see(pilot, "1 app")
        await pilot.press("a", "enter", "down")
        await see(pilot, "One leaf: 0002_tags.")


@pytest.mark.parametrize(
    ("source", "code", "words"),
    [
        (added_field("x", "0009_gone"), "E002", "0009_gone"),
        (added_field("x", "0003_y"), "E003", "0003_y"),
        ("class Migration(\n", "E004", "0002_x"),
        ("<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b\n", "E005", "markers"),
    ],
)
async def test_a_graph_that_django_refuses_is_shown_with_what_is_wrong(
    tmp_path: Path, source: str, code: str, words: str
) -> None:
    files = {
        "blog/migrations/0002_x.py": source,
        "blog/migrations/0003_y.py": added_field("y", "0002_x"),
    }
    async with running(blog(tmp_path, files=files), size=(160, 45)) as pilot:
        await see(pilot, "OTHER PROBLEMS")
        await see(pilot, code)
        await see(pilot, words)
        await see(pilot, "blog/migrations/0002_x.py:")
        await pilot.press("5")
        await see(pilot, source.splitlines()[0])


async def test_where_there_is_no_project_the_application_ends_with_the_reason(
    tmp_path: Path,
) -> None:
    app = MigtuiApp(tmp_path, Config())
    async with app.run_test() as pilot:
        await wait_for(pilot, lambda: app.return_value is not None)
    assert isinstance(app.return_value, ProjectError)


async def test_reload_reads_what_was_changed_outside(tmp_path: Path) -> None:
    root = blog(tmp_path, "tags")
    async with running(root) as pilot:
        await see(pilot, "Every app has one leaf")
        (root / "blog/migrations/0002_views.py").write_text(added_field("views", "0001_initial"))
        await pilot.press("r")
        await see(pilot, "2 leaves")
        await see(pilot, "0002_views")


async def test_a_leaf_that_vanishes_while_its_conflict_is_explained_is_read_again(
    tmp_path: Path,
) -> None:
    root = blog(tmp_path, "tags", "views")
    async with running(root) as pilot:
        await conflict_shown(pilot, "blog")
        (root / "blog/migrations/0002_views.py").unlink()
        main_screen(pilot).show_conflict("blog")
        await see(pilot, "Every app has one leaf")
        assert pilot.app.screen is main_screen(pilot)


async def test_a_conflict_that_ended_while_it_was_explained_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = blog(tmp_path, "tags", "views")
    async with running(root) as pilot:
        await conflict_shown(pilot, "blog")
        await django_answered(pilot)
        main = main_screen(pilot)
        explain = main.session.explain

        def explain_then_read_again(app_label: str, *, with_git: bool) -> Explanation:
            found = explain(app_label, with_git=with_git)
            if not with_git:
                (root / "blog/migrations/0002_views.py").unlink()
                main.session.reload()
            return found

        monkeypatch.setattr(main.session, "explain", explain_then_read_again)
        await main.show_conflict("blog").wait()
        await main.reread()
        await see(pilot, "Every app has one leaf")
        assert pilot.app.screen is main


async def test_a_pane_below_keeps_the_keys_when_django_answers(tmp_path: Path) -> None:
    async with running(blog(tmp_path, "tags"), size=(160, 45)) as pilot:
        await see(pilot, "Every app has one leaf")
        await pilot.press("6")
        pane = pilot.app.focused
        assert pane is not None
        assert pane.id == "pane-log"
        await django_answered(pilot)
        assert pilot.app.focused is pane


async def test_what_django_cannot_load_is_repaired_once_it_is_confirmed(tmp_path: Path) -> None:
    files = {"blog/migrations/0003_x.py": added_field("x", "0009_tags")}
    root = blog(tmp_path, "tags", files=files)
    before = read_tree(root)
    async with running(root) as pilot:
        await see(pilot, "E002")
        await see(pilot, "R shows what can be mended.")
        await pilot.press("R")
        await see(pilot, "Dependencies on blog.0009_tags are on 0002_tags now")
        await see(pilot, "edit blog/migrations/0003_x.py")
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is main_screen(pilot))
        assert read_tree(root) == before
        await pilot.press("R")
        await see(pilot, "Leave it")
        await pilot.press("enter")
        await see(pilot, "u takes it back.")
        assert "0002_tags" in (root / "blog/migrations/0003_x.py").read_text()
        await pilot.press("enter")
        await see(pilot, "Every app has one leaf")
        await pilot.press("R")
        await see(pilot, "Nothing to mend")
