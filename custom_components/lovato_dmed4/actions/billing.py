"""The actions of billing: drivers, prices, statements. Only for administrators."""

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..archive import Archive
from ..const import DOMAIN
from ..reports.archives import MeterArchive, async_meter_archive
from ..reports.billing import (
    async_apply_prices,
    async_delete_driver,
    async_delete_price,
    async_list_drivers,
    async_list_prices,
    async_save_driver,
    async_save_price,
)
from ..reports.billing_fields import ATTR_PRICE_ID, DRIVER_FIELDS, PRICE, PRICE_FIELDS
from ..reports.export import SPOOLED, Writer
from ..reports.links import async_signed, receipt_path, statement_path
from ..reports.query import ATTR_DRIVER_ID, ATTR_SESSION_ID, FILTER_FIELDS, METERS_FIELD, NUMBER
from ..reports.shapes import as_json
from ..statements.files import StatementForm, export_receipt, export_statement
from ..statements.words import ATTR_LANGUAGE, LANGUAGE_FIELD, async_words
from .action import Action, Handler, Target
from .records import ATTR_FILENAME, ATTR_FORMAT, export_response, write_file

type _Answer = Callable[[HomeAssistant, Mapping[str, Any]], Coroutine[Any, Any, Mapping[str, Any]]]


def _answered(answer: _Answer) -> Handler:
    """Handle an action as the browser side is answered."""

    async def handle(hass: HomeAssistant, call: ServiceCall) -> ServiceResponse:
        return as_json(await answer(hass, call.data))

    return handle


async def _save_price(hass: HomeAssistant, call: ServiceCall) -> ServiceResponse:
    """Save a price for a meter, or for all: a target of several would be several prices."""
    values = dict(call.data)
    device_ids = values.pop(ATTR_DEVICE_ID)
    if len(device_ids) > 1:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="one_meter")
    if device_ids:
        values[ATTR_DEVICE_ID] = device_ids[0]
    return as_json(await async_save_price(hass, values))


async def _create_statement(hass: HomeAssistant, call: ServiceCall) -> ServiceResponse:
    """Write a statement or a receipt into a file, or say where it is downloaded."""
    data = call.data
    meter_archive = async_meter_archive(hass, data[ATTR_DEVICE_ID])
    path, form, write = await _statement(hass, meter_archive, data)
    work = partial(_describe, write)
    if ATTR_FILENAME in data:
        work = partial(write_file, hass, Path(data[ATTR_FILENAME]), form, write)
    try:
        response = await meter_archive.async_read(work)
    except OSError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="export_not_written"
        ) from err
    kept = {key: response[key] for key in ("name", "size", "sha256", "sessions", "filename")}
    return kept | {"url": async_signed(hass, path, call.context)}


async def _statement(
    hass: HomeAssistant, meter_archive: MeterArchive, data: Mapping[str, Any]
) -> tuple[str, StatementForm, Writer]:
    """Find out where a document is downloaded, of what kind it is and how it is written."""
    language, form = data.get(ATTR_LANGUAGE), data[ATTR_FORMAT]
    words = await async_words(hass, language)
    entry_id = (meter_archive.named or meter_archive.entries)[0].entry_id
    if (session_id := data.get(ATTR_SESSION_ID)) is not None:
        write: Writer = partial(
            export_receipt, session_id=session_id, devices=meter_archive.devices, words=words
        )
        path = receipt_path(entry_id, session_id, {ATTR_LANGUAGE: language})
        return path, StatementForm.PDF, write
    write = partial(
        export_statement,
        query=meter_archive.query(data),
        form=form,
        devices=meter_archive.devices,
        words=words,
    )
    query = {str(key): data[str(key)] for key in FILTER_FIELDS if str(key) in data}
    return statement_path(entry_id, form, query | {ATTR_LANGUAGE: language}), form, write


def _describe(write: Writer, archive: Archive) -> JsonObjectType:
    """Write a file that is not kept, to say what it is."""
    with SpooledTemporaryFile(SPOOLED) as file:
        return export_response(write(archive, file), file) | {"filename": None}


def _of_archive(
    handler: Handler,
    fields: Mapping[Any, Any],
    *checks: Callable[[Any], Any],
    response: SupportsResponse = SupportsResponse.OPTIONAL,
) -> Action:
    return Action(
        handler=handler, fields=fields, checks=checks, response=response, target=Target.ARCHIVE
    )


# But for the meter, which is a target here.
_PRICE_FIELDS: Final = {
    key: value for key, value in PRICE_FIELDS.items() if str(key) != ATTR_DEVICE_ID
}

BILLING_ACTIONS: Final = {
    "list_drivers": _of_archive(
        _answered(async_list_drivers), METERS_FIELD, response=SupportsResponse.ONLY
    ),
    "save_driver": _of_archive(_answered(async_save_driver), METERS_FIELD | DRIVER_FIELDS),
    "delete_driver": _of_archive(
        _answered(async_delete_driver), METERS_FIELD | {vol.Required(ATTR_DRIVER_ID): NUMBER}
    ),
    "list_prices": _of_archive(
        _answered(async_list_prices), METERS_FIELD, response=SupportsResponse.ONLY
    ),
    "save_price": _of_archive(_save_price, METERS_FIELD | _PRICE_FIELDS, PRICE),
    "delete_price": _of_archive(
        _answered(async_delete_price), METERS_FIELD | {vol.Required(ATTR_PRICE_ID): NUMBER}
    ),
    "apply_prices": _of_archive(_answered(async_apply_prices), FILTER_FIELDS),
    "create_statement": _of_archive(
        _create_statement,
        FILTER_FIELDS
        | LANGUAGE_FIELD
        | {
            vol.Optional(ATTR_FORMAT, default=StatementForm.PDF): vol.All(
                vol.In(list(StatementForm)), vol.Coerce(StatementForm)
            ),
            vol.Optional(ATTR_SESSION_ID): NUMBER,
            vol.Optional(ATTR_FILENAME): cv.string,
        },
    ),
}
