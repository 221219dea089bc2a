"""SQL statements on rows: which tables and columns they read and write."""

from collections.abc import Iterator

from sqlglot import exp

from migtui.core.reach import SqlUse
from migtui.source.first_words import plain_name

ORDERED = (
    exp.Distinct,
    exp.Fetch,
    exp.From,
    exp.Join,
    exp.Limit,
    exp.Offset,
    exp.Order,
    exp.Window,
)
"""What rows are picked or numbered with; an UPDATE of joined rows takes one of several."""
SERIAL = ("table", "column")
"""What ``pg_get_serial_sequence`` is given."""


def read_rows(tree: exp.Expression) -> Iterator[SqlUse]:
    """What a statement does to rows, common table expressions and subqueries included."""
    aliases = _tables(tree)
    written = dict(_written(tree))
    for node in tree.find_all(exp.Insert, exp.Update, exp.Delete):
        if node is not tree:
            written |= dict(_written(node))
    read: dict[str, set[str]] = {table: set() for table in aliases.values()}
    filled = {table for table, action in written if action == "insert"}
    sources = [table for table in read if table not in filled] or list(read)
    for column in tree.find_all(exp.Column):
        name = column.name
        if isinstance(column.this, exp.Star):
            name = "*"
        if column.table:
            owner = aliases.get(column.table)
            if owner is not None:
                read[owner].add(name)
        elif len(sources) == 1:
            read[sources[0]].add(name)
        else:
            for columns in read.values():
                columns.add("*")
    if any(isinstance(star.parent, exp.Select) for star in tree.find_all(exp.Star)):
        for columns in read.values():
            columns.add("*")
    yield from _sequences(tree)
    is_ordered = tree.find(*ORDERED) is not None
    for table, columns in read.items():
        if table not in filled and (columns or not any(table == name for name, _ in written)):
            yield SqlUse("read", table, frozenset(columns), is_ordered=is_ordered)
    for (table, action), names in written.items():
        yield SqlUse(action, table, names, is_ordered=is_ordered)


def _sequences(tree: exp.Expression) -> Iterator[SqlUse]:
    """The sequences that ``setval`` sets, by their names or by the columns that they serve."""
    for node in tree.find_all(exp.Anonymous):
        words = [entry.name for entry in node.expressions if isinstance(entry, exp.Literal)]
        if node.name.lower() == "setval" and words and node.expressions[0].is_string:
            name = plain_name(words[0])
            definition = " ".join(tree.sql().split())
            yield SqlUse(
                "create-object", name=f"sequence {name}", strict=False, definition=definition
            )
        elif node.name.lower() == "pg_get_serial_sequence" and len(words) == len(SERIAL):
            table, column = map(plain_name, words)
            yield SqlUse("needs-table", table, frozenset({column}))


def _tables(tree: exp.Expression) -> dict[str, str]:
    """Tables by alias and by name; what ``WITH`` names is none."""
    named = {cte.alias for cte in tree.find_all(exp.CTE)}
    found: dict[str, str] = {}
    for table in tree.find_all(exp.Table):
        if table.name and table.name not in named:
            found[table.alias_or_name] = table.name
            found[table.name] = table.name
    return found


def _written(tree: exp.Expression) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
    target = tree.this
    if isinstance(tree, exp.Insert):
        columns = target.expressions if isinstance(target, exp.Schema) else []
        table = target.this if isinstance(target, exp.Schema) else target
        names = frozenset(column.name for column in columns)
        yield (table.name, "insert"), names
        conflict = tree.args.get("conflict")
        if conflict is not None and conflict.expressions:
            yield (table.name, "update"), frozenset(_assigned(conflict.expressions))
    elif isinstance(tree, exp.Update):
        table = target.find(exp.Table) or target
        yield (table.name, "update"), frozenset(_assigned(tree.expressions))
    elif isinstance(tree, exp.Delete):
        targets = tree.args.get("tables") or [target]
        aliases = _tables(tree)
        for table in targets:
            yield (aliases.get(table.name, table.name), "delete"), frozenset()


def _assigned(expressions: list[exp.Expression]) -> Iterator[str]:
    for entry in expressions:
        left = entry.this if isinstance(entry, exp.EQ) else entry
        names = [column.name for column in left.find_all(exp.Column)]
        yield from names or ["*"]
