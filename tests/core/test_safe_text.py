"""What reaches a terminal can't steer it."""

import pytest

from migtui.core.safe_text import safe_line, safe_text


@pytest.mark.parametrize(
    "text",
    ["\x1b[31m", "\x9b2J", "\x07", "\x00", "\r", "\x7f", "\u202e", "\u200b", "\ufeff", "\udcff"],
)
def test_what_steers_a_terminal_is_replaced(text: str) -> None:
    assert safe_text(f"a{text}b").startswith("a\ufffd")


def test_all_else_stays() -> None:
    text = "ünï\t[red]\n日本 → 🎉"
    assert safe_text(text) == text
    assert safe_text("a\r\nb") == "a\nb"


def test_a_line_is_one_line() -> None:
    assert safe_line("a\nb\r\nc") == "a b c"
