"""Tries the ways out of a migration that stopped half-way, on scratch databases."""

from collections.abc import Sequence
from dataclasses import replace

from migtui.core.halfway import Halfway, Stop
from migtui.engine.points import Point, shape_of
from migtui.engine.schemas import Schema, read_schema
from migtui.engine.startup import headline
from migtui.engine.untyped import Connection

MOST = 20
"""Differences that are told."""


def prove_back(
    found: Halfway, points: Sequence[Point], stop: Stop, connection: Connection
) -> Halfway:
    """Go to where the migration has stopped, then back; with whether that led to its beginning.

    Args:
        found: With the way to try.
        points: Of the migration, from its beginning to its end.
        stop: Where it has stopped.
        connection: To a scratch database that is where the migration began.
    """
    error = _go_on(found, points, stop, connection)
    error = error or _led(connection, found.back.statements, points[0].schema)
    return replace(found, back=replace(found.back, is_proved=not error, error=error))


def prove_onward(
    found: Halfway, points: Sequence[Point], stop: Stop, connection: Connection
) -> Halfway:
    """The same with the way onward, which has to lead to the migration's end."""
    error = found.onward.error or _go_on(found, points, stop, connection)
    error = error or _led(connection, found.onward.statements[:-1], points[-1].schema)
    return replace(found, onward=replace(found.onward, is_proved=not error, error=error))


def _go_on(found: Halfway, points: Sequence[Point], stop: Stop, connection: Connection) -> str:
    """Go from where the migration began to where it stopped; why that fails."""
    quiet = ["PRAGMA foreign_keys = OFF"] if found.vendor == "sqlite" else []
    passed = [point.text for point in points[1 : stop.last + 1] if point.is_sql]
    return _led(connection, [*quiet, *passed], points[stop.last].schema)


def _led(connection: Connection, statements: Sequence[str], wanted: Schema) -> str:
    """Run statements; why they don't lead to a schema."""
    for statement in statements:
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        except Exception as error:  # noqa: BLE001 - a driver may raise anything
            return f"On a scratch database it fails at {statement!r}: {headline(error)}"
    there = read_schema(connection)
    if there == wanted:
        return ""
    one, other = shape_of(there), shape_of(wanted)
    names = sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
    return f"On a scratch database it leaves other than it should: {', '.join(names[:MOST])}"
