"""A project's manage.py, asked again and again without Django being set up each time."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

PROGRAM = Path(__file__).with_name("manage_server.py")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended.

    Attributes:
        code: Its exit code.
        out: What it printed.
        err: What it printed to stderr.
    """

    code: int
    out: str
    err: str

    @property
    def last_line(self) -> str:
        """The last line that it printed."""
        return next(reversed(f"{self.out}\n{self.err}".strip().splitlines()), "")


class Manage:
    """Runs commands; end it with the context.

    Args:
        root: The project.
        python: The interpreter that has its Django.
    """

    def __init__(self, root: Path, python: str) -> None:
        self._process = subprocess.Popen(
            [python, "-B", str(PROGRAM)],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def run(self, words: Sequence[str], database: Mapping[str, object] | None = None) -> Ran:
        """Run a command, on a database other than the settings' where one is given.

        Raises:
            RuntimeError: Django could not be set up.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"words": [*words, "--skip-checks"], "database": database}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("Django can't be set up.")
        return Ran(**json.loads(line))
