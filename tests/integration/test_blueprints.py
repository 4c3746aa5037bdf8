"""The blueprints: automations that are made of them run charges of a simulated meter."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote
import zipfile

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint import Blueprint
from homeassistant.components.blueprint.importer import fetch_blueprint_from_github_url
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, __version__
from homeassistant.core import Context, CoreState, HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.helpers.entity_platform import async_get_platforms
from homeassistant.util import dt as dt_util, yaml as yaml_util
import pytest

from custom_components.lovato_dmed4.archive import Source
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.intake.shared_archive import DEFAULT_FILE
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import Command, JsonError, ManualClock, RestServer, SimulatedMeter
from simulator.faults import RestFault
from simulator.prototype import PrototypeError

from .automations import (
    FOLDER,
    PLUG,
    ROOT,
    Pauses,
    Told,
    automate,
    listen,
    pauses,
    plug,
    scan,
    tell,
)
from .helpers import (
    HOUSEKEEPING,
    Server,
    act,
    begin_charge,
    device_id,
    entities,
    fail_power,
    pass_time,
    press,
    server_at,
    set_sample,
    unplug,
    value,
)
from .plugin import MockConfigEntry, async_mock_service
from .records import archive, broken, charge_of, tampered
from .reports.opened import open_pdf
from .timers import async_fire_time_changed

NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
REPOSITORY = json.loads(
    (ROOT / "custom_components" / "lovato_dmed4" / "manifest.json").read_text(encoding="utf-8")
)["documentation"]

# The clock is set by itself, which is an event of its own; not where it is what is tested.
CLOCK_LEFT_ALONE = pytest.mark.usefixtures("clock_left_alone")


@pytest.fixture
def clock() -> ManualClock:
    """Let the meter's clock be right: what it signs from now on is news."""
    return ManualClock(dt_util.utcnow().timestamp())


@pytest.fixture
async def told(hass: HomeAssistant) -> AsyncIterator[Told]:
    """What automations tell, the oldest first; they are off in the end."""
    yield listen(hass)
    await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """A folder where Home Assistant may write."""
    folder = tmp_path / "exports"
    folder.mkdir()
    hass.config.allowlist_external_dirs = {str(folder)}
    return folder


__all__ = ["pauses"]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def payload(record: str) -> dict[str, Any]:
    """Read what was signed."""
    fields: dict[str, Any] = json.loads(record.split("|")[1], parse_float=str)
    return fields


def texts(told: Told, *names: str) -> list[Any]:
    """What was told, the oldest first."""
    return [tuple(each[name] for name in names) if names[1:] else each[names[0]] for each in told]


# --- The files ----------------------------------------------------------------------------------


def read(name: str) -> dict[str, Any]:
    data = yaml_util.load_yaml_dict(str(FOLDER / f"{name}.yaml"))
    assert isinstance(data, dict)
    return data


