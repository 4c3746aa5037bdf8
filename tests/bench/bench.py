"""A Home Assistant with meters for tests in a browser, told what to do over its standard input.

Each line in is a JSON object whose `do` names one of the `Bench`'s orders, `start` being the first, and
whose other members are its arguments; each line out is `{"result": …}` or `{"error": …}`. When the
input ends, everything is ended. The folder to work in is the only argument of the program.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
import json
from pathlib import Path
import sys
from typing import Any, Final

from simulator import ModbusTcpServer, RestServer, SimulatedMeter
from simulator.past import PastCharge, Powers, meter_with_past
from tools.demo.check import find_log_errors
from tools.demo.client import Client, connected
from tools.demo.console import DemoError
from tools.demo.home_assistant import LOG_NAME, base_url, free_port, home_assistant, prepare
from tools.demo.process import Process

from .recorded import record_powers

ADMIN: Final = "demo"
GUEST: Final = "guest"
PASSWORD: Final = "demo-dmed4"


class Bench:
    """What the tests can ask for; every public method is an order."""

    _client: Client
    _process: Process

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._expected: list[str] = []
        self._unplugged: set[str] = set()
        self._connection = AsyncExitStack()
        self._home_assistant = AsyncExitStack()
        self._meters: dict[str, SimulatedMeter] = {}
        self._servers: dict[str, RestServer | ModbusTcpServer] = {}

    async def start(
        self,
        past: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        *,
        remember: bool = False,
    ) -> dict[str, object]:
        """Start everything and set it up, in place of what there was before; return what there is.

        Meters may have a past, the charges that they have made, and Home Assistant may remember what
        their power was then, as if it had been there.
        """
        await self.end()
        prepare(self._folder, self._port)
        self._client = await self._connection.enter_async_context(connected(base_url(self._port)))
        powers: dict[str, Powers] = {}
        for number, transport in enumerate(("rest", "modbus_tcp"), 1):
            charges = [PastCharge(**charge) for charge in (past or {}).get(transport, ())]
            self._meters[transport], powers[transport] = meter_with_past(number, charges)
        self._servers["rest"] = RestServer(self._meters["rest"])
        self._servers["modbus_tcp"] = ModbusTcpServer(self._meters["modbus_tcp"])
        for server in self._servers.values():
            await server.start()
        await self._start_home_assistant()
        admin = await self._client.onboard("Demo", ADMIN, PASSWORD)
        await self._client.add_user("Guest", GUEST, PASSWORD)
        meters: dict[str, dict[str, Any]] = {}
        for transport, server in self._servers.items():
            settings: dict[str, object] = {"host": server.host, "port": server.port}
            if transport == "modbus_tcp":
                settings["unit_id"] = 1
            entry_id = await self._client.set_up(transport, settings)
            device_id, entities = await self._client.find_meter(entry_id)
            meters[transport] = {
                "device_id": device_id,
                "entry_id": entry_id,
                "entities": entities,
            }
            if past:
                await self._client.act("synchronise_records", device_id)
        if remember:
            sensors = {transport: meter["entities"]["power"] for transport, meter in meters.items()}
            units = {
                transport: (await self._client.state(sensor))["attributes"]["unit_of_measurement"]
                for transport, sensor in sensors.items()
            }
            await self._home_assistant.aclose()
            for transport, sensor in sensors.items():
                record_powers(self._folder, sensor, units[transport], powers[transport])
            await self._start_home_assistant()
        return {
            "url": base_url(self._port),
            "admin": admin,
            "guest": await self._client.log_in(GUEST, PASSWORD),
            "meters": meters,
        }

    async def _start_home_assistant(self) -> None:
        self._process = await self._home_assistant.enter_async_context(home_assistant(self._folder))

    async def end(self) -> None:
        """End everything; nobody needs what Home Assistant would write when it is asked to stop."""
        if self._servers:
            await self._process.kill()
        await self._home_assistant.aclose()
        await self._connection.aclose()
        for server in self._servers.values():
            await server.stop()
        self._expected.clear()
        self._unplugged.clear()

    # --- orders -------------------------------------------------------------------------------

    async def restart(self) -> None:
        """Restart Home Assistant."""
        await self._home_assistant.aclose()
        await self._start_home_assistant()

    async def dashboard(
        self, path: str, views: list[dict[str, object]], title: str = "Test"
    ) -> None:
        """Make a dashboard."""
        await self._client.add_dashboard(path, title, views)

    async def name(self, device_id: str, name: str) -> None:
        """Call a device as its owner would."""
        await self._client.commands(
            {
                "type": "config/device_registry/update",
                "device_id": device_id,
                "name_by_user": name,
            }
        )

    async def act(self, meter: str, action: str, **data: object) -> dict[str, Any]:
        """Perform one of the integration's actions as the administrator."""
        return await self._client.act(action, meter, **data)

    async def unplug(self, meter: str) -> None:
        """Take a meter off the network, which Home Assistant's log says, too."""
        self._expected += "The device cannot be reached", "The device does not answer"
        self._unplugged.add(meter)
        await self._servers[meter].stop()

    async def plug(self, meter: str) -> None:
        """Put it back, if it was taken off."""
        if meter in self._unplugged:
            self._unplugged.remove(meter)
            await self._servers[meter].start()

    async def slow(self, meter: str, seconds: float) -> None:
        """Let each of a meter's answers take so long."""
        self._servers[meter].faults.delay = seconds

    async def plant(self, meter: str, record: str) -> None:
        """Let a meter have signed anything, and the archive get it."""
        self._meters[meter].plant_record(record.encode())

    async def fill(self, meter: str, records: int) -> None:
        """Let a meter have so many records more, of charges that nobody here knows of."""
        self._meters[meter].fill_logbook(records)

    async def key(self, meter: str) -> str:
        """Tell the public key of a meter, as people exchange it."""
        return self._meters[meter].public_key_ocmf.hex()

    async def fail(self, meter: str, dword: int, bit: int) -> None:
        """Let a meter report an error."""
        self._meters[meter].set_error(dword, bit)

    async def fail_power(self, meter: str) -> None:
        """Let the power of a meter fail for a moment."""
        self._meters[meter].power_failure()

    async def records(self, meter: str) -> list[str]:
        """Tell the records that a meter has signed."""
        return list(self._meters[meter].records)

    async def requests(self, meter: str) -> list[str]:
        """Tell the requests that a meter has received, the Modbus ones in hexadecimal digits."""
        requests = self._servers[meter].requests
        return [one.hex() if isinstance(one, bytes) else str(one) for one in requests]

    async def complaints(self) -> list[str]:
        """Tell the errors of ours in Home Assistant's log, but for those that were asked for."""
        found, _ = find_log_errors((self._folder / LOG_NAME).read_text())
        return [one for one in found if not any(text in one for text in self._expected)]


@asynccontextmanager
async def _lines() -> AsyncIterator[asyncio.StreamReader]:
    """Read standard input without blocking."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        partial(asyncio.StreamReaderProtocol, reader), sys.stdin
    )
    try:
        yield reader
    finally:
        transport.close()


def _tell(**answer: object) -> None:
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()


async def _obey(bench: Bench, line: bytes) -> None:
    order = json.loads(line)
    method: Callable[..., Awaitable[object]] = getattr(bench, order.pop("do"))
    try:
        _tell(result=await method(**order))
    except (DemoError, OSError) as err:
        _tell(error=str(err))


async def main(folder: Path) -> None:
    """Serve orders until there are no more."""
    async with _lines() as lines:
        bench = Bench(folder)
        try:
            async for line in lines:
                await _obey(bench, line)
        finally:
            await bench.end()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
