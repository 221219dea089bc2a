"""Writes the history of a new repository, for the demo: the only place where migtui commits.

Every commit is the same on every machine: dates and people are given, and no configuration of the
user's, no hook and no template takes part.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from migtui.vcs.program import git_at, run


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who commits."""

    name: str
    email: str


class Chronicle:
    """A new git repository that is told its history.

    Args:
        directory: An existing directory, which holds no repository yet.
        branch: The default branch.

    Raises:
        GitError: There is no git, or it refused.
    """

    def __init__(self, directory: Path, branch: str) -> None:
        self._git = git_at(directory)
        self._git.update_environment(
            GIT_CONFIG_NOSYSTEM="1",
            GIT_CONFIG_GLOBAL=os.devnull,  # git 2.32
            HOME=os.devnull,  # older ones
            XDG_CONFIG_HOME=os.devnull,
            GIT_TEMPLATE_DIR="",
        )
        run(self._git, "init", "--quiet")
        run(self._git, "symbolic-ref", "HEAD", f"refs/heads/{branch}")

    def checkout(self, branch: str, *, start: str | None = None) -> None:
        """Check out a branch; with ``start``, a new one from there."""
        if start is None:
            run(self._git, "checkout", "--quiet", branch, "--")
        else:
            run(self._git, "checkout", "--quiet", "-b", branch, start, "--")

    def commit(self, message: str, author: Person, date: str) -> None:
        """Commit everything in the working tree.

        Args:
            message: The commit's message.
            author: Author and committer.
            date: ISO 8601 with an offset.
        """
        run(self._git, "add", "--all")
        arguments = ("commit", "--quiet", "--no-verify", "--no-gpg-sign", "-m", message)
        run(self._git, *arguments, environment=_signature(author, date))

    def merge(self, branch: str, message: str, author: Person, date: str) -> None:
        """Merge a branch into the one checked out, always with a merge commit."""
        arguments = ("merge", "--quiet", "--no-ff", "--no-verify", "-m", message, branch)
        run(self._git, *arguments, environment=_signature(author, date))

    def delete_branch(self, branch: str) -> None:
        """Delete a branch's ref, as a forge does after a merge."""
        run(self._git, "branch", "--quiet", "-D", branch)


def _signature(person: Person, date: str) -> dict[str, str]:
    return {
        "GIT_AUTHOR_NAME": person.name,
        "GIT_AUTHOR_EMAIL": person.email,
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_NAME": person.name,
        "GIT_COMMITTER_EMAIL": person.email,
        "GIT_COMMITTER_DATE": date,
    }
