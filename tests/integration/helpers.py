"""What the tests of the integration share: a meter's entry, its entities, the passing of time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
import json
import logging
import socket
from typing import Any

from aiohttp import ClientTimeout, web
from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryState
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.dmed4 import links, repeating, rest
from custom_components.lovato_dmed4.dmed4.model import Identity
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import Command, ModbusTcpServer, RestServer, SerialOverTcpServer, SimulatedMeter
from simulator.physics import Sample
from tests.driven_time import drive_time
from tests.logbooks import rest_calls

from .plugin import MockConfigEntry
from .timers import async_fire_time_changed

type Server = ModbusTcpServer | RestServer

IDLE = 10
HOUSEKEEPING = 60


# --- Setting up ---------------------------------------------------------------------------------


def user_input(server: Server, **changes: object) -> dict[str, Any]:
    """Fill the form in for a server."""
    more: dict[str, Any] = {"tls": "off"}
    if isinstance(server, ModbusTcpServer):
        more = {"unit_id": server.unit_id, "framing": "tcp"}
    return {"host": server.host, "port": server.port, **more, **changes}


def entry_data(server: Server, **changes: object) -> dict[str, Any]:
    return {"transport": transport_of(server), **user_input(server, **changes)}


def transport_of(server: Server) -> str:
    return "modbus_tcp" if isinstance(server, ModbusTcpServer) else "rest"


async def open_form(hass: HomeAssistant, transport: str) -> str:
    """Choose a transport in the menu; return the flow's ID."""
    menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert menu["type"] is FlowResultType.MENU
    assert menu["menu_options"] == ["rest", "rest_display", "modbus_tcp", "modbus_serial"]
    form = await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": transport}
    )
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == transport
    assert form["errors"] == {}
    return form["flow_id"]


TITLES = {"modbus_tcp": "DMED404R/D0600 (127.0.0.1, 1)", "rest": "DMED404R0600 13399248"}


async def add_usual_meter(
    hass: HomeAssistant, server: Server, meter: SimulatedMeter, **changes: object
) -> Dmed4ConfigEntry:
    """Set the usual meter up with the entry that the form makes of it (`test_creates_an_entry`).

    Args:
        hass: where.
        server: of the meter.
        meter: whose key is the entry's.
        **changes: what is filled in otherwise.
    """
    entry: Dmed4ConfigEntry = MockConfigEntry(
        domain=DOMAIN,
        title=TITLES[transport_of(server)],
        unique_id=fingerprint(meter),
        data=entry_data(server, **changes),
    )
    await hass.config_entries.async_add(entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.state is ConfigEntryState.LOADED
    return entry


async def add_meter(hass: HomeAssistant, server: Server) -> Dmed4ConfigEntry:
    """Set a meter up as a user does."""
    flow_id = await open_form(hass, transport_of(server))
    result = await hass.config_entries.flow.async_configure(flow_id, user_input(server))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    return result["result"]


def add_entry(
    hass: HomeAssistant, server: Server, unique_id: str, **options: object
) -> MockConfigEntry:
    """Add an entry that is not set up yet, as after a restart."""
    # After some minutes it is known what the hour counters count.
    known = {"hour_unit": 3600} if isinstance(server, ModbusTcpServer) else {}
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Meter",
        unique_id=unique_id,
        data=entry_data(server) | known,
        options=options,
        entry_id="0123456789abcdef0123456789abcdef",
    )
    entry.add_to_hass(hass)
    return entry


def state_of(entry: ConfigEntry) -> ConfigEntryState:
    """Get an entry's state, which changes without the type checker's knowing."""
    return entry.state


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> bool:
    done = await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return done


def fingerprint(meter: SimulatedMeter) -> str:
    found = Identity(model="", public_key=meter.public_key_raw).fingerprint
    assert found is not None
    return found


def server_at(address: Server, meter: SimulatedMeter) -> Server:
    """Make a server for another meter at the address of a server that was stopped."""
    return type(address)(meter, host=address.host, port=address.port)


def impatient(monkeypatch: pytest.MonkeyPatch, seconds: float = 0.2) -> None:
    """Give up on silence without waiting for it, and long before the next poll is due."""
    drive_time(monkeypatch)
    monkeypatch.setattr(links, "REQUEST_TIMEOUT", seconds)
    monkeypatch.setattr(repeating, "ATTEMPTS", 2)
    monkeypatch.setattr(rest, "_TIMEOUT", ClientTimeout(total=seconds))


# --- Other servers ------------------------------------------------------------------------------


