"""Where a record departs from the OCMF specification (1.4.1): no sign of tampering.

Most genuine records do somewhere.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
import re

from .findings import Severity
from .record import Reading, Record
from .sections import Json, Number
from .signature import SignatureShape, signature_shape

# A hostile record could have thousands, too many to read.
_MOST = 100
# A path is shown, and a hostile record's keys are as long as the record.
_LONGEST_KEY = 32


class DeviationCode(StrEnum):
    """Which rule a record does not keep."""

    # A field that must be there is not.
    MISSING = "missing"
    # Number for text, text for number and so on.
    WRONG_TYPE = "wrong_type"
    # None of the values that the specification lists.
    NOT_ALLOWED = "not_allowed"
    # Not written as the specification shows it.
    WRONG_FORM = "wrong_form"
    TOO_LONG = "too_long"
    # An array with no entry, or with more than there may be.
    WRONG_NUMBER = "wrong_number"
    # Two identification flags of the same group.
    GROUP_REPEATED = "group_repeated"
    # Of two fields that come together, one.
    UNPAIRED = "unpaired"
    # A user's field in a record of no transaction.
    NOT_EXPECTED = "not_expected"
    # Identification data that are not what their type says.
    IDENTIFICATION_FORM = "identification_form"
    # A cable's loss that does not start from 0 at the begin.
    LOSS_NOT_RESET = "loss_not_reset"
    # A section that is no JSON to a strict reader, who can't read the record.
    NOT_JSON = "not_json"
    # A key given twice in one object, of which two readers could take different values.
    KEY_REPEATED = "key_repeated"
    # A pipe within a section, where another reader may cut the record.
    PIPE = "pipe"
    UNKNOWN_FIELD = "unknown_field"
    # A vendor's own field elsewhere than at the top.
    VENDOR_FIELD_MISPLACED = "vendor_field_misplaced"
    # A fourth section, which once held the public key.
    FORMER_KEY = "former_key"
    # The signature as two bare numbers.
    SIGNATURE_RAW = "signature_raw"
    # DER whose numbers lack or have too many leading bytes.
    SIGNATURE_NUMBERS = "signature_numbers"


_SEVERITIES = {
    DeviationCode.MISSING: Severity.ERROR,
    DeviationCode.WRONG_TYPE: Severity.WARNING,
    DeviationCode.NOT_ALLOWED: Severity.WARNING,
    DeviationCode.WRONG_FORM: Severity.WARNING,
    DeviationCode.TOO_LONG: Severity.WARNING,
    DeviationCode.WRONG_NUMBER: Severity.WARNING,
    DeviationCode.GROUP_REPEATED: Severity.NOTE,
    DeviationCode.UNPAIRED: Severity.WARNING,
    DeviationCode.NOT_EXPECTED: Severity.NOTE,
    DeviationCode.IDENTIFICATION_FORM: Severity.NOTE,
    DeviationCode.LOSS_NOT_RESET: Severity.WARNING,
    DeviationCode.NOT_JSON: Severity.ERROR,
    DeviationCode.KEY_REPEATED: Severity.ERROR,
    DeviationCode.PIPE: Severity.ERROR,
    DeviationCode.UNKNOWN_FIELD: Severity.NOTE,
    DeviationCode.VENDOR_FIELD_MISPLACED: Severity.NOTE,
    DeviationCode.FORMER_KEY: Severity.NOTE,
    DeviationCode.SIGNATURE_RAW: Severity.WARNING,
    DeviationCode.SIGNATURE_NUMBERS: Severity.WARNING,
}


@dataclass(frozen=True, slots=True)
class Deviation:
    """A departure from the specification.

    Attributes:
        code: which rule: a translation key.
        path: where, such as ``IL`` or ``RD[3].TM``; empty if it is about the record as a whole.
        severity: how much it matters to other readers of the record.
    """

    code: DeviationCode
    path: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class _Field:
    """What the specification says about a field.

    Attributes:
        types: what it may be.
        required: whether it must be there.
        allowed: the values it may have; any if None.
        form: how it is written; anyhow if None.
        longest: how many characters it may have; any number if None.
    """

    types: type | tuple[type, ...] = str
    required: bool = False
    allowed: frozenset[str] | None = None
    form: re.Pattern[str] | None = None
    longest: int | None = None


def _one_of(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


_USER = {
    "IS": _Field(bool, required=True),
    "IL": _Field(
        allowed=_one_of(
            "NONE HEARSAY TRUSTED VERIFIED CERTIFIED SECURE MISMATCH INVALID OUTDATED UNKNOWN"
        )
    ),
    "IF": _Field(list),
    "IT": _Field(
        required=True,
        allowed=_one_of(
            "NONE DENIED UNDEFINED ISO14443 ISO15693 EMAID EVCCID EVCOID ISO7812 CARD_TXN_NR CENTRAL"
            " CENTRAL_1 CENTRAL_2 LOCAL LOCAL_1 LOCAL_2 PHONE_NUMBER KEY_CODE"
        ),
    ),
    "ID": _Field(),
    "TT": _Field(longest=250),
}
_PAYLOAD = {
    "FV": _Field(form=re.compile(r"[0-9]+\.[0-9]+")),
    "GI": _Field(),
    "GS": _Field(),
    "GV": _Field(),
    "PG": _Field(required=True, form=re.compile(r"[TF](?:0|[1-9][0-9]*)")),
    "MV": _Field(),
    "MM": _Field(),
    "MS": _Field(required=True),
    "MF": _Field(),
    **_USER,
    "CF": _Field(longest=25),
    "LC": _Field(dict),
    "CT": _Field(allowed=_one_of("EVSEID CBIDC")),
    "CI": _Field(),
    "RD": _Field(list, required=True),
}
_LOSS = {
    "LN": _Field(longest=20),
    "LI": _Field(Number),
    "LR": _Field(Number, required=True),
    "LU": _Field(required=True, allowed=_one_of("mOhm uOhm")),
}
_READING = {
    "TM": _Field(
        required=True,
        form=re.compile(
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{3}[+-][0-9]{4} [UISR]"
        ),
    ),
    "TX": _Field(allowed=_one_of("B C X E L R A P S T")),
    "RV": _Field(Number),
    "RI": _Field(),
    "RU": _Field(allowed=_one_of("kWh Wh mOhm uOhm")),
    "RT": _Field(allowed=_one_of("AC DC")),
    "CL": _Field(Number),
    "EF": _Field(form=re.compile(r"E?t?|tE")),
    "ST": _Field(required=True, allowed=_one_of("N G T D R M X I O S E F")),
}
_SIGNATURE = {
    "SA": _Field(
        form=re.compile(
            r"ECDSA-(?:secp(?:192k1|192r1|256k1|256r1|384r1)|brainpool(?:256|384)r1)-SHA256"
        )
    ),
    "SE": _Field(allowed=_one_of("hex base64")),
    "SM": _Field(allowed=_one_of("application/x-der")),
    "SD": _Field(required=True),
}

_FLAGS = _one_of(
    "RFID_NONE RFID_PLAIN RFID_RELATED RFID_PSK OCPP_NONE OCPP_RS OCPP_AUTH OCPP_RS_TLS OCPP_AUTH_TLS"
    " OCPP_CACHE OCPP_WHITELIST OCPP_CERTIFIED ISO15118_NONE ISO15118_PNC PLMN_NONE PLMN_RING PLMN_SMS"
)
_MOST_FLAGS = 4
_LONGEST_ID = 40
_IDENTIFICATIONS = {
    "ISO14443": re.compile(r"[0-9A-Fa-f]{8}|[0-9A-Fa-f]{14}"),
    "ISO15693": re.compile(r"[0-9A-Fa-f]{16}"),
    "EMAID": re.compile(r".{14,15}", re.DOTALL),
    "EVCCID": re.compile(r".{0,6}", re.DOTALL),
    "PHONE_NUMBER": re.compile(r"\+.+", re.DOTALL),
}
_VENDOR = tuple("UVWXYZ")
# In the signature section also those who process the record may add fields.
_PROCESSORS = tuple("ABCDEF")


def deviations(record: Record) -> tuple[Deviation, ...]:
    """List where a record departs from the specification, up to a hundred; never raises."""
    return tuple(islice(_all(record), _MOST))


def _all(record: Record) -> Iterator[Deviation]:
    """Go through the rules."""
    for check in _CHECKS:
        yield from check(record)


def _deviation(code: DeviationCode, path: str, severity: Severity | None = None) -> Deviation:
    """Put a deviation together."""
    return Deviation(code, path, severity or _SEVERITIES[code])


def _check_sections(record: Record) -> Iterator[Deviation]:
    """Three sections, with no pipe within."""
    if record.former_key is not None:
        yield _deviation(DeviationCode.FORMER_KEY, "")
    if not record.well_formed:
        yield _deviation(DeviationCode.NOT_JSON, "")
    for key in record.repeated:
        yield _deviation(DeviationCode.KEY_REPEATED, key[:_LONGEST_KEY])
    for fields in (record.fields, record.signature.fields):
        for key, value in fields.items():
            if any("|" in text for text in _texts({key: value})):
                yield _deviation(DeviationCode.PIPE, key[:_LONGEST_KEY])


def _texts(value: Json) -> Iterator[str]:
    """Return all texts in a value."""
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _texts(item)
        case dict():
            for key, item in value.items():
                yield key
                yield from _texts(item)


def _check_payload(record: Record) -> Iterator[Deviation]:
    """The fields at the top, of which the user's belong to transactions only."""
    fiscal = (record.pagination or "").startswith("F")
    known = {key: f for key, f in _PAYLOAD.items() if not (fiscal and key in _USER)}
    yield from _check_fields(record.fields, known)
    for key in record.fields:
        if fiscal and key in _USER:
            yield _deviation(DeviationCode.NOT_EXPECTED, key)
        elif key not in _PAYLOAD and not key.startswith(_VENDOR):
            yield _deviation(DeviationCode.UNKNOWN_FIELD, key[:_LONGEST_KEY])


