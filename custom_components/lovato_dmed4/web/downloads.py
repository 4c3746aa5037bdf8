"""Downloads: records go to a browser only through here, to administrators, behind a login."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from http import HTTPStatus
from tempfile import TemporaryFile
from typing import IO, Any, Final, override

from aiohttp import web
from homeassistant.components.http import KEY_HASS_USER, HomeAssistantView
from homeassistant.components.http.auth import SIGN_QUERY_PARAM
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import voluptuous as vol

from ..archive import Archive, Source
from ..connection.devices import is_display
from ..const import DOMAIN, LOGGER
from ..reports.archives import MeterArchive, async_meter_archive
from ..reports.examinations import async_examinations
from ..reports.explanation import async_titles
from ..reports.export import (
    CONTENT_TYPES,
    Export,
    ExportFormat,
    Writer,
    export_period,
    export_record,
    export_session,
)
from ..reports.links import ATTEMPT, DOWNLOADS
from ..reports.query import FILTER_FIELDS, LIST_FIELDS
from ..reports.roaming import async_site
from ..runtime_data import Dmed4ConfigEntry
from ..statements.files import (
    CONTENT_TYPES as STATEMENT_CONTENT_TYPES,
    StatementForm,
    export_receipt,
    export_statement,
)
from ..statements.words import ATTR_LANGUAGE, LANGUAGE_FIELD, async_words

type _Prepared = tuple[MeterArchive, Writer, str]

# Numbers of the archive have at most ten digits.
_NUMBER: Final = "[0-9]{1,10}"

# Whatever a record holds, a browser saves it, and neither shows nor runs it.
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}

_FILTER: Final = vol.Schema(FILTER_FIELDS)
_STATEMENT: Final = vol.Schema(FILTER_FIELDS | LANGUAGE_FIELD)
_RECEIPT: Final = vol.Schema(LANGUAGE_FIELD)
_STATUS: Final = {
    "archived_record_not_found": HTTPStatus.NOT_FOUND,
    "session_not_found": HTTPStatus.NOT_FOUND,
    "no_xml": HTTPStatus.CONFLICT,
    "no_cdr": HTTPStatus.CONFLICT,
    "no_meter_values": HTTPStatus.CONFLICT,
}


def _headers(name: str) -> dict[str, str]:
    # `file_name` leaves nothing in it that would have to be quoted, in either form.
    return _HEADERS | {
        "Content-Disposition": f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    }


class _AdminView(HomeAssistantView, ABC):
    """A download for administrators."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass

    async def get(self, request: web.Request, **which: str) -> web.Response:
        """Answer 403 to others than administrators, 404 for what there is not.

        Not 401 to other users: Home Assistant would count it as a failed login and might ban them.
        """
        if not request[KEY_HASS_USER].is_admin:
            return self.json_message("Only administrators may read records", HTTPStatus.FORBIDDEN)
        return await self._find(request, **which)

    @abstractmethod
    async def _find(self, request: web.Request, **which: str) -> web.Response:
        """Answer an administrator."""

    def _examination(self, file: bytes | None) -> web.Response:
        if file is None:
            return self.json_message("This meter has not been examined", HTTPStatus.NOT_FOUND)
        return web.Response(
            body=file, content_type="application/json", headers=_headers("examination.json")
        )


class AttemptView(_AdminView):
    """The file of an examination of a meter that could not be set up."""

    url = ATTEMPT
    name = f"api:{DOMAIN}:attempt"

    @override
    async def _find(self, request: web.Request, **which: str) -> web.Response:
        return self._examination(async_examinations(self._hass).attempts.get(which["flow_id"]))


class _View(_AdminView):
    """A download from a meter or its archive."""

    @override
    async def _find(self, request: web.Request, **which: str) -> web.Response:
        entry = self._hass.config_entries.async_get_entry(which.pop("entry_id"))
        if entry is None or entry.domain != DOMAIN or is_display(entry):
            return self.json_message("No such meter", HTTPStatus.NOT_FOUND)
        return await self._serve(request, entry, **which)

    @abstractmethod
    async def _serve(
        self, request: web.Request, entry: Dmed4ConfigEntry, **which: str
    ) -> web.Response:
        """Answer an administrator."""


