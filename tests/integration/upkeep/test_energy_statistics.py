"""Signed sessions become statistics: of the right hours, exact, once, and corrected."""

from datetime import UTC, datetime, timedelta
import threading
from typing import Any

from homeassistant.components import recorder
from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.energy.validate import async_validate
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.statistics import (
    list_statistic_ids,
    statistics_during_period,
)
from homeassistant.components.recorder.tasks import ImportStatisticsTask
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from custom_components.lovato_dmed4.upkeep import energy_statistics
from simulator import RestServer, SimulatedMeter
from tests.integration.flows import Browser
from tests.integration.helpers import act, add_entry, add_meter, fingerprint, pass_time, set_up
from tests.integration.plugin import ClientSessionGenerator, async_wait_recording_done
from tests.integration.records import Charge, archive, charge_of

pytestmark = pytest.mark.usefixtures("recorder_mock", "clock_left_alone", "logbook_left_alone")

type Rows = dict[str, tuple[float | None, float | None]]


@pytest.fixture
async def mock_recorder_before_hass(async_test_recorder: object) -> None:
    """Make the recorder's database before Home Assistant."""


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All rows that were handed to the recorder."""
    found: list[str] = []
    write = Recorder.async_import_statistics

    def note(recorder: Recorder, about: Any, rows: Any, table: Any) -> None:
        key = about["statistic_id"].rpartition("_")[2]
        found.extend(f"{key} {row['start']:%m-%d %H}" for row in rows)
        write(recorder, about, rows, table)

    monkeypatch.setattr(Recorder, "async_import_statistics", note)
    return found


async def settle(hass: HomeAssistant) -> None:
    """Let everything that waits a while before it is added up be added up."""
    for _ in range(3):
        await pass_time(hass, 11)
        await async_wait_recording_done(hass)
        await hass.async_block_till_done(wait_background_tasks=True)


async def ids(hass: HomeAssistant) -> dict[str, dict[str, Any]]:
    """Our statistics by the end of their IDs."""
    found = await recorder.get_instance(hass).async_add_executor_job(list_statistic_ids, hass)
    return {
        each["statistic_id"].rpartition("_")[2]: each for each in found if each["source"] == DOMAIN
    }


async def rows(hass: HomeAssistant, key: str) -> Rows:
    """The rows of a statistic: of each hour in UTC, its own value and the sum."""
    about = (await ids(hass)).get(key)
    if about is None:
        return {}
    found = await recorder.get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        datetime(2020, 1, 1, tzinfo=UTC),
        None,
        {about["statistic_id"]},
        "hour",
        None,
        {"state", "sum"},
    )
    return {
        f"{datetime.fromtimestamp(row['start'], UTC):%m-%d %H}": (row["state"], row["sum"])
        for row in found.get(about["statistic_id"], ())
    }


def long_charge(simulated: SimulatedMeter, number: int = 2, **fields: Any) -> list[bytes]:
    """A charge of six hours over the end of summer time, with a reading that is not in the middle."""
    charge = Charge(number=number, key=simulated._private_key, **fields)
    return [
        charge.begin,
        charge.sign("C", 6, imported=18_000, page=1),
        charge.sign("E", 24, imported=24_000, page=2),
    ]


# Summer time ends at 09:00 in UTC: neither this hour nor the one before is missing or there twice.
LONG = {
    "11-02 05": (6.0, 6.0),
    "11-02 06": (12.0, 18.0),
    "11-02 07": (1.333, 19.333),
    "11-02 08": (1.334, 20.667),
    "11-02 09": (1.333, 22.0),
    "11-02 10": (1.333, 23.333),
    "11-02 11": (0.667, 24.0),
}


async def test_sessions_are_spread_over_their_hours(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    written: list[str],
) -> None:
    await archive(rest_entry, long_charge(simulated))
    await settle(hass)
    assert await rows(hass, "imported") == LONG
    assert set(await ids(hass)) == {"imported"}
    about = (await ids(hass))["imported"]
    assert about["statistic_id"] == f"{DOMAIN}:{fingerprint(simulated)[:16]}_imported"
    assert about["name"] == f"{rest_entry.title}: Signed energy imported"
    assert about["has_sum"]
    assert about["mean_type"] == 0
    assert about["unit_class"] == "energy"
    assert about["statistics_unit_of_measurement"] == "kWh"
    # Nothing is written again: not for the same, nor by a Home Assistant that starts again.
    written.clear()
    await archive(rest_entry, long_charge(simulated))
    assert await hass.config_entries.async_reload(rest_entry.entry_id)
    await settle(hass)
    assert not written


async def test_a_later_session_changes_no_earlier_row(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    written: list[str],
) -> None:
    await archive(rest_entry, long_charge(simulated))
    await settle(hass)
    written.clear()
    await archive(rest_entry, charge_of(simulated, 4).records)
    await settle(hass)
    assert written == ["imported 11-04 05"]
    assert await rows(hass, "imported") == LONG | {"11-04 05": (2.0, 26.0)}
    # One of between, which came late: from its hour on, and no row before it.
    written.clear()
    await archive(rest_entry, charge_of(simulated, 3).records)
    await settle(hass)
    assert written == ["imported 11-03 05", "imported 11-04 05"]
    assert await rows(hass, "imported") == LONG | {
        "11-03 05": (2.0, 26.0),
        "11-04 05": (2.0, 28.0),
    }


async def test_a_session_that_may_not_be_billed_counts_nothing(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    begin, between, end = long_charge(simulated)
    await archive(rest_entry, [begin, between])
    await archive(rest_entry, charge_of(simulated, 4).records)
    await settle(hass)
    # It is still running, as far as anyone knows.
    assert await rows(hass, "imported") == {"11-04 05": (2.0, 2.0)}
    await archive(rest_entry, [end])
    await settle(hass)
    assert await rows(hass, "imported") == LONG | {"11-04 05": (2.0, 26.0)}
    # A record turns up that somebody has changed: the session is no evidence any more.
    await archive(rest_entry, [end.replace(b"24.000", b"25.000")])
    await settle(hass)
    assert await rows(hass, "imported") == {
        **dict.fromkeys(LONG, (0.0, 0.0)),
        "11-04 05": (2.0, 2.0),
    }


async def test_nothing_is_read_while_something_is_being_written(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A recorder that takes its time: the sum goes on from rows that are there, not from those before."""
    reading, read_early = threading.Event(), []
    write, read = ImportStatisticsTask.run, energy_statistics._read

    def slowly(task: ImportStatisticsTask, recorder: Recorder) -> None:
        reading.clear()
        read_early.append(reading.wait(0.2))
        write(task, recorder)

    def note(*of: Any) -> Any:
        reading.set()
        return read(*of)

    monkeypatch.setattr(ImportStatisticsTask, "run", slowly)
    monkeypatch.setattr(energy_statistics, "_read", note)
    await archive(rest_entry, long_charge(simulated, exported=500))
    await settle(hass)
    assert read_early == [False, False]


