"""A Home Assistant with meters for tests in a browser, told what to do over its standard input.

Each line in is a JSON object whose `do` names one of the `Bench`'s orders, `start` being the first, and
whose other members are its arguments; each line out is `{"result": …}` or `{"error": …}`. When the
input ends, everything is ended. The folder to work in is the only argument of the program.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
import json
from pathlib import Path
import sys
from typing import Any, Final

from simulator import ModbusTcpServer, RestServer, SimulatedMeter
from simulator.past import PastCharge, Powers, meter_with_past
from tools.demo.check import find_log_errors
from tools.demo.client import Client, Tokens, connected
from tools.demo.console import DemoError
from tools.demo.home_assistant import LOG_NAME, base_url, free_port, home_assistant, prepare
from tools.demo.process import Process

from .recorded import record_powers

ADMIN: Final = "admin"
GUEST: Final = "guest"
PASSWORD: Final = "demo-dmed4"


type Server = RestServer | ModbusTcpServer


class Bench:
    """What the tests can ask for; every public method is an order."""

    _process: Process

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._expected: list[str] = []
        self._unplugged: set[str] = set()
        self._connection = AsyncExitStack()
        self._home_assistant = AsyncExitStack()
        self._users: dict[str, tuple[Client, Tokens]] = {}
        self._made = 0
        self._meters: dict[str, SimulatedMeter] = {}
        self._servers: dict[str, Server] = {}
        self._entries: list[str] = []

    async def start(
        self,
        past: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        *,
        remember: bool = False,
    ) -> dict[str, object]:
        """Set new meters up, in place of those that there were before; return what there is.

        They may have a past, the charges that they have made, and Home Assistant may remember what
        their power was then, as if it had been there. Then Home Assistant is new, too, so that it has
        no other charges. Without a past, one that runs is kept: to start one takes seconds.
        """
        if past or not self._users:
            await self.end()
            await self._begin()
        former = self._entries, self._servers
        self._unplugged.clear()
        powers = await self._make_meters(past or {})
        meters = await self._set_meters_up()
        await self._remove_meters(*former)
        if past:
            for meter in meters.values():
                await self._client.act("synchronise_records", meter["device_id"])
        if remember:
            await self._remember(meters, powers)
        return {
            "url": base_url(self._port),
            **{user: tokens for user, (_, tokens) in self._users.items()},
            "meters": meters,
        }

    @property
    def _client(self) -> Client:
        return self._users[ADMIN][0]

    async def _begin(self) -> None:
        """Start a new Home Assistant with its two users."""
        prepare(self._folder, self._port)
        await self._start_home_assistant()
        for user in ADMIN, GUEST:
            client = await self._connection.enter_async_context(connected(base_url(self._port)))
            if user == ADMIN:
                tokens = await client.onboard("Demo", user, PASSWORD)
            else:
                await self._client.add_user("Guest", user, PASSWORD)
                tokens = await client.log_in(user, PASSWORD)
            self._users[user] = client, tokens

    async def _make_meters(
        self, past: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> dict[str, Powers]:
        powers: dict[str, Powers] = {}
        for transport in "rest", "modbus_tcp":
            self._made += 1
            charges = [PastCharge(**charge) for charge in past.get(transport, ())]
            self._meters[transport], powers[transport] = meter_with_past(self._made, charges)
        self._servers = {
            "rest": RestServer(self._meters["rest"]),
            "modbus_tcp": ModbusTcpServer(self._meters["modbus_tcp"]),
        }
        for server in self._servers.values():
            await server.start()
        return powers

    async def _set_meters_up(self) -> dict[str, dict[str, Any]]:
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
        self._entries = [meter["entry_id"] for meter in meters.values()]
        return meters

    async def _remove_meters(self, entries: Iterable[str], servers: Mapping[str, Server]) -> None:
        """Remove former meters, and what people have entered about their charges."""
        for entry_id in entries:
            await self._client.request("DELETE", f"/api/config/config_entries/entry/{entry_id}")
        for server in servers.values():
            await server.stop()
        if not servers:
            return
        for kind in "driver", "price":
            command = f"lovato_dmed4/{kind}s"
            (listed,) = await self._client.commands(f"{command}/list")
            key = f"{kind}_id"
            await self._client.commands(
                *({"type": f"{command}/delete", key: one[key]} for one in listed[f"{kind}s"])
            )

    async def _remember(
        self, meters: Mapping[str, dict[str, Any]], powers: Mapping[str, Powers]
    ) -> None:
        """Let Home Assistant have recorded what the power was."""
        sensors = {transport: meter["entities"]["power"] for transport, meter in meters.items()}
        units = {
            transport: (await self._client.state(sensor))["attributes"]["unit_of_measurement"]
            for transport, sensor in sensors.items()
        }
        await self._home_assistant.aclose()
        for transport, sensor in sensors.items():
            record_powers(self._folder, sensor, units[transport], powers[transport])
        await self._start_home_assistant()

    async def _start_home_assistant(self) -> None:
        self._process = await self._home_assistant.enter_async_context(home_assistant(self._folder))

    async def end(self) -> None:
        """End everything; nobody needs what Home Assistant would write when it is asked to stop."""
        if self._users:
            await self._process.kill()
        await self._home_assistant.aclose()
        await self._connection.aclose()
        for server in self._servers.values():
            await server.stop()
        self._users.clear()
        self._entries.clear()
        self._servers.clear()
        self._made = 0
        self._expected.clear()
        self._unplugged.clear()

    # --- orders -------------------------------------------------------------------------------

    async def restart(self) -> None:
        """Restart Home Assistant."""
        await self._home_assistant.aclose()
        await self._start_home_assistant()

    async def speak(self, user: str, language: str) -> None:
        """Choose a language in a user's profile; pages that are open follow."""
        await self._users[user][0].commands(
            {"type": "frontend/set_user_data", "key": "language", "value": {"language": language}}
        )

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
