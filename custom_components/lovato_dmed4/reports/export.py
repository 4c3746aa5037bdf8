"""Records as files for other people: one, those of a session, or all of a period.

Everything here blocks: it is for the executor. Files of a period are written as they are read from the
archive, so that thousands of records take no more memory than one; the same records make the same file.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from csv import DictWriter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from ..archive import Archive, Bill, SessionDetail, SessionQuery
from ..billing.model import Cost
from ..const import DOMAIN
from ..ocmf import NotExportableError, Record, fingerprint, outline, to_ocmf, to_xml
from .reader import record_not_found, session_not_found
from .report import Checked, Devices, check_stored, clock, session_shape, transparency
from .text import cell, file_name, local_text


class Form(StrEnum):
    """What kind of file."""

    OCMF = "ocmf"
    XML = "xml"
    CSV = "csv"
    ZIP = "zip"


CONTENT_TYPES: Final = {
    Form.OCMF: "text/plain",
    Form.XML: "application/xml",
    Form.CSV: "text/csv",
    Form.ZIP: "application/zip",
}

# Explained in docs/records.md.
COLUMNS: Final = (
    "session_id",
    "meter",
    "meter_serial_number",
    "pagination",
    "begin",
    "end",
    "duration_seconds",
    "imported_kwh",
    "exported_kwh",
    "driver",
    "identification_type",
    "identification",
    "identification_level",
    "tariff_text",
    "charge_point",
    "outcome",
    "verdict",
    "records",
    "clock",
    "duration_billable",
    "transparency_software",
    "public_key_sha256",
    "last_record_sha256",
    "cost",
    "currency",
    "price_kwh",
    "not_billed",
)

# Excel takes a file without it for one in the character set of Windows.
_BOM: Final = "\ufeff"
# A list of some thousand sessions fits; a longer one goes to the disk.
SPOOLED: Final = 4 * 1024 * 1024
# Files in an archive need a date; the same one each time keeps the archive the same.
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)

_README: Final = """\
Charging records of LOVATO DMED4 meters, exactly as they were signed.

