"""Session energy over a restart of Home Assistant: statistics add the energy of each session once."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant import loader
from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.helpers import restore_state
from homeassistant.util import dt as dt_util
import pytest

from simulator import Command, ManualClock, RestServer, SimulatedMeter
from tests.integration.helpers import add_entry, begin_charge, fingerprint, pass_time, set_up, state
from tests.integration.plugin import (
    MockConfigEntry,
    async_test_home_assistant,
    async_wait_recording_done,
    do_adhoc_statistics,
)

# It goes on from each moment that it is moved to: two states have two times.
pytestmark = pytest.mark.freeze_time(tick=True)

KEY = "cycle_energy_imported"
FIVE_MINUTES = timedelta(minutes=5)
# Of the first five minutes that statistics are made of.
START = datetime(2026, 11, 3, 12, tzinfo=UTC)
NOON = START + timedelta(minutes=1)


@pytest.fixture
async def mock_recorder_before_hass(async_test_recorder: object) -> None:
    """Make the recorder's part before Home Assistant."""


@dataclass(kw_only=True)
class House:
    """A Home Assistant that is stopped and started again, with its files, beside a meter that goes on."""

    folder: Path
    recorder: Callable[..., Any]
    freezer: FrozenDateTimeFactory
    server: RestServer
    meter: SimulatedMeter
    clock: ManualClock
    compiled: datetime = START

    def pass_minutes(self, minutes: int) -> None:
        """Let time go by, for Home Assistant and the meter alike."""
        self.freezer.tick(timedelta(minutes=minutes))
        self.clock.advance(60 * minutes)

    def energy(self) -> float:
        """What the meter has counted in its session, in kWh."""
        self.meter.update()
        return self.meter.physics.slow.cycle_imported / 1000

    @asynccontextmanager
    async def running(
        self, **options: object
    ) -> AsyncIterator[tuple[HomeAssistant, MockConfigEntry]]:
        """Run Home Assistant; it keeps states and database over its stop."""
        async with AsyncExitStack() as stack:
            hass = await stack.enter_async_context(
                async_test_home_assistant(config_dir=str(self.folder))
            )
            hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
            url = f"sqlite:///{self.folder / 'home-assistant_v2.db'}"
            await stack.enter_async_context(self.recorder(hass, {"db_url": url}))
            await restore_state.async_get(hass).async_load()
            entry = add_entry(hass, self.server, fingerprint(self.meter), **options)
            assert await set_up(hass, entry)
            try:
                yield hass, entry
            finally:
                await self.compile(hass)
                await restore_state.async_get(hass).async_dump_states()
                assert await hass.config_entries.async_unload(entry.entry_id)
                await hass.async_stop(force=True)

    async def compile(self, hass: HomeAssistant) -> None:
        """Make the statistics of all five minutes so far."""
        await async_wait_recording_done(hass)
        while self.compiled < dt_util.utcnow():
            do_adhoc_statistics(hass, start=self.compiled)
            self.compiled += FIVE_MINUTES
        await async_wait_recording_done(hass)


@pytest.fixture
async def house(
    tmp_path: Path,
    async_test_recorder: Callable[..., Any],
    freezer: FrozenDateTimeFactory,
    *,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    clock: ManualClock,
) -> House:
    freezer.move_to(NOON)
    clock.advance(NOON.timestamp() - clock.now())
    return House(
        folder=tmp_path,
        recorder=async_test_recorder,
        freezer=freezer,
        server=rest_server,
        meter=simulated,
        clock=clock,
    )


async def added_up(hass: HomeAssistant, entry: MockConfigEntry) -> float:
    """What the long-term statistics have added up."""
    entity_id = state(hass, entry, KEY).entity_id
    rows = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        NOON - timedelta(days=1),
        None,
        {entity_id},
        "5minute",
        None,
        {"sum"},
    )
    total = rows[entity_id][-1]["sum"]
    assert total is not None
    return total


def is_about(found: datetime | None, expected: datetime) -> bool:
    """Whether two times are of the same session: those of two are many minutes apart."""
    assert found is not None
    return abs(found - expected) < timedelta(minutes=2)


