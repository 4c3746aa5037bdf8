"""Read archives for whoever may: actions, downloads and the browser side all ask here.

Meters may keep their records in different databases, where the same number means another session. So a
number is only good together with a meter that says which archive is meant.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Context, Decimal, localcontext
from enum import StrEnum
from functools import partial
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.service import async_get_device_and_config_entry
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..archive import Archive, Outcome, SessionEnergy, SessionQuery, SessionVerdict, StoredRecord
from ..const import DOMAIN
from ..coordinator import Dmed4ConfigEntry
from ..intake.shared_archive import database_url
from ..ocmf import Verdict, check_session
from ..remote_display import is_display
from .links import record_path, session_path
from .report import (
    MAX_LISTED,
    Device,
    Devices,
    Judged,
    clock,
    judge_stored,
    report,
    session_shape,
    transparency,
)
from .shapes import (
    CountsShape,
    EnergyShape,
    EnergySumShape,
    LinksShape,
    RecordShape,
    SessionDetailShape,
    SessionPageShape,
    UnassignedPageShape,
)
from .text import decimal_text, shown

ATTR_LIMIT: Final = "limit"
ATTR_OFFSET: Final = "offset"
ATTR_OUTCOME: Final = "outcome"
ATTR_PERIOD: Final = "period"
ATTR_RECORD_ID: Final = "record_id"
ATTR_SEARCH: Final = "search"
ATTR_SESSION_ID: Final = "session_id"
ATTR_SINCE: Final = "since"
ATTR_UNTIL: Final = "until"
ATTR_VERDICT: Final = "verdict"

# What a browser shows at once, and no more than an answer should weigh.
MAX_PAGE: Final = 100


# Counters have at most some twenty digits; their sum has a few more.
_EXACT: Final = Context(prec=100)


_NOTHING: Final = Decimal(0)


class Period(StrEnum):
    """What energy is added up by."""

    DAY = "day"
    MONTH = "month"


def moment(value: Any) -> datetime:
    """Read a time, or a day for its beginning; without a zone it is Home Assistant's."""
    try:
        time = cv.datetime(value)
    except vol.Invalid:
        time = dt_util.start_of_local_day(cv.date(value))
    return time if time.tzinfo else time.replace(tzinfo=dt_util.get_default_time_zone())


METERS_FIELD: Final = {
    vol.Optional(ATTR_DEVICE_ID, default=list): vol.All(cv.ensure_list, [cv.string])
}
FILTER_FIELDS: Final = METERS_FIELD | {
    vol.Optional(ATTR_SINCE): moment,
    vol.Optional(ATTR_UNTIL): moment,
    vol.Optional(ATTR_VERDICT, default=list): vol.All(
        cv.ensure_list, [vol.All(vol.In(list(SessionVerdict)), vol.Coerce(SessionVerdict))]
    ),
    vol.Optional(ATTR_OUTCOME, default=list): vol.All(
        cv.ensure_list, [vol.All(vol.In(list(Outcome)), vol.Coerce(Outcome))]
    ),
    vol.Optional(ATTR_SEARCH, default=""): cv.string,
}
# Those that may be given more than once.
LIST_FIELDS: Final = {ATTR_DEVICE_ID, ATTR_OUTCOME, ATTR_VERDICT}
PAGE_FIELDS: Final = {
    vol.Optional(ATTR_OFFSET, default=0): vol.All(vol.Coerce(int), vol.Range(min=0, max=2**31 - 1)),
    vol.Optional(ATTR_LIMIT, default=50): vol.All(vol.Coerce(int), vol.Range(min=1, max=MAX_PAGE)),
}
NUMBER: Final = vol.All(vol.Coerce(int), vol.Range(min=1, max=2**31 - 1))
SESSION_FIELDS: Final = METERS_FIELD | {vol.Required(ATTR_SESSION_ID): NUMBER}
RECORD_FIELDS: Final = METERS_FIELD | {vol.Required(ATTR_RECORD_ID): NUMBER}
ENERGY_FIELDS: Final = FILTER_FIELDS | {
    vol.Optional(ATTR_PERIOD, default=Period.DAY): vol.All(vol.In(list(Period)), vol.Coerce(Period))
}


