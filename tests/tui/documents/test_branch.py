from migtui.tui.documents.branch import branch_lines
from tests.support.explanations import MORE, TAGS, divergent


def test_a_lane_tells_origin_standing_migrations_operations_and_overlaps() -> None:
    explanation = divergent()
    branch = next(b for b in explanation.conflict.branches if b.leaf == TAGS)
    texts = [entry.line.text for entry in branch_lines(explanation, branch, 60)]
    assert texts == [
        " main · Ada",
        " published · applied in default",
        "",
        " 0003_tags",
        "   + Add field tags to post",
        " ≠ ~ Alter field title on post",
        "     differs (1): post.title",
    ]


def test_what_can_not_be_seen_is_marked() -> None:
    explanation = divergent()
    branch = next(b for b in explanation.conflict.branches if b.leaf == MORE)
    texts = [entry.line.text for entry in branch_lines(explanation, branch, 60)]
    assert " ? p Raw Python operation" in texts


def test_lines_fit_the_lane_and_the_cursor_stops_once_at_each_thing() -> None:
    explanation = divergent()
    for branch in explanation.conflict.branches:
        lines = branch_lines(explanation, branch, 16)
        assert max(len(entry.line.text) for entry in lines) <= 16
        stops = [(entry.migration, entry.operation) for entry in lines if entry.is_first]
        assert (
            len(stops)
            == len(set(stops))
            == len(branch.migrations)
            + sum(len(explanation.operations[key]) for key in branch.migrations)
        )