def test_these_are_all() -> None:
    assert NAMES == [
        "limit_charge",
        "monthly_export",
        "monthly_statement",
        "send_signed_record",
        "start_and_end_charge",
        "warn_of_trouble",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_valid_and_fully_described(name: str) -> None:
    blueprint = Blueprint(
        read(name), expected_domain="automation", schema=AUTOMATION_BLUEPRINT_SCHEMA
    )
    assert blueprint.validate() is None
    metadata = blueprint.metadata
    assert metadata["source_url"] == (
        f"{REPOSITORY}/blob/main/blueprints/automation/lovato_dmed4/{name}.yaml"
    )
    assert metadata["homeassistant"]["min_version"] <= __version__
    assert metadata["name"].startswith("LOVATO DMED4: ")
    assert metadata["description"]
    assert metadata["author"]
    for each in blueprint.inputs.values():
        assert each["name"]
        assert each["selector"]
    # Whoever needs no more has to fill in no more than this; what is in a section is never needed.
    required = {key for key, each in blueprint.inputs.items() if "default" not in each}
    assert required <= {"meter", "plug", "cycle_energy"}
    assert required <= metadata["input"].keys()


@pytest.mark.parametrize("name", NAMES)
def test_only_devices_and_entities_of_the_integration_are_offered(name: str) -> None:
    for key, each in Blueprint(read(name), schema=AUTOMATION_BLUEPRINT_SCHEMA).inputs.items():
        for kind in {"device", "entity"} & each["selector"].keys() - {"plug"}:
            if key in {"plug", "tag_readers", "phones", "person"}:
                continue
            (chosen,) = each["selector"][kind]["filter"]
            assert chosen["integration"] == DOMAIN


@pytest.mark.parametrize("name", NAMES)
def test_described_in_the_documents(name: str) -> None:
    """With a button that imports it, and each of its inputs."""
    document = (ROOT / "docs" / "blueprints.md").read_text(encoding="utf-8")
    blueprint = Blueprint(read(name), schema=AUTOMATION_BLUEPRINT_SCHEMA)
    heading = blueprint.name.removeprefix("LOVATO DMED4: ")
    _, found, rest = document.partition(f"\n## {heading[0].upper()}{heading[1:]}\n")
    assert found
    part = rest.partition("\n## ")[0]
    source = quote(blueprint.metadata["source_url"], safe="")
    assert (
        f"(https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url={source})" in part
    )
    missing = [each["name"] for each in blueprint.inputs.values() if each["name"] not in part]
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
async def test_can_be_imported(hass: HomeAssistant, aioclient_mock: Any, name: str) -> None:
    path = f"blueprints/automation/lovato_dmed4/{name}.yaml"
    raw = f"{REPOSITORY.replace('github.com', 'raw.githubusercontent.com')}/main/{path}"
    aioclient_mock.get(raw, text=(ROOT / path).read_text(encoding="utf-8"))
    imported = await fetch_blueprint_from_github_url(hass, f"{REPOSITORY}/blob/main/{path}")
    assert imported.suggested_filename.endswith(f"/{name}")
    assert imported.blueprint.name.startswith("LOVATO DMED4: ")


# --- Start and end ------------------------------------------------------------------------------

START = "start_and_end_charge"


async def list_drivers(hass: HomeAssistant) -> None:
    """Name two people who charge, and one who does so no more."""
    people: tuple[dict[str, Any], ...] = (
        {"name": "Anna", "identifications": [{"value": "04:a2:b3:c4"}], "person": "person.anna"},
        {"name": "Bert", "identifications": [{"value": "12345678"}, {"value": "05B2"}]},
        {"name": "Carl", "identifications": [{"value": "06C3"}], "active": False},
    )
    for each in people:
        await hass.services.async_call(
            DOMAIN, "save_driver", each, blocking=True, return_response=True
        )


async def start_and_end(hass: HomeAssistant, entry: Dmed4ConfigEntry, **inputs: object) -> None:
    """Automate charging; nothing is plugged in."""
    plug(hass, is_on=False)
    defaults = {
        "meter": device_id(hass, entry),
        "plug": PLUG,
        "unplugged_for": {"seconds": 5},
        "on_started": tell("who", "tag"),
        "on_not_started": tell("reason", "error", "tag"),
        "on_ended": tell("energy", "verdict"),
        "on_not_ended": tell("error"),
    }
    await automate(hass, START, defaults | inputs)


async def charge_by_tag(hass: HomeAssistant, tag: str = "04A2B3C4") -> None:
    """Plug in and hold a tag to the reader."""
    plug(hass, is_on=True)
    scan(hass, tag)
    await hass.async_block_till_done()


@CLOCK_LEFT_ALONE
async def test_a_tag_starts_a_charge_and_unplugging_ends_it(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    told: Told,
) -> None:
    await start_and_end(hass, entry, tariff_text="0.45 EUR/kWh")
    await charge_by_tag(hass, "04-a2-b3-c4")
    assert simulated.charging
    begin = payload(simulated.records[0])
    assert (begin["IS"], begin["IT"], begin["ID"]) == (True, "ISO14443", "04A2B3C4")
    assert (begin["IL"], begin["IF"], begin["TT"]) == ("HEARSAY", ["RFID_PLAIN"], "0.45 EUR/kWh")
    assert texts(told, "title", "tag") == [(f"{entry.title}: charging started", "04A2B3C4")]

    clock.advance(600)
    await pass_time(hass)
    plug(hass, is_on=False)
    await hass.async_block_till_done()
    assert simulated.charging
    await pass_time(hass, 5)
    assert not simulated.charging
    assert len(simulated.records) == 2
    assert payload(simulated.records[1])["ID"] == "04A2B3C4"
    energy = simulated.physics.fast.cycle_imported / 1000
    assert energy > 1
    assert texts(told[1:], "title", "verdict", "energy") == [
        (f"{entry.title}: charging ended", "valid", energy)
    ]
    assert told[1]["message"] == f"{energy} kWh, verified."
    assert told[0]["message"] == "With the driver in the signed record."


@CLOCK_LEFT_ALONE
async def test_plugging_in_starts_a_charge_once(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter, told: Told
) -> None:
    """What is said of who charges is in the options; a loose contact changes nothing."""
    hass.config_entries.async_update_entry(
        entry, options={"identification_type": "EMAID", "identification_data": "DE8AA1A2B3C4D59"}
    )
    await hass.async_block_till_done()
    await start_and_end(hass, entry, by_plug=True, by_tag=False)
    plug(hass, is_on=True)
    await hass.async_block_till_done()
    assert simulated.charging
    begin = payload(simulated.records[0])
    assert (begin["IT"], begin["ID"]) == ("EMAID", "DE8AA1A2B3C4D59")
    assert told[0]["message"] == "Without identification."

    plug(hass, is_on=False)
    await pass_time(hass, 4)
    plug(hass, is_on=True)
    await pass_time(hass, 10)
    scan(hass, "04A2B3C4")
    await hass.async_block_till_done()
    assert simulated.charging
    assert len(simulated.records) == 1
    assert len(told) == 1


@CLOCK_LEFT_ALONE
async def test_nothing_happens_without_a_reason(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, told: Told
) -> None:
    """By a tag only: neither plugging in nor unplugging, nor a plug that comes back, does anything."""
    await start_and_end(hass, rest_entry)
    for _ in range(2):
        plug(hass, is_on=True)
        await pass_time(hass, 10)
        plug(hass, is_on=False)
        await pass_time(hass, 10)
    hass.states.async_set(PLUG, "unavailable")
    plug(hass, is_on=True)
    await pass_time(hass, 10)
    assert simulated.records == []
    assert told == []


@CLOCK_LEFT_ALONE
async def test_a_vehicle_that_was_plugged_in_before_a_restart_does_not_start(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, told: Told
) -> None:
    await start_and_end(hass, rest_entry, by_plug=True)
    hass.states.async_set(PLUG, "unavailable")
    plug(hass, is_on=True)
    await pass_time(hass, 10)
    assert simulated.records == []
    assert told == []


@CLOCK_LEFT_ALONE
@pytest.mark.parametrize(
    ("tag", "signed", "who"),
    [
        ("04A2B3C4", "04A2B3C4", "Anna"),
        ("04-a2-b3-c4", "04A2B3C4", "Anna"),
        ("05 b2", "05B2", "Bert"),
        ("06C3", "06C3", ""),
        ("any tag", "any tag", ""),
    ],
)
async def test_who_charges(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    told: Told,
    *,
    tag: str,
    signed: str,
    who: str,
) -> None:
    """The list of drivers knows whose tag it is; the number is signed, and the name in no ready-made text."""
    await list_drivers(hass)
    await start_and_end(hass, rest_entry, unknown_tags=True)
    await charge_by_tag(hass, tag)
    begin = payload(simulated.records[0])
    assert (begin["IT"], begin["ID"]) == ("ISO14443", signed)
    assert told[0]["who"] == who
    assert not who or who not in told[0]["title"] + told[0]["message"]


@CLOCK_LEFT_ALONE
async def test_a_person_charges_without_a_tag(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, told: Told
) -> None:
    """By driver, not by number: the automation names none."""
    await list_drivers(hass)
    await start_and_end(hass, rest_entry, by_plug=True, by_tag=False, person="person.anna")
    plug(hass, is_on=True)
    await hass.async_block_till_done()
    begin = payload(simulated.records[0])
    assert (begin["IT"], begin["ID"]) == ("LOCAL", "04:a2:b3:c4")
    assert texts(told, "who", "tag") == [("Anna", "")]


@CLOCK_LEFT_ALONE
async def test_no_tag_is_known_without_the_list(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, told: Told
) -> None:
    """An archive that is away makes nobody welcome."""
    await list_drivers(hass)
    await start_and_end(hass, rest_entry, language="de")
    with broken(Path(hass.config.path(DEFAULT_FILE)), "dmed4_drivers"):
        await charge_by_tag(hass)
    assert simulated.records == []
    assert texts(told, "reason", "message") == [
        ("unknown_tag", "Der Tag ist nicht bekannt: Er gehört keinem aktiven Fahrer.")
    ]
    assert told[0]["title"].endswith(": Ladevorgang nicht gestartet")


@CLOCK_LEFT_ALONE
async def test_refused_tags(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, told: Told
) -> None:
    await list_drivers(hass)
    await start_and_end(hass, rest_entry, tag_readers=["reader"])
    await charge_by_tag(hass, "04A2B3C5")
    assert texts(told, "reason", "tag") == [("unknown_tag", "04A2B3C5")]
    assert told[0]["message"] == "The tag is not known: no active driver has it."
    told.clear()
    # Nor is that of a driver who is no longer active.
    scan(hass, "06C3")
    await hass.async_block_till_done()
    assert texts(told, "reason") == ["unknown_tag"]
    # Another reader is no business of this charging point.
    scan(hass, "04A2B3C4", "other")
    scan(hass, "04A2B3C4", None)
    await hass.async_block_till_done()
    assert simulated.records == []
    scan(hass, "04A2B3C4")
    scan(hass, "12345678")
    await hass.async_block_till_done()
    assert len(simulated.records) == 1
    assert texts(told[1:], "title") == [
        f"{rest_entry.title}: charging started",
        f"{rest_entry.title}: charging not started",
    ]
    assert told[2]["reason"] == "already_charging"


@CLOCK_LEFT_ALONE
async def test_a_tag_waits_for_the_vehicle(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    told: Told,
    *,
    pauses: Pauses,
) -> None:
    await start_and_end(hass, rest_entry, by_plug=True, plug_wait={"seconds": 30})
    scan(hass, "04A2B3C4")
    await pauses.over(hass, 20)
    assert told == []
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=30))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert texts(told, "reason") == ["not_plugged_in"]
    assert simulated.records == []

    scan(hass, "04A2B3C4")
    await pauses.over(hass, 20)
    plug(hass, is_on=True)
    await hass.async_block_till_done()
    assert payload(simulated.records[0])["ID"] == "04A2B3C4"
    assert len(simulated.records) == 1
    assert texts(told[1:], "tag") == ["04A2B3C4"]


