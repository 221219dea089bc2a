"""What a forecast costs, against git asked for the same branches and files in a plain loop."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.measure import Ratio, seconds_of
from tests.support.many_branches import many_branches

BRANCHES = 500


def five_hundred_branches() -> Sequence[Ratio]:
    """``migtui forecast``, 500 branches over 50 apps of 20 migrations.

    git lists the refs, tells for each branch which blobs differ from where it left the base, and
    reads those.
    """
    with tempfile.TemporaryDirectory() as directory:
        root = many_branches(Path(directory), apps=50, migrations=20, branches=BRANCHES)
        ours = seconds_of([sys.executable, "-m", "migtui", "forecast"], root, runs=2, code=1)
        theirs = min(_plain_loop(root) for _ in range(2))
    return (Ratio("forecast of 500 branches, wall seconds", ours, theirs, 10.0),)


def _plain_loop(root: Path) -> float:
    start = time.perf_counter()
    refs = _git(root, "for-each-ref", "--format=%(objectname)", "refs/heads/feature/").split()
    blobs: dict[bytes, None] = {}
    for sha in refs:
        for line in _git(root, "diff", "--raw", "--no-abbrev", f"main...{sha.decode()}").split(
            b"\n"
        ):
            blobs |= dict.fromkeys(line.split()[3:4])
    _git(root, "cat-file", "--batch", content=b"\n".join(blobs))
    if len(refs) != BRANCHES:
        raise RuntimeError(f"There are {len(refs)} branches, not {BRANCHES}.")
    return time.perf_counter() - start


def _git(root: Path, *arguments: str, content: bytes = b"") -> bytes:
    return subprocess.run(
        ["git", *arguments], cwd=root, input=content, capture_output=True, check=True
    ).stdout
