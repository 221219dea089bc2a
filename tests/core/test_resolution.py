from itertools import permutations

import pytest

from migtui.core.branch_facts import BranchFacts
from migtui.core.conflict import Conflict, find_conflict
from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.resolution import Resolution, find_resolutions
from migtui.core.verdict import Kind, OperationRef, Overlap, Verdict
from tests.support.graphs import graph, key, keys

FORK = """
    blog.0001_initial
    blog.0002_body < blog.0001_initial
    blog.0003_tags < blog.0002_body
    blog.0003_views < blog.0002_body
"""
THREE = FORK + "blog.0003_likes < blog.0002_body"
TAGS, VIEWS, LIKES = keys("blog.0003_tags blog.0003_views blog.0003_likes")

PUBLISHED = BranchFacts(published=True)
MINE = BranchFacts(published=False, mine=True, git_branch="topic/views")
OTHERS = BranchFacts(published=False, mine=False)
APPLIED = BranchFacts(published=False, applied=(("default", True),))


def conflict_of(graph: MigrationGraph) -> Conflict:
    conflict = find_conflict(graph, "blog")
    assert conflict is not None
    return conflict


def found(
    text: str,
    kind: Kind,
    facts: dict[MigrationKey, BranchFacts] | None = None,
    *,
    visible: Kind | None = None,
    orders: tuple[tuple[MigrationKey, ...], ...] | None = None,
    overlaps: tuple[Overlap, ...] = (),
) -> tuple[Resolution, ...]:
    migrations = graph(text)
    conflict = conflict_of(migrations)
    every = tuple(permutations(conflict.leaves)) if orders is None else orders
    verdict = Verdict(kind, visible or kind, every, overlaps)
    return find_resolutions(migrations, conflict, verdict, facts or {})


def recommended(resolutions: tuple[Resolution, ...]) -> Resolution:
    chosen = [resolution for resolution in resolutions if resolution.recommended]
    assert chosen == [resolutions[0]]
    return chosen[0]


def test_lists_a_merge_and_every_order() -> None:
    resolutions = found(THREE, Kind.INDEPENDENT)
    orders = {r.order for r in resolutions if r.strategy == "order"}
    assert orders == set(permutations((LIKES, TAGS, VIEWS)))
    assert [r.order for r in resolutions if r.strategy == "merge"] == [(LIKES, TAGS, VIEWS)]
    assert all(r.possible and r.why.endswith(".") for r in resolutions)


def test_merges_independent_branches_that_are_published() -> None:
    chosen = recommended(found(FORK, Kind.INDEPENDENT, {TAGS: PUBLISHED, VIEWS: APPLIED}))
    assert chosen.strategy == "merge"
    assert chosen.why == (
        "The branches commute, and 0003_tags and 0003_views are published or applied, so they "
        "should keep their names: a merge renames nothing."
    )


def test_merges_independent_branches_of_which_nothing_is_known() -> None:
    chosen = recommended(found(FORK, Kind.INDEPENDENT, {TAGS: PUBLISHED}))
    assert chosen.strategy == "merge"
    assert "not known whether 0003_views is published" in chosen.why


def test_orders_independent_branches_with_the_published_one_first() -> None:
    facts = {TAGS: MINE, VIEWS: PUBLISHED}
    chosen = recommended(found(FORK, Kind.INDEPENDENT, facts))
    assert (chosen.strategy, chosen.order) == ("order", (VIEWS, TAGS))
    assert chosen.why == (
        "The branches commute, and 0003_tags (topic/views) can still be renamed, so it can follow "
        "0003_views without a merge in the history."
    )


def test_orders_other_peoples_branches_before_ones_own() -> None:
    facts = {LIKES: MINE, TAGS: OTHERS, VIEWS: PUBLISHED}
    assert recommended(found(THREE, Kind.INDEPENDENT, facts)).order == (VIEWS, TAGS, LIKES)


def test_merges_rather_than_rename_one_of_two_published_branches() -> None:
    facts = {LIKES: MINE, TAGS: PUBLISHED, VIEWS: PUBLISHED}
    assert recommended(found(THREE, Kind.INDEPENDENT, facts)).strategy == "merge"


