"""The parent's end of the engine: starts it, asks it, and survives whatever happens to it."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from migtui.engine.process import GRACE, EngineProcess, Interrupted, describe_status
from migtui.engine.protocol.base import (
    Cancel,
    Ended,
    Failed,
    Progress,
    Report,
    Request,
    Stale,
    Unfit,
)
from migtui.engine.protocol.project import ProjectFacts
from migtui.errors import (
    EngineCancelledError,
    EngineCrashError,
    EngineError,
    EngineStartError,
    EngineTimeoutError,
)

ReplyT = TypeVar("ReplyT")

# Characters of the project's last output that an error carries along.
TAIL = 8_000


class _StaleError(Exception):
    """The engine says that it runs on old files."""


class Engine:
    """Django, set up as the project does it, in a process of its own.

    It starts with ``start`` or the first ``ask``, and again after a crash, a time-out or a change
    of the project's files. One question is answered at a time; a second one, from another thread,
    waits. Close it, or use it as a context manager.

    Args:
        pythons: Interpreters; the first one that has a Django is taken.
        directory: The project's.
        manage_py: Its manage.py, None where there is none.
        settings: Settings module that was asked for; None to leave it to the environment and
            manage.py.
        log: Called with whatever the project prints, in the thread that asks; terminal escapes
            are left in.
        timeout: Seconds that starting, or an answer, may take.
    """

    def __init__(
        self,
        pythons: Sequence[str],
        directory: Path,
        *,
        manage_py: Path | None = None,
        settings: str | None = None,
        log: Callable[[str], None] | None = None,
        timeout: float = 60.0,
    ) -> None:
        self._pythons = tuple(pythons)
        self._directory = directory
        self._manage_py = str(manage_py or "")
        self._settings = settings or ""
        self._log = log
        self._timeout = timeout
        self._tail = ""
        self._number = 0
        self._process: EngineProcess | None = None
        self._facts: ProjectFacts | None = None
        self._turns = threading.Lock()
        self._state = threading.Lock()
        self._is_asking = False
        self._request: Request[Any] | None = None
        self._awake, self._wake = os.pipe()
        self._is_closed = False

    def start(self) -> ProjectFacts:
        """Set Django up, unless that is done, and say what it knows about the project.

        Raises:
            EngineStartError: Django could not be set up.
            EngineTimeoutError: It took too long.
            EngineCancelledError: ``cancel`` or ``close`` was called meanwhile.
        """
        with self._turn():
            return self._started()[1]

    def begin(self) -> None:
        """Have Django be set up while something else is done; ``start`` waits for it."""
        with self._turn():
            if self._process is None and self._pythons:
                with suppress(OSError):  # said by whoever waits
                    self._process = self._launch(self._pythons[0])

    def ask(
        self,
        request: Request[ReplyT],
        progress: Report | None = None,
        timeout: float | None = None,
    ) -> ReplyT:
        """The reply to a request; starts the engine where it does not run.

        Args:
            request: The question.
            progress: Called in this thread as the answer gets on.
            timeout: Seconds, where other than the engine's.

        Raises:
            EngineStartError: Django could not be set up.
            EngineTimeoutError: No answer in time; the engine was stopped.
            EngineCrashError: The process ended without an answer.
            EngineCancelledError: ``cancel`` or ``close`` was called meanwhile.
            EngineError: The project's code raised where it can't be part of the answer.
        """
        with self._turn(request):
            while True:
                process, _ = self._started()
                try:
                    reply: ReplyT = self._exchange(
                        process, request, progress, self._timeout if timeout is None else timeout
                    )
                except _StaleError:
                    self._end()
                else:
                    return reply

    def cancel(self, *kinds: type[Request[Any]]) -> None:
        """Have the present ``start`` or ``ask``, of another thread, end at once.

        Args:
            kinds: Of questions that are meant; none for all.
        """
        with self._state:
            is_meant = not kinds or isinstance(self._request, kinds)
            if is_meant and self._is_asking and not self._is_closed:
                os.write(self._wake, b"!")

    def close(self) -> None:
        """End the process; what is being asked is cancelled."""
        self.cancel()
        with self._turns, self._state:
            if not self._is_closed:
                self._end(grace=GRACE)
                self._is_closed = True
                os.close(self._awake)
                os.close(self._wake)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _turn(self, request: Request[Any] | None = None) -> Iterator[None]:
        with self._turns:
            with self._state:
                if self._is_closed:
                    raise EngineError("The engine was closed.")
                self._is_asking = True
                self._request = request
            self._tail = ""
            try:
                yield
            finally:
                with self._state:
                    self._is_asking = False
                    self._request = None
                    # A cancellation that came too late must not hit the next question.
                    os.set_blocking(self._awake, False)
                    with suppress(BlockingIOError):
                        os.read(self._awake, 1 << 10)

    def _started(self) -> tuple[EngineProcess, ProjectFacts]:
        if self._process is not None and self._facts is not None:
            return self._process, self._facts
        reasons = []
        for python in self._pythons:
            try:
                process = self._process or self._launch(python)  # the first one may have begun
            except OSError as error:
                reasons.append(f"{python}: it can't be started ({error.strerror})")
                continue
            self._process = process
            message = self._first_message(process)
            if isinstance(message, ProjectFacts):
                self._facts = message
                return process, message
            self._end(grace=GRACE)
            if isinstance(message, Unfit):
                reasons.append(f"{python}: {message.reason}")
            else:
                raise EngineStartError(
                    f"Django can't be set up: {message.message}",
                    help="Mend that, or choose with --settings and --python.",
                    detail=f"{message.traceback}\n{self._tail}".strip(),
                )
        raise EngineStartError(
            f"No interpreter for the project: {'; '.join(reasons)}.",
            help="Give the one that runs the project, with --python or `python` in [tool.migtui].",
        )

    def _launch(self, python: str) -> EngineProcess:
        return EngineProcess(
            python,
            self._directory,
            manage_py=self._manage_py,
            settings=self._settings,
            output=self._take_output,
        )

    def _first_message(self, process: EngineProcess) -> ProjectFacts | Unfit | Failed:
        try:
            _, message = process.receive(time.monotonic() + self._timeout, self._awake)
        except EOFError:
            how = self._end(grace=GRACE)
            raise EngineStartError(
                f"Python ended while Django was being set up ({how}).",
                help="What the project printed last stands in the log.",
                detail=self._tail,
            ) from None
        except TimeoutError:
            self._end()
            raise EngineStartError(
                f"Django was not set up within {self._timeout:g} s.",
                help="`timeout` in [tool.migtui] gives it longer.",
                detail=self._tail,
            ) from None
        except BaseException as error:
            self._end()
            if isinstance(error, Interrupted):
                raise EngineCancelledError("The engine's start was cancelled.") from None
            raise
        return message  # type: ignore[no-any-return]  # the child sends nothing else first

    def _exchange(
        self,
        process: EngineProcess,
        request: Request[Any],
        progress: Report | None,
        timeout: float,
    ) -> Any:  # noqa: ANN401 - the request's reply type
        self._number += 1
        name = type(request).__name__
        try:
            process.send(self._number, request)
            return self._reply(process, name, progress, time.monotonic() + timeout)
        except EOFError:
            raise self._crash(name, self._end(grace=GRACE)) from None
        except TimeoutError:
            self._end()
            raise EngineTimeoutError(
                f"No answer to {name} within {timeout:g} s; the engine was stopped.",
                help="`timeout` in [tool.migtui] gives it longer.",
                detail=self._tail,
            ) from None
        except Interrupted:
            process.send(self._number, Cancel())
            raise EngineCancelledError(f"{name} was cancelled.") from None
        except KeyboardInterrupt:
            process.send(self._number, Cancel())
            raise

    def _reply(
        self,
        process: EngineProcess,
        name: str,
        progress: Report | None,
        deadline: float,
    ) -> Any:  # noqa: ANN401 - the request's reply type
        while True:
            number, message = process.receive(deadline, self._awake)
            if number != self._number:
                continue  # of a question that was cancelled
            match message:
                case Progress():
                    if progress is not None:
                        progress(message)
                case Stale():
                    raise _StaleError
                case Failed():
                    raise EngineError(message.message, detail=message.traceback)
                case Ended():
                    raise self._crash(name, describe_status(message.status))
                case _:
                    return message

    def _crash(self, name: str, how: str) -> EngineCrashError:
        return EngineCrashError(
            f"The engine ended without an answer to {name} ({how}).",
            help="The project's code, or something that it loads, ended the process.",
            detail=self._tail,
        )

    def _end(self, *, grace: float = 0.0) -> str:
        process, self._process, self._facts = self._process, None, None
        return process.end(grace=grace) if process is not None else ""

    def _take_output(self, text: str) -> None:
        self._tail = (self._tail + text)[-TAIL:]
        if self._log is not None:
            self._log(text)
