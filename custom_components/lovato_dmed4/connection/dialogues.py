"""Dialogues about an entry, which browsers may have open when it is removed."""

from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN


@callback
def async_close_dialogues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """End what asks about an entry that is removed: an answer could change nothing any more."""
    config, options = hass.config_entries.flow, hass.config_entries.options
    for flow in config.async_progress_by_handler(DOMAIN, include_uninitialized=True):
        if flow["context"].get("entry_id") == entry.entry_id:
            config.async_abort(flow["flow_id"])
    for flow in options.async_progress_by_handler(entry.entry_id, include_uninitialized=True):
        options.async_abort(flow["flow_id"])
    if (repairs := repairs_flow_manager(hass)) is None:
        return
    for repair in repairs.async_progress_by_handler(DOMAIN, include_uninitialized=True):
        if entry.entry_id in repair["context"]["issue_id"]:
            repairs.async_abort(repair["flow_id"])
