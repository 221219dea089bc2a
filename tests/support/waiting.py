"""Waits for a condition that nobody announces."""

import time
from collections.abc import Callable


def wait_for(predicate: Callable[[], object], *, seconds: float = 60) -> None:
    """Look again and again, until it is so.

    Args:
        predicate: What has to become true.
        seconds: After which it never will.
    """
    deadline = time.monotonic() + seconds
    while not predicate():
        assert time.monotonic() < deadline, "it did not become so"
        time.sleep(0.002)
