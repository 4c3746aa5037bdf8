"""A remote display as an entry of its own: its coordinator and what its entities have in common."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, TypedDict, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .connection.certificate import async_certificate_accepted, async_certificate_changed
from .connection.errors import translated, translated_errors
from .connection.names import device_name
from .connection.silence import pause
from .connection.storage import StoredFile, stored_file
from .const import DOMAIN, HOUSEKEEPING_INTERVAL, LOGGER, MANUFACTURER
from .dmed4.display import METERS, CustomPage, RemoteDisplay, ViewerPage
from .dmed4.errors import CertificateChangedError, MeterError
from .dmed4.model import Identity
from .entity import CommonEntity

type DisplayConfigEntry = ConfigEntry[DisplayCoordinator]


class _Stored(TypedDict):
    """What is kept over a restart, because the display does not let it be read back."""

    shown: int | None
    pages: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayData:
    """What is known of a display.

    ``shown`` is the page that it was last asked to show, ``pages`` the custom pages by meter: as
    read, or where that is not possible as written last.
    """

    identity: Identity
    shown: ViewerPage | None
    pages: Mapping[int, CustomPage]

    @property
    def meters(self) -> range:
        """The numbers of the meters that the display is for."""
        return range(1, METERS[self.identity.model] + 1)


class DisplayCoordinator(DataUpdateCoordinator[DisplayData]):
    """See now and then whether the display is there and what it shows; write to it."""

    config_entry: DisplayConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: DisplayConfigEntry, display: RemoteDisplay
    ) -> None:
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=device_name(hass, entry),
            update_interval=HOUSEKEEPING_INTERVAL,
            always_update=False,
        )
        self.display = display
        self._store = stored_file(hass, entry.entry_id, StoredFile.DISPLAY, _Stored)
        self._shown: ViewerPage | None = None
        self._pages: Mapping[int, CustomPage] = {}
        # What was read before a write must not be taken for what is there after it.
        self._lock = asyncio.Lock()
        # Since it was last read, the display may have been without power.
        self._away = False
        self._losses = 0
        self._failures = 0

    @override
    async def _async_setup(self) -> None:
        if (stored := await self._store.async_load()) is not None:
            if stored["shown"] is not None:
                self._shown = ViewerPage(stored["shown"])
            self._pages = {
                int(meter): CustomPage(**texts) for meter, texts in stored["pages"].items()
            }

    @override
    async def _async_update_data(self) -> DisplayData:
        async with self._lock:
            try:
                state = await self.display.read()
                if self._away or self.display.link_losses != self._losses:
                    await self._async_restore(state.pages)
                    state = await self.display.read()
                self._away, self._losses = False, self.display.link_losses
            except MeterError as err:
                self._away = True
                if self.display.shares_line:
                    self._failures += 1
                    self.update_interval = pause(self._failures, HOUSEKEEPING_INTERVAL)
                if isinstance(err, CertificateChangedError):
                    async_certificate_changed(self.hass, self.config_entry, err)
                raise translated(err, UpdateFailed) from err
            async_certificate_accepted(self.hass, self.config_entry)
            self._failures, self.update_interval = 0, HOUSEKEEPING_INTERVAL
            self._pages = {**self._pages, **state.pages}
            return DisplayData(identity=state.identity, shown=self._shown, pages=self._pages)

    async def _async_restore(self, read: Mapping[int, CustomPage]) -> None:
        """Write texts again, and show the page again, that a display may have lost with its power.

        What can be read and is not empty has been kept, or is another master's.
        """
        lost = {
            meter: page
            for meter, page in self._pages.items()
            if page != CustomPage() and read.get(meter, CustomPage()) == CustomPage()
        }
        for meter, page in lost.items():
            texts = {name for name, text in asdict(page).items() if text}
            await self.display.write_page(meter, page, texts)
        if lost and self._shown is not None:
            await self.display.show(self._shown)
        if lost and read:
            LOGGER.info("%s had lost its texts, which were written again", self.name)

    async def async_close(self) -> None:
        """Stop polling, wait for a poll under way, and let go of the link."""
        await self.async_shutdown()
        async with self._lock:
            await self.display.close()

    async def async_show(self, page: ViewerPage) -> None:
        """Let the display show a page.

        Raises:
            HomeAssistantError: it was not possible, in the user's words.
        """
        async with self._writing():
            await self.display.show(page)
            self._shown = page

    async def async_write(self, meter: int, texts: Mapping[str, str]) -> None:
        """Change some texts of a meter's custom page, or all of them.

        Raises:
            ServiceValidationError: a text is too long or holds what the display can't show.
            HomeAssistantError: it was not possible, in the user's words.
        """
        async with self._writing():
            page = replace(self._pages.get(meter, CustomPage()), **texts)
            await self.display.write_page(meter, page, texts.keys())
            self._pages = {**self._pages, meter: page}

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[None]:
        """Write to the display, keep what was written, and show what came of it."""
        try:
            with translated_errors():
                async with self._lock:
                    yield
                    await self._async_save()
        finally:
            await self.async_refresh()

    async def _async_save(self) -> None:
        await self._store.async_save(
            {
                "shown": self._shown,
                "pages": {str(meter): asdict(page) for meter, page in self._pages.items()},
            }
        )


class DisplayEntity(CommonEntity[DisplayCoordinator]):
    """An entity of a remote display, which has nothing but its address to be known by."""

    def __init__(self, entry: DisplayConfigEntry, description: EntityDescription) -> None:
        coordinator = entry.runtime_data
        super().__init__(coordinator, description)
        identity = coordinator.data.identity
        if TYPE_CHECKING:
            assert entry.unique_id is not None
        self._attr_unique_id = f"{entry.unique_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, entry.unique_id)},
            manufacturer=MANUFACTURER,
            model=identity.model,
            name=entry.title,
            sw_version=identity.firmware,
        )
