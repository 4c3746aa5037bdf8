"""System parameters that were written to a meter over Modbus and are not known to be saved there."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..dmed4.modbus import ModbusMeter
from ..dmed4.model import Identity
from .identity import ATTR_METER, is_of_another_board
from .storage import StoredFile, stored_file

_PENDING: Final = "pending"


async def async_keep_unsaved(
    hass: HomeAssistant, entry: ConfigEntry[Any], meter: ModbusMeter, identity: Identity
) -> None:
    """Remember what was pending in a meter before Home Assistant was stopped, and what will be."""
    meter.parameters.journal = unsaved = UnsavedParameters(hass, entry, identity)
    await unsaved.async_load()


class UnsavedParameters:
    """Keeps their former values on disk, so that they are taken back after a restart of Home Assistant too.

    It is a `Journal` of `dmed4.menu_parameters`.

    Attributes:
        pending: the former values by the parameters' names.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], identity: Identity) -> None:
        self._identity = identity
        self._store = stored_file(hass, entry.entry_id, StoredFile.PARAMETERS, dict[str, Any])
        self.pending: Mapping[str, int] = {}

    async def async_load(self) -> None:
        """Remember what was pending before Home Assistant was stopped, in this meter and in no other."""
        stored = await self._store.async_load()
        if stored is not None and not is_of_another_board(stored, self._identity):
            self.pending = stored[_PENDING]

    async def keep(self, pending: Mapping[str, int]) -> None:
        """Keep the former values on disk."""
        content = {_PENDING: dict(pending), ATTR_METER: self._identity.fingerprint}
        await self._store.async_save(content)
        self.pending = dict(pending)
