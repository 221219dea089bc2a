"""Where a migration that ended half-way has stopped on a database, and the SQL that leads out."""

from migtui.core.halfway import Halfway
from migtui.core.migration import MigrationKey
from migtui.engine.client import Engine
from migtui.engine.protocol.base import Report
from migtui.engine.protocol.history import FindHalfway
from migtui.engine.protocol.orders import TryOrders
from migtui.engine.protocol.project import DatabaseFacts
from migtui.errors import DatabaseError
from migtui.services.databases import UNLIMITED, as_error, require_database
from migtui.services.places import servers, why_no_server


def find_halfway(
    engine: Engine,
    key: MigrationKey,
    alias: str,
    progress: Report | None = None,
) -> Halfway:
    """Compare a database with each point of a migration. Nothing is written there.

    What it is compared with is made on scratch databases, as for evidence: never on a server of
    another machine.

    Args:
        engine: Django.
        key: The migration.
        alias: The database.
        progress: Called as it gets on.

    Raises:
        NotFoundError: There is no such database in the settings.
        DatabaseError: It can't be told.
        EngineError: Django could not be asked.
    """
    require_database(engine, alias)
    facts = next(entry for entry in engine.start().databases if entry.alias == alias)
    found: Halfway | None = None
    for server in _servers(facts):
        found = engine.ask(
            FindHalfway(alias, (key.app_label, key.name), server), progress, UNLIMITED
        )
        if found.trouble is None or found.server:
            break
    if found is None:
        raise DatabaseError(
            f"{alias}: there is nothing to compare it with: "
            f"{why_no_server(facts.vendor or '', facts)}.",
            help="What it would be is made on a scratch database of the same vendor on this "
            "machine.",
        )
    if found.trouble is not None:
        raise as_error(alias, found.trouble)
    return found


def _servers(facts: DatabaseFacts) -> "list[TryOrders]":
    vendor = facts.vendor or ""
    if vendor == "sqlite":
        return [TryOrders((), (), vendor, facts.alias)]
    return [TryOrders((), (), vendor, alias, uri) for alias, uri in servers(vendor, facts)]
