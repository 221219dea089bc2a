"""What squawk, a linter for PostgreSQL's migrations, says; asked where it is installed.

It is a program of its own (``pip install squawk-cli``): it gets SQL as a file and a limited time.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migtui.core.hazards.rule import Hazard
from migtui.core.safe_text import safe_line
from migtui.core.sql import MigrationSql

PROGRAM = "squawk"
SYNTAX = "syntax-error"
SECONDS = 30
STYLE = frozenset({
    "prefer-robust-stmts", "prefer-text-field", "prefer-identity", "require-lock-timeout",
    "require-statement-timeout",
})  # fmt: skip
"""Rules for SQL that is written by hand: whoever uses Django can't write it another way."""


@dataclass(frozen=True, slots=True)
class SquawkFindings:
    """What it says.

    Attributes:
        hazards: By number of the statement.
        failure: Why it could not be asked, or what it could not read; empty where it was.
    """

    hazards: dict[int, tuple[Hazard, ...]]
    failure: str = ""


def find_squawk() -> str | None:
    """The program, on the path or beside this interpreter; None where it is not installed."""
    return shutil.which(PROGRAM) or shutil.which(PROGRAM, path=Path(sys.executable).parent)


def ask_squawk(
    program: str, migration: MigrationSql, server_version: str | None, *, directory: Path
) -> SquawkFindings:
    """Have it read the statements of one migration.

    It reads none where it can't read one, so it is asked again without those.

    Args:
        program: Its path.
        migration: For PostgreSQL.
        server_version: Of the server; its own default where None.
        directory: The project's, where ``.squawk.toml`` may be.
    """
    command = [program, "--reporter=json"]
    if server_version:
        command.append(f"--pg-version={server_version.split()[0]}")
    if migration.atomic:
        command.append("--assume-in-transaction")
    statements = {
        number: statement.sql
        for number, statement in enumerate(migration.statements)
        if statement.sql.strip()
    }
    try:
        entries = _run(command, statements, directory)
        unread = {number for number, entry in entries if entry["rule_name"] == SYNTAX}
        if unread:
            statements = {n: sql for n, sql in statements.items() if n not in unread}
            entries = _run(command, statements, directory)
        found: dict[int, tuple[Hazard, ...]] = {}
        for number, entry in entries:
            if entry["rule_name"] not in {*STYLE, SYNTAX}:
                found[number] = (*found.get(number, ()), _hazard(entry))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        return SquawkFindings({}, f"squawk gave an answer of another kind: {safe_line(str(error))}")
    except (OSError, subprocess.SubprocessError) as error:
        return SquawkFindings({}, f"squawk could not be asked: {safe_line(str(error))}")
    name = f"{migration.app_label}.{migration.migration}"
    lines = ", ".join(str(number + 1) for number in sorted(unread))
    failure = f"squawk could not read statement {lines} of {name}." if unread else ""
    return SquawkFindings({n: tuple(dict.fromkeys(each)) for n, each in found.items()}, failure)


def _run(
    command: list[str], statements: dict[int, str], directory: Path
) -> list[tuple[int, dict[str, Any]]]:
    """What it says, each with the number of its statement; its lines count from 0."""
    if not statements:
        return []
    owners: list[int] = []
    parts: list[str] = []
    for number, sql in statements.items():
        part = f"{sql.rstrip().rstrip(';')}\n;\n"
        parts.append(part)
        owners += [number] * part.count("\n")
    with tempfile.TemporaryDirectory(prefix="migtui-squawk-") as place:
        path = Path(place) / "migration.sql"
        path.write_text("".join(parts), encoding="utf-8", errors="replace", newline="\n")
        done = subprocess.run(
            [*command, str(path)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            cwd=directory,
            check=False,
        )
    if not done.stdout.startswith("["):
        said = (done.stderr or done.stdout).strip().splitlines()
        raise OSError(said[0][:200] if said else f"it ended with {done.returncode}")
    return [(owners[int(entry["line"])], entry) for entry in json.loads(done.stdout)]


def _hazard(entry: dict[str, Any]) -> Hazard:
    return Hazard(
        f"{PROGRAM}.{safe_line(str(entry['rule_name']))}",
        safe_line(str(entry["message"])),
        safe_line(str(entry.get("help") or "")),
    )
