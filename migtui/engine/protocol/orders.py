"""Questions about orders of branches: replayed on Django's state, tried on databases."""

from dataclasses import dataclass

from migtui.core.migration import MigrationKey
from migtui.core.verdict import Evidence
from migtui.engine.protocol.base import OverlayFile, Request


@dataclass(frozen=True, slots=True)
class ReplayOrders(Request[Evidence]):
    """What do these orders of branches make of Django's state?

    Attributes:
        migrations: Those of every branch; all else that they depend on runs before them.
        orders: Orders of leaves.
        overlay: Files as they would be.
    """

    migrations: tuple[MigrationKey, ...]
    orders: tuple[tuple[MigrationKey, ...], ...]
    overlay: tuple[OverlayFile, ...] = ()


@dataclass(frozen=True, slots=True)
class TryOrders(Request[Evidence]):
    """What do these orders of branches make of a database? One is made for it, and dropped.

    Attributes:
        migrations: As in ``ReplayOrders``.
        orders: As in ``ReplayOrders``.
        vendor: ``sqlite``, in memory, or that of a server.
        alias: The configured database whose backend, and whose server, is used; its content is
            never touched. Empty where another server is meant, or plain SQLite.
        uri: Of a PostgreSQL server: ``postgresql://user:password@host:port``.
        run_python: Whether functions of RunPython are run; else they are left out.
        python_seconds: How long each of them may take.
        overlay: Files as they would be.
    """

    migrations: tuple[MigrationKey, ...]
    orders: tuple[tuple[MigrationKey, ...], ...]
    vendor: str = "sqlite"
    alias: str = ""
    uri: str = ""
    run_python: bool = False
    python_seconds: float = 10.0
    overlay: tuple[OverlayFile, ...] = ()


@dataclass(frozen=True, slots=True)
class GatheredEvidence:
    """Several answers."""

    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class GatherEvidence(Request[GatheredEvidence]):
    """What do orders make of Django's state, and of a database?

    Both questions at once: loading the migrations is most of the work.
    """

    trial: TryOrders
