"""The logbooks: actions, sensors, progress."""

import asyncio
import hashlib
from typing import Any

from homeassistant.core import Context, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers.event import async_track_state_change_event
import pytest
import voluptuous as vol

from custom_components.lovato_dmed4.dmed4 import logbook
from custom_components.lovato_dmed4.dmed4.catch_up import Progress
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ModbusTcpServer, RestServer, SimulatedMeter
from tests.integration.helpers import (
    HOUSEKEEPING,
    Server,
    act,
    add_meter,
    entities,
    pass_time,
    unplug,
    value,
)
from tests.integration.turns import in_turn
from tests.logbooks import log_events, rest_answers, sign


@pytest.fixture
def meter_settings() -> dict[str, Any]:
    return {"max_records": 6, "max_events": 5}


@pytest.fixture
def progress(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> list[str]:
    """What the sensor of the progress shows, one after the other."""
    shown: list[str] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        if (new := event.data["new_state"]) is not None:
            shown.append(new.state)

    async_track_state_change_event(hass, entities(hass, entry)["logbook_progress"].entity_id, note)
    return shown


# --- get_record ---------------------------------------------------------------------------------


async def test_get_record_by_position(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    records = sign(simulated, 4)
    for position in (0, 3):
        response = await act(hass, entry, "get_record", position=position)
        assert response["record"] == records[position]
        assert response["signature"] == "valid"
        assert len(response["readings"]) == 6
        # What passes by is archived, and downloaded from there.
        url = f"/api/lovato_dmed4/{entry.entry_id}/records/{response['record_id']}.ocmf"
        assert response["record_url"] == url
    assert (await act(hass, entry, "get_record", first=True))["record"] == records[3]
    last = await act(hass, entry, "get_last_record")
    assert await act(hass, entry, "get_record", position=0) == last


@pytest.mark.parametrize("select", [{"position": 2}, {"first": True}])
async def test_record_that_is_not_there(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter, select: dict[str, Any]
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, entry, "get_record", **select)
    assert raised.value.translation_key == "entry_not_found"
    records = sign(simulated, 3)
    assert (await act(hass, entry, "get_record", **select))["record"] == records[2]


async def test_get_record_by_its_numbers(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    sign(simulated, 2, "AAAA")
    records = sign(simulated, 2, "BBBB")
    response = await act(hass, rest_entry, "get_record", progressive=2)
    assert response["record"] == records[2]
    response = await act(hass, rest_entry, "get_record", transaction_id="BBBB")
    assert response["record"] == records[0]
    with pytest.raises(ServiceValidationError) as raised:
        await act(hass, rest_entry, "get_record", progressive=5)
    assert raised.value.translation_key == "entry_not_found"


@pytest.mark.parametrize("select", [{"progressive": 1}, {"transaction_id": "T1"}])
async def test_search_needs_rest(
    hass: HomeAssistant,
    modbus_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    select: dict[str, Any],
) -> None:
    (record,) = sign(simulated, 1)
    with pytest.raises(ServiceValidationError, match="only REST") as raised:
        await act(hass, modbus_entry, "get_record", **select)
    assert raised.value.translation_key == "search_not_offered"
    assert (await act(hass, modbus_entry, "get_record", position=0))["record"] == record


@in_turn(
    "select",
    [
        {},
        {"position": 0, "first": True},
        {"first": False},
        {"position": -1},
        {"transaction_id": ""},
    ],
)
async def test_one_record_must_be_named(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, select: dict[str, Any]
) -> None:
    with pytest.raises(vol.Invalid):
        await act(hass, rest_entry, "get_record", **select)


async def test_entry_that_never_gets_ready(
    hass: HomeAssistant,
    modbus_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records = sign(simulated, 2)
    with monkeypatch.context() as patch:
        patch.setattr(logbook, "_READY_SECONDS", 0.1)
        patch.setattr("simulator.registers._SEARCH_TIME", 1)
        with pytest.raises(HomeAssistantError) as raised:
            await act(hass, modbus_entry, "get_record", position=1)
    assert not isinstance(raised.value, ServiceValidationError)
    assert raised.value.translation_key == "entry_not_ready"
    assert (await act(hass, modbus_entry, "get_record", position=1))["record"] == records[1]


async def test_a_lost_meter_comes_back(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, simulated: SimulatedMeter
) -> None:
    records = sign(simulated, 3)
    await unplug(server)
    for action in ("list_records", "get_events"):
        with pytest.raises(HomeAssistantError) as raised:
            await act(hass, entry, action)
        assert raised.value.translation_key == "cannot_connect"
    assert value(hass, entry, "logbook_progress") == "unavailable"
    await server.start()
    response = await act(hass, entry, "list_records")
    assert [record["position"] for record in response["records"]] == [0, 1, 2]
    assert (await act(hass, entry, "get_record", position=1))["record"] == records[1]


@in_turn("action", ["get_record", "list_records", "get_events"])
async def test_for_administrators(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, user: Context, admin: Context, action: str
) -> None:
    data: dict[str, Any] = {"position": 0} if action == "get_record" else {}
    with pytest.raises(Unauthorized):
        await act(hass, rest_entry, action, user, **data)
    if action == "get_record":
        with pytest.raises(ServiceValidationError):
            await act(hass, rest_entry, action, admin, **data)
    else:
        assert (await act(hass, rest_entry, action, admin))["saved"] is not None


# --- list_records -------------------------------------------------------------------------------


def pagination(response: dict[str, Any]) -> list[str]:
    return [record["pagination"] for record in response["records"]]


async def test_list_records(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter, progress: list[str]
) -> None:
    records = sign(simulated, 8)
    response = await act(hass, entry, "list_records")
    assert (response["saved"], response["maximum"]) == (6, 6)
    assert pagination(response) == ["T8", "T7", "T6", "T5", "T4", "T3"]
    assert [record["position"] for record in response["records"]] == [0, 1, 2, 3, 4, 5]
    assert progress == ["0", "16", "33", "50", "66", "83", "100", "unknown"]

    last = response["records"][0]
    imported, exported = simulated.physics.fast.imported, simulated.physics.fast.exported
    moment = {
        "time": "2025-10-09T08:53:20+00:00",
        "clock": "unknown",
        "unit": "kWh",
        "imported": f"{imported // 1000}.{imported % 1000:03d}",
        "exported": f"{exported // 1000}.{exported % 1000:03d}",
        "cycle": "0.000",
    }
    assert last == {
        "position": 0,
        "digest": hashlib.sha256(records[0].split("|")[1].encode()).hexdigest(),
        "verdict": "valid",
        "signature": "valid",
        "key": "own",
        "pagination": "T8",
        "identification_type": "ISO14443",
        "begin": {**moment, "transaction": "B"},
        "end": {**moment, "transaction": "E"},
    }
    assert "04A2B3C4" not in str(response)


async def test_page_of_records(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    sign(simulated, 5)
    response = await act(hass, entry, "list_records", offset=1, limit=2)
    assert pagination(response) == ["T4", "T3"]
    assert [record["position"] for record in response["records"]] == [1, 2]
    response = await act(hass, entry, "list_records", offset=9)
    assert response == {"saved": 5, "maximum": 6, "records": []}


async def test_records_that_are_odd(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: RestServer
) -> None:
    texts = [
        "OCMF|nonsense",
        'OCMF|{"RD":[]}|{"SD":"00"}',
        'OCMF|{"PG":"T1","RD":[{"TM":"x","RV":1},{"RV":2}]}|{"SD":"00"}',
    ]

    def answer(call: Any) -> str:
        index = int(call.query.get("index_value", 0))
        return '{"OCMF_LOG": "' + texts[index] + '"}'

    rest_answers(rest_server, "OCMF")["GET"] = answer
    rest_answers(rest_server, "info")["GET"] = lambda _: '{"ocmf_total_number": 3}'
    response = await act(hass, rest_entry, "list_records")
    malformed, empty, short = response["records"]
    verdicts = {"verdict": "unverifiable", "signature": "malformed", "key": "none"}
    assert malformed == {"position": 0, **verdicts}
    assert (empty["begin"], empty["end"]) == ({}, {})
    assert (short["begin"], short["end"]["time"], short["pagination"]) == ({}, None, "T1")
    assert "imported" not in short["end"]


async def test_record_signed_while_listing(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
) -> None:
    sign(simulated, 4)
    get = rest_answers(rest_server, "OCMF")["GET"]
    requests = 0

    def signing(call: Any) -> str:
        nonlocal requests
        requests += 1
        if requests == 5:
            sign(simulated, 1)
        return get(call)

    rest_answers(rest_server, "OCMF")["GET"] = signing
    response = await act(hass, rest_entry, "list_records")
    assert pagination(response) == ["T4", "T3", "T2", "T1"]
    # As it is now: each has moved on by one.
    assert [record["position"] for record in response["records"]] == [1, 2, 3, 4]
    response = await act(hass, rest_entry, "list_records")
    assert pagination(response) == ["T5", "T4", "T3", "T2", "T1"]


@pytest.mark.parametrize("meter_settings", [{"max_records": 300}])
async def test_a_full_logbook_while_polls_go_on(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    sign(simulated, 300)
    live = entry.runtime_data.live
    polls = 0

    async def poll() -> None:
        nonlocal polls
        while True:
            await live.async_refresh()
            assert live.last_update_success
            polls += 1
            await asyncio.sleep(0)

    task = entry.async_create_background_task(hass, poll(), "polls")
    response = await act(hass, entry, "list_records", limit=300)
    task.cancel()
    assert pagination(response) == [f"T{number}" for number in range(300, 0, -1)]
    assert {record["signature"] for record in response["records"]} == {"valid"}
    assert polls > 3


async def test_charge_command_while_listing(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    sign(simulated, 4)
    listing, started = await asyncio.gather(
        act(hass, entry, "list_records"), act(hass, entry, "start_charge_cycle")
    )
    assert started["pagination"] == "T5"
    assert simulated.charging
    assert [page for page in pagination(listing) if page != "T5"] == ["T4", "T3", "T2", "T1"]


async def test_a_listing_does_not_end_the_progress_of_what_is_fetched(
    rest_entry: Dmed4ConfigEntry, hass: HomeAssistant
) -> None:
    sync = rest_entry.runtime_data.sync
    sync._async_report(Progress(fetched=2, missing=8, lost=False, oldest=9))
    for percent in (0, 50, None):
        sync.async_show_listing(percent)
        await hass.async_block_till_done()
        assert value(hass, rest_entry, "logbook_progress") == "20"
    sync._finish(failed=False)
    sync.async_show_listing(50)
    await hass.async_block_till_done()
    assert value(hass, rest_entry, "logbook_progress") == "50"


async def test_listing_that_fails_leaves_no_progress(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter, progress: list[str]
) -> None:
    sign(simulated, 3)
    records = simulated.record_log.entries
    kept = list(records)

    @callback
    def unplug_records(_: object) -> None:
        records.clear()

    async_track_state_change_event(
        hass, entities(hass, entry)["logbook_progress"].entity_id, unplug_records
    )
    assert (await act(hass, entry, "list_records"))["records"] == []
    assert progress == ["0", "unknown"]
    records.extend(kept)
    progress.clear()


# --- get_events ---------------------------------------------------------------------------------


async def test_get_events_over_rest(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    log_events(simulated, 1, 2)
    response = await act(hass, rest_entry, "get_events", limit=2)
    assert (response["saved"], response["maximum"]) == (3, 5)
    assert response["events"][0] == {
        "position": 0,
        "at": "2025-10-09T08:53:20",
        "code": "5",
        "arguments": "2",
        "raw": 'EVENT|{"date": "2025-10-09", "time": "08:53:20", "event_code": "5", "arguments": "2"}',
    }
    assert [event["arguments"] for event in response["events"]] == ["2", "1"]
    response = await act(hass, rest_entry, "get_events", offset=2)
    assert [(event["position"], event["code"]) for event in response["events"]] == [(2, "1")]


async def test_get_events_over_modbus(
    hass: HomeAssistant, modbus_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    log_events(simulated, 1)
    response = await act(hass, modbus_entry, "get_events")
    assert response["events"] == [
        {
            "position": position,
            "at": None,
            "code": None,
            "arguments": None,
            "raw": event.raw().hex(),
        }
        for position, event in enumerate(reversed(simulated.event_log.entries))
    ]


# --- Sensors ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
@pytest.mark.usefixtures("clock_left_alone")
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_sensors(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, simulated: SimulatedMeter
) -> None:
    # Manual: 0x020D, 0x020E, 0x0220, 0x0221; v1/logbook/info.
    sign(simulated, 8)
    log_events(simulated, 1)
    await pass_time(hass, HOUSEKEEPING)
    shown = {"records_saved": "6", "records_maximum": "6", "events_saved": "2"}
    shown["events_maximum"] = "5"
    if isinstance(server, RestServer):
        shown |= {"first_progressive": "3", "last_progressive": "8"}
        shown |= {"search_status": "1", "search_position": "0"}
        await act(hass, entry, "get_record", progressive=7)
        await pass_time(hass, HOUSEKEEPING)
        shown["search_position"] = "1"
    assert {key: value(hass, entry, key) for key in shown} == shown
    assert ("search_status" in entities(hass, entry)) is isinstance(server, RestServer)


async def test_rare_sensors_are_disabled(hass: HomeAssistant, rest_server: RestServer) -> None:
    entry = await add_meter(hass, rest_server)
    registry = entities(hass, entry)
    assert {
        key
        for key in ("first_progressive", "last_progressive", "search_status", "search_position")
        if registry[key].disabled
    } == {"first_progressive", "last_progressive", "search_status", "search_position"}
    assert registry["events_maximum"].disabled
    assert value(hass, entry, "logbook_progress") == "unknown"


async def test_requests_of_housekeeping(
    hass: HomeAssistant, modbus_entry: Dmed4ConfigEntry, modbus_server: ModbusTcpServer
) -> None:
    """Only documented registers, and none across a gap."""
    modbus_server.requests.clear()
    await modbus_entry.runtime_data.housekeeping.async_refresh()
    reads = {(int.from_bytes(pdu[1:3]) + 1, pdu[4]) for pdu in modbus_server.requests}
    assert {(0x020D, 2), (0x0220, 2)} <= reads
    assert len(modbus_server.requests) == 6
