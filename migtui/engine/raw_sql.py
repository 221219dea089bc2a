"""SQL as operations give it: parameters put in and scripts split as drivers and Django do."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from migtui.engine.startup import headline
from migtui.engine.untyped import Connection

LONGEST_SCRIPT = 500_000
"""Characters of a RunSQL that sqlparse is asked to split: it takes seconds for as many."""
UNSPLIT = "Shown as written, where Django would execute its statements one by one: {}."
GIVEN_UP = "Shown as written, and what follows as though Django had executed it."
LONE = "a % stands alone, where it has to be doubled because there are parameters"

_PLACEHOLDERS = {
    "sqlite": re.compile(r"%(?:\((?P<name>[^)]*)\))?s|%%"),  # it takes a lone percent sign
    "postgresql": re.compile(r"%(?:\((?P<name>[^)]*)\))?[sbt]|%%|(?P<lone>%)"),
    "mysql": re.compile(r"%(?:\((?P<name>[^)]*)\))?s|%%|(?P<lone>%)"),
}


def fill(
    sql: str,
    params: Any,  # noqa: ANN401 - as drivers take them
    quote: Callable[[Any], str],
    vendor: str,
) -> str:
    """A statement with its parameters in it, as a driver sends it.

    Args:
        sql: The statement.
        params: A sequence of values, or values by name.
        quote: A value as it is written into SQL.
        vendor: Whose drivers' rules count.

    Raises:
        ValueError: The parameters are not those that the statement takes.
        KeyError: One that it names is not there.
    """
    by_name = params if isinstance(params, Mapping) else None
    values = [] if by_name is not None else list(params)
    used = 0

    def value(match: re.Match[str]) -> str:
        nonlocal used
        if match[0] == "%%":
            return "%"
        if "lone" in match.re.groupindex and match["lone"]:
            raise ValueError(LONE)
        name = match["name"]
        if (name is None) != (by_name is None):
            raise ValueError(f"{match[0]} stands where parameters are given otherwise")
        if by_name is not None:
            return quote(by_name[name])
        used += 1
        return quote(values[used - 1]) if used <= len(values) else ""

    found = _PLACEHOLDERS[vendor].sub(value, sql)
    if by_name is None and used != len(values):
        raise ValueError(f"placeholders and parameters differ in number: {used} and {len(values)}")
    return found


def guarded_splitting(connection: Connection) -> Callable[[Any], list[Any]]:
    """The backend's splitting of scripts, which gives up on some and takes minutes for others."""
    split = connection.ops.prepare_sql_script

    def note(text: str, error: str = "") -> None:
        if connection.recorder is not None:
            connection.recorder.note(text, error=error)

    def prepare_sql_script(sql: Any) -> list[Any]:  # noqa: ANN401 - as operations give it
        if not isinstance(sql, str):
            return list(split(sql))  # raises where Django does
        if len(sql) > LONGEST_SCRIPT:
            note(UNSPLIT.format(f"it has {len(sql):,} characters"))
            return [sql]
        try:
            return list(split(sql))
        except Exception as error:  # noqa: BLE001 - sqlparse's own and RecursionError
            note(GIVEN_UP, headline(error).rstrip("."))
            return [sql]

    return prepare_sql_script
