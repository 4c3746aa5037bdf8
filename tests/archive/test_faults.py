"""Databases that fail: nothing is half written, no password is told, and it works again after."""

import _sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
import ctypes
import errno
import logging
import os
from pathlib import Path
import select
import signal
import socket
import socketserver
import sqlite3
import subprocess
import sys
import threading
import traceback

import pytest
from sqlalchemy import URL, create_engine, text

from custom_components.lovato_dmed4.archive import (
    Archive,
    ArchiveError,
    SessionQuery,
    Source,
    database as module,
)
from tests.databases import ROOT, empty, own_database, server

from .helpers import NOW, Charge, add_meter, store

CHARGE = Charge()


def refused(url: str) -> str:
    """Return why an archive can't be opened, as a log would show it."""
    archive = Archive(url)
    with pytest.raises(ArchiveError) as raised:
        archive.open()
    with pytest.raises(ArchiveError, match="not open"):
        archive.sessions(SessionQuery())
    return "".join(traceback.format_exception(raised.value)).partition("archive.open()")[2]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hunter2",
        "hunter2@host/database",
        "sqlite",
        "://hunter2@host",
        "nonsense://meters:hunter2@host/database",
        "postgresql://meters:hunter2@host:hunter2/database",
        "postgresql+asyncpg://meters:hunter2@127.0.0.1:1/database",
        "postgresql://meters:p@hunter2/hunter2@127.0.0.1:1/database",
        "postgresql://meters:hunter2@127.0.0.1:1/database?hunter2=1",
        "mysql+pymysql://meters:hunter2@127.0.0.1:1/database",
        "mysql+pymysql://meters:hunter2@127.0.0.1:1/database?hunter2=1",
        "sqlite:///:memory:",
        "sqlite://",
        "sqlite:////nowhere/hunter2/records.db",
        "sqlite:///records.db?timeout=hunter2",
        "sqlite:////dev/null",
    ],
)
def test_a_url_that_leads_nowhere_is_refused_and_not_told(
    url: str, caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.DEBUG)
    assert "hunter2" not in refused(url) + caplog.text


def test_a_driver_that_is_missing_is_named() -> None:
    assert "No module named 'oracledb'" in refused("oracle+oracledb://meters:hunter2@host/x")


def test_a_wrong_password_is_not_told(
    database: URL, caplog: pytest.LogCaptureFixture, archive: Archive, meter: int
) -> None:
    if database.get_backend_name() == "sqlite":
        pytest.skip("SQLite has no passwords")
    caplog.set_level(logging.DEBUG)
    wrong = database.set(password="hunter2 & more").render_as_string(hide_password=False)
    told = refused(wrong)
    assert "hunter2" not in told + caplog.text
    assert "OperationalError: " in told
    assert archive.store(meter, CHARGE.end(1), Source.METER, NOW).new


def test_a_server_that_does_not_answer_is_not_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        told = refused(f"postgresql://meters:hunter2@127.0.0.1:{port}/x?connect_timeout=2")
    assert "timeout expired" in told
    assert "hunter2" not in told + caplog.text


