"""The actions for the archive: list, get, export, verify."""

from collections.abc import Callable, Mapping
from functools import partial
import hashlib
import os
from pathlib import Path
from tempfile import NamedTemporaryFile, SpooledTemporaryFile
from typing import IO, Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..archive import Archive
from ..const import DOMAIN
from ..reports.archives import MeterArchive, async_meter_archive
from ..reports.explanation import async_texts, async_titles, explain_record, explain_session
from ..reports.export import (
    FORMATS_OF_A_PERIOD,
    FORMATS_OF_A_RECORD,
    SPOOLED,
    Export,
    ExportFormat,
    Writer,
    export_period,
    export_record,
    export_session,
)
from ..reports.links import async_signed, period_path, record_path, session_path
from ..reports.query import (
    ATTR_RECORD_ID,
    ATTR_SESSION_ID,
    FILTER_FIELDS,
    METERS_FIELD,
    NUMBER,
    PAGE_FIELDS,
    SESSION_FIELDS,
)
from ..reports.reader import (
    async_get_record,
    async_get_session,
    async_list_sessions,
    async_list_unassigned_records,
    async_verify_archive,
)
from ..reports.roaming import async_site
from ..reports.shapes import LinksShape, as_json
from ..reports.tables import Titles
from ..reports.verify import async_verify
from .action import Action, Handler, Target

ATTR_FILENAME: Final = "filename"
ATTR_FORMAT: Final = "format"
ATTR_PUBLIC_KEY: Final = "public_key"
ATTR_RECORD: Final = "record"

# What an automation may want to put into a message; what is longer is for a file or a download.
_MAX_TEXT: Final = 64 * 1024

_BLOCK: Final = 64 * 1024

_BINARY: Final = (ExportFormat.XLSX, ExportFormat.ZIP)


async def _list_sessions(hass: HomeAssistant, call: ServiceCall) -> ServiceResponse:
    return as_json(await async_list_sessions(hass, call.data))


async def _list_unassigned_records(hass: HomeAssistant, call: ServiceCall) -> ServiceResponse:
    page = await async_list_unassigned_records(hass, call.data)
    for record in page["records"]:
        _sign(hass, call, record["links"])
    return as_json(page)


async def _get_session(hass: HomeAssistant, call: ServiceCall) -> ServiceResponse:
    session = await async_get_session(hass, call.data)
    texts = await async_texts(hass)
    _sign(hass, call, session["links"])
    for record in session["record_reports"]:
        _sign(hass, call, record["links"])
    return as_json(
        session
        | {
            "explanation": explain_session(session, texts),
            "record_reports": [
                record | {"explanation": explain_record(record, texts)}
                for record in session["record_reports"]
            ],
        }
    )


async def _verify_record(hass: HomeAssistant, call: ServiceCall) -> ServiceResponse:
    """Verify a record of the archive, or one that is handed in."""
    texts = await async_texts(hass)
    if ATTR_RECORD in call.data:
        found = await async_verify(hass, call.data[ATTR_RECORD], call.data.get(ATTR_PUBLIC_KEY))
        records = [each | {"explanation": explain_record(each, texts)} for each in found["records"]]
        return as_json(found | {"records": records, "explanation": explain_record(found, texts)})
    record = await async_get_record(hass, call.data)
    _sign(hass, call, record["links"])
    return as_json(record | {"explanation": explain_record(record, texts)})


async def _verify_records(hass: HomeAssistant, call: ServiceCall) -> ServiceResponse:
    return as_json(await async_verify_archive(hass, call.data))


async def _export_records(hass: HomeAssistant, call: ServiceCall) -> ServiceResponse:
    """Write a file for people who have no access to Home Assistant, or return where to download it."""
    data = call.data
    meter_archive = async_meter_archive(hass, data[ATTR_DEVICE_ID])
    path, write = _export(meter_archive, data, await async_titles(hass))
    if ATTR_FILENAME in data:
        work = partial(write_file, hass, Path(data[ATTR_FILENAME]), data[ATTR_FORMAT], write)
    else:
        work = partial(_write_text, data[ATTR_FORMAT], write)
    try:
        response = await meter_archive.async_read(work)
    except OSError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="export_not_written"
        ) from err
    return response | {"url": async_signed(hass, path, call.context)}


def _export(
    meter_archive: MeterArchive, data: Mapping[str, Any], titles: Titles
) -> tuple[str, Writer]:
    """Find out where a file is downloaded and how it is written."""
    form = data[ATTR_FORMAT]
    entry_id = (meter_archive.named or meter_archive.entries)[0].entry_id
    if (record_id := data.get(ATTR_RECORD_ID)) is not None:
        _check_form(form, FORMATS_OF_A_RECORD)
        write = partial(export_record, record_id=record_id, form=form)
        return record_path(entry_id, record_id, form), write
    if (session_id := data.get(ATTR_SESSION_ID)) is not None:
        write = partial(
            export_session,
            session_id=session_id,
            form=form,
            devices=meter_archive.devices,
            site=async_site(meter_archive.hass),
            titles=titles,
        )
        return session_path(entry_id, session_id, form), write
    _check_form(form, FORMATS_OF_A_PERIOD)
    query = {str(key): data[str(key)] for key in FILTER_FIELDS if str(key) in data}
    write = partial(
        export_period,
        query=meter_archive.query(data),
        form=form,
        devices=meter_archive.devices,
        site=async_site(meter_archive.hass),
        titles=titles,
    )
    return period_path(entry_id, form, query), write


