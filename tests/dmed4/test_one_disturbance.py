"""What one disturbance must not do: block, name a meter another device, or keep a port."""

import asyncio
from collections.abc import AsyncIterator, Callable
import json
import termios
from typing import Any

import aiohttp
from pymodbus.transport.serialtransport import SerialTransport
import pytest

from custom_components.lovato_dmed4.dmed4 import links, rest
from custom_components.lovato_dmed4.dmed4.errors import CannotConnectError, RefusedError
from custom_components.lovato_dmed4.dmed4.lines import Framing, SerialLine, TcpLine
from custom_components.lovato_dmed4.dmed4.model import MeasurementStatus
from custom_components.lovato_dmed4.dmed4.rest import RestMeter
from custom_components.lovato_dmed4.dmed4.units import RepeatingUnit
from simulator import (
    ModbusFault,
    ModbusTcpServer,
    RestFault,
    RestServer,
    SerialServer,
    SimulatedMeter,
    open_pty,
)
from tests.driven_time import drive_time
from tests.logbooks import rest_calls

from .test_transports import on

# Longer than any test may take: what ends before has not waited for it.
NEVER = 600.0


@pytest.fixture
async def closing() -> AsyncIterator[int]:
    """Take a request, and close the connection instead of an answer."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("framing", [Framing.TCP, Framing.RTU, Framing.ASCII])
async def test_a_connection_that_the_peer_closes_fails_at_once(
    closing: int, framing: Framing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "REQUEST_TIMEOUT", NEVER)
    monkeypatch.setattr(links, "QUIET", 0)
    async with on(TcpLine(host="127.0.0.1", port=closing, framing=framing)) as meter:
        with pytest.raises(CannotConnectError):
            await meter.read_status()


async def test_a_web_server_that_closes_fails_at_once(
    closing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "_TIMEOUT", aiohttp.ClientTimeout(total=NEVER))
    async with aiohttp.ClientSession() as session:
        meter = RestMeter(session, "127.0.0.1", closing)
        with pytest.raises(CannotConnectError):
            await meter.read_status()


@pytest.mark.parametrize(
    "error", [termios.error(22, "Invalid argument"), ValueError("Unsupported"), OSError(25, "No")]
)
async def test_a_format_that_the_adapter_lacks_leaves_the_port_free(
    simulated: SimulatedMeter, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The port is open already when the adapter refuses the format."""
    drive_time(monkeypatch)
    refused = 0

    def refuse(*_: object) -> None:
        nonlocal refused
        refused += 1
        raise error

    with open_pty() as pty:
        line = SerialLine(device=pty.path, baudrate=115200)
        with monkeypatch.context() as patch:
            patch.setattr(termios, "tcsetattr", refuse)
            async with on(line) as meter:
                with pytest.raises(CannotConnectError):
                    await meter.read_status()
        assert refused
        async with SerialServer({1: simulated}, pty, baudrate=115200), on(line, 1) as meter:
            assert (await meter.identify()).public_key == simulated.public_key_raw