def test_a_file_that_is_no_database(sqlite_url: str, tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    path.write_bytes(b"This is no database, and long enough to be taken for one." * 100)
    assert "not a database" in refused(sqlite_url)
    path.unlink()
    archive = Archive(sqlite_url)
    archive.open()
    assert archive.store(add_meter(archive), CHARGE.end(1), Source.METER, NOW).new
    archive.close()


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_is_deleted_or_replaced_keeps_nothing(
    sqlite_url: str, tmp_path: Path, *, replaced: bool
) -> None:
    """Who has it open could go on writing into it, and would be answered that all is well."""
    path, archive = tmp_path / "records.db", Archive(sqlite_url)
    archive.open()
    meter = add_meter(archive)
    store(archive, meter, CHARGE.begin())
    before = archive.opening
    if replaced:
        archive.pause()
        copy = path.with_suffix(".copy")
        copy.write_bytes(path.read_bytes())
        archive.resume()
        copy.replace(path)
    else:
        path.unlink()
    with pytest.raises(ArchiveError, match="deleted or replaced"):
        archive.store(meter, CHARGE.end(1), Source.METER, NOW)
    # From now on until it is opened again.
    assert archive.opening is None
    with pytest.raises(ArchiveError, match="deleted or replaced"):
        archive.summary(meter)
    archive.open()
    assert archive.opening not in {None, before}
    assert bool(archive.meters()) is replaced
    meter = add_meter(archive)
    archive.store(meter, CHARGE.end(1), Source.METER, NOW)
    archive.close()
    with closing(sqlite3.connect(path)) as database:
        (raws,) = zip(*database.execute("SELECT raw FROM dmed4_records"), strict=True)
    assert CHARGE.end(1) in raws


@pytest.mark.parametrize("connected", [True, False])
def test_what_is_read_of_a_deleted_file_is_not_shown(
    sqlite_url: str, tmp_path: Path, *, connected: bool
) -> None:
    archive = Archive(sqlite_url)
    archive.open()
    meter = add_meter(archive)
    if not connected:
        # The next connection makes a new file, which is empty.
        assert archive._database._engine is not None
        archive._database._engine.dispose()
    (tmp_path / "records.db").unlink()
    with pytest.raises(ArchiveError, match="deleted or replaced"):
        archive.summary(meter)
    archive.open()
    assert archive.meters() == ()
    archive.close()


class Vfs(ctypes.Structure):
    """What SQLite has of the operating system (`sqlite3_vfs`), as far as it is needed here."""


_SET_SYSTEM_CALL = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(Vfs), ctypes.c_char_p, ctypes.c_void_p
)
_MMAP = ctypes.CFUNCTYPE(
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_size_t,
    *[ctypes.c_int] * 3,
    ctypes.c_long,
)
Vfs._fields_ = [
    *[(name, ctypes.c_int) for name in ("version", "file_size", "path_length")],
    *[(f"member_{number}", ctypes.c_void_p) for number in range(3 + 13)],
    ("set_system_call", _SET_SYSTEM_CALL),
]


@contextmanager
def no_shared_memory() -> Iterator[list[int]]:
    """Let SQLite's calls of mmap fail, as on some network shares; gives one item for each."""
    library = ctypes.CDLL(_sqlite3.__file__)
    library.sqlite3_vfs_find.restype = ctypes.POINTER(Vfs)
    vfs = library.sqlite3_vfs_find(None)
    failures: list[int] = []

    def fail(*_: object) -> int:
        failures.append(1)
        ctypes.set_errno(errno.ENODEV)
        return -1

    call = _MMAP(fail)
    assert not vfs.contents.set_system_call(vfs, b"mmap", ctypes.cast(call, ctypes.c_void_p))
    try:
        yield failures
    finally:
        vfs.contents.set_system_call(vfs, b"mmap", None)


def test_a_file_system_without_shared_memory(sqlite_url: str, tmp_path: Path) -> None:
    archive = Archive(sqlite_url)
    with no_shared_memory() as failures:
        archive.open()
        meter = add_meter(archive)
        assert archive.store(meter, CHARGE.begin(), Source.METER, NOW).new
        archive.pause()
        archive.resume()
        archive.close()
    assert failures
    # It was on a better one before, with a log that is not empty.
    archive.open()
    assert archive.store(meter, CHARGE.read(1), Source.METER, NOW).new
    for name in ("records.db", "records.db-wal"):
        (tmp_path / f"moved_{name}").write_bytes((tmp_path / name).read_bytes())
    assert (tmp_path / "moved_records.db-wal").stat().st_size
    archive.close()
    with no_shared_memory() as failures:
        moved = Archive(f"sqlite:///{tmp_path / 'moved_records.db'}")
        moved.open()
        assert moved.summary(meter).records == 2
        assert moved.store(meter, CHARGE.end(2), Source.METER, NOW).new
        moved.close()
    assert failures


class Silencer(socketserver.ThreadingTCPServer):
    """Hands everything on to a server and back, until it is told to say nothing more."""

    daemon_threads = True

    def __init__(self, url: URL) -> None:
        super().__init__(("127.0.0.1", 0), Relay)
        self.target = (url.host or "", url.port or 0)
        self.silent = threading.Event()


class Relay(socketserver.BaseRequestHandler):
    """One connection."""

    def handle(self) -> None:
        assert isinstance(self.server, Silencer)
        with socket.create_connection(self.server.target) as target:
            ways = {self.request: target, target: self.request}
            while True:
                for source in select.select(list(ways), [], [])[0]:
                    if not (data := source.recv(65536)):
                        return
                    if not self.server.silent.is_set():
                        ways[source].sendall(data)


