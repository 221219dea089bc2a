"""Runs manage.py's commands one after another with Django set up once: ``python manage_server.py``.

A program of its own, for an environment that need not have the tests. Each line of stdin is a JSON
object (``words``; ``database``, an entry of DATABASES or null); each is answered by one on stdout
(``code``, ``out``, ``err``). A command runs in a fork, which imports migrations as they are then.
"""

import contextlib
import io
import json
import os
import sys
import traceback
from typing import Any


def main() -> None:
    """Serve until stdin ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - as manage.py has it
    sys.dont_write_bytecode = True
    import django  # noqa: PLC0415 - once it is known where the settings are

    django.setup()
    for line in sys.stdin:
        answers.write(f"{_answer(json.loads(line))}\n")
        answers.flush()


def _answer(asked: dict[str, Any]) -> str:
    read, write = os.pipe()
    if os.fork() == 0:
        found = _run(asked["words"], asked["database"])
        with os.fdopen(write, "w") as pipe:
            json.dump(found, pipe)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        told = pipe.read()
    os.wait()
    return told or json.dumps({"code": 1, "out": "", "err": "It died."})


def _run(words: list[str], database: dict[str, Any] | None) -> dict[str, Any]:
    from django.core.management import ManagementUtility  # noqa: PLC0415 - as above

    if database is not None:
        _use(database)
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            ManagementUtility(["manage.py", *words]).execute()
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        except BaseException:  # noqa: BLE001 - a migration raises anything
            err.write(traceback.format_exc())
            code = 1
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}


def _use(database: dict[str, Any]) -> None:
    """Have every alias lead to one database."""
    from django.conf import settings  # noqa: PLC0415 - as above
    from django.db import connections  # noqa: PLC0415

    given = {alias: dict(database) for alias in settings.DATABASES}
    settings.DATABASES = given
    connections.settings = connections.configure_settings(given)
    for alias in given:
        with contextlib.suppress(AttributeError):
            del connections[alias]


if __name__ == "__main__":
    main()
