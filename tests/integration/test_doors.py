"""Who may do what, by right and by door: card, panel, action, button, script, automation, download.

People come in by the doors that a browser uses: HTTP and WebSocket, with a token of their own.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.auth.models import Credentials
from homeassistant.components.websocket_api.const import DOMAIN as WEBSOCKET_API
from homeassistant.core import Context, Event, HomeAssistant, SupportsResponse, callback
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.reports.links import (
    examination_path,
    last_record_path,
    period_path,
    record_path,
    session_path,
)
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import SimulatedMeter
from tests.integration.helpers import act, device_id, entities, press, value
from tests.integration.plugin import (
    ClientSessionGenerator,
    MockUser,
    WebSocketGenerator,
    async_wait_recording_done,
)

pytestmark = pytest.mark.usefixtures("recorder_mock", "clock_left_alone", "logbook_left_alone")

GROUPS = {"administrator": GROUP_ID_ADMIN, "family": GROUP_ID_USER, "guest": GROUP_ID_READ_ONLY}
# For whom the doors open with which choice of the option; guests may only look.
MAY_CHARGE = {
    ("administrator", "everyone"): True,
    ("administrator", "administrators"): True,
    ("family", "everyone"): True,
    ("family", "administrators"): False,
    ("guest", "everyone"): False,
    ("guest", "administrators"): False,
}


BUTTONS = ("start", "read", "end", "reset_errors", "synchronise_clock")


@pytest.fixture
async def mock_recorder_before_hass(async_test_recorder: object) -> None:
    """Make the recorder's part before Home Assistant."""


@dataclass
class Person:
    """Somebody who is logged in."""

    user: MockUser
    http: TestClient[Any, Any]
    socket: Any

    async def post(self, domain: str, service: str, **data: object) -> HTTPStatus:
        """Call an action as apps and browsers do."""
        response = await self.http.post(f"/api/services/{domain}/{service}", json=data)
        return HTTPStatus(response.status)

    async def command(self, kind: str, **data: object) -> dict[str, Any]:
        """Give a command over WebSocket and return its answer."""
        await self.socket.send_json_auto_id({"type": kind, **data})
        answer: dict[str, Any] = await self.socket.receive_json()
        return answer


type LogIn = Callable[[str], Awaitable[Person]]


@pytest.fixture
def log_in(
    hass: HomeAssistant,
    local_auth: Any,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
) -> LogIn:
    """Make people with the rights of their group."""

    async def make(name: str) -> Person:
        group = await hass.auth.async_get_group(GROUPS[name])
        user = MockUser(groups=[group]).add_to_hass(hass)
        credentials = Credentials(
            id=name,
            auth_provider_type="homeassistant",
            auth_provider_id=None,
            data={"username": name},
            is_new=False,
        )
        user.credentials.append(credentials)
        refresh = await hass.auth.async_create_refresh_token(
            user, "http://127.0.0.1/", credential=credentials
        )
        token = hass.auth.async_create_access_token(refresh)
        return Person(user, await hass_client(token), await hass_ws_client(hass, token))

    return make


# --- Charging -----------------------------------------------------------------------------------


