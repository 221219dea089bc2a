"""Messages to lines of JSON and back, strictly after the annotations of their dataclasses.

Known kinds: str, int, float, bool, bytes (as base64), StrEnum, dataclasses, tuples, dicts
with string keys, and ``X | None``. A field that is missing or not declared, or a value of another
type, is an error: both ends always come from the same migtui, so it is a defect.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from migtui.engine.protocol.messages import find_message

ValueT = TypeVar("ValueT")


class CodecError(ValueError):
    """A value is not what its annotation says, or a line is no message."""


@dataclass(frozen=True, slots=True)
class _Codec:
    """How values of one annotation become JSON and come back."""

    encode: Callable[[object], Any]
    decode: Callable[[object], Any]


def encode_message(number: int, message: object) -> bytes:
    """One line, with the number of the question that the message belongs to.

    Raises:
        CodecError: The message holds something that its annotations don't allow.
    """
    name = type(message).__name__
    if find_message(name) is not type(message):
        raise CodecError(f"{name} is no message.")
    body = _message(name).encode(message)
    return json.dumps([number, name, body], separators=(",", ":")).encode() + b"\n"


def decode_message(line: bytes) -> tuple[int, Any]:
    """The number and the message of a line.

    Raises:
        CodecError: The line is no message, or not a whole one.
    """
    try:
        number, name, body = json.loads(line)
    except (ValueError, TypeError) as error:
        raise CodecError(f"Not a message: {line[:80]!r}") from error
    if type(number) is not int or not isinstance(name, str):
        raise CodecError(f"Not a message: {line[:80]!r}")
    return number, _message(name).decode(body)


@cache
def _message(name: str) -> _Codec:
    kind = find_message(name)
    if kind is None:
        raise CodecError(f"{name!r:.80} is no message.")
    return _dataclass(kind)


def _codec(kind: Any) -> _Codec:  # noqa: ANN401 - annotations have no type of their own
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and origin is None:
        return _of_class(kind)
    if origin is tuple:
        return _sequence(arguments[0]) if arguments[1:] == (...,) else _record(arguments)
    if origin is dict and arguments[0] is str:
        return _dict(arguments[1])
    if origin in (Union, UnionType) and arguments[1:] == (NoneType,):
        return _optional(arguments[0])
    raise CodecError(f"{kind} can't be sent.")


def _of_class(kind: type) -> _Codec:
    if kind in (str, int, bool):
        return _plain(kind)
    if kind is float:
        return _float()
    if kind is bytes:
        return _bytes()
    if issubclass(kind, StrEnum):
        return _enum(kind)
    if is_dataclass(kind):
        return _dataclass(kind)
    raise CodecError(f"{kind} can't be sent.")


def _require(kind: type[ValueT], value: object) -> ValueT:
    if type(value) is not kind:
        raise CodecError(f"{value!r:.80} is not {kind.__name__}.")
    return value


def _plain(kind: type) -> _Codec:
    def same(value: object) -> object:
        return _require(kind, value)

    return _Codec(same, same)


def _float() -> _Codec:
    def number(value: object) -> float:
        return float(value) if type(value) is int else _require(float, value)

    return _Codec(number, number)


def _bytes() -> _Codec:
    def encode(value: object) -> str:
        return base64.b64encode(_require(bytes, value)).decode("ascii")

    def decode(value: object) -> bytes:
        try:
            return base64.b64decode(_require(str, value), validate=True)
        except binascii.Error as error:
            raise CodecError(f"{value!r:.80} is not base64.") from error

    return _Codec(encode, decode)


def _enum(kind: type[StrEnum]) -> _Codec:
    def encode(value: object) -> str:
        return str(_require(kind, value))

    def decode(value: object) -> StrEnum:
        try:
            return kind(_require(str, value))
        except ValueError as error:
            raise CodecError(f"{value!r:.80} is no {kind.__name__}.") from error

    return _Codec(encode, decode)


def _dataclass(kind: type) -> _Codec:
    hints = get_type_hints(kind)
    codecs = {field.name: _codec(hints[field.name]) for field in fields(kind)}

    def encode(value: object) -> dict[str, object]:
        _require(kind, value)
        return {name: codec.encode(getattr(value, name)) for name, codec in codecs.items()}

    def decode(value: object) -> object:
        given = _require(dict, value)
        if given.keys() != codecs.keys():
            odd = sorted(given.keys() ^ codecs.keys())
            raise CodecError(f"{kind.__name__} with missing or unknown fields: {', '.join(odd)}.")
        return kind(**{name: codec.decode(given[name]) for name, codec in codecs.items()})

    return _Codec(encode, decode)


def _sequence(item: object) -> _Codec:
    inner = _codec(item)

    def encode(value: object) -> list[object]:
        return [inner.encode(entry) for entry in _require(tuple, value)]

    def decode(value: object) -> tuple[object, ...]:
        return tuple(inner.decode(entry) for entry in _require(list, value))

    return _Codec(encode, decode)


def _record(items: tuple[object, ...]) -> _Codec:
    inner = tuple(map(_codec, items))

    def pairs(value: tuple[object, ...] | list[object]) -> Iterable[tuple[_Codec, object]]:
        if len(value) != len(inner):
            raise CodecError(f"{value!r:.80} has not {len(inner)} items.")
        return zip(inner, value, strict=True)

    def encode(value: object) -> list[object]:
        return [codec.encode(entry) for codec, entry in pairs(_require(tuple, value))]

    def decode(value: object) -> tuple[object, ...]:
        return tuple(codec.decode(entry) for codec, entry in pairs(_require(list, value)))

    return _Codec(encode, decode)


def _dict(item: object) -> _Codec:
    inner = _codec(item)

    def encode(value: object) -> dict[str, object]:
        given = _require(dict, value)
        return {_require(str, name): inner.encode(entry) for name, entry in given.items()}

    def decode(value: object) -> dict[str, object]:
        return {name: inner.decode(entry) for name, entry in _require(dict, value).items()}

    return _Codec(encode, decode)


def _optional(item: object) -> _Codec:
    inner = _codec(item)
    return _Codec(
        lambda value: None if value is None else inner.encode(value),
        lambda value: None if value is None else inner.decode(value),
    )
