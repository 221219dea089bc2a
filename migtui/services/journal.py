"""Undo, redo and history of what migtui wrote to a project, and mending what was cut off."""

from migtui.core.journal import Entry, History
from migtui.services.project import Project
from migtui.storage import transaction
from migtui.storage.journal import journal_directory, read_history


def history(project: Project) -> History:
    """What was written, oldest first, and which entries can't be read."""
    return read_history(journal_directory(project.root))


def undo(project: Project) -> Entry:
    """Take back what was written last.

    Raises:
        StaleFileError: Files were changed since; every one is named.
        StorageError: There is nothing to undo, or it can't be done; everything is as before.
    """
    return transaction.undo(project.root, journal_directory(project.root))


def redo(project: Project) -> Entry:
    """Write again what was taken back last, unless something else was written since.

    Raises:
        StaleFileError: Files were changed since; every one is named.
        StorageError: There is nothing to redo, or it can't be done; everything is as before.
    """
    return transaction.redo(project.root, journal_directory(project.root))


def recover(project: Project) -> str | None:
    """Mend a write that was cut off; a look at a directory where there is none.

    Returns:
        What was found and done, in a sentence; None where nothing was cut off. What was read of
        the project before is then out of date.

    Raises:
        StaleFileError: Files were changed since; nothing is touched.
        StorageError: It could be neither finished nor taken back.
    """
    return transaction.recover(project.root, journal_directory(project.root))
