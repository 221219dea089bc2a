"""Which function answers which request."""

from collections.abc import Callable
from typing import Any

from migtui.engine.facts import describe_project
from migtui.engine.graph import load_graph
from migtui.engine.protocol import DescribeProject, LoadGraph, Progress, Request

Report = Callable[[Progress], None]

_ANSWERS: dict[type[Request[Any]], Callable[[Any, Report], Any]] = {
    DescribeProject: lambda _request, _report: describe_project(),
    LoadGraph: lambda request, _report: load_graph(request),
}


def answer(request: Request[Any], report: Report) -> Any:  # noqa: ANN401 - of the request's reply type
    """The reply to a request; ``report`` is called as it gets on."""
    return _ANSWERS[type(request)](request, report)
