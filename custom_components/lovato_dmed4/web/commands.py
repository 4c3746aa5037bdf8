"""What the browser side asks for: sessions, records, energies, and the state of the archives.

Only administrators are answered, since records name the driver. The shapes of all answers are in
`reports/shapes.py`. An error has a code that stays the same: the key of its text.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import Any, Final, cast

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.components.websocket_api.const import (
    ERR_HOME_ASSISTANT_ERROR,
    WebSocketCommandHandler,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.loader import async_get_integration
import voluptuous as vol

from ..archive import Archive, ArchiveSummary, StoredKey
from ..connection.identity import async_key_alarm
from ..connection.names import device_name
from ..const import DOMAIN
from ..intake.logbook_sync import SyncState
from ..ocmf import fingerprint_text, load_public_key
from ..reports.archives import MeterArchive, archived_ids, async_meter_archives
from ..reports.billing import (
    async_apply_prices,
    async_delete_driver,
    async_delete_price,
    async_get_issuer,
    async_list_drivers,
    async_list_prices,
    async_save_driver,
    async_save_issuer,
    async_save_price,
    async_sum_costs,
)
from ..reports.billing_fields import (
    ATTR_PRICE_ID,
    DRIVER_FIELDS,
    ISSUER_FIELDS,
    PRICE,
    PRICE_FIELDS,
)
from ..reports.query import (
    ATTR_DRIVER_ID,
    ENERGY_FIELDS,
    FILTER_FIELDS,
    METERS_FIELD,
    NUMBER,
    PAGE_FIELDS,
    RECORD_FIELDS,
    SESSION_FIELDS,
)
from ..reports.reader import (
    async_get_record,
    async_get_session,
    async_list_sessions,
    async_list_unassigned_records,
    async_sum_energy,
    async_verify_archive,
)
from ..reports.shapes import (
    ArchiveInfoShape,
    MeterArchiveShape,
    StoredKeyShape,
    SyncShape,
    VerificationsShape,
)
from ..reports.verify import async_verify
from ..runtime_data import Dmed4ConfigEntry

type Message = Mapping[str, Any]
type Handler = Callable[[HomeAssistant, Message], Coroutine[Any, Any, Mapping[str, Any]]]


async def _verify_record(hass: HomeAssistant, msg: Message) -> VerificationsShape:
    return await async_verify(hass, msg["record"], msg.get("public_key"))


async def _get_archive_info(hass: HomeAssistant, msg: Message) -> ArchiveInfoShape:
    """Report on all meters that are set up, whether they and their archive can be reached or not."""
    integration = await async_get_integration(hass, DOMAIN)
    return {
        "version": str(integration.version),
        "meters": [
            await _meter_info(hass, entry, meter_archive, number)
            for number, meter_archive in enumerate(async_meter_archives(hass))
            for entry in meter_archive.entries
        ],
    }


async def _meter_info(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, meter_archive: MeterArchive, number: int
) -> MeterArchiveShape:
    device = meter_archive.devices.get(entry.unique_id or "")
    data = entry.runtime_data if entry.state is ConfigEntryState.LOADED else None
    alarm = async_key_alarm(hass, entry)
    # What was known last, for when the archive can't be reached.
    summary = data.records.summary_coordinator.data if data else ArchiveSummary()
    keys, available = tuple[StoredKey, ...](), False
    with suppress(HomeAssistantError):
        summary, keys = await meter_archive.async_read(partial(_read_meter, archived_ids(entry)))
        available = True
    return {
        "device_id": device.id if device else None,
        "entry_id": entry.entry_id,
        "name": device_name(hass, entry),
        "archive": number,
        "loaded": data is not None,
        "available": available,
        "waiting": data.records.waiting if data else 0,
        "records": summary.records,
        "suspicious": summary.suspicious,
        "failed": summary.failed,
        "sync": cast("SyncShape", asdict(data.sync.state if data else SyncState())),
        "keys": [_key(key) for key in keys],
        "alarm": {"expected": alarm["expected"], "found": alarm["found"]} if alarm else None,
    }


def _read_meter(
    unique_ids: Sequence[str], archive: Archive
) -> tuple[ArchiveSummary, tuple[StoredKey, ...]]:
    """Read what there is of a meter; of one that the archive does not know yet, that is nothing."""
    for meter in archive.meters():
        if meter.unique_id in unique_ids:
            return archive.summary(meter.id), archive.keys(meter.id)
    return ArchiveSummary(), ()


def _key(key: StoredKey) -> StoredKeyShape:
    return {
        "fingerprint": fingerprint_text(load_public_key(key.spki)),
        "public_key": key.spki.hex(),
        "state": key.state.value,
        "first_seen": key.first_seen.isoformat(),
        "last_seen": key.last_seen.isoformat(),
        "replaced": None if key.replaced is None else key.replaced.isoformat(),
    }


_COMMANDS: Final[Mapping[str, tuple[Handler, Mapping[Any, Any]]]] = {
    "sessions/list": (async_list_sessions, FILTER_FIELDS | PAGE_FIELDS),
    "sessions/get": (async_get_session, SESSION_FIELDS),
    "sessions/energy": (async_sum_energy, ENERGY_FIELDS),
    "records/list": (async_list_unassigned_records, METERS_FIELD | PAGE_FIELDS),
    "records/get": (async_get_record, RECORD_FIELDS),
    "records/verify": (
        _verify_record,
        {vol.Required("record"): str, vol.Optional("public_key"): str},
    ),
    "drivers/list": (async_list_drivers, METERS_FIELD),
    "drivers/save": (async_save_driver, METERS_FIELD | DRIVER_FIELDS),
    "drivers/delete": (async_delete_driver, METERS_FIELD | {vol.Required(ATTR_DRIVER_ID): NUMBER}),
    "prices/list": (async_list_prices, METERS_FIELD),
    "prices/save": (async_save_price, PRICE_FIELDS),
    "prices/delete": (async_delete_price, METERS_FIELD | {vol.Required(ATTR_PRICE_ID): NUMBER}),
    "prices/apply": (async_apply_prices, FILTER_FIELDS),
    "costs/sum": (async_sum_costs, FILTER_FIELDS),
    "issuer/get": (async_get_issuer, METERS_FIELD),
    "issuer/save": (async_save_issuer, METERS_FIELD | ISSUER_FIELDS),
    "archive/info": (_get_archive_info, {}),
    # Answered when it is done, which takes a while.
    "archive/verify": (async_verify_archive, METERS_FIELD),
}

# What holds between the fields of a command.
_CHECKS: Final[Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {"prices/save": PRICE}


def _handler(answer: Handler, check: Callable[[Message], Message]) -> WebSocketCommandHandler:
    @websocket_api.require_admin
    @websocket_api.async_response
    async def handle(
        hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
    ) -> None:
        given = {key: value for key, value in msg.items() if key not in {"id", "type"}}
        try:
            result = await answer(hass, check(given))
        except HomeAssistantError as err:
            connection.send_error(
                msg["id"],
                err.translation_key or ERR_HOME_ASSISTANT_ERROR,
                str(err),
                translation_domain=err.translation_domain,
                translation_key=err.translation_key,
                translation_placeholders=err.translation_placeholders,
            )
        else:
            connection.send_result(msg["id"], result)

    return handle


def _command(name: str, answer: Handler, fields: Mapping[Any, Any]) -> WebSocketCommandHandler:
    # The fields are checked in the handler, so that a refusal has its translated text.
    schema = vol.Schema({vol.Required("type"): f"{DOMAIN}/{name}"}, extra=vol.ALLOW_EXTRA)
    checks = [_CHECKS[name]] if name in _CHECKS else []
    handler = _handler(answer, vol.All(vol.Schema(dict(fields)), *checks))
    return websocket_api.websocket_command(vol.All(schema))(handler)


# Their schemas are compiled on import, which Home Assistant does beside its event loop.
_HANDLERS: Final = tuple(_command(name, *command) for name, command in _COMMANDS.items())


@callback
def async_setup_websocket_api(hass: HomeAssistant) -> None:
    """Register the commands."""
    for handler in _HANDLERS:
        websocket_api.async_register_command(hass, handler)
