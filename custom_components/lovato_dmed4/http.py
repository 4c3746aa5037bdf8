"""Downloads: records go to a browser only through here, behind a login."""

from http import HTTPStatus
from typing import Final

from aiohttp import web
from homeassistant.components.http import HomeAssistantView, require_admin
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN
from .coordinator import Dmed4ConfigEntry
from .remote_display import is_display

_URL: Final = f"/api/{DOMAIN}/{{entry_id}}/last_record.ocmf"

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Disposition": 'attachment; filename="last_record.ocmf"',
    "X-Content-Type-Options": "nosniff",
}


def record_url(entry_id: str) -> str:
    """Get the path of the download of a meter's last record."""
    return _URL.format(entry_id=entry_id)


class LastRecordView(HomeAssistantView):
    """The last signed record of a meter, byte for byte as the meter gives it."""

    url = _URL
    name = f"api:{DOMAIN}:last_record"

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass

    @require_admin
    async def get(self, request: web.Request, entry_id: str) -> web.Response:
        """Fetch the record from the meter: 404 for no meter or no record, 502 for a meter that fails."""
        entry: Dmed4ConfigEntry | None = self._hass.config_entries.async_get_entry(entry_id)
        if (
            entry is None
            or entry.domain != DOMAIN
            or entry.state is not ConfigEntryState.LOADED
            or is_display(entry)
        ):
            return self.json_message("No such meter", HTTPStatus.NOT_FOUND)
        data = entry.runtime_data
        try:
            record = await data.live.async_execute(data.cycle.last_record)
        except HomeAssistantError as err:
            return self.json_message(str(err), HTTPStatus.BAD_GATEWAY)
        if not record:
            return self.json_message("The meter has no record yet", HTTPStatus.NOT_FOUND)
        return web.Response(body=record, content_type="text/plain", headers=_HEADERS)
