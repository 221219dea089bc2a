"""The forecast screen."""

from pathlib import Path

import pytest

from tests.support.forks import blog
from tests.support.git_stories import Story
from tests.support.repositories import commit
from tests.support.screens import running, see, seen, wait_for


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Two branches that collide, one that does not, and one without migrations."""
    story = Story(tmp_path / "project")
    story.on("alone", "main").migration("0002_alone", "0001_initial", app="shop")
    story.on("feature/tags", "main").migration("0002_tags", "0001_initial")
    story.on("feature/views", "main").migration("0002_views", "0001_initial")
    story.on("notes", "main").file("notes.txt", "x")
    return story.on("main")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_branches_by_apps_and_the_one_under_the_cursor(
    story: Story, size: tuple[int, int]
) -> None:
    async with running(story.root, size=size) as pilot:
        await see(pilot, "Every app has one leaf")
        await pilot.press("F")
        await see(pilot, "4 branches against main, 3 with migrations")
        await see(pilot, "1 collision")
        text = seen(pilot)
        assert "alone" in text
        assert "notes" not in text
        await pilot.press("n")
        await see(pilot, "collides with feature/views")
        text = seen(pilot)
        for words in ("+1x", "independent: every order runs", "First: feature/tags.", "blog 0003"):
            assert words in text
        await pilot.press("n")
        await see(pilot, "collides with feature/tags")
        await pilot.press("home")
        await see(pilot, "It goes together with all others")
        await pilot.press("escape")
        await see(pilot, "Every app has one leaf")


async def test_only_those_that_collide(story: Story) -> None:
    async with running(story.root) as pilot:
        await see(pilot, "Every app has one leaf")
        await pilot.press("F")
        await see(pilot, "1 collision")
        await pilot.press("o")
        await wait_for(pilot, lambda: "alone" not in seen(pilot))
        await pilot.press("o")
        await see(pilot, "alone")


async def test_a_branch_that_came_meanwhile_is_there_after_a_reload(story: Story) -> None:
    async with running(story.root) as pilot:
        await see(pilot, "Every app has one leaf")
        await pilot.press("F")
        await see(pilot, "1 collision")
        story.on("late", "main").migration("0002_late", "0001_initial", app="shop").on("main")
        await pilot.press("r")
        await see(pilot, "2 collisions")


async def test_without_git_it_says_so(tmp_path: Path) -> None:
    async with running(blog(tmp_path, "tags")) as pilot:
        await see(pilot, "Every app has one leaf")
        await pilot.press("F")
        await see(pilot, "There is no forecast")
        await see(pilot, "repository.")
        await pilot.press("escape", "escape")
        await see(pilot, "Every app has one leaf")


async def test_names_of_authors_and_branches_are_text(story: Story) -> None:
    story.on("z$(x)]", "main").migration("0002_evil", "0001_initial")
    commit(story.root, "evil", author="[/x] [red]Eve\x1b[31m")
    story.on("main")
    async with running(story.root) as pilot:
        await see(pilot, "Every app has one leaf")
        await pilot.press("F")
        await see(pilot, "z$(x)]")
        await pilot.press("end")
        await see(pilot, "[/x] [red]Eve")


async def test_no_branches_at_all(tmp_path: Path) -> None:
    async with running(Story(tmp_path / "project").root) as pilot:
        await see(pilot, "Every app has one leaf")
        await pilot.press("F")
        await see(pilot, "No branch brings migrations.")
        await pilot.press("n", "down", "end", "o")
        await see(pilot, "No branch collides.")
