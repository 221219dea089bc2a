"""Two scripts of SQL compared, statement by statement."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

from migtui.core.sql import MigrationSql, SqlScript, Statement

CONTEXT = 3
"""Statements that both have, shown around those that only one has."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A statement of one script or of both.

    Attributes:
        change: Whether only the second script has it there, only the first, or both.
        statement: It.
        migration: What it is of; of the second script, where both have it.
    """

    change: Literal["added", "removed", "kept"]
    statement: Statement
    migration: MigrationSql

    @property
    def text(self) -> str:
        """What tells it apart from others: its SQL, or in one line what stands in its place."""
        if self.statement.sql:
            return self.statement.sql
        said = self.statement.error or self.statement.note
        return f"-- {self.statement.operation}: {said.splitlines()[0]}"


Hunk: TypeAlias = tuple[Compared, ...]
"""Statements that follow one another."""


def compare(first: SqlScript, second: SqlScript) -> tuple[Hunk, ...]:
    """What the second script executes and the first doesn't, and the other way round.

    Which migration a statement is of does not matter: what is executed is the same.

    Returns:
        Nothing where both execute the same statements in the same order.
    """
    old, new = list(_entries(first, "removed")), list(_entries(second, "added"))
    texts = ([entry.text for entry in old], [entry.text for entry in new])
    matcher = SequenceMatcher(None, *texts, autojunk=False)
    hunks = []
    for group in matcher.get_grouped_opcodes(CONTEXT):
        hunk: list[Compared] = []
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                hunk += (Compared("kept", e.statement, e.migration) for e in new[j1:j2])
            else:
                hunk += (*old[i1:i2], *new[j1:j2])
        hunks.append(tuple(hunk))
    return tuple(hunks)


def _entries(script: SqlScript, change: Literal["added", "removed"]) -> Iterator[Compared]:
    for migration in script.migrations:
        for statement in migration.statements:
            if statement.sql or statement.note:
                yield Compared(change, statement, migration)
