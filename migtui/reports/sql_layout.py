"""Lays a statement out over several lines; nothing but white space changes, or it stays as it is.

sqlparse lays out queries well and definitions badly, so those are laid out here.
"""

import re

from migtui.core.ddl.tokens import lexemes

_LONGEST = 100_000
"""Characters; a longer statement is left as it is rather than laid out late."""
_DEFINITION = re.compile(r"\s*(?:CREATE\s+(?:UNLOGGED\s+)?TABLE|ALTER\s+TABLE)\b", re.IGNORECASE)
_INDENT = "    "


def lay_out(sql: str) -> str:
    """A statement over several lines.

    Args:
        sql: One statement, or several with semicolons between them.

    Returns:
        The same tokens; the text as it was where it is too long or sqlparse gives up on it.
    """
    if len(sql) > _LONGEST:
        return sql
    try:
        found = ";\n".join(map(_lay_out_one, _split(sql))) + (";" if _ends(sql) else "")
        return found if list(lexemes(found)) == list(lexemes(sql)) else sql
    except Exception:  # noqa: BLE001 - sqlparse raises its own and RecursionError
        return sql


def _ends(sql: str) -> bool:
    return sql.rstrip().endswith(";")


def _split(sql: str) -> list[str]:
    """The statements without the semicolons between them."""
    parts = [""]
    for kind, text in lexemes(sql, spaces=True):
        if kind == "other" and text == ";":
            parts.append("")
        else:
            parts[-1] += text
    return [part.strip() for part in parts if part.strip()]


def _lay_out_one(sql: str) -> str:
    if _DEFINITION.match(sql):
        return _lay_out_definition(sql)
    import sqlparse  # noqa: PLC0415 - only where something is laid out

    return str(sqlparse.format(sql, reindent=True)).strip()


def _lay_out_definition(sql: str) -> str:
    """A line for each part: what is between the outer parentheses, or each action of an ALTER."""
    is_table = sql.lstrip().upper().startswith("CREATE")
    found = ""
    depth = 0
    for kind, text in lexemes(sql, spaces=True):
        sign = text if kind == "other" else ""
        depth += (sign == "(") - (sign == ")")
        if sign == "(" and depth == 1 and is_table:
            found = f"{found.rstrip()} (\n{_INDENT}"
        elif sign == ")" and depth == 0 and is_table:
            found = f"{found.rstrip()}\n)"
        elif sign == "," and depth == int(is_table):
            found += f",\n{_INDENT}"
        elif kind != "space" or not found.endswith((" ", "\n")):
            found += " " if kind == "space" and not text.lstrip().startswith(("-", "/")) else text
    return found.strip()
