"""Processes that are killed and started again, and what they leave behind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
import json
from pathlib import Path
import re
import resource
import sqlite3
import sys
from typing import Any

from aiohttp import ClientError

from tools.demo.client import Client, connected
from tools.demo.console import DemoError
from tools.demo.home_assistant import (
    READY,
    REPOSITORY,
    START_SECONDS,
    base_url,
    free_port,
    prepare,
    start_home_assistant,
)
from tools.demo.process import Process, start
from tools.demo.simulators import READY_SECONDS

from .cable import Cable

# What is not needed takes time at each start.
_CONFIGURATION = """\
homeassistant:
  name: DMED4 kill test
  time_zone: Europe/Rome
  internal_url: {url}

api:
config:

logger:
  default: warning
  logs:
    custom_components: info
    homeassistant.core: info
    haffmpeg: critical
    homeassistant.components.camera.img_util: critical
"""

# In the order in which the simulator numbers its meters; what it says of one that is ready.
TRANSPORTS = {
    "rest": re.compile(r" REST http.* public key [0-9a-f]+$"),
    "modbus_tcp": re.compile(r" Modbus TCP .* public key [0-9a-f]+$"),
    "modbus_serial": re.compile(r" Modbus RTU .* public key [0-9a-f]+$"),
}
_SEED = 1
# Home Assistant saves a new login and a new entry within some seconds.
_SAVED_SECONDS = 30
# Longer than any pause that the integration makes between two attempts of anything.
_SETTLED_SECONDS = 400
_PAUSE = 0.2

# What whoever uses a Home Assistant gets to see that is just being killed, started or let down.
MISHAPS = (DemoError, ClientError, TimeoutError, OSError)


async def eventually(attempt: Callable[[], Awaitable[bool]], seconds: float, what: str) -> None:
    """Try until it works out, whatever goes wrong meanwhile."""
    mishap: BaseException | None = None
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    if await attempt():
                        return
                except MISHAPS as err:
                    mishap = err
                await asyncio.sleep(_PAUSE)
    except TimeoutError:
        raise DemoError(f"{what} was not done within {seconds:.0f} s: {mishap}") from mishap


class Meter:
    """A simulated meter, a user's view of it, and what it leaves behind.

    Attributes:
        transport: How Home Assistant reaches it.
        option: What the simulator is started with for it.
        entry_id: Of its config entry.
        charging: The entity that shows whether it charges.
    """

    def __init__(
        self, folder: Path, transport: str, seed: int, client: Client, cable: Cable
    ) -> None:
        port = free_port()
        address = {"host": "127.0.0.1", "port": port}
        line = {"baudrate": "115200", "data_format": "8N", "stop_bits": "1", "framing": "rtu"}
        options: dict[str, tuple[str, str | Path]] = {
            "rest": ("--rest", str(port)),
            "modbus_tcp": ("--modbus-tcp", str(port)),
            "modbus_serial": ("--rtu", cable.meter_path),
        }
        fields: dict[str, dict[str, object]] = {
            "rest": {**address},
            "modbus_tcp": {**address, "unit_id": 1},
            "modbus_serial": {"device": cable.path, **line, "unit_id": 1},
        }
        self.transport = transport
        self.option = options[transport]
        self.entry_id = ""
        self.charging = ""
        self._fields = fields[transport]
        self._folder = folder
        self._seed = seed
        self._client = client
        self._device_id = ""

    # --- A user

    async def set_up(self) -> None:
        """Set the meter up."""
        self.entry_id = await self._client.set_up(self.transport, self._fields)
        self._device_id, entities = await self._client.find_meter(self.entry_id)
        self.charging = entities["charging"]

    async def act(self, action: str) -> dict[str, Any]:
        """Perform an action with the meter."""
        return await self._client.act(action, self._device_id)

    async def is_charging(self) -> bool:
        """Tell whether a charge is running, as a dashboard shows it.

        Raises:
            DemoError: Nobody knows.
        """
        state: str = (await self._client.state(self.charging))["state"]
        if state not in {"on", "off"}:
            raise DemoError(f"The meter is {state}")
        return state == "on"

    async def settle(self) -> None:
        """Wait until Home Assistant has every record that it can have."""

        async def synchronised() -> bool:
            return bool((await self.act("synchronise_records"))["missing"] == 0)

        await eventually(synchronised, _SETTLED_SECONDS, f"Synchronising over {self.transport}")

    # --- What is left

    def signed(self) -> list[str]:
        """Read what the meter has signed, out of its memory."""
        memory = self._folder / f"meter-{self._seed}.json"
        content = json.loads(memory.read_text(encoding="utf-8"))
        return [record["text"] for record in content["records"]]

    def commands(self) -> str:
        """Read from what the meter has signed which commands it was given: the letters of the manual."""
        payloads = [json.loads(text.split("|")[1]) for text in self.signed()]
        return "".join(payload["RD"][3]["TX"] for payload in payloads)

    def archived(self) -> list[str]:
        """Read what is in the archive."""
        return [raw.decode() for raw in self._query("raw", "dmed4_records")]

    def outcomes(self) -> list[str]:
        """Read how the sessions in the archive ended."""
        return [str(outcome) for outcome in self._query("outcome", "dmed4_sessions")]

    def remembered(self) -> list[dict[str, Any]]:
        """Read what is remembered of open charges."""
        files = self._storage.glob(f"lovato_dmed4.charge.{self.entry_id}*")
        return [json.loads(file.read_text(encoding="utf-8"))["data"] for file in files]

    @property
    def _storage(self) -> Path:
        return self._folder / "config" / ".storage"

    def _query(self, column: str, table: str) -> list[Any]:
        stored = json.loads((self._storage / "core.config_entries").read_text(encoding="utf-8"))
        (unique_id,) = (
            entry["unique_id"]
            for entry in stored["data"]["entries"]
            if entry["entry_id"] == self.entry_id
        )
        statement = (
            f"SELECT {column} FROM {table} JOIN dmed4_meters ON dmed4_meters.id = meter_id"  # noqa: S608
            f" WHERE unique_id = ? ORDER BY {table}.id"
        )
        with closing(sqlite3.connect(archive(self._folder))) as database:
            return [value for (value,) in database.execute(statement, (unique_id,))]


def archive(folder: Path) -> Path:
    """Return the archive's file."""
    return folder / "config" / "lovato_dmed4.db"


