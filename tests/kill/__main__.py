"""Kill what takes part in charges, and see whether a record is lost: `python -m tests.kill`."""

import argparse
import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from random import Random
import re
import sys
import tempfile
import time

from tools.demo.__main__ import interruptible, leaves
from tools.demo.console import DemoError, progress, say

from .world import MISHAPS, TRANSPORTS, Meter, World, eventually, world

# About as long as a charge takes that nothing happens to.
_CHARGE = 3.0
# To get over any of the disasters.
_PATIENCE = 120.0
_STARTING = 5.0
# Both shorter and longer than the integration has patience with a database.
_LOCKED = 16.0
_FULL = 10.0
_READS = 0.4
# Begin, intermediate readings, end; P is the end of a charge that the power failed in.
_IN_ORDER = re.compile("(BC*[EP])*")
_KILLED_AGAIN = 0.2


# --- What a user does ---------------------------------------------------------------------------


async def charge(meter: Meter, random: Random) -> None:
    """Charge as somebody does who tries again when something has failed."""
    await _bring_about(meter, "start_charge_cycle", charging=True)
    if random.random() < _READS:
        with suppress(*MISHAPS):
            await meter.act("read_charge_cycle")
    await asyncio.sleep(random.uniform(0, 0.5))
    await _bring_about(meter, "end_charge_cycle", charging=False)


async def _bring_about(meter: Meter, action: str, *, charging: bool) -> None:
    async def attempt() -> bool:
        if await meter.is_charging() is not charging:
            await meter.act(action)
        return await meter.is_charging() is charging

    await eventually(attempt, _PATIENCE, f"{action} over {meter.transport}")


# --- What happens meanwhile ---------------------------------------------------------------------


async def _home_assistant_is_killed(here: World, random: Random) -> None:
    await here.kill_home_assistant()
    await here.start_home_assistant(ready=False)
    if random.random() < _KILLED_AGAIN:
        await asyncio.sleep(random.uniform(0, _STARTING))
        await here.kill_home_assistant()
        await here.start_home_assistant(ready=False)
    await here.until_ready()


async def _meters_are_killed(here: World, random: Random) -> None:
    await here.kill_meters()
    await asyncio.sleep(random.uniform(0, 1))
    await here.start_meters()


async def _both_are_killed(here: World, random: Random) -> None:
    await here.kill_meters()
    await _home_assistant_is_killed(here, random)
    await here.start_meters()


async def _archive_is_locked(here: World, random: Random) -> None:
    with here.locked_archive():
        await asyncio.sleep(random.uniform(0.5, _LOCKED))


async def _disk_is_full(here: World, random: Random) -> None:
    with here.full_disk():
        await asyncio.sleep(random.uniform(0.5, _FULL))


async def _killed_without_an_archive(here: World, random: Random) -> None:
    with here.locked_archive():
        await asyncio.sleep(random.uniform(0, _CHARGE))
        await _home_assistant_is_killed(here, random)


DISASTERS: dict[str, Callable[[World, Random], Awaitable[None]]] = {
    "home-assistant": _home_assistant_is_killed,
    "meter": _meters_are_killed,
    "both": _both_are_killed,
    "locked": _archive_is_locked,
    "full": _disk_is_full,
    "locked-and-killed": _killed_without_an_archive,
}


# Those that a user and a meter survive only if they are on disk.
_FORGETTING = {"home-assistant", "both", "full", "locked-and-killed"}


# --- The run ------------------------------------------------------------------------------------


async def run(here: World, disasters: list[str], random: Random) -> None:
    """Charge with all meters once for each disaster, which happens at any moment of it."""
    for number, name in enumerate(disasters, 1):
        moment = random.uniform(0, _CHARGE)
        if name in _FORGETTING:
            await here.saved()

        async def happen(name: str = name, moment: float = moment) -> None:
            await asyncio.sleep(moment)
            await DISASTERS[name](here, random)

        started = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for meter in here.meters:
                group.create_task(charge(meter, random))
            group.create_task(happen())
        await _renew(here)
        seconds = time.monotonic() - started
        progress(f"charge {number}, {name} after {moment:.2f} s: took {seconds:.1f} s")
    progress("waiting for the last records")
    await here.settle()


async def _renew(here: World) -> None:
    async def renewed() -> bool:
        await here.client.renew()
        return True

    await eventually(renewed, _PATIENCE, "Logging in")


def judge(meter: Meter, disasters: list[str]) -> None:
    """Compare what a meter has signed with what is archived, and say so."""
    signed, archived = Counter(meter.signed()), Counter(meter.archived())
    outcomes = Counter(meter.outcomes())
    say(f"{meter.transport}: signed {signed.total()} records, archived {archived.total()}")
    say(f"lost {(signed - archived).total()}, too many {(archived - signed).total()}")
    say(f"commands {meter.commands()}")
    say(f"outcomes: {', '.join(f'{name} {count}' for name, count in sorted(outcomes.items()))}")
    if archived != signed or max(archived.values()) > 1:
        raise DemoError("Not every record is in the archive exactly once.")
    if not _IN_ORDER.fullmatch(meter.commands()):
        raise DemoError("A command was given twice.")
    if outcomes.total() < len(disasters):
        raise DemoError(f"There are sessions of {len(disasters)} charges missing.")
    if {"open", "end_missing"} & set(outcomes):
        raise DemoError("All charges were ended.")
    if "full" in disasters:
        # Who gave a command is forgotten when it can't be written down.
        return
    if "ended_elsewhere" in outcomes:
        raise DemoError("Nobody but Home Assistant has ended a charge.")
    if any(remembered["charge"] is not None for remembered in meter.remembered()):
        raise DemoError("A charge is remembered that has ended.")


async def main(arguments: argparse.Namespace) -> None:
    """Make a world, let it all happen, and judge."""
    random = Random(arguments.seed)  # noqa: S311 - not for secrets
    disasters = [
        arguments.disaster[number % len(arguments.disaster)] for number in range(arguments.sessions)
    ]
    with tempfile.TemporaryDirectory(prefix="dmed4-kill-") as temporary:
        folder = arguments.folder or Path(temporary) / "world"
        async with world(folder, arguments.transport) as here:
            progress("ready")
            await run(here, disasters, random)
        for meter in here.meters:
            judge(meter, disasters)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--sessions", type=int, default=50, help="charges, one disaster in each")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument(
        "--transport",
        choices=TRANSPORTS,
        action="append",
        help="of a meter, REST without any; several meters charge at once; modbus_serial is RTU on a pseudo-terminal",
    )
    parser.add_argument(
        "--disaster",
        choices=DISASTERS,
        action="append",
        help="what happens; several take turns, without any all do",
    )
    parser.add_argument(
        "--folder", type=Path, help="where everything is left behind; what is there is deleted"
    )
    arguments = parser.parse_args()
    arguments.disaster = arguments.disaster or list(DISASTERS)
    arguments.transport = arguments.transport or ["rest"]
    return arguments


if __name__ == "__main__":
    try:
        asyncio.run(interruptible(main(parse_arguments())))
    except* asyncio.CancelledError:
        sys.exit(1)
    except* (DemoError, OSError) as failures:
        for failure in leaves(failures):
            say(f"FAILED: {failure}")
        sys.exit(1)
