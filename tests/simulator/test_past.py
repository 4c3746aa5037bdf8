"""A meter with a past has really signed it."""

from contextlib import closing
from pathlib import Path
import sqlite3

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from simulator import Command
from simulator.past import PastCharge, meter_with_past
from tests.bench.recorded import record_powers
from tools.demo.record import verify

NOW = 1_760_000_000.0


def test_a_past_is_signed_at_its_time() -> None:
    """Each charge has its records, which verify and tell when it was and who charged."""
    charges = [
        PastCharge(hours_ago=48, minutes=2, fields={"ID": "A"}),
        PastCharge(hours_ago=1.5, minutes=4, fields={"ID": "B", "TT": "x"}, reads=1),
    ]
    meter, powers = meter_with_past(1, charges, now=NOW)
    key = meter.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    records = [verify(record, key) for record in meter.records]
    assert len(records) == 5
    assert [record.readings[3]["TX"] for record in records] == ["B", "E", "B", "C", "E"]
    assert [record.readings[0]["TM"] for record in records[1::3]] == [
        "2025-10-07T09:53:20,500+0100 S",
        "2025-10-09T08:23:20,500+0100 S",
    ]
    assert records[1].energy > 0
    assert ['"ID":"A"' in record for record in meter.records] == [True, True, False, False, False]
    assert max(power for _, power in powers) > 50_000
    assert [moment for moment, power in powers if power == 0] == [
        NOW - 48 * 3600 + 0.5,
        NOW - 48 * 3600 + 120.5,
        NOW - 1.5 * 3600 + 0.5,
        NOW - 1.5 * 3600 + 240.5,
    ]
    assert not meter.charging


def test_a_charge_that_is_not_over_is_running() -> None:
    """It began when it says, has counted since, and ends as any other."""
    meter, powers = meter_with_past(1, [PastCharge(hours_ago=0.25, minutes=60)])
    assert meter.charging
    assert len(meter.records) == 1
    before = meter.physics.slow.cycle_imported
    assert before > 1000
    assert powers[-1][1] > 0
    meter.command(Command.END)
    meter.update()
    assert not meter.charging


def test_no_past_is_an_ordinary_meter() -> None:
    """Nothing is signed, nothing is remembered."""
    meter, powers = meter_with_past(1, [])
    assert meter.records == []
    assert powers == []


def test_powers_are_recorded_in_the_sensor_s_unit(tmp_path: Path) -> None:
    """Home Assistant's own states stay as they are."""
    (tmp_path / "config").mkdir()
    with closing(sqlite3.connect(tmp_path / "config" / "home-assistant_v2.db")) as database:
        database.execute("CREATE TABLE states_meta (metadata_id INTEGER, entity_id TEXT)")
        database.execute("CREATE TABLE states (metadata_id INTEGER, state, last_updated_ts)")
        database.execute("INSERT INTO states_meta VALUES (3, 'sensor.other'), (5, 'sensor.power')")
        database.commit()
        record_powers(tmp_path, "sensor.power", "kW", [(1.5, 0), (2.5, 62_500)])
        found = database.execute("SELECT * FROM states").fetchall()
    assert found == [(5, "0.0", 1.5), (5, "62.5", 2.5)]
