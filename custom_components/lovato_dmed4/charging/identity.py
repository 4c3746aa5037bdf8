"""What a user says and gets of a charge: the identity to start with, the record that comes back."""

from collections.abc import Mapping, Sequence
import hashlib
from typing import Any, Final

from homeassistant.util.json import JsonValueType

from ..archive import StoredRecord
from ..const import (
    CONF_CHARGE_POINT_ID,
    CONF_IDENTIFICATION_DATA,
    CONF_IDENTIFICATION_FLAGS,
    CONF_IDENTIFICATION_LEVEL,
    CONF_IDENTIFICATION_TYPE,
    CONF_TARIFF_TEXT,
)
from ..coordinator import Dmed4ConfigEntry
from ..dmed4.prototype import (
    ChargeIdentity,
    IdentificationFlag,
    IdentificationLevel,
    IdentificationType,
)
from ..intake.keeper import public_key
from ..ocmf import MalformedRecordError, Reading, Verdict, parse, to_spki_hex, verify
from ..reports.links import last_record_path, record_path
from ..reports.report import MAX_LISTED, reading_shape
from ..reports.shapes import as_json

# A record has these three readings of its start, then the same of its end (manual: v1/ocmf).
_COUNTERS: Final = ("imported", "exported", "cycle")


def charge_identity(values: Mapping[str, Any]) -> ChargeIdentity:
    """Read a charge's identity from an action's fields or an entry's options."""
    return ChargeIdentity(
        type=IdentificationType(values.get(CONF_IDENTIFICATION_TYPE, IdentificationType.NONE)),
        level=IdentificationLevel(values.get(CONF_IDENTIFICATION_LEVEL, IdentificationLevel.NONE)),
        flags=tuple(IdentificationFlag(flag) for flag in values.get(CONF_IDENTIFICATION_FLAGS, ())),
        data=values.get(CONF_IDENTIFICATION_DATA, ""),
        tariff_text=values.get(CONF_TARIFF_TEXT, ""),
        charge_point_id=values.get(CONF_CHARGE_POINT_ID, ""),
    )


def record_response(
    entry: Dmed4ConfigEntry, raw: bytes, stored: StoredRecord | None = None
) -> dict[str, JsonValueType]:
    """Tell of a signed record: as it is, what it says, and whether its signature is good.

    The signature is ``valid``, ``invalid``, or why nothing can be said about it. The address is that of
    the record in the archive; of one that is not there, that of the meter's last record.
    """
    key = public_key(entry.runtime_data.identity)
    response: dict[str, JsonValueType] = {
        "record": raw.decode(errors="replace"),
        "record_url": last_record_path(entry.entry_id)
        if stored is None
        else record_path(entry.entry_id, stored.id, "ocmf"),
        "public_key": None if key is None else to_spki_hex(key),
        "archived": stored is not None,
        "record_id": None if stored is None else stored.id,
        "session_id": None if stored is None else stored.session_id,
    }
    try:
        record = parse(raw)
    except MalformedRecordError:
        digest = hashlib.sha256(raw).hexdigest()
        return response | {
            "digest": digest,
            "signature": Verdict.MALFORMED.value,
            "readings": [],
        }
    return response | {
        "digest": record.digest,
        "signature": verify(record, key).verdict.value,
        "pagination": record.pagination,
        "meter_serial": record.meter_serial,
        "readings": [as_json(reading_shape(reading)) for reading in record.readings[:MAX_LISTED]],
    }


def record_summary(entry: Dmed4ConfigEntry, raw: bytes) -> dict[str, JsonValueType]:
    """Tell of a signed record what an overview needs: when, how much, whether it is genuine.

    Who charged is not in it, but by what kind of identification.
    """
    try:
        record = parse(raw)
    except MalformedRecordError:
        return {"signature": Verdict.MALFORMED.value}
    half = len(record.readings) // 2
    return {
        "digest": record.digest,
        "signature": verify(record, public_key(entry.runtime_data.identity)).verdict.value,
        "pagination": record.pagination,
        "identification_type": record.identification_type,
        "begin": _counters(record.readings[:half]),
        "end": _counters(record.readings[half:]),
    }


def _counters(readings: Sequence[Reading]) -> dict[str, JsonValueType]:
    """Show the readings of one moment: total imported, total exported, energy of the cycle."""
    if not readings:
        return {}
    shown: dict[str, JsonValueType] = {
        key: value
        for key, value in as_json(reading_shape(readings[0])).items()
        if key in {"time", "clock", "transaction", "unit"}
    }
    if len(readings) == len(_COUNTERS):
        shown |= {
            name: reading.value_text for name, reading in zip(_COUNTERS, readings, strict=True)
        }
    return shown
