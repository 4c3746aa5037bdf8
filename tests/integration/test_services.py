"""The actions, and what they return."""

import asyncio
from dataclasses import replace
import hashlib
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr
import pytest
import voluptuous as vol

from custom_components.lovato_dmed4.actions.billing import BILLING_ACTIONS
from custom_components.lovato_dmed4.actions.records import RECORD_ACTIONS
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.dmed4.watch import Timing
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import JsonError, ManualClock, Readings, SimulatedMeter
from simulator.prototype import PrototypeError

from .helpers import Server, act, begin_charge, device_id, impatient, press, state, value, writes
from .plugin import MockConfigEntry

CHARGE: dict[str, Any] = {
    "identification_type": "ISO14443",
    "identification_level": "TRUSTED",
    "identification_flags": "RFID_PLAIN",
    "identification_data": "04A2B3C4",
    "tariff_text": "0.45 EUR/kWh",
    "charge_point_id": "BOX1 2",
}


async def check_error(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    translation_key: str,
    action: str,
    *,
    kind: type[HomeAssistantError] = ServiceValidationError,
    **data: Any,
) -> HomeAssistantError:
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, entry, action, **data)
    assert type(caught.value) is kind
    assert caught.value.translation_key == translation_key
    # Its text is found, and nothing in it is left open.
    assert "{" not in str(caught.value)
    assert " " in str(caught.value)
    return caught.value


async def test_charge(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter, clock: ManualClock
) -> None:
    responses = []
    for action in ("start_charge_cycle", "read_charge_cycle", "end_charge_cycle"):
        responses.append(
            await act(hass, entry, action, **(CHARGE if action.startswith("start") else {}))
        )
        clock.advance(60)
    assert [response["record"] for response in responses] == simulated.records
    assert [response["pagination"] for response in responses] == ["T1", "T2", "T3"]
    for number, (response, transaction) in enumerate(zip(responses, "BCE", strict=True), 1):
        assert response["signature"] == "valid"
        assert response["archived"] is True
        assert (response["record_id"], response["session_id"]) == (number, 1)
        assert response["public_key"] == simulated.public_key_ocmf.hex()
        assert response["record_url"].endswith(f"/{entry.entry_id}/records/{number}.ocmf")
        payload = response["record"].split("|")[1]
        assert response["digest"] == hashlib.sha256(payload.encode()).hexdigest()
        payload = json.loads(response["record"].split("|")[1], parse_float=str)
        assert payload["IF"] == ["RFID_PLAIN"]
        assert (payload["CT"], payload["CI"]) == ("CBIDC", "BOX1 2")
        assert response["meter_serial"] == payload["MS"]
        readings = response["readings"]
        assert [reading["value"] for reading in readings] == [
            reading["RV"] for reading in payload["RD"]
        ]
        assert [reading["register"] for reading in readings] == [
            reading["RI"] for reading in payload["RD"]
        ]
        assert (readings[0]["transaction"], readings[3]["transaction"]) == ("B", transaction)
    assert await act(hass, entry, "get_last_record") == responses[-1]