def _check_fields(
    fields: Mapping[str, Json],
    known: Mapping[str, _Field],
    path: str = "",
    *,
    complete: Mapping[str, Json] | None = None,
) -> Iterator[Deviation]:
    """Check fields one by one; only what is not even in the complete ones is missing."""
    for key, rule in known.items():
        if key in fields:
            if code := _check_field(fields[key], rule):
                yield _deviation(code, path + key)
        elif rule.required and key not in (complete or fields):
            # Readers do without these: the signer may be named otherwise, the user unknown.
            severity = Severity.WARNING if key in {"MS", "IS", "IT"} else None
            yield _deviation(DeviationCode.MISSING, path + key, severity)


def _check_field(value: Json, rule: _Field) -> DeviationCode | None:
    """Check a field's value."""
    if not isinstance(value, rule.types):
        return DeviationCode.WRONG_TYPE
    if isinstance(value, str):
        if rule.allowed is not None and value not in rule.allowed:
            return DeviationCode.NOT_ALLOWED
        if rule.form and not rule.form.fullmatch(value):
            return DeviationCode.WRONG_FORM
        if rule.longest is not None and len(value) > rule.longest:
            return DeviationCode.TOO_LONG
    return None


def _check_identification(record: Record) -> Iterator[Deviation]:
    """The flags, and data that fit their type."""
    flags = record.fields.get("IF")
    if isinstance(flags, list):
        if len(flags) > _MOST_FLAGS:
            yield _deviation(DeviationCode.WRONG_NUMBER, "IF")
        groups = set()
        for number, flag in enumerate(flags):
            if not isinstance(flag, str) or flag not in _FLAGS:
                yield _deviation(DeviationCode.NOT_ALLOWED, f"IF[{number}]")
                continue
            group = flag.split("_")[0]
            if group in groups:
                yield _deviation(DeviationCode.GROUP_REPEATED, f"IF[{number}]")
            groups.add(group)
    data = record.fields.get("ID")
    if isinstance(data, str) and data:
        form = _IDENTIFICATIONS.get(record.identification_type or "")
        if len(data.encode()) > _LONGEST_ID:
            yield _deviation(DeviationCode.TOO_LONG, "ID")
        elif form and not form.fullmatch(data):
            yield _deviation(DeviationCode.IDENTIFICATION_FORM, "ID")


