"""The verdict against what Django does: both orders, on a real SQLite and a real PostgreSQL.

Every pair of a list of operations is run from one fork in both orders on both databases. What
becomes of states, schemas and rows is compared with what migtui says from reading alone. How
often it says worse than it is, is printed by the benchmarks.
"""

from collections.abc import Iterator, Mapping
from math import comb

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migtui.core.verdict import Kind
from tests.support.databases import postgresql_database
from tests.support.operation_pairs import (
    BASE,
    FUNCTIONS,
    OPERATIONS,
    compare,
    compare_pairs,
)
from tests.support.truth import Truth, set_up

PARTS = 6
"""So many tests share the pairs, for as many workers as there are."""


@pytest.fixture(scope="module")
def databases() -> Iterator[Mapping[str, Mapping[str, object]]]:
    with postgresql_database() as postgresql:
        sqlite: dict[str, object] = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
        entries: dict[str, Mapping[str, object]] = {
            "truth_sqlite": sqlite,
            "truth_postgresql": postgresql,
        }
        set_up(entries)
        yield entries
        for alias in entries:
            connections[alias].close()


@pytest.fixture(scope="module")
def truths(databases: Mapping[str, object]) -> list[Truth]:
    return [Truth(alias, BASE, FUNCTIONS) for alias in databases]


def test_at_least_six_hundred_pairs_are_compared() -> None:
    assert len(set(OPERATIONS)) == len(OPERATIONS)
    assert comb(len(OPERATIONS), 2) >= 600


@pytest.mark.parametrize("part", range(PARTS))
def test_no_pair_is_called_better_than_it_is(truths: list[Truth], part: int) -> None:
    compared = list(compare_pairs(truths, range(part, len(OPERATIONS), PARTS)))
    assert len(compared) > len(OPERATIONS)
    too_good = [str(comparison) for comparison in compared if comparison.is_too_good]
    assert not too_good, "\n".join(too_good)


BRANCHES = st.lists(st.sampled_from(OPERATIONS), min_size=1, max_size=4, unique=True)


@given(one=BRANCHES, other=BRANCHES)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_random_branches_that_are_called_independent_are(
    truths: list[Truth], one: list[str], other: list[str]
) -> None:
    sqlite = truths[0]
    branches = [branch for branch in (one, other) if sqlite.runs(branch)]
    if len(branches) == 2:
        outcomes = [sqlite.orders(branches)]
        pairs = [(found[0, 1], found[1, 0]) for found in outcomes]
        comparison = compare((one, other), pairs)
        if comparison.said.kind is Kind.INDEPENDENT:
            assert comparison.worst is Kind.INDEPENDENT, str(comparison)
