"""A meter that can't be set up is examined in the set-up itself: over Home Assistant's own HTTP interface."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from html import unescape
from http import HTTPStatus
import json
import re
from typing import Any, Final, Self

from aiohttp import web
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.components.frontend.storage import async_user_store
from homeassistant.components.modbus import async_get_unit
from homeassistant.components.modbus.connection import DATA_MODBUS_CONNECTIONS
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
from modbus_connection import ModbusTcpParams
import pytest

from custom_components.lovato_dmed4.connection import search
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.dmed4 import repeating
from custom_components.lovato_dmed4.examination import file, modbus, rest, run
from custom_components.lovato_dmed4.reports.examinations import Examinations, async_examinations
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import (
    ModbusTcpServer,
    ReplayedMeter,
    RestFault,
    RestServer,
    SerialOverTcpServer,
    SerialServer,
    SimulatedMeter,
    open_pty,
)

from .connection.test_search import OwnNumber
from .flows import Browser, Form
from .helpers import (
    act,
    change_answer,
    impatient,
    mute_server,
    other_modbus_server,
    state_of,
    unused_port,
    user_input,
    web_server,
    writes,
)
from .plugin import ClientSessionGenerator, MockConfigEntry, MockUser

HOST: Final = "127.0.0.1"
LINE: Final = {"baudrate": "115200", "data_format": "8N", "stop_bits": "1", "unit_id": 1}
LINK: Final = re.compile(r'<a href="([^"]+)" target="_blank">Download the file</a>')

type Failing = tuple[str, dict[str, Any]]
"""The step of the form, and what is entered."""


@pytest.fixture(autouse=True)
async def browser(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, monkeypatch: pytest.MonkeyPatch
) -> Browser:
    impatient(monkeypatch, 0.3)
    monkeypatch.setattr(repeating, "BUSY_SECONDS", 0)
    monkeypatch.setattr(search, "MODBUS_PORTS", ())
    monkeypatch.setattr(search, "_HTTP_PORT", 1)
    monkeypatch.setattr(search, "_HTTPS_PORT", 1)
    # The ports of this machine are not the meter's.
    monkeypatch.setattr(run, "MODBUS_PORTS", ())
    monkeypatch.setattr(modbus, "SETTLED", 0)
    for module in (modbus, rest):
        monkeypatch.setattr(module, "PROBE_SECONDS", 0.3)
    assert await async_setup_component(hass, "modbus", {})
    return await Browser.open(hass, hass_client)


# --- what can't be set up -----------------------------------------------------------------------


@asynccontextmanager
async def nothing_found() -> AsyncIterator[Failing]:
    """A web server that answers 404 to everything."""

    async def refuse(_: web.BaseRequest) -> web.Response:
        return web.Response(status=HTTPStatus.NOT_FOUND, text="Not found")

    async with web_server(refuse) as port:
        yield "rest", {"host": HOST, "port": port, "tls": "off"}


@asynccontextmanager
async def a_router() -> AsyncIterator[Failing]:
    """A web server that is not a meter's: it has a page for everything."""

    async def serve(_: web.BaseRequest) -> web.Response:
        return web.Response(text="<!doctype html><title>Router</title>", content_type="text/html")

    async with web_server(serve) as port:
        yield "rest", {"host": HOST, "port": port, "tls": "off"}


@asynccontextmanager
async def a_silent_web_server() -> AsyncIterator[Failing]:
    async with mute_server() as port:
        yield "rest", {"host": HOST, "port": port, "tls": "off"}


@asynccontextmanager
async def an_answer_that_ends_early() -> AsyncIterator[Failing]:
    """A meter with TLS, whose answers are cut off."""
    async with RestServer(SimulatedMeter(), tls=True, response_time=0) as server:
        server.faults.inject(RestFault.CUT)
        yield "rest", user_input(server, tls="pinned")


@asynccontextmanager
async def a_meter_that_refuses_its_settings() -> AsyncIterator[Failing]:
    async with RestServer(SimulatedMeter(), response_time=0) as server:
        server.faults.inject(RestFault.UNAVAILABLE, only=lambda path: "settings" in path)
        yield "rest", user_input(server)


