"""The archives in use: one for each database, shared by all meters whose records it keeps."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.hass_dict import HassKey
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from ..archive import Archive, ArchiveError
from ..connection.errors import in_words
from ..const import CONF_DATABASE_URL, DOMAIN, LOGGER

DEFAULT_FILE: Final = f"{DOMAIN}.db"

# Home Assistant has 64 threads for all of its parts: a database that hangs must not take them all.
_WRITERS: Final = 1
_READERS: Final = 3

_ARCHIVES: HassKey[dict[str, SharedArchive]] = HassKey(f"{DOMAIN}_archives")


def database_url(hass: HomeAssistant, options: Mapping[str, Any]) -> str:
    """Get the URL of the database that an entry's options name: a file, unless they do."""
    return options.get(CONF_DATABASE_URL) or _file_url(default_file(hass))


def default_file(hass: HomeAssistant) -> Path:
    """Get where the records are kept unless an entry's options name a database."""
    return Path(hass.config.path(DEFAULT_FILE))


def _file_url(file: Path) -> str:
    return f"sqlite:///{file}"


def database_error(url: str) -> str | None:
    """Try a database: open it, and let go of it again. This blocks.

    Returns:
        The key of the text that says what is wrong; None if nothing is.
    """
    archive = Archive(url)
    try:
        make_url(url).get_dialect().import_dbapi()
        archive.open()
    except NoSuchModuleError, ImportError:
        return "database_driver_missing"
    except ArgumentError, ValueError:
        return "database_url_invalid"
    except ArchiveError as err:
        # The archive's errors hold no secrets.
        LOGGER.warning("The database that was entered cannot be used: %s", err)
        return "database_failed"
    finally:
        archive.close()
    return None


def delete_records(url: str, unique_ids: Iterable[str], *, file: Path) -> None:
    """Delete all records and keys of a meter, and the default file if it has no other. This blocks.

    Raises:
        ArchiveError: the database failed; what it has of the meter stays.
    """
    archive = Archive(url)
    others = True
    try:
        archive.open()
        for unique_id in unique_ids:
            others = archive.forget_meter(unique_id)
    finally:
        archive.close()
    if not others and url == _file_url(file):
        for suffix in ("", "-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)


@callback
def async_archives(hass: HomeAssistant) -> list[SharedArchive]:
    """Get the archives that are in use."""
    return list(hass.data.get(_ARCHIVES, {}).values())


@callback
def async_borrow(hass: HomeAssistant, url: str, changed: CALLBACK_TYPE) -> SharedArchive:
    """Get the archive of a database, and be informed of changes that concern all of its meters.

    `SharedArchive.async_give_back` returns it.
    """
    archives = hass.data.setdefault(_ARCHIVES, {})
    if url not in archives:
        archives[url] = SharedArchive(hass, url)
    archives[url].users.append(changed)
    return archives[url]


@asynccontextmanager
async def async_borrowed(hass: HomeAssistant, url: str) -> AsyncIterator[SharedArchive]:
    """Use the archive of a database for a while, whether a meter is using it or not."""
    shared = async_borrow(hass, url, _ignore_changes)
    try:
        yield shared
    finally:
        await asyncio.shield(
            hass.async_create_task(shared.async_give_back(_ignore_changes), f"{DOMAIN} archive")
        )


@callback
def _ignore_changes() -> None:
    """Take note of nothing: who asks once does not watch."""


def archive_unavailable[ErrorT: HomeAssistantError](kind: type[ErrorT], cause: str) -> ErrorT:
    """Make an exception of Home Assistant that says why the archive can't be reached."""
    return in_words(kind, "archive_unavailable", {}, cause=cause)


class SharedArchive:
    """An archive off the event loop.

    Writers take turns, readers too when there are many, so that few threads are ever waiting for a
    database.

    Attributes:
        users: to be informed when something has changed for all meters.
        verifying: held while all records are verified again.
    """

    def __init__(self, hass: HomeAssistant, url: str) -> None:
        self._hass = hass
        self._url = url
        self._archive = Archive(url)
        self._writing = asyncio.Semaphore(_WRITERS)
        self._reading = asyncio.Semaphore(_READERS)
        self.users: list[CALLBACK_TYPE] = []
        self.verifying = asyncio.Lock()

    async def async_give_back(self, changed: CALLBACK_TYPE) -> None:
        """Close the archive if nothing else uses it; whatever is asked after that fails."""
        self.users.remove(changed)
        if not self.users:
            del self._hass.data[_ARCHIVES][self._url]
            async with AsyncExitStack() as turns:
                # Who asked it something may be gone; the thread that looks is not.
                for _ in range(_READERS):
                    await turns.enter_async_context(self._reading)
                await self._async_do(self._writing, Archive.close)

    async def async_open(self) -> None:
        """Open the archive unless that is done.

        Raises:
            ArchiveError: it can't be opened.
        """
        # Who only reads does not wait for those who write.
        if self.opening is None:
            await self._async_do(self._writing, Archive.open)

    @property
    def opening(self) -> object:
        """What distinguishes one opening of the database from the next; see `Archive`."""
        return self._archive.opening

    async def async_write[T](self, method: Callable[[Archive], T]) -> T:
        """Let the archive do something while it does nothing else that writes.

        Raises:
            ArchiveError: the database failed.
        """
        return await self._async_do(self._writing, self._not_later(method))

    async def async_read[T](self, method: Callable[[Archive], T]) -> T:
        """Ask the archive something.

        Raises:
            ArchiveError: the database failed, or has never been opened.
        """
        return await self._async_do(self._reading, self._not_later(method))

    def _not_later[T](self, method: Callable[[Archive], T]) -> Callable[[Archive], T]:
        """Refuse what has waited for its turn until the database was opened anew: it may be another."""
        opening = self.opening

        def do(archive: Archive) -> T:
            # Where it is closed by now, it says itself why.
            if archive.opening not in {opening, None}:
                raise ArchiveError("The archive was opened anew meanwhile")
            return method(archive)

        return do

    async def _async_do[T](self, turns: asyncio.Semaphore, method: Callable[[Archive], T]) -> T:
        await turns.acquire()
        # Its caller may be cancelled; the thread goes on and keeps its turn. Of Home Assistant's own
        # jobs even that would end when it stops, and an archive be closed before it is open.
        job = self._hass.loop.run_in_executor(None, method, self._archive)

        def end(_: object) -> None:
            turns.release()
            if not job.cancelled():
                # Nothing is wrong with a failure whose caller is gone: an archive that was closed.
                job.exception()

        job.add_done_callback(end)
        await asyncio.wait({job})
        return job.result()

    @callback
    def async_tell(self) -> None:
        """Inform all users that something has changed for all meters."""
        for changed in list(self.users):
            changed()

    async def async_pause(self) -> None:
        """Get everything into the database's own file, and keep that as it is, for a backup.

        Raises:
            ArchiveError: the database failed.
        """
        await self.async_write(Archive.pause)

    async def async_resume(self) -> None:
        """Use the database's own file again."""
        await self.async_write(Archive.resume)
