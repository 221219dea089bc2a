"""Stands in for a driver's connection where values are quoted: drivers ask theirs how."""

from typing import Any

from django.conf import settings

from migtui.engine.untyped import Connection

_MYSQL_ESCAPES = {
    "\0": "\\0",
    "\n": "\\n",
    "\r": "\\r",
    "\x1a": "\\Z",
    '"': '\\"',
    "'": "\\'",
    "\\": "\\\\",
}
_MYSQL_TABLE = str.maketrans(_MYSQL_ESCAPES)


def raw_connection(connection: Connection) -> Any:  # noqa: ANN401 - one of several
    """What takes the place of the driver's connection."""
    if connection.vendor == "mysql":
        return _pymysql(connection) or _MySQL()
    from django.db.backends.postgresql import psycopg_any

    is_psycopg3 = getattr(psycopg_any, "is_psycopg3", False)
    return _Psycopg3(connection) if is_psycopg3 else _Psycopg2()


def _pymysql(connection: Connection) -> Any:  # noqa: ANN401 - it has no types
    """PyMySQL's own connection that was never made, which can quote; None for another driver."""
    if not hasattr(connection.Database, "install_as_MySQLdb"):
        return None
    made = connection.Database.connect(**connection.get_connection_params(), defer_connect=True)
    made.server_status = 0
    made.quote = made.escape
    return made


class _Psycopg3:
    """A context that psycopg adapts values in; it has no connection to ask for encodings."""

    connection = None

    def __init__(self, connection: Connection) -> None:
        from django.db.backends.postgresql.psycopg_any import get_adapters_template
        from psycopg import adapt
        from psycopg.dbapi20 import Binary, BinaryTextDumper
        from psycopg.types.string import BytesDumper

        class Bytes(BytesDumper):
            def quote(self, obj: Any) -> bytes:  # noqa: ANN401 - whatever holds bytes
                return _bytea(obj)

        class Wrapped(BinaryTextDumper):
            def quote(self, obj: Any) -> bytes:  # noqa: ANN401 - psycopg's own
                return _bytea(obj.obj)

        template = get_adapters_template(settings.USE_TZ, connection.timezone)
        self.adapters = adapt.AdaptersMap(template)
        for kind in (bytes, bytearray, memoryview):
            self.adapters.register_dumper(kind, Bytes)
        self.adapters.register_dumper(Binary, Wrapped)

    def quote(self, value: object) -> str:
        """A value as the driver writes it into a statement."""
        from django.db.backends.postgresql.psycopg_any import sql

        return str(sql.quote(value, self))


def _bytea(value: Any) -> bytes:  # noqa: ANN401 - whatever holds bytes
    """Bytes as they are written where ``standard_conforming_strings`` is on."""
    return b"'\\x" + bytes(value).hex().encode() + b"'"


class _Psycopg2:
    """psycopg2 quotes everything but texts and bytes without a connection."""

    @staticmethod
    def quote(value: Any) -> str:  # noqa: ANN401 - any value
        """A value as the driver writes it where ``standard_conforming_strings`` is on."""
        from django.db.backends.postgresql.psycopg_any import sql

        if isinstance(value, str):
            return "'" + value.replace("'", "''") + "'"
        wrapped = value.adapted if type(value).__name__ == "Binary" else value
        if isinstance(wrapped, bytes | bytearray | memoryview):
            return f"{_bytea(wrapped).decode()}::bytea"
        return str(sql.quote(value))


class _MySQL:
    """Quotes as mysqlclient does."""

    encoders: Any = None

    def escape(self, value: Any, mapping: object = None) -> str:  # noqa: ANN401, ARG002 - as the drivers have it
        """A value as the drivers write it into a statement."""
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return str(int(value))
        if isinstance(value, int):
            return str(value)
        if isinstance(value, float):
            text = repr(value)
            return text if "e" in text else f"{text}e0"
        if isinstance(value, bytes | bytearray):
            return "_binary'" + value.decode("latin-1").translate(_MYSQL_TABLE) + "'"
        if type(value).__name__ == "Decimal":
            return format(value, "f")
        return "'" + str(value).translate(_MYSQL_TABLE) + "'"

    quote = escape
