"""Sessions for other systems: as their specifications want it, with our energies and the signed bytes."""

from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
import io
import json
from pathlib import Path
from typing import Any

from homeassistant.exceptions import ServiceValidationError
from homeassistant.generated.countries import COUNTRIES
from homeassistant.util import dt as dt_util
from jsonschema import Draft7Validator
import pytest

from custom_components.lovato_dmed4.archive import (
    Archive,
    MeterInfo,
    SessionDetail,
    SessionQuery,
    Source,
)
from custom_components.lovato_dmed4.billing.model import Price, Rates
from custom_components.lovato_dmed4.reports.countries import LONG_CODES
from custom_components.lovato_dmed4.reports.export import (
    Export,
    ExportFormat,
    export_period,
    export_record,
    export_session,
)
from custom_components.lovato_dmed4.reports.report import Device
from custom_components.lovato_dmed4.reports.roaming import Site
from tests.integration.records import START, Charge, tampered
from tests.ocmf.helpers import KEY, spki

from .schemas import CDR, TRANSACTION_EVENT

DEVICES = {"meter": Device("device", "Wallbox")}
NOW = datetime(2025, 12, 1, tzinfo=UTC)
SITE = Site("Home", "IT", 45.4384958, -9.9916212)
ISSUER = {"name": "Car park", "address": "Via Roma 1\n20121 Milano", "city": "Milano"}


@pytest.fixture
def archive(tmp_path: Path) -> Any:
    opened = Archive(f"sqlite:///{tmp_path / 'records.db'}")
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def meter(archive: Archive) -> int:
    number = archive.register_meter(MeterInfo(unique_id="meter", name="The meter"))
    archive.see_key(number, spki(KEY), NOW)
    archive.ledger.save_settings(ISSUER)
    return number


def set_price(archive: Archive, energy: str, vat: str | None = None) -> None:
    rates = Rates(energy=Decimal(energy), vat=None if vat is None else Decimal(vat), currency="EUR")
    archive.ledger.save_price(Price(rates=rates, since=START - timedelta(days=100)))


def keep(archive: Archive, meter: int, *raws: bytes) -> list[SessionDetail]:
    for raw in raws:
        archive.store(meter, raw, Source.COMMAND, NOW)
    return list(archive.each_session(SessionQuery(), UTC))


def session_file(archive: Archive, form: ExportFormat, session_id: int = 1) -> Any:
    out = io.BytesIO()
    done = export_session(
        archive, out, session_id=session_id, form=form, devices=DEVICES, site=SITE, titles={}
    )
    assert done.name.endswith(f".{form.value}.json")
    return checked(out, form)


def checked(out: io.BytesIO, form: ExportFormat) -> Any:
    """Read a file with the numbers as they are written, after it was checked against its schema."""
    schema = CDR if form is ExportFormat.OCPI else TRANSACTION_EVENT
    content = json.loads(out.getvalue())
    for each in content if isinstance(content, list) else [content]:
        Draft7Validator(schema).validate(each)
    return json.loads(out.getvalue(), parse_float=Decimal)


def period_file(archive: Archive) -> tuple[Export, Any]:
    out = io.BytesIO()
    form = ExportFormat.OCPI
    done = export_period(
        archive, out, query=SessionQuery(), form=form, devices=DEVICES, site=SITE, titles={}
    )
    return done, checked(out, form)


# --- OCPI ---------------------------------------------------------------------------------------


