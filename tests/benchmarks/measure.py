"""Measures whole processes: wall time and peak memory, each in a process of its own."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

KIBIBYTES_PER_MEBIBYTE = 1024
NOISE = 1.1
"""How far apart two runs of one program can be on a machine that does other things as well."""


def seconds_of(command: Sequence[str], directory: Path, *, runs: int = 5, code: int = 0) -> float:
    """Wall time of a command that ends with this exit code, in seconds: the least of several runs.

    What else the machine does can only make a run dearer.
    """
    return min(run_once(command, directory, code=code) for _ in range(runs))


def in_turns(
    ours: Sequence[str], theirs: Sequence[str], directory: Path, *, runs: int = 7
) -> tuple[float, float]:
    """The least seconds of two commands; what else the machine does meets both alike."""
    pairs = [(run_once(ours, directory), run_once(theirs, directory)) for _ in range(runs)]
    return min(mine for mine, _ in pairs), min(other for _, other in pairs)


def run_once(
    command: Sequence[str],
    directory: Path,
    environment: Mapping[str, str] | None = None,
    *,
    code: int = 0,
) -> float:
    """Seconds that one run of a command takes, in this environment or in another."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=directory,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    found = process.wait()
    seconds = time.perf_counter() - start
    if found != code:
        raise RuntimeError(f"{command} ended with {found}, not {code}")
    return seconds


_PEAK = """
import os, sys
child = os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def peak_of(command: Sequence[str], directory: Path) -> float:
    """Peak resident memory of one run of a command, in MiB.

    A process begins with the peak of the one that starts it, and this one is large: a small one
    stands between.
    """
    done = subprocess.run(
        [sys.executable, "-S", "-c", _PEAK, *command],
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1]) / KIBIBYTES_PER_MEBIBYTE


@dataclass(frozen=True, slots=True)
class Ratio:
    """A comparison and its limit: ``ours / theirs`` must not exceed ``limit``."""

    name: str
    ours: float
    theirs: float
    limit: float

    @property
    def value(self) -> float:
        """How many times the other one's cost."""
        return self.ours / self.theirs

    @property
    def is_kept(self) -> bool:
        """Whether the limit is kept."""
        return self.value <= self.limit

    def __str__(self) -> str:
        sign = "ok  " if self.is_kept else "MISS"
        return (
            f"{sign} {self.name}: {self.ours:.3f} / {self.theirs:.3f}"
            f" = {self.value:.2f} (limit {self.limit:.2f})"
        )


def report(benchmarks: Sequence[Callable[[], Sequence[Ratio]]]) -> int:
    """Run benchmarks and print their ratios.

    Returns:
        The exit code: 1 where a limit is missed by more than noise.
    """
    kept = True
    for benchmark in benchmarks:
        for ratio in benchmark():
            sys.stdout.write(f"{ratio}\n")
            sys.stdout.flush()
            kept = kept and ratio.value <= ratio.limit * NOISE
    return 0 if kept else 1
