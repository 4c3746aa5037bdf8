"""Who may charge: by right, and by every door."""

from dataclasses import replace
from functools import partial
from itertools import product
import json
import re
from typing import Any

from homeassistant.auth.const import GROUP_ID_READ_ONLY
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_setup_component
import pytest
import voluptuous as vol

from custom_components.lovato_dmed4.archive import Archive
from custom_components.lovato_dmed4.billing.model import Driver, Identification
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.dmed4.prototype import type_of
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import SimulatedMeter
from tests.integration.helpers import Server, act, device_id, entities, press, value, writes
from tests.integration.plugin import MockUser, WebSocketGenerator

STEPS = ("start", "read", "end")
EVERYONE = {"start": True, "read": True, "end": True}


@pytest.fixture(autouse=True)
def _alone(clock_left_alone: None, logbook_left_alone: None) -> None:
    """Let nothing write to the meter but those who charge."""


async def choose(hass: HomeAssistant, entry: Dmed4ConfigEntry, who: str) -> None:
    """Set the option as its form does: with a reload."""
    hass.config_entries.async_update_entry(entry, options={"who_may_charge": who})
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


def transactions(meter: SimulatedMeter) -> str:
    return "".join(record.split('"TX":"')[-1][0] for record in meter.records)


async def script(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
    """Let an administrator make scripts for the family, one per door."""
    button = entities(hass, entry)["start"].entity_id
    end = {"action": f"{DOMAIN}.end_charge_cycle", "target": {"device_id": device_id(hass, entry)}}
    press_start = {"action": "button.press", "target": {"entity_id": button}}
    assert await async_setup_component(
        hass,
        "script",
        {"script": {"begin": {"sequence": [press_start]}, "finish": {"sequence": [end]}}},
    )


async def run(hass: HomeAssistant, name: str, context: Context) -> None:
    await hass.services.async_call("script", name, {}, blocking=True, context=context)


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_a_family_member_charges(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter, user: Context
) -> None:
    """By the buttons, by the actions, and by a script that an administrator made."""
    for step in STEPS:
        await press(hass, entry, step, user)
    for step in STEPS:
        await act(hass, entry, f"{step}_charge_cycle", user)
    await script(hass, entry)
    await run(hass, "begin", user)
    await run(hass, "finish", user)
    assert transactions(simulated) == "BCEBCEBE"


async def test_the_record_is_for_administrators(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, user: Context, admin: Context
) -> None:
    await act(hass, rest_entry, "start_charge_cycle", admin, identification_data="04A2B3C4")
    response = await act(hass, rest_entry, "end_charge_cycle", user)
    assert response["record"] is None
    assert response["signature"] == "valid"
    assert "04A2B3C4" not in str(response)
    again = await act(hass, rest_entry, "get_last_record", admin)
    assert again == response | {"record": again["record"]}
    assert "04A2B3C4" in again["record"]


async def check_refused(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, context: Context
) -> None:
    """Nothing is written, neither to the meter nor in Home Assistant."""
    before = len(writes(server))
    for step in STEPS:
        pressed = value(hass, entry, step)
        if pressed != "unavailable":
            with pytest.raises(Unauthorized):
                await press(hass, entry, step, context)
        assert value(hass, entry, step) == pressed
        with pytest.raises(Unauthorized):
            await act(hass, entry, f"{step}_charge_cycle", context)
    assert len(writes(server)) == before


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_only_administrators_if_they_want(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    *,
    user: Context,
    admin: Context,
) -> None:
    await choose(hass, entry, "administrators")
    await check_refused(hass, entry, server, user)
    await script(hass, entry)
    for name in ("begin", "finish"):
        with pytest.raises(Unauthorized):
            await run(hass, name, user)
    assert simulated.records == []

    await press(hass, entry, "start", admin)
    await check_refused(hass, entry, server, user)
    for step in ("read", "end"):
        await press(hass, entry, step, admin)
    # An automation acts for the administrator who wrote it.
    await act(hass, entry, "start_charge_cycle", Context())
    await choose(hass, entry, "everyone")
    await act(hass, entry, "end_charge_cycle", user)
    assert transactions(simulated) == "BCEBE"


async def test_a_button_that_is_off_by_default_takes_no_right_away(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, user: Context
) -> None:
    """Until an administrator switches it off: the card and the action go on without it."""
    button = entities(hass, rest_entry)["read"]
    assert button.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    await act(hass, rest_entry, "start_charge_cycle", user)
    await act(hass, rest_entry, "read_charge_cycle", user)
    er.async_get(hass).async_update_entity(
        button.entity_id, disabled_by=er.RegistryEntryDisabler.USER
    )
    with pytest.raises(Unauthorized):
        await act(hass, rest_entry, "read_charge_cycle", user)
    assert transactions(simulated) == "BC"


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_home_assistants_permissions_hold(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: Server,
    user: Context,
) -> None:
    """A user who may only look is refused; so is everyone by a button that is disabled."""
    group = await hass.auth.async_get_group(GROUP_ID_READ_ONLY)
    guest = Context(user_id=MockUser(groups=[group]).add_to_hass(hass).id)
    gone = Context(user_id="deleted meanwhile")
    for context in (guest, gone):
        await check_refused(hass, rest_entry, rest_server, context)

    er.async_get(hass).async_update_entity(
        entities(hass, rest_entry)["start"].entity_id, disabled_by=er.RegistryEntryDisabler.USER
    )
    with pytest.raises(Unauthorized):
        await act(hass, rest_entry, "start_charge_cycle", user)
    assert writes(rest_server) == []


@pytest.mark.parametrize(
    ("who", "admin", "expected"),
    [
        ("everyone", False, EVERYONE),
        ("administrators", False, dict.fromkeys(EVERYONE, False)),
        ("administrators", True, EVERYONE),
    ],
)
async def test_the_card_is_told(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
    *,
    who: str,
    admin: bool,
    expected: dict[str, bool],
) -> None:
    await choose(hass, rest_entry, who)
    if not admin:
        hass_admin_user.groups = []
        hass_admin_user.mock_policy({"entities": True})
    client = await hass_ws_client()
    device = device_id(hass, rest_entry)
    await client.send_json_auto_id({"type": f"{DOMAIN}/rights", "device_id": device})
    version = (await async_get_integration(hass, DOMAIN)).version
    answer = (await client.receive_json())["result"]
    # The card's form is for those who may start a charge.
    assert ("form" in answer) == expected["start"]
    answer.pop("form", None)
    # The card compares the version with its own, and offers to reload the page.
    assert answer == {**expected, "version": str(version)}
    await client.send_json_auto_id({"type": f"{DOMAIN}/rights", "device_id": "unknown"})
    assert (await client.receive_json())["error"]["code"] == "not_found"


# --- Who charges --------------------------------------------------------------------------------


async def start_form(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, ws_client: WebSocketGenerator
) -> dict[str, Any]:
    client = await ws_client()
    device = device_id(hass, entry)
    await client.send_json_auto_id({"type": f"{DOMAIN}/rights", "device_id": device})
    answer: dict[str, Any] = (await client.receive_json())["result"]
    return dict(answer["form"])


async def test_the_form_shows_what_an_empty_field_means(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
) -> None:
    """Whose identification the options hold is shown to administrators, and one's own to everyone."""
    fields = ("identification_type", "identification_data", "tariff_text", "other_type")

    async def shown() -> list[str | None]:
        form = await start_form(hass, rest_entry, hass_ws_client)
        return [form[field] for field in fields]

    assert await shown() == ["NONE", "", "", "NONE"]
    options = {"identification_data": "04A2B3C4", "tariff_text": "Staff"}
    hass.config_entries.async_update_entry(rest_entry, options=options)
    assert await shown() == ["ISO14443", "04A2B3C4", "Staff", "NONE"]
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": True})
    assert await shown() == ["ISO14443", None, "Staff", "NONE"]
    own = Driver(
        name="Anna", identifications=(Identification(value="ANNA-1"),), person="person.anna"
    )
    await rest_entry.runtime_data.records.async_run(
        lambda archive: archive.ledger.save_driver(own), writes=True
    )
    hass.states.async_set("person.anna", "home", {"user_id": hass_admin_user.id})
    assert await shown() == ["LOCAL", "ANNA-1", "Staff", "NONE"]


async def test_the_form_offers_drivers_by_name(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
) -> None:
    """All who may charge to administrators, to others only themselves; who is logged in is marked."""
    card = (Identification(value="04A2B3C4"),)
    anna, bert = (
        Driver(name="Anna", identifications=card, person="person.anna"),
        Driver(name="Bert", identifications=(Identification(value="X"),)),
    )
    gone = Driver(name="Carl", identifications=(Identification(value="Y"),), active=False)
    records = rest_entry.runtime_data.records
    first, second, *_ = [
        await records.async_run(partial(save, driver=each), writes=True)
        for each in (anna, bert, gone, Driver(name="No card"))
    ]

    async def offered() -> tuple[list[list[Any]], int | None]:
        form = await start_form(hass, rest_entry, hass_ws_client)
        return form["drivers"], form["driver"]

    assert await offered() == ([[first, "Anna"], [second, "Bert"]], None)
    hass.states.async_set("person.anna", "home", {"user_id": hass_admin_user.id})
    assert await offered() == ([[first, "Anna"], [second, "Bert"]], first)
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": True})
    assert await offered() == ([[first, "Anna"]], first)
    hass.states.async_remove("person.anna")
    assert await offered() == ([], None)


async def test_the_form_reads_an_identification_as_the_record_does(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    form = await start_form(hass, rest_entry, hass_ws_client)
    assert form["types"][:3] == ["NONE", "DENIED", "UNDEFINED"]
    assert form["levels"][-1] == "UNKNOWN"
    for data in ("04A2B3C4", "04A2B3C4D5E680", "E004015012345678", "+39 030 12345", "Anna"):
        found = [kind for kind, pattern in form["forms"] if re.fullmatch(pattern, data)]
        assert [*found, "UNDEFINED"][0] == type_of(data)


async def test_an_administrator_gets_the_name_of_the_driver(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, user: Context, admin: Context
) -> None:
    anna = Driver(name="Anna", identifications=(Identification(value="04a2b3c4"),))
    await rest_entry.runtime_data.records.async_run(
        lambda archive: archive.ledger.save_driver(anna), writes=True
    )
    started = await act(
        hass, rest_entry, "start_charge_cycle", admin, identification_data="04A2B3C4"
    )
    assert started["driver"] == "Anna"
    assert (await act(hass, rest_entry, "end_charge_cycle", user))["driver"] is None
    assert (await act(hass, rest_entry, "get_last_record", admin))["driver"] == "Anna"
    unknown = await act(hass, rest_entry, "start_charge_cycle", admin, identification_data="X")
    assert unknown["driver"] is None


async def test_the_driver_who_is_logged_in_is_the_default(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    user: Context,
    admin: Context,
) -> None:
    """By button and action; what is given counts more, and automations are nobody's."""
    anna = Driver(
        name="Anna",
        identifications=(Identification(value="04A2B3C4", type="ISO14443"),),
        person="person.anna",
    )
    await rest_entry.runtime_data.records.async_run(
        lambda archive: archive.ledger.save_driver(anna), writes=True
    )
    hass.states.async_set("person.anna", "home", {"user_id": user.user_id})
    given = {"identification_data": "X"}
    for context, fields, expected in (
        (user, None, ("ISO14443", "04A2B3C4")),
        (user, {}, ("ISO14443", "04A2B3C4")),
        (user, given, ("UNDEFINED", "X")),
        (admin, {}, ("NONE", "")),
        (Context(), {}, ("NONE", "")),
    ):
        if fields is None:
            await press(hass, rest_entry, "start", context)
        else:
            await act(hass, rest_entry, "start_charge_cycle", context, **fields)
        record = json.loads(simulated.records[-1].split("|")[1])
        assert (record.get("IT"), record.get("ID", "")) == expected
        await act(hass, rest_entry, "end_charge_cycle")


async def test_codes_in_either_case(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """As the editor of actions has them, and as they stand in records."""
    for change in (str.lower, str.upper):
        given: dict[str, Any] = {
            "identification_type": change("iso14443"),
            "identification_level": change("trusted"),
            "identification_flags": [change("rfid_plain")],
            "identification_data": "04A2B3C4",
        }
        await act(hass, rest_entry, "start_charge_cycle", **given)
        record = json.loads(simulated.records[-1].split("|")[1])
        assert (record["IT"], record["IL"], record["IF"]) == ("ISO14443", "TRUSTED", ["RFID_PLAIN"])
        await act(hass, rest_entry, "end_charge_cycle")


async def test_a_driver_is_named_by_number(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    user: Context,
) -> None:
    """So that no automation has to hold an identification; the first one of the driver is signed."""
    anna = Driver(
        name="Anna",
        identifications=(
            Identification(value="DE8AA1A2B3C4D5", type="EMAID"),
            Identification(value="04A2B3C4"),
        ),
    )
    asleep = replace(anna, name="Bert", identifications=(Identification(value="X"),), active=False)
    nameless = Driver(name="Carl")
    records = rest_entry.runtime_data.records
    ids = [
        await records.async_run(partial(save, driver=each), writes=True)
        for each in (anna, asleep, nameless)
    ]
    await act(hass, rest_entry, "start_charge_cycle", user, driver_id=ids[0])
    record = json.loads(simulated.records[-1].split("|")[1])
    assert (record["IT"], record["ID"]) == ("EMAID", "DE8AA1A2B3C4D5")
    await act(hass, rest_entry, "end_charge_cycle")
    for driver_id, key in (
        (ids[1], "driver_cannot_charge"),
        (ids[2], "driver_cannot_charge"),
        (99, "not_in_ledger"),
    ):
        with pytest.raises(ServiceValidationError) as caught:
            await act(hass, rest_entry, "start_charge_cycle", user, driver_id=driver_id)
        assert caught.value.translation_key == key
    with pytest.raises(vol.Invalid):
        await act(hass, rest_entry, "start_charge_cycle", driver_id=ids[0], identification_data="X")
    assert not simulated.charging


def save(archive: Archive, driver: Driver) -> int | None:
    return archive.ledger.save_driver(driver).id


# --- Targets ------------------------------------------------------------------------------------


async def call(hass: HomeAssistant, action: str, **data: Any) -> Any:
    return await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=not action.startswith("reset")
    )


async def test_a_target_names_a_meter_in_any_way(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    device = device_id(hass, rest_entry)
    garage = ar.async_get(hass).async_create("Garage")
    dr.async_get(hass).async_update_device(device, area_id=garage.id, labels={"charger"})
    power = entities(hass, rest_entry)["power"].entity_id
    await call(hass, "start_charge_cycle", device_id=[device])
    for target in ({"entity_id": power}, {"area_id": garage.id}, {"label_id": "charger"}):
        await call(hass, "read_charge_cycle", **target)
    # One meter, however often it is named.
    await call(hass, "end_charge_cycle", device_id=device, entity_id=power, area_id=[garage.id])
    assert transactions(simulated) == "BCCCE"
    page = await call(hass, "list_sessions", area_id=garage.id)
    assert len(page["sessions"]) == 1


@pytest.mark.usefixtures("rest_entry")
async def test_each_action_takes_each_kind_of_target(hass: HomeAssistant) -> None:
    """What the editor of automations offers, and the device's ID as it was given before."""
    actions = hass.services.async_services_for_domain(DOMAIN)
    assert len(actions) == 30
    kinds = ("device_id", "entity_id", "area_id", "floor_id", "label_id")
    for (name, action), kind in product(actions.items(), kinds):
        assert action.schema is not None, name
        with pytest.raises(vol.Invalid) as caught:
            action.schema({kind: ["sensor.one"], "no_such_field": 1})
        assert kind not in str(caught.value), (name, kind)


async def test_a_target_without_a_meter(hass: HomeAssistant, rest_entry: Dmed4ConfigEntry) -> None:
    """It does not mean all meters."""
    for action in ("reset_errors", "verify_records"):
        with pytest.raises(ServiceValidationError) as caught:
            await call(hass, action, entity_id="sensor.foreign")
        assert caught.value.translation_key == "nothing_targeted"
