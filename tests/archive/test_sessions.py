"""Sessions: the same from the same records, in whatever order they came."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
import random

import pytest

from custom_components.lovato_dmed4.archive import (
    Archive,
    KeyVerdict,
    Outcome,
    Session,
    SessionDetail,
    SessionQuery,
    SessionVerdict,
    Source,
)
from custom_components.lovato_dmed4.ocmf import RecordKind
from tests.ocmf.helpers import record, sign

from .helpers import NOW, OTHER_KEY, OTHER_SPKI, Charge, add_meter, store, tampered

CHARGE = Charge()


def only(archive: Archive, *meters: str) -> Session:
    """Return the only session."""
    page = archive.sessions(SessionQuery(meters=meters))
    assert page.total == 1
    (session,) = page.sessions
    return session


def detail(archive: Archive) -> SessionDetail:
    """Return the only session with its records."""
    found = archive.session(only(archive).id)
    assert found is not None
    return found


def test_a_session_is_what_its_records_say(archive: Archive, meter: int) -> None:
    charge = replace(CHARGE, exported=Decimal("0.001"))
    store(archive, meter, charge.begin(), charge.read(1), charge.read(2))
    store(archive, meter, charge.end(3), source=Source.COMMAND)
    session = only(archive)
    assert session == Session(
        id=session.id,
        meter_id=meter,
        meter="meter",
        begin=datetime(2026, 5, 1, 10, tzinfo=UTC),
        end=datetime(2026, 5, 1, 10, 45, tzinfo=UTC),
        last_known=datetime(2026, 5, 1, 10, 45, tzinfo=UTC),
        imported=Decimal("3.000"),
        exported=Decimal("0.000"),
        identification_type="ISO14443",
        identification="04A1B2C3",
        identification_level="VERIFIED",
        tariff_text="0.49 EUR/kWh",
        charge_point="IT*XYZ*E1",
        outcome=Outcome.ENDED,
        verdict=SessionVerdict.VALID,
        records=4,
        arrived=NOW,
        counted=datetime(2026, 5, 1, 10, tzinfo=UTC),
    )
    # The decimals that the meter wrote tell its precision.
    assert str(session.imported) == "3.000"
    assert archive.summary(meter).last == session


def test_its_records_are_in_the_order_they_were_made(archive: Archive, meter: int) -> None:
    records = [CHARGE.begin(), *(CHARGE.read(step) for step in range(1, 12)), CHARGE.end(12)]
    shuffled = records[:]
    random.Random(1).shuffle(shuffled)  # noqa: S311 - the same at each run
    store(archive, meter, *shuffled)
    found = detail(archive)
    assert [each.raw for each in found.records] == records
    assert {each.session_id for each in found.records} == {found.session.id}
    assert [key.spki for key in found.keys] == [key.spki for key in archive.keys(meter)]


def test_records_with_one_page_number_are_in_the_order_of_time(
    archive: Archive, meter: int
) -> None:
    records = [CHARGE.sign(reason, 0, step) for reason, step in (("B", 0), ("C", 1), ("E", 1))]
    store(archive, meter, *reversed(records))
    assert [each.kind for each in detail(archive).records] == [
        RecordKind.BEGIN,
        RecordKind.INTERMEDIATE,
        RecordKind.END,
    ]


def test_a_clock_that_was_set_back_does_not_change_the_order(archive: Archive, meter: int) -> None:
    records = [CHARGE.begin(), CHARGE.sign("C", 1, 3), CHARGE.sign("E", 2, 2)]
    store(archive, meter, *reversed(records))
    found = detail(archive)
    assert [each.raw for each in found.records] == records
    assert found.session.verdict is SessionVerdict.INCONSISTENT


def test_a_pagination_that_began_anew_within_a_session(archive: Archive, meter: int) -> None:
    charge = replace(CHARGE, page=41)
    records = [charge.begin(), charge.read(1), charge.sign("C", -40, 2), charge.sign("E", -39, 3)]
    store(archive, meter, *reversed(records))
    found = detail(archive)
    assert [each.pagination for each in found.records] == ["T41", "T42", "T1", "T2"]
    assert found.session.verdict is SessionVerdict.VALID


@pytest.mark.parametrize(
    "records",
    [
        [CHARGE.begin(), CHARGE.read(1), CHARGE.read(2), CHARGE.end(3)],
        [CHARGE.begin(), CHARGE.read(1), CHARGE.end(2, "P"), CHARGE.end(3)],
        [CHARGE.begin(), CHARGE.read(1), CHARGE.read(2)],
        [CHARGE.begin(), tampered(CHARGE.read(1)), CHARGE.end(2)],
        [CHARGE.begin(), CHARGE.end(2, ID="X"), CHARGE.end(2, ID="Y"), tampered(CHARGE.end(2))],
        [CHARGE.begin(), CHARGE.sign("E", 0, 2), CHARGE.sign("C", 0, 2)],
    ],
    ids=["whole", "power failure", "open", "tampered", "three ends", "one page"],
)
def test_the_order_of_storing_makes_no_difference(
    sqlite_url: str, records: Sequence[bytes]
) -> None:
    archive = Archive(sqlite_url)
    archive.open()
    found = set()
    for number, order in enumerate(permutations(records)):
        name = f"meter {number}"
        meter = add_meter(archive, name)
        for place, raw in enumerate(order):
            archive.store(meter, raw, Source.METER, NOW)
            if place == number % len(records):
                # Stored twice, and settled too early.
                archive.store(meter, raw, Source.METER, NOW)
                archive.settle(meter, charging=True)
        (session,) = archive.sessions(SessionQuery(meters=[name])).sessions
        found.add(replace(session, id=0, meter_id=0, meter=""))
    archive.close()
    assert len(found) == 1


def test_when_the_key_is_seen_makes_no_difference(archive: Archive) -> None:
    records = [CHARGE.end(2), CHARGE.begin(), CHARGE.read(1)]
    for seen_after in range(4):
        name = f"meter {seen_after}"
        meter = add_meter(archive, name, key=None)
        store(archive, meter, *records[:seen_after])
        if seen_after:
            assert only(archive, name).verdict is SessionVerdict.UNVERIFIABLE
        assert add_meter(archive, name) == meter
        store(archive, meter, *records[seen_after:])
        session = only(archive, name)
        assert session.verdict is SessionVerdict.VALID
        found = archive.session(session.id)
        assert found is not None
        assert {each.key for each in found.records} == {KeyVerdict.OWN}


ENDS = [
    ([CHARGE.begin()], Source.COMMAND, Outcome.OPEN),
    ([CHARGE.begin(), CHARGE.read(1)], Source.COMMAND, Outcome.OPEN),
    ([CHARGE.end(1)], Source.COMMAND, Outcome.ENDED),
    ([CHARGE.end(1, "L")], Source.COMMAND, Outcome.ENDED),
    ([CHARGE.end(1)], Source.METER, Outcome.ENDED_ELSEWHERE),
    ([CHARGE.end(1, "R")], Source.METER, Outcome.ENDED_ELSEWHERE),
    ([CHARGE.end(1, "P")], Source.COMMAND, Outcome.POWER_FAILURE),
    ([CHARGE.end(1, "P")], Source.METER, Outcome.POWER_FAILURE),
    ([CHARGE.end(1, "P"), CHARGE.read(2)], Source.METER, Outcome.POWER_FAILURE),
    ([CHARGE.end(1, "P"), CHARGE.end(2)], Source.COMMAND, Outcome.ENDED),
]


def test_how_it_ended(archive: Archive) -> None:
    for number, (records, source, outcome) in enumerate(ENDS):
        meter = add_meter(archive, f"meter {number}")
        store(archive, meter, *records, source=source)
        assert only(archive, f"meter {number}").outcome is outcome, number
        last = archive.summary(meter).last
        assert (last is None) == (outcome is Outcome.OPEN)


@pytest.mark.parametrize("reason", ["E", "L", "R", "A"])
def test_every_reason_that_ends_a_session_is_an_end(
    archive: Archive, meter: int, reason: str
) -> None:
    store(archive, meter, CHARGE.begin(), CHARGE.end(2, reason))
    session = only(archive)
    assert session.outcome is Outcome.ENDED_ELSEWHERE
    assert session.end == CHARGE.start + timedelta(minutes=30)
    archive.settle(meter, charging=False)
    assert only(archive).outcome is Outcome.ENDED_ELSEWHERE


def test_who_gave_the_command_decides_who_ended_it(archive: Archive, meter: int) -> None:
    store(archive, meter, CHARGE.begin(), source=Source.COMMAND)
    store(archive, meter, CHARGE.end(1))
    assert only(archive).outcome is Outcome.ENDED_ELSEWHERE
    store(archive, meter, CHARGE.end(1), source=Source.COMMAND)
    assert only(archive).outcome is Outcome.ENDED


def test_an_open_session_tells_of_its_last_record(archive: Archive, meter: int) -> None:
    store(archive, meter, CHARGE.read(2), CHARGE.begin())
    session = only(archive)
    assert session.imported == Decimal(2)
    assert session.end is None
    assert session.last_known == datetime(2026, 5, 1, 10, 30, tzinfo=UTC)


def test_counters_that_begin_again_from_0(archive: Archive, meter: int) -> None:
    # The record's end goes on past the counter's maximum; other meters' may not.
    near = replace(CHARGE, imported=Decimal("99999999.500"))
    store(archive, meter, near.end(2))
    assert only(archive).imported == Decimal("2.000")
    archive.forget_meter("meter")
    payload = near.payload("E", 2, 2).replace("100000001.500", "1.500")
    store(archive, add_meter(archive), record(sign(payload), payload).encode())
    assert (only(archive).imported, only(archive).verdict) == (
        Decimal("2.000"),
        SessionVerdict.VALID,
    )


def test_a_counter_that_went_back_tells_no_energy(archive: Archive, meter: int) -> None:
    payload = CHARGE.payload("E", 2, 2).replace("131.500", "100.000")
    store(archive, meter, record(sign(payload), payload).encode())
    session = only(archive)
    assert (session.imported, session.exported) == (None, Decimal(0))
    assert session.verdict is SessionVerdict.INCONSISTENT


def test_no_counter_tells_no_energy(archive: Archive, meter: int) -> None:
    payload = CHARGE.payload("E", 2, 2).replace('"RU":"kWh"', '"RU":"V"')
    store(archive, meter, record(sign(payload), payload).encode())
    assert (only(archive).imported, only(archive).exported) == (None, None)


def test_a_record_without_a_begin_belongs_to_no_session(archive: Archive, meter: int) -> None:
    payload = CHARGE.payload("E", 0, 0).replace('"TX":"B"', '"TX":"E"')
    stored = archive.store(meter, record(sign(payload), payload).encode(), Source.METER, NOW).record
    assert stored.session_id is None
    assert archive.sessions(SessionQuery()).total == 0


VERDICTS = [
    ([CHARGE.begin(), CHARGE.end(2)], SessionVerdict.VALID),
    # Another user: the signatures are good.
    ([CHARGE.begin(), CHARGE.end(2, ID="X")], SessionVerdict.INCONSISTENT),
    ([CHARGE.begin(), CHARGE.end(2), CHARGE.end(2, ID="X")], SessionVerdict.INCONSISTENT),
    (
        [CHARGE.begin(), CHARGE.end(2).replace(b'{"SD"', b'{"SA":"unknown","SD"')],
        SessionVerdict.UNVERIFIABLE,
    ),
    ([tampered(CHARGE.begin()), CHARGE.end(2)], SessionVerdict.INVALID),
    (
        [tampered(CHARGE.begin()), CHARGE.end(2, ID="X").replace(b'{"SD"', b'{"SA":"?","SD"')],
        SessionVerdict.INVALID,
    ),
]


def test_the_verdict_is_that_of_the_worst(archive: Archive) -> None:
    for number, (records, verdict) in enumerate(VERDICTS):
        store(archive, add_meter(archive, f"meter {number}"), *records)
        assert only(archive, f"meter {number}").verdict is verdict, number


def test_a_key_that_nobody_has_accepted_outweighs_what_is_inconsistent(
    archive: Archive, meter: int
) -> None:
    archive.see_key(meter, OTHER_SPKI, NOW)
    store(archive, meter, replace(CHARGE, key=OTHER_KEY).begin(), CHARGE.end(2, ID="X"))
    assert only(archive).verdict is SessionVerdict.KEY_CHANGED
    assert len(detail(archive).keys) == 2
    store(archive, meter, tampered(CHARGE.end(2)))
    assert only(archive).verdict is SessionVerdict.INVALID


def test_an_end_with_a_good_signature_is_believed_before_one_without(
    archive: Archive, meter: int
) -> None:
    bad = tampered(CHARGE.end(3, TT="bad"))
    store(archive, meter, CHARGE.end(2, TT="good"), bad)
    session = only(archive)
    assert (session.tariff_text, session.imported) == ("good", Decimal(2))
    assert session.verdict is SessionVerdict.INVALID


def following(number: int) -> Charge:
    """Return the charge of some day."""
    return Charge(page=10 * number + 1, start=CHARGE.start + timedelta(days=number))


def outcomes(archive: Archive) -> list[Outcome]:
    """Return the outcomes, the oldest session's first."""
    return [session.outcome for session in reversed(archive.sessions(SessionQuery()).sessions)]


