"""Nothing rests on colour alone."""

from pathlib import Path

import pytest

from migtui.config import Config
from tests.support.forks import blog
from tests.support.projects import migration
from tests.support.screens import conflict_shown, running, see, seen


def altered(length: int) -> str:
    return migration(
        f'migrations.AlterField("post", "title", models.CharField(max_length={length}))',
        dependencies=[("blog", "0001_initial")],
    )


@pytest.fixture
def divergent(tmp_path: Path) -> Path:
    """Two branches that set one field differently."""
    post = (
        'migrations.CreateModel("Post", [("id", models.BigAutoField(primary_key=True)), '
        '("title", models.CharField(max_length=10))])'
    )
    files = {
        "blog/migrations/0001_initial.py": migration(post),
        "blog/migrations/0002_long.py": altered(200),
        "blog/migrations/0002_short.py": altered(20),
    }
    return blog(tmp_path, files=files)


async def test_what_overlaps_has_a_sign_and_a_word_on_both_sides(divergent: Path) -> None:
    async with running(divergent, size=(160, 45)) as pilot:
        await conflict_shown(pilot, "blog")
        await see(pilot, "≠ DIVERGENT")
        rows = seen(pilot).splitlines()
        assert [row.count("≠ ~ Alter field title on post") for row in rows if "Alter" in row] == [2]
        assert any(row.count("differs (1): post.title") == 2 for row in rows)


async def test_n_goes_to_the_overlap_in_every_lane_and_says_why(divergent: Path) -> None:
    async with running(divergent, size=(160, 45)) as pilot:
        await conflict_shown(pilot, "blog")
        await pilot.press("n")
        await see(pilot, "≠ 1/1 post.title")
        await pilot.press("N")
        await see(pilot, "≠ 1/1 post.title")


async def test_no_color_leaves_no_colour_on_the_screen(
    divergent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(divergent, size=(160, 45)) as pilot:
        await conflict_shown(pilot, "blog")
        await pilot.press("2")
        await see(pilot, "≠ DIVERGENT")
        strips = pilot.app.screen.render_lines(pilot.app.screen.region)
        colours = {
            colour.triplet
            for strip in strips
            for segment in strip
            if segment.style is not None
            for colour in (segment.style.color, segment.style.bgcolor)
            if colour is not None and colour.triplet is not None
        }
    assert all(colour.red == colour.green == colour.blue for colour in colours)


@pytest.mark.parametrize("theme", ["migtui-light", "ansi-dark", "nord", "migtui-dark"])
async def test_themes_of_all_kinds_show_the_same_words(divergent: Path, theme: str) -> None:
    async with running(divergent, config=Config(theme=theme)) as pilot:
        await conflict_shown(pilot, "blog")
        await pilot.press("2")
        await see(pilot, "create blog/migrations/0003_merge")
        assert "≠ DIVERGENT" in seen(pilot)
