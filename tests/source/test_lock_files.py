import pytest

from migtui.source.lock_files import name_leaf


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"0003_tags\n", b"0004_views\n"),
        (b"0003_tags\r\n", b"0004_views\r\n"),
        (b"0003_tags", b"0004_views\n"),
        (b"", b"0004_views\n"),
        (b"<<<<<<< HEAD\n0003_tags\n=======\n0003_views\n>>>>>>> topic\n", b"0004_views\n"),
    ],
)
def test_holds_the_leaf_on_one_line(before: bytes, after: bytes) -> None:
    assert name_leaf(before, "0004_views") == after
