"""Reads SQL about a table that changes neither its rows nor its columns.

Rights, comments, maintenance, a table's own settings, and constraints that are made or renamed
under the name of something else. A session's settings are read if they decide nothing.
"""

import re
from collections.abc import Iterator

from migtui.core.reach import SqlUse
from migtui.source.first_words import NAME, plain_name

ALTER = rf"ALTER\s+TABLE\s+(?P<soft>IF\s+EXISTS\s+)?(?:ONLY\s+)?(?P<table>{NAME})\s+"
ALL = frozenset("*")
OPPOSITES = {"RESET": "SET", "DISABLE": "ENABLE", "NO": "INHERIT", "FORCE": "ENABLE",
             "CONVERT": "CHARACTER", "DEFAULT": "CHARACTER"}  # fmt: skip
"""First words of what undoes, or does again, what another first word does."""

_IDLE = re.compile(
    r"(?:RESET|BEGIN|START\s+TRANSACTION|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA|SHOW|DISCARD)\b"
    r"|SET\s+(?:(?:SESSION|LOCAL|GLOBAL)\s+)?(?:CONSTRAINTS|TRANSACTION|NAMES|\w*timeout\w*|"
    r"\w*work_mem|client_min_messages|foreign_key_checks|unique_checks|@)",
    re.IGNORECASE,
)
"""Statements that leave rows and tables as they were, and what other statements mean."""
_KEPT_UP = re.compile(
    r"(?:ANALYZE|VACUUM|OPTIMIZE|REINDEX)\b(?:\s*\([^)]*\))?"
    r"(?:\s+(?:FULL|FREEZE|VERBOSE|ANALYZE|TABLE|LOCAL|NO_WRITE_TO_BINLOG))*"
    r"(?:\s+(?P<kind>INDEX|DATABASE|SCHEMA|SYSTEM)\b)?(?:\s+CONCURRENTLY\b)?"
    rf"(?:\s+(?P<name>{NAME}))?",
    re.IGNORECASE,
)
_RIGHTS = re.compile(
    rf"(?:GRANT|REVOKE)\s[\w\s,]+?\sON\s+(?:TABLE\s+)?(?!ALL\b|\w+\s+\w+\s+(?:TO|FROM)\b)"
    rf"(?P<table>{NAME})\s+(?:TO|FROM)\b",
    re.IGNORECASE,
)
_COMMENT = re.compile(
    rf"COMMENT\s+ON\s+(?:TABLE\s+(?P<table>{NAME})|COLUMN\s+(?P<of>{NAME})\.(?P<column>{NAME}))\s+IS",
    re.IGNORECASE,
)
_SETTING = re.compile(
    rf"{ALTER}(?P<word>VALIDATE|CLUSTER|SET(?!\s+SCHEMA)|RESET|OWNER|ENABLE|DISABLE|FORCE|ENGINE|"
    r"REPLICA|CONVERT|INHERIT|NO|DEFAULT|CHARACTER)\b\s*(?P<next>\w*)",
    re.IGNORECASE,
)
_RENAMED = re.compile(
    rf"{ALTER}RENAME\s+CONSTRAINT\s+(?P<name>{NAME})\s+TO\s+(?P<to>{NAME})$", re.IGNORECASE
)
_FROM_INDEX = re.compile(
    rf"{ALTER}ADD\s+CONSTRAINT\s+(?P<name>{NAME})\s+(?:UNIQUE|PRIMARY\s+KEY)\s+USING\s+INDEX\s+"
    rf"(?P<index>{NAME})(?:\s+(?:NOT\s+)?DEFERRABLE)?(?:\s+INITIALLY\s+(?:DEFERRED|IMMEDIATE))?$",
    re.IGNORECASE,
)


def read_table_statement(statement: str) -> list[SqlUse] | None:
    """What a statement does, None where it is none of these."""
    if _IDLE.match(statement):
        return []
    for pattern, uses in (
        (_KEPT_UP, _kept_up),
        (_RIGHTS, _rights),
        (_COMMENT, _comment),
        (_SETTING, _setting),
        (_RENAMED, _renamed),
        (_FROM_INDEX, _from_index),
    ):
        match = pattern.match(statement)
        if match is not None:
            return list(uses(match, " ".join(statement.split())))
    return None


def _kept_up(match: re.Match[str], _: str) -> Iterator[SqlUse]:
    name = plain_name(match["name"])
    kind = (match["kind"] or "").upper()
    if name and kind == "INDEX":
        yield SqlUse("needs-index", name=name)
    elif name and not kind:
        yield SqlUse("needs-table", name)


def _rights(match: re.Match[str], text: str) -> Iterator[SqlUse]:
    yield SqlUse("set-table", plain_name(match["table"]), name="rights", definition=text)


def _comment(match: re.Match[str], text: str) -> Iterator[SqlUse]:
    column = plain_name(match["column"])
    yield SqlUse(
        "set-table",
        plain_name(match["table"] or match["of"]),
        frozenset({column} - {""}),
        f"comment {column}".rstrip(),
        definition=text,
    )


def _setting(match: re.Match[str], text: str) -> Iterator[SqlUse]:
    word, following = match["word"].upper(), match["next"].lower()
    table = plain_name(match["table"])
    if word == "VALIDATE":
        yield SqlUse("alter-table", table, definition=text)
        return
    family = OPPOSITES.get(word, word).lower()
    is_one_of_several = family in ("set", "enable", "replica")
    name = f"{family} {following}".rstrip() if is_one_of_several else family
    yield SqlUse("set-table", table, name=name, definition=text)


def _renamed(match: re.Match[str], text: str) -> Iterator[SqlUse]:
    table, name, new = (plain_name(match[group]) for group in ("table", "name", "to"))
    yield SqlUse("drop-constraint", table, name=name, sqlite=False)
    yield SqlUse("add-constraint", table, ALL, new, sqlite=False, definition=text)


def _from_index(match: re.Match[str], text: str) -> Iterator[SqlUse]:
    """PostgreSQL renames the index; the columns stand in it alone, so any of the table may be one.

    https://www.postgresql.org/docs/current/sql-altertable.html
    """
    table, name, index = (plain_name(match[group]) for group in ("table", "name", "index"))
    yield SqlUse("read", table, ALL)
    if index != name:
        yield SqlUse("rename-index", name=index, to=name)
    yield SqlUse("add-constraint", table, ALL, name, sqlite=False, definition=text)
