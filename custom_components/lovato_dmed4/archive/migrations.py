"""Bring the tables of an older version to the newest one."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    insert,
    inspect,
    select,
    text,
    update,
)

from .model import ArchiveError
from .tables import Base

type Step = Callable[[Connection], None]

_SESSIONS: Final = "dmed4_sessions"
# A clock that shows less was never set; the first of a session's records came at this time.
_COUNT_SESSIONS: Final = (
    """UPDATE dmed4_sessions SET arrived = (
        SELECT MIN(arrived) FROM dmed4_records WHERE session_id = dmed4_sessions.id)
    WHERE id IN (SELECT session_id FROM dmed4_records WHERE session_id IS NOT NULL)""",
    """UPDATE dmed4_sessions SET counted =
        CASE WHEN begin < '2020-01-01' OR begin > arrived THEN arrived ELSE begin END""",
)


def _count_sessions(connection: Connection) -> None:
    """Version 2: sessions are sorted by a time that was possible; a former key has an end."""
    time = "DATETIME(6)" if connection.dialect.name in {"mysql", "mariadb"} else None
    time = time or ("TIMESTAMP" if connection.dialect.name == "postgresql" else "DATETIME")
    _add_column(connection, "dmed4_keys", "replaced", time)
    for column in ("arrived", "counted"):
        _add_column(connection, _SESSIONS, column, f"{time} NOT NULL DEFAULT '1000-01-01'")
    for statement in _COUNT_SESSIONS:
        connection.execute(text(statement))
    for table, name, columns in (
        (_SESSIONS, "dmed4_sessions_counted", "counted, id"),
        (_SESSIONS, "dmed4_sessions_of_meter", "meter_id, counted, id"),
        ("dmed4_records", "dmed4_records_of_session", "session_id, kind, time"),
    ):
        if name not in _indexes(connection, table):
            connection.execute(text(f"CREATE INDEX {name} ON {table} ({columns})"))
    for table, name in (
        (_SESSIONS, "dmed4_sessions_by_begin"),
        (_SESSIONS, "dmed4_sessions_by_meter"),
        ("dmed4_records", "dmed4_records_by_session"),
    ):
        if name in _indexes(connection, table):
            on_table = f" ON {table}" if connection.dialect.name in {"mysql", "mariadb"} else ""
            connection.execute(text(f"DROP INDEX {name}{on_table}"))
    if "size" in _columns(connection, _SESSIONS):
        connection.execute(text(f"ALTER TABLE {_SESSIONS} DROP COLUMN size"))


def _add_column(connection: Connection, table: str, name: str, kind: str) -> None:
    """Add a column, unless that was done before a step broke off."""
    if name not in _columns(connection, table):
        connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {name} {kind}"))


def _columns(connection: Connection, table: str) -> set[str]:
    return {str(column["name"]) for column in inspect(connection).get_columns(table)}


def _indexes(connection: Connection, table: str) -> set[str]:
    return {str(index["name"]) for index in inspect(connection).get_indexes(table)}


# From each version to the next one. A step never changes again: it knows the tables of its time, so
# it says what to do in SQL and not by what `tables` says now. MariaDB commits after each statement
# that changes a table, so there a step that was broken off is taken again from its beginning.
STEPS: Final[Mapping[int, Step]] = {1: _count_sessions}

_FIRST: Final = 1
_VERSION: Final = Table(
    "dmed4_version",
    MetaData(),
    Column("version", Integer, primary_key=True, autoincrement=False),
)
# Any number and name: that of the lock of all programs that migrate these tables.
_LOCKS: Final = {
    "postgresql": ("SELECT pg_advisory_lock(888532)", "SELECT pg_advisory_unlock(888532)"),
    "mysql": ("SELECT GET_LOCK('dmed4_migration', 60)", "SELECT RELEASE_LOCK('dmed4_migration')"),
}
_LOCKS["mariadb"] = _LOCKS["mysql"]


def migrate(connection: Connection, steps: Mapping[int, Step] = STEPS) -> None:
    """Make the tables, or take the steps that are missing: all of them, or none.

    Raises:
        ArchiveError: a newer version has made the tables.
    """
    newest = _FIRST + len(steps)
    with _locked(connection), connection.begin():
        _VERSION.create(connection, checkfirst=True)
        found = connection.scalar(select(_VERSION.c.version))
        if found is None:
            Base.metadata.create_all(connection)
            connection.execute(insert(_VERSION).values(version=newest))
            return
        if found > newest:
            raise ArchiveError(f"The tables have version {found}, this software knows {newest}")
        for version in range(found, newest):
            steps[version](connection)
            connection.execute(update(_VERSION).values(version=version + 1))


@contextmanager
def _locked(connection: Connection) -> Iterator[None]:
    """Let nobody else migrate meanwhile. In SQLite, the transaction alone sees to that."""
    if connection.dialect.name not in _LOCKS:
        yield
        return
    lock, unlock = map(text, _LOCKS[connection.dialect.name])
    connection.execute(lock)
    connection.commit()
    try:
        yield
    finally:
        connection.execute(unlock)
        connection.commit()
