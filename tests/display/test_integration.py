"""The remote displays in Home Assistant (protocol reference 2.6 and 3)."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
import json
from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.components.diagnostics import REDACTED
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
)
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN, EntityCategory
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.connection import topology
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.diagnostics import async_get_config_entry_diagnostics
from custom_components.lovato_dmed4.dmed4.model import Identity
from custom_components.lovato_dmed4.remote_display import DisplayConfigEntry
from custom_components.lovato_dmed4.reports.links import last_record_path
from simulator import (
    GatewayServer,
    ModbusTcpServer,
    RemoteDisplay,
    RestServer,
    SerialServer,
    SimulatedMeter,
    open_pty,
)
from simulator.framing import Frame
from simulator.lines import Bus
from simulator.modbus import handle_pdu
from simulator.servers import SocketServer
from tests.integration.helpers import connections
from tests.integration.plugin import ClientSessionGenerator, MockConfigEntry, MockUser
from tests.integration.steps import Traces, at_step, held
from tests.integration.test_interleavings import wrong
from tests.integration.timers import async_fire_time_changed

LOCALHOST = "127.0.0.1"

pytestmark = pytest.mark.usefixtures("custom_integrations")

TEXTS = {
    "title_1": "EV CHARGING STATION IDENTIFIER 2",
    "text_1": "EVC1234567890",
    "title_2": "TRANSACTION ID",
    "text_2": "TRID1234567890123456",
    "title_3": "ENERGY PRICE",
    "text_3": "0.21 EUR/kWh",
}


EMPTY = dict.fromkeys(["title1", "text1", "title2", "text2", "title3", "text3"], "")


def api_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """Return texts by the names of the API."""
    return {name.replace("_", ""): text for name, text in texts.items()}


async def add(hass: HomeAssistant, transport: str, **user_input: object) -> DisplayConfigEntry:
    """Set something up as a user does."""
    result = await fill_in(hass, transport, user_input)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await hass.async_block_till_done()
    entry: DisplayConfigEntry = result["result"]
    return entry


async def fill_in(
    hass: HomeAssistant, transport: str, user_input: Mapping[str, object]
) -> Mapping[str, Any]:
    menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    form = await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": transport}
    )
    return await hass.config_entries.flow.async_configure(
        form["flow_id"], {"host": LOCALHOST, **user_input}
    )


@pytest.fixture
async def modbus_entry(hass: HomeAssistant, display_server: ModbusTcpServer) -> DisplayConfigEntry:
    return await add(hass, "modbus_tcp", port=display_server.port, unit_id=1)


@pytest.fixture
async def rest_entry(hass: HomeAssistant, display_web: RestServer) -> DisplayConfigEntry:
    return await add(hass, "rest", port=display_web.port)


@pytest.fixture(params=["modbus_entry", "rest_entry"])
def entry(request: pytest.FixtureRequest) -> DisplayConfigEntry:
    found: DisplayConfigEntry = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def user(hass: HomeAssistant) -> Context:
    """Act as a user who may control everything, but is no administrator."""
    group = await hass.auth.async_get_group(GROUP_ID_USER)
    return Context(user_id=MockUser(groups=[group]).add_to_hass(hass).id)


def entity_id(hass: HomeAssistant, entry: DisplayConfigEntry, platform: str, key: str) -> str:
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{entry.unique_id}_{key}")
    assert found is not None
    return found


def state(hass: HomeAssistant, entry: DisplayConfigEntry, platform: str, key: str) -> str:
    found = hass.states.get(entity_id(hass, entry, platform, key))
    assert found is not None
    return found.state


def device(hass: HomeAssistant, entry: DisplayConfigEntry) -> dr.DeviceEntry:
    (found,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return found


def load_state(entry: ConfigEntry[Any]) -> ConfigEntryState:
    return entry.state


async def select(
    hass: HomeAssistant, entry: DisplayConfigEntry, option: str, context: Context | None = None
) -> None:
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": entity_id(hass, entry, "select", "viewer_page"), "option": option},
        blocking=True,
        context=context,
    )


async def write(
    hass: HomeAssistant,
    entry: DisplayConfigEntry,
    place: str,
    text: str,
    context: Context | None = None,
) -> None:
    await hass.services.async_call(
        "text",
        "set_value",
        {"entity_id": entity_id(hass, entry, "text", place), "value": text},
        blocking=True,
        context=context,
    )


async def set_page(
    hass: HomeAssistant,
    entry: DisplayConfigEntry,
    fields: Mapping[str, object],
    context: Context | None = None,
) -> None:
    await hass.services.async_call(
        DOMAIN,
        "set_custom_page",
        {"device_id": device(hass, entry).id, **fields},
        blocking=True,
        context=context,
    )


async def pass_time(hass: HomeAssistant) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=65))
    await hass.async_block_till_done(wait_background_tasks=True)


# --- setting up ---------------------------------------------------------------------------------


async def test_a_display_is_set_up_over_modbus(
    hass: HomeAssistant, modbus_entry: DisplayConfigEntry, display_server: ModbusTcpServer
) -> None:
    assert modbus_entry.state is ConfigEntryState.LOADED
    assert modbus_entry.title == "DMED4DC1 (127.0.0.1, 1)"
    assert modbus_entry.unique_id == f"address_127.0.0.1_{display_server.port}_1"
    assert modbus_entry.data == {
        "transport": "modbus_tcp",
        "host": LOCALHOST,
        "port": display_server.port,
        "unit_id": 1,
        "framing": "tcp",
        "kind": "display",
    }
    found = device(hass, modbus_entry)
    assert (found.model, found.manufacturer, found.sw_version) == (
        "DMED4DC1",
        "LOVATO Electric",
        "12",
    )


async def test_a_display_is_set_up_over_rest(
    hass: HomeAssistant, rest_entry: DisplayConfigEntry, display_web: RestServer
) -> None:
    assert rest_entry.state is ConfigEntryState.LOADED
    assert rest_entry.unique_id == f"address_127.0.0.1_{display_web.port}"
    assert rest_entry.data == {
        "transport": "rest",
        "host": LOCALHOST,
        "port": display_web.port,
        "tls": "off",
        "kind": "display",
    }
    assert device(hass, rest_entry).model == "DMED4DC1"


async def test_a_display_is_set_up_once(
    hass: HomeAssistant, modbus_entry: DisplayConfigEntry, display_server: ModbusTcpServer
) -> None:
    result = await fill_in(hass, "modbus_tcp", {"port": display_server.port, "unit_id": 1})

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_what_is_neither_meter_nor_display_is_refused(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    display = RemoteDisplay("DMED4DC2")
    known = display.model
    async with ModbusTcpServer(display) as server:
        monkeypatch.setattr(display, "model", replace(known, slave_id=0x7F))
        result = await fill_in(hass, "modbus_tcp", {"port": server.port, "unit_id": 1})
        assert result["errors"] == {"base": "not_a_dmed4"}

        monkeypatch.setattr(display, "model", known)
        result = await hass.config_entries.flow.async_configure(
            result["flow_id"], {"host": LOCALHOST, "port": server.port, "unit_id": 1}
        )
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert result["title"] == "DMED4DC2 (127.0.0.1, 1)"
        await hass.async_block_till_done()
        assert await hass.config_entries.async_unload(result["result"].entry_id)


async def test_a_display_is_set_up_over_a_serial_line(
    hass: HomeAssistant, display: RemoteDisplay
) -> None:
    with open_pty() as cable:
        async with SerialServer({9: display}, cable, baudrate=115200):
            menu = await hass.config_entries.flow.async_init(
                DOMAIN, context={"source": SOURCE_USER}
            )
            await hass.config_entries.flow.async_configure(
                menu["flow_id"], {"next_step_id": "modbus_serial"}
            )
            result = await hass.config_entries.flow.async_configure(
                menu["flow_id"],
                {"device": cable.path, "baudrate": "115200", "unit_id": 9},
            )
            assert result["type"] is FlowResultType.CREATE_ENTRY, result
            await hass.async_block_till_done()
            entry = result["result"]
            assert entry.data["kind"] == "display"
            assert entry.unique_id == f"address_{cable.path}_9"

            await write(hass, entry, "meter_1_title_1", "BAY 7")
            assert display.texts[1]["title1"] == "BAY 7"
            assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_display_waits_for_a_line_that_is_used_with_other_settings(
    hass: HomeAssistant, modbus_entry: DisplayConfigEntry, display_server: ModbusTcpServer
) -> None:
    other = MockConfigEntry(
        domain=DOMAIN,
        data={**modbus_entry.data, "framing": "rtu", "unit_id": 2},
        unique_id="address_other",
    )
    other.add_to_hass(hass)

    assert not await hass.config_entries.async_setup(other.entry_id)
    assert load_state(other) is ConfigEntryState.SETUP_RETRY

    hass.config_entries.async_update_entry(other, data={**modbus_entry.data, "unit_id": 2})
    await hass.config_entries.async_reload(other.entry_id)
    assert load_state(other) is ConfigEntryState.LOADED


# --- certificates -------------------------------------------------------------------------------


async def test_a_display_with_another_certificate_is_not_trusted(
    hass: HomeAssistant,
    secure_display_web: RestServer,
    display: RemoteDisplay,
    issue_registry: ir.IssueRegistry,
) -> None:
    confirm = await fill_in(hass, "rest", {"port": secure_display_web.port, "tls": "pinned"})
    assert confirm["step_id"] == "certificate"
    result = await hass.config_entries.flow.async_configure(confirm["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    entry = result["result"]
    await write(hass, entry, "meter_1_title_1", "BAY 7")
    pinned = entry.data["certificate"]

    secure_display_web.renew_certificate()
    await pass_time(hass)
    assert state(hass, entry, "text", "meter_1_title_1") == STATE_UNAVAILABLE
    assert [issue.translation_key for issue in issue_registry.issues.values()] == [
        "certificate_changed"
    ]

    hass.config_entries.async_update_entry(
        entry,
        data={**entry.data, "certificate": secure_display_web.certificate_fingerprint},
    )
    assert entry.data["certificate"] != pinned
    await hass.config_entries.async_reload(entry.entry_id)
    await write(hass, entry, "meter_1_title_1", "BAY 8")
    assert display.texts[1]["title1"] == "BAY 8"
    assert not issue_registry.issues


# --- moving -------------------------------------------------------------------------------------


async def move(
    hass: HomeAssistant, entry: DisplayConfigEntry, transport: str, **form: object
) -> Mapping[str, Any]:
    flow_id = (
        await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
        )
    )["flow_id"]
    await hass.config_entries.flow.async_configure(flow_id, {"next_step_id": transport})
    result = await hass.config_entries.flow.async_configure(flow_id, {"host": LOCALHOST, **form})
    await hass.async_block_till_done()
    return result


async def test_a_display_moves_to_another_transport_and_stays_the_same_device(
    hass: HomeAssistant,
    rest_entry: DisplayConfigEntry,
    display_server: ModbusTcpServer,
    display: RemoteDisplay,
) -> None:
    await select(hass, rest_entry, "custom_meter_2")
    before = device(hass, rest_entry).id
    entity = entity_id(hass, rest_entry, "text", "meter_1_title_1")

    result = await move(hass, rest_entry, "modbus_tcp", port=display_server.port, unit_id=1)

    assert result["reason"] == "reconfigure_successful"
    assert rest_entry.data["kind"] == "display"
    assert rest_entry.unique_id == f"address_127.0.0.1_{display_server.port}_1"
    assert device(hass, rest_entry).id == before
    assert entity_id(hass, rest_entry, "text", "meter_1_title_1") == entity
    assert state(hass, rest_entry, "select", "viewer_page") == "custom_meter_2"
    await write(hass, rest_entry, "meter_1_title_1", "BAY 7")
    assert display.texts[1]["title1"] == "BAY 7"


async def test_a_display_does_not_become_a_meter(
    hass: HomeAssistant, modbus_entry: DisplayConfigEntry, modbus_server: ModbusTcpServer
) -> None:
    result = await move(hass, modbus_entry, "modbus_tcp", port=modbus_server.port, unit_id=1)

    assert result["reason"] == "wrong_meter"
    assert modbus_entry.state is ConfigEntryState.LOADED


async def test_a_meter_is_still_a_meter(
    hass: HomeAssistant, modbus_server: ModbusTcpServer, rest_server: RestServer
) -> None:
    meter = await add(hass, "modbus_tcp", port=modbus_server.port, unit_id=1)
    assert "kind" not in meter.data
    assert meter.supports_options
    assert await hass.config_entries.async_remove(meter.entry_id)

    meter = await add(hass, "rest", port=rest_server.port)
    assert "kind" not in meter.data


async def test_a_display_has_no_options(entry: DisplayConfigEntry) -> None:
    assert not entry.supports_options


async def test_a_display_that_is_not_there_is_waited_for(
    hass: HomeAssistant, modbus_entry: DisplayConfigEntry, display_server: ModbusTcpServer
) -> None:
    await display_server.stop()
    await hass.config_entries.async_reload(modbus_entry.entry_id)
    assert load_state(modbus_entry) is ConfigEntryState.SETUP_RETRY
    assert "cannot be reached" in str(modbus_entry.reason)

    await display_server.start()
    await hass.config_entries.async_reload(modbus_entry.entry_id)
    assert load_state(modbus_entry) is ConfigEntryState.LOADED


# --- entities -----------------------------------------------------------------------------------


def entities(hass: HomeAssistant, entry: DisplayConfigEntry) -> dict[str, er.RegistryEntry]:
    return {
        found.unique_id.removeprefix(f"{entry.unique_id}_"): found
        for found in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    }


async def test_a_display_for_four_meters_has_the_texts_of_four(
    hass: HomeAssistant, entry: DisplayConfigEntry
) -> None:
    found = entities(hass, entry)

    assert set(found) == {"viewer_page"} | {
        f"meter_{meter}_{name}" for meter in range(1, 5) for name in TEXTS
    }
    assert all(one.entity_category is EntityCategory.CONFIG for one in found.values())
    assert {key for key, one in found.items() if one.disabled_by is None} == {"viewer_page"} | {
        f"meter_1_{name}" for name in TEXTS
    }
    page = hass.states.get(found["viewer_page"].entity_id)
    assert page is not None
    assert page.attributes["options"] == [
        *(f"main_meter_{meter}" for meter in range(1, 5)),
        *(f"custom_meter_{meter}" for meter in range(1, 5)),
    ]
    assert page.attributes["assumed_state"] is True
    assert page.attributes["friendly_name"] == f"{entry.title} Page shown"
    for name in TEXTS:
        text = hass.states.get(found[f"meter_1_{name}"].entity_id)
        assert text is not None
        assert text.attributes["max"] == (32 if name.startswith("title") else 20)
        assert text.attributes["friendly_name"] == f"{entry.title} Meter 1 {name.replace('_', ' ')}"


async def test_a_display_for_one_meter_has_the_texts_of_one(hass: HomeAssistant) -> None:
    async with ModbusTcpServer(RemoteDisplay("DMED4DC2")) as server:
        entry = await add(hass, "modbus_tcp", port=server.port, unit_id=1)
        found = entities(hass, entry)

        assert set(found) == {"viewer_page"} | {f"meter_1_{name}" for name in TEXTS}
        page = hass.states.get(found["viewer_page"].entity_id)
        assert page is not None
        assert page.attributes["options"] == ["main_meter_1", "custom_meter_1"]
        await hass.config_entries.async_unload(entry.entry_id)


async def test_what_another_master_wrote_shows_over_modbus(
    hass: HomeAssistant, modbus_entry: DisplayConfigEntry, display: RemoteDisplay
) -> None:
    assert state(hass, modbus_entry, "text", "meter_1_title_1") == ""

    display.texts[1]["title1"] = "BAY 7"
    await pass_time(hass)

    assert state(hass, modbus_entry, "text", "meter_1_title_1") == "BAY 7"


async def test_what_nobody_can_read_is_unknown_over_rest(
    hass: HomeAssistant, rest_entry: DisplayConfigEntry
) -> None:
    assert state(hass, rest_entry, "text", "meter_1_title_1") == STATE_UNKNOWN
    assert state(hass, rest_entry, "select", "viewer_page") == STATE_UNKNOWN


async def test_a_page_is_chosen(
    hass: HomeAssistant, entry: DisplayConfigEntry, display: RemoteDisplay
) -> None:
    await select(hass, entry, "custom_meter_3")

    assert display.page == 7
    assert state(hass, entry, "select", "viewer_page") == "custom_meter_3"


async def test_a_locked_page_says_what_to_do(
    hass: HomeAssistant, entry: DisplayConfigEntry, display: RemoteDisplay
) -> None:
    display.page_locked = True
    with pytest.raises(HomeAssistantError) as error:
        await select(hass, entry, "main_meter_2")
    assert error.value.translation_key == "page_locked"
    assert "P01.05 to DISABLE" in str(error.value)
    assert state(hass, entry, "select", "viewer_page") == STATE_UNKNOWN

    display.page_locked = False
    await select(hass, entry, "main_meter_2")
    assert display.page == 2


async def test_one_text_is_written_over_modbus(
    hass: HomeAssistant, modbus_entry: DisplayConfigEntry, display: RemoteDisplay
) -> None:
    display.texts[1]["text2"] = "of another master"
    await write(hass, modbus_entry, "meter_1_title_1", "BAY 7")

    assert display.texts[1]["title1"] == "BAY 7"
    assert state(hass, modbus_entry, "text", "meter_1_title_1") == "BAY 7"
    assert state(hass, modbus_entry, "text", "meter_1_text_2") == "of another master"


async def test_one_text_is_written_over_rest_with_those_known(
    hass: HomeAssistant, rest_entry: DisplayConfigEntry, display: RemoteDisplay
) -> None:
    await write(hass, rest_entry, "meter_1_title_1", "BAY 7")
    assert state(hass, rest_entry, "text", "meter_1_title_1") == "BAY 7"
    assert state(hass, rest_entry, "text", "meter_1_text_3") == ""

    await write(hass, rest_entry, "meter_1_text_1", "FREE")

    assert display.texts[1] == EMPTY | {"title1": "BAY 7", "text1": "FREE"}


async def test_what_was_written_is_known_after_a_restart(
    hass: HomeAssistant,
    rest_entry: DisplayConfigEntry,
    display: RemoteDisplay,
    hass_storage: dict[str, Any],
) -> None:
    await set_page(hass, rest_entry, TEXTS | {"meter": 2})
    await write(hass, rest_entry, "meter_1_title_1", "BAY 7")
    await select(hass, rest_entry, "custom_meter_1")

    await hass.config_entries.async_reload(rest_entry.entry_id)
    await hass.async_block_till_done()

    assert state(hass, rest_entry, "text", "meter_1_title_1") == "BAY 7"
    assert state(hass, rest_entry, "select", "viewer_page") == "custom_meter_1"
    display.texts[2] = dict(EMPTY)
    await rest_entry.runtime_data.async_write(2, {"text_1": "EVC2"})
    assert display.texts[2] == api_texts(TEXTS | {"text_1": "EVC2"})

    assert await hass.config_entries.async_remove(rest_entry.entry_id)
    assert not [key for key in hass_storage if key.startswith(DOMAIN)]


async def test_a_text_is_checked_before_anything_is_sent(
    hass: HomeAssistant,
    modbus_entry: DisplayConfigEntry,
    display_server: ModbusTcpServer,
) -> None:
    display_server.requests.clear()
    with pytest.raises(ServiceValidationError) as error:
        await write(hass, modbus_entry, "meter_1_text_1", "Säule 1")
    assert error.value.translation_key == "page_text_characters"
    assert error.value.translation_placeholders == {"field": "text_1"}
    assert not [pdu for pdu in display_server.requests if pdu[0] in (0x06, 0x10)]

    await write(hass, modbus_entry, "meter_1_text_1", "Saeule 1")
    assert state(hass, modbus_entry, "text", "meter_1_text_1") == "Saeule 1"


async def test_a_lost_display_is_unavailable_until_it_is_back(
    hass: HomeAssistant,
    entry: DisplayConfigEntry,
    display: RemoteDisplay,
    display_server: ModbusTcpServer,
    display_web: RestServer,
) -> None:
    server = display_web if entry.data["transport"] == "rest" else display_server
    await server.stop()
    for _ in range(10):
        # Let the client see that its connection is gone.
        await asyncio.sleep(0)
    with pytest.raises(HomeAssistantError) as error:
        await write(hass, entry, "meter_1_title_1", "BAY 7")
    assert error.value.translation_key == "cannot_connect"
    assert state(hass, entry, "text", "meter_1_title_1") == STATE_UNAVAILABLE
    assert state(hass, entry, "select", "viewer_page") == STATE_UNAVAILABLE

    await server.start()
    await pass_time(hass)
    await write(hass, entry, "meter_1_title_1", "BAY 7")
    assert state(hass, entry, "text", "meter_1_title_1") == "BAY 7"


@pytest.mark.parametrize("reading", ["kept", "lost"])
@pytest.mark.parametrize("transport", ["rest", "modbus_tcp"])
async def test_texts_that_a_display_lost_with_its_power_are_written_again(
    hass: HomeAssistant, transport: str, reading: str, caplog: pytest.LogCaptureFixture
) -> None:
    display = RemoteDisplay("DMED4DC1", {1: SimulatedMeter()}, readings={"custom_texts": reading})
    server = RestServer(display) if transport == "rest" else ModbusTcpServer(display)
    async with server:
        more = {} if transport == "rest" else {"unit_id": 1}
        entry = await add(hass, transport, port=server.port, **more)
        await write(hass, entry, "meter_1_text_1", "BAY 7")
        await select(hass, entry, "custom_meter_1")
        await server.stop()
        await pass_time(hass)
        display.power_failure()
        assert display.texts[1]["text1"] == ("BAY 7" if reading == "kept" else "")
        await server.start()
        await pass_time(hass)
        await pass_time(hass)
        assert display.texts[1]["text1"] == "BAY 7"
        assert display.page == 5
        assert state(hass, entry, "text", "meter_1_text_1") == "BAY 7"
        requests = len(server.requests)
        await pass_time(hass)
        again = [request for request in server.requests[requests:] if is_write(request)]
        assert not again
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_what_another_master_wrote_meanwhile_is_left_alone(
    hass: HomeAssistant,
    modbus_entry: DisplayConfigEntry,
    display: RemoteDisplay,
    display_server: ModbusTcpServer,
) -> None:
    await write(hass, modbus_entry, "meter_1_text_1", "BAY 7")
    await display_server.stop()
    await pass_time(hass)
    display.set_texts(1, {"text1": "", "title1": "CLOSED"})
    await display_server.start()
    await pass_time(hass)
    assert display.texts[1] == {**EMPTY, "title1": "CLOSED"}
    assert state(hass, modbus_entry, "text", "meter_1_title_1") == "CLOSED"


def is_write(request: bytes | tuple[str, str]) -> bool:
    return request[0] in {0x06, 0x10, "PUT", "POST"}


async def test_only_administrators_write(
    hass: HomeAssistant,
    entry: DisplayConfigEntry,
    display: RemoteDisplay,
    user: Context,
    hass_admin_user: MockUser,
) -> None:
    with pytest.raises(Unauthorized):
        await select(hass, entry, "main_meter_2", user)
    with pytest.raises(Unauthorized):
        await write(hass, entry, "meter_1_title_1", "BAY 7", user)
    with pytest.raises(Unauthorized):
        await set_page(hass, entry, TEXTS, user)
    assert display.page == 1
    assert all(texts == EMPTY for texts in display.texts.values())

    admin = Context(user_id=hass_admin_user.id)
    await select(hass, entry, "main_meter_2", admin)
    await write(hass, entry, "meter_1_title_1", "BAY 7", admin)
    await set_page(hass, entry, TEXTS | {"meter": 3}, admin)
    assert display.page == 2


# --- the action ---------------------------------------------------------------------------------


async def test_all_texts_of_a_page_are_set_and_shown(
    hass: HomeAssistant, entry: DisplayConfigEntry, display: RemoteDisplay
) -> None:
    response = await hass.services.async_call(
        DOMAIN,
        "set_custom_page",
        {"device_id": device(hass, entry).id, "meter": 2, "show": True, **TEXTS},
        blocking=True,
        return_response=True,
    )

    assert response == {"meter": 2, **TEXTS}
    assert display.page == 6
    assert state(hass, entry, "select", "viewer_page") == "custom_meter_2"
    assert display.texts[2] == api_texts(TEXTS)


async def test_texts_left_out_are_empty_and_the_page_stays(
    hass: HomeAssistant, entry: DisplayConfigEntry, display: RemoteDisplay
) -> None:
    await set_page(hass, entry, TEXTS)
    await set_page(hass, entry, {"title_1": "BAY 7"})

    assert display.page == 1
    assert state(hass, entry, "text", "meter_1_title_1") == "BAY 7"
    assert state(hass, entry, "text", "meter_1_text_1") == ""


async def test_the_action_checks_texts_before_anything_is_sent(
    hass: HomeAssistant,
    entry: DisplayConfigEntry,
    display: RemoteDisplay,
) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await set_page(hass, entry, TEXTS | {"text_3": "x" * 21})
    assert error.value.translation_key == "page_text_too_long"
    assert error.value.translation_placeholders == {
        "field": "text_3",
        "length": "21",
        "limit": "20",
    }
    assert all(texts == EMPTY for texts in display.texts.values())

    await set_page(hass, entry, TEXTS | {"text_3": "x" * 20})
    assert state(hass, entry, "text", "meter_1_text_3") == "x" * 20


async def test_the_action_says_what_a_locked_display_needs(
    hass: HomeAssistant, entry: DisplayConfigEntry, display: RemoteDisplay
) -> None:
    display.page_locked = True
    with pytest.raises(HomeAssistantError) as error:
        await set_page(hass, entry, TEXTS | {"show": True})
    assert error.value.translation_key == "page_locked"
    assert state(hass, entry, "text", "meter_1_text_3") == TEXTS["text_3"]

    display.page_locked = False
    await set_page(hass, entry, TEXTS | {"show": True})
    assert display.page == 5


async def test_the_action_knows_how_many_meters_there_are(hass: HomeAssistant) -> None:
    display = RemoteDisplay("DMED4DC2")
    async with ModbusTcpServer(display) as server:
        entry = await add(hass, "modbus_tcp", port=server.port, unit_id=1)
        with pytest.raises(ServiceValidationError) as error:
            await set_page(hass, entry, TEXTS | {"meter": 2})
        assert error.value.translation_key == "no_such_meter"
        await set_page(hass, entry, TEXTS | {"meter": 1, "show": True})
        assert display.page == 5
        await hass.config_entries.async_unload(entry.entry_id)


async def test_an_action_is_for_meters_or_for_displays(
    hass: HomeAssistant, entry: DisplayConfigEntry, rest_server: RestServer
) -> None:
    meter = await add(hass, "rest", port=rest_server.port)

    with pytest.raises(ServiceValidationError) as error:
        await set_page(hass, meter, TEXTS)
    assert error.value.translation_key == "not_a_display"
    with pytest.raises(ServiceValidationError) as error:
        await hass.services.async_call(
            DOMAIN, "reset_errors", {"device_id": device(hass, entry).id}, blocking=True
        )
    assert error.value.translation_key == "not_a_meter"
    await hass.services.async_call(
        DOMAIN, "reset_errors", {"device_id": device(hass, meter).id}, blocking=True
    )
    await set_page(hass, entry, TEXTS)


async def test_a_display_has_no_record_to_download(
    hass: HomeAssistant, rest_entry: DisplayConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    client = await hass_client()

    answer = await client.get(last_record_path(rest_entry.entry_id))

    assert answer.status == 404


async def test_a_display_has_no_archive(
    hass: HomeAssistant, entry: DisplayConfigEntry, rest_server: RestServer
) -> None:
    async def total(**data: str) -> int:
        page = await hass.services.async_call(
            DOMAIN, "list_sessions", data, blocking=True, return_response=True
        )
        assert page is not None
        number = page["total"]
        assert isinstance(number, int)
        return number

    with pytest.raises(ServiceValidationError) as error:
        await total()
    assert error.value.translation_key == "no_archive"
    meter = await add(hass, "rest", port=rest_server.port)
    with pytest.raises(ServiceValidationError) as error:
        await total(device_id=device(hass, entry).id)
    assert error.value.translation_key == "not_a_meter"

    assert await total() == 0
    assert await total(device_id=device(hass, meter).id) == 0


async def test_diagnostics_do_not_tell_the_texts(
    hass: HomeAssistant, entry: DisplayConfigEntry
) -> None:
    await set_page(hass, entry, TEXTS | {"show": True})

    diagnostics = await async_get_config_entry_diagnostics(hass, entry)

    assert diagnostics["entry"]["data"]["host"] == REDACTED
    assert diagnostics["display"]["model"] == "DMED4DC1"
    assert diagnostics["display"]["shown"] == 5
    assert diagnostics["display"]["text_lengths"][1] == {
        name: len(text) for name, text in TEXTS.items()
    }
    assert not [text for text in TEXTS.values() if text in json.dumps(diagnostics)]


# --- who is behind whom -------------------------------------------------------------------------


@pytest.mark.parametrize("transport", ["modbus_tcp", "rest"])
@pytest.mark.parametrize("display_first", [True, False])
async def test_a_meter_behind_a_channel_shows_its_display(
    hass: HomeAssistant,
    transport: str,
    display_first: bool,  # noqa: FBT001
    display_server: ModbusTcpServer,
    display_web: RestServer,
) -> None:
    async def add_display() -> DisplayConfigEntry:
        if transport == "rest":
            return await add(hass, "rest", port=display_web.port)
        return await add(hass, "modbus_tcp", port=display_server.port, unit_id=1)

    async def add_channel() -> DisplayConfigEntry:
        return await add(hass, "rest_display", port=display_web.port, channel=2)

    if display_first:
        entry, meter = await add_display(), await add_channel()
    else:
        meter, entry = await add_channel(), await add_display()

    assert "kind" not in meter.data
    assert device(hass, meter).via_device_id == device(hass, entry).id
    assert device(hass, entry).via_device_id is None

    assert await hass.config_entries.async_remove(entry.entry_id)
    assert device(hass, meter).via_device_id is None


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1)])
async def test_meters_behind_a_gateway_show_it(hass: HomeAssistant, order: tuple[int, ...]) -> None:
    gateway_meter = SimulatedMeter(seed=1, parameters={"P05_05": 1})
    others = {unit: SimulatedMeter(seed=unit) for unit in (2, 3)}
    async with GatewayServer(gateway_meter, others) as server:
        entries = {
            unit: await add(hass, "modbus_tcp", port=server.port, unit_id=unit) for unit in order
        }
        gateway = device(hass, entries[1])

        assert gateway.via_device_id is None
        assert device(hass, entries[2]).via_device_id == gateway.id
        assert device(hass, entries[3]).via_device_id == gateway.id
        asked = [frame for frame in server.frames if frame.unit == 0]
        assert (
            entries[1].unique_id
            == Identity(model="", public_key=gateway_meter.public_key_raw).fingerprint
        )
        # Once, by 0x11 for display and meter and the two forms of the key.
        assert len(asked) == 3
        for entry in entries.values():
            await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("removed", [1, 2])
async def test_a_device_may_be_removed_while_the_gateway_is_asked(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, removed: int
) -> None:
    """The gateway itself, or another meter behind it."""
    others = {unit: SimulatedMeter(seed=unit) for unit in (2, 3)}
    ask = topology.async_detect
    async with GatewayServer(SimulatedMeter(seed=1, parameters={"P05_05": 1}), others) as server:
        gone = await add(hass, "modbus_tcp", port=server.port, unit_id=removed)

        async def ask_and_remove(hass: HomeAssistant, data: Mapping[str, Any]) -> Identity:
            assert data["unit_id"] == 0
            await hass.config_entries.async_remove(gone.entry_id)
            return await ask(hass, data)

        monkeypatch.setattr(topology, "async_detect", ask_and_remove)
        entry = await add(hass, "modbus_tcp", port=server.port, unit_id=3)
        assert hass.config_entries.async_entries(DOMAIN) == [entry]
        assert entry.state is ConfigEntryState.LOADED
        assert device(hass, entry).via_device_id is None
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_gateway_of_another_make_stands_for_nobody(hass: HomeAssistant) -> None:
    bus = Bus({unit: SimulatedMeter(seed=unit) for unit in (1, 2, 3)})
    async with SocketServer(
        bus, framing="tcp", host=LOCALHOST, port=0, max_connections=2
    ) as server:
        entries = [
            await add(hass, "modbus_tcp", port=server.port, unit_id=unit) for unit in (1, 2, 3)
        ]

        assert not [entry for entry in entries if device(hass, entry).via_device_id]
        # One question, repeated once where nothing answers; the second and third entry do not ask again.
        assert len([frame for frame in server.frames if frame.unit == 0]) == 2
        for entry in entries:
            assert await hass.config_entries.async_unload(entry.entry_id)


class DisplayAsGateway(Bus):
    """A DMED4DC1 whose Ethernet port leads to its bus as well."""

    def __init__(self, display: RemoteDisplay, meter: SimulatedMeter) -> None:
        super().__init__({1: display, 2: meter})
        self._display = display

    async def answer(self, frame: Frame) -> bytes | None:
        if frame.unit == 0:
            return handle_pdu(self._display, frame.pdu)
        return await super().answer(frame)


async def test_the_gateway_may_be_a_display(
    hass: HomeAssistant, display: RemoteDisplay, simulated: SimulatedMeter
) -> None:
    async with SocketServer(
        DisplayAsGateway(display, simulated),
        framing="tcp",
        host=LOCALHOST,
        port=0,
        max_connections=2,
    ) as server:
        gateway = await add(hass, "modbus_tcp", port=server.port, unit_id=1)
        meter = await add(hass, "modbus_tcp", port=server.port, unit_id=2)

        assert device(hass, meter).via_device_id == device(hass, gateway).id
        assert device(hass, gateway).via_device_id is None
        for entry in (gateway, meter):
            assert await hass.config_entries.async_unload(entry.entry_id)


async def test_the_gateway_may_be_set_up_over_rest(hass: HomeAssistant) -> None:
    gateway_meter = SimulatedMeter(seed=1, parameters={"P05_05": 1})
    async with (
        RestServer(gateway_meter) as rest,
        GatewayServer(gateway_meter, {2: SimulatedMeter(seed=2)}) as server,
    ):
        gateway = await add(hass, "rest", port=rest.port)
        meter = await add(hass, "modbus_tcp", port=server.port, unit_id=2)

        assert device(hass, meter).via_device_id == device(hass, gateway).id
        for entry in (gateway, meter):
            assert await hass.config_entries.async_unload(entry.entry_id)


async def test_nothing_goes_on_after_a_display_has_left(
    hass: HomeAssistant,
    entry: DisplayConfigEntry,
    *,
    display_server: ModbusTcpServer,
    display_web: RestServer,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> None:
    """It is unloaded at a step of a page that is being written."""
    call = {"device_id": device(hass, entry).id, "meter": 2, "show": True, **TEXTS}
    assert await hass.config_entries.async_unload(entry.entry_id)
    await connections(display_server, 0)
    before = Traces.of(hass)
    turn, there = 1, True
    while there:
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        leaving: list[asyncio.Task[bool]] = []

        def leave() -> None:
            unload = hass.config_entries.async_unload(entry.entry_id)
            leaving.append(hass.async_create_task(unload))  # noqa: B023

        with at_step(turn, leave) as steps:
            try:
                await hass.services.async_call(DOMAIN, "set_custom_page", call, blocking=True)
            except HomeAssistantError as err:
                if err.translation_key != "not_loaded":
                    raise
        there = steps.done
        if not there:
            leave()
        assert await asyncio.gather(*leaving) == [True]
        await hass.async_block_till_done(wait_background_tasks=True)
        await connections(display_server, 0)
        sent = len(display_server.requests), len(display_web.requests)
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=5))
        await hass.async_block_till_done(wait_background_tasks=True)
        assert (len(display_server.requests), len(display_web.requests)) == sent
        left = [*held(hass), *Traces.of(hass).since(before)]
        assert (left, wrong(caplog)) == ([], []), f"at step {turn}"
        turn += 1 + request.config.getoption("--stride") // 4
