"""Verify all records of an archive again, without blocking its other users."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..archive import Archive, ArchiveError
from ..const import DOMAIN
from .shared_archive import SharedArchive, archive_unavailable, async_borrowed

# Records verified again at once, and seconds in between, which leave Home Assistant most of the time.
_AT_ONCE: Final = 20
_PAUSE: Final = 0.05


async def async_verify_all(
    hass: HomeAssistant, url: str, progress: Callable[[int], None] | None = None
) -> None:
    """Verify all records of a database again, those of all its meters.

    They are taken a few at a time, with pauses in which everything else has its turn. It goes on when
    the caller does not wait any longer.

    Args:
        hass: Home Assistant.
        url: of the database.
        progress: is called with the number of the last record that was verified.

    Raises:
        HomeAssistantError: it is being done already, Home Assistant stops, or the archive can't be
            reached.
    """
    work = hass.async_create_background_task(
        _async_verify(hass, url, progress), f"{DOMAIN} verification"
    )
    await asyncio.wait({work})
    if work.cancelled():
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="verification_stopped")
    work.result()


async def _async_verify(
    hass: HomeAssistant, url: str, progress: Callable[[int], None] | None
) -> None:
    try:
        async with async_borrowed(hass, url) as shared:
            await _async_verify_shared(shared, progress)
    except ArchiveError as err:
        raise archive_unavailable(HomeAssistantError, str(err)) from err


async def _async_verify_shared(
    shared: SharedArchive, progress: Callable[[int], None] | None
) -> None:
    if shared.verifying.locked():
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="verification_running")
    after: int | None = 0
    async with shared.verifying:
        await shared.async_open()
        while after is not None:
            after = await shared.async_write(partial(_verify_some, after))
            if progress is not None and after is not None:
                progress(after)
            await asyncio.sleep(_PAUSE)
    shared.async_tell()


def _verify_some(after: int, archive: Archive) -> int | None:
    return archive.verify_again(after, _AT_ONCE, dt_util.utcnow())
