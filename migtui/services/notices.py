"""Where else a project names the migrations that get new names: shown, never edited."""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from migtui.core.migration import MigrationKey
from migtui.services.project import Project
from migtui.source.walk import walk

LARGEST = 1_000_000
"""Bytes of the largest file that is searched."""
LONGEST = 160
"""Characters that are shown of a line."""
HIDDEN = (".github", ".gitlab", ".circleci")
"""Hidden directories that hold what developers write."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about a line that the developer should look at.

    Attributes:
        path: Relative to the project, with ``/``.
        line: Counted from 1.
        text: The line.
    """

    path: str
    line: int
    text: str


def find_mentions(
    project: Project,
    renamed: Collection[MigrationKey],
    changed: Mapping[str, bytes | None],
) -> tuple[Notice, ...]:
    """The lines that name one of these migrations, in files that ``notice_globs`` choose.

    Args:
        project: Its entries of dependencies are no mentions: what is meant there is known.
        renamed: Keys from before.
        changed: Files as they will be, by path; None for one that goes.
    """
    if not renamed:
        return ()
    names = "|".join(re.escape(key.name) for key in sorted(renamed))
    pattern = re.compile(rf"(?<!\w)(?:{names})(?!\w)".encode())
    known = _entry_lines(project)
    found = []
    for path in sorted({*_files(project), *changed}):
        content = changed[path] if path in changed else _read(project.root / path)
        if content is None or not pattern.search(content):
            continue
        for number, line in enumerate(content.splitlines(), start=1):
            if pattern.search(line) and number not in known.get(path, ()):
                text = line.decode(errors="replace").strip()
                found.append(Notice(path, number, text[:LONGEST]))
    return tuple(found)


def _entry_lines(project: Project) -> dict[str, set[int]]:
    """The lines of each migration file that its dependencies and the like stand on."""
    return {
        migration.path: {
            entry.line
            for entries in (migration.dependencies, migration.run_before, migration.replaces)
            for entry in entries
        }
        for migration in project.graph.migrations.values()
    }


def _files(project: Project) -> Iterator[str]:
    """The paths that are searched."""
    root = project.root
    globs = project.config.notice_globs
    shallow = [glob.removeprefix("**/") for glob in globs if glob.startswith("**/")]
    hidden = [path for name in HIDDEN for path in (root / name).rglob("*/")]
    for directory in (*walk(root, project.config.exclude), *hidden, *map(root.joinpath, HIDDEN)):
        try:
            names = os.listdir(directory)  # noqa: PTH208 - names are all that is needed
        except OSError:
            continue
        place = directory.relative_to(root).as_posix()
        for name in names:
            path = name if place == "." else f"{place}/{name}"
            if any(fnmatchcase(path, glob) for glob in globs) or (
                place == "." and any(fnmatchcase(path, glob) for glob in shallow)
            ):
                yield path


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.stat().st_size <= LARGEST else None
    except OSError:
        return None
