"""An archive in each database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
import logging
from pathlib import Path

import pytest
from sqlalchemy import URL

from custom_components.lovato_dmed4.archive import Archive
from tests.databases import SERVERS, empty

from .helpers import add_meter


@pytest.fixture(autouse=True)
def _no_statements_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Leave out what the test tools switch on: every statement twice takes half of the time."""
    caplog.set_level(logging.WARNING, "sqlalchemy.engine")


@pytest.fixture(scope="session")
def servers() -> Iterator[Callable[[str], URL]]:
    """Run a server from when it is first wanted until the end of the tests."""
    running: dict[str, URL] = {}
    with ExitStack() as stack:

        def start(name: str) -> URL:
            if name not in running:
                running[name] = stack.enter_context(SERVERS[name]())
            return running[name]

        yield start


@pytest.fixture(params=["sqlite", *SERVERS])
def database(request: pytest.FixtureRequest, tmp_path: Path, servers: Callable[[str], URL]) -> URL:
    """Name an empty database."""
    if request.param == "sqlite":
        return URL.create("sqlite", database=str(tmp_path / "records.db"))
    url = servers(request.param)
    empty(url)
    return url


@pytest.fixture
def url(database: URL) -> str:
    """Name the same database as a user does."""
    return database.render_as_string(hide_password=False)


@pytest.fixture
def archive(url: str) -> Iterator[Archive]:
    """Open the archive in that database."""
    opened = Archive(url)
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Name a file, for what only SQLite does."""
    return f"sqlite:///{tmp_path / 'records.db'}"


@pytest.fixture
def meter(archive: Archive) -> int:
    """Register a meter with a key."""
    return add_meter(archive)
