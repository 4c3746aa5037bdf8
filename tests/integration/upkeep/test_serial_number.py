"""The serial number of a meter over Modbus, where only people and records know it."""

from http import HTTPStatus
import logging
from typing import Any

from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ModbusTcpServer, SimulatedMeter
from tests.integration.flows import device_link
from tests.integration.helpers import add_entry, fingerprint, press, set_up
from tests.integration.plugin import ClientSessionGenerator


def issue(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{entry.entry_id}_serial_number")


async def test_a_missing_number_is_asked_for_and_stands_in_the_records(
    hass: HomeAssistant,
    modbus_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    hass_client: ClientSessionGenerator,
) -> None:
    found = issue(hass, modbus_entry)
    assert found is not None
    assert (found.translation_key, found.is_fixable) == ("serial_number_missing", True)
    assert await async_setup_component(hass, REPAIRS, {})
    client = await hass_client()
    url = "/api/repairs/issues/fix"
    answer = await client.post(url, json={"handler": DOMAIN, "issue_id": found.issue_id})
    assert answer.status == HTTPStatus.OK
    form: dict[str, Any] = await answer.json()
    assert form["step_id"] == "number"
    url = f"{url}/{form['flow_id']}"
    form = await (await client.post(url, json={"serial_number": "1|2"})).json()
    assert form["errors"] == {"serial_number": "invalid_serial_number"}
    done = await (await client.post(url, json={"serial_number": " 20431234 "})).json()
    assert done["type"] == "create_entry"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issue(hass, modbus_entry) is None
    await press(hass, modbus_entry, "start")
    assert '"MS":"20431234"' in simulated.records[-1]
    await press(hass, modbus_entry, "end")


async def test_over_rest_the_meter_reports_it(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry
) -> None:
    assert issue(hass, rest_entry) is None


@pytest.mark.parametrize("meter_settings", [{"readings": {"meter_fields": "meter"}}])
async def test_a_number_that_the_meter_writes_itself_is_learnt(
    hass: HomeAssistant,
    modbus_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    assert issue(hass, modbus_entry) is not None
    await press(hass, modbus_entry, "start")
    await press(hass, modbus_entry, "end")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert modbus_entry.data["serial_number"] == str(simulated.serial_number)
    assert issue(hass, modbus_entry) is None
    assert caplog.text.count("taken from there") == 1


@pytest.mark.parametrize("meter_settings", [{"readings": {"meter_fields": "meter"}}])
async def test_a_number_that_the_meter_contradicts_is_reported(
    hass: HomeAssistant, modbus_server: ModbusTcpServer, simulated: SimulatedMeter
) -> None:
    entry = add_entry(hass, modbus_server, fingerprint(simulated))
    hass.config_entries.async_update_entry(entry, data={**entry.data, "serial_number": "1"})
    assert await set_up(hass, entry)
    assert issue(hass, entry) is None
    await press(hass, entry, "start")
    await press(hass, entry, "end")
    await hass.async_block_till_done(wait_background_tasks=True)
    found = issue(hass, entry)
    assert found is not None
    assert found.translation_key == "serial_number_differs"
    assert found.translation_placeholders == {
        "meter": entry.title,
        "known": "1",
        "found": str(simulated.serial_number),
        "link": device_link(hass, entry),
    }
