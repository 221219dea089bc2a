import pytest

from migtui.core.names import merge_name, number_of, with_number


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("0003_tags", 3),
        ("170_rates", 170),
        ("0005_1_fix", 5),
        ("0001_squashed_0004_body", 4),
        ("0001_squashed_0004_squashed_0009_end", 9),
        ("add_squashed_0004", 4),
        ("initial", None),
        ("_0001_hidden", None),
    ],
)
def test_reads_numbers_as_django_does(name: str, number: int | None) -> None:
    assert number_of(name) == number


@pytest.mark.parametrize(
    ("name", "number", "renumbered"),
    [
        ("0003_tags", 4, "0004_tags"),
        ("9_tags", 10, "10_tags"),
        ("099_tags", 100, "100_tags"),
        ("0005_1_fix", 6, "0006_1_fix"),
        ("0003", 12, "0012"),
        ("0003_auto_20200101_1200", 4, "0004_auto_20200101_1200"),
        ("0007_merge_0006_a_0006_b", 8, "0008_merge_0006_a_0006_b"),
        ("0001_squashed_0004_body", 7, "0004_squashed_0007_body"),
        ("add_squashed_0004", 7, "add_squashed_0007"),
        ("initial", 7, "initial"),
    ],
)
def test_gives_a_number_and_keeps_width_and_rest(name: str, number: int, renumbered: str) -> None:
    assert with_number(name, number) == renumbered


def merged(*leaves: str, existing: tuple[str, ...] = (), suffix: str | None = None) -> str:
    return merge_name(leaves, existing, suffix=suffix, timestamp="20260131_1200")


def test_names_a_merge_after_its_leaves() -> None:
    assert merged("0003_views", "0003_tags") == "0004_merge_0003_tags_0003_views"


def test_names_a_merge_of_long_leaves_after_the_time() -> None:
    assert merged("0003_" + "a" * 20, "0007_" + "b" * 16).startswith("0008_merge_0003_a")
    assert merged("0003_" + "a" * 20, "0007_" + "b" * 17) == "0008_merge_20260131_1200"


def test_names_a_merge_of_leaves_without_numbers_as_django_does() -> None:
    assert merged("tags", "views") == "0002_merge_tags_views"


def test_names_a_merge_as_it_is_told_to() -> None:
    assert merged("0003_tags", "0003_views", suffix="both") == "0004_both"


def test_takes_the_next_number_where_a_merge_would_take_the_name_of_a_file() -> None:
    existing = ("0004_Both", "0005_both")
    assert merged("0003_tags", "0003_views", suffix="both", existing=existing) == "0006_both"
