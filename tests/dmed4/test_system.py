"""System status, settings, login and commissioning (manual: v1/system_status, charge_settings, login)."""

from collections.abc import AsyncIterator
import json
from typing import Any

import pytest

from custom_components.lovato_dmed4.dmed4.charge_cycle import ChargeCycle
from custom_components.lovato_dmed4.dmed4.errors import (
    CannotConnectError,
    MeterError,
    RefusedError,
    UnexpectedAnswerError,
    WrongPasswordError,
)
from custom_components.lovato_dmed4.dmed4.meter import Meter
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from custom_components.lovato_dmed4.dmed4.model import (
    OperativeStatus,
    Settings,
    SignatureFormat,
    SystemCode,
    SystemStatus,
)
from custom_components.lovato_dmed4.dmed4.rest import RestMeter
from simulator import RestServer, SimulatedMeter
from simulator.faults import RestFault

from .helpers import CHARGE, RawPeer, WebPeer, client, http_answer, offered, reached

PASSWORD = "1000"


def answering(**answers: object) -> WebPeer:
    """Make a web server that gives these answers by path, and takes every write."""

    def answer(method: str, target: str) -> bytes:
        path = target.partition("?")[0].removeprefix("/v1/").replace("/", "_")
        body = json.dumps(answers[path]).encode() if method == "GET" else b""
        return http_answer(body)

    return WebPeer(answer)


async def read_system(status: object) -> SystemStatus:
    async with answering(system_status=status) as peer, client("rest", peer.port) as meter:
        return await meter.read_system()


# --- system status ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "readings",
    [
        {},
        {"system_names": "tables"},
        {"names": "spaces"},
        {"numbers": "strings"},
    ],
    ids=["schema", "table", "spaces", "strings"],
)
async def test_system_status_is_read_in_every_spelling(readings: dict[str, str]) -> None:
    simulated = SimulatedMeter(seed=1, readings=readings)
    simulated.set_board_bit("board_1", "flash_err")
    simulated.set_board_bit("board_1", "meas_not_comm_err")
    simulated.set_board_bit("board_2", "init_uncorrect_err")
    simulated.set_board_bit("board_2", "wiring_err")
    simulated.set_fatal(3)
    simulated.set_fatal(11)

    async with reached(simulated, "rest") as meter:
        status = await meter.read_system()

    assert status.board_1_errors == ("flash_err", "meas_not_comm_err")
    assert set(status.board_2_errors) == {"init_uncorrect_err", "wiring_err", "fatal_err"}
    assert status.fatal_errors == (3, 11)
    assert status.operative_status is OperativeStatus.READY
    assert status.measure_firmware == "12"
    assert status.power_firmware == "7"
    assert status.measure_checksum == f"{simulated.firmware_checksum:08X}"
    assert status.power_checksum == f"{simulated.firmware_checksum ^ 0xFFFFFFFF:08X}"
    assert not status.logged_in


async def test_a_meter_without_errors_has_none(simulated: SimulatedMeter) -> None:
    async with reached(simulated, "rest") as meter:
        status = await meter.read_system()
    assert status.code is SystemCode.OK
    assert (status.board_1_errors, status.board_2_errors, status.fatal_errors) == ((), (), ())


async def test_modbus_tells_the_checksum_only(modbus_meter: ModbusMeter) -> None:
    status = await modbus_meter.read_system()
    assert status == SystemStatus(measure_checksum="17210048")


async def test_unknown_bits_and_codes_are_kept() -> None:
    status = await read_system(
        {
            "system_status": 42,
            "operative_status": "Dreaming",
            "board_1_status_bits": {"new_err": 1, "hw_test_ongoing": 1, "mac_err": 0},
            "board_2_status_bits": {"fatal_err_bits": {"e_13": 1, "e_x": 1}, "flash_err": True},
            "surprise": [],
        }
    )
    assert status.code is not None
    assert (status.code.name, status.code.known) == ("UNKNOWN_42", False)
    assert status.operative_status is None
    assert status.board_1_errors == ("new_err", "hw_test_ongoing")
    assert status.board_2_errors == ()
    assert status.fatal_errors == (13,)


async def test_a_board_s_number_says_that_something_is_wrong_where_no_bit_does() -> None:
    status = await read_system(
        {"board_1_status": 0, "board_2_status": "8", "fatal_err_bits": {"e_2": 1}}
    )
    assert status.board_1_errors == ()
    assert status.board_2_errors == ("code_8",)
    assert status.fatal_errors == (2,)
    assert status.code is None


# --- settings -----------------------------------------------------------------------------------


async def test_settings_are_the_same_over_every_transport(transport: str) -> None:
    simulated = SimulatedMeter(seed=1, time_offset=-210, sync_timeout=60, signature_format=1)
    async with reached(simulated, transport) as meter:
        settings = await meter.read_settings()
        housekeeping = await meter.read_housekeeping()
    assert settings.time_offset == -210
    assert settings.sync_timeout == 60
    assert settings.signature_format is SignatureFormat.BASE64
    assert housekeeping.settings == settings
    assert housekeeping.system.measure_checksum == f"{simulated.firmware_checksum:08X}"


async def test_settings_may_be_missing() -> None:
    async with answering(charge_settings={}) as peer, client("rest", peer.port) as meter:
        assert await meter.read_settings() == Settings()


@pytest.mark.parametrize("minutes", [-900, -15, 0, 345, 900])
async def test_the_time_offset_is_set(
    meter: Meter, simulated: SimulatedMeter, minutes: int
) -> None:
    await meter.write_time_offset(minutes)
    assert simulated.time_offset == minutes
    assert (await meter.read_settings()).time_offset == minutes


