"""Files of records: for spreadsheets, other software, and whoever opens them."""

from collections.abc import Iterable, Mapping
import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
import io
import json
import os
from pathlib import Path
import re
import shutil
import subprocess
from typing import Any
from xml.etree import ElementTree as ET
import zipfile

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.archive import (
    Archive,
    MeterInfo,
    Outcome,
    SessionDetail,
    SessionQuery,
    SessionVerdict,
    Source,
)
from custom_components.lovato_dmed4.billing.model import NotBilled, Price, Rates
from custom_components.lovato_dmed4.ocmf.transparency import Refusal
from custom_components.lovato_dmed4.reports.explanation import async_titles
from custom_components.lovato_dmed4.reports.export import (
    ExportFormat,
    export_period,
    export_record,
    export_session,
    write_table,
    write_zip,
)
from custom_components.lovato_dmed4.reports.report import Device
from custom_components.lovato_dmed4.reports.roaming import Site
from custom_components.lovato_dmed4.reports.tables import COLUMNS, CsvTable, Titles, Workbook
from custom_components.lovato_dmed4.reports.text import (
    MAX_TEXT,
    cell,
    file_name,
    period_name,
    shown,
)
from tests.integration.records import START, Charge, tampered
from tests.integration.reports.opened import open_workbook
from tests.ocmf.helpers import KEY, spki

DEVICES = {"meter": Device("device", "Wallbox")}
SITE = Site("Home", "IT", 45.4, 9.9)
NOW = datetime(2025, 12, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _time_zone() -> Any:
    before = dt_util.get_default_time_zone()
    dt_util.set_default_time_zone(dt_util.get_time_zone("Europe/Rome"))  # type: ignore[arg-type]
    yield
    dt_util.set_default_time_zone(before)


@pytest.fixture
def archive(tmp_path: Any) -> Any:
    opened = Archive(f"sqlite:///{tmp_path / 'records.db'}")
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def meter(archive: Archive) -> int:
    number = archive.register_meter(MeterInfo(unique_id="meter", name="The meter"))
    archive.see_key(number, spki(KEY), NOW)
    return number


def keep(archive: Archive, meter: int, *charges: Charge) -> list[SessionDetail]:
    for charge in charges:
        for raw in charge.records:
            archive.store(meter, raw, Source.COMMAND, NOW)
    return list(archive.each_session(SessionQuery(), UTC))


def table(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def rows_of(sessions: list[SessionDetail]) -> list[dict[str, str]]:
    out = io.BytesIO()
    write_table(sessions, DEVICES, CsvTable(out))
    return table(out.getvalue())


def files_of(sessions: list[SessionDetail]) -> dict[str, bytes]:
    out = io.BytesIO()
    write_zip(sessions, DEVICES, out, {})
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


# --- Texts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, ""),
        ("", ""),
        ("04A2B3C4", "04A2B3C4"),
        ("0.45 EUR/kWh", "0.45 EUR/kWh"),
        ("=1+1", "'=1+1"),
        ("+4930123", "'+4930123"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1+1", "'  =1+1"),
        ("\uff1d1", "'\uff1d1"),
        ("\t=1", "\ufffd=1"),
        ("\r\n=1", "\ufffd\ufffd=1"),
        ("a=1", "a=1"),
        # What separates cells where the comma is the decimal point.
        ("x;=1+1;y", "x;'=1+1;y"),
        ("x; @a;+1", "x;' @a;'+1"),
        ('x,"=1', "x,'\"=1"),
        ("\u202e=1", "\ufffd=1"),
    ],
)
def test_cell(text: str | None, expected: str) -> None:
    assert cell(text) == expected


def test_shown() -> None:
    assert shown(None) is None
    assert shown("Grüße, 電気 🔌") == "Grüße, 電気 🔌"
    assert shown("x" * MAX_TEXT) == "x" * MAX_TEXT
    assert shown("x" * (MAX_TEXT + 1)) == "x" * (MAX_TEXT - 1) + "…"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("M-4711", "T3", "2025-11-01"), "M-4711_T3_2025-11-01.ocmf"),
        (("../../etc/passwd", None, ""), "etcpasswd.ocmf"),
        (('a"; filename="b.exe', "T\r\nSet-Cookie: x"), "afilenamebexe_TSet-Cookiex.ocmf"),
        (("\u202egpj", "電気"), "gpj.ocmf"),
        (("CON.", ".."), "CON.ocmf"),
        (("--", None), "record.ocmf"),
        (("x" * 65_000, "y" * 65_000), f"{'x' * 40}_{'y' * 40}.ocmf"),
    ],
)
def test_file_name(parts: tuple[str | None, ...], expected: str) -> None:
    assert file_name(*parts, suffix="ocmf") == expected


