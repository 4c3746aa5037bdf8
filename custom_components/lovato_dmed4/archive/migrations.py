"""Bring the tables of an older version to the newest one."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, select, text, update

from .model import ArchiveError
from .tables import Base
from .version_2 import add_billing
from .version_3 import count_sessions

type Step = Callable[[Connection], None]

# From each version to the next one. A step never changes again: it knows the tables of its time, so
# it says what to do in SQL and not by what `tables` says now. MariaDB commits after each statement
# that changes a table, so there a step that was broken off is taken again from its beginning.
STEPS: Final[Mapping[int, Step]] = {1: add_billing, 2: count_sessions}

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
    """Keep others from migrating meanwhile. In SQLite, the transaction alone sees to that."""
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
