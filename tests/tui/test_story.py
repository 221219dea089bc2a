"""The whole story by keys: open, compare, choose, preview, write, undo."""

from pathlib import Path

from migtui.services.project import open_project
from migtui.tui.screens.dialog import Confirm
from migtui.tui.screens.ordering import Ordering
from tests.support.forks import added_field, blog
from tests.support.repositories import commit, git, init
from tests.support.screens import (
    conflict_shown,
    django_answered,
    main_screen,
    running,
    see,
    seen,
    wait_for,
)


def contents(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "blog/migrations").glob("*.py")}


async def test_two_branches_are_ordered_written_and_taken_back(tmp_path: Path) -> None:
    root = init(blog(tmp_path / "shop", "tags"))
    commit(root, "Tags", author="Ada")
    git(root, "checkout", "--quiet", "-b", "feature/views")
    (root / "blog/migrations/0002_views.py").write_text(added_field("views", "0001_initial"))
    commit(root, "Views", author="Grace")
    before = contents(root)
    async with running(root, size=(160, 45)) as pilot:
        await conflict_shown(pilot, "blog")
        await django_answered(pilot)
        for text in ("fork 0001_initial", "+ Add field tags to post", "feature/views", "Grace"):
            await see(pilot, text)
        await pilot.press("2")
        await see(pilot, "rename blog/migrations/0002_")
        await pilot.press("3")
        await see(pilot, "-- AddField (line 11)")
        await pilot.press("4")
        await see(pilot, "unapply blog.0003_")

        await pilot.press("w")
        await see(pilot, "1 file will change")
        assert contents(root) == before
        await pilot.press("enter")
        await see(pilot, "✓ Django loads the project and sees one leaf of blog: 0003_")
        assert len(open_project(root).graph.leaves("blog")) == 1
        await pilot.press("enter")
        await see(pilot, "Every app has one leaf")

        await pilot.press("u")
        await see(pilot, "Leave it")
        await pilot.press("enter")
        await conflict_shown(pilot, "blog")
    assert contents(root) == before


async def test_three_branches_run_in_the_order_that_was_made_by_keys(tmp_path: Path) -> None:
    root = blog(tmp_path, "a", "b", "c")
    before = contents(root)
    async with running(root) as pilot:
        await conflict_shown(pilot, "blog")
        await django_answered(pilot)
        await pilot.press("o")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, Ordering))
        first = main_screen(pilot).explanation
        assert first is not None
        await pilot.press("end", "1", "down", "down", "shift+up", "enter")
        await wait_for(pilot, lambda: not isinstance(pilot.app.screen, Ordering))
        screen = main_screen(pilot)
        await wait_for(
            pilot,
            lambda: (
                screen.plan is not None
                and screen.plan.changes.command.endswith("--order 0002_c 0002_b 0002_a")
            ),
        )
        await pilot.press("1")
        await see(pilot, "was 0002_a")
        rows = [row for row in seen(pilot).splitlines() if "was 0002" in row]
        assert ["0003_b" in rows[0], "0004_a" in rows[1]] == [True, True]
        await pilot.press("w")
        await see(pilot, "Leave it")
        await pilot.press("enter")
        await see(pilot, "✓ Django loads the project")
        assert set(contents(root)) == {
            "__init__.py",
            "0001_initial.py",
            "0002_c.py",
            "0003_b.py",
            "0004_a.py",
        }
        await pilot.press("enter", "u")
        await see(pilot, "Leave it")
        await pilot.press("enter")
        await conflict_shown(pilot, "blog")
        assert contents(root) == before
        await pilot.press("U")
        await see(pilot, "Leave it")
        await pilot.press("enter")
        await see(pilot, "Every app has one leaf")
    assert "0004_a.py" in contents(root)


async def test_a_merge_is_one_key_and_its_sql_is_that_of_the_branches(tmp_path: Path) -> None:
    root = blog(tmp_path, "tags", "views")
    async with running(root) as pilot:
        await conflict_shown(pilot, "blog")
        await pilot.press("m")
        screen = main_screen(pilot)
        await wait_for(
            pilot,
            lambda: screen.plan is not None and "--merge" in screen.plan.changes.command,
        )
        await see(pilot, "create blog/migrations/0003_merge")


async def test_what_was_declined_is_not_written(tmp_path: Path) -> None:
    root = blog(tmp_path, "tags", "views")
    before = contents(root)
    async with running(root) as pilot:
        await conflict_shown(pilot, "blog")
        await django_answered(pilot)
        await pilot.press("w")
        await see(pilot, "Leave it")
        await pilot.press("w", "w")
        assert isinstance(pilot.app.screen, Confirm)
        await pilot.press("escape")
        await wait_for(pilot, lambda: pilot.app.screen is main_screen(pilot))
    assert contents(root) == before


async def test_a_file_that_changes_behind_the_preview_stops_the_writing(tmp_path: Path) -> None:
    root = blog(tmp_path, "tags", "views")
    async with running(root) as pilot:
        await conflict_shown(pilot, "blog")
        await django_answered(pilot)
        await pilot.press("o", "enter")
        await see(pilot, "was 0002_views")
        with (root / "blog/migrations/0002_views.py").open("a") as file:
            file.write("# later\n")
        changed = contents(root)
        await pilot.press("w")
        await see(pilot, "Leave it")
        await pilot.press("enter")
        await see(pilot, "That could not be done")
    assert contents(root) == changed
