"""Examines a real meter: `scripts/explore modbus-tcp 192.168.1.20`."""

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
from custom_components.lovato_dmed4.examination.modbus import ExaminedModbusMeter
from custom_components.lovato_dmed4.examination.rest import ExaminedRestMeter
from custom_components.lovato_dmed4.examination.run import (
    Examination,
    ExaminedMeter,
    Wishes,
    examine,
)
from custom_components.lovato_dmed4.examination.trace import Trace
from custom_components.lovato_dmed4.examination.words import english

from .report import Report

_PROGRAM: Final = "scripts/explore"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def parse_arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description="Print what a DMED4 says and which readings of the manual it follows, and save "
        "all of it in a file for a report. Nothing is written to the meter unless you allow it.",
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
            "--file",
            type=Path,
            default=Path("meter.json"),
            help="where to save what went over the line, without who the meter is and who charged",
        )
        way.add_argument(
            "--allow-writes",
            action="store_true",
            help="while the meter is not charging, select saved records, events and parameters to "
            "read them, set the clock, and set the time offset and put it back",
        )
        way.add_argument(
            "--voltage",
            type=float,
            metavar="V",
            help="what the meter's display shows now, to find the scale of the REST API",
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
async def _meter(arguments: argparse.Namespace, trace: Trace) -> AsyncIterator[ExaminedMeter]:
    """Reach the meter that the command line describes."""
    if arguments.way != "rest":
        meter = ExaminedModbusMeter.on(_line_of(arguments), arguments.unit)
        meter.listen(trace)
        try:
            yield meter
        finally:
            await meter.close()
        return
    port = arguments.port or (443 if arguments.tls else 80)
    async with open_session(tap=trace) as session:
        certificate = ""
        if arguments.tls:
            certificate = await fetch_fingerprint(session, arguments.host, port)
            _say(f"Certificate {certificate}")
        # Fetching it shows nothing of the meter.
        trace.exchanges.clear()
        yield ExaminedRestMeter(
            session,
            arguments.host,
            port,
            tls=Tls.PINNED if arguments.tls else Tls.OFF,
            certificate=certificate,
            channel=arguments.channel,
        )


async def explore(arguments: argparse.Namespace) -> bool:
    """Examine the meter, save the file and print a report; return whether all was answered."""
    trace = Trace()
    async with _meter(arguments, trace) as meter:
        wishes = Wishes(writes=arguments.allow_writes, voltage=arguments.voltage)
        examination = await examine(meter, trace, wishes, progress=_show_progress)
        _save(examination.content, arguments.file)
        complete = await Report(meter, _say).show()
    _show(examination)
    _say(f"\nSaved {arguments.file} ({len(examination.content['exchanges'])} exchanges).")
    _say("Attach that file to a report, not the text above: it names your meter.")
    return complete


def _show_progress(done: int, steps: int) -> None:
    sys.stderr.write(f"step {done} of {steps}\n")


def _show(examination: Examination) -> None:
    told = examination.told(english())
    _say("\nReadings of the manual that this meter follows")
    for text in (*told["readings"], *examination.found):
        _say(f"  {text}")
    _say("\nNot found out")
    for text in told["open"]:
        _say(f"  {text}")
    _say("\nSteps")
    for step, outcome in told["steps"].items():
        _say(f"  {step}: {outcome}")
    for text in told["addresses"]:
        _say(f"  {text}")
    for warning in told["warnings"]:
        _say(f"\nDo this now: {warning}")


def _save(content: dict[str, object], file: Path) -> None:
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


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
