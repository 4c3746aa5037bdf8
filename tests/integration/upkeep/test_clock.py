"""The clock is kept right while the meter is idle, and only then."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from freezegun import freeze_time
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.const import DOMAIN, RELEASED
from custom_components.lovato_dmed4.dmed4.errors import CycleActiveError
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from custom_components.lovato_dmed4.upkeep import clock
from custom_components.lovato_dmed4.upkeep.clock import time_offset
from simulator import RestServer, SimulatedMeter
from simulator.faults import RestFault
from tests.integration.flows import Browser
from tests.integration.helpers import (
    Server,
    act,
    add_entry,
    add_meter,
    change_answer,
    fingerprint,
    pass_time,
    press,
    set_up,
    value,
    writes,
)
from tests.integration.plugin import ClientSessionGenerator

MINUTE = 60


@pytest.fixture
def simulated() -> SimulatedMeter:
    """Make a meter whose time passes as Home Assistant's does."""
    return SimulatedMeter(seed=1, signing_time=0, checking_time=0, clock_error=1)


@pytest.fixture
def any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock be set more than once a day."""
    monkeypatch.setattr(clock, "_WRITE_INTERVAL", timedelta(0))


def drift(simulated: SimulatedMeter) -> float:
    return simulated.time - simulated.now


async def test_a_clock_that_was_never_set_is_set(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    assert not simulated.synchronised
    await pass_time(hass, MINUTE)
    assert simulated.synchronised
    assert value(hass, entry, "clock_synchronised") == "on"


@pytest.mark.usefixtures("any_time")
async def test_a_drift_is_corrected_and_a_small_one_left_alone(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, simulated: SimulatedMeter
) -> None:
    await pass_time(hass, MINUTE)
    sent = len(writes(server))
    simulated._clock_lead = 4
    for _ in range(2):
        await pass_time(hass, MINUTE)
    assert len(writes(server)) == sent
    simulated._clock_lead = -30
    for _ in range(2):
        await pass_time(hass, MINUTE)
    assert abs(drift(simulated)) < 2
    assert abs(float(value(hass, entry, "clock_drift"))) < 2


@pytest.mark.usefixtures("any_time")
async def test_the_time_zone_follows_home_assistant_but_not_while_charging(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    await hass.config.async_set_time_zone("Etc/GMT-2")
    await pass_time(hass, MINUTE)
    assert simulated.time_offset == 120
    assert value(hass, entry, "time_offset") == "120"

    await press(hass, entry, "start")
    await hass.config.async_set_time_zone("Etc/GMT+1")
    await pass_time(hass, MINUTE)
    assert simulated.time_offset == 120

    await press(hass, entry, "end")
    await pass_time(hass, MINUTE)
    assert simulated.time_offset == -60


async def test_the_offset_is_that_of_the_season(hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    with freeze_time("2026-07-01"):
        assert time_offset() == 120
    with freeze_time("2026-12-01"):
        assert time_offset() == 60


async def test_only_offsets_that_the_meter_takes_are_sent(hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("Asia/Kathmandu")
    with freeze_time("2026-07-01"):
        assert time_offset() == 345
    await hass.config.async_set_time_zone("Africa/Monrovia")
    with freeze_time("1971-01-01"):
        assert time_offset() is None


async def test_a_charge_is_not_disturbed(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, simulated: SimulatedMeter
) -> None:
    await press(hass, entry, "start")
    simulated._clock_lead = 100
    sent = len(writes(server))
    for _ in range(3):
        await pass_time(hass, MINUTE)
    assert len(writes(server)) == sent
    await press(hass, entry, "end")
    await pass_time(hass, MINUTE)
    assert abs(drift(simulated)) < 2


async def test_a_charge_that_begins_meanwhile_is_no_failure(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[None] = []

    async def busy(_: object) -> None:
        tried.append(None)
        raise CycleActiveError("another client was faster")

    monkeypatch.setattr(rest_entry.runtime_data.cycle, "while_idle", busy)
    for _ in range(3):
        await pass_time(hass, MINUTE)
    assert len(tried) == 3
    monkeypatch.undo()
    await pass_time(hass, MINUTE)
    assert simulated.synchronised


async def test_the_user_can_keep_the_clock_in_another_way(
    hass: HomeAssistant, rest_server: RestServer, simulated: SimulatedMeter
) -> None:
    entry = add_entry(hass, rest_server, fingerprint(simulated), keep_clock=False)
    assert await set_up(hass, entry)
    for _ in range(3):
        await pass_time(hass, MINUTE)
    assert not writes(rest_server)


@pytest.mark.usefixtures("any_time")
async def test_failures_are_spaced_told_of_and_forgotten(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
) -> None:
    await hass.config.async_set_time_zone("UTC")
    issues = ir.async_get(hass)
    issue_id = f"{rest_entry.entry_id}_clock_not_kept"
    rest_server.faults.inject(RestFault.BAD_REQUEST, only=lambda line: not line.startswith("GET"))
    for _ in range(10):
        await pass_time(hass, MINUTE)
    # Each time by POST and, as that is refused, by PUT.
    assert len(writes(rest_server)) == 2 * 2
    assert issues.async_get_issue(DOMAIN, issue_id) is None
    await pass_time(hass, MINUTE)
    await pass_time(hass, MINUTE)
    assert len(writes(rest_server)) == 3 * 2
    assert issues.async_get_issue(DOMAIN, issue_id) is not None
    assert rest_entry.runtime_data.live.last_update_success

    rest_server.faults.clear()
    for _ in range(6):
        await pass_time(hass, MINUTE)
    assert simulated.synchronised
    assert issues.async_get_issue(DOMAIN, issue_id) is None


async def test_a_lost_meter_is_left_alone(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
) -> None:
    await rest_server.stop()
    for _ in range(2):
        await pass_time(hass, MINUTE)
    assert not writes(rest_server)
    await rest_server.start()
    for _ in range(6):
        await pass_time(hass, MINUTE)
    assert simulated.synchronised


async def test_the_clock_is_set_once_a_day(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, simulated: SimulatedMeter
) -> None:
    await pass_time(hass, MINUTE)
    sent = writes(server)
    for _ in range(10):
        simulated._clock_lead = -30
        await pass_time(hass, MINUTE)
    assert writes(server) == sent
    # A charge sets it all the same.
    await press(hass, entry, "start")
    assert abs(drift(simulated)) < 2


async def test_a_clock_that_was_put_right_meanwhile_is_not_set_again(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, simulated: SimulatedMeter
) -> None:
    """What the keeper knows of the clock is up to a minute old."""
    simulated.configure(datetime=round(simulated.now), datetime_offset=clock.time_offset())
    events = len(simulated.event_log.entries)
    await pass_time(hass, MINUTE)
    assert len(simulated.event_log.entries) == events
    assert not writes(server)


async def test_a_clock_that_a_person_sets_at_the_same_time_is_set_once(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whose turn comes second finds a clock that is right."""
    data = entry.runtime_data
    while_idle = data.cycle.while_idle
    asked = asyncio.Event()

    async def set_by_hand() -> None:
        await asked.wait()
        await data.meter.write_clock(dt_util.utcnow())
        await data.meter.write_time_offset(time_offset() or 0)

    async def second(step: Callable[[], Awaitable[object]]) -> object:
        asked.set()
        return await while_idle(step)

    by_hand = hass.async_create_background_task(while_idle(set_by_hand), "by hand")
    monkeypatch.setattr(data.cycle, "while_idle", second)
    await pass_time(hass, MINUTE)
    await by_hand
    assert simulated.synchronised
    assert len(writes(server)) == 2


