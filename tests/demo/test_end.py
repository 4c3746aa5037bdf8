"""How the demo ends: with its terminal, at a signal, and with everything that it started."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
import os
from pathlib import Path
import pty
import re
import select
import signal
import subprocess
import sys

import pytest

from tools.demo.__main__ import PASSWORD, USER
from tools.demo.client import DOMAIN, Client, connected
from tools.demo.home_assistant import REPOSITORY
from tools.demo.lived_in import METERS

CTRL_C = b"\x03"
# Output that shows how far it is.
BEGINNING, READY = b"starting two simulated meters", b"Ctrl-C stops the demo"


# The terminal becomes that of the process, as a shell's does: its end is a signal then.
IN_A_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
# All that the demo starts inherits it.
MARK = "DMED4_DEMO_OF_A_TEST"


class Terminal:
    """A terminal in which the demo was started."""

    def __init__(self, folder: Path) -> None:
        self.mark = str(folder)
        self._end, inside = pty.openpty()
        demo = ("-m", "tools.demo", "--port", "0", "--folder", folder)
        self.process = subprocess.Popen(  # noqa: S603 - the demo itself
            [sys.executable, "-c", IN_A_TERMINAL, *demo],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            cwd=REPOSITORY,
            env={**os.environ, MARK: self.mark},
        )
        os.close(inside)
        self._output = b""

    def read_until(self, text: bytes, pattern: str = "()") -> str:
        """Read what is printed until then, and find something in it; a time limit ends the test."""
        while text not in self._output:
            self._output += os.read(self._end, 65536)
        found = re.search(pattern, self._output.decode())
        assert found is not None
        return found[1]

    def type(self, keys: bytes) -> None:
        os.write(self._end, keys)

    def close(self) -> None:
        """Close the window: nobody reads any more what is printed."""
        os.close(self._end)
        self._end = -1

    def wait(self) -> int:
        """Wait for the end of the demo and return its exit code; a full terminal would stop it."""
        while (code := self.process.poll()) is None:
            watched = [self._end] if self._end >= 0 else []
            if select.select(watched, [], [], 0.05)[0]:
                with suppress(OSError):
                    os.read(self._end, 65536)
        return code

    def parts(self) -> list[int]:
        """What runs of the demo, whoever its parent is by now."""
        mark = f"{MARK}={self.mark}".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    found.append(int(process.name))
        return found


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path / "home")
    yield opened
    for process in opened.parts():
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    opened.process.wait()


def interrupt(number: signal.Signals) -> Callable[[Terminal], None]:
    return lambda terminal: terminal.process.send_signal(number)


ENDS: dict[str, Callable[[Terminal], None]] = {
    "Ctrl-C": lambda terminal: terminal.type(CTRL_C),
    "SIGTERM": interrupt(signal.SIGTERM),
    "SIGHUP": interrupt(signal.SIGHUP),
    "terminal": Terminal.close,
}


@pytest.mark.parametrize("end", ENDS)
def test_it_ends_while_it_starts(terminal: Terminal, end: str) -> None:
    terminal.read_until(BEGINNING)
    ENDS[end](terminal)
    assert terminal.wait() == 0
    assert terminal.parts() == []


async def look_around(client: Client, meters: list[tuple[str, dict[str, str]]]) -> None:
    """Find weeks of sessions with names and costs, one that is running, and automations."""
    devices = (await client.commands("config/device_registry/list"))[0]
    names = {device["id"]: device["name_by_user"] for device in devices}
    assert [names[device_id] for device_id, _ in meters] == [*METERS]
    listed = [
        (await client.act("list_sessions", device_id, limit=100))["sessions"]
        for device_id, _ in meters
    ]
    sessions = [session for some in listed for session in some]
    running = [session for session in sessions if session["outcome"] == "open"]
    ended = [session for session in sessions if session not in running]
    assert len(running) == 1
    assert len(ended) > 20
    assert {session["driver"] for session in sessions} == {"Anna Bianchi", "Marco Rossi"}
    assert {session["verdict"] for session in sessions} == {"valid"}
    assert all(session["cost"] for session in ended)
    state = await client.state(meters[0][1]["cycle_energy_imported"])
    # Whatever second it is: the sessions of a demo begin many minutes apart.
    shown, begin = state["attributes"]["last_reset"], running[0]["begin"]
    assert abs(datetime.fromisoformat(shown) - datetime.fromisoformat(begin)) < timedelta(minutes=1)


async def see_it_work(client: Client, device_id: str) -> None:
    """End the session: the automation that was made of a blueprint reports it."""
    (before,) = await client.commands("persistent_notification/get")
    await client.act("end_charge_cycle", device_id)
    news = before
    while len(news) == len(before):
        (news,) = await client.commands("persistent_notification/get")
    assert "kWh" in news[-1]["message"]
    state = await client.state("automation.send_signed_record")
    assert state["attributes"]["last_triggered"]


@pytest.mark.timeout(180)
async def test_a_house_is_lived_in_until_its_terminal_is_closed(terminal: Terminal) -> None:
    """Whatever it wanted to say then, nobody reads it, and that must not keep it from stopping."""
    url = terminal.read_until(READY, r"Home Assistant: (http://[\d.:]+)")
    async with connected(url) as client:
        await client.log_in(USER, PASSWORD)
        entries = (await client.commands({"type": "config_entries/get", "domain": DOMAIN}))[0]
        meters = [await client.find_meter(entry["entry_id"]) for entry in entries]
        await look_around(client, meters)
        await see_it_work(client, meters[0][0])
    assert len(terminal.parts()) == 4  # the demo, two meters, Home Assistant
    terminal.close()
    assert terminal.wait() == 0
    assert terminal.parts() == []
