"""The first key of a meter is pinned; another one is an alarm until an administrator accepts it."""

from contextlib import closing
from hashlib import sha256
import json
from pathlib import Path
import sqlite3
from typing import Any

from homeassistant.components.repairs.const import DOMAIN as REPAIRS
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.lovato_dmed4.archive import KeyState, KeyVerdict, Source, StoredKey
from custom_components.lovato_dmed4.connection.identity import keys_disagree
from custom_components.lovato_dmed4.const import CONF_FORMER_IDS, DOMAIN
from custom_components.lovato_dmed4.dmed4.model import Identity
from custom_components.lovato_dmed4.intake.keeper import RecordKeeper
from custom_components.lovato_dmed4.intake.shared_archive import DEFAULT_FILE
from custom_components.lovato_dmed4.ocmf import Verdict
from simulator import ManualClock, ModbusTcpServer, RestServer, SimulatedMeter
from simulator.record import signature_text
from tests.integration.helpers import (
    HOUSEKEEPING,
    Server,
    act,
    add_entry,
    add_meter,
    change_answer,
    entities,
    fingerprint,
    is_available,
    pass_time,
    server_at,
    set_up,
    state_of,
    unplug,
    user_input,
)
from tests.integration.plugin import ClientSessionGenerator
from tests.logbooks import rest_calls
from tests.ocmf.helpers import sign

UNCOMMISSIONED = pytest.mark.parametrize("meter_settings", [{"commissioned": False}])


@pytest.fixture
def repaired(simulated: SimulatedMeter, clock: ManualClock) -> SimulatedMeter:
    """The same meter after its measure board was exchanged."""
    return SimulatedMeter(
        seed=2,
        serial_number=simulated.serial_number,
        clock=clock,
        signing_time=0,
        checking_time=0,
    )


def alarm(hass: HomeAssistant, entry: Any) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"key_changed_{entry.entry_id}")


def keeper_of(entry: Any) -> RecordKeeper:
    keeper: RecordKeeper = entry.runtime_data.records
    return keeper


async def keys_of(entry: Any) -> tuple[StoredKey, ...]:
    keeper = keeper_of(entry)
    meter_id = keeper.meter_id
    assert meter_id is not None
    return await keeper.async_run(lambda archive: archive.keys(meter_id))


async def states_of(entry: Any) -> dict[bytes, KeyState]:
    return {key.spki: key.state for key in await keys_of(entry)}


async def key_verdicts(entry: Any) -> list[KeyVerdict]:
    """Of all records, the oldest first; all have a good signature."""
    keeper = keeper_of(entry)
    found = []
    number = 1
    while record := await keeper.async_run(lambda archive: archive.record(number)):  # noqa: B023
        assert record.verdict is Verdict.VALID
        found.append(record.key)
        number += 1
    return found


async def archive_last(entry: Any, meter: SimulatedMeter) -> None:
    assert await keeper_of(entry).async_store(meter.records[-1].encode(), Source.METER)


