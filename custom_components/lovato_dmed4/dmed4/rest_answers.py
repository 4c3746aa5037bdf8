"""What the answers of the REST API mean.

The manual's print leaves much open: spellings, types, the number of decimals, how a text is escaped.
Whatever can be understood without a doubt is understood.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
import json
import math
import re
from typing import Final

from . import rest_habits
from .errors import UnexpectedAnswerError
from .keys import both_forms, key_bytes
from .model import (
    Identity,
    LogbookInfo,
    MeasurementStatus,
    Measures,
    MeterErrors,
    OperativeStatus,
    Settings,
    SignatureFormat,
    SignatureStatus,
    Status,
    SystemCode,
    SystemStatus,
)
from .plain import is_name, plain
from .record_text import READ_LIMIT, cut
from .scale import MeasureScale

type Answer = Mapping[str, object]

# `model_code` of system_status.
REST_MODELS: Final = (
    "DMED404R1500",
    "DMED404R0600",
    "DMED404R0400",
    "DMED404R0150",
    "DMED404D1500",
    "DMED404D0600",
    "DMED404D0400",
    "DMED404D0150",
)

# The names of the public key in charge_settings.
_KEYS: Final = ("public_key", "public_key_ocmf")

# Of these, system_status has at least one, whatever else firmware leaves out.
_OF_EVERY_METER: Final = ("serial_number", "operative_status", "meas_fw_rev")

_NUMBER_LIMIT: Final = 2**64

# More than a board has in the manual.
_MOST_BITS: Final = 64

_UNESCAPED_TEXT: Final = re.compile(
    r'\[?\s*\{\s*"(?P<name>OCMF[_ -](?:BUFF|LOG)|EVENT[_ -]LOG)"\s*:\s*"(?P<text>.*)"\s*,?\s*\}\s*\]?',
    re.DOTALL,
)

# At the end of the object, where no text can be meant.
_TRAILING_COMMA: Final = re.compile(r",\s*\}$")

_PADDING: Final = "\0\ufeff \t\r\n"
"""What may stand around an answer: what ends a text in C, a byte order mark, white space."""

# The manual's tables spell some bits of system_status in another way than its schema.
_SPELLINGS: Final = {
    "flash_pattern_error": "flash_err",
    "init_uncorrect_flag": "init_uncorrect_err",
    "meas_not_comm_error": "meas_not_comm_err",
}

# 0 °C and 0 °F are 32 °F apart, 1 °C is 1.8 °F: both of one sensor reveal their number of decimals.
_FAHRENHEIT: Final = 1.8
_FREEZING: Final = 32
_TEMPERATURE_DECIMALS: Final = 1
_TEMPERATURE_TOLERANCE: Final = 0.05  # as a decimal logarithm: 32 °F rounded to whole ones


def _unheard(*_: str) -> None:
    """Let what is unusual pass."""


def parse(body: bytes, note: Callable[..., None] = _unheard) -> Answer:
    """Read a JSON object, its names in lower case with underscores.

    The manual prints some names with spaces and others with capitals, and says of a record or an
    event only that it is a string: firmware that does not escape its quotes is understood, too.

    Args:
        body: as it came.
        note: receives what is unusual about it, in sentences.

    Raises:
        UnexpectedAnswerError: it is no object.
    """
    note(*rest_habits.of_body(body))
    text = body.decode(errors="surrogateescape").strip(_PADDING)
    try:
        answer = _load(text, note)
    except (ValueError, RecursionError) as err:
        if (match := _UNESCAPED_TEXT.fullmatch(text)) is None:
            raise UnexpectedAnswerError(f"not JSON: {err}") from err
        answer = {match["name"]: match["text"]}
    if isinstance(answer, list) and len(answer) == 1:
        (answer,) = answer
        note(rest_habits.LIST)
    if not isinstance(answer, dict):
        raise UnexpectedAnswerError("JSON, but not an object")
    note(*rest_habits.of_names(answer))
    return normalised(answer)


def _load(text: str, note: Callable[..., None]) -> object:
    """Read JSON, with line breaks in its texts as they are, and with a comma too many at its end."""
    try:
        return json.loads(text)
    except ValueError as err:
        unusual, error = rest_habits.LINE_BREAK, err
    try:
        answer: object = json.loads(text, strict=False)
    except ValueError:
        unusual, repaired = rest_habits.TRAILING_COMMA, _TRAILING_COMMA.sub("}", text)
        if repaired == text:
            raise error from None
        answer = json.loads(repaired, strict=False)
    note(unusual)
    return answer


def looks_like_json(body: bytes) -> bool:
    """Whether an answer is meant to be an object, readable or not; a web page is not."""
    return body.decode(errors="replace").strip(_PADDING).startswith(("{", "[{"))


def normalised(answer: Mapping[str, object]) -> Answer:
    """Write the names of an object as the manual mostly does."""
    return {
        name.strip().replace(" ", "_").replace("-", "_").lower(): value
        for name, value in answer.items()
    }


def refusal(body: bytes) -> bool:
    """Whether the answer to a write says that it was refused, in spite of its HTTP status."""
    try:
        return integer(parse(body), "result") == 0
    except UnexpectedAnswerError:
        return False


# --- the manual's answers ---------------------------------------------------------------------


def identity(settings: Answer, system: Answer, *, system_known: bool) -> Identity | None:
    """Understand who it is; None if it is no DMED4.

    Args:
        settings: v1/charge_settings.
        system: v1/system_status.
        system_known: whether the meter has that, which firmware might not.
    """
    if not any(name in settings for name in _KEYS):
        return None
    if system_known and not any(name in system for name in _OF_EVERY_METER):
        return None
    # A DMED403 has no model code.
    code = integer(system, "model_code")
    public_key, public_key_ocmf = both_forms(*(key(settings, name) for name in _KEYS))
    return Identity(
        model=REST_MODELS[code] if code is not None and 0 <= code < len(REST_MODELS) else "DMED4",
        public_key=public_key,
        public_key_ocmf=public_key_ocmf,
        serial_number=text(system, "serial_number"),
        firmware=text(system, "meas_fw_rev"),
    )


def marks(settings: Answer, system: Answer) -> tuple[object, ...]:
    """Get what distinguishes one meter from another."""
    point, _ = both_forms(*(key(settings, name) for name in _KEYS))
    return point, text(system, "serial_number")


def status(answer: Answer) -> Status:
    """Understand v1/charge_status.

    Raises:
        UnexpectedAnswerError: it lacks a status word, without which nothing can be said of the meter.
    """
    measurement = integer(answer, "measurement_status")
    signature = integer(answer, "signature_status")
    if measurement is None or signature is None:
        raise UnexpectedAnswerError("charge_status lacks a status word")
    errors = (integer(answer, f"error_status_{dword}") or 0 for dword in (1, 2))
    return Status(
        measurement=MeasurementStatus(measurement),
        signature=SignatureStatus(signature),
        errors=MeterErrors.from_dwords(*errors),
    )


def measures(answer: Answer, scale: MeasureScale) -> Measures:
    """Understand v1/measure.

    Args:
        answer: what came.
        scale: how many decimals the whole numbers of voltage, current and power have.
    """
    return Measures(
        voltage=scaled(answer, "voltage", scale.voltage),
        current=scaled(answer, "current", scale.current),
        power=scaled(answer, "power", scale.power),
        energy_imported=scaled(answer, "energypos", 3, physical=False),  # Wh
        energy_exported=scaled(answer, "energyneg", 3, physical=False),  # Wh
        cycle_energy_imported=scaled(answer, "energy", 3, physical=False),  # Wh
        cycle_energy_exported=scaled(answer, "energy_neg", 3, physical=False),  # Wh
        temperature_i1=_temperature(answer, "temperature_i1"),
        temperature_i2=_temperature(answer, "temperature_i2"),
    )


def is_physical(answer: Answer) -> bool:
    """Whether v1/measure gives V, A and kW themselves: then one of them has a decimal point."""
    return any(_has_point(answer.get(name)) for name in ("voltage", "current", "power"))


def _temperature(answer: Answer, name: str) -> float | None:
    return scaled(answer, name, temperature_decimals(answer, name))


def temperature_decimals(answer: Answer, name: str = "temperature_i1") -> int:
    """Get how many decimals a temperature has, as far as °C and °F of its sensor show it."""
    celsius, fahrenheit = number(answer, name), number(answer, f"{name}_fahrenheit")
    decimals = _TEMPERATURE_DECIMALS
    if celsius is not None and fahrenheit is not None and not _has_point(answer.get(name)):
        freezing = fahrenheit - _FAHRENHEIT * celsius
        exponent = math.log10(freezing / _FREEZING) if freezing > 0 else decimals
        if abs(exponent - round(exponent)) < _TEMPERATURE_TOLERANCE and exponent > -1:
            decimals = round(exponent)
    return decimals


def settings(answer: Answer) -> Settings:
    """Understand v1/charge_settings."""
    code = integer(answer, "signature_format")
    return Settings(
        time_offset=integer(answer, "datetime_offset"),
        tariff=integer(answer, "tariff"),
        cable_resistance=integer(answer, "res_cable"),
        sync_timeout=integer(answer, "sync_timeout"),
        signature_format=None if code is None else SignatureFormat(code),
    )


def logbook_info(answer: Answer) -> LogbookInfo:
    """Understand v1/logbook/info."""
    return LogbookInfo(
        records_saved=integer(answer, "ocmf_total_number"),
        records_maximum=integer(answer, "ocmf_max_number"),
        first_progressive=integer(answer, "ocmf_first_internal_progressive"),
        last_progressive=integer(answer, "ocmf_last_internal_progressive"),
        events_saved=integer(answer, "events_total_number"),
        events_maximum=integer(answer, "events_max_number"),
        search_status=integer(answer, "log_search_status"),
        search_position=integer(answer, "log_search_position"),
    )


def system(answer: Answer) -> SystemStatus:
    """Understand v1/system_status."""
    code = integer(answer, "system_status")
    operative: OperativeStatus | None = None
    with suppress(ValueError):
        operative = OperativeStatus((text(answer, "operative_status") or "").strip().lower())
    board_2 = _mapping(answer, "board_2_status_bits")
    fatal = _mapping(board_2, "fatal_err_bits") or _mapping(answer, "fatal_err_bits")
    return SystemStatus(
        code=None if code is None else SystemCode(code),
        operative_status=operative,
        board_1_errors=_bits(answer, "board_1_status"),
        board_2_errors=_bits(answer, "board_2_status"),
        fatal_errors=tuple(
            int(name.removeprefix("e_"))
            for name in _names_set(fatal)
            if name.removeprefix("e_").isdecimal()
        ),
        cable_resistance_locked=bool(integer(answer, "cable_res_locked")),
        logged_in=bool(integer(answer, "logged")),
        measure_firmware=text(answer, "meas_fw_rev"),
        measure_checksum=text(answer, "meas_fw_cks"),
        power_firmware=text(answer, "pow_fw_rev"),
        power_checksum=text(answer, "pow_fw_cks"),
    )


def logged(answer: Answer) -> int:
    """Get whether somebody is logged in out of v1/system_status.

    Raises:
        UnexpectedAnswerError: it does not say.
    """
    if (value := integer(answer, "logged")) is None:
        raise UnexpectedAnswerError("system_status lacks whether the login was taken")
    return value


def _bits(answer: Answer, name: str) -> tuple[str, ...]:
    """Name the bits of a board that are set; only their number is left where they aren't named."""
    names = tuple(_SPELLINGS.get(bit, bit) for bit in _names_set(_mapping(answer, f"{name}_bits")))
    code = integer(answer, name) or 0
    return names if names or not code else (f"code_{code}",)


