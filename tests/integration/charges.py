"""What the tests of charges share: a link that can be cut, a sudden end, and what is left then."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.lovato_dmed4.archive import Archive, SessionDetail, SessionQuery
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import SimulatedMeter
from tests.dmed4.helpers import Fate, Proxy

from .helpers import Server, add_usual_meter

type News = list[tuple[str, dict[str, Any]]]


class Cut:
    """Lets requests pass up to one that is recognised; from that on nothing passes.

    Attributes:
        reached: Is set when the request has come.
    """

    def __init__(self, recognise: Callable[[bytes], bool], *, arrives: bool = False) -> None:
        self._recognise = recognise
        self._arrives = arrives
        self.reached = asyncio.Event()

    def __call__(self, request: bytes) -> Fate:
        if self.reached.is_set():
            return Fate.HANG
        if not self._recognise(request):
            return Fate.PASS
        self.reached.set()
        return Fate.LOSE_ANSWER if self._arrives else Fate.HANG


def passes(_: bytes) -> Fate:
    """Let everything through again."""
    return Fate.PASS


@asynccontextmanager
async def meter_behind_proxy(
    hass: HomeAssistant, server: Server, meter: SimulatedMeter
) -> AsyncIterator[tuple[Dmed4ConfigEntry, Proxy]]:
    """Set the usual meter up behind a link that can be cut."""
    async with Proxy(server.port) as proxy:
        entry = await add_usual_meter(hass, server, meter, port=proxy.port)
        yield entry, proxy
        proxy.decide = passes
        assert await hass.config_entries.async_unload(entry.entry_id)


def storage_file(hass: HomeAssistant, entry: ConfigEntry) -> Path:
    """Where the open charge is remembered."""
    return Path(hass.config.path(".storage", f"lovato_dmed4.charge.{entry.entry_id}"))


def remembered(hass: HomeAssistant, entry: ConfigEntry) -> dict[str, Any] | None:
    """What is on disk of the open charge, besides whose it is."""
    path = storage_file(hass, entry)
    if not path.is_file():
        return None
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["data"]
    return {key: value for key, value in data.items() if key != "meter"}


def phase_on_disk(hass: HomeAssistant, entry: ConfigEntry) -> str | None:
    data = remembered(hass, entry)
    return None if data is None or data["charge"] is None else data["charge"]["phase"]


async def sessions(entry: Dmed4ConfigEntry) -> list[SessionDetail]:
    """All charge sessions in the archive, the oldest first."""

    def read(archive: Archive) -> list[SessionDetail]:
        return list(archive.each_session(SessionQuery()))

    return await entry.runtime_data.records.async_run(read)


async def assert_all_archived(entry: Dmed4ConfigEntry, simulated: SimulatedMeter) -> None:
    """Every record that the meter signed is in the archive, exactly once."""
    archived = [record.raw.decode() for each in await sessions(entry) for record in each.records]
    assert sorted(archived) == sorted(simulated.records)
    summary = entry.runtime_data.records.summary_coordinator
    await summary.async_refresh()
    assert summary.data.records == len(archived)


def never(*_: object, **__: object) -> None:
    """Do nothing any more."""


async def forgets(*_: object) -> None:
    """Save nothing."""


async def never_ends(*_: object, **__: object) -> None:
    await asyncio.Event().wait()


async def kill(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, step: asyncio.Task[Any] | None
) -> None:
    """End the work on a meter as a killed Home Assistant does: nothing happens after this moment."""
    data = entry.runtime_data
    with pytest.MonkeyPatch.context() as dead:
        for name in ("_compare_with_meter", "_report", "_archive_ends_soon"):
            dead.setattr(data.charge, name, never)
        dead.setattr(data.charge._store, "async_save", forgets)
        dead.setattr(data.charge._store, "async_delay_save", never)
        dead.setattr(data.records, "async_store", never_ends)
        dead.setattr(data.sync, "async_request", never)
        before = remembered(hass, entry)
        if step is not None:
            step.cancel()
        steps = set(data.charge._steps)
        for task in steps:
            task.cancel()
        await asyncio.gather(*steps, return_exceptions=True)
        assert await hass.config_entries.async_unload(entry.entry_id)
        assert remembered(hass, entry) == before
