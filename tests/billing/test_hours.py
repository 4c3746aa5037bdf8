"""The hours of a session: together exactly the session, whatever the hours and the decimals."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import given, strategies as st

from custom_components.lovato_dmed4.billing.hours import LONGEST, Reached, Share, hour_of, spread

BEGIN = datetime(2025, 10, 25, 23, 40, tzinfo=UTC)


def reached(minutes: float, imported: str, exported: str = "0") -> Reached:
    return Reached(BEGIN + timedelta(minutes=minutes), Decimal(imported), Decimal(exported))


def imported_by_hour(*readings: Reached, cost: str | None = None) -> dict[str, tuple[str, str]]:
    spent = spread(BEGIN, readings, None if cost is None else Decimal(cost))
    return {
        f"{hour:%d %H}": (str(share.imported), str(share.cost)) for hour, share in spent.items()
    }


def test_evenly_where_nothing_more_is_known() -> None:
    """A session of 3 h 20 min: 20 minutes, twice an hour, an hour again, whatever local clocks do."""
    assert imported_by_hour(reached(200, "10.000"), cost="4.55") == {
        "25 23": ("1.000", "0.46"),
        "26 00": ("3.000", "1.36"),
        "26 01": ("3.000", "1.37"),
        "26 02": ("3.000", "1.36"),
    }


def test_by_the_readings_in_between() -> None:
    assert imported_by_hour(
        reached(20, "8.000"), reached(110, "9.500"), reached(200, "10.000")
    ) == {
        "25 23": ("8.000", "0"),
        "26 00": ("1.000", "0"),
        "26 01": ("0.667", "0"),
        "26 02": ("0.333", "0"),
    }


def test_readings_that_contradict_the_session_are_left_out() -> None:
    even = imported_by_hour(reached(200, "10.000"))
    assert imported_by_hour(reached(20, "11"), reached(200, "10.000")) == even
    assert imported_by_hour(reached(-20, "1"), reached(200, "10.000")) == even
    assert imported_by_hour(reached(90, "1"), reached(80, "2"), reached(200, "10.000")) == even


def test_a_session_without_a_duration_is_in_one_hour() -> None:
    whole = {"25 23": ("10.000", "4.55")}
    assert imported_by_hour(reached(0, "10.000"), cost="4.55") == whole
    assert imported_by_hour(reached(-5, "10.000"), cost="4.55") == whole
    late = Reached(BEGIN + LONGEST + timedelta(seconds=1), Decimal("10.000"), Decimal(0))
    assert imported_by_hour(late, cost="4.55") == whole


def test_the_end_of_a_full_hour_begins_no_other() -> None:
    assert list(imported_by_hour(reached(20, "1.000"))) == ["25 23"]


def test_energy_that_is_only_fed_back_is_paid_for_by_time() -> None:
    """Vehicle to grid: what is credited is negative, and belongs to the hours it was fed back in."""
    shares = spread(BEGIN, [reached(80, "0.000", "8.000")], Decimal("-2.00"))
    assert list(shares.values()) == [
        Share(Decimal("0.000"), Decimal("2.000"), Decimal("-0.50")),
        Share(Decimal("0.000"), Decimal("6.000"), Decimal("-1.50")),
    ]


def test_hours_are_those_of_utc() -> None:
    """In Nepal, a quarter to the full hour there is the full hour here."""
    nepal = timezone(timedelta(hours=5, minutes=45))
    assert hour_of(datetime(2025, 1, 1, 5, 44, tzinfo=nepal)).isoformat() == (
        "2024-12-31T23:00:00+00:00"
    )


@given(
    begin=st.timedeltas(timedelta(0), timedelta(days=730)).map(BEGIN.__add__),
    steps=st.lists(
        st.tuples(
            st.integers(-60, 20_000), st.decimals(-1, 300, places=3), st.decimals(0, 50, places=3)
        ),
        min_size=1,
        max_size=8,
    ),
    cost=st.none() | st.decimals(-500, 500, places=2),
)
def test_hours_add_up_to_the_session(
    begin: datetime, steps: list[tuple[int, Decimal, Decimal]], cost: Decimal | None
) -> None:
    readings, now = [], Reached(begin, Decimal(0), Decimal(0))
    for seconds, imported, exported in steps:
        now = Reached(
            now.time + timedelta(seconds=seconds), now.imported + imported, now.exported + exported
        )
        readings.append(now)
    end = Reached(now.time, abs(now.imported), now.exported)
    shares = spread(begin, [*readings[:-1], end], cost)
    assert sum(shares.values(), Share()) == Share(end.imported, end.exported, cost or Decimal(0))
    assert all(share.imported >= 0 and share.exported >= 0 for share in shares.values())
    assert list(shares) == sorted(shares)
    assert all(hour == hour_of(hour) for hour in shares)
    if begin < end.time:
        assert list(shares)[-1] < end.time
