"""What the tests of the blueprints share: automations that are made of them, and what these tell."""

from collections.abc import Mapping
from pathlib import Path
import shutil
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.setup import async_setup_component

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "blueprints" / "automation" / "lovato_dmed4"
PLUG = "binary_sensor.plug"

type Told = list[dict[str, Any]]


@callback
def listen(hass: HomeAssistant) -> Told:
    """Register an action for notifications; what it is called with is noted, the oldest first."""
    told: Told = []

    async def note(call: ServiceCall) -> None:
        told.append(dict(call.data))

    hass.services.async_register("test", "tell", note)
    return told


def tell(*names: str, **more: object) -> list[dict[str, Any]]:
    """Make the actions of a user who wants to be told some of the variables."""
    data = {name: f"{{{{ {name} }}}}" for name in ("title", "message", *names)}
    return [{"action": "test.tell", "data": data | more}]


async def automate(hass: HomeAssistant, name: str, inputs: Mapping[str, object]) -> None:
    """Import the blueprints and make an automation of one of them, as a user does."""
    target = Path(hass.config.path("blueprints", AUTOMATION, "lovato_dmed4"))
    if not target.is_dir():
        await hass.async_add_executor_job(shutil.copytree, FOLDER, target)
    config = {
        "id": name,
        "alias": name,
        "use_blueprint": {"path": f"lovato_dmed4/{name}.yaml", "input": dict(inputs)},
    }
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: config})
    await hass.async_block_till_done()
    state = hass.states.get(f"automation.{name}")
    assert state is not None
    # One that is not valid is there, too, but not available.
    assert state.state == "on"


def plug(hass: HomeAssistant, *, is_on: bool) -> None:
    """Plug a vehicle in, or unplug it."""
    hass.states.async_set(PLUG, "on" if is_on else "off")


def scan(hass: HomeAssistant, tag: str, reader: str | None = "reader") -> None:
    """Hold a tag to a reader."""
    hass.bus.async_fire("tag_scanned", {"tag_id": tag, "name": None, "device_id": reader})
