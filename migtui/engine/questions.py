"""Which function answers which request.

What answers is imported where it is asked for: all of it together takes about as long as Django
itself, and a command asks two or three questions.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from migtui.engine.protocol.base import Report, Request
from migtui.engine.protocol.orders import GatherEvidence, ReplayOrders, TryOrders
from migtui.engine.protocol.project import (
    DescribeProject,
    DetectModelChanges,
    LoadGraph,
    ReadApplied,
)
from migtui.engine.protocol.sql import CountRows, WriteSql

Answer: TypeAlias = Callable[[Any, Report], Any]
"""Takes a request, and what is called as it gets on; returns the reply."""


def answer_to(request: Request[Any]) -> Answer:
    """The function that answers such a request."""
    match request:
        case DescribeProject():
            from migtui.engine.facts import describe_project

            return lambda _request, _report: describe_project()
        case LoadGraph():
            from migtui.engine.graph import load_graph

            return lambda request, _report: load_graph(request)
        case DetectModelChanges():
            from migtui.engine.model_changes import detect_model_changes

            return lambda request, _report: detect_model_changes(request)
        case ReadApplied():
            from migtui.engine.applied import read_applied

            return lambda request, _report: read_applied(request)
        case WriteSql():
            from migtui.engine.sql import write_sql

            return write_sql
        case CountRows():
            from migtui.engine.rows import count_rows

            return lambda request, _report: count_rows(request)
        case ReplayOrders():
            from migtui.engine.replay import replay_orders

            return replay_orders
        case TryOrders():
            from migtui.engine.scratch import try_orders

            return try_orders
        case GatherEvidence():
            from migtui.engine.scratch import gather_evidence

            return gather_evidence
    return _answer_about_squashes(request)


def _answer_about_squashes(request: Request[Any]) -> Answer:
    from migtui.engine.protocol.squash import DraftSquash, ProveSquash

    match request:
        case DraftSquash():
            from migtui.engine.draft import draft_squash

            return draft_squash
        case ProveSquash():
            from migtui.engine.proof import prove_squash

            return prove_squash
    from migtui.engine.database_questions import answer_about_databases

    return answer_about_databases(request)
