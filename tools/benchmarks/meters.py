"""Simulated meters in a process of their own, so that their CPU time is measured separately.

Started as `python -m tools.benchmarks.meters COUNT`. Each meter is in the middle of a charge, so that its
values change. Both sides talk in lines of JSON over the pipes.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
import json
import sys
import time
from typing import TYPE_CHECKING, Any, Final

from simulator import Command, ModbusTcpServer, SimulatedMeter

_PROTOTYPE: Final = (
    b'{"FV":"1.3","GI":"DMED4","PG":"T0","IS":true,"IL":"TRUSTED","IF":["RFID_PLAIN"],'
    b'"IT":"ISO14443","ID":"01020304"}'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What all meters together were asked and sent so far."""

    requests: int
    bytes_in: int
    bytes_out: int

    def __sub__(self, other: Traffic) -> Traffic:
        return Traffic(
            requests=self.requests - other.requests,
            bytes_in=self.bytes_in - other.bytes_in,
            bytes_out=self.bytes_out - other.bytes_out,
        )


class Meters:
    """The meters' process, as the process that measures sees it.

    Attributes:
        ports: of the meters' Modbus TCP servers on this machine.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.ports: list[int] = []

    async def traffic(self) -> Traffic:
        """Ask for the traffic so far."""
        return Traffic(**await self._ask("traffic"))

    async def toggle_error(self) -> float:
        """Raise an error of the first meter, or reset it; return when (`time.monotonic`)."""
        changed_at: float = await self._ask("toggle_error")
        return changed_at

    async def read(self) -> Any:
        """Read the next line.

        Raises:
            RuntimeError: the process has ended.
        """
        if TYPE_CHECKING:
            assert self._process.stdout is not None
        if not (line := await self._process.stdout.readline()):
            raise RuntimeError("the meters' process has ended")
        return json.loads(line)

    async def _ask(self, question: str) -> Any:
        if TYPE_CHECKING:
            assert self._process.stdin is not None
        self._process.stdin.write(f"{question}\n".encode())
        return await self.read()


@asynccontextmanager
async def charging_meters(count: int) -> AsyncIterator[Meters]:
    """Run so many meters, each of which charges."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", __name__, str(count)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        meters = Meters(process)
        meters.ports = await meters.read()
        yield meters
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _serve(count: int) -> None:
    meters = [_charging(seed) for seed in range(1, count + 1)]
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(ModbusTcpServer(meter)) for meter in meters]
        _say([server.port for server in servers])
        async for question in _lines():
            match question:
                case "traffic":
                    _say(asdict(_traffic(servers)))
                case "toggle_error":
                    _say(_toggle_error(meters[0]))


async def _lines() -> AsyncIterator[str]:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    async for line in reader:
        yield line.decode().strip()


def _charging(seed: int) -> SimulatedMeter:
    meter = SimulatedMeter(seed=seed, checking_time=0, signing_time=0)
    meter.configure(datetime=round(time.time()))
    meter.submit_prototype(_PROTOTYPE)
    meter.update()
    meter.command(Command.BEGIN)
    return meter


def _traffic(servers: list[ModbusTcpServer]) -> Traffic:
    return Traffic(
        requests=sum(len(server.requests) for server in servers),
        bytes_in=sum(server.bytes_in for server in servers),
        bytes_out=sum(server.bytes_out for server in servers),
    )


def _toggle_error(meter: SimulatedMeter) -> float:
    if meter.errors_1:
        meter.reset_errors()
    else:
        meter.set_error(1, 0)
    return time.monotonic()


def _say(answer: object) -> None:
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