async def test_reading(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    begin_charge(simulated)
    response = await act(hass, entry, "get_last_record")
    imported = simulated.physics.fast.imported
    assert response["readings"][0] == {
        "name": "imported",
        "time": "2025-10-09T08:53:20+00:00",
        "clock": "unknown",
        "transaction": "B",
        "value": f"{imported // 1000}.{imported % 1000:03d}",
        "unit": "kWh",
        "register": "01-00:01.08.00*FF",
        "current_type": "DC",
        "error_flags": "",
        "status": "G",
    }


async def test_combined_end(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    await act(hass, entry, "start_charge_cycle")
    response = await act(hass, entry, "end_charge_cycle", combined=True)
    assert simulated.last_command == ord("r")
    assert response["signature"] == "valid"
    assert value(hass, entry, "charging") == "off"


async def test_record_that_was_tampered_with(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    genuine = await act(hass, entry, "start_charge_cycle")
    records = simulated.record_log.entries
    record = records[-1]
    for text, verdict in (
        (record.text.replace('"ST":"G"', '"ST":"T"', 1), "invalid"),
        (record.text.replace('"SD":"', '"SD":"zz'), "malformed"),
        ("OCMF|nonsense", "malformed"),
    ):
        records[-1] = replace(record, text=text)
        response = await act(hass, entry, "get_last_record")
        assert response["signature"] == verdict
        assert response["record"] == text
        assert (response["readings"] == []) is (text == "OCMF|nonsense")
    records[-1] = record
    assert await act(hass, entry, "get_last_record") == genuine


@pytest.mark.parametrize("meter_settings", [{"commissioned": False}])
async def test_record_without_a_key(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    other = SimulatedMeter(seed=3, signing_time=0, checking_time=0)
    begin_charge(other)
    other.update()
    simulated.record_log.entries.extend(other.record_log.entries)
    response = await act(hass, entry, "get_last_record")
    assert response["signature"] == "no_key"
    assert response["public_key"] is None
    assert len(response["readings"]) == 6


async def test_no_record(hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server) -> None:
    await check_error(hass, entry, "no_record", "get_last_record")
    assert writes(server) == []
    response = await act(hass, entry, "start_charge_cycle")
    assert await act(hass, entry, "get_last_record") == response


async def test_wrong_order(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    await check_error(hass, entry, "no_cycle", "read_charge_cycle")
    await check_error(hass, entry, "no_cycle", "end_charge_cycle")
    await act(hass, entry, "start_charge_cycle")
    await check_error(hass, entry, "cycle_active", "start_charge_cycle")
    await check_error(hass, entry, "cycle_active", "synchronise_clock")
    await act(hass, entry, "end_charge_cycle")
    assert len(simulated.records) == 2


async def test_two_starts_at_once(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    results = await asyncio.gather(
        act(hass, entry, "start_charge_cycle"),
        act(hass, entry, "start_charge_cycle"),
        return_exceptions=True,
    )
    (error,) = [result for result in results if isinstance(result, BaseException)]
    assert isinstance(error, ServiceValidationError)
    assert error.translation_key == "cycle_active"
    assert len(simulated.records) == 1


async def test_polls_during_a_command(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, simulated: SimulatedMeter
) -> None:
    """Polls and commands don't disturb each other."""
    live = entry.runtime_data.live
    start = asyncio.ensure_future(act(hass, entry, "start_charge_cycle"))
    while not start.done():
        await live.async_refresh()
        assert live.last_update_success
    assert (await start)["signature"] == "valid"
    assert len(simulated.records) == 1


WRONG_TEXTS: list[tuple[dict[str, Any], str, str]] = [
    ({"identification_data": "a|b"}, "text_characters", "identification_data"),
    ({"tariff_text": "0,45 €"}, "text_characters", "tariff_text"),
    ({"charge_point_id": "\u0430"}, "text_characters", "charge_point_id"),
    ({"identification_data": "1" * 41}, "text_too_long", "identification_data"),
    ({"tariff_text": "1" * 251}, "text_too_long", "tariff_text"),
    ({"charge_point_id": "1" * 250}, "text_too_long", "charge_point_id"),
]


async def test_wrong_text(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, subtests: pytest.Subtests
) -> None:
    for data, translation_key, field in WRONG_TEXTS:
        with subtests.test(f"{field}: {translation_key}"):
            error = await check_error(hass, entry, translation_key, "start_charge_cycle", **data)
            assert f"The field {field} " in str(error)
            assert writes(server) == []
    await act(hass, entry, "start_charge_cycle", **CHARGE)


async def test_conflicting_flags(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server
) -> None:
    flags = ["OCPP_RS", "OCPP_AUTH"]
    await check_error(
        hass, entry, "flags_conflict", "start_charge_cycle", identification_flags=flags
    )
    assert writes(server) == []
    flags = ["OCPP_RS", "RFID_PLAIN"]
    await act(hass, entry, "start_charge_cycle", identification_flags=flags)


async def test_refused_identification(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(text: bytes | None, readings: Readings) -> dict[str, str]:
        raise PrototypeError(JsonError.VALUE)

    with monkeypatch.context() as patch:
        patch.setattr("simulator.meter.check_prototype", refuse)
        error = await check_error(
            hass, entry, "prototype_refused", "start_charge_cycle", kind=HomeAssistantError
        )
        await hass.config.async_update(language="de")
        assert await hass.config_entries.async_reload(entry.entry_id)
        in_german = await check_error(
            hass, entry, "prototype_refused", "start_charge_cycle", kind=HomeAssistantError
        )
        await hass.config.async_update(language="en")
    # In the words of the entity that shows the same errors.
    assert "It reports: Identification: wrong value." in str(error)
    assert in_german.translation_placeholders == {"errors": "Identifikation: falscher Wert"}
    assert value(hass, entry, "charging") == "off"
    assert value(hass, entry, "problem") == "off"
    assert simulated.records == []
    await act(hass, entry, "start_charge_cycle")


async def test_clock_that_is_not_taken(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    impatient(monkeypatch)
    monkeypatch.setattr(entry.runtime_data.cycle.watch, "timing", Timing(poll=0.01, step=0.05))
    with monkeypatch.context() as patch:
        patch.setattr(simulated, "sync_timeout", 0)
        for action in ("start_charge_cycle", "synchronise_clock"):
            await check_error(
                hass, entry, "clock_not_synchronised_timeout", action, kind=HomeAssistantError
            )
    assert simulated.records == []
    await act(hass, entry, "start_charge_cycle")


async def test_reset_errors(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    impatient(monkeypatch)
    monkeypatch.setattr(entry.runtime_data.cycle.watch, "timing", Timing(poll=0.01, step=0.05))
    simulated.set_error(2, 0)
    with monkeypatch.context() as patch:
        patch.setattr(simulated, "reset_errors", lambda: None)
        error = await check_error(
            hass, entry, "errors_persist", "reset_errors", kind=HomeAssistantError
        )
        assert "Memory could not be read" in str(error)
        assert state(hass, entry, "problem").attributes["errors"] == ["eeprom_read"]
    assert await act(hass, entry, "reset_errors") == {"errors": []}
    assert value(hass, entry, "problem") == "off"


@pytest.mark.parametrize("meter_settings", [{"clock_error": 3600}])
async def test_synchronise_clock(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert abs((await act(hass, entry, "synchronise_clock"))["clock_drift"]) <= 2
    assert abs(int(value(hass, entry, "clock_drift"))) <= 2
    assert value(hass, entry, "clock_synchronised") == "on"


async def test_set_display(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    data: dict[str, Any]
    for data, on, page in (
        ({"display_on": False}, False, 1),
        ({"page": "time"}, False, 7),
        ({"display_on": True, "page": "power"}, True, 5),
    ):
        assert await act(hass, entry, "set_display", **data) == data
        assert (simulated.display_on, simulated.display_page) == (on, page)


WRONG_FIELDS: list[tuple[str, dict[str, Any]]] = [
    ("set_display", {}),
    ("set_display", {"page": "logo"}),
    ("set_display", {"display_on": "perhaps"}),
    ("start_charge_cycle", {"identification_type": "CARD"}),
    ("start_charge_cycle", {"identification_level": "HIGH"}),
    ("start_charge_cycle", {"identification_flags": ["RFID"]}),
    ("start_charge_cycle", {"who": "me"}),
    ("read_charge_cycle", {"combined": True}),
    ("end_charge_cycle", {"combined": "both"}),
    ("get_last_record", {"number": 1}),
    ("reset_errors", {"page": 1}),
    ("synchronise_clock", {"time": 0}),
]


async def test_wrong_fields(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: Server
) -> None:
    for action, data in WRONG_FIELDS:
        with pytest.raises(vol.Invalid):
            await act(hass, rest_entry, action, **data)
        with pytest.raises(vol.Invalid, match="device_id"):
            await hass.services.async_call(DOMAIN, action, {}, blocking=True, return_response=True)
    assert writes(rest_server) == []


ACTIONS = {action: data for action, data in WRONG_FIELDS if not data} | {
    "start_charge_cycle": {},
    "read_charge_cycle": {},
    "end_charge_cycle": {},
    "get_last_record": {},
    "get_record": {"position": 0},
    "list_records": {},
    "synchronise_records": {},
    "get_events": {},
    "reset_errors": {},
    "synchronise_clock": {},
    "set_display": {"display_on": True},
    "examine_meter": {},
    "get_parameters": {},
    "set_parameters": {"parameters": {"P04_02": 7}},
    "set_operating": {"confirm": "12345678"},
}


# What they do is tested with the parameters and the login.
WITH_LOGIN = {"get_parameters", "set_parameters", "set_operating"}


async def test_only_an_administrator_may(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    user: Context,
    admin: Context,
) -> None:
    # The others are for displays, and for the archive.
    others = {"set_custom_page", *RECORD_ACTIONS, *BILLING_ACTIONS}
    assert set(hass.services.async_services_for_domain(DOMAIN)) == {*ACTIONS, *others}
    server.requests.clear()
    for action, data in ACTIONS.items():
        if not action.endswith("_charge_cycle"):  # see tests/integration/charging/test_rights.py
            with pytest.raises(Unauthorized):
                await act(hass, entry, action, context=user, **data)
    # They did not even read: a record tells who charged.
    assert server.requests == []
    for action, data in ACTIONS.items():
        if action not in WITH_LOGIN:
            await act(hass, entry, action, context=admin, **data)


async def test_wrong_device(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: Server
) -> None:
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    foreign = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("other", "1")}, name="Other"
    )
    rest_server.requests.clear()
    for wrong, translation_key in (
        ("no such device", "service_device_not_found"),
        (foreign.id, "service_device_wrong_domain"),
    ):
        for action, data in ACTIONS.items():
            await check_error(hass, rest_entry, translation_key, action, device_id=wrong, **data)
    assert rest_server.requests == []
    await act(hass, rest_entry, "start_charge_cycle")


async def test_unloaded_entry(hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)
    server.requests.clear()
    # A meter that can't be set up is worth an examination: see actions/test_examination.py.
    for action, data in (item for item in ACTIONS.items() if item[0] != "examine_meter"):
        await check_error(hass, entry, "service_config_entry_not_loaded", action, **data)
    assert server.requests == []
    assert await hass.config_entries.async_setup(entry.entry_id)
    await act(hass, entry, "start_charge_cycle")


async def test_response_is_optional_for_what_writes(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry
) -> None:
    for action, data in ACTIONS.items():
        if action in WITH_LOGIN - {"get_parameters"}:
            continue
        call = hass.services.async_call(
            DOMAIN, action, {"device_id": device_id(hass, rest_entry), **data}, blocking=True
        )
        if action.startswith(("get_", "list_", "examine_")):
            with pytest.raises(ServiceValidationError):
                await call
        else:
            await call


async def test_charge_after_a_prepared_one(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """A meter that something else prepared is brought back to the start first."""
    await press(hass, entry, "start")
    await press(hass, entry, "end")
    response = await act(hass, entry, "start_charge_cycle", **CHARGE)
    assert response["record"] == simulated.records[-1]
    assert '"ID":"04A2B3C4"' in response["record"]
