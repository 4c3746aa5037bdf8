"""What can go wrong on a Modbus line: each fault is reported, and the meter is there again after it."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
import socket

import pytest

from custom_components.lovato_dmed4.dmed4 import links, repeating
from custom_components.lovato_dmed4.dmed4.errors import (
    CannotConnectError,
    MeterError,
    RefusedError,
    SilentError,
    UnexpectedAnswerError,
)
from custom_components.lovato_dmed4.dmed4.lines import TcpLine
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from custom_components.lovato_dmed4.dmed4.model import Command, DisplayPage
from custom_components.lovato_dmed4.dmed4.repeating import ATTEMPTS
from simulator import ManualClock, Pty, SimulatedMeter, open_pty
from simulator.faults import ModbusFault
from simulator.servers import ModbusServer, SerialServer, SocketServer
from tests.driven_time import drive_time

from .helpers import until
from .test_transports import OTHERS, PLACES, UNIT, Units, on, running


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def units(clock: ManualClock) -> Units:
    return {unit: SimulatedMeter(seed=unit, clock=clock, reboot_time=5) for unit in (UNIT, *OTHERS)}


@pytest.fixture
def pty() -> Iterator[Pty]:
    with open_pty() as pty:
        yield pty


@pytest.fixture(params=PLACES)
async def name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give up on silence, and ask a busy meter again, without waiting for it."""
    drive_time(monkeypatch)
    # A few questions are enough to see that they end.
    monkeypatch.setattr(repeating, "BUSY_PAUSE", repeating.BUSY_SECONDS / 5)
    return str(request.param)


@pytest.fixture(
    params=[
        ModbusFault.SILENCE,
        ModbusFault.LOST_ANSWER,
        ModbusFault.CUT,
        ModbusFault.GARBAGE,
        ModbusFault.BUSY,
        ModbusFault.LONGER,
        ModbusFault.SHORTER,
    ]
)
def fault(request: pytest.FixtureRequest) -> ModbusFault:
    return ModbusFault(request.param)


async def recovers(meter: ModbusMeter, server: ModbusServer, simulated: SimulatedMeter) -> None:
    """See that the next poll is well, and what it brings is the meter's."""
    server.faults.clear()
    assert (await meter.read_live()).measures.voltage == simulated.physics.fast.voltage / 100
    assert (await meter.identify()).public_key == simulated.public_key_raw


_NO_ANSWER = (SilentError, CannotConnectError)


@pytest.mark.parametrize(
    ("fault", "errors"),
    [
        (ModbusFault.SILENCE, _NO_ANSWER),
        (ModbusFault.LOST_ANSWER, _NO_ANSWER),
        (ModbusFault.CUT, _NO_ANSWER),
        (ModbusFault.GARBAGE, (*_NO_ANSWER, UnexpectedAnswerError)),
        (ModbusFault.BUSY, (RefusedError,)),
        # Also intact, with a check sum and the right number: not an answer to what was asked.
        (ModbusFault.LONGER, (*_NO_ANSWER, UnexpectedAnswerError)),
        (ModbusFault.SHORTER, (*_NO_ANSWER, UnexpectedAnswerError)),
    ],
)
async def test_a_fault_ends_in_recovery(
    name: str, fault: ModbusFault, errors: tuple[type[MeterError], ...], units: Units, pty: Pty
) -> None:
    async with running(PLACES[name](units, pty)) as (server, line), on(line) as meter:
        await meter.identify()
        server.faults.inject(fault)
        with pytest.raises(errors):
            await meter.read_live()
        await recovers(meter, server, units[UNIT])


@pytest.mark.parametrize("tcp", ["tcp", "gateway"])
async def test_an_answer_to_another_request_is_not_taken(tcp: str, units: Units, pty: Pty) -> None:
    async with running(PLACES[tcp](units, pty)) as (server, line), on(line) as meter:
        server.faults.inject(ModbusFault.WRONG_TRANSACTION)
        with pytest.raises(SilentError):
            await meter.read_live()
        await recovers(meter, server, units[UNIT])


async def test_a_meter_that_is_busy_for_a_moment_is_asked_again(
    name: str, units: Units, pty: Pty
) -> None:
    async with running(PLACES[name](units, pty)) as (server, line), on(line) as meter:
        server.faults.inject(ModbusFault.BUSY, times=5)
        assert (await meter.identify()).public_key == units[UNIT].public_key_raw
        assert len(server.requests) == 5 + 3


