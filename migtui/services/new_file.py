"""A new migration: laid out by the project's formatter, and read as it will be."""

from dataclasses import dataclass
from pathlib import Path

from migtui.core.changes import Create
from migtui.core.migration import Migration, MigrationKey
from migtui.services.edit_files import followed, package_of
from migtui.services.engines import find_pythons
from migtui.services.project import Project
from migtui.source.formatter import format_new
from migtui.source.read import read_migration


@dataclass(frozen=True, slots=True)
class NewFile:
    """A migration that is not written yet.

    Attributes:
        change: The new file.
        migration: As read from it.
        remarks: Why the file is not formatted, where the project has a formatter.
    """

    change: Create
    migration: Migration
    remarks: tuple[str, ...]


def new_file(project: Project, key: MigrationKey, path: str, content: bytes) -> NewFile:
    """The file of a new migration.

    Args:
        project: The project.
        key: The migration.
        path: Of its file, relative to the project.
        content: As it was rendered.
    """
    programs = [Path(python).parent for python in find_pythons(project)]
    formatted, remark = format_new(content, project.root / path, programs)
    package = package_of(project, key.app_label)
    migration = followed(read_migration(formatted, key, path), package)
    return NewFile(Create(path, formatted), migration, (remark,) if remark else ())
