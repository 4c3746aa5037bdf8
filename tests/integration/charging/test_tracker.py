"""Charges are followed: remembered on disk, archived record by record, told to whoever listens."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from functools import partial
import gc
from pathlib import Path
import sqlite3
from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, EVENT_STATE_CHANGED
from homeassistant.core import CoreState, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.archive import Outcome, Source
from custom_components.lovato_dmed4.charging.open_charge import OpenCharge, Origin, Phase
from custom_components.lovato_dmed4.charging.tracker import ChargeEvent
from custom_components.lovato_dmed4.connection.storage import StoredFile, stored_file
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.dmed4 import repeating
from custom_components.lovato_dmed4.dmed4.model import LiveData
from custom_components.lovato_dmed4.dmed4.watch import Timing
from custom_components.lovato_dmed4.intake.logbook_sync import LogbookSync
from custom_components.lovato_dmed4.ocmf import Verdict, parse
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import Command, ManualClock, RestServer, SimulatedMeter
from tests.dmed4.helpers import Fate, Once, gives, sets_clock, until
from tests.integration.charges import (
    News,
    assert_all_archived,
    meter_behind_proxy,
    phase_on_disk,
    remembered,
    sessions,
    storage_file,
)
from tests.integration.flows import Browser, Form, device_link
from tests.integration.helpers import (
    act,
    add_entry,
    begin_charge,
    fail_power,
    fingerprint,
    impatient,
    pass_time,
    prepare_charge,
    press,
    set_sample,
    set_up,
    state,
    unplug,
    writes,
)
from tests.integration.plugin import ClientSessionGenerator, MockConfigEntry

KEY = "charge_cycle"
NOTHING: dict[str, Any] = {"charge": None, "claims": []}
ISSUE = "charge_after_power_failure"


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant store its files for real."""
    return {}


@pytest.fixture
def entry(news: News, rest_entry: Dmed4ConfigEntry) -> Dmed4ConfigEntry:
    """Where the transport makes no difference."""
    return rest_entry


@pytest.fixture
def file(hass: HomeAssistant) -> Path:
    """The archive."""
    return Path(hass.config.path("lovato_dmed4.db"))


def issue(hass: HomeAssistant, entry: Dmed4ConfigEntry | MockConfigEntry) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{ISSUE}_{entry.entry_id}")