async def test_a_slow_answer_is_waited_for(name: str, units: Units, pty: Pty) -> None:
    async with running(PLACES[name](units, pty)) as (server, line), on(line) as meter:
        server.faults.delay = 0.9 * links.REQUEST_TIMEOUT
        await meter.read_live()
        await recovers(meter, server, units[UNIT])


async def test_an_answer_that_comes_too_late_is_not_taken_for_the_next(
    name: str, units: Units, pty: Pty
) -> None:
    async with running(PLACES[name](units, pty)) as (server, line), on(line) as meter:
        await meter.identify()
        server.faults.delay = links.REQUEST_TIMEOUT + 0.5
        sent = server.bytes_out
        with pytest.raises(_NO_ANSWER):
            await meter.read_status()
        units[UNIT].set_error(1, 5)
        server.faults.clear()
        if isinstance(server, SerialServer):
            # Over TCP the connection it was meant for is gone.
            await until(lambda: server.bytes_out > sent)
        with suppress(SilentError):
            # The server may still be about to answer what was asked before.
            await meter.read_status()
        assert (await meter.read_status()).errors.names == ("dword 1 bit 5",)
        await recovers(meter, server, units[UNIT])


async def test_a_reboot_in_the_middle_of_a_poll(
    name: str, units: Units, pty: Pty, clock: ManualClock
) -> None:
    simulated = units[UNIT]
    async with running(PLACES[name](units, pty)) as (server, line), on(line) as meter:
        await meter.identify()
        server.faults.delay = 0.05
        polling = asyncio.create_task(meter.read_live())
        seen = len(server.requests)
        await until(lambda: len(server.requests) >= seen + 2)
        simulated.reboot()
        with pytest.raises(_NO_ANSWER):
            await polling
        with pytest.raises(_NO_ANSWER):
            await meter.read_status()
        clock.advance(6)
        await recovers(meter, server, simulated)


async def test_a_connection_that_breaks_off_between_two_polls(
    name: str, units: Units, pty: Pty
) -> None:
    async with running(PLACES[name](units, pty)) as (server, line), on(line) as meter:
        await meter.identify()
        if isinstance(server, SocketServer):
            server.drop_connections()
        else:
            await server.stop()
            with pytest.raises(SilentError):
                await meter.read_status()
            await server.start()
        for _ in range(2):
            try:
                await meter.read_status()
            except _NO_ANSWER:
                continue
        await recovers(meter, server, units[UNIT])


async def test_a_command_whose_answer_is_lost_is_given_once(
    name: str, units: Units, pty: Pty
) -> None:
    async with running(PLACES[name](units, pty)) as (server, line), on(line) as meter:
        await meter.identify()
        server.faults.inject(ModbusFault.LOST_ANSWER, only=lambda frame: frame.pdu[0] == 0x06)
        for write, times in (
            (partial(meter.send, Command.READ), 1),
            (partial(meter.show_page, DisplayPage.DATE), ATTEMPTS),
        ):
            before = len(server.requests)
            with pytest.raises(_NO_ANSWER):
                await write()
            written = [pdu for pdu in server.requests[before:] if pdu[0] == 0x06]
            assert len(written) == times
        await recovers(meter, server, units[UNIT])


async def test_one_disturbance_is_not_noticed(
    name: str, fault: ModbusFault, units: Units, pty: Pty
) -> None:
    """Reads and writes that may be repeated are, after a new connection where one is needed."""
    async with running(PLACES[name](units, pty)) as (server, line), on(line) as meter:
        for ask in (meter.identify, meter.read_live, partial(meter.show_page, DisplayPage.DATE)):
            server.faults.inject(fault, times=1)
            await ask()
        assert units[UNIT].display_page == DisplayPage.DATE
        await recovers(meter, server, units[UNIT])


async def test_a_cancelled_connection_that_fails_is_not_logged() -> None:
    """Whoever is cancelled while connecting has gone; nothing is to be said of how that ended."""
    complaints: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: complaints.append(told))
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        line = TcpLine(host="127.0.0.1", port=nobody.getsockname()[1])
        for steps in range(10):
            async with on(line) as meter:
                work = asyncio.ensure_future(meter.identify())
                for _ in range(steps):
                    await asyncio.sleep(0)
                work.cancel()
                with pytest.raises((asyncio.CancelledError, CannotConnectError)):
                    await work
                await asyncio.gather(
                    *(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True
                )
    assert complaints == []
