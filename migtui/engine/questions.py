"""Which function answers which request."""

from collections.abc import Callable
from typing import Any

from migtui.engine.applied import read_applied
from migtui.engine.database_questions import DATABASE_ANSWERS
from migtui.engine.draft import draft_squash
from migtui.engine.facts import describe_project
from migtui.engine.graph import load_graph
from migtui.engine.model_changes import detect_model_changes
from migtui.engine.proof import prove_squash
from migtui.engine.protocol.base import Progress, Request
from migtui.engine.protocol.orders import GatherEvidence, ReplayOrders, TryOrders
from migtui.engine.protocol.project import (
    DescribeProject,
    DetectModelChanges,
    LoadGraph,
    ReadApplied,
)
from migtui.engine.protocol.sql import CountRows, WriteSql
from migtui.engine.protocol.squash import DraftSquash, ProveSquash
from migtui.engine.replay import replay_orders
from migtui.engine.rows import count_rows
from migtui.engine.scratch import gather_evidence, try_orders
from migtui.engine.sql import write_sql

Report = Callable[[Progress], None]

_ANSWERS: dict[type[Request[Any]], Callable[[Any, Report], Any]] = {
    DescribeProject: lambda _request, _report: describe_project(),
    LoadGraph: lambda request, _report: load_graph(request),
    DetectModelChanges: lambda request, _report: detect_model_changes(request),
    ReadApplied: lambda request, _report: read_applied(request),
    WriteSql: write_sql,
    CountRows: lambda request, _report: count_rows(request),
    ReplayOrders: replay_orders,
    TryOrders: try_orders,
    GatherEvidence: gather_evidence,
    **DATABASE_ANSWERS,
    DraftSquash: draft_squash,
    ProveSquash: prove_squash,
}


def answer(request: Request[Any], report: Report) -> Any:  # noqa: ANN401 - of the request's reply type
    """The reply to a request; ``report`` is called as it gets on."""
    return _ANSWERS[type(request)](request, report)
