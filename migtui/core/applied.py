"""What a database has applied: when, and by which file."""

from dataclasses import dataclass
from enum import StrEnum

from migtui.core.migration import MigrationKey


class Standing(StrEnum):
    """How a migration stands in a database."""

    APPLIED = "applied"
    PENDING = "pending"
    REPLACED = "replaced"
    LOST = "lost"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class AppliedMigration:
    """A migration of the files or of a database, or of both.

    Attributes:
        key: The migration.
        standing: ``replaced``: applied, and a squash stands for it now; ``lost``: applied, and
            without a file; ``foreign``: that, of an app that is not installed.
        applied: When, as the database says it; empty where no row says so.
        path: Its file, relative to the project where it is inside; empty where there is none.
        commit: The commit that still has its file, where the working tree has not.
        now: The squash that stands for it, or the file that it was renamed to.
    """

    key: MigrationKey
    standing: Standing
    applied: str = ""
    path: str = ""
    commit: str = ""
    now: MigrationKey | None = None
