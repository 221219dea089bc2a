"""Every request has somebody who answers it."""

import pytest

from migtui.engine.protocol.base import Request
from migtui.engine.protocol.messages import every_message
from migtui.engine.questions import answer_to

REQUESTS = [kind for kind in every_message().values() if issubclass(kind, Request)]


@pytest.mark.parametrize("kind", [kind for kind in REQUESTS if kind is not Request])
def test_every_request_is_answered(kind: type[Request[object]]) -> None:
    assert callable(answer_to(object.__new__(kind)))


def test_what_is_no_question_is_not() -> None:
    with pytest.raises(LookupError, match="Nothing answers Request"):
        answer_to(Request())