def test_a_charge_detail_record(archive: Archive, meter: int) -> None:
    set_price(archive, energy="0.455", vat="22")
    charge = Charge(key=KEY)
    (session,) = keep(archive, meter, *charge.records)
    cdr = session_file(archive, ExportFormat.OCPI)
    assert (cdr["country_code"], cdr["party_id"]) == ("IT", "XYZ")
    assert cdr["start_date_time"] == "2025-11-01T05:30:00Z"
    assert cdr["end_date_time"] == "2025-11-01T06:00:00Z"
    assert cdr["cdr_token"] == {
        "country_code": "IT",
        "party_id": "XYZ",
        "uid": "04A2B3C4",
        "type": "RFID",
        "contract_id": "04A2B3C4",
    }
    location = cdr["cdr_location"]
    assert location["evse_id"] == "IT*XYZ*E1"
    assert (location["address"], location["city"]) == ("Via Roma 1", "Milano")
    assert location["country"] == "ITA"
    assert location["coordinates"] == {"latitude": "45.438496", "longitude": "-9.991621"}
    assert cdr["meter_id"] == "M-4711"
    assert cdr["currency"] == "EUR"
    # 2.000 kWh at 0.455, of which 22 % VAT; half an hour.
    assert cdr["total_energy"] == session.session.imported == Decimal(2)
    assert cdr["total_cost"] == {"excl_vat": Decimal("0.75"), "incl_vat": Decimal("0.91")}
    assert cdr["total_time"] == Decimal("0.5")
    (period,) = cdr["charging_periods"]
    assert {each["type"]: each["volume"] for each in period["dimensions"]} == {
        "ENERGY": Decimal(2),
        "TIME": Decimal("0.5"),
    }
    signed = cdr["signed_data"]
    assert signed["encoding_method"] == "OCMF"
    assert b64decode(signed["public_key"]) == spki(KEY)
    assert [each["nature"] for each in signed["signed_values"]] == ["Start", "Intermediate", "End"]
    for each, raw in zip(signed["signed_values"], charge.records, strict=True):
        assert b64decode(each["signed_data"]) == raw
        assert each["plain_data"].encode() == raw
    assert "remark" not in cdr
    assert session_file(archive, ExportFormat.OCPI) == cdr


def test_what_is_not_known_is_a_code_of_nobody(archive: Archive, meter: int) -> None:
    """Without an EVSE ID, an operator, a country and an identification."""
    set_price(archive, energy="0.5")
    archive.ledger.save_settings({"party_id": "lov"})
    charge = Charge(key=KEY, exported=250, fields={"CI": "Garage", "CT": None, "ID": None})
    keep(archive, meter, *charge.records)
    global_site = replace(SITE, country=None)
    out = io.BytesIO()
    export_session(
        archive, out, session_id=1, form=ExportFormat.OCPI, devices={}, site=global_site, titles={}
    )
    cdr = checked(out, ExportFormat.OCPI)
    assert (cdr["country_code"], cdr["party_id"]) == ("ZZ", "LOV")
    assert cdr["cdr_location"]["evse_id"] == "ZZ*LOV*EM4711"
    assert cdr["cdr_location"]["name"] == cdr["cdr_location"]["address"] == "Home"
    assert cdr["cdr_token"]["type"] == "AD_HOC_USER"
    assert cdr["total_cost"] == {"excl_vat": Decimal("1.00")}
    assert cdr["remark"] == "Exported: 0.500 kWh"


def test_energies_to_the_last_decimal(archive: Archive, meter: int) -> None:
    set_price(archive, energy="0.5")
    odd = Charge(key=KEY)
    end = odd.sign("E", 8, imported=57_303_001, page=2)
    (session,) = keep(archive, meter, odd.begin, end)
    assert session.session.imported == Decimal("57303.001")
    cdr = session_file(archive, ExportFormat.OCPI)
    assert cdr["total_energy"] == Decimal("57303.001")
    event = session_file(archive, ExportFormat.OCPP)
    assert event["meterValue"][-1]["sampledValue"][0]["value"] == Decimal("57413.001")


def test_no_charge_detail_record_without_a_cost(archive: Archive, meter: int) -> None:
    """Not of a session without a price, one that may not be billed, and one that is running."""
    good, bad, running = (Charge(key=KEY, number=number) for number in (1, 2, 3))
    keep(archive, meter, *good.records, running.begin)
    with pytest.raises(ServiceValidationError) as caught:
        session_file(archive, ExportFormat.OCPI)
    assert caught.value.translation_key == "no_cdr"
    set_price(archive, energy="0.5")
    keep(archive, meter, bad.begin, bad.end.replace(b"04A2B3C4", b"04A2B3C5"))
    done, cdrs = period_file(archive)
    assert [cdr["start_date_time"] for cdr in cdrs] == ["2025-11-01T05:30:00Z"]
    assert (done.contents.sessions, done.contents.left_out) == (1, 2)
    assert done.name == "charge-records.ocpi.json"


def test_a_period_without_sessions_is_an_empty_list(archive: Archive, meter: int) -> None:
    done, cdrs = period_file(archive)
    assert cdrs == []
    assert done.contents.sessions == 0


def test_several_sessions_are_one_list(archive: Archive, meter: int) -> None:
    set_price(archive, energy="0.5")
    keep(archive, meter, *Charge(key=KEY).records, *Charge(key=KEY, number=2).records)
    _, cdrs = period_file(archive)
    assert len({cdr["id"] for cdr in cdrs}) == 2


