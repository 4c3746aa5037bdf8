"""The charge cycle (manual: charge cycle management), its records, clock and logbooks."""

from base64 import b64decode
from decimal import Decimal
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
import pytest

from simulator import (
    BusyError,
    Command,
    ManualClock,
    NotValidError,
    OutOfRangeError,
    SignatureStatus,
    SimulatedMeter,
    SystemClock,
)
from simulator.logbook import EventCode

from .helpers import PROTOTYPE, give, prepare, prototype, sections, verify

SETTLED = SignatureStatus.CORRECT_JSON | SignatureStatus.OK


def in_status(status: int, clock: ManualClock) -> SimulatedMeter:
    meter = SimulatedMeter(clock=clock)
    if status:
        prepare(meter, clock)
    if status > 1:
        give(meter, clock, "B")
    if status == 3:
        meter.power_failure()
    assert meter.measurement_status == status
    return meter


class TestStateMachine:
    @pytest.mark.parametrize(
        ("before", "command", "after"),
        [
            (1, "B", 2),
            (2, "C", 2),
            (3, "C", 3),
            (2, "E", 0),
            (3, "E", 0),
            (2, "r", 0),
            (3, "r", 0),
        ],
    )
    def test_accepted(self, clock: ManualClock, before: int, command: str, after: int) -> None:
        meter = in_status(before, clock)
        number = len(meter.records)
        meter.command(Command(command))
        assert meter.measurement_status == after
        assert meter.signature_status & SignatureStatus.IN_PROGRESS
        assert not meter.signature_status & SignatureStatus.OK
        assert len(meter.records) == number
        clock.advance(0.31)
        assert meter.signature_status & SignatureStatus.OK
        assert not meter.signature_status & SignatureStatus.IN_PROGRESS
        assert bool(meter.signature_status & SignatureStatus.CORRECT_JSON) is bool(after)
        assert len(meter.records) == number + 1
        verify(meter.records[-1], meter.public_key)

    @pytest.mark.parametrize(
        ("status", "command"),
        [(0, "B"), (2, "B"), (3, "B"), *((s, c) for s in (0, 1) for c in "CEr")],
    )
    def test_refused(self, clock: ManualClock, status: int, command: str) -> None:
        meter = in_status(status, clock)
        before = (meter.signature_status, meter.errors_1, meter.records, meter.last_command)
        with pytest.raises(NotValidError):
            meter.command(Command(command))
        assert meter.measurement_status == status
        after = (meter.signature_status, meter.errors_1, meter.records, meter.last_command)
        assert after == before

    def test_begin_and_end_reset_a_prepared_cycle(self, clock: ManualClock) -> None:
        meter = in_status(1, clock)
        give(meter, clock, "B", "E")
        assert meter.measurement_status == 0
        assert meter.signature_status == SignatureStatus.OK

    def test_busy_while_signing(self, clock: ManualClock) -> None:
        meter = in_status(1, clock)
        meter.command(Command.BEGIN)
        with pytest.raises(BusyError):
            meter.command(Command.END)
        with pytest.raises(BusyError):
            meter.submit_prototype(prototype())
        clock.advance(0.31)
        meter.command(Command.END)

    def test_busy_while_checking(self, meter: SimulatedMeter) -> None:
        meter.submit_prototype(prototype())
        with pytest.raises(BusyError):
            meter.command(Command.BEGIN)

    def test_current_flows_only_in_a_cycle(self, clock: ManualClock) -> None:
        meter = in_status(1, clock)
        clock.advance(60)
        meter.update()
        assert meter.physics.fast.current == 0
        give(meter, clock, "B")
        assert meter.physics.fast.current > 0
        give(meter, clock, "E")
        assert meter.physics.fast.current == meter.physics.fast.voltage == 0


