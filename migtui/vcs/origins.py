"""Where files come from: the commit that added each, and the branch that brought that commit."""

import posixpath
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from migtui.vcs.program import legible, lines
from migtui.vcs.repository import Repository

MERGED = (
    # git merge and git pull, GitLab
    re.compile(r"Merge (?:remote-tracking )?branch '([^']+)'"),
    # GitHub, which writes the owner first
    re.compile(r"Merge pull request #\d+ from [^/\s]+/(\S+)"),
    # Gitea, Forgejo
    re.compile(r"Merge pull request '.*' \(#\d+\) from (?:[^/\s]+:)?(\S+) into "),
    # Bitbucket
    re.compile(r"Merged(?: in)? (\S+)(?: into \S+)? \(pull request #\d+\)"),
)
"""How merge commits name the branch that they merge."""
OCTOPUS = re.compile(r"Merge (?:remote-tracking )?branches ('[^']+'(?:(?:, | and )'[^']+')+)")
"""How git names several, in the order of the parents."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The commit that added a file.

    Attributes:
        commit: Its SHA.
        author: Name of who wrote it.
        date: When, ISO 8601.
        subject: First line of its message.
    """

    commit: str
    author: str
    date: str
    subject: str


def find_origins(
    repository: Repository, paths: Collection[str], heads: Collection[str] = ()
) -> Mapping[str, Origin]:
    """The commit that added each file, by path.

    One walk over the history, newest first, that ends where all are found.

    Args:
        repository: Where.
        paths: Files, from the top of the working tree.
        heads: SHAs of commits in whose history they were added; HEAD's alone, where none is given.

    Returns:
        Without those whose beginning lies beyond the end of a shallow clone.
    """
    heads = heads or ((repository.head,) if repository.head else ())
    missing = set(paths)
    if not heads or not missing:
        return {}
    found: dict[str, Origin] = {}
    origin = None
    with lines(
        repository.git,
        "log",
        "--format=%x00%H%x00%aN%x00%aI%x00%s",
        "--name-status",
        "--no-renames",
        "--no-ext-diff",
        "-c",  # a file may be born in a merge
        *heads,
        "--",
        *{posixpath.dirname(path) or "." for path in missing},  # git is slow with many paths
    ) as log:
        for line in log:
            if line.startswith("\0"):
                _, commit, author, date, subject = line.split("\0", 4)
                origin = Origin(commit, legible(author), date, legible(subject))
            elif origin is not None and line.startswith("A"):
                status, _, path = line.partition("\t")
                if path in missing and not status.strip("A"):
                    missing.discard(path)
                    found[path] = origin
                    if not missing:
                        break
    return {
        path: origin for path, origin in found.items() if origin.commit not in repository.boundary
    }


def find_branches(
    repository: Repository, commits: Collection[str], *, published: Collection[str]
) -> Mapping[str, str]:
    """The branch that brought each commit, by SHA; left out where nothing tells.

    It is named by the merge that brought it to HEAD. Where it came without one, it is on the
    default branch, or else on the branch with the oldest last commit of those that have it.

    Args:
        repository: Where.
        commits: SHAs of commits before HEAD.
        published: Those of them that the default branch has.
    """
    merges = _merges(repository, commits)
    names: dict[str, str | None] = {}
    for commit in commits:
        if commit in merges:
            names[commit] = merges[commit]
        if names.get(commit) is None:
            names[commit] = _home(repository, commit, is_published=commit in published)
    return {commit: name for commit, name in names.items() if name is not None}


def merged_branch(subject: str) -> str | None:
    """The branch that a merge commit says it merged: ``Merge branch 'tags' into main``."""
    found = next(filter(None, (pattern.match(subject) for pattern in MERGED)), None)
    return None if found is None else _without_remote(found[1])


def _without_remote(name: str) -> str:
    return legible(name).removeprefix("origin/")


def _merges(repository: Repository, commits: Collection[str]) -> Mapping[str, str | None]:
    """The branch of the merge that brought each commit to the line of HEAD's first parents."""
    if repository.head is None or not commits:
        return {}
    oldest = repository.ask("merge-base", "--octopus", *commits)
    if oldest is None:  # histories without a common beginning
        return {}
    answer = repository.ask(
        "log", "--format=%H%x00%P%x00%s", "--topo-order", "--reverse", repository.head, f"^{oldest}"
    )
    history = [line.split("\0", 2) for line in (answer or "").split("\n") if line]
    found = ((commit, _bringing_merge(commit, history)) for commit in commits)
    return {commit: merge[0] for commit, merge in found if merge is not None}


def _bringing_merge(commit: str, history: Iterable[list[str]]) -> tuple[str | None] | None:
    """The branch that the first merge names whose first parent lacks what another one has.

    Merges come with parents before children. None where there is no such merge.
    """
    having = {commit}
    for sha, parents, subject in history:
        first, *others = parents.split(" ")
        octopus = OCTOPUS.match(subject) if len(others) > 1 else None
        names = re.findall(r"'([^']+)'", octopus[1]) if octopus else []
        if first in having:
            # A branch that had nothing of its own is none of the parents of an octopus: the first
            # one is merged then as well.
            if len(names) == 1 + len(others) and having.isdisjoint(others):
                return (_without_remote(names[0]),)
            having.add(sha)
        elif not having.isdisjoint(others):
            if octopus is None:
                return (merged_branch(subject),)
            place = next(place for place, parent in enumerate(others) if parent in having)
            names = names[-len(others) :]
            return (_without_remote(names[place]) if place < len(names) else None,)
    return None


def _home(repository: Repository, commit: str, *, is_published: bool) -> str | None:
    default = repository.default
    if is_published:
        return default.branch if default else None
    refs = repository.refs("refs/heads/", "refs/remotes/", contains=commit)
    others = {"HEAD", default.branch if default else ""}
    return next((ref.branch for ref in refs if ref.branch not in others), None)
