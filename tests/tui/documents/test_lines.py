from migtui.tui.documents.lines import Line, line, wrapped


def broken(text: str, width: int) -> list[str]:
    return [entry.text for entry in wrapped([line(text)], width)]


def test_a_line_is_broken_between_words_and_keeps_its_indent() -> None:
    assert broken("  one two three four", 11) == ["  one two", "  three", "  four"]


def test_a_path_is_broken_only_where_it_does_not_fit_at_all() -> None:
    assert broken("see /a-b/c-d now", 10) == ["see", "/a-b/c-d", "now"]
    assert broken("abcdefghij", 4) == ["abcd", "efgh", "ij"]


def test_what_fits_and_what_has_several_styles_stays_as_it_is() -> None:
    lines = [line("short"), Line((("a", "long "), ("b", "enough to be broken")))]
    assert list(wrapped(lines, 10)) == lines


def test_before_a_width_is_known_nothing_is_broken() -> None:
    assert broken("one two", -3) == ["one two"]
