"""Entries of the first release: whatever comes later sets them up, and takes no entity away.

`fixtures/entries_0.1.0.json` is what 0.1.0 wrote to disk. It stays as it is.
"""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.lovato_dmed4.config_flow import Dmed4ConfigFlow
from custom_components.lovato_dmed4.const import DOMAIN
from simulator import (
    ModbusTcpServer,
    Pty,
    RemoteDisplay,
    RestServer,
    SerialServer,
    SimulatedMeter,
    open_pty,
)

from .helpers import fingerprint, number, set_up, state_of
from .plugin import MockConfigEntry

ENTRIES: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("fixtures").joinpath("entries_0.1.0.json").read_text(encoding="utf-8")
)


@pytest.fixture
def pty() -> Iterator[Pty]:
    with open_pty() as pty:
        yield pty


def server_of(stored: dict[str, Any], meter: SimulatedMeter, pty: Pty) -> Any:
    if stored["transport"] == "rest":
        return RestServer(meter, response_time=0)
    if stored["transport"] == "modbus_serial":
        return SerialServer({1: meter}, pty, baudrate=115200)
    return ModbusTcpServer(RemoteDisplay() if stored["transport"] == "display" else meter)


def reached_at(data: dict[str, Any], server: Any) -> dict[str, Any]:
    """Put the address in that this test's server has."""
    if "device" in data:
        return data | {"device": server.path}
    return data | {"host": server.host, "port": server.port}


@pytest.mark.parametrize("stored", ENTRIES, ids=lambda stored: stored["about"])
async def test_an_entry_of_the_first_release_is_set_up(
    hass: HomeAssistant, simulated: SimulatedMeter, pty: Pty, stored: dict[str, Any]
) -> None:
    registry = er.async_get(hass)
    async with server_of(stored, simulated, pty) as server:
        data = reached_at(stored["data"], server)
        display = stored["transport"] == "display"
        unique_id = f"address_127.0.0.1_{server.port}_1" if display else fingerprint(simulated)
        entry = MockConfigEntry(
            domain=DOMAIN,
            title=stored["title"],
            unique_id=unique_id,
            version=stored["version"],
            minor_version=stored["minor_version"],
            data=data,
            options=stored["options"],
        )
        entry.add_to_hass(hass)
        platform, key = ("select", "viewer_page") if display else ("sensor", "voltage")
        device = dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={(DOMAIN, unique_id)}
        )
        renamed = registry.async_get_or_create(
            platform,
            DOMAIN,
            f"{unique_id}_{key}",
            config_entry=entry,
            device_id=device.id,
            suggested_object_id="named_by_its_user",
        )
        assert await set_up(hass, entry)
        assert state_of(entry) is ConfigEntryState.LOADED
        found = registry.async_get(f"{platform}.named_by_its_user")
        assert found is not None
        assert found.id == renamed.id
        assert found.unique_id == f"{entry.unique_id}_{key}"
        assert hass.states.get(found.entity_id) is not None
        devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
        assert [device.id for device in devices] == [found.device_id]
        assert data.items() <= entry.data.items()
        assert dict(entry.options) == stored["options"]
        if not display:
            assert number(hass, entry, "energy_imported") == simulated.physics.slow.imported / 1000
        assert await hass.config_entries.async_unload(entry.entry_id)


def test_the_first_version_is_still_understood() -> None:
    """A flow with another version needs `async_migrate_entry`, which these entries go through."""
    assert {entry["version"] for entry in ENTRIES} == {1}
    assert Dmed4ConfigFlow.VERSION >= 1
