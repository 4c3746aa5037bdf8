"""Sessions for the systems of others: charge detail records of OCPI 2.2.1, meter values of OCPP 2.0.1.

Both are JSON with the signed records inside, byte for byte. What they say of energies is what was signed;
all else that they ask for comes from Home Assistant and from what was entered about the sender of statements.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
import json
import re
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback

from ..archive import Bill, SessionDetail
from ..billing.cost import net, rounded
from ..ocmf import NotExportableError, Record, RecordKind, outline, to_spki_hex
from .countries import LONG_CODES
from .report import Checked, Device
from .tables import serial_of
from .text import shown

# Where the country or the operator is not known: codes that are nobody's.
_NO_COUNTRY: Final = "ZZ"
_NO_COUNTRY_LONG: Final = "ZZZ"
_NO_PARTY: Final = "XXX"
_UNKNOWN: Final = "-"

# DE*ABC*E123: country, operator, charging point.
_EVSE_ID: Final = re.compile(r"([A-Z]{2})\*?([A-Z0-9]{3})\*?E[A-Z0-9*]{1,30}", re.IGNORECASE)

_MICROSECONDS_PER_HOUR: Final = 3_600_000_000
# Decimals of a number in OCPI, where nothing else is said.
_OCPI_PLACES: Final = 4

# The most that the specifications take.
_OCPI_ID: Final = 36
_OCPI_TEXT: Final = 255
_OCPI_ADDRESS: Final = 45
_OCPI_DATA: Final = 5000
_OCPP_DATA: Final = 2500
_OCPP_ID: Final = 36

_NATURES: Final = {RecordKind.BEGIN: "Start", RecordKind.INTERMEDIATE: "Intermediate"}
_RFID: Final = ("ISO14443", "ISO15693")

_CONTEXTS: Final = {
    RecordKind.BEGIN: "Transaction.Begin",
    RecordKind.END: "Transaction.End",
    RecordKind.POWER_FAILURE: "Transaction.End",
}
_EVENTS: Final = {
    RecordKind.BEGIN: "Started",
    RecordKind.END: "Ended",
    RecordKind.POWER_FAILURE: "Ended",
}
_TOKENS: Final = {"ISO14443": "ISO14443", "ISO15693": "ISO15693", "EMAID": "eMAID"}

type JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Site:
    """Where the meters are, as Home Assistant knows it.

    Attributes:
        name: of the home.
        country: two letters; None where that was not entered.
        latitude: in degrees.
        longitude: in degrees.
    """

    name: str
    country: str | None
    latitude: float
    longitude: float


@callback
def async_site(hass: HomeAssistant) -> Site:
    """Get where Home Assistant says that it is."""
    config = hass.config
    return Site(config.location_name, config.country, config.latitude, config.longitude)


def write_json(content: JsonObject | list[JsonObject]) -> bytes:
    """Write JSON, the same for the same content."""
    return json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"


# --- OCPI 2.2.1 ---------------------------------------------------------------------------------


def has_cdr(bill: Bill) -> bool:
    """Return whether there can be a charge detail record: only of what has a cost."""
    return bill.cost.amount is not None and bill.session.end is not None


def cdr(
    detail: SessionDetail,
    records: Sequence[Checked],
    *,
    device: Device | None,
    site: Site,
    issuer: Mapping[str, str],
) -> JsonObject:
    """Describe a session as a CDR.

    Args:
        detail: the session with its bill, which has a cost.
        records: its records, in the same order.
        device: the meter.
        site: where it is.
        issuer: what was entered about the sender of statements.

    Raises:
        NotExportableError: the session has no cost, or a record that no CDR can hold.
    """
    session, bill = detail.session, detail.bill
    if bill is None or bill.cost.rates is None or not has_cdr(bill):
        raise NotExportableError("A session without a cost")
    serial = serial_of(records[-1].record)
    country, party, evse_id = _operator(session.charge_point, serial, site, issuer)
    content = {
        "country_code": country,
        "party_id": party,
        "id": bill.digest[:_OCPI_ID] if bill.digest else str(session.id),
        "cdr_token": _token(detail, country, party),
        "auth_method": "WHITELIST",
        "cdr_location": _location(device, serial, evse_id, site, issuer),
        "meter_id": serial,
        "currency": bill.cost.rates.currency,
        **_totals(bill),
        "signed_data": _signed_data(records),
        "last_updated": _time(max(record.arrived for record in detail.records)),
    }
    return {name: value for name, value in content.items() if value is not None}


def _totals(bill: Bill) -> JsonObject:
    """Say how long, how much, and for how much."""
    session = bill.session
    begin, end = session.begin or session.counted, session.end or session.counted
    energy, hours = _number(session.imported), _hours(begin, end)
    dimensions = [{"type": "ENERGY", "volume": energy}, {"type": "TIME", "volume": hours}]
    return {
        "start_date_time": _time(begin),
        "end_date_time": _time(end),
        "charging_periods": [{"start_date_time": _time(begin), "dimensions": dimensions}],
        "total_cost": _price(bill),
        "total_energy": energy,
        "total_time": hours,
        # There is no field for it.
        "remark": f"Exported: {session.exported:f} kWh" if session.exported else None,
    }


def _operator(
    charge_point: str | None, serial: str | None, site: Site, issuer: Mapping[str, str]
) -> tuple[str, str, str]:
    """Find whose charging point it is: country, party and EVSE ID, signed or made of the meter's number."""
    if charge_point and (match := _EVSE_ID.fullmatch(charge_point)):
        return match[1].upper(), match[2].upper(), charge_point
    country = site.country or _NO_COUNTRY
    party = (issuer.get("party_id") or _NO_PARTY).upper()
    return country, party, f"{country}*{party}*E{_place(serial)}"


