import json
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migtui.engine.codec import CodecError, decode_message, encode_message
from migtui.engine.protocol.base import Failed, OverlayFile, Progress
from migtui.engine.protocol.messages import every_message
from migtui.engine.protocol.project import LoadGraph, ProjectFacts

# What is not a number is not equal to itself, and no message has a use for it.
st.register_type_strategy(float, st.floats(allow_nan=False))


@pytest.mark.parametrize("kind", every_message().values())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(number=st.integers(), data=st.data())
def test_every_message_comes_back_as_it_was(
    kind: type[object], number: int, data: st.DataObject
) -> None:
    message = data.draw(st.from_type(kind))

    line = encode_message(number, message)

    assert line.count(b"\n") == 1
    assert decode_message(line) == (number, message)


def test_bytes_and_lone_surrogates_travel() -> None:
    message = LoadGraph((OverlayFile("/a/\udcff.py", bytes(range(256))), OverlayFile("/b", None)))

    assert decode_message(encode_message(1, message)) == (1, message)


@pytest.mark.parametrize(
    "message",
    [
        Progress(done=True, total=2, text="a bool is no int"),
        Progress(done=1.0, total=2, text="nor is a float"),  # type: ignore[arg-type]
        Failed(b"bytes", ""),  # type: ignore[arg-type]
        LoadGraph([]),  # type: ignore[arg-type]
        LoadGraph((Failed("", ""),)),  # type: ignore[arg-type]
        ProjectFacts("", "", "", (), (), {1: ""}),  # type: ignore[dict-item]
    ],
)
def test_a_value_that_its_annotation_forbids_is_not_sent(message: object) -> None:
    with pytest.raises(CodecError):
        encode_message(1, message)


def test_only_messages_are_sent() -> None:
    @dataclass
    class Stranger:
        pass

    with pytest.raises(CodecError, match="Stranger is no message"):
        encode_message(1, Stranger())


def change(**fields: object) -> bytes:
    body = {"done": 1, "total": 2, "text": "", **fields}
    return json.dumps([1, "Progress", body]).encode()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b'[1,"Progress",{"done":1,',
        b"\xff\xfe",
        b"null",
        b'{"done": 1}',
        b'[1,"Unheard",{}]',
        b'["1","Stale",{}]',
        b'[1,"Progress",{"done":1,"total":2}]',
        change(unheard=3),
        change(done="1"),
        change(text=None),
        b'[1,"LoadGraph",{"overlay":[{"path":"/a","content":"%"}]}]',
        b'[1,"AppliedMigrations",{"alias":"","rows":[["one"]],"error":""}]',
    ],
)
def test_a_line_that_is_not_wholly_a_message_is_refused(line: bytes) -> None:
    with pytest.raises(CodecError):
        decode_message(line)
