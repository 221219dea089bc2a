"""What can be squashed of every app, one beside the other."""

from migtui.core.squash_all import outline_apps
from tests.support.graphs import graph

TIED = """
    a.0001
    a.0002 < a.0001 b.0001
    b.0001
    b.0002 < b.0001 a.0001
    c.0001
"""


def test_squashes_that_are_fine_alone_are_not_proposed_together() -> None:
    first, second = outline_apps(graph(TIED), can_nest=True)
    assert [first.app_label, second.app_label] == ["a", "b"]
    assert first.commands == (("a",),)
    assert second.commands == ()
    assert list(map(str, second.crossing)) == ["b.0002", "a.0001_squashed_0002", "b.0001"]


def test_an_app_that_crosses_is_proposed_in_parts() -> None:
    found = graph("""
        a.0001
        a.0002 < a.0001
        b.0001 < a.0001
        a.0003 < a.0002 b.0001
        a.0004 < a.0003
    """)
    (only,) = outline_apps(found, can_nest=True)
    assert only.commands == (("a", "0001", "0002"), ("a", "0003", "0004"))


def test_conflicts_and_squashes_that_are_not_finished_come_first() -> None:
    found = graph("""
        a.0001
        a.0002 < a.0001
        a.0003 < a.0001
        b.0002 < b.0001
        b.0001_squashed; replaces b.0001
        b.0001
    """)
    refusals = {entry.app_label: entry.refusal for entry in outline_apps(found, can_nest=False)}
    assert "has to have one leaf" in refusals["a"]
    assert refusals["b"] == "It has a squash that is not finished: 0001_squashed."
