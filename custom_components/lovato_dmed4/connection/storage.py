"""What is kept on disk for an entry, all of it: one file for each purpose, removed with the entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError, UnsupportedStorageVersionError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from .names import repair_name
from .pages import ENTRIES_PAGE, inside

_ISSUE: Final = "stored_by_newer"


class StoredFile(StrEnum):
    """The files of an entry, by the middle of their names."""

    CHARGE = "charge"
    """The open charging session, written before a command goes to the meter."""
    DISPLAY = "display"
    """What a remote display does not let be read back."""
    EVENTS = "events"
    """How far the metrological events have been reported."""
    LOGIN = "login"
    """Attempts with the advanced password, written before each attempt."""
    PARAMETERS = "parameters"
    """What system parameters were, written before they are changed and until that is saved."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a file is written.

    Attributes:
        version: of its content.
        careful: whether it is written as a whole and synced to disk, and readable by its owner only.
    """

    version: int = 1
    careful: bool = False


_KINDS: Final = {
    StoredFile.CHARGE: _Kind(careful=True),
    StoredFile.DISPLAY: _Kind(),
    StoredFile.EVENTS: _Kind(),
    StoredFile.LOGIN: _Kind(careful=True),
    StoredFile.PARAMETERS: _Kind(careful=True),
}


def stored_file[ContentT: Mapping[str, Any]](
    hass: HomeAssistant, entry_id: str, file: StoredFile, content: type[ContentT]
) -> Store[ContentT]:
    """Get one of the files of an entry.

    Args:
        hass: Home Assistant.
        entry_id: of the config entry.
        file: which one.
        content: the type of what it holds, for type checkers.
    """
    kind = _KINDS[file]
    return Store(
        hass,
        kind.version,
        f"{DOMAIN}.{file}.{entry_id}",
        private=kind.careful,
        atomic_writes=kind.careful,
    )


async def async_remove_stored(hass: HomeAssistant, entry_id: str) -> None:
    """Remove all files of an entry that is deleted."""
    for file in StoredFile:
        await stored_file(hass, entry_id, file, dict).async_remove()


@callback
def async_stored_by_newer(
    hass: HomeAssistant, entry: ConfigEntry, err: UnsupportedStorageVersionError
) -> ConfigEntryError:
    """Raise the repair for a file that only a newer version can read; return what ends the set-up."""
    placeholders = {"file": err.storage_key}
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{_ISSUE}_{entry.entry_id}",
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        learn_more_url=inside(ENTRIES_PAGE),
        translation_key=_ISSUE,
        translation_placeholders={"meter": repair_name(hass, entry), **placeholders},
    )
    return ConfigEntryError(
        translation_domain=DOMAIN,
        translation_key=_ISSUE,
        translation_placeholders=placeholders,
    )


@callback
def async_stored_understood(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the repair of an entry whose files can be read, or are gone."""
    ir.async_delete_issue(hass, DOMAIN, f"{_ISSUE}_{entry.entry_id}")
