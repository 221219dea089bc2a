"""What Django makes of a conflict's orders, and the verdict by all that is known."""

from collections.abc import Sequence
from dataclasses import replace

from migtui.core.evidence import combine, orders_to_try
from migtui.core.explanation import Explanation
from migtui.core.verdict import Evidence
from migtui.core.ways_out import find_ways_out
from migtui.engine.client import Engine
from migtui.engine.protocol.base import OverlayFile, Report, Request
from migtui.engine.protocol.orders import GatherEvidence, ReplayOrders, TryOrders
from migtui.engine.protocol.project import DatabaseFacts
from migtui.errors import EngineCancelledError, EngineError
from migtui.services.places import VENDORS, configured_server, servers, why_no_server
from migtui.services.project import Project


def gather(
    engine: Engine,
    explanation: Explanation,
    *,
    databases: Sequence[str] | None = None,
    run_python: bool = False,
    overlay: tuple[OverlayFile, ...] = (),
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
        databases: Vendors to try on, and to say of each why where that can't be done; None to
            try on those that are there.
        run_python: Whether RunPython functions run, too.
        overlay: What a merge that is not finished lays over the files.
        progress: Called as the answers get on.

    Raises:
        EngineStartError: Django can't be asked at all.
        EngineCancelledError: The developer did not want to wait.
    """
    conflict = explanation.conflict
    orders = orders_to_try(conflict, explanation.verdict)
    question = TryOrders(
        tuple(sorted(conflict.migrations)), orders, run_python=run_python, overlay=overlay
    )
    configured = engine.start().databases
    sqlite = configured_server(configured, "sqlite")
    found: list[Evidence] = []
    if databases is None or "sqlite" in databases:
        question_there = replace(question, alias=sqlite.alias if sqlite else "")
        found += _replay_and_try(engine, question_there, progress)
    else:
        found.append(_replay(engine, question, progress))
    for vendor in VENDORS if databases is None else databases:
        if vendor == "sqlite":
            continue
        server = configured_server(configured, vendor)
        tried = _try_servers(engine, replace(question, vendor=vendor), server, progress)
        if databases is not None and not tried:
            note = f"Nothing to try on: {why_no_server(vendor, server)}"
            tried = [Evidence("scratch", None, vendor, note=note)]
        found += [entry for entry in tried if databases is not None or _concerns(entry, server)]
    return tuple(found)


def weigh(
    project: Project,
    explanation: Explanation,
    evidence: Sequence[Evidence],
    *,
    recommends: bool = True,
) -> Explanation:
    """The explanation with its verdict, and the ways out, by this evidence as well."""
    verdict = combine(explanation.verdict, evidence)
    resolutions = find_ways_out(
        project.graph,
        explanation.conflict,
        explanation.operations,
        verdict,
        explanation.facts,
        recommends=recommends,
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
    request = ReplayOrders(question.migrations, question.orders, question.overlay)
    return _ask(engine, request, progress, Evidence("state", None))


def _try(engine: Engine, question: TryOrders, progress: Report | None) -> Evidence:
    return _ask(engine, question, progress, Evidence("scratch", None, question.vendor))


def _try_servers(
    engine: Engine, question: TryOrders, configured: DatabaseFacts | None, progress: Report | None
) -> list[Evidence]:
    """The answer on the first server that gives one, else why none of them does."""
    failed = []
    if configured is not None and not configured.is_local:
        note = f"The server of {configured.alias} is on another machine, so nothing is tried there."
        failed.append(Evidence("scratch", None, question.vendor, note=note))
    for name, uri in servers(question.vendor, configured):
        evidence = _try(engine, replace(question, alias=name, uri=uri), progress)
        if evidence.kind is not None:
            return [evidence]
        failed.append(evidence)
    return failed[:1]


def _concerns(evidence: Evidence, configured: DatabaseFacts | None) -> bool:
    """Whether anybody wants to know: of a vendor that the project does not use, only answers."""
    return evidence.kind is not None or configured is not None


def _ask(
    engine: Engine, request: Request[Evidence], progress: Report | None, failed: Evidence
) -> Evidence:
    try:
        return engine.ask(request, progress)
    except EngineCancelledError:
        raise
    except EngineError as error:
        return replace(failed, note=error.message)