@pytest.mark.parametrize(
    "error", [termios.error(5, "I/O"), ValueError("Invalid file descriptor: -1"), OSError(5, "I/O")]
)
async def test_a_port_that_fails_while_something_is_sent_is_opened_anew(
    simulated: SimulatedMeter, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when an adapter is pulled out for a moment; pyserial raises what comes."""
    drive_time(monkeypatch)
    write = SerialTransport.write
    left = [error]

    def fail_once(self: SerialTransport, data: bytes) -> None:
        if left:
            raise left.pop()
        write(self, data)

    with open_pty() as pty:
        line = SerialLine(device=pty.path, baudrate=115200)
        async with SerialServer({1: simulated}, pty, baudrate=115200), on(line, 1) as meter:
            await meter.read_status()
            with monkeypatch.context() as patch:
                patch.setattr(SerialTransport, "write", fail_once)
                await meter.read_status()
            assert not left
            assert meter.link_losses == 1


@pytest.mark.parametrize(
    "error", [termios.error(5, "I/O"), ValueError("Invalid file descriptor: -1"), OSError(5, "I/O")]
)
async def test_a_port_that_fails_while_it_is_closed_is_closed(
    simulated: SimulatedMeter, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the next question nor whoever lets go of the meter meets that."""
    drive_time(monkeypatch)
    close, closed = SerialTransport.close, 0

    def close_and_fail(self: SerialTransport, exc: Exception | None = None) -> None:
        nonlocal closed
        if self.sync_serial:
            closed += 1
            close(self, exc)
            raise error

    monkeypatch.setattr(SerialTransport, "close", close_and_fail)
    with open_pty() as pty:
        line = SerialLine(device=pty.path, baudrate=115200)
        async with SerialServer({1: simulated}, pty, baudrate=115200) as server:
            async with on(line, 1) as meter:
                server.faults.inject(ModbusFault.SILENCE, times=1)
                assert (await meter.read_status()).measurement is MeasurementStatus.NOT_INITIALIZED
            assert closed == 2


def once_without(server: RestServer, path: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the first answer of a path; all others are as they are."""
    answers = rest_calls(server)[path]
    answer = answers["GET"]

    def changed(call: Any) -> str:
        answers["GET"] = answer
        values = json.loads(answer(call))
        change(values)
        return json.dumps(values)

    answers["GET"] = changed


@pytest.mark.parametrize("fault", [RestFault.BAD_REQUEST, RestFault.NOT_IMPLEMENTED])
@pytest.mark.parametrize("path", ["charge_settings", "system_status"])
async def test_one_refusal_does_not_make_a_meter_another_device(
    rest_server: RestServer, simulated: SimulatedMeter, path: str, fault: RestFault
) -> None:
    async with aiohttp.ClientSession() as session:
        meter = RestMeter(session, "127.0.0.1", rest_server.port)
        rest_server.faults.inject(fault, times=1, only=lambda request: path in request)
        identity = await meter.identify()
    assert identity.public_key == simulated.public_key_raw
    assert identity.serial_number == str(simulated.serial_number)


async def test_a_meter_that_is_busy_for_long_is_no_other_device(
    modbus_server: ModbusTcpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive_time(monkeypatch)
    modbus_server.faults.inject(ModbusFault.BUSY, only=lambda frame: frame.pdu[0] == 0x04)
    async with on(TcpLine(host="127.0.0.1", port=modbus_server.port), 1) as meter:
        with pytest.raises(RefusedError, match="busy"):
            await meter.identify()
        modbus_server.faults.clear()
        assert (await meter.identify()).fingerprint


@pytest.mark.parametrize("change", ["missing", "empty"])
async def test_one_answer_without_a_key_is_asked_for_again_over_rest(
    rest_server: RestServer, simulated: SimulatedMeter, change: str
) -> None:
    def lose(values: dict[str, Any]) -> None:
        for name in ("public_key", "public_key_ocmf"):
            if change == "missing":
                del values[name]
            else:
                values[name] = ""

    once_without(rest_server, "/v1/charge_settings", lose)
    async with aiohttp.ClientSession() as session:
        meter = RestMeter(session, rest_server.host, rest_server.port)
        assert (await meter.identify()).public_key == simulated.public_key_raw


async def test_one_answer_without_a_key_is_asked_for_again_over_modbus(
    modbus_server: ModbusTcpServer, simulated: SimulatedMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All registers are 0 until the meter is asked for its model once more."""
    read, ask, asked = RepeatingUnit.read_input_registers, RepeatingUnit.report_server_id, 0

    async def zeros_at_first(unit: RepeatingUnit, address: int, count: int) -> bytes:
        words = await read(unit, address, count)
        return bytes(2 * count) if asked == 1 else words

    async def note(unit: RepeatingUnit) -> bytes:
        nonlocal asked
        asked += 1
        return await ask(unit)

    monkeypatch.setattr(RepeatingUnit, "read_input_registers", zeros_at_first)
    monkeypatch.setattr(RepeatingUnit, "report_server_id", note)
    async with on(TcpLine(host=modbus_server.host, port=modbus_server.port)) as meter:
        assert (await meter.identify()).public_key == simulated.public_key_raw
    assert asked == 2


async def test_one_answer_without_the_outcome_of_a_login_does_not_make_a_password_wrong(
    rest_server: RestServer, simulated: SimulatedMeter
) -> None:
    once_without(rest_server, "/v1/system_status", lambda values: values.pop("logged"))
    async with aiohttp.ClientSession() as session:
        await RestMeter(session, rest_server.host, rest_server.port).log_in("1000")
    assert simulated.login.logged_in
    assert simulated.login_attempts_left == 3


async def test_one_answer_without_a_status_word_is_asked_for_again(
    rest_server: RestServer,
) -> None:
    once_without(rest_server, "/v1/charge_status", lambda values: values.pop("signature_status"))
    async with aiohttp.ClientSession() as session:
        status = await RestMeter(session, rest_server.host, rest_server.port).read_status()
    assert status.measurement == 0
