import pytest

from migtui.tui.documents.highlight import highlight


@pytest.mark.parametrize(
    "text",
    ["", "\n", "\n\nx = 1\n\n", 'x = """a\nb"""\n', "a\tb", "\x0c", "def f(:\n  [/x]", "no end"],
)
def test_no_character_and_no_line_is_lost(text: str) -> None:
    lines = highlight(text, "python")
    assert len(lines) == text.count("\n") + 1
    plain = "\n".join("".join(part for _, part in spans) for spans in lines)
    assert plain == text.replace("\t", "   ").replace("\x0c", "�")


def test_python_and_sql_get_colours() -> None:
    styles = {
        style
        for spans in highlight("def f():\n    return 'x'  # y\n", "python")
        for style, _ in spans
    }
    assert {"keyword", "definition", "string", "comment"} <= styles
    assert ("keyword", "SELECT") in highlight("SELECT 1", "postgresql")[0]


def test_a_very_long_text_is_plain_rather_than_late() -> None:
    lines = highlight("x = 1\n" * 100_000, "python")
    assert lines[0] == (("", "x = 1"),)
