"""Each step, error and end of each flow is reached over HTTP: the texts of `strings.json` are the list."""

from collections.abc import Iterator
from contextlib import contextmanager
import errno
import fcntl
from http import HTTPStatus
import json
import os
from pathlib import Path
import socket
from typing import Any, Final

from homeassistant.components.modbus import async_get_unit
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from modbus_connection import ModbusSerialParams
import pytest

from custom_components.lovato_dmed4 import config_flow
from custom_components.lovato_dmed4.connection import search
from custom_components.lovato_dmed4.connection.login import LOGIN_ATTEMPTS
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.reports.examinations import async_examinations
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import (
    Command,
    ManualClock,
    ModbusTcpServer,
    Pty,
    RestFault,
    RestServer,
    SimulatedMeter,
    open_pty,
)

from .connection.test_search import OwnNumber, close, greet, serve_pages, serving
from .flows import Browser, Form
from .helpers import (
    add_entry,
    add_meter,
    change_answer,
    fail_power,
    fingerprint,
    impatient,
    mute_server,
    other_modbus_server,
    pass_time,
    press,
    set_up,
    unplug,
    unused_port,
    user_input,
)
from .plugin import ClientSessionGenerator, MockConfigEntry
from .test_options_flow import filled_in

STRINGS: Final = Path(config_flow.__file__).with_name("strings.json")
SERIAL: Final = {
    "baudrate": "9600",
    "data_format": "8N",
    "stop_bits": "1",
    "framing": "rtu",
    "unit_id": 1,
}
HOST: Final = "127.0.0.1"


@pytest.fixture(autouse=True)
async def browser(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, monkeypatch: pytest.MonkeyPatch
) -> Browser:
    impatient(monkeypatch, 0.3)
    monkeypatch.setattr(search, "MODBUS_PORTS", ())
    monkeypatch.setattr(search, "_HTTP_PORT", 1)
    monkeypatch.setattr(search, "_HTTPS_PORT", 1)
    assert await async_setup_component(hass, "modbus", {})
    return await Browser.open(hass, hass_client)


@pytest.fixture
def other(clock: ManualClock, simulated: SimulatedMeter) -> SimulatedMeter:
    """A meter with another key that says that it is the first."""
    return SimulatedMeter(seed=2, serial_number=simulated.serial_number, clock=clock)


def codes(*parts: str) -> set[str]:
    """All steps, errors and ends of some flows."""
    strings: Any = json.loads(STRINGS.read_text(encoding="utf-8"))
    found = set()
    for part in parts:
        texts = strings
        for name in part.split("."):
            texts = texts[name]
        found |= {
            f"{part}.{kind}.{code}"
            for kind in ("step", "error", "abort", "progress")
            for code in texts.get(kind, ())
        }
    return found


def repairs() -> set[str]:
    """All parts of `strings.json` that are about the repair of an issue."""
    strings: Any = json.loads(STRINGS.read_text(encoding="utf-8"))
    return {
        f"issues.{key}.fix_flow" for key, texts in strings["issues"].items() if "fix_flow" in texts
    }


