"""What is dangerous about a statement: the registry of rules, and what they are asked with."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from migtui.core.hazards.impact import Impact, Lock, who_waits
from migtui.core.hazards.schema import Schema
from migtui.core.statements.change import Change


@dataclass(frozen=True, slots=True)
class Hazard:
    """One danger of one statement.

    Attributes:
        code: ``migtui.H001`` and so on; another tool's finding has the tool's name before it.
        message: What may happen, one sentence or two.
        help: What to do instead.
        subject: The table, or ``table.column``, that it is about; empty where it is the statement.
    """

    code: str
    message: str
    help: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A change of a statement, and where it runs.

    Attributes:
        change: What is asked for.
        impact: What it costs.
        schema: The tables before it.
        is_atomic: Whether it runs in a transaction with the rest of its migration.
        held: Locks of statements before it in that transaction that make others wait.
        earlier: How many statements of its migration have changed the schema before it.
        fresh: Values of enums in its text that were added before it in that transaction.
    """

    change: Change
    impact: Impact
    schema: Schema
    is_atomic: bool = True
    held: tuple[Lock, ...] = ()
    earlier: int = 0
    fresh: tuple[str, ...] = ()

    @property
    def vendor(self) -> str:
        """Of the server."""
        return self.schema.vendor

    @property
    def is_new(self) -> bool:
        """Whether the table is made by the same migrations: nothing is in it, nobody uses it."""
        return self.schema.table_of(self.change) in self.schema.new

    @property
    def waiting(self) -> str:
        """Who waits for the table itself: ``reads and writes``, ``writes``, or nobody."""
        table = self.schema.table_of(self.change)
        found = [
            who_waits(lock.mode, self.vendor)
            for lock in self.impact.locks
            if lock.table in (table, "")
        ]
        return max(found, key=len, default="")

    @property
    def how(self) -> str:
        """The lock on the table, after the method where the vendor has several."""
        modes = [lock.mode for lock in self.impact.locks if lock.table == self.change.table]
        return ", ".join(filter(None, (self.impact.method, *modes)))


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of a case: the sentence, the advice, and what it is about."""

    message: str
    help: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class RuleExample:
    """SQL, and how the rule's sentence begins; empty where the rule finds nothing.

    Attributes:
        sql: One statement, the one that is judged.
        finds: The beginning of the message.
        before: Statements of the same migration before it.
        vendor: As Django calls it; ``mariadb`` for that.
        is_atomic: Whether its migration is one transaction.
    """

    sql: str
    finds: str = ""
    before: str = ""
    vendor: str = "postgresql"
    is_atomic: bool = True


@dataclass(frozen=True, slots=True)
class HazardRule:
    """A rule.

    Attributes:
        code: ``migtui.H001``.
        title: What it is about, for lists.
        help: What it leads to, one sentence: the first paragraph of the function's docstring.
        find: What it says of a case.
        examples: What it finds, and what not.
        destroys: Whether data are lost.
        breaks: Whether code that is still running fails.
        once: Whether it is enough to say it once in a migration.
    """

    code: str
    title: str
    help: str
    find: Callable[[Case], Iterator[Finding]]
    examples: tuple[RuleExample, ...]
    destroys: bool = False
    breaks: bool = False
    once: bool = False


Find: TypeAlias = Callable[[Case], Iterator[Finding]]
RULES: dict[str, HazardRule] = {}


def hazard(
    code: str,
    title: str,
    *,
    examples: Iterable[RuleExample],
    destroys: bool = False,
    breaks: bool = False,
    once: bool = False,
) -> Callable[[Find], Find]:
    """Register a rule; its examples have to hold, see ``tests/core/test_hazards.py``."""

    def register(function: Find) -> Find:
        name = f"migtui.{code}"
        RULES[name] = HazardRule(
            name,
            title,
            (inspect.getdoc(function) or "").partition("\n\n")[0],
            function,
            tuple(examples),
            destroys,
            breaks,
            once,
        )
        return function

    return register


def hazards_of(case: Case) -> Iterator[Hazard]:
    """What all rules say of a case, by code."""
    for code, rule in sorted(RULES.items()):
        for found in rule.find(case):
            yield Hazard(code, found.message, found.help, found.subject)
