"""What browsers see of the fast measures, and what the meter is asked for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import logging
from types import SimpleNamespace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.lovato_dmed4 import live_stream
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ManualClock, ModbusTcpServer, RemoteDisplay, RestServer, SimulatedMeter
from tests.driven_time import LoopClock, drive_time
from tests.integration.helpers import (
    IDLE,
    Server,
    act,
    begin_charge,
    complaints,
    device_id,
    entities,
    impatient,
    pass_time,
    set_sample,
    state,
    unplug,
)
from tests.integration.plugin import MockUser, WebSocketGenerator

SUBSCRIBE = f"{DOMAIN}/live/subscribe"


class Browser:
    """A page that watches a meter."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._number = 0

    async def ask(self, kind: str, **data: object) -> dict[str, Any]:
        """Give a command and return the answer; events that come before it are dropped."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "type": kind, **data})
        while (message := await self._socket.receive_json())["type"] != "result":
            pass
        assert message["id"] == self._number
        return dict(message)

    async def watch(self, device: str) -> int:
        """Subscribe; return the subscription's number."""
        assert (await self.ask(SUBSCRIBE, device_id=device))["success"]
        return self._number

    async def leave(self, subscription: int) -> bool:
        """End a subscription; return whether there was one."""
        answer = await self.ask("unsubscribe_events", subscription=subscription)
        return bool(answer["success"])

    async def event(self) -> dict[str, Any]:
        """Wait for the next event."""
        message = await self._socket.receive_json()
        assert message["type"] == "event"
        return dict(message["event"])

    async def measures(self) -> dict[str, Any]:
        """Wait for the next event with measures."""
        while "power" not in (event := await self.event()):
            pass
        return event

    async def silence(self) -> dict[str, Any]:
        """Wait for the next event without measures."""
        while "power" in (event := await self.event()):
            pass
        return event

    async def close(self) -> None:
        """Leave without a word."""
        await self._socket.close()


@pytest.fixture(autouse=True)
async def _driven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for what only takes its time."""
    drive_time(monkeypatch)
    monkeypatch.setattr(live_stream, "time", SimpleNamespace(time=LoopClock().now))


@pytest.fixture
async def browser(
    entry: Dmed4ConfigEntry, hass_ws_client: WebSocketGenerator
) -> AsyncIterator[Browser]:
    """Open a page."""
    found = Browser(await hass_ws_client())
    yield found
    await found.close()


@asynccontextmanager
async def no_requests(server: Server) -> AsyncIterator[None]:
    """Make sure that the meter is asked nothing meanwhile, nor for a while."""
    server.requests.clear()
    yield
    await asyncio.sleep(1.5)
    assert not server.requests


async def test_measures_are_sent_as_fast_as_they_are_read(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    browser: Browser,
) -> None:
    begin_charge(simulated)
    set_sample(simulated, voltage=39_812, current=1_234_567, power=49_151)
    before = state(hass, entry, "power")
    server.requests.clear()
    await browser.watch(device_id(hass, entry))
    first = await browser.measures()
    assert first | {"time": 0} == {
        "time": 0,
        "voltage": 398.12,
        "current": 123.4567,
        "power": 49.151,
    }
    set_sample(simulated, power=-11_000)
    while (later := await browser.measures())["power"] != -11:
        pass
    assert first["time"] < later["time"] < first["time"] + 10
    # One request for each event, nothing else; and the recorder has seen none of it.
    assert all(request == server.requests[0] for request in server.requests)
    assert state(hass, entry, "power") is before


async def test_as_often_as_the_meter_measures(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, browser: Browser
) -> None:
    await browser.watch(device_id(hass, entry))
    await browser.measures()
    start = hass.loop.time()
    for _ in range(10):
        await browser.measures()
    interval = entry.runtime_data.meter.fast_interval
    assert hass.loop.time() - start == pytest.approx(10 * interval, abs=0.001)


async def test_one_poll_serves_all(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    browser: Browser,
    hass_ws_client: WebSocketGenerator,
) -> None:
    device = device_id(hass, entry)
    browsers = [browser, Browser(await hass_ws_client()), Browser(await hass_ws_client())]
    for one in browsers:
        await one.watch(device)
    server.requests.clear()
    times = [[(await one.measures())["time"] for _ in range(10)] for one in browsers]
    assert len(server.requests) <= 15  # and not thirty
    assert set(times[0]) & set(times[1]) & set(times[2])
    await browsers[1].close()
    await browsers[2].close()
    assert await browser.measures()


async def test_nobody_watches(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, browser: Browser
) -> None:
    async with no_requests(server):
        pass
    for _ in range(2):
        number = await browser.watch(device_id(hass, entry))
        assert await browser.measures()
        assert await browser.leave(number)
        await asyncio.sleep(1)  # one read may be under way
        async with no_requests(server):
            assert not await browser.leave(number)


async def test_a_page_that_is_closed(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, browser: Browser
) -> None:
    await browser.watch(device_id(hass, entry))
    assert await browser.measures()
    await browser.close()
    await asyncio.sleep(1)
    async with no_requests(server):
        pass


async def test_a_subscription_ends_and_can_be_renewed(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A browser that does not come back is not polled for."""
    monkeypatch.setattr(live_stream, "LEASE", 1)
    device, meter = device_id(hass, entry), entry.runtime_data.meter
    for _ in range(2):
        number = await browser.watch(device)
        event, count = await browser.event(), 0
        while "ended" not in event:
            event, count = await browser.event(), count + 1
        assert count == pytest.approx(1 / meter.fast_interval, abs=1)
        async with no_requests(server):
            assert not await browser.leave(number)


