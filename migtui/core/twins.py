"""Two migrations that were given one name, on either side of a merge."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from migtui.core.migration import MigrationKey

LONGEST_SUFFIX = 24


@dataclass(frozen=True, slots=True)
class Twin:
    """A name that both sides have added, with different content; both migrations are kept.

    Attributes:
        key: The name, which one of them keeps.
        new_key: The name of the other.
        path: The file, relative to the project.
        new_path: That of the other.
        kept_by: The side whose migration keeps the name: a branch, for people.
        renamed_of: The other side.
    """

    key: MigrationKey
    new_key: MigrationKey
    path: str
    new_path: str
    kept_by: str
    renamed_of: str


def twin_name(name: str, side: str, taken: Collection[str]) -> str:
    """A free name for a migration whose own name another one keeps.

    Args:
        name: Its own.
        side: The branch that it comes from.
        taken: Names in use, in any case of letters.
    """
    words = re.sub(r"[^a-z0-9]+", "_", side.rpartition("/")[2].lower()).strip("_")
    suffix = words[:LONGEST_SUFFIX].rstrip("_") or "other"
    used = {other.casefold() for other in taken}
    wanted = found = f"{name}_{suffix}"
    number = 2
    while found.casefold() in used:
        found = f"{wanted}_{number}"
        number += 1
    return found
