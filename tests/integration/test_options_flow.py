"""What the start button writes into a record, how often to poll, and where records are kept."""

import json
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.setup import async_setup_component
import pytest

from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import SimulatedMeter

from .helpers import Server, act, add_entry, fingerprint, pass_time, press, state_of
from .plugin import ClientSessionGenerator

DEFAULTS = {
    "identification_type": "NONE",
    "identification_level": "NONE",
    "identification_flags": [],
    "who_may_charge": "everyone",
    "interval_charging": 2,
    "interval_idle": 10,
    "keep_clock": True,
}

CHARGE = {
    "identification_type": "ISO14443",
    "identification_level": "VERIFIED",
    "identification_flags": ["RFID_PLAIN", "OCPP_AUTH"],
    "identification_data": "04A2B3C4",
    "tariff_text": "0.45 EUR/kWh",
    "charge_point_id": "DE*ABC*E1",
}


async def open_options(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> str:
    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == "init"
    assert form["errors"] == {}
    return form["flow_id"]


# The sections of the form, and the fields whose choices are words of each language.
SECTIONS = {
    "charging": (
        *("who_may_charge", "identification_data", "identification_type"),
        *("identification_level", "identification_flags", "tariff_text", "charge_point_id"),
    ),
    "polling": ("interval_charging", "interval_idle", "keep_clock"),
    "archive": ("database_url",),
    "access": ("password",),
}
WORDS = ("identification_type", "identification_level", "identification_flags")


def filled_in(options: dict[str, Any], *, rest: bool = True) -> dict[str, dict[str, Any]]:
    """Fill the form in, as the browser sends it."""

    def word(key: str, value: Any) -> Any:
        if key not in WORDS:
            return value
        return value.lower() if isinstance(value, str) else [one.lower() for one in value]

    return {
        name: {key: word(key, options[key]) for key in keys if key in options}
        for name, keys in SECTIONS.items()
        if rest or name != "access"
    }


async def submit(hass: HomeAssistant, flow_id: str, options: dict[str, Any]) -> ConfigFlowResult:
    form = await hass.config_entries.options.async_configure(flow_id)
    schema = form["data_schema"]
    assert schema is not None
    rest = "access" in {str(key) for key in schema.schema}
    result = await hass.config_entries.options.async_configure(
        flow_id, filled_in(options, rest=rest)
    )
    await hass.async_block_till_done()
    return result


def last_payload(meter: SimulatedMeter) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(meter.records[-1].split("|")[1])
    return fields


async def test_defaults(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    result = await submit(hass, await open_options(hass, entry), {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == DEFAULTS
    assert state_of(entry) is ConfigEntryState.LOADED
    await press(hass, entry, "start")
    payload = last_payload(simulated)
    assert (payload["IS"], payload["IT"], payload["ID"]) == (False, "NONE", "")
    assert "CI" not in payload


async def test_start_button_uses_them(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    before = entry.runtime_data
    await submit(hass, await open_options(hass, entry), CHARGE)
    assert entry.options == DEFAULTS | CHARGE
    assert entry.runtime_data is not before
    await press(hass, entry, "start")
    payload = last_payload(simulated)
    assert payload["IS"] is True
    assert {key: payload[key] for key in ("IT", "IL", "IF", "ID", "TT", "CT", "CI")} == {
        "IT": "ISO14443",
        "IL": "VERIFIED",
        "IF": ["RFID_PLAIN", "OCPP_AUTH"],
        "ID": "04A2B3C4",
        "TT": "0.45 EUR/kWh",
        "CT": "EVSEID",
        "CI": "DE*ABC*E1",
    }


async def test_action_takes_what_is_left_out_from_them(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    await submit(hass, await open_options(hass, entry), CHARGE)
    await act(hass, entry, "start_charge_cycle", identification_data="1234", tariff_text="")
    payload = last_payload(simulated)
    assert (payload["IT"], payload["ID"], payload["TT"]) == ("ISO14443", "1234", "")
    assert payload["CI"] == "DE*ABC*E1"


async def test_a_text_can_be_removed(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
    await submit(hass, await open_options(hass, entry), CHARGE)
    rest = {key: text for key, text in CHARGE.items() if key != "tariff_text"}
    await submit(hass, await open_options(hass, entry), rest)
    assert entry.options == DEFAULTS | rest


WRONG: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"identification_data": "a|b"}, {"charging": "identification_data_characters"}),
    ({"tariff_text": "0,45 €"}, {"charging": "tariff_text_characters"}),
    ({"charge_point_id": "DE\n1"}, {"charging": "charge_point_id_characters"}),
    ({"identification_data": "1" * 41}, {"charging": "identification_data_too_long"}),
    ({"tariff_text": "1" * 251}, {"charging": "tariff_text_too_long"}),
    ({"charge_point_id": "1" * 251}, {"charging": "charge_point_id_too_long"}),
    # Each may be as long, but not all of them together.
    (
        {"tariff_text": "1" * 100, "charge_point_id": "2" * 120},
        {"charging": "charge_point_id_too_long"},
    ),
    (
        {"identification_flags": ["RFID_PLAIN", "RFID_PSK"]},
        {"charging": "flags_conflict"},
    ),
]


async def test_wrong_texts(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, subtests: pytest.Subtests
) -> None:
    flow_id = await open_options(hass, rest_entry)
    for options, errors in WRONG:
        with subtests.test(str(options)):
            form = await submit(hass, flow_id, options)
            assert form["type"] is FlowResultType.FORM
            assert form["errors"] == errors
            assert rest_entry.options == {}

    result = await submit(hass, flow_id, CHARGE)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert rest_entry.options == DEFAULTS | CHARGE


NEVER_SENT: list[dict[str, Any]] = [
    {"interval_idle": 0},
    {"interval_charging": 61},
    {"identification_type": "CARD"},
    {"identification_flags": ["RFID"]},
]


async def test_what_no_form_sends(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, subtests: pytest.Subtests
) -> None:
    flow_id = await open_options(hass, rest_entry)
    for options in NEVER_SENT:
        with subtests.test(str(options)):
            with pytest.raises(InvalidData):
                await submit(hass, flow_id, options)
            assert rest_entry.options == {}
    await submit(hass, flow_id, CHARGE)
    assert rest_entry.options == DEFAULTS | CHARGE


@pytest.mark.usefixtures("logbook_left_alone")
async def test_intervals(hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server) -> None:
    flow_id = await open_options(hass, entry)
    await submit(hass, flow_id, {"interval_idle": 30, "interval_charging": 5})
    await pass_time(hass, 28)
    server.requests.clear()
    await pass_time(hass, 28)
    assert not server.requests
    await pass_time(hass, 30)
    assert server.requests

    await press(hass, entry, "start")
    server.requests.clear()
    await pass_time(hass, 3)
    assert not server.requests
    await pass_time(hass, 5)
    assert server.requests


async def test_unloaded_entry(
    hass: HomeAssistant, server: Server, simulated: SimulatedMeter
) -> None:
    """The options of a meter that is away can be changed, too; their texts are checked."""
    entry = add_entry(hass, server, fingerprint(simulated))
    flow_id = await open_options(hass, entry)
    form = await submit(hass, flow_id, {"tariff_text": "|"})
    assert form["errors"] == {"charging": "tariff_text_characters"}
    await submit(hass, flow_id, CHARGE)
    assert entry.options == DEFAULTS | CHARGE


async def test_form_in_the_browser(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, rest_entry: Dmed4ConfigEntry
) -> None:
    assert await async_setup_component(hass, "config", {})
    client = await hass_client()
    url = "/api/config/config_entries/options/flow"
    form = await (await client.post(url, json={"handler": rest_entry.entry_id})).json()
    sections = {
        field["name"]: [inner["name"] for inner in field["schema"]] for field in form["data_schema"]
    }
    assert sections == {name: list(fields) for name, fields in SECTIONS.items()}
    assert [field["expanded"] for field in form["data_schema"]] == [True, False, False, False]
    answer = await client.post(f"{url}/{form['flow_id']}", json=filled_in(CHARGE))
    assert (await answer.json())["type"] == "create_entry"
    await hass.async_block_till_done()
    assert rest_entry.options == DEFAULTS | CHARGE

    # What is stored in codes is shown in words again.
    form = await (await client.post(url, json={"handler": rest_entry.entry_id})).json()
    shown = {
        inner["name"]: inner.get("description", {}).get("suggested_value", inner.get("default"))
        for field in form["data_schema"]
        for inner in field["schema"]
    }
    assert shown["identification_type"] == "iso14443"
    assert shown["identification_flags"] == ["rfid_plain", "ocpp_auth"]
    assert shown["tariff_text"] == CHARGE["tariff_text"]


async def test_a_meter_without_a_login_has_no_password(
    hass: HomeAssistant, modbus_entry: Dmed4ConfigEntry
) -> None:
    form = await hass.config_entries.options.async_init(modbus_entry.entry_id)
    assert form["data_schema"] is not None
    assert [str(key) for key in form["data_schema"].schema] == ["charging", "polling", "archive"]
