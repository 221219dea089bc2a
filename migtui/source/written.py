"""Keys of migrations as the files of a package write them, where labels there mean other apps."""

from migtui.core.edits import MigrationEdit
from migtui.core.migration import MigrationKey
from migtui.source.layout import MigrationPackage


def written_label(package: MigrationPackage | None, app_label: str) -> str:
    """The label that a package's files use for an app."""
    if package is None:
        return app_label
    if app_label == package.app_label:
        return package.label
    meaning = package.references.items()
    return next((label for label, meant in meaning if meant == app_label), app_label)


def as_written(edit: MigrationEdit, package: MigrationPackage | None) -> MigrationEdit:
    """The edit in the labels of the package's files."""

    def label(key: MigrationKey) -> MigrationKey:
        return MigrationKey(written_label(package, key.app_label), key.name)

    return MigrationEdit(
        migration=label(edit.migration),
        parent=None if edit.parent is None else label(edit.parent),
        renamed={label(old): label(new) for old, new in edit.renamed.items()},
    )
