"""Simulated meters on this machine: `python -m simulator --rest 8081 --modbus-tcp 5020`."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
import hashlib
from itertools import count
from pathlib import Path
import signal
import sys
from typing import Any, Self

from . import (
    MODELS,
    OPEN_PLACES,
    GatewayServer,
    LastingMeter,
    ModbusTcpServer,
    Readings,
    RemoteDisplay,
    ReplayedMeter,
    RestServer,
    SerialOverTcpServer,
    SerialServer,
    SimulatedMeter,
    open_pty,
)
from .servers import SerialFramingName

_PROGRAM = "python -m simulator"
_GATEWAY_UNITS = (2, 3)
_DISPLAY_CHANNELS = (1, 2)


class Stand:
    """What the command line has plugged in; it prints a line for each device that is ready.

    Args:
        host: Address to listen on.
        model: Of all meters.
        seed: Of the first meter; the next ones count on from it.
        memory: The folder where meters keep their records; None for meters that forget them.
        readings: Open places of the manual with readings other than the default, of all devices.
    """

    def __init__(
        self,
        *,
        host: str,
        model: str,
        seed: int,
        memory: Path | None = None,
        readings: Mapping[str, str] | None = None,
    ) -> None:
        self._host = host
        self._readings = readings
        self._model = model
        self._memory = memory
        self._seeds = count(seed)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def meter(
        self, *, rest: int | None = None, modbus: int | None = None, tls: bool = False
    ) -> None:
        """Plug a meter in at its Ethernet port: HTTP or HTTPS, Modbus TCP, or both."""
        meter = self._new_meter()
        addresses = []
        if rest is not None:
            web = await self._plug_in(RestServer(meter, host=self._host, port=rest, tls=tls))
            addresses.append(f"REST {web.url}")
            if tls:
                addresses.append(f"certificate {web.certificate_fingerprint}")
        if modbus is not None:
            server = await self._plug_in(ModbusTcpServer(meter, host=self._host, port=modbus))
            addresses.append(f"Modbus TCP {server.host}:{server.port} unit {server.unit_id}")
        _say_ready(meter, *addresses)

    async def serial(self, device: str, framing: SerialFramingName) -> None:
        """Plug a meter in at a serial port, or at a new pty."""
        meter = self._new_meter()
        cable = self._stack.enter_context(open_pty()) if device == "pty" else device
        server = await self._plug_in(SerialServer({1: meter}, cable, framing=framing))
        _say_ready(meter, f"Modbus {framing.upper()} {server.path} unit 1")

    async def serial_over_tcp(self, port: int, framing: SerialFramingName) -> None:
        """Plug a meter in behind a serial device server."""
        meter = self._new_meter()
        server = await self._plug_in(
            SerialOverTcpServer({1: meter}, framing=framing, host=self._host, port=port)
        )
        address = f"{server.host}:{server.port}"
        _say_ready(meter, f"Modbus {framing.upper()} over TCP {address} unit 1")

    async def gateway(self, port: int) -> None:
        """Plug in a meter that is a gateway to others."""
        gateway = self._new_meter(parameters={"P05_05": 1})
        units = {unit: self._new_meter() for unit in _GATEWAY_UNITS}
        server = await self._plug_in(GatewayServer(gateway, units, host=self._host, port=port))
        for unit, meter in {server.unit_id: gateway, **units}.items():
            _say_ready(meter, f"Modbus TCP gateway {server.host}:{server.port} unit {unit}")

    async def display(self, ports: tuple[int, int]) -> None:
        """Plug in a remote display with its meters."""
        meters = {channel: self._new_meter() for channel in _DISPLAY_CHANNELS}
        display = RemoteDisplay("DMED4DC1", meters, readings=self._readings)
        rest, modbus = ports
        web = await self._plug_in(RestServer(display, host=self._host, port=rest))
        server = await self._plug_in(ModbusTcpServer(display, host=self._host, port=modbus))
        _say(
            f"{display.name} REST {web.url} "
            f"Modbus TCP {server.host}:{server.port} unit {server.unit_id}"
        )
        for channel, meter in meters.items():
            _say_ready(meter, f"REST {web.url} channel {channel}")

    async def replay(self, file: Path) -> None:
        """Plug in a meter that answers again what a real one once answered."""
        meter = ReplayedMeter.load(file)
        if meter.transport == "rest":
            web = await self._plug_in(RestServer(meter, host=self._host))
            address = f"REST {web.url}"
        else:
            server = await self._plug_in(
                ModbusTcpServer(meter, host=self._host, unit_id=meter.unit_id)
            )
            address = f"Modbus TCP {server.host}:{server.port} unit {server.unit_id}"
        _say(f"replay of {file} {address}")

    async def _plug_in[Server: AbstractAsyncContextManager[object]](self, server: Server) -> Server:
        await self._stack.enter_async_context(server)
        return server

    def _new_meter(self, parameters: dict[str, int] | None = None) -> SimulatedMeter:
        settings: dict[str, Any] = {
            "model": self._model,
            "parameters": parameters,
            "readings": self._readings,
        }
        seed = next(self._seeds)
        if self._memory is None:
            return SimulatedMeter(seed=seed, **settings)
        return LastingMeter(self._memory / f"meter-{seed}.json", seed=seed, **settings)


def _two_ports(text: str) -> tuple[int, int]:
    rest, modbus = text.split(":")
    return int(rest), int(modbus)


@dataclass(frozen=True)
class _Option:
    """An option that starts devices.

    Attributes:
        name: As it is given.
        type: What its argument is made into.
        metavar: What its argument is called.
        help: What it starts.
        start: Starts it.
    """

    name: str
    type: Callable[[str], Any]
    metavar: str
    help: str
    start: Callable[[Stand, Any], Awaitable[None]]

    @property
    def destination(self) -> str:
        return self.name.removeprefix("--").replace("-", "_")


_OPTIONS = (
    _Option("--rest", int, "PORT", "a meter over HTTP", lambda s, port: s.meter(rest=port)),
    _Option(
        "--modbus-tcp", int, "PORT", "a meter over Modbus TCP", lambda s, port: s.meter(modbus=port)
    ),
    _Option(
        "--both",
        _two_ports,
        "REST:MODBUS",
        "a meter over both",
        lambda s, ports: s.meter(rest=ports[0], modbus=ports[1]),
    ),
    _Option(
        "--rest-tls",
        int,
        "PORT",
        "a meter over HTTPS",
        lambda s, port: s.meter(rest=port, tls=True),
    ),
    _Option(
        "--rtu",
        str,
        "DEVICE",
        "a meter over Modbus RTU at a serial port; 'pty' makes one",
        lambda s, device: s.serial(device, "rtu"),
    ),
    _Option(
        "--ascii",
        str,
        "DEVICE",
        "a meter over Modbus ASCII at a serial port; 'pty' makes one",
        lambda s, device: s.serial(device, "ascii"),
    ),
    _Option(
        "--rtu-tcp",
        int,
        "PORT",
        "a meter over Modbus RTU behind a serial device server",
        lambda s, port: s.serial_over_tcp(port, "rtu"),
    ),
    _Option(
        "--ascii-tcp",
        int,
        "PORT",
        "a meter over Modbus ASCII behind a serial device server",
        lambda s, port: s.serial_over_tcp(port, "ascii"),
    ),
    _Option(
        "--gateway",
        int,
        "PORT",
        "a meter that is a Modbus TCP gateway, unit 1, and two more behind it, units 2 and 3",
        Stand.gateway,
    ),
    _Option(
        "--dc1",
        _two_ports,
        "REST:MODBUS",
        "a remote display DMED4DC1 with meters on its channels 1 and 2",
        Stand.display,
    ),
    _Option(
        "--replay",
        Path,
        "FILE",
        "a meter out of the file of an examination, at a free port: REST or Modbus TCP",
        Stand.replay,
    ),
)


async def serve(arguments: argparse.Namespace) -> None:
    """Start the meters, say so, and serve until SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with Stand(
        host=arguments.host,
        model=arguments.model,
        seed=arguments.seed,
        memory=arguments.memory,
        readings=arguments.readings,
    ) as stand:
        for option in _OPTIONS:
            for value in getattr(arguments, option.destination):
                await option.start(stand, value)
        await stopped.wait()


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description="Simulated LOVATO DMED4 meters. Each option with ports starts one meter, "
        "unless it says otherwise; port 0 is any free one.",
    )
    for option in _OPTIONS:
        parser.add_argument(
            option.name,
            type=option.type,
            action="append",
            default=[],
            metavar=option.metavar,
            help=option.help,
        )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--seed", type=int, default=1, help="of the first meter; the next ones count on from it"
    )
    parser.add_argument(
        "--memory",
        type=Path,
        metavar="FOLDER",
        help="where the meters keep their records, and go on from when they are started again",
    )
    parser.add_argument("--model", choices=MODELS, default="DMED404R0600")
    parser.add_argument(
        "--reading",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="readings",
        help="how the meters read an open place of the manual; may be given several times",
    )
    parser.epilog = _open_places()
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    arguments = parser.parse_args(argv)
    try:
        arguments.readings = Readings.parse(arguments.readings)
    except ValueError as error:
        parser.error(str(error))
    if not any(getattr(arguments, option.destination) for option in _OPTIONS):
        parser.error(f"no meter: give {', '.join(option.name for option in _OPTIONS)}")
    return arguments


def _open_places() -> str:
    lines = ["open places of the manual and their readings, the default first:"]
    for place in OPEN_PLACES.values():
        lines += ["", f"  {place.name} - {place.manual}"]
        lines += [f"    {value}: {meaning}" for value, meaning in place.readings.items()]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = parse(argv)
    try:
        asyncio.run(serve(arguments))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{_PROGRAM}: {error}\n")
        return 1
    return 0


def _say_ready(meter: SimulatedMeter, *addresses: str) -> None:
    key = meter.public_key_ocmf
    _say(
        f"{meter.model.name} serial {meter.serial_number} {' '.join(addresses)} "
        f"fingerprint {hashlib.sha256(key).hexdigest()[:16]} public key {key.hex()}"
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
