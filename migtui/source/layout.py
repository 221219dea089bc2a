"""Where a project's migrations are, as values, and reading them all."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from migtui.core.migration import Dependency, Migration, MigrationKey
from migtui.source.files import DISK, Files, is_directory
from migtui.source.read import compiled_migration, read_migration, unreadable_migration

COMPILED = ".pyc"
SOUTH = re.compile(rb"^[ \t]*(?:from|import)[ \t]+south\b", re.MULTILINE)
DJANGO = re.compile(rb"^[ \t]*class[ \t]+Migration[ \t]*\(|^Migration[ \t]*=", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MigrationPackage:
    """A directory of migrations.

    Attributes:
        app_label: The label that its migrations have here. Unlike ``label`` where another package
            of the tree has that one: then the app's dotted path.
        label: The label as the code has it.
        directory: The package.
        files: The files that Django would load, sorted.
        references: What other labels mean in this package's files where they don't mean the
            app of that label: ``{"blog": "examples.second.blog"}``.
        writable: False for installed packages.
    """

    app_label: str
    label: str
    directory: Path
    files: tuple[Path, ...]
    references: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    writable: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """What a project is made of, as far as reading tells.

    Attributes:
        packages: Sorted by app label.
        swappable: Model by setting, where settings could be read.
        settings: The settings file that was read.
        manage_py: The nearest one.
    """

    packages: tuple[MigrationPackage, ...]
    swappable: Mapping[str, str]
    settings: Path | None = None
    manage_py: Path | None = None


def migration_files(directory: Path, files: Files = DISK) -> tuple[Path, ...]:
    """The files of a package that Django's loader takes for migrations, sorted.

    As in ``pkgutil.iter_modules`` a compiled file without a source is one, packages are none, and
    neither are names with a dot; as in ``MigrationLoader.load_disk`` those with a leading ``_`` or
    ``~`` are not.
    """
    try:
        entries = {entry.name: is_directory(entry) for entry in files.scan(directory)}
    except OSError:
        return ()
    packages = {
        name
        for name, is_directory in entries.items()
        if is_directory and files.is_file(directory / name / "__init__.py")
    }
    named = {name.removesuffix(COMPILED): name for name in entries if name.endswith(COMPILED)}
    named |= {name.removesuffix(".py"): name for name in entries if name.endswith(".py")}
    return tuple(
        directory / name
        for stem, name in sorted(named.items())
        if stem and stem[0] not in "_~" and "." not in stem and stem not in packages
    )


def is_installed(directory: Path) -> bool:
    """Whether a directory is that of an installed package, which is never offered for change."""
    return not {"site-packages", "dist-packages"}.isdisjoint(directory.parts)


def is_south(content: bytes) -> bool:
    """Whether a file is a migration of South, which Django's own migrations replaced."""
    return b"south" in content and SOUTH.search(content) is not None


def is_djangos(content: bytes) -> bool:
    """Whether a file looks like one of Django's migrations."""
    return DJANGO.search(content) is not None and not is_south(content)


Known: TypeAlias = dict[tuple[bytes, MigrationKey, str], Migration | None]
"""Migrations by content, key and path; None for files of South."""


def read_layout(
    root: Path, layout: Layout, files: Files = DISK, known: Known | None = None
) -> tuple[Migration, ...]:
    """The head of every migration of a layout; each file is read once.

    Files of South and packages without any migration are left out.

    Args:
        root: The project's directory.
        layout: Its packages.
        files: Where they are read from.
        known: What was read before and need not be parsed again; it is added to.
    """
    return tuple(
        migration
        for package in layout.packages
        for migration in _read_package(root, package, files, known)
    )


def _read_package(
    root: Path, package: MigrationPackage, files: Files, known: Known | None
) -> list[Migration]:
    found: list[Migration] = []
    holds_migrations = False
    directory = os.path.relpath(package.directory, root).replace(os.sep, "/")
    for path in package.files:
        key = MigrationKey(package.app_label, path.stem)
        relative = f"{directory}/{path.name}"
        if path.suffix == COMPILED:
            found.append(compiled_migration(key, relative))
            continue
        try:
            content = files.read(path)
        except OSError as error:
            found.append(unreadable_migration(key, relative, error))
            continue
        identity = (content, key, relative)
        if known is not None and identity in known:
            migration = known[identity]
        else:
            south = is_south(content)
            migration = (
                None if south else read_migration(content, key, relative, writable=package.writable)
            )
            if known is not None:
                known[identity] = migration
        if migration is not None:
            holds_migrations = holds_migrations or is_djangos(content)
            found.append(follow_references(migration, package.references))
    return found if holds_migrations else []


def follow_references(migration: Migration, references: Mapping[str, str]) -> Migration:
    """The migration with the labels that mean another package's replaced."""
    if not references:
        return migration

    def followed(entries: tuple[Dependency, ...]) -> tuple[Dependency, ...]:
        return tuple(
            replace(entry, app_label=references.get(entry.app_label or "", entry.app_label))
            for entry in entries
        )

    return replace(
        migration,
        dependencies=followed(migration.dependencies),
        run_before=followed(migration.run_before),
        replaces=followed(migration.replaces),
    )
