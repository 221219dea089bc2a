"""One writer at a time, among real processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from migtui.core.changes import ChangeSet, Create
from migtui.errors import StorageError
from migtui.storage.lock import write_lock
from migtui.storage.transaction import apply

HOLD = """\
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from migtui.storage.lock import write_lock
with write_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock until its standard input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path, Path(__file__).parents[2]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_writer_is_told_who_holds_the_lock(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    with holder:
        with (
            pytest.raises(StorageError, match=f"process {holder.pid} on "),
            write_lock(tmp_path, timeout=0),
        ):
            pass
        assert holder.stdin
        holder.stdin.close()
    with write_lock(tmp_path, timeout=0):
        pass


def test_the_lock_of_a_killed_process_is_free(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    with holder:
        holder.kill()
    with write_lock(tmp_path, timeout=0):
        pass


def test_nothing_is_written_while_somebody_else_writes(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    with holder:
        with pytest.raises(StorageError, match="Another migtui is writing"):
            apply(project, tmp_path, ChangeSet("new", (Create("new.py", b""),)), timeout=0)
        assert list(project.iterdir()) == []
        assert holder.stdin
        holder.stdin.close()


def test_a_lock_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    with pytest.raises(StorageError, match="can't be locked"), write_lock(tmp_path, timeout=0):
        pass
