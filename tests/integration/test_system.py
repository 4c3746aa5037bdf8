"""System status, settings, parameters and commissioning, as a user sees them."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from custom_components.lovato_dmed4.upkeep.clock import time_offset
from simulator import ModbusTcpServer, RestServer, SimulatedMeter
from simulator.faults import ModbusFault, RestFault
from tests.driven_time import LoopClock, drive_time

from .helpers import (
    HOUSEKEEPING,
    act,
    call_entity,
    change_answer,
    entities,
    pass_time,
    press,
    state,
    value,
)
from .turns import in_turn

REBOOTS = {"reboot_time": 0.3}

# The request to save the parameters (manual: parameters setup).
SAVE = b"\x06\x2f\x02\x00\x05"


def log_in(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
    hass.config_entries.async_update_entry(entry, data={**entry.data, "password": "1000"})


# --- entities -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
@pytest.mark.parametrize("meter_settings", [{"sync_timeout": 60, "signature_format": 1}])
async def test_rest_shows_the_state_of_the_meter(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    checksum = simulated.firmware_checksum
    shown = {
        "operative_status": "ready",
        "system_status": "ok",
        "measure_firmware": "12",
        "measure_checksum": f"{checksum:08X}",
        "power_firmware": "7",
        "power_checksum": f"{checksum ^ 0xFFFFFFFF:08X}",
        "sync_timeout": "60",
        "signature_format": "base64",
        "hardware": "off",
        "cable_resistance_locked": "off",
        "time_offset": "0",
        "tariff": "0",
        "cable_resistance": "0",
    }
    assert {key: value(hass, rest_entry, key) for key in shown} == shown


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_modbus_shows_what_it_tells(
    hass: HomeAssistant, modbus_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    shown = {
        "measure_checksum": f"{simulated.firmware_checksum:08X}",
        "sync_timeout": "1440",
        "signature_format": "hex",
        "time_offset": "0",
    }
    assert {key: value(hass, modbus_entry, key) for key in shown} == shown
    lacking = {"operative_status", "hardware", "tariff", "cable_resistance", "power_checksum"}
    assert not lacking & entities(hass, modbus_entry).keys()


async def test_rare_entities_are_disabled(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry
) -> None:
    disabled = {key for key, entity in entities(hass, rest_entry).items() if entity.disabled}
    assert disabled >= {
        "sync_timeout",
        "signature_format",
        "measure_firmware",
        "measure_checksum",
        "power_firmware",
        "power_checksum",
        "cable_resistance_locked",
    }
    assert not disabled & {"system_status", "hardware", "time_offset"}


async def test_the_hardware_tells_its_errors_and_their_end(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    simulated.set_board_bit("board_1", "mac_err")
    simulated.set_board_bit("board_2", "osc_err")
    simulated.set_fatal(7)
    await pass_time(hass, HOUSEKEEPING)
    shown = state(hass, rest_entry, "hardware")
    assert shown.state == "on"
    assert shown.attributes["board_1"] == ["mac_err"]
    assert shown.attributes["board_2"] == ["osc_err", "fatal_err"]
    assert shown.attributes["fatal"] == ["e_7"]

    simulated.set_board_bit("board_1", "mac_err", on=False)
    simulated.set_board_bit("board_2", "osc_err", on=False)
    simulated.set_fatal(7, on=False)
    simulated.set_board_bit("board_1", "hw_test_ongoing")
    await pass_time(hass, HOUSEKEEPING)
    assert value(hass, rest_entry, "hardware") == "off"
    assert value(hass, rest_entry, "system_status") == "hardware_test"


async def test_an_error_that_the_manual_does_not_name_has_a_text(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: RestServer
) -> None:
    undo = change_answer(
        rest_server,
        "/v1/system_status",
        board_1_status_bits={"mac_err": 1, "antenna_err": 1, "clock_err": 1},
        board_2_status_bits={"fatal_err_bits": {"e_2": 1, "e_13": 1}},
    )
    await pass_time(hass, HOUSEKEEPING)
    shown = state(hass, rest_entry, "hardware")
    assert shown.state == "on"
    assert shown.attributes["board_1"] == ["mac_err", "unknown"]
    assert shown.attributes["fatal"] == ["e_2", "unknown"]
    undo()
    change_answer(
        rest_server, "/v1/system_status", board_2_status=1 << 30, board_2_status_bits=None
    )
    await pass_time(hass, HOUSEKEEPING)
    assert state(hass, rest_entry, "hardware").attributes["board_2"] == ["unknown"]


# --- settings -----------------------------------------------------------------------------------


async def test_the_time_offset_is_set_while_idle_only(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    await call_entity(hass, entry, "set_value", "time_offset", value=-90)
    assert simulated.time_offset == -90
    assert value(hass, entry, "time_offset") == "-90"

    await press(hass, entry, "start")
    with pytest.raises(ServiceValidationError) as caught:
        await call_entity(hass, entry, "set_value", "time_offset", value=60)
    assert caught.value.translation_key == "cycle_active"
    # A charge begins with the clock and the offset of Home Assistant.
    assert simulated.time_offset == time_offset()
    await press(hass, entry, "end")
    await call_entity(hass, entry, "set_value", "time_offset", value=60)
    assert simulated.time_offset == 60


async def test_tariff_and_cable_resistance_are_set_while_idle_only(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    await press(hass, rest_entry, "start")
    for key in ("tariff", "cable_resistance"):
        with pytest.raises(ServiceValidationError) as caught:
            await call_entity(hass, rest_entry, "set_value", key, value=4)
        assert caught.value.translation_key == "cycle_active"
    await press(hass, rest_entry, "end")
    await call_entity(hass, rest_entry, "set_value", "tariff", value=4)
    await call_entity(hass, rest_entry, "set_value", "cable_resistance", value=5)
    assert (simulated.tariff, simulated.res_cable) == (4, 5)
    assert value(hass, rest_entry, "tariff") == "4"
    assert value(hass, rest_entry, "cable_resistance") == "5"


async def test_settings_are_for_administrators(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, user: Context
) -> None:
    with pytest.raises(Unauthorized):
        await call_entity(hass, rest_entry, "set_value", "tariff", context=user, value=4)
    assert simulated.tariff == 0


async def test_a_locked_cable_resistance_says_so(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    simulated.operating = True
    await pass_time(hass, HOUSEKEEPING)
    with pytest.raises(ServiceValidationError) as caught:
        await call_entity(hass, rest_entry, "set_value", "cable_resistance", value=4)
    assert caught.value.translation_key == "cable_resistance_locked"
    simulated.operating = False
    await pass_time(hass, HOUSEKEEPING)
    await call_entity(hass, rest_entry, "set_value", "cable_resistance", value=4)
    assert simulated.res_cable == 4


# --- parameters ---------------------------------------------------------------------------------


async def test_parameters_are_read_with_their_meaning(
    hass: HomeAssistant, entry: Dmed4ConfigEntry
) -> None:
    log_in(hass, entry)
    parameters = (await act(hass, entry, "get_parameters"))["parameters"]
    assert len(parameters) == 27
    assert parameters["P04_02"] == {"value": 3, "meaning": "9600 bps"}
    assert parameters["P05_03"] == {"value": "192.168.1.1", "meaning": None}


@pytest.mark.parametrize("clock", [LoopClock()])
@pytest.mark.parametrize("meter_settings", [REBOOTS])
async def test_parameters_are_changed(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drive_time(monkeypatch)
    log_in(hass, entry)
    changes = {"p04.02": 7, "P05_03": "192.168.1.20"}
    response = await act(hass, entry, "set_parameters", parameters=changes)
    assert response["parameters"]["P04_02"] == {"value": 7, "meaning": "115200 bps"}
    assert response["parameters"]["P05_03"]["value"] == "192.168.1.20"
    assert (simulated.parameters["P04_02"], simulated.parameters["P05_03"]) == (7, 0xC0A80114)
    assert entry.runtime_data.live.last_update_success


@in_turn(
    ("parameters", "key", "placeholders"),
    [
        ({"P04_02": 8}, "parameter_value", {"name": "P04_02", "possible": "0…7"}),
        ({"P09_01": 1}, "unknown_parameter", {"name": "P09_01"}),
        (
            {"P05_09": "on"},
            "parameter_value",
            {"name": "P05_09", "possible": "0…65535, 0.0.0.0…255.255.255.255"},
        ),
    ],
)
async def test_wrong_parameters_are_not_sent(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    parameters: dict[str, Any],
    key: str,
    placeholders: dict[str, str],
) -> None:
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, rest_entry, "set_parameters", parameters=parameters)
    assert caught.value.translation_key == key
    assert caught.value.translation_placeholders == placeholders


async def test_parameters_are_not_changed_while_charging(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    log_in(hass, entry)
    await press(hass, entry, "start")
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, entry, "set_parameters", parameters={"P04_02": 7})
    assert caught.value.translation_key == "cycle_active"
    assert simulated.parameters["P04_02"] == 3
    await press(hass, entry, "end")


@pytest.mark.parametrize("clock", [LoopClock()])
@pytest.mark.parametrize("meter_settings", [REBOOTS])
async def test_parameters_that_are_not_taken_are_named(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drive_time(monkeypatch)
    log_in(hass, rest_entry)
    with monkeypatch.context() as patch:
        patch.setattr(simulated.parameters, "write_block", lambda _: None)
        with pytest.raises(HomeAssistantError) as caught:
            await act(hass, rest_entry, "set_parameters", parameters={"P04_02": 7})
    assert caught.value.translation_key == "parameters_not_taken"
    assert not isinstance(caught.value, ServiceValidationError)
    assert caught.value.translation_placeholders == {"names": "P04_02"}
    await act(hass, rest_entry, "set_parameters", parameters={"P04_02": 7})
    assert simulated.parameters["P04_02"] == 7


@pytest.mark.parametrize("clock", [LoopClock()])
@pytest.mark.parametrize("meter_settings", [REBOOTS])
async def test_what_is_not_saved_is_taken_back_after_a_restart_of_home_assistant_too(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    *,
    modbus_entry: Dmed4ConfigEntry,
    modbus_server: ModbusTcpServer,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The meter shows what is pending like what is saved, and the next save would take both."""
    drive_time(monkeypatch)
    key = f"{DOMAIN}.parameters.{modbus_entry.entry_id}"
    written: list[tuple[bytes, dict[str, int]]] = []
    write = simulated.parameters.write_selected

    def write_selected(value: bytes) -> None:
        if not written:  # and no take-back
            write(value)
        written.append((value, hass_storage[key]["data"]["pending"]))

    with monkeypatch.context() as patch:
        patch.setattr(simulated.parameters, "write_selected", write_selected)
        modbus_server.faults.inject(ModbusFault.SILENCE, only=lambda frame: frame.pdu == SAVE)
        with pytest.raises(HomeAssistantError) as caught:
            await act(hass, modbus_entry, "set_parameters", parameters={"P04_02": 7})
    assert caught.value.translation_key == "parameters_not_saved"
    assert not isinstance(caught.value, ServiceValidationError)
    assert caught.value.translation_placeholders == {"names": "P04_02"}
    # Whenever Home Assistant had been killed, the former value would have been on disk.
    assert written == [(b"\0\7", {"P04_02": 3}), (b"\0\3", {"P04_02": 3})]

    modbus_server.faults.clear()
    assert await hass.config_entries.async_reload(modbus_entry.entry_id)
    response = await act(hass, modbus_entry, "set_parameters", parameters={"P05_09": 9})
    assert response["parameters"]["P04_02"]["value"] == 3
    assert hass_storage[key]["data"]["pending"] == {}
    simulated.power_failure()
    assert (simulated.parameters["P04_02"], simulated.parameters["P05_09"]) == (3, 9)


