"""The actions that read the meter's logbooks."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..archive import Source
from ..coordinator import event_attributes
from ..dmed4.logbook import POSITIONS, read_events, read_records
from ..dmed4.meter import Logbook
from ..reports.response import async_named_response, record_summary
from ..runtime_data import Dmed4Data
from .action import Action

ATTR_FIRST: Final = "first"
ATTR_LIMIT: Final = "limit"
ATTR_OFFSET: Final = "offset"
ATTR_POSITION: Final = "position"
ATTR_PROGRESSIVE: Final = "progressive"
ATTR_TRANSACTION_ID: Final = "transaction_id"

_WHICH: Final = (ATTR_POSITION, ATTR_FIRST, ATTR_PROGRESSIVE, ATTR_TRANSACTION_ID)


def _whole(lowest: int, highest: int) -> vol.All[int]:
    return vol.All(vol.Coerce(int), vol.Range(min=lowest, max=highest))


LOGBOOK_RECORD_FIELDS: Final = {
    vol.Optional(ATTR_POSITION): _whole(0, POSITIONS - 1),
    vol.Optional(ATTR_FIRST): vol.All(cv.boolean, vol.In([True])),
    vol.Optional(ATTR_PROGRESSIVE): _whole(0, 2**32 - 1),
    vol.Optional(ATTR_TRANSACTION_ID): vol.All(cv.string, vol.Length(min=1)),
}
ONE_RECORD: Final = (cv.has_at_least_one_key(*_WHICH), cv.has_at_most_one_key(*_WHICH))

LOGBOOK_PAGE_FIELDS: Final = {
    vol.Optional(ATTR_LIMIT, default=20): _whole(1, POSITIONS),
    vol.Optional(ATTR_OFFSET, default=0): _whole(0, POSITIONS - 1),
}


async def get_record(data: Dmed4Data, call: ServiceCall) -> ServiceResponse:
    """Fetch one saved record; what passes by is archived."""
    async with data.live.commanding():
        raw = await _find(data.meter.logbook, call.data)
    stored = await data.records.async_store(raw, Source.METER)
    response = await async_named_response(data, raw, stored)
    # Without the archive, there is a download of the last record only.
    return response if stored else response | {"record_url": None}


async def _find(logbook: Logbook, which: Mapping[str, Any]) -> bytes:
    if ATTR_POSITION in which:
        return await logbook.read_record(which[ATTR_POSITION])
    if ATTR_PROGRESSIVE in which:
        return await logbook.find_by_progressive(which[ATTR_PROGRESSIVE])
    if ATTR_TRANSACTION_ID in which:
        return await logbook.find_by_transaction(which[ATTR_TRANSACTION_ID])
    return await logbook.find_first()


async def list_records(data: Dmed4Data, call: ServiceCall) -> ServiceResponse:
    """Page through the saved records, the newest first."""
    async with data.live.commanding():
        return await _list(data, call.data[ATTR_OFFSET], call.data[ATTR_LIMIT])


async def _list(data: Dmed4Data, offset: int, limit: int) -> ServiceResponse:
    info = await data.meter.logbook.read_info()
    expected = limit if info.records_saved is None else min(limit, info.records_saved - offset)
    summaries: list[dict[str, JsonValueType]] = []
    last = offset
    try:
        data.sync.async_show_listing(0)
        async for position, raw in read_records(data.meter.logbook, offset, limit):
            last = position
            summaries.append(record_summary(data, raw))
            # More than expected: records that were signed meanwhile.
            data.sync.async_show_listing(100 * len(summaries) // max(expected, len(summaries)))
    finally:
        data.sync.async_show_listing(None)
    # Records that were signed meanwhile have moved those that were read before.
    first = last - len(summaries) + 1
    return {
        "saved": info.records_saved,
        "maximum": info.records_maximum,
        "records": [
            {"position": position, **summary} for position, summary in enumerate(summaries, first)
        ],
    }


async def synchronise_records(data: Dmed4Data, call: ServiceCall) -> ServiceResponse:
    """Fetch what the archive has not."""
    state = await data.sync.async_run()
    return {"fetched": state.fetched, "missing": state.missing, "lost": state.lost}


async def get_events(data: Dmed4Data, call: ServiceCall) -> ServiceResponse:
    """Read metrological events back, the newest first."""
    async with data.live.commanding():
        return await _events(data, call.data[ATTR_OFFSET], call.data[ATTR_LIMIT])


async def _events(data: Dmed4Data, offset: int, limit: int) -> ServiceResponse:
    logbook = data.meter.logbook
    info = await logbook.read_info()
    return {
        "saved": info.events_saved,
        "maximum": info.events_maximum,
        "events": [
            {"position": position, **event_attributes(event)}
            for position, event in enumerate(await read_events(logbook, offset, limit), offset)
        ],
    }


LOGBOOK_ACTIONS: Final = {
    "get_record": Action(
        handler=get_record,
        fields=LOGBOOK_RECORD_FIELDS,
        checks=ONE_RECORD,
        response=SupportsResponse.ONLY,
    ),
    "list_records": Action(
        handler=list_records, fields=LOGBOOK_PAGE_FIELDS, response=SupportsResponse.ONLY
    ),
    "synchronise_records": Action(handler=synchronise_records),
    "get_events": Action(
        handler=get_events, fields=LOGBOOK_PAGE_FIELDS, response=SupportsResponse.ONLY
    ),
}
