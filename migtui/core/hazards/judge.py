"""Judges the statements of migrations one after another: what each costs, what is dangerous."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from migtui.core.hazards import (
    blocking,
    building,
    losing,
    mysql,
    mysql_partitions,
    postgresql,
    postgresql_constraints,
    postgresql_partitions,
    running_code,
    sqlite,
    transactions,
)
from migtui.core.hazards.impact import Impact, Lock, impact_of, together, who_waits
from migtui.core.hazards.rule import RULES, Case, Hazard, hazards_of
from migtui.core.hazards.schema import Schema
from migtui.core.rules import Rule, register
from migtui.core.sql import PYTHON, MigrationSql, SqlScript, Statement
from migtui.core.statements.change import Change
from migtui.core.statements.reading import read_sql
from migtui.core.statements.tokens import UnreadError

REGISTERED = (
    postgresql, postgresql_constraints, postgresql_partitions, mysql, mysql_partitions, sqlite,
    losing, running_code, blocking, building, transactions,
)  # fmt: skip
"""The modules whose functions register themselves."""
VENDORS = ("postgresql", "mysql", "sqlite")
ROWS = ("insert", "update", "delete", "session", "read", "lock", "object", "python")
"""Kinds of changes that leave the schema as it is."""
NOT_JUDGED = "migtui.H000"
NO_VENDOR = "is not judged: only PostgreSQL, MySQL, MariaDB and SQLite are"
NOT = "is not judged: {}"
FAILED = "its operation failed"

register(
    Rule(rule.code, f"{rule.title[0].upper()}{rule.title[1:]}", rule.help)
    for rule in RULES.values()
)
register(
    [
        Rule(
            NOT_JUDGED,
            "A statement that could not be judged",
            "migtui can't read it, so nothing is known of its locks and dangers: somebody has to "
            "look at it.",
        )
    ]
)


@dataclass(frozen=True, slots=True)
class Silenced:
    """A hazard that somebody has looked at, and why it does not count."""

    hazard: Hazard
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of one statement.

    Attributes:
        impact: What it costs; None where that can't be told.
        hazards: What is dangerous about it; None where it can't be told and nothing was found.
        rolls_back: Whether a failure later in its migration takes it back.
        why: Why it was not judged, without its subject; empty where it was.
        silenced: Hazards that do not count.
        tables: Those that were there before and that it is about.
    """

    impact: Impact | None
    hazards: tuple[Hazard, ...] | None
    rolls_back: bool
    why: str = ""
    silenced: tuple[Silenced, ...] = ()
    tables: tuple[str, ...] = ()

    @property
    def destroys_data(self) -> bool | None:
        """Whether data are lost; None where that can't be told."""
        return self._says("destroys")

    @property
    def breaks_running_code(self) -> bool | None:
        """Whether code that is still running fails; None where that can't be told."""
        return self._says("breaks")

    def _says(self, what: str) -> bool | None:
        found = [*(self.hazards or ()), *(entry.hazard for entry in self.silenced)]
        if any(getattr(RULES.get(hazard.code), what, False) for hazard in found):
            return True
        return None if self.why else False


Judgements = tuple[tuple[Judgement, ...], ...]
"""Those of each statement of each migration."""


def judge(script: SqlScript) -> Judgements:
    """What is known of each statement; of the ones that are no SQL as well."""
    if script.vendor not in VENDORS:
        unknown = Judgement(None, None, rolls_back=False, why=NO_VENDOR)
        return tuple((unknown,) * len(item.statements) for item in script.migrations)
    schema = schema_for(script.vendor, script.server_version)
    return tuple(tuple(_Run(schema, migration).judge()) for migration in script.migrations)


