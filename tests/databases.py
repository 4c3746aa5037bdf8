"""Database servers for tests: real ones, on this machine, gone with the tests.

The process that starts pytest's workers runs them, one of each kind for all workers, from when the
first of them asks for it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import cache
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener
import os
from pathlib import Path
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from threading import Thread
import time
from typing import Final

import pytest
from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.exc import OperationalError

ROOT: Final = Path(__file__).parent.parent
_HOST: Final = "127.0.0.1"
_STARTING: Final = 50.0
# The variable that has the port on which workers ask for servers, and a key for that.
_SHARED: Final = "DMED4_TEST_DATABASES"
# A port that was free may be taken in the next moment.
_ATTEMPTS: Final = 3

# Runs a server and, beside it, what stops it when nobody holds the other end of its input any more:
# also when the tests are killed.
_GUARD: Final = """
exec 3<&0
( { read -r _ <&3; kill -s "$0" $$; } & )
exec "$@" </dev/null 3<&-
"""

type Command = Sequence[str | Path]


class Account:
    """Runs programs in a folder as somebody whom database servers accept: they refuse root."""

    def __init__(self, folder: Path, libraries: Sequence[Path] = ()) -> None:
        self._folder = folder
        # A machine may have neither other languages nor time zones.
        self._environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "GMT"}
        # Servers that are made at the same time would meet in the common folder.
        self._environment["TMPDIR"] = str(folder)
        if libraries:
            self._environment["LD_LIBRARY_PATH"] = os.pathsep.join(map(str, libraries))
        self._user: int | None = None
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._user = nobody.pw_uid
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)

    def run(self, command: Command) -> None:
        """Run a program to its end."""
        with self._start(command, subprocess.DEVNULL) as process:
            if process.wait():
                raise RuntimeError(f"{command[0]} failed:\n{self.log}")

    def serve(self, command: Command, stop: signal.Signals) -> subprocess.Popen[bytes]:
        """Start a server, which gets a signal when its input is closed."""
        name = stop.name.removeprefix("SIG")
        return self._start(("/bin/sh", "-c", _GUARD, name, *command), subprocess.PIPE)

    def _start(self, command: Command, stdin: int) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - what this file says
                command,
                cwd=self._folder,
                env=self._environment,
                stdin=stdin,
                stdout=log,
                stderr=log,
                user=self._user,
                extra_groups=None if self._user is None else [],
            )

    @property
    def log(self) -> str:
        """What the programs have said."""
        return (self._folder / "log").read_text()


@contextmanager
def postgresql() -> Iterator[URL]:
    """Run a PostgreSQL server with an empty database."""
    with _folder() as folder:
        programs, libraries = _postgresql_programs(folder)
        account = Account(folder, libraries)
        password = folder / "password"
        password.write_text(secrets.token_urlsafe())
        password.chmod(0o644)
        account.run(
            (
                *(
                    programs / "initdb",
                    "--pgdata",
                    folder / "data",
                    "--no-sync",
                    "--username",
                    "meters",
                ),
                *("--encoding", "UTF8", "--auth", "scram-sha-256", "--pwfile", password),
            )
        )

        def command(port: int) -> Command:
            # What is lost when the machine fails does not matter here.
            settings = {
                "listen_addresses": _HOST,
                "port": str(port),
                "unix_socket_directories": "",
                "fsync": "off",
                "full_page_writes": "off",
            }
            options = [f"-c{name}={value}" for name, value in settings.items()]
            return programs / "postgres", "-D", folder / "data", *options

        url = URL.create(
            "postgresql+psycopg2", "meters", password.read_text(), _HOST, database="postgres"
        )
        with _server(account, command, url, signal.SIGINT) as running:
            yield running


@contextmanager
def mariadb() -> Iterator[URL]:
    """Run a MariaDB server with an empty database."""
    with _folder() as folder:
        base, libraries = _mariadb_programs(folder)
        account = Account(folder, libraries)
        data = f"--datadir={folder / 'data'}"
        account.run(
            (
                base / "bin" / "mariadb-install-db",
                "--no-defaults",
                f"--basedir={base}",
                data,
                "--skip-test-db",
                "--auth-root-authentication-method=normal",
            )
        )

        def command(port: int) -> Command:
            return (
                *(base / "sbin" / "mariadbd", "--no-defaults", f"--basedir={base}", data),
                *(f"--bind-address={_HOST}", f"--port={port}"),
                *(f"--socket={folder / 'socket'}", f"--pid-file={folder / 'pid'}"),
                *("--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0"),
            )

        url = URL.create("mysql+pymysql", "root", host=_HOST, database="mysql")
        with _server(account, command, url, signal.SIGTERM) as running:
            yield running


@contextmanager
def shared_servers() -> Iterator[None]:
    """Let this process, and those that it starts, use the same servers, which end with this."""
    key = secrets.token_hex()
    with Listener((_HOST, 0), backlog=socket.SOMAXCONN, authkey=key.encode()) as listener:
        os.environ[_SHARED] = f"{listener.address[1]} {key}"
        thread = Thread(target=_share, args=(listener,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            _ask("")
            thread.join()


def _share(listener: Listener) -> None:
    """Answer with the URL of a server that is asked for, or why there is none, until a name is empty."""
    answers: dict[str, URL | BaseException] = {}
    with ExitStack() as running:
        while True:
            # A worker may be killed while it waits, and others may connect to any port.
            with suppress(EOFError, OSError, AuthenticationError), listener.accept() as worker:
                if not (name := worker.recv()):
                    return
                if name not in answers:
                    try:
                        answers[name] = running.enter_context(SERVERS[name]())
                    except BaseException as err:  # noqa: BLE001 - also what skips a test
                        answers[name] = err
                worker.send(answers[name])


def _ask(name: str) -> URL | BaseException | None:
    """Ask for a server; with an empty name, let all of them end."""
    port, key = os.environ[_SHARED].split()
    with Client((_HOST, int(port)), authkey=key.encode()) as client:
        client.send(name)
        return client.recv() if name else None


@cache
def server(kind: str) -> URL:
    """Name the server of a kind that all workers share, and its first database."""
    answer = _ask(kind)
    if isinstance(answer, URL):
        return answer
    raise answer or EOFError


@cache
def own_database(kind: str, purpose: str) -> URL:
    """Make a database on the server of a kind, which this worker has for itself."""
    url = server(kind)
    name = f"{purpose}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}{_narrow(engine)}"))
    engine.dispose()
    return url.set(database=name)


def empty(url: URL) -> None:
    """Drop all tables."""
    engine = create_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        else:
            connection.execute(text(f"DROP DATABASE {url.database}"))
            connection.execute(text(f"CREATE DATABASE {url.database}{_narrow(engine)}"))
    engine.dispose()


def _narrow(engine: Engine) -> str:
    """Choose what the tables cannot use: they have to bring it themselves."""
    return " CHARACTER SET latin1" if engine.dialect.name == "mysql" else ""


def _postgresql_programs(folder: Path) -> tuple[Path, Sequence[Path]]:
    """Find PostgreSQL's programs, and the folders of the libraries that came with them."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)
    if found := shutil.which("postgres") or next(iter(installed), None):
        return Path(found).resolve().parent, ()
    unpacked, libraries = _unpacked("postgresql", folder)
    return next(unpacked.glob("usr/lib/postgresql/*/bin")), libraries


