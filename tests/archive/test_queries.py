"""What is asked of the archive: pages of sessions, searched and filtered, and all of them in turn."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from custom_components.lovato_dmed4.archive import (
    Archive,
    Outcome,
    RecordPage,
    SessionEnergy,
    SessionQuery,
    SessionVerdict,
    Source,
    store as module,
)
from tests.ocmf.helpers import record, sign

from .helpers import NOW, Charge, add_meter, store, tampered

START = Charge.start
DAY = timedelta(days=1)


def charge(number: int, **texts: Any) -> Charge:
    """Return the charge of some day."""
    return Charge(page=10 * number + 1, start=START + number * DAY, texts=texts)


def pages(archive: Archive, **query: Any) -> list[str]:
    """Return the page of each session's begin that a query is about, in its order."""
    found = archive.sessions(SessionQuery(**query))
    if "limit" not in query and "offset" not in query:
        assert found.total == len(found.sessions)
        everything = archive.each_session(SessionQuery(**query))
        assert [each.session for each in everything][::-1] == list(found.sessions)
    return [begin_page(archive, session.id) for session in found.sessions]


def begin_page(archive: Archive, session_id: int) -> str:
    detail = archive.session(session_id)
    assert detail is not None
    return detail.records[0].pagination or ""


@pytest.fixture
def filled(archive: Archive) -> Archive:
    """Have five sessions of two meters."""
    first, second = add_meter(archive, "first"), add_meter(archive, "second")
    store(archive, first, charge(2, ID="Ärger", TT="100% solar").end(1))
    store(archive, second, charge(1, ID="B_2", CI="DE*1").begin(), charge(1, ID="B_2").end(1))
    store(archive, first, charge(3, ID="C3").begin())
    store(archive, second, tampered(charge(4).end(1, "P")))
    store(archive, second, charge(5, ID="x" * 300, TT="a\\b").end(1), source=Source.COMMAND)
    return archive


def test_the_newest_come_first(filled: Archive) -> None:
    assert pages(filled) == ["T52", "T42", "T31", "T22", "T11"]
    newest = [filled.newest_session(meter.id) for meter in filled.meters()]
    assert [begin_page(filled, session.id) for session in newest if session] == ["T31", "T52"]
    assert filled.newest_session(add_meter(filled, "third")) is None


def test_sessions_of_one_time_keep_their_order(archive: Archive, meter: int) -> None:
    for number in range(6):
        store(archive, meter, Charge(page=number, imported=Charge.imported + number).begin())
    newest_first = [f"T{number}" for number in range(5, -1, -1)]
    assert pages(archive) == newest_first
    paged = [pages(archive, offset=offset, limit=2) for offset in range(0, 8, 2)]
    assert paged == [newest_first[:2], newest_first[2:4], newest_first[4:], []]


def test_a_page_tells_how_many_there_are(filled: Archive) -> None:
    page = filled.sessions(SessionQuery(offset=1, limit=2, meters=("second",)))
    assert (page.total, len(page.sessions)) == (3, 2)
    page = filled.sessions(SessionQuery(offset=9))
    assert (page.total, page.sessions) == (5, ())


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"meters": ("first",)}, ["T31", "T22"]),
    ({"meters": ("first", "second")}, ["T52", "T42", "T31", "T22", "T11"]),
    ({"meters": ("nobody",)}, []),
    ({"since": START + 3 * DAY}, ["T52", "T42", "T31"]),
    ({"since": START + 3 * DAY + timedelta(microseconds=1)}, ["T52", "T42"]),
    ({"until": START + 3 * DAY}, ["T22", "T11"]),
    ({"until": START + 3 * DAY + timedelta(microseconds=1)}, ["T31", "T22", "T11"]),
    ({"since": START + 2 * DAY, "until": START + 4 * DAY}, ["T31", "T22"]),
    ({"verdicts": (SessionVerdict.INVALID,)}, ["T42"]),
    ({"verdicts": (SessionVerdict.INVALID, SessionVerdict.INCONSISTENT)}, ["T42"]),
    ({"outcomes": (Outcome.OPEN,)}, ["T31"]),
    ({"outcomes": (Outcome.ENDED, Outcome.POWER_FAILURE)}, ["T52", "T42"]),
    ({"outcomes": (Outcome.ENDED_ELSEWHERE,), "meters": ("first",)}, ["T22"]),
]


def test_filters(filled: Archive) -> None:
    for query, expected in FILTERS:
        assert pages(filled, **query) == expected, query


SEARCHES = [
    ("", ["T52", "T42", "T31", "T22", "T11"]),
    ("c3", ["T31"]),
    ("äRG", ["T22"]),
    ("ÄRGER", ["T22"]),
    ("SOLAR", ["T22"]),
    ("%", ["T22"]),
    ("0% s", ["T22"]),
    ("B_2", ["T11"]),
    ("_", ["T11"]),
    ("DE*1", []),
    ("it*xyz", ["T52", "T42", "T31", "T22", "T11"]),
    ("T42", ["T42"]),
    ("t1", ["T11"]),
    ("a\\b", ["T52"]),
    ("\\", ["T52"]),
    ("x" * 255, ["T52"]),
    ("x" * 1000, ["T52"]),
    ("nowhere", []),
    ("ger\n100", []),
    ("\0", []),
    ("\ud800", []),
    ("'; DROP TABLE dmed4_records; --", []),
]


