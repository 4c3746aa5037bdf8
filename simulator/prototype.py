"""The check of a prototype: the record's fixed fields, sent before the begin (manual: v1/ocmf)."""

from collections.abc import Callable
from enum import IntFlag
import json
import re

from .readings import Readings
from .record import MAX_RECORD_BYTES, longest_record


class JsonError(IntFlag):
    """Bits of error dword 1 that a prototype can raise (manual: error dword 1)."""

    SYNTAX = 1 << 0
    NOT_FULL_PACKET = 1 << 1
    SEQUENCE = 1 << 2
    VALUE = 1 << 3


class PrototypeError(Exception):
    """The prototype is refused."""

    def __init__(self, error: JsonError) -> None:
        super().__init__(error.name)
        self.error = error


_METERS_OWN = ("RD", "SA", "SE", "SD")  # what the meter writes itself, below everything else
_MANDATORY = ("FV", "PG", "IS", "IT")
_SCHEMA = "FV GI GS GV PG MV MM MS MF IS IL IF IT ID TT CT CI"
_MINIMAL = "FV GI GS PG MV MM MS MF IS IF IT ID TT CT CI"
_METERS_FIELDS = ("PG", "MV", "MM", "MS", "MF")
_DEFAULT = Readings()

_LEVELS = frozenset(
    {"NONE", "HEARSAY", "TRUSTED", "VERIFIED", "CERTIFIED", "SECURE"}
    | {"MISMATCH", "INVALID", "OUTDATED", "UNKNOWN"}
)
_FLAGS = frozenset(
    {"RFID_NONE", "RFID_PLAIN", "RFID_RELATED", "RFID_PSK"}
    | {"OCPP_NONE", "OCPP_RS", "OCPP_AUTH", "OCPP_RS_TLS", "OCPP_AUTH_TLS", "OCPP_CACHE"}
    | {"OCPP_WHITELIST", "OCPP_CERTIFIED"}
    | {"ISO15118_NONE", "ISO15118_PNC"}
    | {"PLMN_NONE", "PLMN_RING", "PLMN_SMS"}
)
_TYPES = frozenset(
    {"NONE", "DENIED", "UNDEFINED", "ISO14443", "ISO15693", "EMAID", "EVCCID", "EVCOID"}
    | {"ISO7812", "CARD_TXN_NR", "CENTRAL", "CENTRAL_1", "CENTRAL_2", "LOCAL", "LOCAL_1"}
    | {"LOCAL_2", "PHONE_NUMBER", "KEY_CODE"}
)

# What may stand where a text that breaks off has no complete value: the beginning of a word, of a
# number's fraction or exponent, or of an escape.
_BROKEN_OFF = re.compile(r"\s*(t(ru?)?|f(a(ls?)?)?|nu?l?|-|\.|\.?[eE][+-]?|\\?u?[0-9a-fA-F]{0,3})")


def check_prototype(text: bytes | None, readings: Readings = _DEFAULT) -> dict[str, str]:
    """Return the fields of a prototype in their order, each value as the JSON text it came as.

    Args:
        text: As it is over Modbus; over REST without the object around a text in OCMF_BUFF, None
            where that is missing.
        readings: How the meter reads the open places.

    Raises:
        PrototypeError: The text is not JSON, incomplete, or holds what a prototype may not.
    """
    if text is None:
        raise PrototypeError(JsonError.SYNTAX)
    try:
        characters = text.decode("ascii")
    except UnicodeDecodeError:
        raise PrototypeError(JsonError.SYNTAX) from None
    if len(characters) > MAX_RECORD_BYTES:
        raise PrototypeError(JsonError.VALUE)
    characters, section = _unpacked(characters, readings)
    values = _parse(characters)
    fields = _members(characters)
    _check_sequence([*values, *section], {**values, **section})
    _check_end([key for key in (*values, *section) if key in _METERS_OWN], readings)
    fields = {key: value for key, value in fields.items() if key not in _METERS_OWN}
    _check_keys(list(fields), characters, readings)
    _check_values(values, characters)
    _check_open_values(values, readings)
    if longest_record(fields) > MAX_RECORD_BYTES:
        raise PrototypeError(JsonError.VALUE)
    return fields


def _unpacked(text: str, readings: Readings) -> tuple[str, dict[str, object]]:
    """Take a payload and its signature section out of `OCMF|{…}|{…}`, where they have to be in it."""
    if not readings.follows("prototype_container", "file"):
        return text, {}
    head, *sections = text.split("|")
    if head != "OCMF" or len(sections) != 2:  # noqa: PLR2004
        raise PrototypeError(JsonError.SYNTAX)
    payload, section = sections
    return payload, _parse(section) if section else {}