async def test_the_cost_follows_the_prices(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    await archive(rest_entry, long_charge(simulated, exported=500))
    await settle(hass)
    assert await rows(hass, "exported") == {
        "11-02 05": (1.0, 1.0),
        **{f"11-02 {5 + hour:02}": (2.0, 1.0 + 2 * hour) for hour in range(1, 6)},
        "11-02 11": (1.0, 12.0),
    }
    assert not await rows(hass, "cost")
    await act_on_prices(hass, "save_price", since="2025-01-01", energy="0.50", exported="0.10")
    assert (await ids(hass))["cost"]["statistics_unit_of_measurement"] == hass.config.currency
    assert (await ids(hass))["cost"]["unit_class"] is None
    # 24 kWh at 0.50 less 12 kWh at 0.10: 10.80, in the proportions of the energy.
    costs = await rows(hass, "cost")
    assert costs["11-02 05"] == (2.7, 2.7)
    assert costs["11-02 06"] == (5.4, 8.1)
    assert costs["11-02 11"] == (0.3, 10.8)
    # Rates that were stored with a session stay, until they are replaced.
    await act_on_prices(hass, "save_price", since="2025-06-01", energy="1.00")
    await act_on_prices(hass, "apply_prices")
    assert (await rows(hass, "cost"))["11-02 11"] == (0.67, 24.0)
    await hass.config.async_update(currency="CHF")
    assert await hass.config_entries.async_reload(rest_entry.entry_id)
    await settle(hass)
    # Money of another currency is not added to it.
    assert (await ids(hass))["cost"]["statistics_unit_of_measurement"] == "CHF"
    assert (await rows(hass, "cost"))["11-02 11"] == (0.0, 0.0)


async def act_on_prices(hass: HomeAssistant, action: str, **fields: Any) -> None:
    await hass.services.async_call(
        DOMAIN, action, fields, blocking=True, return_response=action == "apply_prices"
    )
    await settle(hass)


async def test_a_meter_with_a_wrong_clock(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """What claims to be of the future counts in the hour it arrived."""
    far = Charge(number=365 * 70, key=simulated._private_key)
    await archive(rest_entry, [far.begin, far.end])
    await settle(hass)
    ((hour, row),) = (await rows(hass, "imported")).items()
    assert row == (2.0, 2.0)
    now = datetime.now(UTC)
    assert hour in {f"{now:%m-%d %H}", f"{now - timedelta(hours=1):%m-%d %H}"}


@pytest.mark.parametrize("delete", [False, True])
async def test_a_meter_that_is_removed(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    *,
    delete: bool,
) -> None:
    """Statistics stay as long as the records, and belong to the meter when it comes back."""
    entry = add_entry(hass, rest_server, fingerprint(simulated))
    assert await set_up(hass, entry)
    await archive(entry, long_charge(simulated))
    await settle(hass)
    before = await ids(hass)
    assert before
    await hass.config_entries.async_remove(entry.entry_id)
    await settle(hass)
    assert await ids(hass) == before
    if delete:
        browser = await Browser.open(hass, hass_client)
        form = await browser.repair(f"records_kept_{entry.unique_id}")
        await browser.submit(form, {"records": "delete"})
        await settle(hass)
    assert await ids(hass) == ({} if delete else before)
    again = await add_meter(hass, rest_server)
    if delete:
        await archive(again, long_charge(simulated))
    await settle(hass)
    assert await rows(hass, "imported") == LONG
    assert set(await ids(hass)) == {"imported"}


async def test_the_energy_dashboard_takes_them(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    assert await async_setup_component(hass, "energy", {})
    await archive(rest_entry, long_charge(simulated))
    await act_on_prices(hass, "save_price", since="2025-01-01", energy="0.50")
    found = {key: about["statistic_id"] for key, about in (await ids(hass)).items()}
    manager = await async_get_manager(hass)
    source: Any = {
        "type": "grid",
        "stat_energy_from": found["imported"],
        "stat_cost": found["cost"],
        "cost_adjustment_day": 0,
    }
    await manager.async_update(
        {
            "energy_sources": [source],
            "device_consumption": [{"stat_consumption": found["imported"]}],
        }
    )
    assert manager.data is not None
    assert (await async_validate(hass)).as_dict() == {
        "energy_sources": [[]],
        "device_consumption": [[]],
        "device_consumption_water": [],
    }


async def test_no_name_is_in_a_statistic(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    recorder_mock: Recorder,
) -> None:
    await act(
        hass,
        rest_entry,
        "save_driver",
        name="Ada Lovelace",
        identifications=[{"value": "04A2B3C4"}],
    )
    await archive(rest_entry, long_charge(simulated))
    await settle(hass)
    assert "Lovelace" not in str(await ids(hass))
    assert "04A2B3C4" not in str(await ids(hass))
