"""How much goes over the wire in a charge, compared with the least that has to.

Counted in bytes of Modbus RTU, where they are slow, and in requests over REST. The least is: a look at
the status before a command and one after it, the command, and the record it makes; for a start also
the clock and the prototype, each with a look at what became of it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from custom_components.lovato_dmed4.dmed4.charge_cycle import ChargeCycle
from custom_components.lovato_dmed4.dmed4.lines import Framing, TcpLine
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from simulator import ModbusTcpServer, RestServer, SimulatedMeter

from .helpers import CHARGE, LOCALHOST, PATIENT, client

MOST = 1.35
"""How much more than the least a step may move, whatever the clock."""

# Requests over REST, counted when the record before was still fetched before each command.
REST_REQUESTS = {"begin": 11, "read": 6, "end": 6}


def rtu_bytes(pdu: bytes) -> int:
    """Return the bytes of a request and its answer, with unit and CRC around each."""
    frames = 2 * 3
    match pdu[0]:
        case 0x04:
            return frames + 5 + 2 + 2 * int.from_bytes(pdu[3:5])
        case 0x06:
            return frames + 5 + 5
        case 0x10:
            return frames + len(pdu) + 5
    raise AssertionError(pdu.hex())


def read(count: int) -> int:
    return rtu_bytes(b"\x04\0\0" + count.to_bytes(2))


def write(count: int) -> int:
    return rtu_bytes(b"\x10" + bytes(5 + 2 * count))


def in_pieces(kind: str, size: int) -> int:
    """Return the bytes that a text takes, 120 registers at a time (manual)."""
    words = (size + 1) // 2
    pieces = [min(120, words - start) for start in range(0, words, 120)]
    return sum(read(count) if kind == "read" else write(count) for count in pieces)


# Manual, REQ 1: 0x4000 and 0x4002, 0x4200 and 0x4201 with the length of the record.
LOOK = read(4) + read(3)
COMMAND = rtu_bytes(b"\x06\0\0\0\0")


def least(record: bytes, prototype: int = 0) -> int:
    """Return the least that a step has to move."""
    moved = LOOK + COMMAND + LOOK + in_pieces("read", len(record))
    if prototype:
        moved += write(2) + LOOK + in_pieces("write", prototype) + COMMAND + LOOK
    return moved


@asynccontextmanager
async def counted(framing: Framing) -> AsyncIterator[tuple[ModbusTcpServer, ChargeCycle]]:
    simulated = SimulatedMeter(seed=1, signing_time=0, checking_time=0)
    async with ModbusTcpServer(simulated, framing=framing.value) as server:
        meter = ModbusMeter.on(TcpLine(host=LOCALHOST, port=server.port, framing=framing), 1)
        try:
            yield server, ChargeCycle(meter, await meter.identify(), PATIENT)
        finally:
            await meter.close()


@pytest.mark.parametrize("framing", Framing)
async def test_a_step_moves_little_more_than_it_has_to(framing: Framing) -> None:
    async with counted(framing) as (server, cycle):

        def moved() -> int:
            total = sum(map(rtu_bytes, server.requests))
            server.requests.clear()
            return total

        for _ in range(2):
            server.requests.clear()
            record = await cycle.begin(CHARGE)
            size = len(cycle.preparation.prototype)
            ratios = {"begin": moved() / least(record, size)}
            for name, step in (
                ("read", cycle.read),
                ("second read", cycle.read),
                ("end", cycle.end),
            ):
                record = await step()
                ratios[name] = moved() / least(record)
            assert {name: ratio for name, ratio in ratios.items() if ratio > MOST} == {}


async def test_the_record_before_is_not_fetched_again() -> None:
    async with counted(Framing.TCP) as (server, cycle):
        record = await cycle.begin(CHARGE)
        server.requests.clear()
        await cycle.read()
        text = [pdu for pdu in server.requests if 0x43FF <= int.from_bytes(pdu[1:3]) < 0x45FF]
        # The end of the record before, the end of the new one, and the new one in its pieces.
        assert len(text) == 2 + -(-len(record) // 240)


async def test_over_rest_there_are_no_more_requests_than_there_were() -> None:
    simulated = SimulatedMeter(seed=1, signing_time=0, checking_time=0)
    async with (
        RestServer(simulated, response_time=0) as server,
        client("rest", server.port) as meter,
    ):
        cycle = ChargeCycle(meter, await meter.identify(), PATIENT)
        found = {}
        for name, step in (
            ("begin", partial(cycle.begin, CHARGE)),
            ("read", cycle.read),
            ("end", cycle.end),
        ):
            server.requests.clear()
            await step()
            found[name] = len(server.requests)
    assert all(found[name] <= most for name, most in REST_REQUESTS.items()), found