def _check_end(own: list[str], readings: Readings) -> None:
    """Check which of the fields that the meter writes itself are there, all of them empty."""
    needed = {"nothing": (), "rd": ("RD",), "signature": _METERS_OWN}.get(readings["prototype_end"])
    if needed is None:
        return
    if not set(needed) <= set(own):
        raise PrototypeError(JsonError.NOT_FULL_PACKET)
    if own != list(needed):
        raise PrototypeError(JsonError.SEQUENCE)


def _check_keys(keys: list[str], text: str, readings: Readings) -> None:
    if readings.follows("prototype_keys", "some"):
        return
    every = readings.follows("prototype_keys", "all")
    needed = (_SCHEMA if every else _MINIMAL).split()
    optional = {"IL"} if readings.follows("prototype_level", "refused") else set()
    if not every:
        optional.add("TT")
    if re.search(r'[\s](?=(?:[^"]*"[^"]*")*[^"]*$)', text):
        raise PrototypeError(JsonError.SYNTAX)
    if not {*needed} - optional <= {*keys}:
        raise PrototypeError(JsonError.NOT_FULL_PACKET)
    if keys != [key for key in needed if key in keys]:
        raise PrototypeError(JsonError.SEQUENCE)


def _check_open_values(values: dict[str, object], readings: Readings) -> None:
    filled = any(values.get(key) for key in _METERS_FIELDS)
    if (
        (readings.follows("prototype_version", "1.0") and values["FV"] != "1.0")
        or (readings.follows("prototype_meter_fields", "empty") and filled)
        or (readings.follows("prototype_level", "refused") and "IL" in values)
    ):
        raise PrototypeError(JsonError.VALUE)


def _parse(text: str) -> dict[str, object]:
    try:
        values = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        unterminated = error.msg.startswith("Unterminated string")
        if unterminated or _BROKEN_OFF.fullmatch(text, error.pos):
            raise PrototypeError(JsonError.NOT_FULL_PACKET) from None
        raise PrototypeError(JsonError.SYNTAX) from None
    if not isinstance(values, dict):
        raise PrototypeError(JsonError.SYNTAX)
    return values


def _no_constant(_: str) -> None:
    # Python reads NaN and Infinity, JSON does not.
    raise PrototypeError(JsonError.SYNTAX)


def _members(text: str) -> dict[str, str]:
    """Split the text of a JSON object, known to be sound, into names and value texts."""
    decoder = json.JSONDecoder()
    members: dict[str, str] = {}
    position = _skip(text, text.index("{") + 1)
    while text[position] != "}":
        key, position = decoder.raw_decode(text, position)
        start = _skip(text, position)
        _, position = decoder.raw_decode(text, start)
        if key in members:
            raise PrototypeError(JsonError.VALUE)
        members[key] = text[start:position]
        position = _skip(text, position)
    return members


def _skip(text: str, position: int) -> int:
    while text[position] in " \t\r\n,:":
        position += 1
    return position


def _check_sequence(keys: list[str], values: dict[str, object]) -> None:
    own = [key for key in keys if key in _METERS_OWN]
    if own != keys[len(keys) - len(own) :] or any(values[key] for key in own):
        raise PrototypeError(JsonError.SEQUENCE)


def _check_values(values: dict[str, object], text: str) -> None:
    # The pipe separates the sections of a record and may not occur in any of them.
    if "|" in text or any(key not in values for key in _MANDATORY):
        raise PrototypeError(JsonError.VALUE)
    for key, value in values.items():
        if key in _CHECKS and not _CHECKS[key](value):
            raise PrototypeError(JsonError.VALUE)


def _text(longest: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and len(value.encode(errors="replace")) <= longest


def _one_of(allowed: frozenset[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in allowed


def _is_flags(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= 4  # noqa: PLR2004 - one flag of each of four groups
        and all(isinstance(flag, str) and flag in _FLAGS for flag in value)
    )


def _is_cable_loss(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) <= {"LN", "LI", "LR", "LU"}
        and _text(20)(value.get("LN", ""))
        and _is_number(value.get("LI", 0))
        and _is_number(value.get("LR"))
        and _one_of(frozenset({"mOhm", "uOhm"}))(value.get("LU"))
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_CHECKS: dict[str, Callable[[object], bool]] = {
    "IS": lambda value: isinstance(value, bool),
    "IL": _one_of(_LEVELS),
    "IF": _is_flags,
    "IT": _one_of(_TYPES),
    "ID": _text(40),
    "TT": _text(250),
    "CF": _text(25),
    "LC": _is_cable_loss,
} | dict.fromkeys(
    ("FV", "GI", "GS", "GV", "PG", "MV", "MM", "MS", "MF", "CT", "CI"), _text(MAX_RECORD_BYTES)
)
