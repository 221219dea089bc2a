"""``migtui explain``."""

import json
import sys
from pathlib import Path

from tests.support.command_line import run
from tests.support.projects import write
from tests.support.repositories import commit, init


def test_the_branches_the_verdict_and_the_ways_out(root: Path) -> None:
    result = run("explain", "blog", "--project", root, "--python", sys.executable)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("blog: 2 leaves after 0001_initial\n")
    assert "+ Add field tags to post" in result.out
    assert "Verdict: independent" in result.out
    assert "migtui resolve blog --merge" in result.out
    assert "Note: Apps and graph as Django " in result.out


def test_json_knows_git_and_the_database(root: Path) -> None:
    init(root)
    commit(root, "first", author="Grace")
    words = ["explain", "blog", "--project", root, "--format", "json"]
    document = json.loads(run(*words, "--python", sys.executable).out)
    assert document["schema_version"] == 1
    assert document["leaves"] == ["0002_tags", "0002_views"]
    assert {branch["author"] for branch in document["branches"]} == {"Grace"}
    assert document["verdict"]["orders"] == [
        ["0002_tags", "0002_views"],
        ["0002_views", "0002_tags"],
    ]


def test_what_the_project_prints_is_no_part_of_the_answer(root: Path) -> None:
    settings = (root / "settings.py").read_text()
    write(root, {"settings.py": "print('Hello from the settings')\n" + settings})
    words = ["explain", "blog", "--project", root, "--format", "json", "--python", sys.executable]
    quiet = run(*words)
    assert json.loads(quiet.out)["app_label"] == "blog"
    assert quiet.err == ""
    loud = run(*words, "-v", "2")
    assert json.loads(loud.out)["app_label"] == "blog"
    assert "Hello from the settings" in loud.err