@CLOCK_LEFT_ALONE
async def test_other_reasons_to_start(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, told: Told
) -> None:
    triggers = [{"trigger": "event", "event_type": "go"}]
    await start_and_end(hass, rest_entry, by_tag=False, start_triggers=triggers)
    plug(hass, is_on=True)
    for _ in range(2):
        hass.bus.async_fire("go")
        await hass.async_block_till_done()
    assert len(simulated.records) == 1
    assert payload(simulated.records[0])["IT"] == "NONE"
    assert len(told) == 1


@CLOCK_LEFT_ALONE
async def test_a_start_that_fails_is_told(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(text: bytes, _: object) -> dict[str, str]:
        raise PrototypeError(JsonError.VALUE)

    await start_and_end(hass, entry)
    with monkeypatch.context() as patch:
        patch.setattr("simulator.meter.check_prototype", refuse)
        await charge_by_tag(hass)
    assert not simulated.charging
    assert texts(told, "reason", "error") == [("failed", "prototype_refused")]
    assert "(prototype_refused)" in told[0]["message"]
    scan(hass, "04A2B3C4")
    await hass.async_block_till_done()
    assert simulated.charging


@CLOCK_LEFT_ALONE
async def test_a_text_that_does_not_fit_is_told(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, told: Told
) -> None:
    """The meter was left alone, so there is no event of a failure."""
    await start_and_end(hass, rest_entry, tariff_text="0,45 €")
    await charge_by_tag(hass)
    assert texts(told, "reason", "error") == [("failed", "")]
    assert simulated.records == []


@CLOCK_LEFT_ALONE
async def test_a_failed_start_is_told_without_any_setting(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: RestServer
) -> None:
    """By a notification in Home Assistant."""
    plug(hass, is_on=True)
    shown: Told = []
    hass.services.async_register(
        "persistent_notification", "create", lambda call: shown.append(dict(call.data))
    )
    await automate(hass, START, {"meter": device_id(hass, rest_entry), "plug": PLUG})
    await unplug(rest_server)
    scan(hass, "04A2B3C4")
    await hass.async_block_till_done()
    assert texts(shown, "title") == [f"{rest_entry.title}: charging not started"]
    assert "cannot_connect" in shown[0]["message"]


@CLOCK_LEFT_ALONE
async def test_the_end_is_tried_until_it_succeeds(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    told: Told,
    *,
    pauses: Pauses,
) -> None:
    await start_and_end(hass, rest_entry)
    await charge_by_tag(hass)
    rest_server.faults.inject(RestFault.BAD_REQUEST, only=lambda line: not line.startswith("GET"))
    plug(hass, is_on=False)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=5))
    await pauses.begun()
    assert simulated.charging
    rest_server.faults.clear()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=30))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not simulated.charging
    assert texts(told, "title") == [
        f"{rest_entry.title}: charging started",
        f"{rest_entry.title}: charging ended",
    ]