@pytest.mark.usefixtures("any_time")
async def test_a_clock_that_stays_wrong_though_it_is_taken_is_left_alone(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A meter that shows local time where we expect UTC must not be set for ever."""
    monkeypatch.setattr(clock, "_WRITE_INTERVAL", timedelta(days=1))
    change_answer(rest_server, "/v1/charge_settings", datetime=round(simulated.now) - 300)
    for _ in range(20):
        await pass_time(hass, MINUTE)
    assert len(writes(rest_server)) <= 2
    issue_id = f"{rest_entry.entry_id}_clock_not_kept"
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_a_machine_that_is_days_behind_sets_no_meter_wrong(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    admin: Context,
) -> None:
    await pass_time(hass, MINUTE)
    simulated._clock_lead = 3 * 24 * 3600
    sent = len(writes(server))
    for _ in range(5):
        await pass_time(hass, MINUTE)
    assert len(writes(server)) == sent
    found = ir.async_get(hass).async_get_issue(DOMAIN, f"{entry.entry_id}_clock_doubtful")
    assert found is not None
    assert found.translation_placeholders == {"meter": entry.title, "minutes": str(3 * 24 * 60)}
    # Nor does a charge, or an automation that sets the clock: neither is a person who has looked.
    for step in (
        press(hass, entry, "start"),
        act(hass, entry, "start_charge_cycle", admin),
        press(hass, entry, "synchronise_clock"),
        act(hass, entry, "synchronise_clock"),
    ):
        with pytest.raises(ServiceValidationError) as refused:
            await step
        assert refused.value.translation_key == "clock_doubtful"
        assert refused.value.translation_placeholders == {"minutes": str(3 * 24 * 60)}
    assert len(writes(server)) == sent
    assert not simulated.charging
    # A person says that Home Assistant is right.
    await press(hass, entry, "synchronise_clock", admin)
    await pass_time(hass, MINUTE)
    assert abs(drift(simulated)) < 2
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"{entry.entry_id}_clock_doubtful") is None


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_a_meter_that_states_local_time_is_asked_about_once(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    admin: Context,
) -> None:
    """What a clock appears to be off just after a person has set it is no drift."""
    await press(hass, rest_entry, "synchronise_clock")
    doubtful = f"{rest_entry.entry_id}_clock_doubtful"
    change_answer(rest_server, "/v1/charge_settings", datetime=round(simulated.time) + 3600)
    await pass_time(hass, MINUTE)
    assert ir.async_get(hass).async_get_issue(DOMAIN, doubtful) is not None
    with pytest.raises(ServiceValidationError):
        await press(hass, rest_entry, "start", admin)
    await act(hass, rest_entry, "synchronise_clock", admin)
    await pass_time(hass, MINUTE)
    assert ir.async_get(hass).async_get_issue(DOMAIN, doubtful) is None
    sent = len(writes(rest_server))
    await pass_time(hass, MINUTE)
    assert len(writes(rest_server)) == sent
    # Also after a restart; and a drift on top of it is noticed.
    assert await hass.config_entries.async_reload(rest_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await press(hass, rest_entry, "start", admin)
    await press(hass, rest_entry, "end", admin)
    change_answer(rest_server, "/v1/charge_settings", datetime=round(simulated.time) + 7200)
    await pass_time(hass, MINUTE)
    assert ir.async_get(hass).async_get_issue(DOMAIN, doubtful) is not None


@pytest.mark.parametrize("shown", ["local", "utc"])
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_a_clock_that_is_ahead_by_its_time_offset_is_set_once(
    hass: HomeAssistant, shown: str
) -> None:
    """That shows whether local time is what the meter shows, or what it was set to."""
    await hass.config.async_set_time_zone("Etc/GMT-1")
    meter = SimulatedMeter(
        signing_time=0, checking_time=0, time_offset=60, readings={"setting_time": shown}
    )
    meter.configure(datetime=round(meter.now) + (3600 if shown == "utc" else 0))
    async with RestServer(meter, response_time=0) as server:
        entry = await add_meter(hass, server)
        sent = len(writes(server))
        for _ in range(4):
            await pass_time(hass, MINUTE)
        assert len(writes(server)) == sent + 1
        assert abs(float(value(hass, entry, "clock_drift"))) < 3
        assert abs(drift(meter)) < 2
        doubtful = f"{entry.entry_id}_clock_doubtful"
        assert ir.async_get(hass).async_get_issue(DOMAIN, doubtful) is None
        texts = entry.runtime_data.meter.found.texts
        assert any("clock as local time" in text for text in texts) is (shown == "local")
        await press(hass, entry, "start")
        assert meter.charging
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_no_charge_begins_before_the_version_was_made(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, simulated: SimulatedMeter
) -> None:
    sent = len(writes(server))
    with (
        freeze_time(RELEASED - timedelta(minutes=1), ignore=["asyncio"]),
        pytest.raises(ServiceValidationError) as refused,
    ):
        await act(hass, entry, "start_charge_cycle")
    assert refused.value.translation_key == "time_before_release"
    assert len(writes(server)) == sent
    await act(hass, entry, "start_charge_cycle")
    assert simulated.charging


async def test_no_charge_begins_before_the_newest_record(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The power fails, and the machine starts three days before the last charge."""
    await act(hass, entry, "start_charge_cycle")
    await act(hass, entry, "end_charge_cycle")
    right = dt_util.utcnow
    monkeypatch.setattr(dt_util, "utcnow", lambda: right() - timedelta(days=3))
    simulated.power_failure()
    sent = len(writes(server))
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, entry, "start_charge_cycle")
    assert refused.value.translation_key == "time_before_records"
    assert len(writes(server)) == sent
    issue_id = f"{entry.entry_id}_time_before_records"
    issues = ir.async_get(hass)
    assert issues.async_get_issue(DOMAIN, issue_id) is not None

    # The time has come from the network.
    monkeypatch.setattr(dt_util, "utcnow", right)
    await pass_time(hass, MINUTE)
    await act(hass, entry, "start_charge_cycle")
    assert simulated.charging
    assert issues.async_get_issue(DOMAIN, issue_id) is None


