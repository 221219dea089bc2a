"""A process in a real pseudo-terminal: what it paints, and keys for it."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_ESCAPES = re.compile(r"\x1b(\[[0-9;?<>=]*[a-zA-Z$]|\][^\x07]*\x07|.)")
_COLOUR = re.compile(r"[34]8;2;(\d+);(\d+);(\d+)")


class Terminal:
    """The other end of a process's terminal."""

    def __init__(self, process: "subprocess.Popen[bytes]", descriptor: int) -> None:
        self.process = process
        self._descriptor = descriptor
        self.painted = ""
        self.colours: set[tuple[str, ...]] = set()
        """Red, green and blue of every colour that was painted."""

    def press(self, keys: str) -> None:
        """Send keys."""
        os.write(self._descriptor, keys.encode())

    def wait_for(self, text: str, *, seconds: float = 60) -> None:
        """Read until a text was painted after what was waited for last."""
        self._read_until(lambda: text in _ESCAPES.sub("", self.painted), seconds, text)
        self.colours.update(_COLOUR.findall(self.painted))
        self.painted = ""

    def wait_for_end(self, *, seconds: float = 60) -> int:
        """Read until the process has ended; returns its status."""
        self._read_until(lambda: self.process.poll() is not None, seconds, "the end")
        return self.process.wait()

    def wait_for_file(self, path: Path, *, seconds: float = 60) -> str:
        """Read until a file is there that is not empty; returns its text."""
        self._read_until(lambda: path.is_file() and path.stat().st_size, seconds, str(path))
        return path.read_text()

    def _read_until(self, predicate: Callable[[], object], seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not predicate():
            if time.monotonic() > deadline:
                raise AssertionError(f"No {what!r} in:\n{_ESCAPES.sub('', self.painted)}")
            if select.select([self._descriptor], [], [], 0.05)[0]:
                try:
                    self.painted += os.read(self._descriptor, 1 << 16).decode(errors="replace")
                except OSError:  # the process has closed its end
                    self.process.wait(seconds)


@contextmanager
def terminal(
    command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], size: tuple[int, int]
) -> Iterator[Terminal]:
    """A process in a terminal of so many columns and rows; killed at the end."""
    ours, theirs = pty.openpty()
    columns, rows = size
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = subprocess.Popen(
        command,
        cwd=cwd,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={
            **os.environ,
            "TERM": "xterm-256color",
            "COLUMNS": str(columns),
            "LINES": str(rows),
            **environment,
        },
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
