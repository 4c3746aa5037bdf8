"""What actions and the browser receive about drivers, prices and costs.

As in `shapes`: times are ISO 8601 in UTC, energies decimal text in kWh, money decimal text in units of
its currency. Codes have a text each under `config_panel` in the translations.
"""

from typing import TypedDict


class DriverNameShape(TypedDict):
    """Whose identification something is."""

    driver_id: int | None
    driver: str | None  # name


class RatesShape(TypedDict):
    """What is charged for, VAT included."""

    energy: str | None  # for each kWh; None where an entity says it
    exported: str | None  # credited for each kWh fed back
    minute: str | None
    session: str | None
    vat: str | None  # percentage
    currency: str


class CostShape(TypedDict):
    """What a session costs, or why it has no cost."""

    amount: str | None
    reason: str | None  # not_billed.*
    rates: RatesShape | None
    time_left_out: bool  # there is a price per minute, but the time may not be billed
    fixed: bool  # the rates are stored with the session: new prices change nothing


class IdentificationEntryShape(TypedDict):
    """What a driver identifies with."""

    value: str
    type: str | None  # IT


class DriverShape(TypedDict):
    """A driver."""

    driver_id: int
    name: str
    identifications: list[IdentificationEntryShape]
    address: str  # in lines
    email: str
    person: str  # entity ID
    note: str
    active: bool


class UnnamedShape(TypedDict):
    """An identification in records that belongs to no driver."""

    identification: str
    identification_type: str | None
    sessions: int
    last: str | None  # when the last of them began
    suggestion: str | None  # what Home Assistant calls a tag of that number


class DriversShape(TypedDict):
    """All drivers by name, and what waits for a name, the newest first."""

    drivers: list[DriverShape]
    unnamed: list[UnnamedShape]


class PriceShape(TypedDict):
    """A price."""

    price_id: int
    rates: RatesShape
    since: str
    until: str | None
    device_id: str | None  # of a meter; None with `meter` None for all meters
    meter: str | None  # its name, or its unique ID when it is not set up any more
    driver_id: int | None
    driver: str | None  # name
    time_from: str | None  # HH:MM, in the time zone of Home Assistant
    time_until: str | None
    price_entity: str | None  # entity ID


class PricesShape(TypedDict):
    """All prices, the oldest first."""

    prices: list[PriceShape]
    currency: str  # of Home Assistant, which new prices have
    time_zone: str


class DeletedShape(TypedDict):
    """What was deleted."""

    deleted: int  # its number


class AppliedShape(TypedDict):
    """What came of applying prices again."""

    changed: int  # sessions that have other rates than before


class AmountShape(TypedDict):
    """An amount of money."""

    currency: str
    amount: str


class LeftOutShape(TypedDict):
    """Sessions that have no cost, for one reason."""

    reason: str  # not_billed.*
    sessions: int


class SumsShape(TypedDict):
    """What some sessions come to."""

    sessions: int
    imported: str
    exported: str
    billed: int  # sessions that have a cost
    billed_energy: str
    costs: list[AmountShape]  # one, unless the currency was changed
    left_out: list[LeftOutShape]


class DriverSumsShape(SumsShape):
    """What the sessions of a driver, or of an identification without a driver, come to."""

    driver_id: int | None
    driver: str | None  # name
    identification: str | None  # where there is no driver; None of those who did not identify


class MeterSumsShape(SumsShape):
    """What the sessions of a meter come to."""

    device_id: str | None
    meter: str | None


class CostsShape(SumsShape):
    """What sessions come to: all, by driver and by meter, the most energy first."""

    by_driver: list[DriverSumsShape]
    by_meter: list[MeterSumsShape]


class IssuerShape(TypedDict):
    """Who sends statements; a text that was never saved is empty."""

    name: str
    address: str  # street, postal code and city, in lines
    email: str
    phone: str
    tax_id: str
    note: str  # below each statement: terms of payment, bank account
    city: str  # of the chargers, for OCPI
    party_id: str  # three letters, for OCPI
