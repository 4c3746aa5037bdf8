"""Home Assistant's own backup, with the archive in it, made while records go on being stored."""

import asyncio
from contextlib import closing
from pathlib import Path
import sqlite3
import tarfile

from homeassistant.components.backup import DOMAIN as BACKUP, async_get_manager
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.lovato_dmed4 import backup
from custom_components.lovato_dmed4.archive import Source
from custom_components.lovato_dmed4.intake.shared_archive import DEFAULT_FILE
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import RestServer, SimulatedMeter

from .helpers import add_entry, complaints, fingerprint, set_up

RECORDS = 40


@pytest.fixture
def signed(simulated: SimulatedMeter) -> list[bytes]:
    simulated.fill_logbook(RECORDS)
    return [record.encode() for record in simulated.records]


@pytest.fixture
def file(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(DEFAULT_FILE))


def archived(file: Path) -> list[bytes]:
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [raw for (raw,) in database.execute("SELECT raw FROM dmed4_records ORDER BY id")]


def restore(backups: Path, target: Path) -> None:
    """Unpack the one backup that there is."""
    (found,) = backups.glob("*.tar")
    with tarfile.open(found) as outer:
        inner = outer.extractfile("homeassistant.tar.gz")
        with tarfile.open(fileobj=inner) as core:
            core.extractall(target, filter="data")


async def test_backup_during_stores(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    signed: list[bytes],
    file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    assert await async_setup_component(hass, BACKUP, {})
    await hass.async_block_till_done()
    keeper = rest_entry.runtime_data.records
    half = RECORDS // 2
    for raw in signed[:half]:
        await keeper.async_store(raw, Source.METER)

    async def go_on() -> None:
        for raw in signed[half:]:
            assert await keeper.async_store(raw, Source.METER)
            await asyncio.sleep(0.005)

    stores = hass.async_create_task(go_on())
    await async_get_manager(hass).async_create_backup(
        agent_ids=["backup.local"],
        include_addons=None,
        include_all_addons=False,
        include_database=False,
        include_folders=None,
        include_homeassistant=True,
        name="test",
        password=None,
    )
    await stores
    target = tmp_path_factory.mktemp("restored")
    await hass.async_add_executor_job(restore, Path(hass.config.path("backups")), target)
    restored = archived(target / "data" / DEFAULT_FILE)
    assert restored[:half] == signed[:half]
    assert restored == signed[: len(restored)]
    # The archive itself has all of them, and its log is written into its file again.
    assert archived(file) == signed
    await hass.config_entries.async_unload(rest_entry.entry_id)
    assert not file.with_name(f"{file.name}-wal").exists()


async def test_nothing_is_written_into_the_file(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, signed: list[bytes], file: Path
) -> None:
    keeper = rest_entry.runtime_data.records
    await keeper.async_store(signed[0], Source.METER)
    await backup.async_pre_backup(hass)
    before = file.read_bytes()  # noqa: ASYNC240 - a test has time
    for raw in signed:
        assert await keeper.async_store(raw, Source.METER)
    assert file.read_bytes() == before  # noqa: ASYNC240
    await backup.async_post_backup(hass)
    assert await hass.config_entries.async_unload(rest_entry.entry_id)
    assert file.read_bytes() != before  # noqa: ASYNC240
    assert archived(file) == signed


async def test_backup_without_the_archive(
    hass: HomeAssistant,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Everything else is backed up nevertheless."""
    file.mkdir()  # noqa: ASYNC240 - a test has time
    entry = add_entry(hass, rest_server, fingerprint(simulated))
    assert await set_up(hass, entry)
    caplog.clear()
    await backup.async_pre_backup(hass)
    await backup.async_post_backup(hass)
    assert "may lack the latest records" in complaints(caplog)[0]

    file.rmdir()  # noqa: ASYNC240
    assert await hass.config_entries.async_reload(entry.entry_id)
    caplog.clear()
    await backup.async_pre_backup(hass)
    await backup.async_post_backup(hass)
    assert not complaints(caplog)
