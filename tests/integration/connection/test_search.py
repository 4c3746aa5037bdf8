"""Setting up a meter that is not where it is looked for: the form says where it is, and why not here."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
import errno
import fcntl
import os
import socket
import struct
from typing import Any, Self

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.lovato_dmed4.connection import search
from custom_components.lovato_dmed4.connection.search import Cause, serial_cause
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ModbusTcpServer, RestServer, SimulatedMeter
from simulator.servers import open_pty
from tests.integration.helpers import (
    Server,
    impatient,
    mute_server,
    open_form,
    pass_time,
    transport_of,
    unused_port,
    user_input,
)

HOST = "127.0.0.1"


@pytest.fixture(autouse=True)
def _no_usual_ports(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave the usual ports of this machine alone; a test names those of its meter."""
    with unused_port() as http, unused_port() as https:
        monkeypatch.setattr(search, "MODBUS_PORTS", ())
        monkeypatch.setattr(search, "_HTTP_PORT", http)
        monkeypatch.setattr(search, "_HTTPS_PORT", https)
        yield


async def submit(hass: HomeAssistant, transport: str, values: dict[str, Any]) -> ConfigFlowResult:
    flow_id = await open_form(hass, transport)
    result = await hass.config_entries.flow.async_configure(flow_id, values)
    await hass.async_block_till_done()
    return result


def rest_form(**changes: object) -> dict[str, Any]:
    return {"host": HOST, "tls": "off", **changes}


def modbus_form(**changes: object) -> dict[str, Any]:
    return {"host": HOST, "port": 502, "unit_id": 1, "framing": "tcp", **changes}


# --- where it is ------------------------------------------------------------------------------