@asynccontextmanager
async def registers_refused() -> AsyncIterator[Failing]:
    """A meter that says who it is, and answers all registers with exceptions."""
    async with other_modbus_server({0x11: bytes([0x11, 8, 0x48, 12, 3, 5, 2, 7, 0, 0])}) as port:
        yield "modbus_tcp", {"host": HOST, "port": port, "unit_id": 1, "framing": "tcp"}


@asynccontextmanager
async def a_silent_gateway() -> AsyncIterator[Failing]:
    async with mute_server() as port:
        yield "modbus_tcp", {"host": HOST, "port": port, "unit_id": 1, "framing": "rtu"}


@asynccontextmanager
async def another_unit() -> AsyncIterator[Failing]:
    """A meter that answers to its own node number only."""
    async with ModbusTcpServer(SimulatedMeter(), unit_id=5, strict_unit=True) as server:
        yield "modbus_tcp", user_input(server, unit_id=1)


@asynccontextmanager
async def another_number() -> AsyncIterator[Failing]:
    """A meter that answers with its own node number, whatever was asked."""
    async with OwnNumber(SimulatedMeter(), 5) as own:
        yield "modbus_tcp", {"host": HOST, "port": own.port, "unit_id": 1, "framing": "tcp"}


def over_a_gateway(framing: str) -> Callable[[], AbstractAsyncContextManager[Failing]]:
    @asynccontextmanager
    async def another_unit_on_the_line() -> AsyncIterator[Failing]:
        meters: Any = {7: SimulatedMeter()}
        kind: Any = framing
        async with SerialOverTcpServer(meters, framing=kind) as server:
            where = {"host": server.host, "port": server.port}
            yield "modbus_tcp", {**where, "unit_id": 1, "framing": framing}

    return another_unit_on_the_line


@asynccontextmanager
async def another_unit_on_a_serial_port() -> AsyncIterator[Failing]:
    meters: Any = {7: SimulatedMeter()}
    with open_pty() as pty:
        async with SerialServer(meters, pty, framing="rtu", baudrate=115200):
            yield "modbus_serial", {**LINE, "device": pty.path, "framing": "rtu"}


# By the error of the set-up, and what the page says.
CASES: Final = {
    nothing_found: ("not_a_dmed4", "Nothing that it answers fits the manual of a DMED4."),
    a_router: ("not_a_dmed4", "as the integration reads it: not a DMED4"),
    a_silent_web_server: ("silent", "- answers: no answer"),
    an_answer_that_ends_early: ("unexpected_answer", "- answers: done"),
    a_meter_that_refuses_its_settings: ("refused", "Names in answers have underscores."),
    registers_refused: ("not_a_dmed4", "Unit 1 answers."),
    a_silent_gateway: ("silent", "- model: no answer"),
    another_unit: ("silent", "Unit 1 does not answer."),
    another_number: ("silent", "When unit 1 is asked, unit 5 answers."),
    over_a_gateway("rtu"): ("silent", "- model: no answer"),
    over_a_gateway("ascii"): ("silent", "- model: no answer"),
    another_unit_on_a_serial_port: ("silent", "- model: no answer"),
}


def fields_of(form: Form) -> set[str]:
    return {field["name"] for field in form["data_schema"]}


async def fail(browser: Browser, step: str, answers: dict[str, Any]) -> Form:
    """Fill in the form of a device that can't be set up."""
    form = await browser.choose(await browser.set_up(), step)
    assert "examine" not in fields_of(form)
    form = await browser.submit(form, answers)
    if form["step_id"] == "certificate":
        form = await browser.submit(form, {})
    assert form["step_id"] == step
    return form


async def ask(browser: Browser, form: Form, answers: dict[str, Any]) -> Form:
    """Ask for an examination in a form that has failed."""
    assert "examine" in fields_of(form)
    return await browser.submit(form, {**answers, "examine": True})


async def examine(
    browser: Browser, form: Form, answers: dict[str, Any], **wishes: object
) -> tuple[Form, str]:
    """Examine the device of a form that has failed; return the page, and where its file is."""
    asked = await ask(browser, form, answers)
    assert asked["step_id"] == "examine"
    assert asked["errors"] is None
    progress = await browser.submit(asked, wishes)
    assert progress["type"] == "progress"
    page = await browser.follow(progress)
    assert page["step_id"] == "examined"
    found = LINK.search(page["description_placeholders"]["link"])
    assert found is not None
    return page, unescape(found[1])


