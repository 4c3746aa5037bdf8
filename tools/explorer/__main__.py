"""Asks a real meter everything it says: `scripts/explore modbus-tcp 192.168.1.20`."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
import json
from pathlib import Path
import sys
from typing import Final

from custom_components.lovato_dmed4.dmed4.errors import MeterError
from custom_components.lovato_dmed4.dmed4.lines import (
    BAUD_RATES,
    DATA_FORMATS,
    Framing,
    Line,
    SerialLine,
    TcpLine,
)
from custom_components.lovato_dmed4.dmed4.rest_certificate import fetch_fingerprint
from custom_components.lovato_dmed4.dmed4.rest_session import Tls, open_session

from .capture import ExploredMeter, ExploredModbusMeter, ExploredRestMeter, summary
from .findings import find
from .report import Report

_PROGRAM: Final = "scripts/explore"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def parse_arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description="Print what a DMED4 says, and save it for a report. Nothing is written to the "
        "meter and no command is given.",
    )
    ways = parser.add_subparsers(dest="way", required=True, metavar="WAY")

    rest = ways.add_parser("rest", help="over the REST API")
    rest.add_argument("host")
    rest.add_argument("--port", type=int, help="80, with --tls 443")
    rest.add_argument(
        "--tls", action="store_true", help="HTTPS; the certificate is shown and taken as it is"
    )
    rest.add_argument(
        "--channel", type=int, choices=range(5), default=0, help="of a DMED4DC1; 0: its own"
    )

    tcp = ways.add_parser("modbus-tcp", help="over Modbus on a network: meter, gateway, server")
    tcp.add_argument("host")
    tcp.add_argument("--port", type=int, default=502)
    tcp.add_argument("--framing", choices=[*Framing], default=Framing.TCP, type=Framing)

    serial = ways.add_parser("modbus-serial", help="over Modbus on a serial port")
    serial.add_argument("device", help="such as /dev/ttyUSB0")
    serial.add_argument("--baudrate", type=int, choices=BAUD_RATES, default=9600)
    serial.add_argument("--data-format", choices=DATA_FORMATS, default="8N")
    serial.add_argument("--stop-bits", type=int, choices=(1, 2), default=1)
    serial.add_argument(
        "--framing", choices=[Framing.RTU, Framing.ASCII], default=Framing.RTU, type=Framing
    )

    for modbus in (tcp, serial):
        modbus.add_argument("--unit", type=int, default=1, help="Modbus node number")
    for way in (rest, tcp, serial):
        way.add_argument(
            "--dump",
            type=Path,
            metavar="FILE",
            help="save the raw answers, without who the meter is and who charged, for a report",
        )
    return parser.parse_args(argv)


def _line_of(arguments: argparse.Namespace) -> Line:
    if arguments.way == "modbus-tcp":
        return TcpLine(host=arguments.host, port=arguments.port, framing=arguments.framing)
    return SerialLine(
        device=arguments.device,
        baudrate=arguments.baudrate,
        data_format=arguments.data_format,
        stop_bits=arguments.stop_bits,
        framing=arguments.framing,
    )


@asynccontextmanager
async def _meter(arguments: argparse.Namespace) -> AsyncIterator[ExploredMeter]:
    """Reach the meter that the command line describes."""
    if arguments.way != "rest":
        meter = ExploredModbusMeter.on(_line_of(arguments), arguments.unit)
        try:
            yield meter
        finally:
            await meter.close()
        return
    port = arguments.port or (443 if arguments.tls else 80)
    async with open_session() as session:
        certificate = ""
        if arguments.tls:
            certificate = await fetch_fingerprint(session, arguments.host, port)
            _say(f"Certificate {certificate}")
        yield ExploredRestMeter(
            session,
            arguments.host,
            port,
            tls=Tls.PINNED if arguments.tls else Tls.OFF,
            certificate=certificate,
            channel=arguments.channel,
        )


async def explore(arguments: argparse.Namespace) -> bool:
    """Print the report and save the dump; return whether the meter answered everything."""
    async with _meter(arguments) as meter:
        report = Report(meter, _say)
        complete = await report.show()
        found = await find(meter)
        _say("\nReadings of the manual that this meter follows")
        found["readings"] += meter.found.texts
        for reading in found["readings"]:
            _say(f"  {reading}")
        if arguments.dump is not None:
            dump = await meter.capture()
            _save({**dump, "record": report.verdict, "findings": found}, arguments.dump)
            _say(f"\nSaved {arguments.dump} ({summary(dump)}).")
            _say("Attach that file to a report, not the text above: it names your meter.")
    return complete


def _save(dump: dict[str, object], file: Path) -> None:
    file.write_text(json.dumps(dump, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    arguments = parse_arguments(argv)
    try:
        return 0 if asyncio.run(explore(arguments)) else 1
    except (MeterError, OSError) as error:
        sys.stderr.write(f"{_PROGRAM}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
