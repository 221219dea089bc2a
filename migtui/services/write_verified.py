"""Writes what was verified, and verifies what was written; what does not pass is taken back."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from migtui.core.changes import ChangeSet
from migtui.core.journal import Entry
from migtui.core.verification import Verification, require_passed, verify_read
from migtui.engine.client import Engine
from migtui.errors import MigtuiError, ResolutionError
from migtui.services.project import Project
from migtui.services.resolve import Plan
from migtui.services.verify import ask_django, verify_changes, verify_plan
from migtui.storage import transaction
from migtui.storage.journal import journal_directory


@dataclass(frozen=True, slots=True)
class Written:
    """Changes that were written, and verified again afterwards."""

    entry: Entry
    verification: Verification


def write_plan(
    project: Project, plan: Plan, *, engine: Engine | None, stage: bool = False
) -> Written:
    """Verify the plan of a resolution, write it, and verify what was written.

    Args:
        project: The project.
        plan: What to write.
        engine: Asked before and after; without one, on the word of the reader alone.
        stage: Whether git's index gets the changes too.

    Raises:
        ResolutionError: It did not verify; the files are as before.
        StorageError: It can't be written; the files are as before.
        EngineError: Django could not be asked; nothing was written.
        GitError: It was written, but git did not take it into its index.
    """

    def verify() -> Verification:
        if engine is None:
            return verify_read(project.graph, project.reload().graph, plan.app_label)
        return ask_django(engine, plan.app_label)

    expected = verify_plan(project, plan, engine)
    require_passed(expected, plan.app_label)
    written = _write(project, plan.app_label, plan.changes, expected, verify)
    if not stage:
        return written
    from migtui.services.staging import stage as put  # noqa: PLC0415 - git where it is asked

    return replace(written, entry=put(project, written.entry))


def write_changes(project: Project, app_label: str, changes: ChangeSet, engine: Engine) -> Written:
    """Verify changes that leave an app's models as they are, write them, and verify them again.

    Raises:
        ResolutionError: They did not verify; the files are as before.
        StorageError: They can't be written; the files are as before.
        EngineError: Django could not be asked; nothing was written.
    """
    expected = verify_changes(project, app_label, changes, engine)
    return _write(project, app_label, changes, expected, lambda: ask_django(engine, app_label))


def _write(
    project: Project,
    app_label: str,
    changes: ChangeSet,
    expected: Verification,
    verify: Callable[[], Verification],
) -> Written:
    directory = journal_directory(project.root)
    entry = transaction.apply(project.root, directory, changes)
    try:
        found = verify()
        require_passed(found, app_label)
    except MigtuiError as error:
        transaction.undo(project.root, directory)
        raise ResolutionError(
            f"What was written did not verify and was taken back: {error.message}",
            help=error.help,
            detail=error.detail,
        ) from error
    return Written(entry, replace(found, changes_before=expected.changes_before))
