"""Bring the tables of an older version to the newest one."""

from collections.abc import Callable, Mapping
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

# From each version to the next one. A step stays as it is for good: it says what the tables were then.
STEPS: Final[Mapping[int, Step]] = {}

_FIRST: Final = 1
_NAME: Final = "dmed4_version"
_VERSION: Final = Table(
    _NAME, MetaData(), Column("version", Integer, primary_key=True, autoincrement=False)
)
# Any number: names the lock of all programs that migrate these tables.
_LOCK: Final = 0x0D4ED4


def migrate(connection: Connection, steps: Mapping[int, Step] = STEPS) -> None:
    """Make the tables, or take the steps that are missing; in a transaction that is the caller's.

    Raises:
        ArchiveError: a newer version has made the tables.
    """
    _lock(connection)
    newest = _FIRST + len(steps)
    if not inspect(connection).has_table(_NAME):
        Base.metadata.create_all(connection)
        _VERSION.create(connection)
        connection.execute(insert(_VERSION).values(version=newest))
        return
    found = connection.execute(select(_VERSION.c.version)).scalar_one()
    if found > newest:
        raise ArchiveError(f"The tables have version {found}, this software knows {newest}")
    for version in range(found, newest):
        steps[version](connection)
        connection.execute(update(_VERSION).values(version=version + 1))


def _lock(connection: Connection) -> None:
    """Let nobody else migrate until the transaction ends; SQLite's has locked the file already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
