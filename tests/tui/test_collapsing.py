"""Collapse and order on the conflict screen: previewed, proved, rolled back, written, undone."""

from pathlib import Path

from migtui.tui.screens.dialog import Confirm
from migtui.tui.widgets.ways_out import WaysOut
from tests.support.projects import read_tree
from tests.support.screens import (
    conflict_shown,
    django_answered,
    main_screen,
    running,
    see,
    wait_for,
)
from tests.support.squashes import manage, write_conflict


async def test_a_branch_is_collapsed_and_what_is_applied_of_it_rolled_back(tmp_path: Path) -> None:
    root = write_conflict(tmp_path / "project")
    hidden = root / "blog/migrations/0003_subtitle.py"
    text = hidden.read_text()
    hidden.unlink()
    manage(root, "migrate")
    hidden.write_text(text)
    before = read_tree(root)
    async with running(root, size=(160, 45)) as pilot:
        await conflict_shown(pilot, "blog")
        await django_answered(pilot)
        screen = main_screen(pilot)
        assert screen.query_one(WaysOut).choose("collapse")
        await see(pilot, "become one migration behind 0003_subtitle")
        await wait_for(pilot, lambda: screen.plan is not None and screen.plan.collapses)
        await pilot.press("2")
        await see(pilot, "create blog/migrations/0004_title.py")
        await pilot.press("w")
        await see(pilot, "Proved on sqlite")
        await pilot.press("enter")
        await see(pilot, "Roll back default first")
        assert read_tree(root) == before
        await pilot.press("enter")
        await see(pilot, "✓ Django loads the project and sees one leaf of blog")
        await see(pilot, "Unapplied in default: shop.0001_initial, blog.0005_title")
        assert not isinstance(pilot.app.screen, Confirm)
        await pilot.press("enter")
        await see(pilot, "Every app has one leaf")
        assert " [ ] 0004_title" in manage(root, "showmigrations", "blog")
        await wait_for(pilot, lambda: not screen.is_asking)
        await pilot.press("u", "enter")
        await wait_for(pilot, (root / "blog/migrations/0005_title.py").exists)
