"""Actions of a remote display."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..const import DOMAIN
from ..dmed4.display import LIMITS, METERS, ViewerPage
from ..remote_display import DisplayCoordinator
from .action import Action, Target

ATTR_METER: Final = "meter"

ATTR_SHOW: Final = "show"


async def set_custom_page(display: DisplayCoordinator, call: ServiceCall) -> ServiceResponse:
    """Set all texts of a meter's custom page; those that are not given are shown empty."""
    meter = call.data[ATTR_METER]
    if meter not in display.data.meters:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_such_meter")
    texts = {name: call.data.get(name, "") for name in LIMITS}
    await display.async_write(meter, texts)
    if call.data[ATTR_SHOW]:
        await display.async_show(ViewerPage.custom(meter))
    return {ATTR_METER: meter, **texts}


DISPLAY_ACTIONS: Final = {
    "set_custom_page": Action(
        handler=set_custom_page,
        fields={
            vol.Optional(ATTR_METER, default=1): vol.In(range(1, max(METERS.values()) + 1)),
            vol.Optional(ATTR_SHOW, default=False): cv.boolean,
            # The texts are checked where the page is made, with an error that names what is wrong.
            **{vol.Optional(name): cv.string for name in LIMITS},
        },
        target=Target.DISPLAY,
    ),
}
