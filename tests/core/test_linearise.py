from dataclasses import replace

import pytest

from migtui.core.graph import MigrationGraph
from migtui.core.linearise import Line, linearise, require_mergeable
from migtui.core.migration import Dependency, ReadError
from migtui.errors import ResolutionError
from tests.support.graphs import graph, key, keys, migrations

FORK = """
    blog.0001_initial
    blog.0002_body < blog.0001_initial
    blog.0003_tags < blog.0002_body
    blog.0003_views < blog.0002_body
"""


def laid_out(text: str, order: str, *, renumbering: bool = True) -> Line:
    return linearise(graph(text), keys(order), renumbering=renumbering)


def parents(line: Line) -> dict[str, str]:
    """The new parent of each migration that gets one, as they will be called."""
    return {
        edit.new_key.name: edit.new_parent.name
        for edit in line.edits
        if edit.new_parent is not None
    }


def edited(line: Line) -> list[str]:
    return [str(edit.migration) for edit in line.edits]


def why_not(graph: MigrationGraph, order: str) -> str:
    with pytest.raises(ResolutionError) as caught:
        linearise(graph, keys(order))
    return caught.value.message


def test_puts_the_second_branch_behind_the_first() -> None:
    line = laid_out(FORK, "blog.0003_views blog.0003_tags")
    assert line.moved == keys("blog.0003_tags")
    assert parents(line) == {"0004_tags": "0003_views"}
    assert edited(line) == ["blog.0003_tags"]


def test_moves_the_whole_branch_and_reparents_its_first_migration_alone() -> None:
    text = (
        FORK
        + """
        blog.0004_more < blog.0003_views
        blog.0005_most < blog.0004_more
    """
    )
    line = laid_out(text, "blog.0003_tags blog.0005_most")
    assert parents(line) == {"0004_views": "0003_tags"}
    assert [new.name for new in line.renamed.values()] == ["0004_views", "0005_more", "0006_most"]


def test_lays_out_three_leaves_one_behind_the_other() -> None:
    text = FORK + "blog.0003_likes < blog.0002_body"
    line = laid_out(text, "blog.0003_views blog.0003_likes blog.0003_tags")
    assert parents(line) == {"0004_likes": "0003_views", "0005_tags": "0004_likes"}


def test_moves_what_two_later_branches_share_with_the_first_of_them() -> None:
    text = (
        FORK
        + """
        blog.0004_left < blog.0003_views
        blog.0004_right < blog.0003_views
    """
    )
    line = laid_out(text, "blog.0003_tags blog.0004_left blog.0004_right")
    assert parents(line) == {"0004_views": "0003_tags", "0006_right": "0005_left"}


def test_reparents_every_first_migration_of_a_branch_that_begins_in_several() -> None:
    text = (
        FORK
        + """
        blog.0003_likes < blog.0002_body
        blog.0004_merge < blog.0003_views blog.0003_likes
    """
    )
    line = laid_out(text, "blog.0003_tags blog.0004_merge")
    assert set(parents(line).values()) == {"0003_tags"}
    assert {old.name for old in line.renamed} == {"0003_views", "0003_likes", "0004_merge"}


def test_gives_a_parent_to_a_second_root() -> None:
    line = laid_out(FORK + "blog.0001_start", "blog.0003_tags blog.0003_views blog.0001_start")
    assert parents(line) == {"0004_views": "0003_tags", "0005_start": "0004_views"}


def test_reparents_the_first_files_that_a_squash_still_replaces() -> None:
    text = (
        FORK
        + """
        blog.0004_more < blog.0003_views
        blog.0003_squashed_0004 < blog.0002_body; replaces blog.0003_views blog.0004_more
    """
    )
    line = laid_out(text, "blog.0003_tags blog.0003_squashed_0004", renumbering=False)
    assert parents(line) == {"0003_squashed_0004": "0003_tags", "0003_views": "0003_tags"}


def test_follows_a_rename_in_every_app_and_every_list() -> None:
    text = (
        FORK
        + """
        shop.0001_initial < blog.0003_views
        user.0001_initial; run_before blog.0003_views
        blog.0003_squashed < blog.0003_tags; replaces blog.0003_views
        shop.0002_tags < blog.0003_tags
    """
    )
    text = text.replace("; replaces blog.0003_views", "")
    line = laid_out(text, "blog.0003_squashed blog.0003_views")
    assert edited(line) == ["blog.0003_views", "shop.0001_initial", "user.0001_initial"]


def test_changes_dependencies_alone_where_names_are_to_stay() -> None:
    text = FORK + "shop.0001_initial < blog.0003_views"
    line = laid_out(text, "blog.0003_tags blog.0003_views", renumbering=False)
    assert line.renamed == {}
    assert edited(line) == ["blog.0003_views"]


