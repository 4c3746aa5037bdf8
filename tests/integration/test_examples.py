"""The examples in the documents: Home Assistant takes them, and all that they name exists."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
import json
from pathlib import Path
import re
from typing import Any
from zipfile import is_zipfile

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import slugify
from jsonschema import Draft7Validator
import pytest
import yaml

from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import Command, ModbusTcpServer, RemoteDisplay, RestServer, SimulatedMeter
from tests.dmed4.helpers import until
from tests.test_docs import DOCUMENTS, INTEGRATION, ROOT, TEXTS
from tools.reference.actions import RETURNS
from tools.reference.entities import DISPLAY, METER, name_of, only_over

from .helpers import (
    act,
    entry_data,
    fail_power,
    fingerprint,
    pass_time,
    set_sample,
    set_up,
    web_server,
)
from .plugin import MockConfigEntry, async_mock_service
from .reports.schemas import CDR

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


@cache
def read(text: str) -> dict[str, Any]:
    """Read what an example says; what is put into a blueprint are actions only."""
    content: dict[str, Any] | list[Any] = yaml.safe_load(text)
    return {"actions": content} if isinstance(content, list) else content


@dataclass(frozen=True, slots=True)
class Example:
    document: str
    text: str

    @property
    def content(self) -> dict[str, Any]:
        return deepcopy(read(self.text))

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
        assert {*example.content} <= {"homeassistant", "lovelace", "recorder", "rest_command"}


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
        if trigger["trigger"].startswith(f"{DOMAIN}."):
            assert trigger["target"]["entity_id"] in ENTITIES
            key = "record" if ".record_" in trigger["trigger"] else "charge_cycle"
            attributes = TEXTS["entity"]["event"][key]["state_attributes"]
            used = re.findall(r"trigger\.event\.data\.(\w+)", example.text)
            assert {*used} <= {*attributes, "device_id", "energy"}


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
        # The sensors of costs come with the first price.
        if only_over(entity.description) in {"", way} and "cost" not in entity.description.key
    }


# --- Each of them at work -----------------------------------------------------------------------

FOLDER = "/config/charges"
HOUR, MOMENT = 'timeout: "01:00:00"', 'timeout: "00:00:00.01"'
TOGETHER = (
    "Start charging with a tag",
    "End charging at the plug",
    "Report each session",
    "Energy of a month",
)


@dataclass(frozen=True, slots=True)
class Bench:
    """What an example needs: a meter called Charger, its display, and services that only note."""

    hass: HomeAssistant
    simulated: SimulatedMeter
    display: RemoteDisplay
    entry: MockConfigEntry
    messages: list[ServiceCall]
    mails: list[ServiceCall]
    switched: list[ServiceCall]
    folder: Path

    @property
    def charging(self) -> bool:
        return self.simulated.charging

    async def trigger(self) -> None:
        """Run the automation as from its page, past its trigger and its conditions."""
        (state,) = self.hass.states.async_all("automation")
        data = {"entity_id": state.entity_id}
        await self.hass.services.async_call("automation", "trigger", data, blocking=True)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def start(self) -> None:
        await act(self.hass, self.entry, "start_charge_cycle")
        await self.hass.async_block_till_done(wait_background_tasks=True)


@pytest.fixture
async def bench(
    hass: HomeAssistant, rest_server: RestServer, simulated: SimulatedMeter, tmp_path: Path
) -> AsyncIterator[Bench]:
    display = RemoteDisplay()
    async with ModbusTcpServer(display) as display_server:
        meter = MockConfigEntry(
            domain=DOMAIN,
            title="Charger",
            unique_id=fingerprint(simulated),
            data=entry_data(rest_server),
        )
        shown = MockConfigEntry(
            domain=DOMAIN,
            title="Charger display",
            unique_id="display",
            data=entry_data(display_server) | {"kind": "display"},
        )
        meter.add_to_hass(hass)
        assert await set_up(hass, meter)
        shown.add_to_hass(hass)
        assert await hass.config_entries.async_setup(shown.entry_id)
        hass.config.allowlist_external_dirs.add(str(tmp_path))
        yield Bench(
            hass,
            simulated,
            display,
            meter,
            async_mock_service(hass, "notify", "notify"),
            async_mock_service(hass, "notify", "mail"),
            async_mock_service(hass, "switch", "turn_off"),
            tmp_path,
        )
        await hass.services.async_call(
            "automation", "turn_off", {"entity_id": "all"}, blocking=True
        )
        assert await hass.config_entries.async_unload(shown.entry_id)


async def copy(bench: Bench, *examples: Example) -> None:
    """Copy examples as a user does, who has a folder of another name."""
    contents = [
        yaml.safe_load(example.text.replace(FOLDER, str(bench.folder)).replace(HOUR, MOMENT))
        for example in examples
    ]
    assert await async_setup_component(bench.hass, "automation", {"automation": contents})
    await bench.hass.async_block_till_done()


async def test_a_charge_by_the_examples(bench: Bench) -> None:
    """As a user who has copied them: a tag, a vehicle, an unplugged vehicle, a message."""
    hass, messages = bench.hass, bench.messages
    by_alias = {str(example.content.get("alias")): example for example in AUTOMATIONS}
    await copy(bench, *(by_alias[alias] for alias in TOGETHER))
    hass.states.async_set("binary_sensor.wallbox_plug", "on")

    hass.bus.async_fire("tag_scanned", {"tag_id": "04FFFFFFFFFFFF"})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not messages
    hass.bus.async_fire("tag_scanned", {"tag_id": "04A2B3C4D5E680"})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert messages.pop().data["message"].endswith("Verdict on the first record: valid.")
    assert hass.states.is_state("binary_sensor.charger_charging", "on")

    hass.states.async_set("binary_sensor.wallbox_plug", "off")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hass.states.is_state("binary_sensor.charger_charging", "off")
    told = {message.data.get("title", ""): message.data["message"] for message in messages}
    assert told == {
        "": "Charging ended. Verdict: valid.",
        "0.000 kWh for 04A2B3C4D5E680": "Verdict: valid. Time may be billed: True.",
    }

    messages.clear()
    await hass.services.async_call(
        "automation", "trigger", {"entity_id": "automation.energy_of_a_month"}, blocking=True
    )
    assert messages.pop().data["message"].strip() == "Sessions: 1, energy: 0.0 kWh"


async def _at_a_limit(bench: Bench) -> None:
    await bench.start()
    set_sample(bench.simulated, cycle_imported=29_999)
    await pass_time(bench.hass)
    assert bench.charging
    set_sample(bench.simulated, cycle_imported=30_001)
    await pass_time(bench.hass)
    assert not bench.charging
    assert bench.switched[0].data["entity_id"] == ["switch.wallbox"]


async def _every_hour(bench: Bench) -> None:
    """With an hour that lasts no time: what waits for a trigger does so by the event loop's clock."""
    await act(bench.hass, bench.entry, "start_charge_cycle")
    entries = bench.simulated.record_log.entries
    await until(lambda: len(entries) >= 3)
    bench.simulated.command(Command.END)
    await pass_time(bench.hass)
    kinds = [entry.text.rpartition('"TX":"')[2][:1] for entry in entries]
    assert kinds[:3] == ["B", "C", "C"]
    assert kinds[-1] == "E"


