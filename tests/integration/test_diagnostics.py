"""Diagnostics tell of the meter, and not of who charges."""

import json

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import paths

from custom_components.lovato_dmed4.coordinator import Dmed4ConfigEntry
from simulator import SimulatedMeter

from .helpers import (
    Server,
    add_entry,
    begin_charge,
    fingerprint,
    pass_time,
    set_up,
    state_of,
    unplug,
)
from .plugin import ClientSessionGenerator, get_diagnostics_for_config_entry

PRIVATE = {
    "identification_data": "04A2B3C4D5",
    "tariff_text": "Friends and family",
    "charge_point_id": "DE*ABC*E123",
}


async def test_diagnostics(
    hass: HomeAssistant,
    server: Server,
    simulated: SimulatedMeter,
    hass_client: ClientSessionGenerator,
    snapshot: SnapshotAssertion,
) -> None:
    begin_charge(simulated)
    url = f"sqlite:///{hass.config.path('secret.db')}"
    private = PRIVATE | {"database_url": url}
    entry = add_entry(
        hass, server, fingerprint(simulated), identification_type="ISO14443", **private
    )
    assert await set_up(hass, entry)
    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert diagnostics == snapshot(exclude=paths("entry.data.port", "housekeeping.clock_drift"))

    text = json.dumps(diagnostics)
    for secret in (*private.values(), "secret.db", "127.0.0.1", str(simulated.serial_number)):
        assert secret not in text
    assert simulated.public_key_raw.hex() in text


async def test_lost_meter(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    hass_client: ClientSessionGenerator,
) -> None:
    await unplug(server)
    await pass_time(hass)
    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    live = diagnostics["live"]
    assert isinstance(live, dict)
    assert live["reachable"] is False


@pytest.mark.parametrize("meter_settings", [{"commissioned": False}])
async def test_meter_without_a_key(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    identity = diagnostics["identity"]
    assert isinstance(identity, dict)
    assert identity["public_key"] == identity["public_key_ocmf"] == ""


async def test_meter_that_could_not_be_set_up(
    hass: HomeAssistant,
    server: Server,
    simulated: SimulatedMeter,
    hass_client: ClientSessionGenerator,
) -> None:
    """Where they are needed most."""
    await server.stop()
    entry = add_entry(hass, server, fingerprint(simulated), **PRIVATE)
    assert not await set_up(hass, entry)
    assert state_of(entry) is ConfigEntryState.SETUP_RETRY
    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert list(diagnostics) == ["entry"]
    assert PRIVATE["identification_data"] not in json.dumps(diagnostics)
