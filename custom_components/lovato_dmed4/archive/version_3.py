"""The columns and indexes that version 3 added: when sessions count, and how long a key was good.

They are written down as they were then, and never change again.
"""

from typing import Final

from sqlalchemy import Connection, inspect, text

_SESSIONS: Final = "dmed4_sessions"
# A clock that shows less was never set; the first of a session's records came at this time.
_COUNT_SESSIONS: Final = (
    """UPDATE dmed4_sessions SET arrived = (
        SELECT MIN(arrived) FROM dmed4_records WHERE session_id = dmed4_sessions.id)
    WHERE id IN (SELECT session_id FROM dmed4_records WHERE session_id IS NOT NULL)""",
    """UPDATE dmed4_sessions SET counted =
        CASE WHEN begin < '2020-01-01' OR begin > arrived THEN arrived ELSE begin END""",
)


def count_sessions(connection: Connection) -> None:
    """Sort sessions by a time that was possible, and note when a key was replaced."""
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
