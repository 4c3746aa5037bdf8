"""Drivers, prices and costs. Times are aware, energies in kWh, money in units of its currency."""

from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from enum import StrEnum

# Stands for "no driver" where sessions are chosen by driver: numbers in a database begin with 1.
NO_DRIVER = 0


class NotBilled(StrEnum):
    """Why a session has no cost, the reason that matters most first."""

    OPEN = "open"
    END_MISSING = "end_missing"
    INVALID = "invalid"
    KEY_CHANGED = "key_changed"
    UNVERIFIABLE = "unverifiable"
    INCONSISTENT = "inconsistent"
    # The meter itself marked the energy as not fit for billing (EF).
    ENERGY_ERROR = "energy_error"
    ENERGY_UNKNOWN = "energy_unknown"
    NO_PRICE = "no_price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """What a driver identifies with; ``type`` is the OCMF code (IT), None for any."""

    value: str = field(repr=False)
    type: str | None = None

    @property
    def match(self) -> str:
        """The same for all ways to write it: readers differ in the case of RFID numbers."""
        return self.value.strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A person who charges. It is shown without who that is.

    Attributes:
        id: its number in the archive; None for one that is not stored yet.
        name: what the person is called.
        identifications: what the person identifies with.
        address: of the recipient of a statement, in lines.
        email: where statements go.
        person: entity ID of a person in Home Assistant.
        note: for the owner.
        active: whether the driver is offered for new charges.
    """

    id: int | None = None
    name: str = field(repr=False)
    identifications: tuple[Identification, ...] = ()
    address: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    person: str = field(default="", repr=False)
    note: str = field(default="", repr=False)
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What is charged for, VAT included.

    Attributes:
        energy: for each kWh imported; None where the price comes from an entity that gave none.
        exported: credited for each kWh fed back.
        minute: for each minute, to the second.
        session: for each session.
        vat: percentage that is included; None where none is shown.
        currency: ISO 4217.
    """

    energy: Decimal | None
    exported: Decimal | None = None
    minute: Decimal | None = None
    session: Decimal | None = None
    vat: Decimal | None = None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """From when on, where, for whom and at what time of day certain rates hold.

    Attributes:
        id: its number in the archive; None for one that is not stored yet.
        rates: what is charged for.
        since: for sessions that began then or later.
        until: for sessions that began before; None for an open end.
        meter: unique ID of a meter's config entry; None for all meters.
        driver_id: None for all drivers.
        time_from: local time of day; with ``time_until``, for sessions that began in between.
        time_until: may be earlier than ``time_from``: then the night is meant.
        entity_id: whose state at the begin is the price of a kWh; ``rates.energy`` stands in for it.
    """

    id: int | None = None
    rates: Rates
    since: datetime
    until: datetime | None = None
    meter: str | None = None
    driver_id: int | None = None
    time_from: time | None = None
    time_until: time | None = None
    entity_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Of a session, what its cost is made of; all of it signed.

    Attributes:
        seconds: how long it took; None where the time may not be billed.
        imported: in kWh.
        exported: in kWh.
    """

    seconds: Decimal | None
    imported: Decimal
    exported: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a session costs, or why it has no cost.

    Attributes:
        amount: rounded to the currency's smallest unit; None if the session is not billed.
        reason: why it is not billed.
        rates: what was charged for; None without a price.
        time_left_out: whether a price per minute was left out, because the time may not be billed.
        fixed: whether the rates were stored with the session, so that new prices change nothing.
    """

    amount: Decimal | None
    reason: NotBilled | None = None
    rates: Rates | None = None
    time_left_out: bool = False
    fixed: bool = False
