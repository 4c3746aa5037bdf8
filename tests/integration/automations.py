"""What the tests of the blueprints share: automations that are made of them, and what these tell."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
import shutil
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import script
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from .timers import async_fire_time_changed

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "blueprints" / "automation" / "lovato_dmed4"
PLUG = "binary_sensor.plug"

type Told = list[dict[str, Any]]


class Pauses:
    """The pauses that automations make; while one lasts, Home Assistant is never done."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()

    def begin(self) -> None:
        self._begun.set()

    async def begun(self) -> None:
        """Wait until an automation has nothing to do but to wait."""
        await self._begun.wait()
        self._begun.clear()
        for _ in range(10):
            await asyncio.sleep(0)

    async def over(self, hass: HomeAssistant, seconds: float) -> None:
        """Wait for the next pause, and let the time pass that it takes."""
        await self.begun()
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> Pauses:
    """Know when an automation makes a pause."""
    found = Pauses()

    def noted(step: str) -> None:
        original = getattr(script._ScriptRun, step)

        async def begin(run: script._ScriptRun) -> None:
            found.begin()
            await original(run)

        monkeypatch.setattr(script._ScriptRun, step, begin)

    noted("_async_step_delay")
    noted("_async_step_wait_template")
    return found


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
    copy = partial(shutil.copytree, FOLDER, target, dirs_exist_ok=True)
    await hass.async_add_executor_job(copy)
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
