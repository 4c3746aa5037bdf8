"""The login: a wrong password is tried once, whatever fails (manual: v1/login)."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.json import json_dumps
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.connection.login import LOCK_TIME
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.diagnostics import async_get_config_entry_diagnostics
from custom_components.lovato_dmed4.dmed4.errors import WrongPasswordError
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ManualClock, RestServer, SimulatedMeter
from simulator.errors import WrongPasswordError as RefusedPasswordError
from simulator.faults import RestFault
from tests.driven_time import drive_time
from tests.integration.flows import Browser
from tests.integration.helpers import act, impatient, pass_time
from tests.integration.plugin import ClientSessionGenerator
from tests.integration.test_options_flow import filled_in

PASSWORD = "1000"
WRONG = "the wrong one"


def logins(server: RestServer) -> int:
    return server.requests.count(("PUT", "/v1/login"))


def is_login(line: str) -> bool:
    return line.startswith("PUT /v1/login")


async def get_parameters(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> str:
    """Do what needs a login; return the key of the error, or nothing when it worked."""
    try:
        await act(hass, entry, "get_parameters")
    except HomeAssistantError as err:
        await hass.async_block_till_done()
        return str(err.translation_key)
    return ""


def remember(hass: HomeAssistant, entry: Dmed4ConfigEntry, password: str) -> None:
    """Let an entry have a password from before."""
    hass.config_entries.async_update_entry(entry, data={**entry.data, "password": password})


async def reauth(hass: HomeAssistant) -> dict[str, Any]:
    """Find the form that asks for the password."""
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
    result = await hass.config_entries.flow.async_configure(flow["flow_id"])
    return dict(result)


async def give(hass: HomeAssistant, password: str) -> dict[str, Any]:
    """Give a password when asked for it."""
    flow_id = (await reauth(hass))["flow_id"]
    result = await hass.config_entries.flow.async_configure(flow_id, {"password": password})
    await hass.async_block_till_done()
    return dict(result)


@pytest.fixture
async def browser(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Browser:
    return await Browser.open(hass, hass_client)


async def give_in_options(
    browser: Browser, entry: Dmed4ConfigEntry, password: str
) -> dict[str, Any]:
    form = await browser.options(entry)
    return await browser.submit(form, filled_in({"password": password}))


async def test_the_password_is_asked_for_when_it_is_needed(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    *,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    browser: Browser,
) -> None:
    """A missing password is a field to fill in, and no failed authentication."""
    assert await get_parameters(hass, rest_entry) == "password_missing"
    assert not hass.config_entries.flow.async_progress()
    assert logins(rest_server) == 0

    form = await give_in_options(browser, rest_entry, WRONG)
    assert form["errors"] == {"access": "wrong_password"}
    assert WRONG not in str(form)
    assert "password" not in rest_entry.data
    assert simulated.login_attempts_left == 2

    assert (await give_in_options(browser, rest_entry, PASSWORD))["type"] == "create_entry"
    assert rest_entry.data["password"] == PASSWORD
    assert "password" not in rest_entry.options
    assert await get_parameters(hass, rest_entry) == ""
    assert logins(rest_server) == 2


async def test_a_password_for_one_time_only(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
) -> None:
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, rest_entry, "get_parameters", password=WRONG)
    assert caught.value.translation_key == "wrong_password"
    assert not hass.config_entries.flow.async_progress()
    assert await act(hass, rest_entry, "get_parameters", password=PASSWORD)
    assert "password" not in rest_entry.data
    simulated.login.logged_in = False
    assert await get_parameters(hass, rest_entry) == "password_missing"
    assert logins(rest_server) == 2

    # It says nothing about the one that is kept, which has failed.
    remember(hass, rest_entry, WRONG)
    assert await get_parameters(hass, rest_entry) == "wrong_password"
    assert await act(hass, rest_entry, "get_parameters", password=PASSWORD)
    simulated.login.logged_in = False
    assert await get_parameters(hass, rest_entry) == "not_logged_in"
    assert logins(rest_server) == 4


async def test_the_options_also_settle_a_password_that_has_failed(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    *,
    rest_server: RestServer,
    clock: ManualClock,
    freezer: FrozenDateTimeFactory,
    browser: Browser,
) -> None:
    remember(hass, rest_entry, WRONG)
    assert await get_parameters(hass, rest_entry) == "wrong_password"
    form = await reauth(hass)
    shown = {"used": "1", "limit": "3", "until": "-"}
    assert form["description_placeholders"].items() >= shown.items()
    rest_server.faults.inject(RestFault.LOST_ANSWER, only=is_login)
    form = await give_in_options(browser, rest_entry, WRONG)
    assert form["errors"] == {"access": "password_not_checked"}
    rest_server.faults.clear()
    assert (await give_in_options(browser, rest_entry, WRONG))["errors"]
    form = await give_in_options(browser, rest_entry, PASSWORD)
    assert form["errors"] == {"access": "login_locked"}
    assert ":" in form["description_placeholders"]["until"]

    freezer.tick(15 * 60)
    clock.advance(15 * 60)
    await pass_time(hass)
    assert (await give_in_options(browser, rest_entry, PASSWORD))["type"] == "create_entry"
    # The question of before is answered, too.
    assert not hass.config_entries.flow.async_progress()
    assert await get_parameters(hass, rest_entry) == ""


async def test_the_options_of_a_meter_that_is_away_take_no_password(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, browser: Browser
) -> None:
    assert await hass.config_entries.async_unload(rest_entry.entry_id)
    form = await give_in_options(browser, rest_entry, PASSWORD)
    assert form["errors"] == {"access": "not_loaded"}


async def test_a_session_that_is_open_needs_no_password(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
) -> None:
    simulated.login.log_in(PASSWORD)
    assert await get_parameters(hass, rest_entry) == ""
    assert logins(rest_server) == 0


async def test_a_remembered_password_logs_in_again_after_a_reboot(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    clock: ManualClock,
    simulated: SimulatedMeter,
) -> None:
    remember(hass, rest_entry, PASSWORD)
    for _ in range(5):
        assert await get_parameters(hass, rest_entry) == ""
        simulated.reboot()
        clock.advance(5)
    assert logins(rest_server) == 5
    assert simulated.login_attempts_left == 3


async def test_a_wrong_password_is_never_tried_twice_by_itself(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
) -> None:
    remember(hass, rest_entry, WRONG)
    assert await get_parameters(hass, rest_entry) == "wrong_password"
    for _ in range(4):
        assert await get_parameters(hass, rest_entry) == "not_logged_in"
    await pass_time(hass, 60)
    assert await hass.config_entries.async_reload(rest_entry.entry_id)
    assert await get_parameters(hass, rest_entry) == "not_logged_in"

    # A restart finds what is on the disk, and the entry as it was.
    stored = hass_storage[f"{DOMAIN}.login.{rest_entry.entry_id}"]["data"]
    assert stored["refused"] is True
    assert WRONG not in str(hass_storage[f"{DOMAIN}.login.{rest_entry.entry_id}"])

    # An open session of somebody else's says nothing about our password.
    simulated.login.log_in(PASSWORD)
    assert await get_parameters(hass, rest_entry) == ""
    simulated.login.logged_in = False
    assert await get_parameters(hass, rest_entry) == "not_logged_in"

    assert logins(rest_server) == 1
    assert len(hass.config_entries.flow.async_progress()) == 1
    assert (await give(hass, PASSWORD))["reason"] == "reauth_successful"
    assert await get_parameters(hass, rest_entry) == ""


@pytest.mark.parametrize(
    "fault", [RestFault.LOST_ANSWER, RestFault.CUT, RestFault.NOT_JSON, RestFault.SERVER_ERROR]
)
async def test_an_attempt_whose_outcome_is_unknown_counts(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    fault: RestFault,
) -> None:
    remember(hass, rest_entry, WRONG)
    rest_server.faults.inject(fault, only=is_login)
    assert await get_parameters(hass, rest_entry)
    rest_server.faults.clear()
    for _ in range(4):
        assert await get_parameters(hass, rest_entry) == "not_logged_in"
    assert logins(rest_server) == 1
    assert simulated.login_attempts_left >= 2
    assert (await give(hass, PASSWORD))["reason"] == "reauth_successful"
    assert await get_parameters(hass, rest_entry) == ""


async def test_a_restart_in_the_middle_of_an_attempt_does_not_repeat_it(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: RestServer
) -> None:
    remember(hass, rest_entry, WRONG)
    rest_server.faults.inject(RestFault.SILENCE, only=is_login)
    task = hass.async_create_task(rest_entry.runtime_data.login.async_ensure())
    while not logins(rest_server):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    rest_server.faults.clear()

    assert await hass.config_entries.async_reload(rest_entry.entry_id)
    assert await get_parameters(hass, rest_entry) == "not_logged_in"
    assert logins(rest_server) == 1
    assert (await give(hass, PASSWORD))["reason"] == "reauth_successful"


async def test_an_unreachable_meter_costs_no_attempt(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    impatient(monkeypatch)
    remember(hass, rest_entry, PASSWORD)
    await rest_server.stop()
    assert await get_parameters(hass, rest_entry) == "cannot_connect"
    await rest_server.start()
    await pass_time(hass)
    assert await get_parameters(hass, rest_entry) == ""


async def test_a_locked_login_is_waited_out(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    clock: ManualClock,
    freezer: FrozenDateTimeFactory,
) -> None:
    remember(hass, rest_entry, WRONG)
    await get_parameters(hass, rest_entry)
    for _ in range(2):
        assert (await give(hass, WRONG))["errors"] == {"base": "wrong_password"}
    form = await give(hass, PASSWORD)
    assert form["errors"] == {"base": "login_locked"}
    assert form["description_placeholders"]["used"] == "3"
    assert form["description_placeholders"]["until"] != "-"
    assert logins(rest_server) == 3

    remember(hass, rest_entry, PASSWORD)
    await pass_time(hass)
    assert await get_parameters(hass, rest_entry) == "not_logged_in"
    issue_id = f"{rest_entry.entry_id}_login_locked"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["until"] == form["description_placeholders"]["until"]

    freezer.tick(15 * 60)
    clock.advance(15 * 60)
    await pass_time(hass)
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None
    assert (await give(hass, PASSWORD))["reason"] == "reauth_successful"
    assert await get_parameters(hass, rest_entry) == ""


async def test_a_lock_keeps_even_a_password_that_is_known_to_be_right_back(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: RestServer
) -> None:
    remember(hass, rest_entry, PASSWORD)
    login = rest_entry.runtime_data.login
    for _ in range(3):
        with pytest.raises(WrongPasswordError):
            await login.async_try(WRONG)
    login._stored["refused"] = False
    assert await get_parameters(hass, rest_entry) == "login_locked"
    assert logins(rest_server) == 3


async def test_the_password_can_t_be_tried_while_the_meter_is_away(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry
) -> None:
    remember(hass, rest_entry, WRONG)
    await get_parameters(hass, rest_entry)
    assert await hass.config_entries.async_unload(rest_entry.entry_id)
    assert (await reauth(hass))["reason"] == "not_loaded"


async def test_the_password_is_in_no_log_and_no_diagnostics(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    remember(hass, rest_entry, "s3cr3t-pass")
    assert await get_parameters(hass, rest_entry) == "wrong_password"
    rest_server.faults.inject(RestFault.CUT, only=is_login)
    await give(hass, "s3cr3t-pass")
    diagnostics = await async_get_config_entry_diagnostics(hass, rest_entry)
    assert "s3cr3t" not in json_dumps(diagnostics)
    ours = [record for record in caplog.records if not record.name.startswith("homeassistant.core")]
    assert not [record for record in ours if "s3cr3t" in record.getMessage()]


async def test_what_is_kept_goes_with_the_entry(
    hass: HomeAssistant, hass_storage: dict[str, Any], rest_entry: Dmed4ConfigEntry
) -> None:
    remember(hass, rest_entry, PASSWORD)
    assert await get_parameters(hass, rest_entry) == ""
    key = f"{DOMAIN}.login.{rest_entry.entry_id}"
    assert hass_storage[key]["data"] == {"attempts": [], "refused": False}
    await hass.config_entries.async_remove(rest_entry.entry_id)
    assert key not in hass_storage


async def test_modbus_has_no_login(hass: HomeAssistant, modbus_entry: Dmed4ConfigEntry) -> None:
    assert await get_parameters(hass, modbus_entry) == ""
    assert not hass.config_entries.flow.async_progress()


async def test_a_clock_that_was_set_back_does_not_lock_the_login_for_years(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    login = rest_entry.runtime_data.login
    future = (dt_util.utcnow() + timedelta(days=3650)).timestamp()
    login._stored["attempts"] = [future] * 3
    until = login.locked_until
    assert until is not None
    assert until <= dt_util.utcnow() + LOCK_TIME
    freezer.tick(LOCK_TIME + timedelta(seconds=1))
    assert login.locked_until is None
    assert login.attempts_used == 0


@pytest.mark.parametrize("right", [True, False])
async def test_a_login_that_shows_a_moment_later_is_waited_for(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    *,
    simulated: SimulatedMeter,
    right: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A meter that answers each password with success, and whose status alone says more, later."""
    drive_time(monkeypatch)
    log_in = simulated.login.log_in

    def log_in_later(password: str) -> None:
        with suppress(RefusedPasswordError):
            log_in(password)
        if simulated.login.logged_in:
            simulated.login.logged_in = False
            hass.loop.call_later(2, vars(simulated.login).update, {"logged_in": True})

    monkeypatch.setattr(simulated.login, "log_in", log_in_later)
    remember(hass, rest_entry, PASSWORD if right else WRONG)
    assert await get_parameters(hass, rest_entry) == ("" if right else "wrong_password")
    assert logins(rest_server) == 1
    assert simulated.login_attempts_left == 2 + right


@pytest.mark.parametrize("refused", [True, False])
async def test_a_password_that_is_given_while_somebody_is_logged_in(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    browser: Browser,
    *,
    clock: ManualClock,
    simulated: SimulatedMeter,
    refused: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The status can't show whether it is right: a refusal does, and otherwise it counts as an attempt."""
    simulated.login.log_in(PASSWORD)
    if not refused:
        log_in = simulated.login.log_in

        def log_in_silently(password: str) -> None:
            with suppress(RefusedPasswordError):
                log_in(password)

        monkeypatch.setattr(simulated.login, "log_in", log_in_silently)
    answer = await give_in_options(browser, rest_entry, WRONG)
    assert answer.get("errors") == ({"access": "wrong_password"} if refused else None)
    assert rest_entry.runtime_data.login.attempts_used == 1
    # The next login shows it, and is not repeated.
    simulated.reboot()
    clock.advance(5)
    for _ in range(3):
        assert await get_parameters(hass, rest_entry)
    assert logins(rest_server) == 2 - refused
    assert simulated.login_attempts_left >= 1