def test_sessions_without_an_end_are_settled(archive: Archive, meter: int) -> None:
    other = add_meter(archive, "other")
    store(archive, other, following(1).begin())
    store(archive, meter, following(2).begin(), following(3).end(1), following(4).begin())
    open_, missing, ended = Outcome.OPEN, Outcome.END_MISSING, Outcome.ENDED_ELSEWHERE
    assert outcomes(archive) == [open_, open_, ended, open_]
    archive.settle(meter, charging=True)
    assert outcomes(archive) == [open_, missing, ended, open_]
    archive.settle(meter, charging=False)
    assert outcomes(archive) == [open_, missing, ended, missing]
    # The meter was away, and is still charging.
    archive.settle(meter, charging=True)
    assert outcomes(archive) == [open_, missing, ended, open_]


def test_a_charge_that_is_not_here_yet_leaves_no_older_one_open(
    archive: Archive, meter: int
) -> None:
    store(archive, meter, following(1).begin(), following(2).end(1))
    archive.settle(meter, charging=True)
    assert outcomes(archive) == [Outcome.END_MISSING, Outcome.ENDED_ELSEWHERE]


def test_a_settled_session_is_settled_anew_by_an_end_only(archive: Archive, meter: int) -> None:
    store(archive, meter, CHARGE.begin())
    archive.settle(meter, charging=False)
    store(archive, meter, CHARGE.read(1))
    assert outcomes(archive) == [Outcome.END_MISSING]
    store(archive, meter, CHARGE.end(2))
    assert outcomes(archive) == [Outcome.ENDED_ELSEWHERE]
    archive.settle(meter, charging=True)
    assert outcomes(archive) == [Outcome.ENDED_ELSEWHERE]


def test_the_last_session_that_ended(archive: Archive, meter: int) -> None:
    add_meter(archive, "other")
    assert archive.summary(meter).last is None
    store(archive, meter, following(2).end(1), following(1).end(1), following(3).begin())
    archive.settle(meter, charging=False)
    last = archive.summary(meter).last
    assert last is not None
    assert last.begin == following(2).start
