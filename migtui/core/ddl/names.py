"""How servers put names together, and make them fit and differ."""

from collections.abc import Iterable

LONGEST_NAME = 63
"""Bytes of a name in PostgreSQL, ``NAMEDATALEN - 1``; a longer one is cut."""


def object_name(first: str, second: str, label: str) -> str:
    """``makeObjectName`` of PostgreSQL: the longer part is cut until all of it fits."""
    overhead = len(label) + 1 + (1 if second else 0)
    room = LONGEST_NAME - overhead
    lengths = [len(first.encode()), len(second.encode())]
    while sum(lengths) > room:
        lengths[0 if lengths[0] > lengths[1] else 1] -= 1
    parts = [clip(first, lengths[0])]
    if second:
        parts.append(clip(second, lengths[1]))
    return "_".join([*parts, label])


def clip(name: str, length: int) -> str:
    """The first bytes of a name, without half a character at the end."""
    return name.encode()[:length].decode(errors="ignore")


def unused(
    name: str,
    taken: Iterable[str],
    separator: str = "",
    *,
    first: int = 1,
    number: bool = False,
) -> str:
    """A name, with a number where it is taken; ``number``: it ends in one that is counted on."""
    known = set(taken)
    if number:
        stem, count = name[:-1], 1
        while f"{stem}{count}" in known:
            count += 1
        return f"{stem}{count}"
    found, count = name, first
    while found in known:
        found = f"{name}{separator}{count}"
        count += 1
    return found
