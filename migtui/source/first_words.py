"""Reads SQL that a parser hands back whole: extensions, triggers, sequences, types and the like.

Each statement is told by its first words.
"""

import re

from migtui.core.reach import SqlUse

NAME = r'(?:(?:"[^"]+"|`[^`]+`|[\w$]+)\.)?("[^"]+"|`[^`]+`|[\w$]+)'
IF = r"(?P<soft>IF\s+(?:NOT\s+)?EXISTS\s+)?"

PATTERNS: tuple[tuple[str, str, str], ...] = (
    (rf"CREATE\s+EXTENSION\s+{IF}(?P<name>{NAME})", "create-object", "extension"),
    (rf"DROP\s+EXTENSION\s+{IF}(?P<name>{NAME})", "drop-object", "extension"),
    (
        rf"(?:CREATE|ALTER)\s+(?P<soft>OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\s+(?P<name>{NAME})",
        "create-object",
        "function",
    ),
    (rf"DROP\s+(?:FUNCTION|PROCEDURE)\s+{IF}(?P<name>{NAME})", "drop-object", "function"),
    (
        (
            rf"CREATE\s+(?P<soft>OR\s+REPLACE\s+)?(?:CONSTRAINT\s+)?TRIGGER\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>{NAME})\s.*?"
            rf"\sON\s+(?P<table>{NAME})"
        ),
        "create-object",
        "trigger",
    ),
    (
        rf"DROP\s+TRIGGER\s+{IF}(?P<name>{NAME})(?:\s+ON\s+(?P<table>{NAME}))?",
        "drop-object",
        "trigger",
    ),
    (rf"ALTER\s+INDEX\s+{IF}(?P<name>{NAME})\s+RENAME\s+TO\s+(?P<to>{NAME})", "rename-index", ""),
    (rf"DROP\s+INDEX\s+(?:CONCURRENTLY\s+)?{IF}(?P<name>{NAME})", "drop-index", ""),
    (
        rf"CREATE\s+(?:TEMP(?:ORARY)?\s+)?SEQUENCE\s+{IF}(?P<name>{NAME})",
        "create-object",
        "sequence",
    ),
    (
        rf"ALTER\s+(?P<soft>SEQUENCE)\s+(?:IF\s+EXISTS\s+)?(?P<name>{NAME})",
        "create-object",
        "sequence",
    ),
    (rf"DROP\s+SEQUENCE\s+{IF}(?P<name>{NAME})", "drop-object", "sequence"),
    (rf"CREATE\s+TYPE\s+{IF}(?P<name>{NAME})", "create-object", "type"),
    (rf"ALTER\s+(?P<soft>TYPE)\s+(?P<name>{NAME})", "create-object", "type"),
    (rf"DROP\s+TYPE\s+{IF}(?P<name>{NAME})", "drop-object", "type"),
    (rf"CREATE\s+COLLATION\s+{IF}(?P<name>{NAME})", "create-object", "collation"),
    (rf"DROP\s+COLLATION\s+{IF}(?P<name>{NAME})", "drop-object", "collation"),
    (rf"CREATE\s+TEXT\s+SEARCH\s+\w+\s+(?P<name>{NAME})", "create-object", "text search"),
    (rf"ALTER\s+(?P<soft>TEXT)\s+SEARCH\s+\w+\s+(?P<name>{NAME})", "create-object", "text search"),
    (rf"DROP\s+TEXT\s+SEARCH\s+\w+\s+{IF}(?P<name>{NAME})", "drop-object", "text search"),
    (rf"CREATE\s+SCHEMA\s+{IF}(?P<name>{NAME})", "create-object", "schema"),
    (rf"LOCK\s+(?:TABLE\s+)?(?P<table>{NAME})", "read", ""),
)


def read_first_words(statement: str) -> list[SqlUse] | None:
    """What a statement does, as its first words tell; None where they don't."""
    for pattern, action, kind in PATTERNS:
        match = re.match(pattern, statement, re.IGNORECASE | re.DOTALL)
        if match is None:
            continue
        groups = match.groupdict()
        name, table = plain_name(groups.get("name")), plain_name(groups.get("table"))
        definition = "" if kind == "extension" else " ".join(statement.split())
        uses = []
        if kind == "trigger" and table:
            uses.append(SqlUse("fires", table, columns=frozenset("*"), definition=definition))
        label = f"{kind} {name}" if kind else name
        uses.append(
            SqlUse(
                action,
                table if not kind else "",
                name=label if action.endswith(("object", "index", "constraint")) else "",
                to=plain_name(groups.get("to")),
                strict=groups.get("soft") is None,
                definition=definition,
            )
        )
        return uses
    return None


def plain_name(name: str | None) -> str:
    """A name without its schema and quotes; empty where there is none."""
    if name is None:
        return ""
    return re.split(r"\.(?=[^.]*$)", name)[-1].strip('"`')
