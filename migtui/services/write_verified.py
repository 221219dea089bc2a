"""Writes changes of migrations that Django has loaded first, and loads again afterwards."""

from dataclasses import replace

from migtui.core.changes import ChangeSet
from migtui.core.verification import Verification
from migtui.engine.client import Engine
from migtui.engine.protocol import DetectModelChanges, OverlayFile
from migtui.errors import MigtuiError, ResolutionError
from migtui.services.project import Project
from migtui.services.resolve import Written
from migtui.services.verify import ask_django, require_passed
from migtui.storage import transaction
from migtui.storage.journal import journal_directory


def overlay_of(project: Project, changes: ChangeSet) -> tuple[OverlayFile, ...]:
    """The files as they would be with these changes."""
    return tuple(
        OverlayFile(str(project.root / path), content)
        for path, content in changes.files_after().items()
    )


def verify_changes(
    project: Project, app_label: str, changes: ChangeSet, engine: Engine
) -> Verification:
    """How Django would see an app with these changes, which must leave its models as they are.

    Raises:
        ResolutionError: It would not load, or ``makemigrations`` would write more than before.
        EngineError: Django could not be asked.
    """
    before = engine.ask(DetectModelChanges())
    found = replace(
        ask_django(engine, app_label, overlay_of(project, changes)),
        changes_before=None if before.error else before.operations,
    )
    require_passed(found, app_label)
    if not before.error and found.changes_after is None:
        raise ResolutionError("Django can't tell which models the migrations would lead to.")
    if found.new_changes:
        label, texts = next(iter(found.new_changes.items()))
        raise ResolutionError(
            f"makemigrations would then write for {label}: {', '.join(texts)}. The models would "
            "not be what they are now."
        )
    return found


def write_verified(project: Project, app_label: str, changes: ChangeSet, engine: Engine) -> Written:
    """Verify changes, write them, and verify what was written; else take them back.

    Raises:
        ResolutionError: They did not verify; the files are as before.
        StorageError: They can't be written; the files are as before.
        EngineError: Django could not be asked; nothing was written.
    """
    expected = verify_changes(project, app_label, changes, engine)
    directory = journal_directory(project.root)
    entry = transaction.apply(project.root, directory, changes)
    try:
        found = ask_django(engine, app_label)
        require_passed(found, app_label)
    except MigtuiError as error:
        transaction.undo(project.root, directory)
        raise ResolutionError(
            f"What was written did not verify and was taken back: {error.message}",
            help=error.help,
            detail=error.detail,
        ) from error
    return Written(entry, replace(found, changes_before=expected.changes_before))
