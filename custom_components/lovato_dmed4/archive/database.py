"""The connection to the database, whichever it is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
import re
from typing import Any, Final
from urllib.parse import unquote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from .migrations import migrate
from .model import ArchiveError

_WRITES: Final = "dmed4_writes"

# Seconds to wait for a server, for a lock, or for a connection: a charge waits for its record.
_PATIENCE: Final = 10
_ATTEMPTS: Final = 3

# What each driver calls the time it may take to connect.
_CONNECT_TIMEOUT: Final = {
    "psycopg2": "connect_timeout",
    "psycopg": "connect_timeout",
    "pymysql": "connect_timeout",
    "mysqldb": "connect_timeout",
    "mariadbconnector": "connect_timeout",
}

# By the database's name, for each new connection.
_PREPARE: Final[Mapping[str, tuple[str, ...]]] = {
    "sqlite": (
        f"PRAGMA busy_timeout = {_PATIENCE * 1000}",
        "PRAGMA foreign_keys = ON",
        # WAL alone would lose the last records when the power fails.
        "PRAGMA synchronous = FULL",
    ),
    "postgresql": (
        f"SET lock_timeout = '{_PATIENCE}s'",
        "SET synchronous_commit = on",
    ),
    "mysql": (f"SET innodb_lock_wait_timeout = {_PATIENCE}",),
    "mariadb": (f"SET innodb_lock_wait_timeout = {_PATIENCE}",),
}


class Database:
    """Connections to a database, and transactions on them.

    All that goes wrong there becomes an ArchiveError that tells nothing of the URL.
    """

    def __init__(self, url: str) -> None:
        self._secrets = _secrets(url)
        self._url = url
        self._engine: Engine | None = None
        self._paused: Connection | None = None

    def open(self) -> None:
        """Connect, and make or migrate the tables."""
        with self._translated():
            url = _parse(self._url)
            engine = _engine(url)
            try:
                _check(engine)
                with engine.execution_options(**{_WRITES: True}).begin() as connection:
                    migrate(connection)
            except BaseException:
                engine.dispose()
                raise
        self._engine = engine

    def close(self) -> None:
        """Let go of all connections."""
        self.resume()
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def pause(self) -> None:
        """Write everything into the file of SQLite, and leave that alone until `resume`.

        Writers don't wait: what they write stays in the log next to the file (`-wal`) as long as
        somebody reads the file's present state, and a copy of both is whole at any moment.
        """
        with self._translated():
            engine = self._opened()
            if engine.dialect.name != "sqlite":
                return
            self.resume()
            for _ in range(_ATTEMPTS):
                with engine.connect() as connection:
                    cursor = connection.connection.cursor()
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    cursor.close()
                reader = engine.connect()
                reader.exec_driver_sql("SELECT * FROM dmed4_version").all()
                self._paused = reader
                # Somebody who wrote just now has left something in the log.
                log = Path(f"{engine.url.database}-wal")
                if not log.exists() or not log.stat().st_size:
                    return
                self.resume()

    def resume(self) -> None:
        """Go on after `pause`."""
        if self._paused is not None:
            self._paused.close()
            self._paused = None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Read in one transaction, which sees one state of the database."""
        with self._session({}) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Write in one transaction: all of it is on disk afterwards, or nothing."""
        with self._session({_WRITES: True}) as session:
            yield session

    @contextmanager
    def _session(self, options: Mapping[str, Any]) -> Iterator[Session]:
        engine = self._opened().execution_options(**options)
        with (
            self._translated(),
            Session(engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def _opened(self) -> Engine:
        if self._engine is None:
            raise ArchiveError("The archive is not open")
        return self._engine

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Raise ArchiveError for what goes wrong, without a trace of what may hold a password."""
        try:
            yield
        except (SQLAlchemyError, ImportError, OSError) as err:
            raise ArchiveError(self._describe(err)) from None

    def _describe(self, err: Exception) -> str:
        cause = err.orig if isinstance(err, DBAPIError) and err.orig else err
        # SQLAlchemy's own texts hold the statement.
        text = str(cause).partition("\n")[0] if cause is not err else str(err).partition("\n")[0]
        return f"{type(cause).__name__}: {self._secrets.sub('…', text)}"


def _secrets(url: str) -> re.Pattern[str]:
    """Match whatever stands in a URL after its scheme: one that is mistyped has its password anywhere."""
    parts = re.split(r"[/:@?&=#]+", url.partition("://")[2] or url)
    words = {word for part in parts for word in (part, unquote(part)) if word}
    found = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)") if found else re.compile(r"(?!)")


def _parse(url: str) -> URL:
    """Parse a URL.

    Raises:
        ArchiveError: it is none.
    """
    try:
        return make_url(url)
    except SQLAlchemyError, ValueError:
        raise ArchiveError("Not a database URL") from None


def _engine(url: URL) -> Engine:
    """Set up the connections; none is made yet."""
    # Parameters would show up in errors, and so in logs.
    settings: dict[str, Any] = {"hide_parameters": True}
    if url.get_backend_name() != "sqlite":
        name = _CONNECT_TIMEOUT.get(url.get_driver_name())
        settings |= {
            "isolation_level": "READ COMMITTED",
            # A server that was restarted, or that closed what was idle for long.
            "pool_pre_ping": True,
            # Home Assistant has 64 threads, PostgreSQL 100 connections for all of its clients.
            "pool_size": 2,
            "max_overflow": 3,
            "pool_timeout": _PATIENCE,
            "connect_args": {name: _PATIENCE} if name and name not in url.query else {},
        }
    engine = create_engine(url, **settings)
    event.listen(engine, "connect", _prepare(engine.dialect.name))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "begin", _begin)
    return engine


def _prepare(name: str) -> Any:
    def prepare(connection: Any, _: object) -> None:
        if name == "sqlite":
            # The driver would begin a transaction when it sees fit, and only to upgrade it later.
            connection.isolation_level = None
        cursor = connection.cursor()
        for statement in _PREPARE.get(name, ()):
            cursor.execute(statement)
        cursor.close()
        if name != "sqlite":
            connection.commit()

    return prepare


def _begin(connection: Connection) -> None:
    # Whoever is going to write says so at once: two that read first would wait for each other.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _check(engine: Engine) -> None:
    """Refuse a database that would not keep what it is given."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            if not connection.exec_driver_sql("PRAGMA database_list").all()[0][2]:
                raise ArchiveError("A database in memory keeps nothing")
            # Kept in the file. Readers don't wait for a writer, nor it for them.
            connection.commit()
            connection.connection.cursor().execute("PRAGMA journal_mode = WAL")
