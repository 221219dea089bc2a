"""What all questions and answers have: progress, failures, files laid over the project."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

ReplyT = TypeVar("ReplyT")


@dataclass(frozen=True, slots=True)
class Request(Generic[ReplyT]):
    """A question; ``ReplyT`` is the type of its answer."""


@dataclass(frozen=True, slots=True)
class OverlayFile:
    """A file as it would be: absolute path, content, None where it would not be there."""

    path: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an answer is: ``done`` of ``total`` steps, the present one in words."""

    done: int
    total: int
    text: str


Report: TypeAlias = Callable[[Progress], None]
"""Called as an answer gets on."""


@dataclass(frozen=True, slots=True)
class Said(Progress):
    """A piece of text on the way to an answer.

    Attributes:
        is_output: Whether Django's own command printed it; else it is migtui that says something.
    """

    is_output: bool = False


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop answering the question with this number."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """The interpreter can't run an engine: no Django, or too old."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Something of the project, or of migtui, raised.

    Attributes:
        message: The exception on one line.
        traceback: Of it.
    """

    message: str
    traceback: str


@dataclass(frozen=True, slots=True)
class Stale:
    """Source files of the project changed since the engine loaded them: start another."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The process that was to answer is gone; its status as ``os.waitstatus_to_exitcode`` says."""

    status: int
