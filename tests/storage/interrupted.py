"""Runs storage in forked processes and stops each at another step; prints what was left as JSON.

A script of its own, because forking needs a process without threads:

    python interrupted.py REPOSITORY DIRECTORY apply|undo|redo|recover kill|fill|refuse
"""

import errno
import itertools
import json
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])

from migtui.errors import StorageError
from migtui.storage.journal import journal_directory, read_history
from migtui.storage.transaction import apply, recover, redo, undo
from tests.storage.test_transaction import AFTER, BEFORE, CHANGES, tree
from tests.support.projects import write

STEPS = ("open", "write", "replace", "link", "unlink", "mkdir", "fsync")
"""Functions of ``os`` that are counted; together all that storage does to the disk."""

Action = Callable[[Path, Path], object]
Stop = Callable[[], None]


def kill() -> None:
    """End the process as a power switch would."""
    os.kill(os.getpid(), signal.SIGKILL)


def fill() -> None:
    """From now on writing fails as on a full disk; renaming and removing still work."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


def sync_nothing(fd: object) -> None:
    """Stands for ``os.fsync``."""
    del fd


def refuse() -> None:
    """Fail this once, as where a right is missing: root, who may run the tests, has them all."""
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def run_until(step: int, stop: Stop, action: Action, root: Path) -> dict[str, Any]:
    """Run an action in a process of its own, stopped at a step.

    Returns:
        ``reached`` tells whether there was such a step, ``killed`` whether it died of it,
        ``message`` what the action said.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        report = _child(step, stop, action, root)
        os.write(writer, json.dumps(report).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        text = stream.read()
    _, status = os.waitpid(child, 0)
    return {"reached": True, "killed": os.WIFSIGNALED(status), **(json.loads(text) if text else {})}


def _child(step: int, stop: Stop, action: Action, root: Path) -> dict[str, Any]:
    count = 0

    def counted(name: str) -> None:
        real = getattr(os, name)

        def call(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - stands for any of os
            nonlocal count
            count += 1
            if count == step:
                if name == "write":
                    real(arguments[0], bytes(arguments[1])[:2])
                stop()
            return real(*arguments, **options)

        setattr(os, name, call)

    write_through = os.write
    for name in STEPS:
        counted(name)
    message = ""
    try:
        result = action(root, journal_directory(root))
        message = result if isinstance(result, str) else ""
    except StorageError as error:
        message = error.message
    os.write = write_through
    return {"reached": count >= step, "message": message}


def outcome(root: Path) -> dict[str, Any]:
    """Start again, and tell what is there then."""
    directory = journal_directory(root)
    sentence = recover(root, directory)
    found = tree(root)
    return {
        "sentence": sentence,
        "tree": "before" if found == BEFORE else "after" if found == AFTER else sorted(found),
        "states": [entry.state for entry in read_history(directory).entries],
        "again": recover(root, directory),
    }


def prepare(root: Path, action: str) -> Path:
    """A project in which the action can be taken."""
    write(root, BEFORE)
    if action in ("undo", "redo"):
        apply(root, journal_directory(root), CHANGES)
    if action == "redo":
        undo(root, journal_directory(root))
    return root


ACTIONS: dict[str, Action] = {
    "apply": lambda root, directory: apply(root, directory, CHANGES),
    "undo": undo,
    "redo": redo,
    "recover": recover,
}


def stop_everywhere(
    template: Path, action: Action, stop: Stop, directory: Path
) -> list[dict[str, Any]]:
    """What is left after stopping at the first, second, ... step, up to the last."""
    outcomes: list[dict[str, Any]] = []
    while True:
        root = directory / str(len(outcomes))
        shutil.copytree(template, root, symlinks=True)
        run = run_until(len(outcomes) + 1, stop, action, root)
        result = {**run, **outcome(root)}
        shutil.rmtree(root)
        if not run["reached"]:
            return outcomes
        outcomes.append(result)


def main() -> None:
    """Print a list of outcomes."""
    # A killed process loses nothing that it wrote, and thousands of real syncs take long.
    os.fsync = sync_nothing
    directory, name = Path(sys.argv[2]), sys.argv[3]
    stop = {"kill": kill, "fill": fill, "refuse": refuse}[sys.argv[4]]
    if name != "recover":
        template = prepare(directory / "template", name)
        outcomes = stop_everywhere(template, ACTIONS[name], stop, directory)
    else:
        # Of the many places where writing can be cut off every eighth, and each step of mending it.
        outcomes = []
        for step in itertools.count(1, 8):
            template = prepare(directory / f"template-{step}", "apply")
            if not run_until(step, kill, ACTIONS["apply"], template)["reached"]:
                break
            outcomes += stop_everywhere(template, recover, stop, directory)
    print(json.dumps(outcomes))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main()
