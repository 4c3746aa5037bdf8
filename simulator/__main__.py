"""Simulated meters on this machine: `python -m simulator --rest 8081 --modbus-tcp 5020`."""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
import hashlib
import signal
import sys

from . import MODELS, ModbusTcpServer, RestServer, SimulatedMeter


async def serve(arguments: argparse.Namespace) -> None:
    """Start the meters, say so, and serve until SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    ports = [
        *((rest, None) for rest in arguments.rest),
        *((None, modbus) for modbus in arguments.modbus_tcp),
        *arguments.both,
    ]
    async with AsyncExitStack() as stack:
        for seed, (rest, modbus) in enumerate(ports, arguments.seed):
            meter = SimulatedMeter(seed=seed, model=arguments.model)
            addresses = []
            if rest is not None:
                web = await stack.enter_async_context(
                    RestServer(meter, host=arguments.host, port=rest)
                )
                addresses.append(f"REST http://{web.host}:{web.port}")
            if modbus is not None:
                server = await stack.enter_async_context(
                    ModbusTcpServer(meter, host=arguments.host, port=modbus)
                )
                addresses.append(f"Modbus TCP {server.host}:{server.port} unit {server.unit_id}")
            sys.stdout.write(f"{_identity(meter)} {' '.join(addresses)} {_key(meter)}\n")
            sys.stdout.flush()
        await stopped.wait()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="Simulated LOVATO DMED4 meters. Each option with ports starts one meter.",
    )
    parser.add_argument(
        "--rest", type=int, action="append", default=[], metavar="PORT", help="a meter over HTTP"
    )
    parser.add_argument(
        "--modbus-tcp",
        type=int,
        action="append",
        default=[],
        metavar="PORT",
        help="a meter over Modbus TCP; port 0 is any free one",
    )
    parser.add_argument(
        "--both",
        type=_two_ports,
        action="append",
        default=[],
        metavar="REST:MODBUS",
        help="a meter over both",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--seed", type=int, default=1, help="of the first meter; the next ones count on from it"
    )
    parser.add_argument("--model", choices=MODELS, default="DMED404R0600")
    arguments = parser.parse_args(argv)
    if not (arguments.rest or arguments.modbus_tcp or arguments.both):
        parser.error("no meter: give --rest, --modbus-tcp or --both")
    try:
        asyncio.run(serve(arguments))
    except OSError as error:
        sys.stderr.write(f"{parser.prog}: {error}\n")
        return 1
    return 0


def _two_ports(text: str) -> tuple[int, int]:
    rest, modbus = text.split(":")
    return int(rest), int(modbus)


def _identity(meter: SimulatedMeter) -> str:
    return f"{meter.model.name} serial {meter.serial_number}"


def _key(meter: SimulatedMeter) -> str:
    key = meter.public_key_ocmf
    return f"fingerprint {hashlib.sha256(key).hexdigest()[:16]} public key {key.hex()}"


if __name__ == "__main__":
    sys.exit(main())