ZONE = dt_util.get_time_zone("Europe/Rome")


@pytest.mark.parametrize(
    ("since", "until", "name"),
    [
        ((2026, 10, 1), (2026, 11, 1), "2026-10"),
        ((2026, 12, 1), (2027, 1, 1), "2026-12"),
        ((2026, 1, 1), (2027, 1, 1), "2026"),
        ((2026, 10, 25), (2026, 10, 26), "2026-10-25"),
        ((2026, 10, 1), (2026, 12, 1), "2026-10-01_2026-11-30"),
        ((2026, 10, 2), (2026, 11, 1), "2026-10-02_2026-10-31"),
        ((2026, 10, 1, 6), (2026, 11, 1, 6), "2026-10-01_2026-11-01"),
        ((2026, 10, 1), None, "since-2026-10-01"),
        (None, (2026, 11, 1), "before-2026-11-01"),
        (None, None, None),
    ],
)
def test_period_name(
    since: tuple[int, ...] | None, until: tuple[int, ...] | None, name: str | None
) -> None:
    times = [None if at is None else datetime(*at, tzinfo=ZONE) for at in (since, until)]  # type: ignore[arg-type, misc]
    assert period_name(*times) == name


# --- Workbook -----------------------------------------------------------------------------------

# What spreadsheets of some countries make something else of.
TEXTS = {"ID": "0412345678", "TT": "x;=1+1;y", "CI": "1-2"}
ENERGY = Decimal("44.267")
STRINGS = Path("custom_components/lovato_dmed4/translations")
LANGUAGES = {"en-US": ".", "de-DE": ",", "it-IT": ",", "es-ES": ",", "fr-FR": ","}

# LibreOffice takes and returns its pictures' memory many times over: a GB in all, half of its time.
KEEPING_MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "1000000000"}

TITLES = {
    language: json.loads((STRINGS / f"{language[:2]}.json").read_text(encoding="utf-8"))[
        "config_panel"
    ]["table"]
    for language in LANGUAGES
}


def workbook(archive: Archive, meter: int, titles: Titles) -> bytes:
    (detail,) = keep(archive, meter, Charge(key=KEY, fields=TEXTS))
    session = replace(detail.session, imported=ENERGY)
    out = io.BytesIO()
    detail = replace(detail, session=session, bill=None)
    contents = write_table([detail], DEVICES, Workbook(out, titles))
    assert contents.sessions == 1
    return out.getvalue()


def test_each_cell_of_a_workbook_has_its_type(archive: Archive, meter: int) -> None:
    book = open_workbook(io.BytesIO(workbook(archive, meter, TITLES["de-DE"])))
    sheet = book["Ladevorgänge"]
    head, row = sheet.iter_rows()
    cells = dict(zip(COLUMNS, row, strict=True))
    titles = [str(cell.value) for cell in head]
    assert titles == [TITLES["de-DE"][name] for name in COLUMNS]
    assert titles[6:8] == ["Dauer", "Bezogen (kWh)"]
    assert (cells["imported_kwh"].value, cells["imported_wh"].value) == (44.267, 44267)
    assert (cells["imported_kwh"].data_type, cells["imported_kwh"].number_format) == ("n", "0.000")
    assert cells["begin"].value == datetime(2025, 11, 1, 6, 30)  # noqa: DTZ001 - a cell has no zone
    assert cells["duration_seconds"].value == timedelta(minutes=30)
    for name, text in zip(
        ("identification", "tariff_text", "charge_point"), TEXTS.values(), strict=True
    ):
        assert (cells[name].data_type, cells[name].value) == ("s", text)
    assert sheet.freeze_panes == "A2"
    # No title is cut off, and a printed page has them.
    widths = {
        place: group.width
        for group in sheet.column_dimensions.values()
        for place in range(group.min or 0, (group.max or 0) + 1)
    }
    assert all(widths[place] > len(title) for place, title in enumerate(titles, 1))
    assert (sheet.print_title_rows, sheet.page_setup.orientation) == ("$1:$1", "landscape")