async def make_doors(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
    """Let an administrator make a script and an automation for the family."""
    device = {"device_id": device_id(hass, entry)}
    start = [{"action": f"{DOMAIN}.start_charge_cycle", "target": device}]
    button = {"entity_id": entities(hass, entry)["start"].entity_id}
    pressing = [{"action": "button.press", "target": button}]
    scripts = {"by_action": {"sequence": start}, "by_button": {"sequence": pressing}}
    assert await async_setup_component(hass, "script", {"script": scripts})
    made = {
        "alias": "begin",
        "triggers": {"trigger": "event", "event_type": "plugged_in"},
        "actions": start,
    }
    assert await async_setup_component(hass, "automation", {"automation": [made]})
    assert await async_setup_component(hass, "logbook", {})
    await hass.async_block_till_done()


async def by_button(hass: HomeAssistant, entry: Dmed4ConfigEntry, who: Person) -> object:
    return await who.post("button", "press", entity_id=entities(hass, entry)["start"].entity_id)


async def by_action(hass: HomeAssistant, entry: Dmed4ConfigEntry, who: Person) -> object:
    return await who.post(DOMAIN, "start_charge_cycle", device_id=device_id(hass, entry))


async def by_card(hass: HomeAssistant, entry: Dmed4ConfigEntry, who: Person) -> object:
    device = device_id(hass, entry)
    rights = (await who.command(f"{DOMAIN}/rights", device_id=device))["result"]
    answer = await who.command(
        "call_service",
        domain=DOMAIN,
        service="start_charge_cycle",
        service_data={"device_id": device},
        return_response=True,
    )
    # It offers exactly what is then done.
    assert rights["start"] is answer["success"]
    if not answer["success"]:
        assert answer["error"]["message"] == "Unauthorized"
    return answer["success"]


async def by_script(hass: HomeAssistant, entry: Dmed4ConfigEntry, who: Person) -> object:
    return await who.post("script", "by_action")


async def by_script_with_button(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, who: Person
) -> object:
    return await who.post("script", "by_button")


DOORS = [by_button, by_action, by_card, by_script, by_script_with_button]


async def activity(hass: HomeAssistant, entry: Dmed4ConfigEntry, reader: Person) -> list[object]:
    """The lines of Activity about the meter in the last hour, except of how it does."""
    await async_wait_recording_done(hass)
    answer = await reader.command(
        "logbook/get_events",
        start_time=(dt_util.utcnow() - timedelta(hours=1)).isoformat(),
        end_time=(dt_util.utcnow() + timedelta(hours=1)).isoformat(),
        entity_ids=[entities(hass, entry)[key].entity_id for key in (*BUTTONS, "charging")],
    )
    return list(answer["result"])


@pytest.mark.parametrize("option", ["everyone", "administrators"])
async def test_who_may_start_charging(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    *,
    simulated: SimulatedMeter,
    log_in: LogIn,
    subtests: pytest.Subtests,
    option: str,
) -> None:
    hass.config_entries.async_update_entry(rest_entry, options={"who_may_charge": option})
    assert await hass.config_entries.async_reload(rest_entry.entry_id)
    await make_doors(hass, rest_entry)
    reader = await log_in("administrator")
    # Who may not comes first: after a charge, sensors still change while the next one is refused.
    for person in sorted(GROUPS, key=lambda name: MAY_CHARGE[name, option]):
        with subtests.test(person):
            who, may = await log_in(person), MAY_CHARGE[person, option]
            await try_doors(hass, rest_entry, simulated, who, reader, may=may)


async def try_doors(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    who: Person,
    reader: Person,
    *,
    may: bool,
) -> None:
    """A refusal comes before Home Assistant records anything: no press, no line in Activity."""
    before, signed = await activity(hass, rest_entry, reader), len(simulated.records)
    changed: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        changed.append(event.data["entity_id"].partition(".")[0])

    for door in DOORS:
        stop = hass.bus.async_listen("state_changed", note)
        await door(hass, rest_entry, who)
        await hass.async_block_till_done()
        stop()
        assert simulated.charging is may, door
        if simulated.charging:
            await act(hass, rest_entry, "end_charge_cycle")
    assert (len(simulated.records) > signed) is may
    if not may:
        # That they were run is Home Assistant's own to say.
        assert {*changed} <= {"script", "automation"}
        assert await activity(hass, rest_entry, reader) == before


async def test_an_automation_acts_for_the_one_who_made_it(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, log_in: LogIn
) -> None:
    """Also where others set it off, or run it: only administrators make automations.

    Those who run one need the right to control it, which guests have not.
    """
    options = {"who_may_charge": "administrators"}
    hass.config_entries.async_update_entry(rest_entry, options=options)
    assert await hass.config_entries.async_reload(rest_entry.entry_id)
    await make_doors(hass, rest_entry)
    who, guest = await log_in("family"), await log_in("guest")
    run = {"entity_id": "automation.begin"}
    assert await guest.post("automation", "trigger", **run) == HTTPStatus.UNAUTHORIZED
    await hass.async_block_till_done()
    assert simulated.records == []
    hass.bus.async_fire("plugged_in", context=Context(user_id=guest.user.id))
    await hass.async_block_till_done()
    assert simulated.charging
    await act(hass, rest_entry, "end_charge_cycle")
    assert await who.post("automation", "trigger", **run) == HTTPStatus.OK
    await hass.async_block_till_done()
    assert simulated.charging
    button = entities(hass, rest_entry)["end"].entity_id
    assert await who.post("button", "press", entity_id=button) == HTTPStatus.UNAUTHORIZED
    assert simulated.charging


# --- Settings, records and names ----------------------------------------------------------------


WRITES: dict[str, tuple[str, dict[str, object]]] = {
    "button": ("press", {}),
    "switch": ("turn_on", {}),
    "number": ("set_value", {"value": 1}),
    "select": ("select_option", {"option": "voltage"}),
}


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_what_changes_the_meter_or_names_people_is_for_administrators(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, log_in: LogIn
) -> None:
    """All other actions, all other entities, all commands of the panel, all downloads."""
    assert await async_setup_component(hass, "logbook", {})
    await act(hass, rest_entry, "start_charge_cycle", identification_data="04A2B3C4")
    await act(hass, rest_entry, "end_charge_cycle")
    await press(hass, rest_entry, "synchronise_clock")
    page = await act(hass, rest_entry, "list_sessions")
    session = page["sessions"][0]["session_id"]
    meter = device_id(hass, rest_entry)
    steps = {f"{step}_charge_cycle" for step in ("start", "read", "end")}
    actions = {*hass.services.async_services()[DOMAIN]} - steps
    commands = {kind for kind in hass.data[WEBSOCKET_API] if kind.startswith(f"{DOMAIN}/")} - {
        f"{DOMAIN}/rights",
        f"{DOMAIN}/live",
    }
    paths = [
        last_record_path(rest_entry.entry_id),
        examination_path(rest_entry.entry_id),
        record_path(rest_entry.entry_id, 1, "ocmf"),
        session_path(rest_entry.entry_id, session, "xml"),
        period_path(rest_entry.entry_id, "csv", {}),
    ]
    assert len(actions) > 20
    assert len(commands) > 15
    refusals: dict[str, dict[str, str]] = {}
    for name in ("family", "guest"):
        who = await log_in(name)
        for action in actions:
            answer = await who.command(
                "call_service",
                domain=DOMAIN,
                service=action,
                service_data={"device_id": meter},
                return_response=hass.services.supports_response(DOMAIN, action)
                is not SupportsResponse.NONE,
            )
            refusals[action] = answer["error"]
        for kind in commands:
            answer = await who.command(kind)
            assert not answer["success"], kind
            assert answer["error"]["code"] in {"unauthorized", "invalid_format"}, kind
        for path in paths:
            response = await who.http.get(path)
            assert response.status == HTTPStatus.FORBIDDEN, path
        for key in ("synchronise_clock", "display", "time_offset", "tariff", "display_page"):
            before = value(hass, rest_entry, key)
            entity_id = entities(hass, rest_entry)[key].entity_id
            service, data = WRITES[entity_id.partition(".")[0]]
            status = await who.post(
                entity_id.partition(".")[0], service, entity_id=entity_id, **data
            )
            assert status == HTTPStatus.UNAUTHORIZED, key
            assert value(hass, rest_entry, key) == before
    # What lacks a field is refused for that, whoever calls it.
    refused = {name for name, why in refusals.items() if why["message"] == "Unauthorized"}
    assert {refusals[name]["code"] for name in actions - refused} == {"invalid_format"}
    assert len(refused) >= 15
    boss = await log_in("administrator")
    for path in paths[:1]:
        assert (await boss.http.get(path)).status == HTTPStatus.OK