async def test_a_lost_meter_is_left_to_the_live_poll(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    browser: Browser,
    *,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    impatient(monkeypatch)
    await browser.watch(device_id(hass, entry))
    assert await browser.measures()
    await unplug(server)
    assert list(await browser.silence()) == ["time"]
    assert not complaints(caplog)
    await pass_time_watched(hass, entry)  # which notices and says so, once
    await server.start()
    async with no_requests(server):
        assert await browser.silence()

    await pass_time_watched(hass, entry)
    assert await browser.measures()
    assert len(complaints(caplog)) == 1


async def test_pages_that_are_opened_during_an_outage(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    hass_ws_client: WebSocketGenerator,
    *,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """All that a card asks for then, in one page or in three: the log has one line, ours or another's."""
    impatient(monkeypatch)
    await unplug(rest_server)
    await pass_time(hass)
    device = device_id(hass, rest_entry)
    for _ in range(3):
        page = Browser(await hass_ws_client(hass))
        await page.watch(device)
        assert (await page.ask(f"{DOMAIN}/rights", device_id=device))["success"]
        await pass_time_watched(hass, rest_entry)
    lines = [record for record in caplog.records if record.levelno >= logging.WARNING]
    ours = [line for line in lines if "has not been tested" not in line.getMessage()]
    assert [line.name for line in ours] == ["custom_components.lovato_dmed4"]


async def pass_time_watched(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
    """Let the next live poll happen; the stream is a background task that does not end."""
    await entry.runtime_data.live.async_refresh()
    await hass.async_block_till_done()


@pytest.mark.parametrize("meter_settings", [{"checking_time": 1}])
async def test_a_step_of_a_charge_comes_first(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    *,
    clock: ManualClock,
    browser: Browser,
) -> None:
    await browser.watch(device_id(hass, entry))
    await browser.measures()
    fast = server.requests[-1]
    start = hass.async_create_task(act(hass, entry, "start_charge_cycle"))
    await browser.silence()
    server.requests.clear()
    for _ in range(3):
        assert "power" not in await browser.event()
    assert fast not in server.requests
    while not start.done():
        clock.advance(1)  # the meter checks the prototype for a second
        await asyncio.sleep(0.01)
    assert start.result()["record"] == simulated.records[-1]
    assert await browser.measures()


async def test_the_line_is_left_alone_for_as_long_as_a_read_took(
    hass: HomeAssistant,
    modbus_entry: Dmed4ConfigEntry,
    hass_ws_client: WebSocketGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meter = modbus_entry.runtime_data.meter
    read = meter.read_fast
    busy: list[float] = []

    async def slow_read() -> object:
        busy.append(hass.loop.time())
        await asyncio.sleep(0.5)
        measures = await read()
        busy.append(hass.loop.time())
        return measures

    monkeypatch.setattr(meter, "read_fast", slow_read)
    browser = Browser(await hass_ws_client())
    await browser.watch(device_id(hass, modbus_entry))
    for _ in range(3):
        await browser.measures()
    await browser.close()
    pauses = [later - before for before, later in zip(busy[1::2], busy[2::2], strict=False)]
    assert len(pauses) >= 2
    assert pauses == pytest.approx([0.5] * len(pauses), abs=0.001)


async def test_unload_and_reload_while_somebody_watches(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    device = device_id(hass, entry)
    number = await browser.watch(device)
    await browser.measures()
    assert await hass.config_entries.async_unload(entry.entry_id)
    while "ended" not in await browser.event():
        pass
    async with no_requests(server):
        assert not await browser.leave(number)
        refused = await browser.ask(SUBSCRIBE, device_id=device)
    assert refused["error"]["code"] == "not_found"
    assert not complaints(caplog)

    assert await hass.config_entries.async_setup(entry.entry_id)
    await browser.watch(device)
    assert await browser.measures()


async def test_what_is_no_meter(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    browser: Browser,
    simulated: SimulatedMeter,
) -> None:
    answer = await browser.ask(SUBSCRIBE, device_id="unknown")
    assert answer["error"]["code"] == "not_found"
    assert "unknown" in answer["error"]["message"]
    answer = await browser.ask(SUBSCRIBE)
    assert answer["error"]["code"] == "invalid_format"
    async with ModbusTcpServer(RemoteDisplay(meters={1: simulated})) as display_server:
        menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
        form = await hass.config_entries.flow.async_configure(
            menu["flow_id"], {"next_step_id": "modbus_tcp"}
        )
        display = await hass.config_entries.flow.async_configure(
            form["flow_id"],
            {
                "host": display_server.host,
                "port": display_server.port,
                "unit_id": 1,
                "framing": "tcp",
            },
        )
        answer = await browser.ask(SUBSCRIBE, device_id=device_id(hass, display["result"]))
        assert answer["error"]["code"] == "not_supported"
        assert await hass.config_entries.async_unload(display["result"].entry_id)
    await browser.watch(device_id(hass, entry))
    assert await browser.measures()


@pytest.mark.parametrize(
    ("readable", "allowed"),
    [("sensor", True), ("light", False)],
)
async def test_only_who_may_see_the_power(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
    *,
    readable: str,
    allowed: bool,
) -> None:
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": {"domains": {readable: {"read": True}}}})
    browser = Browser(await hass_ws_client())
    rest_server.requests.clear()
    answer = await browser.ask(SUBSCRIBE, device_id=device_id(hass, rest_entry))
    assert answer["success"] is allowed
    if allowed:
        assert await browser.measures()
    else:
        assert answer["error"]["code"] == "unauthorized"
        assert not rest_server.requests
    await browser.close()


async def test_a_meter_whose_power_was_removed(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """There is nothing left that says who may see it."""
    device = device_id(hass, rest_entry)
    er.async_get(hass).async_remove(entities(hass, rest_entry)["power"].entity_id)
    browser = Browser(await hass_ws_client())
    answer = await browser.ask(SUBSCRIBE, device_id=device)
    assert answer["error"]["code"] == "unauthorized"
    assert await hass.config_entries.async_reload(rest_entry.entry_id)
    await browser.watch(device)
    assert await browser.measures()
    await browser.close()


async def test_the_live_poll_goes_on(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    browser: Browser,
) -> None:
    number = await browser.watch(device_id(hass, entry))
    await browser.measures()
    begin_charge(simulated)
    assert await browser.leave(number)
    await pass_time(hass, IDLE)
    assert state(hass, entry, "charging").state == "on"
