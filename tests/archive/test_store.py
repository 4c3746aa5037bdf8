"""Records: kept once, as they are, with what is known of their signature."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
import hashlib
from types import ModuleType
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.lovato_dmed4.archive import (
    Archive,
    ArchiveError,
    ArchiveSummary,
    KeyState,
    KeyVerdict,
    MeterInfo,
    Outcome,
    RecordTooLargeError,
    SessionQuery,
    SessionVerdict,
    Source,
    changes,
)
from custom_components.lovato_dmed4.archive.judging import KEPT_IN_VIEW
from custom_components.lovato_dmed4.ocmf import (
    MAX_SIZE,
    RecordKind,
    Verdict,
    judgement as judge_module,
    signature as signature_module,
)
from tests.ocmf.helpers import record, sign

from .helpers import LATER, NOW, OTHER_KEY, OTHER_SPKI, SPKI, Charge, add_meter, store, tampered

CHARGE = Charge(page=41)


def test_a_record_is_kept_with_its_verdict(archive: Archive, meter: int) -> None:
    raw = CHARGE.end(3)
    result = archive.store(meter, raw, Source.COMMAND, NOW)
    assert result.new
    found = result.record
    payload = raw.split(b"|")[1]
    assert found.raw == raw
    assert found.digest == hashlib.sha256(payload).hexdigest()
    assert (found.meter_id, found.source) == (meter, Source.COMMAND)
    assert (found.arrived, found.verified) == (NOW, NOW)
    assert (found.kind, found.pagination) == (RecordKind.END, "T44")
    assert found.time is not None
    assert found.time.isoformat() == "2026-05-01T10:45:00+00:00"
    assert (found.verdict, found.key) == (Verdict.VALID, KeyVerdict.OWN)
    assert not found.suspicious
    assert archive.record(found.id) == found
    assert archive.find_record(found.digest) == found


def test_it_is_there_after_opening_again(archive: Archive, url: str, meter: int) -> None:
    stored = archive.store(meter, CHARGE.end(3), Source.COMMAND, NOW).record
    archive.close()
    with pytest.raises(ArchiveError, match="not open"):
        archive.record(stored.id)
    other = Archive(url)
    other.open()
    assert other.record(stored.id) == stored
    other.close()
    archive.open()
    archive.open()
    assert archive.record(stored.id) == stored


def test_the_same_again_changes_nothing(archive: Archive, meter: int) -> None:
    first = archive.store(meter, CHARGE.end(3), Source.COMMAND, NOW)
    again = archive.store(meter, CHARGE.end(3), Source.METER, LATER)
    assert not again.new
    assert again.record == first.record
    assert archive.summary(meter).records == 1


def test_another_signature_of_the_same_payload_is_the_same_record(
    archive: Archive, meter: int
) -> None:
    payload = CHARGE.payload("E", 3, 3)
    first = archive.store(meter, record(sign(payload), payload).encode(), Source.METER, NOW)
    other = record(sign(payload), payload, SA="ECDSA-secp256r1-SHA256").encode()
    assert archive.store(meter, other, Source.METER, LATER).record == first.record


def test_a_valid_signature_takes_the_place_of_one_that_is_not(archive: Archive, meter: int) -> None:
    payload = CHARGE.payload("E", 3, 3)
    bad = archive.store(meter, record(sign("?"), payload).encode(), Source.METER, NOW).record
    assert (bad.verdict, bad.suspicious) == (Verdict.INVALID, True)
    raw = record(sign(payload), payload).encode()
    result = archive.store(meter, raw, Source.METER, LATER)
    assert not result.new
    assert result.record == replace(bad, raw=raw, verdict=Verdict.VALID, verified=LATER)
    # And not the other way round.
    archive.store(meter, bad.raw, Source.METER, LATER)
    assert archive.record(bad.id) == result.record
    assert archive.summary(meter).failed == 0


def test_who_gave_the_command_is_noted_also_when_the_logbook_was_first(
    archive: Archive, meter: int
) -> None:
    archive.store(meter, CHARGE.end(3), Source.METER, NOW)
    found = archive.store(meter, CHARGE.end(3), Source.COMMAND, LATER)
    assert not found.new
    assert (found.record.source, found.record.arrived) == (Source.COMMAND, NOW)
    assert archive.store(meter, CHARGE.end(3), Source.METER, LATER).record.source is Source.COMMAND


def test_chained_is_taken_over_and_stays(archive: Archive, meter: int) -> None:
    raw = CHARGE.begin()
    assert not archive.is_chained(meter, raw)
    archive.store(meter, raw, Source.METER, NOW)
    assert not archive.is_chained(meter, raw)
    archive.store(meter, raw, Source.METER, NOW, chained=True)
    assert archive.is_chained(meter, raw)
    archive.store(meter, raw, Source.COMMAND, NOW)
    assert archive.is_chained(meter, raw)
    assert not archive.is_chained(add_meter(archive, "other"), raw)


NO_RECORDS = [
    b"",
    b"\0\x01\x02",
    b"OCMF",
    b"OCMF|{}|",
    b"OCMF|{" + b"[" * 50_000 + b"|{}",
    b"OCMF|{}",
    b"\x00" * MAX_SIZE,
    b"<script>alert(1)</script>",
    b"x" * 1000,
]


def test_what_is_no_record_is_kept_all_the_same(archive: Archive, meter: int) -> None:
    for raw in NO_RECORDS:
        found = archive.store(meter, raw, Source.METER, NOW).record
        assert found.raw == raw
        assert found.digest == hashlib.sha256(raw).hexdigest()
        assert (found.verdict, found.key) == (Verdict.MALFORMED, KeyVerdict.NONE)
        assert (found.kind, found.session_id, found.time) == (RecordKind.OTHER, None, None)
        assert archive.record(found.id) == found
        assert not archive.store(meter, raw, Source.METER, NOW).new
    count = len(NO_RECORDS)
    assert archive.summary(meter) == ArchiveSummary(records=count, suspicious=count)
    # And nothing is broken by it.
    assert archive.store(meter, CHARGE.end(3), Source.COMMAND, NOW).new


# Fields that are odd in a way that costs their value only.
ODD = ('"TT":"a\tb"', '"TT":"a","TT":"b"', r'"TT":"\ud800"', '"U":NaN', '"U":+1')


def test_odd_values_keep_no_record_from_its_session(archive: Archive, meter: int) -> None:
    for number, odd in enumerate(ODD):
        charge = replace(CHARGE, start=CHARGE.start.replace(year=2020 + number))
        for reason, step in (("B", 0), ("E", 1)):
            payload = charge.payload(reason, step, step).replace('"TT": "0.49 EUR/kWh"', odd)
            assert odd in payload
            raw = record(sign(payload), payload).encode()
            found = archive.store(meter, raw, Source.METER, NOW).record
            assert (found.raw, found.verdict) == (raw, Verdict.VALID)
            assert found.session_id is not None
    sessions = archive.sessions(SessionQuery()).sessions
    assert [(each.records, str(each.imported)) for each in sessions] == [(2, "1.000")] * len(ODD)
    assert {each.verdict for each in sessions} == {SessionVerdict.VALID}


def test_what_is_larger_than_any_record_is_refused(archive: Archive, meter: int) -> None:
    with pytest.raises(RecordTooLargeError, match="1000000 bytes"):
        archive.store(meter, b"x" * 1_000_000, Source.METER, NOW)
    with pytest.raises(RecordTooLargeError):
        archive.store(meter, b"x" * (MAX_SIZE + 1), Source.METER, NOW)
    assert archive.summary(meter).records == 0
    assert archive.store(meter, b"x" * MAX_SIZE, Source.METER, NOW).new


def test_texts_that_no_database_takes_are_only_changed_for_searching(
    archive: Archive, meter: int
) -> None:
    texts = {
        "ID": "a\0b\x1b[31m",
        "TT": "\u202e<b>ÄÖ\U0001f50c</b>",
        "CI": "x" * 20_000,
        "PG": "T\0",
    }
    raw = Charge(texts=texts).end(1)
    stored = archive.store(meter, raw, Source.METER, NOW).record
    assert stored.raw == raw
    assert stored.pagination == "T\ufffd"
    assert archive.record(stored.id) == stored
    (session,) = archive.sessions(SessionQuery(search="äö\U0001f50c")).sessions
    assert session.identification == "a\ufffdb\ufffd[31m"
    assert session.tariff_text == texts["TT"]
    assert session.charge_point == "x" * 255


def test_times_and_numbers_at_the_end_of_what_can_be_written(archive: Archive, meter: int) -> None:
    early = CHARGE.payload("E", 1, 1).replace("2026-05-01", "0002-05-01")
    late = (
        CHARGE.payload("E", 1, 1)
        .replace("2026-05-01", "9998-12-31")
        .replace(":00,000+0000", ":00,999999+0000")
    )
    large = CHARGE.payload("E", 1, 1).replace("130.500", "9" * 40 + "e99").replace("2026", "2025")
    store(archive, meter, *(record(sign(each), each).encode() for each in (early, late, large)))
    sessions = archive.sessions(SessionQuery()).sessions
    assert [session.begin and session.begin.year for session in sessions] == [9998, None, 2025]
    assert sessions[0].begin is not None
    assert sessions[0].begin.microsecond == 999_999
    energy = int("9" * 40 + "0" * 99) - 130
    assert str(sessions[2].imported) == f"{energy}.500"


def counting(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what is expensive: signatures that are calculated, records that are read."""
    counted: Counter[str] = Counter()

    def count(module: ModuleType, name: str) -> None:
        function = getattr(module, name)

        def counted_call(*args: Any) -> Any:
            counted[name] += 1
            return function(*args)

        monkeypatch.setattr(module, name, counted_call)

    count(signature_module, "_matches")
    count(judge_module, "parse")
    return counted


