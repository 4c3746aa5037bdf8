"""Records are kept, whatever the database does: late perhaps, but never lost."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
import gc
from pathlib import Path
import sqlite3
from threading import Event
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.archive import (
    Archive,
    ArchiveError,
    ArchiveSummary,
    KeyState,
    KeyVerdict,
    MeterInfo,
    Source,
    StoredRecord,
)
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.intake import (
    keeper as record_keeper,
    shared_archive,
    verification,
)
from custom_components.lovato_dmed4.intake.keeper import RecordKeeper
from custom_components.lovato_dmed4.intake.shared_archive import (
    DEFAULT_FILE,
    async_archives,
    async_borrowed,
    database_url,
)
from custom_components.lovato_dmed4.ocmf import MAX_SIZE, Verdict
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import RestServer, SimulatedMeter
from tests.integration.helpers import (
    add_entry,
    complaints,
    fingerprint,
    is_available,
    pass_time,
    set_up,
    state_of,
)
from tests.integration.plugin import MockConfigEntry
from tests.integration.timers import async_fire_time_changed

# What is in the archive is what a test puts there.
pytestmark = pytest.mark.usefixtures("logbook_left_alone")

LOST = "Error requesting"
RECORDS = 8


@pytest.fixture
def signed(simulated: SimulatedMeter) -> list[bytes]:
    """Records of the meter, made before it was set up."""
    simulated.fill_logbook(RECORDS)
    return [record.encode() for record in simulated.records]


@pytest.fixture
def file(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(DEFAULT_FILE))


@pytest.fixture
async def keeper(signed: list[bytes], rest_entry: Dmed4ConfigEntry) -> RecordKeeper:
    return rest_entry.runtime_data.records


@pytest.fixture
def entry(
    hass: HomeAssistant, rest_server: RestServer, simulated: SimulatedMeter
) -> MockConfigEntry:
    """Not set up yet."""
    return add_entry(hass, rest_server, fingerprint(simulated))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a database no longer than a test has patience."""
    monkeypatch.setattr(record_keeper, "ARCHIVE_TIMEOUT", 0.2)


def archived(file: Path) -> list[bytes]:
    """What is on disk, as another program sees it."""
    with closing(sqlite3.connect(file)) as database:
        return [raw for (raw,) in database.execute("SELECT raw FROM dmed4_records ORDER BY id")]


@contextmanager
def broken(file: Path) -> Iterator[None]:
    """Let every use of the records fail."""
    rename(file, "dmed4_records", "elsewhere")
    try:
        yield
    finally:
        rename(file, "elsewhere", "dmed4_records")


