"""``migtui undo``, ``redo`` and ``history``; what they do to files is tested with resolve."""

from pathlib import Path

import pytest

from tests.support.command_line import run
from tests.support.projects import read_tree, write

RESOLVE = [
    "resolve",
    "blog",
    "--order",
    "0002_tags",
    "0002_views",
    "--static",
    "--noinput",
    "--project",
]


def test_an_empty_history_is_said(root: Path) -> None:
    result = run("history", "--project", root)
    assert (result.code, result.out) == (0, "")
    assert result.err == "migtui has written nothing to this project.\n"


@pytest.mark.parametrize("name", ["undo", "redo"])
def test_nothing_to_take_is_1(root: Path, name: str) -> None:
    result = run(name, "--project", root)
    assert (result.code, result.out) == (1, "")
    assert result.err == f"Error: There is nothing to {name}.\n"


def test_the_history_lists_the_newest_first(root: Path) -> None:
    run(*RESOLVE, root)
    run("undo", "--project", root)
    run("resolve", "blog", "--merge", "--static", "--noinput", "--project", root)
    lines = run("history", "--project", root).out.splitlines()
    assert [line.split("  ")[::2] for line in lines if not line.startswith(" ")] == [
        ["2", "done"],
        ["1", "undone"],
    ]
    assert "    migtui resolve blog --merge" in lines


def test_a_file_changed_since_stops_undo_by_name(root: Path) -> None:
    run(*RESOLVE, root)
    write(root, {"blog/migrations/0003_views.py": "mine"})
    before = read_tree(root)
    result = run("undo", "--project", root)
    assert (result.code, result.out) == (1, "")
    assert "blog/migrations/0003_views.py was changed" in result.err
    assert read_tree(root) == before


def test_a_damaged_entry_is_named_and_the_others_are_listed(root: Path) -> None:
    run(*RESOLVE, root)
    run("undo", "--project", root)
    run(*RESOLVE, root)
    damaged = root / ".migtui/entries/0002.done.json"
    damaged.write_bytes(b"\xff")
    result = run("history", "--project", root)
    assert result.code == 1
    assert result.out.startswith("1  ")
    assert result.err == f"An entry can't be read: {damaged}.\n"