@contextmanager
def unused_port() -> Iterator[int]:
    """Keep a port that nobody listens on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@asynccontextmanager
async def mute_server() -> AsyncIterator[int]:
    """Accept connections and never say a word."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def web_server(
    handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
) -> AsyncIterator[int]:
    """Serve anything over HTTP."""
    runner = web.ServerRunner(web.Server(handle), shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def other_modbus_server(answers: Mapping[int, bytes]) -> AsyncIterator[int]:
    """Serve a Modbus device that answers functions with these bytes, others with exception 1."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while header := await reader.read(7):
            pdu = await reader.readexactly(int.from_bytes(header[4:6]) - 1)
            answer = answers.get(pdu[0], bytes([pdu[0] | 0x80, 1]))
            writer.write(header[:4] + (len(answer) + 1).to_bytes(2) + header[6:] + answer)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


def change_answer(server: RestServer, path: str, **changes: object) -> Callable[[], None]:
    """Let a web server answer with other values, None for missing ones; return how to undo it."""
    answers = rest_calls(server)[path]
    answer = answers["GET"]

    def changed(call: Any) -> str:
        values = {**json.loads(answer(call)), **changes}
        return json.dumps({name: value for name, value in values.items() if value is not None})

    answers["GET"] = changed
    return lambda: answers.update(GET=answer)


def set_sample(meter: SimulatedMeter, **values: object) -> None:
    """Let a meter whose time stands still measure something."""
    physics = meter.physics

    def changed(sample: Sample) -> Sample:
        return replace(sample, **values)  # type: ignore[arg-type]

    physics.fast, physics.slow = changed(physics.fast), changed(physics.slow)


def begin_charge(meter: SimulatedMeter, texts: Mapping[str, str] | None = None) -> None:
    """Let something else than Home Assistant start a charge; the texts as the options have them."""
    prepare_charge(meter, texts)
    meter.command(Command.BEGIN)


def prepare_charge(meter: SimulatedMeter, texts: Mapping[str, str] | None = None) -> None:
    fields = {"identification_data": "ID", "tariff_text": "TT", "charge_point_id": "CI"}
    prototype = {"FV": "1.1", "PG": "T0", "IS": False, "IT": "NONE"}
    prototype |= {fields[name]: text for name, text in (texts or {}).items()}
    meter.submit_prototype(json.dumps(prototype).encode())
    meter.update()


async def unplug(server: Server) -> None:
    """Stop a server and let its clients notice."""
    await server.stop()
    await notice()


async def fail_power(meter: SimulatedMeter) -> None:
    """Let the power fail for a moment, and the clients notice."""
    meter.power_failure()
    await notice()


async def notice() -> None:
    """Let a client see that its connection is gone, instead of finding out by a timeout."""
    for _ in range(10):
        await asyncio.sleep(0)


async def connections(server: ModbusTcpServer | SerialOverTcpServer, count: int) -> None:
    """Wait until there are so many connections; the test's own time limit ends it."""
    while server.connections != count:  # noqa: ASYNC110 - the server tells nobody
        await asyncio.sleep(0.01)


# They select what is to be read of a logbook and change nothing.
_SELECTORS = {0x2F29, 0x2F2A, 0x2F39, 0x2F3A, 0x2F3B}


def writes(server: Server) -> list[object]:
    """The requests so far that wanted to change something."""
    if isinstance(server, ModbusTcpServer):
        return [
            pdu
            for pdu in server.requests
            if pdu[0] in {0x06, 0x10} and int.from_bytes(pdu[1:3]) + 1 not in _SELECTORS
        ]
    return [request for request in server.requests if request[0] != "GET"]


# --- Entities -----------------------------------------------------------------------------------


def device_id(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> str:
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return device.id


def entities(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> dict[str, er.RegistryEntry]:
    """All entities of an entry by the last part of their unique IDs."""
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {entity.unique_id.removeprefix(f"{entry.unique_id}_"): entity for entity in found}


def state(hass: HomeAssistant, entry: Dmed4ConfigEntry, key: str) -> State:
    found = hass.states.get(entities(hass, entry)[key].entity_id)
    assert found is not None, key
    return found


def value(hass: HomeAssistant, entry: Dmed4ConfigEntry, key: str) -> str:
    return state(hass, entry, key).state


def number(hass: HomeAssistant, entry: Dmed4ConfigEntry, key: str) -> float:
    return float(value(hass, entry, key))


# What these show comes from the archive, whether the meter is there or not.
OF_THE_ARCHIVE = {
    "last_session_energy",
    "last_session_end",
    "last_session_verdict",
    "records_archived",
    "records_failed",
    "record",
}


def is_available(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> bool:
    """Whether all entities of the meter are available; they never differ where this is asked."""
    unavailable = {
        state(hass, entry, key).state == "unavailable"
        for key, entity in entities(hass, entry).items()
        if not entity.disabled
        and entity.domain != "button"  # available only when it can do something
        and key not in {*OF_THE_ARCHIVE, "charge_cycle"}
    }
    (answer,) = unavailable
    return not answer


# --- Doing --------------------------------------------------------------------------------------


async def pass_time(hass: HomeAssistant, seconds: float = IDLE) -> None:
    """Let what is due within so many seconds happen now."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done(wait_background_tasks=True)


async def call_entity(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    service: str,
    key: str,
    *,
    context: Context | None = None,
    **data: object,
) -> None:
    """Call an action of an entity's platform."""
    entity_id = entities(hass, entry)[key].entity_id
    await hass.services.async_call(
        entity_id.partition(".")[0],
        service,
        {"entity_id": entity_id, **data},
        blocking=True,
        context=context,
    )


async def press(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, key: str, context: Context | None = None
) -> None:
    await call_entity(hass, entry, "press", key, context=context)


async def act(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    action: str,
    context: Context | None = None,
    **data: object,
) -> dict[str, Any]:
    """Call an action for a meter; return its response."""
    response = await hass.services.async_call(
        DOMAIN,
        action,
        {"device_id": device_id(hass, entry), **data},
        blocking=True,
        return_response=True,
        context=context,
    )
    assert response is not None
    return dict(response)


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What we and the libraries we use say in the log at WARNING and above."""
    return [
        f"{record.name}: {record.getMessage()}"
        for record in caplog.records
        if record.levelno >= logging.WARNING
        and record.name.startswith(("custom_components", "pymodbus", "modbus_connection"))
    ]