def rename(file: Path, table: str, name: str) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute(f"ALTER TABLE {table} RENAME TO {name}")


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Let every writer wait."""
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")


def issue(hass: HomeAssistant, entry: Any) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{entry.entry_id}_archive_unavailable")


async def until_stored(hass: HomeAssistant, keeper: RecordKeeper) -> None:
    """Wait for a database that was only slow."""
    while keeper.waiting or not keeper.available:  # noqa: ASYNC110 - there is nothing to wait for
        await asyncio.sleep(0.01)
    await hass.async_block_till_done(wait_background_tasks=True)


# --- A database that works ----------------------------------------------------------------------


async def test_stored_record_is_on_disk(
    keeper: RecordKeeper, signed: list[bytes], file: Path
) -> None:
    stored = await keeper.async_store(signed[0], Source.COMMAND)
    assert archived(file) == signed[:1]
    assert stored is not None
    assert (stored.raw, stored.source) == (signed[0], Source.COMMAND)
    assert (stored.verdict, stored.key) == (Verdict.VALID, KeyVerdict.OWN)
    assert stored.meter_id == keeper.meter_id
    assert keeper.available
    assert keeper.waiting == 0


async def test_stored_twice(keeper: RecordKeeper, signed: list[bytes], file: Path) -> None:
    news: list[StoredRecord] = []
    remove = keeper.news.async_add(news.append)
    first = await keeper.async_store(signed[0], Source.METER)
    second = await keeper.async_store(signed[0], Source.METER)
    assert first == second
    assert news == [first]
    assert archived(file) == signed[:1]

    remove()
    await keeper.async_store(signed[1], Source.METER)
    assert len(news) == 1
    assert archived(file) == signed[:2]


async def test_stored_at_once(keeper: RecordKeeper, signed: list[bytes], file: Path) -> None:
    """Each caller gets its own record, and they are in the archive in the order they came."""
    stored = await asyncio.gather(*(keeper.async_store(raw, Source.METER) for raw in signed))
    assert [record.raw for record in stored if record] == signed
    assert archived(file) == signed


async def test_cancelled_caller(keeper: RecordKeeper, signed: list[bytes], file: Path) -> None:
    """An action that times out does not take the record with it."""
    for raw in signed:
        store = asyncio.ensure_future(keeper.async_store(raw, Source.COMMAND))
        await asyncio.sleep(0)
        store.cancel()
        with pytest.raises(asyncio.CancelledError):
            await store
    assert await keeper.async_store(signed[-1], Source.COMMAND)
    assert archived(file) == signed


async def test_summary(hass: HomeAssistant, keeper: RecordKeeper, signed: list[bytes]) -> None:
    assert keeper.summary_coordinator.data.records == 0
    for raw in signed:
        await keeper.async_store(raw, Source.METER)
    await pass_time(hass, 1)
    assert keeper.summary_coordinator.data.records == RECORDS
    assert (keeper.summary_coordinator.data.failed, keeper.summary_coordinator.data.suspicious) == (
        0,
        0,
    )
    assert keeper.summary_coordinator.data.last is not None
    assert keeper.summary_coordinator.data.last.meter == keeper._entry.unique_id


async def test_counted_once_at_set_up(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = 0
    summary = Archive.summary

    def count(archive: Archive, meter_id: int) -> Any:
        nonlocal counted
        counted += 1
        return summary(archive, meter_id)

    monkeypatch.setattr(Archive, "summary", count)
    assert await set_up(hass, entry)
    assert counted == 1


async def test_flood_is_counted_once_a_second(
    hass: HomeAssistant, keeper: RecordKeeper, signed: list[bytes]
) -> None:
    counts = []
    keeper.summary_coordinator.async_add_listener(
        lambda: counts.append(keeper.summary_coordinator.data.records)
    )
    for raw in signed:
        await keeper.async_store(raw, Source.METER)
    await pass_time(hass, 1)
    await pass_time(hass, 1)
    assert counts[-1] == RECORDS
    assert len(counts) <= 3


async def test_a_record_arrives_during_a_slow_count(
    hass: HomeAssistant,
    keeper: RecordKeeper,
    signed: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is counted right after, also when the count took longer than the pause between two."""
    counted, gate, count = Event(), Event(), Archive.summary

    def count_slowly(archive: Archive, meter_id: int) -> ArchiveSummary:
        summary = count(archive, meter_id)
        counted.set()
        gate.wait()
        return summary

    monkeypatch.setattr(Archive, "summary", count_slowly)
    try:
        await keeper.async_store(signed[0], Source.METER)
        await hass.async_add_executor_job(counted.wait)
        await keeper.async_store(signed[1], Source.METER)
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=1))
    finally:
        gate.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    await pass_time(hass, 1)
    assert keeper.summary_coordinator.data.records == 2


async def test_another_home_assistant_stores(
    hass: HomeAssistant, keeper: RecordKeeper, signed: list[bytes]
) -> None:
    """What another one puts into the same database is found by looking now and then."""
    meter_id = keeper.meter_id
    assert meter_id is not None
    now = (await keeper.async_run(lambda archive: archive.keys(meter_id)))[0].first_seen
    await keeper.async_run(
        lambda archive: archive.store(meter_id, signed[0], Source.METER, now), writes=True
    )
    assert keeper.summary_coordinator.data.records == 0
    await pass_time(hass, 600)
    assert keeper.summary_coordinator.data.records == 1


async def test_first_key_is_pinned(keeper: RecordKeeper, simulated: SimulatedMeter) -> None:
    meter_id = keeper.meter_id
    assert meter_id is not None
    (key,) = await keeper.async_run(lambda archive: archive.keys(meter_id))
    assert (key.spki, key.state) == (simulated.public_key_ocmf, KeyState.PINNED)
    assert keeper.known_since == key.first_seen


@pytest.mark.parametrize("meter_settings", [{"commissioned": False}])
async def test_meter_without_a_key(rest_entry: Dmed4ConfigEntry) -> None:
    keeper = rest_entry.runtime_data.records
    stored = await keeper.async_store(b"OCMF|{}|", Source.METER)
    assert stored is not None
    assert stored.suspicious
    assert keeper.known_since is None


