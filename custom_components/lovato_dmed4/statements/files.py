"""Statements and receipts of what is in an archive. Everything here blocks: it is for the executor."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import IO, Final

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from custom_components.lovato_dmed4.archive import Archive, Bill, SessionQuery
from custom_components.lovato_dmed4.const import DOMAIN, LOGGER
from custom_components.lovato_dmed4.ocmf import fingerprint_text, load_public_key
from custom_components.lovato_dmed4.reports.billing import issuer_shape
from custom_components.lovato_dmed4.reports.export import Contents, Export
from custom_components.lovato_dmed4.reports.reader import session_not_found
from custom_components.lovato_dmed4.reports.report import Devices
from custom_components.lovato_dmed4.reports.text import file_name

from .content import PrintedKey, Statement, compose
from .table import Words


class StatementForm(StrEnum):
    """What kind of file."""

    PDF = "pdf"
    XLSX = "xlsx"


CONTENT_TYPES: Final = {
    StatementForm.PDF: "application/pdf",
    StatementForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export_statement(
    archive: Archive,
    out: IO[bytes],
    *,
    query: SessionQuery,
    form: StatementForm,
    devices: Devices,
    words: Words,
) -> Export:
    """Write a statement of all sessions that a query is about.

    Raises:
        HomeAssistantError: the library that writes it is not installed.
    """
    bills = list(archive.ledger.bills(query, dt_util.get_default_time_zone()))
    statement = _compose(archive, bills, query, devices)
    with _libraries():
        from .pdf import write_statement  # noqa: PLC0415 - libraries are loaded when needed
        from .xlsx import write_workbook  # noqa: PLC0415

        write = write_statement if form is StatementForm.PDF else write_workbook
        write(statement, words, out)
    days = [None if at is None else f"{at:%Y-%m-%d}" for at in (statement.since, statement.until)]
    name = file_name("statement", *days, statement.number, suffix=form.value)
    return Export(name, Contents(sessions=len(bills), records=len(bills)))


def export_receipt(
    archive: Archive, out: IO[bytes], *, session_id: int, devices: Devices, words: Words
) -> Export:
    """Write the receipt of a session.

    Raises:
        ServiceValidationError: there is no such session.
        HomeAssistantError: the library that writes it is not installed.
    """
    detail = archive.session(session_id)
    if detail is None:
        raise session_not_found()
    bills = archive.ledger.bill([detail.session], dt_util.get_default_time_zone())
    statement = _compose(archive, bills, SessionQuery(), devices)
    record = next(
        (each for each in detail.records if each.id == bills[0].record), detail.records[-1]
    )
    key = next((each.spki for each in detail.keys if each.id == record.key_id), None)
    with _libraries():
        from .pdf import write_receipt  # noqa: PLC0415 - libraries are loaded when needed

        write_receipt(statement, record.raw, key, words, out)
    name = file_name("receipt", record.pagination, statement.number, suffix="pdf")
    return Export(name, Contents(sessions=1, records=1))


def _compose(
    archive: Archive, bills: list[Bill], query: SessionQuery, devices: Devices
) -> Statement:
    names = {each.unique_id: each.name for each in archive.meters()}
    names |= {unique_id: device.name for unique_id, device in devices.items()}
    meters = {bill.session.meter_id: bill.session.meter for bill in bills}
    keys = {
        key.id: PrintedKey(
            meter=names[unique_id],
            fingerprint=fingerprint_text(load_public_key(key.spki)),
            spki=key.spki,
        )
        for meter_id, unique_id in meters.items()
        for key in archive.keys(meter_id)
    }
    return compose(
        bills,
        issuer={name: str(text) for name, text in issuer_shape(archive.ledger.settings()).items()},
        meters=names,
        keys=keys,
        since=query.since,
        until=query.until,
        zone=dt_util.get_default_time_zone(),
    )


@contextmanager
def _libraries() -> Iterator[None]:
    """Say which library is missing, where Home Assistant could not install it."""
    try:
        yield
    except ImportError as err:
        LOGGER.error("A statement can't be written: %s", err)
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="library_missing"
        ) from err
