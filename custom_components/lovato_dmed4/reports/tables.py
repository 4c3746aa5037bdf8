"""Sessions as a table: a workbook for people, a CSV for programs.

In a workbook each cell has a type: a number is the same number in every language, an identification
keeps its zeros, and no text is ever calculated. A CSV is opened by spreadsheets as their language has
it, where 44.267 may become 44,267: it is for programs, and says so in docs/records.md.
"""

from collections.abc import Mapping, Sequence
import csv
from datetime import datetime
from decimal import Decimal
from enum import Enum, auto
from typing import IO, Final, Protocol

from homeassistant.util import dt as dt_util

from ..archive import Bill, SessionDetail
from ..billing.model import Cost
from ..ocmf import Record, fingerprint_text
from .report import Checked, Devices, session_clock, session_shape, transparency
from .text import cell, local_text, shown

# Excel takes a file without it for one in the character set of Windows.
_BOM: Final = "\ufeff"
# The same records make the same file.
_EPOCH: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - what the file's format has
_SECONDS_PER_DAY: Final = 86_400
# Characters; a filter's button covers the end of a title.
_WIDTH: Final = 18
_FILTER_BUTTON: Final = 4
# Characters of a sheet's name that Excel takes.
_SHEET_NAME: Final = 31

# The key of the sheet's title among those of its columns.
SHEET: Final = "sessions"


class CellKind(Enum):
    """What a column holds."""

    TEXT = auto()
    WHOLE = auto()
    ENERGY = auto()
    MONEY = auto()
    TIME = auto()
    # Whole seconds.
    DURATION = auto()


# Explained in docs/records.md.
COLUMNS: Final[Mapping[str, CellKind]] = {
    "session_id": CellKind.WHOLE,
    "meter": CellKind.TEXT,
    "meter_serial_number": CellKind.TEXT,
    "pagination": CellKind.TEXT,
    "begin": CellKind.TIME,
    "end": CellKind.TIME,
    "duration_seconds": CellKind.DURATION,
    "imported_kwh": CellKind.ENERGY,
    "imported_wh": CellKind.WHOLE,
    "exported_kwh": CellKind.ENERGY,
    "exported_wh": CellKind.WHOLE,
    "driver": CellKind.TEXT,
    "identification_type": CellKind.TEXT,
    "identification": CellKind.TEXT,
    "identification_level": CellKind.TEXT,
    "tariff_text": CellKind.TEXT,
    "charge_point": CellKind.TEXT,
    "outcome": CellKind.TEXT,
    "verdict": CellKind.TEXT,
    "records": CellKind.WHOLE,
    "clock": CellKind.TEXT,
    "duration_billable": CellKind.TEXT,
    "counted_at": CellKind.TIME,
    "counted_by": CellKind.TEXT,
    "transparency_software": CellKind.TEXT,
    "public_key_sha256": CellKind.TEXT,
    "last_record_sha256": CellKind.TEXT,
    "cost": CellKind.MONEY,
    "currency": CellKind.TEXT,
    "price_kwh": CellKind.MONEY,
    "not_billed": CellKind.TEXT,
}

# The titles of columns by their names, and the words for codes by column and code: `outcome.ended`.
# What has none stands as it is.
type Titles = Mapping[str, str]
type Value = str | int | Decimal | datetime | None
type Row = Mapping[str, Value]


class Table(Protocol):
    """A table that is being written."""

    def add(self, row: Row) -> None:
        """Add a row."""

    def close(self) -> None:
        """Write what is not written yet."""


def session_row(detail: SessionDetail, records: Sequence[Checked], devices: Devices) -> Row:
    """Describe a session in the values of a table."""
    session = detail.session
    last, key = records[-1].record, records[-1].judged.key
    bill = detail.bill or Bill(session=session, driver=None, cost=Cost(amount=None))
    shape, quality = session_shape(bill, devices), session_clock(session, records)
    rates = bill.cost.rates
    return {
        "session_id": session.id,
        "meter": shape["meter"],
        "meter_serial_number": serial_of(last),
        "pagination": last.pagination if last else None,
        "begin": session.begin,
        "end": session.end,
        "duration_seconds": shape["duration"],
        "imported_kwh": session.imported,
        "imported_wh": _watt_hours(session.imported),
        "exported_kwh": session.exported,
        "exported_wh": _watt_hours(session.exported),
        "driver": shape["driver"],
        "identification_type": session.identification_type,
        "identification": session.identification,
        "identification_level": session.identification_level,
        "tariff_text": session.tariff_text,
        "charge_point": session.charge_point,
        "outcome": session.outcome.value,
        "verdict": session.verdict.value,
        "records": session.records,
        "clock": quality["quality"],
        "duration_billable": "yes" if quality["billable"] else "no",
        "counted_at": session.counted,
        "counted_by": "arrival" if shape["by_arrival"] else "begin",
        "transparency_software": transparency(records)["refusal"] or "accepted",
        "public_key_sha256": None if key is None else fingerprint_text(key),
        "last_record_sha256": detail.records[-1].digest,
        "cost": _number(shape["cost"]["amount"]),
        "currency": rates.currency if rates else None,
        "price_kwh": _number(shape["cost"]["rates"]["energy"]) if shape["cost"]["rates"] else None,
        "not_billed": shape["cost"]["reason"],
    }


