"""A ChangeSet as the Diff pane shows it: file by file, both line numbers, Python in colours."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from migtui.core.changes import Change, ChangeSet, Create, Delete, Rename, Rewrite
from migtui.tui.documents.highlight import highlight
from migtui.tui.documents.lines import Line, Span, line

_CONTEXT = 3


def describe_change(change: Change) -> tuple[str, str]:
    """A sign and a sentence for what happens to one file."""
    match change:
        case Create(path):
            return "+", f"create {path}"
        case Rename(path, new_path, before, content):
            return ">", f"rename {path} → {_beside(path, new_path)}" + " and edit" * (
                before != content
            )
        case Rewrite(path):
            return "~", f"edit {path}"
        case Delete(path):
            return "-", f"delete {path}"


def _beside(path: str, new_path: str) -> str:
    """A new path as short as it can be told beside the old one."""
    directory, _, name = new_path.rpartition("/")
    return name if path.rpartition("/")[0] == directory else new_path


def diff_lines(changes: ChangeSet) -> tuple[Line, ...]:
    """What would happen to each file."""
    found: list[Line] = []
    for change in changes.changes:
        if found:
            found.append(Line())
        sign, sentence = describe_change(change)
        found.append(line(f"{sign} {sentence}", kind="heading"))
        match change:
            case Create(_, content):
                found += _compare(b"", content)
            case Rename(_, _, before, content) | Rewrite(_, before, content):
                found += _compare(before, content)
            case Delete(_, before):
                found += _compare(before, b"")
    return tuple(found)


def _compare(before: bytes, after: bytes) -> Iterator[Line]:
    old, new = _text(before), _text(after)
    matcher = SequenceMatcher(None, _keep_ends(old), _keep_ends(new), autojunk=False)
    width = len(str(max(old.count("\n"), new.count("\n")) + 1))
    old_spans, new_spans = highlight(old, "python"), highlight(new, "python")
    for number, group in enumerate(matcher.get_grouped_opcodes(_CONTEXT)):
        if number:
            yield line("⋯", "comment", gutter=" " * (2 * width + 3))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                    yield _line(" ", i, j, new_spans[j], width)
            else:
                for i in range(i1, i2):
                    yield _line("-", i, None, old_spans[i], width)
                for j in range(j1, j2):
                    yield _line("+", None, j, new_spans[j], width)


_KINDS = {" ": "", "-": "removed", "+": "added"}


def _line(sign: str, old: int | None, new: int | None, spans: tuple[Span, ...], width: int) -> Line:
    numbers = " ".join(f"{'' if index is None else index + 1:>{width}}" for index in (old, new))
    return Line(
        ((("sign" if sign != " " else ""), f"{sign} "), *spans), f" {numbers} ", _KINDS[sign]
    )


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig", errors="replace")


def _keep_ends(text: str) -> list[str]:
    """Lines that differ where only their line breaks do."""
    return text.split("\n") if text else []
