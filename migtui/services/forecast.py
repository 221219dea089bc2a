"""Which git branches will conflict with which, told before they are merged.

Only refs, trees and the blobs that differ are read; no branch is checked out and none of its code
is run.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from itertools import permutations

from migtui.core.forecast import AppChange, Collision, Forecast, GitBranch, next_number
from migtui.errors import GitError, NotFoundError
from migtui.services.branch_changes import BranchChanges
from migtui.services.branch_collisions import Collisions, ReadBranch
from migtui.services.project import Project
from migtui.services.snapshots import Snapshots, open_snapshots
from migtui.vcs.tips import Parting, Tip, find_partings, find_tips

WEEK = 7 * 24 * 60 * 60

Report = Callable[[Callable[[], Forecast], int, int], None]
"""Called with a function that gives what is known so far, with the steps done and their number."""


def forecast(
    project: Project,
    *,
    branches: Collection[str] = (),
    base: str | None = None,
    since: int | None = None,
    progress: Report | None = None,
) -> Forecast:
    """All branches against the base and each other.

    Args:
        project: The project.
        branches: Globs of branches; none for all, local and remote.
        base: A branch, a tag, a SHA; where it is None, the default branch.
        since: Seconds since 1970; branches without a commit since then are left out.
        progress: Called as it gets on; what it raises ends the forecast.

    Raises:
        NotFoundError: git knows no such base, or no branch fits the globs.
        GitError: There is no repository, no default branch, or git can't read it.
        ConfigError: ``[tool.migtui]`` is not right in the base.
    """
    with open_snapshots(project) as snapshots:
        return _Forecaster(snapshots, base, progress).run(branches, since)


class _Forecaster:
    """One forecast on its way."""

    def __init__(self, snapshots: Snapshots, base: str | None, progress: Report | None) -> None:
        repository = self._repository = snapshots.repository
        if base is not None:
            self._base, self._base_sha = base, repository.commit(base)
        elif repository.default is not None:
            self._base, self._base_sha = repository.default.label, repository.default.sha
        else:
            raise GitError(
                "git doesn't tell which branch is the default one.",
                help="Name it with --base, or as `base` in [tool.migtui].",
            )
        self._progress = progress
        self._changes = BranchChanges(snapshots, self._base_sha)
        self._against = Collisions(self._changes, self._base)
        self._read: list[ReadBranch] = []
        self._unknown: list[GitBranch] = []
        self._collisions: list[Collision] = []
        self._merged = 0

    def run(self, patterns: Collection[str], since: int | None) -> Forecast:
        """Look at every branch, then at every pair that may not go together."""
        tips: Collection[Tip] = find_tips(self._repository, patterns, since=since)
        if not tips and patterns:
            raise NotFoundError(
                f"No branch fits {', '.join(map(repr, sorted(patterns)))}.",
                help="`git branch --all` lists them; globs are as in a shell, in quotes.",
            )
        partings = find_partings(self._repository, self._base_sha, tips)
        tips = _without_older_copies(tips, partings)
        for done, tip in enumerate(tips, 1):
            self._look_at(tip, partings[tip.ref.sha])
            self._tell(done, len(tips))
        touching = [entry for entry in self._read if entry.changes]
        by_app: dict[str, dict[int, ReadBranch]] = {}
        removing = {number: entry for number, entry in enumerate(touching)
                    if any(change.removed for change in entry.changes.values())}  # fmt: skip
        for done, other in enumerate(touching, 1):
            near = dict(removing)
            for label in other.changes:
                near |= by_app.setdefault(label, {})
                by_app[label][done - 1] = other
            if done - 1 in removing:
                near = dict(enumerate(touching[: done - 1]))
            for number in sorted(near):
                if number < done - 1:
                    self._collisions += self._against.between(near[number], other)
            self._tell(len(tips) + done, len(tips) + len(touching))
        return self._so_far(is_complete=True)

    def _look_at(self, tip: Tip, parting: Parting | None) -> None:
        """Read what a branch does, and hold it against the base."""
        if parting is None:
            self._merged += 1
            return
        branch = GitBranch(
            name=tip.ref.label,
            sha=tip.ref.sha,
            also=tuple(ref.label for ref in tip.also),
            author=tip.author,
            since=parting.since,
            updated=tip.date,
            is_current=tip.ref.name == f"refs/heads/{self._repository.branch}",
        )
        if parting.base is None:
            cut = "as far as this shallow clone goes, " if self._repository.boundary else ""
            why = f"{cut}it has no commit in common with {self._base}"
            self._unknown.append(replace(branch, unknown=why))
            return
        try:
            changes = self._changes.of(parting.base, tip.ref.sha)
        except GitError as error:
            self._unknown.append(replace(branch, unknown=error.message))
            return
        found = ReadBranch(branch, parting, changes, tip.ref.branch)
        self._read.append(found)
        self._collisions += self._against.with_base(found)

    def _tell(self, done: int, total: int) -> None:
        if self._progress is not None:
            self._progress(self._so_far, done, total)

    def _so_far(self, *, is_complete: bool = False) -> Forecast:
        listed = [*self._unknown, *(entry.branch for entry in self._read)]
        changes = {entry.branch.name: entry.changes for entry in self._read if entry.changes}
        return Forecast(
            base=self._base,
            base_sha=self._base_sha,
            branches=tuple(sorted(listed, key=lambda branch: (branch.since, branch.name))),
            changes=changes,
            collisions=tuple(sorted(self._collisions, key=self._place)),
            next_numbers=self._next_numbers(changes.values()),
            merged=self._merged,
            is_complete=is_complete,
        )

    def _place(self, collision: Collision) -> tuple[bool, str, str, str]:
        """Collisions with the base stand first."""
        is_pair = collision.first != self._base
        return is_pair, collision.app_label, collision.first, collision.second

    def _next_numbers(self, changes: Collection[Mapping[str, AppChange]]) -> dict[str, int]:
        found = {}
        for label in sorted({label for apps in changes for label in apps}):
            names = {key.name for key in self._changes.migrations_of(label)}
            names |= {key.name for apps in changes if label in apps for key in apps[label].written}
            number = next_number(names)
            if number is not None:
                found[label] = number
        return found


def _without_older_copies(
    tips: Collection[Tip], partings: Mapping[str, Parting | None]
) -> list[Tip]:
    """The branches without those that another of the same name has left behind: a push is late."""
    by_name: dict[str, list[Tip]] = {}
    for tip in tips:
        by_name.setdefault(tip.ref.branch, []).append(tip)
    kept = {tip.ref.sha: tip for tip in tips}
    for same in by_name.values():
        for older, newer in permutations(same, 2):
            parting = partings[newer.ref.sha]
            if parting and older.ref.sha in parting.commits and newer.ref.sha in kept:
                gone = kept.pop(older.ref.sha, older)
                tip = kept[newer.ref.sha]
                kept[newer.ref.sha] = replace(tip, also=(*tip.also, gone.ref, *gone.also))
    return list(kept.values())
