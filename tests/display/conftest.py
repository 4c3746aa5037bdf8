"""A Home Assistant with a remote display."""

from collections.abc import AsyncIterator

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from simulator.servers import SocketServer

from .simulated import DisplayWebServer, SimulatedDisplay, serving_modbus, serving_web


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


@pytest.fixture
def display() -> SimulatedDisplay:
    """Make a DMED4DC1."""
    return SimulatedDisplay()


@pytest.fixture
async def display_server(display: SimulatedDisplay) -> AsyncIterator[SocketServer]:
    """Serve the display over Modbus TCP."""
    async with serving_modbus(display) as server:
        yield server


@pytest.fixture
async def display_web(display: SimulatedDisplay) -> AsyncIterator[DisplayWebServer]:
    """Serve the same display over REST."""
    async with serving_web(display) as server:
        yield server
