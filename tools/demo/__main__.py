"""Start the demo, and stay with it or check it."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
import signal
import sys

from aiohttp import ClientError

from .check import Report, check_charge, find_log_errors
from .client import Client, connected
from .console import DemoError, progress, say
from .home_assistant import (
    LOG_NAME,
    REPOSITORY,
    RESTART_EXIT_CODE,
    base_url,
    free_port,
    home_assistant,
    prepare,
)
from .lived_in import CONFIGURATION_OF_A_HOUSE, furnish, unpack_blueprints
from .process import Process
from .simulators import Meter, simulated_meter

TRANSPORTS = ("rest", "modbus_tcp")
DASHBOARD = "demo-charging"
CARD = "custom:lovato-dmed4-charge-card"
USER = "demo"
PASSWORD = "demo-dmed4"  # noqa: S105 - printed, and good for nothing but this machine's own demo
# Two charges take about 5 s; with the start of Home Assistant this keeps a check below two minutes.
CHARGE_SECONDS = 60
TAIL_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """Everything that runs."""

    url: str
    client: Client
    server: Process
    meters: dict[str, Meter]  # by the ID of their config entry


@asynccontextmanager
async def demo(
    folder: Path, port: int, *, lived_in: bool = False, readings: Sequence[str] = ()
) -> AsyncIterator[Demo]:
    """Run the meters and a Home Assistant that knows them, maybe for weeks already."""
    if lived_in:
        unpack_blueprints(prepare(folder, port, CONFIGURATION_OF_A_HOUSE))
    else:
        prepare(folder, port)
    async with AsyncExitStack() as stack:
        progress("starting two simulated meters and Home Assistant")
        # All at once. One that fails stops the others.
        async with asyncio.TaskGroup() as group:
            starts = [
                group.create_task(
                    stack.enter_async_context(
                        simulated_meter(transport, seed, folder, readings, lived_in=lived_in)
                    )
                )
                for seed, transport in enumerate(TRANSPORTS, 1)
            ]
            start = group.create_task(stack.enter_async_context(home_assistant(folder)))
        meters, server = [meter.result() for meter in starts], start.result()
        for meter in meters:
            progress(f"{meter} ready at {meter.host}:{meter.port}")
        progress(f"Home Assistant ready at {base_url(port)}")
        try:
            client = await stack.enter_async_context(connected(base_url(port)))
            entries = await set_up(client, meters)
            if lived_in:
                await furnish(client, [*entries])
                progress("weeks of charges fetched, drivers named, automations made")
            yield Demo(url=base_url(port), client=client, server=server, meters=entries)
        except Exception:
            say(f"\nThe end of Home Assistant's log:\n{server.tail(TAIL_LINES)}\n")
            raise


async def set_up(client: Client, meters: list[Meter]) -> dict[str, Meter]:
    """Make the user and set the meters up; returns them by the ID of their entry."""
    await client.onboard("Demo", USER, PASSWORD)
    progress("user made and logged in")
    entries = {}
    for meter in meters:
        entries[await client.set_up(meter.transport, meter.settings)] = meter
        progress(f"{meter} set up through the config flow")
    cards = [
        {"type": CARD, "device_id": (await client.find_meter(entry_id))[0]} for entry_id in entries
    ]
    sections = [{"type": "grid", "cards": [card]} for card in cards]
    await client.add_dashboard(DASHBOARD, "Charging", [{"type": "sections", "sections": sections}])
    return entries


async def charge_all(running: Demo) -> list[Report]:
    """Charge on all meters at the same time."""
    try:
        async with asyncio.timeout(CHARGE_SECONDS), asyncio.TaskGroup() as group:
            charges = [
                group.create_task(check_charge(running.client, meter, entry_id))
                for entry_id, meter in running.meters.items()
            ]
    except TimeoutError:
        raise DemoError(f"The charges took more than {CHARGE_SECONDS} s.") from None
    return [charge.result() for charge in charges]


def judge_logs(folder: Path) -> None:
    """Refuse logs with errors of ours, and report others."""
    ours, others = find_log_errors((folder / LOG_NAME).read_text())
    for log in folder.glob("simulator-*.log"):
        if "Traceback" in (text := log.read_text()):
            ours.append(text)
    for entry in others:
        say(f"note: Home Assistant logged: {entry}")
    if ours:
        raise DemoError("\n".join(("The logs hold errors of ours:", *ours)))


async def run_check(folder: Path, readings: Sequence[str] = ()) -> None:
    """Check everything and report; raises when anything did not work."""
    async with demo(folder, free_port(), readings=readings) as running:
        reports = await charge_all(running)
        progress("stopping")
    judge_logs(folder)
    for report in reports:
        say()
        say(str(report))
    say()
    progress("all worked, Home Assistant's log holds no errors of ours, nothing is left running")


async def stay(folder: Path, wanted_port: int, readings: Sequence[str] = ()) -> None:
    """Run the demo until it is interrupted."""
    port = free_port(wanted_port)
    if port != wanted_port:
        say(f"Port {wanted_port} is busy; the demo uses {port} instead.")
    async with demo(folder, port, lived_in=not readings, readings=readings) as running:
        say(introduction(running, folder))
        code = await running.server.wait()
        # "Restart" in the user interface ends the process and leaves the rest to its parent.
        while code == RESTART_EXIT_CODE:
            progress("Home Assistant restarts")
            async with home_assistant(folder) as server:
                progress("Home Assistant ready again")
                code = await server.wait()
    raise DemoError(f"Home Assistant ended with code {code}.")


def introduction(running: Demo, folder: Path) -> str:
    """Show a person where to look."""
    meters = (f"  {m!s:<17} {m.host}:{m.port}, {m.name}" for m in running.meters.values())
    return "\n".join(
        (
            "",
            f"Home Assistant: {running.url}/{DASHBOARD}",
            f"  user              {USER}",
            f"  password          {PASSWORD}",
            "Simulated meters:",
            *meters,
            f"Everything lives in {folder}, the log is {LOG_NAME} there.",
            "Ctrl-C stops the demo.",
            "",
        )
    )


def leaves(error: BaseException) -> Iterator[BaseException]:
    """Yield the single errors of a group."""
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from leaves(part)
    else:
        yield error


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo", description="A Home Assistant with two simulated DMED4 meters."
    )
    parser.add_argument(
        "--check", action="store_true", help="charge on both meters, verify the records, and leave"
    )
    parser.add_argument(
        "--port", type=int, default=8124, help="where Home Assistant listens (not with --check)"
    )
    parser.add_argument(
        "--folder", type=Path, help="where everything lives, and is made anew (.demo/home here)"
    )
    parser.add_argument(
        "--reading",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="how the meters, new ones, read an open place of the manual: see `python -m simulator`",
    )
    return parser.parse_args()


async def interruptible(work: Coroutine[None, None, None]) -> None:
    """Do the work; a signal cancels it, so that everything it started is stopped in order."""
    task = asyncio.ensure_future(work)

    def interrupt(number: signal.Signals) -> None:
        # Only once: a second Ctrl-C would cancel the orderly stop.
        if not task.cancelling():
            say(f"\n{number.name}: stopping")
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, interrupt, number)
    await task


def main() -> int:
    """Run the demo; 0 only if all of it worked."""
    arguments = parse_arguments()
    folder = arguments.folder or REPOSITORY / ".demo" / ("check" if arguments.check else "home")
    if arguments.check:
        work = run_check(folder, arguments.reading)
    else:
        work = stay(folder, arguments.port, arguments.reading)
    result = 0
    try:
        asyncio.run(interruptible(work))
    except* asyncio.CancelledError:
        # How a demo that stays is meant to end; a check that was interrupted has checked nothing.
        result = 1 if arguments.check else 0
    except* (DemoError, ClientError, OSError) as failures:
        for failure in leaves(failures):
            say(f"FAILED: {str(failure) or repr(failure)}")
        result = 1
    return result


if __name__ == "__main__":
    sys.exit(main())
