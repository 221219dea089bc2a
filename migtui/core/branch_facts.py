"""What is known about the branches of a conflict besides their files."""

from dataclasses import dataclass

from migtui.core.migration import MigrationKey


@dataclass(frozen=True, slots=True)
class Addition:
    """Where a migration comes from; None is "not known".

    Attributes:
        migration: Which one.
        commit: SHA of the commit that added its file.
        author: Who wrote that.
        date: When, ISO 8601.
        published: Whether the default branch has the file.
        state: ``committed``, ``changed`` since, ``not committed`` but staged, ``untracked`` or
            ``unmerged``; None where it was not read from the working tree.
    """

    migration: MigrationKey
    commit: str | None = None
    author: str | None = None
    date: str | None = None
    published: bool | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class BranchFacts:
    """What is known about a branch besides its files; None is "not known".

    Attributes:
        published: Whether all of it is on the default branch.
        author: Who added its leaf.
        git_branch: The git branch that it is on.
        applied: By database alias, whether any of its migrations is applied.
        mine: Whether HEAD or the working tree has it and the default branch has not.
        added: Where each of its migrations comes from.
        holders: The git branches that have its leaf.
    """

    published: bool | None = None
    author: str | None = None
    git_branch: str | None = None
    applied: tuple[tuple[str, bool | None], ...] = ()
    mine: bool | None = None
    added: tuple[Addition, ...] = ()
    holders: tuple[str, ...] = ()

    @property
    def date(self) -> str | None:
        """When its last migration was committed: ``2026-11-20``; None where that is not known."""
        last = self.added[-1].date if self.added else None
        return last[:10] if last else None

    @property
    def unfinished(self) -> str | None:
        """What keeps it from being committed whole: ``untracked``; None where nothing does."""
        states = [entry.state for entry in self.added if entry.state not in (None, "committed")]
        return states[0] if states else None

    @property
    def is_settled(self) -> bool:
        """Whether others, or a database, are known to have it under its present name."""
        return self.published is True or any(applied for _, applied in self.applied)

    @property
    def is_movable(self) -> bool:
        """Whether it is known that a new name would take nobody by surprise."""
        return self.published is False and not self.is_settled
