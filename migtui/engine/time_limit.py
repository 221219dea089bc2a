"""Keeps the project's functions from running for ever."""

import signal
from collections.abc import Callable
from types import FrameType
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Returned = TypeVar("Returned")


class TimeUpError(BaseException):
    """A function took too long. No ``except Exception`` of its own gets hold of this."""


def limited(function: Callable[Given, Returned], seconds: float) -> Callable[Given, Returned]:
    """The same function, which raises ``TimeUpError`` where it takes longer.

    To be called in the main thread, and in one function at a time.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TimeUpError(f"it did not end within {seconds:g} seconds")

    def call(*arguments: Given.args, **keywords: Given.kwargs) -> Returned:
        signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            return function(*arguments, **keywords)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    return call
