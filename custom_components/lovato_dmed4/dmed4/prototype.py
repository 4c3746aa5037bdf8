"""The OCMF prototype: what is known of a charge before it starts, for the meter to sign."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
import json
import re
from typing import Final

from .errors import FlagsConflictError, TextCharactersError, TextTooLongError
from .meter import RECORD_LIMIT
from .model import Container, Identity
from .record_text import payload_fields

# Limits in bytes of the OCMF specification. CI has none there, but a record has to fit.
_LIMITS: Final = {"ID": 40, "TT": 250, "CI": 250}

# What the meter adds to a prototype, at its longest: the frame, six readings (the first and fourth
# full), a signature in hex.
_FULL_READING: Final = (
    '{"TM":"2000-01-01T00:00:00,000+0000 S","TX":"B","RV":100000000.000,'
    '"RI":"01-00:00.00.00*FF","RU":"kWh","RT":"DC","EF":"","ST":"G"},'
)
_SHORT_READING: Final = '{"RV":100000000.000,"RI":"01-00:00.00.00*FF","RU":"kWh","ST":"G"},'
_SIGNATURE: Final = '{"SA":"ECDSA-secp256r1-SHA256","SE":"base64","SD":""}'
_SIGNATURE_DIGITS: Final = 2 * 72
RECORD_OVERHEAD: Final = (
    len('OCMF|,"RD":[]|')
    + 2 * len(_FULL_READING)
    + 4 * len(_SHORT_READING)
    + len(_SIGNATURE)
    + _SIGNATURE_DIGITS
)


class IdentificationLevel(StrEnum):
    """How far the identification of the user can be trusted (OCMF: IL)."""

    NONE = "NONE"
    HEARSAY = "HEARSAY"
    TRUSTED = "TRUSTED"
    VERIFIED = "VERIFIED"
    CERTIFIED = "CERTIFIED"
    SECURE = "SECURE"
    MISMATCH = "MISMATCH"
    INVALID = "INVALID"
    OUTDATED = "OUTDATED"
    UNKNOWN = "UNKNOWN"


class IdentificationFlag(StrEnum):
    """How the user was identified (OCMF: IF); one of each group at most."""

    RFID_NONE = "RFID_NONE"
    RFID_PLAIN = "RFID_PLAIN"
    RFID_RELATED = "RFID_RELATED"
    RFID_PSK = "RFID_PSK"
    OCPP_NONE = "OCPP_NONE"
    OCPP_RS = "OCPP_RS"
    OCPP_AUTH = "OCPP_AUTH"
    OCPP_RS_TLS = "OCPP_RS_TLS"
    OCPP_AUTH_TLS = "OCPP_AUTH_TLS"
    OCPP_CACHE = "OCPP_CACHE"
    OCPP_WHITELIST = "OCPP_WHITELIST"
    OCPP_CERTIFIED = "OCPP_CERTIFIED"
    ISO15118_NONE = "ISO15118_NONE"
    ISO15118_PNC = "ISO15118_PNC"
    PLMN_NONE = "PLMN_NONE"
    PLMN_RING = "PLMN_RING"
    PLMN_SMS = "PLMN_SMS"

    @property
    def group(self) -> str:
        """The means of identification that the flag speaks of."""
        return self.partition("_")[0]


class IdentificationType(StrEnum):
    """What the identification data are (OCMF: IT)."""

    NONE = "NONE"
    DENIED = "DENIED"
    UNDEFINED = "UNDEFINED"
    ISO14443 = "ISO14443"
    ISO15693 = "ISO15693"
    EMAID = "EMAID"
    EVCCID = "EVCCID"
    EVCOID = "EVCOID"
    ISO7812 = "ISO7812"
    CARD_TXN_NR = "CARD_TXN_NR"
    CENTRAL = "CENTRAL"
    CENTRAL_1 = "CENTRAL_1"
    CENTRAL_2 = "CENTRAL_2"
    LOCAL = "LOCAL"
    LOCAL_1 = "LOCAL_1"
    LOCAL_2 = "LOCAL_2"
    PHONE_NUMBER = "PHONE_NUMBER"
    KEY_CODE = "KEY_CODE"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeIdentity:
    """Who charges, where and at which tariff: what the user gives at the start of a charge.

    Texts are printable ASCII without ``|``; ``data`` of at most 40 bytes, and all of them together
    so short that the record fits.
    """

    type: IdentificationType = IdentificationType.NONE
    level: IdentificationLevel = IdentificationLevel.NONE
    flags: tuple[IdentificationFlag, ...] = ()
    data: str = ""
    tariff_text: str = ""
    charge_point_id: str = ""

    def __post_init__(self) -> None:
        """Give an identification without a type the one that its form shows.

        With the type NONE, the meter would sign that no person was identified, beside the identification.
        """
        if self.data and self.type is IdentificationType.NONE:
            object.__setattr__(self, "type", type_of(self.data))


# The first that fits; forms of OCMF that nothing else has. A card's number is 4, 7 or 8 bytes in hex.
# The card tries them as well: they mean the same in JavaScript.
FORMS: Final = (
    (IdentificationType.ISO14443, re.compile(r"[0-9A-Fa-f]{8}|[0-9A-Fa-f]{14}")),
    (IdentificationType.ISO15693, re.compile(r"[0-9A-Fa-f]{16}")),
    (IdentificationType.PHONE_NUMBER, re.compile(r"\+[0-9 ()/-]{4,}")),
    (IdentificationType.EMAID, re.compile(r"[A-Z]{2}-?[A-Z0-9]{3}-?C[A-Z0-9]{8}(?:-?[A-Z0-9])?")),
)


def type_of(data: str) -> IdentificationType:
    """Tell what kind of identification a text is, by its form; UNDEFINED if that shows none."""
    found = (kind for kind, form in FORMS if form.fullmatch(data))
    return next(found, IdentificationType.UNDEFINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrototypeForm:
    """What the manual leaves open about a prototype, and a meter may want in its own way.

    The first value of each attribute is tried first (`next_form`).

    Attributes:
        container: what it is handed over in.
        closing: the fields that the meter writes itself, empty at the bottom: ``rd``, ``none`` or
            ``signature`` for RD, SA, SE and SD.
        keys: ``known`` leaves out what is not known, ``all`` are those of the schema, ``minimal``
            are those of OCMF 1.0 without GV and IL.
        version: FV.
        meter: whether PG, MV, MM, MS and MF are ``filled`` or ``empty``.
        level: whether IL is ``given`` or ``omitted``.
    """

    container: str = Container.BARE
    closing: str = "rd"
    keys: str = "known"
    version: str = "1.1"
    meter: str = "filled"
    level: str = "given"

    def __str__(self) -> str:
        """Write the form as `parse` reads it."""
        return " ".join(f"{name}={getattr(self, name)}" for name in _FORM_VALUES)

    @classmethod
    def parse(cls, text: str) -> PrototypeForm | None:
        """Read a form; None if it is not one of this version."""
        values = dict(part.split("=", 1) for part in text.split() if "=" in part)
        if values.keys() != _FORM_VALUES.keys():
            return None
        if any(value not in _FORM_VALUES[name] for name, value in values.items()):
            return None
        return cls(**values)


_FORM_VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "container": tuple(Container),
    "closing": ("rd", "none", "signature"),
    "keys": ("known", "all", "minimal"),
    # The official transparency software refuses records of version 1.4; the tariff text needs 1.1.
    "version": ("1.1", "1.0"),
    "meter": ("filled", "empty"),
    "level": ("given", "omitted"),
}

# What a meter complains of (manual: error dword 1) names what to change; what changes first stands
# last. The manual does not say what the bits mean: a meter's relatives use SEQUENCE for the order of
# the keys, and NOT_FULL_PACKET for one that is missing.
_STEERING: Final[Mapping[str, tuple[str, ...]]] = {
    "JSON_NOT_FULL_PACKET": ("closing", "keys"),
    "JSON_SEQUENCE": ("keys", "closing"),
    "JSON_VALUE": ("level", "meter", "version"),
}

MOST_FORMS: Final = 24
"""Forms that are tried at most: enough for each complaint, and an end for a meter that always complains."""


def next_form(
    refused: PrototypeForm,
    complaints: Collection[str],
    tried: Collection[PrototypeForm],
    containers: Collection[Container],
) -> PrototypeForm | None:
    """Choose the form to try after one that was refused; None when there is no other to try.

    Args:
        refused: the form that was refused last.
        complaints: names of the error bits that it caused; without one, or with JSON_SYNTAX, it is
            the container that is wrong.
        tried: all forms that were refused.
        containers: those that the transport has.
    """
    if len(tried) >= MOST_FORMS:
        return None
    for complaint, names in _STEERING.items():
        if complaint in complaints:
            for values in product(*(_FORM_VALUES[name] for name in names)):
                form = replace(refused, **dict(zip(names, values, strict=True)))
                if form not in tried:
                    return form
    for container in containers:
        closing = "signature" if container is Container.FILE else "rd"
        form = PrototypeForm(container=container, closing=closing)
        if form not in tried:
            return form
    return None


DEFAULT_FORM: Final = PrototypeForm()


def build_prototype(
    charge: ChargeIdentity,
    meter: Identity,
    *,
    transaction: int,
    form: PrototypeForm = DEFAULT_FORM,
) -> bytes:
    """Build the prototype in the order of the manual's schema.

    Args:
        charge: what the user gave.
        meter: who will sign; a serial number that is not known is left empty, since it is signed.
        transaction: number for the pagination, for a meter that does not count itself.
        form: how the meter requires it.

    Raises:
        FlagsConflictError: two flags of one group.
        TextCharactersError: a text holds what a record can't.
        TextTooLongError: a text, or the longest of texts that are too long together.
    """
    if len({flag.group for flag in charge.flags}) < len(charge.flags):
        raise FlagsConflictError
    texts = {"ID": charge.data, "TT": charge.tariff_text, "CI": charge.charge_point_id}
    for field, text in texts.items():
        _check(field, text)
    fields = _fields(charge, meter, transaction, form)
    if (excess := len(_json(fields)) + RECORD_OVERHEAD - RECORD_LIMIT) > 0:
        field, text = max(texts.items(), key=lambda item: len(item[1]))
        raise TextTooLongError(field, len(text), max(0, len(text) - excess))
    signature = dict.fromkeys(("SA", "SE", "SD"), "") if form.closing == "signature" else {}
    closing: dict[str, object] = {} if form.closing == "none" else {"RD": []}
    if form.container == Container.FILE:
        return b"|".join((b"OCMF", _json(fields | closing), _json(signature)))
    return _json(fields | closing | signature)


def came_back(prototype: bytes, record: bytes) -> bool:
    """Whether a record carries the identification, tariff and charge point of its prototype.

    One that can't be read is not accused of lacking them.
    """
    sent, signed = (payload_fields(text) for text in (prototype, record))
    return signed is None or all(
        signed.get(key, "") == (sent or {}).get(key, "") for key in ("ID", "TT", "CI")
    )


def _json(fields: Mapping[str, object]) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode("ascii")


def _fields(
    charge: ChargeIdentity, meter: Identity, transaction: int, form: PrototypeForm
) -> dict[str, object]:
    # A charge box and its connector, or an EVSE ID, which holds no space.
    kind = "CBIDC" if " " in charge.charge_point_id else "EVSEID"
    serial = meter.serial_number or ""
    fields = {
        "FV": form.version,
        "GI": "DMED4",
        "GS": serial,
        "GV": "",
        "PG": f"T{transaction}",
        "MV": "LOVATO",
        "MM": _printed_model(meter),
        "MS": serial,
        "MF": meter.firmware or "",
        "IS": charge.type not in (IdentificationType.NONE, IdentificationType.DENIED),
        "IL": charge.level,
        "IF": charge.flags,
        "IT": charge.type,
        "ID": charge.data,
        "TT": charge.tariff_text,
        "CT": kind,
        "CI": charge.charge_point_id,
    }
    if form.meter == "empty":
        fields |= dict.fromkeys(("PG", "MV", "MM", "MS", "MF"), "")
    left_out = {"IL"} if form.level == "omitted" else set()
    match form.keys:
        case "known":
            left_out |= {"GV", "MF"} if charge.charge_point_id else {"GV", "MF", "CT", "CI"}
        case "minimal":
            left_out |= {"GV", "IL"} if charge.tariff_text else {"GV", "IL", "TT"}
    return {key: value for key, value in fields.items() if key not in left_out}


def _check(field: str, text: str) -> None:
    if not (text.isascii() and text.isprintable()) or "|" in text:
        raise TextCharactersError(field)
    if len(text) > _LIMITS[field]:
        raise TextTooLongError(field, len(text), _LIMITS[field])


def _printed_model(meter: Identity) -> str:
    """Get the model as it is printed on the meter; over Modbus R and D can't be distinguished."""
    return "" if "/" in meter.model else meter.model
