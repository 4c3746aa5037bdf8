"""Statements and receipts as PDF: A4, fonts embedded, black on white.

fpdf2 is imported when the first file is written: Home Assistant need not wait for it at its start. It
cannot tag tables for screen readers; language and title are set.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from ..connection.formats import NOTHING
from .content import Line, Section, Statement, VatSum
from .table import (
    BILLED,
    LEFT_OUT,
    Words,
    billed_row,
    headings,
    left_out_row,
    period_of,
    tariffs_of,
    title_of,
    vat_rows,
)

if TYPE_CHECKING:
    from fpdf import FPDF

_FONTS: Final = Path(__file__).parent / "fonts"
_FONT: Final = "DejaVuSansCondensed"
_BODY: Final = 7.5
_MARGIN: Final = 12
# Millimetres of each column, of 273 on a page across.
_BILLED_WIDTHS: Final = (29, 29, 15, 32, 28, 25, 25, 20, 19, 18, 19, 14)
_LEFT_OUT_WIDTHS: Final = (29, 29, 42, 42, 22, 20, 89)
# These are numbers, which stand at the right.
_NUMBERS: Final = {
    "duration",
    "register_begin",
    "register_end",
    "energy",
    "exported",
    "price",
    "cost",
    "record",
}
_ROW: Final = 4.6
_GREY: Final = 235


def new_document(words: Words, title: str, when: datetime | None, *, across: bool) -> FPDF:
    """Begin a document; the same time makes the same file."""
    from fpdf import FPDF  # noqa: PLC0415 - not before the first file is written

    class Document(FPDF):
        """A document with page numbers."""

        def footer(self) -> None:
            """Write the number of the page and the title."""
            self.set_y(-_MARGIN)
            self.set_font(_FONT, size=_BODY)
            page = words["page"].replace("{page}", str(self.page_no()))
            self.cell(0, _ROW, f"{title}   {page.replace('{pages}', '{nb}')}", align="R")

    document = Document(orientation="landscape" if across else "portrait", format="A4")
    document.set_creation_date(when or datetime(2000, 1, 1, tzinfo=UTC))
    document.set_title(title)
    document.set_lang(words.language)
    document.set_producer("LOVATO DMED4 for Home Assistant")
    for style, file in (("", f"{_FONT}.ttf"), ("B", f"{_FONT}-Bold.ttf")):
        document.add_font(_FONT, style, str(_FONTS / file))
    document.set_margin(_MARGIN)
    document.set_line_width(0.1)
    document.set_auto_page_break(auto=True, margin=_MARGIN + 5)
    document.add_page()
    return document


def write_statement(statement: Statement, words: Words, out: IO[bytes]) -> None:
    """Write a statement."""
    title = f"{words['statement']} {statement.number}"
    document = new_document(words, title, statement.last, across=True)
    _write_head(document, words["statement"], statement, words, of_a_period=True)
    if not statement.sections:
        _write_line(document, words["nothing"])
    for section in statement.sections:
        _write_section(document, section, words, alone=len(statement.sections) == 1)
    write_sums(document, statement.vat, words)
    _write_notes(document, statement, words)
    write_keys(document, statement, words)
    out.write(document.output())


def _write_head(
    document: FPDF, title: str, statement: Statement, words: Words, *, of_a_period: bool
) -> None:
    document.set_font(_FONT, "B", 15)
    document.cell(0, 8, title, new_x="LMARGIN", new_y="NEXT")
    top = document.get_y() + 2
    issuer = statement.issuer
    tax = f"{words['tax_id']}: {issuer['tax_id']}" if issuer.get("tax_id") else ""
    sender = [issuer.get(name, "") for name in ("name", "address", "email", "phone")]
    driver = statement.recipient
    recipient = [driver.name, driver.address, driver.email] if driver else [NOTHING]
    period = f"{words['period']}: {period_of(statement, words)}" if of_a_period else ""
    facts = [
        period,
        f"{words['time_zone']}: {words.zone}",
        f"{words['sessions']}: {statement.sums.sessions}",
        f"{words['number']}: {statement.number}",
    ]
    bottom = top
    width = document.epw / 3
    for column, (name, lines) in enumerate(
        ((words["sender"], [*sender, tax]), (words["recipient"], recipient), ("", facts))
    ):
        left = _MARGIN + column * width
        document.set_xy(left, top)
        document.set_font(_FONT, "B", _BODY + 1)
        document.cell(width, _ROW, name)
        document.set_xy(left, top + (_ROW if name else 0))
        document.set_font(_FONT, size=_BODY + 1)
        text = "\n".join(line for line in lines if line)
        document.multi_cell(width - 4, _ROW, text, align="L")
        bottom = max(bottom, document.get_y())
    document.set_xy(_MARGIN, bottom + 4)


def _write_section(document: FPDF, section: Section, words: Words, *, alone: bool) -> None:
    if not alone or section.driver is None:
        _write_line(document, title_of(section, words), bold=True)
    if section.billed:
        rows = [billed_row(line, words) for line in section.billed]
        _write_table(document, BILLED, _BILLED_WIDTHS, rows, headings(BILLED, section, words))
        _write_subtotal(document, section, words)
        for text in tariffs_of(section, words):
            _write_line(document, text)
    if section.left_out:
        document.ln(1.5)
        _write_line(document, words["left_out"], bold=True)
        rows = [left_out_row(line, words) for line in section.left_out]
        _write_table(document, LEFT_OUT, _LEFT_OUT_WIDTHS, rows, headings(LEFT_OUT, section, words))
    document.ln(4)


def _write_table(
    document: FPDF,
    names: Sequence[str],
    widths: Sequence[int],
    rows: Sequence[Sequence[str]],
    heads: Sequence[str],
) -> None:
    """Write a table; its head is repeated on each page."""

    def head() -> None:
        document.set_font(_FONT, "B", _BODY - 1)
        document.set_fill_color(_GREY)
        top = document.get_y()
        for name, width, text in zip(names, widths, heads, strict=True):
            left = document.get_x()
            document.rect(left, top, width, 2 * _ROW - 1, style="F")
            align = "R" if name in _NUMBERS else "L"
            document.multi_cell(width, _ROW - 0.5, text, align=align)
            document.set_xy(left + width, top)
        document.set_xy(_MARGIN, top + 2 * _ROW - 1)
        document.set_font(_FONT, size=_BODY)

    if document.will_page_break(4 * _ROW):
        document.add_page()
    head()
    for row in rows:
        if document.will_page_break(_ROW):
            document.add_page()
            head()
        for name, width, text in zip(names, widths, row, strict=True):
            align = "R" if name in _NUMBERS else "L"
            document.cell(width, _ROW, fitted(document, text, width - 2), border="B", align=align)
        document.ln(_ROW)


def fitted(document: FPDF, text: str, width: float) -> str:
    """Cut a text to a width, and show that it was cut."""
    if document.get_string_width(text) <= width:
        return text
    while text and document.get_string_width(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"


def _write_subtotal(document: FPDF, section: Section, words: Words) -> None:
    form, sums = words.format, section.sums
    costs = ", ".join(form.money(cost, currency) for currency, cost in sums.costs.items())
    text = (
        f"{words['subtotal']}: {words['sessions']} {sums.billed}, "
        f"{form.number(sums.billed_energy)} kWh, {costs}"
    )
    document.set_font(_FONT, "B", _BODY)
    document.cell(
        sum(_BILLED_WIDTHS[:-1]), _ROW + 1, text, align="R", new_x="LMARGIN", new_y="NEXT"
    )


def write_sums(document: FPDF, vat: Sequence[VatSum], words: Words) -> None:
    """Write what all sessions come to."""
    for each in vat:
        rows = list(vat_rows(each, words))
        if document.will_page_break(len(rows) * (_ROW + 1)):
            document.add_page()
        for number, (name, amount) in enumerate(rows, 1):
            style = "B" if number == len(rows) else ""
            document.set_font(_FONT, style, _BODY + 2)
            document.cell(document.epw - 50, _ROW + 1, name, align="R")
            border = "T" if number == len(rows) > 1 else ""
            document.cell(
                50, _ROW + 1, amount, border=border or 0, align="R", new_x="LMARGIN", new_y="NEXT"
            )
    document.ln(3)


def _write_notes(document: FPDF, statement: Statement, words: Words) -> None:
    lines = [words["rule"]]
    if any(
        line.bill.cost.time_left_out for section in statement.sections for line in section.billed
    ):
        lines.append(words["time_left_out"])
    for line in lines:
        _write_line(document, line)
    if note := statement.issuer.get("note"):
        _write_line(document, note)
    document.ln(2)
    _write_line(document, words["check_title"], bold=True)
    _write_line(document, words["check"])
    document.ln(2)


def write_keys(document: FPDF, statement: Statement, words: Words) -> None:
    """Write the public keys that the records were verified with."""
    if statement.keys:
        _write_line(document, words["keys"], bold=True)
    for key in statement.keys:
        _write_line(document, f"{key.meter}\n{key.spki.hex()}")
        _write_line(document, f"{words['fingerprint']}: {key.fingerprint}")
        document.ln(1)


def _write_line(document: FPDF, text: str, *, bold: bool = False) -> None:
    document.set_font(_FONT, "B" if bold else "", _BODY + bold)
    document.multi_cell(0, _ROW - 0.4, text, align="L", new_x="LMARGIN", new_y="NEXT")


def write_receipt(
    statement: Statement, raw: bytes, key: bytes | None, words: Words, out: IO[bytes]
) -> None:
    """Write the receipt of a session, with its signed record as QR code.

    Args:
        statement: of this session only.
        raw: the record that the cost was taken from.
        key: the meter's key.
        words: texts.
        out: file.
    """
    from .qr import draw_qr_codes  # noqa: PLC0415 - as above

    title = f"{words['receipt']} {statement.number}"
    document = new_document(words, title, statement.last, across=False)
    _write_head(document, words["receipt"], statement, words, of_a_period=False)
    for section in statement.sections:
        _write_facts(document, section, words)
    write_sums(document, statement.vat, words)
    _write_notes(document, statement, words)
    write_keys(document, statement, words)
    draw_qr_codes(document, raw, words["qr_record"], words["qr_part"])
    if key is not None:
        draw_qr_codes(document, key.hex().encode(), words["qr_key"], words["qr_part"])
    out.write(document.output())


def _write_facts(document: FPDF, section: Section, words: Words) -> None:
    kinds: tuple[
        tuple[Sequence[Line], Sequence[str], Callable[[Line, Words], tuple[str, ...]]], ...
    ] = (
        (section.billed, BILLED, billed_row),
        (section.left_out, LEFT_OUT, left_out_row),
    )
    for lines, names, row in kinds:
        for line in lines:
            facts = [
                (words["driver"], title_of(section, words)),
                *zip(headings(names, section, words), row(line, words), strict=True),
                (words["verdict"], words.of("verdict", line.bill.session.verdict.value)),
                (words["record_digest"], line.bill.digest or NOTHING),
            ]
            for name, text in facts:
                document.set_font(_FONT, "B", _BODY + 1)
                document.cell(50, _ROW + 0.6, name)
                document.set_font(_FONT, size=_BODY + 1)
                document.multi_cell(0, _ROW + 0.6, text, align="L", new_x="LMARGIN", new_y="NEXT")
    for text in tariffs_of(section, words):
        _write_line(document, text)
    document.ln(3)
