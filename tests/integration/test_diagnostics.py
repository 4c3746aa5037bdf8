"""Diagnostics tell of the meter, and not of who charges."""

import json

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import paths

from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ModbusTcpServer, RestServer, SerialServer, SimulatedMeter, open_pty

from .helpers import (
    Server,
    act,
    add_entry,
    begin_charge,
    entry_data,
    fingerprint,
    pass_time,
    set_up,
    state_of,
    unplug,
)
from .plugin import ClientSessionGenerator, MockConfigEntry, get_diagnostics_for_config_entry

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
    assert diagnostics == snapshot(
        exclude=paths(
            "entry.data.port",
            "housekeeping.clock_drift",
            # What the poll took.
            "link.shortest_interval",
        )
    )

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
    live, link = diagnostics["live"], diagnostics["link"]
    assert isinstance(live, dict)
    assert isinstance(link, dict)
    assert live["reachable"] is False
    assert link["last_error"] == "CannotConnectError"

    await server.start()
    await pass_time(hass)
    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    live, link = diagnostics["live"], diagnostics["link"]
    assert isinstance(live, dict)
    assert isinstance(link, dict)
    assert live["reachable"] is True
    # What went wrong last is worth knowing afterwards, too.
    assert link["last_error"] == "CannotConnectError"


@pytest.mark.parametrize("meter_settings", [{"commissioned": False}])
async def test_meter_without_a_key(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    identity, link = diagnostics["identity"], diagnostics["link"]
    assert isinstance(identity, dict)
    assert isinstance(link, dict)
    assert link["known_by"] == "serial number or address"
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
    details = diagnostics["entry"]
    assert isinstance(details, dict)
    assert details["state"] == "setup_retry"
    assert details["reason"] == "cannot_connect"


async def download(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: Dmed4ConfigEntry
) -> str:
    """Download the diagnostics as a user does, with what Home Assistant adds to them."""
    assert await async_setup_component(hass, "diagnostics", {})
    client = await hass_client()
    response = await client.get(f"/api/diagnostics/config_entry/{entry.entry_id}")
    assert response.status == 200
    text: str = await response.text()
    return text


@pytest.mark.parametrize("way", ["rest", "rest_tls", "modbus_tcp", "modbus_serial"])
async def test_no_secret_and_no_identity_is_in_the_download(
    hass: HomeAssistant, simulated: SimulatedMeter, hass_client: ClientSessionGenerator, way: str
) -> None:
    """Loaded, with a record and repair issues, and when it can't be set up."""
    begin_charge(simulated, PRIVATE)
    simulated.boards.set_fatal(1, on=True)
    port = open_pty()
    servers: dict[str, RestServer | ModbusTcpServer | SerialServer] = {
        "rest": RestServer(simulated),
        "rest_tls": RestServer(simulated, tls=True),
        "modbus_tcp": ModbusTcpServer(simulated),
        "modbus_serial": SerialServer({1: simulated}, port, baudrate=115200),
    }
    server = servers[way]
    async with server:
        if isinstance(server, SerialServer):
            line = {"baudrate": 115200, "data_format": "8N", "stop_bits": 1, "framing": "rtu"}
            data = {"transport": way, "device": server.path, "unit_id": 1, **line}
        else:
            data = entry_data(server)
        if isinstance(server, RestServer) and server.tls:
            data |= {"tls": "pinned", "certificate": server.certificate_fingerprint}
        secrets = {
            *(simulated.records[-1].split("|")[1:]),
            *PRIVATE.values(),
            str(simulated.serial_number),
            *(str(data[key]) for key in ("host", "device", "certificate") if key in data),
            "the advanced password",
            "former-unique-id",
        }
        entry = MockConfigEntry(
            domain="lovato_dmed4",
            title=f"DMED404R0600 {simulated.serial_number}",
            unique_id=fingerprint(simulated),
            data={**data, "password": "the advanced password"},
            options={"identification_type": "ISO14443", **PRIVATE},
        )
        entry.add_to_hass(hass)
        assert await set_up(hass, entry)
        await call_action(hass, entry)
        former = {**entry.data, "former_ids": ["former-unique-id"]}
        hass.config_entries.async_update_entry(entry, data=former)
        text = await download(hass, hass_client, entry)
        assert '"state": "loaded"' in text
        assert simulated.public_key_raw.hex() in text
        assert [secret for secret in secrets if secret in text] == []
    await hass.config_entries.async_reload(entry.entry_id)
    text = await download(hass, hass_client, entry)
    assert '"state": "setup_retry"' in text
    assert [secret for secret in secrets if secret in text] == []
    port.close()


async def call_action(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
    """Let the integration hold a record with all that is private in it."""
    record = await act(hass, entry, "get_last_record")
    assert all(secret in str(record["record"]) for secret in PRIVATE.values())
