"""Texts of strangers, made fit for lists, spreadsheets and names of files.

What a record says was written by anyone who could reach the meter. The record itself is kept and handed
out as it is; what is made of it here is for looking at.
"""

from datetime import datetime, time, timedelta
from decimal import Decimal
import re
from typing import Final, overload

from homeassistant.util import dt as dt_util

# The longest text that the specification knows, TT, has 250 characters.
MAX_TEXT: Final = 300

# Control characters, and those that let a text run backwards or hide in it. Tabs and line breaks are
# of no use in these texts either.
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
# What makes a spreadsheet calculate a cell instead of showing it.
_FORMULA: Final = re.compile(r"(^|[;,|])(?=[\s\"']*[=+\-@\uff1d\uff0b\uff0d\uff20])")

_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_-]+")
# Enough for a serial number; leaves room for all parts within the 255 bytes of a file's name.
_MAX_PART: Final = 40


@overload
def shown(text: str) -> str: ...
@overload
def shown(text: str | None) -> str | None: ...
def shown(text: str | None) -> str | None:
    """Cut a text to a sensible length, and put U+FFFD where something unseen was."""
    if text is None:
        return None
    cut = text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
    return _UNSEEN.sub("\ufffd", cut)


def cell(text: str | None) -> str:
    """Make a cell of a text; an apostrophe keeps a spreadsheet from calculating it.

    Also behind what separates cells in some countries: there, quotes do not keep a text together.
    """
    return _FORMULA.sub(r"\1'", shown(text) or "")


@overload
def decimal_text(number: Decimal) -> str: ...
@overload
def decimal_text(number: Decimal | None) -> str | None: ...
def decimal_text(number: Decimal | None) -> str | None:
    """Write a number with all its decimals and without an exponent."""
    return None if number is None else f"{number:f}"


def local_text(moment: datetime | None) -> str:
    """Write a time with the zone of Home Assistant."""
    return "" if moment is None else dt_util.as_local(moment).isoformat()


def period_name(since: datetime | None, until: datetime | None) -> str | None:
    """Name a period by its year, month, day or its first and last day; `until` is not in it."""
    if since is None or until is None:
        days = [None if at is None else f"{dt_util.as_local(at):%Y-%m-%d}" for at in (since, until)]
        return {(True, False): f"since-{days[0]}", (False, True): f"before-{days[1]}"}.get(
            (since is not None, until is not None)
        )
    first = dt_util.as_local(since)
    end = dt_util.as_local(until)
    last = dt_util.as_local(until - timedelta(microseconds=1))
    midnight = {first.time(), end.time()} == {time()}
    if midnight and (first.day, end.day) == (1, 1):
        if (first.month, end.month) == (1, 1) and end.year == first.year + 1:
            return f"{first:%Y}"
        if (last.year, last.month) == (first.year, first.month):
            return f"{first:%Y-%m}"
    if first.date() == last.date():
        return f"{first:%Y-%m-%d}"
    return f"{first:%Y-%m-%d}_{last:%Y-%m-%d}"


def file_name(*parts: str | None, suffix: str) -> str:
    """Make a file's name of letters, digits and dashes only, whatever its parts hold."""
    clean = [_NOT_IN_NAMES.sub("", part or "").strip("-_")[:_MAX_PART] for part in parts]
    return f"{'_'.join(filter(None, clean)) or 'record'}.{suffix}"
