from migtui.core.verification import Verification
from migtui.tui.documents.outcome import outcome_lines


def shown(verification: Verification) -> str:
    return "\n".join(line.text for line in outcome_lines("blog", verification))


def test_only_django_earns_a_tick() -> None:
    assert shown(Verification("django", ("0003_x",))).startswith("✓ Django loads")
    text = shown(Verification("static", ("0003_x",)))
    assert "✓" not in text
    assert "Django was not asked" in text


def test_a_failure_names_the_leaves_and_the_error() -> None:
    text = shown(Verification("django", ("0003_x", "0003_y"), error="NodeNotFoundError: no"))
    assert "✗ Django sees 2 leaves of blog: 0003_x, 0003_y." in text
    assert "NodeNotFoundError: no" in text


def test_what_makemigrations_would_newly_write_is_listed() -> None:
    before = {"blog": ("Add field a",)}
    after = {"blog": ("Add field a", "Add field b")}
    text = shown(Verification("django", ("0003_x",), changes_before=before, changes_after=after))
    assert "blog: Add field b" in text
    assert "Add field a" not in text
