"""What was read of RunPython and RunSQL, in words that stand beside the operation."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from migtui.core.migration import Operation
from migtui.core.reach import ANY_APP, Access, Reach, SqlUse, Use

ANY = "*"
_ROWS: Mapping[Access, str] = MappingProxyType(
    {
        Access.ROWS: "looks for rows",
        Access.CREATE: "adds rows",
        Access.DELETE: "deletes rows",
        Access.EVERY: "may read any field",
        Access.SURVEY: "looks through its models",
        Access.NAMED: "is asked for",
    }
)
_SQL: Mapping[str, str] = MappingProxyType(
    {"read": "reads", "update": "changes", "insert": "adds rows", "delete": "deletes rows"}
)


def reach_of(operation: Operation) -> Reach | None:
    """All that an operation and those nested in it were seen to touch; None where none was read."""
    reaches = [inner.reach for inner in operation.walk() if inner.reach is not None]
    if not reaches:
        return None
    return Reach(
        frozenset().union(*(reach.uses for reach in reaches)),
        tuple(use for reach in reaches for use in reach.sql),
        tuple(entry for reach in reaches for entry in reach.unread),
        vouched=any(reach.vouched for reach in reaches),
    )


def say_reach(operation: Operation) -> tuple[str, ...]:
    """What an operation was seen to touch, a line for each model and table; nothing where none was.

    ``blog.post: reads author.name, title; changes views``.
    """
    reach = reach_of(operation)
    return () if reach is None else tuple(_lines(reach))


def _lines(reach: Reach) -> Iterator[str]:
    lead = "by your word, " if reach.vouched else ""
    for model in sorted({use.model for use in reach.uses}):
        said = "; ".join(_uses([use for use in reach.uses if use.model == model]))
        name = "every app" if model == ANY_APP else model
        yield f"{lead}{name}: {said}"
    yield from dict.fromkeys(map(_statement, reach.sql))
    for entry in reach.unread:
        line = f" (line {entry.line})" if entry.line else ""
        yield f"not read: {entry.why}{line}"
    if not (reach.uses or reach.sql or reach.unread):
        yield f"{lead}touches no rows"


def _uses(uses: list[Use]) -> Iterator[str]:
    for access, verb in ((Access.READ, "reads"), (Access.WRITE, "changes")):
        names = sorted({".".join(use.path) for use in uses if use.access is access})
        if names:
            yield f"{verb} {', '.join('any field' if name == ANY else name for name in names)}"
    kinds = {use.access for use in uses}
    if len(kinds) > 1:
        kinds -= {Access.NAMED}  # which goes without saying
    if kinds & {Access.READ, Access.WRITE}:
        kinds -= {Access.ROWS}
    yield from (text for access, text in _ROWS.items() if access in kinds)


def _statement(use: SqlUse) -> str:
    columns = ", ".join("any column" if name == ANY else name for name in sorted(use.columns))
    names = " to ".join(filter(None, (use.name, use.to)))
    if use.action in _SQL:
        return f"table {use.table}: {_SQL[use.action]} {columns}".rstrip()
    of = f"table {use.table}: " if use.table else ""
    return f"{of}{use.action.replace('-', ' ')} {names or columns}".rstrip()
