"""An archive in each database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
import logging
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, create_engine

from custom_components.lovato_dmed4.archive import Archive
from custom_components.lovato_dmed4.archive.tables import Base
from tests.databases import SERVERS, empty, own_database

from .helpers import add_meter


@pytest.fixture(autouse=True)
def _no_statements_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Leave out what the test tools switch on: every statement twice takes half of the time."""
    caplog.set_level(logging.WARNING, "sqlalchemy.engine")


@dataclass(frozen=True)
class Kept:
    """A database with an archive that is open for many tests: making the tables takes longer than
    what most tests do with them."""

    url: URL
    archive: Archive
    engine: Engine

    def clear(self) -> None:
        """Leave nothing in the tables, and the archive open."""
        self.archive.open()
        with self.engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Kept]]:
    """Open an archive in each database when it is first wanted."""
    opened: dict[str, Kept] = {}
    with ExitStack() as stack:

        def get(name: str) -> Kept:
            if name not in opened:
                file = str(tmp_path_factory.mktemp("kept") / "records.db")
                url = (
                    URL.create("sqlite", database=file)
                    if name == "sqlite"
                    else own_database(name, "kept")
                )
                # A test may have closed its connections.
                engine = create_engine(url, pool_pre_ping=True)
                stack.callback(engine.dispose)
                opened[name] = Kept(url, Archive(_as_text(url)), engine)
                stack.callback(opened[name].archive.close)
            opened[name].clear()
            return opened[name]

        yield get


@pytest.fixture(params=["sqlite", *SERVERS])
def prepared(request: pytest.FixtureRequest, kept: Callable[[str], Kept]) -> Kept:
    """Have an archive with nothing in it."""
    return kept(request.param)


@pytest.fixture(params=["sqlite", *SERVERS])
def bare_database(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """Name a database without any table, for those who make or change tables."""
    if request.param == "sqlite":
        return URL.create("sqlite", database=str(tmp_path / "records.db"))
    url = own_database(request.param, "bare")
    empty(url)
    return url


@pytest.fixture
def bare_url(bare_database: URL) -> str:
    """Name the same database as a user does."""
    return _as_text(bare_database)


@pytest.fixture
def database(prepared: Kept) -> URL:
    """Name the database of that archive."""
    return prepared.url


@pytest.fixture
def url(database: URL) -> str:
    """Name the same database as a user does."""
    return _as_text(database)


def _as_text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture
def archive(prepared: Kept) -> Archive:
    """Use the archive itself, which is open."""
    return prepared.archive


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Name a file, for what only SQLite does."""
    return f"sqlite:///{tmp_path / 'records.db'}"


@pytest.fixture
def meter(archive: Archive) -> int:
    """Register a meter with a key."""
    return add_meter(archive)
