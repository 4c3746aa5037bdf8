"""What a meter may write where the manual can be read in more than one way: no reason for doubt."""

from typing import Any

import pytest

from custom_components.lovato_dmed4.ocmf import Record, RecordKind, Severity, check_session, outline

from .helpers import unsigned

NOON = "2026-05-01T12:00:00,000+0200 S"
HALF = "2026-05-01T12:30:00,000+0200 S"
LATER = "2026-05-01T12:45:10,000+0200 S"
MORNING = "2026-05-01T08:00:00,000+0200 S"
EPOCH = "1970-01-01T00:00:00,000+0000 U"

type Values = tuple[float, float, float]


def moment(time: str | None, transaction: str | None, values: Values) -> list[dict[str, Any]]:
    """Write three readings as a DMED4 does: only the first has everything."""
    first = {"TM": time, "TX": transaction, "RT": "DC", "EF": ""}
    readings: list[dict[str, Any]] = [
        {"RV": value, "RI": f"01-00:0{place}.08.00*FF", "RU": "kWh", "ST": "G"}
        for place, value in enumerate(values, 1)
    ]
    readings[0] |= {key: value for key, value in first.items() if value is not None}
    return readings


def charge(
    leftover: list[dict[str, Any]], pages: tuple[str, ...] = ("T1", "T2", "T3"), third: float = 0
) -> list[Record]:
    """Return a charge whose record of the begin has something where the end will come."""
    begin = moment(NOON, "B", (129.5, 3.25, third))
    return [
        unsigned(begin + leftover, PG=pages[0]),
        unsigned(begin + moment(HALF, "C", (134.5, 3.25, 5.0)), PG=pages[1]),
        unsigned(begin + moment(LATER, "E", (140.75, 3.25, 11.25)), PG=pages[2]),
    ]


def errors(records: list[Record]) -> list[str]:
    return [f.code.value for f in check_session(records) if f.severity is Severity.ERROR]


LEFTOVERS = {
    "nothing": [],
    "the begin": moment(NOON, "B", (129.5, 3.25, 0)),
    "zeros": moment(EPOCH, "B", (0, 0, 0)),
    "zeros at the begin's time": moment(NOON, "B", (0, 0, 0)),
    "zeros without time and purpose": moment(None, None, (0, 0, 0)),
    "zeros with an empty purpose": moment(NOON, "", (0, 0, 0)),
    "the end of the charge before": moment(MORNING, "E", (129.5, 3.25, 20.0)),
    "an end from before the clock was set back": moment(LATER, "E", (129.5, 3.25, 20.0)),
    "an older end": moment(MORNING, "E", (120.5, 1.25, 20.0)),
    "an intermediate reading of the charge before": moment(MORNING, "C", (120.5, 1.25, 20.0)),
}


@pytest.mark.parametrize("name", LEFTOVERS)
def test_what_the_record_of_a_begin_holds_for_the_end(name: str) -> None:
    records = charge(LEFTOVERS[name])
    assert errors(records) == []
    assert [outline(each).kind for each in records] == [
        RecordKind.BEGIN,
        RecordKind.INTERMEDIATE,
        RecordKind.END,
    ]
    sessions = {outline(each).session for each in records}
    assert len(sessions) == 1
    begun = outline(records[0])
    assert begun.now
    assert begun.now.time == begun.begin.time if begun.begin else None


@pytest.mark.parametrize(
    "pages",
    [
        ("T1", "T2", "T3"),
        ("T7", "T7", "T7"),
        ("T1795717899",) * 3,
        ("T1", "T3", "T9"),
        ("", "", ""),
    ],
)
def test_who_counts_the_pages(pages: tuple[str, ...]) -> None:
    assert errors(charge(LEFTOVERS["the begin"], pages)) == []


@pytest.mark.parametrize("third", [0, 3.0, 11.25, 500.0])
def test_the_energy_of_the_cycle_before_as_third_reading(third: float) -> None:
    records = charge(moment(NOON, "B", (129.5, 3.25, third)), third=third)
    assert errors(records) == []
    assert "cycle_differs" not in {finding.code.value for finding in check_session(records)}


@pytest.mark.parametrize(
    "end",
    [
        # A counter that went down, whatever the time.
        moment(LATER, "E", (120.5, 3.25, 11.25)),
        # Zeros where the meter says that they are an end.
        moment(LATER, "E", (0, 0, 0)),
        # A clock that was set back, after energy was delivered.
        moment(MORNING, "E", (140.75, 3.25, 11.25)),
    ],
)
def test_an_end_that_contradicts_its_begin_is_still_found(end: list[dict[str, Any]]) -> None:
    begin = moment(NOON, "B", (129.5, 3.25, 0))
    record = unsigned(begin + end)
    assert outline(record).kind is RecordKind.END
    assert errors([record])


def test_the_cycle_s_energy_never_goes_back_after_the_begin() -> None:
    records = charge([])
    begin = moment(NOON, "B", (129.5, 3.25, 0))
    less = unsigned(begin + moment(LATER, "E", (140.75, 3.25, 4.0)), PG="T3")
    assert "register_backward" in errors([*records[:2], less])
