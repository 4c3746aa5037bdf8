"""Triggers and conditions: automations of a real Home Assistant hear of a simulated meter."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar, condition, device_registry as dr, trigger
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4 import condition as conditions, trigger as triggers
from custom_components.lovato_dmed4.archive import Source
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import RestServer, SimulatedMeter
from tests.test_docs import ROOT, TEXTS

from .automations import Told, listen, tell
from .helpers import (
    begin_charge,
    device_id,
    entities,
    fail_power,
    pass_time,
    press,
    set_sample,
    state,
    unplug,
)
from .records import charge_of, tampered

pytestmark = pytest.mark.usefixtures("clock_left_alone", "logbook_left_alone")

EVENTS = [name for name in triggers.TRIGGERS if "threshold" not in name]


async def follow(
    hass: HomeAssistant, names: list[str], target: dict[str, Any], *, options: Any = None
) -> Told:
    """Let an automation tell of each of these triggers."""
    told = listen(hass)
    each = {"target": target} | ({"options": options} if options else {})
    config = {
        "alias": "Follow",
        "mode": "queued",
        "max": 50,
        "triggers": [{"trigger": f"{DOMAIN}.{name}", "id": name, **each} for name in names],
        "variables": {"id": "{{ trigger.id }}"},
        "actions": tell("id"),
    }
    assert await async_setup_component(hass, "automation", {"automation": config})
    await hass.async_block_till_done()
    return told


def ids(told: Told) -> list[str]:
    return [each["id"] for each in told]


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_what_happens_to_a_charge(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """Each trigger fires for its own event only, and whoever caused it."""
    garage = ar.async_get(hass).async_create("Garage")
    dr.async_get(hass).async_update_device(device_id(hass, entry), area_id=garage.id)
    told = await follow(hass, EVENTS, {"area_id": garage.id})
    await press(hass, entry, "start")
    await press(hass, entry, "read")
    await press(hass, entry, "end")
    await hass.async_block_till_done()
    assert [each for each in ids(told) if each.startswith("charging")] == [
        "charging_started",
        "charging_ended",
    ]
    assert ids(told).count("record_archived") == 3
    assert "record_suspicious" not in ids(told)
    told.clear()

    begin_charge(simulated)
    await pass_time(hass)
    assert ids(told) == ["charging_started"]
    await fail_power(simulated)
    await pass_time(hass)
    await pass_time(hass)
    assert ids(told)[1:] == ["charging_interrupted"]


async def test_a_charge_that_is_first_seen_after_a_power_failure(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    told = await follow(hass, EVENTS, {"device_id": device_id(hass, rest_entry)})
    begin_charge(simulated)
    simulated.power_failure()
    await pass_time(hass)
    assert ids(told) == ["charging_started", "charging_interrupted"]


async def test_a_command_that_fails(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: RestServer
) -> None:
    told = await follow(hass, EVENTS, {"device_id": device_id(hass, rest_entry)})
    await unplug(rest_server)
    with pytest.raises(HomeAssistantError):
        await press(hass, rest_entry, "start")
    await hass.async_block_till_done()
    assert ids(told) == ["charging_failed"]
    await rest_server.start()


async def test_a_record_that_needs_attention(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    told = await follow(
        hass, EVENTS, {"entity_id": entities(hass, rest_entry)["charging"].entity_id}
    )
    charge = charge_of(simulated, 1)
    await rest_entry.runtime_data.records.async_store(tampered(charge.end), Source.COMMAND)
    await hass.async_block_till_done()
    assert sorted(ids(told)) == ["record_archived", "record_suspicious"]


async def test_energy_of_the_session(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """The energy of the charge, not the meter's totals; once, when it is crossed."""
    begin_charge(simulated)
    await pass_time(hass)
    told = await follow(
        hass,
        ["session_energy_crossed_threshold"],
        {"device_id": device_id(hass, rest_entry)},
        options={
            "threshold": {
                "type": "above",
                "value": {"number": 20, "unit_of_measurement": "kWh"},
            }
        },
    )
    for energy, times in ((19_990, 0), (20_010, 1), (25_000, 1)):
        set_sample(simulated, cycle_imported=energy, imported=900_000 + energy)
        await pass_time(hass)
        assert len(told) == times


