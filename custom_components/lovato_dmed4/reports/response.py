"""What a signed record says to those who made the meter sign it."""

from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType

from ..archive import KeyVerdict, StoredRecord
from ..billing.model import Identification
from ..charging.identity import async_drivers
from ..connection.identity import public_key
from ..ocmf import Moment, judge, outline, to_spki_hex
from ..runtime_data import Dmed4Data
from .links import last_record_path, record_path
from .report import MAX_LISTED, REGISTERS, Checked, check, named_readings, reading_shape
from .shapes import as_json


async def async_named_response(
    data: Dmed4Data, raw: bytes, stored: StoredRecord | None
) -> dict[str, JsonValueType]:
    """Describe a signed record to an administrator: with the name of the driver."""
    response = record_response(data, raw, stored)
    record = judge(raw).record if stored is None or stored.judged is None else stored.judged.record
    if record is None or not record.identification_data:
        return response
    wanted = Identification(value=record.identification_data).match
    drivers = await async_drivers(data.records)
    names = {each.match: driver.name for driver in drivers for each in driver.identifications}
    return response | {"driver": names.get(wanted)}


def record_response(
    data: Dmed4Data, raw: bytes, stored: StoredRecord | None = None
) -> dict[str, JsonValueType]:
    """Describe a signed record: as it is, its contents, and whether it is verified.

    ``signature`` is what came of the check, ``key`` whose key that was, and ``verdict`` what follows:
    only ``valid`` is a good signature by a key that was accepted for the meter. The address is that of
    the record in the archive; of one that is not there, that of the meter's last record.
    """
    checked = _check(data, raw, stored)
    judged = checked.judged
    response: dict[str, JsonValueType] = {
        "record": raw.decode(errors="replace"),
        "record_url": last_record_path(data.entry.entry_id)
        if stored is None
        else record_path(data.entry.entry_id, stored.id, "ocmf"),
        "public_key": None if judged.key is None else to_spki_hex(judged.key),
        "archived": stored is not None,
        "record_id": None if stored is None else stored.id,
        "session_id": None if stored is None else stored.session_id,
        "digest": judged.digest,
        "verdict": checked.verdict.value,
        "signature": judged.verdict.value,
        "key": checked.whose,
        "driver": None,
        "readings": [],
    }
    if (record := judged.record) is None:
        return response
    return response | {
        "pagination": record.pagination,
        "meter_serial": record.meter_serial,
        "readings": [
            as_json(reading_shape(reading, name))
            for name, reading in named_readings(outline(record))[:MAX_LISTED]
        ],
    }


def record_summary(data: Dmed4Data, raw: bytes) -> dict[str, JsonValueType]:
    """Summarise a signed record for an overview: when, how much, and the verdict.

    Who charged is not in it, but by what kind of identification.
    """
    checked = _check(data, raw, None)
    summary: dict[str, JsonValueType] = {
        "verdict": checked.verdict.value,
        "signature": checked.judged.verdict.value,
        "key": checked.whose,
    }
    if (record := checked.record) is None or (charge := checked.judged.outline) is None:
        return summary
    return summary | {
        "digest": record.digest,
        "pagination": record.pagination,
        "identification_type": record.identification_type,
        "begin": _counters(charge.begin),
        "end": _counters(charge.now),
    }


def _check(data: Dmed4Data, raw: bytes, stored: StoredRecord | None) -> Checked:
    """Check a record with the keys that the archive has of the meter, unless storing it has done so.

    The key that the meter shows now would let anybody between it and here sign what they like.
    """
    if stored is not None and stored.judged is not None:
        return Checked(stored.judged, stored.key.value)
    records = data.records
    if records.keys:
        return check(raw, records.keys, dt_util.utcnow())
    # The archive was never reached, so it is not known which key is pinned.
    key = public_key(data.identity)
    return Checked(judge(raw, [key] if key else ()), KeyVerdict.NONE.value)


def _counters(moment: Moment | None) -> dict[str, JsonValueType]:
    """Show the readings of one moment: total imported, total exported, energy of the cycle."""
    if moment is None:
        return {}
    shown: dict[str, JsonValueType] = {
        key: value
        for key, value in as_json(reading_shape(moment.readings[0])).items()
        if key in {"time", "clock", "transaction", "unit"}
    }
    if len(moment.readings) == len(REGISTERS):
        shown |= {
            name: reading.value_text
            for name, reading in zip(REGISTERS, moment.readings, strict=True)
        }
    return shown
