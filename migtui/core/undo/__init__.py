"""Writes the SQL that leads from one schema back to another one, for each vendor.

It is for a migration that ended half-way: what its statements made of a schema is known after each
of them. All that changed is compared at once, except where a statement renamed something: names
are swapped back there, so that what is in it stays.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from migtui.core.undo import mysql, postgresql, sqlite
from migtui.core.undo.model import Catalogue, Script
from migtui.core.undo.renaming import swapped

Differ: TypeAlias = Callable[[Catalogue, Catalogue], Script]

_DIFFERS: Mapping[str, Differ] = {
    "mysql": mysql.lead,
    "postgresql": postgresql.lead,
    "sqlite": sqlite.lead,
}


def way_back(vendor: str, catalogues: Sequence[Catalogue], statements: Sequence[str]) -> Script:
    """The statements that take back what others made of a schema, and what they can't bring back.

    Args:
        vendor: Whose SQL it is.
        catalogues: The schema before the first statement, and after each of them.
        statements: What ran.
    """
    lead = _DIFFERS[vendor]
    found = Script()
    end = len(statements)
    for number in range(len(statements), 0, -1):
        back = swapped(vendor, statements[number - 1])
        if back and catalogues[number] != catalogues[number - 1]:
            found += lead(catalogues[end], catalogues[number]) + Script((back,))
            end = number - 1
    return found + lead(catalogues[end], catalogues[0])