async def test_a_wrong_time_offset_is_refused(meter: Meter, simulated: SimulatedMeter) -> None:
    with pytest.raises(RefusedError):
        await meter.write_time_offset(20)
    assert simulated.time_offset == 0
    await meter.write_time_offset(30)
    assert simulated.time_offset == 30


async def test_tariff_and_cable_resistance_are_set_over_rest(
    rest_meter: RestMeter, simulated: SimulatedMeter
) -> None:
    await rest_meter.write_tariff(7)
    await rest_meter.write_cable_resistance(12)
    assert (simulated.tariff, simulated.res_cable) == (7, 12)
    settings = await rest_meter.read_settings()
    assert (settings.tariff, settings.cable_resistance) == (7, 12)


async def test_settings_are_refused_while_charging(
    meter: Meter, cycle: ChargeCycle, simulated: SimulatedMeter
) -> None:
    await cycle.begin(CHARGE)
    with pytest.raises(RefusedError):
        await meter.write_time_offset(60)
    await cycle.end()
    await meter.write_time_offset(60)
    assert simulated.time_offset == 60


async def test_a_setting_that_is_acknowledged_and_not_taken_is_an_error() -> None:
    settings = {"tariff": 1, "datetime_offset": 0}
    async with answering(charge_settings=settings) as peer, client("rest", peer.port) as meter:
        with pytest.raises(RefusedError, match="tariff"):
            await offered(meter.charge_settings).write_tariff(2)
        settings["tariff"] = 2
        await offered(meter.charge_settings).write_tariff(2)
    assert [json.loads(body) for body in peer.bodies if body] == [{"tariff": 2}] * 2


async def test_a_time_offset_that_modbus_does_not_keep_is_an_error(
    modbus_meter: ModbusMeter, simulated: SimulatedMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure = simulated.configure
    monkeypatch.setattr(simulated, "configure", lambda **_: None)
    with pytest.raises(RefusedError, match="offset"):
        await modbus_meter.write_time_offset(60)
    monkeypatch.setattr(simulated, "configure", configure)
    await modbus_meter.write_time_offset(60)


async def test_each_transport_says_what_it_offers(
    modbus_meter: ModbusMeter, rest_meter: RestMeter
) -> None:
    assert (modbus_meter.charge_settings, modbus_meter.commissioning) == (None, None)
    assert (rest_meter.charge_settings, rest_meter.commissioning) == (rest_meter, rest_meter)


# --- login (manual: v1/login) -------------------------------------------------------------------


async def test_the_right_password_logs_in(rest_meter: RestMeter, simulated: SimulatedMeter) -> None:
    await rest_meter.log_in(PASSWORD)
    assert simulated.login.logged_in
    assert (await rest_meter.read_system()).logged_in


async def test_a_wrong_password_counts_once_and_the_right_one_still_works(
    rest_meter: RestMeter, simulated: SimulatedMeter
) -> None:
    with pytest.raises(WrongPasswordError) as caught:
        await rest_meter.log_in("wrong&1=2 #")
    assert "wrong" not in str(caught.value)
    assert simulated.login_attempts_left == 2
    await rest_meter.log_in(PASSWORD)
    assert simulated.login_attempts_left == 3


async def test_a_password_that_is_taken_without_effect_was_wrong() -> None:
    async with (
        answering(system_status={"logged": 0}) as peer,
        client("rest", peer.port) as meter,
    ):
        with pytest.raises(WrongPasswordError):
            await offered(meter.commissioning).log_in("a b")
    assert peer.requests[0] == ("PUT", "/v1/login?password=a+b")


async def test_a_login_whose_answer_is_lost_is_not_repeated(
    rest_meter: RestMeter, rest_server: RestServer, simulated: SimulatedMeter
) -> None:
    rest_server.faults.inject(RestFault.LOST_ANSWER, only=lambda line: line.startswith("PUT"))
    with pytest.raises(CannotConnectError):
        await rest_meter.log_in("wrong")
    assert rest_server.requests.count(("PUT", "/v1/login")) == 1
    assert simulated.login_attempts_left == 2
    rest_server.faults.clear()
    await rest_meter.log_in(PASSWORD)


async def test_no_error_of_a_login_holds_the_password() -> None:
    async with (
        RawPeer(b"nonsense\r\n\r\n", then_close=True) as peer,
        client("rest", peer.port) as meter,
    ):
        with pytest.raises(UnexpectedAnswerError) as caught:
            await offered(meter.commissioning).log_in("secret")
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__


# --- commissioning ------------------------------------------------------------------------------


async def test_commissioning_is_finished_after_a_login(
    rest_meter: RestMeter, simulated: SimulatedMeter
) -> None:
    with pytest.raises(RefusedError):
        await rest_meter.set_operating()
    assert not simulated.operating
    await rest_meter.log_in(PASSWORD)
    await rest_meter.set_operating()
    assert simulated.operating
    assert (await rest_meter.read_system()).cable_resistance_locked


async def test_commissioning_that_has_no_effect_is_an_error() -> None:
    status: dict[str, Any] = {"operative_status": "Ready"}
    async with answering(system_status=status) as peer, client("rest", peer.port) as meter:
        with pytest.raises(RefusedError, match="operating"):
            await offered(meter.commissioning).set_operating()
        status["operative_status"] = "Operating"
        await offered(meter.commissioning).set_operating()
    assert json.loads(peer.bodies[0]) == {"operative_status": "operating"}


@pytest.fixture
async def unplugged(rest_meter: RestMeter, rest_server: RestServer) -> AsyncIterator[RestMeter]:
    await rest_server.stop()
    yield rest_meter
    await rest_server.start()
    assert (await rest_meter.read_system()).code is SystemCode.OK


async def test_system_status_needs_a_meter(unplugged: RestMeter) -> None:
    with pytest.raises(MeterError):
        await unplugged.read_system()
