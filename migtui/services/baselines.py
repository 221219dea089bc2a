"""The file that remembers old hazards, so that only new ones are told."""

from collections.abc import Iterable
from pathlib import Path

from migtui.core.hazards.silence import BaselineError, Known, baseline_text, read_baseline
from migtui.errors import StorageError, UsageError


def load_baseline(path: Path) -> frozenset[Known]:
    """What a baseline remembers.

    Raises:
        UsageError: It is not there, or is none.
    """
    try:
        return read_baseline(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"The baseline {path} can't be read: {error.strerror}.",
            help="--write-baseline makes one.",
        ) from error
    except (BaselineError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} is no baseline. {error}", help="--write-baseline writes it anew."
        ) from error


def write_baseline(path: Path, entries: Iterable[Known]) -> None:
    """Write down what there is, so that it is quiet from now on.

    Raises:
        StorageError: The file can't be written.
    """
    try:
        path.write_text(baseline_text(entries), encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"The baseline {path} can't be written: {error.strerror}.", help="Name another file."
        ) from error
