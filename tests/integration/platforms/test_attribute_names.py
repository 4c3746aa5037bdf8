"""The names of attributes: those that the texts know are those that entities have, all of them."""

from collections import defaultdict
from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import JsonError, SimulatedMeter
from simulator.prototype import PrototypeError
from tests.integration.helpers import HOUSEKEEPING, act, pass_time
from tests.logbooks import log_events
from tests.test_docs import TEXTS

# Home Assistant's own.
COMMON = {
    *("attribution", "assumed_state", "device_class", "entity_picture", "event_types"),
    *("friendly_name", "icon", "last_reset", "options"),
    *("state_class", "supported_features", "unit_of_measurement"),
}
OF_NUMBERS = {"max", "min", "mode", "step"}


def described() -> dict[str, set[str]]:
    return {
        f"{platform}.{key}": {*words.get("state_attributes", {})}
        for platform, entities in TEXTS["entity"].items()
        for key, words in entities.items()
        if platform != "text"
    }


@pytest.mark.usefixtures("entity_registry_enabled_by_default", "clock_left_alone")
async def test_the_texts_know_the_attributes_that_entities_have(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Through a session with all of its steps, one that fails, and an entry of the logbook."""
    registry = er.async_get(hass)
    seen: dict[str, set[str]] = defaultdict(set)

    def note(entity_id: str, attributes: Any) -> None:
        entity = registry.async_get(entity_id)
        if entity is not None and entity.platform == DOMAIN:
            seen[f"{entity.domain}.{entity.translation_key}"] |= (
                {*attributes} - COMMON - (OF_NUMBERS if entity.domain == "number" else set())
            )

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) is not None:
            note(state.entity_id, state.attributes)

    for state in hass.states.async_all():
        note(state.entity_id, state.attributes)
    hass.bus.async_listen(EVENT_STATE_CHANGED, changed)
    for action in ("start_charge_cycle", "read_charge_cycle", "end_charge_cycle"):
        await act(hass, rest_entry, action)
        await hass.async_block_till_done(wait_background_tasks=True)

    def refuse(text: bytes, _: object) -> dict[str, str]:
        raise PrototypeError(JsonError.VALUE)

    monkeypatch.setattr("simulator.meter.check_prototype", refuse)
    with pytest.raises(HomeAssistantError):
        await act(hass, rest_entry, "start_charge_cycle")
    log_events(simulated, 1)
    await pass_time(hass, HOUSEKEEPING)
    assert seen == {key: described()[key] for key in seen}
    assert {key for key, names in described().items() if names} <= seen.keys()