@CLOCK_LEFT_ALONE
async def test_an_end_that_fails_is_told(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    told: Told,
    *,
    pauses: Pauses,
) -> None:
    await start_and_end(hass, rest_entry)
    await charge_by_tag(hass)
    rest_server.faults.inject(RestFault.BAD_REQUEST, only=lambda line: not line.startswith("GET"))
    plug(hass, is_on=False)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=5))
    for _ in range(4):
        await pauses.over(hass, 30)
        assert len(told) == 1
    await hass.async_block_till_done(wait_background_tasks=True)
    assert simulated.charging
    assert texts(told[1:], "title", "error") == [
        (f"{rest_entry.title}: charging not ended", "refused")
    ]


@CLOCK_LEFT_ALONE
async def test_unplugged_while_the_meter_was_away(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    told: Told,
) -> None:
    await start_and_end(hass, rest_entry)
    await charge_by_tag(hass)
    await unplug(rest_server)
    await pass_time(hass)
    assert value(hass, rest_entry, "charging") == "unavailable"
    plug(hass, is_on=False)
    await pass_time(hass, 10)
    await rest_server.start()
    await pass_time(hass)
    assert simulated.charging
    await pass_time(hass, 5)
    assert not simulated.charging


@CLOCK_LEFT_ALONE
async def test_unplugged_while_home_assistant_was_away(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    told: Told,
    *,
    pauses: Pauses,
) -> None:
    await act(hass, rest_entry, "start_charge_cycle")
    hass.set_state(CoreState.starting)
    await start_and_end(hass, rest_entry)
    await pass_time(hass, 10)
    assert simulated.charging
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await pauses.begun()
    assert simulated.charging
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=5))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not simulated.charging
    assert len(told) == 1


@CLOCK_LEFT_ALONE
async def test_a_charge_without_a_vehicle_goes_on(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, told: Told
) -> None:
    """Somebody has started it by the button, to try something out."""
    await start_and_end(hass, rest_entry)
    await press(hass, rest_entry, "start")
    for _ in range(3):
        await pass_time(hass, 10)
    assert simulated.charging
    # Until a vehicle has been there.
    plug(hass, is_on=True)
    plug(hass, is_on=False)
    await pass_time(hass, 5)
    assert not simulated.charging


# --- Limits -------------------------------------------------------------------------------------

LIMIT = "limit_charge"


async def limit(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    sensor: str = "cycle_energy_imported",
    **inputs: object,
) -> None:
    defaults = {
        "cycle_energy": entities(hass, entry)[sensor].entity_id,
        "on_ended": tell("reason", "energy"),
        "on_not_ended": tell("reason"),
    }
    await automate(hass, LIMIT, defaults | inputs)


def age(hass: HomeAssistant, entry: Dmed4ConfigEntry, seconds: float) -> None:
    """Let the charge be older, if there is one."""
    tracker = entry.runtime_data.charge
    if tracker.charge is not None:
        since = tracker.charge.since - timedelta(seconds=seconds)
        tracker.charge = replace(tracker.charge, since=since)
    # Nothing that the meter says has changed, so nothing else would show the other time.
    for platform in async_get_platforms(hass, DOMAIN):
        if (
            entity := platform.entities.get(entities(hass, entry)["charging"].entity_id)
        ) is not None:
            entity._handle_coordinator_update()  # type: ignore[attr-defined]


async def later(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, clock: ManualClock, seconds: float
) -> None:
    """Let the charge be older, if there is one, and Home Assistant look."""
    age(hass, entry, seconds)
    clock.advance(seconds)
    for _ in range(2):
        await pass_time(hass, 60)


@CLOCK_LEFT_ALONE
async def test_the_energy_limit_ends_a_charge(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    told: Told,
) -> None:
    await limit(hass, entry, energy_limit=3)
    await act(hass, entry, "start_charge_cycle")
    await later(hass, entry, clock, 10)
    set_sample(simulated, imported=simulated.physics.fast.imported + 1, cycle_imported=2999)
    await pass_time(hass)
    assert value(hass, entry, "cycle_energy_imported") == "2.999"
    assert simulated.charging
    set_sample(simulated, imported=simulated.physics.fast.imported + 1, cycle_imported=3001)
    await pass_time(hass)
    assert not simulated.charging
    assert texts(told, "reason", "title") == [("energy", f"{entry.title}: charging ended")]

    # The next one is another one, though the energy of this one still shows.
    begin_charge(simulated)
    set_sample(simulated, cycle_imported=3001)
    await pass_time(hass)
    await pass_time(hass)
    assert value(hass, entry, "charging") == "on"
    assert value(hass, entry, "cycle_energy_imported") == "3.001"
    assert simulated.charging
    assert len(told) == 1


@CLOCK_LEFT_ALONE
async def test_the_time_limit_ends_a_charge_also_after_a_restart(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    told: Told,
) -> None:
    await limit(hass, rest_entry, time_limit={"hours": 1, "minutes": 30, "seconds": 0})
    await act(hass, rest_entry, "start_charge_cycle")
    await later(hass, rest_entry, clock, 80 * 60)
    assert await hass.config_entries.async_reload(rest_entry.entry_id)
    await later(hass, rest_entry, clock, 9 * 60)
    assert simulated.charging
    await later(hass, rest_entry, clock, 60)
    assert not simulated.charging
    assert texts(told, "reason", "energy") == [
        ("time", simulated.physics.fast.cycle_imported / 1000)
    ]


@CLOCK_LEFT_ALONE
async def test_a_limit_that_was_passed_while_home_assistant_was_away(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    told: Told,
) -> None:
    await act(hass, rest_entry, "start_charge_cycle")
    await later(hass, rest_entry, clock, 3600)
    hass.set_state(CoreState.starting)
    await limit(hass, rest_entry, time_limit="00:30:00")
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    assert not simulated.charging
    assert texts(told, "reason") == ["time"]