def test_storing_calculates_a_signature_once(
    archive: Archive, meter: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = counting(monkeypatch)
    for number, raw in enumerate((CHARGE.begin(), CHARGE.read(1), CHARGE.end(2)), 1):
        assert archive.store(meter, raw, Source.COMMAND, NOW).record.verdict is Verdict.VALID
        assert counted["_matches"] == number


def test_a_session_of_many_records_costs_what_a_short_one_does(
    archive: Archive, meter: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = counting(monkeypatch)
    costs = []
    for raw in (CHARGE.begin(), *(CHARGE.read(step) for step in range(1, 40))):
        counted.clear()
        archive.store(meter, raw, Source.METER, NOW)
        costs.append((counted["_matches"], counted["parse"]))
    assert set(costs[9:]) == {costs[9]}
    assert costs[9][0] == 1
    end = archive.store(meter, CHARGE.end(40), Source.METER, NOW).record
    (session,) = archive.sessions(SessionQuery(search="t80")).sessions
    assert end.session_id == session.id
    assert (session.records, session.outcome) == (41, Outcome.ENDED_ELSEWHERE)
    assert (session.verdict, str(session.imported)) == (SessionVerdict.VALID, "40.000")
    # What came first is still found.
    assert archive.sessions(SessionQuery(search="t42")).total == 1
    detail = archive.session(session.id)
    assert detail is not None
    assert len(detail.records) == 41


@pytest.mark.parametrize("place", [2, KEPT_IN_VIEW + 2, 2 * KEPT_IN_VIEW + 2])
def test_one_bad_record_among_many_is_not_forgotten(
    archive: Archive, meter: int, place: int
) -> None:
    """Two of them are out of view when the end comes, one is still in view."""
    last = 2 * KEPT_IN_VIEW + 4
    for step in range(1, last):
        raw = CHARGE.read(step)
        archive.store(meter, tampered(raw) if step == place else raw, Source.METER, NOW)
    store(archive, meter, CHARGE.end(last))
    (session,) = archive.sessions(SessionQuery()).sessions
    assert session.verdict is SessionVerdict.INVALID
    assert archive.verify_again(0, 100, LATER)
    assert archive.sessions(SessionQuery()).sessions[0].verdict is SessionVerdict.INVALID


def test_what_is_no_longer_compared_is_still_counted(
    archive: Archive, meter: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "COMPARED", 10)
    bad = tampered(CHARGE.read(1))
    store(archive, meter, bad, *(CHARGE.read(step) for step in range(2, 30)), CHARGE.end(30))
    assert archive.verify_again(0, 100, LATER)
    (session,) = archive.sessions(SessionQuery()).sessions
    assert (session.records, session.verdict) == (30, SessionVerdict.INVALID)


def test_records_of_two_meters_are_apart(archive: Archive, meter: int) -> None:
    other = add_meter(archive, "other")
    assert archive.store(meter, CHARGE.end(3), Source.METER, NOW).new
    assert archive.store(other, CHARGE.end(3), Source.METER, NOW).new
    assert archive.summary(meter).records == archive.summary(other).records == 1
    assert archive.sessions(SessionQuery()).total == 2


def test_a_meter_is_registered_once(archive: Archive) -> None:
    first = archive.register_meter(MeterInfo(unique_id="a", name="A"))
    again = archive.register_meter(
        MeterInfo(unique_id="a", name="B", model="DMED404R0600", serial_number="1")
    )
    assert first == again != archive.register_meter(MeterInfo(unique_id="A", name="A"))


def test_a_meter_that_nobody_knows(archive: Archive, meter: int) -> None:
    with pytest.raises(ArchiveError, match="does not know"):
        archive.store(meter + 1, CHARGE.end(3), Source.METER, NOW)
    assert archive.summary(meter + 1) == ArchiveSummary()
    assert archive.store(meter, CHARGE.end(3), Source.METER, NOW).new


def test_a_renamed_meter_keeps_its_records(archive: Archive, meter: int) -> None:
    store(archive, meter, CHARGE.end(3))
    archive.rename_meter("meter", "key")
    archive.rename_meter("nobody", "key")
    archive.rename_meter("key", "key")
    assert add_meter(archive, "key") == meter
    assert [each.meter for each in archive.sessions(SessionQuery()).sessions] == ["key"]


def test_a_meter_renamed_to_one_that_is_known_gives_it_all_it_has(
    archive: Archive, meter: int
) -> None:
    old = add_meter(archive, "address", key=None)
    store(archive, old, CHARGE.begin(), CHARGE.end(3))
    archive.store(old, CHARGE.read(1), Source.COMMAND, NOW, chained=True)
    store(archive, meter, CHARGE.end(3))
    assert archive.summary(old).suspicious == 3
    archive.see_key(old, OTHER_SPKI, NOW)
    archive.rename_meter("address", "meter")
    assert archive.summary(meter).records == 3
    assert [key.state for key in archive.keys(meter)] == [KeyState.PINNED, KeyState.CHANGED]
    assert archive.summary(meter).suspicious == 0
    assert archive.is_chained(meter, CHARGE.read(1))
    assert archive.summary(old) == ArchiveSummary()
    (session,) = archive.sessions(SessionQuery()).sessions
    assert (session.meter, session.records) == ("meter", 3)


def test_a_forgotten_meter_leaves_nothing(archive: Archive, meter: int) -> None:
    other = add_meter(archive, "other")
    store(archive, meter, CHARGE.begin(), CHARGE.end(3), b"?")
    store(archive, other, CHARGE.end(3))
    assert archive.forget_meter("meter")
    assert archive.summary(meter) == ArchiveSummary()
    assert archive.keys(meter) == ()
    assert [each.meter_id for each in archive.sessions(SessionQuery()).sessions] == [other]
    again = add_meter(archive)
    assert archive.store(again, CHARGE.end(3), Source.METER, NOW).new
    assert archive.forget_meter("unknown")
    assert archive.forget_meter("meter")
    assert not archive.forget_meter("other")


def test_what_is_not_there(archive: Archive, meter: int) -> None:
    stored = archive.store(meter, CHARGE.end(3), Source.METER, NOW).record
    for number in (0, -1, stored.id + 1, 2**31, 2**63, 2**80):
        assert archive.record(number) is None
        assert archive.session(number) is None
    for digest in ("", "\0", "x" * 1000, "\ud800"):
        assert archive.find_record(digest) is None


def test_many_threads_store_the_same(archive: Archive, meter: int) -> None:
    records = [CHARGE.begin(), *(CHARGE.read(step) for step in range(1, 8)), CHARGE.end(8)]
    with ThreadPoolExecutor(8) as threads:
        results = list(
            threads.map(
                lambda raw: archive.store(meter, raw, Source.METER, NOW), records * 4, chunksize=1
            )
        )
    assert sum(result.new for result in results) == len(records)
    assert archive.summary(meter).records == len(records)
    (session,) = archive.sessions(SessionQuery()).sessions
    assert session.records == len(records)
    assert str(session.imported) == "8.000"


def test_many_threads_register_the_same(archive: Archive) -> None:
    infos = [MeterInfo(unique_id=f"m{number % 3}", name="A") for number in range(24)]

    def register(info: MeterInfo) -> tuple[int, int]:
        meter = archive.register_meter(info)
        return meter, archive.see_key(meter, SPKI, NOW).id

    with ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda info: archive.at_once(lambda: register(info)), infos)
        assert len(set(found)) == 3
    assert len(archive.meters()) == 3


def test_what_is_done_at_once_is_done_as_a_whole_or_not_at_all(
    archive: Archive, meter: int
) -> None:
    before = archive.meters(), archive.keys(meter), archive.summary(meter)

    def change() -> None:
        archive.rename_meter("meter", "key")
        store(archive, add_meter(archive, "key", OTHER_SPKI), CHARGE.end(3))
        with ThreadPoolExecutor(1) as other:
            assert other.submit(archive.meters).result() == before[0]

    def change_and_fail() -> None:
        change()
        assert archive.summary(meter).records == 1
        raise RuntimeError

    with pytest.raises(RuntimeError):
        archive.at_once(change_and_fail)
    assert (archive.meters(), archive.keys(meter), archive.summary(meter)) == before
    archive.at_once(change)
    assert [each.unique_id for each in archive.meters()] == ["key"]
    assert [key.state for key in archive.keys(meter)] == [KeyState.PINNED, KeyState.CHANGED]
    assert archive.summary(meter).records == 1


def test_nobody_is_named_in_a_log(archive: Archive, meter: int) -> None:
    stored = archive.store(meter, CHARGE.end(3), Source.METER, NOW)
    shown = f"{stored} {archive.sessions(SessionQuery())} {archive.summary(meter)}"
    assert stored.record.digest in shown
    assert "04A1B2C3" not in shown


def test_a_stranger_s_record_is_suspicious(archive: Archive, meter: int) -> None:
    foreign = archive.store(meter, replace(CHARGE, key=OTHER_KEY).end(3), Source.METER, NOW).record
    assert (foreign.verdict, foreign.key) == (Verdict.INVALID, KeyVerdict.OWN)
    changed = archive.store(meter, tampered(CHARGE.end(4)), Source.METER, NOW).record
    assert changed.verdict is Verdict.INVALID
    assert archive.summary(meter) == replace(
        archive.summary(meter), records=2, suspicious=2, failed=2
    )


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(raw=st.binary(max_size=200) | st.text().map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_kept(archive: Archive, raw: bytes) -> None:
    meter = add_meter(archive)
    stored = archive.store(meter, raw, Source.METER, NOW).record
    assert stored.raw == raw
    assert archive.find_record(stored.digest) == stored
