"""What Django makes of a conflict's orders, and the verdict by all that is known."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from migtui.core.evidence import combine, orders_to_try
from migtui.core.explanation import Explanation
from migtui.core.resolution import find_resolutions
from migtui.core.verdict import Evidence
from migtui.engine.client import Engine
from migtui.engine.protocol import Progress, ReplayOrders, Request, TryOrders
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
    project has one configured, and where ``migtui[postgres]`` is installed; MySQL where the project
    has one configured. What fails is evidence that says why, and has no kind.

    Args:
        engine: Django.
        explanation: Of the conflict, as read.
        databases: Vendors to try on.
        run_python: Whether RunPython functions run, too.
        progress: Called as the answers get on.

    Raises:
        EngineCancelledError: The developer did not want to wait.
    """
    conflict = explanation.conflict
    orders = orders_to_try(conflict, explanation.verdict)
    migrations = tuple(sorted(conflict.migrations))
    found = [_ask(engine, ReplayOrders(migrations, orders), "state", None, progress)]
    for vendor in databases:
        tried = []
        for alias, uri in _servers(engine, vendor):
            request = TryOrders(migrations, orders, vendor, alias, uri, run_python)
            tried.append((alias, _ask(engine, request, "scratch", vendor, progress)))
            if tried[-1][1].kind is not None:
                break
        # A server that the project does not use, and that can't be used, is nobody's concern.
        answers = [entry for alias, entry in tried if entry.kind or alias or vendor == "sqlite"]
        found += answers[-1:]
    return tuple(found)


def weigh(project: Project, explanation: Explanation, evidence: Sequence[Evidence]) -> Explanation:
    """The explanation with its verdict, and the ways out, by this evidence as well."""
    verdict = combine(explanation.verdict, evidence)
    resolutions = find_resolutions(project.graph, explanation.conflict, verdict, explanation.facts)
    return replace(explanation, verdict=verdict, resolutions=resolutions)


def _ask(
    engine: Engine,
    request: Request[Evidence],
    method: str,
    vendor: str | None,
    progress: Report | None,
) -> Evidence:
    try:
        return engine.ask(request, progress)
    except EngineCancelledError:
        raise
    except EngineError as error:
        return Evidence(method, None, vendor, note=error.message)


def _servers(engine: Engine, vendor: str) -> Iterator[tuple[str, str]]:
    """Alias and URI (one of them empty) of servers where scratch databases may be made."""
    aliases = [entry.alias for entry in engine.start().databases if entry.vendor == vendor]
    if vendor == "sqlite":
        yield (aliases or [""])[0], ""
        return
    if vendor == "postgresql" and os.environ.get(SERVER):
        yield "", os.environ[SERVER]
    yield from ((alias, "") for alias in aliases[:1])
    if vendor == "postgresql":
        with bundled_server() as uri:
            if uri:
                yield "", uri
