"""A device is called what its owner calls it, everywhere and at once."""

from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest

import custom_components.lovato_dmed4
from custom_components.lovato_dmed4.connection.names import device_name
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ModbusTcpServer, RestServer, SimulatedMeter
from tests.integration.helpers import (
    IDLE,
    begin_charge,
    complaints,
    device_id,
    fail_power,
    pass_time,
    set_up,
    unplug,
)

_PACKAGE = Path(custom_components.lovato_dmed4.__file__).parent


def call(hass: HomeAssistant, entry: Dmed4ConfigEntry, name: str | None) -> None:
    dr.async_get(hass).async_update_device(device_id(hass, entry), name_by_user=name)


def named(hass: HomeAssistant, issue_id: str) -> str | None:
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    return (issue.translation_placeholders or {}).get("meter")


async def test_open_and_later_repairs_have_the_owners_name(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
) -> None:
    issue_id = f"charge_after_power_failure_{rest_entry.entry_id}"
    begin_charge(simulated)
    await fail_power(simulated)
    await pass_time(hass, IDLE)
    assert named(hass, issue_id) == rest_entry.title
    ir.async_ignore_issue(hass, DOMAIN, issue_id, ignore=True)

    call(hass, rest_entry, "Left wallbox")
    await hass.async_block_till_done()
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert named(hass, issue_id) == "Left wallbox"
    # It stays the same repair, which the owner has ignored.
    assert issue.dismissed_version is not None
    assert issue.is_fixable
    assert issue.data == {"entry_id": rest_entry.entry_id}
    assert issue.severity is ir.IssueSeverity.WARNING

    assert await hass.config_entries.async_reload(rest_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert named(hass, issue_id) == "Left wallbox"
    call(hass, rest_entry, None)
    await hass.async_block_till_done()
    assert named(hass, issue_id) == rest_entry.title


async def test_the_log_has_the_owners_name(
    hass: HomeAssistant,
    modbus_entry: Dmed4ConfigEntry,
    modbus_server: ModbusTcpServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    call(hass, modbus_entry, "Left wallbox")
    await hass.async_block_till_done()
    data = modbus_entry.runtime_data
    named_parts = (
        data.live,
        data.housekeeping,
        data.events,
        data.records.summary_coordinator,
        data.pricing.costs,
    )
    names = [part.name for part in named_parts]
    assert names == ["Left wallbox"] + [
        f"Left wallbox {part}" for part in ("housekeeping", "events", "archive", "costs")
    ]
    await unplug(modbus_server)
    await pass_time(hass, IDLE)
    assert any("Left wallbox" in line for line in complaints(caplog))
    assert not any(modbus_entry.title in line for line in complaints(caplog))
    # And after a restart.
    assert await hass.config_entries.async_unload(modbus_entry.entry_id)
    await modbus_server.start()
    assert await set_up(hass, modbus_entry)
    assert [part.name for part in (modbus_entry.runtime_data.live,)] == ["Left wallbox"]


async def test_one_place_knows_what_a_device_is_called(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry
) -> None:
    assert device_name(hass, rest_entry) == rest_entry.title
    reading_titles = {
        str(path.relative_to(_PACKAGE))
        for path in _PACKAGE.rglob("*.py")
        if "entry.title" in path.read_text(encoding="utf-8")
    }
    # Two devices are given their names, and one place falls back on that.
    assert reading_titles == {"connection/names.py", "entity.py", "remote_display.py"}