class TestRecord:
    def test_payload(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock, total_imported=1_234_500, time_offset=120)
        meter.configure(datetime=int(clock.now()))
        prepare(meter, clock)
        give(meter, clock, "B")
        clock.advance(599.25)
        give(meter, clock, "E")
        begin, end = (sections(record)[1] for record in meter.records)
        assert list(end) == [*PROTOTYPE, "RD"]
        assert {k: v for k, v in end.items() if k not in {"PG", "RD"}} == {
            k: v for k, v in PROTOTYPE.items() if k != "PG"
        }
        assert (begin["PG"], end["PG"]) == ("T1", "T2")
        assert begin["RD"][:3] == begin["RD"][3:] == end["RD"][:3]
        first, second, third, fourth, fifth, sixth = end["RD"]
        assert list(first) == list(fourth) == ["TM", "TX", "RV", "RI", "RU", "RT", "EF", "ST"]
        for short in (second, third, fifth, sixth):
            assert list(short) == ["RV", "RI", "RU", "ST"]
        assert first["TM"] == "2025-10-09T10:53:21,000+0200 S"
        assert fourth["TM"] == "2025-10-09T11:03:21,250+0200 S"
        assert (first["TX"], fourth["TX"]) == ("B", "E")
        assert first["RI"] == fourth["RI"] == "01-00:01.08.00*FF"
        assert second["RI"] == fifth["RI"] == "01-00:02.08.00*FF"
        assert third["RI"] == sixth["RI"] == "01-00:01.09.00*FF"
        assert {r["RU"] for r in end["RD"]} == {"kWh"}
        assert {r["ST"] for r in end["RD"]} == {"G"}
        assert first["RT"] == "DC"
        assert first["EF"] == ""

    def test_values_are_text_with_three_decimals_that_add_up(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock, total_imported=1_234_500)
        prepare(meter, clock)
        give(meter, clock, "B")
        clock.advance(600)
        give(meter, clock, "E")
        text = sections(meter.records[-1])[0]
        assert '"RV":1234.500,' in text
        assert " " not in text.partition('"RD":')[2].replace(' U"', "")
        values = [r["RV"] for r in json.loads(text, parse_float=Decimal)["RD"]]
        assert values[3] - values[0] == values[5] - values[2] == values[5] > 5
        assert values[3] == Decimal(meter.physics.fast.imported) / 1000

    def test_prototype_text_is_kept(self, meter: SimulatedMeter, clock: ManualClock) -> None:
        prepare(
            meter,
            clock,
            b'{"IT":"NONE","LC":{"LR":1.50, "LU":"mOhm"},"FV":"1.2","PG":"","IS":false}',
        )
        give(meter, clock, "B")
        payload = sections(meter.records[0])[0]
        assert payload.startswith(
            '{"IT":"NONE","LC":{"LR":1.50, "LU":"mOhm"},"FV":"1.2","PG":"T1","IS":false,"RD":[{"TM"'
        )

    def test_readings_by_command(self, clock: ManualClock) -> None:
        meter = in_status(1, clock)
        give(meter, clock, "B", "C", "C", "r")
        tx = [
            (payload["RD"][0]["TX"], payload["RD"][3]["TX"])
            for payload in (verify(r, meter.public_key) for r in meter.records)
        ]
        assert tx == [("B", "B"), ("B", "C"), ("B", "C"), ("B", "E")]

    def test_signature_is_over_the_exact_bytes(self, clock: ManualClock) -> None:
        meter = in_status(2, clock)
        record = meter.records[0]
        verify(record, meter.public_key)
        with pytest.raises(InvalidSignature):
            verify(record.replace('"ST":"G"', '"ST": "G"', 1), meter.public_key)
        with pytest.raises(InvalidSignature):
            verify(record, SimulatedMeter(seed=2).public_key)

    def test_base64(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock, signature_format=1)
        prepare(meter, clock)
        give(meter, clock, "B")
        text, _, signature = sections(meter.records[0])
        assert signature["SE"] == "base64"
        meter.public_key.verify(
            b64decode(signature["SD"]), text.encode(), ec.ECDSA(hashes.SHA256())
        )

    def test_same_seed_same_records(self) -> None:
        def records(seed: int) -> list[str]:
            clock = ManualClock()
            meter = SimulatedMeter(seed=seed, clock=clock)
            prepare(meter, clock)
            give(meter, clock, "B", "C", "E")
            return meter.records

        assert records(7) == records(7)
        assert records(7) != records(8)
        assert SimulatedMeter(seed=7).serial_number == SimulatedMeter(seed=7).serial_number
        assert SimulatedMeter(seed=7).serial_number != SimulatedMeter(seed=8).serial_number

    def test_roll_over(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock, total_imported=99_999_990_500)
        prepare(meter, clock)
        give(meter, clock, "B")
        assert not meter.signature_status & SignatureStatus.ROLL_OVER
        clock.advance(1800)
        assert meter.signature_status & SignatureStatus.ROLL_OVER
        give(meter, clock, "E")
        assert meter.signature_status & SignatureStatus.ROLL_OVER
        text = sections(meter.records[-1])[0]
        values = [r["RV"] for r in json.loads(text, parse_float=Decimal)["RD"]]
        assert values[0] == Decimal("99999990.500")
        assert values[3] > 100_000_000
        assert values[3] - values[0] == values[5]
        prepare(meter, clock)
        give(meter, clock, "B")
        assert not meter.signature_status & SignatureStatus.ROLL_OVER
        again = json.loads(sections(meter.records[-1])[0], parse_float=Decimal)["RD"]
        assert again[0]["RV"] == values[3] - 100_000_000


