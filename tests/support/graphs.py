"""Builds graphs of migrations from a small language, one migration a line.

blog.0001_initial
blog.0002_body < blog.0001_initial
blog.0003_tags < blog.0002_body shop.0001_initial; run_before shop.0002_price
blog.0001_squashed_0002_body; replaces blog.0001_initial blog.0002_body
"""

from collections.abc import Iterable
from dataclasses import replace

from migtui.core.graph import MigrationGraph
from migtui.core.migration import Dependency, Migration, MigrationKey


def key(text: str) -> MigrationKey:
    """``blog.0001_initial`` as a key."""
    app_label, _, name = text.partition(".")
    return MigrationKey(app_label, name)


def keys(text: str) -> tuple[MigrationKey, ...]:
    """Keys that are set apart by white space."""
    return tuple(map(key, text.split()))


def graph(text: str) -> MigrationGraph:
    """The graph of these lines."""
    return MigrationGraph.of(migrations(text).values())


def migrations(text: str) -> dict[MigrationKey, Migration]:
    """The migrations of these lines, by key."""
    found = [_migration(line.strip()) for line in text.splitlines() if line.strip()]
    return {migration.key: migration for migration in found}


def _migration(line: str) -> Migration:
    head, *parts = (part.strip() for part in line.split(";"))
    name, _, parents = head.partition("<")
    own = key(name.strip())
    migration = Migration(
        own,
        path=f"{own.app_label}/migrations/{own.name}.py",
        dependencies=_dependencies(parents.split()),
    )
    for part in parts:
        word, *others = part.split()
        if word == "replaces":
            migration = replace(migration, replaces=_dependencies(others))
        elif word == "run_before":
            migration = replace(migration, run_before=_dependencies(others))
        else:
            raise ValueError(part)
    return migration


def _dependencies(names: Iterable[str]) -> tuple[Dependency, ...]:
    """``?`` is a dependency that can't be known, ``blog.?`` one on an app."""
    found = []
    for name in names:
        app_label, _, rest = name.partition(".")
        known = None if "?" in name else rest
        found.append(Dependency(None if name == "?" else app_label, known, line=1, text=name))
    return tuple(found)
