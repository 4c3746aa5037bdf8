"""What the demo's meters have behind them when somebody opens it."""

from itertools import pairwise

import pytest

from simulator.past import meter_with_past
from tools.demo.meter import DRIVERS, RUNNING, WEEKS, charges


@pytest.mark.parametrize("seed", [1, 2])
def test_weeks_of_charges_that_do_not_overlap(seed: int) -> None:
    made = list(charges(seed))
    assert made == list(charges(seed))
    assert len(made) > 10 / seed
    assert made[0].hours_ago == 24 * 7 * WEEKS / seed
    for before, after in pairwise(made):
        assert before.hours_ago - before.minutes / 60 > after.hours_ago
    assert {charge.fields["ID"] for charge in made} == {card for card in DRIVERS.values() if card}


def test_all_of_it_is_signed_and_one_is_running() -> None:
    last = list(charges(1))[-3:]
    assert last[-1] is RUNNING
    signing, _ = meter_with_past(1, last)
    reasons = [record.split('"TX":"')[-1][0] for record in signing.records]
    assert reasons == ["B", "E", "B", "E", "B"]
    assert signing.charging
