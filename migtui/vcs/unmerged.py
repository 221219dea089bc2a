"""Files that a merge of git has not finished with, and what both sides of it are called."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from migtui.core.safe_text import safe_line
from migtui.core.under_way import STATES
from migtui.vcs.origins import merged_branch
from migtui.vcs.program import legible
from migtui.vcs.repository import Repository
from migtui.vcs.union import Unmerged

SHORT = 12
"""Digits of a SHA that are shown."""
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a merge.

    Attributes:
        label: The branch's name, or what else people would call it.
        commit: Its SHA; None where there is no commit to look at.
    """

    label: str
    commit: str | None


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What git is in the middle of.

    Attributes:
        kind: ``merge``, ``rebase``, ``cherry-pick``, ``revert``, ``am``; ``change`` where git left
            no word of it, as after ``git stash pop``.
        ours: What HEAD is, which the index has in stage 2; of a rebase, what is rebased onto.
        theirs: What comes to it, which the index has in stage 3.
    """

    kind: str
    ours: Side
    theirs: Side


def unmerged_files(repository: Repository) -> tuple[Unmerged, ...]:
    """The files with several stages in the index, by path; none where git can't read it.

    Stage 1 is what both sides started from, 2 what HEAD has, 3 what comes to it (gitrevisions,
    ``:n:``).
    """
    listing = repository.ask("ls-files", "--unmerged", "--full-name", "-z") or ""
    stages: dict[str, dict[str, str]] = {}
    for entry in filter(None, listing.split("\0")):
        facts, _, path = entry.partition("\t")
        _, sha, stage = facts.split(" ")
        stages.setdefault(path, {})[stage] = sha
    return tuple(
        Unmerged(path, found.get("1"), found.get("2"), found.get("3"))
        for path, found in sorted(stages.items())
    )


def under_way(repository: Repository) -> UnderWay:
    """What git is in the middle of, and who is on which side of it."""
    git_dir = repository.git_dir
    here = Side(repository.branch or _name(repository, repository.head), repository.head)
    for name, kind in STATES.items():
        path = git_dir / name
        if not path.exists():
            continue
        if path.is_dir():
            return _replayed(repository, path, here)
        sha = _first_line(path)
        if not _SHA.fullmatch(sha):
            continue
        if kind == "merge":
            label = merged_branch(_first_line(git_dir / "MERGE_MSG")) or _name(repository, sha)
        else:
            label = _name(repository, sha)
        if kind == "revert":
            label = f"the revert of {label}"
            return UnderWay(kind, here, Side(label, None))
        return UnderWay(kind, here, Side(label, sha))
    return UnderWay("change", here, Side("the other side", None))


def _replayed(repository: Repository, directory: Path, here: Side) -> UnderWay:
    """A rebase, whose HEAD is the branch that is rebased onto; or patches that are applied."""
    if (directory / "applying").exists():
        return UnderWay("am", here, Side("the patch", None))
    branch = _first_line(directory / "head-name").removeprefix("refs/heads/")
    onto = _first_line(directory / "onto")
    stopped = _first_line(repository.git_dir / "REBASE_HEAD") or _first_line(
        directory / "stopped-sha"
    )
    commit = stopped if _SHA.fullmatch(stopped) else None
    # HEAD has what was replayed already, which is the branch's own.
    base = Side(_name(repository, onto), onto) if _SHA.fullmatch(onto) else here
    label = branch if branch and branch != "detached HEAD" else _name(repository, commit)
    return UnderWay("rebase", base, Side(safe_line(label), commit))


def _name(repository: Repository, sha: str | None) -> str:
    """A branch that points to a commit, the one that others have first; else the short SHA."""
    if sha is None:
        return "HEAD"
    default = repository.default
    if default is not None and default.sha == sha:
        return legible(default.label)
    found = list(_branches(repository, sha))
    return legible(found[0]) if found else sha[:SHORT]


def _branches(repository: Repository, sha: str) -> Iterator[str]:
    for ref in repository.refs("refs/heads/", "refs/remotes/", "refs/tags/", points_at=sha):
        if ref.branch != "HEAD":
            yield ref.label


def _first_line(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.readline().strip()
    except OSError:
        return ""
