"""A charge survives the end of Home Assistant, of the meter, and of both, at any moment."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, override

from homeassistant.core import HomeAssistant
import pytest

from custom_components.lovato_dmed4.archive import Outcome
from custom_components.lovato_dmed4.charging.open_charge import Phase
from custom_components.lovato_dmed4.dmed4 import repeating
from custom_components.lovato_dmed4.dmed4.watch import Timing
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ManualClock, ModbusTcpServer, RestServer, SimulatedMeter
from tests.dmed4.helpers import Proxy, gives, reads_record, sets_clock, until
from tests.integration.charges import (
    Cut,
    News,
    assert_all_archived,
    kill,
    meter_behind_proxy,
    passes,
    phase_on_disk,
    remembered,
    sessions,
)
from tests.integration.helpers import act, impatient, pass_time


class RunningClock(ManualClock):
    """A time in which no two things happen at once."""

    @override
    def now(self) -> float:
        self.advance(0.001)
        return super().now()


@pytest.fixture
def clock() -> ManualClock:
    return RunningClock()


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant store its files for real."""
    return {}


def after(command: str) -> Callable[[bytes], bool]:
    """Recognise the fetching of the record that a command brought."""
    given = gives(command)
    seen = False

    def recognise(request: bytes) -> bool:
        nonlocal seen
        seen = seen or given(request)
        return seen and reads_record(request)

    return recognise


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A moment at which something dies, and what is told then.

    Attributes:
        step: The action under way, None between two.
        link: Lets the link go down at that moment.
        arrived: The command that the meter has got by then, and whose answer is lost.
        archive: Whether it is the archive that does not come to the end.
        told: Whether all is done but telling it.
        news: What is told when Home Assistant dies, when the meter does, when both do.
    """

    step: str | None
    link: Callable[[], Cut] | None = None
    arrived: str = ""
    archive: bool = False
    told: bool = False
    news: tuple[str, str, str]


GAPS = {
    "before the prototype": Gap(
        step="start",
        link=lambda: Cut(sets_clock),
        news=("", "failed", ""),
    ),
    "before the begin": Gap(
        step="start",
        link=lambda: Cut(gives("B")),
        news=("interrupted", "failed", "interrupted"),
    ),
    "before the begin is answered": Gap(
        step="start",
        link=lambda: Cut(gives("B"), arrives=True),
        arrived="B",
        news=("started", "started power_failure", "started power_failure"),
    ),
    "before the first record": Gap(
        step="start",
        link=lambda: Cut(after("B")),
        news=("started", "started power_failure", "started power_failure"),
    ),
    "before the first record is archived": Gap(
        step="start",
        archive=True,
        news=("started", "started power_failure", "started power_failure"),
    ),
    "before the start is told": Gap(
        step="start",
        told=True,
        news=("started", "started power_failure", "started power_failure"),
    ),
    "while charging": Gap(
        step=None,
        news=("", "power_failure", "power_failure"),
    ),
    "before a read": Gap(
        step="read",
        link=lambda: Cut(gives("C")),
        news=("", "failed power_failure", "power_failure"),
    ),
    "before a read is answered": Gap(
        step="read",
        link=lambda: Cut(gives("C"), arrives=True),
        arrived="C",
        news=("", "read power_failure", "power_failure"),
    ),
    "before the end": Gap(
        step="end",
        link=lambda: Cut(gives("E")),
        news=(
            "interrupted",
            "failed power_failure",
            "interrupted power_failure",
        ),
    ),
    "before the end is answered": Gap(
        step="end",
        link=lambda: Cut(gives("E"), arrives=True),
        arrived="E",
        news=("ended", "ended", "ended"),
    ),
    "before the last record": Gap(
        step="end",
        link=lambda: Cut(after("E")),
        news=("ended", "ended", "ended"),
    ),
    "before the last record is archived": Gap(
        step="end",
        archive=True,
        news=("ended", "ended", "ended"),
    ),
    "before the end is told": Gap(
        step="end",
        told=True,
        news=("ended", "ended", "ended"),
    ),
}

DEATHS = ("Home Assistant", "meter", "both")

ACTIONS = {
    "start": "start_charge_cycle",
    "read": "read_charge_cycle",
    "end": "end_charge_cycle",
}

HASTY = Timing(step=2.5, command=2.5)


class Stop:
    """Holds what a tracker awaits at a moment, until it is let go on.

    Attributes:
        reached: Is set at that moment.
        go_on: For whoever survives it.
    """

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()

    async def hold(self) -> None:
        self.reached.set()
        await self.go_on.wait()

    def before[**P, T](
        self, method: Callable[P, Coroutine[Any, Any, T]]
    ) -> Callable[P, Coroutine[Any, Any, T]]:
        async def held(*args: P.args, **kwargs: P.kwargs) -> T:
            await self.hold()
            return await method(*args, **kwargs)

        return held

    def after[**P, T](
        self, method: Callable[P, Coroutine[Any, Any, T]]
    ) -> Callable[P, Coroutine[Any, Any, T]]:
        async def held(*args: P.args, **kwargs: P.kwargs) -> T:
            result = await method(*args, **kwargs)
            await self.hold()
            return result

        return held


def take_up(gap: Gap, entry: Dmed4ConfigEntry, proxy: Proxy, stop: Stop) -> asyncio.Event:
    """Be ready for the moment; return what is set when it comes."""
    data = entry.runtime_data
    if gap.link is not None:
        proxy.decide = cut = gap.link()
        return cut.reached
    if gap.archive:
        data.records.async_store = stop.before(data.records.async_store)  # type: ignore[method-assign]
    if gap.told:
        data.charge.after = stop.after(data.charge.after)  # type: ignore[method-assign]
    return stop.reached


async def settled(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
    """Let everything come to rest; the first poll may find out that the link was lost."""
    for _ in range(2):
        await pass_time(hass)
    assert entry.runtime_data.live.last_update_success
    await entry.runtime_data.sync.async_run()
    await hass.async_block_till_done(wait_background_tasks=True)


async def assert_remembered(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """What is remembered of the open charge is what the meter says."""
    charge = entry.runtime_data.charge.charge
    assert (charge is not None) == simulated.charging
    if charge is not None:
        assert (charge.phase, charge.origin) == (Phase.CHARGING, "here")
        assert charge.power_failed == (simulated.measurement_status == 3)
    phase = None if charge is None else "charging"
    await until(lambda: phase_on_disk(hass, entry) == phase)


def briefly(news: News) -> str:
    """Tell what was told in a line; of failures, whether somebody was told already."""
    return " ".join(
        "interrupted" if attributes.get("error") == "interrupted" else event
        for event, attributes in news
    )


@pytest.mark.parametrize(
    ("transport", "dead"),
    [("rest", "Home Assistant"), ("rest", "meter"), ("modbus_tcp", "both")],
)
@pytest.mark.parametrize("gap", GAPS.values(), ids=GAPS)
async def test_gap(
    hass: HomeAssistant,
    *,
    modbus_server: ModbusTcpServer,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    clock: ManualClock,
    news: News,
    gap: Gap,
    transport: str,
    dead: str,
) -> None:
    server = rest_server if transport == "rest" else modbus_server
    async with meter_behind_proxy(hass, server, simulated) as (entry, proxy):
        if gap.step != "start":
            await act(hass, entry, "start_charge_cycle")
            clock.advance(60)
            await settled(hass, entry)
        news.clear()
        step, stop = None, Stop()
        with pytest.MonkeyPatch.context() as patience:
            # What comes before the gap has to get through on a busy machine, too.
            impatient(patience, 0.4)
            patience.setattr(repeating, "ATTEMPTS", 1)
            patience.setattr(entry.runtime_data.cycle.watch, "timing", HASTY)
            if gap.step is not None:
                reached = take_up(gap, entry, proxy, stop)
                step = asyncio.create_task(act(hass, entry, ACTIONS[gap.step]))
                # A step that ends before the gap would never reach it.
                step.add_done_callback(lambda _: reached.set())
                await reached.wait()
                if step.done():
                    stop.go_on.set()
                    pytest.fail(f"the step ended before the gap: {step.exception()}")
                await until(lambda: not gap.arrived or simulated.last_command == ord(gap.arrived))
            if dead != "Home Assistant":
                simulated.power_failure()
            if dead != "meter":
                await kill(hass, entry, step)
            proxy.decide = passes
            stop.go_on.set()
            if step is not None:
                await asyncio.gather(step, return_exceptions=True)
        if dead != "meter":
            assert await hass.config_entries.async_setup(entry.entry_id)
        await settled(hass, entry)

        assert briefly(news) == gap.news[DEATHS.index(dead)]
        await assert_all_archived(entry, simulated)
        await assert_remembered(hass, entry, simulated)
        found = await sessions(entry)
        assert [each.session.outcome for each in found] == (
            [Outcome.OPEN] if simulated.charging else [Outcome.ENDED] if simulated.records else []
        )

        power_failed = simulated.measurement_status == 3
        clock.advance(60)
        if not simulated.charging:
            await act(hass, entry, "start_charge_cycle")
            clock.advance(60)
        await act(hass, entry, "end_charge_cycle")
        await settled(hass, entry)
        await assert_all_archived(entry, simulated)
        await assert_remembered(hass, entry, simulated)
        await until(lambda: remembered(hass, entry) == {"charge": None, "claims": []})
        # Whatever else there was has been discarded.
        assert (await sessions(entry))[-1].session.outcome is (
            Outcome.POWER_FAILURE if power_failed else Outcome.ENDED
        )
