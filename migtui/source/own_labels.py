"""The label that an app's migrations have for each other, where its AppConfig could not be read.

A label may be put together from names of other modules, or set by a base class elsewhere. Then the
directory's name is all that there is to guess by, and every dependency within the app would seem
to lead out of it: a gap and a false conflict. What the files call each other is the better guess;
where it were wrong, Django would not load them either.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from migtui.core.migration import Migration, MigrationKey
from migtui.source.layout import Layout, MigrationPackage

FEW = 3
"""Below so many files the label also has to resemble the one that was guessed."""


def call_as_written(
    layout: Layout, migrations: Sequence[Migration]
) -> tuple[Layout, tuple[Migration, ...]]:
    """The layout and its migrations, with the labels that the files of a package agree on.

    Args:
        layout: Packages, with labels as they were guessed.
        migrations: All that was read of them.
    """
    by_app: dict[str, list[Migration]] = {}
    for migration in migrations:
        by_app.setdefault(migration.key.app_label, []).append(migration)
    labels = {package.label for package in layout.packages}
    packages: list[MigrationPackage] = []
    renamed: dict[str, str] = {}
    for package in layout.packages:
        label = _written(package, by_app.get(package.app_label, []))
        if label is None or label in labels:
            packages.append(package)
            continue
        labels.add(label)
        renamed[package.app_label] = label
        packages.append(replace(package, app_label=label, label=label))
    if not renamed:
        return layout, tuple(migrations)
    packages.sort(key=lambda package: package.app_label)
    return replace(layout, packages=tuple(packages)), tuple(
        _renamed(migration, renamed) for migration in migrations
    )


def _written(package: MigrationPackage, migrations: Sequence[Migration]) -> str | None:
    """The label that all but the first of these depend on each other by, None where there is none.

    No file names another by the label that was guessed, and all agree on one.
    """
    if package.app_label != package.label or len(migrations) < 2:  # noqa: PLR2004 - two name one
        return None
    every = (entry for migration in migrations for entry in migration.dependencies)
    if any(entry.app_label == package.label for entry in every):
        return None
    names = {migration.key.name for migration in migrations}
    found: Counter[str] = Counter()
    for migration in migrations:
        found.update(
            {
                key.app_label
                for entry in migration.dependencies
                if (key := entry.key) and key.name in names and key.name != migration.key.name
            }
        )
    (label, count), *others = found.most_common(2) or [("", 0)]
    if count < len(migrations) - 1 or any(other == count for _, other in others):
        return None
    if len(migrations) < FEW and package.label not in label:
        return None
    return label


def _renamed(migration: Migration, renamed: dict[str, str]) -> Migration:
    label = renamed.get(migration.key.app_label)
    return (
        migration
        if label is None
        else replace(migration, key=MigrationKey(label, migration.key.name))
    )
