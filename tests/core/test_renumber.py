from migtui.core.renumber import renumber
from tests.support.graphs import graph, key, keys

FORK = """
    blog.0001_initial
    blog.0002_body < blog.0001_initial
    blog.0003_tags < blog.0002_body
    blog.0003_views < blog.0002_body
"""


def renamed(text: str, behind: str, moved: str) -> dict[str, str]:
    found = renumber(graph(text), key(behind), keys(moved))
    return {old.name: new.name for old, new in found.items()}


def test_counts_on_from_the_migration_before() -> None:
    line = "blog.0004_more < blog.0003_views"
    moved = renamed(FORK + line, "blog.0003_tags", "blog.0003_views blog.0004_more")
    assert moved == {"0003_views": "0004_views", "0004_more": "0005_more"}


def test_keeps_a_number_that_is_high_enough() -> None:
    text = FORK.replace("0003_views", "0005_views")
    assert renamed(text, "blog.0003_tags", "blog.0005_views") == {}


def test_keeps_names_without_a_number_and_counts_past_them() -> None:
    text = """
        blog.0001_initial
        blog.tags < blog.0001_initial
        blog.views < blog.0001_initial
        blog.0001_more < blog.views
    """
    moved = renamed(text, "blog.tags", "blog.views blog.0001_more")
    assert moved == {"0001_more": "0002_more"}


def test_skips_a_number_that_another_migration_has() -> None:
    text = """
        blog.0001_initial
        blog.0004_late < blog.0001_initial
        blog.0003_tags < blog.0004_late
        blog.0003_views < blog.0001_initial
    """
    assert renamed(text, "blog.0003_tags", "blog.0003_views") == {"0003_views": "0005_views"}


def test_skips_a_name_that_another_file_has_or_a_squash_replaces() -> None:
    text = (
        FORK
        + """
        blog.0004_VIEWS < blog.0003_views
        blog.0010_squashed < blog.0003_tags; replaces blog.0005_views
    """
    )
    moved = renamed(text, "blog.0003_tags", "blog.0003_views blog.0004_VIEWS")
    assert moved == {"0003_views": "0006_views", "0004_VIEWS": "0007_VIEWS"}


def test_moves_both_numbers_of_a_squash() -> None:
    text = """
        blog.0001_initial
        blog.0004_tags < blog.0001_initial
        blog.0002_squashed_0003_views < blog.0001_initial; replaces blog.0002_a blog.0003_b
    """
    moved = renamed(text, "blog.0004_tags", "blog.0002_squashed_0003_views")
    assert moved == {"0002_squashed_0003_views": "0004_squashed_0005_views"}


def test_takes_no_notice_of_other_apps() -> None:
    text = FORK + "shop.0004_views"
    assert renamed(text, "blog.0003_tags", "blog.0003_views") == {"0003_views": "0004_views"}
