"""The LOVATO DMED4 integration: DC energy meters that sign every charge."""

from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady, UnsupportedStorageVersionError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .charging.announcements import Announcer
from .charging.pricing import ChargePricing
from .charging.tracker import ChargeTracker, MadeRecord
from .connection.certificate import async_certificate_accepted, async_certificate_changed
from .connection.devices import async_make_display, async_make_meter, is_display
from .connection.dialogues import async_close_dialogues
from .connection.errors import translated
from .connection.identity import (
    Match,
    async_change_id,
    async_key_settled,
    async_recognise,
    async_remember_key,
    unique_ids,
    with_serial_number,
)
from .connection.login import Login
from .connection.names import async_follow_names
from .connection.storage import async_remove_stored, async_stored_by_newer, async_stored_understood
from .connection.topology import async_link_devices
from .connection.unsaved import async_keep_unsaved
from .const import CONF_CLOCK, CONF_PROTOTYPE_FORM, DOMAIN
from .coordinator import EventLogCoordinator, HousekeepingCoordinator, LiveCoordinator
from .dmed4.charge_cycle import ChargeCycle
from .dmed4.errors import CertificateChangedError, MeterError
from .dmed4.meter import Meter
from .dmed4.modbus import ModbusMeter
from .dmed4.model import Identity
from .dmed4.prototype import PrototypeForm
from .dmed4.rest import RestMeter
from .intake.failed_records import FailedRecords, async_settled
from .intake.keeper import RecordKeeper, async_forget_waiting
from .intake.logbook_sync import LogbookSync
from .live_stream import LiveStream
from .remote_display import DisplayConfigEntry, DisplayCoordinator
from .reports.examinations import async_examinations
from .runtime_data import Dmed4ConfigEntry, Dmed4Data
from .services import async_setup_services
from .upkeep.clock import ClockKeeper
from .upkeep.energy_statistics import EnergyStatistics
from .upkeep.hour_unit import async_keep_hour_unit
from .upkeep.issues import IssueWatcher
from .upkeep.kept_records import async_ask, async_settle
from .upkeep.measure_scale import ScaleCheck
from .upkeep.own_time import async_own_time_settled
from .upkeep.serial_number import SerialNumberCheck
from .web.commands import async_setup_websocket_api
from .web.downloads import VIEWS
from .web.frontend import (
    async_offer_card,
    async_offer_panel,
    async_serve_files,
    async_withdraw_card,
    async_withdraw_panel,
)
from .web.live import async_setup_live_stream
from .web.rights import async_setup_rights

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
]

