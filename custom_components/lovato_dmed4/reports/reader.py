"""Read archives: actions, downloads and the browser side all ask here.

Meters may keep their records in different databases, where the same number means another session. So a
number is only good together with a meter that says which archive is meant.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from ..archive import Archive, Outcome, SessionQuery, StoredRecord, compared_records
from ..const import DOMAIN
from ..ocmf import Finding, FindingCode, Record, Verdict, check_other_sessions, check_session, parse
from .archives import MeterArchive, MetersInArchive, async_meter_archive
from .energy import read_energy
from .links import record_path, session_path
from .query import ATTR_PERIOD, ATTR_RECORD_ID, ATTR_SESSION_ID
from .report import (
    MAX_LISTED,
    Checked,
    Devices,
    check_stored,
    clock_in_session,
    report,
    session_clock,
    session_shape,
    transparency,
)
from .roaming import has_cdr
from .shapes import (
    CountsShape,
    EnergyShape,
    FindingShape,
    LinksShape,
    RecordShape,
    SessionDetailShape,
    SessionPageShape,
    UnassignedPageShape,
)
from .text import shown

# --- Asked by actions and the browser side alike, with the values of the fields above -----------


async def async_list_sessions(hass: HomeAssistant, values: Mapping[str, Any]) -> SessionPageShape:
    """Get a page of sessions."""
    meter_archive = async_meter_archive(hass, values[ATTR_DEVICE_ID])
    return await meter_archive.async_read(
        partial(read_page, query=meter_archive.query(values), devices=meter_archive.devices)
    )


async def async_list_unassigned_records(
    hass: HomeAssistant, values: Mapping[str, Any]
) -> UnassignedPageShape:
    """Get a page of the records that belong to no session."""
    meter_archive = async_meter_archive(hass, values[ATTR_DEVICE_ID])
    return await meter_archive.async_read(
        partial(read_unassigned, query=meter_archive.query(values), meter_archive=meter_archive)
    )


async def async_get_session(hass: HomeAssistant, values: Mapping[str, Any]) -> SessionDetailShape:
    """Get a session with everything that is to be said of it."""
    meter_archive = async_meter_archive(hass, values[ATTR_DEVICE_ID])
    return await meter_archive.async_read(
        partial(read_session, session_id=values[ATTR_SESSION_ID], meter_archive=meter_archive)
    )


async def async_get_record(hass: HomeAssistant, values: Mapping[str, Any]) -> RecordShape:
    """Get a record with everything that is to be said of it."""
    meter_archive = async_meter_archive(hass, values[ATTR_DEVICE_ID])
    return await meter_archive.async_read(
        partial(read_record, record_id=values[ATTR_RECORD_ID], meter_archive=meter_archive)
    )


async def async_sum_energy(hass: HomeAssistant, values: Mapping[str, Any]) -> EnergyShape:
    """Get the energy of sessions by day or month, and by identification."""
    meter_archive = async_meter_archive(hass, values[ATTR_DEVICE_ID])
    return await meter_archive.async_read(
        partial(read_energy, query=meter_archive.query(values), period=values[ATTR_PERIOD])
    )


async def async_verify_archive(hass: HomeAssistant, values: Mapping[str, Any]) -> CountsShape:
    """Verify all records of an archive again, and wait until that is done."""
    meter_archive = async_meter_archive(hass, values[ATTR_DEVICE_ID])
    await meter_archive.async_verify_all()
    return await meter_archive.async_read(partial(read_counts, meter_archive=meter_archive))


# --- Asked inside of the archive: these block ---------------------------------------------------


def read_page(archive: Archive, query: SessionQuery, devices: Devices) -> SessionPageShape:
    """Read a page of sessions."""
    page = archive.sessions(query)
    bills = archive.ledger.bill(page.sessions, dt_util.get_default_time_zone())
    return {
        "sessions": [session_shape(bill, devices) for bill in bills],
        "total": page.total,
        "offset": query.offset,
        "limit": query.limit,
    }


def read_unassigned(
    archive: Archive, query: SessionQuery, meter_archive: MeterArchive
) -> UnassignedPageShape:
    """Read a page of the records that belong to no session; of the query, the meters and the page."""
    page = archive.records_without_session(query.meters, query.offset, query.limit)
    meters = meter_archive.meters(archive)
    return {
        "records": [
            {
                "record_id": stored.id,
                "device_id": device.id if (device := meters.device(stored.meter_id)) else None,
                "meter": device.name if device else None,
                "signature": stored.verdict.value,
                "key": stored.key.value,
                "pagination": shown(stored.pagination),
                "time": None if stored.time is None else stored.time.isoformat(),
                "source": stored.source.value,
                "arrived": stored.arrived.isoformat(),
                "links": _links(
                    partial(record_path, meters.entry_id(stored.meter_id), stored.id),
                    legible=stored.verdict is not Verdict.MALFORMED,
                ),
            }
            for stored in page.records
        ],
        "total": page.total,
        "offset": query.offset,
        "limit": query.limit,
    }


def session_not_found() -> ServiceValidationError:
    """Say that there is no such session."""
    return ServiceValidationError(translation_domain=DOMAIN, translation_key="session_not_found")


def record_not_found() -> ServiceValidationError:
    """Say that there is no such record."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key="archived_record_not_found"
    )


