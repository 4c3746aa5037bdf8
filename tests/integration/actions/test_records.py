"""The actions that look into the archive."""

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
import hashlib
from http import HTTPStatus
import logging
import os
from pathlib import Path
import re
from typing import Any
import zipfile

from cryptography.hazmat.primitives.asymmetric import ec
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers.json import json_bytes
from homeassistant.setup import async_setup_component
import jwt
import pytest
import voluptuous as vol

from custom_components.lovato_dmed4.actions import records as record_actions
from custom_components.lovato_dmed4.archive import Outcome, SessionVerdict, Source
from custom_components.lovato_dmed4.const import CONF_DATABASE_URL, DOMAIN
from custom_components.lovato_dmed4.intake.shared_archive import DEFAULT_FILE
from custom_components.lovato_dmed4.reports.links import session_path
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import RestServer, SimulatedMeter
from tests.integration.helpers import begin_charge, device_id, entry_data, fingerprint, unplug
from tests.integration.plugin import (
    ClientSessionGenerator,
    MockConfigEntry,
    MockUser,
    WebSocketGenerator,
)
from tests.integration.records import START, Charge, archive, broken, charge_of, tampered
from tests.integration.turns import as_one, in_turn
from tests.ocmf.helpers import spki

OTHER = ec.derive_private_key(0xBAD, ec.SECP256R1())


async def call(
    hass: HomeAssistant, action: str, context: Context | None = None, **data: Any
) -> dict[str, Any]:
    """Call an action without naming a meter; its response has to be JSON."""
    response = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True, context=context
    )
    json_bytes(response)
    return dict(response or {})


async def refused(hass: HomeAssistant, action: str, translation_key: str, **data: Any) -> None:
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, action, **data)
    assert caught.value.translation_key == translation_key
    assert "{" not in str(caught.value)
    assert " " in str(caught.value)


@pytest.fixture
async def two_sessions(rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter) -> None:
    """Two charges, a day apart, the second one tampered with."""
    first, second = charge_of(simulated, 1), charge_of(simulated, 2, ID="05B0")
    await archive(rest_entry, first.records)
    await archive(rest_entry, [second.begin])
    bad = second.end.replace(b'"RV":122.000', b'"RV":121.000')
    assert bad != second.end
    await archive(rest_entry, [bad], Source.METER)


@pytest.fixture
async def second_meter(hass: HomeAssistant) -> AsyncIterator[tuple[SimulatedMeter, RestServer]]:
    """Another meter, not set up yet."""
    meter = SimulatedMeter(seed=2, signing_time=0, checking_time=0)
    async with RestServer(meter, response_time=0) as server:
        yield meter, server


async def add_second(
    hass: HomeAssistant, second: tuple[SimulatedMeter, RestServer], **options: Any
) -> Dmed4ConfigEntry:
    """Set the other meter up."""
    meter, server = second
    entry: Dmed4ConfigEntry = MockConfigEntry(
        domain=DOMAIN,
        title="Second",
        unique_id=fingerprint(meter),
        data=entry_data(server),
        options=options,
    )
    await hass.config_entries.async_add(entry)
    await hass.async_block_till_done()
    return entry


# --- list_sessions ------------------------------------------------------------------------------


async def check_list(hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, two_sessions: None) -> None:
    page = await call(hass, "list_sessions")
    assert (page["total"], page["offset"], page["limit"]) == (2, 0, 50)
    second, first = page["sessions"]
    assert first == {
        "session_id": 1,
        "device_id": device_id(hass, rest_entry),
        "meter": rest_entry.title,
        "begin": "2025-11-01T05:30:00+00:00",
        "end": "2025-11-01T06:00:00+00:00",
        "last_known": "2025-11-01T06:00:00+00:00",
        "duration": 1800,
        "imported": "2.000",
        "exported": "0.000",
        "identification_type": "ISO14443",
        "identification": "04A2B3C4",
        "identification_level": "VERIFIED",
        "tariff_text": "0.45 EUR/kWh",
        "charge_point": "IT*XYZ*E1",
        "outcome": "ended",
        "verdict": "valid",
        "records": 3,
        "counted": "2025-11-01T05:30:00+00:00",
        "by_arrival": False,
        "driver_id": None,
        "driver": None,
        "cost": {
            "amount": None,
            "reason": "no_price",
            "rates": None,
            "time_left_out": False,
            "fixed": False,
        },
    }
    assert (second["session_id"], second["verdict"], second["outcome"]) == (
        2,
        "invalid",
        "ended_elsewhere",
    )


