from itertools import permutations

import pytest

from migtui.core.conflict import Branch, Conflict
from migtui.core.evidence import Run, combine, conclude, kind_of, orders_to_try
from migtui.core.migration import MigrationKey
from migtui.core.verdict import Evidence, Kind, OperationRef, Overlap, Trial, Verdict

A, B, C, D, E = (MigrationKey("blog", f"0002_{letter}") for letter in "abcde")
AB, BA = (A, B), (B, A)


def verdict(kind: Kind, visible: Kind | None = None, *orders: tuple[MigrationKey, ...]) -> Verdict:
    return Verdict(
        kind, visible or kind, orders or (AB, BA), evidence=(Evidence("footprint", kind),)
    )


def conflict(*leaves: MigrationKey) -> Conflict:
    return Conflict("blog", tuple(Branch(leaf, (leaf,)) for leaf in leaves), ())


@pytest.mark.parametrize(
    ("ends", "kind"),
    [
        ((0, 0), Kind.INDEPENDENT),
        ((0, None), Kind.ORDERED),
        ((0, 1), Kind.DIVERGENT),
        ((None, None), Kind.COLLIDING),
    ],
)
def test_the_ends_of_both_orders_make_the_kind(
    ends: tuple[int | None, int | None], kind: Kind
) -> None:
    assert kind_of([Trial(AB, ends[0]), Trial(BA, ends[1])]) is kind


def test_some_of_many_orders_that_fail_do_not_show_that_all_do() -> None:
    trials = [Trial((A, B, C, D), None), Trial((D, C, B, A), None)]
    assert kind_of(trials) is Kind.ORDERED


def test_orders_of_other_leaves_are_not_compared() -> None:
    assert (
        kind_of([Trial(AB, 0), Trial(BA, 0), Trial((A, C), 1), Trial((C, A), 1)])
        is Kind.INDEPENDENT
    )


@pytest.mark.parametrize("read", [kind for kind in Kind if kind is not Kind.OPAQUE])
@pytest.mark.parametrize("seen", [kind for kind in Kind if kind is not Kind.OPAQUE])
def test_the_worse_kind_stands_and_a_contradiction_is_noted(read: Kind, seen: Kind) -> None:
    combined = combine(verdict(read), [Evidence("state", seen, note="so")])
    kinds = list(Kind)
    assert combined.kind is combined.visible_kind is max(read, seen, key=kinds.index)
    note = "so" if read is seen else f"the reading, {read}, stands; so"
    if kinds.index(seen) > kinds.index(read):
        note = f"contradicts the reading, {read}; so"
    assert combined.evidence == (Evidence("footprint", read), Evidence("state", seen, note=note))


def test_what_is_opaque_stays_so_and_what_is_seen_gets_worse() -> None:
    combined = combine(
        verdict(Kind.OPAQUE, Kind.INDEPENDENT), [Evidence("scratch", Kind.DIVERGENT, "sqlite")]
    )
    assert (combined.kind, combined.visible_kind) == (Kind.OPAQUE, Kind.DIVERGENT)


@pytest.mark.parametrize("kind", Kind)
def test_evidence_that_failed_changes_nothing(kind: Kind) -> None:
    failed = Evidence("scratch", None, "sqlite", note="no server")
    combined = combine(verdict(kind), [failed])
    assert (combined.kind, combined.orders) == (kind, (AB, BA))
    assert combined.evidence[-1] == failed


def test_orders_that_were_seen_to_fail_are_dropped_also_where_others_come_between() -> None:
    evidence = Evidence("state", Kind.ORDERED, trials=(Trial(AB, 0), Trial(BA, None)))
    every = tuple(permutations((A, B, C)))
    combined = combine(verdict(Kind.INDEPENDENT, None, *every), [evidence])
    assert combined.orders == ((A, B, C), (A, C, B), (C, A, B))


def test_evidence_that_refuses_one_order_each_leaves_none() -> None:
    evidence = [
        Evidence("state", Kind.ORDERED, trials=(Trial(AB, 0), Trial(BA, None))),
        Evidence("scratch", Kind.ORDERED, trials=(Trial(AB, None), Trial(BA, 0))),
    ]
    combined = combine(verdict(Kind.INDEPENDENT), evidence)
    assert (combined.kind, combined.orders) == (Kind.COLLIDING, ())


def test_of_three_leaves_every_order_is_tried() -> None:
    assert len(orders_to_try(conflict(A, B, C), verdict(Kind.INDEPENDENT))) == 6


def test_of_more_leaves_every_pair_is_swapped_and_those_that_touch_are_tried_alone() -> None:
    places = tuple(OperationRef(key, "AlterField", 1) for key in (B, D))
    overlap = Overlap("blog.post.title", Kind.DIVERGENT, "", places)
    found = orders_to_try(
        conflict(A, B, C, D, E), Verdict(Kind.DIVERGENT, Kind.DIVERGENT, (), (overlap,))
    )
    assert found == ((A, B, C, D, E), (E, D, C, B, A), (B, D), (D, B))


def test_many_pairs_that_touch_are_bounded() -> None:
    leaves = [MigrationKey("blog", f"0002_{number}") for number in range(16)]
    places = tuple(OperationRef(key, "AlterField", 1) for key in leaves)
    overlap = Overlap("blog.post.title", Kind.DIVERGENT, "", places)
    found = orders_to_try(
        conflict(*leaves), Verdict(Kind.DIVERGENT, Kind.DIVERGENT, (), (overlap,))
    )
    assert len(found) == 22


def test_a_note_names_a_few_things_and_counts_the_rest() -> None:
    ends = [{f"blog.post.f{number}": side for number in range(9)} for side in "xy"]
    evidence = conclude("state", [Run(AB, ends[0]), Run(BA, ends[1])], notes=["on no rows"])
    assert evidence.note == (
        "ends differ in blog.post.f0, blog.post.f1, blog.post.f2 and 6 more; on no rows"
    )
    assert len(evidence.differences) == 9


def test_a_branch_that_runs_after_another_but_not_first_needs_it() -> None:
    evidence = conclude("state", [Run(AB, {}), Run(BA, None, error="0002_b: KeyError: 1", done=0)])
    assert evidence.kind is Kind.ORDERED


def test_a_branch_that_runs_in_no_order_leaves_the_kind_open() -> None:
    runs = [Run(AB, None, error="0002_b: KeyError: 1", done=1)]
    runs.append(Run(BA, None, error="0002_b: KeyError: 1", done=0))
    evidence = conclude("scratch", runs, vendor="sqlite")
    assert (evidence.kind, evidence.trials) == (None, ())
    assert evidence.note == "0002_b does not run from the fork alone: 0002_b: KeyError: 1"
