"""PostgreSQL's advisory lock: a session's, or behind a pooler that of a transaction.

A pooler of transactions (PgBouncer with ``pool_mode = transaction``) gives the next transaction
another session: a session's lock would be left behind on one that others use, and never be given
back. A transaction keeps its session, and one that has read nothing but the lock holds neither a
snapshot nor a transaction id, so it may stay open (manual, 13.3.5; PgBouncer's features).
"""

import hashlib
from contextlib import suppress

from django.db import DatabaseError

from migtui.engine.connecting import RefusedError, ask, connect, new_connection
from migtui.engine.lock_kinds import Lock, since_text
from migtui.engine.untyped import Connection

NAME = "migtui migrations"
KEY = int.from_bytes(hashlib.sha256(NAME.encode()).digest()[:8], "big")
SIGNED = KEY - (1 << 64) if KEY >> 63 else KEY
"""As PostgreSQL takes it."""
LONGEST = 63
"""Bytes of an application's name that PostgreSQL keeps; the host is the end of it."""


class PostgresqlLock(Lock):
    """The lock of a database.

    Args:
        connection: Kept for the lock alone; connected.
        holder: Who takes the lock, as others read it.
    """

    def __init__(self, connection: Connection, holder: str) -> None:
        self._connection = connection
        self._holder = holder[:LONGEST]
        self.is_pooled = self._find_pooler()
        if not self.is_pooled:
            self._set("application_name", self._holder)
            if connection.pg_version >= 140000:  # noqa: PLR2004 - where this setting begins
                self._set("idle_session_timeout", "0")

    def _set(self, name: str, value: str) -> None:
        ask(self._connection, "SELECT set_config(%s, %s, %s)", name, value, self.is_pooled)

    def _find_pooler(self) -> bool:
        """Whether another transaction takes away the session that we have had."""
        own = ask(self._connection, "SELECT pg_backend_pid()")
        other = connect(
            new_connection(self._connection.alias, str(self._connection.settings_dict["NAME"]))
        )
        try:
            other.set_autocommit(False)
            taken = ask(other, "SELECT pg_backend_pid()")
            return taken == own or ask(self._connection, "SELECT pg_backend_pid()") != own
        finally:
            with suppress(DatabaseError):
                other.rollback()
            other.close()

    def try_to_acquire(self) -> bool:
        """Take the lock where it is free."""
        if not self.is_pooled:
            return bool(ask(self._connection, "SELECT pg_try_advisory_lock(%s)", SIGNED))
        self._connection.set_autocommit(False)
        self._set("application_name", self._holder)
        self._set("idle_in_transaction_session_timeout", "0")
        if ask(self._connection, "SELECT pg_try_advisory_xact_lock(%s)", SIGNED):
            return True
        self._end_transaction()
        return False

    def _end_transaction(self) -> None:
        self._connection.rollback()
        self._connection.set_autocommit(True)

    def holder(self) -> str:
        """Who holds it, since when."""
        with self._connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT a.application_name, a.usename, a.pid, a.client_addr::text, a.state_change
                FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
                WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND l.classid::bigint = %s AND l.objid::bigint = %s
                """,
                [KEY >> 32, KEY & 0xFFFFFFFF],
            )
            row = cursor.fetchone()
        if row is None:
            return "somebody who has just given it back"
        name, user, pid, address, since = row
        who = f"{name or 'somebody'} ({user or 'a user that is not told'}, backend {pid}"
        return f"{who}, from {address or 'the server itself'}){since_text(since)}"

    def release(self) -> bool:
        """Give it back; False where it was not held any more."""
        with suppress(RefusedError, DatabaseError):
            if not self.is_pooled:
                return bool(ask(self._connection, "SELECT pg_advisory_unlock(%s)", SIGNED))
            ask(self._connection, "SELECT 1")
            self._end_transaction()
            return True
        return False