class TestClock:
    def test_synchronisation_and_its_timeout(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock, clock_error=-3600.0, sync_timeout=60)
        synchronised = SignatureStatus.TIMESTAMP_SYNCHRONISED
        assert meter.time == clock.now() - 3600
        assert not meter.signature_status & synchronised
        meter.configure(datetime=int(clock.now()))
        assert meter.time == clock.now()
        assert meter.signature_status & synchronised
        clock.advance(3599)
        assert meter.signature_status & synchronised
        clock.advance(1)
        assert not meter.signature_status & synchronised

    def test_letter_of_the_clock_s_quality(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock, sync_timeout=1)
        meter.configure(datetime=int(clock.now()))
        prepare(meter, clock)
        give(meter, clock, "B")
        clock.advance(60)
        give(meter, clock, "E")
        readings = sections(meter.records[-1])[1]["RD"]
        assert readings[0]["TM"].endswith("+0000 S")
        assert readings[3]["TM"].endswith("+0000 U")

    def test_negative_offset(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock)
        meter.configure(datetime_offset=-570)
        prepare(meter, clock)
        give(meter, clock, "B")
        assert sections(meter.records[0])[1]["RD"][0]["TM"] == "2025-10-08T23:23:21,000-0930 U"

    @pytest.mark.parametrize("status", [2, 3])
    def test_settings_are_locked_while_charging(self, clock: ManualClock, status: int) -> None:
        meter = in_status(status, clock)
        with pytest.raises(NotValidError):
            meter.configure(datetime=0)

    def test_all_settings_or_none(self, meter: SimulatedMeter) -> None:
        for bad in ({"datetime_offset": 10}, {"datetime_offset": 915}, {"tariff": -1}):
            with pytest.raises(OutOfRangeError):
                meter.configure(res_cable=5, **bad)
        assert (meter.res_cable, meter.time_offset) == (0, 0)

    def test_system_clock(self) -> None:
        assert SimulatedMeter(clock_error=10).time - SystemClock().now() == pytest.approx(10, abs=1)


class TestErrors:
    def test_hardware_errors_stay_until_reset(self, meter: SimulatedMeter) -> None:
        meter.set_error(dword=2, bit=1)
        meter.set_error(dword=1, bit=2)
        assert (meter.errors_1, meter.errors_2) == (4, 2)
        assert meter.signature_status == SignatureStatus.ERROR
        assert meter.event_log.entries[-1].argument == 2
        assert meter.event_log.entries[-2].argument == 33
        meter.reset_errors()
        assert (meter.errors_1, meter.errors_2, meter.signature_status) == (0, 0, 0)

    @pytest.mark.parametrize("bit", range(9, 17))
    def test_a_broken_signature_makes_no_record(self, clock: ManualClock, bit: int) -> None:
        meter = in_status(2, clock)
        meter.set_error(dword=1, bit=bit)
        give(meter, clock, "C")
        assert len(meter.records) == 1
        broken = SignatureStatus.SIGNATURE_ERROR | SignatureStatus.ERROR
        assert meter.signature_status == broken | SignatureStatus.CORRECT_JSON
        meter.reset_errors()
        give(meter, clock, "C")
        assert len(meter.records) == 2
        assert meter.signature_status == SETTLED


