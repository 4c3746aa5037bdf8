"""The entities of a charging meter, for a snapshot of each platform."""

from collections.abc import Awaitable, Callable
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

from custom_components.lovato_dmed4.charging import open_charge
from custom_components.lovato_dmed4.dmed4 import meter_clock, modbus_clock
from custom_components.lovato_dmed4.dmed4.model import drift_seconds
from simulator import ManualClock, SimulatedMeter
from tests.integration.helpers import Server, add_entry, begin_charge, fingerprint, set_up
from tests.integration.plugin import snapshot_platform

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)

type Compare = Callable[[Platform], Awaitable[None]]


@pytest.fixture
def compare_with_snapshot(
    hass: HomeAssistant,
    server: Server,
    simulated: SimulatedMeter,
    clock: ManualClock,
    *,
    entity_registry_enabled_by_default: None,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> Compare:
    """Set a charging meter up with the entities of one platform, and compare them."""
    for reader in (meter_clock, modbus_clock):
        monkeypatch.setattr(reader, "drift_seconds", _drift_against(clock))
    # The state of an event entity is the time at which it happened, and a charge has a begin.
    still = vars(dt_util) | {"utcnow": lambda: MOMENT}
    for module in (sys.modules[EventEntity.__module__], open_charge):
        monkeypatch.setattr(module, "dt_util", SimpleNamespace(**still))

    async def compare(platform: Platform) -> None:
        begin_charge(simulated)
        clock.advance(60)
        entry = add_entry(hass, server, fingerprint(simulated))
        with patch("custom_components.lovato_dmed4.PLATFORMS", [platform]):
            assert await set_up(hass, entry)
            await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)
            assert await hass.config_entries.async_unload(entry.entry_id)

    return compare


def _drift_against(clock: ManualClock) -> Callable[[int, float], int]:
    """Compare the meter's clock with a time that stands still as well."""

    def drift(meter_clock: int, now: float) -> int:
        return drift_seconds(meter_clock, clock.now() - 3)

    return drift