def test_names_the_cycle_that_an_order_would_close_through_another_app() -> None:
    text = (
        FORK
        + """
        shop.0001_initial < blog.0003_views
        blog.0004_more < blog.0003_tags shop.0001_initial
    """
    )
    assert why_not(graph(text), "blog.0004_more blog.0003_views") == (
        "0004_more depends on 0003_views through another app, so 0003_views can't run behind it: "
        "blog.0004_more -> shop.0001_initial -> blog.0003_views -> blog.0004_more."
    )
    assert parents(laid_out(text, "blog.0003_views blog.0004_more")) == {"0004_tags": "0003_views"}


def test_takes_no_notice_of_a_cycle_that_was_there_before() -> None:
    text = (
        FORK
        + """
        shop.0001_initial < shop.0002_price
        shop.0002_price < shop.0001_initial
    """
    )
    assert laid_out(text, "blog.0003_tags blog.0003_views").moved == keys("blog.0003_views")


@pytest.mark.parametrize("entry", ["?", "blog.?"])
def test_cannot_move_a_migration_whose_parent_is_computed(entry: str) -> None:
    text = FORK + f"blog.0001_start < {entry}"
    found = graph(text)
    assert "computed" in why_not(found, "blog.0003_tags blog.0003_views blog.0001_start")
    assert linearise(found, keys("blog.0001_start blog.0003_tags blog.0003_views")).moved


def test_lets_computed_dependencies_stay_beside_a_known_parent() -> None:
    text = FORK.replace("0003_views < blog.0002_body", "0003_views < ? blog.0002_body")
    assert parents(laid_out(text, "blog.0003_tags blog.0003_views")) == {"0004_views": "0003_tags"}


def test_needs_every_parent_to_be_there() -> None:
    text = FORK.replace("0003_views < blog.0002_body", "0003_views < blog.0002_gone")
    reason = "blog.0003_views depends on blog.0002_gone, which is not there."
    assert why_not(graph(text), "blog.0003_tags blog.0003_views") == reason
    with pytest.raises(ResolutionError, match=r"which is not there"):
        require_mergeable(graph(text), keys("blog.0003_tags blog.0003_views"))


def test_stops_at_a_cycle_inside_a_branch() -> None:
    text = (
        FORK
        + """
        blog.0004_one < blog.0004_two
        blog.0004_two < blog.0004_one
        blog.0005_end < blog.0004_two
    """
    )
    found = graph(text)
    assert "in a circle" in why_not(found, "blog.0003_tags blog.0003_views blog.0005_end")


def changed(**changes: object) -> MigrationGraph:
    """The fork with ``0003_views`` as given."""
    found = migrations(FORK)
    own = key("blog.0003_views")
    found[own] = replace(found[own], **changes)  # type: ignore[arg-type]
    return MigrationGraph.of(found.values())


def test_never_edits_an_installed_package() -> None:
    found = changed(writable=False)
    assert "installed package" in why_not(found, "blog.0003_tags blog.0003_views")
    assert linearise(found, keys("blog.0003_views blog.0003_tags")).moved
    with pytest.raises(ResolutionError, match=r"installed package"):
        require_mergeable(found, keys("blog.0003_tags blog.0003_views"))


def test_needs_to_read_the_branches() -> None:
    found = changed(error=ReadError("markers", "git's conflict markers are still in the file."))
    assert "conflict markers" in why_not(found, "blog.0003_tags blog.0003_views")
    assert "conflict markers" in why_not(found, "blog.0003_views blog.0003_tags")


def test_needs_no_more_of_a_file_than_what_it_depends_on() -> None:
    found = changed(error=ReadError("syntax", "Missing parentheses in call to 'print'."))
    require_mergeable(found, keys("blog.0003_tags blog.0003_views"))
    dependencies = Dependency(None, None, 3, text="broken")
    found = changed(error=ReadError("syntax", "Oh."), dependencies=(dependencies,))
    assert "could not be read" in why_not(found, "blog.0003_tags blog.0003_views")


def test_needs_not_to_read_what_the_branches_have_in_common() -> None:
    found = migrations(FORK)
    old = key("blog.0001_initial")
    found[old] = replace(found[old], error=ReadError("syntax", "Missing parentheses."))
    graph = MigrationGraph.of(found.values())
    assert linearise(graph, keys("blog.0003_tags blog.0003_views")).moved
    require_mergeable(graph, keys("blog.0003_tags blog.0003_views"))


def test_reads_syntax_that_is_newer_than_the_running_python() -> None:
    found = changed(error=ReadError("syntax", "It needs Python 3.14.", newer_python=True))
    assert linearise(found, keys("blog.0003_tags blog.0003_views")).moved


def test_cannot_edit_another_app_that_could_not_be_read() -> None:
    found = migrations(FORK + "shop.0001_initial < blog.0003_views")
    broken = key("shop.0001_initial")
    found[broken] = replace(found[broken], error=ReadError("syntax", "invalid syntax."))
    graph = MigrationGraph.of(found.values())
    assert "shop/migrations/0001_initial.py would have to change" in why_not(
        graph, "blog.0003_tags blog.0003_views"
    )