class TestPowerFailure:
    def test_a_running_cycle_goes_on(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock)
        meter.configure(datetime=int(clock.now()))
        prepare(meter, clock)
        give(meter, clock, "B")
        meter.power_failure()
        assert meter.measurement_status == 3
        assert not meter.synchronised
        clock.advance(60)
        give(meter, clock, "C", "E")
        assert meter.measurement_status == 0
        readings = [verify(r, meter.public_key)["RD"] for r in meter.records]
        assert [r[3]["TX"] for r in readings] == ["B", "C", "P"]
        assert readings[-1][3]["TM"].endswith(" U")
        assert readings[-1][0]["TM"].endswith(" S")
        assert readings[-1][3]["RV"] > readings[-1][0]["RV"]

    def test_a_prepared_cycle_is_dropped(self, clock: ManualClock) -> None:
        meter = in_status(1, clock)
        meter.power_failure()
        assert meter.measurement_status == 0
        assert not meter.signature_status & SignatureStatus.CORRECT_JSON

    def test_a_signature_in_progress_is_completed(self, clock: ManualClock) -> None:
        meter = in_status(2, clock)
        meter.command(Command.END)
        meter.power_failure()
        clock.advance(1)
        assert len(meter.records) == 2

    def test_a_prototype_being_checked_is_lost(
        self, meter: SimulatedMeter, clock: ManualClock
    ) -> None:
        meter.submit_prototype(prototype())
        meter.power_failure()
        clock.advance(1)
        assert meter.measurement_status == 0


class TestLogbooks:
    def test_the_oldest_record_gives_way(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock, max_records=3)
        prepare(meter, clock)
        give(meter, clock, "B", *"CCC", "E")
        assert [sections(r)[1]["PG"] for r in meter.records] == ["T3", "T4", "T5"]
        assert [r.progressive for r in meter.record_log.entries] == [3, 4, 5]

    def test_events(self, meter: SimulatedMeter, clock: ManualClock) -> None:
        meter.configure(datetime=int(clock.now()) + 100, datetime_offset=60)
        meter.power_failure()
        codes = [event.code for event in meter.event_log.entries]
        assert codes == [
            EventCode.POWER_UP,
            EventCode.OFFSET_SET,
            EventCode.CLOCK_SET,
            EventCode.POWER_FAILURE,
            EventCode.POWER_UP,
        ]
        assert meter.event_log.entries[-1].time == int(clock.now()) + 100

    def test_the_oldest_event_gives_way(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock, max_events=2)
        meter.configure(tariff=1, datetime=0, datetime_offset=15)
        assert [e.code for e in meter.event_log.entries] == [
            EventCode.OFFSET_SET,
            EventCode.CLOCK_SET,
        ]

    def test_index_base(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock, readings={"logbook_index": "1"})
        prepare(meter, clock)
        give(meter, clock, "B", "E")
        log = meter.record_log
        assert [log.from_last(1).progressive, log.from_last(2).progressive] == [2, 1]
        assert log.from_first(1).progressive == 1
        assert log.index_of(log.entries[-1]) == 1
        for index in (0, 3):
            with pytest.raises(OutOfRangeError):
                log.from_last(index)


@pytest.mark.parametrize("settings", [{"on": 2}, {"page": 0}, {"page": 14}])
def test_display_ranges(meter: SimulatedMeter, settings: dict[str, int]) -> None:
    with pytest.raises(OutOfRangeError):
        meter.set_display(**settings)
    assert (meter.display_on, meter.display_page) == (True, 1)
