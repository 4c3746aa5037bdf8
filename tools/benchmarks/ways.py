"""The ways to poll meters that are compared.

Each starts to poll when it is entered and continues on its own. It yields what to watch for a change
of error dword 1.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from enum import StrEnum
from pathlib import Path
import struct
from tempfile import TemporaryDirectory
from typing import Any, Final

from homeassistant import auth, loader
from homeassistant.bootstrap import async_load_base_functionality
from homeassistant.config_entries import SOURCE_USER, ConfigEntries
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import CoreState, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.setup import async_setup_component

from custom_components import lovato_dmed4
from custom_components.lovato_dmed4.const import CONF_INTERVAL_CHARGING, CONF_INTERVAL_IDLE, DOMAIN
from custom_components.lovato_dmed4.dmed4.lines import TcpLine
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from custom_components.lovato_dmed4.dmed4.model import MeterErrors

from .values import BLOCKS, ERRORS, INTERVAL, VALUES, Value

_HOST: Final = "127.0.0.1"
_STREAM_INTERVAL: Final = 0.1
_READ_INPUT: Final = 0x04
_HEADER: Final = struct.Struct(">HHHBB")  # transaction, protocol, length, unit, function

type Changes = asyncio.Queue[float]
"""When (`time.monotonic`) the watched state changed."""

type Way = Callable[[Sequence[int], Changes], AbstractAsyncContextManager[None]]


class WayName(StrEnum):
    """What polls."""

    IDLE = "idle"
    DMED4 = "dmed4"
    YAML = "yaml"
    YAML_SHOWN = "yaml_shown"
    BARE = "bare"
    STREAM = "stream"


# --- Home Assistant -------------------------------------------------------------------------------


@contextmanager
def _configuration() -> Iterator[str]:
    """Make a configuration folder with this integration in it."""
    with TemporaryDirectory() as folder:
        integrations = Path(folder, "custom_components")
        integrations.mkdir()
        (integrations / DOMAIN).symlink_to(Path(lovato_dmed4.__file__).parent)
        yield folder


@asynccontextmanager
async def home_assistant(changes: Changes, watched: str) -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant without a user interface; it reports changes of one entity's state."""
    with _configuration() as folder:
        hass = HomeAssistant(folder)
        hass.config.skip_pip = True
        hass.config_entries = ConfigEntries(hass, {})
        loader.async_setup(hass)
        await async_load_base_functionality(hass)
        hass.auth = await auth.auth_manager_from_config(hass, [], [])
        await set_up(hass, "homeassistant", {})
        hass.set_state(CoreState.running)
        _watch(hass, changes, watched)
        try:
            yield hass
        finally:
            await hass.async_stop(force=True)


def _watch(hass: HomeAssistant, changes: Changes, entity_id: str) -> None:
    @callback
    def is_watched(data: EventStateChangedData) -> bool:
        return data["entity_id"] == entity_id

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        changes.put_nowait(hass.loop.time())

    hass.bus.async_listen(EVENT_STATE_CHANGED, note, event_filter=is_watched)


async def set_up(hass: HomeAssistant, domain: str, config: dict[str, Any]) -> None:
    """Set an integration up, which has to succeed."""
    if not await async_setup_component(hass, domain, config):
        raise RuntimeError(f"{domain} could not be set up")
    await hass.async_block_till_done()


@asynccontextmanager
async def idle(ports: Sequence[int], changes: Changes) -> AsyncIterator[None]:
    """Poll nothing: what Home Assistant itself takes."""
    async with home_assistant(changes, ""):
        yield


@asynccontextmanager
async def dmed4(ports: Sequence[int], changes: Changes) -> AsyncIterator[None]:
    """Poll with this integration, set up as a user does."""
    async with home_assistant(changes, "binary_sensor.dmed404r_d0600_127_0_0_1_1_problem") as hass:
        # The first one gets the name without a number: its state is the one to watch.
        await add_meter(hass, ports[0])
        await asyncio.gather(*(add_meter(hass, port) for port in ports[1:]))
        yield


async def add_meter(hass: HomeAssistant, port: int, interval: int = INTERVAL) -> None:
    """Set a meter up as a user does, and let it be polled every so many seconds."""
    flow = hass.config_entries.flow
    menu = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    await flow.async_configure(menu["flow_id"], {"next_step_id": "modbus_tcp"})
    result = await flow.async_configure(
        menu["flow_id"], {"host": _HOST, "port": port, "unit_id": 1, "framing": "tcp"}
    )
    if "result" not in result:
        raise RuntimeError(f"the meter was not added: {result}")
    await hass.async_block_till_done()
    entry = result["result"]
    intervals = {CONF_INTERVAL_CHARGING: interval, CONF_INTERVAL_IDLE: interval}
    hass.config_entries.async_update_entry(entry, options={**entry.options, **intervals})
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


