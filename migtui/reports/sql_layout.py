"""Lays a statement out over several lines; nothing but white space changes, or it stays as it is.

sqlparse lays out queries well and definitions badly, so those are laid out here.
"""

import re
from dataclasses import replace

from migtui.core.sql import SqlScript
from migtui.core.statements.tokens import Kind, Token, lexemes

_LONGEST = 100_000
"""Characters; a longer statement is left as it is rather than laid out late."""
_ENOUGH = 100_000
"""Characters of a script that are laid out: sqlparse takes a second or two for as many."""
_REST = "Statements behind the first {:,} characters are not laid out: that takes too long."
_DEFINITION = re.compile(r"\s*(?:CREATE\s+(?:UNLOGGED\s+)?TABLE|ALTER\s+TABLE)\b", re.IGNORECASE)
_INDENT = "    "
_VENDORS = ("postgresql", "mysql", "sqlite")


_SEMICOLON = Token(Kind.SYMBOL, ";")


def laid_out(script: SqlScript) -> SqlScript:
    """A script with its statements over several lines; its note says where that ends."""
    migrations = []
    room = _ENOUGH
    for migration in script.migrations:
        statements = []
        for statement in migration.statements:
            if len(statement.sql) <= _LONGEST:
                room -= len(statement.sql)
            sql = lay_out(statement.sql, script.vendor) if room > 0 else statement.sql
            statements.append(replace(statement, sql=sql))
        migrations.append(replace(migration, statements=tuple(statements)))
    note = script.note if room > 0 else f"{script.note} {_REST.format(_ENOUGH)}".strip()
    return replace(script, migrations=tuple(migrations), note=note)


def lay_out(sql: str, vendor: str) -> str:
    """A statement over several lines.

    Args:
        sql: One statement, or several with semicolons between them.
        vendor: ``postgresql``, ``mysql`` or ``sqlite``; others' are left alone.

    Returns:
        The same tokens; the text as it was where it is too long or sqlparse gives up on it.
    """
    if len(sql) > _LONGEST or vendor not in _VENDORS:
        return sql
    try:
        parts = _split(sql, vendor)
        found = ";\n".join(_lay_out_one(part, vendor) for part in parts)
        found += ";" if sql.rstrip().endswith(";") else ""
        return found if _kept(found, vendor) == _kept(sql, vendor) else sql
    except Exception:  # noqa: BLE001 - sqlparse raises its own and RecursionError
        return sql


def _kept(sql: str, vendor: str) -> list[Token]:
    """All that has to stay as it was: everything but white space."""
    return [token for token in lexemes(sql, vendor) if token.kind is not Kind.SPACE]


def _split(sql: str, vendor: str) -> list[str]:
    """The statements without the semicolons between them."""
    parts = [""]
    for token in lexemes(sql, vendor):
        if token == _SEMICOLON:
            parts.append("")
        else:
            parts[-1] += token.text
    return [part.strip() for part in parts if part.strip()]


def _lay_out_one(sql: str, vendor: str) -> str:
    if _DEFINITION.match(sql):
        return _lay_out_definition(sql, vendor)
    import sqlparse  # noqa: PLC0415 - only where something is laid out

    return str(sqlparse.format(sql, reindent=True)).strip()


def _lay_out_definition(sql: str, vendor: str) -> str:
    """A line for each part: what is between the outer parentheses, or each action of an ALTER."""
    is_table = is_open = sql.lstrip().upper().startswith("CREATE")
    found = ""
    depth = 0
    is_comment = False
    for token in lexemes(sql, vendor):
        sign = token.text if token.kind is Kind.SYMBOL else ""
        depth += (sign == "(") - (sign == ")")
        if sign == "(" and depth == 1 and is_open:
            found = f"{found.rstrip()} (\n{_INDENT}"
        elif sign == ")" and depth == 0 and is_open:
            found = f"{found.rstrip()}\n)"
            is_open = False  # what is behind it are options
        elif sign == "," and depth == int(is_table) and is_open == is_table:
            found += f",\n{_INDENT}"
        elif token.kind is not Kind.SPACE:
            found += token.text
        elif is_comment:
            found += f"\n{_INDENT}"
        elif not found.endswith((" ", "\n")):
            found += " "
        is_comment = token.kind is Kind.COMMENT and not token.text.startswith("/")
    return found.strip()