def _check_form(form: ExportFormat, possible: tuple[ExportFormat, ...]) -> None:
    if form not in possible:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="export_format")


def _write_text(form: ExportFormat, write: Writer, archive: Archive) -> JsonObjectType:
    """Write a file that is not kept; a short one comes with its text."""
    with SpooledTemporaryFile(SPOOLED) as file:
        export = write(archive, file)
        size = file.tell()
        file.seek(0)
        short = form not in _BINARY and size <= _MAX_TEXT
        text = file.read().decode(errors="replace") if short else None
        return export_response(export, file) | {"filename": None, "text": text}


def write_file(
    hass: HomeAssistant, path: Path, form: str, write: Writer, archive: Archive
) -> JsonObjectType:
    """Write a file under its name only when it is complete, and on the disk."""
    _check_path(hass, path, form)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        try:
            export = write(archive, file)
            file.flush()
            os.fsync(file.fileno())
            response = export_response(export, file)
            # As every other file: a temporary one is for its owner only.
            os.fchmod(file.fileno(), 0o644)
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink()
            raise
    return response | {"filename": str(path), "text": None}


def _check_path(hass: HomeAssistant, path: Path, form: str) -> None:
    """Refuse what is not allowed, and the folder that everyone on the network can read."""
    folder = path.parent.resolve()
    end = "json" if form in {"ocpi", "ocpp"} else form
    if path.suffix.lower() != f".{end}" or not path.is_absolute():
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="export_filename")
    if folder.is_relative_to(Path(hass.config.path("www")).resolve()):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="export_public")
    if not hass.config.is_allowed_path(str(path)):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="export_path")


def export_response(export: Export, file: IO[bytes]) -> JsonObjectType:
    """Describe a file that was written."""
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return {
        "name": export.name,
        "size": file.tell(),
        "sha256": digest.hexdigest(),
        "sessions": export.contents.sessions,
        "records": export.contents.records,
        "by_arrival": export.contents.by_arrival,
        "left_out": export.contents.left_out,
        "refusals": dict(export.contents.refusals),
    }


@callback
def _sign(hass: HomeAssistant, call: ServiceCall, links: LinksShape) -> None:
    """Let the administrator who asks open the downloads without a header."""
    links["ocmf"] = async_signed(hass, links["ocmf"], call.context)
    for form in ("xml", "ocpi", "ocpp"):
        if (path := links[form]) is not None:
            links[form] = async_signed(hass, path, call.context)


def _from_archive(
    handler: Handler,
    fields: Mapping[Any, Any],
    *checks: Callable[[Any], Any],
    response: SupportsResponse = SupportsResponse.ONLY,
) -> Action:
    return Action(
        handler=handler, fields=fields, checks=checks, response=response, target=Target.ARCHIVE
    )


RECORD_ACTIONS: Final = {
    "list_sessions": _from_archive(_list_sessions, FILTER_FIELDS | PAGE_FIELDS),
    "list_unassigned_records": _from_archive(_list_unassigned_records, METERS_FIELD | PAGE_FIELDS),
    "get_session": _from_archive(_get_session, SESSION_FIELDS),
    "export_records": _from_archive(
        _export_records,
        FILTER_FIELDS
        | {
            vol.Required(ATTR_FORMAT): vol.All(
                vol.In(list(ExportFormat)), vol.Coerce(ExportFormat)
            ),
            vol.Optional(ATTR_SESSION_ID): NUMBER,
            vol.Optional(ATTR_RECORD_ID): NUMBER,
            vol.Optional(ATTR_FILENAME): cv.string,
        },
        cv.has_at_most_one_key(ATTR_SESSION_ID, ATTR_RECORD_ID),
        response=SupportsResponse.OPTIONAL,
    ),
    "verify_record": _from_archive(
        _verify_record,
        METERS_FIELD
        | {
            vol.Optional(ATTR_RECORD): cv.string,
            vol.Optional(ATTR_PUBLIC_KEY): cv.string,
            vol.Optional(ATTR_RECORD_ID): NUMBER,
        },
        cv.has_at_least_one_key(ATTR_RECORD, ATTR_RECORD_ID),
        cv.has_at_most_one_key(ATTR_RECORD, ATTR_RECORD_ID),
        cv.has_at_most_one_key(ATTR_PUBLIC_KEY, ATTR_RECORD_ID),
    ),
    "verify_records": _from_archive(
        _verify_records, METERS_FIELD, response=SupportsResponse.OPTIONAL
    ),
}
