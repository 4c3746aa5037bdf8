"""Actions of a remote display."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError

from ..const import DOMAIN
from ..dmed4.display import LIMITS, ViewerPage
from ..remote_display import DisplayConfigEntry

ATTR_METER: Final = "meter"

ATTR_SHOW: Final = "show"


async def set_custom_page(entry: DisplayConfigEntry, call: ServiceCall) -> ServiceResponse:
    """Set all texts of a meter's custom page; those that are not given are shown empty."""
    display = entry.runtime_data
    meter = call.data[ATTR_METER]
    if meter not in display.data.meters:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_such_meter")
    texts = {name: call.data.get(name, "") for name in LIMITS}
    await display.async_write(meter, texts)
    if call.data[ATTR_SHOW]:
        await display.async_show(ViewerPage.custom(meter))
    return {ATTR_METER: meter, **texts}