def schema_for(vendor: str, server_version: str | None) -> Schema:
    """What is known before the first statement.

    Args:
        vendor: As Django calls it.
        server_version: ``15.2``, ``10.11.6-MariaDB``; the newest is meant where it is None.
    """
    text = server_version or ""
    # MariaDB's handshake has a prefix for clients that expect an old MySQL.
    numbers = re.match(r"\D*(\d+(?:\.\d+)*)", text.removeprefix("5.5.5-"))
    version = tuple(map(int, numbers[1].split("."))) if numbers else ()
    # MySQL has come as far as 9; MariaDB began its own count with 10.
    is_mariadb = vendor == "mysql" and ("mariadb" in text.lower() or version >= (10,))
    return Schema(vendor, is_mariadb, version)


@dataclass(slots=True)
class _Run:
    """One migration's statements, in order.

    Attributes:
        schema: The tables, which follow the statements.
        migration: It.
        held: Locks that are kept until the transaction ends.
        earlier: How many statements have changed the schema.
        is_ended: Whether the last statement has ended the transaction.
        fresh: Values of enums that the transaction has added, as literals.
        said: Codes that were found.
    """

    schema: Schema
    migration: MigrationSql
    held: list[Lock] = field(default_factory=list)
    earlier: int = 0
    is_ended: bool = False
    fresh: tuple[str, ...] = ()
    said: set[str] = field(default_factory=set)

    def judge(self) -> Iterator[Judgement]:
        self.schema.learn(self.migration.tables)
        found = []
        ended = 0
        for statement in self.migration.statements:
            found.append(self._statement(statement))
            if self.is_ended:
                ended, self.is_ended = len(found), False
        yield from (replace(judgement, rolls_back=False) for judgement in found[:ended])
        yield from found[ended:]

    def _statement(self, statement: Statement) -> Judgement:
        rolls_back = self.migration.atomic
        if not statement.sql:
            unknown = FAILED if statement.error else statement.unknown
            if not unknown:
                return Judgement(Impact(), (), rolls_back)
            meanwhile: tuple[Hazard, ...] = ()
            if unknown == PYTHON:
                meanwhile = tuple(self._hazards(Change("python"), Impact()))
            return Judgement(None, meanwhile or None, rolls_back, why=NOT.format(unknown))
        try:
            changes = read_sql(statement.sql, self.schema.vendor)
        except UnreadError as error:
            return Judgement(None, None, rolls_back, why=NOT.format(f"it {error}"))
        impacts: list[Impact] = []
        hazards: list[Hazard] = []
        tables: list[str] = []
        for change in changes:
            impacts.append(impact_of(change, self.schema))
            tables += self._concerned(change)
            fresh = tuple(value for value in self.fresh if value in statement.sql)
            for each in (change, *sqlite.remade(change, self.schema)):
                hazards += self._hazards(each, impacts[-1], fresh)
            self.fresh += change.values if change.name == "ADD VALUE" else ()
            self.schema.apply(change)
        found = together(impacts)
        if any(map(transactions.ends_transaction, changes)):
            self.held.clear()
            self.fresh = ()
            self.is_ended = True
        elif self.migration.atomic and self.schema.vendor == "postgresql":
            self.held += [lock for lock in found.locks if who_waits(lock.mode, "postgresql")]
        self.earlier += any(change.kind not in ROWS for change in changes)
        return Judgement(
            found,
            tuple(dict.fromkeys(hazards)),
            rolls_back,
            tables=tuple(dict.fromkeys(tables)),
        )

    def _concerned(self, change: Change) -> list[str]:
        """The tables of a change that were there before."""
        if change.kind == "create-table":
            names = change.names
        else:
            target = change.column.references if change.column else ""
            foreign = change.references if change.kind == "add-foreign-key" else ""
            names = (self.schema.table_of(change), foreign, change.source, target)
        return [name for name in names if name and name not in self.schema.new]

    def _hazards(
        self, change: Change, impact: Impact, fresh: tuple[str, ...] = ()
    ) -> Iterator[Hazard]:
        held = tuple(self.held)
        case = Case(change, impact, self.schema, self.migration.atomic, held, self.earlier, fresh)
        for found in hazards_of(case):
            if not RULES[found.code].once or found.code not in self.said:
                self.said.add(found.code)
                yield found
