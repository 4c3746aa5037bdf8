"""Names are personal data: they are nowhere but in the archive, and in what an administrator asks for."""

from collections.abc import Iterator
from contextlib import closing
import json
import logging
from pathlib import Path
import sqlite3
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.components.recorder import Recorder
from homeassistant.const import MATCH_ALL
from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.lovato_dmed4.archive import SessionQuery
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.intake.shared_archive import DEFAULT_FILE
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import SimulatedMeter

from .helpers import act, device_id, pass_time, press, set_sample
from .plugin import (
    ClientSessionGenerator,
    WebSocketGenerator,
    async_wait_recording_done,
    get_diagnostics_for_config_entry,
    get_system_health_info,
)
from .records import archive, charge_of, tampered

pytestmark = pytest.mark.usefixtures("recorder_mock", "clock_left_alone", "logbook_left_alone")

# What is known of a driver. All but the identification is looked for everywhere.
NAME, ADDRESS, EMAIL, NOTE = "Ada Lovelace", "Via Segreta 7", "ada@secret.example", "Owes a cake"
CARD = "04A1B2C3D4"
PERSONAL = (NAME, ADDRESS, EMAIL, NOTE)


@pytest.fixture
async def mock_recorder_before_hass(async_test_recorder: object) -> None:
    """Make the recorder's database before Home Assistant."""


@pytest.fixture
def events(hass: HomeAssistant) -> list[Event]:
    """All that is on the bus."""
    found: list[Event] = []

    @callback
    def note(event: Event) -> None:
        found.append(event)

    hass.bus.async_listen(MATCH_ALL, note)
    return found


async def live(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    hass_ws_client: WebSocketGenerator,
    *,
    folder: Path,
    admin: Context,
) -> None:
    """All that happens with a driver: named in the panel, charging, billed, exported, looked at."""
    client = await hass_ws_client(hass)

    async def ask(command: str, **fields: Any) -> Any:
        await client.send_json_auto_id({"type": f"{DOMAIN}/{command}", **fields})
        answer = await client.receive_json()
        assert answer["success"], answer
        return answer["result"]

    await ask(
        "drivers/save",
        name=NAME,
        address=ADDRESS,
        email=EMAIL,
        note=NOTE,
        person="person.ada",
        identifications=[{"value": CARD}],
    )
    await ask("prices/save", since="2025-01-01", energy="0.50", driver_id=1)
    # The begin by driver, an end; one from the logbook, and one that is not as it was signed.
    await act(hass, entry, "start_charge_cycle", admin, driver_id=1)
    set_sample(simulated, cycle_imported=12_345)
    await pass_time(hass)
    await press(hass, entry, "read", admin)
    await press(hass, entry, "end", admin)
    await archive(entry, charge_of(simulated, 2, ID=CARD).records)
    await archive(entry, [tampered(charge_of(simulated, 1, ID=CARD).end)])
    for _ in range(3):
        await pass_time(hass, 61)
    assert (await act(hass, entry, "get_session", admin, session_id=1))["driver"] == NAME
    for form in ("pdf", "xlsx"):
        target = str(folder / f"statement.{form}")
        await act(hass, entry, "create_statement", admin, filename=target, format=form)
    for form in ("zip", "csv", "ocpi"):
        target = str(folder / f"export.{'json' if form == 'ocpi' else form}")
        await act(hass, entry, "export_records", admin, filename=target, format=form)
    assert NAME in (folder / "export.csv").read_text(encoding="utf-8-sig")
    # What fails as well.
    with pytest.raises(ServiceValidationError):
        await act(hass, entry, "delete_driver", admin, driver_id=99)
    await hass.async_block_till_done(wait_background_tasks=True)
    await async_wait_recording_done(hass)


