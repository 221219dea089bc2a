"""Which git branches will conflict with which once they are merged: values, and the rules of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from migtui.core.migration import Migration, MigrationKey
from migtui.core.names import number_of
from migtui.core.problems import Location, Problem
from migtui.core.verdict import Kind, Verdict


class Cause(StrEnum):
    """Why two branches don't go together."""

    LEAVES = "leaves"
    """Each adds a migration after one that the other builds upon, too."""
    SAME_NAME = "same_name"
    """Both add a file of one name, with different content; git will stop at it."""
    MISSING = "missing"
    """One depends on a migration that the other one takes away or renames."""
    UNKNOWN = "unknown"
    """What one depends on is only known when it runs: they may conflict."""


@dataclass(frozen=True, slots=True)
class GitBranch:
    """A branch of git with commits that the base has not.

    Attributes:
        name: ``feature/tags``, or ``origin/feature/tags`` where only a remote has it.
        sha: Its last commit.
        also: Other names of it.
        author: Of the last commit.
        since: When its first commit was made that the base has not, in seconds since 1970.
        updated: When its last commit was made.
        is_current: Whether it is checked out here.
        unknown: Why nothing can be told of it; empty where something can.
    """

    name: str
    sha: str
    also: tuple[str, ...] = ()
    author: str = ""
    since: int = 0
    updated: int = 0
    is_current: bool = False
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class AppChange:
    """What a branch does to the migrations of one app, since it parted from the base.

    Attributes:
        written: The migrations that it adds or changes; those that the base has meanwhile with
            the same content are not among them.
        new: Those of ``written`` that the base had not when they parted.
        removed: Those that it deletes, or renames.
        leaves: The migrations of ``written`` that are leaves after a merge with the base alone.
        leaf_count: How many leaves the app has then.
    """

    written: Mapping[MigrationKey, Migration] = field(default_factory=lambda: MappingProxyType({}))
    new: frozenset[MigrationKey] = frozenset()
    removed: frozenset[MigrationKey] = frozenset()
    leaves: frozenset[MigrationKey] = frozenset()
    leaf_count: int = 1

    @property
    def amount(self) -> str:
        """How much it does: ``+2`` adds two, ``~`` changes or removes some."""
        added = f"+{len(self.new)}" if self.new else ""
        return added + ("~" if self.removed or self.written.keys() - self.new else "")

    @property
    def is_plain(self) -> bool:
        """Whether it only adds migrations whose parents are known, as nearly every branch does."""
        return (
            not self.removed
            and self.new == self.written.keys()
            and not any(
                item.replaces or item.run_before or item.unknown_parents
                for item in self.written.values()
            )
        )


@dataclass(frozen=True, slots=True)
class Collision:
    """Two branches, or one and the base, that will conflict.

    Attributes:
        app_label: In this app.
        first: The branch that should go first; the base where it is one of the two.
        second: The branch that has to follow, and be rebased or resolved.
        cause: Why they don't go together.
        leaves: The leaves of the first, then those of the second.
        why: One sentence; where there is a verdict, what it says of them.
        why_first: Why the first one is the first; empty where the base, or nobody else, is.
        verdict: Whether they commute, by reading; None where that is no question.
        path: Of the second branch's migration, relative to the project.
    """

    app_label: str
    first: str
    second: str
    cause: Cause
    leaves: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    why: str = ""
    why_first: str = ""
    verdict: Verdict | None = None
    path: str = ""

    @property
    def kind(self) -> Kind | None:
        """The verdict's kind."""
        return self.verdict.kind if self.verdict is not None else None

    @property
    def is_certain(self) -> bool:
        """Whether they will conflict, not only may."""
        return self.cause is not Cause.UNKNOWN