async def test_an_administrator_can_say_that_the_records_are_wrong(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await act(hass, rest_entry, "start_charge_cycle")
    await act(hass, rest_entry, "end_charge_cycle")
    # What is said of the newest record is not said of one that is counted later.
    await rest_entry.runtime_data.records.summary_coordinator.async_refresh()
    browser = await Browser.open(hass, hass_client)
    right = dt_util.utcnow
    monkeypatch.setattr(dt_util, "utcnow", lambda: right() - timedelta(days=3))
    simulated.power_failure()
    with pytest.raises(ServiceValidationError):
        await act(hass, rest_entry, "start_charge_cycle")
    form = await browser.repair(f"{rest_entry.entry_id}_time_before_records")
    assert form["step_id"] == "confirm"
    assert set(form["description_placeholders"]) == {"meter", "now", "newest"}
    assert (await browser.submit(form, {}))["type"] == "create_entry"
    await act(hass, rest_entry, "start_charge_cycle")
    assert simulated.charging


async def test_the_offset_is_written_with_the_clock_before_the_first_charge(
    hass: HomeAssistant, rest_server: RestServer, simulated: SimulatedMeter
) -> None:
    """Also if the user keeps the clock, and if the meter states an offset that it may have lost."""
    await hass.config.async_set_time_zone("Etc/GMT-2")
    entry = add_entry(hass, rest_server, fingerprint(simulated), keep_clock=False)
    undo = change_answer(rest_server, "/v1/charge_settings", datetime_offset=120)
    assert await set_up(hass, entry)
    undo()
    assert simulated.time_offset == 0
    await act(hass, entry, "start_charge_cycle")
    assert simulated.time_offset == 120


async def test_a_log_that_fills_up_during_commissioning_is_spared(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: RestServer
) -> None:
    undo = change_answer(
        rest_server, "/v1/logbook/info", events_total_number=90, events_max_number=100
    )
    await pass_time(hass, MINUTE)
    await pass_time(hass, MINUTE)
    issue_id = f"{rest_entry.entry_id}_event_log_fills"
    found = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert found is not None
    assert found.translation_placeholders == {
        "meter": rest_entry.title,
        "saved": "90",
        "maximum": "100",
    }
    sent = len(writes(rest_server))
    await pass_time(hass, MINUTE)
    assert len(writes(rest_server)) == sent <= 2
    undo()
    await pass_time(hass, MINUTE)
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None