@CLOCK_LEFT_ALONE
@pytest.mark.parametrize(
    ("sensor", "energy_limit"),
    [("energy_imported", 0.1), ("last_session_energy", 0.1), ("cycle_energy_imported", 0)],
)
async def test_totals_and_no_limits_end_nothing(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    told: Told,
    *,
    sensor: str,
    energy_limit: float,
) -> None:
    await archive(rest_entry, charge_of(simulated).records)
    await limit(hass, rest_entry, sensor, energy_limit=energy_limit)
    await act(hass, rest_entry, "start_charge_cycle")
    for _ in range(3):
        await later(hass, rest_entry, clock, 1200)
    assert float(value(hass, rest_entry, sensor)) > 0.1
    assert simulated.charging
    assert told == []


@CLOCK_LEFT_ALONE
async def test_the_cost_limit_ends_a_charge(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, told: Told
) -> None:
    price = {"since": "2025-01-01", "energy": "0.50"}
    await hass.services.async_call(DOMAIN, "save_price", price, blocking=True)
    for _ in range(2):
        await pass_time(hass, 2)
    cost = entities(hass, rest_entry)["session_cost"].entity_id
    await limit(hass, rest_entry, session_cost=cost, cost_limit=5, language="it")
    await act(hass, rest_entry, "start_charge_cycle")
    for _ in range(2):
        await pass_time(hass, 2)
    begun = simulated.physics.fast.imported
    for energy, charging in ((9_980, True), (10_020, False)):
        set_sample(simulated, imported=begun + energy, cycle_imported=energy)
        for _ in range(2):
            await pass_time(hass)
        assert simulated.charging is charging
    assert texts(told, "reason", "energy") == [("cost", 10.02)]
    assert told[0]["message"] == "Il limite di costo è stato raggiunto a 10.02 kWh."


@CLOCK_LEFT_ALONE
async def test_a_limit_that_was_passed_while_the_meter_was_away(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    clock: ManualClock,
    *,
    told: Told,
) -> None:
    """Nothing is seen to cross it then."""
    await limit(hass, rest_entry, energy_limit=3)
    await act(hass, rest_entry, "start_charge_cycle")
    await later(hass, rest_entry, clock, 10)
    for energy in (1_000, 2_000):
        set_sample(simulated, imported=900_000 + energy, cycle_imported=energy)
        await pass_time(hass)
    await unplug(rest_server)
    await pass_time(hass)
    assert value(hass, rest_entry, "cycle_energy_imported") == "unavailable"
    set_sample(simulated, imported=904_000, cycle_imported=4_000)
    await rest_server.start()
    for _ in range(2):
        await pass_time(hass)
    assert not simulated.charging
    assert texts(told, "reason") == ["energy"]


@CLOCK_LEFT_ALONE
async def test_no_charge_no_end(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, told: Told
) -> None:
    await limit(hass, rest_entry, energy_limit=1, time_limit="00:01:00")
    set_sample(simulated, cycle_imported=5000)
    for _ in range(3):
        await pass_time(hass, 60)
    assert value(hass, rest_entry, "cycle_energy_imported") == "5.0"
    assert simulated.records == []
    assert told == []


@CLOCK_LEFT_ALONE
async def test_a_limit_that_cannot_be_kept_is_told(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    clock: ManualClock,
    *,
    told: Told,
    pauses: Pauses,
) -> None:
    await limit(hass, rest_entry, time_limit="00:01:00")
    await act(hass, rest_entry, "start_charge_cycle")
    rest_server.faults.inject(RestFault.BAD_REQUEST, only=lambda line: not line.startswith("GET"))
    age(hass, rest_entry, 60)
    clock.advance(60)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=10))
    for _ in range(4):
        await pauses.over(hass, 30)
        assert told == []
    await hass.async_block_till_done(wait_background_tasks=True)
    assert simulated.charging
    assert texts(told, "title") == [f"{rest_entry.title}: charging not ended"]


# --- Signed records -----------------------------------------------------------------------------

SEND = "send_signed_record"


async def send(hass: HomeAssistant, entry: Dmed4ConfigEntry, **inputs: object) -> None:
    names = ("energy", "exported", "duration", "minutes", "verdict", "outcome", "explanation")
    actions = tell(*names, "who", "tariff", "link", "file", serial="{{ session.meter }}")
    await automate(hass, SEND, {"meter": device_id(hass, entry), "send": actions} | inputs)


@CLOCK_LEFT_ALONE
async def test_the_end_of_a_charge_is_told_with_its_verdict(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    told: Told,
) -> None:
    await send(hass, entry)
    identity: dict[str, Any] = {
        "identification_type": "ISO14443",
        "identification_data": "04A2B3C4",
    }
    await act(hass, entry, "start_charge_cycle", tariff_text="0.45 EUR/kWh", **identity)
    clock.advance(600)
    await act(hass, entry, "read_charge_cycle")
    clock.advance(900)
    await pass_time(hass)
    assert told == []
    await act(hass, entry, "end_charge_cycle")
    await hass.async_block_till_done()
    energy = simulated.physics.fast.cycle_imported / 1000
    assert texts(told, "energy", "exported", "duration", "minutes") == [(energy, 0, "0:25:00", 25)]
    assert texts(told, "verdict", "outcome") == [("valid", "ended")]
    assert texts(told, "who", "tariff", "file") == [("04A2B3C4", "0.45 EUR/kWh", "")]
    assert told[0]["title"] == f"{entry.title}: {energy} kWh, verified"
    message = told[0]["message"]
    # Everyone in the house can read it: it does not say who charged.
    assert message.startswith(f"{energy} kWh in 0:25:00. All signatures are verified")
    assert "04A2B3C4" not in str([told[0]["title"], message])
    assert told[0]["explanation"] in message
    assert told[0]["link"] == f"/lovato-dmed4/session/1?meter={device_id(hass, entry)}"


@CLOCK_LEFT_ALONE
async def test_a_charge_that_somebody_else_ended_is_told_once(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    told: Told,
) -> None:
    await send(hass, rest_entry)
    clock.advance(60)
    begin_charge(simulated, {"identification_data": "04A2B3C4"})
    await pass_time(hass)
    clock.advance(600)
    simulated.command(Command.END)
    await pass_time(hass)
    await act(hass, rest_entry, "synchronise_records")
    await pass_time(hass, HOUSEKEEPING)
    assert texts(told, "verdict", "outcome", "minutes") == [("valid", "ended_elsewhere", 10)]