@pytest.mark.parametrize("device", CASES, ids=lambda device: device.__name__)
async def test_what_can_not_be_set_up_is_examined(
    hass: HomeAssistant,
    browser: Browser,
    hass_client_no_auth: ClientSessionGenerator,
    device: Callable[[], AbstractAsyncContextManager[Failing]],
) -> None:
    error, sentence = CASES[device]
    async with device() as (step, answers):
        form = await fail(browser, step, answers)
        assert form["errors"]["base"] == error
        page, url = await examine(browser, form, answers)
        assert sentence in page["description_placeholders"]["result"]
        # Whoever has the link can save the file, as a browser does that has no header to send.
        response = await (await hass_client_no_auth()).get(url)
        assert response.status == HTTPStatus.OK
        assert 'filename="examination.json"' in response.headers["Content-Disposition"]
        content = json.loads(await response.text())
        ReplayedMeter(content)
        assert content["writes"] is False
        places = (HOST, "/dev/", f":{answers.get('port', '?')}")
        assert [place for place in places if place in str(content)] == []
        # The connection can be corrected then.
        again = await browser.submit(page, {})
        assert (again["step_id"], again["errors"]) == (step, {})
        assert "examine" not in fields_of(again)
    assert not hass.config_entries.async_entries(DOMAIN)


async def test_an_examination_is_offered_where_it_can_explain_something(browser: Browser) -> None:
    with unused_port() as port:
        form = await fail(browser, "rest", {"host": HOST, "port": port, "tls": "off"})
    assert form["errors"] == {"base": "connection_refused"}
    assert "examine" not in fields_of(form)


@pytest.mark.parametrize(
    ("chosen", "preferred"), [("de", "it"), (None, "de-AT,en;q=0.5"), (None, "zz")]
)
async def test_the_page_is_in_the_language_of_the_person(
    hass: HomeAssistant,
    browser: Browser,
    hass_admin_user: MockUser,
    chosen: str | None,
    preferred: str,
) -> None:
    """The one of the profile, else the browser's, else Home Assistant's: as the form itself."""
    hass.config.language = "de" if preferred == "zz" else "fr"
    store = await async_user_store(hass, hass_admin_user.id)
    await store.async_set_item("language", {"language": chosen})
    browser.prefer(preferred)
    async with nothing_found() as (step, answers):
        asked = await ask(browser, await fail(browser, step, answers), answers)
        page = await browser.follow(await browser.submit(asked, {}))
    shown = page["description_placeholders"]
    assert "Nichts, was es antwortet, passt zum Handbuch eines DMED4." in shown["result"]
    assert ">Datei herunterladen</a>" in shown["link"]
    assert "**Schritte**" in shown["result"]


@pytest.mark.parametrize("allowed", [True, False])
async def test_it_writes_only_with_consent(
    browser: Browser, simulated: SimulatedMeter, *, allowed: bool
) -> None:
    """The two keys of this meter do not belong together."""
    simulated.configure(datetime_offset=120)
    other = SimulatedMeter(seed=2)
    async with RestServer(simulated, response_time=0) as server:
        change_answer(server, "/v1/charge_settings", public_key_ocmf=other.public_key_ocmf.hex())
        answers = user_input(server)
        form = await fail(browser, "rest", answers)
        assert form["errors"] == {"base": "keys_disagree"}
        page, _ = await examine(browser, form, answers, allow_writes=allowed, display_voltage=400)
        assert bool(writes(server)) is allowed
    assert simulated.time_offset == 120
    clock = "done" if allowed else "not allowed"
    assert f"- clock: {clock}\n" in page["description_placeholders"]["result"]


async def test_only_administrators_get_the_file(
    hass: HomeAssistant,
    browser: Browser,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_admin_user: MockUser,
) -> None:
    async with nothing_found() as (step, answers):
        _, url = await examine(browser, await fail(browser, step, answers), answers)
    path = url.partition("?")[0]
    client = await hass_client()
    assert (await (await hass_client_no_auth()).get(path)).status == HTTPStatus.UNAUTHORIZED
    assert (await client.get(path)).status == HTTPStatus.OK
    unknown = path.replace("attempts/", "attempts/x")
    assert (await client.get(unknown)).status == HTTPStatus.NOT_FOUND
    hass_admin_user.groups = [await hass.auth.async_get_group(GROUP_ID_USER)]
    for address in (path, url):
        assert (await client.get(address)).status == HTTPStatus.FORBIDDEN
    start = {"handler": DOMAIN, "context": {"source": "user"}}
    response = await client.post("/api/config/config_entries/flow", json=start)
    assert response.status == HTTPStatus.UNAUTHORIZED


