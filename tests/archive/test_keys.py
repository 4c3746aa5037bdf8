"""Keys: the first one is pinned, another one an alarm, and old records stay verifiable."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import URL, create_engine, text

from custom_components.lovato_dmed4.archive import (
    Archive,
    KeyState,
    KeyVerdict,
    SessionQuery,
    SessionVerdict,
    Source,
)
from custom_components.lovato_dmed4.ocmf import MalformedKeyError, Verdict
from tests.ocmf.helpers import KEY, point, spki

from .helpers import (
    LATER,
    NOW,
    OTHER_CURVE,
    OTHER_KEY,
    OTHER_SPKI,
    SPKI,
    Charge,
    add_meter,
    store,
    tampered,
)

OLD = Charge(page=1)
LATE = NOW.replace(year=2028)
NEW = Charge(page=11, start=OLD.start.replace(year=2027), key=OTHER_KEY)


def verdicts(archive: Archive) -> list[tuple[Verdict, KeyVerdict]]:
    """Return what is thought of each record, the oldest session's first."""
    return [
        (record.verdict, record.key)
        for session in archive.each_session(SessionQuery())
        for record in session.records
    ]


def session_verdicts(archive: Archive) -> list[SessionVerdict]:
    """Return what is thought of each session, the oldest first."""
    return [each.session.verdict for each in archive.each_session(SessionQuery())]


def test_the_first_key_is_pinned(archive: Archive) -> None:
    meter = add_meter(archive, key=None)
    assert archive.keys(meter) == ()
    key = archive.see_key(meter, SPKI, NOW)
    assert (key.state, key.spki) == (KeyState.PINNED, SPKI)
    assert (key.first_seen, key.last_seen) == (NOW, NOW)
    # In another shape, and padded as in the meter's registers.
    again = archive.see_key(meter, point(), LATER)
    assert again == replace(key, last_seen=LATER)
    assert archive.see_key(meter, SPKI + bytes(37), NOW) == again
    assert archive.keys(meter) == (again,)


def test_what_is_no_key_is_refused(archive: Archive, meter: int) -> None:
    for nonsense in (b"", bytes(64), SPKI[:-1]):
        with pytest.raises(MalformedKeyError):
            archive.see_key(meter, nonsense, NOW)
        with pytest.raises(MalformedKeyError):
            archive.accept_key(meter, nonsense, NOW)
    assert [key.spki for key in archive.keys(meter)] == [SPKI]


def test_another_key_is_an_alarm_until_it_is_accepted(archive: Archive, meter: int) -> None:
    store(archive, meter, OLD.begin(), OLD.end(1))
    changed = archive.see_key(meter, OTHER_SPKI, LATER)
    assert changed.state is KeyState.CHANGED
    store(archive, meter, NEW.begin(), NEW.end(1))
    assert verdicts(archive) == [
        *[(Verdict.VALID, KeyVerdict.OWN)] * 2,
        *[(Verdict.VALID, KeyVerdict.CHANGED)] * 2,
    ]
    assert session_verdicts(archive) == [SessionVerdict.VALID, SessionVerdict.KEY_CHANGED]
    assert archive.summary(meter).suspicious == 2
    archive.accept_key(meter, OTHER_SPKI, LATER)
    assert [(key.spki, key.state) for key in archive.keys(meter)] == [
        (SPKI, KeyState.FORMER),
        (OTHER_SPKI, KeyState.PINNED),
    ]
    assert verdicts(archive) == [
        *[(Verdict.VALID, KeyVerdict.FORMER)] * 2,
        *[(Verdict.VALID, KeyVerdict.OWN)] * 2,
    ]
    assert session_verdicts(archive) == [SessionVerdict.VALID, SessionVerdict.VALID]
    assert archive.summary(meter).suspicious == 0
    assert archive.see_key(meter, OTHER_SPKI, LATER).state is KeyState.PINNED
    # An old record that is fetched only now.
    assert archive.store(meter, OLD.read(1), Source.METER, NOW).record.key is KeyVerdict.FORMER


