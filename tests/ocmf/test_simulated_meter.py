"""Records of whole charges of the simulated meter, signed with its own key."""

import pytest

from custom_components.lovato_dmed4.ocmf import (
    ClockStatus,
    PublicKey,
    Record,
    RecordKind,
    SignatureShape,
    Verdict,
    check_session,
    deviations,
    difference,
    expect,
    load_public_key,
    outline,
    parse,
    signature_shape,
    time_quality,
    transaction,
    verify,
)
from simulator import ManualClock, SimulatedMeter
from tests.simulator.helpers import give, prepare


def begin(meter: SimulatedMeter, clock: ManualClock) -> None:
    meter.configure(datetime=int(clock.now()))
    prepare(meter, clock)
    give(meter, clock, "B")
    clock.advance(600)


def end(meter: SimulatedMeter, clock: ManualClock, *commands: str) -> list[Record]:
    """Give commands ten minutes apart; return all records of the meter."""
    for command in commands:
        give(meter, clock, command)
        clock.advance(600)
    return [parse(text) for text in meter.records]


def key_of(meter: SimulatedMeter) -> PublicKey:
    key = load_public_key(meter.public_key_ocmf)
    assert load_public_key(meter.public_key_raw) == key
    return key


def codes(records: list[Record]) -> list[str]:
    return [finding.code.value for finding in check_session(records)]


@pytest.mark.parametrize("signature_format", [0, 1])
@pytest.mark.parametrize("last", ["E", "r"])
def test_charge(signature_format: int, last: str) -> None:
    clock = ManualClock()
    meter = SimulatedMeter(clock=clock, signature_format=signature_format)
    begin(meter, clock)
    records = end(meter, clock, "C", "C", last)
    assert [outline(record).kind for record in records] == [
        RecordKind.BEGIN,
        RecordKind.INTERMEDIATE,
        RecordKind.INTERMEDIATE,
        RecordKind.END,
    ]
    assert len({outline(record).session for record in records}) == 1
    assert check_session(records) == ()
    assert [found for record in records for found in deviations(record)] == []
    assert time_quality(records).clock is ClockStatus.SYNCHRONISED
    key = key_of(meter)
    for record in records:
        assert verify(record, key).verdict is Verdict.VALID
        assert signature_shape(record.signature) is SignatureShape.DER
        assert expect([record], key).accepted
    assert transaction(records) == (records[-1],)
    told = outline(records[-1])
    assert told.begin
    assert told.now
    assert told.begin.imported is not None
    assert told.now.imported is not None
    assert told.now.cycle == difference(told.begin.imported, told.now.imported) > 0


def test_charges_one_after_the_other() -> None:
    clock = ManualClock()
    meter = SimulatedMeter(clock=clock)
    begin(meter, clock)
    end(meter, clock, "E")
    begin(meter, clock)
    records = end(meter, clock, "E")
    sessions = [outline(record).session for record in records]
    assert sessions[0] == sessions[1] != sessions[2] == sessions[3]
    assert codes(records[:2]) == codes(records[2:]) == []
    together = {"begin_differs", "begin_repeated", "register_backward", "end_repeated"}
    assert set(codes(records)) == together


def test_power_failure() -> None:
    clock = ManualClock()
    meter = SimulatedMeter(clock=clock)
    begin(meter, clock)
    meter.power_failure()
    clock.advance(60)
    records = end(meter, clock, "C", "E")
    assert outline(records[-1]).kind is RecordKind.POWER_FAILURE
    assert len({outline(record).session for record in records}) == 1
    assert codes(records) == ["power_failure"]
    assert time_quality(records).clock is ClockStatus.UNKNOWN
    assert expect(records[-1:], key_of(meter)).accepted


def test_counter_that_begins_again() -> None:
    clock = ManualClock()
    meter = SimulatedMeter(clock=clock, total_imported=99_999_999_000)
    begin(meter, clock)
    records = end(meter, clock, "C", "E")
    assert set(codes(records)) == {"register_rolled_over"}
    begin(meter, clock)
    again = end(meter, clock, "E")[3:]
    assert codes(again) == []
    now = outline(again[0]).now
    assert now
    assert now.imported is not None
    assert now.imported < 1_000


def test_logbook() -> None:
    meter = SimulatedMeter(clock=ManualClock())
    meter.fill_logbook(7)
    records = [parse(text) for text in meter.records]
    assert [outline(record).kind for record in records] == [
        RecordKind.END,
        *[RecordKind.BEGIN, RecordKind.END] * 3,
    ]
    assert codes(records[:1]) == codes(records[1:3]) == codes(records[5:]) == []
    assert codes(records[1:2]) == ["end_missing"]
    assert {found.path for record in records for found in deviations(record)} == {"MS"}