DISPLAY_PLATFORMS = [
    Platform.SELECT,
    Platform.TEXT,
]

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what does not depend on a meter."""
    async_setup_services(hass)
    async_setup_websocket_api(hass)
    for view in VIEWS:
        hass.http.register_view(view(hass))
    async_setup_live_stream(hass)
    async_setup_rights(hass)
    async_follow_names(hass, _coordinators)
    await async_serve_files(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
    """Set up a meter or a remote display."""
    if not is_display(entry):
        # Also for a meter that can't be reached now: people look for its records all the same.
        await async_offer_panel(hass)
    try:
        await (_async_set_up_display if is_display(entry) else _async_set_up_meter)(hass, entry)
    except UnsupportedStorageVersionError as err:
        raise async_stored_by_newer(hass, entry, err) from err
    async_stored_understood(hass, entry)
    await async_link_devices(hass, entry)
    await async_offer_card(hass)
    return True


async def _async_set_up_display(hass: HomeAssistant, entry: DisplayConfigEntry) -> None:
    try:
        display = await async_make_display(hass, entry.data, entry)
    except MeterError as err:
        raise translated(err, ConfigEntryNotReady) from err
    coordinator = DisplayCoordinator(hass, entry, display)
    try:
        await coordinator.async_config_entry_first_refresh()
    except BaseException:
        await display.close()
        raise
    entry.runtime_data = coordinator
    await hass.config_entries.async_forward_entry_setups(entry, DISPLAY_PLATFORMS)


async def _async_set_up_meter(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
    """Set up a meter; the link is let go of again when that fails."""
    try:
        meter = await async_make_meter(hass, entry.data, entry)
    except MeterError as err:
        raise translated(err, ConfigEntryNotReady) from err
    try:
        await _async_prepare_meter(hass, entry, meter)
    except BaseException:
        await meter.close()
        raise
    entry.runtime_data.announcer.async_start()
    try:
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    except BaseException:
        await _async_stop(entry.runtime_data)
        raise
    _async_watch(hass, entry)


@callback
def _coordinators(entry: ConfigEntry[Any]) -> tuple[DataUpdateCoordinator[Any], ...]:
    """Get all that logs by the name of a device."""
    if entry.state is not ConfigEntryState.LOADED:
        return ()
    data = entry.runtime_data
    if isinstance(data, DisplayCoordinator):
        return (data,)
    archive, costs = data.records.summary_coordinator, data.pricing.costs
    return (data.live, data.housekeeping, data.events, archive, costs)


@callback
def _async_watch(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
    """Start what looks after a meter automatically."""
    data = entry.runtime_data
    data.clock.async_start()
    IssueWatcher(
        hass,
        entry,
        live=data.live,
        housekeeping=data.housekeeping,
        sync=data.sync,
        login=data.login,
        clock=data.clock,
    ).async_start()
    if isinstance(data.meter, RestMeter):
        ScaleCheck(
            hass, entry, meter=data.meter, identity=data.identity, live=data.live
        ).async_start()
    if isinstance(data.meter, ModbusMeter):
        async_keep_hour_unit(hass, entry, meter=data.meter, housekeeping=data.housekeeping)
    SerialNumberCheck(
        hass,
        entry,
        meter=data.meter,
        identity=data.identity,
        records=data.records,
    ).async_start()
    FailedRecords(hass, entry, data.records).async_start()
    EnergyStatistics(hass, entry, records=data.records, costs=data.pricing.costs).async_start()
    data.sync.async_start()
    data.charge.async_start()
    data.pricing.async_start()


async def _async_prepare_meter(hass: HomeAssistant, entry: Dmed4ConfigEntry, meter: Meter) -> None:
    try:
        identity = await meter.identify()
    except CertificateChangedError as err:
        async_certificate_changed(hass, entry, err)
        raise translated(err, ConfigEntryNotReady) from err
    except MeterError as err:
        raise translated(err, ConfigEntryNotReady) from err
    async_certificate_accepted(hass, entry)
    _async_adopt_identity(hass, entry, identity)
    async_settle(hass, entry)
    if isinstance(meter, ModbusMeter):
        await async_keep_unsaved(hass, entry, meter, identity)
    await _async_make_parts(hass, entry, meter, with_serial_number(entry.data, identity))


def _make_cycle(
    entry: Dmed4ConfigEntry, meter: Meter, identity: Identity
) -> ChargeCycle[MadeRecord]:
    cycle = ChargeCycle[MadeRecord](meter, identity)
    cycle.preparation.form = PrototypeForm.parse(entry.data.get(CONF_PROTOTYPE_FORM, ""))
    return cycle


async def _async_start_polling(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, meter: Meter, identity: Identity
) -> tuple[LiveCoordinator, HousekeepingCoordinator, EventLogCoordinator]:
    live = LiveCoordinator(hass, entry, meter, identity)
    await live.async_config_entry_first_refresh()
    housekeeping = HousekeepingCoordinator(hass, entry, meter, live)
    # Not without a meter, but without its counters an entry is still worth having.
    await housekeeping.async_refresh()
    events = EventLogCoordinator(hass, entry, meter, identity, live=live, housekeeping=housekeeping)
    await events.async_load()
    return live, housekeeping, events


async def _async_make_parts(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, meter: Meter, identity: Identity
) -> None:
    """Make all parts of a meter, each handed those that it depends on."""
    meter.clock.recall(entry.data.get(CONF_CLOCK, {}))
    live, housekeeping, events = await _async_start_polling(hass, entry, meter, identity)
    login = Login(hass, entry, meter)
    await login.async_load()
    cycle = _make_cycle(entry, meter, identity)
    records = RecordKeeper(hass, entry, identity)
    sync = LogbookSync(
        hass,
        entry,
        meter=meter,
        identity=identity,
        cycle=cycle,
        live=live,
        housekeeping=housekeeping,
        records=records,
    )
    charge = ChargeTracker(
        hass, entry, cycle=cycle, live=live, housekeeping=housekeeping, records=records, sync=sync
    )
    await charge.async_load()
    await records.async_start()
    entry.runtime_data = Dmed4Data(
        meter=meter,
        identity=identity,
        cycle=cycle,
        live=live,
        housekeeping=housekeeping,
        events=events,
        clock=ClockKeeper(
            hass, entry, meter=meter, cycle=cycle, live=live, housekeeping=housekeeping
        ),
        login=login,
        records=records,
        sync=sync,
        charge=charge,
        announcer=Announcer(
            hass, entry, charge, records, lambda: live.data.measures.cycle_energy_imported
        ),
        pricing=ChargePricing(hass, entry, records),
        stream=LiveStream(hass, entry, meter=meter, cycle=cycle, live=live),
    )


@callback
def _async_adopt_identity(hass: HomeAssistant, entry: Dmed4ConfigEntry, identity: Identity) -> None:
    """Refuse another meter; take the key of a meter that was commissioned since the last time."""
    # What answers may be another device for a while only: it is tried again.
    match = async_recognise(hass, entry, identity, ConfigEntryNotReady)
    better = unique_ids(entry.data, identity)[0]
    new = match is not Match.KEY_CHANGED and entry.unique_id != better
    if new and hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, better):
        raise ConfigEntryNotReady(translation_domain=DOMAIN, translation_key="already_configured")
    if match is Match.SAME:
        async_remember_key(hass, entry, identity)
    if new:
        async_change_id(hass, entry, better)


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
    """Unload a meter or a remote display and let go of its link."""
    if is_display(entry):
        return await _async_unload_display(hass, entry)
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        await _async_stop(entry.runtime_data)
    return unloaded


async def _async_stop(data: Dmed4Data) -> None:
    """Stop all parts of a meter: nothing of them goes on afterwards, and nothing is asked any more."""
    data.live.async_leave()
    await data.sync.async_stop()
    await data.clock.async_stop()
    # A step of a charge is not left half done because options were saved meanwhile.
    await data.charge.async_stop()
    await data.cycle.finish()
    await data.pricing.async_stop()
    await data.records.async_stop()
    await data.stream.async_stop()
    for coordinator in (data.live, data.housekeeping, data.events):
        await coordinator.async_shutdown()
        # Polls no more, but waits for a poll under way: it would log a link lost.
        await coordinator.async_refresh()
    await data.meter.close()


async def _async_unload_display(hass: HomeAssistant, entry: DisplayConfigEntry) -> bool:
    unloaded = await hass.config_entries.async_unload_platforms(entry, DISPLAY_PLATFORMS)
    if unloaded:
        await entry.runtime_data.async_close()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Leave nothing behind about a device that is gone: no question, and nothing stored."""
    others = hass.config_entries.async_entries(DOMAIN)
    if not others:
        await async_withdraw_card(hass)
    if all(is_display(other) for other in others):
        async_withdraw_panel(hass)
    async_close_dialogues(hass, entry)
    async_certificate_accepted(hass, entry)
    async_stored_understood(hass, entry)
    await async_remove_stored(hass, entry.entry_id)
    async_examinations(hass).files.pop(entry.entry_id, None)
    if is_display(entry):
        return
    async_key_settled(hass, entry)
    async_settled(hass, entry)
    async_own_time_settled(hass, entry)
    async_forget_waiting(hass, entry.entry_id)
    # Records are evidence: they are kept unless the user says otherwise. A database server that is
    # silent must not hold up the removal.
    hass.async_create_background_task(
        async_ask(hass, entry), f"{DOMAIN} records of a removed meter"
    )
