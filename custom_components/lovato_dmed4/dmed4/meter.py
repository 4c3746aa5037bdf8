"""The meter as every transport offers it."""

from datetime import datetime
from typing import Protocol

from .model import Command, DisplayPage, Feature, Housekeeping, Identity, LiveData, Status

RECORD_LIMIT = 1023
"""Longest OCMF record in bytes: the length field of a saved record has ten bits (manual: getting OCMF files)."""


class Meter(Protocol):
    """A DMED4 behind some transport.

    Every method raises CannotConnectError, SilentError, UnexpectedAnswerError or RefusedError.
    None repeats a write by itself: begin and end are not idempotent.
    """

    @property
    def features(self) -> Feature:
        """What this transport offers beyond the common."""

    async def identify(self) -> Identity:
        """Find out who the meter is; raises NotADmed4Error for any other device."""

    async def read_live(self) -> LiveData:
        """Read the measures and the status words."""

    async def read_status(self) -> Status:
        """Read the status words alone."""

    async def read_housekeeping(self) -> Housekeeping:
        """Read what changes slowly."""

    async def read_last_record(self) -> bytes:
        """Fetch the last signed OCMF record byte for byte; empty when there is none."""

    async def write_clock(self, moment: datetime) -> None:
        """Set date and time, to the second; refused while charging."""

    async def write_prototype(self, prototype: bytes) -> None:
        """Hand over the OCMF prototype; only the status tells whether it was accepted."""

    async def send(self, command: Command) -> None:
        """Give a command; only the status tells when it was carried out."""

    async def switch_display(self, *, on: bool) -> None:
        """Switch the meter's display on or off."""

    async def show_page(self, page: DisplayPage) -> None:
        """Let the meter's display show a page."""

    async def close(self) -> None:
        """Let go of the link."""
