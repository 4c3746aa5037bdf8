"""The examples in the documents: Home Assistant takes them, and all that they name exists."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import re
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import slugify
import pytest
import yaml

from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import RestServer, SimulatedMeter
from tests.test_docs import DOCUMENTS, INTEGRATION, ROOT, TEXTS
from tools.reference.actions import RETURNS
from tools.reference.entities import DISPLAY, METER, name_of, only_over

from .helpers import entry_data, fingerprint, set_up
from .plugin import MockConfigEntry, async_mock_service

SERVICES: dict[str, Any] = yaml.safe_load((INTEGRATION / "services.yaml").read_text("utf-8"))
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
CARD = "custom:lovato-dmed4-charge-card"

# What the meter and the display of the examples are called.
ENTITIES = {
    f"{entity.platform}.{slugify(f'{device} {name_of(entity, TEXTS)}')}": entity
    for device, entities in (("Charger", METER), ("Charger display", DISPLAY))
    for entity in entities
}
OURS = re.compile(rf"\b(?:{'|'.join(TEXTS['entity'])})\.charger_\w+")


@dataclass(frozen=True, slots=True)
class Example:
    document: str
    text: str

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] | list[Any] = yaml.safe_load(self.text)
        # What is put into a blueprint are actions only.
        return {"actions": content} if isinstance(content, list) else content

    def __str__(self) -> str:
        return f"{self.document}: {self.content.get('alias', next(iter(self.content)))}"


EXAMPLES = [
    Example(document.name, text)
    for document in DOCUMENTS
    for text in BLOCK.findall(document.read_text(encoding="utf-8"))
]
AUTOMATIONS = [example for example in EXAMPLES if "actions" in example.content]
CARDS = [example for example in EXAMPLES if "type" in example.content]
CONFIGURATIONS = [example for example in EXAMPLES if example not in [*AUTOMATIONS, *CARDS]]


def steps(node: object) -> Iterator[dict[str, Any]]:
    """List the steps with an action of ours, at any depth."""
    if isinstance(node, dict):
        if str(node.get("action", "")).startswith(f"{DOMAIN}."):
            yield node
        for child in node.values():
            yield from steps(child)
    elif isinstance(node, list):
        for child in node:
            yield from steps(child)


def test_there_are_examples() -> None:
    assert len(AUTOMATIONS) > 10
    assert len(CARDS) == 1
    for example in CONFIGURATIONS:
        assert {*example.content} <= {"homeassistant", "lovelace"}


@pytest.mark.parametrize("example", AUTOMATIONS, ids=str)
async def test_home_assistant_takes_it(hass: HomeAssistant, example: Example) -> None:
    automation = {"triggers": [], "alias": "Example"} | example.content
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await hass.async_block_till_done()
    (state,) = hass.states.async_all("automation")
    assert state.state != STATE_UNAVAILABLE
    target = {"entity_id": state.entity_id}
    await hass.services.async_call("automation", "turn_off", target, blocking=True)


@pytest.mark.parametrize("example", AUTOMATIONS, ids=str)
def test_all_that_it_names_exists(example: Example) -> None:
    assert {*OURS.findall(example.text)} <= {*ENTITIES}
    for step in steps(example.content):
        name = step["action"].removeprefix(f"{DOMAIN}.")
        fields = SERVICES[name].get("fields", {})
        given = {**step.get("data", {})}
        if "target" in SERVICES[name]:
            # A device may be named among the data as well.
            given.pop("device_id", None)
        assert {*given} <= {*fields}
        assert {key for key, field in fields.items() if field.get("required")} <= {*given}
        for key, value in given.items():
            choices = fields[key]["selector"].get("select", {}).get("options")
            assert choices is None or {*(value if isinstance(value, list) else [value])} <= {
                *choices
            }
        if (variable := step.get("response_variable")) is not None:
            shape = RETURNS[name]
            known = {*(shape if isinstance(shape, tuple) else shape.__annotations__)}
            used = {*re.findall(rf"\b{variable}\.(\w+)", example.text)}
            assert used <= known | {"explanation"}


@pytest.mark.parametrize("example", AUTOMATIONS, ids=str)
def test_events_and_their_attributes_exist(example: Example) -> None:
    for trigger in example.content.get("triggers", ()):
        if trigger["trigger"] == "event.received":
            entity = ENTITIES[trigger["target"]["entity_id"]]
            attributes = TEXTS["entity"]["event"][entity.description.key]["state_attributes"]
            assert {*trigger["options"]["event_type"]} <= {*attributes["event_type"]["state"]}
            used = re.findall(r"trigger\.to_state\.attributes\.(\w+)", example.text)
            assert {*used} <= {*attributes}


@pytest.mark.parametrize("example", CARDS, ids=str)
def test_the_card_knows_its_options(example: Example) -> None:
    source = Path(ROOT, "frontend", "src", "card", "config.ts").read_text(encoding="utf-8")
    declared = {*re.findall(r"^  readonly (\w+)\??:", source, re.MULTILINE)}
    assert example.content["type"] == CARD
    assert {*example.content} == declared


async def test_entities_are_there_as_the_reference_says(
    hass: HomeAssistant, entry: Dmed4ConfigEntry
) -> None:
    """By their names, which of them at first, and over which connection."""
    way = "REST" if entry.data["transport"] == "rest" else "Modbus"
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert {entity.entity_id: not entity.disabled for entity in found} == {
        f"{entity.platform}.{slugify(f'{entry.title} {name_of(entity, TEXTS)}')}": (
            entity.description.entity_registry_enabled_default
        )
        for entity in METER
        if only_over(entity.description) in {"", way}
    }


# --- A charge with them -------------------------------------------------------------------------


def example(alias: str) -> dict[str, Any]:
    (found,) = (example for example in AUTOMATIONS if example.content.get("alias") == alias)
    return found.content


async def test_a_charge_by_the_examples(
    hass: HomeAssistant, rest_server: RestServer, simulated: SimulatedMeter
) -> None:
    """As a user who has copied them: a tag, a vehicle, an unplugged vehicle, a message."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Charger",
        unique_id=fingerprint(simulated),
        data=entry_data(rest_server),
    )
    entry.add_to_hass(hass)
    assert await set_up(hass, entry)
    messages = async_mock_service(hass, "notify", "notify")
    copied = ("Begin a charge with a tag", "End a charge at the plug", "Tell of each charge")
    automations = [example(alias) for alias in (*copied, "Sum of a month")]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    hass.states.async_set("binary_sensor.wallbox_plug", "on")

    hass.bus.async_fire("tag_scanned", {"tag_id": "04FFFFFFFFFFFF"})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not messages
    hass.bus.async_fire("tag_scanned", {"tag_id": "04A2B3C4D5E680"})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert messages.pop().data["message"].endswith("Signature of the first record: valid.")
    assert hass.states.is_state("binary_sensor.charger_charging", "on")

    hass.states.async_set("binary_sensor.wallbox_plug", "off")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hass.states.is_state("binary_sensor.charger_charging", "off")
    told = {message.data.get("title", ""): message.data["message"] for message in messages}
    assert told == {
        "": "Charge ended, signature valid.",
        "0.000 kWh for 04A2B3C4D5E680": "Verdict: valid. Time may be billed: True.",
    }

    messages.clear()
    await hass.services.async_call(
        "automation", "trigger", {"entity_id": "automation.sum_of_a_month"}, blocking=True
    )
    assert messages.pop().data["message"].strip() == "Charges: 1, energy: 0.0 kWh"
    await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)
