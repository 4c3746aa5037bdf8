"""Home Assistant's backups: the archive's file is whole in them, while records go on being stored."""

from homeassistant.core import HomeAssistant

from .archive import ArchiveError
from .const import LOGGER
from .intake.shared_archive import async_archives


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Keep the archives' files as they are while they are copied.

    An archive that can't be reached does not keep everything else from being backed up.
    """
    for shared in async_archives(hass):
        try:
            await shared.async_pause()
        except ArchiveError as err:
            LOGGER.warning("The backup may lack the latest records of the archive: %s", err)


async def async_post_backup(hass: HomeAssistant) -> None:
    """Use the archives' files again."""
    for shared in async_archives(hass):
        await shared.async_resume()
