"""One writer at a time: a lock that the system takes back when its holder dies."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from migtui.errors import StorageError

TIMEOUT = 10.0
"""Seconds to wait for another migtui; writing takes well below one."""


@contextlib.contextmanager
def write_lock(directory: Path, *, timeout: float = TIMEOUT) -> Iterator[None]:
    """Hold the lock of a journal while something is written.

    Args:
        directory: The journal's, which is there.
        timeout: Seconds to wait for another holder.

    Raises:
        StorageError: Somebody else holds it; the message says who.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - 30 ms that reading commands don't need

    lock = FileLock(directory / "lock")
    holder = directory / "lock.holder"
    try:
        lock.acquire(timeout=timeout)
    except Timeout as error:
        raise StorageError(
            f"Another migtui is writing to this project: {_read_holder(holder)}.",
            help="Wait until it is done, or end it.",
        ) from error
    except OSError as error:
        raise StorageError(f"{lock.lock_file} can't be locked: {error.strerror}.") from error
    try:
        # For other people's messages only: a disk without room for it is no reason to stop.
        with contextlib.suppress(OSError):
            holder.write_text(json.dumps(_this_process()), encoding="utf-8")
        yield
    finally:
        lock.release()


def _this_process() -> dict[str, str | int]:
    return {
        "process": os.getpid(),
        "host": os.uname().nodename,
        "command": " ".join(sys.argv[1:]),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _read_holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_bytes())
        return f"process {holder['process']} on {holder['host']} since {holder['since']}"
    except (OSError, ValueError, LookupError, TypeError):
        return "its process is not known"
