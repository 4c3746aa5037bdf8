"""The entities of a charging meter, platform by platform."""

from collections.abc import Callable
from datetime import UTC, datetime
import sys
from types import SimpleNamespace
from unittest.mock import patch

from homeassistant.components.event import EventEntity
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.lovato_dmed4 import PLATFORMS
from custom_components.lovato_dmed4.charging import open_charge
from custom_components.lovato_dmed4.dmed4 import modbus, rest
from custom_components.lovato_dmed4.dmed4.model import drift_seconds
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ManualClock, ModbusTcpServer, RestServer, SimulatedMeter
from tests.integration.helpers import (
    Server,
    add_entry,
    add_meter,
    begin_charge,
    entities,
    fingerprint,
    set_up,
)
from tests.integration.plugin import snapshot_platform

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
@pytest.mark.parametrize("platform", PLATFORMS)
async def test_entities(
    hass: HomeAssistant,
    server: Server,
    simulated: SimulatedMeter,
    clock: ManualClock,
    *,
    platform: Platform,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for transport in (modbus, rest):
        monkeypatch.setattr(transport, "drift_seconds", _drift_against(clock))
    # The state of an event entity is the time at which it happened, and a charge has a begin.
    still = vars(dt_util) | {"utcnow": lambda: MOMENT}
    for module in (sys.modules[EventEntity.__module__], open_charge):
        monkeypatch.setattr(module, "dt_util", SimpleNamespace(**still))
    begin_charge(simulated)
    clock.advance(60)
    entry = add_entry(hass, server, fingerprint(simulated))
    with patch("custom_components.lovato_dmed4.PLATFORMS", [platform]):
        assert await set_up(hass, entry)
        await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)
        assert await hass.config_entries.async_unload(entry.entry_id)


def _drift_against(clock: ManualClock) -> Callable[[int, float], int]:
    """Compare the meter's clock with a time that stands still as well."""

    def drift(meter_clock: int, now: float) -> int:
        return drift_seconds(meter_clock, clock.now() - 3)

    return drift


ONLY_MODBUS = {"energy_exchanged", "hours_total", "hours_working", "last_sample"}


async def test_a_transport_offers_only_what_it_has(
    hass: HomeAssistant, modbus_server: ModbusTcpServer, rest_server: RestServer
) -> None:
    over_modbus = await add_meter(hass, modbus_server)
    everything = set(entities(hass, over_modbus))
    await hass.config_entries.async_remove(over_modbus.entry_id)
    over_rest = await add_meter(hass, rest_server)
    assert everything - set(entities(hass, over_rest)) == ONLY_MODBUS


async def test_disabled_by_default(hass: HomeAssistant, modbus_entry: Dmed4ConfigEntry) -> None:
    disabled = {key for key, entity in entities(hass, modbus_entry).items() if entity.disabled_by}
    rare = {"energy_exchanged", "records_maximum", "events_saved", "events_maximum"}
    rare |= {"last_sample", "sync_timeout", "signature_format", "measure_checksum", "roll_over"}
    assert disabled == rare
