"""Names and numbers of migrations, by the rules of Django's ``makemigrations``."""

import re
from collections.abc import Collection, Sequence

_SQUASHED = re.compile(
    r"^(?P<start>\d*)(?P<between>.*_squashed_)(?P<end>\d+)(?P<rest>.*)$", re.DOTALL
)
_NUMBERED = re.compile(r"^(?P<number>\d+)(?P<rest>.*)$", re.DOTALL)

LONGEST_LEAF_NAMES = 47
"""Characters of the leaves' joined names that Django still puts into a merge's name."""


def number_of(name: str) -> int | None:
    """The number that Django reads from a name, None for one without.

    Of ``0001_squashed_0004_x`` it is the second, that of the last squashed migration, as in
    ``MigrationAutodetector.parse_number``.
    """
    if squashed := re.search(r".*_squashed_(\d+)", name):
        return int(squashed[1])
    numbered = _NUMBERED.match(name)
    return int(numbered["number"]) if numbered else None


def with_number(name: str, number: int) -> str:
    """The name with this number for Django to read, padded to the width that it had.

    Both numbers of a squash move by the same distance, and what follows a number stays:
    ``0003_auto_20200101_1200`` becomes ``0004_auto_20200101_1200``. A name without a number
    stays as it is.
    """
    if squashed := _SQUASHED.match(name):
        start = squashed["start"]
        if start:
            start = _padded(max(int(start) + number - int(squashed["end"]), 0), start)
        return start + squashed["between"] + _padded(number, squashed["end"]) + squashed["rest"]
    if numbered := _NUMBERED.match(name):
        return _padded(number, numbered["number"]) + numbered["rest"]
    return name


def _padded(number: int, like: str) -> str:
    return str(number).zfill(len(like))


def merge_name(
    leaves: Sequence[str], existing: Collection[str], *, suffix: str | None, timestamp: str
) -> str:
    """The name that ``makemigrations --merge`` gives, or the next number's where that is taken.

    Args:
        leaves: Names of the leaves.
        existing: Names in use, in any case of letters.
        suffix: What follows the number, instead of the leaves' names.
        timestamp: Stands for the leaves' names where those are too long: ``20260131_1200``.
    """
    if suffix is None:
        joined = "_".join(sorted(leaves))
        suffix = f"merge_{joined if len(joined) <= LONGEST_LEAF_NAMES else timestamp}"
    numbers = [number for number in map(number_of, leaves) if number is not None]
    number = max(numbers, default=1) + 1
    taken = {name.casefold() for name in existing}
    while (name := f"{number:04}_{suffix}").casefold() in taken:
        number += 1
    return name
