"""Dates and numbers as they are written in each language."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

NOTHING: Final = "\N{EN DASH}"
"""Stands where something is not known."""

_NO_BREAK: Final = "\N{NARROW NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Format:
    """How a language writes dates and numbers.

    Attributes:
        date: for strftime.
        decimal: between a number's whole and its decimals.
        thousands: between each three digits.
    """

    date: str
    decimal: str
    thousands: str

    def day(self, moment: datetime | None) -> str:
        """Write a date."""
        return NOTHING if moment is None else moment.strftime(self.date)

    def time(self, moment: datetime | None) -> str:
        """Write a date and a time, to the second: that is what was signed."""
        return NOTHING if moment is None else moment.strftime(f"{self.date} %H:%M:%S")

    def number(self, number: Decimal | None) -> str:
        """Write a number with all of its decimals."""
        if number is None:
            return NOTHING
        text = f"{number:,f}".translate({ord(","): self.thousands, ord("."): self.decimal})
        return text.replace("-", "\N{MINUS SIGN}")

    def money(self, amount: Decimal | None, currency: str) -> str:
        """Write an amount of money."""
        return f"{self.number(amount)} {currency}"


# English with the date of ISO 8601: 1/2/2026 is another day on each side of the Atlantic.
_FORMATS: Final = {
    "de": Format("%d.%m.%Y", ",", "."),
    "en": Format("%Y-%m-%d", ".", ","),
    "es": Format("%d/%m/%Y", ",", _NO_BREAK),
    "fr": Format("%d/%m/%Y", ",", _NO_BREAK),
    "it": Format("%d/%m/%Y", ",", "."),
}

LANGUAGES: Final = tuple(_FORMATS)


def format_of(language: str) -> Format:
    """Get the format of a language, or of its main form, or that of English."""
    return _FORMATS.get(language.partition("-")[0].lower(), _FORMATS["en"])


def local_moment(hass: HomeAssistant, moment: datetime) -> str:
    """Write a time as people in Home Assistant's time zone write it, in its language."""
    return format_of(hass.config.language).time(dt_util.as_local(moment))


def duration(seconds: int | None) -> str:
    """Write a duration as hours, minutes and seconds."""
    if seconds is None:
        return NOTHING
    sign, rest = "\N{MINUS SIGN}" * (seconds < 0), abs(seconds)
    return f"{sign}{rest // 3600}:{rest // 60 % 60:02}:{rest % 60:02}"
