"""Opens the project that a command is about."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migtui.cli.output import narrate
from migtui.errors import StorageError
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