def test_a_former_key_makes_no_more_valid_records(archive: Archive, meter: int) -> None:
    seen = OLD.start.replace(year=2027)
    archive.see_key(meter, OTHER_SPKI, seen)
    archive.accept_key(meter, OTHER_SPKI, seen + timedelta(days=3))
    assert [key.replaced for key in archive.keys(meter)] == [seen, None]
    # By its time it is from before, so it may come late.
    assert archive.store(meter, OLD.end(1), Source.METER, LATE).record.key is KeyVerdict.FORMER
    new = replace(OLD, start=seen + timedelta(days=1), page=20)
    stored = archive.store(meter, new.end(1), Source.METER, LATE).record
    assert (stored.verdict, stored.key) == (Verdict.VALID, KeyVerdict.REPLACED)
    assert stored.suspicious
    # A clock that was never set proves nothing.
    unset = replace(OLD, start=OLD.start.replace(year=2001), page=30)
    assert archive.store(meter, unset.end(1), Source.METER, LATE).record.key is KeyVerdict.REPLACED
    changed = SessionVerdict.KEY_CHANGED
    assert sorted(session_verdicts(archive)) == sorted([SessionVerdict.VALID, changed, changed])
    assert archive.verify_again(0, 10, LATE)
    assert sorted(session_verdicts(archive)) == sorted([SessionVerdict.VALID, changed, changed])


def test_records_that_came_between_are_looked_at_again(archive: Archive, meter: int) -> None:
    seen = OLD.start.replace(year=2027)
    archive.see_key(meter, OTHER_SPKI, seen)
    between = replace(OLD, start=seen + timedelta(days=1), page=20)
    arrived = seen + timedelta(days=2)
    early = archive.store(meter, OLD.end(1), Source.METER, arrived).record
    late = archive.store(meter, between.end(1), Source.METER, arrived).record
    assert (early.key, late.key) == (KeyVerdict.OWN, KeyVerdict.OWN)
    archive.accept_key(meter, OTHER_SPKI, seen + timedelta(days=3))
    found = [archive.record(each.id) for each in (early, late)]
    assert [each and each.key for each in found] == [KeyVerdict.FORMER, KeyVerdict.REPLACED]
    assert session_verdicts(archive) == [SessionVerdict.VALID, SessionVerdict.KEY_CHANGED]


def test_a_key_that_was_never_the_meter_s(archive: Archive, meter: int) -> None:
    store(archive, meter, OLD.begin(), OLD.end(1), NEW.end(1))
    archive.see_key(meter, OTHER_SPKI, NOW)
    archive.accept_key(meter, OTHER_SPKI, NOW, former=KeyState.REJECTED)
    states = [KeyState.REJECTED, KeyState.PINNED]
    assert [key.state for key in archive.keys(meter)] == states
    assert session_verdicts(archive) == [SessionVerdict.KEY_CHANGED, SessionVerdict.VALID]
    assert archive.summary(meter).suspicious == 2
    # The meter that shows it again is no better for it.
    assert archive.see_key(meter, SPKI, LATER).state is KeyState.REJECTED
    again = archive.store(meter, OLD.read(1), Source.METER, LATER).record
    assert (again.verdict, again.key) == (Verdict.VALID, KeyVerdict.REJECTED)
    # But a mistake can be mended.
    archive.accept_key(meter, SPKI, LATER)
    assert session_verdicts(archive)[0] is SessionVerdict.VALID


def test_the_former_key_can_be_accepted_again(archive: Archive, meter: int) -> None:
    store(archive, meter, OLD.end(1), NEW.end(1))
    archive.accept_key(meter, OTHER_SPKI, NOW)
    assert archive.see_key(meter, SPKI, LATER).state is KeyState.FORMER
    archive.accept_key(meter, SPKI, LATER)
    states = [KeyState.PINNED, KeyState.FORMER]
    assert [key.state for key in archive.keys(meter)] == states
    assert verdicts(archive) == [
        (Verdict.VALID, KeyVerdict.OWN),
        (Verdict.VALID, KeyVerdict.FORMER),
    ]


def test_the_first_key_can_be_accepted_unseen(archive: Archive) -> None:
    meter = add_meter(archive, key=None)
    store(archive, meter, OLD.end(1))
    archive.accept_key(meter, SPKI, NOW)
    assert [key.state for key in archive.keys(meter)] == [KeyState.PINNED]
    assert verdicts(archive) == [(Verdict.VALID, KeyVerdict.OWN)]


def test_a_record_that_came_before_its_key_is_verified_with_it(
    archive: Archive, meter: int
) -> None:
    early = archive.store(meter, NEW.end(1), Source.METER, NOW).record
    assert (early.verdict, early.key) == (Verdict.INVALID, KeyVerdict.OWN)
    archive.see_key(meter, OTHER_SPKI, LATER)
    found = archive.record(early.id)
    assert found is not None
    assert (found.verdict, found.key, found.verified) == (Verdict.VALID, KeyVerdict.CHANGED, LATER)
    assert session_verdicts(archive) == [SessionVerdict.KEY_CHANGED]


