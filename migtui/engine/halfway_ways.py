"""SQL that leads back from where a migration has stopped, and onward."""

import itertools
import re
from collections.abc import Sequence

from migtui.core.database_problems import delete_sql, insert_sql
from migtui.core.halfway import Stop, Way
from migtui.core.undo import way_back
from migtui.engine.halfway_case import Case
from migtui.engine.points import Point

COPY = re.compile(r'INSERT INTO (?P<table>"new__[^"]+") ', re.IGNORECASE)
"""How Django fills the table that takes the place of another one on SQLite."""
DESTROYS = re.compile(r"\b(?:DROP\s+(?:TABLE|COLUMN)|DELETE|TRUNCATE)\b", re.IGNORECASE)


def way_back_of(vendor: str, case: Case, passed: Sequence[Point]) -> Way:
    """What takes back the statements that have run.

    Args:
        vendor: Of the database.
        case: What it has.
        passed: The points of the migration up to where it has stopped.
    """
    script = way_back(
        vendor, [point.catalogue for point in passed], [point.text for point in passed[1:]]
    )
    unseen = [
        point.text for before, point in itertools.pairwise(passed) if before.shape == point.shape
    ]
    notes = [*script.notes, *(f"Rows stay as this has left them: {text}" for text in unseen)]
    return Way((*_tidied(case), *script.statements), notes=tuple(notes))


def way_onward(vendor: str, case: Case, points: Sequence[Point], stop: Stop, failure: str) -> Way:
    """What is left to do; nothing where that could destroy what has not been copied yet."""
    if failure:
        return Way(error=f"The migration itself does not run to its end: {failure}")
    left = points[stop.last + 1 :]
    unknown = points[stop.first + 1 : stop.last + 1]
    copies = [point for point in unknown if vendor == "sqlite" and COPY.match(point.text)]
    unseen = [point for point in unknown if point not in copies]
    doubtful = [*unseen, *(point for point in left if not point.is_sql)]
    destroys = any(DESTROYS.search(point.text) for point in left if point.is_sql)
    if doubtful and destroys:
        return Way(
            error=f"Whether rows are where they should be before others are dropped can't be told: "
            f"{doubtful[0].text} may not have run. Look at the rows; or go back, and migrate again."
        )
    notes = [
        *(f"Whether this ran is not known, so it is left out: {point.text}" for point in unseen),
        *(f"This is no SQL and has to be run besides: {p.text}" for p in left if not p.is_sql),
    ]
    row = delete_sql(case.key) if case.is_recorded else insert_sql(case.key)
    # Whether a copy has been filled is not known: it is emptied, and filled once more.
    again = []
    for point in copies:
        match = COPY.match(point.text)
        if match:
            again += [f"DELETE FROM {match['table']}", point.text]  # noqa: S608 - Django's own name
    statements = [*again, *(point.text for point in left if point.is_sql)]
    # As Django's schema editor for SQLite has it, whose tables are made anew.
    quiet = ["PRAGMA foreign_keys = OFF"] if statements and vendor == "sqlite" else []
    loud = ["PRAGMA foreign_keys = ON"] if quiet else []
    sql = (*_tidied(case), *quiet, *statements, *loud, row.rstrip(";"))
    return Way(sql, notes=tuple(notes))


def _tidied(case: Case) -> tuple[str, ...]:
    return tuple(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"' for name in case.residue)