class Forms:
    """Fills in the forms of the set-up, and says what is wrong with each."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    async def errors(self, step: str, **answers: Any) -> dict[str, str]:
        """Submit a new form, which has to be shown again."""
        form = await self.browser.choose(await self.browser.set_up(), step)
        form = await self.browser.submit(form, answers)
        assert form["step_id"] == step, form
        errors: dict[str, str] = form["errors"]
        return errors

    async def rest(self, port: int, host: str = HOST, tls: str = "off") -> dict[str, str]:
        return await self.errors("rest", host=host, port=port, tls=tls)

    async def modbus(self, port: int, framing: str = "tcp", **more: Any) -> dict[str, str]:
        answers = {"host": HOST, "port": port, "unit_id": 1, "framing": framing, **more}
        return await self.errors("modbus_tcp", **answers)

    async def serial(self, device: str, **more: Any) -> dict[str, str]:
        return await self.errors("modbus_serial", **{**SERIAL, "device": device, **more})


# --- setting up -------------------------------------------------------------------------------


async def addresses(forms: Forms, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give addresses at which there is no meter."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert await forms.rest(80, host="http://1.2.3.4/") == {"host": "invalid_host"}
    with unused_port() as port:
        assert await forms.rest(port) == {"base": "connection_refused"}
    with monkeypatch.context() as patch:
        # Tests may ask no name server.
        patch.setattr(socket, "getaddrinfo", unknown)
        wrong = await forms.modbus(502, host="no-such-host.invalid")
        assert wrong == {"base": "name_unknown"}
    async with serving(close) as port:
        assert await forms.modbus(port) == {"base": "connection_closed"}
    async with serving(greet) as port:
        assert await forms.modbus(port) == {"base": "other_service"}
    async with serving(serve_pages) as port:
        assert await forms.modbus(port) == {"base": "web_server"}
    async with mute_server() as port:
        assert await forms.modbus(port) == {"base": "silent"}
    async with other_modbus_server({0x11: b"\x11\x01\x99"}) as port:
        assert await forms.modbus(port) == {"base": "not_a_dmed4"}


async def where_it_is(forms: Forms, meter: SimulatedMeter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give another port, or another unit, than that of a meter."""
    with unused_port() as port, monkeypatch.context() as patch:
        async with ModbusTcpServer(meter) as server:
            patch.setattr(search, "MODBUS_PORTS", (server.port,))
            assert (await forms.rest(port))["port"] == "found_modbus"
        patch.setattr(search, "MODBUS_PORTS", ())
        async with RestServer(meter, response_time=0) as web:
            patch.setattr(search, "_HTTP_PORT", web.port)
            assert (await forms.modbus(port))["port"] == "found_rest"
        async with RestServer(meter, tls=True, response_time=0) as web:
            patch.setattr(search, "_HTTPS_PORT", web.port)
            assert (await forms.modbus(port))["port"] == "found_tls"
            assert (await forms.modbus(web.port))["base"] == "tls_server"
    async with ModbusTcpServer(meter) as server:
        assert (await forms.modbus(server.port, "rtu"))["framing"] == "found_framing"
    async with OwnNumber(meter, 5) as own:
        assert (await forms.modbus(own.port))["unit_id"] == "found_unit"


