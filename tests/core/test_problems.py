from dataclasses import replace

import pytest

from migtui.core.graph import MigrationGraph
from migtui.core.migration import ReadError
from migtui.core.problems import Location, Problem, find_problems
from tests.support.graphs import graph, key, keys, migrations

LINEAR = """
    blog.0001_initial
    blog.0002_body < blog.0001_initial
"""
CONFLICT = f"""
    {LINEAR}
    blog.0003_tags < blog.0002_body
    blog.0003_views < blog.0002_body
"""


def found(text: str) -> list[tuple[str, str, str]]:
    return [_brief(problem) for problem in find_problems(graph(text))]


def only(text: str) -> Problem:
    (problem,) = find_problems(graph(text))
    return problem


def with_error(text: str, name: str, error: ReadError) -> MigrationGraph:
    read = migrations(text)
    read[key(name)] = replace(read[key(name)], error=error)
    return MigrationGraph.of(read.values())


def _brief(problem: Problem) -> tuple[str, str, str]:
    return problem.code.removeprefix("migtui."), problem.app_label, problem.message


def test_a_linear_history_has_no_problems() -> None:
    assert found(LINEAR) == []


def test_leaves_are_named_as_django_names_them() -> None:
    problem = only(CONFLICT)
    assert _brief(problem) == (
        "E001", "blog", "Conflicting migrations: 0003_tags, 0003_views are both leaves of blog."
    )  # fmt: skip
    assert problem.severity == "error"
    assert "migtui explain blog" in problem.help
    assert problem.locations == (
        Location("blog/migrations/0003_tags.py"), Location("blog/migrations/0003_views.py")
    )  # fmt: skip


def test_three_leaves_are_all_leaves() -> None:
    problem = only(CONFLICT + "blog.0004_x < blog.0001_initial")
    assert "are all leaves of blog" in problem.message


def test_several_roots_are_a_conflict() -> None:
    assert only("blog.0001_a\nblog.0001_b").code == "migtui.E001"


def test_leaves_of_other_apps_are_no_conflict() -> None:
    assert found(LINEAR + "shop.0001_initial < blog.0001_initial") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 0003_tags may depend on 0003_views.
        (CONFLICT.replace("0003_tags < blog.0002_body", "0003_tags < blog.0002_body ?"), "W005"),
        (CONFLICT.replace("0003_tags < blog.0002_body", "0003_tags < blog.?"), "W005"),
        # A migration that all leaves depend on explains none.
        (CONFLICT.replace("0002_body < blog.0001_initial", "0002_body < ?"), "E001"),
        # What it depends on in another app is no matter.
        (CONFLICT + "shop.0001_x < ?\nblog.0001_a < shop.?", "E001"),
        # One unknown can't join three leaves of which two are surely ahead of it.
        (CONFLICT + "blog.0004_x < blog.0003_tags ?\nblog.0004_y < blog.0003_tags", "W005"),
        (LINEAR + "blog.0002_a < blog.0001_initial ?\nblog.0003_b < blog.0002_a\n"
         "blog.0003_c < blog.0002_a", "E001"),
    ],
)  # fmt: skip
def test_a_conflict_is_not_claimed_where_an_unread_dependency_may_explain_it(
    text: str, expected: str
) -> None:
    codes = {problem.code for problem in find_problems(graph(text))}
    assert f"migtui.{expected}" in codes
    assert not {"migtui.E001", "migtui.W005"} <= codes


def test_the_doubt_names_what_could_not_be_read() -> None:
    problem = only(CONFLICT.replace("0003_tags < blog.0002_body", "0003_tags < blog.0002_body ?"))
    assert "Whether 0003_tags, 0003_views are a conflict of blog" in problem.message
    assert "what 0003_tags depends on" in problem.message
    assert problem.locations == (Location("blog/migrations/0003_tags.py", 1),)
    assert problem.severity == "warning"


def test_a_missing_parent_is_named_with_what_it_may_mean() -> None:
    problem = only(LINEAR + "blog.0003_tags < blog.0002_bdoy")
    assert _brief(problem) == (
        "E002", "blog", "blog.0003_tags depends on blog.0002_bdoy, which is not there."
    )  # fmt: skip
    assert problem.help.startswith("Did you mean 0002_body?")
    assert "blog/migrations/0003_tags.py on line 1" in problem.help
    assert problem.locations == (Location("blog/migrations/0003_tags.py", 1),)


