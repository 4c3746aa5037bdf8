"""The OCMF prototype: what is known of a charge before it starts, for the meter to sign."""

from dataclasses import dataclass
from enum import StrEnum
import json
from typing import Final

from .errors import FlagsConflictError, TextCharactersError, TextTooLongError
from .meter import RECORD_LIMIT
from .model import Identity

# The official transparency software refuses records of version 1.4; the tariff text needs 1.1.
_FORMAT_VERSION: Final = "1.1"

# Enough of the key's fingerprint to tell meters apart where no serial number is known, and as short as one.
_FINGERPRINT_DIGITS: Final = 8

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


def build_prototype(charge: ChargeIdentity, meter: Identity, *, transaction: int) -> bytes:
    """Build the prototype in the order of the manual's schema.

    Args:
        charge: what the user gave.
        meter: who will sign.
        transaction: number for the pagination, for a meter that does not count itself.

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
    fields = {
        "FV": _FORMAT_VERSION,
        "GI": "DMED4",
        "GS": _signer(meter),
        "PG": f"T{transaction}",
        "MV": "LOVATO",
        "MM": meter.model,
        "MS": _signer(meter),
        "IS": charge.type not in (IdentificationType.NONE, IdentificationType.DENIED),
        "IL": charge.level,
        "IF": charge.flags,
        "IT": charge.type,
        "ID": charge.data,
        "TT": charge.tariff_text,
    }
    if charge.charge_point_id:
        # A charge box and its connector, or an EVSE ID, which holds no space.
        fields["CT"] = "CBIDC" if " " in charge.charge_point_id else "EVSEID"
        fields["CI"] = charge.charge_point_id
    prototype = json.dumps(fields, separators=(",", ":")).encode("ascii")
    if (excess := len(prototype) + RECORD_OVERHEAD - RECORD_LIMIT) > 0:
        field, text = max(texts.items(), key=lambda item: len(item[1]))
        raise TextTooLongError(field, len(text), max(0, len(text) - excess))
    return prototype


def _check(field: str, text: str) -> None:
    if not (text.isascii() and text.isprintable()) or "|" in text:
        raise TextCharactersError(field)
    if len(text) > _LIMITS[field]:
        raise TextTooLongError(field, len(text), _LIMITS[field])


def _signer(meter: Identity) -> str:
    """What names the meter in its records: the serial number, else the start of its fingerprint."""
    return meter.serial_number or (meter.fingerprint or "")[:_FINGERPRINT_DIGITS].upper()
