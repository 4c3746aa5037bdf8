"""What is seen of the archive: sensors, an event for each new record, an issue for one that failed."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
import sqlite3
from typing import Any

from homeassistant.components.repairs.const import DOMAIN as REPAIRS
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import (
    CoreState,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.archive import Source, StoredRecord
from custom_components.lovato_dmed4.const import CONF_FAILED_SEEN, DOMAIN
from custom_components.lovato_dmed4.intake.failed_records import FailedRecords
from custom_components.lovato_dmed4.intake.shared_archive import DEFAULT_FILE, database_url
from custom_components.lovato_dmed4.intake.verification import async_verify_all
from custom_components.lovato_dmed4.repairs import async_create_fix_flow
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import Command, ManualClock, RestServer, SimulatedMeter
from tests.integration.helpers import (
    OF_THE_ARCHIVE,
    add_meter,
    begin_charge,
    device_id,
    entities,
    is_available,
    number,
    pass_time,
    state,
    unplug,
    value,
)
from tests.integration.plugin import ClientSessionGenerator

pytestmark = pytest.mark.usefixtures("clock_left_alone", "entity_registry_enabled_by_default")

EVENT = "record"
CARD = "00000001"


@pytest.fixture
def clock() -> ManualClock:
    """Let the meter's clock be right: what it signs from now on is news."""
    return ManualClock(dt_util.utcnow().timestamp())


@pytest.fixture
def fired(hass: HomeAssistant) -> list[State]:
    """What the event entity has fired, the oldest first."""
    found: list[State] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        if (
            new is not None
            and new.entity_id.endswith(EVENT)
            and new.state not in {"unknown", "unavailable"}
            and old is not None
            and old.state not in {new.state, "unavailable"}
        ):
            found.append(new)

    hass.bus.async_listen("state_changed", note)
    return found


async def store(entry: Dmed4ConfigEntry, raw: str, source: Source = Source.METER) -> StoredRecord:
    stored = await entry.runtime_data.records.async_store(raw.encode(), source)
    assert stored is not None
    return stored


def charge(meter: SimulatedMeter, clock: ManualClock) -> list[str]:
    """Let the meter sign a begin and, a minute later, an end."""
    clock.advance(60)
    begin_charge(meter)
    clock.advance(60)
    meter.command(Command.END)
    return meter.records[-2:]


def forged(record: str) -> str:
    """Let a record say that another card was used."""
    assert record.count(CARD) == 1
    return record.replace(CARD, "00000002")


def event_type(fired: State) -> Any:
    return fired.attributes["event_type"]


# --- Sensors ------------------------------------------------------------------------------------


async def test_nothing_yet(hass: HomeAssistant, rest_entry: Dmed4ConfigEntry) -> None:
    shown = {key: value(hass, rest_entry, key) for key in OF_THE_ARCHIVE}
    assert shown == dict.fromkeys(OF_THE_ARCHIVE, "unknown") | {
        "records_archived": "0",
        "records_failed": "0",
    }