def test_a_missing_parent_is_not_looked_for_among_what_runs_later() -> None:
    problem = only(LINEAR + "blog.0003_tags < blog.0004_tags\nblog.0005_tags < blog.0003_tags")
    assert problem.help.startswith("Did you mean 0001_initial? Restore the file")


def test_a_missing_parent_is_no_conflict_as_well() -> None:
    """What the missing one depended on is not known: the rest may be one line."""
    assert only(LINEAR + "blog.0004_x < blog.0003_y").code == "migtui.E002"


def test_a_missing_parent_in_another_app_is_reported_where_it_is_named() -> None:
    problem = only(LINEAR + "shop.0001_initial < blog.0009_gone")
    assert (problem.code, problem.app_label) == ("migtui.E002", "shop")


def test_apps_that_were_not_read_have_no_missing_migrations() -> None:
    assert found("blog.0001_initial < auth.0012_alter_user") == []


def test_run_before_a_missing_migration_is_a_problem_too() -> None:
    assert only(LINEAR + "shop.0001_a; run_before blog.0009_gone").code == "migtui.E002"


def test_a_cycle_is_shown_with_the_lines_that_make_it() -> None:
    problem = only("blog.0001_a < shop.0001_b\nshop.0001_b < blog.0001_a")
    assert _brief(problem) == (
        "E003", "blog",
        "blog.0001_a depends on itself: blog.0001_a → shop.0001_b → blog.0001_a.",
    )  # fmt: skip
    assert [location.path for location in problem.locations] == [
        "blog/migrations/0001_a.py", "shop/migrations/0001_b.py"
    ]  # fmt: skip


def test_a_cycle_through_run_before_points_to_it() -> None:
    problem = only("""
        shop.0001_b
        blog.0001_a < shop.0001_b
        blog.0002_c < blog.0001_a; run_before shop.0001_b
        """)
    assert Location("blog/migrations/0002_c.py", 1) in problem.locations
    assert problem.code == "migtui.E003"


def test_a_migration_that_depends_on_itself_is_a_cycle() -> None:
    assert _brief(only("blog.0001_a < blog.0001_a")) == (
        "E003", "blog", "blog.0001_a depends on itself."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "code", "help_"),
    [
        ("syntax", "E004", "Mend the file"),
        ("encoding", "E004", "UTF-8"),
        ("missing", "E004", "Restore the file"),
        ("no-migration", "E004", "underscore"),
        ("markers", "E005", "remove the markers"),
    ],
)
def test_files_that_cannot_be_loaded_are_reported(kind: str, code: str, help_: str) -> None:
    error = ReadError(kind, "Something is wrong.", 7)
    (problem,) = find_problems(with_error(LINEAR, "blog.0002_body", error))
    assert _brief(problem) == (code, "blog", "blog.0002_body can't be loaded: Something is wrong.")
    assert problem.locations == (Location("blog/migrations/0002_body.py", 7),)
    assert help_ in problem.help


def test_syntax_of_a_newer_python_is_no_problem() -> None:
    error = ReadError("syntax", "It uses template strings.", 7, newer_python=True)
    assert find_problems(with_error(LINEAR, "blog.0002_body", error)) == ()


def test_a_file_that_cannot_be_read_is_one_problem_not_two() -> None:
    text = CONFLICT.replace("0003_tags < blog.0002_body", "0003_tags < ?")
    broken = with_error(text, "blog.0003_tags", ReadError("syntax", "Broken."))
    assert [problem.code for problem in find_problems(broken)] == ["migtui.E004"]


SQUASH = f"""
    {LINEAR}
    blog.0001_squashed_0002_body; replaces blog.0001_initial blog.0002_body
"""


def test_a_squash_beside_what_it_replaces_is_fine() -> None:
    assert found(SQUASH) == []
    assert found(SQUASH + "blog.0003_tags < blog.0002_body") == []


def test_a_squash_of_squashes_is_fine() -> None:
    newer = "blog.0001_squashed_0003; replaces blog.0001_squashed_0002_body blog.0003_tags"
    both = f"{newer} blog.0001_initial blog.0002_body"
    tags = "blog.0003_tags < blog.0001_squashed_0002_body"
    assert found(f"{SQUASH}\n{tags}\n{newer}") == []
    assert found(f"{SQUASH}\n{tags}\n{both}") == []


