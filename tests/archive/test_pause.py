"""Backups: the file that is copied is whole, though records go on being stored."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
import shutil
import sqlite3

import pytest

from custom_components.lovato_dmed4.archive import Archive, ArchiveError, database

from .helpers import Charge, add_meter, store

CHARGE = Charge()


@pytest.fixture
def paused(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """Have an archive with one record that is paused; otherwise, its log goes into the file soon."""
    soon = "PRAGMA wal_autocheckpoint = 20"
    monkeypatch.setattr(database, "_SET_UP", {"sqlite": (*database._SET_UP["sqlite"], soon)})
    archive = Archive(sqlite_url)
    archive.open()
    store(archive, add_meter(archive), CHARGE.begin())
    archive.pause()
    yield archive
    archive.close()


def copied(tmp_path: Path, *suffixes: str) -> int:
    """Return how many records there are in a copy of some of the files; it has to be whole."""
    folder = tmp_path / "backup"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for suffix in suffixes:
        shutil.copy(tmp_path / f"records.db{suffix}", folder)
    with closing(sqlite3.connect(folder / "records.db")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        count: int = copy.execute("SELECT count(*) FROM dmed4_records").fetchone()[0]
        return count


def test_all_that_was_stored_is_in_the_file(paused: Archive, tmp_path: Path) -> None:
    assert (tmp_path / "records.db-wal").stat().st_size == 0
    assert copied(tmp_path, "") == 1


def test_what_is_stored_meanwhile_leaves_the_file_alone(paused: Archive, tmp_path: Path) -> None:
    before = (tmp_path / "records.db").read_bytes()
    for step in range(1, 20):
        store(paused, 1, CHARGE.read(step))
    assert paused.summary(1).records == 20
    assert (tmp_path / "records.db").read_bytes() == before
    assert copied(tmp_path, "") == 1
    assert copied(tmp_path, "", "-wal") == 20
    paused.resume()
    store(paused, 1, CHARGE.end(20))
    assert (tmp_path / "records.db").read_bytes() != before
    assert copied(tmp_path, "", "-wal") == 21


def test_another_process_leaves_the_file_alone_as_well(paused: Archive, tmp_path: Path) -> None:
    before = (tmp_path / "records.db").read_bytes()
    with closing(sqlite3.connect(tmp_path / "records.db")) as other:
        other.execute("CREATE TABLE others AS SELECT * FROM dmed4_records")
        other.commit()
        other.execute("PRAGMA wal_checkpoint(PASSIVE)")
    assert (tmp_path / "records.db").read_bytes() == before
    paused.resume()


def test_pausing_again_takes_what_came_since(paused: Archive, tmp_path: Path) -> None:
    store(paused, 1, CHARGE.end(1))
    paused.pause()
    assert copied(tmp_path, "") == 2
    paused.resume()
    paused.resume()
    store(paused, 1, CHARGE.read(1))
    assert paused.summary(1).records == 3


def test_closing_resumes(paused: Archive, tmp_path: Path) -> None:
    store(paused, 1, CHARGE.end(1))
    paused.close()
    assert not (tmp_path / "records.db-wal").exists()
    assert copied(tmp_path, "") == 2
    with pytest.raises(ArchiveError, match="not open"):
        paused.pause()
    paused.open()
    paused.pause()
    assert copied(tmp_path, "") == 2


def test_pausing_goes_through_while_somebody_reads(sqlite_url: str, tmp_path: Path) -> None:
    archive = Archive(sqlite_url)
    archive.open()
    meter = add_meter(archive)
    with closing(sqlite3.connect(tmp_path / "records.db", isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM dmed4_records").fetchall()
        store(archive, meter, CHARGE.begin())
        archive.pause()
        store(archive, meter, CHARGE.end(1))
        # The log can't be emptied, so it belongs to the copy.
        assert copied(tmp_path, "", "-wal") == 2
    archive.resume()
    archive.pause()
    assert copied(tmp_path, "") == 2
    archive.close()


def test_a_server_is_not_paused(archive: Archive, meter: int) -> None:
    archive.pause()
    store(archive, meter, CHARGE.begin())
    archive.resume()
    assert archive.summary(meter).records == 1
