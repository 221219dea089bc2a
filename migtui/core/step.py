"""An operation at its place in a history: what verdicts, questions and failures point at."""

from dataclasses import dataclass, field

from migtui.core.migration import MigrationKey, Operation


@dataclass(frozen=True, slots=True)
class Step:
    """Which migration, which of its operations."""

    migration: MigrationKey
    index: int
    operation: Operation = field(compare=False)
