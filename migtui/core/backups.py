"""A backup as a value: what its manifest says, and which backups are dropped in time."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace

FORMAT = 1
MANIFEST = "manifest.json"
"""The manifest's file, beside the copy of the database."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which database it is.

    Attributes:
        vendor: ``sqlite``, ``postgresql``, ``mysql``.
        name: Its name; the absolute path of an SQLite database.
        host: Of its server, as the settings have it; empty for one of this machine by default.
        port: Of its server; empty where it is the vendor's.
    """

    vendor: str
    name: str
    host: str = ""
    port: str = ""

    def __str__(self) -> str:
        if not (self.host or self.port):
            return self.name
        return f"{self.name} on {self.host or 'localhost'}{self.port and f':{self.port}'}"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a backup comes from, besides the database.

    Attributes:
        project: The project's directory.
        settings: Its settings module.
        git_sha: The commit that was checked out; None where there is no git.
        git_branch: The branch; None where HEAD is detached.
    """

    project: str
    settings: str
    git_sha: str | None = None
    git_branch: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of, and how to tell that it is whole.

    Attributes:
        id: Its name, which is that of its directory.
        created: When, in UTC, ISO 8601.
        alias: The database's alias in the settings.
        place: The database.
        origin: Where it comes from besides.
        server_version: As the server says it.
        program: Name and version of the program that made it; empty for Python's own SQLite.
        applied: The rows of ``django_migrations``, oldest first.
        rows: The number of rows of each table, None where it changed meanwhile.
        file: Name of the copy.
        size: Of the copy, in bytes.
        sha256: Of the copy.
        database_size: Bytes that the database takes; None where it doesn't say.
        verified: How the copy was verified once it was written.
    """

    id: str
    created: str
    alias: str
    place: Place
    origin: Origin
    server_version: str
    program: str
    applied: tuple[tuple[str, str], ...]
    rows: dict[str, int | None]
    file: str
    size: int
    sha256: str
    database_size: int | None = None
    verified: tuple[str, ...] = ()


def manifest_text(manifest: Manifest) -> str:
    """A manifest as it is kept."""
    return json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1)


def read_manifest(text: str | bytes) -> Manifest:
    """The manifest that a text holds.

    Raises:
        ValueError: It holds none, or one of another format.
    """
    try:
        document = json.loads(text)
        if document.pop("format") != FORMAT:
            raise ValueError("another format")
        known = {field.name for field in fields(Manifest)}
        if not document.keys() <= known:
            raise ValueError("other fields")
        manifest = Manifest(**document)
        applied = tuple((str(app_label), str(name)) for app_label, name in document["applied"])
        place, origin = Place(**document["place"]), Origin(**document["origin"])
        rows = {str(k): None if v is None else int(v) for k, v in document["rows"].items()}
        verified = tuple(map(str, document.get("verified", ())))
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(str(error)) from error
    if not _is_plain(manifest.file) or not _is_plain(manifest.id):
        raise ValueError("a name that leads elsewhere")
    return replace(
        manifest, applied=applied, place=place, origin=origin, rows=rows, verified=verified
    )


def _is_plain(name: object) -> bool:
    return isinstance(name, str) and re.fullmatch(r"\w[\w.-]*", name, re.ASCII) is not None


def backup_name(alias: str, stamp: str, mark: str) -> str:
    """The name of a new backup.

    Args:
        alias: The database's.
        stamp: The time, as digits.
        mark: A few random characters.
    """
    return f"{re.sub(r'[^A-Za-z0-9_]', '_', alias) or 'database'}-{stamp}-{mark}"


def to_drop(manifests: Iterable[Manifest], newest: Manifest, keep: int) -> tuple[Manifest, ...]:
    """The backups of the same database that are too many, oldest first; never the newest.

    Args:
        manifests: All that there are.
        newest: The one that has just been made.
        keep: How many are to stay; 0 for all.
    """
    same = sorted(
        (m for m in manifests if m.place == newest.place and m.id != newest.id),
        key=lambda m: m.created,
    )
    return tuple(same[: max(0, len(same) + 1 - keep)]) if keep else ()
