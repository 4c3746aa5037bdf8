"""The connection to the database, whichever it is."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
import os
from os.path import samestat
from pathlib import Path
import re
from socket import SHUT_RDWR, socket
import sqlite3
from threading import Timer, local
from typing import Any, Final, Self
from urllib.parse import unquote
from weakref import WeakSet, finalize

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError, StatementError
from sqlalchemy.orm import Session

from .migrations import migrate
from .model import ArchiveError

# Seconds to wait for a server, for a lock, or for a connection: a charge waits for its record.
_PATIENCE: Final = 10
# Seconds for a server that has the question but does not answer, nor break off. Meanwhile no other
# record can be stored.
_ANSWER: Final = 30

_POSTGRESQL: Final = {
    "connect_timeout": _PATIENCE,
    "tcp_user_timeout": 1000 * _PATIENCE,
    # Of a server that is gone without a word, nothing comes; Linux would wait for two hours.
    "keepalives_idle": _PATIENCE,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
_MARIADB: Final = {
    "charset": "utf8mb4",
    "connect_timeout": _PATIENCE,
    "read_timeout": _ANSWER,
    "write_timeout": _ANSWER,
}
# What the drivers that Home Assistant names take; what the URL says goes before.
_DRIVERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "psycopg2": _POSTGRESQL,
    "psycopg": _POSTGRESQL,
    "mysqldb": _MARIADB,
    "pymysql": _MARIADB,
}

# For each new connection.
_SET_UP: Final[Mapping[str, tuple[str, ...]]] = {
    "sqlite": (
        f"PRAGMA busy_timeout = {1000 * _PATIENCE}",
        "PRAGMA foreign_keys = ON",
        # What is deleted, such as a driver, is no longer readable in the file.
        "PRAGMA secure_delete = ON",
        # With less, the last records could be gone when the power fails.
        "PRAGMA synchronous = FULL",
    ),
    "postgresql": (
        f"SET lock_timeout = '{_PATIENCE}s'",
        f"SET statement_timeout = '{_ANSWER}s'",
        "SET synchronous_commit = on",
    ),
    "mysql": (f"SET innodb_lock_wait_timeout = {_PATIENCE}",),
}

# The option with which a transaction in SQLite begins; without it, there is none.
_BEGIN: Final = "dmed4_begin"
_SQLITE_READS: Final = {_BEGIN: "BEGIN"}
# A writer announces itself at once: two that have read first would wait for each other.
_SQLITE_WRITES: Final = {_BEGIN: "BEGIN IMMEDIATE"}
_READS: Final = {"isolation_level": "REPEATABLE READ"}
# After waiting for a lock, the changes of its former holder are visible.
_WRITES: Final = {"isolation_level": "READ COMMITTED"}

# A writer gets between emptying the log and holding on to that rarely, but it can.
_PAUSE_ATTEMPTS: Final = 3
# Milliseconds to wait for readers, who are soon done.
_PAUSE_PATIENCE: Final = 500


_NOT_OPEN: Final = "The archive is not open"
_GONE: Final = "The file of the archive was deleted or replaced while it was in use"

_IN_USE: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class ConflictError(ArchiveError):
    """The same was written elsewhere at the same moment."""


class Database:
    """Connections to a database, and transactions on them.

    All that goes wrong there becomes an ArchiveError that reveals nothing of the URL.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine: Engine | None = None
        self._file: _File | None = None
        self._why_closed = _NOT_OPEN
        self._paused: Connection | None = None
        self._connected: WeakSet[Any] = WeakSet()
        self._thread = local()

    def open(self) -> None:
        """Connect, and make or migrate the tables."""
        if self._engine is not None:
            return
        try:
            engine = _engine(make_url(self._url))
            if engine.dialect.name == "postgresql":
                event.listen(engine, "connect", lambda made, _: self._connected.add(made))
            try:
                with self._patiently(engine):
                    if engine.dialect.name == "sqlite":
                        # Before anything else is asked of the file, which may need its log for it.
                        _choose_journal(engine)
                    _check(engine)
                    with _writing(engine).connect() as connection:
                        migrate(connection)
                    file = _File.of(engine)
            except BaseException:
                engine.dispose()
                raise
        except ArchiveError:
            raise
        except Exception as err:  # noqa: BLE001 - drivers raise anything for a URL they don't like
            raise ArchiveError(self._describe(err)) from None
        self._file = file
        self._why_closed = _NOT_OPEN
        self._engine = engine

    @property
    def opening(self) -> object:
        """What distinguishes one opening from the next; None while it is not open."""
        return self._engine

    def close(self) -> None:
        """Let go of all connections; those in use when they are done."""
        self.resume()
        engine, self._engine, self._file = self._engine, None, None
        if engine is not None:
            engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Read in one transaction, which sees one state of the database.

        Inside of `writing`, that is the transaction of the same thread.
        """
        if (outer := self._writing) is not None:
            yield outer
            return
        file, engine = self._file, self._opened()
        with (
            self._in_place(file, engine),
            self._translated(),
            self._patiently(engine),
            Session(_reading(engine)) as session,
        ):
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Write in one transaction: all of it is on disk afterwards, or nothing.

        What the same thread reads and writes inside of it is a part of it.
        """
        if (outer := self._writing) is not None:
            yield outer
            return
        file, engine = self._file, self._opened()
        with (
            self._in_place(file, engine),
            self._translated(),
            self._patiently(engine),
            Session(_writing(engine), expire_on_commit=False) as session,
            session.begin(),
        ):
            self._thread.session = session
            try:
                yield session
            finally:
                del self._thread.session

    @property
    def _writing(self) -> Session | None:
        """The transaction in which this thread is writing."""
        return getattr(self._thread, "session", None)

    @contextmanager
    def _in_place(self, file: _File | None, engine: Engine) -> Iterator[None]:
        """Make sure that what has been done was done in the file that is still there.

        Whoever has a file open does not notice that it is deleted or replaced: everything goes well,
        and is gone with the last connection.
        """
        pool = engine.pool
        try:
            yield
        except ArchiveError:
            # A connection that was made since has found, or made, another file.
            if file is None or file.is_of(engine):
                raise
        else:
            if file is None or file.is_of(engine):
                return
        if engine is self._engine:
            self._why_closed = _GONE
            self.close()
        # What was in use when it was closed is back by now.
        pool.dispose()
        raise ArchiveError(_GONE)

    @contextmanager
    def _patiently(self, engine: Engine) -> Iterator[None]:
        """Break connections off that wait for longer than any answer takes.

        The drivers of PostgreSQL have no limit of their own for a server that is there and silent.
        """
        if engine.dialect.name != "postgresql":
            yield
            return
        watch = Timer(_ANSWER + _PATIENCE, self._break_off)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()
            watch.join()

    def _break_off(self) -> None:
        """End all connections: they are to the same server."""
        for connection in list(self._connected):
            # Some are closed, one may be so in this moment.
            with suppress(Exception), socket(fileno=os.dup(connection.fileno())) as line:
                line.shutdown(SHUT_RDWR)

    def pause(self) -> None:
        """Write everything into the file of SQLite, and leave the file alone until `resume`.

        Nothing has to wait. As long as a reader uses the state that the file has, SQLite keeps what
        is written after it in the log (`-wal`) and only adds to that, so that a copy of the file is
        whole, with or without a copy of the log. Should `resume` never come, the log grows until the
        archive is closed. A file without a log is not written to meanwhile: writers fail.
        """
        self.resume()
        with self._translated():
            engine = self._opened()
            if engine.dialect.name != "sqlite":
                return
            log = Path(f"{engine.url.database}-wal")
            for _ in range(_PAUSE_ATTEMPTS):
                self.resume()
                _empty_log(engine)
                self._paused = _reading(engine).connect()
                self._paused.exec_driver_sql("SELECT * FROM dmed4_version").all()
                if not log.exists() or not log.stat().st_size:
                    return

    def resume(self) -> None:
        """Go on after `pause`."""
        reader, self._paused = self._paused, None
        if reader is not None:
            reader.close()

    def _opened(self) -> Engine:
        if self._engine is None:
            raise ArchiveError(self._why_closed)
        return self._engine

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Raise ArchiveError for what goes wrong in the database."""
        # Not `from err`: a log would show that one's text as well.
        try:
            yield
        except IntegrityError as err:
            raise ConflictError(self._describe(err)) from None
        except (SQLAlchemyError, OSError) as err:
            raise ArchiveError(self._describe(err)) from None

    def _describe(self, err: Exception) -> str:
        """Name the cause without the statement, and without what may be a password."""
        cause = err.orig if isinstance(err, StatementError) and err.orig else err
        text = str(cause).partition("\n")[0].strip()
        return f"{type(cause).__name__}: {_secrets(self._url).sub('…', text)}"


@dataclass(frozen=True, slots=True, weakref_slot=True)
class _File:
    """A file of SQLite as it was when an engine opened it.

    It is held, so that no other file gets its inode; by its path, since letting go of a file that is
    open for reading would release the locks that SQLite has on it.
    """

    engine: Engine
    path: Path
    held: int

    @classmethod
    def of(cls, engine: Engine) -> Self | None:
        """Get the file of an open database; None where it is a server."""
        if engine.dialect.name != "sqlite":
            return None
        with engine.connect() as connection:
            path = Path(connection.exec_driver_sql("PRAGMA database_list").all()[0][2])
        file = cls(engine, path, os.open(path, os.O_PATH | os.O_CLOEXEC))
        finalize(file, os.close, file.held)
        return file

    def is_of(self, engine: Engine) -> bool:
        """Whether the path still leads to what an engine opened: by its inode, as SQLite finds out."""
        try:
            return engine is self.engine and samestat(os.fstat(self.held), self.path.stat())
        except OSError:
            return False


def _secrets(url: str) -> re.Pattern[str]:
    """Match all words of a URL but its scheme: of one mistyped, any may be a part of the password."""
    parts = re.split(r"[/:@?&=#\s]+", url.partition("://")[2] or url)
    words = {word for part in parts for word in (part, unquote(part)) if word}
    found = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)" if found else r"(?!)")


def _engine(url: URL) -> Engine:
    """Set up the connections; none is made yet."""
    # Parameters would show up in errors and so in logs: who charged, and when.
    settings: dict[str, Any] = {"hide_parameters": True}
    if url.get_backend_name() != "sqlite":
        known = _DRIVERS.get(url.get_driver_name(), {})
        settings |= {
            "connect_args": {name: known[name] for name in known.keys() - url.query.keys()},
            # After the server was restarted, or has closed what was idle for long.
            "pool_pre_ping": True,
            # Home Assistant has some 60 threads, and a server 100 connections for all its clients.
            "pool_size": 2,
            "max_overflow": 3,
            "pool_timeout": _PATIENCE,
        }
    engine = create_engine(url, **settings)
    event.listen(engine, "connect", _set_up(engine.dialect.name))
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(name: str) -> Any:
    """Make what sets up a connection."""

    def set_up(connection: Any, _: object) -> None:
        if name == "sqlite":
            # The driver would begin a transaction when it sees fit, which is too late.
            connection.isolation_level = None
        cursor = connection.cursor()
        for statement in _SET_UP.get("mysql" if name == "mariadb" else name, ()):
            cursor.execute(statement)
        cursor.close()
        connection.commit()

    return set_up


def _begin(connection: Connection) -> None:
    if statement := connection.get_execution_options().get(_BEGIN):
        connection.exec_driver_sql(statement)


def _reading(engine: Engine) -> Engine:
    options = _SQLITE_READS if engine.dialect.name == "sqlite" else _READS
    return engine.execution_options(**options)


def _writing(engine: Engine) -> Engine:
    options = _SQLITE_WRITES if engine.dialect.name == "sqlite" else _WRITES
    return engine.execution_options(**options)


def _empty_log(engine: Engine) -> None:
    """Write what is in the log of SQLite into its file, unless others need the log for too long."""
    with engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {_PAUSE_PATIENCE}")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {1000 * _PATIENCE}")


def _choose_journal(engine: Engine) -> None:
    """Let readers not wait for a writer, nor it for them, where the file system can do that.

    The log of SQLite needs memory that programs share, which some network shares don't have. A file
    that already has a log is read alone there, and gives it up. The file keeps what is set here.
    """
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.exec_driver_sql("ROLLBACK")
    except OperationalError as err:
        if getattr(err.orig, "sqlite_errorcode", None) in _IN_USE:
            raise
        engine.dispose()
        # Not by the engine, whose first statements would already need the log.
        with closing(sqlite3.connect(engine.url.database or "", isolation_level=None)) as alone:
            alone.execute("PRAGMA locking_mode = EXCLUSIVE")
            alone.execute("PRAGMA journal_mode = DELETE")


def _check(engine: Engine) -> None:
    """Refuse a database that would not keep what it is given.

    Raises:
        ArchiveError: it is one.
    """
    with engine.connect() as connection:
        match engine.dialect.name:
            case "sqlite":
                if not connection.exec_driver_sql("PRAGMA database_list").all()[0][2]:
                    raise ArchiveError("A database in memory keeps nothing")
            case "postgresql":
                encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
                if encoding not in {"UTF8", "SQL_ASCII"}:
                    raise ArchiveError(f"The database has the encoding {encoding}, not UTF8")
