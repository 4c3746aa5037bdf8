"""What entities say of a charge, its signature and what is wrong."""

from datetime import datetime

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import RestServer, SimulatedMeter
from tests.integration.helpers import (
    add_meter,
    begin_charge,
    change_answer,
    pass_time,
    press,
    state,
    value,
)
from tests.integration.turns import in_turn

pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")


async def test_clock_synchronised(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    assert value(hass, entry, "clock_synchronised") == "off"
    await press(hass, entry, "synchronise_clock")
    assert value(hass, entry, "clock_synchronised") == "on"


async def test_charging_since(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """Whoever began it; also over a restart, since nobody asks the meter when it was."""

    def since() -> str | None:
        found: str | None = state(hass, entry, "charging").attributes["since"]
        return found

    assert since() is None
    before = dt_util.utcnow()
    await press(hass, entry, "start")
    shown = since()
    assert shown is not None
    assert before < datetime.fromisoformat(shown) < dt_util.utcnow()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass)
    assert since() == shown
    await press(hass, entry, "end")
    assert since() is None

    before = dt_util.utcnow()
    begin_charge(simulated)
    await pass_time(hass)
    shown = since()
    assert shown is not None
    assert before < datetime.fromisoformat(shown)


async def test_roll_over(hass: HomeAssistant, rest_server: RestServer) -> None:
    """Manual: digital signature status, bit 6."""
    entry = await add_meter(hass, rest_server)
    assert value(hass, entry, "roll_over") == "off"
    undo = change_answer(rest_server, "/v1/charge_status", signature_status=1 << 6 | 1 << 3)
    await pass_time(hass)
    assert value(hass, entry, "roll_over") == "on"
    undo()
    await pass_time(hass)
    assert value(hass, entry, "roll_over") == "off"


async def test_problem(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    def problem() -> tuple[str, list[str]]:
        found = state(hass, entry, "problem")
        return found.state, found.attributes["errors"]

    assert problem() == ("off", [])
    simulated.set_error(1, 3)
    await pass_time(hass)
    assert problem() == ("on", ["json_value"])
    simulated.set_error(1, 5)
    simulated.set_error(2, 1)
    await pass_time(hass)
    assert problem() == ("on", ["json_value", "dword_1_bit_5", "dmed_comm"])
    assert value(hass, entry, "signature_status") == "error"

    await press(hass, entry, "reset_errors")
    assert problem() == ("off", [])


@in_turn("bit", [1 << 4, 1 << 15])
async def test_problem_without_a_name(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: RestServer, bit: int
) -> None:
    undo = change_answer(rest_server, "/v1/charge_status", signature_status=bit)
    await pass_time(hass)
    assert value(hass, rest_entry, "problem") == "on"
    assert state(hass, rest_entry, "problem").attributes["errors"] == []
    undo()
    await pass_time(hass)
    assert value(hass, rest_entry, "problem") == "off"


SIGNATURE = {
    0: "none",
    1 << 0: "not_initialized",
    1 << 1: "prepared",
    1 << 2 | 1 << 1: "in_progress",
    1 << 3 | 1 << 1: "signed",
    1 << 4 | 1 << 3: "error",
    1 << 15 | 1 << 2: "error",
}


@in_turn(("bits", "shown"), SIGNATURE.items())
async def test_signature_status(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    bits: int,
    shown: str,
) -> None:
    undo = change_answer(rest_server, "/v1/charge_status", signature_status=bits)
    await pass_time(hass)
    assert value(hass, rest_entry, "signature_status") == shown
    undo()


MEASUREMENT = {
    0: ("not_initialized", "off"),
    1: ("idle", "off"),
    2: ("active", "on"),
    3: ("active_after_power_failure", "on"),
    9: ("unknown", "off"),
}


async def test_measurement_status(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: RestServer
) -> None:
    for number, (status, charging) in MEASUREMENT.items():
        undo = change_answer(rest_server, "/v1/charge_status", measurement_status=number)
        await pass_time(hass)
        assert value(hass, rest_entry, "measurement_status") == status
        assert value(hass, rest_entry, "charging") == charging
        undo()