def test_a_server_that_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    url = own_database("postgresql", "bare")
    empty(url)
    with Silencer(url) as silencer:
        threading.Thread(target=silencer.serve_forever, daemon=True).start()
        port = silencer.server_address[1]
        # From here on, nothing is waited for longer than it takes to show that it is.
        through = url.set(port=port).update_query_dict({"connect_timeout": "1"})
        archive = Archive(through.render_as_string(hide_password=False))
        archive.open()
        meter = add_meter(archive)
        monkeypatch.setattr(module, "_ANSWER", 0)
        monkeypatch.setattr(module, "_PATIENCE", 0.5)
        silencer.silent.set()
        with pytest.raises(ArchiveError):
            archive.store(meter, CHARGE.begin(), Source.METER, NOW)
        silencer.silent.clear()
        monkeypatch.undo()
        assert archive.store(meter, CHARGE.begin(), Source.METER, NOW).new
        archive.close()
        silencer.shutdown()


@pytest.mark.parametrize("encoding", ["LATIN1"])
def test_a_database_that_cannot_hold_all_texts(encoding: str) -> None:
    url = server("postgresql")
    narrow = f"narrow_{os.getpid()}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            text(f"CREATE DATABASE {narrow} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
        )
    told = refused(url.set(database=narrow).render_as_string(hide_password=False))
    assert f"encoding {encoding}" in told
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {narrow}"))
    engine.dispose()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a tenth of a second for a lock of SQLite."""
    _, *others = module._SET_UP["sqlite"]
    monkeypatch.setattr(module, "_SET_UP", {"sqlite": ("PRAGMA busy_timeout = 100", *others)})


@pytest.mark.usefixtures("impatient")
def test_a_locked_database(sqlite_url: str, tmp_path: Path) -> None:
    archive = Archive(sqlite_url)
    archive.open()
    meter = add_meter(archive)
    store(archive, meter, CHARGE.begin())
    before = archive.sessions(SessionQuery())
    with closing(sqlite3.connect(tmp_path / "records.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ArchiveError, match="database is locked"):
            archive.store(meter, CHARGE.end(1), Source.COMMAND, NOW)
        # Reading goes on.
        assert archive.sessions(SessionQuery()) == before
        with pytest.raises(ArchiveError, match="database is locked"):
            archive.settle(meter, charging=False)
        other.rollback()
    assert archive.sessions(SessionQuery()) == before
    assert archive.store(meter, CHARGE.end(1), Source.COMMAND, NOW).new
    archive.close()


@pytest.mark.usefixtures("impatient")
def test_opening_while_the_database_is_locked(sqlite_url: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "records.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "database is locked" in refused(sqlite_url)
    archive = Archive(sqlite_url)
    archive.open()
    assert archive.store(add_meter(archive), CHARGE.end(1), Source.METER, NOW).new
    archive.close()


def test_writers_take_turns(sqlite_url: str, tmp_path: Path) -> None:
    archive = Archive(sqlite_url)
    archive.open()
    meter = add_meter(archive)
    with (
        closing(sqlite3.connect(tmp_path / "records.db", check_same_thread=False)) as other,
        ThreadPoolExecutor(1) as threads,
    ):
        other.execute("BEGIN EXCLUSIVE")
        stored = threads.submit(archive.store, meter, CHARGE.end(1), Source.METER, NOW)
        assert archive.summary(meter).records == 0
        assert not stored.done()
        other.commit()
        assert stored.result(10).new
    archive.close()


def test_a_full_disk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(sqlite_url)
    archive.open()
    meter = add_meter(archive)
    large = Charge(texts={"TT": "x" * 60_000})
    records = [large.read(step) for step in range(10)]
    archive.close()
    with monkeypatch.context() as full:
        full.setattr(
            module, "_SET_UP", {"sqlite": (*module._SET_UP["sqlite"], "PRAGMA max_page_count = 40")}
        )
        archive.open()
        with pytest.raises(ArchiveError, match="database or disk is full"):
            store(archive, meter, *records)
        kept = archive.summary(meter).records
        (session,) = archive.sessions(SessionQuery()).sessions
        assert 0 < session.records == kept < 10
        archive.close()
    archive.open()
    store(archive, meter, *records)
    assert archive.summary(meter).records == 10
    archive.close()


def test_a_disk_that_can_only_be_read(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(sqlite_url)
    archive.open()
    meter = add_meter(archive)
    archive.close()
    with monkeypatch.context() as frozen:
        frozen.setattr(
            module, "_SET_UP", {"sqlite": (*module._SET_UP["sqlite"], "PRAGMA query_only = ON")}
        )
        with pytest.raises(ArchiveError, match="readonly"):
            archive.open()
    archive.open()
    assert archive.store(meter, CHARGE.end(1), Source.METER, NOW).new
    archive.close()


def test_a_server_that_was_restarted(database: URL, archive: Archive, meter: int) -> None:
    if database.get_backend_name() == "sqlite":
        pytest.skip("SQLite is no server")
    store(archive, meter, CHARGE.begin())
    engine = create_engine(database)
    with engine.connect() as connection:
        if database.get_backend_name() == "postgresql":
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE pid != pg_backend_pid() AND datname = current_database()"
                )
            )
        else:
            for row in connection.execute(text("SHOW PROCESSLIST")).mappings().all():
                if row["Info"] is None and row["db"] == database.database:
                    connection.execute(text(f"KILL {row['Id']}"))
    engine.dispose()
    assert archive.store(meter, CHARGE.end(1), Source.METER, NOW).new
    assert archive.summary(meter).records == 2


_WRITERS = """
import os
import sys
from types import ModuleType
# Not the integration itself: the archive needs nothing of Home Assistant, which takes long to load.
integration = sys.modules["custom_components.lovato_dmed4"] = ModuleType("integration")
integration.__path__ = ["custom_components/lovato_dmed4"]
from tests.archive.helpers import Archive, Charge, add_meter, store
assert "homeassistant" not in sys.modules

