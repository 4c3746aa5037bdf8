"""Open the files that people get with other programs' libraries.

These are imported when the first file is opened: each worker of a run imports all tests, but few of the
workers open a file, and importing the libraries takes a third of a second.
"""

from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl import Workbook
    from pypdf import PdfReader


def open_workbook(file: IO[bytes]) -> Workbook:
    """Open a workbook for spreadsheets."""
    from openpyxl import load_workbook  # noqa: PLC0415

    return load_workbook(file)


def open_pdf(file: IO[bytes] | str) -> PdfReader:
    """Open a document, which may be named by its path."""
    from pypdf import PdfReader  # noqa: PLC0415

    return PdfReader(file)