def _names_set(bits: Answer) -> tuple[str, ...]:
    return tuple(name for name in bits if is_name(name) and number(bits, name))[:_MOST_BITS]


def _mapping(answer: Answer, name: str) -> Answer:
    value = answer.get(name)
    return normalised(value) if isinstance(value, dict) else {}


# --- values -----------------------------------------------------------------------------------


def record(answer: Answer, name: str) -> bytes:
    """Get a signed record or an event byte for byte; empty where there is none.

    Raises:
        UnexpectedAnswerError: it is no text, or too long for a record.
    """
    value = answer.get(name) or ""
    if not isinstance(value, str):
        raise UnexpectedAnswerError(f"{name} is no text")
    try:
        raw = cut(value.encode(errors="surrogateescape"))
    except UnicodeEncodeError as err:
        raise UnexpectedAnswerError(f"{name} holds what is no character") from err
    if len(raw) > READ_LIMIT:
        raise UnexpectedAnswerError(f"{name} has {len(raw)} bytes")
    return raw


def number(answer: Answer, name: str) -> float | None:
    """Get a number, which may stand in quotes; None if it is missing or is none."""
    value = answer.get(name)
    if isinstance(value, str):
        value = _number_in(value.strip(_PADDING))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Whatever a meter counts is far below; what is not, can't be calculated with.
    return value if abs(value) < _NUMBER_LIMIT else None


