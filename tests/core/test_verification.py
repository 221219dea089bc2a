from migtui.core.verification import DJANGO, Verification, verify_read
from tests.support.graphs import graph

FORK = """
    blog.0001_initial
    blog.0002_tags < blog.0001_initial
    blog.0002_views < blog.0001_initial
    shop.0001_initial
"""
LINE = FORK.replace("0002_views < blog.0001_initial", "0002_views < blog.0002_tags")


def verified(after: str, before: str = FORK) -> Verification:
    return verify_read(graph(before), graph(after), "blog")


def test_passes_where_one_leaf_is_left() -> None:
    verification = verified(LINE)
    assert (verification.passed, verification.how) == (True, "static")
    assert verification.leaves == ("0002_views",)


def test_does_not_pass_while_several_leaves_are_left() -> None:
    verification = verified(FORK)
    assert (verification.passed, verification.error) == (False, "")
    assert verification.leaves == ("0002_tags", "0002_views")


def test_does_not_pass_where_something_else_became_worse() -> None:
    gone = verified(LINE + "shop.0002_price < shop.0001_gone")
    assert gone.error == "shop.0002_price depends on shop.0001_gone, which is not there."
    fork = verified(LINE + "shop.0002_price")
    assert fork.error == "shop has several leaves."
    cycle = verified(LINE.replace("shop.0001_initial", "shop.0001_initial < shop.0001_initial2")
                     + "shop.0001_initial2 < shop.0001_initial")  # fmt: skip
    assert cycle.error.startswith("There is a cycle: shop.0001_initial")
    assert not any(verification.passed for verification in (gone, fork, cycle))


def test_passes_where_something_else_was_as_bad_before() -> None:
    broken = "shop.0002_price < shop.0001_gone"
    assert verified(LINE + broken, FORK + broken).passed


def test_tells_what_makemigrations_would_newly_write() -> None:
    before = {"blog": ("Add field tags",), "shop": ("Delete model Shop",)}
    after = {"blog": ("Add field tags", "Remove field views"), "shop": ("Delete model Shop",)}
    verification = Verification(DJANGO, ("0002_views",), "", "", before, after)
    assert verification.new_changes == {"blog": ("Remove field views",)}
