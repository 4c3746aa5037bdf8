"""Examine the meter of an entry: which readings of the manual it follows, and a file for a report."""

from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import ServiceCall, ServiceResponse

from ..connection.errors import translated_errors
from ..dmed4.errors import ClosedError
from ..examination.run import Wishes
from ..reports.examinations import async_examinations
from ..reports.examining import async_examine, async_words, async_written, secrets_in
from ..reports.links import async_signed, examination_path
from ..runtime_data import Dmed4Data
from .examine import ATTR_ALLOW_WRITES, ATTR_DISPLAY_VOLTAGE


async def examine_meter(entry: ConfigEntry[Any], call: ServiceCall) -> ServiceResponse:
    """Examine a meter, loaded or not; keep the file for its download."""
    hass = call.hass
    data: Dmed4Data | None = None
    if entry.state is ConfigEntryState.LOADED:
        data = entry.runtime_data
    wishes = Wishes(
        writes=call.data[ATTR_ALLOW_WRITES],
        voltage=call.data.get(ATTR_DISPLAY_VOLTAGE),
        secrets=_secrets(entry, data),
    )
    with translated_errors():
        examination = await async_examine(hass, entry.data, wishes, loaded=data)
        file = await async_written(hass, examination)
        if hass.config_entries.async_get_entry(entry.entry_id) is None:
            raise ClosedError("The meter was removed while it was examined")
    async_examinations(hass).files[entry.entry_id] = file
    if data is not None:
        await data.live.async_request_refresh()
    url = async_signed(hass, examination_path(entry.entry_id), call.context)
    told = examination.told(await async_words(hass))
    return told | {"file_url": url, "file_size": len(file)}


def _secrets(entry: ConfigEntry[Any], data: Dmed4Data | None) -> list[str]:
    serial_number = None if data is None else data.identity.serial_number
    found = secrets_in({**entry.data, **entry.options})
    return [*found, serial_number] if serial_number else [*found]
