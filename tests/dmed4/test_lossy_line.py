"""A line that loses 3 % of all messages: for an hour nothing is noticed, and the steps succeed.

The losses are seeded, and time is driven.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
import random
from typing import Any

import aiohttp
import pytest

from custom_components.lovato_dmed4.const import DEFAULT_INTERVAL_IDLE, HOUSEKEEPING_INTERVAL
from custom_components.lovato_dmed4.dmed4.charge_cycle import ChargeCycle
from custom_components.lovato_dmed4.dmed4.errors import MeterError
from custom_components.lovato_dmed4.dmed4.lines import Framing, TcpLine
from custom_components.lovato_dmed4.dmed4.meter import Meter
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from custom_components.lovato_dmed4.dmed4.rest import RestMeter
from custom_components.lovato_dmed4.dmed4.watch import Timing
from simulator import (
    GatewayServer,
    ManualClock,
    ModbusTcpServer,
    RestServer,
    SerialOverTcpServer,
    SimulatedMeter,
)
from simulator.faults import ModbusFault, RestFault
from simulator.framing import Frame

from .helpers import CHARGE, LOCALHOST

LOSS = 0.03
HOUR = timedelta(hours=1)
UNIT = 3


def make_meter() -> SimulatedMeter:
    return SimulatedMeter(clock=ManualClock(), signing_time=0, checking_time=0)


class Losses:
    """Decides what becomes of a message.

    Attributes:
        count: how many were lost.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - seeded, so that a run can be repeated
        self.count = 0

    def __call__(self, request: Frame | str) -> bool:
        lost = self._random.random() < LOSS
        self.count += lost
        return lost


@asynccontextmanager
async def over_modbus(
    simulated: SimulatedMeter, losses: Losses, server: Any, framing: Framing
) -> AsyncIterator[Meter]:
    async with server:
        line = TcpLine(host=LOCALHOST, port=server.port, framing=framing)
        meter = ModbusMeter.on(line, UNIT)
        # Requests are lost as often as answers.
        for fault in (ModbusFault.SILENCE, ModbusFault.LOST_ANSWER):
            server.faults.inject(fault, only=losses)
        try:
            yield meter
        finally:
            await meter.close()


def tcp(simulated: SimulatedMeter, losses: Losses) -> Any:
    return over_modbus(simulated, losses, ModbusTcpServer(simulated), Framing.TCP)


def rtu(simulated: SimulatedMeter, losses: Losses) -> Any:
    return over_modbus(simulated, losses, SerialOverTcpServer({UNIT: simulated}), Framing.RTU)


def ascii_frames(simulated: SimulatedMeter, losses: Losses) -> Any:
    server = SerialOverTcpServer({UNIT: simulated}, framing="ascii")
    return over_modbus(simulated, losses, server, Framing.ASCII)


def gateway(simulated: SimulatedMeter, losses: Losses) -> Any:
    other = SimulatedMeter(seed=99, parameters={"P05_05": 1})
    return over_modbus(simulated, losses, GatewayServer(other, {UNIT: simulated}), Framing.TCP)


@asynccontextmanager
async def rest(simulated: SimulatedMeter, losses: Losses) -> AsyncIterator[Meter]:
    async with (
        RestServer(simulated, response_time=0) as server,
        aiohttp.ClientSession() as session,
    ):
        for fault in (RestFault.SILENCE, RestFault.LOST_ANSWER, RestFault.CUT):
            server.faults.inject(fault, only=losses)
        yield RestMeter(session, LOCALHOST, server.port)


WAYS: dict[str, Callable[[SimulatedMeter, Losses], Any]] = {
    "tcp": tcp,
    "rtu": rtu,
    "ascii": ascii_frames,
    "gateway": gateway,
    "rest": rest,
}


@pytest.mark.parametrize("way", WAYS)
async def test_for_an_hour_no_poll_fails(way: str) -> None:
    """A poll that fails is what makes the entities unavailable."""
    losses = Losses(1)
    interval = timedelta(seconds=DEFAULT_INTERVAL_IDLE)

    simulated = make_meter()
    async with WAYS[way](simulated, losses) as meter:
        assert (await meter.identify()).public_key == simulated.public_key_raw
        for number in range(HOUR // interval):
            await meter.read_live()
            if number % (HOUSEKEEPING_INTERVAL // interval) == 0:
                await meter.read_housekeeping()
    assert losses.count > 20


@pytest.mark.parametrize(
    ("way", "charges"), [("tcp", 50), ("rtu", 20), ("ascii", 20), ("gateway", 20), ("rest", 30)]
)
async def test_of_a_hundred_steps_ninety_nine_succeed(way: str, charges: int) -> None:
    """Also where a command or its answer gets lost; and none is carried out twice."""
    losses = Losses(2)
    failed: list[str] = []

    simulated = make_meter()
    async with WAYS[way](simulated, losses) as meter:
        cycle = ChargeCycle(meter, await meter.identify(), Timing(poll=0.05))
        for number in range(charges):
            for step in (partial(cycle.begin, CHARGE), cycle.end):
                try:
                    await step()
                except MeterError as err:
                    failed.append(f"{number}: {err!r}")
    assert len(failed) <= 2 * charges // 100, failed
    assert len(simulated.records) == 2 * charges
    assert losses.count > 20
