"""Problems of files: those that can't be loaded, and those that two sides of a merge have."""

from collections.abc import Iterator

from migtui.core.graph import MigrationGraph
from migtui.core.migration import Migration
from migtui.core.problems.problem import Location, Problem
from migtui.core.twins import Twin

MARKERS = "migtui.E005"
_READ_HELP = {
    "markers": "Finish git's merge of this file: keep one side or both, and remove the markers.",
    "syntax": "Mend the file; until then no migration command of Django runs.",
    "encoding": "Save the file as UTF-8, or name its encoding in a coding line.",
    "compiled": "Restore the source, or delete the file: git often ignores what another branch "
    "has left behind.",
    "missing": "Restore the file, or remove what points to it.",
    "no-migration": "Move the file out of the migrations package, or let its name begin with an "
    "underscore: Django takes every other module there for a migration.",
}


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
