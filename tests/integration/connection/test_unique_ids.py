"""Unique IDs stay: an entity whose ID changes loses its history and all that was set for it.

`fixtures/entities.json` lists them. What is new is added there; nothing is taken away or renamed
without a migration and a line in the changelog.
"""

import json
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from custom_components.lovato_dmed4.const import DOMAIN
from simulator import ModbusTcpServer, RemoteDisplay, RestServer, SimulatedMeter
from tests.integration.helpers import add_meter, entry_data, fingerprint, set_up
from tests.integration.plugin import MockConfigEntry

FILE = Path(__file__).parents[1] / "fixtures" / "entities.json"
RECORDED: dict[str, dict[str, list[str]]] = json.loads(FILE.read_text(encoding="utf-8"))

type Keys = set[tuple[str, str]]


def recorded(device: str) -> Keys:
    return {(platform, key) for platform, keys in RECORDED[device].items() for key in keys}


def keys_of(hass: HomeAssistant, entry_id: str, prefix: str) -> Keys:
    """The platforms and keys of an entry's entities; every unique ID begins with the entry's."""
    found = er.async_entries_for_config_entry(er.async_get(hass), entry_id)
    assert all(entity.unique_id.startswith(f"{prefix}_") for entity in found)
    return {(entity.domain, entity.unique_id.removeprefix(f"{prefix}_")) for entity in found}


def compare(found: Keys, device: str) -> None:
    lost, new = sorted(recorded(device) - found), sorted(found - recorded(device))
    assert not lost, f"users would lose {lost}"
    assert not new, f"record in {FILE.name}, under {device}: {new}"


async def test_entities_of_a_meter(
    hass: HomeAssistant, modbus_server: ModbusTcpServer, rest_server: RestServer
) -> None:
    found: Keys = set()
    for server in (modbus_server, rest_server):
        entry = await add_meter(hass, server)
        assert entry.unique_id is not None
        found |= keys_of(hass, entry.entry_id, entry.unique_id)
        await hass.config_entries.async_remove(entry.entry_id)
    compare(found, "meter")


async def test_entities_of_a_display(hass: HomeAssistant) -> None:
    async with ModbusTcpServer(RemoteDisplay()) as server:
        unique_id = f"address_127.0.0.1_{server.port}_1"
        entry = MockConfigEntry(
            domain=DOMAIN, unique_id=unique_id, data={**entry_data(server), "kind": "display"}
        )
        entry.add_to_hass(hass)
        assert await set_up(hass, entry)
        compare(keys_of(hass, entry.entry_id, unique_id), "display")
        await hass.config_entries.async_unload(entry.entry_id)


def test_the_record_is_sorted_and_names_each_once() -> None:
    for platforms in RECORDED.values():
        assert list(platforms) == sorted(platforms)
        for keys in platforms.values():
            assert keys == sorted(set(keys))


def test_a_meter_is_known_by_its_key(simulated: SimulatedMeter) -> None:
    """The fingerprint's form is part of every unique ID."""
    assert len(fingerprint(simulated)) == 64