async def test_cost_of_the_session(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """The cost of the charge, not that of the last one; once, when it is crossed."""
    price = {"since": "2025-01-01", "energy": "0.50", "session": "1.00"}
    await hass.services.async_call(DOMAIN, "save_price", price, blocking=True)
    await hass.async_block_till_done(wait_background_tasks=True)
    await press(hass, rest_entry, "start")
    for _ in range(2):
        await pass_time(hass, 2)
    assert state(hass, rest_entry, "session_cost").state == "1.00"
    told = await follow(
        hass,
        ["session_cost_crossed_threshold"],
        {"device_id": device_id(hass, rest_entry)},
        options={"threshold": {"type": "above", "value": {"number": 11}}},
    )
    # 20 kWh are exactly 11.00, which is not above it.
    for energy, times in ((19_990, 0), (20_000, 0), (20_020, 1), (25_000, 1)):
        set_sample(simulated, cycle_imported=energy, imported=900_000 + energy)
        await pass_time(hass)
        assert len(told) == times
    await press(hass, rest_entry, "end")
    await pass_time(hass)
    assert len(told) == 1


async def holds(hass: HomeAssistant, name: str, entry: Dmed4ConfigEntry, **options: Any) -> bool:
    config = {
        "condition": f"{DOMAIN}.{name}",
        "target": {"device_id": device_id(hass, entry)},
        "options": {"behavior": "any", **options},
    }
    config = await condition.async_validate_condition_config(hass, config)
    checker = await condition.async_from_config(hass, config)
    result = checker.async_check()
    checker.async_unload()
    return bool(result)


async def test_conditions(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
) -> None:
    assert not await holds(hass, "is_charging", rest_entry)
    assert await holds(hass, "is_not_charging", rest_entry)
    assert not await holds(hass, "last_session_is_verified", rest_entry)
    await press(hass, rest_entry, "start")
    assert await holds(hass, "is_charging", rest_entry)
    assert not await holds(hass, "is_charging", rest_entry, **{"for": {"minutes": 5}})
    with patch.object(dt_util, "utcnow", return_value=dt_util.utcnow() + timedelta(seconds=301)):
        assert await holds(hass, "is_charging", rest_entry, **{"for": {"minutes": 5}})
    await press(hass, rest_entry, "end")
    await rest_entry.runtime_data.records.summary_coordinator.async_refresh()
    assert await holds(hass, "is_not_charging", rest_entry)
    assert await holds(hass, "last_session_is_verified", rest_entry)


def test_all_are_documented_and_translated() -> None:
    page = (ROOT / "docs" / "triggers.md").read_text(encoding="utf-8")
    for kind, known in (("triggers", triggers.TRIGGERS), ("conditions", conditions.CONDITIONS)):
        assert {*TEXTS[kind]} == {*known}
        for name, words in TEXTS[kind].items():
            assert f"| `{name}` | {words['name']} |" in page
            assert words["description"].endswith(".")


async def test_all_are_described(hass: HomeAssistant, rest_entry: Dmed4ConfigEntry) -> None:
    """Home Assistant reads the files; each target names only what exists in a meter."""
    described = await trigger.async_get_all_descriptions(hass)
    for name in triggers.TRIGGERS:
        found = described[f"{DOMAIN}.{name}"]
        assert found is not None
        assert found["target"]["entity"][0]["integration"] == DOMAIN
    also = await condition.async_get_all_descriptions(hass)
    for name in conditions.CONDITIONS:
        assert also[f"{DOMAIN}.{name}"] is not None