def archived(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        records = database.execute("SELECT raw FROM dmed4_records ORDER BY id").fetchall()
        return [raw.decode() for (raw,) in records]


def is_private(path: Path) -> bool:
    return path.stat().st_mode & 0o077 == 0


def names(news: News) -> list[str]:
    return [event for event, _ in news]


# --- Steps --------------------------------------------------------------------------------------


async def test_steps_are_told_with_their_records(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    news: News,
) -> None:
    identity: dict[str, Any] = {"identification_data": "04A2B3C4", "tariff_text": "0.45 EUR"}
    for action in ("start_charge_cycle", "read_charge_cycle", "end_charge_cycle"):
        response = await act(hass, entry, action, **(identity if "start" in action else {}))
        assert response["archived"] is True
        clock.advance(60)
    assert names(news) == ["started", "read", "ended"]
    (session,) = await sessions(entry)
    assert [record.raw.decode() for record in session.records] == simulated.records
    assert session.session.outcome is Outcome.ENDED
    for (_, attributes), record in zip(news, session.records, strict=True):
        assert record.source is Source.COMMAND
        assert attributes == {
            "origin": "here",
            "record_id": record.id,
            "verdict": Verdict.VALID,
        }
    await until(lambda: remembered(hass, entry) == NOTHING)


@pytest.mark.parametrize(("key", "event"), [("start", "started"), ("end", "ended")])
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_buttons_take_the_same_steps(
    hass: HomeAssistant,
    *,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    news: News,
    key: str,
    event: str,
) -> None:
    if key == "end":
        await press(hass, entry, "start")
        await press(hass, entry, "read")
    await press(hass, entry, key)
    assert names(news)[-1] == event
    await assert_all_archived(entry, simulated)


async def test_what_is_going_to_happen_is_on_disk_before_the_command_is_given(
    hass: HomeAssistant, news: News, rest_server: RestServer, simulated: SimulatedMeter
) -> None:
    phases: list[tuple[str, str | None]] = []
    async with meter_behind_proxy(hass, rest_server, simulated) as (entry, proxy):

        def note(request: bytes) -> Fate:
            phases.extend(
                (command, phase_on_disk(hass, entry))
                for command in "BCE"
                if gives(command)(request)
            )
            return Fate.PASS

        proxy.decide = note
        await act(hass, entry, "start_charge_cycle")
        await hass.async_block_till_done()
        await act(hass, entry, "read_charge_cycle")
        await act(hass, entry, "end_charge_cycle")
        assert phases == [("B", "beginning"), ("C", "charging"), ("E", "ending")]
        assert is_private(storage_file(hass, entry))


async def test_the_record_before_is_archived_before_the_command_is_given(
    hass: HomeAssistant,
    *,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    file: Path,
) -> None:
    """Also where the logbook is no help."""
    found: list[list[str]] = []

    def note(request: bytes) -> Fate:
        if gives("E")(request):
            found.append(archived(file))
        return Fate.PASS

    monkeypatch.setattr(LogbookSync, "async_request", lambda _: None)
    async with meter_behind_proxy(hass, rest_server, simulated) as (entry, proxy):
        begin_charge(simulated)
        clock.advance(60)
        proxy.decide = note
        assert archived(file) == []
        await act(hass, entry, "end_charge_cycle")
        assert found == [simulated.records[:1]]
        assert archived(file) == simulated.records


async def test_identification_is_told_to_nobody(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, news: News, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    secret = "SECRET0815"
    await act(hass, entry, "start_charge_cycle", identification_data=secret)
    assert secret not in str(news)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("custom_components")]
    assert secret not in "\n".join(ours)
    # The meter may want it again after a power failure; after the end there is no reason to keep it.
    await until(lambda: phase_on_disk(hass, entry) == "charging")
    assert secret in str(remembered(hass, entry))
    await act(hass, entry, "end_charge_cycle")
    await until(lambda: phase_on_disk(hass, entry) is None)
    assert secret not in str(remembered(hass, entry))


async def test_a_step_goes_on_when_its_caller_is_gone(
    hass: HomeAssistant, news: News, rest_server: RestServer, simulated: SimulatedMeter
) -> None:
    async with meter_behind_proxy(hass, rest_server, simulated) as (entry, proxy):
        given = asyncio.Event()

        def note(request: bytes) -> Fate:
            if gives("B")(request):
                given.set()
            return Fate.PASS

        proxy.decide = note
        step = asyncio.create_task(act(hass, entry, "start_charge_cycle"))
        await given.wait()
        step.cancel()
        with pytest.raises(asyncio.CancelledError):
            await step
        await until(lambda: phase_on_disk(hass, entry) == "charging")
        assert names(news) == ["started"]
        (session,) = await sessions(entry)
        assert [record.source for record in session.records] == [Source.COMMAND]
        assert phase_on_disk(hass, entry) == "charging"


async def test_a_step_that_fails_when_its_caller_is_gone(
    hass: HomeAssistant,
    *,
    news: News,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(repeating, "ATTEMPTS", 1)
    async with meter_behind_proxy(hass, rest_server, simulated) as (entry, proxy):
        proxy.decide = given = Once(sets_clock, Fate.SWALLOW)
        step = asyncio.create_task(act(hass, entry, "start_charge_cycle"))
        await given.done.wait()
        step.cancel()
        await asyncio.wait({step})
        await until(lambda: names(news) == ["failed"])
        gc.collect()
        await hass.async_block_till_done()
        assert "retrieved" not in caplog.text
        assert "shield" not in caplog.text
        await act(hass, entry, "start_charge_cycle")


async def test_a_step_is_finished_before_the_entry_is_unloaded(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter, news: News
) -> None:
    given = asyncio.Event()
    original = simulated.command

    def note(command: Command) -> None:
        original(command)
        given.set()

    simulated.command = note  # type: ignore[method-assign]
    step = asyncio.create_task(act(hass, entry, "start_charge_cycle"))
    await given.wait()
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert (await step)["archived"] is True
    assert phase_on_disk(hass, entry) == "charging"
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    # Told once, and not again because it was found running.
    assert names(news) == ["started"]
    await assert_all_archived(entry, simulated)


async def test_wrong_use_is_no_failure(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, news: News
) -> None:
    with pytest.raises(ServiceValidationError):
        await act(hass, entry, "end_charge_cycle")
    await act(hass, entry, "start_charge_cycle")
    with pytest.raises(ServiceValidationError):
        await act(hass, entry, "start_charge_cycle")
    assert names(news) == ["started"]


async def test_a_failure_is_told_with_its_reason(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    news: News,
) -> None:
    await unplug(rest_server)
    with pytest.raises(HomeAssistantError):
        await act(hass, entry, "start_charge_cycle")
    assert news == [("failed", {"step": "start", "error": "cannot_connect"})]
    # The entity tells it although the meter is lost.
    assert state(hass, entry, KEY).attributes["event_type"] == "failed"
    await rest_server.start()
    await pass_time(hass)
    await act(hass, entry, "start_charge_cycle")
    assert names(news) == ["failed", "started"]


async def test_a_listener_that_raises_fails_no_step(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    news: News,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What has happened has happened, whatever they make of it who are informed."""
    called: set[str] = set()

    def failing(name: str) -> Callable[..., None]:
        def listener(*_: object) -> None:
            called.add(name)
            raise ValueError(name)

        return listener

    data = entry.runtime_data
    listen: dict[str, Callable[[Callable[..., None]], object]] = {
        "poll": data.live.async_add_poll_listener,
        "live": data.live.async_add_listener,
        "charge": data.charge.news.async_add,
        "record": data.records.news.async_add,
        "summary": data.records.summary_coordinator.async_add_listener,
        "logbook": data.sync.news.async_add,
        "states": partial(hass.bus.async_listen, EVENT_STATE_CHANGED),
    }
    for name, add in listen.items():
        add(callback(failing(name)))
    for step in ("start", "read", "end"):
        assert (await act(hass, entry, f"{step}_charge_cycle"))["archived"]
        await hass.async_block_till_done(wait_background_tasks=True)
    assert called == listen.keys()
    assert names(news) == ["started", "read", "ended"]
    assert simulated.measurement_status == 0
    (session,) = await sessions(entry)
    assert len(session.records) == 3
    assert session.session.outcome is Outcome.ENDED


async def test_a_meter_that_does_not_obey(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
    news: News,
) -> None:
    """What was remembered of a command that the meter did not take is forgotten."""
    impatient(monkeypatch)
    hasty = Timing(poll=0.1, step=0.3, command=0.3)
    with monkeypatch.context() as patch:
        patch.setattr(entry.runtime_data.cycle.watch, "timing", hasty)
        patch.setattr(simulated, "command", lambda _: None)
        with pytest.raises(HomeAssistantError):
            await act(hass, entry, "start_charge_cycle")
    await pass_time(hass)
    assert entry.runtime_data.charge.charge is None
    assert names(news) == ["failed"]
    await act(hass, entry, "start_charge_cycle")
    with monkeypatch.context() as patch:
        patch.setattr(entry.runtime_data.cycle.watch, "timing", hasty)
        patch.setattr(simulated, "command", lambda _: None)
        with pytest.raises(HomeAssistantError):
            await act(hass, entry, "end_charge_cycle")
    await pass_time(hass)
    assert entry.runtime_data.charge.charge is not None
    assert entry.runtime_data.charge.charge.phase is Phase.CHARGING
    assert names(news) == ["failed", "started", "failed"]
    await act(hass, entry, "end_charge_cycle")
    assert (await sessions(entry))[-1].session.outcome is Outcome.ENDED


async def test_a_prepared_cycle_that_is_discarded_is_archived_and_not_told(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    news: News,
) -> None:
    simulated.submit_prototype(b'{"FV":"1.1","PG":"T0","IS":false,"IT":"NONE"}')
    simulated.update()
    clock.advance(3600)
    await pass_time(hass)
    assert names(news) == []
    await act(hass, entry, "start_charge_cycle")
    assert names(news) == ["started"]
    await assert_all_archived(entry, simulated)
    assert len(simulated.records) == 3


# --- Others -------------------------------------------------------------------------------------


async def test_a_charge_of_another_master(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    news: News,
) -> None:
    begin_charge(simulated)
    await pass_time(hass)
    assert news == [("started", {"origin": "elsewhere"})]
    charge = entry.runtime_data.charge.charge
    assert charge is not None
    assert (charge.phase, charge.origin) == (Phase.CHARGING, Origin.ELSEWHERE)
    clock.advance(60)
    simulated.command(Command.END)
    await pass_time(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert news[1:] == [("ended", {"origin": "elsewhere"})]
    assert entry.runtime_data.charge.charge is None
    await assert_all_archived(entry, simulated)
    (session,) = await sessions(entry)
    assert session.session.outcome is Outcome.ENDED_ELSEWHERE
    await until(lambda: remembered(hass, entry) == NOTHING)


async def test_begun_elsewhere_and_ended_here_before_it_was_seen(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    news: News,
) -> None:
    begin_charge(simulated)
    clock.advance(60)
    await act(hass, entry, "end_charge_cycle")
    assert [(event, attributes["origin"]) for event, attributes in news] == [
        ("started", "elsewhere"),
        ("ended", "here"),
    ]
    await assert_all_archived(entry, simulated)
    (session,) = await sessions(entry)
    assert session.session.outcome is Outcome.ENDED


async def test_begun_here_and_ended_elsewhere_before_it_was_seen(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    news: News,
) -> None:
    await act(hass, entry, "start_charge_cycle")
    clock.advance(60)
    simulated.command(Command.END)
    simulated.update()
    clock.advance(60)
    await act(hass, entry, "start_charge_cycle")
    assert [(event, attributes["origin"]) for event, attributes in news] == [
        ("started", "here"),
        ("ended", "elsewhere"),
        ("started", "here"),
    ]
    await hass.async_block_till_done(wait_background_tasks=True)
    await assert_all_archived(entry, simulated)
    assert [each.session.outcome for each in await sessions(entry)] == [
        Outcome.ENDED_ELSEWHERE,
        Outcome.OPEN,
    ]


async def test_a_poll_that_began_before_a_step_proves_nothing(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter, news: News
) -> None:
    live, meter = entry.runtime_data.live, entry.runtime_data.meter
    read, asked, go_on = meter.read_live, asyncio.Event(), asyncio.Event()

    async def read_slowly() -> LiveData:
        data = await read()
        asked.set()
        await go_on.wait()
        return data

    meter.read_live = read_slowly  # type: ignore[method-assign]
    set_sample(simulated, temperatures=(30.0, 30.0))  # something to tell
    poll = asyncio.create_task(live.async_refresh())
    await asked.wait()
    meter.read_live = read  # type: ignore[method-assign]
    step = asyncio.create_task(act(hass, entry, "start_charge_cycle"))
    await until(lambda: phase_on_disk(hass, entry) == "beginning" and simulated.charging)
    looks: list[bool] = []
    live.async_add_listener(lambda: looks.append(live.data.status.measurement.charging))
    await entry.runtime_data.cycle.finish()
    go_on.set()
    await poll
    await step
    # The old poll told that nothing was running, after the charge had begun.
    assert looks[0] is False
    assert looks[-1] is True
    assert names(news) == ["started"]


async def test_a_status_that_the_manual_does_not_know_means_nothing(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter, news: News
) -> None:
    await act(hass, entry, "start_charge_cycle")
    simulated._measurement_status = 7  # type: ignore[assignment]
    await pass_time(hass)
    assert state(hass, entry, "charging").attributes["status"] is None
    assert names(news) == ["started"]
    simulated._measurement_status = 2  # type: ignore[assignment]
    await pass_time(hass)
    assert names(news) == ["started"]


# --- Power failures -----------------------------------------------------------------------------


async def test_a_power_failure_is_told_once_and_can_be_ended_by_the_action(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    news: News,
) -> None:
    await act(hass, entry, "start_charge_cycle")
    assert issue(hass, entry) is None
    await fail_power(simulated)
    clock.advance(60)
    for _ in range(2):
        await pass_time(hass)
    assert news[1:] == [("power_failure", {})]
    assert issue(hass, entry) is not None
    assert await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass)
    assert names(news) == ["started", "power_failure"]
    assert issue(hass, entry) is not None

    await act(hass, entry, "end_charge_cycle")
    assert names(news)[2:] == ["ended"]
    assert issue(hass, entry) is None
    (session,) = await sessions(entry)
    assert session.session.outcome is Outcome.POWER_FAILURE
    await assert_all_archived(entry, simulated)


async def open_repair(hass: HomeAssistant, browser: Browser, entry: Dmed4ConfigEntry) -> Form:
    found = issue(hass, entry)
    assert found is not None
    form = await browser.repair(found.issue_id)
    assert (form["type"], form["step_id"]) == ("form", "confirm")
    link = device_link(hass, entry)
    assert form["description_placeholders"] == {"meter": entry.title, "link": link}
    return form


async def test_the_repair_ends_the_charge(
    hass: HomeAssistant,
    *,
    entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    clock: ManualClock,
    news: News,
    hass_client: ClientSessionGenerator,
) -> None:
    await act(hass, entry, "start_charge_cycle")
    clock.advance(60)
    await fail_power(simulated)
    for _ in range(2):
        await pass_time(hass)
    # Looking at the question changes nothing.
    browser = await Browser.open(hass, hass_client)
    await open_repair(hass, browser, entry)
    assert simulated.measurement_status == 3

    form = await open_repair(hass, browser, entry)
    await unplug(rest_server)
    failed = await browser.submit(form, {})
    assert (failed["type"], failed["reason"]) == ("abort", "cannot_connect")
    assert failed["description_placeholders"] == {"meter": entry.title}
    await rest_server.start()
    await pass_time(hass)

    done = await browser.submit(await open_repair(hass, browser, entry), {})
    assert done["type"] == "create_entry"
    assert simulated.measurement_status == 0
    assert issue(hass, entry) is None
    assert names(news) == ["started", "power_failure", "failed", "ended"]
    (session,) = await sessions(entry)
    assert session.session.outcome is Outcome.POWER_FAILURE
    await assert_all_archived(entry, simulated)


async def test_the_repair_of_a_meter_that_is_not_set_up(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    hass_client: ClientSessionGenerator,
) -> None:
    begin_charge(simulated)
    await fail_power(simulated)
    for _ in range(2):
        await pass_time(hass)
    browser = await Browser.open(hass, hass_client)
    form = await open_repair(hass, browser, entry)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert issue(hass, entry) is None
    failed = await browser.submit(form, {})
    assert (failed["type"], failed["reason"]) == ("abort", "not_loaded")
    assert simulated.measurement_status == 3
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert issue(hass, entry) is not None
    await press(hass, entry, "end")
    assert issue(hass, entry) is None


async def test_a_second_power_failure_is_another_one(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    news: News,
) -> None:
    begin_charge(simulated)
    await fail_power(simulated)
    for _ in range(2):
        await pass_time(hass)
    # Another master ends that charge and begins the next one between two polls.
    simulated.command(Command.END)
    clock.advance(60)
    begin_charge(simulated)
    await pass_time(hass)
    assert issue(hass, entry) is None
    await fail_power(simulated)
    for _ in range(2):
        await pass_time(hass)
    assert names(news) == ["started", "power_failure", "power_failure"]
    assert issue(hass, entry) is not None


# --- What is found at set-up --------------------------------------------------------------------

BEGUN = OpenCharge(phase=Phase.BEGINNING, origin=Origin.HERE, since=dt_util.utcnow())
CHARGING = replace(BEGUN, phase=Phase.CHARGING)
FOREIGN = replace(CHARGING, origin=Origin.ELSEWHERE)
ENDING = replace(CHARGING, phase=Phase.ENDING, last="0" * 64)
FAILED_OVER = replace(CHARGING, power_failed=True)

STARTED_HERE = ("started", {"origin": "here"})
STARTED_ELSEWHERE = ("started", {"origin": "elsewhere"})
ENDED_HERE = ("ended", {"origin": "here"})
ENDED_ELSEWHERE = ("ended", {"origin": "elsewhere"})
START_FAILED = ("failed", {"step": "start", "error": "interrupted"})
END_FAILED = ("failed", {"step": "end", "error": "interrupted"})
POWER_FAILED: tuple[str, dict[str, str]] = ("power_failure", {})

# What was remembered, what the meter says, what is remembered then, what is told.
TABLE: list[tuple[OpenCharge | None, int, OpenCharge | None, list[tuple[str, dict[str, str]]]]] = [
    (None, 0, None, []),
    (None, 1, None, []),
    (None, 2, FOREIGN, [STARTED_ELSEWHERE]),
    (None, 3, replace(FOREIGN, power_failed=True), [STARTED_ELSEWHERE, POWER_FAILED]),
    (BEGUN, 0, None, [START_FAILED]),
    (BEGUN, 1, None, [START_FAILED]),
    (BEGUN, 2, CHARGING, [STARTED_HERE]),
    (BEGUN, 3, FAILED_OVER, [STARTED_HERE, POWER_FAILED]),
    (CHARGING, 0, None, [ENDED_ELSEWHERE]),
    (CHARGING, 1, None, [ENDED_ELSEWHERE]),
    (CHARGING, 2, CHARGING, []),
    (CHARGING, 3, FAILED_OVER, [POWER_FAILED]),
    (FAILED_OVER, 3, FAILED_OVER, []),
    (FAILED_OVER, 0, None, [ENDED_ELSEWHERE]),
    (FOREIGN, 0, None, [ENDED_ELSEWHERE]),
    (FOREIGN, 2, FOREIGN, []),
    (ENDING, 0, None, [ENDED_HERE]),
    (ENDING, 1, None, [ENDED_HERE]),
    (ENDING, 2, CHARGING, [END_FAILED]),
    (ENDING, 3, FAILED_OVER, [END_FAILED, POWER_FAILED]),
]


@pytest.fixture
def old_entry(
    hass: HomeAssistant, rest_server: RestServer, simulated: SimulatedMeter, news: News
) -> MockConfigEntry:
    """A meter that was set up before Home Assistant was started."""
    return add_entry(hass, rest_server, fingerprint(simulated))


async def remember(
    hass: HomeAssistant, entry: MockConfigEntry, charge: OpenCharge | None, *claims: str
) -> None:
    """Leave behind what a killed Home Assistant does."""
    content = {"charge": None if charge is None else asdict(charge), "claims": list(claims)}
    await stored_file(hass, entry.entry_id, StoredFile.CHARGE, dict).async_save(content)


@pytest.mark.parametrize(("before", "status", "after", "told"), TABLE)
async def test_table(
    hass: HomeAssistant,
    old_entry: MockConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    news: News,
    *,
    before: OpenCharge | None,
    status: int,
    after: OpenCharge | None,
    told: list[tuple[str, dict[str, str]]],
) -> None:
    if status:
        prepare_charge(simulated)
    if status > 1:
        simulated.command(Command.BEGIN)
    if status == 3:
        simulated.power_failure()
    if before is not None:
        # Not long ago: else the records say that it is another charge that is running.
        before = replace(before, since=dt_util.utcnow())
    await remember(hass, old_entry, before)
    assert await set_up(hass, old_entry)
    found = old_entry.runtime_data.charge.charge
    assert (found is None) == (after is None)
    if found is not None and after is not None:
        since = before.since if before is not None else found.since
        assert found == replace(after, since=since)
    assert news == told
    # Nothing but looking: not one command.
    assert writes(rest_server) == []
    assert simulated.measurement_status == status
    assert (issue(hass, old_entry) is not None) == (status == 3)
    # And told once.
    assert await hass.config_entries.async_reload(old_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert news == told


async def test_an_end_that_was_commanded_here_counts_as_ours(
    hass: HomeAssistant,
    old_entry: MockConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    news: News,
) -> None:
    """Its record comes out of the logbook, with others after it."""
    for _ in range(2):
        begin_charge(simulated)
        clock.advance(60)
        simulated.command(Command.END)
        simulated.update()
        clock.advance(60)
    last = parse(simulated.records[0].encode()).digest
    await remember(hass, old_entry, replace(ENDING, last=last))
    assert await set_up(hass, old_entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert news == [ENDED_HERE]
    await until(lambda: remembered(hass, old_entry) == NOTHING)
    assert [each.session.outcome for each in await sessions(old_entry)] == [
        Outcome.ENDED,
        Outcome.ENDED_ELSEWHERE,
    ]
    await assert_all_archived(old_entry, simulated)


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_news_wait_until_home_assistant_has_started(
    hass: HomeAssistant, old_entry: MockConfigEntry, simulated: SimulatedMeter, news: News
) -> None:
    begin_charge(simulated)
    await remember(hass, old_entry, BEGUN)
    hass.set_state(CoreState.not_running)
    assert await set_up(hass, old_entry)
    await press(hass, old_entry, "read")
    await press(hass, old_entry, "end")
    assert news == []
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    assert names(news) == ["started", "read", "ended"]
    assert news[0] == STARTED_HERE


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_the_entity_tells_everything_in_order(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter, clock: ManualClock
) -> None:
    told: list[str] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is not None and new.entity_id == state(hass, entry, KEY).entity_id:
            told.append(new.attributes["event_type"])

    hass.bus.async_listen("state_changed", note)
    assert state(hass, entry, KEY).attributes["event_types"] == list(ChargeEvent)
    begin_charge(simulated)
    clock.advance(60)
    # The buttons are there once the charge has been seen.
    await pass_time(hass)
    await press(hass, entry, "read")
    await press(hass, entry, "end")
    assert told == ["started", "read", "ended"]
    attributes = state(hass, entry, KEY).attributes
    assert attributes["origin"] == "here"
    assert attributes["verdict"] == "valid"


# --- Disks --------------------------------------------------------------------------------------


@contextmanager
def broken(file: Path) -> Iterator[None]:
    """Let every use of the archive's records fail."""
    rename(file, "dmed4_records", "elsewhere")
    try:
        yield
    finally:
        rename(file, "elsewhere", "dmed4_records")


@contextmanager
def unwritable(path: Path) -> Iterator[None]:
    """Let nothing be put at a path, as on a full disk."""
    path.mkdir(parents=True)
    try:
        yield
    finally:
        path.rmdir()


def rename(file: Path, table: str, name: str) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute(f"ALTER TABLE {table} RENAME TO {name}")


async def test_a_charge_without_an_archive(
    hass: HomeAssistant,
    *,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    news: News,
    file: Path,
) -> None:
    with broken(file):
        for action in ("start_charge_cycle", "end_charge_cycle"):
            response = await act(hass, entry, action)
            assert response["signature"] == "valid"
            assert response["archived"] is False
            clock.advance(60)
        assert news == [STARTED_HERE, ENDED_HERE]
        begun = parse(simulated.records[0].encode())
        await until(lambda: remembered(hass, entry) == {"charge": None, "claims": [begun.digest]})
    await pass_time(hass, 300)
    await until(lambda: not entry.runtime_data.records.waiting)
    await until(lambda: remembered(hass, entry) == NOTHING)
    await assert_all_archived(entry, simulated)
    (session,) = await sessions(entry)
    assert session.session.outcome is Outcome.ENDED
    await until(lambda: remembered(hass, entry) == NOTHING)


async def test_ended_without_an_archive_and_killed(
    hass: HomeAssistant,
    *,
    old_entry: MockConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    news: News,
    file: Path,
) -> None:
    """What only the meter and the file know is put together when the archive is back."""
    begin_charge(simulated)
    clock.advance(60)
    simulated.command(Command.END)
    simulated.update()
    assert await set_up(hass, old_entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    (session,) = await sessions(old_entry)
    assert session.session.outcome is Outcome.ENDED_ELSEWHERE
    assert await hass.config_entries.async_unload(old_entry.entry_id)
    await remember(hass, old_entry, None, "f" * 64, session.records[0].digest)
    with broken(file):
        assert await set_up(hass, old_entry)
        data = remembered(hass, old_entry)
        assert data is not None
        assert len(data["claims"]) == 2
    await pass_time(hass, 300)
    # The other one is of a record that never came.
    await until(lambda: remembered(hass, old_entry) == {"charge": None, "claims": ["f" * 64]})
    (session,) = await sessions(old_entry)
    assert session.session.outcome is Outcome.ENDED
    assert news == []


async def test_claims_do_not_pile_up(
    hass: HomeAssistant,
    old_entry: MockConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    news: News,
) -> None:
    claims = [f"{number:064}" for number in range(10)]
    await remember(hass, old_entry, replace(ENDING, last="f" * 64), *claims)
    assert await set_up(hass, old_entry)
    await until(
        lambda: remembered(hass, old_entry) == {"charge": None, "claims": [*claims[1:], "f" * 64]}
    )
    assert news == [ENDED_HERE]


async def test_a_step_is_taken_although_it_can_not_be_remembered(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    news: News,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with unwritable(storage_file(hass, entry)):
        await act(hass, entry, "start_charge_cycle")
        await act(hass, entry, "end_charge_cycle")
        await assert_all_archived(entry, simulated)
        assert names(news) == ["started", "ended"]
        assert "Error writing config" in caplog.text
        await hass.async_block_till_done()
    await act(hass, entry, "start_charge_cycle")
    await until(lambda: phase_on_disk(hass, entry) == "charging")


async def test_nothing_is_left_of_a_meter_that_is_removed(
    hass: HomeAssistant, entry: Dmed4ConfigEntry
) -> None:
    await act(hass, entry, "start_charge_cycle")
    await until(lambda: phase_on_disk(hass, entry) == "charging")
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert remembered(hass, entry) is None


@pytest.mark.parametrize("text", ["OCMF|nonsense", "", "OCMF|{}|{}", "of another charge"])
async def test_an_end_after_a_record_that_says_nothing(
    hass: HomeAssistant,
    *,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    text: str,
) -> None:
    """What the meter gives as its last record need not be one of the charge that is ended."""
    for commands in ((Command.END,), ()):
        begin_charge(simulated)
        clock.advance(60)
        for command in commands:
            simulated.command(command)
            simulated.update()
        await pass_time(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    records = simulated.record_log.entries
    text = text if text != "of another charge" else records[1].text
    records[-1] = replace(records[-1], text=text)
    response = await act(hass, entry, "end_charge_cycle")
    assert response["archived"] is True
    await hass.async_block_till_done(wait_background_tasks=True)
    ends = [each for each in await sessions(entry) if each.session.outcome is not Outcome.OPEN]
    assert [each.session.outcome for each in ends] == [Outcome.ENDED_ELSEWHERE, Outcome.ENDED]
    assert ends[-1].records[-1].raw.decode() == simulated.records[-1]
    await until(lambda: remembered(hass, entry) == NOTHING)


@pytest.mark.parametrize("meter_settings", [{"signing_time": 3600}])
async def test_nothing_is_settled_while_the_meter_is_signing(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    news: News,
) -> None:
    tracker = entry.runtime_data.charge
    prepare_charge(simulated)
    simulated.command(Command.BEGIN)
    tracker.charge = OpenCharge(phase=Phase.BEGINNING, origin=Origin.HERE, since=dt_util.utcnow())
    await pass_time(hass)
    assert tracker.charge.phase is Phase.BEGINNING
    assert names(news) == []
    clock.advance(3601)
    await pass_time(hass)
    assert (tracker.charge.phase, tracker.charge.origin) == (Phase.CHARGING, Origin.HERE)
    assert names(news) == ["started"]


async def test_records_that_only_clear_a_prepared_charge_are_marked(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    prepare_charge(simulated, {"identification_data": "04A2B3C4"})
    await act(hass, entry, "start_charge_cycle", identification_data="04FFFFFF")
    found = await sessions(entry)
    sources = [[record.source for record in each.records] for each in found]
    assert sources == [[Source.CLEARING, Source.CLEARING], [Source.COMMAND]]
    assert [each.session.identification for each in found] == ["", "04FFFFFF"]
    assert found[0].session.outcome is Outcome.ENDED