async def answers(
    forms: Forms, meter: SimulatedMeter, other: SimulatedMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let a meter answer in all ways that are not those of a DMED4."""
    async with RestServer(meter, response_time=0) as server:
        server.faults.inject(RestFault.CUT)
        assert await forms.rest(server.port) == {"base": "unexpected_answer"}
        server.faults.clear()
        server.faults.inject(RestFault.UNAVAILABLE)
        with monkeypatch.context() as patch:
            patch.setattr("custom_components.lovato_dmed4.dmed4.repeating.BUSY_SECONDS", 0)
            assert await forms.rest(server.port) == {"base": "refused"}
        server.faults.clear()
        undo = change_answer(
            server, "/v1/charge_settings", public_key_ocmf=other.public_key_ocmf.hex()
        )
        assert await forms.rest(server.port) == {"base": "keys_disagree"}
        undo()

        async def fail(*_: object) -> None:
            raise RuntimeError

        with monkeypatch.context() as patch:
            patch.setattr(config_flow, "async_detect", fail)
            assert await forms.rest(server.port) == {"base": "unknown"}


async def certificates(forms: Forms, meter: SimulatedMeter) -> None:
    browser = forms.browser
    async with RestServer(meter, response_time=0) as server:
        assert await forms.rest(server.port, tls="verified") == {
            "base": "tls_failed",
            "port": "found_rest",
        }
    async with RestServer(meter, tls=True, response_time=0) as server:
        trusted = await forms.rest(server.port, tls="verified")
        assert trusted == {"base": "certificate_not_trusted"}
        form = await browser.choose(await browser.set_up(), "rest")
        shown = await browser.submit(form, user_input(server, tls="pinned"))
        assert shown["step_id"] == "certificate"
        server.renew_certificate()
        assert (await browser.submit(shown, {}))["errors"] == {"base": "certificate_changed"}


@contextmanager
def held(pty: Pty) -> Iterator[None]:
    """Hold a port as another program that has it open."""
    port = os.open(pty.path, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(port, fcntl.LOCK_EX)
    yield
    os.close(port)


async def serial_ports(hass: HomeAssistant, forms: Forms, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await forms.serial("ttyUSB0") == {"device": "invalid_device"}
    assert await forms.serial("nonsense://somewhere") == {"base": "cannot_connect"}
    assert await forms.serial("/dev/no-such-port") == {"base": "serial_missing"}
    wrong = await forms.serial("/dev/any", data_format="7E")
    assert wrong == {"data_format": "rtu_needs_eight_bits"}
    wrong = await forms.serial("/dev/any", serial_number="1|2")
    assert wrong == {"serial_number": "invalid_serial_number"}
    with open_pty() as pty:
        with held(pty):
            assert await forms.serial(pty.path) == {"base": "serial_in_use"}
        opened = os.open

        def forbid(path: Any, *more: Any, **names: Any) -> int:
            if path == pty.path:
                raise OSError(errno.EACCES, os.strerror(errno.EACCES))
            return opened(path, *more, **names)

        with monkeypatch.context() as patch:
            # Those who run the tests may be allowed everything.
            patch.setattr(os, "open", forbid)
            assert await forms.serial(pty.path) == {"base": "serial_forbidden"}
        holder = MockConfigEntry(domain="sun", title="Another integration")
        holder.add_to_hass(hass)
        holder.mock_state(hass, ConfigEntryState.LOADED)
        async_get_unit(hass, holder, ModbusSerialParams(device=pty.path, baudrate=115200), 1)
        assert await forms.serial(pty.path) == {"base": "line_held"}
        await holder._async_process_on_unload(hass)
        holder.mock_state(hass, ConfigEntryState.NOT_LOADED)
        await hass.async_block_till_done()


async def a_hub(hass: HomeAssistant, forms: Forms) -> None:
    """Let a hub of the configuration file have the port."""
    with open_pty() as pty:
        hub = {"name": "Cellar", "type": "serial", "port": pty.path, "baudrate": 9600}
        line = {"method": "rtu", "bytesize": 8, "parity": "N", "stopbits": 1}
        sensor = {"name": "Sample", "address": 1, "slave": 1, "scan_interval": 0}
        config = {"modbus": [{**hub, **line, "sensors": [sensor]}]}
        hass.config.components.remove("modbus")
        assert await async_setup_component(hass, "modbus", config)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert await forms.serial(pty.path) == {"base": "serial_in_use_by_hub"}
        await hass.async_stop(force=True)


async def examinations(hass: HomeAssistant, forms: Forms, meter: SimulatedMeter) -> None:
    """Examine a meter that can't be set up, and once more meanwhile."""
    browser = forms.browser
    async with RestServer(meter, response_time=0) as server:
        server.faults.inject(RestFault.CUT)
        assert await forms.rest(server.port) == {"base": "unexpected_answer"}
        form = await browser.choose(await browser.set_up(), "rest")
        form = await browser.submit(form, user_input(server))
        asked = await browser.submit(form, user_input(server, examine=True))
        with async_examinations(hass).alone_at(HOST):
            refused = await browser.submit(asked, {})
            if refused["type"] == "progress":
                refused = await browser.follow(refused)
        assert refused["errors"] == {"base": "examination_running"}
        form = await browser.submit(refused, user_input(server))
        asked = await browser.submit(form, user_input(server, examine=True))
        page = await browser.follow(await browser.submit(asked, {}))
        assert page["step_id"] == "examined"
        assert (await browser.submit(page, {}))["step_id"] == "rest"


async def known_meters(
    hass: HomeAssistant, browser: Browser, meter: SimulatedMeter, other: SimulatedMeter
) -> None:
    """Set meters up again, elsewhere, and in another way."""
    async with ModbusTcpServer(meter) as server, ModbusTcpServer(other) as second:
        entry = await add_meter(hass, server)
        forms = Forms(browser)
        assert await forms.modbus(server.port, framing="rtu") == {"base": "line_in_use"}
        form = await browser.choose(await browser.set_up(), "modbus_tcp")
        assert (await browser.submit(form, user_input(server)))["reason"] == "already_configured"
        form = await browser.choose(await browser.reconfigure(entry), "modbus_tcp")
        assert (await browser.submit(form, user_input(second)))["reason"] == "wrong_meter"
        async with RestServer(meter, response_time=0) as web:
            form = await browser.choose(await browser.set_up(), "rest_display")
            assert "channel" in {field["name"] for field in form["data_schema"]}
            form = await browser.choose(await browser.reconfigure(entry), "rest")
            done = await browser.submit(form, user_input(web))
            assert done["reason"] == "reconfigure_successful"
            async with RestServer(meter, response_time=0) as elsewhere:
                form = await browser.choose(await browser.set_up(), "rest")
                assert (await browser.submit(form, user_input(elsewhere)))["reason"] == "moved"
                await passwords(hass, browser, entry, meter)
                assert await hass.config_entries.async_unload(entry.entry_id)


async def passwords(
    hass: HomeAssistant, browser: Browser, entry: Dmed4ConfigEntry, meter: SimulatedMeter
) -> None:
    async def ask() -> Form:
        entry.async_start_reauth(hass)
        await hass.async_block_till_done()
        return await browser.reauth()

    done = await browser.submit(await ask(), {"password": "1000"})
    assert done["reason"] == "reauth_successful"
    # As after a power failure.
    meter.login.logged_in = False
    form = await ask()
    for error in ("wrong_password",) * 3 + ("login_locked",):
        form = await browser.submit(form, {"password": "wrong"})
        assert form["errors"] == {"base": error}
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert (await browser.submit(form, {"password": "1000"}))["reason"] == "not_loaded"
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_all_that_can_become_of_a_set_up(
    hass: HomeAssistant,
    browser: Browser,
    simulated: SimulatedMeter,
    other: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forms = Forms(browser)
    await addresses(forms, monkeypatch)
    await where_it_is(forms, simulated, monkeypatch)
    await answers(forms, simulated, other, monkeypatch)
    await certificates(forms, simulated)
    await examinations(hass, forms, simulated)
    await known_meters(hass, browser, simulated, other)
    await serial_ports(hass, forms, monkeypatch)
    await a_hub(hass, forms)
    assert codes("config") - browser.seen == set()


# --- options ----------------------------------------------------------------------------------


async def test_all_that_can_become_of_the_options(
    hass: HomeAssistant, browser: Browser, rest_entry: Dmed4ConfigEntry, rest_server: RestServer
) -> None:
    form = await browser.options(rest_entry)
    texts = {
        f"{field}_{wrong}": {field: text}
        for field in ("identification_data", "tariff_text", "charge_point_id")
        for wrong, text in (("characters", "0,45 €"), ("too_long", "x" * 300))
    }
    wrong: tuple[tuple[dict[str, Any], dict[str, str]], ...] = (
        *((given, {"charging": error}) for error, given in texts.items()),
        (
            {"identification_flags": ["RFID_PLAIN", "RFID_PSK"]},
            {"charging": "flags_conflict"},
        ),
        ({"database_url": "nonsense"}, {"archive": "database_url_invalid"}),
        ({"database_url": "paper://somewhere/db"}, {"archive": "database_driver_missing"}),
        ({"database_url": "sqlite:////nowhere/any.db"}, {"archive": "database_failed"}),
    )
    for given, errors in wrong:
        form = await browser.submit(form, filled_in(given))
        assert (form["type"], form["errors"]) == ("form", errors)

    async def give(password: str) -> dict[str, str]:
        shown = await browser.submit(form, filled_in({"password": password}))
        found: dict[str, str] = shown["errors"]
        return found

    await unplug(rest_server)
    assert await give("1000") == {"access": "password_not_checked"}
    await rest_server.start()
    await pass_time(hass)
    for _ in range(LOGIN_ATTEMPTS):
        assert await give("wrong") == {"access": "wrong_password"}
    # The first one was not sent, as the meter was away: it does not count.
    assert await give("1000") == {"access": "login_locked"}
    assert await hass.config_entries.async_unload(rest_entry.entry_id)
    assert await give("1000") == {"access": "not_loaded"}
    assert codes("options") - browser.seen == set()


async def test_no_password_is_tried_with_a_meter_that_is_being_let_go_of(
    hass: HomeAssistant, browser: Browser, rest_entry: Dmed4ConfigEntry
) -> None:
    options = await browser.options(rest_entry)
    rest_entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    asked = await browser.reauth()
    await rest_entry.runtime_data.meter.close()
    shown = await browser.submit(options, filled_in({"password": "1000"}))
    assert shown["errors"] == {"access": "not_loaded"}
    done = await browser.submit(asked, {"password": "1000"})
    assert (done["type"], done["reason"]) == ("abort", "not_loaded")


# --- repairs ----------------------------------------------------------------------------------


def raise_issue(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, issue_id: str, key: str, **data: str | float
) -> str:
    """Raise an issue as the integration does, for a repair to be gone through."""
    issue_id = issue_id.format(entry.entry_id)
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"entry_id": entry.entry_id, **data},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders={"meter": entry.title},
    )
    return issue_id