def _place(serial: str | None) -> str:
    """Name a place that has no name by the meter there."""
    return "".join(filter(str.isalnum, serial or ""))[:30].upper() or "1"


def _token(detail: SessionDetail, country: str, party: str) -> JsonObject:
    session = detail.session
    who = _short(shown(session.identification) or "")
    kind = "AD_HOC_USER" if not who else "OTHER"
    if who and session.identification_type in _RFID:
        kind = "RFID"
    return {
        "country_code": country,
        "party_id": party,
        # A session of nobody known is one of its own.
        "uid": who or f"session-{session.id}",
        "type": kind,
        "contract_id": who or f"session-{session.id}",
    }


def _location(
    device: Device | None,
    serial: str | None,
    evse_id: str,
    site: Site,
    issuer: Mapping[str, str],
) -> JsonObject:
    address = (issuer.get("address") or "").splitlines()
    return {
        "id": _place(serial),
        "name": (device.name if device else site.name)[:_OCPI_TEXT],
        "address": (address[0] if address else site.name or _UNKNOWN)[:_OCPI_ADDRESS],
        "city": (issuer.get("city") or _UNKNOWN)[:_OCPI_ADDRESS],
        "country": LONG_CODES.get(site.country or "", _NO_COUNTRY_LONG),
        "coordinates": {
            "latitude": f"{site.latitude:.6f}",
            "longitude": f"{site.longitude:.6f}",
        },
        "evse_uid": _place(serial),
        "evse_id": evse_id,
        "connector_id": "1",
        # What a charger with a DMED4 has as a rule; nothing says so.
        "connector_standard": "IEC_62196_T2_COMBO",
        "connector_format": "CABLE",
        "connector_power_type": "DC",
    }


def _signed_data(records: Sequence[Checked]) -> JsonObject:
    values = []
    for each in records:
        record = each.record
        if record is None:
            raise NotExportableError("Not a record")
        data = b64encode(record.raw).decode()
        if len(data) > _OCPI_DATA:
            raise NotExportableError("A record that is too long")
        values.append(
            {
                "nature": _NATURES.get(outline(record).kind, "End"),
                "plain_data": _plain(record),
                "signed_data": data,
            }
        )
    key = records[-1].judged.key
    signed = {"encoding_method": "OCMF", "signed_values": values}
    return signed if key is None else signed | {"public_key": b64encode(key.spki).decode()}