# --- Which archive ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shelf:
    """An archive, and the meters that are set up and keep their records in it.

    Attributes:
        entries: of these meters, at least one.
        named: of those that were asked for; empty for all.
        devices: of all meters, also of such as are not loaded now.
    """

    entries: tuple[Dmed4ConfigEntry, ...]
    named: tuple[Dmed4ConfigEntry, ...]
    devices: Devices

    async def async_run[T](self, method: Callable[[Archive], T]) -> T:
        """Ask the archive something, off the event loop.

        Raises:
            HomeAssistantError: the archive can't be reached, in the user's words.
        """
        return await self.entries[0].runtime_data.records.async_run(method)

    def query(self, values: Mapping[str, Any]) -> SessionQuery:
        """Make a query of the values of FILTER_FIELDS and PAGE_FIELDS."""
        page = {key: values[key] for key in (ATTR_OFFSET, ATTR_LIMIT) if key in values}
        return SessionQuery(
            meters=[entry.unique_id for entry in self.named if entry.unique_id],
            since=values.get(ATTR_SINCE),
            until=values.get(ATTR_UNTIL),
            verdicts=values.get(ATTR_VERDICT, ()),
            outcomes=values.get(ATTR_OUTCOME, ()),
            search=values.get(ATTR_SEARCH, ""),
            **page,
        )

    def meter(self, meter_id: int) -> Dmed4ConfigEntry | None:
        """Find a meter by its number in the archive."""
        return next((e for e in self.entries if e.runtime_data.records.meter_id == meter_id), None)

    def entry_id(self, meter_id: int) -> str:
        """Get what names the archive in the address of a download: the meter, if it is set up."""
        return (self.meter(meter_id) or self.entries[0]).entry_id

    def device(self, meter_id: int) -> Device | None:
        """Get the device of a meter by its number in the archive."""
        entry = self.meter(meter_id)
        return None if entry is None else self.devices.get(entry.unique_id or "")


@callback
def async_devices(hass: HomeAssistant) -> Devices:
    """Get the devices of all meters that are known here."""
    registry = dr.async_get(hass)
    return {
        entry.unique_id: Device(device.id, device.name_by_user or device.name or entry.title)
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.unique_id and not is_display(entry)
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
    }


@callback
def async_shelves(hass: HomeAssistant) -> list[Shelf]:
    """Get the archives of all meters that are loaded."""
    devices = async_devices(hass)
    entries: dict[str, list[Dmed4ConfigEntry]] = defaultdict(list)
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state is ConfigEntryState.LOADED and not is_display(entry):
            entries[database_url(hass, entry.options)].append(entry)
    return [Shelf(tuple(group), (), devices) for group in entries.values()]


@callback
def async_shelf(
    hass: HomeAssistant, device_ids: Sequence[str] = (), entry: Dmed4ConfigEntry | None = None
) -> Shelf:
    """Get the archive to be asked about some meters; about all that are in it if none is named.

    Args:
        hass: Home Assistant.
        device_ids: the meters' devices.
        entry: of a loaded meter whose archive it has to be; if none is given nor named, there has
            to be one archive only.

    Raises:
        ServiceValidationError: a device is no meter or is not loaded, or there is not one archive.
    """
    named = tuple(async_meter(hass, device_id) for device_id in device_ids)
    wanted = named if entry is None else (*named, entry)
    shelves = async_shelves(hass)
    fitting = [shelf for shelf in shelves if all(each in shelf.entries for each in wanted)]
    if not shelves:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_archive")
    if len(fitting) != 1:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="several_archives")
    return replace(fitting[0], named=named)


@callback
def async_meter(hass: HomeAssistant, device_id: str) -> Dmed4ConfigEntry:
    """Get the entry of a meter by its device.

    Raises:
        ServiceValidationError: it is none, or not loaded.
    """
    _, entry = async_get_device_and_config_entry(hass, DOMAIN, device_id)
    if is_display(entry):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_a_meter")
    return entry


