"""Comments that silence hazards."""

import pytest

from migtui.source.ignores import Ignore, read_ignores

SOURCE = b"""\
from django.db import migrations

# migtui: ignore H005 because nothing runs meanwhile
class Migration(migrations.Migration):
    operations = [
        # The table is small.
        # migtui: ignore H011, H003 because it has a hundred rows
        migrations.AddIndex(
            "post",
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                # migtui: ignore squawk.prefer-bigint-over-int because ids are few
                migrations.RunSQL("SELECT 1"),
            ],
        ),
        # migtui: ignore h001
        migrations.DeleteModel("post"),
    ]
"""
WHOLE_FILE = Ignore("migtui.H005", "nothing runs meanwhile", 3)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (None, ()),
        (8, (("migtui.H011", "it has a hundred rows"), ("migtui.H003", "it has a hundred rows"))),
        (14, (("squawk.prefer-bigint-over-int", "ids are few"),)),
        (11, ()),
        (18, (("migtui.H001", ""),)),
    ],
)
def test_they_count_for_the_operation_below_and_the_whole_file_where_they_are_above_the_class(
    line: int | None, found: tuple[tuple[str, str], ...]
) -> None:
    first, *rest = read_ignores(SOURCE).at(line)
    assert first == WHOLE_FILE
    assert tuple((entry.code, entry.reason) for entry in rest) == found


def test_one_above_an_operation_counts_for_those_inside_of_it() -> None:
    source = SOURCE.replace(
        b"        migrations.Sep",
        b"        # migtui: ignore H002 because moved\n        migrations.Sep",
    )
    codes = [entry.code for entry in read_ignores(source).at(15)]
    assert codes == ["migtui.H005", "migtui.H002", "squawk.prefer-bigint-over-int"]


@pytest.mark.parametrize(
    "content",
    [b"", b"# migtui: ignore H001 because x\nclass (", b"\xff # migtui: ignore H001", b"\x00"],
)
def test_what_can_not_be_read_silences_nothing(content: bytes) -> None:
    assert read_ignores(content).at(1) == ()
