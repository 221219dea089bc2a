"""The engine's process: sets Django up once, then answers each question in a fork of itself.

A fork starts with Django loaded and with nothing else: the modules of migrations, overlays, patches
and caches of one answer never reach the next, and a migration that calls ``os._exit``, leaks or
crashes ends that answer only. (Emptying ``sys.modules`` instead would miss what other modules have
imported by name.) The serving process runs no project code any more, so it always notices that a
question is cancelled or that migtui is gone.
"""

import gc
import os
import select
import signal
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn, TypeAlias

from migtui.engine.codec import decode_message, encode_message
from migtui.engine.freshness import Files, files_in_use
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
from migtui.engine.protocol.project import DescribeProject
from migtui.engine.startup import UnfitError, headline, take_over, trace

CHUNK = 1 << 16

Answer: TypeAlias = Callable[[Request[Any], Report], Any]


def run(requests: int, replies: int, watcher: int, *, manage_py: str, settings: str) -> NoReturn:
    """Set Django up and serve until the pipe of requests is closed.

    Args:
        requests: Descriptor that questions are read from.
        replies: Descriptor that answers are written to.
        watcher: Id of the child process that watches over this one.
        manage_py: Path of the project's manage.py; empty where there is none.
        settings: Settings module asked for; empty where none was.
    """
    server = _Server(requests, replies, watcher)
    keeps_bytecode = not sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # what is imported from here on is the project's

    def ready() -> NoReturn:
        files = files_in_use(manage_py)
        server.serve(_Answers(keeps_bytecode=keeps_bytecode), files)

    def failed(error: BaseException) -> NoReturn:
        server.send(0, Failed(headline(error), trace(error)))
        server.end()

    try:
        take_over(manage_py, settings, ready=ready, failed=failed)
    except UnfitError as error:
        server.send(0, Unfit(str(error)))
    server.end()


class _Answers:
    """Imports what answers a question, in the serving process: the next one finds it there."""

    def __init__(self, *, keeps_bytecode: bool) -> None:
        self._keeps_bytecode = keeps_bytecode

    def find(self, request: Request[Any]) -> Answer:
        sys.dont_write_bytecode = not self._keeps_bytecode
        try:
            from migtui.engine.questions import answer_to

            return answer_to(request)
        finally:
            sys.dont_write_bytecode = True
            gc.freeze()


class _Server:
    """The serving process and the fork that it may have."""

    def __init__(self, requests: int, replies: int, watcher: int) -> None:
        self._requests = requests
        self._replies = replies
        self._watcher = watcher
        self._number = 0
        self._fork: int | None = None
        self._output = -1

    def send(self, number: int, message: object) -> None:
        _write(self._replies, encode_message(number, message))

    def end(self) -> NoReturn:
        """Leave no process behind, and skip what the project registered for the exit."""
        self._kill_fork()
        with suppress(OSError):
            os.kill(self._watcher, signal.SIGKILL)
            os.waitpid(self._watcher, 0)
        os._exit(0)

    def serve(self, answers: _Answers, files: Files) -> NoReturn:
        """Answer questions, one at a time, until migtui closes the pipe or is gone."""
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # or waitpid might not tell how a fork ended
        question = DescribeProject()
        facts = answers.find(question)(question, _ignore)
        gc.enable()
        self.send(0, facts)
        unread = b""
        while True:
            watched = [self._requests] if self._fork is None else [self._requests, self._output]
            readable, _, _ = select.select(watched, [], [])
            if self._output in readable:
                self._relay()
            if self._requests in readable:
                chunk = os.read(self._requests, CHUNK)
                if not chunk:
                    self.end()
                *lines, unread = (unread + chunk).split(b"\n")
                for line in lines:
                    self._obey(line, answers, files)

    def _obey(self, line: bytes, answers: _Answers, files: Files) -> None:
        number, message = decode_message(line)
        self._kill_fork()
        if isinstance(message, Cancel):
            return
        if files.have_changed():
            self.send(number, Stale())
        else:
            self._start_fork(number, message, answers.find(message))

    def _start_fork(self, number: int, request: Request[Any], answer: Answer) -> None:
        output, write = os.pipe()
        with warnings.catch_warnings():
            # Python 3.12 warns where the project has started threads. They are not in the fork,
            # and nothing there waits for them.
            warnings.simplefilter("ignore", DeprecationWarning)
            fork = os.fork()
        if fork == 0:
            for descriptor in (output, self._requests, self._replies):
                os.close(descriptor)
            _answer_and_exit(number, request, answer, write)
        os.close(write)
        self._number, self._fork, self._output = number, fork, output

    def _relay(self) -> None:
        chunk = os.read(self._output, CHUNK)
        if chunk:
            _write(self._replies, chunk)
        else:
            self._reap_fork()

    def _kill_fork(self) -> None:
        if self._fork is not None:
            with suppress(ProcessLookupError):
                os.kill(self._fork, signal.SIGKILL)
            self._reap_fork()

    def _reap_fork(self) -> None:
        """Say how the fork ended, after whatever part of a line it wrote last."""
        if self._fork is not None:
            _, status = os.waitpid(self._fork, 0)
            os.close(self._output)
            self._fork, self._output = None, -1
            ended = Ended(os.waitstatus_to_exitcode(status))
            _write(self._replies, b"\n" + encode_message(self._number, ended))


def _answer_and_exit(number: int, request: Request[Any], answer: Answer, output: int) -> NoReturn:
    def report(progress: Progress) -> None:
        _write(output, encode_message(number, progress))

    try:
        reply = encode_message(number, answer(request, report))
    except BaseException as error:  # noqa: BLE001 - project code raises anything, SystemExit too
        reply = encode_message(number, Failed(headline(error), trace(error)))
    _write(output, reply)
    os._exit(0)


def _ignore(_: Progress) -> None:
    """Report to nobody."""


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    except BrokenPipeError:
        os._exit(0)  # nobody is left to read
