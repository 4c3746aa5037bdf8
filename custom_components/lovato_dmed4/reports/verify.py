"""Verify a record that somebody hands in: from a customer, a backend, another archive."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..archive import Archive, KeyState, KeyVerdict, StoredKey, StoredRecord
from ..const import DOMAIN
from ..ocmf import MalformedKeyError, PublicKey, Record, Verdict, fingerprint, load_public_key
from .archives import MeterArchive, archived_ids, async_meter_archives
from .report import KEY_GIVEN, Judged, judge, report
from .shapes import VerificationShape

_VERDICTS = {
    KeyState.PINNED: KeyVerdict.OWN,
    KeyState.FORMER: KeyVerdict.FORMER,
    KeyState.CHANGED: KeyVerdict.CHANGED,
}


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a meter here.

    Attributes:
        device_id: its device.
        keys: that it was seen with, the most trusted one first.
        serials: by which its records name it.
        stored: the same record in the archive, if it is there.
    """

    device_id: str | None
    keys: tuple[StoredKey, ...]
    serials: frozenset[str]
    stored: StoredRecord | None


async def async_verify(
    hass: HomeAssistant, text: str, public_key: str | None = None
) -> VerificationShape:
    """Verify a record with a key, or else with those of all meters that are set up here.

    Raises:
        ServiceValidationError: the key is none.
    """
    given = judge(text.encode(errors="replace"), None, KeyVerdict.NONE)
    known: list[_Known] = []
    for meter_archive in async_meter_archives(hass):
        # A database that can't be reached knows nothing; the others may.
        with suppress(HomeAssistantError):
            known += await meter_archive.async_read(
                partial(_know, meter_archive=meter_archive, record=given.record)
            )
    return await hass.async_add_executor_job(_verify, given, known, public_key)


def _know(archive: Archive, *, meter_archive: MeterArchive, record: Record | None) -> list[_Known]:
    """Gather what is known of the meters of an archive."""
    stored = None if record is None else archive.find_record(record.digest)
    states = list(KeyState)
    here = {unique_id for entry in meter_archive.entries for unique_id in archived_ids(entry)}
    known = []
    for meter in archive.meters():
        if meter.unique_id not in here:
            continue
        device = meter_archive.devices.get(meter.unique_id)
        known.append(
            _Known(
                device_id=device.id if device else None,
                keys=tuple(sorted(archive.keys(meter.id), key=lambda key: states.index(key.state))),
                serials=_serials(archive, meter.id, meter.serial_number),
                stored=stored if stored and stored.meter_id == meter.id else None,
            )
        )
    return known


def _serials(archive: Archive, meter_id: int, serial_number: str | None) -> frozenset[str]:
    """Find out by what a meter's records name it: over Modbus, the meter itself does not tell."""
    named = {serial_number}
    last = archive.summary(meter_id).last
    if last is not None and (session := archive.session(last.id)) is not None:
        for stored in session.records[-1:]:
            named |= _named(judge(stored.raw, None, KeyVerdict.NONE).record)
    return frozenset(name for name in named if name)


def _named(record: Record | None) -> set[str | None]:
    return {record.meter_serial, record.gateway_serial} - {None, ""} if record else set()


def _verify(given: Judged, known: Sequence[_Known], public_key: str | None) -> VerificationShape:
    if public_key is not None:
        judged, meter = _with_key(given, known, _load(public_key, given.record))
    else:
        judged, meter = _with_any(given, known)
    stored = next((each.stored for each in known if each.stored), None)
    return {
        **report(judged),
        "device_id": meter.device_id if meter else None,
        "record_id": stored.id if stored else None,
        "session_id": stored.session_id if stored else None,
    }


def _load(text: str, record: Record | None) -> PublicKey:
    """Load a key; where a bare point does not tell its curve, the record does."""
    for curve in (None, record.signature.algorithm if record else None):
        with suppress(MalformedKeyError):
            return load_public_key(text, curve)
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="malformed_key")


def _with_key(
    given: Judged, known: Sequence[_Known], key: PublicKey
) -> tuple[Judged, _Known | None]:
    """Check a record with a key that came with it, and find out whose that is."""
    for meter in known:
        for stored in meter.keys:
            if stored.fingerprint == fingerprint(key):
                return replace(given, key=key, whose=_VERDICTS[stored.state].value), meter
    return replace(given, key=key, whose=KEY_GIVEN), None


def _with_any(given: Judged, known: Sequence[_Known]) -> tuple[Judged, _Known | None]:
    """Check a record with all keys that are known here.

    It is only called invalid if it claims to be of a meter whose keys all say no.
    """
    for meter in known:
        for judged in _tries(given, meter):
            if judged.signature is Verdict.VALID:
                return judged, meter
    for meter in known:
        if meter.stored or meter.serials & _named(given.record):
            tries = list(_tries(given, meter))
            failed = [judged for judged in tries if judged.signature is Verdict.INVALID]
            return next(iter(failed or tries), given), meter
    return given, None


def _tries(given: Judged, meter: _Known) -> Iterator[Judged]:
    for stored in meter.keys:
        key = load_public_key(stored.spki)
        yield replace(given, key=key, whose=_VERDICTS[stored.state].value)
