"""A three-way merge of a file's lines, as ``git merge-file`` makes it."""

from collections.abc import Sequence
from difflib import SequenceMatcher

Lines = Sequence[bytes]


def merge_text(base: bytes, ours: bytes, theirs: bytes) -> tuple[bytes, bool]:
    """The lines of both sides put together.

    Args:
        base: What both sides started from.
        ours: One side.
        theirs: The other.

    Returns:
        The content, with git's conflict markers where both have changed the same lines, and
        whether there are none of those.
    """
    start, first, second = (side.splitlines(keepends=True) for side in (base, ours, theirs))
    result: list[bytes] = []
    is_clean = True
    for old, new, other in _regions(start, first, second):
        if other in (new, old):
            result += new
        elif new == old:
            result += other
        else:
            is_clean = False
            result += [b"<<<<<<< one side\n", *_ended(new), b"=======\n", *_ended(other)]
            result += [b">>>>>>> the other side\n"]
    return b"".join(result), is_clean


def _regions(base: Lines, ours: Lines, theirs: Lines) -> list[tuple[Lines, Lines, Lines]]:
    """Runs of lines, those that all three have in common apart from those between them."""
    regions: list[tuple[Lines, Lines, Lines]] = []
    at = first_at = second_at = 0
    for start, first, second, size in [
        *_common(base, ours, theirs), (len(base), len(ours), len(theirs), 0),
    ]:  # fmt: skip
        between = (base[at:start], ours[first_at:first], theirs[second_at:second])
        if any(between):
            regions.append(between)
        at, first_at, second_at = start + size, first + size, second + size
        if size:
            regions.append((base[start:at], base[start:at], base[start:at]))
    return regions


def _common(base: Lines, ours: Lines, theirs: Lines) -> list[tuple[int, int, int, int]]:
    """Where all three agree: the starts in each, and how many lines."""
    first = SequenceMatcher(None, base, ours, autojunk=False).get_matching_blocks()
    second = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    found = []
    for one in first:
        for two in second:
            start = max(one.a, two.a)
            end = min(one.a + one.size, two.a + two.size)
            if start < end:
                found.append((start, one.b + start - one.a, two.b + start - two.a, end - start))
    return found


def _ended(lines: Lines) -> list[bytes]:
    """The lines, the last one ended too."""
    if lines and not lines[-1].endswith(b"\n"):
        return [*lines[:-1], lines[-1] + b"\n"]
    return list(lines)
