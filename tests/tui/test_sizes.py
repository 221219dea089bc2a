from pathlib import Path

import pytest

from tests.support.forks import blog
from tests.support.screens import conflict_shown, django_answered, running, see, seen


@pytest.mark.parametrize("size", [(56, 16), (80, 24), (100, 30), (160, 45), (250, 70)])
async def test_lanes_stand_side_by_side_and_the_story_fits(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with running(blog(tmp_path, "tags", "views"), size=size) as pilot:
        await conflict_shown(pilot, "blog")
        await see(pilot, "w Write")
        text = seen(pilot)
        row = next(line for line in text.splitlines() if "0002_tags" in line)
        assert "0002_views" in row
        for word in ("INDEPENDENT", "Ways out", "2 Diff"):
            assert word in text
        await pilot.press("2")
        await see(pilot, "create blog/migrations/0003_merge")
        await django_answered(pilot)
        await pilot.press("w")
        await see(pilot, "1 file will change")
        await see(pilot, "Leave it")


async def test_the_list_comes_over_a_narrow_screen_when_asked_for(tmp_path: Path) -> None:
    async with running(blog(tmp_path, "tags", "views"), size=(80, 24)) as pilot:
        await conflict_shown(pilot, "blog")
        assert "Problems and apps" not in seen(pilot)
        await pilot.press("a")
        await see(pilot, "Problems and apps")
        await pilot.press("enter")
        assert "Problems and apps" not in seen(pilot)


@pytest.mark.parametrize("size", [(40, 10), (20, 5), (10, 2), (200, 8), (30, 60)])
async def test_a_tiny_terminal_says_so_and_can_be_left(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with running(blog(tmp_path, "tags", "views"), size=size) as pilot:
        await conflict_shown(pilot, "blog")
        if size[0] >= 40:
            assert "too small" in seen(pilot)
        await pilot.press("w", "escape", "a", "o", "escape")
        await pilot.resize_terminal(120, 40)
        await see(pilot, "0002_tags")
        await pilot.resize_terminal(*size)
        await pilot.press("q")
    assert pilot.app.return_code == 0


async def test_many_branches_scroll_sideways(tmp_path: Path) -> None:
    names = [f"field{number}" for number in range(8)]
    async with running(blog(tmp_path, *names), size=(80, 24)) as pilot:
        await conflict_shown(pilot, "blog")
        assert "0002_field7" not in seen(pilot).partition("Ways out")[0]
        await pilot.press("shift+tab")
        await see(pilot, "─ 0002_field7")
        await pilot.press("right")
        await see(pilot, "─ 0002_field0")


async def test_a_pane_can_have_the_whole_screen(tmp_path: Path) -> None:
    async with running(blog(tmp_path, "tags", "views")) as pilot:
        await conflict_shown(pilot, "blog")
        await pilot.press("2", "z")
        await pilot.pause()
        assert "Ways out" not in seen(pilot)
        await pilot.press("z")
        await see(pilot, "Ways out")