@in_turn("action", ["get_parameters", "set_parameters", "set_operating"])
async def test_parameters_are_for_administrators(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, user: Context, action: str
) -> None:
    fields: dict[str, dict[str, Any]] = {
        "get_parameters": {},
        "set_parameters": {"parameters": {"P04_02": 7}},
        "set_operating": {"confirm": "1"},
    }
    with pytest.raises(Unauthorized):
        await act(hass, rest_entry, action, user, **fields[action])


# --- commissioning ------------------------------------------------------------------------------


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_commissioning_needs_the_serial_number(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    log_in(hass, rest_entry)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, rest_entry, "set_operating", confirm="12345678")
    assert caught.value.translation_key == "not_confirmed"
    assert not simulated.operating

    confirm = f" {simulated.serial_number} "
    response = await act(hass, rest_entry, "set_operating", confirm=confirm)
    assert response == {"operative_status": "operating"}
    assert simulated.operating
    assert value(hass, rest_entry, "operative_status") == "operating"

    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, rest_entry, "set_parameters", parameters={"P04_02": 7})
    assert caught.value.translation_key == "parameters_locked"


async def test_commissioning_is_not_finished_while_charging(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    log_in(hass, rest_entry)
    confirm = str(simulated.serial_number)
    await press(hass, rest_entry, "start")
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, rest_entry, "set_operating", confirm=confirm)
    assert caught.value.translation_key == "cycle_active"
    await press(hass, rest_entry, "end")
    await act(hass, rest_entry, "set_operating", confirm=confirm)
    assert simulated.operating


async def test_commissioning_whose_answer_is_lost_shows_its_error(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
) -> None:
    log_in(hass, rest_entry)
    confirm = str(simulated.serial_number)
    rest_server.faults.inject(
        # PUT is tried as well: the manual offers it for the same.
        RestFault.BAD_REQUEST,
        only=lambda line: line.startswith(("POST", "PUT")) and "login" not in line,
        times=2,
    )
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, rest_entry, "set_operating", confirm=confirm)
    assert caught.value.translation_key == "refused"
    await act(hass, rest_entry, "set_operating", confirm=confirm)
    assert simulated.operating


async def test_commissioning_is_not_offered_over_modbus(
    hass: HomeAssistant, modbus_entry: Dmed4ConfigEntry, modbus_server: ModbusTcpServer
) -> None:
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, modbus_entry, "set_operating", confirm="1")
    assert caught.value.translation_key == "not_offered"