# --- Asked by actions and the browser side alike, with the values of the fields above -----------


async def async_list_sessions(hass: HomeAssistant, values: Mapping[str, Any]) -> SessionPageShape:
    """Get a page of sessions."""
    shelf = async_shelf(hass, values[ATTR_DEVICE_ID])
    return await shelf.async_run(
        partial(read_page, query=shelf.query(values), devices=shelf.devices)
    )


async def async_list_unassigned_records(
    hass: HomeAssistant, values: Mapping[str, Any]
) -> UnassignedPageShape:
    """Get a page of the records that tell of no session."""
    shelf = async_shelf(hass, values[ATTR_DEVICE_ID])
    return await shelf.async_run(partial(read_unassigned, query=shelf.query(values), shelf=shelf))


async def async_get_session(hass: HomeAssistant, values: Mapping[str, Any]) -> SessionDetailShape:
    """Get a session with everything that is to be said of it."""
    shelf = async_shelf(hass, values[ATTR_DEVICE_ID])
    return await shelf.async_run(
        partial(read_session, session_id=values[ATTR_SESSION_ID], shelf=shelf)
    )


async def async_get_record(hass: HomeAssistant, values: Mapping[str, Any]) -> RecordShape:
    """Get a record with everything that is to be said of it."""
    shelf = async_shelf(hass, values[ATTR_DEVICE_ID])
    return await shelf.async_run(
        partial(read_record, record_id=values[ATTR_RECORD_ID], shelf=shelf)
    )


async def async_sum_energy(hass: HomeAssistant, values: Mapping[str, Any]) -> EnergyShape:
    """Get the energy of sessions by day or month, and by identification."""
    shelf = async_shelf(hass, values[ATTR_DEVICE_ID])
    return await shelf.async_run(
        partial(read_energy, query=shelf.query(values), period=values[ATTR_PERIOD])
    )


async def async_verify_archive(hass: HomeAssistant, values: Mapping[str, Any]) -> CountsShape:
    """Verify all records of an archive again, and wait until that is done."""
    shelf = async_shelf(hass, values[ATTR_DEVICE_ID])
    await shelf.entries[0].runtime_data.records.async_verify_all()
    return await shelf.async_run(partial(read_counts, shelf=shelf))


# --- Asked inside of the archive: these block ---------------------------------------------------


def read_page(archive: Archive, query: SessionQuery, devices: Devices) -> SessionPageShape:
    """Read a page of sessions."""
    page = archive.sessions(query)
    return {
        "sessions": [session_shape(session, devices) for session in page.sessions],
        "total": page.total,
        "offset": query.offset,
        "limit": query.limit,
    }