def write(url, records):
    archive = Archive(url)
    archive.open()
    meter = add_meter(archive)
    for page in range(0, records, 3):
        charge = Charge(page=page)
        store(archive, meter, charge.begin(), charge.end(2), charge.read(1))
    archive.close()

for line in sys.stdin:
    url, records, count = line.split()
    started = []
    for _ in range(int(count)):
        if process := os.fork():
            started.append(process)
            continue
        failed = 1
        try:
            write(url, int(records))
            failed = 0
        finally:
            if failed:
                sys.excepthook(*sys.exc_info())
            os._exit(failed)
    print(*started, flush=True)
    print(*(os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in started), flush=True)
"""


class Writers:
    """Processes of their own, which store records of one session. What they need is loaded once."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._in, self._out = process.stdin, process.stdout

    def start(self, url: str, records: int, count: int) -> list[int]:
        """Start so many processes at once; returns their numbers."""
        self._in.write(f"{url} {records} {count}\n".encode())
        return self._answer()

    def wait(self) -> list[int]:
        """Wait for the end of all that were started; returns how each of them ended."""
        return self._answer()

    def have_ended(self, within: float = 0) -> bool:
        """Return whether all that were started have ended, or do so within so many seconds."""
        return bool(select.select([self._out], [], [], within)[0])

    def _answer(self) -> list[int]:
        assert self.have_ended(within=50)
        return [int(word) for word in self._out.readline().split()]


@pytest.fixture(scope="module")
def writers() -> Iterator[Writers]:
    """Have a process from which others are split off."""
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", _WRITERS],
        bufsize=0,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        yield Writers(process)


def test_two_processes_open_and_fill_an_archive_at_once(bare_url: str, writers: Writers) -> None:
    assert len(writers.start(bare_url, 12, 2)) == 2
    assert writers.wait() == [0, 0]
    archive = Archive(bare_url)
    archive.open()
    (session,) = archive.sessions(SessionQuery()).sessions
    assert session.records == archive.summary(session.meter_id).records == 12
    archive.close()


def test_killed_in_the_middle_nothing_is_half_written(sqlite_url: str, writers: Writers) -> None:
    archive = Archive(sqlite_url)
    archive.open()
    meter = add_meter(archive)
    (writer,) = writers.start(sqlite_url, 3000, 1)
    while archive.summary(meter).records < 5 and not writers.have_ended():
        pass
    os.kill(writer, signal.SIGKILL)
    assert writers.wait() == [-signal.SIGKILL]
    count = archive.summary(meter).records
    (session,) = archive.sessions(SessionQuery()).sessions
    assert 5 <= session.records == count < 3000
    store(archive, meter, Charge(page=5000).begin())
    assert archive.summary(meter).records == count + 1
    archive.close()
