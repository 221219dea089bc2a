"""Storage stopped at every step: killed, on a disk that fills up, refused by the system."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).with_name("interrupted.py")
TITLE = "“blog: order 0002_tags, 0003_views”"


def stop(directory: Path, action: str, way: str) -> list[dict[str, Any]]:
    """What was left after each step at which the action was stopped."""
    output = subprocess.run(
        [sys.executable, SCRIPT, SCRIPT.parents[2], directory, action, way],
        check=True,
        capture_output=True,
        text=True,
        timeout=200,
    ).stdout
    outcomes: list[dict[str, Any]] = json.loads(output)
    return outcomes


@pytest.mark.parametrize(
    ("action", "start", "end", "text"),
    [
        ("apply", ("before", []), ("after", ["done"]), "Writing"),
        ("undo", ("after", ["done"]), ("before", ["undone"]), "Taking back"),
        ("redo", ("before", ["undone"]), ("after", ["done"]), "Writing again"),
    ],
)
def test_killed_at_any_step_the_next_start_finds_all_or_nothing_or_finishes(
    tmp_path: Path, action: str, start: object, end: object, text: str
) -> None:
    outcomes = stop(tmp_path, action, "kill")

    assert len(outcomes) > 40
    for outcome in outcomes:
        assert outcome["killed"]
        assert outcome["again"] is None
        state = (outcome["tree"], outcome["states"])
        if outcome["sentence"] is None:
            assert state in (start, end)
        else:
            assert state == end
            assert outcome["sentence"] == f"{text} {TITLE} was interrupted; it is finished now."
    assert len([outcome for outcome in outcomes if outcome["sentence"]]) > 30


def test_killed_while_mending_the_next_start_mends_it(tmp_path: Path) -> None:
    outcomes = stop(tmp_path, "recover", "kill")

    assert len(outcomes) > 100
    for outcome in outcomes:
        assert outcome["killed"]
        assert (outcome["tree"], outcome["states"]) == ("after", ["done"])
        assert outcome["sentence"] in (
            f"Writing {TITLE} was interrupted; it is finished now.",
            None,  # it was killed after the last step
        )


@pytest.mark.parametrize("way", ["fill", "refuse"])
@pytest.mark.parametrize(
    ("action", "start", "end"),
    [
        ("apply", ("before", []), ("after", ["done"])),
        ("undo", ("after", ["done"]), ("before", ["undone"])),
        ("redo", ("before", ["undone"]), ("after", ["done"])),
    ],
)
def test_a_system_that_refuses_any_step_leaves_everything_as_before_and_says_why(
    tmp_path: Path, action: str, start: object, end: object, way: str
) -> None:
    outcomes = stop(tmp_path, action, way)

    assert len(outcomes) > 40
    reason = {"fill": "File too large", "refuse": "Permission denied"}[way]
    for outcome in outcomes:
        assert not outcome["killed"]
        assert outcome["sentence"] is None
        if outcome["message"]:
            assert reason in outcome["message"]
            assert (outcome["tree"], outcome["states"]) == start
        else:  # what failed was of no importance, or needed no room
            assert (outcome["tree"], outcome["states"]) == end
    assert len([outcome for outcome in outcomes if outcome["message"]]) > 15


@pytest.mark.parametrize("way", ["fill", "refuse"])
def test_what_can_not_be_finished_is_taken_back_and_said(tmp_path: Path, way: str) -> None:
    outcomes = stop(tmp_path, "recover", way)

    taken_back = [outcome for outcome in outcomes if outcome["tree"] == "before"]
    assert len(taken_back) > 10
    for outcome in outcomes:
        assert not outcome["killed"]
        state = (outcome["tree"], outcome["states"])
        if outcome in taken_back:
            assert state == ("before", [])
            assert "could not be finished" in outcome["message"]
            assert "Everything is as it was before." in outcome["message"]
        else:
            assert state == ("after", ["done"])
