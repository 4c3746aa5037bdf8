"""What can be asked of the archive: fields and filters."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..archive import Outcome, SessionVerdict

ATTR_DRIVER_ID: Final = "driver_id"

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
    vol.Optional(ATTR_DRIVER_ID, default=list): vol.All(
        cv.ensure_list, [vol.All(vol.Coerce(int), vol.Range(min=0, max=2**31 - 1))]
    ),
    vol.Optional(ATTR_SEARCH, default=""): cv.string,
}

# Those that may be given more than once.
LIST_FIELDS: Final = {ATTR_DEVICE_ID, ATTR_DRIVER_ID, ATTR_OUTCOME, ATTR_VERDICT}

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