async def test_no_name_is_anywhere_else(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    events: list[Event],
    caplog: pytest.LogCaptureFixture,
    *,
    recorder_mock: Recorder,
    hass_ws_client: WebSocketGenerator,
    hass_client: ClientSessionGenerator,
    hass_storage: dict[str, Any],
    tmp_path: Path,
    admin: Context,
) -> None:
    # Before anyone has connected.
    for component in ("diagnostics", "system_health"):
        assert await async_setup_component(hass, component, {})
    logging.getLogger(f"custom_components.{DOMAIN}").setLevel(logging.DEBUG)
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    hass.states.async_set("person.ada", "home", {"user_id": admin.user_id})
    await live(hass, rest_entry, simulated, hass_ws_client, folder=tmp_path, admin=admin)
    places: dict[str, object] = {
        "states": [state.as_dict() for state in hass.states.async_all()],
        "events": [event.as_dict() for event in events],
        "log": list(_log(caplog)),
        "diagnostics": await get_diagnostics_for_config_entry(hass, hass_client, rest_entry),
        "system health": await get_system_health_info(hass, DOMAIN),
        "entry": [dict(rest_entry.data), dict(rest_entry.options), rest_entry.title],
        "entities": [str(entity) for entity in er.async_get(hass).entities.values()],
        "devices": [
            str(device)
            for device in dr.async_entries_for_config_entry(dr.async_get(hass), rest_entry.entry_id)
        ],
        "repairs": [issue.to_json() for issue in ir.async_get(hass).issues.values()],
        "notifications": persistent_notification._async_get_or_create_notifications(hass),
        "stored files": hass_storage,
        "recorder": await recorder_mock.async_add_executor_job(_recorded, recorder_mock),
    }
    for place, content in places.items():
        text = json.dumps(content, default=str, ensure_ascii=False)
        assert len(text) > 2 or place == "notifications", place
        for secret in PERSONAL:
            assert secret not in text, (place, secret)
    # Nor is what a few known cards could be tried against: the digest of a record tells who charged.
    records = rest_entry.runtime_data.records
    page = await records.async_run(lambda archive: list(archive.each_session(SessionQuery())))
    digests = [record.digest for session in page for record in session.records]
    assert len(digests) >= 6
    for place in ("states", "events", "log", "repairs", "recorder"):
        content = json.dumps(places[place], default=str)
        assert not any(digest in content for digest in digests), place
    # Who charged is in no state either, by whatever number.
    for place in ("states", "log", "diagnostics", "system health", "repairs"):
        assert CARD not in json.dumps(places[place], default=str), place


def _log(caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    """All that we say, and all of the others that is more than for finding errors in them."""
    for record in caplog.records:
        ours = record.name.startswith("custom_components")
        if ours or record.levelno >= logging.INFO:
            yield record.getMessage()


def _recorded(instance: Recorder) -> list[str]:
    """Read the whole database of the recorder."""
    assert instance.engine is not None
    with instance.engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        return [
            str(tuple(row))
            for (table,) in tables.all()
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')  # noqa: S608
        ]


async def test_a_deleted_driver_is_gone(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    hass_ws_client: WebSocketGenerator,
    tmp_path: Path,
    *,
    admin: Context,
) -> None:
    """Also out of the file, where what a database deletes would be readable for long; records stay."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    await live(hass, rest_entry, simulated, hass_ws_client, folder=tmp_path, admin=admin)
    await act(hass, rest_entry, "delete_driver", admin, driver_id=1)
    assert (await act(hass, rest_entry, "get_session", admin, session_id=1))["driver"] is None
    assert await hass.config_entries.async_unload(rest_entry.entry_id)
    file = Path(hass.config.path(DEFAULT_FILE))
    with closing(sqlite3.connect(file)) as database:
        dump = "\n".join(database.iterdump())
    content = b"".join(
        part.read_bytes() for part in file.parent.glob(f"{file.name}*") if part.is_file()
    )
    for secret in PERSONAL:
        assert secret not in dump
        assert secret.encode() not in content, secret
    assert CARD.encode() in content
    assert device_id(hass, rest_entry)
