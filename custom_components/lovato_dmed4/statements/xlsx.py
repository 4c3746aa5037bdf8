"""A statement as a spreadsheet: the same content, in cells that can be calculated with."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Final

from ..connection.formats import duration
from .content import Line, Statement
from .table import Words, period_of, title_of

if TYPE_CHECKING:
    from xlsxwriter import Format, Worksheet

# Files are the same each time only if they say the same of when they were made.
_EPOCH: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - XlsxWriter wants it so
_COLUMNS: Final = (
    "driver",
    "identification",
    "start",
    "end",
    "duration",
    "meter",
    "point",
    "register_begin",
    "register_end",
    "energy",
    "exported",
    "price",
    "cost",
    "currency",
    "vat",
    "record",
    "record_digest",
    "reason",
)

type _Cell = str | Decimal | datetime | None


def write_workbook(statement: Statement, words: Words, out: IO[bytes]) -> None:
    """Write a statement as a workbook: sessions, sums, public keys.

    Texts are written as texts, whatever they look like: no cell is a formula.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - not before the first file is written

    book = Workbook(out, {"in_memory": True, "remove_timezone": True})
    book.set_properties({"title": words["statement"], "created": _EPOCH})
    bold = book.add_format({"bold": True})
    plain = book.add_format({})
    time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet = book.add_worksheet(words["sessions"][:31])
    sheet.freeze_panes(1, 0)
    _write_rows(sheet, [[words[name] for name in _COLUMNS]], bold, time)
    _write_rows(sheet, _session_rows(statement, words), plain, time, first=1)
    sheet.set_column(0, len(_COLUMNS) - 1, 18)
    sums = book.add_worksheet(words["total"][:31])
    _write_rows(sums, _sum_rows(statement, words), plain, time)
    sums.set_column(0, 4, 24)
    keys = book.add_worksheet(words["keys"][:31])
    _write_rows(keys, [[words["meter"], words["fingerprint"], words["keys"]]], bold, time)
    rows = [[key.meter, key.fingerprint, key.spki.hex()] for key in statement.keys]
    _write_rows(keys, rows, plain, time, first=1)
    keys.set_column(0, 2, 40)
    book.close()


def _write_rows(
    sheet: Worksheet,
    rows: Sequence[Sequence[_Cell]] | Iterator[Sequence[_Cell]],
    style: Format,
    time: Format,
    *,
    first: int = 0,
) -> None:
    for number, row in enumerate(rows, first):
        for column, cell in enumerate(row):
            match cell:
                case str():
                    sheet.write_string(number, column, cell, style)
                case Decimal():
                    sheet.write_number(number, column, float(cell), style)
                case datetime():
                    sheet.write_datetime(number, column, cell.replace(tzinfo=None), time)


def _session_rows(statement: Statement, words: Words) -> Iterator[Sequence[_Cell]]:
    for section in statement.sections:
        name = title_of(section, words)
        for line in sorted((*section.billed, *section.left_out), key=_begin):
            yield (name, *_cells(line, words))


def _begin(line: Line) -> tuple[bool, float]:
    return line.begin is not None, line.begin.timestamp() if line.begin else 0


def _cells(line: Line, words: Words) -> Sequence[_Cell]:
    bill, session = line.bill, line.bill.session
    rates, reason = bill.cost.rates, bill.cost.reason
    note = words.of("not_billed", reason.value) if reason else None
    return (
        session.identification,
        line.begin,
        line.end,
        duration(line.seconds),
        line.meter,
        session.charge_point,
        bill.register_begin,
        bill.register_end,
        session.imported,
        session.exported,
        rates.energy if rates else None,
        bill.cost.amount,
        rates.currency if rates else None,
        rates.vat if rates else None,
        bill.pagination,
        bill.digest,
        words["time_left_out"] if bill.cost.time_left_out else note,
    )


def _sum_rows(statement: Statement, words: Words) -> Iterator[Sequence[_Cell]]:
    yield words["period"], period_of(statement, words)
    yield words["number"], statement.number
    yield words["sender"], statement.issuer.get("name", "")
    yield words["sessions"], Decimal(statement.sums.sessions)
    yield words["energy"], statement.sums.imported
    yield words["exported"], statement.sums.exported
    for vat in statement.vat:
        if vat.rate is not None:
            yield words["net"], vat.net, vat.currency
            yield words["vat"], vat.vat, vat.currency, vat.rate
        yield words["gross"], vat.gross, vat.currency
    yield words["rule"], None
