"""All that is known of one conflict, gathered for the screen and the reports."""

from collections.abc import Mapping
from dataclasses import dataclass

from migtui.core.branch_facts import BranchFacts
from migtui.core.conflict import Conflict
from migtui.core.migration import Migration, MigrationKey, Operation
from migtui.core.questions import Question, find_questions
from migtui.core.resolution import Resolution
from migtui.core.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Explanation:
    """A conflict with its operations, facts, verdict and ways out.

    Attributes:
        conflict: Leaves, branches, fork.
        migrations: The head of each migration of the branches.
        operations: The operations of each migration of the branches, in the order of the file.
        facts: By leaf.
        verdict: Whether the branches commute, and how that is known.
        resolutions: Every way out that was looked at, the recommended one first.
        notices: What else the developer should know, such as that Django could not be started.
    """

    conflict: Conflict
    migrations: Mapping[MigrationKey, Migration]
    operations: Mapping[MigrationKey, tuple[Operation, ...]]
    facts: Mapping[MigrationKey, BranchFacts]
    verdict: Verdict
    resolutions: tuple[Resolution, ...]
    notices: tuple[str, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """What the branches make of the same things, each with whose way it may be."""
        return find_questions(self.conflict, self.operations, self.verdict)
