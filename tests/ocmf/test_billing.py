"""Whether the time of a charge may be billed."""

import pytest

from custom_components.lovato_dmed4.ocmf import ClockStatus, TimeReason, parse, time_quality

from .helpers import BEGIN, at, charge, session, unsigned

NOON = "2026-05-01T12:00:00,000+0200 S"
BEGINS = {"TM": NOON, "TX": "B", "RV": 1, "RU": "kWh", "ST": "G"}
ENDS = {"TM": "2026-05-01T12:45:10,000+0200 S", "TX": "E", "RV": 2, "RU": "kWh", "ST": "G"}


@pytest.mark.parametrize(
    ("quality", "clock", "reason"),
    [
        ("S", ClockStatus.SYNCHRONISED, None),
        ("R", ClockStatus.RELATIVE, None),
        ("I", ClockStatus.INFORMATIVE, TimeReason.CLOCK),
        ("U", ClockStatus.UNKNOWN, TimeReason.CLOCK),
        ("X", None, TimeReason.UNKNOWN),
    ],
)
def test_the_weakest_clock_counts(
    quality: str, clock: ClockStatus | None, reason: TimeReason | None
) -> None:
    end = charge(44, BEGIN, at("12:45:10", "E", 140_750, 11_250, quality=quality))
    told = time_quality([*session(), end])
    assert (told.clock, told.reason) == (clock, reason)
    assert told.billable is (reason is None)
    assert told.informative is (reason is not None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"EF": "t"}, TimeReason.FLAGGED),
        ({"EF": "Et"}, TimeReason.FLAGGED),
        ({"EF": "E"}, None),
        ({"TM": "2026-05-01T11:59:59,000+0200 S"}, TimeReason.BACKWARD),
        ({"TM": "2026-05-01T12:45:10,000+0200"}, TimeReason.UNKNOWN),
        ({"TM": "2026-05-01T12:45:10 S"}, TimeReason.UNKNOWN),
        ({"TM": "S"}, TimeReason.UNKNOWN),
        ({"TM": 7}, TimeReason.UNKNOWN),
    ],
)
def test_what_speaks_against_it(changes: dict[str, object], reason: TimeReason | None) -> None:
    assert time_quality([unsigned([BEGINS, {**ENDS, **changes}])]).reason is reason


def test_what_is_unknown_is_the_weakest() -> None:
    assert time_quality([]).reason is TimeReason.UNKNOWN
    assert time_quality([unsigned([])]).clock is None
    without = {key: value for key, value in BEGINS.items() if key != "TM"}
    assert time_quality([unsigned([without, ENDS])]).reason is TimeReason.UNKNOWN


def test_a_flag_that_comes_and_goes() -> None:
    begin, middle, end = session()
    flagged = parse(middle.raw.replace(b'"EF":""', b'"EF":"t"', 1))
    assert flagged != middle
    assert time_quality([begin, flagged, end]).reason is TimeReason.FLAGGED