@CLOCK_LEFT_ALONE
@pytest.mark.parametrize("form", ["xml", "ocmf", "zip"])
async def test_a_file_of_a_charge(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    folder: Path,
    told: Told,
    *,
    form: str,
) -> None:
    await send(hass, rest_entry, folder=f"{folder}/", form=form)
    await act(hass, rest_entry, "start_charge_cycle")
    await act(hass, rest_entry, "end_charge_cycle")
    await hass.async_block_till_done()
    file = folder / f"charge-1.{form}"
    assert texts(told, "file") == [str(file)]
    if form == "zip":
        assert zipfile.is_zipfile(file)
    else:
        assert simulated.records[-1].rpartition("|")[0].split("|")[1] in (
            file.read_text(encoding="utf-8").replace("&quot;", '"')
        )


@CLOCK_LEFT_ALONE
async def test_a_charge_is_told_also_when_there_can_be_no_file(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, folder: Path, told: Told
) -> None:
    await send(hass, rest_entry, folder="/not/allowed")
    await act(hass, rest_entry, "start_charge_cycle")
    await act(hass, rest_entry, "end_charge_cycle")
    await hass.async_block_till_done()
    assert texts(told, "file", "verdict") == [("", "valid")]


@CLOCK_LEFT_ALONE
async def test_small_charges_are_left_out_unless_they_are_doubtful(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, told: Told
) -> None:
    await send(hass, rest_entry, least_energy=2.5)
    await archive(rest_entry, charge_of(simulated, 1).records)
    await hass.async_block_till_done()
    assert told == []
    bad = charge_of(simulated, 2)
    raw = bad.end.replace(b'"RV":122.000', b'"RV":121.000')
    assert raw != bad.end
    await archive(rest_entry, [bad.begin, raw])
    await hass.async_block_till_done()
    assert texts(told, "verdict", "energy") == [("invalid", 1)]
    assert "Do not bill this session" in told[0]["message"]


# --- Warnings -----------------------------------------------------------------------------------

WARN = "warn_of_trouble"


async def warn(hass: HomeAssistant, entry: Dmed4ConfigEntry, **inputs: object) -> None:
    actions = tell("kind", "link", "record_id", "session_id")
    await automate(hass, WARN, {"meter": device_id(hass, entry), "warn": actions} | inputs)


async def forge(hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter) -> None:
    """Let the logbook of the meter have a charge whose end was tampered with."""
    begin_charge(simulated)
    await pass_time(hass)
    simulated.command(Command.END)
    simulated.update()
    records = simulated.record_log.entries
    records[-1] = replace(records[-1], text=records[-1].text.replace('"TX":"E"', '"TX":"L"', 1))
    await pass_time(hass)
    await act(hass, entry, "synchronise_records")
    await pass_time(hass, HOUSEKEEPING)


@CLOCK_LEFT_ALONE
async def test_a_tampered_record_is_warned_of_once(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    told: Told,
) -> None:
    await warn(hass, entry)
    clock.advance(60)
    await forge(hass, entry, simulated)
    assert texts(told, "kind", "record_id", "session_id") == [("signature", 2, 1)]
    assert told[0]["title"] == f"{entry.title}: signature not verified"
    assert told[0]["message"].startswith(
        "The text of a record, its signature and the key do not belong together"
    )
    assert told[0]["link"] == f"/lovato-dmed4/session/1?meter={device_id(hass, entry)}"
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"record_failed_{entry.entry_id}")


@CLOCK_LEFT_ALONE
async def test_an_older_record_that_fails_is_warned_of(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, told: Told
) -> None:
    """One that the logbook had before the archive came to know the meter fires no event."""
    await warn(hass, rest_entry)
    (begin, _, end) = charge_of(simulated).records
    await archive(rest_entry, [begin, tampered(end)], Source.METER)
    # The first record is being counted; what is counted next has to wait for its timer.
    await hass.async_block_till_done(wait_background_tasks=True)
    await pass_time(hass, 1)
    assert texts(told, "kind", "record_id", "link") == [("signature", 0, "/config/repairs")]


@CLOCK_LEFT_ALONE
async def test_a_power_failure_is_warned_of(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter, told: Told
) -> None:
    await warn(hass, entry)
    await fail_power(simulated)
    for _ in range(2):
        await pass_time(hass)
    assert told == []
    await act(hass, entry, "start_charge_cycle")
    await fail_power(simulated)
    for _ in range(3):
        await pass_time(hass)
    assert texts(told, "kind", "title") == [
        ("power_failure", f"{entry.title}: power failure during a session")
    ]


@CLOCK_LEFT_ALONE
@pytest.mark.parametrize(("button", "charging"), [("END", False), ("LEAVE", True)])
async def test_after_a_power_failure_a_phone_is_asked(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    told: Told,
    *,
    button: str,
    charging: bool,
) -> None:
    app = MockConfigEntry(domain="mobile_app")
    app.add_to_hass(hass)
    phone = dr.async_get(hass).async_get_or_create(
        config_entry_id=app.entry_id, identifiers={("mobile_app", "1")}, name="Anna's phone"
    )
    asked = async_mock_service(hass, "notify", "mobile_app_anna_s_phone")
    await warn(hass, rest_entry, phones=[phone.id])
    await act(hass, rest_entry, "start_charge_cycle")
    await fail_power(simulated)
    for _ in range(3):
        await pass_time(hass)
    (question,) = asked
    assert question.data["title"] == f"{rest_entry.title}: power failure during a session"
    buttons = [each["action"] for each in question.data["data"]["actions"]]
    assert [name.split("_")[1] for name in buttons] == ["END", "LEAVE"]
    (pressed,) = (name for name in buttons if button in name)
    hass.bus.async_fire("mobile_app_notification_action", {"action": pressed})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert simulated.charging is charging
    assert len(told) == 1


