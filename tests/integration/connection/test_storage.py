"""What is kept on disk for an entry, when it was kept by a version to come."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from tests.integration.helpers import state_of


@pytest.mark.parametrize("file", ["charge", "events", "login"])
async def test_a_file_of_a_newer_version_is_kept_and_named(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    hass_storage: dict[str, Any],
    file: str,
) -> None:
    name = f"{DOMAIN}.{file}.{rest_entry.entry_id}"
    assert await hass.config_entries.async_unload(rest_entry.entry_id)
    newer = {"version": 2, "minor_version": 1, "key": name, "data": {"of": "a time to come"}}
    hass_storage[name] = newer

    assert not await hass.config_entries.async_setup(rest_entry.entry_id)
    await hass.async_block_till_done()
    assert state_of(rest_entry) is ConfigEntryState.SETUP_ERROR
    assert rest_entry.error_reason_translation_key == "stored_by_newer"
    (issue,) = ir.async_get(hass).issues.values()
    assert issue.translation_key == "stored_by_newer"
    assert issue.translation_placeholders == {"meter": rest_entry.title, "file": name}
    assert hass_storage[name] == newer

    del hass_storage[name]
    assert await hass.config_entries.async_reload(rest_entry.entry_id)
    assert not ir.async_get(hass).issues
