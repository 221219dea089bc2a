"""The end of a squash: when what it replaces can go, and what then has to change."""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from migtui.core.changes import ChangeSet
from migtui.core.edits import MigrationEdit
from migtui.core.graph import MigrationGraph
from migtui.core.migration import MigrationKey
from migtui.core.squash import Standing, replaced_leaves
from migtui.errors import NotFoundError, ResolutionError, UsageError


@dataclass(frozen=True, slots=True)
class Removal:
    """What goes and what changes when a squash becomes a plain migration.

    Attributes:
        squash: The squash.
        replaced: What it replaces, squashes among them resolved; what databases may have recorded.
        deleted: The replaced migrations whose files are still there.
        edits: The files that name one of these.
    """

    squash: MigrationKey
    replaced: tuple[MigrationKey, ...]
    deleted: tuple[MigrationKey, ...]
    edits: tuple[MigrationEdit, ...]


@dataclass(frozen=True, slots=True)
class FinishPlan:
    """The end of a squash as it would be written.

    Attributes:
        removal: What goes and changes.
        standings: How each database stands to the squash.
        refusals: Why it can't be finished yet; empty where it can.
        changes: What is written; None where it can't be.
        mentions: Lines that name a migration that goes, and are left as they are.
        prunable: The records that ``migrate --prune`` would delete, by database.
    """

    removal: Removal
    standings: tuple[Standing, ...]
    refusals: tuple[str, ...]
    changes: ChangeSet | None = None
    mentions: tuple[str, ...] = ()
    prunable: tuple[tuple[str, tuple[str, ...]], ...] = ()


def find_squash(graph: MigrationGraph, app_label: str, name: MigrationKey | None) -> MigrationKey:
    """The squash that is meant.

    Raises:
        NotFoundError: There is none.
        UsageError: There are several, or the one that was named replaces nothing.
    """
    found = sorted(
        key for key in graph.nodes if key.app_label == app_label and graph.migrations[key].replaces
    )
    if name is None:
        if len(found) > 1:
            names = ", ".join(key.name for key in found)
            raise UsageError(f"{app_label} has several squashes: {names}.", help="Name one.")
        if not found:
            raise NotFoundError(f"{app_label} has no squash to finish.")
        return found[0]
    if name not in found:
        if name in graph.replaced_by:
            squash = graph.active(name).name
            raise UsageError(f"{name.name} is replaced by {squash}.", help=f"Finish {squash}.")
        raise UsageError(f"{name.name} is not a squash: it replaces nothing.")
    return name


def plan_removal(graph: MigrationGraph, squash: MigrationKey) -> Removal:
    """What goes and what changes in the files.

    Raises:
        ResolutionError: A file that would have to change can't be.
    """
    replaced = set(_replaced(graph, squash))
    deleted = tuple(sorted(key for key in replaced if key in graph.migrations))
    for key in (squash, *deleted):
        _require_writable(graph, key)
    renamed = dict.fromkeys(sorted(replaced), squash)
    edits = []
    naming = frozenset[MigrationKey]().union(*(graph.named_by.get(key, ()) for key in replaced))
    for key in sorted(naming - replaced - {squash}):
        migration = graph.migrations[key]
        if any(entry.key in replaced for entry in migration.replaces):
            raise ResolutionError(
                f"{key} replaces migrations that {squash.name} replaces as well.",
                help=f"Finish or delete {key.name} first.",
            )
        _require_writable(graph, key)
        edits.append(MigrationEdit(key, renamed=renamed))
    return Removal(squash, replaced_leaves(graph, [squash]), deleted, tuple(edits))


def _replaced(graph: MigrationGraph, squash: MigrationKey) -> Iterator[MigrationKey]:
    for key in graph.migrations[squash].replaced_keys:
        yield key
        if key in graph.migrations:
            yield from _replaced(graph, key)


def _require_writable(graph: MigrationGraph, key: MigrationKey) -> None:
    migration = graph.migrations[key]
    if not migration.writable:
        raise ResolutionError(
            f"{migration.path} would have to change, and belongs to an installed package.",
            help="Keep the squash as it is.",
        )


@dataclass(frozen=True, slots=True)
class Listing:
    """What a file says that a database has applied.

    Attributes:
        app_labels: The apps that it tells of.
        applied: Migrations.
        unrecorded: Squashes of which all is applied, but that are not recorded themselves.
    """

    app_labels: frozenset[str]
    applied: frozenset[MigrationKey]
    unrecorded: frozenset[MigrationKey] = frozenset()


_LINE = re.compile(r"\s+\[(?P<mark>[Xx \-])\]\s+(?P<name>\w+)")


def read_listing(text: str, known: Collection[str]) -> Listing:
    """What ``showmigrations --list`` printed, or JSON, says.

    JSON is a list of pairs of app label and name, or an object of lists of names by app label.

    Args:
        text: Of the file.
        known: App labels of the project.

    Raises:
        UsageError: It is neither.
    """
    stripped = text.lstrip("\ufeff \t\r\n")
    if stripped[:1] in ("[", "{") and not _LINE.match(f" {stripped}"):
        return _read_json(stripped)
    labels: set[str] = set()
    applied: set[MigrationKey] = set()
    unrecorded: set[MigrationKey] = set()
    label = ""
    for line in text.splitlines():
        found = _LINE.match(line)
        if found and label:
            key = MigrationKey(label, found["name"])
            if found["mark"] in "Xx":
                applied.add(key)
            elif found["mark"] == "-":
                unrecorded.add(key)
        elif line.strip() in known and line == line.lstrip():
            label = line.strip()
            labels.add(label)
        elif line.strip() and not line.startswith(" "):
            label = ""
    if not labels:
        raise UsageError(
            "It is neither what `showmigrations --list` prints nor JSON.",
            help='JSON would be {"blog": ["0001_initial"]} or [["blog", "0001_initial"]].',
        )
    return Listing(frozenset(labels), frozenset(applied), frozenset(unrecorded))


def _read_json(text: str) -> Listing:
    try:
        document = json.loads(text)
        pairs = list(_pairs(document))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UsageError(f"Its JSON can't be read: {error}.") from error
    labels = set(document) if isinstance(document, dict) else {key.app_label for key in pairs}
    return Listing(frozenset(labels), frozenset(pairs))


def _pairs(document: object) -> Iterator[MigrationKey]:
    match document:
        case dict():
            for label, names in document.items():
                if not isinstance(names, list):
                    raise TypeError(f"{label!r} has no list of names")
                yield from (MigrationKey(label, _text(name)) for name in names)
        case list():
            for entry in document:
                match entry:
                    case [label, name]:
                        yield MigrationKey(_text(label), _text(name))
                    case {"app": label, "name": name}:
                        yield MigrationKey(_text(label), _text(name))
                    case _:
                        raise TypeError(f"{entry!r:.60} is no pair of app label and name")
        case _:
            raise TypeError("it is neither a list nor an object")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.60} is no name")
    return value
