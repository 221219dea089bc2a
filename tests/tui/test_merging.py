"""The screen in the middle of a merge: both sides are shown, kept, written and staged."""

from pathlib import Path

from tests.support.merges import add, begin, branch, stop
from tests.support.repositories import git
from tests.support.screens import conflict_shown, django_answered, running, see, wait_for

PATH = "blog/migrations/0002_more.py"


async def test_one_name_on_both_sides_is_ended_by_keys(tmp_path: Path) -> None:
    root = begin(tmp_path / "project")
    branch(root, "main", {PATH: add("views")})
    branch(root, "tags", {PATH: add("tags")}, start="main~1")
    stop(root, "merge", "main")
    async with running(root, size=(160, 45)) as pilot:
        await conflict_shown(pilot, "blog")
        await django_answered(pilot)
        for text in ("0002_more_tags", "+ Add field tags to post", "+ Add field views to post"):
            await see(pilot, text)
        await pilot.press("A")
        await see(pilot, "migtui has written nothing here that could be staged.")
        await pilot.press("2")
        await see(pilot, "0003_more_tags")
        await pilot.press("w")
        await see(pilot, "2 files will change")
        await pilot.press("enter")
        await see(pilot, "✓ Django loads the project and sees one leaf of blog: 0003_more_tags")
        await pilot.press("enter")
        await see(pilot, "Every app has one leaf")
        await pilot.press("A")
        await wait_for(pilot, lambda: git(root, "ls-files", "--unmerged") == "")
        await see(pilot, "Staged, not committed")
        await pilot.press("u")
        await see(pilot, "Leave it")
        await pilot.press("enter")
        await conflict_shown(pilot, "blog")
        assert git(root, "ls-files", "--unmerged") != ""