def shown(hass: HomeAssistant, entry: MockConfigEntry) -> float:
    return float(state(hass, entry, KEY).state)


def last_reset(hass: HomeAssistant, entry: MockConfigEntry) -> datetime | None:
    return dt_util.parse_datetime(str(state(hass, entry, KEY).attributes.get("last_reset")))


async def begin_first(house: House) -> tuple[datetime, float]:
    """Charge while Home Assistant watches, and let it stop; return the reset and the energy."""
    async with house.running() as (hass, entry):
        begin_charge(house.meter)
        await pass_time(hass)
        house.pass_minutes(6)
        await pass_time(hass)
        energy = house.energy()
        assert shown(hass, entry) == energy > 0
        await house.compile(hass)
        assert await added_up(hass, entry) == energy
        assert is_about(last_reset(hass, entry), NOON)
        return NOON, energy


async def test_another_session_with_more_energy_is_running(house: House) -> None:
    """Only the records show that it is another one: its energy is more than that of the first."""
    _, first = await begin_first(house)
    house.pass_minutes(1)
    house.meter.command(Command.END)
    house.pass_minutes(10)
    begin_charge(house.meter)
    begun = dt_util.utcnow()
    house.pass_minutes(40)
    async with house.running() as (hass, entry):
        assert shown(hass, entry) == house.energy() > first
        assert is_about(last_reset(hass, entry), begun)
        charging = state(hass, entry, "charging")
        assert is_about(dt_util.parse_datetime(charging.attributes["since"]), begun)
        house.pass_minutes(6)
        await pass_time(hass)
        await house.compile(hass)
        assert await added_up(hass, entry) == pytest.approx(first + house.energy())
        assert is_about(last_reset(hass, entry), begun)


async def test_the_same_session_goes_on(house: House) -> None:
    reset, first = await begin_first(house)
    house.pass_minutes(30)
    async with house.running() as (hass, entry):
        assert shown(hass, entry) == house.energy() > first
        house.pass_minutes(6)
        house.meter.command(Command.END)
        await pass_time(hass)
        await house.compile(hass)
        assert await added_up(hass, entry) == pytest.approx(house.energy())
        assert is_about(last_reset(hass, entry), reset)


@pytest.mark.parametrize("minutes", [2, 20])
async def test_a_session_began_and_ended(house: House, minutes: int) -> None:
    """After the one that Home Assistant saw the begin of, with less energy or more."""
    _, first = await begin_first(house)
    house.meter.command(Command.END)
    house.pass_minutes(10)
    begin_charge(house.meter)
    begun = dt_util.utcnow()
    house.pass_minutes(minutes)
    house.meter.command(Command.END)
    house.pass_minutes(90)
    async with house.running() as (hass, entry):
        assert shown(hass, entry) == house.energy()
        assert (house.energy() > first) is (minutes > 6)
        assert is_about(last_reset(hass, entry), begun)
        house.pass_minutes(6)
        await pass_time(hass)
        await house.compile(hass)
        assert await added_up(hass, entry) == pytest.approx(first + house.energy())


async def test_the_session_that_was_running_has_ended(house: House) -> None:
    """With more energy than Home Assistant saw: it is the same session still."""
    reset, first = await begin_first(house)
    house.pass_minutes(20)
    house.meter.command(Command.END)
    house.pass_minutes(90)
    async with house.running() as (hass, entry):
        assert shown(hass, entry) == house.energy() > first
        house.pass_minutes(6)
        await house.compile(hass)
        assert await added_up(hass, entry) == pytest.approx(house.energy())
        assert is_about(last_reset(hass, entry), reset)


async def test_without_an_archive_the_energy_alone_decides(house: House) -> None:
    """Less than before is of another session, which began by now; the session energy does not wait."""
    _, first = await begin_first(house)
    house.meter.command(Command.END)
    house.pass_minutes(10)
    begin_charge(house.meter)
    house.pass_minutes(2)
    house.meter.command(Command.END)
    house.pass_minutes(9)
    async with house.running(database_url="sqlite:////nowhere/at/all.db") as (hass, entry):
        assert shown(hass, entry) == house.energy() < first
        assert is_about(last_reset(hass, entry), dt_util.utcnow())
