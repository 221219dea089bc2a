"""Files that Django is to load as if they were on the disk."""

from migtui.core.changes import ChangeSet
from migtui.engine.protocol.base import OverlayFile
from migtui.services.project import Project


def overlay_of(project: Project, changes: ChangeSet) -> tuple[OverlayFile, ...]:
    """The files of a project as they would be with these changes."""
    return tuple(
        OverlayFile(str(project.root / path), content)
        for path, content in changes.files_after().items()
    )


def unfinished_overlay(project: Project) -> tuple[OverlayFile, ...]:
    """The files as a merge in git that is not finished would leave them; nothing without one."""
    contents = project.unfinished.contents if project.unfinished is not None else {}
    return tuple(OverlayFile(str(path), content) for path, content in contents.items())