async def _on_a_display(bench: Bench) -> None:
    await bench.start()
    await until(lambda: bench.display.page == 5)
    texts = bench.display.texts[1]
    assert (texts["title1"], texts["text1"]) == ("ENERGY PRICE", "0.45 EUR/kWh")


async def _suspicious(bench: Bench) -> None:
    await bench.start()
    # Something else than the meter signs the end.
    bench.simulated._private_key = ec.generate_private_key(ec.SECP256R1())
    await act(bench.hass, bench.entry, "end_charge_cycle")
    await bench.hass.async_block_till_done(wait_background_tasks=True)
    (message,) = bench.messages
    assert message.data["message"].startswith("Signature: invalid, key: own.")


async def _by_mail(bench: Bench) -> None:
    await bench.start()
    (record,) = bench.simulated.record_log.entries
    mail = {"sender": "billing@example.com", "text": f"Your record:\r\n\r\n{record.text}\r\n"}
    bench.hass.bus.async_fire("imap_content", mail)
    await bench.hass.async_block_till_done(wait_background_tasks=True)
    assert bench.messages[0].data["title"] == "Record from billing@example.com: valid"
    bench.hass.bus.async_fire("imap_content", mail | {"text": "No record in here"})
    await bench.hass.async_block_till_done(wait_background_tasks=True)
    assert len(bench.messages) == 1


async def _month_as_a_file(bench: Bench) -> None:
    await bench.trigger()
    (file,) = bench.folder.glob("????-??.zip")
    assert is_zipfile(file)
    assert str(file) in bench.messages[0].data["message"]


async def _month_by_mail(bench: Bench) -> None:
    await bench.trigger()
    (mail,) = bench.mails
    assert mail.data["title"] == "0 charging sessions"
    assert [Path(image).name for image in mail.data["data"]["images"]] == ["last_month.zip"]
    assert is_zipfile(bench.folder / "last_month.zip")


