"""Which database the records are kept in: tried before it is taken, its password told to nobody."""

from contextlib import closing
import logging
from pathlib import Path
import sqlite3

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from sqlalchemy import URL

from custom_components.lovato_dmed4.archive import Archive, Source
from custom_components.lovato_dmed4.intake.shared_archive import (
    DEFAULT_FILE,
    async_archives,
    database_error,
)
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import SimulatedMeter
from tests.databases import empty, own_database
from tests.integration.helpers import pass_time, state_of, unused_port
from tests.integration.test_options_flow import open_options, submit

PASSWORD = "correct-horse-battery"


@pytest.fixture
def file(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(DEFAULT_FILE))


@pytest.fixture
def server(socket_enabled: None) -> URL:
    url = own_database("postgresql", "options")
    empty(url)
    return url


def count(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        (found,) = database.execute("SELECT count(*) FROM dmed4_records").fetchone()
        return int(found)


async def store_last(entry: Dmed4ConfigEntry, meter: SimulatedMeter) -> None:
    meter.fill_logbook(1)
    assert await entry.runtime_data.records.async_store(meter.records[-1].encode(), Source.METER)


async def test_a_file_by_default(
    rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, file: Path
) -> None:
    await store_last(rest_entry, simulated)
    assert count(file) == 1


@pytest.mark.usefixtures("logbook_left_alone")
async def test_another_file_and_back(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, file: Path
) -> None:
    await store_last(rest_entry, simulated)
    other = file.with_name("elsewhere.db")
    result = await submit(
        hass, await open_options(hass, rest_entry), {"database_url": f" sqlite:///{other} "}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert rest_entry.options["database_url"] == f"sqlite:///{other}"
    assert len(async_archives(hass)) == 1
    await store_last(rest_entry, simulated)
    await store_last(rest_entry, simulated)
    # What was in the old one stays there.
    assert (count(file), count(other)) == (1, 2)

    result = await submit(hass, await open_options(hass, rest_entry), {"database_url": " "})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "database_url" not in rest_entry.options
    assert rest_entry.runtime_data.records.summary_coordinator.data.records == 1


WRONG = {
    "no url": (PASSWORD, "database_url_invalid"),
    "no port": (f"postgresql://user:{PASSWORD}@localhost:port/db", "database_url_invalid"),
    "no such kind": (f"paper://user:{PASSWORD}@localhost/db", "database_driver_missing"),
    "no driver": (f"oracle+cx_oracle://user:{PASSWORD}@localhost/db", "database_driver_missing"),
    "in memory": ("sqlite://", "database_failed"),
    "no folder": (f"sqlite:////nowhere/{PASSWORD}.db", "database_failed"),
}


async def test_wrong_database(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    caplog: pytest.LogCaptureFixture,
    subtests: pytest.Subtests,
) -> None:
    caplog.set_level(logging.DEBUG)
    before = rest_entry.runtime_data
    flow_id = await open_options(hass, rest_entry)
    for name, (url, error) in WRONG.items():
        with subtests.test(name):
            caplog.clear()
            form = await submit(hass, flow_id, {"database_url": url})
            assert form["errors"] == {"archive": error}
            assert ("cannot be used" in caplog.text) is (error == "database_failed")
            assert PASSWORD not in str(form)
            assert PASSWORD not in caplog.text
            assert rest_entry.runtime_data is before

    result = await submit(hass, flow_id, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert state_of(rest_entry) is ConfigEntryState.LOADED
    assert rest_entry.runtime_data.records.available


async def test_server(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    server: URL,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One that does not answer, one that does not know the user, and then the right one."""
    flow_id = await open_options(hass, rest_entry)
    with unused_port() as port:
        away = server.set(port=port).render_as_string(hide_password=False)
        form = await submit(hass, flow_id, {"database_url": away})
    assert form["errors"] == {"archive": "database_failed"}
    wrong = server.set(password=PASSWORD).render_as_string(hide_password=False)
    form = await submit(hass, flow_id, {"database_url": wrong})
    assert form["errors"] == {"archive": "database_failed"}
    assert "password authentication failed" in caplog.text
    assert PASSWORD not in caplog.text
    right = server.render_as_string(hide_password=False)
    result = await submit(hass, flow_id, {"database_url": right})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await store_last(rest_entry, simulated)
    assert rest_entry.runtime_data.records.available
    await hass.config_entries.async_unload(rest_entry.entry_id)
    archive = Archive(right)
    archive.open()
    record = archive.record(1)
    archive.close()
    assert record is not None
    assert record.raw == simulated.records[-1].encode()


async def test_other_options_while_the_database_is_away(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, file: Path
) -> None:
    """What is not changed is not tried again."""
    folder = file.with_name("share")
    folder.mkdir()
    url = f"sqlite:///{folder}/records.db"
    await submit(hass, await open_options(hass, rest_entry), {"database_url": url})
    folder.rename(file.with_name("unplugged"))
    result = await submit(
        hass, await open_options(hass, rest_entry), {"database_url": url, "interval_idle": 30}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert rest_entry.options["interval_idle"] == 30
    assert not rest_entry.runtime_data.records.available

    file.with_name("unplugged").rename(folder)
    # It is tried again after a pause, which each failure makes longer.
    while not rest_entry.runtime_data.records.available:
        await pass_time(hass, 10)


async def test_wrong_texts_are_told_before_a_database_is_tried(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry
) -> None:
    flow_id = await open_options(hass, rest_entry)
    form = await submit(hass, flow_id, {"tariff_text": "|", "database_url": "sqlite://"})
    assert form["errors"] == {"charging": "tariff_text_characters"}
    form = await submit(hass, flow_id, {"tariff_text": "", "database_url": "sqlite://"})
    assert form["errors"] == {"archive": "database_failed"}
    result = await submit(hass, flow_id, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY


def test_a_database_that_is_all_right(tmp_path: Path) -> None:
    assert database_error(f"sqlite:///{tmp_path / 'records.db'}") is None
    assert (tmp_path / "records.db").exists()
