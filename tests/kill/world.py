"""Processes that are killed and started again, and what they leave behind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
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

_METER_READY = re.compile(r"public key [0-9a-f]+$")
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


class World:
    """A meter and a Home Assistant that knows it.

    Attributes:
        client: A user of that Home Assistant.
    """

    def __init__(
        self, folder: Path, port: int, transport: str, client: Client, cable: Cable
    ) -> None:
        self.client = client
        self._folder = folder
        self._port = port
        self._transport = transport
        self._cable = cable
        self._meter_port = free_port()
        self._meter: Process | None = None
        self._home_assistant: Process | None = None
        self._device_id = ""
        self._entry_id = ""
        self._charging = ""

    # --- Processes

    async def start_meter(self) -> None:
        """Switch the meter on; it goes on where it was."""
        options = {
            "rest": ("--rest", str(self._meter_port)),
            "modbus_tcp": ("--modbus-tcp", str(self._meter_port)),
            "modbus_serial": ("--rtu", self._cable.meter_path),
        }
        self._cable.plug_in()
        self._meter = await start(
            "The meter",
            *(sys.executable, "-u", "-m", "simulator"),
            *options[self._transport],
            *("--seed", str(_SEED), "--memory", self._folder),
            log=self._folder / "simulator.log",
            cwd=REPOSITORY,
        )
        await self._meter.wait_for_line(_METER_READY, READY_SECONDS)

    async def kill_meter(self) -> None:
        """Cut the meter's power."""
        self._cable.unplug()
        if self._meter is not None:
            await self._meter.kill()

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
        for process in (self._home_assistant, self._meter):
            if process is not None:
                await process.stop()

    # --- A user

    async def set_up(self) -> None:
        """Make a user and set the meter up."""
        client = self.client
        await client.onboard("Kill", "kill", "kill-dmed4")
        address = {"host": "127.0.0.1", "port": self._meter_port}
        line = {"baudrate": "115200", "data_format": "8N", "stop_bits": "1", "framing": "rtu"}
        fields: dict[str, dict[str, object]] = {
            "rest": {**address},
            "modbus_tcp": {**address, "unit_id": 1},
            "modbus_serial": {"device": self._cable.path, **line, "unit_id": 1},
        }
        entry_id = await client.set_up(self._transport, fields[self._transport])
        self._device_id, entities = await client.find_meter(entry_id)
        self._charging = entities["charging"]
        self._entry_id = entry_id

    async def saved(self) -> None:
        """Wait until user and meter are on disk: before that, a Home Assistant that is killed knows neither."""
        storage = self._folder / "config" / ".storage"

        async def written() -> bool:
            files = {"auth": "kill", "core.config_entries": self._entry_id}
            files |= {"core.entity_registry": self._charging}
            return all(
                text in (storage / name).read_text(encoding="utf-8") for name, text in files.items()
            )

        await eventually(written, _SAVED_SECONDS, "Saving")

    async def act(self, action: str) -> dict[str, Any]:
        """Perform an action with the meter."""
        return await self.client.act(action, self._device_id)

    async def is_charging(self) -> bool:
        """Tell whether a charge is running, as a dashboard shows it.

        Raises:
            DemoError: Nobody knows.
        """
        state: str = (await self.client.state(self._charging))["state"]
        if state not in {"on", "off"}:
            raise DemoError(f"The meter is {state}")
        return state == "on"

    async def settle(self) -> None:
        """Wait until Home Assistant has every record that it can have."""

        async def synchronised() -> bool:
            return bool((await self.act("synchronise_records"))["missing"] == 0)

        await eventually(synchronised, _SETTLED_SECONDS, "Synchronising")

    # --- What can happen to the archive

    @contextmanager
    def locked_archive(self) -> Iterator[None]:
        """Let another program keep the archive to itself."""
        with closing(sqlite3.connect(self._archive, isolation_level=None)) as database:
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

    # --- What is left

    @property
    def _archive(self) -> Path:
        return self._folder / "config" / "lovato_dmed4.db"

    def signed(self) -> list[str]:
        """Read what the meter has signed, out of its memory."""
        content = json.loads((self._folder / f"meter-{_SEED}.json").read_text(encoding="utf-8"))
        return [record["text"] for record in content["records"]]

    def commands(self) -> str:
        """Read from what the meter has signed which commands it was given: the letters of the manual."""
        payloads = [json.loads(text.split("|")[1]) for text in self.signed()]
        return "".join(payload["RD"][3]["TX"] for payload in payloads)

    def archived(self) -> list[str]:
        """Read what is in the archive."""
        return [raw.decode() for (raw,) in self._query("SELECT raw FROM dmed4_records ORDER BY id")]

    def outcomes(self) -> list[str]:
        """Read how the sessions in the archive ended."""
        return [outcome for (outcome,) in self._query("SELECT outcome FROM dmed4_sessions")]

    def remembered(self) -> list[dict[str, Any]]:
        """Read what is remembered of open charges."""
        files = (self._folder / "config" / ".storage").glob("lovato_dmed4.charge.*")
        return [json.loads(file.read_text(encoding="utf-8"))["data"] for file in files]

    def _query(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self._archive)) as database:
            return database.execute(statement).fetchall()


@asynccontextmanager
async def world(folder: Path, transport: str) -> AsyncIterator[World]:
    """Make a world; its processes are gone afterwards."""
    port = free_port()
    prepare(folder, port, _CONFIGURATION)
    with Cable() as cable:
        async with connected(base_url(port)) as client:
            made = World(folder, port, transport, client, cable)
            try:
                await made.start_meter()
                await made.start_home_assistant()
                await made.set_up()
                yield made
            finally:
                await made.stop()
