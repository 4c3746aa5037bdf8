"""Each thing that a meter does otherwise is said once, in plain words: none is passed over in silence.

Most of it is tried where whole meters follow a reading (tests/integration/test_readings.py); the rest
is here.
"""

from collections.abc import Callable
import json
import logging

import pytest

from custom_components.lovato_dmed4.dmed4.charge_cycle import ChargeCycle
from custom_components.lovato_dmed4.dmed4.errors import UnexpectedAnswerError
from custom_components.lovato_dmed4.dmed4.found import Found
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from custom_components.lovato_dmed4.dmed4.rest import RestMeter
from simulator import NotValidError, RestServer, SimulatedMeter
from tests.logbooks import rest_calls
from tests.readings import FOUND, SAID_BELOW, sentences

from .helpers import CHARGE

# Said by what is tried in this module.
SAID_HERE = {
    "does not take the time offset": "test_an_offset_that_is_refused",
    "gives temperatures with": "test_temperatures_of_other_decimals",
    "last record can not be read": "test_a_last_record_that_can_not_be_compared",
    "The meter takes ": "test_zeros_that_are_addresses",
}


def test_every_fallback_is_said_by_a_meter_that_needs_it() -> None:
    expected = [*FOUND.values(), *SAID_BELOW, *SAID_HERE]
    assert len(said := sentences()) > 60
    assert [
        sentence
        for sentence in said
        if not any(part in sentence or part.startswith(sentence) for part in expected)
    ] == []


def test_a_thing_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    found = Found()
    for _ in range(2):
        found.note("The meter does this", "The meter does that")
    assert found.texts == ["The meter does this", "The meter does that"]
    assert [record.getMessage() for record in caplog.records] == found.texts
    assert {record.levelname for record in caplog.records} == {"INFO"}


def is_said(meter: ModbusMeter | RestMeter, part: str) -> bool:
    return sum(part in text for text in meter.found.texts) == 1


async def test_an_offset_that_is_refused(
    simulated: SimulatedMeter, cycle: ChargeCycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure: Callable[..., None] = simulated.configure

    def refuse(**settings: int) -> None:
        if "datetime_offset" in settings:
            raise NotValidError("not now")
        configure(**settings)

    monkeypatch.setattr(simulated, "configure", refuse)
    await cycle.begin(CHARGE, time_offset=60)
    await cycle.end()
    texts = cycle._meter.found.texts
    assert any("does not take the time offset" in text for text in texts)


async def test_temperatures_of_other_decimals(
    rest_server: RestServer, rest_meter: RestMeter
) -> None:
    measure = {"temperature_i1": 2531, "temperature_i1_fahrenheit": 7756}
    rest_calls(rest_server)["/v1/measure"]["GET"] = lambda _: json.dumps(measure)
    for _ in range(2):
        assert (await rest_meter.read_live()).measures.temperature_i1 == 25.31
    assert is_said(rest_meter, "gives temperatures with 2 decimals")


async def test_a_last_record_that_can_not_be_compared(
    simulated: SimulatedMeter, rest_meter: RestMeter
) -> None:
    simulated.fill_logbook(2)
    simulated.plant_record(b"x" * 100_000)
    for _ in range(2):
        with pytest.raises(UnexpectedAnswerError):
            await rest_meter.logbook.read_record(0)
    assert is_said(rest_meter, "last record can not be read")


async def test_zeros_that_are_addresses(rest_meter: RestMeter) -> None:
    await rest_meter.log_in("1000")
    await rest_meter.parameters.write({"P04_02": 7})
    assert is_said(rest_meter, "The meter takes P05_06 for IP addresses, although they are 0")
