import pytest

from migtui.core.problems import Location, Problem
from migtui.reports.github import check_github
from migtui.reports.places import Places
from tests.support import hostile
from tests.support.explanations import divergent

PROBLEM = Problem("migtui.W001", "blog", "Twice: 100%.", "Rename, or not.", (Location("a.py", 4),))


def test_a_problem_is_one_line_with_file_line_and_title() -> None:
    assert check_github([PROBLEM], {}, places=Places()) == (
        "::warning file=a.py,line=4,title=migtui.W001%3A A number is used twice::"
        "Twice: 100%25.%0ARename, or not.\n"
    )


def test_a_conflict_is_annotated_at_every_leaf_with_its_verdict() -> None:
    places = (Location("blog/a.py", 4), Location("blog/b.py", 5))
    problem = Problem("migtui.E001", "blog", "Two leaves.", "", places)
    lines = check_github([problem], {"blog": divergent()}, places=Places("site")).splitlines()
    assert [line.partition(",title=")[0] for line in lines] == [
        "::error file=site/blog/a.py,line=4",
        "::error file=site/blog/b.py,line=5",
    ]
    assert all("%0AVerdict: opaque: " in line for line in lines)


def test_nothing_found_is_nothing_said() -> None:
    assert check_github([], {}, places=Places()) == ""


@pytest.mark.parametrize("name", hostile.NAMES)
def test_a_hostile_name_makes_no_command_of_its_own(name: str) -> None:
    found, explanations = hostile.conflict(name)
    text = check_github([found, hostile.problem(name)], explanations, places=Places())
    lines = text.split("\n")
    assert lines.pop() == ""
    assert len(lines) == 2
    for line in lines:
        assert line.startswith("::error file=")
        properties = line.removeprefix("::error ").partition("::")[0].split(",")
        assert [entry.partition("=")[0] for entry in properties] == ["file", "line", "title"]
        assert not {"\r", "\x1b", "\u202e"} & set(line)