def test_only_the_last_files_are_kept() -> None:
    kept = Examinations()
    for name in ("a", "b", "c", "a", "d"):
        kept.keep_attempt(name, name.encode())
    assert kept.attempts == {"c": b"c", "a": b"a", "d": b"d"}


# --- in the middle ------------------------------------------------------------------------------


class Mute:
    """Accepts connections, says nothing, and counts those that are open."""

    def __init__(self) -> None:
        self.open = 0
        self.port = 0
        self.changed = asyncio.Event()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.changed.set()
        await reader.read()
        while await reader.read(4096):
            pass
        self.open -= 1
        self.changed.set()
        writer.close()

    async def until(self, count: int) -> None:
        while self.open != count:
            self.changed.clear()
            await self.changed.wait()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._server.close_clients()


async def close(hass: HomeAssistant, flow_id: str) -> None:
    """Close a dialogue while its examination is under way, and wait until that has ended."""
    (task,) = (task for task in asyncio.all_tasks() if task.get_name().endswith("in a set-up"))
    hass.config_entries.flow.async_abort(flow_id)
    await asyncio.wait([task])
    assert task.cancelled()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let an examination wait for answers that do not come, until it is ended."""

    def wait() -> None:
        for module in (modbus, rest):
            monkeypatch.setattr(module, "PROBE_SECONDS", 3600)

    return wait


async def test_a_dialogue_that_is_closed_ends_the_examination(
    hass: HomeAssistant, browser: Browser, patient: Callable[[], None]
) -> None:
    async with Mute() as mute:
        answers = {"host": HOST, "port": mute.port, "unit_id": 1, "framing": "tcp"}
        form = await ask(browser, await fail(browser, "modbus_tcp", answers), answers)
        await mute.until(0)
        patient()
        shown = await hass.config_entries.flow.async_configure(form["flow_id"], {})
        assert shown["type"] is FlowResultType.SHOW_PROGRESS
        await mute.until(1)
        await close(hass, form["flow_id"])
        await mute.until(0)
        assert async_examinations(hass).attempts == {}
    # The address is free for the next one.
    with async_examinations(hass).alone_at(HOST):
        pass


async def test_a_dialogue_that_is_closed_leaves_the_meter_as_it_was(
    hass: HomeAssistant,
    browser: Browser,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is closed just while the time offset is another one."""
    changed = asyncio.Event()
    write = rest.ExaminedRestMeter.write_time_offset

    async def write_and_wait(meter: rest.ExaminedRestMeter, minutes: int) -> None:
        await write(meter, minutes)
        if not changed.is_set():
            changed.set()
            await asyncio.Event().wait()

    monkeypatch.setattr(rest.ExaminedRestMeter, "write_time_offset", write_and_wait)
    simulated.configure(datetime_offset=120)
    async with RestServer(simulated, response_time=0) as server:
        other = SimulatedMeter(seed=2)
        change_answer(server, "/v1/charge_settings", public_key_ocmf=other.public_key_ocmf.hex())
        form = await fail(browser, "rest", user_input(server))
        asked = await ask(browser, form, user_input(server))
        flows = hass.config_entries.flow
        await flows.async_configure(asked["flow_id"], {"allow_writes": True})
        await changed.wait()
        assert simulated.time_offset == 60
        await close(hass, asked["flow_id"])
    assert simulated.time_offset == 120


