"""The scale of the REST measures, which the manual's print has lost."""

import pytest

from custom_components.lovato_dmed4.dmed4.model import Measures
from custom_components.lovato_dmed4.dmed4.scale import MeasureScale, alternatives, deviation, scaled

MANUAL = MeasureScale()

# 400 V, 125 A, 50 kW by the scale that is taken from the Modbus table.
RIGHT = Measures(voltage=400.0, current=125.0, power=50.0)


def test_values_that_agree_do_not_deviate() -> None:
    assert deviation(RIGHT, MANUAL) == 0
    assert deviation(Measures(voltage=400.0, current=125.0, power=-49.0), MANUAL) == 0


@pytest.mark.parametrize(
    ("measures", "power_of_ten"),
    [
        (Measures(voltage=40.0, current=125.0, power=50.0), -1),
        (Measures(voltage=400.0, current=12500.0, power=-50.0), 2),
        (Measures(voltage=400.0, current=125.0, power=50000.0), -3),
    ],
)
def test_values_that_are_powers_of_ten_apart_do(measures: Measures, power_of_ten: int) -> None:
    assert deviation(measures, MANUAL) == power_of_ten


@pytest.mark.parametrize(
    "measures",
    [
        Measures(),
        Measures(voltage=400.0, current=125.0),
        Measures(voltage=400.0, current=0.0, power=0.0),
        Measures(voltage=400.0, current=0.005, power=0.002),  # too few counts
        Measures(voltage=400.0, current=125.0, power=150.0),  # no power of ten
    ],
)
def test_what_can_t_tell_says_nothing(measures: Measures) -> None:
    assert deviation(measures, MANUAL) is None


def test_alternatives_agree_and_the_likeliest_come_first() -> None:
    measures = Measures(voltage=40.0, current=125.0, power=50.0)
    found = alternatives(measures, MANUAL)
    # Those of 400 V, the least changed first; 40 V and 4 V are no charger's.
    assert found[0] == MeasureScale(voltage=1)
    usual = [scaled(measures, MANUAL, scale)[0] == 400 for scale in found]
    assert usual == sorted(usual, reverse=True)
    assert {MeasureScale(current=3), MeasureScale(power=4)} < set(found)
    assert scaled(measures, MANUAL, MeasureScale(voltage=1)) == (400.0, 125.0, 50.0)
    for scale in found:
        voltage, current, power = scaled(measures, MANUAL, scale)
        assert voltage * current / 1000 == pytest.approx(power)
        assert 10 <= voltage <= 1500
        assert 0 < current <= 2000


def test_without_values_there_is_nothing_to_offer() -> None:
    assert alternatives(Measures(), MANUAL) == []
    assert scaled(Measures(), MANUAL, MANUAL) == ()
    assert alternatives(Measures(voltage=400.0, current=1.0, power=0.0), MANUAL) == []