# What a repair is opened with, and what it is answered with, where that is all there is to it.
PLAIN: Final[tuple[tuple[str, str, dict[str, Any], dict[str, Any]], ...]] = (
    ("record_failed_{}", "record_failed", {"failed": 1}, {}),
    ("{}_time_before_records", "time_before_records", {"newest": "2026-01-01T00:00:00+00:00"}, {}),
    ("{}_serial_number", "serial_number_missing", {"found": ""}, {"serial_number": "1"}),
    ("{}_serial_number", "serial_number_differs", {"found": "2"}, {"serial_number": "1"}),
    (
        "{}_measure_scale",
        "measure_scale",
        {"voltage": 40.0, "current": 12.5, "power": 50.0},
        {"scale": "400 V, 125 A, 50 kW"},
    ),
    ("certificate_changed_{}", "certificate_changed", {"certificate": "00" * 32}, {}),
    ("key_changed_{}", "key_changed", {"unique_id": "ab" * 8}, {"former_key": "exchanged"}),
    ("key_changed_{}", "key_unconfirmed", {"unique_id": "cd" * 8}, {"former_key": "never"}),
)


async def plain_repairs(hass: HomeAssistant, browser: Browser, entry: Dmed4ConfigEntry) -> None:
    """Confirm, or fill in, and be done."""
    for issue, key, data, answers in PLAIN:
        issue_id = raise_issue(hass, entry, issue, key, **data)
        form = await browser.repair(issue_id)
        if key.startswith("serial_number"):
            form = await browser.submit(form, {"serial_number": "1|2"})
            assert form["errors"] == {"serial_number": "invalid_serial_number"}
        if key.startswith("key_"):
            second = add_second(hass, entry, str(data["unique_id"]))
            known = await browser.submit(await browser.repair(issue_id), answers)
            assert known["reason"] == "already_configured"
            await hass.config_entries.async_remove(second.entry_id)
        assert (await browser.submit(form, answers))["type"] == "create_entry", key