async def test_one_examination_at_a_time(
    hass: HomeAssistant,
    browser: Browser,
    rest_entry: Dmed4ConfigEntry,
    patient: Callable[[], None],
) -> None:
    """Whichever way the second is asked for: in another dialogue, or by the action."""
    async with Mute() as mute:
        answers = {"host": HOST, "port": mute.port, "unit_id": 1, "framing": "tcp"}
        second = await ask(browser, await fail(browser, "modbus_tcp", answers), answers)
        first = await ask(browser, await fail(browser, "modbus_tcp", answers), answers)
        await mute.until(0)
        patient()
        flows = hass.config_entries.flow
        await flows.async_configure(first["flow_id"], {})
        await mute.until(1)
        shown = await flows.async_configure(second["flow_id"], {})
        assert shown["errors"] == {"base": "examination_running"}
        with pytest.raises(ServiceValidationError) as raised:
            await act(hass, rest_entry, "examine_meter")
        assert raised.value.translation_key == "examination_running"
        await close(hass, first["flow_id"])
        await mute.until(0)
    assert (await act(hass, rest_entry, "examine_meter"))["file_size"] > 1000


async def test_a_line_that_is_lent_is_given_back(
    hass: HomeAssistant, browser: Browser, patient: Callable[[], None]
) -> None:
    """Home Assistant's own Modbus holds the connection for another integration."""
    holder = MockConfigEntry(domain="sun", title="Another integration")
    holder.add_to_hass(hass)
    holder.mock_state(hass, ConfigEntryState.LOADED)
    async with ModbusTcpServer(SimulatedMeter(), unit_id=5, strict_unit=True) as server:
        async_get_unit(hass, holder, ModbusTcpParams(host=server.host, port=server.port), 9)

        (line,) = hass.data[DATA_MODBUS_CONNECTIONS].values()
        assert line.consumers == 1
        answers = user_input(server, unit_id=1)
        page, url = await examine(browser, await fail(browser, "modbus_tcp", answers), answers)
        assert "Unit 1 does not answer." in page["description_placeholders"]["result"]
        assert url
        assert line.consumers == 1
        # The same, ended in the middle.
        form = await ask(browser, await fail(browser, "modbus_tcp", answers), answers)
        patient()
        await hass.config_entries.flow.async_configure(form["flow_id"], {})
        assert line.consumers == 2
        await close(hass, form["flow_id"])
        assert line.consumers == 1
        await holder._async_process_on_unload(hass)
        holder.mock_state(hass, ConfigEntryState.NOT_LOADED)


async def test_a_line_that_is_in_use_with_other_settings(
    hass: HomeAssistant,
    browser: Browser,
    modbus_entry: Dmed4ConfigEntry,
    modbus_server: ModbusTcpServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The way in which it is examined is checked like that of a set-up."""
    async with mute_server() as port:
        answers = {"host": HOST, "port": port, "unit_id": 1, "framing": "rtu"}
        form = await fail(browser, "modbus_tcp", answers)
        answers = {**answers, "port": modbus_server.port}
        shown = await ask(browser, form, answers)
        progress = await browser.submit(shown, {})
        again = await browser.follow(progress)
    assert again["step_id"] == "modbus_tcp"
    assert again["errors"] == {"base": "line_in_use"}
    assert state_of(modbus_entry) is ConfigEntryState.LOADED


async def test_an_examination_that_fails_itself_says_so(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail_to_write(*_: object, **__: object) -> None:
        raise RuntimeError("no file today")

    async with nothing_found() as (step, answers):
        asked = await ask(browser, await fail(browser, step, answers), answers)
        with monkeypatch.context() as patch:
            patch.setattr(file, "write", fail_to_write)
            again = await browser.follow(await browser.submit(asked, {}))
        assert (again["step_id"], again["errors"]) == (step, {"base": "unknown"})
        assert "no file today" in caplog.text
        # And the next one works.
        form = await browser.submit(again, answers)
        page, _ = await examine(browser, form, answers)
        assert page["step_id"] == "examined"


async def test_a_new_connection_is_examined(
    hass: HomeAssistant, browser: Browser, modbus_entry: Dmed4ConfigEntry
) -> None:
    """Reconfiguring a meter that works may fail, too; the meter goes on as it was."""
    async with nothing_found() as (step, answers):
        form = await browser.choose(await browser.reconfigure(modbus_entry), step)
        form = await browser.submit(form, answers)
        page, _ = await examine(browser, form, answers)
        assert (await browser.submit(page, {}))["step_id"] == step
    assert state_of(modbus_entry) is ConfigEntryState.LOADED
    assert modbus_entry.data["transport"] == "modbus_tcp"
