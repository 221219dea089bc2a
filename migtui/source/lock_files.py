"""Files that name an app's leaf, so that git sees a conflict where two branches add migrations.

``max_migration.txt`` lies in a migrations package and holds the leaf's name: it is that of
django-linear-migrations (https://github.com/adamchainz/django-linear-migrations), and PostHog has
it. A list has a line ``app_label: leaf`` for each app: Sentry's ``migrations_lockfile.txt``, with a
few sentences on top, and ``latest_migrations.manifest``, as PostHog had it before.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

MAX_MIGRATION = "max_migration.txt"
LISTS = ("migrations_lockfile.txt", "latest_migrations.manifest")

_ENTRY = re.compile(rb"[ \t]*(?P<app_label>\w+): (?P<name>[\w.-]+)[ \t]*\r?\n?")
_MARKER = re.compile(rb"(?:<{7}|\|{7}|>{7})(?: |\r?\n|$)|={7}\r?\n?$")
_START = b"<<<<<<<"
_BASE = b"|||||||"
_END = b">>>>>>>"


@dataclass(frozen=True, slots=True)
class LockEntry:
    """A line that names an app's leaf; lines count from 1."""

    app_label: str
    name: str
    line: int


def has_markers(content: bytes) -> bool:
    """Whether git's conflict markers stand in a file."""
    return any(line.startswith(_START) and _MARKER.match(line) for line in content.splitlines())


def name_leaf(content: bytes, leaf: str) -> bytes:
    """The content of a ``max_migration.txt`` with this leaf; conflict markers go.

    Args:
        content: What the file holds.
        leaf: Name of the migration.
    """
    newline = b"\r\n" if b"\r\n" in content else b"\n"
    return leaf.encode() + newline


def named_leaf(content: bytes) -> str:
    """The leaf that a ``max_migration.txt`` names, empty where it holds several lines or none."""
    lines = content.decode("utf-8", "replace").split()
    return lines[0] if len(lines) == 1 else ""


def read_list(content: bytes) -> tuple[LockEntry, ...]:
    """The entries of a list, those of both sides of a conflict of git too."""
    found = []
    for number, line in enumerate(content.splitlines(keepends=True), start=1):
        entry = _ENTRY.fullmatch(line)
        if entry:
            found.append(LockEntry(entry["app_label"].decode(), entry["name"].decode(), number))
    return tuple(found)


def list_leaves(content: bytes, leaves: Mapping[str, str]) -> bytes:
    """The content of a list with these leaves; conflict markers go, and each app has one line.

    Apps that the list has no line for get none: which apps are in it is up to its project.

    Args:
        content: What the file holds.
        leaves: By app label. An app that is not named here keeps its entry; of two that a conflict
            has brought, the one whose name sorts last.
    """
    names: dict[str, str] = {}
    for entry in read_list(content):
        names[entry.app_label] = max(names.get(entry.app_label, ""), entry.name)
    names |= {app_label: leaf for app_label, leaf in leaves.items() if app_label in names}
    result: list[bytes] = []
    written: set[str] = set()
    is_base = is_inside = False
    for line in content.splitlines(keepends=True):
        if _MARKER.match(line) and (is_inside or line.startswith(_START)):
            is_base = line.startswith(_BASE)
            is_inside = not line.startswith(_END)
            continue
        found = None if is_base else _ENTRY.fullmatch(line)
        if found is None:
            if not is_base:
                result.append(line)
            continue
        app_label = found["app_label"].decode()
        if app_label not in written:
            written.add(app_label)
            start, end = found.span("name")
            result.append(line[:start] + names[app_label].encode() + line[end:])
    return b"".join(result)
