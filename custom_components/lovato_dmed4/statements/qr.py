"""QR codes in a document, drawn as rectangles: sharp at every size, and small."""

from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING, Final

import segno

if TYPE_CHECKING:
    from fpdf import FPDF

_FONT: Final = "DejaVuSansCondensed"
# What the cameras of phones still read from paper, of up to 40; more goes into another code.
_LARGEST: Final = 25
# Millimetres of a code with its margin, of which four modules are needed.
_SIZE: Final = 82
_QUIET: Final = 4
_CAPTION: Final = 5


def draw_qr_codes(document: FPDF, content: bytes, caption: str, part: str) -> None:
    """Draw a text as one QR code, or as several that belong together (structured append)."""
    codes = _codes(content)
    for number, code in enumerate(codes, 1):
        if document.will_page_break(_SIZE + _CAPTION):
            document.add_page()
        text = caption
        if len(codes) > 1:
            of = part.replace("{part}", str(number)).replace("{parts}", str(len(codes)))
            text = f"{caption}: {of}"
        document.set_font(_FONT, "B", 8)
        document.cell(0, _CAPTION, text, new_x="LMARGIN", new_y="NEXT")
        _draw(document, code)


def _codes(content: bytes) -> list[segno.QRCode]:
    with suppress(segno.DataOverflowError):
        code = segno.make_qr(content, error="l", boost_error=False)
        if isinstance(code.version, int) and code.version <= _LARGEST:
            return [code]
    return list(segno.make_sequence(content, error="l", boost_error=False, version=_LARGEST))


def _draw(document: FPDF, code: segno.QRCode) -> None:
    left, top = document.get_x(), document.get_y()
    rows = list(code.matrix)
    module = _SIZE / (len(rows) + 2 * _QUIET)
    document.set_fill_color(0)
    for y, row in enumerate(rows, _QUIET):
        x = _QUIET
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                document.rect(
                    left + x * module, top + y * module, length * module, module, style="F"
                )
            x += length
    document.set_xy(left, top + _SIZE)
