"""Where orders can be tried: which scratch databases this machine and this project offer."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from migtui.engine.protocol.project import DatabaseFacts
from migtui.services.postgresql import BUNDLED, bundled_server

SERVER = "MIGTUI_POSTGRESQL"
"""Environment variable: URI of a PostgreSQL where scratch databases may be made."""
VENDORS = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MySQL or MariaDB"}
"""What may be tried on, and how it is called."""


@dataclass(frozen=True, slots=True)
class Place:
    """A vendor, and whether there is a database of it to be had.

    Attributes:
        vendor: A key of ``VENDORS``.
        is_there: Whether scratch databases can be made, as far as is known without asking.
        where: Which server that would be, or why there is none; half a sentence.
    """

    vendor: str
    is_there: bool
    where: str


def configured_server(databases: Sequence[DatabaseFacts], vendor: str) -> DatabaseFacts | None:
    """The first database of the settings with this vendor."""
    return next((entry for entry in databases if entry.vendor == vendor), None)


def places(databases: Sequence[DatabaseFacts]) -> tuple[Place, ...]:
    """Every vendor, with where it would be tried; connects to nothing.

    Args:
        databases: Of the project's settings.
    """
    return tuple(_place(vendor, configured_server(databases, vendor)) for vendor in VENDORS)


def _place(vendor: str, configured: DatabaseFacts | None) -> Place:
    if vendor == "sqlite":
        return Place(vendor, is_there=True, where="in memory")
    if vendor == "postgresql" and os.environ.get(SERVER):
        return Place(vendor, is_there=True, where=f"the server that {SERVER} names")
    if configured is not None and configured.is_local:
        return Place(vendor, is_there=True, where=f"the server of the database {configured.alias}")
    if vendor == "postgresql" and find_spec(BUNDLED) is not None:
        return Place(vendor, is_there=True, where="the one that came with migtui[postgres]")
    return Place(vendor, is_there=False, where=why_no_server(vendor, configured))


def why_no_server(vendor: str, configured: DatabaseFacts | None) -> str:
    """Why nothing can be tried on a vendor, in half a sentence."""
    if configured is not None and not configured.is_local:
        return f"the server of {configured.alias} is on another machine"
    reason = "no database of the settings is one on this machine"
    if vendor == "postgresql":
        reason += f", {SERVER} names none, and migtui[postgres] is not installed"
    return reason


def servers(vendor: str, configured: DatabaseFacts | None) -> Iterator[tuple[str, str]]:
    """Where scratch databases may be made: an alias, or else a URI."""
    if vendor == "postgresql" and os.environ.get(SERVER):
        yield "", os.environ[SERVER]
    if configured is not None and configured.is_local:
        yield configured.alias, ""
    if vendor == "postgresql":
        with bundled_server() as uri:
            if uri:
                yield "", uri
