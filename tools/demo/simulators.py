"""The simulated meters of the demo."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
import re
import sys

from .console import DemoError
from .home_assistant import REPOSITORY
from .process import running

READY_SECONDS = 20
READY_LINE = re.compile(
    r"(?P<name>\S+ serial \d+) .*?(?P<host>\d+(\.\d+){3}):(?P<port>\d+).* public key (?P<key>[0-9a-f]+)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A simulated meter that is ready to be talked to."""

    transport: str
    name: str
    host: str
    port: int
    public_key: bytes

    def __str__(self) -> str:
        """Return how the demo speaks of the meter."""
        return {"rest": "REST meter", "modbus_tcp": "Modbus TCP meter"}[self.transport]

    @property
    def settings(self) -> dict[str, object]:
        """What the config flow asks for."""
        address: dict[str, object] = {"host": self.host, "port": self.port}
        if self.transport == "rest":
            return address
        # Over Modbus, a meter does not say what its type plate does.
        return {**address, "unit_id": 1, "serial_number": self.name.rpartition(" ")[2]}


def parse_ready_line(transport: str, line: str) -> Meter:
    """Read name, address and public key from the simulator's own line."""
    if not (found := READY_LINE.search(line)):
        raise DemoError(f"The simulator printed something unexpected: {line}")
    return Meter(
        transport=transport,
        name=found["name"],
        host=found["host"],
        port=int(found["port"]),
        public_key=bytes.fromhex(found["key"]),
    )


@asynccontextmanager
async def simulated_meter(
    transport: str,
    seed: int,
    folder: Path,
    readings: Sequence[str] = (),
    *,
    lived_in: bool = False,
) -> AsyncIterator[Meter]:
    """Run one meter on a free port; the seed makes it a meter of its own, maybe with a past.

    The readings, `NAME=VALUE`, say how it reads the open places of the manual.
    """
    option = f"--{transport.replace('_', '-')}"
    chosen = [f"--reading={reading}" for reading in readings]
    new = ("simulator", option, "0", "--seed", str(seed), *chosen)
    async with running(
        f"The {transport} meter",
        sys.executable,
        "-u",
        "-m",
        *(("tools.demo.meter", transport, str(seed)) if lived_in else new),
        log=folder / f"simulator-{transport}.log",
        cwd=REPOSITORY,
    ) as process:
        ready = await process.wait_for_line(READY_LINE, READY_SECONDS)
        yield parse_ready_line(transport, ready.string)