async def test_last_session(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    simulated.fill_logbook(4)
    for raw in simulated.records:
        await store(rest_entry, raw)
        await pass_time(hass, 1)
    assert number(hass, rest_entry, "records_archived") == 4
    assert value(hass, rest_entry, "records_failed") == "0"
    assert value(hass, rest_entry, "last_session_energy") == "20.000"
    ended = datetime.fromisoformat(value(hass, rest_entry, "last_session_end"))
    assert ended == datetime.fromtimestamp(int(simulated.time - 1800), UTC)
    assert value(hass, rest_entry, "last_session_verdict") == "valid"


async def test_open_session_is_not_the_last_one(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    simulated.fill_logbook(2)
    await store(rest_entry, simulated.records[0])
    await pass_time(hass, 1)
    assert value(hass, rest_entry, "records_archived") == "1"
    assert value(hass, rest_entry, "last_session_end") == "unknown"
    await store(rest_entry, simulated.records[1])
    await pass_time(hass, 1)
    assert value(hass, rest_entry, "last_session_end") != "unknown"


async def test_forged_record(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    simulated.fill_logbook(2)
    await store(rest_entry, simulated.records[0])
    await store(rest_entry, forged(simulated.records[1]))
    await pass_time(hass, 1)
    assert value(hass, rest_entry, "records_failed") == "1"
    assert value(hass, rest_entry, "last_session_verdict") == "invalid"


async def test_states_tell_nobody_who_charged(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    simulated.fill_logbook(2)
    for raw in simulated.records:
        await store(rest_entry, raw, Source.COMMAND)
    await pass_time(hass, 1)
    assert CARD in simulated.records[0]
    for key in OF_THE_ARCHIVE:
        shown = state(hass, rest_entry, key)
        assert CARD not in str(shown.as_dict())
        assert "OCMF" not in str(shown.as_dict())


async def test_seen_while_the_meter_is_away(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: RestServer
) -> None:
    await unplug(rest_server)
    await pass_time(hass)
    assert not is_available(hass, rest_entry)
    assert "unavailable" not in {value(hass, rest_entry, key) for key in OF_THE_ARCHIVE}
    await rest_server.start()
    await pass_time(hass)
    assert is_available(hass, rest_entry)


async def test_unavailable_with_the_archive(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    simulated.fill_logbook(1)
    rename(hass, "dmed4_records", "elsewhere")
    await rest_entry.runtime_data.records.async_store(simulated.records[0].encode(), Source.COMMAND)
    assert {value(hass, rest_entry, key) for key in OF_THE_ARCHIVE} == {"unavailable"}
    assert is_available(hass, rest_entry)
    rename(hass, "elsewhere", "dmed4_records")
    await pass_time(hass, 5)
    assert value(hass, rest_entry, "records_archived") == "1"


async def test_written_only_when_changed(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """The next session ended at another time; what it has in common with the last is left alone."""
    simulated.fill_logbook(3)
    for raw in simulated.records[:2]:
        await store(rest_entry, raw)
    await pass_time(hass, 1)
    before = {key: state(hass, rest_entry, key).last_reported for key in OF_THE_ARCHIVE}
    await store(rest_entry, simulated.records[2])
    await pass_time(hass, 1)
    after = {key: state(hass, rest_entry, key).last_reported for key in OF_THE_ARCHIVE}
    assert {key for key in OF_THE_ARCHIVE if before[key] != after[key]} == {
        "records_archived",
        "last_session_end",
    }


async def call_update(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    entity_id = entities(hass, entry)["records_archived"].entity_id
    await hass.services.async_call(
        "homeassistant", "update_entity", {"entity_id": entity_id}, blocking=True
    )


async def test_update_on_demand(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """What somebody else has put into the database is found then."""
    simulated.fill_logbook(1)
    keeper = rest_entry.runtime_data.records
    number_of_meter = keeper.meter_id
    assert number_of_meter is not None
    raw = simulated.records[0].encode()
    await keeper.async_run(
        lambda archive: archive.store(number_of_meter, raw, Source.METER, dt_util.utcnow()),
        writes=True,
    )
    assert value(hass, rest_entry, "records_archived") == "0"
    await call_update(hass, rest_entry)
    assert value(hass, rest_entry, "records_archived") == "1"


def rename(hass: HomeAssistant, table: str, name: str) -> None:
    with closing(sqlite3.connect(Path(hass.config.path(DEFAULT_FILE)))) as database:
        database.execute(f"ALTER TABLE {table} RENAME TO {name}")


# --- The event ----------------------------------------------------------------------------------


async def test_event(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    fired: list[State],
) -> None:
    begin, end = charge(simulated, clock)
    stored = [await store(rest_entry, begin), await store(rest_entry, end)]
    assert [event_type(each) for each in fired] == ["archived", "archived"]
    ours = ("record_id", "session_id", "kind", "verdict", "key_verdict")
    assert {name: fired[0].attributes[name] for name in ours} == {
        "record_id": stored[0].id,
        "session_id": stored[0].session_id,
        "kind": "begin",
        "verdict": "valid",
        "key_verdict": "own",
    }
    assert fired[1].attributes["kind"] == "end"
    assert fired[1].attributes["session_id"] == stored[0].session_id
    # Nothing but what Home Assistant itself adds.
    others = fired[0].attributes.keys() - set(ours)
    assert others == {"event_type", "event_types", "friendly_name"}
    await store(rest_entry, begin)
    assert len(fired) == 2


async def test_suspicious_record(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, fired: list[State]
) -> None:
    simulated.fill_logbook(2)
    await store(rest_entry, forged(simulated.records[0]), Source.COMMAND)
    await store(rest_entry, "no record at all")
    await store(rest_entry, simulated.records[1], Source.COMMAND)
    assert [event_type(each) for each in fired] == ["suspicious", "suspicious", "archived"]
    assert [each.attributes["verdict"] for each in fired] == ["invalid", "malformed", "valid"]


async def test_old_records_are_no_news(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    fired: list[State],
) -> None:
    """They were signed before the archive came to know the meter."""
    simulated.fill_logbook(6)
    for raw in simulated.records:
        await store(rest_entry, raw)
    assert fired == []
    await pass_time(hass, 1)
    assert value(hass, rest_entry, "records_archived") == "6"

    # What was signed while Home Assistant was down is news.
    assert await hass.config_entries.async_unload(rest_entry.entry_id)
    records = charge(simulated, clock)
    assert await hass.config_entries.async_setup(rest_entry.entry_id)
    fired.clear()
    for raw in records:
        await store(rest_entry, raw)
    assert [event_type(each) for each in fired] == ["archived", "archived"]


async def test_not_before_automations_listen(
    hass: HomeAssistant, rest_server: RestServer, simulated: SimulatedMeter, fired: list[State]
) -> None:
    hass.set_state(CoreState.starting)
    entry = await add_meter(hass, rest_server)
    simulated.fill_logbook(2)
    for raw in simulated.records:
        await store(entry, raw, Source.COMMAND)
    assert fired == []
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    assert [each.attributes["kind"] for each in fired] == ["begin", "end"]


# --- The issue ----------------------------------------------------------------------------------


def issue(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"record_failed_{entry.entry_id}")


def told(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> Mapping[str, str]:
    found = issue(hass, entry)
    assert found is not None
    assert (found.severity, found.is_fixable) == (ir.IssueSeverity.ERROR, True)
    assert found.translation_placeholders is not None
    return found.translation_placeholders


async def acknowledge(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: Dmed4ConfigEntry
) -> dict[str, Any]:
    assert await async_setup_component(hass, REPAIRS, {})
    client = await hass_client()
    wanted = {"handler": DOMAIN, "issue_id": f"record_failed_{entry.entry_id}"}
    form = await (await client.post("/api/repairs/issues/fix", json=wanted)).json()
    assert form["step_id"] == "confirm"
    response = await client.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})
    assert (await response.json())["type"] == "create_entry"
    await hass.async_block_till_done()
    shown: dict[str, Any] = form["description_placeholders"]
    return shown


async def test_failed_record(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
) -> None:
    await hass.config.async_set_time_zone("Europe/Rome")
    hass.config.language = "de"
    simulated.fill_logbook(4)
    await store(rest_entry, simulated.records[1])
    await pass_time(hass, 1)
    assert issue(hass, rest_entry) is None
    stored = await store(rest_entry, forged(simulated.records[0]))
    await pass_time(hass, 1)
    assert stored.time is not None
    expected = {
        "meter": rest_entry.title,
        "count": "1",
        "record": str(stored.id),
        # Where the panel shows it.
        "session": f"/lovato-dmed4/session/{stored.session_id}?meter={device_id(hass, rest_entry)}",
        "pagination": "T1",
        "time": f"{dt_util.as_local(stored.time):%d.%m.%Y %H:%M:%S}",
    }
    assert told(hass, rest_entry) == expected

    # It stays over a reload, until somebody says that it was looked at.
    assert await hass.config_entries.async_reload(rest_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert told(hass, rest_entry) == expected
    assert await acknowledge(hass, hass_client, rest_entry) == expected
    assert issue(hass, rest_entry) is None
    assert await hass.config_entries.async_reload(rest_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issue(hass, rest_entry) is None
    assert value(hass, rest_entry, "records_failed") == "1"

    # The next one is another matter.
    await store(rest_entry, simulated.records[2].replace("00000002", "00000003"))
    await pass_time(hass, 1)
    assert told(hass, rest_entry)["count"] == "1"
    assert told(hass, rest_entry)["pagination"] == "T3"


async def test_issue_after_a_restart(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    simulated.fill_logbook(1)
    await store(rest_entry, forged(simulated.records[0]))
    await pass_time(hass, 1)
    assert await hass.config_entries.async_unload(rest_entry.entry_id)
    # The registry forgets what is not set up again.
    ir.async_delete_issue(hass, DOMAIN, f"record_failed_{rest_entry.entry_id}")
    assert await hass.config_entries.async_setup(rest_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert told(hass, rest_entry)["pagination"] == "T1"


async def test_good_after_all(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
) -> None:
    """A record that was damaged in the archive is repaired, and damaged again."""
    simulated.fill_logbook(1)
    stored = await store(rest_entry, simulated.records[0])

    async def write(raw: str) -> None:
        with closing(sqlite3.connect(Path(hass.config.path(DEFAULT_FILE)))) as database, database:
            database.execute(
                "UPDATE dmed4_records SET raw = ? WHERE id = ?", (raw.encode(), stored.id)
            )
        await async_verify_all(hass, database_url(hass, {}))
        await pass_time(hass, 1)
        await pass_time(hass, 1)

    for _ in range(2):
        await write(forged(simulated.records[0]))
        assert told(hass, rest_entry)["record"] == str(stored.id)
        await acknowledge(hass, hass_client, rest_entry)
        assert rest_entry.data[CONF_FAILED_SEEN] == 1
        await write(simulated.records[0])
        assert rest_entry.data[CONF_FAILED_SEEN] == 0
    await write(forged(simulated.records[0]))
    assert issue(hass, rest_entry)
    await write(simulated.records[0])
    assert issue(hass, rest_entry) is None


async def test_told_once(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """An issue that was put aside stays there while only good records come."""
    simulated.fill_logbook(2)
    await store(rest_entry, forged(simulated.records[0]))
    await pass_time(hass, 1)
    found = issue(hass, rest_entry)
    assert found is not None
    await store(rest_entry, simulated.records[1])
    await pass_time(hass, 1)
    assert value(hass, rest_entry, "records_archived") == "2"
    assert issue(hass, rest_entry) is found


async def test_archive_lost_before_it_can_say_which_record(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    simulated.fill_logbook(1)
    await store(rest_entry, forged(simulated.records[0]))
    await pass_time(hass, 1)
    ir.async_delete_issue(hass, DOMAIN, f"record_failed_{rest_entry.entry_id}")
    watch = FailedRecords(hass, rest_entry, rest_entry.runtime_data.records)
    rename(hass, "dmed4_records", "elsewhere")
    watch._check()
    await hass.async_block_till_done(wait_background_tasks=True)
    rename(hass, "elsewhere", "dmed4_records")
    assert told(hass, rest_entry)["record"] == "-"
    await pass_time(hass, 5)
    assert rest_entry.runtime_data.records.available

    # A moment later there are more of them, which are told of as well.
    ir.async_delete_issue(hass, DOMAIN, f"record_failed_{rest_entry.entry_id}")
    watch._told = 2
    await watch._async_tell(1, 1)
    assert issue(hass, rest_entry) is None


async def test_failed_record_of_no_session(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    simulated.fill_logbook(1)
    section = simulated.records[0].rpartition("|")[2]
    await store(rest_entry, f'OCMF|{{"FV":"1.3","RD":[]}}|{section}')
    await pass_time(hass, 1)
    assert value(hass, rest_entry, "records_failed") == "1"
    assert (told(hass, rest_entry)["record"], told(hass, rest_entry)["time"]) == ("-", "-")


async def test_an_archive_that_answers_at_once(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A thread may be done before anything waits for it."""

    def run_at_once(
        executor: object, function: Callable[..., Any], *args: object
    ) -> asyncio.Future[Any]:
        done = hass.loop.create_future()
        done.set_result(function(*args))
        return done

    monkeypatch.setattr(hass.loop, "run_in_executor", run_at_once)
    simulated.fill_logbook(1)
    section = simulated.records[0].rpartition("|")[2]
    await store(rest_entry, f'OCMF|{{"FV":"1.3","RD":[]}}|{section}')
    await pass_time(hass, 1)
    assert issue(hass, rest_entry) is not None


async def test_the_issue_goes_with_the_entry(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    simulated.fill_logbook(1)
    await store(rest_entry, forged(simulated.records[0]))
    await pass_time(hass, 1)
    assert issue(hass, rest_entry)
    await hass.config_entries.async_remove(rest_entry.entry_id)
    assert issue(hass, rest_entry) is None
    # Somebody may still have the dialogue open.
    flow = await async_create_fix_flow(
        hass,
        f"record_failed_{rest_entry.entry_id}",
        {"entry_id": rest_entry.entry_id, "failed": 1},
    )
    assert type(flow).__name__ == "ConfirmRepairFlow"