sessions.csv        all sessions, a line each
sessions/*.ocmf     the signed records of a session, one to a line, byte for byte
sessions/*.xml      the same for the S.A.F.E. transparency software, with the public key

In sessions.csv, "verdict" is what the checks of the signatures and of the records
together have found: valid, inconsistent, unverifiable, key_changed or invalid.
"transparency_software" is what that software is likely to say of the XML file:
accepted, or why it will refuse it. A record that it refuses can still be genuine.
An apostrophe before =, +, - or @ keeps spreadsheets from calculating a text.
"""


@dataclass(slots=True)
class Contents:
    """What went into a file.

    Attributes:
        sessions: how many.
        records: how many.
        refusals: how many sessions the transparency software is likely to refuse, by reason.
    """

    sessions: int = 0
    records: int = 0
    refusals: Counter[str] = field(default_factory=Counter)

    def add(self, records: int, refusal: str | None) -> None:
        """Count a session."""
        self.sessions += 1
        self.records += records
        if refusal is not None:
            self.refusals[refusal] += 1


@dataclass(frozen=True, slots=True)
class Export:
    """A file that was written: its name, and what is in it."""

    name: str
    contents: Contents


# Writes a file of what is in an archive.
type Writer = Callable[[Archive, IO[bytes]], Export]


def export_record(archive: Archive, out: IO[bytes], *, record_id: int, form: Form) -> Export:
    """Write a record as OCMF or XML.

    Raises:
        ServiceValidationError: there is no such record, or there can be no XML of it.
    """
    stored = archive.record(record_id)
    if stored is None:
        raise record_not_found()
    records = [check_stored(stored, archive.keys(stored.meter_id))]
    contents = Contents()
    contents.add(1, transparency(records)["refusal"])
    out.write(_records_file(records, form))
    return Export(name_of(records, suffix=form.value), contents)


def export_session(
    archive: Archive, out: IO[bytes], *, session_id: int, form: Form, devices: Devices
) -> Export:
    """Write the records of a session.

    Raises:
        ServiceValidationError: there is no such session.
    """
    session = archive.session(session_id)
    if session is None:
        raise session_not_found()
    (bill,) = archive.ledger.bill([session.session], dt_util.get_default_time_zone())
    session = replace(session, bill=bill)
    records = check_all(session)
    name = name_of(records, suffix=form.value)
    if form in _TABLES:
        return Export(name, _TABLES[form]([session], devices, out))
    contents = Contents()
    contents.add(len(records), transparency(records)["refusal"])
    out.write(_records_file(records, form))
    return Export(name, contents)


def export_period(
    archive: Archive, out: IO[bytes], *, query: SessionQuery, form: Form, devices: Devices
) -> Export:
    """Write all sessions that a query is about as CSV or ZIP."""
    days = [
        None if at is None else f"{dt_util.as_local(at):%Y-%m-%d}"
        for at in (query.since, query.until)
    ]
    contents = _TABLES[form](
        archive.each_session(query, dt_util.get_default_time_zone()), devices, out
    )
    return Export(file_name("charge-records", *days, suffix=form.value), contents)


def check_all(session: SessionDetail) -> list[Checked]:
    """Read the records of a session."""
    return [check_stored(stored, session.keys) for stored in session.records]


def name_of(records: Sequence[Checked], *more: str, suffix: str) -> str:
    """Name a file after the meter's serial number, the last record's PG and its date."""
    last = next((each.record for each in reversed(records) if each.record), None)
    if last is None:
        return file_name(*more, suffix=suffix)
    now = outline(last).now
    day = None if now is None or now.time is None else f"{dt_util.as_local(now.time):%Y-%m-%d}"
    return file_name(_serial(last), last.pagination, day, *more, suffix=suffix)


def _serial(record: Record | None) -> str | None:
    return record.meter_serial or record.gateway_serial if record else None


def _records_file(records: Sequence[Checked], form: Form) -> bytes:
    if form is Form.OCMF:
        return to_ocmf([each.judged.raw for each in records])
    if (xml := _xml(records)) is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_xml")
    return xml


def _xml(records: Sequence[Checked]) -> bytes | None:
    """Write records for the transparency software; None if there can be no XML of them."""
    legible = [(each.record, each.judged.key) for each in records if each.record]
    with suppress(NotExportableError):
        return to_xml([legible]) if legible else None
    return None


def write_csv(sessions: Iterable[SessionDetail], devices: Devices, out: IO[bytes]) -> Contents:
    """Write a line for each session."""
    contents = Contents()
    rows = _rows(out)
    for session in sessions:
        _write_row(rows, contents, session, check_all(session), devices)
    return contents


def write_zip(sessions: Iterable[SessionDetail], devices: Devices, out: IO[bytes]) -> Contents:
    """Write the records of each session and a list of the sessions."""
    contents = Contents()
    with ZipFile(out, "w") as archive, SpooledTemporaryFile(SPOOLED) as table:
        rows = _rows(table)
        for session in sessions:
            records = check_all(session)
            _write_row(rows, contents, session, records, devices)
            files = {
                Form.OCMF: to_ocmf([each.judged.raw for each in records]),
                Form.XML: _xml(records),
            }
            for form, content in files.items():
                if content is not None:
                    name = name_of(records, f"session-{session.session.id}", suffix=form.value)
                    archive.writestr(_entry(f"sessions/{name}"), content)
        table.seek(0)
        with archive.open(_entry("sessions.csv"), "w") as target:
            copyfileobj(table, target)
        archive.writestr(_entry("README.txt"), _README)
    return contents


def _rows(out: IO[bytes]) -> DictWriter[str]:
    """Begin a table as RFC 4180 defines it."""
    out.write(_BOM.encode())
    rows = DictWriter(_Encoder(out), COLUMNS)
    rows.writeheader()
    return rows


class _Encoder:
    """What a CSV writer writes to: in contrast to a TextIOWrapper it leaves the file open."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def write(self, text: str) -> int:
        return self._out.write(text.encode())


def _write_row(
    rows: DictWriter[str],
    contents: Contents,
    detail: SessionDetail,
    records: Sequence[Checked],
    devices: Devices,
) -> None:
    session = detail.session
    answer = transparency(records)
    contents.add(len(records), answer["refusal"])
    quality = clock(records)
    last = records[-1].record
    key = records[-1].judged.key
    bill = detail.bill or Bill(session=session, driver=None, cost=Cost(amount=None))
    shape = session_shape(bill, devices)
    rates = bill.cost.rates
    rows.writerow(
        {
            "session_id": session.id,
            "meter": cell(shape["meter"]),
            "meter_serial_number": cell(_serial(last)),
            "pagination": cell(last.pagination if last else None),
            "begin": local_text(session.begin),
            "end": local_text(session.end),
            "duration_seconds": shape["duration"],
            "imported_kwh": shape["imported"],
            "exported_kwh": shape["exported"],
            "driver": cell(shape["driver"]),
            "identification_type": cell(session.identification_type),
            "identification": cell(session.identification),
            "identification_level": cell(session.identification_level),
            "tariff_text": cell(session.tariff_text),
            "charge_point": cell(session.charge_point),
            "outcome": session.outcome.value,
            "verdict": session.verdict.value,
            "records": len(records),
            "clock": quality["quality"],
            "duration_billable": "yes" if quality["billable"] else "no",
            "transparency_software": answer["refusal"] or "accepted",
            "public_key_sha256": None if key is None else fingerprint(key),
            "last_record_sha256": detail.records[-1].digest,
            "cost": shape["cost"]["amount"],
            "currency": rates.currency if rates else None,
            "price_kwh": shape["cost"]["rates"]["energy"] if shape["cost"]["rates"] else None,
            "not_billed": shape["cost"]["reason"],
        }
    )


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _EPOCH)
    entry.compress_type = ZIP_DEFLATED
    return entry


_TABLES: Final[dict[Form, Callable[[Iterable[SessionDetail], Devices, IO[bytes]], Contents]]] = {
    Form.CSV: write_csv,
    Form.ZIP: write_zip,
}
