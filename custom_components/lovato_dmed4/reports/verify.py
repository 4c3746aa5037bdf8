"""Verify records that were handed in: from a customer, a backend, another archive.

They may come in any envelope that `find_records` knows, several at once.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util

from ..archive import Archive, KeyVerdict, SessionVerdict, StoredKey, StoredRecord
from ..const import DOMAIN
from ..ocmf import (
    FoundRecord,
    MalformedKeyError,
    MalformedRecordError,
    PublicKey,
    Record,
    Verdict,
    find_records,
    fingerprint,
    judge,
    load_public_key,
    parse,
)
from .archives import MeterArchive, archived_ids, async_meter_archives
from .report import KEY_GIVEN, Checked, check, report
from .shapes import VerificationShape, VerificationsShape

# What a form or a template may leave of a key that there is not.
_EMPTY: Final = "\"' \t\r\n"
# The worst first.
_VERDICTS: Final = [verdict.value for verdict in SessionVerdict]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a meter here.

    Attributes:
        device_id: its device.
        keys: that it was seen with.
        serials: by which its records name it.
        stored: records in the archive that were handed in, by their digest.
    """

    device_id: str | None
    keys: tuple[StoredKey, ...]
    serials: frozenset[str]
    stored: dict[str, StoredRecord]


async def async_verify(
    hass: HomeAssistant, text: str, public_key: str | None = None
) -> VerificationsShape:
    """Verify all records in a text with a key, or else with those of all meters that are set up here.

    Args:
        hass: Home Assistant.
        text: holds the records.
        public_key: to check them with; None or an empty text if there is none.

    Returns:
        The verdict on the record that is worst, and on each one.

    Raises:
        ServiceValidationError: the key is none.
    """
    found = await hass.async_add_executor_job(find_records, text)
    digests = await hass.async_add_executor_job(_digests, found)
    known: list[_Known] = []
    for meter_archive in async_meter_archives(hass):
        # A database that can't be reached knows nothing; the others may.
        with suppress(HomeAssistantError):
            known += await meter_archive.async_read(
                partial(_know, meter_archive=meter_archive, digests=digests)
            )
    return await hass.async_add_executor_job(_verify, text, found, known, public_key)


def _digests(found: Sequence[FoundRecord]) -> list[str]:
    return [judge(each.raw).digest for each in found]


def _know(archive: Archive, *, meter_archive: MeterArchive, digests: Sequence[str]) -> list[_Known]:
    """Gather what is known of the meters of an archive."""
    stored = [each for digest in digests if (each := archive.find_record(digest))]
    here = {unique_id for entry in meter_archive.entries for unique_id in archived_ids(entry)}
    known = []
    for meter in archive.meters():
        if meter.unique_id not in here:
            continue
        device = meter_archive.devices.get(meter.unique_id)
        known.append(
            _Known(
                device_id=device.id if device else None,
                keys=archive.keys(meter.id),
                serials=_serials(archive, meter.id, meter.serial_number),
                stored={each.digest: each for each in stored if each.meter_id == meter.id},
            )
        )
    return known


def _serials(archive: Archive, meter_id: int, serial_number: str | None) -> frozenset[str]:
    """Find out by what a meter's records name it: over Modbus, the meter itself does not report it."""
    named = {serial_number}
    last = archive.summary(meter_id).last
    if last is not None and (session := archive.session(last.id)) is not None:
        for stored in session.records[-1:]:
            named.add(_named(judge(stored.raw).record))
    return frozenset(name for name in named if name)


def _named(record: Record | None) -> str | None:
    """Return by what a record names its meter; a gateway may be that of several."""
    return (record.meter_serial or record.gateway_serial) if record else None


def _verify(
    text: str, found: Sequence[FoundRecord], known: Sequence[_Known], public_key: str | None
) -> VerificationsShape:
    given = _load(public_key, found) if public_key and public_key.strip(_EMPTY) else None
    if not found:
        nothing = Checked(judge(text.encode(errors="replace")), KeyVerdict.NONE.value)
        return {**_shape(nothing, None, known), "records": []}
    now = dt_util.utcnow()
    shapes = [_shape(*_check(each, known, given, now), known) for each in found]
    worst = min(shapes, key=lambda shape: _VERDICTS.index(shape["verdict"]))
    return {**worst, "records": shapes}


def _shape(checked: Checked, meter: _Known | None, known: Sequence[_Known]) -> VerificationShape:
    digest = checked.judged.digest
    stored = next((each.stored[digest] for each in known if digest in each.stored), None)
    return {
        **report(checked, exported=False),
        "device_id": meter.device_id if meter else None,
        "record_id": stored.id if stored else None,
        "session_id": stored.session_id if stored else None,
    }


def _load(text: str, found: Sequence[FoundRecord]) -> PublicKey:
    """Load a key; where a bare point does not name its curve, the first record does."""
    curves: list[str | None] = [None]
    for each in found[:1]:
        with suppress(MalformedRecordError):
            curves.append(parse(each.raw).signature.algorithm)
    for curve in curves:
        with suppress(MalformedKeyError):
            return load_public_key(text, curve)
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="malformed_key")


def _check(
    found: FoundRecord, known: Sequence[_Known], given: PublicKey | None, now: datetime
) -> tuple[Checked, _Known | None]:
    """Check a record with the key that was given, else with those of all meters, else with its own.

    It is only called invalid with a meter's key if it claims to be that meter's.
    """
    if given:
        return _with_keys(found, known, [given], now)
    tried = [(check(found.raw, meter.keys, now), meter) for meter in known]
    for checked, meter in tried:
        if checked.judged.verdict is Verdict.VALID:
            return checked, meter
    for checked, meter in tried:
        record = checked.record
        claimed = record is not None and (
            record.digest in meter.stored or _named(record) in meter.serials
        )
        if claimed:
            return checked, meter
    if found.keys:
        return _with_keys(found, known, found.keys, now)
    return Checked(judge(found.raw), KeyVerdict.NONE.value), None


def _with_keys(
    found: FoundRecord, known: Sequence[_Known], keys: Sequence[PublicKey], now: datetime
) -> tuple[Checked, _Known | None]:
    """Check a record with the keys that came with it, and find out whose the one is that fits."""
    judged = judge(found.raw, keys)
    if judged.key is not None:
        for meter in known:
            own = [key for key in meter.keys if key.fingerprint == fingerprint(judged.key)]
            if own:
                return check(found.raw, own, now), meter
    return Checked(judged, KEY_GIVEN), None
