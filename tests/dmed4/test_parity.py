"""One meter, read over both transports, is one meter."""

from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from typing import override

import pytest

from custom_components.lovato_dmed4.dmed4.meter import Meter
from custom_components.lovato_dmed4.dmed4.model import Command
from custom_components.lovato_dmed4.dmed4.prototype import build_prototype
from simulator import Command as Given, ManualClock, ModbusTcpServer, RestServer, SimulatedMeter

from .helpers import CHARGE, client

TARIFF = 'with "quotes", a \\ and a /'


@pytest.fixture
def clock() -> ManualClock:
    """Let nothing move."""
    return ManualClock()


@pytest.fixture(
    params=[
        {},
        {"ocmf_text": "unescaped"},
        {"names": "spaces"},
        {"numbers": "strings"},
        {"ocmf_text": "unescaped", "names": "spaces", "numbers": "strings"},
    ],
    ids=["as-printed", "unescaped", "spaced", "strings", "all"],
)
def still(request: pytest.FixtureRequest, clock: ManualClock) -> SimulatedMeter:
    """Make a meter of each kind of firmware."""
    return SimulatedMeter(seed=7, clock=clock, readings=request.param)


@pytest.fixture
async def both(still: SimulatedMeter) -> AsyncIterator[tuple[Meter, Meter]]:
    """Reach that meter over Modbus and over REST."""
    async with (
        ModbusTcpServer(still) as modbus_server,
        RestServer(still) as rest_server,
        client("modbus", modbus_server.port) as modbus,
        client("rest", rest_server.port) as rest,
    ):
        yield modbus, rest


async def assert_same(both: tuple[Meter, Meter]) -> None:
    modbus, rest = [await meter.read_live() for meter in both]
    assert modbus.status == rest.status
    only_modbus = {"energy_exchanged": None, "sampled_at": None}
    assert replace(modbus.measures, **only_modbus) == rest.measures
    for meter, live in zip(both, (modbus, rest), strict=True):
        fast = await meter.read_fast()
        assert all(getattr(live.measures, name) == value for name, value in asdict(fast).items())
    records = [await meter.read_last_record() for meter in both]
    assert records[0] == records[1]


async def test_both_transports_tell_the_same_through_a_charge(
    still: SimulatedMeter, clock: ManualClock, both: tuple[Meter, Meter]
) -> None:
    await assert_same(both)
    assert await both[0].read_last_record() == b""

    modbus, rest = both
    prototype = build_prototype(
        replace(CHARGE, tariff_text=TARIFF), await rest.identify(), transaction=1
    )
    await modbus.write_prototype(prototype)
    clock.advance(1)
    await assert_same(both)
    await rest.send(Command.BEGIN)
    await assert_same_status(both)  # while it signs
    # The sample of the last whole second, so that the fast registers hold the same.
    for seconds in (1, 600, 1800):
        clock.advance(seconds)
        await assert_same(both)
    assert (await modbus.read_live()).measures.power != 0
    await modbus.send(Command.END)
    clock.advance(1)
    await assert_same(both)
    record = await rest.read_last_record()
    assert record.decode() == still.records[-1]
    assert len(still.records) == 2


async def assert_same_status(both: tuple[Meter, Meter]) -> None:
    assert await both[0].read_status() == await both[1].read_status()


async def test_energy_that_flows_back_is_negative_power_over_both(
    still: SimulatedMeter, clock: ManualClock, both: tuple[Meter, Meter]
) -> None:
    modbus, rest = both
    await modbus.write_prototype(build_prototype(CHARGE, await rest.identify(), transaction=1))
    clock.advance(1)
    still.command(Given.BEGIN)
    for _ in range(40):
        clock.advance(300)
        still.update()
        if still.physics.slow.power < 0:
            break
    await assert_same(both)
    measures = (await rest.read_live()).measures
    assert measures.power is not None
    assert measures.power < 0
    assert measures.current is not None
    assert measures.current > 0
    assert measures.voltage is not None
    assert measures.power == pytest.approx(-measures.voltage * measures.current / 1000, abs=0.001)


