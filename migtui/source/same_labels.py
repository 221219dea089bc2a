"""One app label in two folders: who keeps it, what the others are called, who means whom."""

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from migtui.source.layout import MigrationPackage

SHORTEST = 2
"""Parts of the path of a migrations package whose app is at the top."""


def tell_apart(
    packages: Iterable[MigrationPackage], root: Path, near: Path, installed: Collection[Path]
) -> tuple[MigrationPackage, ...]:
    """The packages, each with a label of its own, sorted by it.

    The package of an installed app keeps the label, else the nearest to manage.py; others are
    called by their dotted path. What a label means in a package's files is then the nearest
    package that has it.

    Args:
        packages: Each with the label that its code has.
        root: The project's directory.
        near: Where manage.py is.
        installed: Directories of installed apps.
    """
    by_label: dict[str, list[MigrationPackage]] = {}
    for package in packages:
        by_label.setdefault(package.label, []).append(package)
    named: list[MigrationPackage] = []
    shared: dict[str, list[MigrationPackage]] = {}
    for label, same in by_label.items():
        first, *others = sorted(same, key=lambda package: _rank(package, near, installed))
        others = [_renamed(other, root) for other in others]
        named += [first, *others]
        if others:
            shared[label] = [first, *others]
    return tuple(
        replace(package, references=_references(package, shared))
        for package in sorted(named, key=lambda package: package.app_label)
    )


def _rank(
    package: MigrationPackage, near: Path, installed: Collection[Path]
) -> tuple[bool, int, int, Path]:
    directory = package.directory
    is_installed = directory.parent in installed
    return (not is_installed, -_in_common(directory, near), len(directory.parts), directory)


def _references(
    package: MigrationPackage, shared: Mapping[str, list[MigrationPackage]]
) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for label, candidates in shared.items():
        nearest = max(candidates, key=lambda other: _in_common(other.directory, package.directory))
        if nearest.app_label != label:
            found[label] = nearest.app_label
    return MappingProxyType(found)


def _in_common(first: Path, second: Path) -> int:
    """How many leading parts two paths share."""
    return len(Path(os.path.commonpath([first, second])).parts)


def _renamed(package: MigrationPackage, root: Path) -> MigrationPackage:
    parts = Path(os.path.relpath(package.directory, root)).parts
    # One part alone could be another app's label; with a dot it can't.
    dotted = ".".join(parts[:-1] if len(parts) > SHORTEST else parts)
    return replace(package, app_label=dotted)
