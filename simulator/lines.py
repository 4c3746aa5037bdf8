"""Who answers what on a Modbus line (manual: Modbus node number)."""

import asyncio
from collections.abc import Mapping
from typing import Protocol, override

from .framing import Frame
from .meter import SimulatedMeter
from .modbus import TARGET_DOES_NOT_RESPOND, Unit, exception, handle_pdu
from .registers import WRITE_ONE

BROADCAST = 0
"""The node number that means all."""


class Line(Protocol):
    """What is at the other end of a connection or a cable."""

    def hears(self, frame: Frame) -> bool:
        """Return whether a request is for a device here."""
        ...

    async def answer(self, frame: Frame) -> bytes | None:
        """Carry a request out; return the PDU of its answer, None if there is none."""
        ...


class Ethernet(Line):
    """One device at its own Ethernet port: the node number means nothing, 0 included.

    A strict one is silent to other node numbers, as a device behind a foreign gateway.
    """

    def __init__(self, unit: Unit, unit_id: int, *, strict: bool) -> None:
        self._unit = unit
        self._unit_id = unit_id
        self._strict = strict

    @override
    def hears(self, frame: Frame) -> bool:
        return not self._strict or frame.unit == self._unit_id

    @override
    async def answer(self, frame: Frame) -> bytes | None:
        return handle_pdu(self._unit, frame.pdu)


class Bus(Line):
    """Devices on one RS-485 cable, each with its node number.

    Node 0 is all of them: none answers, and only a write of one register is carried out.
    """

    def __init__(self, units: Mapping[int, Unit]) -> None:
        self._units = units

    @override
    def hears(self, frame: Frame) -> bool:
        return frame.unit == BROADCAST or frame.unit in self._units

    @override
    async def answer(self, frame: Frame) -> bytes | None:
        if frame.unit != BROADCAST:
            return handle_pdu(self._units[frame.unit], frame.pdu)
        if frame.pdu[:1] == bytes([WRITE_ONE]):
            for unit in self._units.values():
                handle_pdu(unit, frame.pdu)
        return None


class Gateway(Line):
    """A meter at its Ethernet port that passes requests for others on to its RS-485 bus.

    Args:
        meter: Answers to its own node number and to 0, which is not passed on.
        unit_id: The meter's node number.
        bus: The devices on its bus.
        timeout: Seconds for which it waits for one of them.
        silent: Whether it says nothing then, instead of exception 0x0B.
    """

    def __init__(
        self, meter: SimulatedMeter, unit_id: int, bus: Bus, *, timeout: float, silent: bool
    ) -> None:
        self._meter = meter
        self._unit_id = unit_id
        self._bus = bus
        self._timeout = timeout
        self._silent = silent
        self._bus_lock = asyncio.Lock()

    @override
    def hears(self, frame: Frame) -> bool:
        return True

    @override
    async def answer(self, frame: Frame) -> bytes | None:
        passed_on = frame.unit not in {self._unit_id, BROADCAST}
        if not (passed_on and self._meter.parameters.is_gateway):
            return handle_pdu(self._meter, frame.pdu)
        async with self._bus_lock:
            answer = await self._bus.answer(frame) if self._bus.hears(frame) else None
            if answer is not None:
                return answer
            await asyncio.sleep(self._timeout)
        if self._silent or not frame.pdu:
            return None
        return exception(frame.pdu, TARGET_DOES_NOT_RESPOND)
