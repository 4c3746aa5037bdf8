"""Examine a meter, whether it is set up or not, and say what was found in the person's language."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
import json
from typing import Any, Final

from homeassistant.components.frontend.storage import async_user_store
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..connection.devices import async_make, async_open_session
from ..connection.formats import LANGUAGES
from ..const import (
    CONF_CERTIFICATE,
    CONF_CHARGE_POINT_ID,
    CONF_DATABASE_URL,
    CONF_IDENTIFICATION_DATA,
    CONF_SCALE,
    CONF_SERIAL_NUMBER,
    CONF_TARIFF_TEXT,
    DOMAIN,
)
from ..dmed4.errors import CycleActiveError
from ..dmed4.scale import MeasureScale
from ..examination.modbus import ExaminedModbusMeter
from ..examination.page import link_label, page
from ..examination.rest import ExaminedRestMeter
from ..examination.run import Examination, ExaminedMeter, Progress, Wishes, examine
from ..examination.trace import Trace
from ..examination.words import CATEGORY, Words
from ..runtime_data import Dmed4Data
from .examinations import async_examinations
from .links import async_browser_language, async_person

__all__ = [
    "Wishes",
    "async_examine",
    "async_words",
    "async_written",
    "link_label",
    "page",
    "secrets_in",
]

# None of them is sent to the meter by an examination; should one be in an answer, it is masked.
_SECRET: Final = (
    CONF_CERTIFICATE,
    CONF_CHARGE_POINT_ID,
    CONF_DATABASE_URL,
    CONF_DEVICE,
    CONF_HOST,
    CONF_IDENTIFICATION_DATA,
    CONF_PASSWORD,
    CONF_SERIAL_NUMBER,
    CONF_TARIFF_TEXT,
)
# What the frontend keeps of a user, and the part of it that names a language.
_LANGUAGE: Final = "language"


async def async_examine(
    hass: HomeAssistant,
    connection: Mapping[str, Any],
    wishes: Wishes,
    *,
    loaded: Dmed4Data | None = None,
    progress: Progress | None = None,
) -> Examination:
    """Examine the meter that data of an entry describe.

    Args:
        hass: Home Assistant.
        connection: how it is reached.
        wishes: what may be done.
        loaded: the same meter, where it is set up and running.
        progress: is called after each step.

    Raises:
        CycleActiveError: it may be written to, and is charging.
        MeterError: the line can't be opened, or is used with other settings.
        ServiceValidationError: an examination at this address is under way.
    """
    address = connection.get(CONF_HOST) or connection[CONF_DEVICE]
    with async_examinations(hass).alone_at(address):
        if wishes.writes and loaded is not None:
            await _require_idle(loaded)
        trace = Trace()
        async with _meter(hass, connection, trace) as meter:
            return await examine(
                meter,
                trace,
                wishes,
                beside=None if loaded is None else loaded.meter,
                # What writes is done like any other setting: no charge can begin meanwhile.
                guard=None if loaded is None else loaded.cycle.while_idle,
                progress=progress,
            )


async def _require_idle(loaded: Dmed4Data) -> None:
    """Refuse at once, before anything is asked, what writes while a charge is running."""
    async with loaded.live.commanding():
        if (await loaded.meter.read_status()).measurement.charging:
            raise CycleActiveError("not possible while a charge cycle is running")


@asynccontextmanager
async def _meter(
    hass: HomeAssistant, connection: Mapping[str, Any], trace: Trace
) -> AsyncIterator[ExaminedMeter]:
    """Reach a meter over the line that its entry uses, too, if it has one, and listen to it."""
    scale = MeasureScale(**connection.get(CONF_SCALE, {}))
    async with async_open_session(hass, trace) as session:

        def over_rest(_: object, host: str, port: int, **how: Any) -> ExaminedRestMeter:
            return ExaminedRestMeter(session, host, port, scale=scale, **how)

        meter = await async_make(hass, connection, None, ExaminedModbusMeter, over_rest)
        if isinstance(meter, ExaminedModbusMeter):
            meter.listen(trace)
        try:
            yield meter
        finally:
            await meter.close()


def secrets_in(values: Mapping[str, Any]) -> Iterable[str]:
    """Find what must not be in the file among an entry's data and options."""
    known = (values.get(name) for name in _SECRET)
    return [value for value in known if isinstance(value, str)]


async def async_written(hass: HomeAssistant, examination: Examination) -> bytes:
    """Write the file."""

    def write() -> bytes:
        return json.dumps(examination.content, indent=1, ensure_ascii=False).encode()

    return await hass.async_add_executor_job(write)


async def async_words(hass: HomeAssistant) -> Words:
    """Load the texts in the language of the person who asks, else in that of this Home Assistant.

    As the frontend does: that of the user's profile, or else that of the browser.
    """
    language = ""
    if (person := async_person(hass)) is not None:
        chosen = (await async_user_store(hass, person.id)).data.get(_LANGUAGE)
        language = chosen.get(_LANGUAGE) or "" if isinstance(chosen, dict) else ""
        language = language or async_browser_language()
    if language not in LANGUAGES:
        language = hass.config.language
    texts = await async_get_translations(hass, language, CATEGORY, {DOMAIN})
    prefix = f"component.{DOMAIN}.{CATEGORY}."
    return Words({path.removeprefix(prefix): text for path, text in texts.items()})
