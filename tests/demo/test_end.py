"""How the demo ends: with its terminal, at a signal, and with everything that it started."""

from collections.abc import Callable, Iterator
from contextlib import suppress
import os
from pathlib import Path
import pty
import select
import signal
import subprocess
import sys

import pytest

from tools.demo.home_assistant import REPOSITORY

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

    def read_until(self, text: bytes) -> None:
        """Read what is printed; the test's own time limit ends it."""
        while text not in self._output:
            self._output += os.read(self._end, 65536)

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


def test_it_ends_with_its_terminal(terminal: Terminal) -> None:
    """Whatever it wanted to say then, nobody reads it, and that must not keep it from stopping."""
    terminal.read_until(READY)
    parts = terminal.parts()
    assert len(parts) == 4  # the demo, two meters, Home Assistant
    terminal.close()
    assert terminal.wait() == 0
    assert terminal.parts() == []
