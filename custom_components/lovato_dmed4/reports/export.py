"""Records as files for other people: one, those of a session, or all of a period.

Everything here blocks: it is for the executor. Files of a period are written as they are read from the
archive, so that thousands of records take no more memory than one; the same records make the same file.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from ..archive import Archive, SessionDetail, SessionQuery
from ..const import DOMAIN
from ..ocmf import NotExportableError, outline, to_ocmf, to_xml
from .reader import record_not_found, session_not_found
from .report import Checked, Devices, check_stored, transparency
from .roaming import Site, cdr, transaction_event, write_json
from .tables import CsvTable, Table, Titles, Workbook, serial_of, session_row
from .text import file_name, period_name


class ExportFormat(StrEnum):
    """What kind of file."""

    OCMF = "ocmf"
    XML = "xml"
    XLSX = "xlsx"
    CSV = "csv"
    ZIP = "zip"
    OCPI = "ocpi"
    OCPP = "ocpp"

    @property
    def suffix(self) -> str:
        """The end of a file's name, without a dot before it."""
        return f"{self.value}.json" if self in _JSON else self.value


_SESSIONS: Final = (ExportFormat.XLSX, ExportFormat.CSV, ExportFormat.ZIP)
_JSON: Final = (ExportFormat.OCPI, ExportFormat.OCPP)

FORMATS_OF_A_RECORD: Final = (ExportFormat.OCMF, ExportFormat.XML, ExportFormat.OCPP)
FORMATS_OF_A_PERIOD: Final = (
    *_SESSIONS,
    ExportFormat.OCPI,
)

CONTENT_TYPES: Final = {
    ExportFormat.OCMF: "text/plain",
    ExportFormat.XML: "application/xml",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.CSV: "text/csv",
    ExportFormat.ZIP: "application/zip",
    **dict.fromkeys(_JSON, "application/json"),
}

# A list of some thousand sessions fits; a longer one goes to the disk.
SPOOLED: Final = 4 * 1024 * 1024
# Files in an archive need a date; the same one each time keeps the archive the same.
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)

_README: Final = """\
Charge records of LOVATO DMED4 meters, as they were signed.

sessions.xlsx       all sessions, a row each: for people and spreadsheets
sessions.csv        the same for programs: commas, decimal points, UTF-8
sessions/*.ocmf     the signed records of a session, one to a line, byte for byte
sessions/*.xml      the same for the S.A.F.E. transparency software, with the public key

"verdict" is what the checks of the signatures and of the records together have
found: valid, inconsistent, unverifiable, key_changed or invalid.
"transparency software" is what that software is likely to say of the XML file:
accepted, or why it will refuse it. A record that it refuses can still be genuine.
The XML has the signatures in the one shape that that software reads.
An apostrophe before =, +, - or @ in the CSV keeps spreadsheets from calculating a text.

Sessions that are here by the time of their arrival, because the clock of the meter
was wrong or its time could not be read ("counted by" arrival): {by_arrival}
"""


@dataclass(slots=True)
class Contents:
    """What went into a file.

    Attributes:
        sessions: how many.
        records: how many.
        by_arrival: how many sessions count by their arrival, because the meter's clock was wrong.
        refusals: how many sessions the transparency software is likely to refuse, by reason.
        left_out: how many sessions can't be in a file of this format.
    """

    sessions: int = 0
    records: int = 0
    by_arrival: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    left_out: int = 0

    def add(self, session: SessionDetail, records: Sequence[Checked]) -> None:
        """Count a session."""
        self.sessions += 1
        self.by_arrival += session.session.begin != session.session.counted
        self._add(records)

    def add_record(self, record: Checked) -> None:
        """Count a record by itself."""
        self.sessions += 1
        self._add([record])

    def _add(self, records: Sequence[Checked]) -> None:
        self.records += len(records)
        if (refusal := transparency(records)["refusal"]) is not None:
            self.refusals[refusal] += 1


@dataclass(frozen=True, slots=True)
class Export:
    """A file that was written: its name, and what is in it."""

    name: str
    contents: Contents


# Writes a file of what is in an archive.
type Writer = Callable[[Archive, IO[bytes]], Export]


def export_record(
    archive: Archive, out: IO[bytes], *, record_id: int, form: ExportFormat
) -> Export:
    """Write a record as OCMF, XML or OCPP.

    Raises:
        ServiceValidationError: there is no such record, or there can be no such file of it.
    """
    stored = archive.record(record_id)
    if stored is None:
        raise record_not_found()
    records = [check_stored(stored, archive.keys(stored.meter_id))]
    contents = Contents()
    contents.add_record(records[0])
    out.write(_records_file(records, form))
    return Export(name_of(records, suffix=form.suffix), contents)


