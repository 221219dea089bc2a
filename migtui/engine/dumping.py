"""The vendors' own dump programs: found, run without a password in an argument, listened to.

A program's output goes through a pipe of ours, so that it ends when we do, and a full disk is
told as such.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from migtui.engine.connecting import RefusedError
from migtui.engine.untyped import Connection

CHUNK = 1 << 20
# The end of what a program writes, where it says that it is complete.
TAIL = 1 << 10
# Characters of a line of a program's errors.
WIDTH = 200
# Parameters of a connection that libpq knows (manual, 34.1.2) and that are nobody's secret.
POSTGRESQL = (
    *("host", "hostaddr", "port", "user", "dbname", "service", "passfile", "connect_timeout"),
    *("options", "target_session_attrs", "channel_binding", "gssencmode", "krbsrvname"),
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "ssl_min_protocol_version"),
    *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"),
)


@dataclass(frozen=True, slots=True)
class Written:
    """A file that a program wrote: bytes, SHA-256, and its end."""

    size: int
    sha256: str
    tail: bytes


def find_program(*names: str) -> tuple[str, str]:
    """The first of these programs that is on the PATH, and what it says of its version.

    Raises:
        RefusedError: There is none.
    """
    for name in names:
        path = shutil.which(name)
        if path is not None:
            with suppress(OSError, subprocess.SubprocessError):
                said = subprocess.run(
                    [path, "--version"], capture_output=True, timeout=60, check=True
                )
                return path, " ".join(said.stdout.decode("utf-8", "replace").split())
    raise RefusedError(
        f"The program {names[0]} was not found, or does not run.",
        "Install the client programs of the database's vendor, and put them on the PATH.",
    )


def require_version(said: str, server: int, server_version: str) -> None:
    """Make sure that a program is not older than PostgreSQL's server: it would refuse later.

    Raises:
        RefusedError: It is.
    """
    found = re.search(r"\d+", said)
    if found and int(found[0]) < server:
        raise RefusedError(
            f"{said} is older than the server, which is PostgreSQL {server_version}.",
            f"Put the client programs of PostgreSQL {server} or newer on the PATH.",
        )


def postgresql_arguments(connection: Connection) -> tuple[str, ...]:
    """With which PostgreSQL's programs reach a database as Django does; without its password."""
    given = dict(connection.get_connection_params())
    role = (connection.settings_dict.get("OPTIONS") or {}).get("assume_role")
    if role:
        escaped = str(role).replace("\\", r"\\").replace(" ", r"\ ")
        given["options"] = f"{given.get('options') or ''} -c role={escaped}".strip()
    words = [
        "{}='{}'".format(name, str(given[name]).replace("\\", r"\\").replace("'", r"\'"))
        for name in POSTGRESQL
        if given.get(name) not in (None, "")
    ]
    return (f"--dbname={' '.join(words)}",)


def program_environment(connection: Connection | None = None) -> dict[str, str]:
    """The environment of a vendor's program: English, and for PostgreSQL's with the password."""
    given = connection.get_connection_params() if connection else {}
    password = {"PGPASSWORD": str(given["password"])} if given.get("password") else {}
    return {**os.environ, **password, "LC_ALL": "C"}


@contextmanager
def mysql_options(connection: Connection, directory: Path) -> Iterator[tuple[str, str]]:
    """An option file with which MySQL's programs find a server; removed at the end.

    Args:
        connection: The database.
        directory: Where it is written, for this user's eyes only.

    Yields:
        The argument that names the file, and the database's name.
    """
    given = connection.get_connection_params()
    lines = []
    if given.get("read_default_file"):
        lines.append(f"!include {given['read_default_file']}")
    lines.append("[client]")
    for option, names in (
        ("user", ("user",)),
        ("password", ("password", "passwd")),
        ("host", ("host",)),
        ("port", ("port",)),
        ("socket", ("unix_socket",)),
    ):
        value = next((given[name] for name in names if given.get(name)), None)
        if value is not None:
            escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
            lines.append(f'{option}="{escaped}"')
    for option, value in (given.get("ssl") or {}).items():
        if option in ("ca", "cert", "key"):
            lines.append(f'ssl-{option}="{value}"')
    descriptor, path = tempfile.mkstemp(prefix=".options-", suffix=".cnf", dir=directory)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write("\n".join([*lines, ""]))
        yield f"--defaults-file={path}", str(given.get("database") or given.get("db"))
    finally:
        Path(path).unlink(missing_ok=True)


def dump(
    command: Sequence[str],
    environment: Mapping[str, str],
    path: Path,
    watch: Callable[[bytes, int], None],
) -> Written:
    """Run a program and keep what it writes.

    Args:
        command: The program and its arguments.
        environment: Its environment.
        path: A new file.
        watch: Called with what was written last, and the number of bytes so far.

    Raises:
        RefusedError: The program failed; the message is its own.
        OSError: The file can't be written.
    """
    digest = hashlib.sha256()
    size, tail = 0, b""
    with tempfile.TemporaryFile() as errors, path.open("xb") as file:
        path.chmod(0o600)
        with subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as process:
            assert process.stdout is not None  # noqa: S101 - as it was asked for
            output = process.stdout.fileno()
            # The program goes on while a piece is hashed and written.
            with suppress(AttributeError, OSError):  # not of this system, or more than it allows
                fcntl.fcntl(output, fcntl.F_SETPIPE_SZ, CHUNK)
            try:
                while chunk := os.read(output, CHUNK):
                    file.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
                    tail = (tail + chunk)[-TAIL:]
                    watch(chunk, size)
            except BaseException:
                process.kill()
                raise
        require_success(process.returncode, command[0], errors)
    return Written(size, digest.hexdigest(), tail)


def file_facts(path: Path) -> tuple[int, str]:
    """Bytes and SHA-256 of a file."""
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Have a file or a directory be on the disk.

    Raises:
        OSError: The disk said no.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_success(code: int, program: str, errors: IO[bytes]) -> None:
    """Make sure that a program did what it was to do.

    Raises:
        RefusedError: It did not; the message is its own.
    """
    if code:
        errors.seek(0)
        lines = errors.read()[-(1 << 16) :].decode("utf-8", "replace").strip().splitlines()
        # The statement that failed may hold a table's worth of rows.
        said = [line if len(line) <= WIDTH else f"{line[:WIDTH]} …" for line in lines]
        first = next((line for line in said if "error" in line.lower()), said[-1] if said else "")
        raise RefusedError(
            f"{Path(program).name} failed: {first or f'exit code {code}'}", "\n".join(said[-5:])
        )
