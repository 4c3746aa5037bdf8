"""A meter that lacks registers: that costs their values, and nothing else."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
import logging

import pytest

from custom_components.lovato_dmed4.dmed4.errors import NotADmed4Error, RefusedError
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from simulator import ManualClock, ModbusTcpServer, SimulatedMeter
from simulator.modbus import handle_pdu

from .helpers import ModbusPeer, client

NOW = 1_760_000_000


@pytest.fixture
def simulated() -> SimulatedMeter:
    return SimulatedMeter(clock=ManualClock(NOW), seed=3)


@asynccontextmanager
async def without(
    simulated: SimulatedMeter, *refused: range, code: int = 2
) -> AsyncIterator[tuple[ModbusMeter, ModbusPeer]]:
    """Reach a meter that refuses any request for one of these registers."""

    def answer(pdu: bytes) -> bytes | None:
        first, count = int.from_bytes(pdu[1:3]) + 1, int.from_bytes(pdu[3:5])
        asked = range(first, first + count) if pdu[0] in {3, 4} else range(0)
        if any(set(asked) & set(block) for block in refused):
            return bytes([pdu[0] | 0x80, code])
        return handle_pdu(simulated, pdu)

    async with ModbusPeer(answer) as peer, client("modbus", peer.port) as meter:
        assert isinstance(meter, ModbusMeter)
        yield meter, peer


async def _requests(peer: ModbusPeer, poll: Callable[[], object]) -> int:
    peer.requests.clear()
    await poll()  # type: ignore[misc]
    return len(peer.requests)


@pytest.mark.parametrize("code", [2, 4])
@pytest.mark.parametrize(
    ("refused", "lost"),
    [
        (range(0x001E, 0x0022), {"energy_exchanged"}),
        (range(0x0012, 0x0016), {"temperature_i1", "temperature_i2"}),
        (range(0x0012, 0x0014), {"temperature_i1"}),
        (range(0x0200, 0x020B), {"sampled_at"}),
        (range(0x0208, 0x020A), {"sampled_at"}),
        (range(0x0006, 0x000A), {"cycle_energy_imported"}),
    ],
)
async def test_a_live_poll_goes_on_without_what_is_refused(
    simulated: SimulatedMeter,
    refused: range,
    lost: set[str],
    code: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with without(simulated) as (whole, _):
        complete = (await whole.read_live()).measures
    async with without(simulated, refused, code=code) as (meter, peer):
        measures = (await meter.read_live()).measures
        for name in type(complete).__slots__:
            value = None if name in lost else getattr(complete, name)
            assert getattr(measures, name) == value, name
        # It is found out once, and said once.
        assert await _requests(peer, meter.read_live) <= 6
        said = caplog.text.count("The meter refuses register")
        await meter.read_live()
        assert caplog.text.count("The meter refuses register") == said > 0
        assert all(f"exception {code}" in register for register in meter.missing)


@pytest.mark.parametrize(
    ("refused", "lost"),
    [
        (range(0x0030, 0x0038), {"hours_total", "hours_working"}),
        (range(0x0034, 0x0038), {"hours_working"}),
        (range(0x0208, 0x020A), set()),  # the clock itself (0x4080) can be read instead
    ],
)
async def test_housekeeping_goes_on_without_what_is_refused(
    simulated: SimulatedMeter, refused: range, lost: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)
    async with without(simulated) as (whole, _):
        complete = await whole.read_housekeeping()
    async with without(simulated, refused) as (meter, _):
        found = await meter.read_housekeeping()
    for name in type(complete).__slots__:
        assert getattr(found, name) == (None if name in lost else getattr(complete, name)), name


async def test_logbooks_settings_and_checksum_are_lost_each_for_itself(
    simulated: SimulatedMeter,
) -> None:
    refused = range(0x020D, 0x020F), range(0x4282, 0x4283), range(0x4004, 0x4006)
    async with without(simulated, *refused) as (meter, _):
        found = await meter.read_housekeeping()
    assert (found.logbook.events_saved, found.logbook.records_maximum) == (None, 500)
    assert (found.settings.signature_format, found.settings.sync_timeout) == (None, 1440)
    assert found.system.measure_checksum is None
    assert meter.missing == {
        f"0x{register:04X} (exception 2)" for register in (0x020D, 0x020E, 0x4282, 0x4004)
    }


@pytest.mark.parametrize("refused", [range(0x4600, 0x4620), range(0x4F20, 0x4F50)])
async def test_one_key_is_enough(simulated: SimulatedMeter, refused: range) -> None:
    async with without(simulated, refused) as (meter, _):
        identity = await meter.identify()
    assert identity.public_key == simulated.public_key_raw
    assert identity.public_key_ocmf == simulated.public_key_ocmf


async def test_keys_that_do_not_exist_are_not_those_of_a_dmed4(simulated: SimulatedMeter) -> None:
    keys = range(0x4600, 0x4620), range(0x4F20, 0x4F50)
    async with without(simulated, *keys, code=2) as (meter, _):
        with pytest.raises(NotADmed4Error):
            await meter.identify()
    # Not possible now: no key yet.
    async with without(simulated, *keys, code=4) as (meter, _):
        assert (await meter.identify()).public_key is None


async def test_without_its_status_a_meter_is_of_no_use(simulated: SimulatedMeter) -> None:
    async with without(simulated, range(0x4200, 0x4202)) as (meter, _):
        with pytest.raises(RefusedError, match="status"):
            await meter.read_status()
    async with without(simulated, range(0x4000, 0x4004)) as (meter, _):
        assert (await meter.read_status()).errors == 0


async def test_a_refusal_that_happens_once_costs_nothing(simulated: SimulatedMeter) -> None:
    refusals = [bytes([0x84, 2])]
    async with (
        ModbusPeer(lambda pdu: refusals.pop() if refusals else handle_pdu(simulated, pdu)) as peer,
        client("modbus", peer.port) as meter,
    ):
        assert (await meter.read_live()).measures.energy_exchanged is not None
        assert meter.missing == frozenset()
        assert await _requests(peer, meter.read_live) == 4


async def test_all_is_asked_for_again_after_the_meter_was_away(simulated: SimulatedMeter) -> None:
    async with without(simulated, range(0x0012, 0x0014), code=4) as (meter, peer):
        assert (await meter.read_live()).measures.temperature_i1 is None
        peer.answer = lambda pdu: handle_pdu(simulated, pdu)
        await meter.identify()
        assert (await meter.read_live()).measures.temperature_i1 is not None


# --- the clock --------------------------------------------------------------------------------


async def test_local_time_of_the_sample_is_recognised(
    simulated: SimulatedMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)
    simulated.configure(datetime=NOW, datetime_offset=60)
    local = (NOW + 3600).to_bytes(4)

    def answer(pdu: bytes) -> bytes | None:
        found = handle_pdu(simulated, pdu)
        at = {0x0207: 2, 0x01FF: 18}.get(int.from_bytes(pdu[1:3])) if pdu[0] == 4 else None
        if found is None or at is None:
            return found
        return found[:at] + local + found[at + 4 :]

    async with ModbusPeer(answer) as peer, client("modbus", peer.port) as meter:
        assert (await meter.read_housekeeping()).clock_drift == 0
        measures = (await meter.read_live()).measures
        assert measures.sampled_at == datetime.fromtimestamp(NOW, UTC)
        # The clock is really an hour ahead: that is a drift and no reading.
        simulated.configure(datetime=NOW + 3600)
        assert (await meter.read_housekeeping()).clock_drift == 3600


async def test_a_right_clock_costs_no_request_more(simulated: SimulatedMeter) -> None:
    async with ModbusTcpServer(simulated) as server, client("modbus", server.port) as meter:
        await meter.read_housekeeping()
        assert len(server.requests) == 6