async def _to_a_back_end(bench: Bench) -> None:
    """A real HTTP request, with the configuration beside the example."""
    received: list[tuple[str, dict[str, Any]]] = []

    async def receive(request: web.BaseRequest) -> web.Response:
        received.append((request.headers["Authorization"], json.loads(await request.text())))
        return web.Response(status=HTTPStatus.CREATED)

    (example,) = (each for each in CONFIGURATIONS if "rest_command" in each.content)
    price = {"since": "2025-01-01", "energy": "0.50"}
    await bench.hass.services.async_call(DOMAIN, "save_price", price, blocking=True)
    async with web_server(receive) as port:
        there = f"http://127.0.0.1:{port}"
        config = yaml.safe_load(example.text.replace("https://backend.example.com", there))
        assert await async_setup_component(bench.hass, "rest_command", config)
        await bench.start()
        total = bench.simulated.physics.fast.imported
        set_sample(bench.simulated, imported=total + 12_345, cycle_imported=12_345)
        bench.simulated.command(Command.END)
        await pass_time(bench.hass)
        await until(lambda: bool(received))
        await bench.hass.async_block_till_done()
    ((token, cdr),) = received
    assert token == "Token your-token-in-base64"
    Draft7Validator(CDR).validate(cdr)
    assert not bench.messages


async def _power_failure(bench: Bench) -> None:
    await bench.start()
    await fail_power(bench.simulated)
    for _ in range(2):
        await pass_time(bench.hass)
    assert "lost its power" in bench.messages[0].data["message"]


async def _ended_anywhere(bench: Bench) -> None:
    await bench.start()
    assert not bench.messages
    bench.simulated.command(Command.END)
    await pass_time(bench.hass)
    assert bench.messages[0].data["message"] == "Charging has ended."


async def _long(bench: Bench) -> None:
    """Past its condition: that a session is running for eight hours."""
    await bench.start()
    await bench.trigger()
    assert not bench.charging


async def _told(bench: Bench) -> None:
    """Its trigger takes half an hour or more: what it does then."""
    await bench.trigger()
    (message,) = bench.messages
    assert message.data["message"]


AT_WORK: dict[str, Callable[[Bench], Awaitable[None]]] = {
    "End at 30 kWh": _at_a_limit,
    "Intermediate reading every hour": _every_hour,
    "Show the tariff while charging": _on_a_display,
    "Report suspicious records": _suspicious,
    "Verify records that arrive by e-mail": _by_mail,
    "Records of the last month": _month_as_a_file,
    "Send the records of last month": _month_by_mail,
    "Send each session to a back end": _to_a_back_end,
    "Power failure during a session": _power_failure,
    "Charging has ended anywhere": _ended_anywhere,
    "End a long session": _long,
    "Clock of the meter": _told,
    "Records are not archived": _told,
}
ALONE = [example for example in AUTOMATIONS if example.content.get("alias") not in TOGETHER]


@pytest.mark.usefixtures("clock_left_alone")
@pytest.mark.parametrize("example", [e for e in ALONE if "alias" in e.content], ids=str)
async def test_it_does_what_it_says(bench: Bench, example: Example) -> None:
    await copy(bench, example)
    await AT_WORK[example.content["alias"]](bench)


ACTIONS_ONLY = [example for example in ALONE if "alias" not in example.content]


@pytest.mark.parametrize(
    "example", [e for e in ACTIONS_ONLY if e.document != "billing.md"], ids=str
)
async def test_it_can_be_put_into_a_blueprint(hass: HomeAssistant, example: Example) -> None:
    """As actions of one of ours, which have these variables."""
    (step,) = example.content["actions"]
    calls = async_mock_service(hass, *step["action"].split("."))
    values = {"title": "A title", "message": "A message", "link": "/here", "file": "/a/file.zip"}
    script = {"example": {"sequence": example.content["actions"]}}
    assert await async_setup_component(hass, "script", {"script": script})
    await hass.services.async_call("script", "example", values, blocking=True)
    (call,) = calls
    assert call.data["title"] == "A title"
    assert call.data["message"] == "A message"
    assert call.data["data"] in ({"url": "/here"}, {"images": ["/a/file.zip"]})


async def test_a_statement_is_made_for_a_driver(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, tmp_path: Path
) -> None:
    (example,) = (each for each in ACTIONS_ONLY if each.document == "billing.md")
    await hass.services.async_call(
        DOMAIN, "save_driver", {"name": "Zoe"}, blocking=True, return_response=True
    )
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    sequence = yaml.safe_load(example.text.replace("/config/statements", str(tmp_path)))
    assert await async_setup_component(hass, "script", {"script": {"one": {"sequence": sequence}}})
    await hass.services.async_call("script", "one", blocking=True)
    assert (tmp_path / "2026-10.pdf").read_bytes().startswith(b"%PDF-")


async def test_the_folder_of_the_examples_can_be_allowed(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    (example,) = (e for e in CONFIGURATIONS if "homeassistant" in e.content)
    config = yaml.safe_load(example.text.replace(FOLDER, str(tmp_path)))["homeassistant"]
    await async_process_ha_core_config(hass, config)
    assert str(tmp_path) in hass.config.allowlist_external_dirs
