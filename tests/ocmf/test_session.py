"""The moments of a record, the energy between them, and the session it belongs to."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from custom_components.lovato_dmed4.ocmf import (
    ClockStatus,
    Moment,
    RecordKind,
    difference,
    outline,
    parse,
    time_quality,
)

from .helpers import BEGIN, END, MIDDLE, PAYLOAD, at, charge, record, session, unsigned

NOON = "2026-05-01T12:00:00,000+0200 S"
LATER = "2026-05-01T12:45:10,000+0200 S"


def energies(moment: Moment | None) -> tuple[str | None, ...]:
    assert moment
    values = (moment.imported, moment.exported, moment.cycle)
    return tuple(None if value is None else f"{value}" for value in values)


def test_records_of_a_charge() -> None:
    begin, middle, end = map(outline, session())
    assert begin.kind is RecordKind.BEGIN
    assert middle.kind is RecordKind.INTERMEDIATE
    assert end.kind is RecordKind.END
    for each in (begin, middle, end):
        assert energies(each.begin) == ("129.500", "3.250", "0.000")
        assert [len(moment.readings) for moment in each.moments] == [3, 3]
        assert each.begin == each.moments[0]
        assert each.now == each.moments[1]
    assert energies(begin.now) == ("129.500", "3.250", "0.000")
    assert energies(middle.now) == ("134.500", "3.250", "5.000")
    assert energies(end.now) == ("140.750", "3.250", "11.250")
    assert end.now
    assert end.now.transaction == "E"
    assert end.now.clock is ClockStatus.SYNCHRONISED
    assert end.now.time == datetime(2026, 5, 1, 10, 45, 10, tzinfo=UTC)


def test_a_session_has_one_name_in_all_of_its_records() -> None:
    names = {outline(made).session for made in session()}
    assert len(names) == 1
    name = names.pop()
    assert name
    assert len(name) == 64
    other_user = charge(50, BEGIN, at("13:00:00", "P", 150_000, 20_500), ID='"FFFFFFFF"')
    assert outline(other_user).session == name


@pytest.mark.parametrize(
    "begin",
    [
        at("12:00:01", "B", 129_500),
        at("12:00:00", "B", 129_501),
        at("12:00:00", "B", 129_500, exported=3_251),
        at("12:00:00", "B", 129_500, 1),
    ],
)
def test_another_begin_is_another_session(begin: object) -> None:
    assert isinstance(begin, type(BEGIN))
    assert outline(charge(44, begin, END)).session != outline(session()[-1]).session


def test_a_session_has_one_name_in_every_zone() -> None:
    text = record(None)
    summer = parse(text)
    universal = parse(text.replace("T12:00:00,000+0200", "T10:00:00,000+0000"))
    unreadable = parse(text.replace("T12:00:00,000+0200", "yesterday"))
    assert outline(universal).session == outline(summer).session
    assert outline(unreadable).session not in {None, outline(summer).session}


@pytest.mark.parametrize(
    ("transaction", "kind"),
    [
        *((letter, RecordKind.INTERMEDIATE) for letter in "CSTX"),
        *((letter, RecordKind.END) for letter in "ELRA"),
        ("P", RecordKind.POWER_FAILURE),
        ("B", RecordKind.BEGIN),
        ("?", RecordKind.OTHER),
    ],
)
def test_kind_is_told_by_the_last_reading(transaction: str, kind: RecordKind) -> None:
    alone = unsigned([{"TM": LATER, "TX": transaction, "RV": 2}])
    assert outline(alone).kind is kind
    whole = unsigned([{"TM": NOON, "TX": "B", "RV": 1}, {"TM": LATER, "TX": transaction, "RV": 2}])
    assert outline(whole).kind is kind


@pytest.mark.parametrize(
    "readings", [[], [{"TM": NOON, "RV": 1}], [{"TX": "E", "TM": NOON}, {"TX": "B", "TM": LATER}]]
)
def test_records_of_no_known_purpose(readings: list[dict[str, object]]) -> None:
    assert outline(unsigned(readings)).kind is RecordKind.OTHER


def test_no_begin_is_no_session() -> None:
    told = outline(unsigned([{"TM": NOON, "TX": "E", "RV": 1, "RU": "kWh"}]))
    assert told.session is None
    assert told.begin is None
    assert told.now
    assert outline(unsigned([{"TX": "B", "RV": 1}])).session is None
    nothing = outline(unsigned([]))
    assert (nothing.begin, nothing.now, nothing.session) == (None, None, None)


def test_readings_that_repeat_their_time_belong_together() -> None:
    registers = [("1-0:1.8.0", 129.5), ("1-0:2.8.0", 3.25), ("1-0:1.9.0", 0)]
    readings = [
        {"TM": NOON, "TX": "B", "RV": value, "RI": register, "RU": "kWh"}
        for register, value in registers
    ]
    begin = outline(unsigned(readings))
    assert [len(moment.readings) for moment in begin.moments] == [3]
    twice = outline(unsigned(readings * 2))
    assert [len(moment.readings) for moment in twice.moments] == [3, 3]
    assert twice.kind is RecordKind.BEGIN
    assert energies(twice.now) == ("129.5", "3.25", "0")


def test_readings_with_another_time_or_reason_are_another_moment() -> None:
    told = outline(
        unsigned(
            [
                {"TM": NOON, "TX": "B", "RV": 1, "RI": "1-0:1.8.0", "RU": "kWh"},
                {"TX": "C", "RV": 2},
                {"TM": LATER, "RV": 3},
                {"RV": 4, "RI": "1-0:2.8.0"},
            ]
        )
    )
    assert [len(moment.readings) for moment in told.moments] == [1, 1, 2]
    assert [moment.transaction for moment in told.moments] == ["B", "C", "C"]
    assert [energies(moment)[0] for moment in told.moments] == ["1", "2", None]


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("129.500", "kWh", "129.500"),
        ("129500", "Wh", "129.500"),
        ("129500.00", "Wh", "129.50000"),
        ("0.1295", "MWh", "129.5"),
        ("99999999.999", "kWh", "99999999.999"),
        # More digits than a Decimal keeps unless told to.
        (
            "1234567890123456789012345678901234567890",
            "Wh",
            "1234567890123456789012345678901234567.890",
        ),
        ("-0.500", "kWh", "-0.500"),
        ("129.500", "mOhm", None),
        ("129.500", "KWH", None),
    ],
)
def test_energy_is_exact_in_kwh(value: str, unit: str, shown: str | None) -> None:
    written = f'{{"TM":"{NOON}","TX":"B","RV":{value},"RU":"{unit}"}}'
    told = outline(parse(f'OCMF|{{"RD":[{written}]}}|{{}}'))
    assert energies(told.begin) == (shown, None, None)


def test_energy_that_is_not_told() -> None:
    assert energies(outline(unsigned([{"TX": "B"}])).begin) == (None, None, None)
    four = [{"TM": NOON, "TX": "B", "RV": 1, "RU": "kWh"}, *[{"RV": 2}] * 3]
    assert energies(outline(unsigned(four)).begin) == (None, None, None)


@pytest.mark.parametrize(
    ("earlier", "later", "went"),
    [
        ("129.500", "140.750", "11.250"),
        ("129.500", "129.500", "0.000"),
        ("140.750", "129.500", "-11.250"),
        ("99999999.999", "0.000", "0.001"),
        ("99999990.500", "1.500", "11.000"),
        # The simulated meter goes on in the record, past what its counter shows.
        ("99999990.500", "100000001.500", "11.000"),
        ("90000000.000", "0.000", "-90000000.000"),
        ("1E+99", "1E-99", "-" + "9" * 99 + "." + "9" * 99),
    ],
)
def test_difference(earlier: str, later: str, went: str) -> None:
    assert difference(Decimal(earlier), Decimal(later)) == Decimal(went)


def test_clock_is_the_weakest_of_all_readings() -> None:
    assert time_quality(session()).clock is ClockStatus.SYNCHRONISED
    for quality in ("U", "I", "R"):
        end = at("12:45:10", "E", 140_750, 11_250, quality=quality)
        assert time_quality([*session(), charge(44, BEGIN, end)]).clock == quality
    all_qualities = [
        charge(44, BEGIN, at("12:45:10", "E", 140_750, 11_250, quality=quality))
        for quality in "SRIU"
    ]
    assert time_quality(all_qualities).clock is ClockStatus.UNKNOWN
    assert time_quality(all_qualities[:3]).clock is ClockStatus.INFORMATIVE
    assert time_quality(all_qualities[:2]).clock is ClockStatus.RELATIVE


def test_clock_that_is_not_told() -> None:
    assert time_quality([]).clock is None
    assert (
        time_quality([unsigned([]), unsigned([{"TM": "2026-05-01T12:00:00,000+0200"}])]).clock
        is None
    )
    assert time_quality([parse(record(None, PAYLOAD))]).clock is ClockStatus.SYNCHRONISED


def test_intermediate_records_of_the_simulator_know_their_begin() -> None:
    told = outline(charge(42, BEGIN, MIDDLE))
    assert told.begin
    assert told.now
    assert told.begin.imported is not None
    assert told.now.imported is not None
    assert difference(told.begin.imported, told.now.imported) == Decimal("5.000")