def export_session(
    archive: Archive,
    out: IO[bytes],
    *,
    session_id: int,
    form: ExportFormat,
    devices: Devices,
    site: Site,
    titles: Titles,
) -> Export:
    """Write the records of a session.

    Raises:
        ServiceValidationError: there is no such session, or there can be no such file of it.
    """
    session = archive.session(session_id)
    if session is None:
        raise session_not_found()
    (bill,) = archive.ledger.bill([session.session], dt_util.get_default_time_zone())
    session = replace(session, bill=bill)
    records = check_all(session)
    name = name_of(records, suffix=form.suffix)
    if form in _SESSIONS:
        return Export(name, _write_sessions(form, [session], devices, out, titles))
    contents = Contents()
    contents.add(session, records)
    if form is ExportFormat.OCPI:
        device, issuer = devices.get(session.session.meter), archive.ledger.settings()
        try:
            content = cdr(session, records, device=device, site=site, issuer=issuer)
        except NotExportableError:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="no_cdr"
            ) from None
        out.write(write_json(content))
    else:
        out.write(_records_file(records, form))
    return Export(name, contents)


def export_period(
    archive: Archive,
    out: IO[bytes],
    *,
    query: SessionQuery,
    form: ExportFormat,
    devices: Devices,
    site: Site,
    titles: Titles,
) -> Export:
    """Write all sessions that a query is about as a table, ZIP, or list of CDRs."""
    sessions = archive.each_session(query, dt_util.get_default_time_zone())
    if form is ExportFormat.OCPI:
        contents = _write_cdrs(sessions, devices, out, site, archive.ledger.settings())
    else:
        contents = _write_sessions(form, sessions, devices, out, titles)
    return Export(
        file_name("charge-records", period_name(query.since, query.until), suffix=form.suffix),
        contents,
    )


def _write_cdrs(
    sessions: Iterable[SessionDetail],
    devices: Devices,
    out: IO[bytes],
    site: Site,
    issuer: Mapping[str, str],
) -> Contents:
    """Write the CDRs of those sessions that there can be one of."""
    contents, before = Contents(), b"["
    for session in sessions:
        records = check_all(session)
        device = devices.get(session.session.meter)
        try:
            content = write_json(cdr(session, records, device=device, site=site, issuer=issuer))
        except NotExportableError:
            contents.left_out += 1
            continue
        contents.add(session, records)
        out.write(before + b"\n" + content.rstrip())
        before = b","
    out.write(b"\n]\n" if contents.sessions else b"[]\n")
    return contents


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
    return file_name(serial_of(last), last.pagination, day, *more, suffix=suffix)


def _records_file(records: Sequence[Checked], form: ExportFormat) -> bytes:
    if form is ExportFormat.OCMF:
        return to_ocmf([each.judged.raw for each in records])
    if form is ExportFormat.OCPP:
        try:
            return write_json(transaction_event(records))
        except NotExportableError:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="no_meter_values"
            ) from None
    if (xml := _xml(records)) is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_xml")
    return xml


def _xml(records: Sequence[Checked]) -> bytes | None:
    """Write records for the transparency software; None if there can be no XML of them."""
    legible = [(each.record, each.judged.key) for each in records if each.record]
    with suppress(NotExportableError):
        return to_xml([legible]) if legible else None
    return None


def _write_sessions(
    form: ExportFormat,
    sessions: Iterable[SessionDetail],
    devices: Devices,
    out: IO[bytes],
    titles: Titles,
) -> Contents:
    """Write a table, or a ZIP with tables and records."""
    if form is ExportFormat.ZIP:
        return write_zip(sessions, devices, out, titles)
    table = CsvTable(out) if form is ExportFormat.CSV else Workbook(out, titles)
    return write_table(sessions, devices, table)


def write_table(sessions: Iterable[SessionDetail], devices: Devices, table: Table) -> Contents:
    """Write a row for each session."""
    contents = Contents()
    for session in sessions:
        records = check_all(session)
        contents.add(session, records)
        table.add(session_row(session, records, devices))
    table.close()
    return contents


def write_zip(
    sessions: Iterable[SessionDetail], devices: Devices, out: IO[bytes], titles: Titles
) -> Contents:
    """Write the records of each session, and a list of the sessions as workbook and as CSV."""
    contents = Contents()
    with (
        ZipFile(out, "w") as archive,
        SpooledTemporaryFile(SPOOLED) as csv_file,
        SpooledTemporaryFile(SPOOLED) as book_file,
    ):
        tables: dict[str, tuple[IO[bytes], Table]] = {
            "sessions.xlsx": (book_file, Workbook(book_file, titles)),
            "sessions.csv": (csv_file, CsvTable(csv_file)),
        }
        for session in sessions:
            records = check_all(session)
            contents.add(session, records)
            row = session_row(session, records, devices)
            for _, table in tables.values():
                table.add(row)
            _add_files(archive, session, records)
        for name, (file, table) in tables.items():
            table.close()
            file.seek(0)
            with archive.open(_entry(name), "w") as target:
                copyfileobj(file, target)
        archive.writestr(_entry("README.txt"), _README.format(by_arrival=contents.by_arrival))
    return contents


def _add_files(archive: ZipFile, session: SessionDetail, records: Sequence[Checked]) -> None:
    files = {
        ExportFormat.OCMF: to_ocmf([each.judged.raw for each in records]),
        ExportFormat.XML: _xml(records),
    }
    for form, content in files.items():
        if content is not None:
            name = name_of(records, f"session-{session.session.id}", suffix=form.value)
            archive.writestr(_entry(f"sessions/{name}"), content)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _EPOCH)
    entry.compress_type = ZIP_DEFLATED
    return entry
