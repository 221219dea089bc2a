"""Stands in for a driver's connection where values are quoted: drivers ask theirs how."""

from typing import Any

from django.conf import settings

from migtui.engine.untyped import Connection


def raw_connection(connection: Connection) -> Any:  # noqa: ANN401 - one of several
    """What takes the place of the driver's connection."""
    if connection.vendor == "mysql":
        return _pymysql(connection) or _MySQL(connection)
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


_EXTENSIONS = 16_384
"""The first number that PostgreSQL gives to an object that is not its own."""


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
        if hasattr(connection, "register_geometry_adapters"):
            self._know_geometries(connection)

    def _know_geometries(self, connection: Connection) -> None:
        """PostGIS' types as an extension brings them, under numbers that no built-in type has."""
        from psycopg.types import TypeInfo

        connection._type_infos = {  # noqa: SLF001 - as Django's backend keeps them, of one alias
            name: {connection.alias: TypeInfo(name, _EXTENSIONS + 2 * n, _EXTENSIONS + 2 * n + 1)}
            for n, name in enumerate(connection._type_infos)  # noqa: SLF001 - as above
        }
        connection.register_geometry_adapters(self)
        # CreateExtension would have them looked up anew in a database.
        connection.register_geometry_adapters = lambda *_: None

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
    """Quotes with mysqlclient's own functions (``literal`` of its connections), of which none asks.

    Args:
        connection: Whose options say how bytes are marked.
    """

    encoders: Any = None

    def __init__(self, connection: Connection) -> None:
        marks = connection.get_connection_params().get("binary_prefix", False)
        self._before_bytes = b"_binary" if marks else b""

    def escape(self, value: Any, mapping: object = None) -> str:  # noqa: ANN401, ARG002 - as the drivers have it
        """A value as the driver writes it into a statement; bytes that are no text as Latin-1."""
        from MySQLdb import _mysql
        from MySQLdb.converters import conversions

        if isinstance(value, str):
            found = _mysql.string_literal(value.encode())
        elif isinstance(value, bytes | bytearray):
            found = self._before_bytes + _mysql.string_literal(bytes(value))
        else:
            found = _mysql.escape(value, conversions)
        if isinstance(found, str):
            return found
        try:
            return str(found.decode())
        except UnicodeDecodeError:
            return str(found.decode("latin-1"))

    quote = escape
