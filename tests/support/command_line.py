"""Runs the command line in this process, in one of its own, or in a terminal."""

import contextlib
import io
import os
import pty
import select
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from migtui.cli.main import main

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Result:
    """What a command answered."""

    code: int
    out: str
    err: str


def run(*arguments: object) -> Result:
    """Run a command in this process, with neither a terminal nor an input."""
    out, err = _stream(), _stream()
    before = sys.stdin
    sys.stdin = io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = main([str(argument) for argument in arguments])
            except SystemExit as stop:
                code = stop.code if isinstance(stop.code, int) else 1
    finally:
        sys.stdin = before
    return Result(code, _text(out), _text(err))


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="surrogateescape")


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    content = stream.buffer
    assert isinstance(content, io.BytesIO)
    return content.getvalue().decode("utf-8", "surrogateescape")


def command(*arguments: object) -> list[str]:
    """The command line that runs migtui under this Python."""
    return [sys.executable, "-m", "migtui", *map(str, arguments)]


def environment(**variables: str) -> dict[str, str]:
    """The environment of a process that finds this migtui and little else."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    return found | {"PYTHONPATH": str(REPOSITORY), "TERM": "xterm-256color"} | variables


def run_process(
    *arguments: object, cwd: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, its input at its end."""
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Terminal:
    """A command in a terminal of its own, to be read from and typed into; a context manager.

    Args:
        arguments: Of the command.
    """

    def __init__(self, *arguments: object, **variables: str) -> None:
        self._screen, inner = pty.openpty()
        self._process = subprocess.Popen(
            command(*arguments),
            env=environment(**variables),
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
        )
        os.close(inner)
        self.text = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._screen)
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def read_until(self, expected: str, *, timeout: float = 60) -> None:
        """Read what appears, until something does.

        Args:
            expected: What to wait for.
            timeout: Seconds after which nothing more is expected.
        """
        while expected not in self.text:
            ready, _, _ = select.select([self._screen], [], [], timeout)
            assert ready, f"{expected!r} did not appear in {self.text!r}"
            self.text += os.read(self._screen, 65536).decode()

    def type(self, text: str) -> None:
        """Type something."""
        os.write(self._screen, text.encode())

    def finish(self, *, timeout: float = 60) -> int:
        """Read to the end; returns the exit code."""
        while True:
            try:
                ready, _, _ = select.select([self._screen], [], [], timeout)
                assert ready, f"no end after {self.text!r}"
                found = os.read(self._screen, 65536)
            except OSError:  # how Linux says that nobody is left on the other side
                break
            if not found:
                break
            self.text += found.decode()
        return self._process.wait(timeout)
