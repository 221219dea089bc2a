"""What can be wrong with a graph of migrations; each problem has a code."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from migtui.core.finishable import finishable
from migtui.core.graph import MigrationGraph
from migtui.core.migration import Migration, MigrationKey
from migtui.core.rules import severity_of
from migtui.core.twins import Twin


@dataclass(frozen=True, slots=True)
class Location:
    """A file, relative to the project with ``/``, and a line counted from 1."""

    path: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        code: ``migtui.E001`` and so on.
        app_label: The app that it concerns.
        message: What was found, one sentence.
        help: What to do.
        locations: Where; the first one is where a reader should look.
    """

    code: str
    app_label: str
    message: str
    help: str
    locations: tuple[Location, ...] = ()

    @property
    def severity(self) -> str:
        """``error`` or ``warning``, as the code's letter says."""
        return severity_of(self.code)


Detector = Callable[[MigrationGraph], Iterable[Problem]]
_DETECTORS: list[Detector] = []


def detector(function: Detector) -> Detector:
    """Register a function that finds problems."""
    _DETECTORS.append(function)
    return function


def find_problems(graph: MigrationGraph) -> tuple[Problem, ...]:
    """Every problem of a graph, by code, then app."""
    found = (problem for detect in _DETECTORS for problem in detect(graph))
    return tuple(sorted(found, key=lambda problem: (problem.code, problem.app_label)))


@detector
def conflicts(graph: MigrationGraph) -> Iterator[Problem]:
    """E001: several leaves, as Django's ``makemigrations`` finds them."""
    for app_label in graph.conflicting_apps:
        leaves = graph.leaves(app_label)
        names = _and(leaf.name for leaf in leaves)
        yield Problem(
            "migtui.E001",
            app_label,
            f"Conflicting migrations: {names} are {_both(leaves)} leaves of {app_label}.",
            f"Run `migtui explain {app_label}` to see the branches and the ways out.",
            _heads(graph, leaves),
        )


@detector
def doubts(graph: MigrationGraph) -> Iterator[Problem]:
    """W005: several leaves that a dependency which could not be read may join."""
    for app_label, keys in sorted(graph.doubtful_apps.items()):
        vague = [
            migration
            for migration in map(graph.migrations.__getitem__, keys)
            if migration.unknown_parents and migration.error is None
        ]
        if vague:
            leaves = _and(leaf.name for leaf in graph.leaves(app_label))
            yield Problem(
                "migtui.W005",
                app_label,
                f"Whether {leaves} are a conflict of {app_label} can't be told by reading: what "
                f"{_and(item.key.name for item in vague)} depends on is only known when it runs.",
                "Write the dependencies as a plain list, or ask Django with `python manage.py "
                "makemigrations --check`.",
                tuple(
                    Location(migration.path, entry.line)
                    for migration in vague
                    for entry in migration.unknown_parents
                ),
            )


@detector
def missing_dependencies(graph: MigrationGraph) -> Iterator[Problem]:
    """E002: a dependency on a migration that is not there."""
    for found in graph.missing:
        migration, wanted = graph.migrations[found.migration], found.dependency.key
        if wanted is None:
            continue
        # What runs after the migration can't be what it depends on.
        others = graph.migrations.keys() - graph.descendants(migration.key)
        names = sorted(key.name for key in others if key.app_label == wanted.app_label)
        near = difflib.get_close_matches(wanted.name, names, cutoff=0.5)
        did_you_mean = f"Did you mean {_or(near)}? " if near else ""
        yield Problem(
            "migtui.E002",
            migration.key.app_label,
            f"{migration.key} depends on {wanted}, which is not there.",
            f"{did_you_mean}Restore the file, or name another migration in "
            f"{migration.path} on line {found.dependency.line}.",
            (Location(migration.path, found.dependency.line),),
        )


@detector
def cycles(graph: MigrationGraph) -> Iterator[Problem]:
    """E003: migrations that depend on each other, or one on itself."""
    for key in sorted(graph.migrations):
        for entry in graph.migrations[key].dependencies:
            if entry.key == key:
                yield _cycle(graph, (key, key))
    for cycle in graph.cycles:
        yield _cycle(graph, cycle)


def _cycle(graph: MigrationGraph, cycle: Sequence[MigrationKey]) -> Problem:
    steps = list(pairwise(cycle))
    path = " → ".join(map(str, cycle))
    return Problem(
        "migtui.E003",
        cycle[0].app_label,
        f"{cycle[0]} depends on itself{'' if len(steps) == 1 else f': {path}'}.",
        "Take one of these dependencies out.",
        tuple(_between(graph, child, parent) for child, parent in steps),
    )