def _plain(record: Record) -> str:
    try:
        return record.raw.decode()
    except UnicodeDecodeError as err:
        raise NotExportableError("Not in UTF-8") from err


def _price(bill: Bill) -> JsonObject:
    cost = bill.cost
    if cost.rates is None or cost.rates.vat is None or cost.amount is None:
        return {"excl_vat": _number(cost.amount)}
    excluding = net(cost.amount, cost.rates.vat, cost.rates.currency)
    return {"excl_vat": _number(excluding), "incl_vat": _number(cost.amount)}


def _hours(begin: datetime, end: datetime) -> float:
    microseconds = max(end - begin, timedelta(0)) // timedelta(microseconds=1)
    return _number(rounded(Fraction(microseconds, _MICROSECONDS_PER_HOUR), _OCPI_PLACES))


# --- OCPP 2.0.1 ---------------------------------------------------------------------------------


def transaction_event(records: Sequence[Checked]) -> JsonObject:
    """Describe records as a TransactionEventRequest, with a meter value for each that was signed.

    Args:
        records: of one session, at least one, in the order they were made.

    Raises:
        NotExportableError: one is no record, or longer than the specification takes.
    """
    values = [_meter_value(each) for each in records]
    last = records[-1].record
    if last is None:
        raise NotExportableError("Not a record")
    told = outline(last)
    kind = told.kind
    event: JsonObject = {
        "eventType": _EVENTS.get(kind, "Updated"),
        "timestamp": values[-1]["timestamp"],
        "triggerReason": "SignedDataReceived",
        "seqNo": len(records) - 1,
        "offline": True,
        "transactionInfo": {"transactionId": (told.session or last.digest)[:_OCPP_ID]},
        "meterValue": values,
    }
    if kind is RecordKind.POWER_FAILURE:
        event["transactionInfo"]["stoppedReason"] = "PowerLoss"
    if (who := last.identification_data) and len(who) <= _OCPP_ID:
        token = _TOKENS.get(last.identification_type or "", "Central")
        event["idToken"] = {"idToken": who, "type": token}
    return event


def _meter_value(checked: Checked) -> JsonObject:
    record, key = checked.record, checked.judged.key
    moment = outline(record).now if record else None
    if record is None or moment is None or moment.time is None or moment.imported is None:
        raise NotExportableError("Not a reading")
    data = b64encode(record.raw).decode()
    if len(data) > _OCPP_DATA or key is None:
        raise NotExportableError("A record that is too long, or without a key")
    context = _CONTEXTS.get(outline(record).kind, "Other")
    signed = {
        "signedMeterData": data,
        "signingMethod": record.signature.algorithm[:50],
        "encodingMethod": "OCMF",
        "publicKey": b64encode(f"oca:base16:asn1:{to_spki_hex(key)}".encode()).decode(),
    }
    sample = {"context": context, "unitOfMeasure": {"unit": "kWh"}}
    values: list[JsonObject] = [
        {
            "value": _number(moment.imported),
            "measurand": "Energy.Active.Import.Register",
            "signedMeterValue": signed,
            **sample,
        }
    ]
    if moment.exported is not None:
        values.append(
            {
                "value": _number(moment.exported),
                "measurand": "Energy.Active.Export.Register",
                **sample,
            }
        )
    return {"timestamp": _time(moment.time), "sampledValue": values}


# --- Both ---------------------------------------------------------------------------------------


def _number(number: Decimal | None) -> float:
    """Make a number of JSON that has exactly the same decimals.

    Raises:
        NotExportableError: it has more digits than other software would read.
    """
    exact = Decimal(0) if number is None else number
    if Decimal(repr(float(exact))) != exact:
        raise NotExportableError("Too many digits")
    return float(exact)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _short(text: str) -> str:
    return text[:_OCPI_ID]
