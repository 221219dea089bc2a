from collections import Counter
from pathlib import Path

import pytest

from migtui.config import Config
from migtui.errors import ConfigError
from migtui.tui import keys
from migtui.tui.app import MigtuiApp
from tests.support.forks import blog
from tests.support.screens import conflict_shown, django_answered, running, see

ALL = (
    *keys.APP,
    *keys.MAIN,
    *keys.SCROLL,
    *keys.SQL,
    *keys.LANE,
    *keys.LIST,
    *keys.ORDER,
    *keys.CONFIRM,
    *keys.FORECAST,
    *keys.BRANCHES,
)


def test_every_key_has_an_id_of_its_own() -> None:
    counts = Counter(binding.id for binding in (*ALL, *keys.CLOSE))
    assert None not in counts
    assert max(counts.values()) == 1


def test_no_confirmation_lies_beside_the_key_that_asks_for_it() -> None:
    confirming = {key for binding in keys.CONFIRM[:1] for key in binding.key.split(",")}
    assert confirming == {"enter"}


def test_an_unknown_id_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"resolve\.wrote") as caught:
        keys.check_keymap({"resolve.wrote": "x"})
    assert "resolve.write" in caught.value.help


def test_a_key_for_two_things_at_once_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"resolve\.merge and of resolve\.write"):
        keys.check_keymap({"resolve.write": "m"})


def test_one_key_may_mean_different_things_in_a_pane_and_in_a_dialog() -> None:
    keys.check_keymap({"confirm.no": "y", "resolve.write": "y"})


@pytest.mark.parametrize("value", ["", "w,", " "])
def test_an_id_without_a_key_is_an_error(value: str) -> None:
    with pytest.raises(ConfigError, match=r"resolve\.write"):
        keys.check_keymap({"resolve.write": value})


def test_the_configuration_is_looked_through_before_the_screen_starts(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.at_all"):
        MigtuiApp(tmp_path, Config(keys={"nothing.at_all": "x"}))
    with pytest.raises(ConfigError, match="solarised"):
        MigtuiApp(tmp_path, Config(theme="solarised"))


async def test_a_key_can_be_rebound_by_its_id(tmp_path: Path) -> None:
    root = blog(tmp_path, "tags", "views")
    async with running(root, config=Config(keys={"resolve.write": "y"})) as pilot:
        await conflict_shown(pilot, "blog")
        await django_answered(pilot)
        await see(pilot, "y Write")
        await pilot.press("y")
        await see(pilot, "1 file will change")


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("u", "migtui has written nothing here that could be undone."),
        ("U", "Nothing was undone here that could be written again."),
        ("n", "No operation touches what another branch touches."),
    ],
)
async def test_a_greyed_key_says_why(tmp_path: Path, key: str, reason: str) -> None:
    async with running(blog(tmp_path, "tags", "views"), size=(160, 45)) as pilot:
        await conflict_shown(pilot, "blog")
        await pilot.press(key)
        await see(pilot, reason[:30])


async def test_nothing_can_be_written_where_no_conflict_is_shown(tmp_path: Path) -> None:
    async with running(blog(tmp_path, "tags")) as pilot:
        await see(pilot, "Every app has one leaf")
        for key in ("w", "m", "o"):
            await pilot.press(key)
        await see(pilot, "No conflict is shown.")


async def test_the_help_panel_explains_the_pane_that_has_the_keys(tmp_path: Path) -> None:
    async with running(blog(tmp_path, "tags", "views"), size=(160, 45)) as pilot:
        await conflict_shown(pilot, "blog")
        await pilot.press("question_mark")
        await see(pilot, "Moving to one previews")
        await pilot.press("a")
        await see(pilot, "Conflicts stand first")
        await pilot.press("question_mark")
        assert not pilot.app.screen.query("HelpPanel")


async def test_the_command_palette_offers_what_the_keys_do(tmp_path: Path) -> None:
    root = blog(tmp_path, "tags", "views")
    async with running(root, size=(160, 45)) as pilot:
        await conflict_shown(pilot, "blog")
        await django_answered(pilot)
        await pilot.press("ctrl+p", *"write")
        await see(pilot, "Write what the preview shows")
        await pilot.press("enter")
        await see(pilot, "1 file will change")