def _between(graph: MigrationGraph, child: MigrationKey, parent: MigrationKey) -> Location:
    """The line that makes one migration depend on another, as far as it can be found."""
    for owner, other, entries in (
        (child, parent, graph.migrations[child].dependencies),
        (parent, child, graph.migrations[parent].run_before),
    ):
        for entry in entries:
            if entry.key is not None and graph.active(entry.key) == other:
                return Location(graph.migrations[owner].path, entry.line)
    return _head(graph.migrations[child])


@detector
def unreadable_files(graph: MigrationGraph) -> Iterator[Problem]:
    """E004 and E005: files that Python can't load, those with git's markers apart."""
    for key, migration in sorted(graph.migrations.items()):
        error = migration.error
        if error is None or error.newer_python:
            continue
        is_conflict = error.kind == "markers"
        yield Problem(
            MARKERS if is_conflict else "migtui.E004",
            key.app_label,
            f"{key} can't be loaded: {error.message}",
            _READ_HELP[error.kind],
            (Location(migration.path, error.line),),
        )


MARKERS = "migtui.E005"


def changed_on_both_sides(migration: Migration, ours: str, theirs: str) -> Problem:
    """E005: a file that git could not put together in a merge that was not made yet."""
    return Problem(
        MARKERS,
        migration.key.app_label,
        f"{migration.key} was changed on {ours} and on {theirs} in ways that git can't put "
        "together.",
        "Make the change on one of the two branches alone.",
        (Location(migration.path),),
    )


def unmerged(migration: Migration, kind: str, *, is_kept: bool) -> Problem:
    """E005: a file that git has not put together, though both sides of it can be read.

    Args:
        migration: As the file is.
        kind: What git is in the middle of.
        is_kept: Whether it is known how to keep what both sides have made of it.
    """
    error = migration.error
    reason = f"can't be loaded: {error.message}" if error else f"is unmerged: the {kind} goes on."
    app_label = migration.key.app_label
    if is_kept:
        advice = (
            f"Both sides are kept by `migtui resolve {app_label}`, or by `migtui repair` where "
            "nothing has to be chosen."
        )
    else:
        advice = (
            "One side has deleted or renamed the file: keep it with `git add`, or let it go with "
            "`git rm`."
        )
    return Problem(
        MARKERS,
        app_label,
        f"{migration.key} {reason}",
        advice,
        (Location(migration.path, error.line if error else 1),),
    )


def added_on_both_sides(twin: Twin) -> Problem:
    """E006: both sides of a merge gave one name to migrations of their own."""
    return Problem(
        "migtui.E006",
        twin.key.app_label,
        f"{twin.key} was added on {twin.kept_by} and on {twin.renamed_of}, with different content.",
        f"Both are kept: that of {twin.renamed_of} is called {twin.new_key.name} until "
        "the conflict of the two is resolved.",
        (Location(twin.path),),
    )


_READ_HELP = {
    "markers": "Finish git's merge of this file: keep one side or both, and remove the markers.",
    "syntax": "Mend the file; until then no migration command of Django runs.",
    "encoding": "Save the file as UTF-8, or name its encoding in a coding line.",
    "missing": "Restore the file, or remove what points to it.",
    "no-migration": "Move the file out of the migrations package, or let its name begin with an "
    "underscore: Django takes every other module there for a migration.",
}


@detector
def circular_squashes(graph: MigrationGraph) -> Iterator[Problem]:
    """E008: squashes that replace each other, or themselves."""
    reported: set[MigrationKey] = set()
    for key in sorted(key for key, migration in graph.migrations.items() if migration.replaces):
        circle = sorted(other for other in _replaced(graph, key) if key in _replaced(graph, other))
        if circle and key not in reported:
            reported.update(circle)
            path = " and ".join(map(str, circle))
            yield Problem(
                "migtui.E008",
                key.app_label,
                f"{path} replace each other." if len(circle) > 1 else f"{key} replaces itself.",
                "Take the newer migration out of the `replaces` of the older one.",
                _heads(graph, circle),
            )


def _replaced(graph: MigrationGraph, key: MigrationKey) -> frozenset[MigrationKey]:
    """What a squash replaces, directly or through the squashes that it replaces."""
    seen: set[MigrationKey] = set()
    stack = [key]
    while stack:
        migration = graph.migrations.get(stack.pop())
        for other in migration.replaced_keys if migration else ():
            if other not in seen:
                seen.add(other)
                stack.append(other)
    return frozenset(seen)


