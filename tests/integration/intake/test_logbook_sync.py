"""Nothing is missed: what the logbook has comes into the archive, whoever had it signed."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
import json
import logging
from pathlib import Path
import sqlite3
import threading
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event
import pytest

from custom_components.lovato_dmed4.archive import (
    Archive,
    ArchiveSummary,
    Outcome,
    Session,
    SessionQuery,
    Source,
)
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.dmed4 import catch_up, logbook
from custom_components.lovato_dmed4.intake import keeper as record_keeper, logbook_sync
from custom_components.lovato_dmed4.intake.logbook_sync import LogbookSync, SyncState
from custom_components.lovato_dmed4.intake.shared_archive import DEFAULT_FILE
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import Command, GatewayServer, ManualClock, RestServer, SimulatedMeter
from simulator.faults import RestFault
from tests.integration.helpers import (
    HOUSEKEEPING,
    Server,
    act,
    add_entry,
    add_meter,
    begin_charge,
    complaints,
    entities,
    fingerprint,
    impatient,
    pass_time,
    server_at,
    set_up,
    unplug,
    value,
    writes,
)
from tests.integration.plugin import MockConfigEntry
from tests.logbooks import rest_answers, sign

DAY = 28 * 3600

# Write an index to 0x2F2A.
SELECT_RECORD = bytes((0x06, 0x2F, 0x29))


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait where a real meter needs time."""
    monkeypatch.setattr(catch_up, "_ATTEMPT_PAUSE", 0)
    # The line has enough time for live polls without it.
    monkeypatch.setattr(catch_up, "_REST", 0)
    monkeypatch.setattr(logbook, "_SETTLE_PAUSE", 0)


@pytest.fixture
def meter_settings() -> dict[str, Any]:
    return {"max_records": 20}


@pytest.fixture
def file(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(DEFAULT_FILE))


@pytest.fixture
def stored(server: Server, hass: HomeAssistant, simulated: SimulatedMeter) -> MockConfigEntry:
    """An entry that is not set up yet."""
    return add_entry(hass, server, fingerprint(simulated))


def archived(file: Path) -> list[tuple[bytes, bool]]:
    """What is on disk in the order of its coming, and whether it is chained."""
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute("SELECT raw, chained FROM dmed4_records ORDER BY id")
        return [(raw, bool(chained)) for raw, chained in rows]


def raws(meter: SimulatedMeter) -> list[bytes]:
    return [record.raw for record in meter.record_log.entries]


def complete(meter: SimulatedMeter) -> list[tuple[bytes, bool]]:
    """What the archive has if nothing is missing."""
    return [(raw, True) for raw in raws(meter)]


def readings_of_records(server: Server, since: int) -> list[object]:
    """The requests that make the meter get a record out of its logbook."""
    return [
        request
        for request in server.requests[since:]
        if request[:2] == ("GET", "/v1/logbook/OCMF") or request[:3] == SELECT_RECORD
    ]


def sync_of(entry: Any) -> LogbookSync:
    sync: LogbookSync = entry.runtime_data.sync
    return sync


async def idle(hass: HomeAssistant) -> None:
    await hass.async_block_till_done(wait_background_tasks=True)


# --- When ---------------------------------------------------------------------------------------


async def test_at_set_up(
    hass: HomeAssistant, stored: MockConfigEntry, simulated: SimulatedMeter, file: Path
) -> None:
    sign(simulated, 12)
    assert await set_up(hass, stored)
    assert archived(file) == complete(simulated)
    assert sync_of(stored).state == SyncState(fetched=12, missing=0)
    assert value(hass, stored, "records_missing") == "0"
    # After a restart it costs nothing.
    assert await hass.config_entries.async_reload(stored.entry_id)
    await idle(hass)
    assert sync_of(stored).state == SyncState(fetched=0, missing=0)


async def test_set_up_does_not_wait_for_it(
    hass: HomeAssistant, server: Server, stored: MockConfigEntry, simulated: SimulatedMeter
) -> None:
    sign(simulated, 20)
    assert await hass.config_entries.async_setup(stored.entry_id)
    assert stored.state is ConfigEntryState.LOADED
    await hass.async_block_till_done()
    assert sync_of(stored).state.fetched < 20
    await idle(hass)
    assert sync_of(stored).state.fetched == 20


