"""The examination names the readings that a meter follows, over each transport and no others."""

import pytest

from custom_components.lovato_dmed4.examination.clues import Finding
from custom_components.lovato_dmed4.examination.place import Needs
from custom_components.lovato_dmed4.examination.places import PLACES
from custom_components.lovato_dmed4.examination.record_clues import _DER_FORMS
from custom_components.lovato_dmed4.examination.run import DONE, NOT_ALLOWED, Wishes
from custom_components.lovato_dmed4.examination.words import english, said
from simulator import ModbusTcpServer, SimulatedMeter
from simulator.readings import OPEN_PLACES
from simulator.record import der_signature

from .helpers import PASSWORD, charged, examined, functions_of, readings_of

# Of the readings that can be seen, those that leave another one possible on this meter, and why.
SEVERAL = {
    # A zero may be an address or none.
    "ip_parameters": {
        "03_04_06": {"03_04_06", "03_04_06_09"},
        "03_04_06_09": {"03_04_06", "03_04_06_09"},
        "03_09": {"03_09", "02_03"},
        "02_03": {"02_03", "02_03_07_09"},
        "02_03_07_09": {"02_03", "02_03_07_09"},
    },
    # In so short a time only a counter of seconds counts.
    "hour_counters": {
        "hours": {"hours", "hundredths"},
        "hundredths": {"hours", "hundredths"},
    },
    # The letter of a clock that is not synchronised, in each of them.
    "time_letter": {"U": {"S", "R", "I", "U"}},
}
_NOT_AT_A_LOOK = (Needs.CHARGE, Needs.POWER, Needs.FULL, Needs.RESTART, Needs.DISPLAY)
# What takes a charge, a power failure, or a prototype on a meter that has not signed anything.
UNSEEN = {
    name
    for name, place in PLACES.items()
    if place.needs in _NOT_AT_A_LOOK or name == "signature_ok"
}
FRESH = {"nothing_yet", "not_initialised"}

CASES = [
    (way, name, reading)
    for way in ("modbus", "rest")
    for name, place in OPEN_PLACES.items()
    if way in place.transports and name not in UNSEEN
    for reading in place.readings
]


def test_the_places_are_those_of_the_simulator() -> None:
    assert {name: set(place.readings) for name, place in PLACES.items()} == {
        name: set(place.readings) for name, place in OPEN_PLACES.items()
    }
    assert {name: set(place.transports) for name, place in PLACES.items()} == {
        name: set(place.transports) for name, place in OPEN_PLACES.items()
    }


def test_each_reading_that_can_be_seen_has_a_sentence_of_its_own() -> None:
    sentences = [
        english().sentence(Finding(name, (reading,), looked=True))
        for name, place in PLACES.items()
        if name not in UNSEEN
        for reading in place.readings
    ]
    assert all(text.endswith(".") for text in sentences)
    assert len(set(sentences)) == len(sentences) > 80


def expected_of(name: str, reading: str, record: str) -> set[str]:
    """Get the readings that fit all that a meter of one of them shows."""
    same = ("with_nul", "even") if len(record) % 2 else ("bytes", "even")
    if name == "output_length" and reading in same:
        # A NUL makes whole registers of a record of odd length, and one of even length has them.
        return set(same)
    return SEVERAL.get(name, {}).get(reading, {reading})


@pytest.mark.parametrize(("way", "name", "reading"), CASES)
async def test_a_reading_is_named(way: str, name: str, reading: str) -> None:
    meter = charged(
        {name: reading}, sessions=0 if name in FRESH else 2, charging=name == "measure_scale"
    )
    if name == "key_before_commissioning":
        meter = SimulatedMeter(readings={name: reading}, commissioned=False)
    meter.login.log_in(PASSWORD)
    examination = await examined(meter, "tls" if name == "display_with_tls" else way)
    found = readings_of(examination)
    expected = expected_of(name, reading, (meter.records or [""])[-1])
    assert set(found[name]) == expected
    if expected == {reading}:
        sentence = english().sentence(Finding(name, (reading,), looked=True))
        assert sentence in examination.told(english())["readings"]
    # Nothing is said that is not true of this meter.
    assert {place: left for place, left in found.items() if meter.readings[place] not in left} == {}


@pytest.mark.parametrize("form", OPEN_PLACES["signature_der"].readings)
@pytest.mark.parametrize("bits", [1, 239, 240, 247, 248, 255, 256])
def test_a_signature_of_small_numbers_speaks_against_no_form_that_it_has(
    form: str, bits: int
) -> None:
    """One number in 256 begins with a zero byte of its own."""
    number = (1 << bits) - 1
    written = der_signature(number, number, form)
    digits = written[4 : 4 + written[3]]
    assert _DER_FORMS[form](digits)
    assert int.from_bytes(digits) == number


@pytest.mark.parametrize("way", ["modbus", "rest", "rtu", "ascii"])
async def test_without_consent_nothing_is_written(way: str) -> None:
    meter = charged({})
    events = len(meter.event_log.entries)
    examination = await examined(meter, way, Wishes(ports=()))
    assert set(examination.outcomes.values()) == {DONE, NOT_ALLOWED}
    assert len(meter.event_log.entries) == events
    assert functions_of(examination, way) == ({"GET"} if way == "rest" else {0x04, 0x11})
    told = examination.told(english())
    consent = "which index the last record of the logbook has: it takes your consent to write"
    assert any(text.startswith(consent) for text in told["open"]) is (way != "rest")


@pytest.mark.parametrize("way", ["modbus", "rest"])
async def test_what_writes_is_not_done_while_charging(way: str) -> None:
    meter = charged({}, charging=True)
    records = list(meter.records)
    examination = await examined(meter, way)
    assert examination.outcomes["clock"] == said("outcome.cycle_active")
    assert (meter.records, meter.time_offset, meter.charging) == (records, 60, True)
    assert functions_of(examination, way) == ({"GET"} if way == "rest" else {0x04, 0x11})


@pytest.mark.parametrize("way", ["modbus", "rest"])
async def test_the_clock_is_set_and_the_offset_put_back(way: str) -> None:
    meter = charged({})
    events = len(meter.event_log.entries)
    examination = await examined(meter, way)
    assert examination.outcomes["clock"] == DONE
    assert meter.time_offset == 60
    added = len(meter.event_log.entries) - events
    # The offset is changed and put back; over REST a setting out of its range is refused as well.
    assert added == 4
    sentence = "Setting the clock adds an event to the event log each time."
    assert sentence in examination.told(english())["readings"]
    assert examination.warnings == []


@pytest.mark.parametrize("scale", ["tenths", "registers"])
@pytest.mark.parametrize("source", ["display", "modbus"])
async def test_the_scale_by_the_voltage_that_is_shown_elsewhere(scale: str, source: str) -> None:
    meter = charged({"measure_scale": scale}, charging=True)
    voltage = meter.physics.slow.voltage / 100
    async with ModbusTcpServer(meter) as server:
        wishes = Wishes(voltage=voltage) if source == "display" else Wishes(ports=(server.port,))
        examination = await examined(meter, "rest", wishes)
    assert readings_of(examination)["measure_scale"] == (scale,)
    if source == "modbus":
        assert examination.ports == {server.port: True}