async def repair(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: Any, **answer: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Open the repair and confirm it; return what the user was shown, and the result."""
    assert await async_setup_component(hass, REPAIRS, {})
    client = await hass_client()
    issue = {"handler": DOMAIN, "issue_id": f"key_changed_{entry.entry_id}"}
    response = await client.post("/api/repairs/issues/fix", json=issue)
    form = await response.json()
    assert form["step_id"] == "confirm"
    response = await client.post(f"/api/repairs/issues/fix/{form['flow_id']}", json=answer)
    await hass.async_block_till_done()
    return form["description_placeholders"], await response.json()


# --- REST: the serial number tells that it is the same meter ------------------------------------


async def test_changed_key(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    repaired: SimulatedMeter,
) -> None:
    entry = await add_meter(hass, rest_server)
    before = {key: entity.entity_id for key, entity in entities(hass, entry).items()}
    simulated.fill_logbook(1)
    await archive_last(entry, simulated)
    old = entry.unique_id
    await unplug(rest_server)
    await pass_time(hass)
    assert not is_available(hass, entry)

    async with server_at(rest_server, repaired):
        # It is noticed by the first poll, and the set-up follows.
        await pass_time(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert is_available(hass, entry)
        assert entry.unique_id == old
        issue = alarm(hass, entry)
        assert issue is not None
        assert (issue.severity, issue.is_fixable) == (ir.IssueSeverity.ERROR, True)
        assert await states_of(entry) == {
            simulated.public_key_ocmf: KeyState.PINNED,
            repaired.public_key_ocmf: KeyState.CHANGED,
        }
        # It goes on charging, under suspicion.
        response = await act(hass, entry, "start_charge_cycle")
        assert (response["verdict"], response["key"]) == ("key_changed", "changed")
        await archive_last(entry, repaired)
        assert await key_verdicts(entry) == [KeyVerdict.OWN, KeyVerdict.CHANGED]
        # It stays an alarm over a reload, and is no reason for more of them.
        assert await hass.config_entries.async_reload(entry.entry_id)
        data = entry.runtime_data
        await pass_time(hass, HOUSEKEEPING)
        assert entry.runtime_data is data
        assert alarm(hass, entry)

        shown, result = await repair(hass, hass_client, entry)
        assert result["type"] == "create_entry"
        assert shown["meter"] == entry.title
        # The same fingerprints, in the same notation, as the archive shows.
        assert [shown["expected"], shown["found"]] == [
            sha256(each.public_key_ocmf).digest().hex(":").upper() for each in (simulated, repaired)
        ]
        assert shown["archive"] == "/lovato-dmed4/archive"
        assert alarm(hass, entry) is None
        assert entry.unique_id == fingerprint(repaired)
        assert state_of(entry) is ConfigEntryState.LOADED
        assert {key: entity.entity_id for key, entity in entities(hass, entry).items()} == before
        assert is_available(hass, entry)
        assert await states_of(entry) == {
            simulated.public_key_ocmf: KeyState.FORMER,
            repaired.public_key_ocmf: KeyState.PINNED,
        }
        assert await key_verdicts(entry) == [KeyVerdict.FORMER, KeyVerdict.OWN]
        assert CONF_FORMER_IDS not in entry.data
        await hass.config_entries.async_unload(entry.entry_id)


async def test_a_key_that_was_never_the_meter_s(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    repaired: SimulatedMeter,
) -> None:
    entry = await add_meter(hass, rest_server)
    simulated.fill_logbook(1)
    await archive_last(entry, simulated)
    await unplug(rest_server)
    await pass_time(hass)
    async with server_at(rest_server, repaired):
        await pass_time(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert alarm(hass, entry)
        await repair(hass, hass_client, entry, former_key="never")
        assert await states_of(entry) == {
            simulated.public_key_ocmf: KeyState.REJECTED,
            repaired.public_key_ocmf: KeyState.PINNED,
        }
        assert await key_verdicts(entry) == [KeyVerdict.REJECTED]
        assert "former_key" not in entry.data
        await hass.config_entries.async_unload(entry.entry_id)


def test_two_keys_that_are_not_the_same_point(
    simulated: SimulatedMeter, repaired: SimulatedMeter
) -> None:
    own, other = simulated.public_key_ocmf, repaired.public_key_ocmf
    for point, disagree in ((own[-64:], False), (other[-64:], True), (None, False)):
        identity = Identity(model="DMED404R0600", public_key=point, public_key_ocmf=own)
        assert keys_disagree(identity) is disagree


async def test_changed_key_without_a_lost_poll(
    hass: HomeAssistant,
    rest_server: RestServer,
    repaired: SimulatedMeter,
) -> None:
    """Housekeeping compares what it reads in any case."""
    entry = await add_meter(hass, rest_server)
    await rest_server.stop()
    async with server_at(rest_server, repaired) as server:
        await pass_time(hass)
        assert alarm(hass, entry) is None
        await pass_time(hass, HOUSEKEEPING)
        await pass_time(hass)
        assert alarm(hass, entry)
        assert is_available(hass, entry)
        server.requests.clear()
        await pass_time(hass)
        assert {path for _, path in server.requests} == {"/v1/measure", "/v1/charge_status"}
        await hass.config_entries.async_unload(entry.entry_id)


async def test_changed_key_before_an_action(
    hass: HomeAssistant, rest_server: RestServer, repaired: SimulatedMeter
) -> None:
    """Nothing is signed with a key that the archive has not heard of."""
    entry = await add_meter(hass, rest_server)
    await unplug(rest_server)
    await pass_time(hass)
    async with server_at(rest_server, repaired):
        with pytest.raises(HomeAssistantError) as caught:
            await act(hass, entry, "start_charge_cycle")
        assert caught.value.translation_key == "other_key"
        await hass.async_block_till_done()
        response = await act(hass, entry, "start_charge_cycle")
        assert (response["verdict"], response["key"]) == ("key_changed", "changed")
        await archive_last(entry, repaired)
        assert await key_verdicts(entry) == [KeyVerdict.CHANGED]
        await hass.config_entries.async_unload(entry.entry_id)


async def test_whoever_is_between_signs_with_another_key(
    hass: HomeAssistant,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    repaired: SimulatedMeter,
) -> None:
    """Each answer that has a record is judged by the key that the archive has pinned."""
    entry = await add_meter(hass, rest_server)

    def signed_anew(raw: str) -> str:
        payload = raw.split("|")[1]
        return f"OCMF|{payload}|{signature_text(sign(payload, repaired._private_key), 0)}"

    calls = rest_calls(rest_server)
    for path, name in (("/v1/ocmf", "OCMF_BUFF"), ("/v1/logbook/OCMF", "OCMF_LOG")):
        get = calls[path]["GET"]

        def forged(call: Any, get: Any = get, name: str = name) -> str:
            answer = json.loads(get(call))
            return json.dumps({name: signed_anew(answer[name]) if answer[name] else ""})

        calls[path]["GET"] = forged
    for step in ("start", "read", "end"):
        response = await act(hass, entry, f"{step}_charge_cycle")
        assert (response["verdict"], response["signature"]) == ("invalid", "invalid"), step
        assert response["key"] == "own"
    asked: dict[str, dict[str, Any]] = {"get_last_record": {}, "get_record": {"position": 0}}
    for action, fields in asked.items():
        response = await act(hass, entry, action, **fields)
        assert (response["verdict"], response["signature"]) == ("invalid", "invalid"), action
    (found,) = (await act(hass, entry, "list_records", limit=1))["records"]
    assert (found["verdict"], found["signature"]) == ("invalid", "invalid")
    # Whoever shows this key as well, only while a record is read: it has not been accepted.
    own, simulated._private_key = simulated._private_key, repaired._private_key
    response = await act(hass, entry, "get_last_record")
    assert (response["verdict"], response["signature"]) == ("invalid", "invalid")
    simulated._private_key = own


async def test_another_archive_does_not_take_it_for_the_first_key(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    rest_server: RestServer,
    repaired: SimulatedMeter,
) -> None:
    """An archive that has never seen the meter can't know better; the entry does."""
    entry = await add_meter(hass, rest_server)
    await hass.config_entries.async_unload(entry.entry_id)
    await rest_server.stop()
    url = f"sqlite:///{hass.config.path('another.db')}"
    hass.config_entries.async_update_entry(entry, options={"database_url": url})
    async with server_at(rest_server, repaired):
        assert await hass.config_entries.async_setup(entry.entry_id)
        assert alarm(hass, entry)
        repaired.fill_logbook(1)
        raw = repaired.records[0].encode()
        stored = await keeper_of(entry).async_store(raw, Source.METER)
        assert stored is not None
        assert stored.suspicious
        assert await states_of(entry) == {}

        await repair(hass, hass_client, entry)
        assert await states_of(entry) == {repaired.public_key_ocmf: KeyState.PINNED}
        assert await key_verdicts(entry) == [KeyVerdict.OWN]
        await hass.config_entries.async_unload(entry.entry_id)


async def test_the_known_key_comes_back(
    hass: HomeAssistant,
    rest_server: RestServer,
    repaired: SimulatedMeter,
    simulated: SimulatedMeter,
) -> None:
    entry = await add_meter(hass, rest_server)
    await hass.config_entries.async_unload(entry.entry_id)
    await rest_server.stop()
    async with server_at(rest_server, repaired):
        assert await hass.config_entries.async_setup(entry.entry_id)
        assert alarm(hass, entry)
    await pass_time(hass)
    await rest_server.start()
    await pass_time(hass)
    await hass.async_block_till_done()
    assert alarm(hass, entry) is None
    assert is_available(hass, entry)
    assert (await states_of(entry))[simulated.public_key_ocmf] is KeyState.PINNED
    assert (await act(hass, entry, "start_charge_cycle"))["signature"] == "valid"


async def test_a_key_accepted_and_given_up_again(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    rest_server: RestServer,
    repaired: SimulatedMeter,
    simulated: SimulatedMeter,
) -> None:
    """The old board is put back: its key is accepted like any other."""
    entry = await add_meter(hass, rest_server)
    await hass.config_entries.async_unload(entry.entry_id)
    await rest_server.stop()
    async with server_at(rest_server, repaired):
        assert await hass.config_entries.async_setup(entry.entry_id)
        await repair(hass, hass_client, entry)
        assert await hass.config_entries.async_unload(entry.entry_id)
    await rest_server.start()
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert alarm(hass, entry)
    await repair(hass, hass_client, entry)
    assert entry.unique_id == fingerprint(simulated)
    assert await states_of(entry) == {
        simulated.public_key_ocmf: KeyState.PINNED,
        repaired.public_key_ocmf: KeyState.FORMER,
    }


async def test_another_serial_number_is_another_meter(
    hass: HomeAssistant, rest_server: RestServer
) -> None:
    entry = await add_meter(hass, rest_server)
    await hass.config_entries.async_unload(entry.entry_id)
    await rest_server.stop()
    async with server_at(rest_server, SimulatedMeter(seed=2)):
        assert not await hass.config_entries.async_setup(entry.entry_id)
        assert entry.error_reason_translation_key == "wrong_meter"
        assert alarm(hass, entry) is None
    await rest_server.start()
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert is_available(hass, entry)


async def test_a_meter_that_shows_no_key_any_more(
    hass: HomeAssistant, rest_server: RestServer, simulated: SimulatedMeter
) -> None:
    entry = await add_meter(hass, rest_server)
    await hass.config_entries.async_unload(entry.entry_id)
    await rest_server.stop()
    nameless = SimulatedMeter(serial_number=simulated.serial_number, commissioned=False)
    async with server_at(rest_server, nameless):
        assert not await hass.config_entries.async_setup(entry.entry_id)
        assert alarm(hass, entry) is None
    await rest_server.start()
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert is_available(hass, entry)


async def test_a_key_that_only_pretends(
    hass: HomeAssistant,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    repaired: SimulatedMeter,
) -> None:
    """The key with its curve is another one than the key that the meter is known by."""
    entry = await add_meter(hass, rest_server)
    await hass.config_entries.async_unload(entry.entry_id)
    undo = change_answer(
        rest_server, "/v1/charge_settings", public_key_ocmf=repaired.public_key_ocmf.hex()
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert await states_of(entry) == {
        simulated.public_key_ocmf: KeyState.PINNED,
        repaired.public_key_ocmf: KeyState.CHANGED,
    }
    assert alarm(hass, entry)
    undo()
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert alarm(hass, entry) is None
    response = await act(hass, entry, "start_charge_cycle")
    assert (response["verdict"], response["key"]) == ("valid", "own")


async def test_moving_to_another_address_with_another_key(
    hass: HomeAssistant, rest_server: RestServer, repaired: SimulatedMeter
) -> None:
    entry = await add_meter(hass, rest_server)
    old = entry.unique_id
    async with RestServer(repaired, response_time=0) as server:
        menu = await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": "reconfigure", "entry_id": entry.entry_id}
        )
        await hass.config_entries.flow.async_configure(menu["flow_id"], {"next_step_id": "rest"})
        result = await hass.config_entries.flow.async_configure(menu["flow_id"], user_input(server))
        await hass.async_block_till_done()
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "reconfigure_successful"
        assert entry.data["port"] == server.port
        assert entry.unique_id == old
        assert alarm(hass, entry)
        assert is_available(hass, entry)
        await hass.config_entries.async_unload(entry.entry_id)


# --- Modbus: nothing tells whether it is the same meter -----------------------------------------


async def test_unclear_key_stops_a_running_entry(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    modbus_server: ModbusTcpServer,
    simulated: SimulatedMeter,
    repaired: SimulatedMeter,
) -> None:
    entry = await add_meter(hass, modbus_server)
    simulated.fill_logbook(1)
    await archive_last(entry, simulated)
    await unplug(modbus_server)
    await pass_time(hass)
    async with server_at(modbus_server, repaired):
        await pass_time(hass)
        assert not is_available(hass, entry)
        issue = alarm(hass, entry)
        assert issue is not None
        assert issue.translation_key == "key_unconfirmed"

        await repair(hass, hass_client, entry)
        assert alarm(hass, entry) is None
        assert is_available(hass, entry)
        assert entry.unique_id == fingerprint(repaired)
        assert await states_of(entry) == {
            simulated.public_key_ocmf: KeyState.FORMER,
            repaired.public_key_ocmf: KeyState.PINNED,
        }
        assert await key_verdicts(entry) == [KeyVerdict.FORMER]
        await hass.config_entries.async_unload(entry.entry_id)


async def test_unclear_key_at_set_up(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    modbus_server: ModbusTcpServer,
    simulated: SimulatedMeter,
    repaired: SimulatedMeter,
) -> None:
    await modbus_server.stop()
    entry = add_entry(hass, modbus_server, fingerprint(simulated))
    async with server_at(modbus_server, repaired):
        assert not await set_up(hass, entry)
        assert state_of(entry) is ConfigEntryState.SETUP_RETRY
        assert entry.error_reason_translation_key == "wrong_meter"
        assert alarm(hass, entry)

        await repair(hass, hass_client, entry)
        assert state_of(entry) is ConfigEntryState.LOADED
        assert alarm(hass, entry) is None
        assert await states_of(entry) == {repaired.public_key_ocmf: KeyState.PINNED}
        await hass.config_entries.async_unload(entry.entry_id)


async def test_the_right_meter_comes_back(
    hass: HomeAssistant, modbus_server: ModbusTcpServer, repaired: SimulatedMeter
) -> None:
    entry = await add_meter(hass, modbus_server)
    await unplug(modbus_server)
    await pass_time(hass)
    async with server_at(modbus_server, repaired):
        await pass_time(hass)
        assert alarm(hass, entry)
    await modbus_server.start()
    await pass_time(hass)
    assert alarm(hass, entry) is None
    assert is_available(hass, entry)


async def test_a_key_of_another_entry_is_not_accepted(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    modbus_server: ModbusTcpServer,
    simulated: SimulatedMeter,
    repaired: SimulatedMeter,
) -> None:
    """Two meters have swapped their addresses."""
    async with ModbusTcpServer(repaired) as server:
        other = await add_meter(hass, server)
        await modbus_server.stop()
        entry = add_entry(hass, modbus_server, fingerprint(simulated))
        async with server_at(modbus_server, repaired):
            assert not await set_up(hass, entry)
            _, result = await repair(hass, hass_client, entry)
            assert result["type"] == "abort"
            assert result["reason"] == "already_configured"
        assert entry.unique_id == fingerprint(simulated)
        assert other.unique_id == fingerprint(repaired)
        await modbus_server.start()
        assert await hass.config_entries.async_reload(entry.entry_id)
        assert alarm(hass, entry) is None
        await hass.config_entries.async_unload(other.entry_id)


async def test_the_alarm_goes_with_the_entry(
    hass: HomeAssistant, server: Server, simulated: SimulatedMeter, repaired: SimulatedMeter
) -> None:
    entry = await add_meter(hass, server)
    await unplug(server)
    await pass_time(hass)
    async with server_at(server, repaired):
        await pass_time(hass)
        assert alarm(hass, entry)
        await hass.config_entries.async_remove(entry.entry_id)
        assert alarm(hass, entry) is None


# --- The archive's name of the meter ------------------------------------------------------------


@UNCOMMISSIONED
async def test_commissioned_meter_is_the_same_in_the_archive(
    hass: HomeAssistant, server: Server, clock: ManualClock
) -> None:
    entry = await add_meter(hass, server)
    number = keeper_of(entry).meter_id
    await keeper_of(entry).async_store(b"a beginner's mistake", Source.METER)
    await hass.config_entries.async_unload(entry.entry_id)
    await server.stop()
    meter = SimulatedMeter(seed=1, clock=clock, signing_time=0, checking_time=0)
    async with server_at(server, meter):
        assert await hass.config_entries.async_setup(entry.entry_id)
        assert keeper_of(entry).meter_id == number
        assert keeper_of(entry).summary_coordinator.data.records == 1
        assert await states_of(entry) == {meter.public_key_ocmf: KeyState.PINNED}
        assert CONF_FORMER_IDS not in entry.data
        await hass.config_entries.async_unload(entry.entry_id)


async def test_key_accepted_while_the_archive_is_away(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    modbus_server: ModbusTcpServer,
    simulated: SimulatedMeter,
    repaired: SimulatedMeter,
) -> None:
    entry = await add_meter(hass, modbus_server)
    simulated.fill_logbook(1)
    await archive_last(entry, simulated)
    number = keeper_of(entry).meter_id
    await hass.config_entries.async_unload(entry.entry_id)
    await modbus_server.stop()
    rename(hass, "dmed4_meters", "elsewhere")
    async with server_at(modbus_server, repaired):
        await hass.config_entries.async_setup(entry.entry_id)
        await repair(hass, hass_client, entry)
        assert entry.unique_id == fingerprint(repaired)
        assert state_of(entry) is ConfigEntryState.LOADED
        assert not keeper_of(entry).available
        assert entry.data[CONF_FORMER_IDS] == [fingerprint(simulated)]

        rename(hass, "elsewhere", "dmed4_meters")
        await pass_time(hass, 10)
        assert keeper_of(entry).meter_id == number
        assert await states_of(entry) == {
            simulated.public_key_ocmf: KeyState.FORMER,
            repaired.public_key_ocmf: KeyState.PINNED,
        }
        assert await key_verdicts(entry) == [KeyVerdict.FORMER]
        assert CONF_FORMER_IDS not in entry.data
        await hass.config_entries.async_unload(entry.entry_id)


def rename(hass: HomeAssistant, table: str, name: str) -> None:
    with closing(sqlite3.connect(Path(hass.config.path(DEFAULT_FILE)))) as database:
        database.execute(f"ALTER TABLE {table} RENAME TO {name}")
