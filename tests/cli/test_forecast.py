"""``migtui forecast``."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.command_line import Terminal, run
from tests.support.forks import blog
from tests.support.git_stories import Story
from tests.support.projects import read_tree
from tests.support.repositories import git, init


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Two branches that collide, and one that does not."""
    story = Story(tmp_path / "project")
    story.on("feature/tags", "main").migration("0002_tags", "0001_initial")
    story.on("feature/views", "main").migration("0002_views", "0001_initial")
    story.on("shop", "main").migration("0002_shop", "0001_initial", app="shop")
    return story.on("main")


def test_a_matrix_the_collisions_and_the_next_free_numbers(story: Story) -> None:
    before = read_tree(story.root)
    result = run("forecast", "--project", story.root)
    assert (result.code, result.err) == (1, "")
    assert result.out.startswith(
        "3 branches against main, 3 with migrations; 1 merged already\n"
        "\n"
        "                 blog  shop\n"
        "  feature/tags   +1x   ·\n"
        "  feature/views  +1x   ·\n"
        "  shop           ·     +1\n"
    )
    assert "blog: feature/tags and feature/views\n" in result.out
    assert "  Verdict: independent: every order runs and ends in the same state.\n" in result.out
    assert "Next free numbers: blog 0003, shop 0003\n" in result.out
    assert read_tree(story.root) == before


def test_nothing_that_collides_is_0(story: Story) -> None:
    result = run("forecast", "--project", story.root, "--branches", "shop", "feature/t*")
    assert result.code == 0
    assert "No collisions are to be expected.\n" in result.out


def test_json(story: Story) -> None:
    result = run("forecast", "--project", story.root, "--format", "json")
    document = json.loads(result.out)
    assert result.err == ""
    assert document["base"]["name"] == "main"
    assert document["summary"] == {
        "branches": 3,
        "merged": 1,
        "with_migrations": 3,
        "collisions": 1,
    }
    (collision,) = document["collisions"]
    assert collision["leaves"] == [["0002_tags"], ["0002_views"]]
    assert collision["verdict"]["kind"] == "independent"
    (problem,) = document["problems"]
    assert problem["code"] == "migtui.W004"
    assert problem["message"].startswith("feature/views will conflict with feature/tags: ")
    assert document["branches"][0]["apps"]["blog"]["added"] == ["0002_tags"]
    assert document["next_numbers"] == {"blog": 3, "shop": 3}


def test_formats_for_tools_have_a_result_for_each_collision(story: Story) -> None:
    printed = {
        name: run("forecast", "--project", story.root, "--format", name)
        for name in ("sarif", "github", "gitlab", "markdown")
    }
    assert {(result.code, result.err) for result in printed.values()} == {(1, "")}
    (found,) = json.loads(printed["sarif"].out)["runs"][0]["results"]
    assert (found["ruleId"], found["level"]) == ("migtui.W004", "warning")
    place = found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == "blog/migrations/0002_views.py"
    assert printed["github"].out.startswith(f"::warning file={place},line=1,title=migtui.W004")
    (entry,) = json.loads(printed["gitlab"].out)
    assert (entry["check_name"], entry["location"]["path"]) == ("migtui.W004", place)
    assert "will conflict with" in printed["markdown"].out


def test_nothing_that_collides_is_an_empty_report_in_a_file(story: Story, tmp_path: Path) -> None:
    report = tmp_path / "quality.json"
    words = ("--branches", "shop", "--format", "gitlab", "-o", report)
    result = run("forecast", "--project", story.root, *words)
    assert (result.code, result.out, json.loads(report.read_text())) == (0, "", [])


def test_a_narrow_terminal_gets_lists_instead_of_columns(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    result = run("forecast", "--project", story.root)
    assert "  feature/tags: blog +1x\n" in result.out


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--base", "nothing"], 2, "git knows no commit 'nothing'"),
        (["--base=--upload-pack=x"], 2, "git knows no commit '--upload-pack=x'"),
        (["--base", ""], 2, "git knows no commit ''"),
        (["--branches", "nothing"], 2, "No branch fits 'nothing'."),
        (["--branches", "\x1b[31m"], 2, "No branch fits '\\x1b[31m'."),
        (["--weeks", "0"], 2, "--weeks is 0."),
        (["--weeks", "x"], 2, "invalid int value"),
        (["--branches"], 2, "expected at least one argument"),
    ],
)
def test_wrong_usage(story: Story, words: list[str], code: int, message: str) -> None:
    result = run("forecast", "--project", story.root, *words)
    assert (result.code, result.out) == (code, "")
    assert message in result.err
    assert "\x1b" not in result.err


def test_no_repository_and_no_commit(tmp_path: Path) -> None:
    root = blog(tmp_path / "project", "tags")
    result = run("forecast", "--project", root)
    assert result.code == 1
    assert result.err.startswith(f"Error: {root} is in no git repository.")
    init(root)
    result = run("forecast", "--project", root)
    assert result.code == 1
    assert result.err.startswith("Error: git doesn't tell which branch is the default one.")


def test_a_damaged_repository_is_one_sentence(story: Story) -> None:
    for path in sorted((story.root / ".git/objects").glob("??/*")):
        path.unlink()
    result = run("forecast", "--project", story.root)
    assert result.code == 1
    assert result.err.startswith("Error: ")
    assert "Traceback" not in result.err


def test_hostile_names_of_branches_and_authors_are_text(story: Story) -> None:
    sha = git(story.root, "rev-parse", "feature/tags").strip()
    for name in ("-x", "$(touch ran)", "[red]x[", "a;b|c", "--upload-pack=touch ran"):
        subprocess.run(
            ["git", "update-ref", f"refs/heads/evil/{name.replace(' ', '_')}", sha],
            cwd=story.root,
            check=False,
            capture_output=True,
        )
    result = run("forecast", "--project", story.root)
    assert result.code == 1
    assert "\x1b" not in result.out
    assert not (story.root / "ran").exists()


def test_progress_is_shown_on_a_terminal_and_taken_away(story: Story) -> None:
    with Terminal("forecast", "--project", story.root) as terminal:
        assert terminal.finish() == 1
    assert "Reading branches: 100 %" in terminal.text
    assert "\r                       \r" in terminal.text