@dataclass(frozen=True, slots=True)
class Forecast:
    """All branches against the base and each other.

    Attributes:
        base: The base's name.
        base_sha: Its commit.
        branches: Those with commits that the base has not, the oldest first.
        changes: By branch, then app label: what those with migrations do.
        collisions: With the base first, then by app.
        next_numbers: By app that a branch touches, the first number that neither the base nor any
            branch uses.
        merged: How many of the branches asked for the base has already.
        is_complete: Whether all branches were looked at.
    """

    base: str
    base_sha: str
    branches: tuple[GitBranch, ...] = ()
    changes: Mapping[str, Mapping[str, AppChange]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    collisions: tuple[Collision, ...] = ()
    next_numbers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    merged: int = 0
    is_complete: bool = True

    @property
    def app_labels(self) -> tuple[str, ...]:
        """The apps that branches touch, sorted."""
        return tuple(sorted({label for apps in self.changes.values() for label in apps}))

    def signs(self) -> Mapping[tuple[str, str], str]:
        """The matrix, by branch and app label.

        ``+2`` adds two migrations, ``~`` changes or removes some; ``!`` does not go with the base,
        ``x`` not with another branch.
        """
        ends: dict[tuple[str, str], set[str]] = {}
        for entry in self.collisions:
            sign = "!" if self.base in (entry.first, entry.second) else "x"
            for name in (entry.first, entry.second):
                ends.setdefault((name, entry.app_label), set()).add(sign)
        return {
            (branch, label): change.amount + "".join(sorted(ends.get((branch, label), ())))
            for branch, apps in self.changes.items()
            for label, change in apps.items()
        }

    def of(self, branch: str) -> tuple[Collision, ...]:
        """The collisions of one branch."""
        return tuple(entry for entry in self.collisions if branch in (entry.first, entry.second))

    def problems(self) -> tuple[Problem, ...]:
        """W004 for every collision that is certain."""
        return tuple(map(_problem, (entry for entry in self.collisions if entry.is_certain)))


def _problem(collision: Collision) -> Problem:
    kind = f" Verdict: {collision.kind}." if collision.kind else ""
    return Problem(
        "migtui.W004",
        collision.app_label,
        f"{collision.second} will conflict with {collision.first}: {collision.why}{kind}",
        f"Merge {collision.first} first, rebase {collision.second} onto it, then "
        f"`migtui resolve {collision.app_label}` there.",
        (Location(collision.path),) if collision.path else (),
    )


def older_first(one: GitBranch, other: GitBranch) -> tuple[GitBranch, GitBranch, str]:
    """Two branches, the one that was begun earlier first, and why."""
    first, second = sorted((one, other), key=lambda branch: (branch.since, branch.name))
    if first.since == second.since:
        return first, second, "They are of one age."
    return first, second, f"{first.name} is older."


def next_number(names: Iterable[str]) -> int | None:
    """The number after the highest of these names; None where none has one."""
    numbers = [number for number in map(number_of, names) if number is not None]
    return max(numbers) + 1 if numbers else None


def leaves_collide(one: AppChange, other: AppChange) -> bool:
    """Whether each of two branches has a leaf that the other one does not build upon.

    Each is a leaf beside the base alone; together it is one unless the other branch has it, too.
    """
    return bool(one.leaves - other.written.keys()) and bool(other.leaves - one.written.keys())


def same_names(one: AppChange, other: AppChange) -> tuple[MigrationKey, ...]:
    """The migrations that both add under one name with different content."""
    return tuple(
        key
        for key in sorted(one.new & other.new)
        if one.written[key].sha256 != other.written[key].sha256
    )


def depends_on_removed(
    change: Mapping[str, AppChange], removed: frozenset[MigrationKey]
) -> tuple[tuple[MigrationKey, MigrationKey], ...]:
    """A branch's migrations that depend on one that is taken away, each with that one."""
    found = []
    for app in change.values():
        for key, migration in sorted(app.written.items()):
            wanted = (entry.key for entry in (*migration.dependencies, *migration.run_before))
            found += [(key, other) for other in wanted if other is not None and other in removed]
    return tuple(found)
