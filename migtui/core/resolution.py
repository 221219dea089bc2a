"""The ways out of a conflict: which are possible, which is recommended, and why."""

from dataclasses import dataclass

from migtui.core.migration import MigrationKey


@dataclass(frozen=True, slots=True)
class BranchFacts:
    """What is known about a branch besides its files; None is "not known".

    Attributes:
        published: Whether all of it is on the default branch.
        author: Who added its leaf.
        git_branch: The git branch that it is on.
        applied: By database alias, whether any of its migrations is applied.
        mine: Whether HEAD or the working tree has it and the default branch has not.
    """

    published: bool | None = None
    author: str | None = None
    git_branch: str | None = None
    applied: tuple[tuple[str, bool | None], ...] = ()
    mine: bool | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """One way out.

    Attributes:
        strategy: ``order`` or ``merge``.
        order: The leaves, first to run first; for a merge, sorted.
        possible: Whether it can be done.
        recommended: At most one of a conflict's resolutions is.
        why: The reason for it, or against it, in one sentence.
    """

    strategy: str
    order: tuple[MigrationKey, ...]
    possible: bool
    recommended: bool
    why: str
