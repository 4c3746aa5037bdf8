"""What the demo says to the person who started it."""

from contextlib import suppress
import sys
import time

STARTED = time.monotonic()


class DemoError(Exception):
    """The demo cannot go on; the message says why, to a person."""


def say(text: str = "") -> None:
    """Print a line at once, also into a pipe.

    Where the terminal has been closed, nobody reads any more: what is printed then must not keep the
    demo from stopping.
    """
    with suppress(OSError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def progress(text: str) -> None:
    """Print a line with the seconds since the start, so that a wait can be seen to move."""
    say(f"[{time.monotonic() - STARTED:5.1f} s] {text}")
