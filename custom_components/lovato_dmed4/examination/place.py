"""A place of the manual that can be read in more than one way."""

from dataclasses import dataclass
from enum import StrEnum


class Transport(StrEnum):
    """What a meter is asked over."""

    MODBUS = "modbus"
    REST = "rest"


class Needs(StrEnum):
    """What it takes to find a reading out."""

    LOOK = "look"
    """Only reading."""
    RECORDS = "records"
    """Saved records, of at least one whole charge."""
    WRITES = "writes"
    """Consent to write settings and to select entries of the logbooks."""
    LOGIN = "login"
    """A login with the advanced password."""
    CHARGE = "charge"
    """A charge, which signs records."""
    POWER = "power"
    """A look after the power has failed."""
    EMPTY = "empty"
    """A meter that has not signed anything yet."""
    KEYLESS = "keyless"
    """A meter without a key: one that has not been commissioned."""
    FULL = "full"
    """A full event log during commissioning."""
    RESTART = "restart"
    """A change of system parameters, after which the meter starts again."""
    DISPLAY = "display"
    """A remote display."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the manual.

    Attributes:
        needs: what it takes to find the reading out.
        readings: the readings' names.
        transports: over which it shows.
    """

    needs: Needs
    readings: tuple[str, ...]
    transports: tuple[Transport, ...] = tuple(Transport)
