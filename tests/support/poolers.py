"""A real PgBouncer in front of a PostgreSQL, which gives each transaction another session."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
NOBODY = "nobody"


@contextmanager
def pgbouncer(directory: Path, entry: Mapping[str, object]) -> Iterator[int]:
    """The port at which databases of an entry's server are reached through a pooler.

    Args:
        directory: For its configuration.
        entry: Of ``DATABASES``.
    """
    if PROGRAM is None:
        pytest.skip("There is no pgbouncer; Debian has a package of it.")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    password = f"password='{entry['PASSWORD']}'" if entry["PASSWORD"] else ""
    file = directory / "pgbouncer.ini"
    file.write_text(
        "[databases]\n"
        f"* = host={entry['HOST'] or '127.0.0.1'} port={entry['PORT'] or 5432} "
        f"user={entry['USER']} {password}\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        "auth_type = any\npool_mode = transaction\n"
    )
    # As root it wants another user to be.
    as_user = ["-u", NOBODY] if os.getuid() == 0 else []
    with subprocess.Popen([PROGRAM, *as_user, file], stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:
                if "process up" in line:
                    break
            yield port
        finally:
            process.kill()
