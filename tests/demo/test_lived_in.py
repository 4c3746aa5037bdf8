"""What the demo's meters have behind them when somebody opens it."""

import asyncio
from itertools import pairwise

import pytest

from simulator import Command, SimulatedMeter
from simulator.past import meter_with_past
from tools.demo import meter
from tools.demo.meter import DRIVERS, WEEKS, charge_now, charges


@pytest.mark.parametrize("seed", [1, 2])
def test_weeks_of_charges_that_do_not_overlap(seed: int) -> None:
    made = list(charges(seed))
    assert made == list(charges(seed))
    assert len(made) > 10 / seed
    assert made[0].hours_ago == 24 * 7 * WEEKS / seed
    for before, after in pairwise(made):
        assert before.hours_ago - before.minutes / 60 > after.hours_ago
    assert made[-1].hours_ago > made[-1].minutes / 60
    assert {charge.fields["ID"] for charge in made} == {card for card in DRIVERS.values() if card}


def test_all_of_it_is_signed() -> None:
    signing, _ = meter_with_past(1, list(charges(1))[-3:])
    assert [record.split('"TX":"')[-1][0] for record in signing.records] == ["B", "E"] * 3


async def test_one_is_charging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter, "_CHECKING", 0)
    charging = SimulatedMeter(seed=1, signing_time=0, checking_time=0)
    await asyncio.wait_for(charge_now(charging), 10)
    assert charging.charging
    assert charging.last_command == ord(Command.BEGIN.value)
