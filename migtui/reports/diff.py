"""A ChangeSet as a unified diff that ``git apply`` takes."""

import difflib
from collections.abc import Iterator

from migtui.core.changes import Change, ChangeSet, Create, Delete, Rename, Rewrite
from migtui.core.safe_text import safe_line
from migtui.reports.paint import Paint

_STYLES = {"+": "good", "-": "error", "@": "heading"}
_PLAIN = frozenset(range(ord(" "), ord("~") + 1)) - frozenset(b'"\\')
"""Bytes that git writes as they are."""


def unified_diff(changes: ChangeSet) -> str:
    """What would change, file by file, byte by byte.

    Bytes that are no UTF-8 come out as lone surrogates; print them with ``surrogateescape``.
    """
    return "".join(f"{line}\n" for change in changes.changes for line in _change(change))


def painted_diff(changes: ChangeSet, *, paint: Paint) -> str:
    """A unified diff for a terminal: in colours, and without what would steer it."""
    lines = unified_diff(changes).split("\n")
    return "\n".join(_painted(safe_line(line), paint) for line in lines)


def _change(change: Change) -> Iterator[str]:
    match change:
        case Create(path, content):
            yield from _header(path, path)
            yield "new file mode 100644"
            yield from _hunks("/dev/null", _name("b", path), b"", content)
        case Rewrite(path, before, content):
            yield from _header(path, path)
            yield from _hunks(_name("a", path), _name("b", path), before, content)
        case Rename(path, new_path, before, content):
            yield from _header(path, new_path)
            yield f"rename from {_quoted(path)}"
            yield f"rename to {_quoted(new_path)}"
            yield from _hunks(_name("a", path), _name("b", new_path), before, content)
        case Delete(path, before):
            yield from _header(path, path)
            yield "deleted file mode 100644"
            yield from _hunks(_name("a", path), "/dev/null", before, b"")


def _header(path: str, new_path: str) -> Iterator[str]:
    yield f"diff --git {_name('a', path)} {_name('b', new_path)}"


def _name(side: str, path: str) -> str:
    return _quoted(f"{side}/{path}")


def _quoted(path: str) -> str:
    """A path as git writes it: in C's quotes where it holds what could be misread."""
    content = path.encode("utf-8", "surrogateescape")
    if _PLAIN.issuperset(content):
        return path
    escaped = "".join(chr(byte) if byte in _PLAIN else f"\\{byte:03o}" for byte in content)
    return f'"{escaped}"'


def _hunks(name: str, new_name: str, before: bytes, content: bytes) -> Iterator[str]:
    if before == content:
        return
    lines = difflib.unified_diff(_lines(before), _lines(content), name, new_name, lineterm="")
    for number, line in enumerate(lines):
        if number > 1 and line.endswith("\n"):
            yield line[:-1]
        else:
            yield line
            if number > 1 and line[0] != "@":
                yield "\\ No newline at end of file"


def _lines(content: bytes) -> list[str]:
    """The lines with their ends; only a line feed ends one, as in git."""
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    ended = [f"{line}\n" for line in lines[:-1]]
    return ended + ([lines[-1]] if lines[-1] else [])


def _painted(line: str, paint: Paint) -> str:
    if line.startswith(("---", "+++", "diff ", "rename ", "new file", "deleted file")):
        return paint("strong", line)
    return paint(_STYLES.get(line[:1], ""), line)