@in_turn(
    ("query", "found"),
    [
        ({}, [2, 1]),
        ({"limit": 1}, [2]),
        ({"limit": 1, "offset": 1}, [1]),
        ({"offset": 2}, []),
        ({"verdict": "valid"}, [1]),
        ({"verdict": ["valid", "invalid"]}, [2, 1]),
        ({"outcome": ["open", "power_failure"]}, []),
        ({"outcome": "ended_elsewhere"}, [2]),
        ({"search": "05b"}, [2]),
        ({"search": "t3"}, [1]),
        ({"search": "%"}, []),
        ({"since": START}, [2, 1]),
        ({"since": START + timedelta(seconds=1)}, [2]),
        ({"until": START + timedelta(days=1)}, [1]),
        # Days and times without a zone are those of Home Assistant, US/Pacific.
        ({"since": "2025-11-01"}, [2]),
        ({"until": "2025-11-01"}, [1]),
        ({"since": "2025-10-31 22:30:00", "until": "2025-10-31 22:30:01"}, [1]),
        ({"since": "2025-11-01T05:30:01+00:00"}, [2]),
        ({"since": (START + timedelta(days=1)).date()}, []),
    ],
)
async def test_filters(
    hass: HomeAssistant, two_sessions: None, query: dict[str, Any], found: list[int]
) -> None:
    page = await call(hass, "list_sessions", **query)
    assert [session["session_id"] for session in page["sessions"]] == found
    if "offset" not in query and "limit" not in query:
        assert page["total"] == len(found)