def _check_loss(record: Record) -> Iterator[Deviation]:
    """What is said about the cable."""
    loss = record.fields.get("LC")
    if isinstance(loss, dict):
        yield from _check_fields(loss, _LOSS, "LC.")
        yield from _check_strangers(loss, _LOSS, "LC.")


def _check_strangers(
    fields: Mapping[str, Json], known: Mapping[str, _Field], path: str
) -> Iterator[Deviation]:
    """Check that there are no other fields, where vendors may not add theirs."""
    for key in fields:
        if key not in known:
            vendor = key.startswith(_VENDOR)
            code = DeviationCode.VENDOR_FIELD_MISPLACED if vendor else DeviationCode.UNKNOWN_FIELD
            yield _deviation(code, path + key[:_LONGEST_KEY])


def _check_readings(record: Record) -> Iterator[Deviation]:
    """The readings, each with what it inherits from the one before it."""
    if record.fields.get("RD") == []:
        yield _deviation(DeviationCode.WRONG_NUMBER, "RD")
    page = record.pagination or ""
    entries = record.fields.get("RD")
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        if not isinstance(entry, dict):
            yield _deviation(DeviationCode.WRONG_TYPE, f"RD[{number}]")
    for number, reading in enumerate(record.readings):
        path = f"RD[{number}]."
        yield from _check_fields(reading.present, _READING, path, complete=reading.fields)
        yield from _check_strangers(reading.present, _READING, path)
        yield from _check_register(reading, path)
        looks_right = not _check_field(reading.present.get("TM"), _READING["TM"])
        if looks_right and not reading.time:  # the 30th of February
            yield _deviation(DeviationCode.WRONG_FORM, f"{path}TM")
        if page.startswith("T") and not reading.transaction:
            yield _deviation(DeviationCode.MISSING, f"{path}TX")
        if page.startswith("F") and reading.transaction:
            yield _deviation(DeviationCode.NOT_EXPECTED, f"{path}TX")


