"""A migration's file as the Source pane shows it."""

from dataclasses import replace

from migtui.tui.documents.highlight import highlight
from migtui.tui.documents.lines import Line, line, numbered


def source_lines(path: str, content: bytes, marked: range = range(0)) -> tuple[Line, ...]:
    """The file's path, then its lines, coloured and numbered.

    Args:
        path: As it is to be called.
        content: The file, decoded as UTF-8 as far as that goes.
        marked: Numbers of lines, counted from 1, that are what it is about.
    """
    text = content.decode("utf-8-sig", errors="replace")
    lines = numbered(highlight(text, "python"))
    shown = (
        replace(entry, kind="marked") if number in marked else entry
        for number, entry in enumerate(lines, 1)
    )
    return (line(f" {path}", kind="heading"), *shown)