async def test_open_session(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    await archive(rest_entry, [charge_of(simulated).begin])
    (session,) = (await call(hass, "list_sessions"))["sessions"]
    assert session["outcome"] == "open"
    assert (session["imported"], session["duration"], session["records"]) == ("0.000", None, 1)
    assert (session["end"], session["last_known"]) == (None, "2025-11-01T05:30:00+00:00")


async def test_meter_is_gone(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: RestServer, two_sessions: None
) -> None:
    """Whoever asks the archive does not ask the meter."""
    await unplug(rest_server)
    rest_server.requests.clear()
    assert (await call(hass, "list_sessions"))["total"] == 2
    assert (await call(hass, "get_session", session_id=1))["records"] == 3
    assert (await call(hass, "export_records", format="csv"))["sessions"] == 2
    assert (await call(hass, "verify_record", record_id=1))["verdict"] == "valid"
    assert rest_server.requests == []
    await rest_server.start()


# --- get_session --------------------------------------------------------------------------------


async def check_session(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    two_sessions: None,
) -> None:
    session = await call(hass, "get_session", session_id=1)
    (listed,) = [
        each for each in (await call(hass, "list_sessions"))["sessions"] if each["session_id"] == 1
    ]
    assert listed.items() <= session.items()
    assert session["findings"] == []
    assert session["clock"] == {
        "quality": "synchronised",
        "billable": True,
        "reason": None,
        "informative": False,
    }
    assert session["transparency"] == {"accepted": True, "refusal": None}
    reports = session["record_reports"]
    assert [report["raw"].encode() for report in reports] == charge_of(simulated).records
    assert [report["kind"] for report in reports] == ["begin", "intermediate", "end"]
    for number, report in enumerate(reports, 1):
        assert (report["record_id"], report["session_id"]) == (number, 1)
        assert report["device_id"] == device_id(hass, rest_entry)
        assert report["signature"]["verdict"] == "valid"
        assert report["key"]["verdict"] == "own"
        assert report["key"]["public_key"] == simulated.public_key_ocmf.hex()
        assert report["source"] == "command"
        assert report["explanation"][0].startswith("The signature is verified")
    assert session["explanation"][0].startswith("All signatures are verified")
    assert session["explanation"][1] == "Home Assistant ended the session."
    assert not any("{" in text for text in session["explanation"])


async def check_tampered_session(hass: HomeAssistant, two_sessions: None) -> None:
    session = await call(hass, "get_session", session_id=2)
    assert session["verdict"] == "invalid"
    verdicts = [report["signature"]["verdict"] for report in session["record_reports"]]
    assert verdicts == ["valid", "invalid"]
    assert "sign of tampering" in session["explanation"][0]
    assert "sign of tampering" in session["record_reports"][1]["explanation"][0]
    codes = {finding["code"]: finding for finding in session["findings"]}
    # T4 and T6: the one in between was never archived.
    assert codes["pagination_gap"]["values"] == ["T4", "T6"]
    assert codes["pagination_gap"]["record_id"] == session["record_reports"][1]["record_id"]
    assert any("between T4 and T6" in text for text in session["explanation"])


async def test_sessions_that_contradict_each_other(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """The clock was three days behind when the later one was signed, and nothing else shows it."""
    behind, before = charge_of(simulated, 1), charge_of(simulated, 2)
    late = [behind.sign("B", 0, page=9), behind.sign("E", 2, page=10)]
    await archive(rest_entry, late)
    assert (await call(hass, "get_session", session_id=1))["findings"] == []
    # Not with a record whose signature is wrong.
    bad = before.end.replace(b'"RV":122.000', b'"RV":121.000')
    await archive(rest_entry, [bad], Source.METER)
    assert (await call(hass, "get_session", session_id=1))["findings"] == []
    await archive(rest_entry, [before.begin])

    session = await call(hass, "get_session", session_id=1)
    (found,) = session["findings"]
    assert (found["code"], found["severity"]) == ("sessions_out_of_order", "warning")
    assert found["record_id"] == session["record_reports"][1]["record_id"]
    assert found["values"] == ["T4", "2025-11-02T06:30:00,000+0100 S"]
    assert any("T4" in text and "opposite order" in text for text in session["explanation"])
    other = await call(hass, "get_session", session_id=2)
    (found,) = [each for each in other["findings"] if each["code"] == "sessions_out_of_order"]
    assert found["values"][0] == "T11"


async def test_what_others_refuse(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    await archive(rest_entry, charge_of(simulated, FV="1.4").records)
    session = await call(hass, "get_session", session_id=1)
    assert session["verdict"] == "valid"
    assert session["transparency"] == {"accepted": False, "refusal": "format_version"}
    assert "up to 1.3" in session["explanation"][-1]
    export = await call(hass, "export_records", format="xml", session_id=1)
    assert export["refusals"] == {"format_version": 1}
    assert "<signedData" in export["text"]


async def check_not_there(hass: HomeAssistant, two_sessions: None) -> None:
    await refused(hass, "get_session", "session_not_found", session_id=3)
    await refused(hass, "verify_record", "archived_record_not_found", record_id=2**31 - 1)
    missing: list[dict[str, Any]] = [{"session_id": 3}, {"record_id": 99}]
    for number in missing:
        with pytest.raises(ServiceValidationError):
            await call(hass, "export_records", format="ocmf", **number)
    assert (await call(hass, "get_session", session_id=2))["records"] == 2


# --- list_unassigned_records --------------------------------------------------------------------


async def test_unassigned_records(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, two_sessions: None
) -> None:
    await archive(rest_entry, [b"\x00<script>\xff", b'OCMF|{"PG":"F7"}|{"SD":"00"}'], Source.METER)
    page = await call(hass, "list_unassigned_records")
    assert page["total"] == 2
    fiscal, nonsense = page["records"]
    assert (fiscal["pagination"], fiscal["signature"]) == ("F7", "malformed")
    assert nonsense["pagination"] is None
    assert nonsense["device_id"] == device_id(hass, rest_entry)
    assert nonsense["meter"] == rest_entry.title
    assert nonsense["source"] == "meter"
    report = await call(hass, "verify_record", record_id=nonsense["record_id"])
    assert report["raw"] == "\x00<script>\ufffd"
    assert report["session_id"] is None
    assert report["signature"] == {
        "verdict": "malformed",
        "reason": "not_a_record",
        "algorithm": None,
    }
    rest = await call(hass, "list_unassigned_records", offset=1, limit=1)
    assert rest["records"] == [nonsense]


# --- export_records -----------------------------------------------------------------------------


async def check_text(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, two_sessions: None
) -> None:
    raw = charge_of(simulated).end
    export = await call(hass, "export_records", format="ocmf", record_id=3)
    assert export == {
        "name": "M-4711_T3_2025-10-31.ocmf",
        "size": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "sessions": 1,
        "records": 1,
        "by_arrival": 0,
        "left_out": 0,
        "refusals": {},
        "filename": None,
        "text": raw.decode(),
        "url": f"/api/lovato_dmed4/{rest_entry.entry_id}/records/3.ocmf",
    }
    export = await call(hass, "export_records", format="csv", search="05b")
    assert export["sessions"] == 1
    assert export["text"].splitlines()[1].startswith("2,")
    assert export["url"].endswith("/sessions.csv?search=05b")


async def test_text_that_is_too_long(
    hass: HomeAssistant, two_sessions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_actions, "_MAX_TEXT", 10)
    export = await call(hass, "export_records", format="csv")
    assert export["text"] is None
    assert export["size"] > 10


async def check_zip_has_no_text(hass: HomeAssistant, two_sessions: None) -> None:
    export = await call(hass, "export_records", format="zip")
    assert export["text"] is None
    assert (export["sessions"], export["records"]) == (2, 5)
    assert export["refusals"] == {"signature_invalid": 1}


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """A folder where Home Assistant may write."""
    folder = tmp_path / "exports"
    folder.mkdir()
    hass.config.allowlist_external_dirs = {str(folder), hass.config.path("www")}
    return folder


@pytest.fixture
def www(hass: HomeAssistant) -> Path:
    """The folder that needs no login."""
    folder = Path(hass.config.path("www"))
    (folder / "deep").mkdir(parents=True)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


async def test_file(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    folder: Path,
    two_sessions: None,
    hass_client: ClientSessionGenerator,
) -> None:
    client = await hass_client()
    what: dict[str, Any]
    for what in (
        {"format": "ocmf", "session_id": 1},
        {"format": "xml", "record_id": 2},
        {"format": "csv", "until": START + timedelta(days=2)},
        {"format": "zip", "device_id": device_id(hass, rest_entry)},
        {"format": "ocpp", "session_id": 1},
    ):
        end = "json" if what["format"] == "ocpp" else what["format"]
        path = folder / f"records.{end}"
        path.write_text("replaced")
        export = await call(hass, "export_records", filename=str(path), **what)
        content = path.read_bytes()
        assert export["filename"] == str(path)
        assert export["text"] is None
        assert export["size"] == len(content)
        assert export["sha256"] == hashlib.sha256(content).hexdigest()
        response = await client.get(export["url"])
        assert response.status == HTTPStatus.OK
        assert await response.read() == content
        assert path.stat().st_mode & 0o777 == 0o644
    ends = ["csv", "json", "ocmf", "xml", "zip"]
    assert names(folder) == [f"records.{end}" for end in ends]
    assert zipfile.is_zipfile(folder / "records.zip")


async def test_files_that_are_refused(
    hass: HomeAssistant, folder: Path, www: Path, two_sessions: None
) -> None:
    (folder / "public").symlink_to(www)
    (folder / "home").symlink_to("/")
    for filename, translation_key in (
        ("records.csv", "export_filename"),
        ("../records.csv", "export_filename"),
        (str(folder / "records.zip"), "export_filename"),
        (str(folder / "records"), "export_filename"),
        (str(folder / ".csv"), "export_filename"),
        (str(www / "records.csv"), "export_public"),
        (str(www / "deep" / "records.csv"), "export_public"),
        (str(folder / "public" / "records.csv"), "export_public"),
        (hass.config.path("records.csv"), "export_path"),
        (str(folder / ".." / "records.csv"), "export_path"),
        (str(folder / "home" / "records.csv"), "export_path"),
        ("/records.csv", "export_path"),
    ):
        await refused(hass, "export_records", translation_key, format="csv", filename=filename)
    assert names(www) == ["deep"]
    assert not [name for name in names(folder) if "csv" in name]
    await call(hass, "export_records", format="csv", filename=str(folder / "records.CSV"))


async def test_file_that_cannot_be_written(
    hass: HomeAssistant, folder: Path, two_sessions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "records.csv"
    path.write_text("before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, "export_records", format="csv", filename=str(path))
        assert caught.value.translation_key == "export_not_written"
    # What was there before is whole, and nothing half done is left.
    assert path.read_text() == "before"
    assert names(folder) == ["records.csv"]
    await call(hass, "export_records", format="csv", filename=str(path))
    assert path.read_text(encoding="utf-8-sig").startswith('"session_id",')


async def test_folder_that_is_missing_or_in_the_way(
    hass: HomeAssistant, folder: Path, two_sessions: None
) -> None:
    (folder / "records.csv").mkdir()
    for path in (folder / "records.csv", folder / "missing" / "records.csv"):
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, "export_records", format="csv", filename=str(path))
        assert caught.value.translation_key == "export_not_written"
    assert names(folder) == ["records.csv"]


async def test_forms_that_do_not_fit(hass: HomeAssistant, two_sessions: None) -> None:
    for data in (
        {"format": "csv", "record_id": 1},
        {"format": "zip", "record_id": 1},
        {"format": "ocmf"},
        {"format": "xml", "search": "05"},
    ):
        await refused(hass, "export_records", "export_format", **data)
    await archive(hass.config_entries.async_entries(DOMAIN)[0], [b"no record"], Source.METER)
    await refused(hass, "export_records", "no_xml", format="xml", record_id=6)
    assert (await call(hass, "export_records", format="ocmf", record_id=6))["text"] == "no record"


# --- verify_record ------------------------------------------------------------------------------


async def check_pasted_record_of_a_meter_here(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """All shapes, none of them in the archive."""
    raw = charge_of(simulated, 9).end
    for text in (raw.decode(), raw.hex(), base64.b64encode(raw).decode(), f"\n {raw.decode()}\n"):
        report = await call(hass, "verify_record", record=text)
        assert report["verdict"] == "valid"
        assert report["key"]["verdict"] == "own"
        assert report["device_id"] == device_id(hass, rest_entry)
        assert (report["record_id"], report["session_id"]) == (None, None)
        assert report["explanation"][0].startswith("The signature is verified")
    # Nothing was stored.
    assert (await call(hass, "list_sessions"))["total"] == 0


async def check_pasted_record_that_is_archived(
    hass: HomeAssistant, simulated: SimulatedMeter, two_sessions: None
) -> None:
    report = await call(hass, "verify_record", record=charge_of(simulated).end.decode())
    assert (report["record_id"], report["session_id"]) == (3, 1)


async def check_tampered_record_of_a_meter_here(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    two_sessions: None,
) -> None:
    """The record names the meter, whose records in the archive name it the same."""
    report = await call(hass, "verify_record", record=tampered(charge_of(simulated).end).decode())
    assert report["verdict"] == report["signature"]["verdict"] == "invalid"
    assert report["key"]["verdict"] == "own"
    assert report["device_id"] == device_id(hass, rest_entry)
    assert "tampering" in report["explanation"][0]


async def check_serial_number_that_the_meter_tells(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """Also without a record in the archive."""
    serial = rest_entry.runtime_data.identity.serial_number
    raw = tampered(charge_of(simulated, MS=serial).end)
    assert (await call(hass, "verify_record", record=raw.decode()))["verdict"] == "invalid"


async def check_record_of_a_stranger(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """Nobody is accused because nobody's key is known."""
    charge = Charge(key=OTHER)
    report = await call(hass, "verify_record", record=charge.end.decode())
    assert report["verdict"] == "unverifiable"
    assert report["signature"]["verdict"] == "no_key"
    assert report["key"]["verdict"] == "none"
    assert report["device_id"] is None
    for key in (spki(OTHER).hex(), base64.b64encode(spki(OTHER)).decode()):
        report = await call(hass, "verify_record", record=charge.end.decode(), public_key=key)
        assert report["verdict"] == "valid"
        assert report["key"]["verdict"] == "given"
        assert report["device_id"] is None
    wrong = simulated.public_key_ocmf.hex()
    report = await call(hass, "verify_record", record=charge.end.decode(), public_key=wrong)
    assert report["verdict"] == "invalid"
    # The key is one that is known here.
    assert report["key"]["verdict"] == "own"
    assert report["device_id"] == device_id(hass, rest_entry)


async def check_a_record_of_another_meter_accuses_none_here(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    two_sessions: None,
) -> None:
    """Neither one that was changed, nor one that only looks like this meter's: the number says whose."""
    stranger = Charge(key=OTHER, fields={"MS": "M-9999"})
    for raw in (stranger.end, tampered(stranger.end), stranger.end.replace(b"04A2", b"04A3")):
        report = await call(hass, "verify_record", record=raw.decode())
        assert (report["verdict"], report["device_id"]) == ("unverifiable", None)
        assert "tampering." not in report["explanation"][0].replace("not a sign of tampering.", "")
    # With the key that came with it, it is the stranger's own doing.
    report = await call(
        hass, "verify_record", record=tampered(stranger.end).decode(), public_key=spki(OTHER).hex()
    )
    assert (report["verdict"], report["key"]["verdict"]) == ("invalid", "given")
    assert report["device_id"] is None
    # One that names this meter and fits none of its keys is to be looked at here.
    own = await call(hass, "verify_record", record=Charge(key=OTHER).end.decode())
    assert (own["verdict"], own["device_id"]) == ("invalid", device_id(hass, rest_entry))


async def check_key_on_another_curve(hass: HomeAssistant, rest_entry: Dmed4ConfigEntry) -> None:
    curve = ec.derive_private_key(0xBAD, ec.SECP384R1())
    report = await call(
        hass,
        "verify_record",
        record=Charge(key=OTHER).end.decode(),
        public_key=spki(curve).hex(),
    )
    assert report["signature"]["verdict"] == "key_mismatch"
    assert report["verdict"] == "unverifiable"


async def check_key_that_needs_the_record_to_be_read(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry
) -> None:
    """A compressed point fits several curves."""
    numbers = OTHER.public_key().public_numbers()
    compressed = (bytes([2 + numbers.y % 2]) + numbers.x.to_bytes(32)).hex()
    report = await call(
        hass,
        "verify_record",
        record=Charge(key=OTHER).end.decode(),
        public_key=compressed,
    )
    assert report["verdict"] == "valid"


async def check_key_that_is_none(hass: HomeAssistant, rest_entry: Dmed4ConfigEntry) -> None:
    for record in (Charge(key=OTHER).end.decode(), "no record"):
        await refused(hass, "verify_record", "malformed_key", record=record, public_key="key")


@in_turn("none", ["", "  ", '""', "''", "\r\n"])
async def test_an_empty_key_is_none(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, none: str
) -> None:
    """What a form or a template leaves empty: the keys of the meters here are tried all the same."""
    own = await call(
        hass, "verify_record", record=charge_of(simulated).end.decode(), public_key=none
    )
    assert (own["verdict"], own["key"]["verdict"]) == ("valid", "own")
    stranger = Charge(key=OTHER).end.decode()
    for text, verdict, key in (
        (stranger, "unverifiable", "none"),
        (f"{stranger}\n{spki(OTHER).hex()}", "valid", "given"),
    ):
        report = await call(hass, "verify_record", record=text, public_key=none)
        assert (report["verdict"], report["key"]["verdict"]) == (verdict, key)


async def check_each_of_several_records_has_its_verdict(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry
) -> None:
    """With the key of each among their words, and above all of them the worst."""
    keys = (OTHER, ec.derive_private_key(0xC0FFEE, ec.SECP256R1()))
    charges = [
        Charge(key=key, fields={"MS": f"M-{key.key_size}-{n}"}) for n, key in enumerate(keys)
    ]
    raws = [charge.end for charge in charges]
    text = "\n".join([*(raw.decode() for raw in raws), *(spki(key).hex() for key in keys)])
    report = await call(hass, "verify_record", record=text)
    assert [each["verdict"] for each in report["records"]] == ["valid", "valid"]
    assert (report["verdict"], report["pagination"]) == ("valid", "T3")
    text = text.replace(raws[1].decode(), tampered(raws[1]).decode())
    report = await call(hass, "verify_record", record=text)
    assert [each["verdict"] for each in report["records"]] == ["valid", "invalid"]
    assert (report["verdict"], report["meter"]) == ("invalid", report["records"][1]["meter"])
    explained = [each["explanation"] for each in report["records"]]
    assert report["explanation"] == explained[1] != explained[0]


test_what_stores_nothing = as_one(
    check_pasted_record_of_a_meter_here,
    check_serial_number_that_the_meter_tells,
    check_record_of_a_stranger,
    check_key_on_another_curve,
    check_key_that_needs_the_record_to_be_read,
    check_key_that_is_none,
    check_each_of_several_records_has_its_verdict,
)


LATER = START + timedelta(days=30)


async def test_changed_and_former_keys(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    records = rest_entry.runtime_data.records
    meter_id = records.meter_id
    assert meter_id is not None
    await records.async_run(
        lambda archive: archive.see_key(meter_id, spki(OTHER), LATER), writes=True
    )
    record = replace(charge_of(simulated), key=OTHER).end.decode()
    report = await call(hass, "verify_record", record=record)
    assert (report["verdict"], report["key"]["verdict"]) == ("key_changed", "changed")
    assert report["device_id"] == device_id(hass, rest_entry)
    await records.async_run(
        lambda archive: archive.accept_key(meter_id, spki(OTHER), LATER), writes=True
    )
    report = await call(hass, "verify_record", record=record)
    assert (report["verdict"], report["key"]["verdict"]) == ("valid", "own")
    old = charge_of(simulated).end.decode()
    report = await call(hass, "verify_record", record=old)
    assert (report["verdict"], report["key"]["verdict"]) == ("valid", "former")
    new = replace(charge_of(simulated), number=40).end.decode()
    report = await call(hass, "verify_record", record=new)
    assert (report["verdict"], report["key"]["verdict"]) == ("key_changed", "replaced")


@in_turn(
    "text",
    [
        "",
        "OCMF",
        "\x00\x1b[31m\u202e<script>alert(1)</script>",
        "\ud800",
        "[" * 100_000,
        "A" * 3_000_000,
        "4f434d46" * 200_000,
    ],
    ids=range(7),
)
async def test_what_is_no_record(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    caplog: pytest.LogCaptureFixture,
    text: str,
) -> None:
    # A worker of the tests cannot hand on half of a surrogate pair that was logged.
    caplog.set_level(logging.CRITICAL)
    report = await call(hass, "verify_record", record=text)
    assert report["signature"]["reason"] == "not_a_record"
    assert report["verdict"] == "unverifiable"
    assert report["explanation"]


async def test_without_any_meter(hass: HomeAssistant, rest_entry: Dmed4ConfigEntry) -> None:
    """A record and its key need no meter."""
    await hass.config_entries.async_remove(rest_entry.entry_id)
    charge = Charge(key=OTHER)
    report = await call(
        hass, "verify_record", record=charge.end.decode(), public_key=spki(OTHER).hex()
    )
    assert report["verdict"] == "valid"
    await refused(hass, "list_sessions", "no_archive")
    await refused(hass, "verify_records", "no_archive")


# --- verify_records -----------------------------------------------------------------------------


async def test_verify_all(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, two_sessions: None
) -> None:
    before = (await call(hass, "get_session", session_id=1))["record_reports"][0]["verified"]
    assert await call(hass, "verify_records") == {"records": 5, "suspicious": 1, "failed": 1}
    after = (await call(hass, "get_session", session_id=1))["record_reports"][0]["verified"]
    assert after > before


# --- Several meters, several archives -----------------------------------------------------------


async def test_two_meters_in_one_archive(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    two_sessions: None,
    second_meter: tuple[SimulatedMeter, RestServer],
) -> None:
    other = await add_second(hass, second_meter)
    await archive(other, charge_of(second_meter[0], 3, MS="X-1").records)
    assert (await call(hass, "list_sessions"))["total"] == 3
    first, second = device_id(hass, rest_entry), device_id(hass, other)
    for devices, found in (
        (first, [2, 1]),
        ([second], [3]),
        ([first, second], [3, 2, 1]),
    ):
        page = await call(hass, "list_sessions", device_id=devices)
        assert [session["session_id"] for session in page["sessions"]] == found
    (session,) = (await call(hass, "list_sessions", device_id=second))["sessions"]
    assert (session["meter"], session["device_id"]) == ("Second", second)
    # A number is good with either meter, and the download names the right one.
    for device in (first, second):
        session = await call(hass, "get_session", session_id=3, device_id=device)
        assert other.entry_id in session["links"]["ocmf"]
        assert session["record_reports"][0]["device_id"] == second
    raw = charge_of(second_meter[0], 9, MS="X-1").end.decode()
    assert (await call(hass, "verify_record", record=raw))["device_id"] == second


async def test_meter_that_was_removed(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    two_sessions: None,
    second_meter: tuple[SimulatedMeter, RestServer],
) -> None:
    """Its records are evidence: they stay, and can be read through another meter."""
    other = await add_second(hass, second_meter)
    await archive(other, [*charge_of(second_meter[0], 3).records, b"nonsense"])
    await hass.config_entries.async_remove(other.entry_id)
    session, *_ = (await call(hass, "list_sessions"))["sessions"]
    assert (session["session_id"], session["meter"], session["device_id"]) == (3, None, None)
    found = await call(hass, "get_session", session_id=3)
    assert found["verdict"] == "valid"
    assert rest_entry.entry_id in found["links"]["ocmf"]
    (loose,) = (await call(hass, "list_unassigned_records"))["records"]
    assert (loose["meter"], loose["device_id"]) == (None, None)


async def test_two_archives(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    two_sessions: None,
    second_meter: tuple[SimulatedMeter, RestServer],
    tmp_path: Path,
) -> None:
    """The same number means another session."""
    url = f"sqlite:///{tmp_path / 'other.db'}"
    other = await add_second(hass, second_meter, **{CONF_DATABASE_URL: url})
    raws = charge_of(second_meter[0], 3, MS="X-1").records
    await archive(other, raws)
    first, second = device_id(hass, rest_entry), device_id(hass, other)
    for action, data in (
        ("list_sessions", {}),
        ("list_unassigned_records", {}),
        ("get_session", {"session_id": 1}),
        ("export_records", {"format": "csv"}),
        ("verify_record", {"record_id": 1}),
        ("verify_records", {}),
    ):
        await refused(hass, action, "several_archives", **data)
        await refused(hass, action, "several_archives", device_id=[first, second], **data)
        await call(hass, action, device_id=first, **data)
    for device, page in ((first, "T3"), (second, "T9")):
        session = await call(hass, "get_session", session_id=1, device_id=device)
        assert session["record_reports"][-1]["pagination"] == page
        assert session["device_id"] == device
        export = await call(hass, "export_records", session_id=1, device_id=device, format="csv")
        assert f',"{page}",' in export["text"]
        assert export["url"] == session_path(
            (rest_entry if device == first else other).entry_id, 1, "csv"
        )
    # A pasted record is compared with all of them.
    report = await call(hass, "verify_record", record=raws[2].decode())
    assert (report["device_id"], report["record_id"]) == (second, 3)
    report = await call(hass, "verify_record", record=charge_of(second_meter[0]).end.decode())
    assert report["device_id"] == second


async def test_database_that_fails(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    two_sessions: None,
) -> None:
    file = Path(hass.config.path(DEFAULT_FILE))
    with broken(file):
        for action, data in (
            ("get_session", {"session_id": 1}),
            ("export_records", {"format": "zip"}),
            ("verify_record", {"record_id": 1}),
        ):
            with pytest.raises(HomeAssistantError) as caught:
                await call(hass, action, **data)
            assert caught.value.translation_key == "archive_unavailable"
        # What it does not know can still be verified with a key.
        report = await call(
            hass,
            "verify_record",
            record=charge_of(simulated).end.decode(),
            public_key=simulated.public_key_ocmf.hex(),
        )
        assert (report["verdict"], report["key"]["verdict"]) == ("valid", "given")
    assert (await call(hass, "get_session", session_id=1))["verdict"] == "valid"


# --- Who may ------------------------------------------------------------------------------------

CALLS: dict[str, dict[str, Any]] = {
    "list_sessions": {},
    "list_unassigned_records": {},
    "get_session": {"session_id": 1},
    "export_records": {"format": "csv"},
    "verify_record": {"record_id": 1},
    "verify_records": {},
}


async def test_only_for_administrators(
    hass: HomeAssistant, two_sessions: None, user: Context, admin: Context
) -> None:
    assert set(CALLS) == set(record_actions.RECORD_ACTIONS)
    for action, data in CALLS.items():
        with pytest.raises(Unauthorized):
            await call(hass, action, context=user, **data)
        await call(hass, action, context=admin, **data)


async def check_devices_that_are_no_meters(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, two_sessions: None
) -> None:
    for action, data in CALLS.items():
        await refused(hass, action, "service_device_not_found", device_id="unknown", **data)


test_what_reads_two_sessions = as_one(
    check_list,
    check_session,
    check_tampered_session,
    check_not_there,
    check_text,
    check_zip_has_no_text,
    check_pasted_record_that_is_archived,
    check_tampered_record_of_a_meter_here,
    check_a_record_of_another_meter_accuses_none_here,
    check_devices_that_are_no_meters,
)


async def test_a_meter_that_is_off_keeps_nothing_from_being_read(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, two_sessions: None, rest_server: RestServer
) -> None:
    """Home Assistant is restarted while the meter has no power: its records lie in the archive."""
    device = device_id(hass, rest_entry)
    loaded = {action: await call(hass, action, **data) for action, data in CALLS.items()}
    assert await hass.config_entries.async_unload(rest_entry.entry_id)
    await rest_server.stop()
    assert not await hass.config_entries.async_setup(rest_entry.entry_id)
    assert rest_entry.state is ConfigEntryState.SETUP_RETRY
    for action, data in CALLS.items():
        for named in (data, data | {"device_id": device}):
            response = await call(hass, action, **named)
            assert without_signatures(response) == without_signatures(loaded[action]), action


def without_signatures(response: dict[str, Any]) -> str:
    """What is the same at each call: links are signed anew, and records were verified again."""
    for record in (response, *response.get("record_reports", ())):
        record.pop("verified", None)
    return re.sub(r"[?&](authSig|device_id)=[^\"]*", "", str(json_bytes(response), "utf-8"))


@in_turn(
    ("action", "data"),
    [
        ("list_sessions", {"limit": 0}),
        ("list_sessions", {"limit": 101}),
        ("list_sessions", {"offset": -1}),
        ("list_sessions", {"verdict": "good"}),
        ("list_sessions", {"outcome": ["ended", "x"]}),
        ("list_sessions", {"since": "yesterday"}),
        ("list_sessions", {"since": 5}),
        ("list_sessions", {"who": "me"}),
        ("list_unassigned_records", {"search": "x"}),
        ("get_session", {}),
        ("get_session", {"session_id": 0}),
        ("get_session", {"session_id": 2**31}),
        ("get_session", {"session_id": "1 OR 1"}),
        ("export_records", {}),
        ("export_records", {"format": "pdf"}),
        ("export_records", {"format": "xml", "session_id": 1, "record_id": 1}),
        ("verify_record", {}),
        ("verify_record", {"record": "x", "record_id": 1}),
        ("verify_record", {"record_id": 1, "public_key": "00"}),
        ("verify_records", {"session_id": 1}),
    ],
)
async def test_wrong_fields(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, action: str, data: dict[str, Any]
) -> None:
    with pytest.raises(vol.Invalid):
        await call(hass, action, **data)


# --- Signed links -------------------------------------------------------------------------------


async def ask(
    client: Any, hass: HomeAssistant, action: str, data: dict[str, Any]
) -> dict[str, Any]:
    """Call an action over the connection of a browser."""
    await client.send_json_auto_id(
        {
            "type": "call_service",
            "domain": DOMAIN,
            "service": action,
            "service_data": data,
            "return_response": True,
        }
    )
    answer = await client.receive_json()
    assert answer["success"], answer
    response: dict[str, Any] = answer["result"]["response"]
    return response


async def test_links_for_who_asks(
    hass: HomeAssistant,
    two_sessions: None,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """An administrator's browser opens them as they are."""
    client = await hass_ws_client(hass)
    session = await ask(client, hass, "get_session", {"session_id": 1})
    links = [session["links"], *(report["links"] for report in session["record_reports"])]
    # Without a price, there is no charge detail record.
    assert {each.pop("ocpi") for each in links} == {None}
    urls = [url for each in links for url in each.values()]
    urls.append(
        (await ask(client, hass, "export_records", {"format": "csv", "search": "0"}))["url"]
    )
    (record,) = [(await ask(client, hass, "verify_record", {"record_id": 2}))["links"]["ocmf"]]
    browser = await hass_client_no_auth()
    for url in (*urls, record):
        assert "authSig=" in url
        assert (await browser.get(url)).status == HTTPStatus.OK


async def test_links_expire(
    hass: HomeAssistant, two_sessions: None, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    url = (await ask(client, hass, "export_records", {"format": "csv"}))["url"]
    claims = jwt.decode(url.partition("authSig=")[2], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 30 * 60


async def test_links_over_rest(
    hass: HomeAssistant,
    two_sessions: None,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    assert await async_setup_component(hass, "api", {})
    client = await hass_client()
    answer = await client.post(
        f"/api/services/{DOMAIN}/export_records?return_response", json={"format": "zip"}
    )
    url = (await answer.json())["service_response"]["url"]
    assert "authSig=" in url
    assert (await (await hass_client_no_auth()).get(url)).status == HTTPStatus.OK


async def test_links_for_nobody(
    hass: HomeAssistant,
    two_sessions: None,
    hass_admin_user: MockUser,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """An automation has no login, whoever set it off: its links need one."""
    for context in (None, Context(), Context(user_id=hass_admin_user.id)):
        url = (await call(hass, "export_records", format="csv", context=context))["url"]
        assert "authSig" not in url
        assert (await (await hass_client_no_auth()).get(url)).status == HTTPStatus.UNAUTHORIZED
        assert (await (await hass_client()).get(url)).status == HTTPStatus.OK


async def test_links_of_an_automation_that_a_browser_set_off(
    hass: HomeAssistant, two_sessions: None, hass_ws_client: WebSocketGenerator
) -> None:
    """The connection of the browser is no login of whoever else it starts."""
    urls = []

    async def automate(_: Any) -> None:
        urls.append((await call(hass, "export_records", format="csv"))["url"])

    hass.bus.async_listen("press", automate)
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "fire_event", "event_type": "press"})
    assert (await client.receive_json())["success"]
    await hass.async_block_till_done()
    assert len(urls) == 1
    assert "authSig" not in urls[0]


# --- Hostile records ----------------------------------------------------------------------------


async def test_hostile_records(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, folder: Path
) -> None:
    hostile: dict[str, Any] = {
        "ID": "=1+1\r\n\u202e<script>" + "A" * 60_000,
        "TT": "</script>\u0000\u2028",
        "IL": "\x1b[31m",
    }
    charge = charge_of(simulated, **hostile)
    begin_charge(simulated)
    await archive(rest_entry, [charge.end])
    page = await call(hass, "list_sessions")
    assert len(json_bytes(page)) < 2000
    session = await call(hass, "get_session", session_id=1)
    assert session["verdict"] == "valid"
    assert "\u202e" not in session["identification"]
    report = await call(hass, "verify_record", record=charge.end.decode())
    assert report["record_id"] == 1
    for form in ("ocmf", "xml", "csv", "zip"):
        path = folder / f"x.{form}"
        await call(hass, "export_records", format=form, session_id=1, filename=str(path))
    assert (folder / "x.ocmf").read_bytes() == charge.end
    line = (folder / "x.csv").read_text("utf-8-sig").splitlines()
    assert len(line) == 2
    assert "'=1+1" in line[1]


def test_all_verdicts_and_outcomes_can_be_asked_for() -> None:
    schema = record_actions.RECORD_ACTIONS["list_sessions"].schema
    found = schema({"verdict": list(SessionVerdict), "outcome": [each.value for each in Outcome]})
    assert found["verdict"] == list(SessionVerdict)
    assert found["outcome"] == list(Outcome)
