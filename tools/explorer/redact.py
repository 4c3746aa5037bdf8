"""Takes out of a meter's answers who it is and who charged, and leaves their shape.

What is known to be harmless is kept and everything else is masked, so that a field that we do not
know gives nothing away: texts become as many x, numbers 0; names, nesting and types stay.
"""

from collections.abc import Mapping
import json
from typing import Any, Final

# Of the REST API's answers, in lower case with underscores.
_HARMLESS: Final = {
    "voltage",
    "current",
    "power",
    "energy",
    "energy_neg",
    "energypos",
    "energyneg",
    "temperature_i1",
    "temperature_i1_fahrenheit",
    "temperature_i2",
    "temperature_i2_fahrenheit",
    "measurement_status",
    "signature_status",
    "error_status_1",
    "error_status_2",
    "sync_timeout",
    "signature_format",
    # It stands in every record that is handed out: what a record is verified with is no secret.
    "public_key",
    "public_key_ocmf",
    "res_cable",
    "datetime_offset",
    "datetime",
    "tariff",
    "meas_fw_rev",
    "meas_fw_cks",
    "pow_fw_rev",
    "pow_fw_cks",
    "model_code",
    "operative_status",
    "cable_res_locked",
    "system_status",
    "board_1_status",
    "board_2_status",
    "logged",
    "ocmf_max_number",
    "ocmf_total_number",
    "ocmf_last_internal_progressive",
    "ocmf_first_internal_progressive",
    "events_max_number",
    "events_total_number",
    "log_search_status",
    "log_search_position",
}

# Of a signed record: the format, the meter's type and firmware, the kind of identification, the
# readings, the loss compensation's figures, and how the signature is written. Not the signature
# itself: with it, who knows the key could find out a masked number by trying all of them.
_HARMLESS_IN_RECORDS: Final = {
    *("FV", "PG", "MV", "MM", "MF", "IS", "IL", "IF", "IT", "CT", "LI", "LR", "LU"),
    *("TM", "TX", "RV", "RI", "RU", "RT", "CL", "EF", "ST"),
    *("SA", "SE", "SM"),
}

# A single bit identifies no one.
_BITS: Final = (0, 1)


def answer(body: bytes, record: bytes = b"") -> object:
    """Mask an answer of the REST API.

    Args:
        body: As it came.
        record: The signed record in it, if there is one.

    Returns:
        The answer's JSON; as text where it is none, as from firmware that does not escape quotes.
    """
    if record and record in body:
        return body.replace(record, signed(record)).decode("ascii", "replace")
    try:
        content = json.loads(body)
    except ValueError, RecursionError:
        return _masked_text(body.decode(errors="replace"))
    if record and isinstance(content, dict):
        return {
            name: signed(record).decode() if value == record.decode() else value
            for name, value in content.items()
        }
    return _masked(content, _HARMLESS)


def signed(record: bytes) -> bytes:
    """Mask a signed record; its length stays."""
    parts = record.split(b"|")
    try:
        payload, signature = (_masked_section(part) for part in parts[1:3])
    except ValueError, RecursionError:
        return _masked_text(record.decode(errors="replace")).encode()
    return b"|".join((parts[0], payload, signature, *parts[3:])).ljust(len(record))


def _masked_section(section: bytes) -> bytes:
    content = _masked(json.loads(section), _HARMLESS_IN_RECORDS)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    # Blanks where the meter has them somewhere else in the text.
    return text.ljust(len(section))


def _masked(value: object, harmless: set[str]) -> object:
    if isinstance(value, Mapping):
        return {name: _masked_field(name, value[name], harmless) for name in value}
    if isinstance(value, list):
        return [_masked(item, harmless) for item in value]
    if isinstance(value, str):
        return ("0" if value.isdecimal() else "x") * len(value)
    return value if value is None or value in _BITS else 0


def _masked_field(name: str, value: Any, harmless: set[str]) -> object:
    known = {name, name.strip().replace(" ", "_").lower()} & harmless
    if isinstance(value, list) and known and not any(isinstance(i, dict | list) for i in value):
        return value
    return value if known and not isinstance(value, dict | list) else _masked(value, harmless)


def _masked_text(text: str) -> str:
    """Mask all letters and digits of a text."""
    return "".join("x" if character.isalnum() else character for character in text)
