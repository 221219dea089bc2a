"""Ranges of a squash, cycles that it would make, its name, and what databases make of it."""

import pytest

from migtui.core.squash import (
    Progress,
    contract,
    find_crossing,
    find_range,
    parts_without_crossing,
    replaced_leaves,
    squash_name,
    standing,
)
from migtui.errors import ResolutionError, UsageError
from tests.support.graphs import graph, key, keys

LINE = """
    blog.0001_initial
    blog.0002_body < blog.0001_initial
    blog.0003_tags < blog.0002_body
    blog.0004_views < blog.0003_tags
"""
CROSSED = f"""
    {LINE}
    shop.0001_initial < blog.0002_body
    shop.0002_price < shop.0001_initial
    blog.0005_shop < blog.0004_views shop.0002_price
"""


def test_a_range_is_the_whole_app_unless_a_start_or_an_end_is_given() -> None:
    found = graph(LINE)
    line = keys("blog.0001_initial blog.0002_body blog.0003_tags blog.0004_views")
    assert find_range(found, "blog") == line
    assert find_range(found, "blog", end=key("blog.0003_tags")) == line[:3]
    assert find_range(found, "blog", key("blog.0002_body"), key("blog.0003_tags")) == line[1:3]


def test_a_branch_that_was_merged_is_part_of_the_range() -> None:
    found = graph("""
        blog.0001_initial
        blog.0002_a < blog.0001_initial
        blog.0002_b < blog.0001_initial
        blog.0003_merge < blog.0002_a blog.0002_b
    """)
    names = keys("blog.0001_initial blog.0002_b blog.0002_a blog.0003_merge")
    assert find_range(found, "blog") == names


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("0003_tags", "0002_body", "0003_tags comes after 0002_body"),
        ("0002_body", "0002_body", "0002_body alone is nothing to squash"),
    ],
)
def test_what_is_no_range_is_refused(start: str, end: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        find_range(graph(LINE), "blog", key(f"blog.{start}"), key(f"blog.{end}"))


def test_an_app_with_several_leaves_has_to_be_resolved_first() -> None:
    forked = f"{LINE}\n blog.0003_other < blog.0002_body"
    with pytest.raises(ResolutionError, match="one leaf to be squashed, and has 2"):
        find_range(graph(forked), "blog")


def test_a_migration_that_a_squash_replaces_is_no_end() -> None:
    squashed = f"{LINE}\n blog.0001_squashed; replaces blog.0001_initial blog.0002_body"
    with pytest.raises(UsageError, match="replaced by 0001_squashed already"):
        find_range(graph(squashed), "blog", end=key("blog.0002_body"))


def test_a_cycle_through_another_app_is_told_with_its_path() -> None:
    found = graph(CROSSED)
    crossing = find_crossing(found.parents, find_range(found, "blog"))
    assert crossing == keys("blog.0005_shop shop.0002_price shop.0001_initial blog.0002_body")


def test_a_range_that_crosses_is_cut_into_parts_that_do_not() -> None:
    found = graph(CROSSED)
    parts = parts_without_crossing(found.parents, find_range(found, "blog"))
    assert [len(part) for part in parts] == [4, 1]
    assert all(not find_crossing(found.parents, part) for part in parts)


def test_a_squash_of_one_app_may_make_that_of_another_impossible() -> None:
    found = graph("""
        a.0001
        a.0002 < a.0001 b.0001
        b.0001
        b.0002 < b.0001 a.0001
    """)
    ours, theirs = keys("a.0001 a.0002"), keys("b.0001 b.0002")
    assert not find_crossing(found.parents, ours)
    assert not find_crossing(found.parents, theirs)
    contracted = contract(found.parents, ours, key("a.squash"))
    assert find_crossing(contracted, theirs) == keys("b.0002 a.squash b.0001")


@pytest.mark.parametrize(
    ("start", "name", "expected"),
    [
        (None, None, "0001_squashed_0003_tags"),
        ("0002_body", None, "0002_body_squashed_0003_tags"),
        (None, "clean", "0001_clean"),
        ("0002_body", "clean", "0002_clean"),
    ],
)
def test_it_is_named_as_django_names_it(start: str | None, name: str | None, expected: str) -> None:
    first = key(f"blog.{start}") if start else None
    found = graph(LINE)
    chosen = find_range(found, "blog", first, key("blog.0003_tags"))
    assert squash_name(found, chosen, start=first, name=name) == expected


def test_a_name_is_never_used_again() -> None:
    found = graph(f"{LINE}\n blog.0004_views_too < blog.0004_views; replaces blog.0001_old")
    chosen = find_range(found, "blog", end=key("blog.0003_tags"))
    for name in ("initial", "OLD"):
        with pytest.raises(ResolutionError, match=r"migtui\.E008"):
            squash_name(found, chosen, start=None, name=name)
    with pytest.raises(ResolutionError, match=r"migtui\.E008"):
        squash_name(found, chosen, start=None, name="applied", in_use={"0001_applied"})
    with pytest.raises(UsageError, match="can't be part"):
        squash_name(found, chosen, start=None, name="../evil")


@pytest.mark.parametrize(
    ("applied", "progress", "outlook"),
    [
        ("", Progress.NONE, "runs s instead of what it replaces"),
        ("a.1 a.2", Progress.WHOLE, "runs nothing of it, and records s as applied"),
        ("a.1", Progress.PART, "runs what is missing, one by one (2), then records s"),
        ("a.1 a.2 a.s", Progress.SQUASH, "has nothing to do"),
    ],
)
def test_what_migrate_does_follows_from_what_is_applied(
    applied: str, progress: Progress, outlook: str
) -> None:
    found = standing("default", key("a.s"), keys("a.1 a.2"), set(keys(applied)))
    assert (found.progress, found.outlook(key("a.s"))) == (progress, outlook)


def test_a_squash_of_squashes_stands_for_what_these_replace() -> None:
    found = graph("""
        a.1
        a.2 < a.1
        a.s; replaces a.1 a.2
        a.3 < a.2
    """)
    assert replaced_leaves(found, keys("a.s a.3")) == keys("a.1 a.2 a.3")
