"""The action that examines a meter, and the download of its file."""

import asyncio
from http import HTTPStatus
import json
from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.components.frontend.storage import async_user_store
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
import pytest

from custom_components.lovato_dmed4.actions import examination as action
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.examination import modbus, run
from custom_components.lovato_dmed4.reports.examinations import async_examinations
from custom_components.lovato_dmed4.reports.examining import async_written
from custom_components.lovato_dmed4.reports.links import examination_path
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ManualClock, ModbusTcpServer, RestServer, SimulatedMeter
from tests.driven_time import drive_time
from tests.integration.charges import News
from tests.integration.helpers import (
    Server,
    act,
    device_id,
    number,
    pass_time,
    state_of,
    value,
    writes,
)
from tests.integration.plugin import ClientSessionGenerator, MockUser, WebSocketGenerator

PRIVATE = {
    "identification_data": "04A2B3C4D5E6F7",
    "tariff_text": "Friends",
    "charge_point_id": "DE*ABC",
}


@pytest.fixture(autouse=True)
def _alone(
    clock_left_alone: None, logbook_left_alone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let nothing else write, and try no ports of this machine."""
    monkeypatch.setattr(run, "MODBUS_PORTS", ())
    monkeypatch.setattr(modbus, "SETTLED", 0)


async def examine(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, context: Context | None = None, **fields: object
) -> dict[str, Any]:
    return await act(hass, entry, "examine_meter", context, **fields)


async def download(entry: Dmed4ConfigEntry, hass_client: ClientSessionGenerator) -> dict[str, Any]:
    client = await hass_client()
    response = await client.get(examination_path(entry.entry_id))
    assert response.status == HTTPStatus.OK
    assert 'filename="examination.json"' in response.headers["Content-Disposition"]
    content: dict[str, Any] = await response.json()
    return content


async def test_a_meter_is_examined_while_it_is_polled(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    *,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    simulated.fill_logbook(4)
    before = len(writes(server))
    losses = entry.runtime_data.meter.link_losses
    response = await examine(hass, entry)
    assert len(writes(server)) == before
    assert "The public key is there in both forms." in response["readings"]
    assert any("it takes your consent to write" in text for text in response["open"])
    assert set(response["steps"].values()) == {"done", "not allowed"}
    assert "The signature is verified" in response["last_record"]
    assert response["warnings"] == []
    file = await download(entry, hass_client)
    assert file["words"] == response["readings"]
    assert file["transport"] == ("rest" if isinstance(server, RestServer) else "modbus")
    # Nothing of it is seen by what polls the meter.
    assert entry.runtime_data.meter.link_losses == losses
    await pass_time(hass)
    assert value(hass, entry, "charging") == "off"
    assert entry.runtime_data.live.last_update_success
    assert [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []


async def test_it_is_said_in_the_language_of_this_home_assistant(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    hass.config.language = "de"
    response = await examine(hass, entry)
    assert "Den öffentlichen Schlüssel gibt es in beiden Formen." in response["readings"]
    assert set(response["steps"].values()) == {"erledigt", "nicht erlaubt"}
    # Its developers read the file.
    file = await download(entry, hass_client)
    assert "The public key is there in both forms." in file["words"]
    assert set(file["steps"].values()) == {"done", "not allowed"}


async def test_it_is_said_in_the_language_of_the_person(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
) -> None:
    """A person may have another language than Home Assistant."""
    socket = await hass_ws_client()
    call = {
        "type": "call_service",
        "domain": DOMAIN,
        "service": "examine_meter",
        "target": {"device_id": device_id(hass, rest_entry)},
        "return_response": True,
    }
    said = []
    store = await async_user_store(hass, hass_admin_user.id)
    for chosen in ({"language": "it", "number_format": "language"}, {"language": None}, "?"):
        await store.async_set_item("language", chosen)
        await socket.send_json_auto_id(call)
        said.append((await socket.receive_json())["result"]["response"]["steps"])
    assert [next(iter(steps)) for steps in said] == ["porte", "ports", "ports"]


async def test_with_consent_it_writes_and_puts_back(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, simulated: SimulatedMeter
) -> None:
    simulated.fill_logbook(4)
    simulated.configure(datetime_offset=120)
    response = await examine(hass, entry, allow_writes=True)
    assert set(response["steps"].values()) == {"done"}
    assert "The last record of the logbook has index 0." in response["readings"]
    assert simulated.time_offset == 120
    assert writes(server)
    await act(hass, entry, "start_charge_cycle")
    assert simulated.charging


async def test_a_charge_goes_on(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    *,
    clock: ManualClock,
    news: News,
) -> None:
    await act(hass, entry, "start_charge_cycle")
    clock.advance(60)
    before, told = writes(server), list(news)
    with pytest.raises(ServiceValidationError) as raised:
        await examine(hass, entry, allow_writes=True)
    assert raised.value.translation_key == "cycle_active"
    response = await examine(hass, entry)
    assert set(response["steps"].values()) == {"done", "not allowed"}
    assert (writes(server), list(news)) == (before, told)
    await pass_time(hass)
    assert number(hass, entry, "voltage") == simulated.physics.slow.voltage / 100
    made = await act(hass, entry, "end_charge_cycle")
    assert made["verdict"] == "valid"
    assert not simulated.charging


async def test_a_charge_can_begin_and_end_meanwhile(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """Requests take turns: neither waits for the whole of the other."""
    simulated.fill_logbook(2)
    examining = asyncio.create_task(examine(hass, entry))
    await act(hass, entry, "start_charge_cycle")
    made = await act(hass, entry, "end_charge_cycle")
    assert made["verdict"] == "valid"
    response = await examining
    assert response["steps"]["as the integration reads it"] == "done"


async def test_records_are_fetched_meanwhile(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """Both select entries in the same window of the meter, and neither gets the other's."""
    simulated.fill_logbook(6)
    listing = asyncio.create_task(act(hass, entry, "list_records", limit=6))
    response = await examine(hass, entry, allow_writes=True)
    records = (await listing)["records"]
    assert [record["verdict"] for record in records] == ["valid"] * 6
    assert len({record["digest"] for record in records}) == 6
    assert "The last record of the logbook has index 0." in response["readings"]
    assert not [text for text in response["readings"] if text.startswith("None of")]


async def test_one_at_a_time(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
    first = asyncio.create_task(examine(hass, entry))
    await asyncio.sleep(0)
    with pytest.raises(ServiceValidationError) as raised:
        await examine(hass, entry)
    assert raised.value.translation_key == "examination_running"
    assert (await first)["file_size"] > 1000
    assert (await examine(hass, entry))["file_size"] > 1000


async def test_nothing_in_the_file_says_who_charged_or_where(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    hass_client: ClientSessionGenerator,
) -> None:
    hass.config_entries.async_update_entry(
        entry, options={**PRIVATE, "password": "5678901", "tls": "off"}
    )
    await hass.async_block_till_done()
    await act(hass, entry, "start_charge_cycle")
    await act(hass, entry, "end_charge_cycle")
    await examine(hass, entry, allow_writes=True)
    text = json.dumps(await download(entry, hass_client))
    raw = "".join(
        bytes.fromhex(exchange["received"]).decode("latin-1")
        for exchange in json.loads(text)["exchanges"]
        if isinstance(server, ModbusTcpServer)
    )
    serial = str(simulated.serial_number)
    secrets = (
        *PRIVATE.values(),
        "5678901",
        serial,
        "127.0.0.1",
        f":{server.port}",
        "Authorization",
    )
    assert all(secret in simulated.records[-1] for secret in PRIVATE.values())
    assert [secret for secret in secrets if secret in text or secret in raw] == []


async def test_a_meter_that_is_not_loaded_is_examined(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    hass_client: ClientSessionGenerator,
) -> None:
    simulated.fill_logbook(4)
    assert await hass.config_entries.async_unload(entry.entry_id)
    response = await examine(hass, entry, allow_writes=True)
    assert set(response["steps"].values()) == {"done"}
    assert (await download(entry, hass_client))["words"] == response["readings"]
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert state_of(entry) is ConfigEntryState.LOADED


async def test_a_meter_that_is_gone_leaves_a_file_that_says_so(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drive_time(monkeypatch)
    await server.stop()
    response = await examine(hass, entry)
    step = "answers" if isinstance(server, RestServer) else "model"
    assert response["steps"][step] in ("no connection", "no answer")
    assert response["steps"]["as the integration reads it"] == "not reached"
    assert response["readings"] == []
    assert (await download(entry, hass_client))["exchanges"] == []
    await server.start()
    assert (await examine(hass, entry))["steps"][step] == "done"


@pytest.mark.parametrize("signed", [True, False])
async def test_the_file_is_for_administrators(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    user: Context,
    *,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
    signed: bool,
) -> None:
    with pytest.raises(Unauthorized):
        await examine(hass, rest_entry, user)
    path = examination_path(rest_entry.entry_id)
    admin_client = await hass_client()
    assert (await admin_client.get(path)).status == HTTPStatus.NOT_FOUND
    call = {
        "type": "call_service",
        "domain": DOMAIN,
        "service": "examine_meter",
        "target": {"device_id": device_id(hass, rest_entry)},
        "return_response": True,
    }
    socket = await hass_ws_client()
    await socket.send_json_auto_id(call)
    answer = await socket.receive_json()
    url = answer["result"]["response"]["file_url"]
    stranger = await hass_client_no_auth()
    if signed:
        response = await stranger.get(url)
        assert response.status == HTTPStatus.OK
        assert (await response.json())["format"] == 2
        return
    assert (await stranger.get(path)).status == HTTPStatus.UNAUTHORIZED
    hass_admin_user.groups = [await hass.auth.async_get_group(GROUP_ID_USER)]
    assert (await admin_client.get(path)).status == HTTPStatus.FORBIDDEN


async def test_the_file_goes_with_the_meter(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    await examine(hass, rest_entry)
    await download(rest_entry, hass_client)
    assert await hass.config_entries.async_remove(rest_entry.entry_id)
    client = await hass_client()
    path = examination_path(rest_entry.entry_id)
    assert (await client.get(path)).status == HTTPStatus.NOT_FOUND


async def test_a_meter_that_is_removed_meanwhile_leaves_no_file(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The meter goes while what was found is being written."""
    examined, removed = asyncio.Event(), asyncio.Event()

    async def write_later(hass: HomeAssistant, found: run.Examination) -> bytes:
        examined.set()
        await removed.wait()
        return await async_written(hass, found)

    monkeypatch.setattr(action, "async_written", write_later)
    examination = asyncio.create_task(examine(hass, rest_entry))
    await examined.wait()
    assert await hass.config_entries.async_remove(rest_entry.entry_id)
    removed.set()
    with pytest.raises(HomeAssistantError) as raised:
        await examination
    assert raised.value.translation_key == "not_loaded"
    assert async_examinations(hass).files == {}


async def test_an_offset_that_can_not_be_put_back_is_reported(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: RestServer
) -> None:
    taken = 0
    settings = rest_server._api.methods("/v1/charge_settings")
    assert settings is not None
    post = settings["POST"]

    def once(call: Any) -> str:
        nonlocal taken
        if b"datetime_offset" in call.body:
            taken += 1
            if taken > 1:
                raise ConnectionAbortedError
        return post(call)

    settings["POST"] = once  # type: ignore[index]
    response = await examine(hass, rest_entry, allow_writes=True)
    assert response["steps"]["clock"] == "no answer"
    assert response["warnings"] == [
        "The time offset could not be put back: set it to 0 minutes again."
    ]