def _check_register(reading: Reading, path: str) -> Iterator[Deviation]:
    """A register's value, code and unit, which only a reading that reports an error may lack."""
    has = {key: key in reading.fields for key in ("RV", "RI", "RU", "RT")}
    error = reading.status != "G" or reading.error_flags
    if error and not any(has.values()):
        return
    if not has["RV"]:
        yield _deviation(DeviationCode.MISSING, f"{path}RV")
    if has["RI"] != has["RU"]:
        yield _deviation(DeviationCode.UNPAIRED, path + ("RU" if has["RI"] else "RI"))
    elif not has["RU"]:
        yield _deviation(DeviationCode.MISSING, f"{path}RU")
    if "CL" in reading.present and reading.transaction == "B" and reading.cable_loss:
        yield _deviation(DeviationCode.LOSS_NOT_RESET, f"{path}CL")


def _check_signature(record: Record) -> Iterator[Deviation]:
    """The signature section and how the signature is written."""
    section = record.signature
    yield from _check_fields(section.fields, _SIGNATURE)
    for key in section.fields:
        if key not in _SIGNATURE and not key.startswith(_VENDOR + _PROCESSORS):
            yield _deviation(DeviationCode.UNKNOWN_FIELD, key[:_LONGEST_KEY])
    match signature_shape(section):
        case SignatureShape.RAW:
            yield _deviation(DeviationCode.SIGNATURE_RAW, "SD")
        case SignatureShape.UNSIGNED | SignatureShape.PADDED:
            yield _deviation(DeviationCode.SIGNATURE_NUMBERS, "SD")
        case None if section.data is not None:
            yield _deviation(DeviationCode.WRONG_FORM, "SD")


_CHECKS: tuple[Callable[[Record], Iterator[Deviation]], ...] = (
    _check_sections,
    _check_payload,
    _check_identification,
    _check_loss,
    _check_readings,
    _check_signature,
)
