"""REST over TLS: the certificate is shown once, pinned, and asked about when it changes."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.components.repairs.const import DOMAIN as REPAIRS
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.lovato_dmed4.connection.certificate import fingerprint_text
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.repairs import async_create_fix_flow
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import RestServer, SimulatedMeter
from tests.integration.flows import device_link
from tests.integration.helpers import (
    entities,
    fingerprint,
    is_available,
    open_form,
    pass_time,
    state_of,
)
from tests.integration.plugin import ClientSessionGenerator


@pytest.fixture
async def server(simulated: SimulatedMeter) -> AsyncIterator[RestServer]:
    async with RestServer(simulated, tls=True) as server:
        yield server


@pytest.fixture
async def entry(hass: HomeAssistant, server: RestServer) -> Dmed4ConfigEntry:
    result = await submit(hass, await open_form(hass, "rest"), rest_input(server))
    result = await submit(hass, result["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    found: Dmed4ConfigEntry = result["result"]
    return found


def rest_input(server: RestServer, tls: str = "pinned") -> dict[str, Any]:
    return {"host": server.host, "port": server.port, "tls": tls}


async def submit(hass: HomeAssistant, flow_id: str, user_input: dict[str, Any]) -> dict[str, Any]:
    result = await hass.config_entries.flow.async_configure(flow_id, user_input)
    await hass.async_block_till_done()
    return dict(result)


def question(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"certificate_changed_{entry.entry_id}")


async def repair(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: Dmed4ConfigEntry
) -> dict[str, Any]:
    """Open the repair and confirm it; return what the user was shown."""
    assert await async_setup_component(hass, REPAIRS, {})
    client = await hass_client()
    issue = {"handler": DOMAIN, "issue_id": f"certificate_changed_{entry.entry_id}"}
    response = await client.post("/api/repairs/issues/fix", json=issue)
    assert response.status == 200, await response.text()
    form = await response.json()
    assert form["step_id"] == "confirm"
    response = await client.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})
    assert (await response.json())["type"] == "create_entry"
    await hass.async_block_till_done()
    placeholders: dict[str, Any] = form["description_placeholders"]
    return placeholders


async def test_the_fingerprint_is_shown_before_it_is_pinned(
    hass: HomeAssistant, server: RestServer, simulated: SimulatedMeter
) -> None:
    form = await submit(hass, await open_form(hass, "rest"), rest_input(server))
    assert form["step_id"] == "certificate"
    shown = form["description_placeholders"]
    assert shown == {
        "host": "127.0.0.1",
        "fingerprint": fingerprint_text(server.certificate_fingerprint),
    }
    assert shown["fingerprint"].count(":") == 31
    assert server.requests == []
    result = await submit(hass, form["flow_id"], {})
    entry = result["result"]
    assert entry.data["certificate"] == server.certificate_fingerprint
    assert entry.unique_id == fingerprint(simulated)
    assert is_available(hass, entry)
    device = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)[0]
    # With TLS the meter has no web page.
    assert device.configuration_url is None


async def test_a_certificate_that_the_system_does_not_trust(
    hass: HomeAssistant, server: RestServer
) -> None:
    form = await submit(hass, await open_form(hass, "rest"), rest_input(server, "verified"))
    assert form["errors"] == {"base": "certificate_not_trusted"}
    assert server.requests == []
    form = await submit(hass, form["flow_id"], rest_input(server))
    result = await submit(hass, form["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("tls", ["pinned", "verified"])
async def test_a_meter_without_tls(hass: HomeAssistant, rest_server: RestServer, tls: str) -> None:
    form = await submit(hass, await open_form(hass, "rest"), rest_input(rest_server, tls))
    assert form["errors"] == {"base": "tls_failed", "port": "found_rest"}
    result = await submit(hass, form["flow_id"], rest_input(rest_server, "off"))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_certificate_that_changes_while_it_is_looked_at(
    hass: HomeAssistant, server: RestServer
) -> None:
    form = await submit(hass, await open_form(hass, "rest"), rest_input(server))
    server.renew_certificate()
    form = await submit(hass, form["flow_id"], {})
    assert form["step_id"] == "rest"
    assert form["errors"] == {"base": "certificate_changed"}
    form = await submit(hass, form["flow_id"], rest_input(server))
    assert form["step_id"] == "certificate"
    result = await submit(hass, form["flow_id"], {})
    assert result["result"].data["certificate"] == server.certificate_fingerprint


async def test_a_certificate_that_is_known_is_not_asked_about_again(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: RestServer, simulated: SimulatedMeter
) -> None:
    menu = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": "reconfigure", "entry_id": entry.entry_id}
    )
    form = await submit(hass, menu["flow_id"], {"next_step_id": "rest"})
    result = await submit(hass, form["flow_id"], rest_input(server))
    assert result["reason"] == "reconfigure_successful"
    assert is_available(hass, entry)


async def test_a_changed_certificate_stops_the_entry_until_it_is_accepted(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    entry: Dmed4ConfigEntry,
    server: RestServer,
) -> None:
    assert question(hass, entry) is None
    before, asked = server.certificate_fingerprint, len(server.requests)
    server.renew_certificate()
    await pass_time(hass)
    assert not is_available(hass, entry)
    assert question(hass, entry)
    await hass.config_entries.async_reload(entry.entry_id)
    assert state_of(entry) is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "certificate_changed"
    assert len(server.requests) == asked
    issue = question(hass, entry)
    assert issue is not None
    assert (issue.severity, issue.is_fixable) == (ir.IssueSeverity.ERROR, True)

    shown = await repair(hass, hass_client, entry)
    assert shown == {
        "meter": entry.title,
        "expected": fingerprint_text(before),
        "found": fingerprint_text(server.certificate_fingerprint),
        "link": device_link(hass, entry),
    }
    assert entry.data["certificate"] == server.certificate_fingerprint
    assert state_of(entry) is ConfigEntryState.LOADED
    assert question(hass, entry) is None
    assert is_available(hass, entry)


async def test_a_certificate_changed_while_running_is_accepted(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    entry: Dmed4ConfigEntry,
    server: RestServer,
) -> None:
    server.renew_certificate()
    await pass_time(hass)
    await repair(hass, hass_client, entry)
    assert is_available(hass, entry)
    assert question(hass, entry) is None


async def test_the_question_goes_when_the_old_certificate_is_back(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: RestServer, simulated: SimulatedMeter
) -> None:
    """The network had another device at the address for a while."""
    await server.stop()
    async with RestServer(simulated, port=server.port, tls=True):
        await pass_time(hass)
        assert question(hass, entry)
        assert not is_available(hass, entry)
    await server.start()
    await pass_time(hass)
    assert question(hass, entry) is None
    assert is_available(hass, entry)


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_an_action_is_refused_with_the_reason(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: RestServer
) -> None:
    asked = len(server.requests)
    server.renew_certificate()
    with pytest.raises(HomeAssistantError) as raised:
        await hass.services.async_call(
            "button",
            "press",
            {"entity_id": entities(hass, entry)["synchronise_clock"].entity_id},
            blocking=True,
        )
    assert raised.value.translation_key == "certificate_changed"
    assert len(server.requests) == asked


async def test_the_question_goes_with_the_entry(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: RestServer
) -> None:
    server.renew_certificate()
    await pass_time(hass)
    assert question(hass, entry)
    await hass.config_entries.async_remove(entry.entry_id)
    assert question(hass, entry) is None
    # Somebody may still have the dialogue open.
    flow = await async_create_fix_flow(
        hass,
        f"certificate_changed_{entry.entry_id}",
        {"entry_id": entry.entry_id, "certificate": "00"},
    )
    assert type(flow).__name__ == "ConfirmRepairFlow"


async def test_only_an_administrator_may_accept_a_certificate(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
    entry: Dmed4ConfigEntry,
    server: RestServer,
) -> None:
    server.renew_certificate()
    await pass_time(hass)
    assert await async_setup_component(hass, REPAIRS, {})
    client = await hass_client(hass_read_only_access_token)
    issue = {"handler": DOMAIN, "issue_id": f"certificate_changed_{entry.entry_id}"}
    response = await client.post("/api/repairs/issues/fix", json=issue)
    assert response.status == 401
    assert question(hass, entry)
