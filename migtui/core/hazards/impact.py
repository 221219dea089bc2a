"""What a change costs while it runs: locks, a rewrite, a scan; the registry of who can tell.

Each vendor has a module of small functions, one for each kind of change, with examples beside them
that the tests run on a real server.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from migtui.core.hazards.schema import Schema
from migtui.core.statements.change import Change

STRENGTH = (
    "", "NONE", "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARED",
    "RESERVED", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE",
)  # fmt: skip
"""Modes of locks, the weakest first; NONE and SHARED are words of MySQL's LOCK clause."""
METHODS = ("", "INSTANT", "NOCOPY", "INPLACE", "COPY")


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock on a table until the end of the transaction, or of the statement where there is none.

    Attributes:
        table: Its name; empty where the statement does not tell it, and for SQLite's, which are
            on the whole database.
        mode: In the vendor's words; for MySQL, what the weakest LOCK clause is that it takes.
    """

    table: str
    mode: str


def who_waits(mode: str, vendor: str) -> str:
    """Who has to wait for a lock: ``reads and writes``, ``writes``, or nobody.

    PostgreSQL's manual, 13.3.1; MySQL's, 17.12.1: COPY permits reads; SQLite's locking.html.
    """
    if mode == "ACCESS EXCLUSIVE" or (mode == "EXCLUSIVE" and vendor == "mysql"):
        return "reads and writes"
    if mode in ("SHARED", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "RESERVED"):
        return "writes"
    return ""


@dataclass(frozen=True, slots=True)
class Impact:
    """What a statement costs while it runs.

    Attributes:
        locks: One for each table that was there before, the strongest.
        rewrites: Whether all rows of a table are written anew; None where that can't be told.
        scans: Whether all rows of a table are read; None where that can't be told.
        method: The best ALGORITHM that MySQL or MariaDB takes: ``INSTANT``, ``NOCOPY`` (MariaDB's
            word), ``INPLACE``, ``COPY``.
    """

    locks: tuple[Lock, ...] = ()
    rewrites: bool | None = False
    scans: bool | None = False
    method: str = ""

    def __str__(self) -> str:
        """As examples write it: ``SHARE on blog_post, scans``."""
        words = [f"{lock.mode} on {lock.table or '?'}" for lock in self.locks]
        words += [self.method] if self.method else []
        for word, value in (("rewrites", self.rewrites), ("scans", self.scans)):
            words += [word] if value else [f"{word}?"] if value is None else []
        return ", ".join(words) or "nothing"

    @property
    def is_long(self) -> bool:
        """Whether it may take longer the more rows there are."""
        return self.rewrites is not False or self.scans is not False


@dataclass(frozen=True, slots=True)
class Example:
    """A statement, and what it costs.

    Attributes:
        sql: The statement.
        shows: What it costs, as ``str(Impact)`` says it.
        before: What has to be there besides the tables that all examples have.
        since: The oldest server of which it is true.
    """

    sql: str
    shows: str
    before: str = ""
    since: tuple[int, ...] = ()


Teller: TypeAlias = Callable[[Change, Schema], Impact]
_TELLERS: dict[tuple[str, str], Teller] = {}
EXAMPLES: dict[str, list[Example]] = {"postgresql": [], "mysql": [], "mariadb": [], "sqlite": []}
"""By the server that they are of."""


def impact(
    vendor: str, *kinds: str, examples: Iterable[Example] = (), mariadb: Iterable[Example] = ()
) -> Callable[[Teller], Teller]:
    """Register who tells what changes of these kinds cost on a vendor.

    Args:
        vendor: As Django calls it.
        kinds: Of changes.
        examples: On the vendor's own server.
        mariadb: On MariaDB, which Django calls ``mysql`` too.
    """

    def register(function: Teller) -> Teller:
        for kind in kinds:
            _TELLERS[vendor, kind] = function
        EXAMPLES[vendor].extend(examples)
        EXAMPLES["mariadb"].extend(mariadb)
        return function

    return register


def impact_of(change: Change, schema: Schema) -> Impact:
    """What a change costs; nothing that is not new where only new tables are concerned."""
    teller = _TELLERS.get((schema.vendor, change.kind))
    if teller is None:
        return Impact()
    found = teller(change, schema)
    locks = tuple(lock for lock in found.locks if lock.table not in schema.new and lock.mode)
    if schema.table_of(change) in schema.new:
        return Impact(locks)
    return Impact(locks, found.rewrites, found.scans, found.method)


def together(impacts: Iterable[Impact]) -> Impact:
    """What several changes of one statement cost: the strongest lock on each table."""
    modes: dict[str, str] = {}
    rewrites: bool | None = False
    scans: bool | None = False
    method = ""
    for found in impacts:
        for lock in found.locks:
            modes[lock.table] = max(modes.get(lock.table, ""), lock.mode, key=STRENGTH.index)
        rewrites = _either(rewrites, found.rewrites)
        scans = _either(scans, found.scans)
        method = max(method, found.method, key=METHODS.index)
    locks = tuple(Lock(table, mode) for table, mode in sorted(modes.items()))
    return Impact(locks, rewrites, scans, method)


def _either(first: bool | None, second: bool | None) -> bool | None:  # noqa: FBT001 - two equals
    if first or second:
        return True
    return None if first is None or second is None else False