def serial_of(record: Record | None) -> str | None:
    """Return by what a record names its meter."""
    return record.meter_serial or record.gateway_serial if record else None


def _watt_hours(energy: Decimal | None) -> int | None:
    """Return whole watt-hours; None where an energy has more decimals than that."""
    if energy is None or (wh := energy.scaleb(3)) != wh.to_integral_value():
        return None
    return int(wh)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


class CsvTable:
    """A table as RFC 4180 defines it, with all texts in quotes and all numbers with a point."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        out.write(_BOM.encode())
        self._rows = csv.writer(self, quoting=csv.QUOTE_STRINGS)
        self._rows.writerow(COLUMNS)

    def write(self, text: str) -> int:
        """Take text from the CSV writer; in contrast to a TextIOWrapper the file stays open."""
        return self._out.write(text.encode())

    def add(self, row: Row) -> None:
        """Add a row."""
        self._rows.writerow([_csv_value(row[name]) for name in COLUMNS])

    def close(self) -> None:
        """Leave the file as it is."""


class _Plain:
    """A number with all its decimals, which the CSV writer puts into no quotes."""

    def __init__(self, number: Decimal) -> None:
        self._number = number

    def __str__(self) -> str:
        return f"{self._number:f}"


def _csv_value(value: Value) -> str | int | _Plain | None:
    match value:
        case str():
            return cell(value)
        case Decimal():
            return _Plain(value)
        case datetime():
            return local_text(value)
    return value


class Workbook:
    """A workbook (XLSX) with one sheet, in the language of Home Assistant and the times of its zone."""

    def __init__(self, out: IO[bytes], titles: Titles) -> None:
        import xlsxwriter  # noqa: PLC0415 - not before the first file is written

        # Rows go to the disk as they come; nothing that looks like a formula or an address becomes one.
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(out, options)
        self._book.set_properties({"created": _EPOCH})
        self._sheet = self._book.add_worksheet(titles.get(SHEET, "Sessions")[:_SHEET_NAME])
        formats = {
            CellKind.TEXT: "@",
            CellKind.WHOLE: "0",
            CellKind.ENERGY: "0.000",
            CellKind.MONEY: "0.00##",
            CellKind.TIME: "yyyy-mm-dd hh:mm:ss",
            CellKind.DURATION: "[hh]:mm:ss",
        }
        self._formats = {
            kind: self._book.add_format({"num_format": code}) for kind, code in formats.items()
        }
        self._rows = 0
        self._titles = titles
        head = self._book.add_format({"bold": True})
        self._sheet.freeze_panes(1, 0)
        # What is printed has its titles on each page.
        self._sheet.set_landscape()
        self._sheet.repeat_rows(0)
        for column, name in enumerate(COLUMNS):
            title = titles.get(name, name)
            self._sheet.set_column(column, column, max(_WIDTH, len(title) + _FILTER_BUTTON))
            self._sheet.write_string(0, column, title, head)

    def add(self, row: Row) -> None:
        """Add a row."""
        self._rows += 1
        for column, (name, kind) in enumerate(COLUMNS.items()):
            value = row[name]
            if isinstance(value, str):
                value = self._titles.get(f"{name}.{value.lower()}", value)
            self._write(column, kind, value)

    def _write(self, column: int, kind: CellKind, value: Value) -> None:
        place: tuple[int, int] = self._rows, column
        look = self._formats[kind]
        match value:
            case None:
                self._sheet.write_blank(*place, None, look)
            case str():
                self._sheet.write_string(*place, shown(value), look)
            case datetime():
                local = dt_util.as_local(value).replace(tzinfo=None)
                self._sheet.write_datetime(*place, local, look)
            case _:
                days = _SECONDS_PER_DAY if kind is CellKind.DURATION else 1
                self._sheet.write_number(*place, _cell_number(value, days), look)

    def close(self) -> None:
        """Write the file."""
        self._sheet.autofilter(0, 0, self._rows, len(COLUMNS) - 1)
        self._book.close()


def _cell_number(value: int | Decimal, divisor: int) -> float:
    """Return what a workbook can hold: 15 digits, which no energy of a session exceeds."""
    return float(value / divisor if divisor != 1 else value)
