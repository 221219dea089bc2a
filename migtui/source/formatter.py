"""The project's own formatter, for files that are new; those that are edited keep their layout."""

import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

TIMEOUT = 20.0
"""Seconds that a formatter may take."""

COMMANDS = {
    "ruff": ("format", "--force-exclude", "--stdin-filename"),
    "black": ("--quiet", "--stdin-filename"),
}


def find_formatter(directory: Path) -> str | None:
    """The formatter that is configured for files in ``directory``: ``ruff``, ``black`` or None.

    The nearest configuration counts, upward to the repository's top. A project that configures
    both formats with black, unless it configures ruff's formatter itself.
    """
    for above in _upward(directory):
        tools = _tools(above / "pyproject.toml")
        has_ruff_toml = (above / "ruff.toml").is_file() or (above / ".ruff.toml").is_file()
        if "format" in tools.get("ruff", {}):
            return "ruff"
        if "black" in tools:
            return "black"
        if has_ruff_toml or "ruff" in tools:
            return "ruff"
    return None


def format_new(content: bytes, path: Path, search: Sequence[Path] = ()) -> tuple[bytes, str]:
    """A new file's content as the project's formatter writes it.

    Args:
        content: As rendered.
        path: Where the file is to be, absolute.
        search: Directories looked into for the program, before those of ``PATH``.

    Returns:
        The content, and why it is not formatted; empty where it is, or no formatter is configured.
    """
    name = find_formatter(path.parent)
    if name is None:
        return content, ""
    where = os.pathsep.join([*map(str, search), os.environ.get("PATH", os.defpath)])
    program = shutil.which(name, path=where)
    if program is None:
        return content, f"The project formats with {name}, which is not installed here."
    try:
        done = subprocess.run(
            [program, *COMMANDS[name], str(path), "-"],
            input=content,
            cwd=path.parent,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return content, f"{name} did not format the new file: {error}"
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
        return content, f"{name} did not format the new file: {reason}"
    return done.stdout, ""


def _upward(directory: Path) -> Iterator[Path]:
    for above in (directory, *directory.parents):
        yield above
        if (above / ".git").exists():
            return


def _tools(pyproject: Path) -> dict[str, dict[str, object]]:
    """The tables under ``[tool]``; none where the file is not there or can't be read."""
    try:
        tools = tomllib.loads(pyproject.read_text(encoding="utf-8")).get("tool", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}
    if not isinstance(tools, dict):
        return {}
    return {name: table for name, table in tools.items() if isinstance(table, dict)}
