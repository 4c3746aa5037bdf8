"""A session of two weeks, read every 15 minutes: over 1 MiB, and none of its records is refused or dear."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
import sqlite3
from typing import Any

import pytest
from sqlalchemy import create_engine, event, insert, select, update
from sqlalchemy.engine import Engine

from custom_components.lovato_dmed4.archive import (
    Archive,
    Outcome,
    SessionQuery,
    SessionVerdict,
    Source,
)
from custom_components.lovato_dmed4.archive.judging import COMPARED, compared_records
from custom_components.lovato_dmed4.archive.tables import RecordRow, SessionRow
from custom_components.lovato_dmed4.ocmf import RecordKind, judgement, parse

from .helpers import NOW, Charge, add_meter

# About as long as those of a DMED4.
CHARGE = Charge(page=41, texts={"MM": "DMED404R0600", "TT": "0.49 EUR/kWh" * 10})
# With the begin and the end 1,345.
READINGS = 14 * 24 * 4 - 1
_MIB = 1024 * 1024
# SQLite's own steps, in hundreds: finding a row among a thousand takes a few more than among ten.
_STEPS = 100


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """Count what storing costs: statements, steps of the database, records that are read."""
    costs = {"statements": 0, "steps": 0, "parsed": 0}

    def count(name: str) -> int:
        costs[name] += 1
        return 0

    def statement(connection: Any, *_: Any) -> None:
        count("statements")
        driver: sqlite3.Connection = connection.connection.driver_connection
        driver.set_progress_handler(lambda: count("steps"), _STEPS)

    def parsed(raw: bytes) -> Any:
        count("parsed")
        return parse(raw)

    monkeypatch.setattr(judgement, "parse", parsed)
    event.listen(Engine, "before_cursor_execute", statement)
    yield costs
    event.remove(Engine, "before_cursor_execute", statement)


def fill(url: str, readings: range) -> int:
    """Put readings beside the one that is there, as storing them one by one does; returns their size."""
    engine = create_engine(url)
    with engine.begin() as connection:
        records = RecordRow.__table__
        of_reading = select(records).where(records.c.kind == RecordKind.INTERMEDIATE)
        like = dict(connection.execute(of_reading.limit(1)).mappings().one())
        del like["id"]
        rows = []
        for step in readings:
            raw = CHARGE.read(step)
            page, time = f"T{41 + step}", CHARGE.start + step * timedelta(minutes=15)
            row = {"raw": raw, "digest": parse(raw).digest, "pagination": page, "time": time}
            rows.append({**like, **row})
        connection.execute(insert(RecordRow), rows)
        connection.execute(update(SessionRow).values(records=SessionRow.records + len(rows)))
    engine.dispose()
    return sum(len(row["raw"]) for row in rows)


def test_the_thousandth_record_costs_what_the_tenth_does(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(sqlite_url)
    archive.open()
    meter = add_meter(archive)

    def cost(raw: bytes) -> dict[str, int]:
        with counted(monkeypatch) as costs:
            assert archive.store(meter, raw, Source.METER, NOW).new
        return costs

    early = [cost(raw) for raw in (CHARGE.begin(), *(CHARGE.read(step) for step in range(1, 12)))]
    tenth = early[10]
    size = fill(sqlite_url, range(12, 1000))
    for thousandth in (cost(CHARGE.read(1000)), cost(CHARGE.read(1001))):
        assert thousandth["statements"] == tenth["statements"]
        assert thousandth["parsed"] == tenth["parsed"]
        assert thousandth["steps"] <= 2 * tenth["steps"] + 4
    size += fill(sqlite_url, range(1002, READINGS + 1))
    assert size > _MIB

    # Beyond a mebibyte, neither an end nor a power failure nor a late begin is refused.
    assert cost(CHARGE.end(READINGS + 1))["statements"] <= tenth["statements"] + 1
    (session,) = archive.sessions(SessionQuery()).sessions
    assert (session.records, session.verdict) == (READINGS + 2, SessionVerdict.VALID)
    assert (session.outcome, str(session.imported)) == (
        Outcome.ENDED_ELSEWHERE,
        f"{READINGS + 1}.000",
    )
    detail = archive.session(session.id)
    assert detail is not None
    assert [record.raw for record in detail.records] == [
        CHARGE.begin(),
        *map(CHARGE.read, range(1, READINGS + 1)),
        CHARGE.end(READINGS + 1),
    ]
    compared, left_out = compared_records(detail.records)
    assert (len(compared), left_out) == (COMPARED + 2, READINGS - COMPARED)
    late = CHARGE.sign("P", READINGS + 2, READINGS + 2)
    assert archive.store(meter, late, Source.METER, NOW).record.session_id == session.id
    begin = CHARGE.sign("B", 0, 0, TT="another text")
    assert archive.store(meter, begin, Source.METER, NOW).record.session_id == session.id
    archive.close()
