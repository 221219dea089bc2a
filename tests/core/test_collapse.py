from dataclasses import replace

import pytest

from migtui.core.branch_facts import Addition, BranchFacts
from migtui.core.changes import Change, ChangeSet, Create, Delete, Rename, Rewrite, chained
from migtui.core.collapse import collapses
from migtui.core.conflict import find_conflict
from migtui.core.resolution import Resolution
from migtui.core.verdict import Kind, Verdict
from tests.support.graphs import graph, keys

FORK = """
    blog.0001_initial
    blog.0002_views < blog.0001_initial
    blog.0002_tags < blog.0001_initial
    blog.0003_colour < blog.0002_tags
"""
THROUGH_SHOP = f"""{FORK}
    shop.0001_initial < blog.0002_tags
    blog.0004_price < blog.0003_colour shop.0001_initial
"""
SQUASHED = f"{FORK}\n blog.0004_s < blog.0003_colour; replaces blog.0004_a blog.0005_b"
MINE = BranchFacts(published=False, applied=(("default", False),))
VIEWS, TAGS, COLOUR = keys("blog.0002_views blog.0002_tags blog.0003_colour")


def found(text: str, facts: BranchFacts, *, runs: bool = True) -> Resolution:
    given = graph(text)
    conflict = find_conflict(given, "blog")
    assert conflict is not None
    leaf = next(leaf for leaf in conflict.leaves if leaf != VIEWS)
    verdict = Verdict(Kind.INDEPENDENT, Kind.INDEPENDENT, ())
    order = Resolution("order", (VIEWS, leaf), possible=runs, recommended=False, why="No.")
    (way,) = collapses(given, conflict, verdict, {leaf: facts}, [order])
    assert (way.strategy, way.order) == ("collapse", (VIEWS, leaf))
    return way


def test_a_branch_of_several_migrations_may_become_one_and_one_of_one_is_not_offered() -> None:
    way = found(FORK, MINE)
    assert way.possible
    assert way.why == "0002_tags to 0003_colour become one migration behind 0002_views."
    applied = found(FORK, replace(MINE, applied=(("default", True),)))
    assert applied.possible
    assert applied.why.endswith("default has applied some of it, which is rolled back first.")


@pytest.mark.parametrize(
    ("text", "facts", "why"),
    [
        (FORK, BranchFacts(), "Whether 0003_colour is published is not known"),
        (FORK, BranchFacts(published=True), "The default branch has 0003_colour"),
        (
            FORK,
            replace(MINE, added=(Addition(TAGS, published=True), Addition(COLOUR))),
            "The default branch has 0002_tags,",
        ),
        (FORK, replace(MINE, applied=(("other", None),)), "What other has applied is not known."),
        (SQUASHED, MINE, "0004_s is a squash"),
        (
            THROUGH_SHOP,
            MINE,
            "itself: blog.0004_price → shop.0001_initial → blog.0002_tags.",
        ),
    ],
)
def test_why_a_branch_can_not_become_one_is_told(text: str, facts: BranchFacts, why: str) -> None:
    way = found(text, facts)
    assert not way.possible
    assert why in way.why


def test_an_order_that_does_not_run_does_not_run_collapsed() -> None:
    way = found(FORK, MINE, runs=False)
    assert (way.possible, way.why) == (False, "No.")


def test_changes_of_changed_files_are_changes_of_the_files_before() -> None:
    first: list[Change] = [
        Rename("3_a", "4_a", b"a", b"A"),
        Rename("4_b", "5_b", b"b", b"B"),
        Rename("2_x", "3_x", b"x", b"X"),
        Rewrite("other", b"o", b"O"),
    ]
    then: list[Change] = [Create("4_b", b"AB"), Delete("4_a", b"A"), Delete("5_b", b"B")]
    then.append(Rewrite("other", b"O", b"4_b"))
    made = chained(first, then)
    assert made[0] == Rename("2_x", "3_x", b"x", b"X")
    assert set(made[1:]) == {
        Delete("3_a", b"a"),
        Rewrite("4_b", b"b", b"AB"),
        Rewrite("other", b"o", b"4_b"),
    }
    after = ChangeSet("", made).files_after()
    assert {path for path, content in after.items() if content} == {"3_x", "4_b", "other"}