def test_a_record_longer_than_the_specification_takes(archive: Archive, meter: int) -> None:
    set_price(archive, energy="0.5")
    long = Charge(key=KEY, fields={"TT": "x" * 3000})
    keep(archive, meter, *long.records)
    for form, key in ((ExportFormat.OCPI, "no_cdr"), (ExportFormat.OCPP, "no_meter_values")):
        with pytest.raises(ServiceValidationError) as caught:
            session_file(archive, form)
        assert caught.value.translation_key == key


def test_every_country_has_three_letters() -> None:
    assert set(LONG_CODES) == COUNTRIES
    assert len(set(LONG_CODES.values())) == len(LONG_CODES)
    assert {len(code) for code in LONG_CODES.values()} == {3}


# --- OCPP ---------------------------------------------------------------------------------------


def test_signed_meter_values(archive: Archive, meter: int) -> None:
    charge = Charge(key=KEY)
    keep(archive, meter, *charge.records)
    event = session_file(archive, ExportFormat.OCPP)
    assert event["eventType"] == "Ended"
    assert event["timestamp"] == "2025-11-01T06:00:00Z"
    assert event["idToken"] == {"idToken": "04A2B3C4", "type": "ISO14443"}
    values = event["meterValue"]
    assert [value["timestamp"][11:16] for value in values] == ["05:30", "05:45", "06:00"]
    firsts = [value["sampledValue"][0] for value in values]
    assert [first["value"] for first in firsts] == [Decimal(110), Decimal(111), Decimal(112)]
    assert [first["context"] for first in firsts] == [
        "Transaction.Begin",
        "Other",
        "Transaction.End",
    ]
    for first, raw in zip(firsts, charge.records, strict=True):
        signed = first["signedMeterValue"]
        assert b64decode(signed["signedMeterData"]) == raw
        assert signed["encodingMethod"] == "OCMF"
        assert signed["signingMethod"] == "ECDSA-secp256r1-SHA256"
        key = b64decode(signed["publicKey"]).decode()
        assert key == f"oca:base16:asn1:{spki(KEY).hex()}"
    assert {value["sampledValue"][1]["value"] for value in values} == {Decimal("3.25")}


def test_one_record(archive: Archive, meter: int) -> None:
    (session,) = keep(archive, meter, *Charge(key=KEY).records)
    events = []
    for stored in session.records:
        out = io.BytesIO()
        done = export_record(archive, out, record_id=stored.id, form=ExportFormat.OCPP)
        assert done.contents.records == 1
        events.append(checked(out, ExportFormat.OCPP))
    assert [event["eventType"] for event in events] == ["Started", "Updated", "Ended"]
    assert len({event["transactionInfo"]["transactionId"] for event in events}) == 1


def test_a_power_failure_is_named(archive: Archive, meter: int) -> None:
    charge = Charge(key=KEY)
    keep(archive, meter, charge.begin, charge.sign("P", 2))
    event = session_file(archive, ExportFormat.OCPP)
    assert event["transactionInfo"]["stoppedReason"] == "PowerLoss"


def test_no_meter_values_of_what_is_no_record(archive: Archive, meter: int) -> None:
    stored = archive.store(meter, b"rubbish", Source.METER, NOW).record
    with pytest.raises(ServiceValidationError) as caught:
        export_record(archive, io.BytesIO(), record_id=stored.id, form=ExportFormat.OCPP)
    assert caught.value.translation_key == "no_meter_values"


def test_a_forged_record_is_passed_on_as_it_is(archive: Archive, meter: int) -> None:
    """Meter values are evidence, not a bill: whoever receives them sees that the signature fails."""
    charge = Charge(key=KEY)
    keep(archive, meter, charge.begin, tampered(charge.end))
    event = session_file(archive, ExportFormat.OCPP)
    signed = event["meterValue"][-1]["sampledValue"][0]["signedMeterValue"]
    assert b64decode(signed["signedMeterData"]) == tampered(charge.end)


def test_time_zones_change_nothing(archive: Archive, meter: int) -> None:
    set_price(archive, energy="0.5")
    keep(archive, meter, *Charge(key=KEY).records)
    before = dt_util.get_default_time_zone()
    expected = session_file(archive, ExportFormat.OCPI)
    try:
        dt_util.set_default_time_zone(dt_util.get_time_zone("Asia/Kathmandu"))  # type: ignore[arg-type]
        assert session_file(archive, ExportFormat.OCPI) == expected
    finally:
        dt_util.set_default_time_zone(before)
