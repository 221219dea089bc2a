"""When a squash can be finished, and what listings of other databases say."""

import pytest

from migtui.core.finishable import finishable
from migtui.core.problems import find_problems
from migtui.core.squash_finish import find_squash, plan_removal, read_listing
from migtui.errors import NotFoundError, ResolutionError, UsageError
from tests.support.graphs import graph, key, keys

SQUASHED = """
    blog.0001_initial
    blog.0002_body < blog.0001_initial
    blog.0001_squashed; replaces blog.0001_initial blog.0002_body
    shop.0001_initial < blog.0002_body
    shop.0002_x < shop.0001_initial blog.0001_squashed; run_before blog.0001_initial
"""
LISTED = """\
blog
 [X] 0001_squashed (2 squashed migrations) (applied at 2026-11-25 10:00:00)
 [ ] 0003_tags
shop
 [-] 0001_squashed_0002_x (2 squashed migrations) run 'manage.py migrate' to finish recording.
 (no migrations)
"""


def test_what_names_a_replaced_migration_names_the_squash_afterwards() -> None:
    removal = plan_removal(graph(SQUASHED), key("blog.0001_squashed"))
    assert removal.deleted == keys("blog.0001_initial blog.0002_body")
    assert [str(edit.migration) for edit in removal.edits] == ["shop.0001_initial", "shop.0002_x"]
    assert set(removal.edits[0].renamed.values()) == {key("blog.0001_squashed")}


def test_a_migration_that_two_squashes_replace_stops_it() -> None:
    found = graph(f"{SQUASHED}\n blog.other; replaces blog.0001_initial")
    with pytest.raises(ResolutionError, match=r"blog\.other replaces migrations that"):
        plan_removal(found, key("blog.0001_squashed"))


def test_the_squash_is_found_by_its_name_or_as_the_only_one() -> None:
    found = graph(SQUASHED)
    squash = key("blog.0001_squashed")
    assert find_squash(found, "blog", None) == find_squash(found, "blog", squash) == squash
    with pytest.raises(NotFoundError, match="shop has no squash to finish"):
        find_squash(found, "shop", None)
    with pytest.raises(UsageError, match="0001_initial is replaced by 0001_squashed"):
        find_squash(found, "blog", key("blog.0001_initial"))
    with pytest.raises(UsageError, match="is not a squash"):
        find_squash(found, "shop", key("shop.0001_initial"))


def test_showmigrations_is_read_with_squashes_that_are_not_recorded() -> None:
    found = read_listing(LISTED, {"blog", "shop"})
    assert found.app_labels == {"blog", "shop"}
    assert found.applied == {key("blog.0001_squashed")}
    assert found.unrecorded == {key("shop.0001_squashed_0002_x")}


@pytest.mark.parametrize(
    "text",
    [
        '{"blog": ["0001_initial"]}',
        '[["blog", "0001_initial"]]',
        '\ufeff [{"app": "blog", "name": "0001_initial", "id": 3}]',
    ],
)
def test_json_is_read_in_three_shapes(text: str) -> None:
    assert read_listing(text, {"blog"}).applied == {key("blog.0001_initial")}


@pytest.mark.parametrize(
    "text", ["", "hello\n", "{", "[1]", '{"blog": "x"}', '[["a", 1]]', "[" * 9999]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_listing(text, {"blog"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SQUASHED, ""),
        (f"{SQUASHED}\n blog.0003_tags < blog.0001_squashed", "blog.0001_squashed"),
        ("blog.0001_squashed; replaces blog.0001_initial", "blog.0001_squashed"),
    ],
)
def test_a_squash_that_has_been_there_for_long_is_reminded_of(text: str, expected: str) -> None:
    found = graph(text)
    assert finishable(found) == keys(expected)
    reminders = [entry for entry in find_problems(found) if entry.code == "migtui.W003"]
    assert [entry.app_label for entry in reminders] == (["blog"] if expected else [])
