"""Tables of older versions are brought to the newest, with all that is in them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
import sqlite3

import pytest
from sqlalchemy import URL, Connection, create_engine, inspect, text

from custom_components.lovato_dmed4.archive import (
    Archive,
    ArchiveError,
    KeyState,
    Outcome,
    SessionQuery,
    SessionVerdict,
    Source,
)
from custom_components.lovato_dmed4.archive.migrations import STEPS, migrate
from custom_components.lovato_dmed4.archive.tables import Base

from .helpers import NOW, Charge, add_meter, store


@pytest.fixture
def archive(bare_url: str) -> Iterator[Archive]:
    """Have an archive whose tables may change."""
    opened = Archive(bare_url)
    opened.open()
    yield opened
    opened.close()


VERSION_1 = Path(__file__).parent / "version_1.sql"
CHARGE = Charge()


def test_version_1_is_opened(sqlite_url: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "records.db")) as file:
        file.executescript(VERSION_1.read_text())
    archive = Archive(sqlite_url)
    archive.open()
    (session,) = archive.sessions(SessionQuery(search="04a1")).sessions
    assert (session.meter, session.begin) == ("meter", CHARGE.start)
    assert (session.outcome, session.verdict) == (Outcome.ENDED, SessionVerdict.VALID)
    assert str(session.imported) == "3.000"
    detail = archive.session(session.id)
    assert detail is not None
    assert [each.raw for each in detail.records] == [CHARGE.begin(), CHARGE.end(3)]
    assert [key.state for key in detail.keys] == [KeyState.PINNED]
    assert archive.is_chained(session.meter_id, CHARGE.begin())
    assert not archive.store(session.meter_id, CHARGE.end(3), Source.METER, NOW).new
    assert archive.store(session.meter_id, CHARGE.read(1), Source.METER, NOW).new
    archive.close()


def test_old_tables_become_those_of_a_new_archive(sqlite_url: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "old.db")) as file:
        file.executescript(VERSION_1.read_text())
    found = []
    for name in ("old", "new"):
        url = f"sqlite:///{tmp_path / f'{name}.db'}"
        archive = Archive(url)
        archive.open()
        archive.close()
        engine = create_engine(url)
        inspector = inspect(engine)
        found.append(
            {
                table: (
                    sorted(
                        (column["name"], str(column["type"]), column["nullable"])
                        for column in inspector.get_columns(table)
                    ),
                    sorted(str(index["name"]) for index in inspector.get_indexes(table)),
                    sorted(
                        str(constraint["column_names"])
                        for constraint in inspector.get_unique_constraints(table)
                    ),
                )
                for table in inspector.get_table_names()
            }
        )
        engine.dispose()
    assert found[0] == found[1]
    assert found[0].keys() == {*Base.metadata.tables, "dmed4_version"}


def add_column(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE dmed4_meters ADD COLUMN site VARCHAR(20)"))
    connection.execute(text("UPDATE dmed4_meters SET site = 'here'"))


def next_steps() -> dict[int, object]:
    return {**STEPS, 1 + len(STEPS): add_column}


def run(url: URL, steps: dict[int, object]) -> None:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            migrate(connection, steps)  # type: ignore[arg-type]
    finally:
        engine.dispose()


def sites(url: URL) -> list[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT site FROM dmed4_meters")).scalars().all()
    engine.dispose()
    return list(found)


def test_a_missing_step_is_taken_once(bare_database: URL, archive: Archive, meter: int) -> None:
    store(archive, meter, CHARGE.begin())
    archive.close()
    run(bare_database, next_steps())
    run(bare_database, next_steps())
    assert sites(bare_database) == ["here"]


def test_a_newer_version_is_refused(
    bare_database: URL, bare_url: str, archive: Archive, meter: int
) -> None:
    archive.close()
    run(bare_database, next_steps())
    with pytest.raises(ArchiveError, match="version 4, this software knows 3"):
        Archive(bare_url).open()
    # What is there is left as it is.
    assert sites(bare_database) == ["here"]


def test_a_step_that_fails_is_taken_again(bare_database: URL, archive: Archive, meter: int) -> None:
    archive.close()

    def fail(connection: Connection) -> None:
        connection.execute(text("UPDATE dmed4_meters SET name = 'half'"))
        connection.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(Exception, match="nowhere"):
        run(bare_database, {**STEPS, 1 + len(STEPS): fail})
    archive.open()
    assert add_meter(archive) == meter
    archive.close()
    run(bare_database, next_steps())
    assert sites(bare_database) == ["here"]


def test_tables_that_were_only_begun_are_completed(bare_database: URL, bare_url: str) -> None:
    # As MariaDB leaves them, which has no transactions for tables.
    engine = create_engine(bare_database)
    Base.metadata.tables["dmed4_meters"].create(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE dmed4_version (version INTEGER PRIMARY KEY)"))
    engine.dispose()
    archive = Archive(bare_url)
    archive.open()
    assert archive.store(add_meter(archive), CHARGE.end(1), Source.METER, NOW).new
    archive.close()


def test_many_open_a_new_archive_at_once(bare_url: str) -> None:
    archives = [Archive(bare_url) for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(Archive.open, archives))
        list(threads.map(add_meter, archives))
    assert len({archive.register_meter for archive in archives}) == 6
    assert {add_meter(archive) for archive in archives} == {add_meter(archives[0])}
    for archive in archives:
        archive.close()
