"""Files of records: for spreadsheets, other software, and whoever opens them."""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
import io
from pathlib import Path
import re
from typing import Any
from xml.etree import ElementTree as ET
import zipfile

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.archive import (
    Archive,
    MeterInfo,
    Outcome,
    SessionDetail,
    SessionQuery,
    Source,
)
from custom_components.lovato_dmed4.reports.export import (
    COLUMNS,
    Form,
    export_period,
    export_record,
    export_session,
    write_csv,
    write_zip,
)
from custom_components.lovato_dmed4.reports.report import Device
from custom_components.lovato_dmed4.reports.text import MAX_TEXT, cell, file_name, shown
from tests.integration.records import START, Charge, tampered
from tests.ocmf.helpers import KEY, spki

DEVICES = {"meter": Device("device", "Wallbox")}
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
    write_csv(sessions, DEVICES, out)
    return table(out.getvalue())


def files_of(sessions: list[SessionDetail]) -> dict[str, bytes]:
    out = io.BytesIO()
    write_zip(sessions, DEVICES, out)
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
        "exported_kwh": "0.000",
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
        "transparency_software": "accepted",
        "public_key_sha256": sessions[0].keys[0].fingerprint,
        "last_record_sha256": last.digest,
        "cost": "",
        "currency": "",
        "price_kwh": "",
        "not_billed": "no_price",
    }
    assert tuple(row) == COLUMNS


def test_all_columns_are_explained() -> None:
    documented = (Path(__file__).parents[3] / "docs" / "records.md").read_text(encoding="utf-8")
    table = documented.partition("| column |")[2]
    named = [name for line in table.splitlines() for name in _names(line)]
    assert named == list(COLUMNS)


def _names(line: str) -> list[str]:
    return re.findall(r"`(\w+)`", line.split("|")[1]) if line.startswith("| `") else []


def test_csv_of_nothing() -> None:
    out = io.BytesIO()
    contents = write_csv([], DEVICES, out)
    assert (contents.sessions, contents.records, contents.refusals) == (0, 0, {})
    assert out.getvalue() == b"\xef\xbb\xbf" + ",".join(COLUMNS).encode() + b"\r\n"


def test_decimals_are_exact(archive: Archive, meter: int) -> None:
    (detail,) = keep(archive, meter, Charge(key=KEY))
    session = replace(
        detail.session, imported=Decimal("123456789012.3456789012"), exported=Decimal("0E-7")
    )
    (row,) = rows_of([replace(detail, session=session, bill=None)])
    assert row["imported_kwh"] == "123456789012.3456789012"
    assert row["exported_kwh"] == "0.0000000"


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
        "exported_kwh",
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
    contents = write_csv(keep(archive, meter, *charges), DEVICES, out)
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
    assert {name.partition("/")[0] for name in files} == {"sessions", "sessions.csv", "README.txt"}
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
    write_zip(sessions, DEVICES, first)
    write_zip(sessions, DEVICES, second)
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
        export = export_record(archive, out, record_id=record_id, form=Form.OCMF)
        assert out.getvalue() == raw
        assert export.name == f"M-4711_T{record_id}_2025-11-01.ocmf"
        out = io.BytesIO()
        export_record(archive, out, record_id=record_id, form=Form.XML)
        root = ET.fromstring(out.getvalue())  # noqa: S314 - made here
        assert root.findtext("value/signedData") == raw.decode()
        assert root.findtext("value/publicKey") == spki(KEY).hex()


def test_record_that_is_none(archive: Archive, meter: int) -> None:
    raw = b"OCMF|\xff\x00<script>"
    stored = archive.store(meter, raw, Source.METER, NOW).record
    out = io.BytesIO()
    export = export_record(archive, out, record_id=stored.id, form=Form.OCMF)
    assert out.getvalue() == raw
    assert export.name == "record.ocmf"
    assert export.contents.refusals == {"not_a_record": 1}
    with pytest.raises(ServiceValidationError) as caught:
        export_record(archive, io.BytesIO(), record_id=stored.id, form=Form.XML)
    assert caught.value.translation_key == "no_xml"


def test_record_that_was_tampered_with(archive: Archive, meter: int) -> None:
    charge = Charge(key=KEY)
    archive.store(meter, tampered(charge.end), Source.METER, NOW)
    out = io.BytesIO()
    export = export_record(archive, out, record_id=1, form=Form.XML)
    assert export.contents.refusals == {"signature_invalid": 1}
    assert b"111.000" in out.getvalue()


@pytest.mark.parametrize("form", Form)
def test_session(archive: Archive, meter: int, form: Form) -> None:
    charge = Charge(key=KEY)
    sessions = keep(archive, meter, charge, Charge(number=2, key=KEY))
    out = io.BytesIO()
    export = export_session(archive, out, session_id=1, form=form, devices=DEVICES)
    assert export.name == f"M-4711_T3_2025-11-01.{form.value}"
    assert (export.contents.sessions, export.contents.records) == (1, 3)
    content = out.getvalue()
    match form:
        case Form.OCMF:
            assert content == b"".join(raw + b"\n" for raw in charge.records)
        case Form.XML:
            # The record of the end holds the begin as well.
            assert content.count(b"<signedData") == 1
        case Form.CSV:
            assert table(content) == rows_of(sessions[:1])
        case Form.ZIP:
            assert len(zipfile.ZipFile(out).namelist()) == 4


def test_period(archive: Archive, meter: int) -> None:
    keep(archive, meter, *(Charge(number=number, key=KEY) for number in range(1, 6)))
    query = SessionQuery(
        since=START + timedelta(days=1), until=START + timedelta(days=3), limit=1, offset=1
    )
    out = io.BytesIO()
    export = export_period(archive, out, query=query, form=Form.CSV, devices=DEVICES)
    assert export.name == "charge-records_2025-11-02_2025-11-04.csv"
    assert [row["pagination"] for row in table(out.getvalue())] == ["T6", "T9"]
    export = export_period(
        archive, io.BytesIO(), query=SessionQuery(), form=Form.ZIP, devices=DEVICES
    )
    assert export.name == "charge-records.zip"
    assert export.contents.sessions == 5


def test_no_such_numbers(archive: Archive, meter: int) -> None:
    for number in (1, 2**31, 10**12):
        with pytest.raises(ServiceValidationError) as caught:
            export_record(archive, io.BytesIO(), record_id=number, form=Form.OCMF)
        assert caught.value.translation_key == "archived_record_not_found"
        with pytest.raises(ServiceValidationError) as caught:
            export_session(
                archive, io.BytesIO(), session_id=number, form=Form.OCMF, devices=DEVICES
            )
        assert caught.value.translation_key == "session_not_found"