@detector
def squashes_of_the_same(graph: MigrationGraph) -> Iterator[Problem]:
    """E008: a migration that two squashes replace, neither of which replaces the other."""
    first: dict[MigrationKey, MigrationKey] = {}
    for key in graph.sorted_nodes:
        for entry in graph.migrations[key].replaces:
            other = first.setdefault(entry.key, key) if entry.key is not None else key
            if other != key:
                yield Problem(
                    "migtui.E008",
                    key.app_label,
                    f"{entry.key} is replaced by both {other} and {key}: a new database would run "
                    "its operations twice.",
                    "Delete one of the two squashes, or let the later one replace the other.",
                    (Location(graph.migrations[key].path, entry.line),
                     _head(graph.migrations[other])),
                )  # fmt: skip
                break


@detector
def duplicate_numbers(graph: MigrationGraph) -> Iterator[Problem]:
    """W001: migrations that run one after the other and have one number."""
    by_number: dict[tuple[str, int, str], list[MigrationKey]] = {}
    for key in graph.sorted_nodes:
        numbered = _NUMBERED.match(key.name)
        if numbered and "_squashed_" not in key.name:
            same = (key.app_label, int(numbered[1]), numbered[2])
            by_number.setdefault(same, []).append(key)
    for (app_label, *_), keys in by_number.items():
        in_line = _in_line(graph, keys) if len(keys) > 1 else ()
        if in_line:
            yield Problem(
                "migtui.W001",
                app_label,
                f"{_and(key.name for key in in_line)} have the same number, but run one after "
                "the other.",
                "Give the later one the next number if no database has applied it yet.",
                _heads(graph, in_line),
            )


_NUMBERED = re.compile(r"(\d+)([a-z](?=_)|_\d(?=_)|)")
"""A number, and what sets ``0005b_title`` or ``0005_1_title`` apart from ``0005_body``."""


def _in_line(graph: MigrationGraph, keys: Sequence[MigrationKey]) -> tuple[MigrationKey, ...]:
    """Those of these migrations that run before or after another of them."""
    before = {key: graph.app_ancestors(key).intersection(keys) - {key} for key in keys}
    earlier = frozenset[MigrationKey]().union(*before.values())
    return graph.ordered([key for key in keys if before[key] or key in earlier])


@detector
def dependencies_on_replaced(graph: MigrationGraph) -> Iterator[Problem]:
    """W002: a dependency on a migration whose file is gone, while its squash still stands for it.

    ``sqlmigrate`` loads the graph without squashes and fails on it.
    """
    gone = graph.replaced_by.keys() - graph.migrations.keys()
    for key in sorted(graph.migrations) if gone else ():
        migration = graph.migrations[key]
        for entry in (*migration.dependencies, *migration.run_before):
            wanted = entry.key
            if wanted not in gone:
                continue
            squash = graph.active(wanted)
            yield Problem(
                "migtui.W002",
                key.app_label,
                f"{key} depends on {wanted}, which {squash} has replaced.",
                f"Name {squash.name} instead in {migration.path} on line {entry.line}: "
                "`sqlmigrate` fails on it.",
                (Location(migration.path, entry.line),),
            )


@detector
def squashes_to_finish(graph: MigrationGraph) -> Iterator[Problem]:
    """W003: a squash of which nothing is left but ``replaces``, or that others build upon."""
    for key in finishable(graph):
        migration = graph.migrations[key]
        count = len(migration.replaces)
        yield Problem(
            "migtui.W003",
            key.app_label,
            f"{key} still replaces {count} migration{'s' * (count != 1)}.",
            "When every database has applied it: "
            f"`migtui squash {key.app_label} --finish {key.name}`.",
            (Location(migration.path, migration.replaces[0].line),),
        )


def _head(migration: Migration) -> Location:
    return Location(migration.path, migration.line)


def _heads(graph: MigrationGraph, keys: Iterable[MigrationKey]) -> tuple[Location, ...]:
    return tuple(_head(graph.migrations[key]) for key in keys)


def _both(items: Sequence[object]) -> str:
    return "both" if len(items) == 2 else "all"  # noqa: PLR2004 - English has a word for two


def _and(names: Iterable[str]) -> str:
    return ", ".join(names)


def _or(names: Iterable[str]) -> str:
    return " or ".join(names)