def modbus_yaml(values: Sequence[Value]) -> Way:
    """Poll some values with Home Assistant's Modbus integration, set up in YAML."""

    @asynccontextmanager
    async def way(ports: Sequence[int], changes: Changes) -> AsyncIterator[None]:
        async with home_assistant(changes, "sensor.errors_1_1") as hass:
            hubs = [_hub(number, port, values) for number, port in enumerate(ports, 1)]
            await set_up(hass, "modbus", {"modbus": hubs})
            yield

    return way


def _hub(number: int, port: int, values: Sequence[Value]) -> dict[str, Any]:
    return {
        "name": f"meter {number}",
        "type": "tcp",
        "host": _HOST,
        "port": port,
        "sensors": [
            {
                "name": f"{value.name} {number}",
                "unique_id": f"{number} {value.register}",
                "address": value.register - 1,
                "input_type": "input",
                "data_type": value.type,
                "scale": value.scale,
                "precision": 0 if value.scale == 1 else 4,
                "scan_interval": INTERVAL,
            }
            for value in values
        ],
    }


# --- Without Home Assistant -----------------------------------------------------------------------


@asynccontextmanager
async def every(seconds: float, poll: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Poll at a fixed rate in the background."""
    loop = asyncio.get_running_loop()

    async def run() -> None:
        due = loop.time()
        while True:
            await poll()
            due += seconds
            await asyncio.sleep(due - loop.time())

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        task.cancel()


@asynccontextmanager
async def bare(ports: Sequence[int], changes: Changes) -> AsyncIterator[None]:
    """Poll with frames made by hand over a socket: nothing in Python can take much less."""
    async with AsyncExitStack() as stack:
        for port in ports:
            reader, writer = await asyncio.open_connection(_HOST, port)
            stack.callback(writer.close)
            meter = BareMeter(reader, writer, changes)
            await stack.enter_async_context(every(INTERVAL, meter.poll))
        yield


class BareMeter:
    """Reads all values of one meter."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, changes: Changes
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._changes = changes
        self._errors = 0.0

    async def poll(self) -> None:
        """Make the four requests and decode the answers."""
        words = {first: await self._read(first, count) for first, count in BLOCKS}
        values = {value: _decode(value, words) for value in VALUES}
        if values[ERRORS] != self._errors:
            self._errors = values[ERRORS]
            self._changes.put_nowait(asyncio.get_running_loop().time())

    async def _read(self, first: int, count: int) -> bytes:
        request = struct.pack(">HH", first - 1, count)
        self._writer.write(_HEADER.pack(0, 0, 2 + len(request), 1, _READ_INPUT) + request)
        answer = await self._reader.readexactly(_HEADER.size + 1 + 2 * count)
        return answer[_HEADER.size + 1 :]


def _decode(value: Value, words: dict[int, bytes]) -> float:
    first = next(first for first, count in BLOCKS if first <= value.register < first + count)
    start = 2 * (value.register - first)
    signed = value.type.startswith("int")
    raw = int.from_bytes(words[first][start : start + value.bytes], signed=signed)
    return raw * value.scale


@asynccontextmanager
async def stream(ports: Sequence[int], changes: Changes) -> AsyncIterator[None]:
    """Read what the meter refreshes every 100 ms, and its status, as often."""
    async with AsyncExitStack() as stack:
        for port in ports:
            meter = ModbusMeter.on(TcpLine(host=_HOST, port=port), 1)
            stack.push_async_callback(meter.close)
            await stack.enter_async_context(
                every(_STREAM_INTERVAL, StreamMeter(meter, changes).poll)
            )
        yield


class StreamMeter:
    """Reads the fast values and the status of one meter."""

    def __init__(self, meter: ModbusMeter, changes: Changes) -> None:
        self._meter = meter
        self._changes = changes
        self._errors = MeterErrors(0)

    async def poll(self) -> None:
        """Make the three requests."""
        await self._meter.read_fast()
        errors = (await self._meter.read_status()).errors
        if errors != self._errors:
            self._errors = errors
            self._changes.put_nowait(asyncio.get_running_loop().time())


WAYS: Final[dict[WayName, Way]] = {
    WayName.IDLE: idle,
    WayName.DMED4: dmed4,
    WayName.YAML: modbus_yaml(VALUES),
    WayName.YAML_SHOWN: modbus_yaml([value for value in VALUES if value.shown]),
    WayName.BARE: bare,
    WayName.STREAM: stream,
}