async def test_a_meter_that_speaks_modbus_is_found_from_the_form_for_rest(
    hass: HomeAssistant, modbus_server: ModbusTcpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MODBUS_PORTS", (2, modbus_server.port))
    with unused_port() as port:
        form = await submit(hass, "rest", rest_form(port=port))
    assert form["errors"] == {"base": "connection_refused", "port": "found_modbus"}
    assert form["description_placeholders"] == {"port": str(modbus_server.port), "unit": "1"}


async def test_a_meter_at_the_maker_s_other_port_is_found(
    hass: HomeAssistant, modbus_server: ModbusTcpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unused_port() as port:
        monkeypatch.setattr(search, "MODBUS_PORTS", (port, modbus_server.port))
        form = await submit(hass, "modbus_tcp", modbus_form(port=port, unit_id=9))
    assert form["errors"] == {"base": "connection_refused", "port": "found_modbus"}
    assert form["description_placeholders"] == {"port": str(modbus_server.port), "unit": "9"}


async def test_a_meter_with_a_web_server_is_found_from_the_form_for_modbus(
    hass: HomeAssistant, rest_server: RestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_HTTP_PORT", rest_server.port)
    with unused_port() as port:
        form = await submit(hass, "modbus_tcp", modbus_form(port=port))
    assert form["errors"] == {"base": "connection_refused", "port": "found_rest"}
    assert form["description_placeholders"] == {"port": str(rest_server.port), "unit": "0"}


async def test_a_meter_with_tls_is_found(
    hass: HomeAssistant, simulated: SimulatedMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with RestServer(simulated, tls=True, response_time=0) as server:
        monkeypatch.setattr(search, "_HTTPS_PORT", server.port)
        with unused_port() as port:
            form = await submit(hass, "rest", rest_form(port=port))
    assert form["errors"] == {"base": "connection_refused", "port": "found_tls"}


async def test_the_port_itself_may_speak_another_way(
    hass: HomeAssistant,
    simulated: SimulatedMeter,
    modbus_server: ModbusTcpServer,
    rest_server: RestServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """HTTP to a Modbus port, TLS on and off: the form says what answered."""
    impatient(monkeypatch, 1)
    async with RestServer(simulated, tls=True, response_time=0) as tls:
        for transport, values, answerer, found in (
            ("rest", rest_form(port=tls.port), "tls_server", "found_tls"),
            ("rest", rest_form(port=rest_server.port, tls="pinned"), "tls_failed", "found_rest"),
            ("rest", rest_form(port=modbus_server.port), "connection_closed", "found_modbus"),
            *(
                ("modbus_tcp", modbus_form(port=port, framing=framing), answerer, found)
                for port, answerer, found in (
                    (tls.port, "tls_server", "found_tls"),
                    (rest_server.port, "web_server", "found_rest"),
                )
                for framing in ("tcp", "rtu", "ascii")
            ),
        ):
            form = await submit(hass, transport, values)
            assert form["errors"] == {"base": answerer, "port": found}
            assert (form["description_placeholders"] or {})["port"] == str(values["port"])


async def test_another_framing_than_the_port_s(
    hass: HomeAssistant, modbus_server: ModbusTcpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch, 1)
    for framing in ("rtu", "ascii"):
        wrong = modbus_form(port=modbus_server.port, framing=framing)
        form = await submit(hass, "modbus_tcp", wrong)
        assert (form["errors"] or {})["framing"] == "found_framing"


async def test_nothing_is_looked_for_where_it_was_looked_already(
    hass: HomeAssistant, rest_server: RestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_HTTP_PORT", rest_server.port)
    rest_server.faults.missing_fields = {"public_key", "public_key_ocmf"}
    form = await submit(hass, "rest", rest_form(port=rest_server.port))
    assert form["errors"] == {"base": "not_a_dmed4"}


# --- as whom it answers -----------------------------------------------------------------------


class OwnNumber:
    """A meter that answers over TCP with its own node number, whatever it was asked for."""

    def __init__(self, meter: SimulatedMeter, unit: int) -> None:
        self._inner = ModbusTcpServer(meter)
        self._unit = unit
        self.port = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from simulator.modbus import handle_pdu  # noqa: PLC0415

        # A client may leave at any time.
        with suppress(ConnectionError):
            while header := await reader.read(7):
                if header[2:4] != bytes(2):
                    break  # TLS or HTTP
                pdu = await reader.readexactly(int.from_bytes(header[4:6]) - 1)
                answer = handle_pdu(self._inner._line._unit, pdu) or b""  # type: ignore[attr-defined]
                head = header[:4] + (len(answer) + 1).to_bytes(2) + bytes([self._unit])
                writer.write(head + answer)
                await writer.drain()
        writer.close()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()


@pytest.mark.parametrize("unit", [0, 5, 255])
async def test_a_meter_that_answers_as_another_unit_is_named(
    hass: HomeAssistant, simulated: SimulatedMeter, monkeypatch: pytest.MonkeyPatch, unit: int
) -> None:
    impatient(monkeypatch)
    async with OwnNumber(simulated, unit) as server:
        form = await submit(hass, "modbus_tcp", modbus_form(port=server.port))
        assert form["errors"] == {"base": "silent", "unit_id": "found_unit"}
        assert form["description_placeholders"] == {"port": str(server.port), "unit": str(unit)}
        monkeypatch.undo()
        # With that number it works.
        result = await hass.config_entries.flow.async_configure(
            form["flow_id"], modbus_form(port=server.port, unit_id=unit)
        )
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await hass.async_block_till_done()
        assert await hass.config_entries.async_unload(result["result"].entry_id)


# --- why not ----------------------------------------------------------------------------------


async def test_a_name_that_nobody_has_is_said_to_be_unknown(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    # Tests may ask no name server.
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    form = await submit(hass, "modbus_tcp", modbus_form(host="no-such-host.invalid"))
    assert form["errors"] == {"base": "name_unknown"}


type Service = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve nobody: a meter with two connections already."""
    writer.close()


async def close_later(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.close()


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.close()


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    await reader.read(1)
    writer.close()


async def serve_pages(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve as a router does, which is no meter."""
    await reader.read(1024)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
    writer.close()


@asynccontextmanager
async def serving(service: Service) -> AsyncIterator[int]:
    async with await asyncio.start_server(service, HOST, 0) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("service", "of_modbus", "of_rest"),
    [
        (close, "connection_closed", "connection_closed"),
        (close_later, "connection_closed", "connection_closed"),
        (reset, "connection_closed", "connection_closed"),
        (greet, "other_service", "not_a_dmed4"),
        (serve_pages, "web_server", "not_a_dmed4"),
    ],
)
async def test_who_is_no_meter_is_named(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    service: Service,
    of_modbus: str,
    of_rest: str,
) -> None:
    impatient(monkeypatch, 1)
    async with serving(service) as port:
        for framing in ("tcp", "rtu", "ascii"):
            form = await submit(hass, "modbus_tcp", modbus_form(port=port, framing=framing))
            assert form["errors"] == {"base": of_modbus}
        form = await submit(hass, "rest", rest_form(port=port))
        assert form["errors"] == {"base": of_rest}


async def test_ports_that_stay_mute(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing answers where a meter is looked for, nor at the usual ports: the form says the first."""
    impatient(monkeypatch, 1)
    monkeypatch.setattr(search, "_SECONDS", 0.2)
    async with mute_server() as port:
        monkeypatch.setattr(search, "_HTTP_PORT", port)
        monkeypatch.setattr(search, "_HTTPS_PORT", port)
        for transport, values in (
            ("modbus_tcp", modbus_form(port=port)),
            ("rest", rest_form(port=port)),
        ):
            form = await submit(hass, transport, values)
            assert form["errors"] == {"base": "silent"}


def test_serial_ports_say_what_is_wrong_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert serial_cause("/dev/no-such-port") is Cause.PORT_MISSING
    assert serial_cause("socket://somewhere:1") is None
    with open_pty() as pty:
        assert serial_cause(pty.path) is None
        # As another program, or another part of Home Assistant, that has it open.
        held = os.open(pty.path, os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(held, fcntl.LOCK_EX)
        assert serial_cause(pty.path) is Cause.PORT_IN_USE
        os.close(held)
        assert serial_cause(pty.path) is None
        for number, cause in (
            (errno.EBUSY, Cause.PORT_IN_USE),
            (errno.EACCES, Cause.PORT_FORBIDDEN),
            (errno.EIO, Cause.PORT_MISSING),
        ):

            def refuse(*_: object, number: int = number) -> int:
                raise OSError(number, os.strerror(number))

            with monkeypatch.context() as patched:
                patched.setattr(os, "open", refuse)
                assert serial_cause(pty.path) is cause


async def test_a_serial_port_that_is_not_there_is_named(hass: HomeAssistant) -> None:
    form = await submit(
        hass,
        "modbus_serial",
        {
            "device": "/dev/no-such-port",
            "baudrate": "9600",
            "data_format": "8N",
            "stop_bits": "1",
            "framing": "rtu",
            "unit_id": 1,
        },
    )
    assert form["errors"] == {"base": "serial_missing"}


# --- a known meter ----------------------------------------------------------------------------


async def test_a_known_meter_at_another_address_moves_its_entry(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, simulated: SimulatedMeter
) -> None:
    async with type(server)(simulated) as elsewhere:
        result = await submit(hass, transport_of(elsewhere), user_input(elsewhere))
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "moved")
        assert entry.data["port"] == elsewhere.port
        await pass_time(hass)
        assert entry.runtime_data.live.last_update_success
        assert await hass.config_entries.async_unload(entry.entry_id)


# --- the serial number ------------------------------------------------------------------------


async def test_the_serial_number_of_the_type_plate_names_a_meter_over_modbus(
    hass: HomeAssistant, modbus_server: ModbusTcpServer
) -> None:
    form = user_input(modbus_server, serial_number=" 20431234 ")
    result = await submit(hass, "modbus_tcp", form)
    assert result["title"] == "DMED404R/D0600 20431234"
    entry = result["result"]
    assert entry.data["serial_number"] == "20431234"
    assert entry.runtime_data.identity.serial_number == "20431234"
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert device.serial_number == "20431234"
    assert hass.config_entries.async_entries(DOMAIN) == [entry]


@pytest.mark.parametrize("text", ["Zähler", "1|2", "x" * 33])
async def test_what_no_record_can_hold_is_no_serial_number(
    hass: HomeAssistant, modbus_server: ModbusTcpServer, text: str
) -> None:
    form = await submit(hass, "modbus_tcp", user_input(modbus_server, serial_number=text))
    assert form["errors"] == {"serial_number": "invalid_serial_number"}


@pytest.mark.parametrize("unit", [1, 7])
async def test_meters_without_one_are_told_apart_by_their_unit(
    hass: HomeAssistant, simulated: SimulatedMeter, unit: int
) -> None:
    async with ModbusTcpServer(simulated, unit_id=unit) as server:
        result = await submit(hass, "modbus_tcp", user_input(server))
        assert result["title"] == f"DMED404R/D0600 (127.0.0.1, {unit})"
        assert await hass.config_entries.async_unload(result["result"].entry_id)
