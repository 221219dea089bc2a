"""When PostgreSQL has to write a table anew: changed types, and defaults that differ by row.

Sources: the manual's ALTER TABLE, notes; ``ATColumnChangeRequiresRewrite`` in tablecmds.c; the
release notes of 9.2 (varchar, numeric), 11 (constant defaults), 12 (timestamps in UTC).
"""

import re

NAMES = {
    "character varying": "varchar", "character": "char", "int": "integer", "int4": "integer",
    "int8": "bigint", "int2": "smallint", "bool": "boolean", "decimal": "numeric",
    "float8": "double precision", "float4": "real", "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone", "timetz": "time with time zone",
    "time": "time without time zone", "bit varying": "varbit",
}  # fmt: skip
TYPE = re.compile(
    r"(?P<name>[a-z_][a-z0-9_ .\"]*?)\s*(?:\(\s*(?P<first>\d+)\s*(?:,\s*(?P<second>\d+)\s*)?\))?"
    r"(?P<zone>\s+with(?:out)? time zone)?(?P<array>(?:\s*\[\d*\])*)"
)
LONGEST = 200
"""Characters of a type that is read."""
LOOSENED = frozenset({
    ("varchar", "text"), ("text", "varchar"), ("varchar", "varchar"), ("text", "text"),
    ("cidr", "inet"),
})  # fmt: skip
"""Types whose values are stored alike."""
STABLE = frozenset({
    "now", "statement_timestamp", "transaction_timestamp", "current_timestamp", "current_date",
    "current_time", "localtimestamp", "localtime", "current_user", "session_user", "lower", "upper",
    "coalesce", "nullif", "greatest", "least", "concat", "length", "round", "floor", "ceil", "abs",
    "date_trunc", "to_timestamp", "make_date", "make_interval", "jsonb_build_object", "to_jsonb",
    "jsonb_build_array", "array", "cast", "json_build_object", "json_build_array", "replace",
    "substring", "trim", "btrim", "ltrim", "rtrim", "left", "right", "md5", "mod", "power", "sqrt",
    "pi", "current_setting", "extract", "row", "sign", "trunc", "chr", "repeat", "string_to_array",
    "numeric", "varchar", "char", "timestamp", "interval", "json_object", "jsonb_object",
})  # fmt: skip
"""Functions whose result is one value for the whole statement."""
VOLATILE = frozenset({
    "random", "gen_random_uuid", "uuid_generate_v1", "uuid_generate_v4", "uuid_generate_v1mc",
    "clock_timestamp", "timeofday", "nextval", "uuidv4", "uuidv7", "gen_random_bytes", "setval",
    "random_normal", "txid_current", "pg_sleep",
})  # fmt: skip
_CALL = re.compile(r"\"?([A-Za-z_][\w$]*)\"?\s*\(")


def differs_by_row(expression: str) -> bool | None:
    """Whether a default may be another value for each row; None where that can't be told."""
    bare = re.sub(r"'(?:[^']|'')*'", "''", expression)
    called = {name.lower() for name in _CALL.findall(bare)}
    if called & VOLATILE:
        return True
    return False if called <= STABLE else None


def requires_rewrite(old: str, new: str, using: str, column: str) -> bool | None:
    """Whether changing a type writes the table anew.

    Args:
        old: The type as it was; empty where it is not known.
        new: The type to be.
        using: The expression of USING; empty where there is none.
        column: The name of the column.
    """
    if using and not _is_cast(using, column):
        return True
    before, after = parse_type(old), parse_type(new)
    if before is None or after is None:
        return None
    if before == after:
        return False
    name, first, second, array = before
    to, to_first, to_second, to_array = after
    if array or to_array:
        return None
    if (name, to) in LOOSENED or name == to == "varbit":
        return to_first is not None and (first is None or to_first < first)
    if name == to == "numeric":
        if to_first is None:
            return False
        return first is None or to_first < first or (second or 0) != (to_second or 0)
    if name == to and name.startswith(("timestamp", "time ", "interval")):
        return to_first is not None and to_first < (6 if first is None else first)
    if {name, to} == {"timestamp with time zone", "timestamp without time zone"}:
        return None
    plain = name in _KNOWN and to in _KNOWN
    return True if plain else None


_KNOWN = frozenset({
    "smallint", "integer", "bigint", "numeric", "real", "double precision", "boolean", "varchar",
    "text", "char", "uuid", "date", "jsonb", "json", "bytea", "inet", "interval",
    "timestamp with time zone", "timestamp without time zone", "time without time zone",
    "time with time zone",
})  # fmt: skip
"""Types of which none but those above is stored like another."""


_OTHERS = frozenset({
    "citext", "hstore", "tsvector", "tsquery", "ltree", "lquery", "cidr", "macaddr", "macaddr8",
    "money", "xml", "bit", "varbit", "point", "line", "lseg", "box", "path", "polygon", "circle",
    "oid", "name", "geometry", "geography", "raster", "vector", "halfvec", "sparsevec", "cube",
    "int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange", "int4multirange",
    "int8multirange", "nummultirange", "tsmultirange", "tstzmultirange", "datemultirange",
})  # fmt: skip


def may_be_domain(kind: str) -> bool:
    """Whether a type may be a domain, whose constraints are tried on the value of each row."""
    parsed = parse_type(kind)
    name = kind.partition("(")[0].strip() if parsed is None else parsed[0]
    return name not in _KNOWN and name not in _OTHERS


def parse_type(text: str) -> tuple[str, int | None, int | None, str] | None:
    """A type's name in one spelling, its two sizes, and the brackets of an array.

    None where it is written in another way than types are.
    """
    match = TYPE.fullmatch(text.strip().lower()) if len(text) <= LONGEST else None
    if match is None:
        return None
    name = " ".join((match["name"] + (match["zone"] or "")).split())
    first = int(match["first"]) if match["first"] else None
    second = int(match["second"]) if match["second"] else None
    return NAMES.get(name, name), first, second, "".join((match["array"] or "").split())


def _is_cast(using: str, column: str) -> bool:
    bare = using.strip("()").replace('"', "").lower()
    return bare.split("::")[0].strip() == column.lower() and bare.count("::") <= 1
