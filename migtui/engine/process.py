"""The engine's process as the parent holds it: pipes, messages, output, and a sure end."""

import os
import selectors
import signal
import subprocess
import time
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from migtui.engine.codec import CodecError, decode_message, encode_message

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
CHUNK = 1 << 16
# Seconds that the process has to leave by itself when it is no longer needed.
GRACE = 2.0


class Interrupted(Exception):  # noqa: N818 - no error: somebody asked for it
    """Waiting was interrupted by a byte on the wake-up pipe."""


class EngineProcess:
    """A child process; requests go in, messages and the project's output come out.

    Args:
        python: The interpreter.
        directory: The project's, where it is started.
        manage_py: Path of manage.py; empty where there is none.
        settings: Settings module; empty to leave it to the environment and manage.py.
        output: Called with whatever the project prints, in the thread that waits.

    Raises:
        OSError: The interpreter can't be started.
    """

    def __init__(
        self,
        python: str,
        directory: Path,
        *,
        manage_py: str,
        settings: str,
        output: Callable[[str], None],
    ) -> None:
        requests, self._requests = os.pipe()
        self._replies, replies = os.pipe()
        # Its end tells the process that this one is gone.
        lifeline, self._lifeline = os.pipe()
        theirs = (requests, replies, lifeline)
        arguments = [*map(str, theirs), str(directory), manage_py, settings]
        try:
            self._popen = subprocess.Popen(
                [python, "-u", "-X", "faulthandler", str(BOOTSTRAP), *arguments],
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=theirs,
                # Its own session and group: ctrl+c in the terminal is not for it, and what it
                # started ends with it.
                start_new_session=True,
            )
        except BaseException:
            self._close()
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        self._output = self._popen.stdout.fileno() if self._popen.stdout else -1
        self._on_output = output
        self._decoder = getincrementaldecoder("utf-8")(errors="replace")
        self._unsent = b""
        self._partial = bytearray()
        self._messages: deque[tuple[int, Any]] = deque()
        os.set_blocking(self._requests, False)
        os.set_blocking(self._output, False)

    @property
    def pid(self) -> int:
        """Of the process, and of its group."""
        return self._popen.pid

    def send(self, number: int, message: object) -> None:
        """Send a message: as much as goes now, the rest with the next ``receive``."""
        self._unsent += encode_message(number, message)
        self._flush()

    def receive(self, deadline: float, wake: int) -> tuple[int, Any]:
        """Wait for the next message.

        Args:
            deadline: When to give up, by ``time.monotonic``.
            wake: A descriptor; waiting ends when something can be read there.

        Raises:
            TimeoutError: The deadline is over.
            EOFError: The process closed its pipe: it has ended, or is about to.
            Interrupted: There is something on ``wake``.
        """
        while not self._messages:
            readable, writable = self._wait(deadline, wake)
            if self._output in readable:
                self._read_output()
            if self._requests in writable:
                self._flush()
            if self._replies in readable:
                self._read_replies()
            elif wake in readable:
                raise Interrupted
        return self._messages.popleft()

    def _wait(self, deadline: float, wake: int) -> tuple[set[int], set[int]]:
        with selectors.DefaultSelector() as selector:
            for descriptor in (self._replies, self._output, wake):
                if descriptor >= 0:
                    selector.register(descriptor, selectors.EVENT_READ)
            if self._unsent:
                selector.register(self._requests, selectors.EVENT_WRITE)
            events = selector.select(max(0.0, deadline - time.monotonic()))
        if not events:
            raise TimeoutError
        ready = [(key.fd, mask) for key, mask in events]
        return (
            {descriptor for descriptor, mask in ready if mask & selectors.EVENT_READ},
            {descriptor for descriptor, mask in ready if mask & selectors.EVENT_WRITE},
        )

    def _flush(self) -> None:
        with suppress(BlockingIOError, BrokenPipeError):  # the end shows where replies are read
            while self._unsent:
                self._unsent = self._unsent[os.write(self._requests, self._unsent) :]

    def _read_replies(self) -> None:
        chunk = os.read(self._replies, CHUNK)
        if not chunk:
            raise EOFError
        first, *others = chunk.split(b"\n")
        self._partial += first
        if not others:
            return
        lines = (bytes(self._partial), *others[:-1])
        self._partial = bytearray(others[-1])
        for line in lines:
            # Half a line is what a process leaves that is killed while it writes.
            with suppress(CodecError):
                self._messages.append(decode_message(line))

    def _read_output(self) -> bool:
        """Hand on a chunk of output; False where there is none now, or never again."""
        try:
            chunk = os.read(self._output, CHUNK)
        except BlockingIOError:
            return False
        if not chunk:
            self._output = -1
        elif text := self._decoder.decode(chunk):
            self._on_output(text)
        return bool(chunk)

    def end(self, *, grace: float = 0.0) -> str:
        """End the process and its group for sure; says how it ended: ``exit code 3``, ``SIGSEGV``.

        Args:
            grace: Seconds that it may take to leave by itself.
        """
        os.close(self._requests)
        self._requests = -1
        self._unsent = b""
        if grace:
            with suppress(TimeoutError, EOFError):
                while True:
                    self._messages.clear()
                    self.receive(time.monotonic() + grace, -1)
            with suppress(subprocess.TimeoutExpired):
                self._popen.wait(grace)
        # As long as the watching process lives, the group's id can't become another's.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        status = self._popen.wait()
        while self._output >= 0 and self._read_output():
            pass
        self._close()
        return describe_status(status)

    def _close(self) -> None:
        for descriptor in (self._requests, self._replies, self._lifeline):
            if descriptor >= 0:
                os.close(descriptor)
        popen = getattr(self, "_popen", None)
        if popen is not None:
            popen.stdout.close()


def describe_status(status: int) -> str:
    """A return code of ``subprocess`` in words."""
    if status >= 0:
        return f"exit code {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