async def test_reload(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, file: Path
) -> None:
    before = rest_entry.runtime_data.records
    number = before.meter_id
    simulated.fill_logbook(2)
    await before.async_store(simulated.records[0].encode(), Source.METER)
    assert await hass.config_entries.async_reload(rest_entry.entry_id)
    keeper = rest_entry.runtime_data.records
    assert keeper is not before
    assert keeper.meter_id == number
    assert keeper.summary_coordinator.data.records == 1


async def test_too_large(
    keeper: RecordKeeper, signed: list[bytes], file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert await keeper.async_store(b"x" * (MAX_SIZE + 1), Source.METER) is None
    assert keeper.waiting == 0
    assert keeper.available
    assert "65537 bytes are too many" in complaints(caplog)[0]
    assert await keeper.async_store(signed[0], Source.METER)
    assert archived(file) == signed[:1]


# --- A database that fails ----------------------------------------------------------------------


async def test_kept_in_memory_until_the_archive_is_back(
    hass: HomeAssistant,
    keeper: RecordKeeper,
    signed: list[bytes],
    file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    news: list[StoredRecord] = []
    keeper.news.async_add(news.append)
    with broken(file):
        for raw in signed[:3]:
            assert await keeper.async_store(raw, Source.COMMAND) is None
        assert keeper.waiting == 3
        assert not keeper.available
        assert not news
        await pass_time(hass, 5)
        assert keeper.waiting == 3
        (complaint,) = complaints(caplog)
        assert "no such table: dmed4_records" in complaint
        assert str(file) not in complaint
    await pass_time(hass, 10)
    assert keeper.waiting == 0
    assert keeper.available
    assert archived(file) == signed[:3]
    assert [record.raw for record in news] == signed[:3]
    assert keeper.summary_coordinator.data.records == 3
    assert "archive data recovered" in caplog.text
    assert len(complaints(caplog)) == 1


async def test_a_file_that_is_deleted_is_no_archive(
    hass: HomeAssistant,
    *,
    keeper: RecordKeeper,
    rest_entry: Dmed4ConfigEntry,
    signed: list[bytes],
    file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What is written into it would be gone with Home Assistant: nothing is said to be archived."""
    assert await keeper.async_store(signed[0], Source.COMMAND)
    # Until it has been counted, so that nothing else looks at the file.
    await pass_time(hass, 2)
    await hass.async_add_executor_job(file.unlink)
    news: list[StoredRecord] = []
    keeper.news.async_add(news.append)
    assert await keeper.async_store(signed[1], Source.COMMAND) is None
    assert (keeper.waiting, keeper.available, keeper.meter_id, news) == (1, False, None, [])
    assert issue(hass, rest_entry) is not None
    assert "deleted or replaced" in complaints(caplog)[0]
    # A new file takes its place, in which the meter is registered again.
    while keeper.waiting or not keeper.available:
        await pass_time(hass, 300)
    assert archived(file) == signed[1:2]
    assert [record.raw for record in news] == signed[1:2]
    assert [key.state for key in keeper.keys] == [KeyState.PINNED]
    assert issue(hass, rest_entry) is None
    assert await keeper.async_store(signed[2], Source.COMMAND)
    assert archived(file) == signed[1:3]


async def test_meters_of_a_deleted_file_are_not_mixed_up(
    hass: HomeAssistant, keeper: RecordKeeper, signed: list[bytes], file: Path
) -> None:
    """In the new file they have other numbers: what waits for its turn does not go to another meter."""
    (shared,) = async_archives(hass)
    number = keeper.meter_id
    assert number is not None
    await hass.async_add_executor_job(file.unlink)
    with pytest.raises(ArchiveError, match="deleted or replaced"):
        await shared.async_read(lambda archive: archive.summary(number))
    await shared.async_open()
    other = await shared.async_write(
        lambda archive: archive.register_meter(MeterInfo(unique_id="other", name="Other"))
    )
    assert other == number
    assert keeper.meter_id is None
    assert await keeper.async_store(signed[0], Source.METER)
    assert keeper.meter_id not in {None, number}
    assert (await shared.async_read(lambda archive: archive.summary(number))).records == 0

    # As when it was asked for just before.
    def reopen(archive: Archive) -> None:
        archive.close()
        archive.open()

    opened = asyncio.ensure_future(shared.async_write(reopen))
    late = asyncio.ensure_future(shared.async_write(lambda archive: archive.summary(number)))
    await opened
    with pytest.raises(ArchiveError, match="anew"):
        await late


async def test_tried_again_with_the_next_record(
    keeper: RecordKeeper, signed: list[bytes], file: Path
) -> None:
    with broken(file):
        await keeper.async_store(signed[0], Source.COMMAND)
    assert await keeper.async_store(signed[1], Source.COMMAND)
    assert archived(file) == signed[:2]
    assert keeper.waiting == 0


async def test_the_same_record_waits_once(
    hass: HomeAssistant, keeper: RecordKeeper, signed: list[bytes], file: Path
) -> None:
    """Fetched from the logbook again and again, it does not take the place of others."""
    with broken(file):
        for source in (Source.METER, Source.COMMAND, Source.METER):
            await keeper.async_store(signed[0], source)
        assert keeper.waiting == 1
    stored = await keeper.async_store(signed[0], Source.METER)
    assert stored is not None
    assert stored.source is Source.COMMAND
    assert archived(file) == signed[:1]


async def test_what_had_to_wait_says_nothing_of_older_records(
    keeper: RecordKeeper, signed: list[bytes], file: Path
) -> None:
    meter_id = keeper.meter_id
    assert meter_id is not None
    with broken(file):
        await keeper.async_store(signed[0], Source.METER, chained=True)
    await keeper.async_store(signed[1], Source.METER, chained=True)
    chained = await keeper.async_run(
        lambda archive: [archive.is_chained(meter_id, raw) for raw in signed[:2]]
    )
    assert chained == [False, True]


async def test_memory_is_bounded(
    hass: HomeAssistant,
    keeper: RecordKeeper,
    signed: list[bytes],
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(record_keeper, "WAITING_LIMIT", 2)
    with broken(file):
        for raw in signed:
            assert await keeper.async_store(raw, Source.METER) is None
        assert keeper.waiting == 2
    # The third is refused, but reminds the keeper of the two.
    assert await keeper.async_store(signed[2], Source.METER) is None
    await until_stored(hass, keeper)
    assert await keeper.async_store(signed[3], Source.METER)
    assert archived(file) == [*signed[:2], signed[3]]


async def test_pauses_grow(
    hass: HomeAssistant, keeper: RecordKeeper, signed: list[bytes], file: Path
) -> None:
    waited = []
    with broken(file):
        await keeper.async_store(signed[0], Source.METER)
        for _ in range(8):
            assert keeper._retry is not None
            waited.append(keeper._pause)
            await pass_time(hass, keeper._pause)
    assert waited == [5, 10, 20, 40, 80, 160, 300, 300]
    await pass_time(hass, 300)
    assert archived(file) == signed[:1]
    with broken(file):
        await keeper.async_store(signed[1], Source.METER)
        assert keeper._pause == 5
    await pass_time(hass, 5)
    assert archived(file) == signed[:2]


async def test_a_failing_archive_is_an_issue_after_a_while(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    keeper: RecordKeeper,
    signed: list[bytes],
    file: Path,
) -> None:
    with broken(file):
        await keeper.async_store(signed[0], Source.METER)
        await pass_time(hass, 60)
        assert issue(hass, rest_entry) is None
        await pass_time(hass, 120)
        found = issue(hass, rest_entry)
        assert found is not None
        assert found.severity is ir.IssueSeverity.ERROR
        assert found.translation_placeholders == {"meter": rest_entry.title}
        assert is_available(hass, rest_entry)
    await pass_time(hass, 300)
    assert issue(hass, rest_entry) is None
    assert archived(file) == signed[:1]


async def test_a_short_failure_is_no_issue(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    keeper: RecordKeeper,
    signed: list[bytes],
    file: Path,
) -> None:
    with broken(file):
        await keeper.async_store(signed[0], Source.METER)
    await pass_time(hass, 10)
    await pass_time(hass, 300)
    assert issue(hass, rest_entry) is None
    assert archived(file) == signed[:1]


async def test_failure_that_only_a_reader_sees(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, keeper: RecordKeeper, file: Path
) -> None:
    with broken(file):
        with pytest.raises(HomeAssistantError) as caught:
            await keeper.async_run(lambda archive: archive.summary(keeper.meter_id or 0))
        assert caught.value.translation_key == "archive_unavailable"
        await hass.async_block_till_done(wait_background_tasks=True)
        assert not keeper.available
    await pass_time(hass, 5)
    assert keeper.available
    assert (await keeper.async_run(lambda archive: archive.summary(keeper.meter_id or 0))) == (
        keeper.summary_coordinator.data
    )


async def test_waiting_records_survive_a_reload(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, signed: list[bytes], file: Path
) -> None:
    """As when the user corrects the options because the archive can't be reached."""
    with broken(file):
        for raw in signed:
            await rest_entry.runtime_data.records.async_store(raw, Source.COMMAND)
        assert await hass.config_entries.async_unload(rest_entry.entry_id)
        assert issue(hass, rest_entry) is None
    assert await hass.config_entries.async_setup(rest_entry.entry_id)
    assert rest_entry.runtime_data.records.waiting == 0
    assert archived(file) == signed


async def test_waiting_records_go_with_the_entry(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, signed: list[bytes], file: Path
) -> None:
    keeper = rest_entry.runtime_data.records
    await keeper.async_store(signed[0], Source.COMMAND)
    with broken(file):
        await keeper.async_store(signed[1], Source.COMMAND)
        await hass.config_entries.async_remove(rest_entry.entry_id)
    assert not hass.data[record_keeper._WAITING]
    assert archived(file) == signed[:1]


# --- A database that hangs ----------------------------------------------------------------------


@pytest.mark.usefixtures("impatient")
async def test_locked_database(
    hass: HomeAssistant, keeper: RecordKeeper, signed: list[bytes], file: Path
) -> None:
    with locked(file):
        for raw in signed[:3]:
            assert await keeper.async_store(raw, Source.COMMAND) is None
        assert keeper.waiting == 3
        assert not keeper.available
    await until_stored(hass, keeper)
    assert archived(file) == signed[:3]


@pytest.mark.usefixtures("impatient")
async def test_unloading_with_a_locked_database(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, signed: list[bytes], file: Path
) -> None:
    with locked(file):
        await rest_entry.runtime_data.records.async_store(signed[0], Source.COMMAND)
        assert await hass.config_entries.async_unload(rest_entry.entry_id)
    assert await hass.config_entries.async_setup(rest_entry.entry_id)
    await until_stored(hass, rest_entry.runtime_data.records)
    assert archived(file) == signed[:1]


# --- Setting up ---------------------------------------------------------------------------------


async def test_set_up_without_the_archive(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    signed: list[bytes],
    file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    file.mkdir()  # noqa: ASYNC240 - a test has time
    assert await set_up(hass, entry)
    keeper: RecordKeeper = entry.runtime_data.records
    assert state_of(entry) is ConfigEntryState.LOADED
    assert is_available(hass, entry)
    assert not keeper.available
    assert keeper.meter_id is None
    found = issue(hass, entry)
    assert found is not None
    # What the database says, in English, is in the log only.
    assert found.translation_placeholders == {"meter": entry.title}
    assert "(OperationalError: unable to open database file)" in complaints(caplog)[0]
    assert len(complaints(caplog)) == 1
    with pytest.raises(HomeAssistantError) as caught:
        await keeper.async_run(lambda archive: archive.keys(1))
    assert caught.value.translation_key == "archive_unavailable"
    assert await keeper.async_store(signed[0], Source.COMMAND) is None

    file.rmdir()  # noqa: ASYNC240 - a test has time
    await pass_time(hass, 10)
    assert keeper.available
    assert keeper.waiting == 0
    assert archived(file) == signed[:1]
    assert issue(hass, entry) is None


@pytest.mark.usefixtures("impatient")
async def test_set_up_with_a_locked_database(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    signed: list[bytes],
    file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = WAL")
    with locked(file):
        assert await hass.config_entries.async_setup(entry.entry_id)
        keeper: RecordKeeper = entry.runtime_data.records
        assert not keeper.available
        found = issue(hass, entry)
        assert found is not None
        assert found.translation_placeholders == {"meter": entry.title}
        assert "The database does not answer in time" in caplog.text
        assert await keeper.async_store(signed[0], Source.COMMAND) is None
    await until_stored(hass, keeper)
    assert archived(file) == signed[:1]
    assert issue(hass, entry) is None


async def test_an_archive_that_stumbles(
    hass: HomeAssistant,
    keeper: RecordKeeper,
    signed: list[bytes],
    file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever it raises, the record is kept and nobody waits for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Archive, "store", lambda *_, **__: 1 // 0)
        assert await keeper.async_store(signed[0], Source.COMMAND) is None
    assert keeper.waiting == 1
    assert "ZeroDivisionError" in caplog.text
    await pass_time(hass, 5)
    assert archived(file) == signed[:1]


# --- Sharing ------------------------------------------------------------------------------------


async def test_meters_share_an_archive(
    hass: HomeAssistant, keeper: RecordKeeper, signed: list[bytes], rest_entry: Dmed4ConfigEntry
) -> None:
    other = SimulatedMeter(seed=2, signing_time=0, checking_time=0)
    other.fill_logbook(2)
    async with RestServer(other, response_time=0) as server:
        entry = add_entry(hass, server, fingerprint(other))
        assert await set_up(hass, entry)
        second: RecordKeeper = entry.runtime_data.records
        assert len(async_archives(hass)) == 1
        assert second.meter_id != keeper.meter_id
        await keeper.async_store(signed[0], Source.METER)
        stored = await second.async_store(other.records[0].encode(), Source.METER)
        assert stored is not None
        assert stored.key is KeyVerdict.OWN

        assert await hass.config_entries.async_unload(entry.entry_id)
        assert len(async_archives(hass)) == 1
        assert await keeper.async_store(signed[1], Source.METER)
    await hass.config_entries.async_unload(rest_entry.entry_id)
    assert not async_archives(hass)


async def test_a_database_that_hangs_takes_few_threads(keeper: RecordKeeper) -> None:
    """Those who asked may have given up: the thread that waits for the database has not."""
    gate = Event()
    hanging = [
        asyncio.ensure_future(keeper.async_run(lambda _: gate.wait()))
        for _ in range(shared_archive._READERS)
    ]
    try:
        await asyncio.sleep(0)
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        assert keeper._shared._reading.locked()
        late = asyncio.ensure_future(keeper.async_run(lambda archive: archive.record(1)))
        # Writers are not held up by readers.
        assert await keeper.async_store(b"anything", Source.METER)
        assert not late.done()
    finally:
        gate.set()
    record = await late
    assert record is not None
    assert record.raw == b"anything"
    # The others have their turn back, and who was waiting for one has had it.
    while keeper._shared._reading.locked():  # noqa: ASYNC110 - it informs no one
        await asyncio.sleep(0)


async def test_a_failure_whose_caller_is_gone_is_not_complained_about(
    hass: HomeAssistant, keeper: RecordKeeper
) -> None:
    complained, gate = [], Event()
    hass.loop.set_exception_handler(lambda _, context: complained.append(context))

    def fail(_: Archive) -> None:
        gate.wait()
        raise ArchiveError("closed meanwhile")

    asking = asyncio.ensure_future(keeper.async_run(fail))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert keeper._shared._reading._value == shared_archive._READERS - 1
    gate.set()
    while keeper._shared._reading._value < shared_archive._READERS:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0)
    gc.collect()
    await asyncio.sleep(0)
    assert complained == []


async def test_who_asks_while_the_archive_closes_is_answered(
    hass: HomeAssistant,
    keeper: RecordKeeper,
    rest_entry: Dmed4ConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing waits for ever for a database that is being closed."""
    closes, gate, close = Event(), Event(), Archive.close

    def close_slowly(archive: Archive) -> None:
        closes.set()
        gate.wait()
        close(archive)

    monkeypatch.setattr(Archive, "close", close_slowly)
    unloading = hass.async_create_task(hass.config_entries.async_unload(rest_entry.entry_id))
    try:
        await hass.async_add_executor_job(closes.wait)
        late = asyncio.ensure_future(keeper.async_run(lambda archive: archive.record(1)))
        await asyncio.sleep(0)
        assert not late.done()
    finally:
        gate.set()
    assert await unloading
    with pytest.raises(HomeAssistantError, match="archive"):
        await late


async def test_an_archive_that_opens_while_home_assistant_stops_is_closed(
    hass: HomeAssistant, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Home Assistant cancels all work in the background then, but can't cancel a thread."""
    opens, gate, over, open_archive = Event(), Event(), Event(), Archive.open
    opened: list[Archive] = []

    def open_slowly(archive: Archive) -> None:
        opened.append(archive)
        opens.set()
        gate.wait()
        open_archive(archive)
        over.set()

    monkeypatch.setattr(Archive, "open", open_slowly)

    async def ask() -> None:
        async with async_borrowed(hass, database_url(hass, {})) as shared:
            await shared.async_open()

    asking = hass.async_create_background_task(ask(), "ask")
    try:
        await hass.loop.run_in_executor(None, opens.wait)
        for task in tuple(hass._background_tasks):
            task.cancel()
        for _ in range(10):
            # Time enough for closing it, if that did not wait.
            await hass.loop.run_in_executor(None, opens.wait)
    finally:
        gate.set()
    await hass.loop.run_in_executor(None, over.wait)
    await asyncio.wait({asking})
    assert opened[0].opening is None
    assert not async_archives(hass)


# --- Verifying again ----------------------------------------------------------------------------


async def verify_all(hass: HomeAssistant, progress: Callable[[int], None] | None = None) -> None:
    await verification.async_verify_all(hass, database_url(hass, {}), progress)


async def test_verify_all(
    hass: HomeAssistant, keeper: RecordKeeper, signed: list[bytes], file: Path
) -> None:
    for raw in signed:
        await keeper.async_store(raw, Source.METER)
    assert keeper.summary_coordinator.data.failed == 0
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE dmed4_records SET raw = replace(raw, 'kWh', 'kwh') WHERE id = 3")
    seen: list[int] = []
    await verify_all(hass, seen.append)
    assert seen == [RECORDS]
    await pass_time(hass, 1)
    assert keeper.summary_coordinator.data.failed == 1
    record = await keeper.async_run(lambda archive: archive.record(3))
    assert record is not None
    assert record.verdict is Verdict.INVALID


async def test_live_polls_go_on_while_all_are_verified(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    simulated.fill_logbook(20)
    keeper = rest_entry.runtime_data.records
    for raw in simulated.records:
        await keeper.async_store(raw.encode(), Source.METER)
    monkeypatch.setattr(verification, "_AT_ONCE", 4)
    polls = 0
    running = hass.async_create_task(verify_all(hass))
    while not running.done():
        await rest_entry.runtime_data.live.async_refresh()
        assert rest_entry.runtime_data.live.last_update_success
        polls += 1
    await running
    # One at least between any two of the 5 portions.
    assert polls >= 5


async def test_one_verification_at_a_time(
    hass: HomeAssistant, keeper: RecordKeeper, signed: list[bytes]
) -> None:
    await keeper.async_store(signed[0], Source.METER)
    first = hass.async_create_task(verify_all(hass))
    await asyncio.sleep(0)
    with pytest.raises(HomeAssistantError) as caught:
        await verify_all(hass)
    assert caught.value.translation_key == "verification_running"
    await first
    await verify_all(hass)


async def test_the_verification_needs_no_meter(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, keeper: RecordKeeper, signed: list[bytes]
) -> None:
    for raw in signed:
        await keeper.async_store(raw, Source.METER)
    seen: list[int] = []
    running = hass.async_create_task(verify_all(hass, seen.append))
    await asyncio.sleep(0)
    assert await hass.config_entries.async_unload(rest_entry.entry_id)
    await running
    await verify_all(hass, seen.append)
    assert seen == [RECORDS, RECORDS]
    assert async_archives(hass) == []


async def test_the_end_of_home_assistant_stops_the_verification(
    hass: HomeAssistant, keeper: RecordKeeper, signed: list[bytes]
) -> None:
    await keeper.async_store(signed[0], Source.METER)
    running = hass.async_create_task(verify_all(hass))
    await asyncio.sleep(0)
    (task,) = (task for task in asyncio.all_tasks() if "verification" in task.get_name())
    task.cancel()
    with pytest.raises(HomeAssistantError) as caught:
        await running
    assert caught.value.translation_key == "verification_stopped"


async def test_verification_of_a_broken_archive(
    hass: HomeAssistant, keeper: RecordKeeper, signed: list[bytes], file: Path
) -> None:
    await keeper.async_store(signed[0], Source.METER)
    with broken(file), pytest.raises(HomeAssistantError) as caught:
        await verify_all(hass)
    assert caught.value.translation_key == "archive_unavailable"
    await pass_time(hass, 5)
    await verify_all(hass)
