"""The meter as every transport offers it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from .model import (
    Command,
    DisplayPage,
    Feature,
    Housekeeping,
    Identity,
    LiveData,
    LogbookInfo,
    MetrologicalEvent,
    Settings,
    Status,
    SystemStatus,
)

RECORD_LIMIT = 1023
"""Longest OCMF record in bytes: the length field of a saved record has ten bits (manual: getting OCMF files)."""


class Logbook(Protocol):
    """The meter's two logbooks: saved records and metrological events.

    Positions count back from the last entry, which is 0. Every method raises EntryNotFoundError for
    an entry that is not there, besides what the meter's own methods raise.
    """

    async def read_info(self) -> LogbookInfo:
        """Read how many entries there are."""

    async def read_record(self, position: int) -> bytes:
        """Fetch a saved record by its position, byte for byte."""

    async def find_first(self) -> bytes:
        """Fetch the oldest saved record."""

    async def find_by_progressive(self, progressive: int) -> bytes:
        """Fetch a saved record by the meter's internal progressive (Feature.RECORD_SEARCH)."""

    async def find_by_transaction(self, transaction_id: str) -> bytes:
        """Fetch a saved record by its transaction ID (Feature.RECORD_SEARCH)."""

    async def read_event(self, position: int) -> MetrologicalEvent:
        """Fetch a metrological event by its position."""


class Parameters(Protocol):
    """The meter's system parameters, P01.01 to P06.02, by name such as ``P05_03``.

    A change is saved to flash and reboots the meter, which ends a running charge: every write
    raises CycleActiveError while one is running.
    """

    async def read(self) -> Mapping[str, int]:
        """Read all parameters; IP addresses as one number of 32 bits."""

    async def write(self, changes: Mapping[str, int]) -> Mapping[str, int]:
        """Change parameters, wait until the meter has rebooted, and read them back.

        Raises:
            ParameterError: a name is unknown or a value out of its range; nothing was written.
            NotLoggedInError: the meter wants a login first (REST).
        """


class Meter(Protocol):
    """A DMED4 behind some transport.

    Every method raises CannotConnectError, SilentError, UnexpectedAnswerError or RefusedError.
    None repeats a write by itself: begin and end are not idempotent.
    """

    @property
    def features(self) -> Feature:
        """What this transport offers beyond the common."""

    @property
    def shortest_interval(self) -> float:
        """Seconds between two live polls that leave the line idle for half of the time."""

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

    async def read_settings(self) -> Settings:
        """Read what can be set while no charge is running."""

    async def write_time_offset(self, minutes: int) -> None:
        """Set the offset to UTC: -900…900 minutes in steps of 15; refused while charging."""

    async def write_tariff(self, tariff: int) -> None:
        """Set the tariff number (Feature.CHARGE_SETTINGS); refused while charging."""

    async def write_cable_resistance(self, resistance: int) -> None:
        """Set the cable resistance (Feature.CHARGE_SETTINGS); refused while charging."""

    async def read_system(self) -> SystemStatus:
        """Read the state of hardware and firmware (Feature.SYSTEM_STATUS, else only checksums)."""

    async def log_in(self, password: str) -> None:
        """Log in with the advanced password, once: three wrong ones lock the login for 15 minutes.

        Raises:
            WrongPasswordError: the meter did not take it.
            LoginLockedError: the login is locked.
        """

    async def set_operating(self) -> None:
        """Finish commissioning, for good: parameters of a legal meter stay locked afterwards."""

    @property
    def logbook(self) -> Logbook:
        """The saved records and events."""

    @property
    def parameters(self) -> Parameters:
        """The system parameters."""

    async def close(self) -> None:
        """Let go of the link."""
