"""Every flow through Home Assistant's own HTTP interface, as its pages go through it."""

import fcntl
import os
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from custom_components.lovato_dmed4.connection import lending, search
from custom_components.lovato_dmed4.const import DEFAULT_MODBUS_PORT, DOMAIN
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ModbusTcpServer, RestServer, SimulatedMeter, open_pty

from .flows import Browser, Form, prefilled
from .helpers import (
    Server,
    add_meter,
    impatient,
    pass_time,
    state_of,
    transport_of,
    unused_port,
    user_input,
)
from .plugin import ClientSessionGenerator
from .test_options_flow import CHARGE, DEFAULTS, filled_in

FORMS = ["rest", "rest_display", "modbus_tcp", "modbus_serial"]
SERIAL = {"baudrate": "9600", "data_format": "8N", "stop_bits": "1", "framing": "rtu"}


@pytest.fixture(autouse=True)
async def browser(
    hass: HomeAssistant,
    socket_enabled: None,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> Browser:
    impatient(monkeypatch)
    monkeypatch.setattr(search, "MODBUS_PORTS", ())
    monkeypatch.setattr(search, "_HTTP_PORT", 1)
    monkeypatch.setattr(search, "_HTTPS_PORT", 1)
    return await Browser.open(hass, hass_client)


async def open_form(browser: Browser, step: str) -> Form:
    menu = await browser.set_up()
    assert (menu["type"], menu["step_id"], menu["menu_options"]) == ("menu", "user", FORMS)
    form = await browser.choose(menu, step)
    assert (form["type"], form["step_id"], form["errors"]) == ("form", step, {})
    return form


# --- setting up -------------------------------------------------------------------------------


async def test_a_mistake_and_a_meter_that_is_not_there(
    hass: HomeAssistant, browser: Browser, server: Server
) -> None:
    form = await open_form(browser, transport_of(server))
    form = await browser.submit(form, user_input(server, host="http://1.2.3.4/"))
    assert form["errors"] == {"host": "invalid_host"}
    with unused_port() as port:
        form = await browser.submit(form, user_input(server, port=port))
    assert form["errors"] == {"base": "connection_refused"}
    # What was typed is still there.
    assert prefilled(form).items() >= {"host": server.host, "port": port}.items()
    assert not hass.config_entries.async_entries(DOMAIN)

    done = await browser.submit(form, user_input(server))
    assert (done["type"], done["result"]["state"]) == ("create_entry", "loaded")
    again = await browser.submit(await open_form(browser, transport_of(server)), user_input(server))
    assert (again["type"], again["reason"]) == ("abort", "already_configured")


async def test_a_known_meter_at_another_address(
    hass: HomeAssistant,
    browser: Browser,
    *,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
) -> None:
    async with type(server)(simulated) as elsewhere:
        form = await open_form(browser, transport_of(server))
        moved = await browser.submit(form, user_input(elsewhere))
        assert (moved["type"], moved["reason"]) == ("abort", "moved")
        assert entry.data["port"] == elsewhere.port
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_where_a_meter_answers_is_said(
    browser: Browser, modbus_server: ModbusTcpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MODBUS_PORTS", (modbus_server.port,))
    form = await open_form(browser, "rest")
    with unused_port() as port:
        form = await browser.submit(form, {"host": "127.0.0.1", "port": port, "tls": "off"})
    assert form["errors"] == {"base": "connection_refused", "port": "found_modbus"}
    assert form["description_placeholders"] == {"port": str(modbus_server.port), "unit": "1"}


async def test_only_the_form_of_a_display_asks_for_a_channel(
    browser: Browser, rest_server: RestServer
) -> None:
    plain, behind = await open_form(browser, "rest"), await open_form(browser, "rest_display")
    assert "channel" not in prefilled(plain)
    assert prefilled(behind)["channel"] == 1
    answers = {"host": rest_server.host, "port": rest_server.port, "tls": "off", "channel": 3}
    form = await browser.submit(behind, answers)
    # There is a meter and no display, which knows no channels.
    assert form["step_id"] == "rest_display"
    assert form["errors"] == {"base": "not_a_dmed4"}
    assert prefilled(form)["channel"] == 3


async def test_a_certificate_is_shown_before_it_is_pinned(
    browser: Browser, simulated: SimulatedMeter
) -> None:
    async with RestServer(simulated, tls=True, response_time=0) as server:
        form = await open_form(browser, "rest")
        form = await browser.submit(form, user_input(server, tls="verified"))
        assert form["errors"] == {"base": "certificate_not_trusted"}
        shown = await browser.submit(form, user_input(server, tls="pinned"))
        assert shown["step_id"] == "certificate"
        assert shown["description_placeholders"]["fingerprint"].count(":") == 31
        done = await browser.submit(shown, {})
        assert done["type"] == "create_entry"


async def test_a_serial_port_that_is_not_there(browser: Browser) -> None:
    form = await open_form(browser, "modbus_serial")
    answers = {**SERIAL, "device": "/dev/no-such-port", "unit_id": 1}
    form = await browser.submit(form, {**answers, "data_format": "7E"})
    assert form["errors"] == {"data_format": "rtu_needs_eight_bits"}
    form = await browser.submit(form, {**answers, "serial_number": "Zähler"})
    assert form["errors"] == {"serial_number": "invalid_serial_number"}
    form = await browser.submit(form, answers)
    assert form["errors"] == {"base": "serial_missing"}
    assert prefilled(form)["device"] == "/dev/no-such-port"


async def test_a_serial_port_that_another_program_has_open(browser: Browser) -> None:
    form = await open_form(browser, "modbus_serial")
    with open_pty() as pty:
        held = os.open(pty.path, os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(held, fcntl.LOCK_EX)
        form = await browser.submit(form, {**SERIAL, "device": pty.path, "unit_id": 1})
        assert form["errors"] == {"base": "serial_in_use"}
        os.close(held)


async def test_a_port_that_only_home_assistants_modbus_could_open(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where its requirements can't be installed."""

    async def fail(*_: object) -> bool:
        return False

    monkeypatch.setattr(lending, "async_setup_component", fail)
    form = await open_form(browser, "modbus_serial")
    proxy = "esphome-hass://esphome/0123?port_name=RS485"
    form = await browser.submit(form, {**SERIAL, "device": proxy, "unit_id": 1})
    assert form["errors"] == {"base": "cannot_connect"}


# --- reconfiguring ----------------------------------------------------------------------------


async def test_reconfiguring(
    hass: HomeAssistant,
    browser: Browser,
    rest_entry: Dmed4ConfigEntry,
    *,
    rest_server: RestServer,
    modbus_server: ModbusTcpServer,
) -> None:
    menu = await browser.reconfigure(rest_entry)
    assert (menu["step_id"], menu["menu_options"]) == ("reconfigure", FORMS)
    form = await browser.choose(menu, "rest")
    present = {"host": rest_server.host, "port": rest_server.port, "tls": "off", "timeout": None}
    assert prefilled(form) == present

    # A meter that is another one changes nothing.
    before = dict(rest_entry.data)
    async with RestServer(SimulatedMeter(seed=2), response_time=0) as other:
        wrong = await browser.submit(form, user_input(other))
    assert (wrong["type"], wrong["reason"]) == ("abort", "wrong_meter")
    assert rest_entry.data == before

    form = await browser.choose(await browser.reconfigure(rest_entry), "modbus_tcp")
    # The host fits another transport, too; its port does not.
    assert prefilled(form)["host"] == rest_server.host
    assert prefilled(form)["port"] == DEFAULT_MODBUS_PORT
    with unused_port() as port:
        form = await browser.submit(form, user_input(modbus_server, port=port))
    assert form["errors"] == {"base": "connection_refused"}
    done = await browser.submit(form, user_input(modbus_server))
    assert (done["type"], done["reason"]) == ("abort", "reconfigure_successful")
    assert rest_entry.data["transport"] == "modbus_tcp"
    assert state_of(rest_entry) is ConfigEntryState.LOADED
    # The present connection comes first; of it, the other forms show what fits.
    menu = await browser.reconfigure(rest_entry)
    assert menu["menu_options"] == ["modbus_tcp", "rest", "rest_display", "modbus_serial"]
    form = await browser.choose(menu, "rest")
    assert (prefilled(form)["host"], prefilled(form)["port"]) == (modbus_server.host, None)
    form = await browser.choose(await browser.reconfigure(rest_entry), "modbus_serial")
    assert prefilled(form)["framing"] == "rtu"


# --- the password -----------------------------------------------------------------------------


async def test_a_password_that_has_failed_is_asked_for(
    hass: HomeAssistant, browser: Browser, rest_entry: Dmed4ConfigEntry
) -> None:
    rest_entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    form = await browser.reauth()
    assert form["step_id"] == "reauth_confirm"
    form = await browser.submit(form, {"password": "wrong"})
    assert form["errors"] == {"base": "wrong_password"}
    assert form["description_placeholders"]["used"] == "1"
    assert "wrong" not in str(form["data_schema"])
    done = await browser.submit(form, {"password": "1000"})
    assert (done["type"], done["reason"]) == ("abort", "reauth_successful")
    assert rest_entry.data["password"] == "1000"

    rest_entry.async_start_reauth(hass)
    assert await hass.config_entries.async_unload(rest_entry.entry_id)
    away = await browser.reauth()
    assert (away["type"], away["reason"]) == ("abort", "not_loaded")


# --- options ----------------------------------------------------------------------------------


async def test_options(hass: HomeAssistant, browser: Browser, rest_entry: Dmed4ConfigEntry) -> None:
    form = await browser.options(rest_entry)
    wrong: tuple[tuple[dict[str, Any], dict[str, str]], ...] = (
        ({"tariff_text": "0,45 €"}, {"charging": "tariff_text_characters"}),
        (
            {"identification_flags": ["RFID_PLAIN", "RFID_PSK"]},
            {"charging": "flags_conflict"},
        ),
        ({"database_url": "nonsense"}, {"archive": "database_url_invalid"}),
        ({"password": "wrong"}, {"access": "wrong_password"}),
    )
    for answers, errors in wrong:
        form = await browser.submit(form, filled_in(answers))
        assert (form["type"], form["errors"]) == ("form", errors)
    assert rest_entry.options == {}
    assert (await browser.submit(form, filled_in(CHARGE)))["type"] == "create_entry"
    assert rest_entry.options == DEFAULTS | CHARGE
    assert state_of(rest_entry) is ConfigEntryState.LOADED
    await pass_time(hass)


async def test_an_ordinary_user_opens_none_of_them(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    client = await hass_client(hass_read_only_access_token)
    base = "/api/config/config_entries"
    bodies: tuple[tuple[str, dict[str, str]], ...] = (
        (f"{base}/flow", {"handler": DOMAIN}),
        (f"{base}/options/flow", {"handler": rest_entry.entry_id}),
        ("/api/repairs/issues/fix", {"handler": DOMAIN, "issue_id": "any"}),
    )
    for url, body in bodies:
        assert (await client.post(url, json=body)).status == 401
    assert not hass.config_entries.flow.async_progress()


async def test_two_meters_are_two_entries(hass: HomeAssistant, server: Server) -> None:
    first = await add_meter(hass, server)
    async with type(server)(SimulatedMeter(seed=2)) as other:
        second = await add_meter(hass, other)
        assert first.unique_id != second.unique_id
        assert await hass.config_entries.async_unload(second.entry_id)
