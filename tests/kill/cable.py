"""A serial cable to a meter that is killed and started again."""

import asyncio
from contextlib import suppress
import os
import termios
from typing import Self

from simulator.servers import Pty, open_pty

_READ_SIZE = 4096


class Cable:
    """Two pseudo-terminals and what carries the bytes between them, as a serial line does.

    Home Assistant keeps its end while the meter's is dead: what is sent meanwhile is lost, and not
    there for the meter when it starts again.
    """

    def __init__(self) -> None:
        self._near = open_pty()
        self._far = open_pty()
        self._plugged_in = False

    @property
    def path(self) -> str:
        """What Home Assistant opens."""
        return self._near.path

    @property
    def meter_path(self) -> str:
        """What the meter opens."""
        return self._far.path

    def plug_in(self) -> None:
        """Carry bytes to the meter, from now on."""
        _forget(self._far)
        self._plugged_in = True

    def unplug(self) -> None:
        """Let what is sent to the meter get lost."""
        self._plugged_in = False

    def _carry(self, origin: Pty, target: Pty) -> None:
        with suppress(OSError):
            data = os.read(origin.fd, _READ_SIZE)
            if self._plugged_in:
                os.write(target.fd, data)

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()
        for origin, target in ((self._near, self._far), (self._far, self._near)):
            os.set_blocking(origin.fd, False)
            loop.add_reader(origin.fd, self._carry, origin, target)
        return self

    def __exit__(self, *_: object) -> None:
        for end in (self._near, self._far):
            asyncio.get_running_loop().remove_reader(end.fd)
            end.close()


def _forget(end: Pty) -> None:
    """Lose what has been sent and not been read."""
    port = os.open(end.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        termios.tcflush(port, termios.TCIOFLUSH)
    finally:
        os.close(port)
