"""What a run of migrations did to a database, as values: to its end, or to where it failed."""

from dataclasses import dataclass

LOCK_TIMEOUT = 600.0
"""Seconds to wait for others who migrate, where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something was not done, or not to its end.

    Attributes:
        message: What was found, one sentence.
        help: What to do about it.
        detail: A traceback, where the project's code is behind it.
    """

    message: str
    help: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FailedStep:
    """The migration that failed.

    Attributes:
        app_label: Its app.
        migration: Its name.
        backwards: Whether it was being unapplied.
        executed: The statements that ran before, the last ones where there were many.
        statement: The one that failed; empty where it was none.
        stays: Whether the statements before have taken effect all the same: the database can't
            take them back, or the migration is not atomic.
    """

    app_label: str
    migration: str
    backwards: bool
    executed: tuple[str, ...]
    statement: str
    stays: bool


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run did to one database.

    Attributes:
        alias: The database.
        code: The exit code of Django's command.
        applied: What was applied, in order: app label and name.
        unapplied: What was unapplied, in order.
        failed: The migration at which it ended.
        trouble: Why it ended early.
        backup: Name of the backup that was made before; empty where none was.
    """

    alias: str
    code: int = 0
    applied: tuple[tuple[str, str], ...] = ()
    unapplied: tuple[tuple[str, str], ...] = ()
    failed: FailedStep | None = None
    trouble: Trouble | None = None
    backup: str = ""
