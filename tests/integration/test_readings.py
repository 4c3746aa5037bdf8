"""Meters that follow other readings of the manual than ours, from setting them up to their archive.

Each round takes another reading of every open place at once; one place at a time is tested below
Home Assistant, in `tests/dmed4/test_readings.py`.
"""

from datetime import datetime, tzinfo
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.lovato_dmed4.archive import Outcome, SessionVerdict
from custom_components.lovato_dmed4.const import CONF_PROTOTYPE_FORM
from custom_components.lovato_dmed4.dmed4 import charge_cycle, logbook
from custom_components.lovato_dmed4.dmed4.prototype import DEFAULT_FORM, PrototypeForm
from custom_components.lovato_dmed4.dmed4.record_text import payload_digest
from custom_components.lovato_dmed4.dmed4.watch import Timing
from custom_components.lovato_dmed4.ocmf import Verdict
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import OPEN_PLACES, ManualClock, SimulatedMeter

from .charges import phase_on_disk, sessions
from .helpers import Server, act, add_meter, fail_power, number, pass_time, value

# What can be noticed in a charge, its records and the logbook.
NAMES = list(OPEN_PLACES)
PLACES = [OPEN_PLACES[name] for name in NAMES[: NAMES.index("names")]]
MOST = max(len(place.readings) for place in PLACES)

CHARGE: dict[str, Any] = {
    "identification_type": "ISO14443",
    "identification_level": "TRUSTED",
    "identification_data": "04A2B3C4",
    "tariff_text": "0.45 EUR/kWh",
}


def readings_of(round_: int) -> dict[str, str]:
    """Take another reading of each open place in each round, the last one where there are no more."""
    return {
        place.name: list(place.readings)[min(round_, len(place.readings) - 1)] for place in PLACES
    }


async def assert_archived(entry: Dmed4ConfigEntry, simulated: SimulatedMeter) -> None:
    """All that the meter has signed is in the archive once, with a signature that fits."""
    records = [record for each in await sessions(entry) for record in each.records]
    archived = [payload_digest(record.raw) for record in records]
    assert sorted(archived) == sorted(payload_digest(text.encode()) for text in simulated.records)
    assert {record.verdict for record in records} == {Verdict.VALID}


async def settle(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
    """Let what follows a step come to its end."""
    for _ in range(2):
        await pass_time(hass)
    await entry.runtime_data.sync.async_run()
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.parametrize(
    "meter_settings",
    [{"readings": readings_of(round_)} for round_ in range(MOST)],
    ids=[f"round {round_}" for round_ in range(MOST)],
)
async def test_a_meter_of_other_readings(
    hass: HomeAssistant,
    server: Server,
    simulated: SimulatedMeter,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logbook, "_STEADY_SECONDS", 0.1)

    class Now(datetime):
        """Home Assistant's time is the meter's, which does not jump back from charge to charge."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.fromtimestamp(clock.now(), tz)

    monkeypatch.setattr(charge_cycle, "datetime", Now)
    entry = await add_meter(hass, server)
    cycle = entry.runtime_data.cycle
    monkeypatch.setattr(cycle.watch, "timing", Timing(poll=0.01, step=3, command=3))

    await act(hass, entry, "start_charge_cycle", **CHARGE)
    clock.advance(60)
    await settle(hass, entry)
    assert number(hass, entry, "voltage") == pytest.approx(simulated.physics.slow.voltage / 100)
    assert value(hass, entry, "charging") == "on"
    await act(hass, entry, "read_charge_cycle")
    clock.advance(60)
    await act(hass, entry, "end_charge_cycle")
    await settle(hass, entry)
    await assert_archived(entry, simulated)
    (session,) = await sessions(entry)
    assert (session.session.outcome, session.session.verdict) == (
        Outcome.ENDED,
        SessionVerdict.VALID,
    )
    assert session.session.identification == CHARGE["identification_data"]

    # What the first charge has found out is kept.
    form = PrototypeForm.parse(entry.data[CONF_PROTOTYPE_FORM])
    assert form == cycle.preparation.form
    assert (form == DEFAULT_FORM) is (simulated.readings["prototype_container"] == "bare")

    clock.advance(60)
    await act(hass, entry, "start_charge_cycle", **CHARGE)
    clock.advance(60)
    await fail_power(simulated)
    await settle(hass, entry)
    if simulated.measurement_status:
        await act(hass, entry, "end_charge_cycle")
        await settle(hass, entry)
    assert phase_on_disk(hass, entry) is None
    await assert_archived(entry, simulated)
    found = [session.session for session in await sessions(entry)]
    assert len(found) == 2
    assert found[-1].outcome is Outcome.POWER_FAILURE
    assert found[-1].verdict is SessionVerdict.VALID