@CLOCK_LEFT_ALONE
async def test_another_key_is_warned_of(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    clock: ManualClock,
    *,
    told: Told,
) -> None:
    """Over Modbus, the meter is not let in; over REST it is, and each of its records is doubtful."""
    await warn(hass, entry)
    await unplug(server)
    await pass_time(hass)
    repaired = SimulatedMeter(
        seed=2,
        serial_number=simulated.serial_number,
        clock=clock,
        signing_time=0,
        checking_time=0,
    )
    async with server_at(server, repaired):
        await pass_time(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert texts(told, "kind", "record_id", "link") == [("key", 0, "/config/repairs")]
        if isinstance(server, RestServer):
            await act(hass, entry, "start_charge_cycle")
            await hass.async_block_till_done()
            assert texts(told[1:], "kind", "record_id") == [("key", 1)]
            assert "key that has not been accepted" in told[1]["message"]
        await hass.config_entries.async_unload(entry.entry_id)


async def test_a_clock_that_cannot_be_kept_is_warned_of(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: RestServer, told: Told
) -> None:
    await warn(hass, rest_entry)
    rest_server.faults.inject(RestFault.BAD_REQUEST, only=lambda line: not line.startswith("GET"))
    for _ in range(12):
        assert told == []
        await pass_time(hass, HOUSEKEEPING)
    assert texts(told, "kind", "link") == [("clock", "/config/repairs")]


@CLOCK_LEFT_ALONE
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_a_clock_that_is_off_is_warned_of(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    told: Told,
) -> None:
    sensors = {
        key: entities(hass, rest_entry)[key].entity_id
        for key in ("clock_drift", "clock_synchronised")
    }
    await press(hass, rest_entry, "synchronise_clock")
    await warn(hass, rest_entry, drift_limit=15, **sensors)
    await pass_time(hass, HOUSEKEEPING)
    assert abs(float(value(hass, rest_entry, "clock_drift"))) < 15
    clock.advance(30)
    await pass_time(hass, HOUSEKEEPING)
    assert float(value(hass, rest_entry, "clock_drift")) > 15
    await pass_time(hass, 590)
    assert told == []
    await pass_time(hass, 600)
    assert texts(told, "kind") == ["clock"]

    await fail_power(simulated)
    for _ in range(2):
        await pass_time(hass)
    assert value(hass, rest_entry, "clock_synchronised") == "off"
    await pass_time(hass, 600)
    assert texts(told, "kind") == ["clock", "clock"]


@CLOCK_LEFT_ALONE
async def test_nothing_is_warned_of_that_nobody_wants_or_that_is_well(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    told: Told,
) -> None:
    await warn(hass, entry, warnings=["key", "clock"])
    clock.advance(60)
    await forge(hass, entry, simulated)
    await act(hass, entry, "start_charge_cycle")
    await fail_power(simulated)
    for _ in range(2):
        await pass_time(hass)
    await act(hass, entry, "end_charge_cycle")
    # Somebody else's meter, and somebody else's issue.
    for domain, issue_id in (
        (DOMAIN, "key_changed_other"),
        ("other", f"key_changed_{entry.entry_id}"),
    ):
        ir.async_create_issue(
            hass,
            domain,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="key_changed",
            translation_placeholders={"meter": "x", "expected": "x", "found": "x"},
        )
    await hass.async_block_till_done()
    assert told == []


# --- Export -------------------------------------------------------------------------------------

EXPORT = "monthly_export"


async def export(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    **inputs: object,
) -> None:
    """Automate the export."""
    defaults = {
        "meters": [device_id(hass, entry)],
        "on_exported": tell("file", "link", "sessions", "doubtful", sha256="{{ export.sha256 }}"),
        "on_failed": tell(),
    }
    await automate(hass, EXPORT, defaults | inputs)


async def at_six(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    """Let it be six o'clock of a day; only templates see the date."""
    zone = dt_util.get_default_time_zone()
    moment = datetime.fromisoformat(f"{day}T06:00:00").replace(tzinfo=zone)
    monkeypatch.setattr(dt_util, "now", lambda _=None: moment)
    next_six = datetime.now(zone).replace(hour=6, minute=0, second=0, microsecond=0)
    async_fire_time_changed(hass, next_six + timedelta(days=1))
    await hass.async_block_till_done(wait_background_tasks=True)


@CLOCK_LEFT_ALONE
@pytest.mark.parametrize("form", ["zip", "csv"])
async def test_the_last_month_is_exported(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    told: Told,
    form: str,
) -> None:
    """Of three charges, the first one began in the month before."""
    for number in (1, 2, 3):
        await archive(rest_entry, charge_of(simulated, number).records)
    await export(hass, rest_entry, folder=str(folder), format=form)
    await at_six(hass, monkeypatch, "2025-12-01")
    file = folder / f"charges-2025-11.{form}"
    assert names_in(folder) == [file.name]
    content = file.read_bytes()
    assert texts(told, "file", "sha256") == [(str(file), hashlib.sha256(content).hexdigest())]
    assert texts(told, "sessions", "doubtful", "title") == [(2, 0, "Charging sessions of 2025-11")]
    assert told[0]["link"] == (
        f"/lovato-dmed4?meter={device_id(hass, rest_entry)}&since=2025-11-01&until=2025-11-30"
    )
    assert "All of them are verified." in told[0]["message"]
    if form == "zip":
        with zipfile.ZipFile(file) as opened:
            assert len([name for name in opened.namelist() if name.endswith(".ocmf")]) == 2
    else:
        assert len(content.splitlines()) == 3


@CLOCK_LEFT_ALONE
async def test_a_month_without_a_folder_and_with_a_doubtful_charge(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
    told: Told,
) -> None:
    """In January, the month before is that of another year; all meters are meant."""
    charge = charge_of(simulated, 40)
    end = charge.end.replace(b'"RV":502.000', b'"RV":501.000')
    assert end != charge.end
    await archive(rest_entry, [charge.begin, end])
    await export(hass, rest_entry, meters=[])
    await at_six(hass, monkeypatch, "2026-01-01")
    assert texts(told, "title", "file", "sessions", "doubtful") == [
        ("Charging sessions of 2025-12", "", 1, 1)
    ]
    assert told[0]["link"] == "/lovato-dmed4?since=2025-12-01&until=2025-12-31"
    assert "To be reviewed: 1." in told[0]["message"]


@CLOCK_LEFT_ALONE
async def test_an_export_that_fails_is_told_and_can_be_done_again_by_hand(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    told: Told,
    user: Context,
) -> None:
    """Also by a user who is no administrator: what is done was chosen by one."""
    target = folder / "later"
    await export(hass, rest_entry, folder=f"{target}/", name="dmed4")
    await at_six(hass, monkeypatch, "2025-12-01")
    assert texts(told, "title") == ["Charging sessions of 2025-11 not exported"]
    target.mkdir()
    await hass.services.async_call(
        "automation",
        "trigger",
        {"entity_id": f"automation.{EXPORT}"},
        blocking=True,
        context=user,
    )
    await hass.async_block_till_done()
    assert texts(told[1:], "file") == [str(target / "dmed4-2025-11.zip")]


@CLOCK_LEFT_ALONE
async def test_on_other_days_nothing_is_exported(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    told: Told,
) -> None:
    await export(hass, rest_entry, folder=str(folder))
    await at_six(hass, monkeypatch, "2025-12-02")
    assert told == []
    assert names_in(folder) == []


# --- Monthly statement --------------------------------------------------------------------------

STATEMENT = "monthly_statement"


async def statement(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, folder: Path, **inputs: object
) -> None:
    defaults = {
        "meters": [device_id(hass, entry)],
        "folder": str(folder),
        "time": "06:00:00",
        "send": tell("file", "email", "who", "sessions"),
        "on_none": tell(none="yes"),
        "on_failed": tell(failed="yes"),
    }
    await automate(hass, STATEMENT, defaults | inputs)


@pytest.fixture
async def charged(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """Three charges, of which Anna made the second and third in November, and nobody known another."""
    await hass.services.async_call(
        DOMAIN,
        "save_driver",
        {
            "name": "Anna Lovelace",
            "email": "anna@example.com",
            "identifications": [{"value": "04A2B3C4"}],
        },
        blocking=True,
        return_response=True,
    )
    await hass.services.async_call(
        DOMAIN,
        "save_driver",
        {"name": "Bert", "identifications": [{"value": "05B2"}]},
        blocking=True,
        return_response=True,
    )
    for number in (1, 2, 3):
        await archive(rest_entry, charge_of(simulated, number).records)
    await archive(rest_entry, charge_of(simulated, 4, ID="FFFF").records)


@CLOCK_LEFT_ALONE
async def test_each_driver_who_charged_gets_a_statement(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    charged: None,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    told: Told,
) -> None:
    """To attach to a mail; the ready-made texts name nobody."""
    await statement(hass, rest_entry, folder)
    await at_six(hass, monkeypatch, "2025-12-01")
    assert names_in(folder) == ["2025-11-driver-1.pdf"]
    assert texts(told, "file", "email", "who", "sessions") == [
        (str(folder / "2025-11-driver-1.pdf"), "anna@example.com", "Anna Lovelace", 2)
    ]
    assert told[0]["title"] == "Statement for 2025-11"
    assert told[0]["message"] == "Attached is the charging statement for 2025-11: 2 sessions."
    text = " ".join(page.extract_text() for page in open_pdf(told[0]["file"]).pages)
    assert "Anna Lovelace" in text


@CLOCK_LEFT_ALONE
async def test_one_statement_of_all_in_another_language(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    charged: None,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    told: Told,
) -> None:
    await statement(hass, rest_entry, folder, each_driver=False, language="de", format="xlsx")
    await at_six(hass, monkeypatch, "2025-12-01")
    assert texts(told, "file", "who", "sessions", "title") == [
        (str(folder / "2025-11.xlsx"), "", 3, "Abrechnung 2025-11")
    ]
    assert zipfile.is_zipfile(folder / "2025-11.xlsx")


@CLOCK_LEFT_ALONE
async def test_a_month_in_which_nobody_charged(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    charged: None,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    told: Told,
) -> None:
    await statement(hass, rest_entry, folder)
    await at_six(hass, monkeypatch, "2026-03-01")
    assert texts(told, "none", "message") == [
        ("yes", "Nobody charged in 2026-02: no statement was made.")
    ]
    assert names_in(folder) == []
    await at_six(hass, monkeypatch, "2026-03-02")
    assert len(told) == 1


@CLOCK_LEFT_ALONE
async def test_a_statement_that_fails(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    charged: None,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    told: Told,
) -> None:
    await statement(hass, rest_entry, folder / "later")
    await at_six(hass, monkeypatch, "2025-12-01")
    assert texts(told, "failed", "title") == [("yes", "Statement for 2025-11 not created")]


# --- Languages ----------------------------------------------------------------------------------


def _words(node: object) -> Iterator[dict[str, dict[str, str]]]:
    if isinstance(node, dict):
        if "words" in node:
            yield node["words"]
        for child in node.values():
            yield from _words(child)
    elif isinstance(node, list):
        for child in node:
            yield from _words(child)


@pytest.mark.parametrize("name", NAMES)
def test_texts_are_in_five_languages(name: str) -> None:
    """The same texts with the same places to fill in, and a choice of the language."""
    content = read(name)
    (words,) = _words(content)
    chosen = Blueprint(content, schema=AUTOMATION_BLUEPRINT_SCHEMA).inputs["language"]
    options = chosen["selector"]["select"]["options"]
    assert [*words] == [option["value"] for option in options] == ["en", "de", "es", "fr", "it"]
    places = {key: text.count("%s") for key, text in words["en"].items()}
    for texts_of in words.values():
        assert {key: text.count("%s") for key, text in texts_of.items()} == places
    assert "/media" not in (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
