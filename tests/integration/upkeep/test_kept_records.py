"""The records of a meter that was removed stay, and an administrator is asked what to do."""

from contextlib import closing
from pathlib import Path
import sqlite3
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.lovato_dmed4.archive import Archive, MeterInfo, Source
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.intake.shared_archive import DEFAULT_FILE
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import RestServer, SimulatedMeter
from tests.integration.flows import Browser, issue_ids
from tests.integration.helpers import add_meter
from tests.integration.plugin import ClientSessionGenerator, WebSocketGenerator


@pytest.fixture
def file(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(DEFAULT_FILE))


@pytest.fixture
async def browser(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Browser:
    return await Browser.open(hass, hass_client)


def count(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        (found,) = database.execute("SELECT count(*) FROM dmed4_records").fetchone()
        return int(found)


async def archive_some(entry: Dmed4ConfigEntry, meter: SimulatedMeter, records: int = 2) -> None:
    meter.fill_logbook(records)
    for record in meter.records[-records:]:
        assert await entry.runtime_data.records.async_store(record.encode(), Source.METER)


async def remove(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> str:
    """Remove a meter; return the ID of the question."""
    unique_id = entry.unique_id
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return f"records_kept_{unique_id}"


async def test_they_are_kept_unless_someone_says_otherwise(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    file: Path,
    browser: Browser,
) -> None:
    await archive_some(rest_entry, simulated)
    question = await remove(hass, rest_entry)
    assert issue_ids(hass) == {question}
    assert count(file) == 2

    form = await browser.repair(question)
    assert (form["step_id"], form["errors"]) == ("choice", {})
    assert form["description_placeholders"] == {"meter": rest_entry.title, "records": "2"}
    (field,) = form["data_schema"]
    assert field["default"] == "keep"
    assert (await browser.submit(form, {"records": "keep"}))["type"] == "create_entry"
    assert issue_ids(hass) == set()
    assert count(file) == 2


async def test_they_go_when_that_was_asked_for(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    file: Path,
    browser: Browser,
) -> None:
    await archive_some(rest_entry, simulated)
    form = await browser.repair(await remove(hass, rest_entry))
    assert count(file) == 2
    assert (await browser.submit(form, {"records": "delete"}))["type"] == "create_entry"
    # Nothing is left, the file's log included.
    assert not list(file.parent.glob(f"{file.name}*"))
    assert issue_ids(hass) == set()


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_only_those_of_the_removed_meter_go(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    file: Path,
    browser: Browser,
    *,
    elsewhere: bool,
) -> None:
    """Of a file that another meter uses as well, and of one that the options named."""
    if elsewhere:
        file = file.with_name("elsewhere.db")
        hass.config_entries.async_update_entry(
            rest_entry, options={"database_url": f"sqlite:///{file}"}
        )
        assert await hass.config_entries.async_reload(rest_entry.entry_id)
    await archive_some(rest_entry, simulated)
    with closing(Archive(f"sqlite:///{file}")) as archive:
        archive.open()
        archive.register_meter(MeterInfo(unique_id="other", name="Other"))
    form = await browser.repair(await remove(hass, rest_entry))
    assert (await browser.submit(form, {"records": "delete"}))["type"] == "create_entry"
    assert count(file) == 0
    with closing(Archive(f"sqlite:///{file}")) as archive:
        archive.open()
        assert [meter.unique_id for meter in archive.meters()] == ["other"]


async def test_a_database_that_fails_keeps_them(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    *,
    simulated: SimulatedMeter,
    file: Path,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await archive_some(rest_entry, simulated)
    question = await remove(hass, rest_entry)
    form = await browser.repair(question)
    content = file.read_bytes()  # noqa: ASYNC240 - a test has time
    file.write_bytes(b"no database")  # noqa: ASYNC240 - a test has time
    form = await browser.submit(form, {"records": "delete"})
    assert form["errors"] == {"base": "not_deleted"}
    assert form["description_placeholders"]["records"] == "2"
    assert "Records could not be deleted from the archive: DatabaseError" in caplog.text
    assert issue_ids(hass) == {question}

    file.write_bytes(content)  # noqa: ASYNC240 - a test has time
    assert (await browser.submit(form, {"records": "delete"}))["type"] == "create_entry"
    assert not file.exists()  # noqa: ASYNC240 - a test has time


async def test_a_meter_that_is_set_up_again_keeps_them(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    *,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    file: Path,
    browser: Browser,
) -> None:
    await archive_some(rest_entry, simulated)
    form = await browser.repair(await remove(hass, rest_entry))
    again = await add_meter(hass, rest_server)
    assert issue_ids(hass) == set()
    # The question was open in a browser all the time.
    assert (await browser.submit(form, {"records": "delete"}))["reason"] == "set_up_again"
    assert count(file) == 2
    assert again.runtime_data.records.summary_coordinator.data.records == 2


async def test_nothing_is_asked_where_there_is_nothing(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, file: Path
) -> None:
    await remove(hass, rest_entry)
    assert issue_ids(hass) == set()


async def test_nothing_is_asked_of_a_database_that_fails(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert await hass.config_entries.async_unload(rest_entry.entry_id)
    file.write_bytes(b"no database")  # noqa: ASYNC240 - a test has time
    await remove(hass, rest_entry)
    assert issue_ids(hass) == set()
    assert "whether there are records of it is not known: DatabaseError" in caplog.text


async def test_no_file_is_made_to_look_into_it(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, file: Path
) -> None:
    assert await hass.config_entries.async_unload(rest_entry.entry_id)
    file.unlink()  # noqa: ASYNC240 - a test has time
    await remove(hass, rest_entry)
    assert not file.exists()  # noqa: ASYNC240 - a test has time


async def test_only_administrators_decide(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    *,
    simulated: SimulatedMeter,
    file: Path,
    browser: Browser,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    """And nobody else gets to know where they are, or with which password."""
    url = f"sqlite:///{file.with_name('correct-horse-battery.db')}"
    hass.config_entries.async_update_entry(rest_entry, options={"database_url": url})
    assert await hass.config_entries.async_reload(rest_entry.entry_id)
    file = file.with_name("correct-horse-battery.db")
    await archive_some(rest_entry, simulated)
    question = await remove(hass, rest_entry)
    assert ir.async_get(hass).async_get_issue(DOMAIN, question) is not None
    client = await hass_client(hass_read_only_access_token)
    body: dict[str, Any] = {"handler": DOMAIN, "issue_id": question}
    assert (await client.post("/api/repairs/issues/fix", json=body)).status == 401
    socket = await hass_ws_client(hass, hass_read_only_access_token)
    await socket.send_json_auto_id(
        {"type": "repairs/get_issue_data", "domain": DOMAIN, "issue_id": question}
    )
    assert (await socket.receive_json())["result"] == {"issue_data": None}
    assert count(file) == 2