async def test_after_each_step_of_a_charge(
    hass: HomeAssistant,
    server: Server,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    file: Path,
) -> None:
    """Once, although a begin and an end change the status as well."""
    sign(simulated, 2)
    await sync_of(entry).async_run()
    for action in ("start_charge_cycle", "read_charge_cycle", "end_charge_cycle"):
        before = len(server.requests)
        await act(hass, entry, action)
        await idle(hass)
        assert archived(file) == complete(simulated)
        # The new one, and the one before it twice.
        assert len(readings_of_records(server, before)) == 3
    assert len(archived(file)) == 5


async def test_records_of_another_master(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter, file: Path
) -> None:
    sign(simulated, 4)
    await pass_time(hass, HOUSEKEEPING)
    assert archived(file) == complete(simulated)


@pytest.mark.parametrize("meter_settings", [{"max_records": 4}])
async def test_charges_of_another_master_in_a_full_logbook(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter, file: Path
) -> None:
    """Its number of records tells nothing any more over Modbus, but the status does."""
    sign(simulated, 6)
    await pass_time(hass, HOUSEKEEPING)
    assert archived(file) == complete(simulated)
    sign(simulated, 1)
    await pass_time(hass)
    assert archived(file)[-1] == complete(simulated)[-1]
    sign(simulated, 1)
    await pass_time(hass)
    assert archived(file)[-4:] == complete(simulated)
    assert sync_of(entry).state.lost == 0


