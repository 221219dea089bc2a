"""The order in which migrations run is that of Django's own graph."""

from django.db.migrations.graph import MigrationGraph as DjangoGraph
from hypothesis import given, settings

from tests.support.graphs import graph, key
from tests.support.histories import History, histories


def test_of_two_branches_the_last_by_name_runs_first() -> None:
    found = graph("""
        blog.0001_initial
        blog.0002_tags < blog.0001_initial
        blog.0002_views < blog.0001_initial
        blog.0003_merge < blog.0002_tags blog.0002_views
    """)
    plan = found.forwards_plan(key("blog.0003_merge"))
    assert [step.name for step in plan] == ["0001_initial", "0002_views", "0002_tags", "0003_merge"]


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(histories())
def test_every_plan_is_djangos(history: History) -> None:
    found = history.graph
    django = DjangoGraph()
    for node in found.nodes:
        django.add_node((node.app_label, node.name), None)
    for node, parents in found.parents.items():
        for parent in parents:
            child = (node.app_label, node.name)
            django.add_dependency(None, child, (parent.app_label, parent.name))
    for node in found.nodes:
        expected = django.forwards_plan((node.app_label, node.name))
        assert [(step.app_label, step.name) for step in found.forwards_plan(node)] == expected
        assert found.ancestors(node) == set(found.forwards_plan(node))


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(histories())
def test_what_is_ordered_runs_behind_what_it_depends_on(history: History) -> None:
    found = history.graph
    for app_label in found.app_labels:
        keys = [node for node in found.nodes if node.app_label == app_label]
        line = found.ordered(keys)
        assert sorted(line) == sorted(keys)
        for position, step in enumerate(line):
            assert found.ancestors(step).isdisjoint(line[position + 1 :])