def _number_in(text: str) -> float | None:
    try:
        return int(text, 16) if text[:2].lower() == "0x" else float(text)
    except ValueError:
        return None


def integer(answer: Answer, name: str) -> int | None:
    """Get a whole number; None as for `number`."""
    value = number(answer, name)
    return None if value is None else round(value)


def scaled(answer: Answer, name: str, decimals: int, *, physical: bool = True) -> float | None:
    """Get a value that the meter gives as a whole number with so many decimals.

    Args:
        answer: what came.
        name: of the value.
        decimals: how many it has; one with a decimal point is not divided, it is the value itself.
        physical: whether that is so; of an energy in Wh the point changes nothing.
    """
    value = number(answer, name)
    if value is None or (physical and _has_point(answer.get(name))):
        return value
    return round(value / 10.0**decimals, decimals + 3 * (value != round(value)))


def _has_point(value: object) -> bool:
    return isinstance(value, float) or (isinstance(value, str) and "." in value)


def text(answer: Answer, name: str) -> str | None:
    """Get a text, or a number as one; None if it is missing or empty."""
    value = answer.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return plain(str(value).strip(_PADDING)) or None


def key(answer: Answer, name: str) -> bytes | None:
    """Get a key; None if it is missing, unreadable, or all zeros, as where there is none yet."""
    value = answer.get(name)
    return key_bytes(value) if isinstance(value, str) else None