def test_accepting_a_key_that_was_not_seen_verifies_as_well(archive: Archive, meter: int) -> None:
    store(archive, meter, NEW.end(1), tampered(OLD.end(1)))
    assert archive.summary(meter).failed == 2
    archive.accept_key(meter, OTHER_SPKI, LATER)
    assert verdicts(archive) == [
        (Verdict.INVALID, KeyVerdict.OWN),
        (Verdict.VALID, KeyVerdict.OWN),
    ]
    assert archive.summary(meter).failed == 1


def test_a_key_on_another_curve_is_foreign_and_accuses_nobody(archive: Archive) -> None:
    meter = add_meter(archive, key=spki(OTHER_CURVE))
    stored = archive.store(meter, OLD.end(1), Source.METER, NOW).record
    assert (stored.verdict, stored.key) == (Verdict.KEY_MISMATCH, KeyVerdict.NONE)
    assert stored.key_id is None
    assert session_verdicts(archive) == [SessionVerdict.UNVERIFIABLE]
    archive.see_key(meter, SPKI, NOW)
    assert verdicts(archive) == [(Verdict.VALID, KeyVerdict.CHANGED)]


def test_all_records_are_verified_again_in_steps(archive: Archive, meter: int) -> None:
    other = add_meter(archive, "other", key=None)
    store(archive, meter, OLD.begin(), b"?", OLD.end(1))
    store(archive, other, OLD.begin(), OLD.end(1))
    after, steps = 0, []
    while (last := archive.verify_again(after, 2, LATER)) is not None:
        steps.append(last - after)
        after = last
    assert sum(steps) >= len(steps) * 2 - 1
    assert len(steps) == 3
    found = [archive.record(number) for number in range(1, after + 1)]
    assert [each.verified for each in found if each] == [LATER] * 5
    assert [each.verdict for each in found if each] == [
        Verdict.VALID,
        Verdict.MALFORMED,
        Verdict.VALID,
        Verdict.NO_KEY,
        Verdict.NO_KEY,
    ]
    assert archive.verify_again(after, 2, LATER) is None


def test_a_third_key_leaves_the_one_that_nobody_accepted(archive: Archive, meter: int) -> None:
    archive.see_key(meter, OTHER_SPKI, NOW)
    archive.accept_key(meter, spki(OTHER_CURVE), LATER)
    states = [KeyState.FORMER, KeyState.CHANGED, KeyState.PINNED]
    assert [key.state for key in archive.keys(meter)] == states


def test_what_was_changed_in_the_database_is_found(
    database: URL, archive: Archive, meter: int
) -> None:
    ids = [
        archive.store(meter, raw, Source.METER, NOW).record.id
        for raw in (OLD.begin(), OLD.end(1), NEW.end(1))
    ]
    archive.accept_key(meter, OTHER_SPKI, NOW)
    assert archive.summary(meter).suspicious == 0
    engine = create_engine(database)
    change = text("UPDATE dmed4_records SET raw = :raw WHERE id = :id")
    with engine.begin() as connection:
        connection.execute(change, {"raw": tampered(OLD.end(1)), "id": ids[1]})
        connection.execute(change, {"raw": b"gone", "id": ids[2]})
    engine.dispose()
    assert archive.verify_again(0, 10, LATER) == ids[2]
    assert verdicts(archive) == [
        (Verdict.VALID, KeyVerdict.FORMER),
        (Verdict.INVALID, KeyVerdict.OWN),
        (Verdict.MALFORMED, KeyVerdict.NONE),
    ]
    assert session_verdicts(archive) == [SessionVerdict.INVALID, SessionVerdict.UNVERIFIABLE]
    # What is known of the session is kept.
    assert [each.session.begin for each in archive.each_session(SessionQuery())] == [
        OLD.start,
        NEW.start,
    ]


def test_keys_are_a_meter_s_own(archive: Archive, meter: int) -> None:
    other = add_meter(archive, "other", key=OTHER_SPKI)
    assert [key.state for key in archive.keys(other)] == [KeyState.PINNED]
    stored = archive.store(other, replace(OLD, key=KEY).end(1), Source.METER, NOW).record
    assert stored.verdict is Verdict.INVALID
    assert archive.store(meter, OLD.end(1), Source.METER, NOW).record.verdict is Verdict.VALID
