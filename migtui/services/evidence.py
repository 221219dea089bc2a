"""What Django makes of a conflict's orders, and the verdict by all that is known."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from migtui.core.evidence import combine, orders_to_try
from migtui.core.explanation import Explanation
from migtui.core.verdict import Evidence
from migtui.core.ways_out import find_ways_out
from migtui.engine.client import Engine
from migtui.engine.protocol import (
    DatabaseFacts,
    GatherEvidence,
    Progress,
    ReplayOrders,
    Request,
    TryOrders,
)
from migtui.errors import EngineCancelledError, EngineError
from migtui.services.postgresql import bundled_server
from migtui.services.project import Project

SERVER = "MIGTUI_POSTGRESQL"
"""Environment variable: URI of a PostgreSQL where scratch databases may be made."""
VENDORS = ("sqlite", "postgresql", "mysql")

Report = Callable[[Progress], None]


def gather(
    engine: Engine,
    explanation: Explanation,
    *,
    databases: Sequence[str] = VENDORS,
    run_python: bool = False,
    progress: Report | None = None,
) -> tuple[Evidence, ...]:
    """Have Django replay the orders on its state, then try them on scratch databases.

    SQLite is always at hand. PostgreSQL is where ``MIGTUI_POSTGRESQL`` names a server, where the
    project has one configured on this machine, and where ``migtui[postgres]`` is installed; MySQL
    where the project has one configured on this machine. (Nobody wants databases made on a
    production server because somebody looked at a conflict.) What fails is evidence that says
    why, and has no kind.

    Args:
        engine: Django.
        explanation: Of the conflict, as read.
        databases: Vendors to try on.
        run_python: Whether RunPython functions run, too.
        progress: Called as the answers get on.

    Raises:
        EngineStartError: Django can't be asked at all.
        EngineCancelledError: The developer did not want to wait.
    """
    conflict = explanation.conflict
    orders = orders_to_try(conflict, explanation.verdict)
    question = TryOrders(tuple(sorted(conflict.migrations)), orders, run_python=run_python)
    servers = {entry.vendor: entry for entry in reversed(engine.start().databases)}
    sqlite = servers.get("sqlite")
    found: list[Evidence] = []
    if "sqlite" in databases:
        question_there = replace(question, alias=sqlite.alias if sqlite else "")
        found += _replay_and_try(engine, question_there, progress)
    else:
        found.append(_replay(engine, question, progress))
    for vendor in databases:
        if vendor != "sqlite":
            on_vendor = replace(question, vendor=vendor)
            found += _try_servers(engine, on_vendor, servers.get(vendor), progress)
    return tuple(found)


def weigh(project: Project, explanation: Explanation, evidence: Sequence[Evidence]) -> Explanation:
    """The explanation with its verdict, and the ways out, by this evidence as well."""
    verdict = combine(explanation.verdict, evidence)
    resolutions = find_ways_out(
        project.graph, explanation.conflict, explanation.operations, verdict, explanation.facts
    )
    return replace(explanation, verdict=verdict, resolutions=resolutions)


def _replay_and_try(
    engine: Engine, question: TryOrders, progress: Report | None
) -> tuple[Evidence, ...]:
    try:
        return engine.ask(GatherEvidence(question), progress).evidence
    except EngineCancelledError:
        raise
    except EngineError:  # what ended one answer need not end the other
        return _replay(engine, question, progress), _try(engine, question, progress)


def _replay(engine: Engine, question: TryOrders, progress: Report | None) -> Evidence:
    request = ReplayOrders(question.migrations, question.orders)
    return _ask(engine, request, progress, Evidence("state", None))


def _try(engine: Engine, question: TryOrders, progress: Report | None) -> Evidence:
    return _ask(engine, question, progress, Evidence("scratch", None, question.vendor))


def _try_servers(
    engine: Engine, question: TryOrders, configured: DatabaseFacts | None, progress: Report | None
) -> list[Evidence]:
    """The answer on the first server that gives one, else why the configured one gives none.

    One that the project does not use, and that can't be used, is nobody's concern.
    """
    failed = []
    if configured is not None and not configured.is_local:
        note = f"The server of {configured.alias} is on another machine, so nothing is tried there."
        failed.append(Evidence("scratch", None, question.vendor, note=note))
        configured = None
    for name, uri in _servers(question.vendor, configured):
        evidence = _try(engine, replace(question, alias=name, uri=uri), progress)
        if evidence.kind is not None:
            return [evidence]
        if name:
            failed.append(evidence)
    return failed


def _servers(vendor: str, configured: DatabaseFacts | None) -> Iterator[tuple[str, str]]:
    """Where scratch databases may be made: an alias, or else a URI."""
    if vendor == "postgresql" and os.environ.get(SERVER):
        yield "", os.environ[SERVER]
    if configured is not None:
        yield configured.alias, ""
    if vendor == "postgresql":
        with bundled_server() as uri:
            if uri:
                yield "", uri


def _ask(
    engine: Engine, request: Request[Evidence], progress: Report | None, failed: Evidence
) -> Evidence:
    try:
        return engine.ask(request, progress)
    except EngineCancelledError:
        raise
    except EngineError as error:
        return replace(failed, note=error.message)