def test_search(filled: Archive) -> None:
    for search, expected in SEARCHES:
        assert pages(filled, search=search) == expected, search


@pytest.mark.parametrize("day", ["0000-05-02", "1970-01-01", "2000-01-01", "2098-05-02"])
def test_a_session_whose_clock_failed_counts_when_it_arrived(
    archive: Archive, meter: int, day: str
) -> None:
    payload = charge(1).payload("E", 1, 1).replace("2026-05-02", day)
    store(archive, meter, charge(0).begin(), record(sign(payload), payload).encode())
    assert pages(archive) == ["T12", "T1"]
    failed = archive.sessions(SessionQuery()).sessions[0]
    assert (failed.counted, failed.arrived) == (NOW, NOW)
    assert failed.begin is None or f"{failed.begin:%Y-%m-%d}" == day
    assert pages(archive, until=NOW) == ["T1"]
    assert pages(archive, since=NOW, until=NOW + DAY) == ["T12"]
    assert len(archive.energies(SessionQuery(since=NOW))) == 1


def test_a_session_of_the_future_hides_no_other(archive: Archive, meter: int) -> None:
    future = charge(0).payload("E", 1, 1).replace("2026-05-01", "2098-05-01")
    archive.store(meter, record(sign(future), future).encode(), Source.METER, NOW)
    running = replace(charge(3), start=NOW + DAY)
    archive.store(meter, running.begin(), Source.COMMAND, NOW + DAY)
    archive.settle(meter, charging=True)
    newest, older = archive.sessions(SessionQuery()).sessions
    assert (newest.begin, newest.outcome) == (NOW + DAY, Outcome.OPEN)
    assert older.begin is not None
    assert older.begin.year == 2098
    archive.store(meter, running.end(1), Source.COMMAND, NOW + DAY)
    last = archive.summary(meter).last
    assert last is not None
    assert last.begin == running.start


def test_a_clock_that_is_a_little_ahead_is_right_enough(archive: Archive, meter: int) -> None:
    ahead = replace(charge(0), start=NOW + timedelta(minutes=1))
    archive.store(meter, ahead.begin(), Source.METER, NOW)
    (session,) = archive.sessions(SessionQuery()).sessions
    assert session.counted == session.begin == ahead.start


def test_all_sessions_come_in_turn_also_of_those_that_arrive_meanwhile(
    archive: Archive, meter: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH", 5)
    for number in range(20):
        # Three began at the same time.
        begin, imported = START + number // 3 * DAY, Charge.imported + number
        store(archive, meter, Charge(page=number, start=begin, imported=imported).begin())
    seen = []
    for detail in archive.each_session(SessionQuery(limit=1, offset=7)):
        seen.append(detail.records[0].pagination)
        if len(seen) == 10:
            store(archive, meter, Charge(page=98, start=START - DAY).begin())
            store(archive, meter, Charge(page=99, start=START + 100 * DAY).begin())
    assert seen == [*(f"T{number}" for number in range(20)), "T99"]


def test_details_name_the_keys_that_the_records_need(archive: Archive, meter: int) -> None:
    store(archive, meter, charge(1).begin())
    unverified = add_meter(archive, "other", key=None)
    store(archive, unverified, charge(2).begin())
    known, unknown = archive.each_session(SessionQuery())
    assert [key.id for key in known.keys] == [known.records[0].key_id]
    assert unknown.keys == ()
    assert (
        archive.store(meter, charge(1).end(2), Source.METER, NOW).record.key_id == known.keys[0].id
    )


def test_energies(filled: Archive) -> None:
    """The same sessions as in pages."""
    meter = add_meter(filled, "first")
    timeless = charge(9).end(1).replace(charge(9).start.strftime("%Y-").encode(), b"nonsense")
    store(filled, meter, timeless)
    for query in (SessionQuery(), SessionQuery(meters=("second",), limit=1, offset=1)):
        every = [each.session for each in filled.each_session(query)]
        assert sorted(filled.energies(query), key=lambda each: each.counted) == [
            SessionEnergy(each.counted, each.identification, each.imported, each.exported)
            for each in every
        ]
    assert len(filled.energies(SessionQuery())) == 6
    (energy,) = filled.energies(SessionQuery(search="b_2"))
    assert (energy.identification, energy.imported) == ("B_2", Decimal("1.000"))
    assert energy.counted == START + DAY
    assert filled.energies(SessionQuery(until=START)) == []


def test_records_without_session(filled: Archive) -> None:
    assert filled.records_without_session((), 0, 10) == RecordPage(records=(), total=0)
    first, second = add_meter(filled, "first"), add_meter(filled, "second")
    store(filled, first, b"nonsense")
    store(filled, second, b"\x00\xff")
    store(filled, first, record(sign('{"PG":"F7"}'), '{"PG":"F7"}').encode())

    def found(*meters: str, offset: int = 0, limit: int = 10) -> tuple[list[bytes], int]:
        page = filled.records_without_session(meters, offset, limit)
        assert all(each.session_id is None for each in page.records)
        return [each.raw[:8] for each in page.records], page.total

    assert found() == ([b'OCMF|{"P', b"\x00\xff", b"nonsense"], 3)
    assert found(offset=1, limit=1) == ([b"\x00\xff"], 3)
    assert found("first") == ([b'OCMF|{"P', b"nonsense"], 2)
    assert found("first", "second")[1] == 3
    assert found("third") == ([], 0)