async def test_codes_are_words_in_a_workbook(
    hass: HomeAssistant, archive: Archive, meter: int
) -> None:
    hass.config.language = "de"
    titles = await async_titles(hass)
    book = open_workbook(io.BytesIO(workbook(archive, meter, titles)))
    head, row = book["Ladevorgänge"].iter_rows()
    cells = {str(title.value): cell.value for title, cell in zip(head, row, strict=True)}
    assert cells["Ausgang"] == "Beendet"
    assert cells["Prüfergebnis"] == "Verifiziert"
    assert (cells["Dauer abrechenbar"], cells["Gezählt nach"]) == ("Ja", "Beginn")
    assert (cells["Uhr"], cells["Transparenzsoftware"]) == (
        "Synchronisiert",
        "Nimmt ihn wahrscheinlich an",
    )
    assert cells["Art der Identifikation"] == "RFID-Karte (ISO 14443)"
    codes: Mapping[str, Iterable[str]] = {
        "outcome": Outcome,
        "verdict": SessionVerdict,
        "clock": ("synchronised", "relative", "informative", "unknown", "none"),
        "not_billed": NotBilled,
        "transparency_software": (*Refusal, "accepted"),
        "duration_billable": ("yes", "no"),
        "counted_by": ("begin", "arrival"),
    }
    assert {
        f"{column}.{code}"
        for column, values in codes.items()
        for code in values
        if f"{column}.{code}" not in titles
    } == set()


def test_hostile_texts_in_a_workbook_are_texts(archive: Archive, meter: int) -> None:
    out = io.BytesIO()
    sessions = keep(archive, meter, Charge(key=KEY, fields=HOSTILE))
    write_table(sessions, DEVICES, Workbook(out, {}))
    assert b"<f>" not in b"".join(
        zipfile.ZipFile(out).read(n) for n in zipfile.ZipFile(out).namelist()
    )
    (row,) = open_workbook(out)["Sessions"].iter_rows(min_row=2)
    assert {cell.data_type for cell in row} <= {"s", "n", "d"}


def profile(folder: Path, language: str) -> str:
    """Make a user of LibreOffice who has a language, and return where."""
    settings = folder / language / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        '<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale">'
        f"<value>{language}</value></prop></item></oor:items>"
    )
    return f"-env:UserInstallation={(folder / language).as_uri()}"


