"""The script that the project's interpreter is started with; it becomes the engine.

It is apart because it must run under any Python, also one without migtui: it makes migtui's own
directory importable as ``migtui`` and nothing beside it, so that the environment that migtui is
installed in stays out of the project's.

Arguments: descriptors of the request, reply and lifeline pipes, the project's directory, manage.py
and settings module (the last two may be empty).
"""

import gc
import os
import signal
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

ENGINE = Path(__file__).resolve().parent
OLDEST = (3, 11)


def main() -> None:
    """Start the engine, or say that this Python is too old."""
    # What is imported stays: looking for garbage in it takes a tenth of the start.
    gc.disable()
    requests, replies, lifeline = map(int, sys.argv[1:4])
    directory, manage_py, settings = sys.argv[4:7]
    for descriptor in (requests, replies, lifeline):
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - it takes no keyword
    if sys.version_info < OLDEST:
        found, wanted = sys.version.split()[0], ".".join(map(str, OLDEST))
        reason = f'[0,"Unfit",{{"reason":"it is Python {found}, and migtui needs {wanted}"}}]\n'
        os.write(replies, reason.encode())
        return
    watcher = _keep_watch(lifeline, requests, replies)
    # As `python manage.py` has it, where the script's own directory comes first.
    sys.path[:] = [directory, *(entry for entry in sys.path if Path(entry).resolve() != ENGINE)]
    _register_migtui()
    from migtui.engine import child

    child.run(requests, replies, watcher, manage_py=manage_py, settings=settings)


def _keep_watch(lifeline: int, requests: int, replies: int) -> int:
    """Leave a process behind that ends the whole group when migtui is gone; returns its id.

    A process and not a thread: project code may hold the interpreter's lock, or fork, for as long
    as it likes. The pipe ends when migtui closes it, or is killed.
    """
    watcher = os.fork()
    if watcher == 0:
        os.close(requests)
        os.close(replies)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        os.read(lifeline, 1)
        os.killpg(0, signal.SIGKILL)
    os.close(lifeline)
    return watcher


def _register_migtui() -> None:
    spec = spec_from_file_location(
        "migtui",
        ENGINE.parent / "__init__.py",
        submodule_search_locations=[str(ENGINE.parent)],
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{ENGINE.parent} is no package")
    module = module_from_spec(spec)
    sys.modules["migtui"] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    main()