class LastRecordView(_View):
    """The last signed record of a meter, byte for byte as the meter gives it."""

    url = f"{DOWNLOADS}/last_record.ocmf"
    name = f"api:{DOMAIN}:last_record"

    @override
    async def _serve(
        self, request: web.Request, entry: Dmed4ConfigEntry, **which: str
    ) -> web.Response:
        """Fetch the record from the meter, and archive it first.

        Answers 502 for a meter that fails, and 503 for one that is not loaded: only this download
        needs the meter itself.
        """
        if entry.state is not ConfigEntryState.LOADED:
            return self.json_message(
                "The meter itself is needed for this, and its entry is not loaded",
                HTTPStatus.SERVICE_UNAVAILABLE,
            )
        data = entry.runtime_data
        try:
            async with data.live.commanding():
                record = await data.cycle.last_record()
        except HomeAssistantError as err:
            return self.json_message(str(err), HTTPStatus.BAD_GATEWAY)
        if not record:
            return self.json_message("The meter has no record yet", HTTPStatus.NOT_FOUND)
        await data.records.async_store(record, Source.METER)
        return web.Response(
            body=record,
            content_type=CONTENT_TYPES[ExportFormat.OCMF],
            headers=_headers("last_record.ocmf"),
        )


class ExaminationView(_View):
    """The file of the last examination of a meter."""

    url = f"{DOWNLOADS}/examination.json"
    name = f"api:{DOMAIN}:examination"

    @override
    async def _serve(
        self, request: web.Request, entry: Dmed4ConfigEntry, **which: str
    ) -> web.Response:
        return self._examination(async_examinations(self._hass).files.get(entry.entry_id))


class _ArchiveView(_View):
    """A file made of what is in an archive; the meter need not be reachable."""

    @override
    async def _serve(
        self, request: web.Request, entry: Dmed4ConfigEntry, **which: str
    ) -> web.Response:
        """Write the file to the disk first: it may be large, and what goes wrong can still be reported."""
        try:
            meter_archive, write, content_type = await self._async_prepare(request, entry, which)
            file, export = await meter_archive.async_read(partial(_write, write))
        except vol.Invalid as err:
            return self.json_message(f"Bad query: {err}", HTTPStatus.BAD_REQUEST)
        except HomeAssistantError as err:
            return self.json_message(str(err), _status(err), message_code=err.translation_key)
        except OSError as err:
            LOGGER.error("A download could not be written: %s", err)
            return self.json_message("No room for the file", HTTPStatus.INSUFFICIENT_STORAGE)
        return web.Response(body=file, content_type=content_type, headers=_headers(export.name))

    @abstractmethod
    async def _async_prepare(
        self, request: web.Request, entry: Dmed4ConfigEntry, which: Mapping[str, str]
    ) -> _Prepared:
        """Find the archive, and say how the file is written and of what kind it is."""


class RecordView(_ArchiveView):
    """A record, as it arrived or for the transparency software."""

    url = f"{DOWNLOADS}/records/{{record_id:{_NUMBER}}}.{{form:ocmf|xml|ocpp}}"
    name = f"api:{DOMAIN}:record"

    @override
    async def _async_prepare(
        self, request: web.Request, entry: Dmed4ConfigEntry, which: Mapping[str, str]
    ) -> _Prepared:
        form = ExportFormat(which["form"])
        write = partial(export_record, record_id=int(which["record_id"]), form=form)
        return async_meter_archive(self._hass, entry=entry), write, CONTENT_TYPES[form]


