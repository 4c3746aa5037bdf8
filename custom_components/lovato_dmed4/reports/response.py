"""What a signed record says to those who made the meter sign it."""

from collections.abc import Sequence
import hashlib
from typing import Final

from homeassistant.util.json import JsonValueType

from ..archive import StoredRecord
from ..intake.keeper import public_key
from ..ocmf import MalformedRecordError, Reading, Verdict, parse, to_spki_hex, verify
from ..runtime_data import Dmed4ConfigEntry
from .links import last_record_path, record_path
from .report import MAX_LISTED, reading_shape
from .shapes import as_json

# A record has these three readings of its start, then the same of its end (manual: v1/ocmf).
_COUNTERS: Final = ("imported", "exported", "cycle")


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
