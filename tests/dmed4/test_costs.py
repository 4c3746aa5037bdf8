"""What a meter is asked that reads the manual as we do: no more than before other readings were known.

Bytes on a serial line are counted in test_wire.py.
"""

from collections import Counter
from functools import partial

import pytest

from custom_components.lovato_dmed4.dmed4.charge_cycle import ChargeCycle
from simulator import ModbusTcpServer, RestServer, SimulatedMeter

from .helpers import CHARGE, PATIENT, client

# Status words, which are looked at until they show what became of a step: how often is up to the time.
STATUS = {(0x4000, 4), (0x4200, 3), (0x4201, 2)}


def asked(server: RestServer | ModbusTcpServer) -> int:
    """Count the requests that are no look at the status."""
    if isinstance(server, RestServer):
        return sum(path != "/v1/charge_status" for _, path in server.requests)
    reads = Counter(
        (pdu[0], int.from_bytes(pdu[1:3]) + 1, int.from_bytes(pdu[3:5])) for pdu in server.requests
    )
    return sum(
        count for (_, register, words), count in reads.items() if (register, words) not in STATUS
    )


@pytest.mark.parametrize(
    ("transport", "steps"), [("rest", (2, 7, 3, 3)), ("modbus", (4, 16, 7, 7))]
)
async def test_a_charge_takes_no_more_requests(transport: str, steps: tuple[int, ...]) -> None:
    """One live poll, then begin, intermediate reading and end besides the looks at the status."""
    simulated = SimulatedMeter(seed=1, signing_time=0, checking_time=0)
    simulated.fill_logbook(2)
    server = (
        ModbusTcpServer(simulated)
        if transport == "modbus"
        else RestServer(simulated, response_time=0)
    )
    async with server, client(transport, server.port) as meter:
        cycle = ChargeCycle[bytes](meter, await meter.identify(), PATIENT)
        counted = []
        server.requests.clear()
        await meter.read_live()
        counted.append(len(server.requests))
        for step in (partial(cycle.begin, CHARGE, time_offset=60), cycle.read, cycle.end):
            server.requests.clear()
            await step()
            counted.append(asked(server))
    assert tuple(counted) == steps
