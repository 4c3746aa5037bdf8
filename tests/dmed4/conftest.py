"""A client for each transport, and deadlines that do not hold a test up."""

from collections.abc import AsyncIterator

import pytest

from custom_components.lovato_dmed4.dmed4.charge_cycle import ChargeCycle
from custom_components.lovato_dmed4.dmed4.meter import Meter
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from custom_components.lovato_dmed4.dmed4.rest import RestMeter
from simulator import ModbusTcpServer, RestServer, SimulatedMeter
from tests.driven_time import drive_meters

from .helpers import PATIENT, TRANSPORTS, client, reached


@pytest.fixture(autouse=True)
async def driven_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up on silence, and ask a busy meter again, without waiting for it."""
    drive_meters(monkeypatch)


@pytest.fixture(params=TRANSPORTS)
def transport(request: pytest.FixtureRequest) -> str:
    """Run the test over each transport."""
    return str(request.param)


@pytest.fixture
async def meter(simulated: SimulatedMeter, transport: str) -> AsyncIterator[Meter]:
    """Reach the simulated meter over the transport."""
    async with reached(simulated, transport) as found:
        yield found


@pytest.fixture
async def cycle(meter: Meter) -> ChargeCycle:
    """Make the charge cycle of that meter."""
    return ChargeCycle(meter, await meter.identify(), PATIENT)


@pytest.fixture
async def modbus_meter(modbus_server: ModbusTcpServer) -> AsyncIterator[ModbusMeter]:
    """Reach the simulated meter over Modbus."""
    async with client("modbus", modbus_server.port) as found:
        assert isinstance(found, ModbusMeter)
        yield found


@pytest.fixture
async def rest_meter(rest_server: RestServer) -> AsyncIterator[RestMeter]:
    """Reach the simulated meter over REST."""
    async with client("rest", rest_server.port) as found:
        assert isinstance(found, RestMeter)
        yield found
