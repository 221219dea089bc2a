"""How the lock of a database is taken, and a request that does no more."""

from dataclasses import dataclass

from migtui.core.runs import RunOutcome
from migtui.engine.protocol.base import Request


@dataclass(frozen=True, slots=True)
class LockOrder:
    """How the lock of a database is taken.

    Attributes:
        purpose: What it is for, as others read it: ``migtui migrate``.
        seconds: How long to wait for another holder.
    """

    purpose: str
    seconds: float


@dataclass(frozen=True, slots=True)
class HoldLock(Request[RunOutcome]):
    """Wait until nobody migrates this database, and take and give back its lock."""

    alias: str
    lock: LockOrder