def test_orders_where_the_order_matters() -> None:
    resolutions = found(FORK, Kind.ORDERED, orders=((VIEWS, TAGS),))
    assert recommended(resolutions).order == (VIEWS, TAGS)
    assert "The order matters" in resolutions[0].why
    merge = next(r for r in resolutions if r.strategy == "merge")
    assert merge.why == (
        "A merge leaves the order to the file names: a new database runs 0003_views first, one "
        "that has applied another branch does not."
    )


def test_says_why_an_order_does_not_run() -> None:
    why = "0003_views removes blog.post.body, which 0003_tags changes."
    operations = (OperationRef(VIEWS, "RemoveField", 9), OperationRef(TAGS, "AlterField", 9))
    overlap = Overlap("blog.post.body", Kind.ORDERED, why, operations)
    resolutions = found(FORK, Kind.ORDERED, orders=((TAGS, VIEWS),), overlaps=(overlap,))
    broken = next(r for r in resolutions if r.order == (VIEWS, TAGS) and r.strategy == "order")
    assert broken.why == f"It does not run: {why}"


def test_says_which_published_names_an_order_would_change() -> None:
    facts = {TAGS: PUBLISHED, VIEWS: PUBLISHED}
    chosen = recommended(found(FORK, Kind.ORDERED, facts, orders=((VIEWS, TAGS),)))
    assert chosen.why == (
        "The order matters, and 0003_tags behind 0003_views runs; keep the names (--no-renumber), "
        "else it renames 0003_tags, which is published."
    )
    other = found(FORK, Kind.INDEPENDENT, facts)[1]
    assert other.why == "It runs, but it would rename 0003_views, which is published."


def test_orders_what_could_not_be_seen_and_says_that_it_is_not_proven() -> None:
    chosen = recommended(found(FORK, Kind.OPAQUE, {TAGS: MINE, VIEWS: PUBLISHED}, orders=()))
    assert (chosen.strategy, chosen.order) == ("order", (VIEWS, TAGS))
    assert chosen.why == (
        "It is not proven that the branches commute, but with 0003_tags (topic/views) behind "
        "0003_views the order is the same on every database."
    )


def test_says_of_what_could_not_be_seen_no_more_than_is_known() -> None:
    facts = {TAGS: MINE, VIEWS: PUBLISHED}
    *_, other = found(FORK, Kind.OPAQUE, facts, orders=())
    assert other.why == (
        "As far as could be seen, it runs, but it would rename 0003_views, which is published."
    )


@pytest.mark.parametrize("kind", [Kind.DIVERGENT, Kind.COLLIDING])
def test_recommends_nothing_where_a_decision_is_needed(kind: Kind) -> None:
    for resolutions in (found(FORK, kind), found(FORK, Kind.OPAQUE, visible=kind)):
        assert not any(r.recommended for r in resolutions)
        assert all(r.why.startswith("A decision is needed") for r in resolutions)


def test_puts_what_is_not_possible_last_with_its_reason() -> None:
    text = (
        FORK
        + """
        shop.0001_initial < blog.0003_views
        blog.0004_more < blog.0003_tags shop.0001_initial
        """
    )
    *_, last = found(text, Kind.ORDERED)
    more = key("blog.0004_more")
    assert (last.order, last.possible) == ((more, VIEWS), False)
    assert "through another app" in last.why


def test_names_a_few_orders_of_many_leaves() -> None:
    text = FORK + "\n".join(f"blog.0003_x{number} < blog.0002_body" for number in range(4))
    running = ((*keys("blog.0003_x0 blog.0003_x1 blog.0003_x2 blog.0003_x3"), VIEWS, TAGS),)
    facts = {TAGS: MINE}
    resolutions = found(text, Kind.ORDERED, facts, orders=running)
    assert recommended(resolutions).order == running[0]
    assert len(resolutions) == 3


def test_never_calls_a_side_by_its_place() -> None:
    for kind in Kind:
        for facts in ({}, {TAGS: MINE, VIEWS: OTHERS}, {TAGS: PUBLISHED, VIEWS: PUBLISHED}):
            for resolution in found(FORK, kind, facts):
                words = resolution.why.casefold().split()
                assert not {"ours", "theirs"}.intersection(words)