def read_unassigned(archive: Archive, query: SessionQuery, shelf: Shelf) -> UnassignedPageShape:
    """Read a page of the records that tell of no session; of the query, the meters and the page."""
    page = archive.records_without_session(query.meters, query.offset, query.limit)
    return {
        "records": [
            {
                "record_id": stored.id,
                "device_id": device.id if (device := shelf.device(stored.meter_id)) else None,
                "meter": device.name if device else None,
                "signature": stored.verdict.value,
                "key": stored.key.value,
                "pagination": shown(stored.pagination),
                "time": None if stored.time is None else stored.time.isoformat(),
                "source": stored.source.value,
                "arrived": stored.arrived.isoformat(),
                "links": _links(
                    partial(record_path, shelf.entry_id(stored.meter_id), stored.id),
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


def read_session(archive: Archive, session_id: int, shelf: Shelf) -> SessionDetailShape:
    """Read a session with everything that is to be said of it.

    Raises:
        ServiceValidationError: there is none.
    """
    detail = archive.session(session_id)
    if detail is None:
        raise session_not_found()
    session = detail.session
    keys = archive.keys(session.meter_id)
    judged = [judge_stored(stored, keys) for stored in detail.records]
    legible = [
        (stored, each.record)
        for stored, each in zip(detail.records, judged, strict=True)
        if each.record
    ]
    return {
        **session_shape(session, shelf.devices),
        "findings": [
            {
                "code": found.code.value,
                "severity": found.severity.value,
                "record_id": legible[found.record][0].id,
                "values": [shown(value) for value in found.values],
            }
            for found in check_session([record for _, record in legible])[:MAX_LISTED]
        ],
        "clock": clock(judged),
        "transparency": transparency(judged),
        "record_reports": [
            _record_shape(stored, each, shelf)
            for stored, each in zip(detail.records, judged, strict=True)
        ],
        "links": _links(
            partial(session_path, shelf.entry_id(session.meter_id), session.id),
            legible=bool(legible),
        ),
    }


def read_record(archive: Archive, record_id: int, shelf: Shelf) -> RecordShape:
    """Read a record with everything that is to be said of it.

    Raises:
        ServiceValidationError: there is none.
    """
    stored = archive.record(record_id)
    if stored is None:
        raise record_not_found()
    return _record_shape(stored, judge_stored(stored, archive.keys(stored.meter_id)), shelf)


def _record_shape(stored: StoredRecord, judged: Judged, shelf: Shelf) -> RecordShape:
    return {
        **report(judged),
        "record_id": stored.id,
        "session_id": stored.session_id,
        "device_id": device.id if (device := shelf.device(stored.meter_id)) else None,
        "source": stored.source.value,
        "arrived": stored.arrived.isoformat(),
        "verified": stored.verified.isoformat(),
        "links": _links(
            partial(record_path, shelf.entry_id(stored.meter_id), stored.id),
            legible=judged.record is not None,
        ),
    }


def _links(path: Callable[[str], str], *, legible: bool) -> LinksShape:
    return {"ocmf": path("ocmf"), "xml": path("xml") if legible else None}


def read_counts(archive: Archive, shelf: Shelf) -> CountsShape:
    """Count the records of all meters that are set up and keep them here."""
    numbers = [entry.runtime_data.records.meter_id for entry in shelf.entries]
    summaries = [archive.summary(number) for number in numbers if number is not None]
    return {
        "records": sum(summary.records for summary in summaries),
        "suspicious": sum(summary.suspicious for summary in summaries),
        "failed": sum(summary.failed for summary in summaries),
    }


# --- Energy -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Sum:
    """Energies added up, exact."""

    imported: Decimal = _NOTHING
    exported: Decimal = _NOTHING
    sessions: int = 0

    def add(self, energy: SessionEnergy) -> None:
        """Add a session; what is not known of it counts nothing."""
        # Not `or 0`, which would drop the decimals of a 0.000.
        with localcontext(_EXACT):
            self.imported += _NOTHING if energy.imported is None else energy.imported
            self.exported += _NOTHING if energy.exported is None else energy.exported
        self.sessions += 1

    @property
    def shape(self) -> EnergySumShape:
        """Show the sums."""
        return {
            "imported": decimal_text(self.imported),
            "exported": decimal_text(self.exported),
            "sessions": self.sessions,
        }


def read_energy(archive: Archive, query: SessionQuery, period: Period) -> EnergyShape:
    """Add the energy of sessions up, by day or month and by identification.

    A session counts for the day it began on, in the time zone of Home Assistant; one whose meter did
    not know when that was counts for none.
    """
    total = _Sum()
    sums: dict[str | None, _Sum] = defaultdict(_Sum)
    buckets: dict[str | None, dict[date, _Sum]] = defaultdict(lambda: defaultdict(_Sum))
    for energy in archive.energies(query):
        who = shown(energy.identification)
        first = dt_util.as_local(energy.begin).date()
        if period is Period.MONTH:
            first = first.replace(day=1)
        for each in (total, sums[who], buckets[who][first]):
            each.add(energy)
    most_first = sorted(sums, key=lambda who: (-sums[who].imported, who or ""))
    return {
        **total.shape,
        "period": period.value,
        "time_zone": str(dt_util.get_default_time_zone()),
        "series": [
            {
                **sums[who].shape,
                "identification": who,
                "buckets": [
                    {**bucket.shape, "start": first.isoformat()}
                    for first, bucket in sorted(buckets[who].items())
                ],
            }
            for who in most_first
        ],
    }
