"""Takes a CREATE TABLE apart: SQLite and MySQL hand out the whole table as one statement."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""(?P<text>'(?:[^'\\]|''|\\.)*')|(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`)|(?P<rest>.)""",
    re.DOTALL,
)
_NAME = r"""(?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|[^\s(]+)"""
_CONSTRAINT = re.compile(
    rf"CONSTRAINT\s+(?P<name>{_NAME})\s+(?P<definition>.*)", re.DOTALL | re.IGNORECASE
)
_INDEX = re.compile(
    rf"(?P<sort>(?:UNIQUE |FULLTEXT |SPATIAL )?KEY)\s+(?P<name>{_NAME})\s+(?P<definition>.*)",
    re.DOTALL,
)
_NAMELESS = re.compile(r"(?:PRIMARY\s+KEY|UNIQUE|CHECK|FOREIGN\s+KEY)\b", re.IGNORECASE)
_COLUMN = re.compile(rf"(?P<name>{_NAME})\s*(?P<definition>.*)", re.DOTALL)

Part = tuple[str, str, str]


def parts_of_table(sql: str) -> Iterator[Part]:
    """Kind, name (empty where there is none) and definition of all that a table consists of.

    Args:
        sql: A CREATE TABLE statement.
    """
    head, *columns, tail = split_table(sql)
    yield "table", "", normalise(f"{head.split()[0]} {tail}")
    for column in columns:
        yield _part(column.strip())


def normalise(sql: str) -> str:
    """SQL without what does not matter: quotes around names, and white space."""
    written = "".join(
        match["text"] or (match["name"][1:-1] if match["name"] else match["rest"])
        for match in _TOKEN.finditer(sql)
    )
    pieces = re.split(r"('(?:[^'\\]|''|\\.)*')", written)
    for index in range(0, len(pieces), 2):
        collapsed = re.sub(r"\s+", " ", pieces[index])
        pieces[index] = re.sub(r" ?([(,=<>]) ?| (?=\))", r"\1", collapsed)
    return "".join(pieces).strip()


def _part(sql: str) -> Part:
    for kind, pattern in (("constraint", _CONSTRAINT), ("index", _INDEX)):
        match = pattern.match(sql)
        if match:
            sort = f"{match['sort']} " if kind == "index" else ""
            return kind, normalise(match["name"]), sort + normalise(match["definition"])
    if _NAMELESS.match(sql):
        return "constraint", "", normalise(sql)
    match = _COLUMN.match(sql)
    if match is None:
        return "column", "", normalise(sql)
    return "column", normalise(match["name"]), normalise(match["definition"])


def split_table(sql: str) -> list[str]:
    """What stands before the outer parentheses, each item inside, and what stands after."""
    found = [""]
    depth = 0
    for match in _TOKEN.finditer(sql):
        character = match["rest"]
        depth += (character == "(") - (character == ")")
        opens = character == "(" and depth == 1
        closes = character == ")" and depth == 0
        if opens or closes or (character == "," and depth == 1):
            found.append("")
        else:
            found[-1] += match[0]
    return found