def add_second(hass: HomeAssistant, entry: Dmed4ConfigEntry, unique_id: str) -> MockConfigEntry:
    second = MockConfigEntry(domain=DOMAIN, unique_id=unique_id, data=dict(entry.data))
    second.add_to_hass(hass)
    return second


async def power_failures(
    hass: HomeAssistant,
    browser: Browser,
    server: RestServer,
    meter: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """End a charge after a power failure, while everything is against it."""
    entry = add_entry(hass, server, fingerprint(meter))
    assert await set_up(hass, entry)
    await press(hass, entry, "start")
    await fail_power(meter)
    for _ in range(2):
        await pass_time(hass)

    async def end() -> Form:
        form = await browser.repair(f"charge_after_power_failure_{entry.entry_id}")
        return await browser.submit(form, {})

    server.faults.inject(RestFault.NOT_JSON)
    assert (await end())["reason"] == "not_ended"
    server.faults.clear()
    await pass_time(hass)
    form = await browser.repair(f"charge_after_power_failure_{entry.entry_id}")
    await unplug(server)
    assert (await browser.submit(form, {}))["reason"] == "cannot_connect"
    await server.start()
    await pass_time(hass)

    give = meter.command

    def fail(command: Command) -> None:
        give(command)
        meter.set_error(1, 15)

    form = await browser.repair(f"charge_after_power_failure_{entry.entry_id}")
    with monkeypatch.context() as patch:
        patch.setattr(meter, "command", fail)
        assert (await browser.submit(form, {}))["reason"] == "command_failed"
    # It has ended meanwhile, and the question was still open.
    await ends_meanwhile(hass, browser, entry)


async def ends_meanwhile(hass: HomeAssistant, browser: Browser, entry: Dmed4ConfigEntry) -> None:
    issue_id = raise_issue(
        hass, entry, "charge_after_power_failure_{}", "charge_after_power_failure"
    )
    form = await browser.repair(issue_id)
    assert (await browser.submit(form, {}))["reason"] == "no_cycle"
    raise_issue(hass, entry, "charge_after_power_failure_{}", "charge_after_power_failure")
    form = await browser.repair(issue_id)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert (await browser.submit(form, {}))["reason"] == "not_loaded"


async def kept_records(hass: HomeAssistant, browser: Browser, server: RestServer) -> None:
    """Remove a meter with its records, or not."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    form = await browser.repair(f"records_kept_{entry.unique_id}")
    file = Path(hass.config.path("lovato_dmed4.db"))
    content = file.read_bytes()  # noqa: ASYNC240 - a test has time
    file.write_bytes(b"no database")  # noqa: ASYNC240 - a test has time
    form = await browser.submit(form, {"records": "delete"})
    assert form["errors"] == {"base": "not_deleted"}
    file.write_bytes(content)  # noqa: ASYNC240 - a test has time
    again = await add_meter(hass, server)
    assert (await browser.submit(form, {"records": "delete"}))["reason"] == "set_up_again"
    assert await hass.config_entries.async_unload(again.entry_id)


async def test_all_that_can_become_of_the_repairs(
    hass: HomeAssistant,
    browser: Browser,
    *,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await power_failures(hass, browser, rest_server, simulated, monkeypatch)
    await kept_records(hass, browser, rest_server)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await plain_repairs(hass, browser, entry)
    assert codes(*repairs()) - browser.seen == set()
    status = await browser.status_of_repair("no_such_issue")
    assert status == HTTPStatus.BAD_REQUEST


async def test_dialogues_end_with_their_entry(
    hass: HomeAssistant,
    browser: Browser,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whoever has one open gets an answer, and nothing fails."""
    for number in range(len(PLAIN) + 3):
        entry = add_entry(hass, rest_server, fingerprint(simulated))
        assert await set_up(hass, entry)
        answers: dict[str, Any] = {}
        if number < len(PLAIN):
            issue, key, data, answers = PLAIN[number]
            form = await browser.repair(raise_issue(hass, entry, issue, key, **data))
        elif number == len(PLAIN):
            form, answers = await browser.options(entry), filled_in({})
        elif number == len(PLAIN) + 1:
            menu = await browser.reconfigure(entry)
            form, answers = await browser.choose(menu, "rest"), user_input(rest_server)
        else:
            entry.async_start_reauth(hass)
            await hass.async_block_till_done()
            form, answers = await browser.reauth(), {"password": "1000"}
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert await browser.answer(form, answers) == HTTPStatus.NOT_FOUND
    assert "Traceback" not in caplog.text