def test_a_squash_that_replaces_itself_cannot_work() -> None:
    problem = only(f"{LINEAR}\nblog.0003_x < blog.0002_body; replaces blog.0003_x")
    assert _brief(problem) == ("E008", "blog", "blog.0003_x replaces itself.")


def test_squashes_that_replace_each_other_cannot_work() -> None:
    text = "blog.0001_a; replaces blog.0001_b\nblog.0001_b; replaces blog.0001_a"
    problems = [problem for problem in find_problems(graph(text)) if problem.code == "migtui.E008"]
    assert [problem.message for problem in problems] == [
        "blog.0001_a and blog.0001_b replace each other."
    ]


def test_two_squashes_of_the_same_migration_cannot_work() -> None:
    problem = only(f"""
        {SQUASH}
        blog.0003_tags < blog.0002_body
        blog.0001_squashed_0003_tags; replaces blog.0001_initial blog.0002_body blog.0003_tags
        """)
    assert problem.code == "migtui.E008"
    assert problem.message.startswith(
        "blog.0001_initial is replaced by both blog.0001_squashed_0002_body and "
        "blog.0001_squashed_0003_tags:"
    )
    assert len(problem.locations) == 2


def test_one_number_twice_in_a_line_is_a_warning() -> None:
    problem = only(LINEAR + "blog.0002_tags < blog.0002_body")
    assert _brief(problem) == (
        "W001", "blog",
        "0002_body, 0002_tags have the same number, but run one after the other.",
    )  # fmt: skip
    assert problem.severity == "warning"


@pytest.mark.parametrize(
    "text",
    [
        CONFLICT + "blog.0004_merge < blog.0003_tags blog.0003_views",
        LINEAR + "blog.0002_1_tags < blog.0002_body",
        LINEAR + "blog.0002b_tags < blog.0002_body",
        LINEAR + "blog.tags < blog.0002_body\nblog.more < blog.tags",
        SQUASH + "blog.0003_tags < blog.0001_squashed_0002_body",
        SQUASH + "blog.0002_tags < blog.0001_squashed_0002_body",
        LINEAR + "shop.0002_a < shop.0001_b\nshop.0001_b",
    ],
    ids=["merged", "inserted", "letter", "unnumbered", "squash", "replaced", "other app"],
)
def test_numbers_that_are_no_duplicates(text: str) -> None:
    assert [brief for brief in found(text) if brief[0] != "W003"] == []


def test_an_unpadded_number_is_the_same_number() -> None:
    assert only(LINEAR + "blog.2_tags < blog.0002_body").code == "migtui.W001"


def test_a_dependency_on_a_replaced_migration_whose_file_is_gone_is_a_warning() -> None:
    text = (
        "blog.0001_squashed_0002_body; replaces blog.0001_initial blog.0002_body\n"
        "shop.0001_initial < blog.0002_body"
    )
    problem, reminder = find_problems(graph(text))
    assert reminder.code == "migtui.W003"
    assert (problem.code, problem.app_label) == ("migtui.W002", "shop")
    assert problem.message == (
        "shop.0001_initial depends on blog.0002_body, which blog.0001_squashed_0002_body has "
        "replaced."
    )
    assert "Name 0001_squashed_0002_body instead" in problem.help


def test_problems_come_by_code_and_app() -> None:
    text = f"""
        {CONFLICT}
        shop.0001_a
        shop.0001_b
        arts.0001_a < arts.0001_a
        """
    codes = [(problem.code, problem.app_label) for problem in find_problems(graph(text))]
    assert codes == [("migtui.E001", "blog"), ("migtui.E001", "shop"), ("migtui.E003", "arts")]


def test_apps_in_doubt_are_not_among_those_in_conflict() -> None:
    doubtful = graph(CONFLICT.replace("0003_tags < blog.0002_body", "0003_tags < ?"))
    assert doubtful.conflicting_apps == ()
    assert doubtful.doubtful_apps == {"blog": keys("blog.0003_tags")}
    assert graph(CONFLICT).conflicting_apps == ("blog",)