def read_session(
    archive: Archive, session_id: int, meter_archive: MeterArchive
) -> SessionDetailShape:
    """Read a session with everything that is to be said of it.

    Raises:
        ServiceValidationError: there is none.
    """
    detail = archive.session(session_id)
    if detail is None:
        raise session_not_found()
    session, meters = detail.session, meter_archive.meters(archive)
    (bill,) = archive.ledger.bill([session], dt_util.get_default_time_zone())
    keys = archive.keys(session.meter_id)
    compared, left_out = compared_records(detail.records)
    checked = [(stored, check_stored(stored, keys)) for stored in compared]
    legible = [(stored, each.record) for stored, each in checked if each.record]
    findings = check_session(
        [record for _, record in legible], arrived=session.arrived, left_out=left_out
    ) + _compare_sessions(archive, legible)
    time = session_clock(session, [each for _, each in checked])
    records = [_record_shape(stored, each, meters) for stored, each in checked]
    return {
        **session_shape(bill, meters.devices),
        "findings": [
            _finding(found, legible[found.record][0])
            for found in findings[:MAX_LISTED]
            # The outcome says more: that it can't be going on any more.
            if found.code is not FindingCode.END_MISSING or session.outcome is Outcome.OPEN
        ],
        "clock": time,
        "transparency": transparency([each for _, each in checked]),
        "record_reports": [
            {**record, "clock": clock_in_session(record["clock"], time)} for record in records
        ],
        "links": _links(
            partial(session_path, meters.entry_id(session.meter_id), session.id),
            legible=bool(legible),
            billed=has_cdr(bill),
        ),
    }


def _finding(found: Finding, stored: StoredRecord) -> FindingShape:
    return {
        "code": found.code.value,
        "severity": found.severity.value,
        "record_id": stored.id,
        "values": [shown(value) for value in found.values],
    }


def _compare_sessions(
    archive: Archive, records: Sequence[tuple[StoredRecord, Record]]
) -> tuple[Finding, ...]:
    """Compare a session with those before and after it by their times."""
    return check_other_sessions(
        [record for _, record in records],
        earlier=_neighbour(archive, records[:1], later=False),
        later=_neighbour(archive, records[-1:], later=True),
    )


def _neighbour(
    archive: Archive, records: Sequence[tuple[StoredRecord, Record]], *, later: bool
) -> Record | None:
    """Read the record of another session that is next to one, if there is one, by its time."""
    for stored, _ in records:
        if (other := archive.neighbour(stored, later=later)) is not None:
            return parse(other.raw)
    return None


def read_record(archive: Archive, record_id: int, meter_archive: MeterArchive) -> RecordShape:
    """Read a record with everything that is to be said of it; of its clock, as the page of its session.

    Raises:
        ServiceValidationError: there is none.
    """
    stored = archive.record(record_id)
    if stored is None:
        raise record_not_found()
    keys = archive.keys(stored.meter_id)
    shape = _record_shape(stored, check_stored(stored, keys), meter_archive.meters(archive))
    detail = None if stored.session_id is None else archive.session(stored.session_id)
    if detail is None:
        return shape
    compared, _ = compared_records(detail.records)
    time = session_clock(detail.session, [check_stored(each, keys) for each in compared])
    return {**shape, "clock": clock_in_session(shape["clock"], time)}


def _record_shape(stored: StoredRecord, checked: Checked, meters: MetersInArchive) -> RecordShape:
    return {
        **report(checked),
        "record_id": stored.id,
        "session_id": stored.session_id,
        "device_id": device.id if (device := meters.device(stored.meter_id)) else None,
        "source": stored.source.value,
        "arrived": stored.arrived.isoformat(),
        "verified": stored.verified.isoformat(),
        "links": _links(
            partial(record_path, meters.entry_id(stored.meter_id), stored.id),
            legible=checked.record is not None,
        ),
    }


def _links(path: Callable[[str], str], *, legible: bool, billed: bool = False) -> LinksShape:
    return {
        "ocmf": path("ocmf"),
        "xml": path("xml") if legible else None,
        "ocpi": path("ocpi") if legible and billed else None,
        "ocpp": path("ocpp") if legible else None,
    }


def read_counts(archive: Archive, meter_archive: MeterArchive) -> CountsShape:
    """Count the records of all meters that are set up and keep them here."""
    meters = meter_archive.meters(archive)
    summaries = [
        archive.summary(number)
        for number, unique_id in meters.unique_ids.items()
        if unique_id in meters.entries
    ]
    return {
        "records": sum(summary.records for summary in summaries),
        "suspicious": sum(summary.suspicious for summary in summaries),
        "failed": sum(summary.failed for summary in summaries),
    }
