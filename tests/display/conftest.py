"""A remote display, over each transport, and a Home Assistant for it."""

from collections.abc import AsyncIterator

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from simulator import ModbusTcpServer, RemoteDisplay, RestServer, SimulatedMeter
from tests.driven_time import drive_meters


@pytest.fixture
async def custom_integrations(
    hass: HomeAssistant, enable_custom_integrations: None
) -> AsyncIterator[None]:
    """Let Home Assistant find the integration, and let go of all links at the end."""
    yield
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state is ConfigEntryState.LOADED:
            assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.fixture(autouse=True)
async def driven_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up on silence without waiting for it."""
    drive_meters(monkeypatch)


@pytest.fixture
def display(simulated: SimulatedMeter) -> RemoteDisplay:
    """Make a DMED4DC1 with a meter on its second channel."""
    return RemoteDisplay(meters={2: simulated})


@pytest.fixture
async def display_server(display: RemoteDisplay) -> AsyncIterator[ModbusTcpServer]:
    """Serve the display over Modbus TCP."""
    async with ModbusTcpServer(display) as server:
        yield server


@pytest.fixture
async def display_web(display: RemoteDisplay) -> AsyncIterator[RestServer]:
    """Serve the same display over REST."""
    async with RestServer(display, response_time=0) as server:
        yield server


@pytest.fixture
async def secure_display_web(display: RemoteDisplay) -> AsyncIterator[RestServer]:
    """Serve the same display over HTTPS."""
    async with RestServer(display, response_time=0, tls=True) as server:
        yield server
