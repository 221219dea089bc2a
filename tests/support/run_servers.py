"""Database servers of one run of the tests, with their files in memory.

What tests with databases wait for is the disk: a table of MariaDB takes it some twenty syncs, a
database of PostgreSQL a checkpoint. A server is started where it is first asked for, whichever of
the run's processes that is, and stopped by the first of them, which ``begin`` and ``end`` are for.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import psycopg
import pymysql
from filelock import FileLock

from tests.support.waiting import wait_for

RUN = "MIGTUI_TEST_RUN"
"""Environment variable: the directory of this run; where there is none, no server is started."""
SHARED = "/dev/shm"
MEMORY = SHARED if os.access(SHARED, os.W_OK) and shutil.disk_usage(SHARED).free > 2 << 30 else None
"""A directory in memory, with room for servers; None where there is none."""
DEBIAN = "/usr/lib/postgresql/*/bin/initdb"
UNPRIVILEGED = ("postgres", "nobody")
"""Users for a PostgreSQL, which does not run as root."""


class Connection(Protocol):
    """To a server."""

    def close(self) -> None:
        """End it."""


_PROCESSES: list[subprocess.Popen[bytes]] = []
"""Those that this process started."""


def begin() -> None:
    """Make a place for the servers."""
    directory = Path(tempfile.mkdtemp(prefix="migtui-tests-", dir=MEMORY))
    directory.chmod(0o711)  # a server may run as another user
    os.environ[RUN] = str(directory)


def end() -> None:
    """Stop what was started, and leave nothing of it."""
    directory = Path(os.environ.pop(RUN))
    for file in directory.glob("*.pid"):
        # At once; a PostgreSQL that is killed would leave its shared memory behind.
        os.kill(int(file.read_text()), signal.SIGQUIT)
    for process in _PROCESSES:
        process.wait()
    shutil.rmtree(directory, ignore_errors=True)


def own_postgresql() -> str | None:
    """The URI of this run's PostgreSQL; None where it can have none."""
    return _started("postgresql", _start_postgresql)


def own_mariadb() -> str | None:
    """The URI of this run's MariaDB; None where it can have none."""
    return _started("mariadb", _start_mariadb)


def _started(name: str, start: Callable[[Path], str]) -> str | None:
    if RUN not in os.environ:
        return None
    run = Path(os.environ[RUN])
    told = run / f"{name}.uri"
    with FileLock(run / f"{name}.lock"):
        if not told.exists():
            told.write_text(start(run / name))
        return told.read_text() or None


def _start_postgresql(directory: Path) -> str:
    found = sorted(Path("/").glob(DEBIAN.removeprefix("/")))
    initdb = shutil.which("initdb") or (str(found[-1]) if found else None)
    if initdb is None:
        return ""
    user = next(filter(_is_user, UNPRIVILEGED), None) if os.geteuid() == 0 else None
    directory.mkdir()
    if user is not None:
        shutil.chown(directory, user)
    words = [initdb, "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8"]
    _run([*words, "--locale=C.UTF-8", "-D", directory / "data"], user)
    port = _free_port()
    uri = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    settings = ("fsync=off", "full_page_writes=off", "listen_addresses=127.0.0.1", f"port={port}")
    _serve(
        directory,
        [
            Path(initdb).with_name("postgres"),
            *("-D", directory / "data", "-k", directory),
            *(word for setting in settings for word in ("-c", setting)),
        ],
        lambda: psycopg.connect(uri),
        user,
    )
    return uri


def _start_mariadb(directory: Path) -> str:
    if not (shutil.which("mariadbd") and shutil.which("mariadb-install-db")):
        return ""
    directory.mkdir()
    data = f"--datadir={directory / 'data'}"
    words = ["mariadb-install-db", "--no-defaults", "--auth-root-authentication-method=normal"]
    _run([*words, "--skip-test-db", data], None)
    port = _free_port()
    words = ["mariadbd", "--no-defaults", "--bind-address=127.0.0.1", f"--port={port}", data]
    words += ["--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci"]  # Debian's
    if os.geteuid() == 0:
        words.append("--user=root")
    words.append(f"--socket={directory / 'socket'}")
    _serve(directory, words, lambda: pymysql.connect(host="127.0.0.1", port=port, user="root"))
    return f"mysql://root@127.0.0.1:{port}"


def _is_user(name: str) -> bool:
    with suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _run(words: Sequence[str | Path], user: str | None) -> None:
    subprocess.run(words, user=user, stdout=subprocess.DEVNULL, cwd="/", check=True)


def _serve(
    directory: Path,
    words: Sequence[str | Path],
    connect: Callable[[], Connection],
    user: str | None = None,
) -> None:
    with Path(f"{directory}.log").open("wb") as log:
        process = subprocess.Popen(
            words,
            user=user,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
        )
    Path(f"{directory}.pid").write_text(str(process.pid))
    _PROCESSES.append(process)

    def answers() -> bool:
        assert process.poll() is None, f"{words[0]} ended; see {log.name}"
        try:
            connect().close()
        except (psycopg.OperationalError, pymysql.err.OperationalError):
            return False  # it is still starting
        return True

    wait_for(answers)
