"""Opens the project that a command is about, and names things in it."""

import argparse
import difflib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from migtui.cli.output import narrate
from migtui.core.migration import MigrationKey
from migtui.errors import NotFoundError, StorageError, UsageError
from migtui.services import journal
from migtui.services.project import Project, open_project


def open_chosen_project(arguments: argparse.Namespace) -> Project:
    """The project of ``--project``; a write that was cut off is mended first, and it is said.

    Raises:
        ProjectError: There is none.
        ConfigError: Its configuration is not right.
    """
    project = open_project(
        Path(arguments.project), settings=arguments.settings, python=arguments.python
    )
    try:
        mended = journal.recover(project)
    except StorageError as error:  # reading goes on; whatever writes refuses by itself
        narrate(arguments, f"{error.message}\n{error.help}")
        return project
    if mended is None:
        return project
    narrate(arguments, mended)
    return project.reload()


@contextmanager
def chosen_merge(arguments: argparse.Namespace, project: Project) -> Iterator[Project]:
    """The project as the merge of HEAD and ``--base`` would have it; without that, as it is.

    Raises:
        NotFoundError: git knows no such ref.
        GitError: There is no repository, or the two can't be merged.
    """
    if arguments.base is None:
        yield project
        return
    from migtui.services.snapshots import merged_project  # noqa: PLC0415 - only where it is asked

    with merged_project(project, arguments.base) as (merged, _):
        narrate(arguments, f"HEAD merged with {arguments.base}, as it is committed.")
        yield merged


def find_migration(keys: Collection[MigrationKey], app_label: str, name: str) -> MigrationKey:
    """The migration with this name, or the only one whose name begins so.

    Args:
        keys: Of every app.
        app_label: Its app.
        name: As typed.

    Raises:
        NotFoundError: There is none.
        UsageError: There are several.
    """
    names = sorted(key.name for key in keys if key.app_label == app_label)
    if name in names:
        return MigrationKey(app_label, name)
    found = [candidate for candidate in names if name and candidate.startswith(name)]
    if len(found) == 1:
        return MigrationKey(app_label, found[0])
    if found:
        raise UsageError(
            f"{name!r} is short for several of {app_label}: {', '.join(found)}.",
            help="Write more of the name.",
        )
    near = difflib.get_close_matches(name, names)
    known = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(names[-8:])}."
    raise NotFoundError(f"{app_label} has no migration {name!r}.", help=known)
