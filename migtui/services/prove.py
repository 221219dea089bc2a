"""Whether a squash does what it replaces, on each kind of database that the project uses."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from migtui.core.squash_plan import SquashPlan, SquashProof
from migtui.engine.client import Engine
from migtui.engine.protocol.base import Report
from migtui.engine.protocol.orders import TryOrders
from migtui.engine.protocol.project import DatabaseFacts, ProjectFacts
from migtui.engine.protocol.squash import ProveSquash
from migtui.errors import EngineCancelledError, EngineError
from migtui.services.overlays import overlay_of
from migtui.services.places import configured_server, servers, why_no_server
from migtui.services.project import Project

SQLITE = "sqlite"
PATIENCE = 1800.0
"""Seconds that the migrations may take on one kind of database."""


def prove(
    project: Project,
    engine: Engine,
    facts: ProjectFacts,
    plan: SquashPlan,
    *,
    progress: Report | None = None,
) -> tuple[SquashProof, ...]:
    """Try the squash on SQLite, in memory, and on the project's kinds of server.

    Servers as for evidence: those of this machine, or the one that ``MIGTUI_POSTGRESQL`` names, or
    a PostgreSQL from pip.

    Args:
        project: The project.
        engine: Django.
        facts: Its databases.
        plan: One that can be written.
        progress: Called as the migrations get on.

    Raises:
        EngineCancelledError: The developer did not want to wait.
    """
    return tuple(prove_each(project, engine, facts, plan, progress=progress))


def prove_each(
    project: Project,
    engine: Engine,
    facts: ProjectFacts,
    plan: SquashPlan,
    *,
    progress: Report | None = None,
) -> Iterator[SquashProof]:
    """What ``prove`` tries, one after another: whoever has seen enough can stop asking."""
    if plan.changes is None or plan.draft is None or plan.graph is None:
        return
    path = str(project.root / plan.graph.migrations[plan.key].path)
    overlay = overlay_of(project, plan.changes)
    question = ProveSquash(
        plan.key.app_label,
        plan.key.name,
        tuple(sorted(overlay, key=lambda file: file.path != path)),
        TryOrders((), ()),
        elides=bool(plan.draft.elided),
    )
    own = [entry.vendor for entry in facts.databases if entry.vendor]
    for vendor in dict.fromkeys([SQLITE, *own]):
        configured = configured_server(facts.databases, vendor)
        yield _prove_on(engine, question, vendor, configured, progress)


def is_proved(proofs: Sequence[SquashProof], facts: ProjectFacts) -> bool:
    """Whether proofs are enough to write: nothing speaks against, and one speaks for it.

    One kind of database that could not be tried does not count against it where it is not the
    project's, or where it is a server that nobody can make databases on.
    """
    if any(proof.speaks_against for proof in proofs):
        return False
    own = {entry.vendor for entry in facts.databases}
    equal = {proof.vendor for proof in proofs if proof.is_equal}
    return bool(equal) and (SQLITE not in own or SQLITE in equal)


def _prove_on(
    engine: Engine,
    question: ProveSquash,
    vendor: str,
    configured: DatabaseFacts | None,
    progress: Report | None,
) -> SquashProof:
    if vendor == SQLITE:
        alias = configured.alias if configured else ""
        return _ask(engine, question, TryOrders((), (), vendor, alias), progress)
    found = SquashProof(vendor, error=f"It can't be tried: {why_no_server(vendor, configured)}.")
    for alias, uri in servers(vendor, configured):
        found = _ask(engine, question, TryOrders((), (), vendor, alias, uri), progress)
        if found.migrations:
            return found
    return found


def _ask(
    engine: Engine, question: ProveSquash, server: TryOrders, progress: Report | None
) -> SquashProof:
    try:
        return engine.ask(replace(question, server=server), progress, timeout=PATIENCE)
    except EngineCancelledError:
        raise
    except EngineError as error:
        return SquashProof(server.vendor, error=error.message)
