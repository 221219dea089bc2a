"""Which values a changed type has no room for, on any vendor.

Sources: PostgreSQL's manual, 8.1 to 8.5; MySQL's, 11.1 to 11.3.
"""

from dataclasses import dataclass

from migtui.core.hazards.postgresql_types import parse_type

BYTES = {"tinyint": 1, "smallint": 2, "mediumint": 3, "integer": 4, "bigint": 8}
UNSIGNED = " unsigned"
TEXTS = ("tinytext", "text", "mediumtext", "longtext")
"""Those of MySQL by their length; PostgreSQL has one of them, without a limit."""
INEXACT = ("real", "double precision", "numeric")
MOMENTS = ("timestamp with time zone", "timestamp without time zone", "datetime")
READABLE = ("uuid", "date", "json", "jsonb", "inet", "boolean", "bool", *MOMENTS, *INEXACT)
"""Types that not every text can be read as."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What becomes of values.

    Attributes:
        verb: ``fails``, ``cuts`` or ``rounds``.
        values: Of which, ``that are longer than 50 characters``.
    """

    verb: str
    values: str


def loss_of(old: str, new: str, *, is_cast: bool) -> Loss | None:
    """What values lose when a column's type changes; None where nothing, or it can't be told.

    Args:
        old: The type before.
        new: The type after.
        is_cast: Whether values are cast, which cuts texts; else they are assigned, which fails.
    """
    before, after = parse_type(old), parse_type(new)
    if before is None or after is None or before == after or before[3] or after[3]:
        return None
    name, to = before[0], after[0]
    if _is_text(name) and _is_text(to):
        return _text(before[:3], after[:3], is_cast=is_cast)
    if _range(name) and _range(to):
        return _whole(name, to)
    if name == to == "numeric":
        return _numeric(before[:3], after[:3])
    if name in INEXACT and _range(to):
        return Loss("rounds", "with decimal places")
    if name in MOMENTS and to == "date":
        return Loss("cuts", "to their date")
    if _is_text(name) and (to in READABLE or _range(to)):
        return Loss("fails", f"that are no {to}")
    return None


def _is_text(name: str) -> bool:
    return name in ("varchar", "char", *TEXTS)


def _text(
    before: tuple[str, int | None, int | None],
    after: tuple[str, int | None, int | None],
    *,
    is_cast: bool,
) -> Loss | None:
    (name, first, _), (to, limit, _) = before, after
    if limit is not None:
        if first is not None and first <= limit:
            return None
        return Loss("cuts" if is_cast else "fails", f"that are longer than {limit} characters")
    if name in TEXTS and to in TEXTS and TEXTS.index(to) < TEXTS.index(name):
        return Loss("fails", f"that are longer than a {to}")
    return None


def _range(name: str) -> tuple[int, int] | None:
    size = BYTES.get(name.removesuffix(UNSIGNED))
    if size is None:
        return None
    if name.endswith(UNSIGNED):
        return 0, 2 ** (8 * size) - 1
    return -(2 ** (8 * size - 1)), 2 ** (8 * size - 1) - 1


def _whole(name: str, to: str) -> Loss | None:
    old, new = _range(name), _range(to)
    if old is None or new is None or (new[0] <= old[0] and new[1] >= old[1]):
        return None
    return Loss("fails", f"that are out of the range of {to}")


def _numeric(
    before: tuple[str, int | None, int | None], after: tuple[str, int | None, int | None]
) -> Loss | None:
    (_, digits, places), (_, limit, scale) = before, after
    if limit is None:
        return None
    whole = limit - (scale or 0)
    if digits is None or digits - (places or 0) > whole:
        return Loss("fails", f"with more than {whole} digits before the point")
    return Loss("rounds", "with more decimal places") if (scale or 0) < (places or 0) else None