async def test_errors_are_the_same_over_both(
    still: SimulatedMeter, both: tuple[Meter, Meter]
) -> None:
    for dword, bit in ((1, 0), (1, 5), (1, 16), (2, 0), (2, 31)):
        still.set_error(dword, bit)
    await assert_same_status(both)
    assert (await both[1].read_status()).errors.names == (
        "JSON_SYNTAX",
        "dword 1 bit 5",
        "ECDSA_VERIFY_SIGN",
        "EEPROM_READ",
        "dword 2 bit 31",
    )


async def test_the_meter_is_the_same_device_over_both(
    still: SimulatedMeter, both: tuple[Meter, Meter]
) -> None:
    modbus, rest = [await meter.identify() for meter in both]
    assert modbus.fingerprint == rest.fingerprint
    assert modbus.public_key == rest.public_key == still.public_key_raw
    assert modbus.public_key_ocmf == rest.public_key_ocmf == still.public_key_ocmf
    assert len(still.public_key_ocmf) == 91
    assert modbus.firmware == rest.firmware == "12"
    assert (modbus.model, rest.model) == ("DMED404R/D0600", "DMED404R0600")
    assert (modbus.serial_number, rest.serial_number) == (None, str(still.serial_number))


async def test_housekeeping_is_the_same_over_both(both: tuple[Meter, Meter]) -> None:
    modbus, rest = [await meter.read_housekeeping() for meter in both]
    assert (modbus.logbook.records_saved, modbus.logbook.records_maximum) == (0, 500)
    assert (rest.logbook.records_saved, rest.logbook.records_maximum) == (0, 500)
    assert modbus.clock_drift is not None
    assert rest.clock_drift is not None
    assert abs(modbus.clock_drift - rest.clock_drift) <= 2  # the clock is ours, which moves
    assert (rest.hours_total, rest.hours_working) == (None, None)


async def test_a_meter_that_is_not_commissioned_has_no_key_over_either(
    transport: str,
) -> None:
    meter = SimulatedMeter(commissioned=False)
    server = ModbusTcpServer(meter) if transport == "modbus" else RestServer(meter)
    async with server, client(transport, server.port) as found:
        identity = await found.identify()
    assert (identity.public_key, identity.public_key_ocmf, identity.fingerprint) == (None,) * 3
    assert identity.model.startswith("DMED404")


async def test_a_clock_that_is_wrong_shows_as_drift(transport: str) -> None:
    meter = SimulatedMeter(clock_error=-3600)
    server = ModbusTcpServer(meter) if transport == "modbus" else RestServer(meter)
    async with server, client(transport, server.port) as found:
        drift = (await found.read_housekeeping()).clock_drift
    assert drift == pytest.approx(-3600, abs=2)


async def test_fast_measures_take_one_request_and_nothing_else(still: SimulatedMeter) -> None:
    async with (
        ModbusTcpServer(still) as modbus_server,
        RestServer(still) as rest_server,
        client("modbus", modbus_server.port) as modbus,
        client("rest", rest_server.port) as rest,
    ):
        await modbus.read_fast()
        await rest.read_fast()
        assert modbus_server.requests == [bytes.fromhex("04 01FF 000A")]
        assert [path for _, path, *_ in rest_server.requests] == ["/v1/measure"]
    assert (modbus.fast_interval, rest.fast_interval) == (0.1, 1.0)


class ForgetfulMeter(SimulatedMeter):
    """A meter that has its keys only after some requests."""

    asked = 0
    knows_after = 0

    @property
    @override
    def public_key_raw(self) -> bytes:
        return super().public_key_raw if self.asked > self.knows_after else bytes(64)

    @property
    @override
    def public_key_ocmf(self) -> bytes:
        return super().public_key_ocmf if self.asked > self.knows_after else bytes(96)


@pytest.mark.parametrize(("transport", "requests"), [("modbus", 3), ("rest", 2)])
async def test_one_answer_without_a_key_is_not_believed(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch, transport: str, requests: int
) -> None:
    simulated = ForgetfulMeter(seed=7, clock=clock)
    simulated.knows_after = requests
    server = (ModbusTcpServer if transport == "modbus" else RestServer)(simulated)
    async with server, client(transport, server.port) as meter:
        monkeypatch.setattr(
            ForgetfulMeter, "asked", property(lambda _: len(server.requests)), raising=True
        )
        identity = await meter.identify()
        assert identity.public_key == SimulatedMeter(seed=7, clock=clock).public_key_raw
        assert len(server.requests) == 2 * requests
