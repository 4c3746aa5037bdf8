"""Examine the meter of an entry: which readings of the manual it follows, and a file for a report."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
import json
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PASSWORD
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError

from ..connection.devices import async_make, async_open_session, entry_scale
from ..connection.errors import translated_errors
from ..const import (
    CONF_CERTIFICATE,
    CONF_CHARGE_POINT_ID,
    CONF_DATABASE_URL,
    CONF_IDENTIFICATION_DATA,
    CONF_SERIAL_NUMBER,
    CONF_TARIFF_TEXT,
    DOMAIN,
)
from ..dmed4.errors import CycleActiveError
from ..examination.modbus import ExaminedModbusMeter
from ..examination.rest import ExaminedRestMeter
from ..examination.run import Examination, ExaminedMeter, Wishes, examine
from ..examination.trace import Trace
from ..reports.examinations import async_examinations
from ..reports.links import async_signed, examination_path
from ..runtime_data import Dmed4Data
from .examine import ATTR_ALLOW_WRITES, ATTR_DISPLAY_VOLTAGE

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
    with _alone(hass, entry):
        if wishes.writes and data is not None:
            await _require_idle(data)
        trace = Trace()
        with translated_errors():
            async with _meter(hass, entry, trace) as meter:
                examination = await examine(
                    meter,
                    trace,
                    wishes,
                    beside=None if data is None else data.meter,
                    # What writes is done like any other setting: no charge can begin meanwhile.
                    guard=None if data is None else data.cycle.while_idle,
                )
        file = await hass.async_add_executor_job(_written, examination)
        async_examinations(hass).files[entry.entry_id] = file
    if data is not None:
        await data.live.async_request_refresh()
    url = async_signed(hass, examination_path(entry.entry_id), call.context)
    return _response(examination) | {"file_url": url, "file_size": len(file)}


@contextmanager
def _alone(hass: HomeAssistant, entry: ConfigEntry[Any]) -> Iterator[None]:
    """Examine a meter once at a time."""
    running = async_examinations(hass).running
    if entry.entry_id in running:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="examination_running"
        )
    running.add(entry.entry_id)
    try:
        yield
    finally:
        running.remove(entry.entry_id)


async def _require_idle(data: Dmed4Data) -> None:
    """Refuse at once, before anything is asked, what writes while a charge is running."""
    async with data.live.commanding():
        if (await data.meter.read_status()).measurement.charging:
            raise CycleActiveError("not possible while a charge cycle is running")


@asynccontextmanager
async def _meter(
    hass: HomeAssistant, entry: ConfigEntry[Any], trace: Trace
) -> AsyncIterator[ExaminedMeter]:
    """Reach the meter of an entry over the line that the entry uses, too, and listen to it."""
    async with async_open_session(hass, trace) as session:

        def over_rest(_: object, host: str, port: int, **how: Any) -> ExaminedRestMeter:
            return ExaminedRestMeter(session, host, port, scale=entry_scale(entry), **how)

        meter = await async_make(hass, entry.data, None, ExaminedModbusMeter, over_rest)
        if isinstance(meter, ExaminedModbusMeter):
            meter.listen(trace)
        try:
            yield meter
        finally:
            await meter.close()


def _secrets(entry: ConfigEntry[Any], data: Dmed4Data | None) -> list[str]:
    values = {**entry.data, **entry.options}
    known = [values.get(name) for name in _SECRET]
    if data is not None:
        known.append(data.identity.serial_number)
    return [value for value in known if isinstance(value, str)]


def _written(examination: Examination) -> bytes:
    return json.dumps(examination.content, indent=1, ensure_ascii=False).encode()


def _response(examination: Examination) -> dict[str, Any]:
    return {
        "readings": examination.sentences,
        "open": examination.open,
        "warnings": examination.warnings,
        "steps": dict(examination.outcomes),
        "ports": {str(port): answer for port, answer in examination.ports.items()},
        "found": examination.found,
        "missing": examination.missing,
        "last_record": examination.record,
    }