class World:
    """Meters and a Home Assistant that knows them.

    Attributes:
        client: A user of that Home Assistant.
        meters: In the order in which the simulator numbers them.
    """

    def __init__(
        self, folder: Path, port: int, transports: Collection[str], client: Client, cable: Cable
    ) -> None:
        self.client = client
        chosen = (transport for transport in TRANSPORTS if transport in transports)
        self.meters = [
            Meter(folder, transport, seed, client, cable)
            for seed, transport in enumerate(chosen, _SEED)
        ]
        self._folder = folder
        self._port = port
        self._cable = cable
        self._simulator: Process | None = None
        self._home_assistant: Process | None = None

    # --- Processes

    async def start_meters(self) -> None:
        """Switch the meters on; they go on where they were."""
        self._cable.plug_in()
        self._simulator = await start(
            "The simulator",
            *(sys.executable, "-u", "-m", "simulator"),
            *(part for meter in self.meters for part in meter.option),
            *("--seed", str(_SEED), "--memory", self._folder),
            log=self._folder / "simulator.log",
            cwd=REPOSITORY,
        )
        for meter in self.meters:
            await self._simulator.wait_for_line(TRANSPORTS[meter.transport], READY_SECONDS)

    async def kill_meters(self) -> None:
        """Cut the meters' power."""
        self._cable.unplug()
        if self._simulator is not None:
            await self._simulator.kill()

    async def start_home_assistant(self, *, ready: bool = True) -> None:
        """Start Home Assistant."""
        self._home_assistant = await start_home_assistant(self._folder)
        if ready:
            await self.until_ready()

    async def until_ready(self) -> None:
        """Wait until Home Assistant has started."""
        assert self._home_assistant is not None
        await self._home_assistant.wait_for_line(READY, START_SECONDS)

    async def kill_home_assistant(self) -> None:
        """Kill Home Assistant."""
        if self._home_assistant is not None:
            await self._home_assistant.kill()

    async def stop(self) -> None:
        """Stop what runs, in order."""
        for process in (self._home_assistant, self._simulator):
            if process is not None:
                await process.stop()

    # --- A user

    async def set_up(self) -> None:
        """Make a user and set the meters up."""
        await self.client.onboard("Kill", "kill", "kill-dmed4")
        for meter in self.meters:
            await meter.set_up()

    async def saved(self) -> None:
        """Wait until user and meters are on disk: before that, a Home Assistant that is killed knows neither."""
        storage = self._folder / "config" / ".storage"
        needed = {
            "auth": ["kill"],
            "core.config_entries": [meter.entry_id for meter in self.meters],
            "core.entity_registry": [meter.charging for meter in self.meters],
        }

        async def written() -> bool:
            files = {name: (storage / name).read_text(encoding="utf-8") for name in needed}
            return all(text in files[name] for name, texts in needed.items() for text in texts)

        await eventually(written, _SAVED_SECONDS, "Saving")

    async def settle(self) -> None:
        """Wait until Home Assistant has every record that it can have."""
        await asyncio.gather(*(meter.settle() for meter in self.meters))

    # --- What can happen to the archive

    @contextmanager
    def locked_archive(self) -> Iterator[None]:
        """Let another program keep the archive to itself."""
        with closing(sqlite3.connect(archive(self._folder), isolation_level=None)) as database:
            database.execute("BEGIN EXCLUSIVE")
            try:
                yield
            finally:
                database.execute("ROLLBACK")

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Let Home Assistant write not one more byte to any file."""
        assert self._home_assistant is not None
        number = self._home_assistant.number
        _, most = resource.prlimit(number, resource.RLIMIT_FSIZE)
        resource.prlimit(number, resource.RLIMIT_FSIZE, (0, most))
        try:
            yield
        finally:
            resource.prlimit(number, resource.RLIMIT_FSIZE, (most, most))


@asynccontextmanager
async def world(folder: Path, transports: Collection[str]) -> AsyncIterator[World]:
    """Make a world; its processes are gone afterwards."""
    port = free_port()
    prepare(folder, port, _CONFIGURATION)
    with Cable() as cable:
        async with connected(base_url(port)) as client:
            made = World(folder, port, transports, client, cable)
            try:
                await made.start_meters()
                await made.start_home_assistant()
                await made.set_up()
                yield made
            finally:
                await made.stop()
