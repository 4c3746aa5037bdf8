"""The meter as every transport offers it."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from .found import Found
from .meter_clock import MeterClock
from .model import (
    Command,
    Container,
    DisplayPage,
    FastMeasures,
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
    an entry that is not there and EntryNotReadyError for one that does not come in time, besides
    what the meter's own methods raise.
    """

    async def read_info(self) -> LogbookInfo:
        """Read how many entries there are."""

    async def read_record(self, position: int) -> bytes:
        """Fetch a saved record by its position, byte for byte."""

    async def find_first(self) -> bytes:
        """Fetch the oldest saved record."""

    async def find_by_progressive(self, progressive: int) -> bytes:
        """Fetch a saved record by the meter's internal progressive.

        Raises:
            SearchNotOfferedError: without Feature.RECORD_SEARCH.
        """

    async def find_by_transaction(self, transaction_id: str) -> bytes:
        """Fetch a saved record by its transaction ID.

        Raises:
            SearchNotOfferedError: without Feature.RECORD_SEARCH.
            TransactionNotFoundError: no record has it.
        """

    async def read_event(self, position: int) -> MetrologicalEvent:
        """Fetch a metrological event by its position."""


class Parameters(Protocol):
    """The meter's system parameters, P01.01 to P06.02, by name such as ``P05_03``.

    `parameters.change` is how to change them: it checks, waits out the reboot and reads back.
    """

    @property
    def turn(self) -> asyncio.Lock:
        """To be held from the write until it is known whether the values are saved."""

    async def read(self) -> Mapping[str, int]:
        """Read all parameters; IP addresses as one number of 32 bits.

        Raises:
            NotLoggedInError: the meter requires a login first (Feature.PARAMETER_BLOCK).
        """

    async def write(self, changes: Mapping[str, int]) -> None:
        """Write parameters; over REST they are saved at once.

        That the answer is lost in the reboot is normal and no error.

        Raises:
            ParametersPendingError: what an earlier change left can't be taken back; none was written.
            RefusedError: the meter refused one of them; none was saved.
        """

    async def save(self) -> bool:
        """Save to flash, which reboots the meter; return whether it is sure to have done so."""

    async def restarted(self) -> bool:
        """Whether the meter shows that it has rebooted since the parameters were written."""

    async def forget_pending(self) -> None:
        """Take back no more of what was written: it is saved."""

    async def take_back(self) -> None:
        """Write back what was there before, as far as it was written and not saved."""


class ChargeSettings(Protocol):
    """Settings of a charge (manual: v1/charge_settings); RefusedError while charging."""

    async def write_tariff(self, tariff: int) -> None:
        """Set the tariff number, 0…65535."""

    async def write_cable_resistance(self, resistance: int) -> None:
        """Set the cable resistance, 0…65535."""


class Commissioning(Protocol):
    """The login with the advanced password (manual: v1/login), and the end of commissioning."""

    async def log_in(self, password: str, *, logged_in: bool = False) -> None:
        """Log in with the advanced password, once: three wrong ones lock the login for 15 minutes.

        Args:
            password: to log in with.
            logged_in: whether the meter says that somebody is already, so that its status can't show
                whether this password is right; then only a refusal shows that it is wrong.

        Raises:
            WrongPasswordError: the meter did not take it, or its login is locked.
            MeterError: any other means that it is not known whether the attempt counts.
        """

    async def set_operating(self) -> None:
        """Finish commissioning, for good: parameters of a legal meter stay locked afterwards.

        Needs a login; refused while charging.
        """


class Meter(Protocol):
    """A DMED4 behind some transport.

    Every method raises CannotConnectError, SilentError, UnexpectedAnswerError or RefusedError.
    What may be done twice is repeated where its answer is lost; a command of the charge cycle never
    is.
    """

    @property
    def features(self) -> Feature:
        """What this transport offers beyond the common."""

    @property
    def containers(self) -> tuple[Container, ...]:
        """What this transport can hand a prototype over in, the most likely first."""

    @property
    def shortest_interval(self) -> float:
        """Seconds between two live polls that leave the line idle for half of the time."""

    @property
    def fast_interval(self) -> float:
        """Seconds between two fast reads: sooner there is nothing new, or it would be too much."""

    @property
    def shares_line(self) -> bool:
        """Whether other devices are asked over the same line or web server."""

    @property
    def link_losses(self) -> int:
        """How often a lasting link was lost, or another key was seen: it may be another meter."""

    @property
    def missing(self) -> frozenset[str]:
        """Registers or paths that this meter refuses, and whose values are therefore None."""

    @property
    def found(self) -> Found:
        """What this meter turns out to do where the manual can be read in several ways."""

    @property
    def clock(self) -> MeterClock:
        """How its clock is set and shown."""

    async def identify(self) -> Identity:
        """Find out who the meter is; raises NotADmed4Error for any other device."""

    async def read_live(self) -> LiveData:
        """Read the measures and the status words."""

    async def read_fast(self) -> FastMeasures:
        """Read voltage, current and power alone, in one request."""

    async def read_status(self) -> Status:
        """Read the status words alone."""

    async def read_housekeeping(self) -> Housekeeping:
        """Read what changes slowly."""

    async def read_last_record(self, known: bytes = b"") -> bytes:
        """Fetch the last signed OCMF record byte for byte; empty when there is none.

        Args:
            known: a record that need not be fetched again if it is still the last one.
        """

    async def write_clock(self, moment: datetime) -> None:
        """Set date and time, to the second; refused while charging."""

    async def write_prototype(
        self, prototype: bytes, container: Container = Container.BARE
    ) -> None:
        """Hand over the OCMF prototype; only the status shows whether it was accepted."""

    async def send(self, command: Command) -> None:
        """Give a command; only the status shows when it was carried out."""

    async def switch_display(self, *, on: bool) -> None:
        """Switch the meter's display on or off."""

    async def show_page(self, page: DisplayPage) -> None:
        """Let the meter's display show a page."""

    async def read_settings(self) -> Settings:
        """Read what can be set while no charge is running."""

    async def write_time_offset(self, minutes: int) -> None:
        """Set the offset to UTC: -900…900 minutes in steps of 15; refused while charging."""

    async def read_system(self) -> SystemStatus:
        """Read the state of hardware and firmware (Feature.SYSTEM_STATUS, else a checksum only)."""

    @property
    def logbook(self) -> Logbook:
        """The saved records and events."""

    @property
    def parameters(self) -> Parameters:
        """The system parameters."""

    @property
    def charge_settings(self) -> ChargeSettings | None:
        """The settings of a charge that can't be written over every transport."""

    @property
    def commissioning(self) -> Commissioning | None:
        """The login and what it is needed for, which not every transport offers."""

    async def close(self) -> None:
        """Let go of the link."""
