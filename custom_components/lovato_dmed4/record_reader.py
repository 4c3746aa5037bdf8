"""Read archives for whoever may: actions, downloads and the browser side all ask here.

Meters may keep their records in different databases, where the same number means another session. So a
number is only good together with a meter that says which archive is meant.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.service import async_get_device_and_config_entry
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .archive import Archive, Outcome, SessionQuery, SessionVerdict, StoredRecord
from .const import DOMAIN
from .coordinator import Dmed4ConfigEntry
from .ocmf import check_session
from .record_report import (
    Device,
    Devices,
    Judged,
    clock,
    judge_stored,
    report,
    session_shape,
    transparency,
)
from .record_shapes import (
    EnergyBucketShape,
    EnergySeriesShape,
    EnergyShape,
    LinksShape,
    RecordShape,
    SessionDetailShape,
    SessionPageShape,
)
from .record_text import decimal_text, shown
from .remote_display import is_display
from .shared_archive import database_url

ATTR_LIMIT: Final = "limit"
ATTR_OFFSET: Final = "offset"
ATTR_OUTCOME: Final = "outcome"
ATTR_SEARCH: Final = "search"
ATTR_SINCE: Final = "since"
ATTR_UNTIL: Final = "until"
ATTR_VERDICT: Final = "verdict"

# What a browser shows at once, and no more than an answer should weigh.
MAX_PAGE: Final = 100


def moment(value: Any) -> datetime:
    """Read a time, or a day for its beginning; without a zone it is Home Assistant's."""
    try:
        time = cv.datetime(value)
    except vol.Invalid:
        time = dt_util.start_of_local_day(cv.date(value))
    return time if time.tzinfo else time.replace(tzinfo=dt_util.get_default_time_zone())


FILTER_FIELDS: Final = {
    vol.Optional(ATTR_DEVICE_ID, default=list): vol.All(cv.ensure_list, [cv.string]),
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
PAGE_FIELDS: Final = {
    vol.Optional(ATTR_OFFSET, default=0): vol.All(vol.Coerce(int), vol.Range(min=0, max=2**31 - 1)),
    vol.Optional(ATTR_LIMIT, default=50): vol.All(vol.Coerce(int), vol.Range(min=1, max=MAX_PAGE)),
}
NUMBER: Final = vol.All(vol.Coerce(int), vol.Range(min=1, max=2**31 - 1))


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
            verdicts=values[ATTR_VERDICT],
            outcomes=values[ATTR_OUTCOME],
            search=values[ATTR_SEARCH],
            **page,
        )

    def meter(self, meter_id: int) -> Dmed4ConfigEntry | None:
        """Find a meter by its number in the archive."""
        return next((e for e in self.entries if e.runtime_data.records.meter_id == meter_id), None)

    def entry_id(self, meter_id: int) -> str:
        """Get what names the archive in the address of a download: the meter, if it is set up."""
        return (self.meter(meter_id) or self.entries[0]).entry_id

    def device_id(self, meter_id: int) -> str | None:
        """Get the device of a meter by its number in the archive."""
        entry = self.meter(meter_id)
        device = None if entry is None else self.devices.get(entry.unique_id or "")
        return None if device is None else device.id
