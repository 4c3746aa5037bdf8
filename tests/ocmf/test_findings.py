"""What must hold across the records of a session."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.lovato_dmed4.ocmf import (
    FindingCode,
    Record,
    Severity,
    check_other_sessions,
    check_session,
    findings,
    parse,
)

from .helpers import BEGIN, END, MIDDLE, at, charge, session, unsigned

NOTE, WARNING, ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR
NOON = "2026-05-01T12:00:00,000+0200 S"
LATER = "2026-05-01T12:45:10,000+0200 S"
TM = {"B": NOON, "C": "2026-05-01T12:20:00,000+0200 S", "E": LATER}


def found(records: Sequence[Record]) -> list[tuple[FindingCode, Severity, int, tuple[str, ...]]]:
    return [(f.code, f.severity, f.record, f.values) for f in check_session(records)]


def codes(records: Sequence[Record]) -> set[str]:
    return {finding.code.value for finding in check_session(records)}


def single(transaction: str, value: object = 1, page: str = "T1", **fields: object) -> Record:
    """Return a record of one reading, as other meters write them."""
    reading = {"TM": TM.get(transaction, LATER), "TX": transaction, "RV": value, "RU": "kWh"}
    known = {key: fields.pop(key) for key in list(fields) if key in {"TM", "RI", "ST", "EF", "RU"}}
    return unsigned([{**reading, "ST": "G", **known}], PG=page, **fields)


def pair(**end: Any) -> list[Record]:
    """Return a begin's and an end's record of another meter."""
    fields: dict[str, Any] = {"value": 2, "page": "T2"} | end
    return [single("B", 1, "T1"), single("E", **fields)]


def test_nothing_to_say() -> None:
    assert found(session()) == []
    assert found(session()[-1:]) == []
    assert found(pair()) == []
    assert found([]) == []
    assert found([unsigned([{"TM": NOON, "RV": 1, "RU": "kWh", "ST": "G"}], PG="F7")]) == []


def test_open_session() -> None:
    assert found(session()[:1]) == [(FindingCode.END_MISSING, WARNING, 0, ())]
    assert found(session()[:2]) == [(FindingCode.END_MISSING, WARNING, 1, ())]


def test_no_begin() -> None:
    assert found(pair()[1:]) == [(FindingCode.BEGIN_MISSING, ERROR, 0, ())]


@pytest.mark.parametrize(
    ("begin", "values"),
    [
        (at("12:00:01", "B", 129_500), (NOON, "2026-05-01T12:00:01,000+0200 S")),
        (at("12:00:00", "B", 129_499), ("129.500", "129.499")),
        (at("12:00:00", "B", 129_500, exported=0), ("3.250", "0.000")),
        (at("12:00:00", "B", 129_500, 1), ("0.000", "0.001")),
    ],
)
def test_records_that_tell_of_different_begins(begin: object, values: tuple[str, str]) -> None:
    assert isinstance(begin, type(BEGIN))
    records = [*session()[:2], charge(43, begin, END)]
    assert (FindingCode.BEGIN_DIFFERS, ERROR, 2, values) in found(records)
    assert found(session()) == []


def test_begin_may_be_written_otherwise() -> None:
    begin = single("B", 1, "T1")
    end = [
        {"TM": "2026-05-01T10:00:00,000+0000 S", "TX": "B", "RV": 1000, "RU": "Wh", "ST": "G"},
        {"TM": LATER, "TX": "E", "RV": 2, "RU": "kWh", "ST": "G"},
    ]
    assert found([begin, unsigned(end, PG="T2")]) == []


def test_begins_of_another_unit_and_text_are_compared_as_written() -> None:
    begin = single("B", "A7", "T1")
    assert codes([begin, single("C", "B", "T2"), *pair(page="T3")[1:]]) == set()
    assert "begin_differs" in codes([begin, single("B", "A8", "T2")])


def test_begin_that_comes_twice() -> None:
    records = [*session()[:1], charge(42, BEGIN, BEGIN), charge(43, BEGIN, END)]
    assert found(records) == [(FindingCode.BEGIN_REPEATED, ERROR, 1, ("T42",))]


def test_end_that_comes_twice() -> None:
    records = [*session(), charge(44, BEGIN, END)]
    assert found(records) == [(FindingCode.END_REPEATED, ERROR, 3, ("T44",))]
    reading = {"TM": NOON, "TX": "B", "RV": 1, "RU": "kWh", "ST": "G"}
    ends = [{"TM": time, "TX": "E", "RV": 2} for time in (TM["C"], LATER)]
    assert found([unsigned([reading, *ends])]) == [(FindingCode.END_REPEATED, ERROR, 0, ("T1",))]
    assert found([unsigned([reading, ends[1], {**ends[1], "RI": "1-0:2.8.0"}])]) == []


def test_records_out_of_order() -> None:
    begin, middle, end = session()
    after = charge(44, BEGIN, at("13:00:00", "C", 150_000, 20_500))
    assert found([begin, middle, end, after]) == [(FindingCode.OUT_OF_ORDER, ERROR, 3, ("T44",))]
    assert (FindingCode.OUT_OF_ORDER, ERROR, 1, ("T41",)) in found([middle, begin, end])


def test_record_that_comes_again() -> None:
    begin, middle, end = session()
    assert found([begin, middle, middle, end]) == [
        (FindingCode.RECORD_REPEATED, WARNING, 2, ("T42",))
    ]


@pytest.mark.parametrize(
    ("fields", "values"),
    [({"MS": '"M-4712"'}, ("M-4711", "M-4712")), ({"GS": '"G-18"'}, ("G-17", "G-18"))],
)
def test_another_meter(fields: dict[str, str], values: tuple[str, str]) -> None:
    records = [*session()[:2], charge(43, BEGIN, END, **fields)]
    assert found(records) == [(FindingCode.METER_CHANGED, ERROR, 2, values)]


def test_meter_that_is_not_named_is_no_other() -> None:
    records = [single("B", MS="M-1"), single("C", page="T2"), single("E", page="T3", MS="M-1")]
    assert found(records) == []


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("T2", None),
        ("T3", (FindingCode.PAGINATION_GAP, WARNING, 1, ("T1", "T3"))),
        # The meter keeps the number that it was given, or counts charges.
        ("T1", (FindingCode.PAGINATION_REPEATED, NOTE, 1, ("T1", "T1"))),
        # The counter began again.
        ("T0", (FindingCode.PAGINATION_BACKWARD, WARNING, 1, ("T1", "T0"))),
        ("F2", (FindingCode.PAGINATION_CONTEXT, WARNING, 1, ("T1", "F2"))),
        ("", (FindingCode.PAGINATION_UNREADABLE, WARNING, 1, ("",))),
        ("2", (FindingCode.PAGINATION_UNREADABLE, WARNING, 1, ("2",))),
        ("T" + "9" * 5000, (FindingCode.PAGINATION_UNREADABLE, WARNING, 1, ("T" + "9" * 63,))),
    ],
)
def test_pagination(page: str, expected: object) -> None:
    assert found(pair(page=page)) == ([expected] if expected else [])


def test_pagination_that_goes_back() -> None:
    records = [single("B", page="T41"), single("E", 2, page="T40")]
    assert found(records) == [(FindingCode.PAGINATION_BACKWARD, ERROR, 1, ("T41", "T40"))]


def test_pagination_goes_on_after_an_unreadable_number() -> None:
    records = [single("B", page="T1"), single("C", page="?"), single("E", page="T2")]
    assert codes(records) == {"pagination_unreadable"}


@pytest.mark.parametrize(
    ("quality", "severity"), [("S", ERROR), ("R", ERROR), ("I", WARNING), ("U", WARNING)]
)
def test_time_that_goes_back(quality: str, severity: Severity) -> None:
    middle = at("11:59:59", "C", 134_500, 5_000, quality=quality)
    begin, _, end = session()
    time = f"2026-05-01T11:59:59,000+0200 {quality}"
    expected = [(FindingCode.TIME_BACKWARD, severity, 1, (NOON, time))]
    assert found([begin, charge(42, BEGIN, middle), end]) == expected


@pytest.mark.parametrize(
    ("earlier", "later", "contradicted"),
    [
        ("T6", "T9", []),
        (None, None, []),
        # The number is higher, and the time is earlier; and the other way round.
        ("T12", None, [0]),
        (None, "T5", [1]),
        ("T12", "T5", [0, 1]),
        ("T7", "T8", []),
        # Counted apart, begun again, or no number.
        ("F12", "F5", []),
        ("T12", "T1", [0]),
        ("?", "?", []),
    ],
)
def test_sessions_that_go_up_by_number_and_down_by_time(
    earlier: str | None, later: str | None, contradicted: list[int]
) -> None:
    records = [single("B", 1, "T7"), single("E", 2, "T8")]
    others = {"earlier": earlier, "later": later}
    given = {name: single("E", page=page) for name, page in others.items() if page}
    findings = check_other_sessions(records, **given)
    assert [finding.record for finding in findings] == contradicted
    pages = (earlier, later)
    assert [finding.values for finding in findings] == [
        (pages[record], LATER) for record in contradicted
    ]
    assert {finding.code for finding in findings} <= {FindingCode.SESSIONS_OUT_OF_ORDER}
    assert check_other_sessions([], **given) == ()


def test_time_that_goes_back_between_records() -> None:
    begin, _, end = session()
    middle = charge(42, BEGIN, at("12:50:00", "C", 134_500, 5_000))
    assert found([begin, middle, end]) == [
        (FindingCode.TIME_BACKWARD, ERROR, 2, ("2026-05-01T12:50:00,000+0200 S", LATER))
    ]


def test_time_without_a_zone_is_not_compared() -> None:
    assert found(pair(TM="2026-05-01T11:00:00 S")) == []


@pytest.mark.parametrize(
    ("middle", "values"),
    [
        (at("12:20:00", "C", 129_499), ("01-00:01.08.00*FF", "129.500", "129.499")),
        (
            at("12:20:00", "C", 134_500, 5_000, exported=3_249),
            ("01-00:02.08.00*FF", "3.250", "3.249"),
        ),
    ],
)
def test_register_that_goes_back(middle: object, values: tuple[str, ...]) -> None:
    assert isinstance(middle, type(BEGIN))
    begin, _, end = session()
    records = [begin, charge(42, BEGIN, middle), end]
    assert (FindingCode.REGISTER_BACKWARD, ERROR, 1, values) in found(records)


def test_register_that_goes_back_between_records() -> None:
    begin, middle, _ = session()
    end = charge(43, BEGIN, at("12:45:10", "E", 134_499, 5_000))
    assert found([begin, middle, end]) == [
        (FindingCode.REGISTER_BACKWARD, ERROR, 2, ("01-00:01.08.00*FF", "134.500", "134.499"))
    ]
    assert codes(pair(value=999, RU="Wh")) == {"register_backward"}


def test_counter_that_begins_again_is_explained() -> None:
    begin = at("12:00:00", "B", 99_999_995_000)
    around = at("12:45:10", "E", 6_250, 11_250)
    values = ("01-00:01.08.00*FF", "99999995.000", "6.250")
    expected = [(FindingCode.REGISTER_ROLLED_OVER, NOTE, 0, values)]
    assert found([charge(41, begin, around)]) == expected
    past = at("12:45:10", "E", 100_000_006_250, 11_250)
    values = ("01-00:01.08.00*FF", "99999995.000", "100000006.250")
    expected = [(FindingCode.REGISTER_ROLLED_OVER, NOTE, 0, values)]
    assert found([charge(41, begin, past)]) == expected


def test_counter_that_can_not_have_begun_again_is_not() -> None:
    begin, end = at("12:00:00", "B", 90_000_000_000), at("12:45:10", "E", 0)
    assert codes([charge(41, begin, end)]) == {"register_backward", "cycle_differs"}


def test_registers_in_the_order_of_their_codes() -> None:
    readings = [
        {"TM": TM[transaction], "TX": transaction, "RV": value, "RI": register, "RU": "kWh"}
        for register, values in (("1-0:1.8.0", (10, 20)), ("1-0:2.8.0", (5, 6)))
        for transaction, value in zip("BE", values, strict=True)
    ]
    assert found([unsigned(readings)]) == []


@pytest.mark.parametrize(
    ("cycle", "values"),
    [
        (11_250, None),
        # Each of the two may be rounded.
        (11_252, None),
        (11_248, None),
        (11_253, ("11.253", "11.250")),
        (0, ("0.000", "11.250")),
    ],
)
def test_cycle_energy(cycle: int, values: tuple[str, str] | None) -> None:
    end = charge(41, BEGIN, at("12:45:10", "E", 140_750, cycle))
    expected = [(FindingCode.CYCLE_DIFFERS, NOTE, 0, values)] if values else []
    assert found([end]) == expected


def test_cycle_energy_is_compared_by_the_coarsest_reading() -> None:
    text = charge(41, BEGIN, END).raw.decode()
    assert found([parse(text.replace("11.250", "11.3"))]) == []
    assert codes([parse(text.replace("11.250", "11.5"))]) == {"cycle_differs"}
    assert found([parse(text.replace("140.750", "140.8"))]) == []
    # Nothing is said where a unit is no energy.
    unit = text.replace('"RV":11.250,"RI":"01-00:01.09.00*FF","RU":"kWh"', '"RV":7,"RU":"mOhm"')
    assert unit != text
    assert found([parse(unit)]) == []


@pytest.mark.parametrize(
    ("reading", "code", "severity", "values"),
    [
        ({"ST": "M"}, FindingCode.STATUS_NOT_GOOD, ERROR, ("M", LATER)),
        ({"ST": "g"}, FindingCode.STATUS_NOT_GOOD, ERROR, ("g", LATER)),
        ({"EF": "E"}, FindingCode.ENERGY_UNUSABLE, ERROR, (LATER,)),
        ({"EF": "t"}, FindingCode.TIME_UNUSABLE, WARNING, (LATER,)),
    ],
)
def test_readings_not_in_order(
    reading: dict[str, str], code: FindingCode, severity: Severity, values: tuple[str, ...]
) -> None:
    assert found(pair(**reading)) == [(code, severity, 1, values)]


def test_what_several_records_repeat_is_told_once() -> None:
    begin, middle, end = (parse(made.raw.replace(b'"EF":""', b'"EF":"t"', 1)) for made in session())
    expected = [(FindingCode.TIME_UNUSABLE, WARNING, 0, (NOON,))]
    assert found([begin, middle, end]) == expected


@pytest.mark.parametrize(
    ("flags", "severity", "more"),
    [
        ("", ERROR, set()),
        ("t", WARNING, {"time_unusable"}),
        ("E", ERROR, {"energy_unusable"}),
        ("Et", ERROR, {"time_unusable", "energy_unusable"}),
    ],
)
def test_exception(flags: str, severity: Severity, more: set[str]) -> None:
    begin, end = pair(page="T3")
    records = [begin, single("X", 1.5, "T2", TM=TM["C"], EF=flags), end]
    assert (FindingCode.EXCEPTION, severity, 1, (TM["C"],)) in found(records)
    assert codes(records) == {"exception"} | more


def test_aborted() -> None:
    records = [*session()[:2], charge(43, BEGIN, at("12:45:10", "A", 140_750, 11_250))]
    assert found(records) == [(FindingCode.ABORTED, WARNING, 2, (LATER,))]


def test_begin_later_than_its_arrival() -> None:
    begin = datetime(2026, 5, 1, 10, tzinfo=UTC)
    expected = (FindingCode.TIME_IN_FUTURE, WARNING, 0, (NOON,))
    for early, late in ((timedelta(minutes=6), True), (timedelta(minutes=5), False)):
        findings = check_session(session(), arrived=begin - early)
        assert (expected in [(f.code, f.severity, f.record, f.values) for f in findings]) is late


def test_what_was_left_out_is_named() -> None:
    findings = check_session(session(), left_out=7)
    told = [(FindingCode.READINGS_LEFT_OUT, NOTE, 2, ("7",))]
    assert [(f.code, f.severity, f.record, f.values) for f in findings] == told


def test_power_failure() -> None:
    end = charge(43, BEGIN, at("12:45:10", "P", 140_750, 11_250))
    records = [*session()[:2], end]
    assert found(records) == [(FindingCode.POWER_FAILURE, WARNING, 2, (LATER,))]
    assert codes([*records, charge(44, BEGIN, END)]) == {"power_failure", "end_repeated"}


@pytest.mark.parametrize("level", ["MISMATCH", "INVALID", "OUTDATED", " UNKNOWN"])
def test_identification_failed(level: str) -> None:
    records = [charge(41, BEGIN, END, IL=f'"{level}"')]
    assert found(records) == [(FindingCode.IDENTIFICATION_FAILED, WARNING, 0, (level,))]


@pytest.mark.parametrize("fields", [{"ID": '"FFFFFFFF"'}, {"IT": '"LOCAL"'}, {"ID": '""'}])
def test_another_user(fields: dict[str, str]) -> None:
    records = [*session()[:2], charge(43, BEGIN, END, **fields)]
    assert found(records) == [(FindingCode.IDENTIFICATION_CHANGED, ERROR, 2, ())]


def test_user_who_became_known() -> None:
    records = [
        charge(41, BEGIN, BEGIN, IT='"NONE"', ID='""'),
        charge(42, BEGIN, MIDDLE),
        charge(43, BEGIN, END),
    ]
    assert found(records) == [(FindingCode.IDENTIFICATION_ASSIGNED, NOTE, 1, ())]


def test_another_tariff() -> None:
    begin, middle, _ = session()
    end = charge(43, BEGIN, END, TT='"0.59 EUR/kWh"')
    values = ("0.49 EUR/kWh", "0.59 EUR/kWh")
    expected = [(FindingCode.TARIFF_TEXT_CHANGED, WARNING, 2, values)]
    assert found([begin, middle, end]) == expected
    told = charge(42, BEGIN, at("12:20:00", "T", 134_500, 5_000))
    assert found([begin, told, end]) == [(FindingCode.TARIFF_CHANGED, NOTE, 2, values)]
    new = charge(42, BEGIN, at("12:20:00", "T", 134_500, 5_000), TT='"0.59 EUR/kWh"')
    assert found([begin, new, end]) == [(FindingCode.TARIFF_CHANGED, NOTE, 1, values)]


def test_every_code_has_a_severity() -> None:
    assert set(findings._SEVERITIES) == set(FindingCode)