def _mariadb_programs(folder: Path) -> tuple[Path, Sequence[Path]]:
    """Find the folder that MariaDB is installed below, and those of its libraries."""
    path = f"{os.environ['PATH']}{os.pathsep}/usr/sbin"
    if found := shutil.which("mariadbd", path=path):
        return Path(found).resolve().parent.parent, ()
    unpacked, libraries = _unpacked("mariadb", folder)
    return unpacked / "usr", libraries


def _unpacked(name: str, folder: Path) -> tuple[Path, Sequence[Path]]:
    """Find a server that scripts/setup has unpacked, and the folders of its libraries."""
    unpacked = ROOT / f".{name}"
    if not unpacked.exists():
        reason = f"there is no {name} on this machine, and scripts/setup could not get it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    if os.getuid() == 0:
        # The account that runs it may not be able to get there.
        unpacked = shutil.copytree(unpacked, folder / name, symlinks=True)
    machine = f"{os.uname().machine}-linux-gnu"
    return unpacked, [unpacked / "usr/lib" / machine, unpacked / "lib" / machine]


@contextmanager
def _folder() -> Iterator[Path]:
    """Make a folder for a server: not one of pytest's, which are for its own user only."""
    folder = Path(tempfile.mkdtemp(prefix="dmed4-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _server(
    account: Account, command: Callable[[int], Command], url: URL, stop: signal.Signals
) -> Iterator[URL]:
    """Run a server on a free port of this machine, until a signal that waits for no client."""
    for _ in range(_ATTEMPTS):
        url = url.set(port=_free_port())
        # At its end, closes the input and waits for the server.
        with account.serve(command(url.port or 0), stop) as process:
            if _answers(process, url):
                yield url
                return
    raise RuntimeError(f"The server does not start:\n{account.log}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(process: subprocess.Popen[bytes], url: URL) -> bool:
    """Wait until a server answers; tell if it does, and has not ended instead."""
    engine = create_engine(url)
    deadline = time.monotonic() + _STARTING
    while process.poll() is None and time.monotonic() < deadline:
        try:
            engine.connect().close()
        except OperationalError:
            time.sleep(0.05)
        else:
            engine.dispose()
            return True
    return False


SERVERS: Final[Mapping[str, Callable[[], AbstractContextManager[URL]]]] = {
    "postgresql": postgresql,
    "mariadb": mariadb,
}