async def test_when_the_meter_is_back(
    hass: HomeAssistant,
    *,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await unplug(server)
    await pass_time(hass)
    sign(simulated, 5)
    await server.start()
    await pass_time(hass)
    assert archived(file) == complete(simulated)
    assert not [line for line in complaints(caplog) if "logbook" in line]


@pytest.mark.parametrize("meter_settings", [{"max_records": 4}])
async def test_daily(
    hass: HomeAssistant, modbus_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, file: Path
) -> None:
    """A charge between two polls, in a full logbook over Modbus: nothing tells of that."""
    sign(simulated, 4)
    await pass_time(hass, HOUSEKEEPING)
    known = archived(file)
    sign(simulated, 2)
    await pass_time(hass, HOUSEKEEPING)
    assert archived(file) == known
    await pass_time(hass, DAY)
    assert archived(file)[2:] == complete(simulated)


# --- The link -----------------------------------------------------------------------------------


async def test_a_link_that_is_lost_meanwhile(
    hass: HomeAssistant,
    *,
    server: Server,
    stored: MockConfigEntry,
    simulated: SimulatedMeter,
    file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sign(simulated, 20)
    await hass.config_entries.async_setup(stored.entry_id)
    sync = sync_of(stored)
    reached = asyncio.Event()
    sync.news.async_add(lambda state: reached.set() if state.fetched >= 5 else None)
    await reached.wait()
    await unplug(server)
    await idle(hass)
    assert sync.state.failed
    assert not sync.state.running
    before = archived(file)
    assert 5 <= len(before) < 20
    assert before == complete(simulated)[: len(before)]
    # One line that it is lost, and none of this.
    assert len(complaints(caplog)) == 1
    await server.start()
    await pass_time(hass)
    assert archived(file) == complete(simulated)
    assert not sync.state.failed


async def test_another_meter_at_the_address(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    file: Path,
) -> None:
    sign(simulated, 3)
    await pass_time(hass, HOUSEKEEPING)
    other = SimulatedMeter(seed=2, signing_time=0, checking_time=0)
    sign(other, 6)
    await unplug(server)
    async with server_at(server, other):
        # Whether somebody asks before a poll notices it, or after.
        for _ in range(2):
            with pytest.raises(HomeAssistantError):
                await sync_of(entry).async_run()
            await pass_time(hass)
        assert archived(file) == complete(simulated)
    await server.start()
    sign(simulated, 3)
    await pass_time(hass, HOUSEKEEPING)
    await pass_time(hass, logbook_sync.RETRY.total_seconds())
    assert archived(file) == complete(simulated)


async def test_another_meter_at_the_first_moment(
    hass: HomeAssistant, rest_server: RestServer, simulated: SimulatedMeter, file: Path
) -> None:
    """Nothing is archived yet that would tell whose logbook it is, and no poll has failed."""
    entry = await add_meter(hass, rest_server)
    await rest_server.stop()
    other = SimulatedMeter(seed=2, signing_time=0, checking_time=0)
    sign(other, 6)
    async with server_at(rest_server, other):
        with pytest.raises(HomeAssistantError):
            await sync_of(entry).async_run()
        assert archived(file) == []
    await rest_server.start()
    sign(simulated, 3)
    await sync_of(entry).async_run()
    assert archived(file) == complete(simulated)


async def test_unloading_breaks_it_off(
    hass: HomeAssistant,
    *,
    server: Server,
    stored: MockConfigEntry,
    simulated: SimulatedMeter,
    file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sign(simulated, 20)
    await hass.config_entries.async_setup(stored.entry_id)
    sync = sync_of(stored)
    run = hass.async_create_task(sync.async_run())
    reached = asyncio.Event()
    sync.news.async_add(lambda state: reached.set() if state.fetched >= 5 else None)
    await reached.wait()
    assert await hass.config_entries.async_unload(stored.entry_id)
    with pytest.raises(HomeAssistantError) as raised:
        await run
    assert raised.value.translation_key == "synchronisation_stopped"
    assert not sync.state.running
    before = archived(file)
    assert before == complete(simulated)[: len(before)]
    requests = len(server.requests)
    sync.async_request()
    with pytest.raises(HomeAssistantError):
        await sync.async_run()
    await idle(hass)
    assert len(server.requests) == requests
    assert complaints(caplog) == []
    assert await set_up(hass, stored)
    assert archived(file) == complete(simulated)


# --- The archive --------------------------------------------------------------------------------


@contextmanager
def broken(file: Path) -> Iterator[None]:
    """Let every use of the records fail."""

    def rename(table: str, name: str) -> None:
        with closing(sqlite3.connect(file)) as database:
            database.execute(f"ALTER TABLE {table} RENAME TO {name}")

    rename("dmed4_records", "elsewhere")
    try:
        yield
    finally:
        rename("elsewhere", "dmed4_records")


async def test_an_archive_that_fails(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter, file: Path
) -> None:
    sign(simulated, 2)
    await sync_of(entry).async_run()
    sign(simulated, 6)
    with broken(file):
        with pytest.raises(HomeAssistantError):
            await sync_of(entry).async_run()
        assert sync_of(entry).state.failed
        await pass_time(hass, HOUSEKEEPING)
        assert value(hass, entry, "records_missing") == "6"
    await pass_time(hass, 2 * record_keeper._LONGEST_PAUSE)
    await idle(hass)
    assert archived(file) == complete(simulated)
    assert not sync_of(entry).state.failed
    assert value(hass, entry, "records_missing") == "0"


async def test_sessions_are_settled(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
) -> None:
    """Only what the meter is charging now is open; of the others an end is missing."""

    async def outcomes() -> list[Outcome]:
        def read(archive: Archive) -> list[Outcome]:
            return [detail.session.outcome for detail in archive.each_session(SessionQuery())]

        return await rest_entry.runtime_data.records.async_run(read)

    sign(simulated, 2)
    clock.advance(60)
    begin_charge(simulated)
    simulated.update()
    await sync_of(rest_entry).async_run()
    assert await outcomes() == [Outcome.ENDED_ELSEWHERE, Outcome.OPEN]
    simulated.command(Command.END)
    simulated.update()
    # Its end is never read: the meter has forgotten it.
    simulated.record_log.entries.pop()
    await sync_of(rest_entry).async_run()
    assert await outcomes() == [Outcome.ENDED_ELSEWHERE, Outcome.END_MISSING]


# --- Live polls and commands first --------------------------------------------------------------


def is_of_logbook(request: Any) -> bool:
    """Recognise a request that reads a record of the logbook, of either transport."""
    if isinstance(request, tuple):
        return str(request[1]).endswith("/logbook/OCMF")
    register = int.from_bytes(request[1:3]) + 1
    return 0x2F29 <= register <= 0x2F2A or 0x4C01 <= register < 0x4E02


async def polls_during(entry: Any, server: Any) -> int:
    """Poll as often as possible until all records are fetched; return how often."""
    sync, live = sync_of(entry), entry.runtime_data.live
    polls = 0
    changed = asyncio.Event()
    ignore = sync.news.async_add(lambda _: changed.set())
    while not sync.state.running:
        changed.clear()
        await changed.wait()
    ignore()
    while sync.state.running:
        before = len(server.requests)
        await live.async_refresh()
        assert live.last_update_success
        during = [is_of_logbook(request) for request in server.requests[before:]]
        # Each request of the poll waited for one of the logbook, at most.
        assert during.count(True) <= during.count(False) + 1, during
        polls += 1
        await asyncio.sleep(0)
    return polls


@pytest.mark.parametrize("meter_settings", [{"max_records": 20}])
async def test_a_full_logbook_loses_no_live_poll(
    hass: HomeAssistant,
    server: Server,
    stored: MockConfigEntry,
    simulated: SimulatedMeter,
    file: Path,
) -> None:
    simulated.fill_logbook(20)
    assert await hass.config_entries.async_setup(stored.entry_id)
    polls = await polls_during(stored, server)
    await idle(hass)
    assert polls > 5
    assert archived(file) == complete(simulated)


async def test_meters_on_one_line_take_turns(
    hass: HomeAssistant, clock: ManualClock, file: Path
) -> None:
    """A live poll waits for one logbook, and not for that of each meter on the line."""
    meters = [
        SimulatedMeter(
            seed=seed,
            clock=clock,
            signing_time=0,
            checking_time=0,
            parameters={"P05_05": 1} if seed == 1 else None,
        )
        for seed in (1, 2, 3)
    ]
    for meter in meters:
        meter.fill_logbook(30)
    async with GatewayServer(meters[0], {2: meters[1], 3: meters[2]}) as gateway:
        entries = []
        for unit_id, meter in enumerate(meters, 1):
            entry = MockConfigEntry(
                domain=DOMAIN,
                title=f"Meter {unit_id}",
                unique_id=fingerprint(meter),
                data={
                    "transport": "modbus_tcp",
                    "host": gateway.host,
                    "port": gateway.port,
                    "framing": "tcp",
                    "unit_id": unit_id,
                },
            )
            entry.add_to_hass(hass)
            assert await hass.config_entries.async_setup(entry.entry_id)
            entries.append(entry)
        assert await polls_during(entries[2], gateway) > 3
        await idle(hass)
        assert {raw for raw, _ in archived(file)} == {
            raw for meter in meters for raw in raws(meter)
        }
        for entry in entries:
            assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("meter_settings", [{"max_records": 60}])
async def test_a_charge_command_comes_before_the_rest(
    hass: HomeAssistant,
    server: Server,
    stored: MockConfigEntry,
    simulated: SimulatedMeter,
    file: Path,
    *,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    simulated.fill_logbook(50)
    assert await hass.config_entries.async_setup(stored.entry_id)
    sync = sync_of(stored)
    reached = asyncio.Event()
    sync.news.async_add(lambda state: reached.set() if state.fetched >= 20 else None)
    await reached.wait()
    of_one_record = sum(map(is_of_logbook, server.requests)) / 20
    live = stored.runtime_data.live
    commanding, turns = live.commanding, []

    def take_turn() -> Any:
        turns.append(len(server.requests))
        return commanding()

    monkeypatch.setattr(live, "commanding", take_turn)
    for action in ("start_charge_cycle", "end_charge_cycle"):
        turns.clear()
        assert sync.state.running
        await act(hass, stored, action)
        requests: list[object] = list(server.requests[turns[0] :])
        until_command = requests[: requests.index(writes(server)[-1])]
        # Those of the record that was being read.
        assert sum(map(is_of_logbook, until_command)) <= of_one_record
    await idle(hass)
    assert {raw for raw, _ in archived(file)} == set(raws(simulated))
    assert all(chained for _, chained in archived(file))
    assert len(archived(file)) == 52


# --- What is shown ------------------------------------------------------------------------------


async def test_progress(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    shown: list[str] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        if (new := event.data["new_state"]) is not None:
            shown.append(new.state)

    sensor = entities(hass, entry)["logbook_progress"].entity_id
    async_track_state_change_event(hass, sensor, note)
    sign(simulated, 4)
    await sync_of(entry).async_run()
    assert shown == []
    sign(simulated, 15)
    await sync_of(entry).async_run()
    await hass.async_block_till_done()
    assert shown == ["6", "20", "46", "unknown"]
    assert entities(hass, entry)["records_missing"].entity_category == "diagnostic"


@pytest.fixture
def shown(hass: HomeAssistant) -> list[tuple[str, str]]:
    """All that is shown of a last session while it is not unknown, the oldest first."""
    found: list[tuple[str, str]] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is not None and "last_session" in new.entity_id and new.state not in NOTHING:
            found.append((new.entity_id.partition("last_session_")[2], new.state))

    hass.bus.async_listen("state_changed", note)
    return found


NOTHING = {"unknown", "unavailable"}


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_the_last_session_is_shown_once(
    hass: HomeAssistant,
    stored: MockConfigEntry,
    simulated: SimulatedMeter,
    shown: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A logbook is read oldest first: none but the newest session is written into the history."""
    monkeypatch.setattr(record_keeper, "_COUNT_INTERVAL", 0)
    simulated.fill_logbook(20)
    assert await set_up(hass, stored)
    await pass_time(hass, 2)
    assert sync_of(stored).state == SyncState(fetched=20, missing=0)
    assert sorted(key for key, _ in shown) == ["end", "energy", "verdict"]
    newest = (await newest_session(stored)).end
    assert newest is not None
    assert dict(shown)["end"] == newest.isoformat()


async def counted(hass: HomeAssistant) -> None:
    """Let a count that is under way end, and the one after it come."""
    for _ in range(2):
        await pass_time(hass, 2)


async def newest_session(entry: Any) -> Session:
    """The newest session of the archive."""
    page = await entry.runtime_data.records.async_run(
        lambda archive: archive.sessions(SessionQuery())
    )
    session: Session = page.sessions[0]
    return session


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_a_session_that_ends_while_others_are_fetched(
    hass: HomeAssistant, stored: MockConfigEntry, simulated: SimulatedMeter
) -> None:
    """What was commanded is the newest: it does not wait for the rest of the logbook."""
    assert await set_up(hass, stored)
    records = stored.runtime_data.records
    records.async_hold_last(hold=True)
    simulated.fill_logbook(4)
    older, newer = raws(simulated)[:2], raws(simulated)[2:]
    for raw in older:
        await records.async_store(raw, Source.METER)
    await counted(hass)
    assert value(hass, stored, "records_archived") == "2"
    assert value(hass, stored, "last_session_end") == "unknown"
    for raw in newer:
        await records.async_store(raw, Source.COMMAND)
    await counted(hass)
    newest = (await newest_session(stored)).end
    assert newest is not None
    assert value(hass, stored, "last_session_end") == newest.isoformat()


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_a_session_that_is_read_before_the_last_one_comes(
    hass: HomeAssistant,
    stored: MockConfigEntry,
    simulated: SimulatedMeter,
    shown: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a slow archive has found by then is not the last one any more."""
    assert await set_up(hass, stored)
    records = stored.runtime_data.records
    simulated.fill_logbook(4)
    records.async_hold_last(hold=True)
    for raw in raws(simulated)[:2]:
        await records.async_store(raw, Source.METER)
    found, answer = threading.Event(), threading.Event()
    summary = Archive.summary

    def answer_late(archive: Archive, meter_id: int) -> ArchiveSummary:
        result = summary(archive, meter_id)
        found.set()
        answer.wait()
        return result

    with monkeypatch.context() as patch:
        patch.setattr(Archive, "summary", answer_late)
        look = hass.async_create_task(records.summary_coordinator.async_refresh())
        try:
            await hass.async_add_executor_job(found.wait)
            for raw in raws(simulated)[2:]:
                await records.async_store(raw, Source.METER)
            records.async_hold_last(hold=False)
        finally:
            answer.set()
        await look
    await pass_time(hass, 2)
    assert sorted(key for key, _ in shown) == ["end", "energy", "verdict"]
    newest = (await newest_session(stored)).end
    assert newest is not None
    assert dict(shown)["end"] == newest.isoformat()


async def test_action(
    hass: HomeAssistant,
    *,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    user: Context,
    admin: Context,
) -> None:
    sign(simulated, 3)
    with pytest.raises(Unauthorized):
        await act(hass, entry, "synchronise_records", user)
    response = await act(hass, entry, "synchronise_records", admin)
    assert response == {"fetched": 3, "missing": 0, "lost": 0}
    await unplug(server)
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, entry, "synchronise_records", admin)
    assert raised.value.translation_key == "cannot_connect"
    await server.start()
    await pass_time(hass)
    response = await act(hass, entry, "synchronise_records", admin)
    assert response == {"fetched": 0, "missing": 0, "lost": 0}


async def test_a_run_that_never_begins_keeps_nobody_waiting(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry
) -> None:
    """The entry is unloaded before the first step of what was just asked for."""
    await hass.async_block_till_done(wait_background_tasks=True)
    sync = sync_of(rest_entry)
    # Both go on with the same step of the event loop, the run one later.
    run = hass.async_create_task(sync.async_run())
    await sync.async_stop()
    with pytest.raises(HomeAssistantError) as stopped:
        await run
    assert stopped.value.translation_key == "synchronisation_stopped"


async def test_records_that_were_overwritten(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sign(simulated, 3)
    assert (await sync_of(entry).async_run()).lost == 0
    sign(simulated, 23)
    assert (await sync_of(entry).async_run()).lost == 1
    assert (await sync_of(entry).async_run()).lost == 1
    (line,) = complaints(caplog)
    assert "may have been overwritten" in line


def overwrites(hass: HomeAssistant, entry: Any) -> bool:
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{entry.entry_id}_logbook_overwrites")
    if issue is None:
        return False
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["archive"] == "/lovato-dmed4/archive"
    return True


@pytest.mark.parametrize("count", [17, 19], ids=["room", "nearly full"])
async def test_issue_before_the_meter_overwrites_records(
    hass: HomeAssistant,
    *,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    file: Path,
    freezer: FrozenDateTimeFactory,
    count: int,
) -> None:
    await idle(hass)
    with broken(file):
        sign(simulated, count)
        await pass_time(hass, HOUSEKEEPING)
        assert not overwrites(hass, rest_entry)
        freezer.tick(logbook_sync.BEHIND_LIMIT + timedelta(minutes=1))
        await pass_time(hass, HOUSEKEEPING)
        await pass_time(hass, logbook_sync.RETRY.total_seconds())
        assert sync_of(rest_entry).state.missing == count
        assert sync_of(rest_entry).state.overwrites_soon == overwrites(hass, rest_entry)
        assert overwrites(hass, rest_entry) == (count == 19)
    await pass_time(hass, 2 * record_keeper._LONGEST_PAUSE)
    await idle(hass)
    assert not overwrites(hass, rest_entry)
    assert archived(file) == complete(simulated)


# --- A hostile meter ----------------------------------------------------------------------------


async def test_a_hostile_meter(
    hass: HomeAssistant,
    *,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    genuine = sign(simulated, 2)[0].encode()
    head, payload, _ = genuine.split(b"|")
    planted = [
        b"OCMF|" + b'{"a":' * 600 + b"1" + b"}" * 600 + b"|{}",
        b"OCMF|" + b"[" * 4_000 + b"|{}",
        b'OCMF|{"PG":"T\x00\x01\x1b[2J\r\n"}|{"SD":"00"}',
        b'OCMF|{"ID":"\xff\xfe\x80\xed\xa0\x80"}|{"SD":"00"}',
        b'OCMF|{"ID":"<script>alert(1)</script>"}|{"SD":"00"}',
        b"nothing of the kind",
        # The payload of a genuine one, with a signature that is none.
        b"|".join((head, payload, b'{"SD":"00"}')),
    ]
    for raw in planted:
        simulated.plant_record(raw)
    simulated.plant_record(b"OCMF|" + b"x" * 100_000 + b"|{}")
    sign(simulated, 2)
    state = await sync_of(rest_entry).async_run()
    assert (state.missing, state.failed) == (1, False)
    kept = [raw for raw, _ in archived(file)]
    assert kept == [*raws(simulated)[:2], *planted[:-1], *raws(simulated)[-2:]]
    # What comes after the one that was refused is there, but not all before it.
    assert [chained for _, chained in archived(file)] == [True] * 8 + [False] * 2
    assert rest_entry.state is ConfigEntryState.LOADED
    await pass_time(hass, HOUSEKEEPING)
    assert value(hass, rest_entry, "records_missing") == "1"
    assert value(hass, rest_entry, "voltage") not in {"unavailable", "unknown"}
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    # And when it has been overwritten:
    sign(simulated, 20)
    state = await sync_of(rest_entry).async_run()
    assert state.missing == 0


async def test_a_logbook_full_of_noise(
    hass: HomeAssistant,
    *,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    file: Path,
) -> None:
    """It is left alone, also where each look shows other noise, until someone asks for it."""
    await idle(hass)
    issue_id = f"{rest_entry.entry_id}_logbook_unreadable"
    answers, asked, look = rest_answers(rest_server, "OCMF"), 0, 0
    get = answers["GET"]

    def noise(call: Any) -> str:
        nonlocal asked
        asked += 1
        return json.dumps({"OCMF_LOG": f"noise {look} {call.query.get('index_value', 0)}"})

    answers["GET"] = noise
    answers_info = rest_answers(rest_server, "info")
    info = answers_info["GET"]
    answers_info["GET"] = lambda _: json.dumps({"ocmf_total_number": 60_000})
    with pytest.raises(HomeAssistantError) as raised:
        await sync_of(rest_entry).async_run()
    assert raised.value.translation_key == "logbook_unreadable"
    assert sync_of(rest_entry).state.unreadable
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None
    before, kept = asked, len(archived(file))
    assert kept == 20
    for look in range(1, 5):  # noqa: B007 - the noise reads it
        await pass_time(hass, logbook_sync.RETRY.total_seconds())
    assert (asked, len(archived(file))) == (before, kept)
    assert value(hass, rest_entry, "voltage") not in {"unavailable", "unknown"}

    # Asked for, it is looked at once more, and left alone again.
    with pytest.raises(HomeAssistantError):
        await sync_of(rest_entry).async_run()
    assert len(archived(file)) == 2 * kept

    answers["GET"], answers_info["GET"] = get, info
    sign(simulated, 2)
    await pass_time(hass, DAY)
    assert not sync_of(rest_entry).state.unreadable
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None
    assert {raw for raw, _ in archived(file)} >= set(raws(simulated))


async def test_a_record_that_is_never_answered(
    hass: HomeAssistant,
    *,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is said of this one, while everything else is answered."""
    impatient(monkeypatch)
    sign(simulated, 8)
    rest_server.faults.inject(
        RestFault.SILENCE, only=lambda request: request.endswith("index_value=4")
    )
    state = await sync_of(rest_entry).async_run()
    assert (state.missing, state.failed) == (1, False)
    assert [raw for raw, _ in archived(file)] == raws(simulated)[:3] + raws(simulated)[4:]
    rest_server.faults.clear()
    assert (await sync_of(rest_entry).async_run()).missing == 0
    assert sorted(archived(file)) == sorted(complete(simulated))