@pytest.mark.timeout(240)
def test_a_workbook_says_the_same_in_five_languages(
    archive: Archive, meter: int, tmp_path: Path
) -> None:
    if (office := shutil.which("soffice")) is None:
        if "CI" in os.environ:
            pytest.fail("no LibreOffice: scripts/setup gets it for root")
        pytest.skip("no LibreOffice on this machine")
    book = tmp_path / "sessions.xlsx"
    book.write_bytes(workbook(archive, meter, {}))
    # Semicolons, texts in quotes, cells as they are shown.
    form = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,true,true,false"
    running = []
    for language in LANGUAGES:
        command = (office, profile(tmp_path, language), "--headless", "--convert-to", form)
        running.append(
            subprocess.Popen(  # noqa: S603 - a program of the machine
                (*command, "--outdir", tmp_path / f"{language}.out", book),
                env=os.environ | KEEPING_MEMORY,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
    assert [each.wait() for each in running] == [0] * len(LANGUAGES)
    for language, point in LANGUAGES.items():
        out = tmp_path / f"{language}.out"
        text = (out / "sessions.csv").read_text(encoding="utf-8")
        (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
        assert row["imported_kwh"] == f"44{point}267", language
        assert row["identification"] == TEXTS["ID"]
        assert row["tariff_text"] == TEXTS["TT"]
        assert row["charge_point"] == TEXTS["CI"]
        assert row["begin"] == "2025-11-01 06:30:00"
        assert row["duration_seconds"] == "00:30:00"


# --- CSV ----------------------------------------------------------------------------------------


def test_csv(archive: Archive, meter: int) -> None:
    sessions = keep(archive, meter, Charge(key=KEY))
    last = sessions[0].records[-1]
    (row,) = rows_of(sessions)
    assert row == {
        "session_id": "1",
        "meter": "Wallbox",
        "meter_serial_number": "M-4711",
        "pagination": "T3",
        "begin": "2025-11-01T06:30:00+01:00",
        "end": "2025-11-01T07:00:00+01:00",
        "duration_seconds": "1800",
        "imported_kwh": "2.000",
        "imported_wh": "2000",
        "exported_kwh": "0.000",
        "exported_wh": "0",
        "driver": "",
        "identification_type": "ISO14443",
        "identification": "04A2B3C4",
        "identification_level": "VERIFIED",
        "tariff_text": "0.45 EUR/kWh",
        "charge_point": "IT*XYZ*E1",
        "outcome": "ended",
        "verdict": "valid",
        "records": "3",
        "clock": "synchronised",
        "duration_billable": "yes",
        "counted_at": "2025-11-01T06:30:00+01:00",
        "counted_by": "begin",
        "transparency_software": "accepted",
        "public_key_sha256": bytes.fromhex(sessions[0].keys[0].fingerprint).hex(":").upper(),
        "last_record_sha256": last.digest,
        "cost": "",
        "currency": "",
        "price_kwh": "",
        "not_billed": "no_price",
    }
    assert list(row) == list(COLUMNS)


def test_all_columns_are_explained() -> None:
    documented = (Path(__file__).parents[3] / "docs" / "records.md").read_text(encoding="utf-8")
    table = documented.partition("| column |")[2]
    named = [name for line in table.splitlines() for name in _names(line)]
    assert named == list(COLUMNS)


def _names(line: str) -> list[str]:
    return re.findall(r"`(\w+)`", line.split("|")[1]) if line.startswith("| `") else []


def test_csv_of_nothing() -> None:
    out = io.BytesIO()
    contents = write_table([], DEVICES, CsvTable(out))
    assert (contents.sessions, contents.records, contents.refusals) == (0, 0, {})
    assert (
        out.getvalue()
        == b"\xef\xbb\xbf" + ",".join(f'"{name}"' for name in COLUMNS).encode() + b"\r\n"
    )


def test_decimals_are_exact(archive: Archive, meter: int) -> None:
    (detail,) = keep(archive, meter, Charge(key=KEY))
    session = replace(
        detail.session, imported=Decimal("123456789012.3456789012"), exported=Decimal("0E-7")
    )
    (row,) = rows_of([replace(detail, session=session, bill=None)])
    assert row["imported_kwh"] == "123456789012.3456789012"
    assert row["exported_kwh"] == "0.0000000"
    assert (row["imported_wh"], row["exported_wh"]) == ("", "0")


def test_what_is_not_known_is_empty(archive: Archive, meter: int) -> None:
    (detail,) = keep(archive, meter, Charge(key=KEY))
    session = replace(
        detail.session,
        meter="gone",
        begin=None,
        end=None,
        imported=None,
        exported=None,
        identification=None,
        outcome=Outcome.OPEN,
    )
    (row,) = rows_of([replace(detail, session=session, keys=(), bill=None)])
    empty = {key for key, value in row.items() if value == ""}
    assert empty == {
        "meter",
        "begin",
        "end",
        "duration_seconds",
        "imported_kwh",
        "imported_wh",
        "exported_kwh",
        "exported_wh",
        "driver",
        "identification",
        "public_key_sha256",
        "cost",
        "currency",
        "price_kwh",
        "not_billed",
    }
    assert row["transparency_software"] == "no_key"


def test_what_others_will_refuse_is_told(archive: Archive, meter: int) -> None:
    charges = [
        Charge(number=number, key=KEY, fields={"FV": version}, synchronised=version == "1.3")
        for number, version in enumerate(("1.3", "1.4", "2.0"), 1)
    ]
    out = io.BytesIO()
    contents = write_table(keep(archive, meter, *charges), DEVICES, CsvTable(out))
    assert (contents.sessions, contents.records) == (3, 9)
    assert contents.refusals == {"format_version": 2}
    rows = table(out.getvalue())
    assert [row["transparency_software"] for row in rows] == [
        "accepted",
        "format_version",
        "format_version",
    ]
    assert [row["duration_billable"] for row in rows] == ["yes", "no", "no"]


HOSTILE = {
    "ID": '=HYPERLINK("http://evil","x"),"\r\n\u202e',
    "TT": "+cmd|' /C calc'!A0",
    "CI": "\u2028@SUM(1)",
    "MS": '../..\\evil"\r\n\x00.exe',
    "IL": "-" + "A" * 50_000,
}


def test_hostile_texts(archive: Archive, meter: int) -> None:
    charge = Charge(key=KEY, fields=HOSTILE)
    files = files_of(keep(archive, meter, charge))
    (row,) = table(files["sessions.csv"])
    assert None not in row
    for key, value in row.items():
        assert not value.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert all(ord(character) >= 32 for character in value), key
        assert "\u202e" not in value
        assert len(value) <= MAX_TEXT + 1
    assert row["tariff_text"] == "'+cmd|' /C calc'!A0"
    assert {name.partition("/")[0] for name in files} == {
        *("sessions", "sessions.csv", "sessions.xlsx", "README.txt"),
    }
    (ocmf,) = [name for name in files if name.endswith(".ocmf")]
    assert ocmf == "sessions/evilexe_T3_2025-11-01_session-1.ocmf"
    assert files[ocmf] == b"".join(raw + b"\n" for raw in charge.records)
    xml = files[ocmf.replace(".ocmf", ".xml")]
    assert ET.fromstring(xml).findtext("value/signedData") == charge.end.decode()  # noqa: S314 - made here


# --- ZIP ----------------------------------------------------------------------------------------


def test_zip(archive: Archive, meter: int) -> None:
    charges = [Charge(number=number, key=KEY) for number in (2, 1)]
    sessions = keep(archive, meter, *charges)
    files = files_of(sessions)
    assert list(files) == [
        "sessions/M-4711_T3_2025-11-01_session-2.ocmf",
        "sessions/M-4711_T3_2025-11-01_session-2.xml",
        "sessions/M-4711_T6_2025-11-02_session-1.ocmf",
        "sessions/M-4711_T6_2025-11-02_session-1.xml",
        "sessions.xlsx",
        "sessions.csv",
        "README.txt",
    ]
    rows = table(files["sessions.csv"])
    assert rows == rows_of(sessions)
    assert [row["session_id"] for row in rows] == ["2", "1"]
    assert b"sessions.csv" in files["README.txt"]
    assert files == files_of(sessions)


def test_zip_is_the_same_each_time(archive: Archive, meter: int) -> None:
    sessions = keep(archive, meter, *(Charge(number=number, key=KEY) for number in range(1, 4)))
    first, second = io.BytesIO(), io.BytesIO()
    write_zip(sessions, DEVICES, first, {})
    write_zip(sessions, DEVICES, second, {})
    assert first.getvalue() == second.getvalue()
    # Nor does it depend on the day.
    dates = {entry.date_time for entry in zipfile.ZipFile(first).infolist()}
    assert dates == {(1980, 1, 1, 0, 0, 0)}


def test_zip_of_what_xml_cannot_hold(archive: Archive, meter: int) -> None:
    """One record that cannot be written does not keep the others from being exported."""
    odd = Charge(number=1, key=KEY, fields={"TT": "\ufffe"})
    odd_records = [raw.replace(b"\\ufffe", "\ufffe".encode()) for raw in odd.records]
    for raw in odd_records:
        archive.store(meter, raw, Source.METER, NOW)
    files = files_of(keep(archive, meter, Charge(number=2, key=KEY)))
    assert sum(name.endswith(".xml") for name in files) == 1
    assert files["sessions/M-4711_T3_2025-11-01_session-1.ocmf"] == b"".join(
        raw + b"\n" for raw in odd_records
    )


# --- One record, one session, a period ----------------------------------------------------------


def test_record(archive: Archive, meter: int) -> None:
    charge = Charge(key=KEY)
    keep(archive, meter, charge)
    for record_id, raw in enumerate(charge.records, 1):
        out = io.BytesIO()
        export = export_record(archive, out, record_id=record_id, form=ExportFormat.OCMF)
        assert out.getvalue() == raw
        assert export.name == f"M-4711_T{record_id}_2025-11-01.ocmf"
        out = io.BytesIO()
        export_record(archive, out, record_id=record_id, form=ExportFormat.XML)
        root = ET.fromstring(out.getvalue())  # noqa: S314 - made here
        assert root.findtext("value/signedData") == raw.decode()
        assert root.findtext("value/publicKey") == spki(KEY).hex()


def test_record_that_is_none(archive: Archive, meter: int) -> None:
    raw = b"OCMF|\xff\x00<script>"
    stored = archive.store(meter, raw, Source.METER, NOW).record
    out = io.BytesIO()
    export = export_record(archive, out, record_id=stored.id, form=ExportFormat.OCMF)
    assert out.getvalue() == raw
    assert export.name == "record.ocmf"
    assert export.contents.refusals == {"not_a_record": 1}
    with pytest.raises(ServiceValidationError) as caught:
        export_record(archive, io.BytesIO(), record_id=stored.id, form=ExportFormat.XML)
    assert caught.value.translation_key == "no_xml"


def test_record_that_was_tampered_with(archive: Archive, meter: int) -> None:
    charge = Charge(key=KEY)
    archive.store(meter, tampered(charge.end), Source.METER, NOW)
    out = io.BytesIO()
    export = export_record(archive, out, record_id=1, form=ExportFormat.XML)
    assert export.contents.refusals == {"signature_invalid": 1}
    assert b"111.000" in out.getvalue()


@pytest.mark.parametrize("form", ExportFormat)
def test_session(archive: Archive, meter: int, form: ExportFormat) -> None:
    charge = Charge(key=KEY)
    keep(archive, meter, charge, Charge(number=2, key=KEY))
    archive.ledger.save_price(
        Price(rates=Rates(energy=Decimal("0.5"), currency="EUR"), since=START - timedelta(days=1))
    )
    sessions = list(archive.each_session(SessionQuery(), UTC))
    out = io.BytesIO()
    export = export_session(
        archive, out, session_id=1, form=form, devices=DEVICES, site=SITE, titles={}
    )
    assert export.name == f"M-4711_T3_2025-11-01.{form.suffix}"
    assert (export.contents.sessions, export.contents.records) == (1, 3)
    content = out.getvalue()
    match form:
        case ExportFormat.OCMF:
            assert content == b"".join(raw + b"\n" for raw in charge.records)
        case ExportFormat.XML:
            # The record of the end holds the begin as well.
            assert content.count(b"<signedData") == 1
        case ExportFormat.CSV:
            assert table(content) == rows_of(sessions[:1])
        case ExportFormat.ZIP:
            assert len(zipfile.ZipFile(out).namelist()) == 5


def test_period(archive: Archive, meter: int) -> None:
    keep(archive, meter, *(Charge(number=number, key=KEY) for number in range(1, 6)))
    query = SessionQuery(
        since=START + timedelta(days=1), until=START + timedelta(days=3), limit=1, offset=1
    )
    out = io.BytesIO()
    export = export_period(
        archive, out, query=query, form=ExportFormat.CSV, devices=DEVICES, site=SITE, titles={}
    )
    assert export.name == "charge-records_2025-11-02_2025-11-04.csv"
    assert [row["pagination"] for row in table(out.getvalue())] == ["T6", "T9"]
    export = export_period(
        archive,
        io.BytesIO(),
        query=SessionQuery(),
        form=ExportFormat.ZIP,
        devices=DEVICES,
        site=SITE,
        titles={},
    )
    assert export.name == "charge-records.zip"
    assert export.contents.sessions == 5


def test_no_such_numbers(archive: Archive, meter: int) -> None:
    for number in (1, 2**31, 10**12):
        with pytest.raises(ServiceValidationError) as caught:
            export_record(archive, io.BytesIO(), record_id=number, form=ExportFormat.OCMF)
        assert caught.value.translation_key == "archived_record_not_found"
        with pytest.raises(ServiceValidationError) as caught:
            export_session(
                archive,
                io.BytesIO(),
                session_id=number,
                form=ExportFormat.OCMF,
                devices=DEVICES,
                site=SITE,
                titles={},
            )
        assert caught.value.translation_key == "session_not_found"