class SessionView(_ArchiveView):
    """The records of a session, as they arrived, for the transparency software, or with a table."""

    url = f"{DOWNLOADS}/sessions/{{session_id:{_NUMBER}}}.{{form:ocmf|xml|xlsx|csv|zip|ocpi|ocpp}}"
    name = f"api:{DOMAIN}:session"

    @override
    async def _async_prepare(
        self, request: web.Request, entry: Dmed4ConfigEntry, which: Mapping[str, str]
    ) -> _Prepared:
        form = ExportFormat(which["form"])
        meter_archive = async_meter_archive(self._hass, entry=entry)
        write = partial(
            export_session,
            session_id=int(which["session_id"]),
            form=form,
            devices=meter_archive.devices,
            site=async_site(self._hass),
            titles=await async_titles(self._hass),
        )
        return meter_archive, write, CONTENT_TYPES[form]


class PeriodView(_ArchiveView):
    """All sessions that a query is about, as a table or with their records."""

    url = f"{DOWNLOADS}/sessions.{{form:xlsx|csv|zip|ocpi}}"
    name = f"api:{DOMAIN}:sessions"

    @override
    async def _async_prepare(
        self, request: web.Request, entry: Dmed4ConfigEntry, which: Mapping[str, str]
    ) -> _Prepared:
        form = ExportFormat(which["form"])
        values = _FILTER(_query(request))
        meter_archive = async_meter_archive(self._hass, values[ATTR_DEVICE_ID], entry)
        write = partial(
            export_period,
            query=meter_archive.query(values),
            form=form,
            devices=meter_archive.devices,
            site=async_site(self._hass),
            titles=await async_titles(self._hass),
        )
        return meter_archive, write, CONTENT_TYPES[form]


class StatementView(_ArchiveView):
    """A statement of all sessions that a query is about."""

    url = f"{DOWNLOADS}/statement.{{form:pdf|xlsx}}"
    name = f"api:{DOMAIN}:statement"

    @override
    async def _async_prepare(
        self, request: web.Request, entry: Dmed4ConfigEntry, which: Mapping[str, str]
    ) -> _Prepared:
        form = StatementForm(which["form"])
        values = _STATEMENT(_query(request))
        meter_archive = async_meter_archive(self._hass, values[ATTR_DEVICE_ID], entry)
        write = partial(
            export_statement,
            query=meter_archive.query(values),
            form=form,
            devices=meter_archive.devices,
            words=await async_words(self._hass, values.get(ATTR_LANGUAGE)),
        )
        return meter_archive, write, STATEMENT_CONTENT_TYPES[form]


class ReceiptView(_ArchiveView):
    """The receipt of a session."""

    url = f"{DOWNLOADS}/sessions/{{session_id:{_NUMBER}}}/receipt.pdf"
    name = f"api:{DOMAIN}:receipt"

    @override
    async def _async_prepare(
        self, request: web.Request, entry: Dmed4ConfigEntry, which: Mapping[str, str]
    ) -> _Prepared:
        values = _RECEIPT(_query(request))
        meter_archive = async_meter_archive(self._hass, entry=entry)
        write = partial(
            export_receipt,
            session_id=int(which["session_id"]),
            devices=meter_archive.devices,
            words=await async_words(self._hass, values.get(ATTR_LANGUAGE)),
        )
        return meter_archive, write, STATEMENT_CONTENT_TYPES[StatementForm.PDF]


VIEWS: Final = (
    AttemptView,
    ExaminationView,
    LastRecordView,
    RecordView,
    SessionView,
    PeriodView,
    StatementView,
    ReceiptView,
)


def _query(request: web.Request) -> dict[str, Any]:
    query = request.query
    return {
        key: query.getall(key) if key in LIST_FIELDS else query[key]
        for key in query
        if key != SIGN_QUERY_PARAM
    }


def _write(write: Writer, archive: Archive) -> tuple[IO[bytes], Export]:
    """Write a file without a name, which is gone when it is closed."""
    with ExitStack() as stack:
        file = stack.enter_context(TemporaryFile())
        export = write(archive, file)
        file.seek(0)
        stack.pop_all()
    return file, export


def _status(error: HomeAssistantError) -> HTTPStatus:
    if isinstance(error, ServiceValidationError):
        return _STATUS.get(error.translation_key or "", HTTPStatus.BAD_REQUEST)
    return HTTPStatus.SERVICE_UNAVAILABLE
