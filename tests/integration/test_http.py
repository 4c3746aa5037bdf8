"""The download of the last record."""

from http import HTTPStatus

from homeassistant.core import HomeAssistant
import pytest

from custom_components.lovato_dmed4.coordinator import Dmed4ConfigEntry
from custom_components.lovato_dmed4.http import record_url
from simulator import SimulatedMeter

from .helpers import Server, act, unplug, writes
from .plugin import ClientSessionGenerator, MockConfigEntry


async def test_download(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    hass_client: ClientSessionGenerator,
) -> None:
    started = await act(hass, entry, "start_charge_cycle")
    before = len(writes(server))
    client = await hass_client()
    response = await client.get(started["record_url"])
    assert response.status == HTTPStatus.OK
    assert await response.read() == simulated.records[-1].encode()
    assert response.content_type == "text/plain"
    assert response.headers["Content-Disposition"] == 'attachment; filename="last_record.ocmf"'
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert len(writes(server)) == before


async def test_only_for_administrators(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: Server,
    *,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    url = (await act(hass, rest_entry, "start_charge_cycle"))["record_url"]
    rest_server.requests.clear()
    nobody = await hass_client_no_auth()
    assert (await nobody.get(url)).status == HTTPStatus.UNAUTHORIZED
    reader = await hass_client(hass_read_only_access_token)
    response = await reader.get(url)
    assert response.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    assert "OCMF" not in await response.text()
    assert rest_server.requests == []
    assert (await (await hass_client()).get(url)).status == HTTPStatus.OK


async def test_nothing_to_download(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    client = await hass_client()
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    for entry_id, message in (
        (entry.entry_id, "The meter has no record yet"),
        ("unknown", "No such meter"),
        (other.entry_id, "No such meter"),
    ):
        response = await client.get(record_url(entry_id))
        assert response.status == HTTPStatus.NOT_FOUND
        assert await response.json() == {"message": message}

    url = (await act(hass, entry, "start_charge_cycle"))["record_url"]
    assert (await client.get(url)).status == HTTPStatus.OK


async def test_unloaded_entry(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    url = (await act(hass, rest_entry, "start_charge_cycle"))["record_url"]
    client = await hass_client()
    assert await hass.config_entries.async_unload(rest_entry.entry_id)
    assert (await client.get(url)).status == HTTPStatus.NOT_FOUND
    assert await hass.config_entries.async_setup(rest_entry.entry_id)
    assert (await client.get(url)).status == HTTPStatus.OK


@pytest.mark.parametrize("known", [False, True])
async def test_meter_is_gone(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    hass_client: ClientSessionGenerator,
    *,
    known: bool,
) -> None:
    url = (await act(hass, entry, "start_charge_cycle"))["record_url"]
    client = await hass_client()
    await unplug(server)
    if known:
        await entry.runtime_data.live.async_refresh()
    response = await client.get(url)
    assert response.status == HTTPStatus.BAD_GATEWAY
    message = (await response.json())["message"]
    assert message.startswith("The device cannot be reached.")
    assert message.count("{") == 0

    await server.start()
    assert (await client.get(url)).status == HTTPStatus.OK
