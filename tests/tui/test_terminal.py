"""The command in a real terminal."""

import sys
from pathlib import Path

import pytest

from tests.support.forks import blog
from tests.support.terminals import terminal

MIGTUI = (sys.executable, "-m", "migtui")


def test_the_command_opens_hands_over_to_the_editor_and_ends(tmp_path: Path) -> None:
    root = blog(tmp_path / "shop", "tags", "views")
    leaf = root / "blog/migrations/0002_views.py"
    editor = tmp_path / "vi"
    editor.write_text(f'#!/bin/sh\nrm {leaf}\necho "$@" > {tmp_path}/asked\n')
    editor.chmod(0o755)
    environment = {"VISUAL": str(editor)}
    with terminal(MIGTUI, cwd=root, environment=environment, size=(120, 40)) as screen:
        screen.wait_for("Add field tags to post")
        screen.wait_for("loads the project")
        screen.press("5")
        screen.wait_for("AddField")
        screen.press("e")
        asked = screen.wait_for_file(tmp_path / "asked")
        screen.wait_for("Every app has one leaf")
        screen.press("q")
        assert screen.wait_for_end() == 0
    assert asked == f"+1 {root}/blog/migrations/0002_tags.py\n"


@pytest.mark.parametrize(("options", "is_grey"), [(["--no-color"], True), ([], False)])
def test_no_color_paints_in_grey_alone(
    tmp_path: Path, options: list[str], *, is_grey: bool
) -> None:
    root = blog(tmp_path, "tags", "views")
    environment = {"COLORTERM": "truecolor"}
    with terminal((*MIGTUI, *options), cwd=root, environment=environment, size=(120, 40)) as screen:
        screen.wait_for("Add field views to post")
        screen.wait_for("loads the project")
        screen.press("q")
        assert screen.wait_for_end() == 0
    assert all(len(set(colour)) == 1 for colour in screen.colours) == is_grey
    assert screen.colours


def test_a_wrong_key_in_the_configuration_is_told_before_the_screen_starts(tmp_path: Path) -> None:
    files = {"pyproject.toml": '[tool.migtui.keys]\n"resolve.wrote" = "x"\n'}
    root = blog(tmp_path, "tags", "views", files=files)
    with terminal(MIGTUI, cwd=root, environment={}, size=(120, 40)) as screen:
        screen.wait_for("resolve.wrote")
        assert screen.wait_for_end() == 2
