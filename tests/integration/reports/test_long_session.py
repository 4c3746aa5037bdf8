"""A session of very many records: none is refused, and none costs more than the ones before."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.archive import Archive, Source, judging
from custom_components.lovato_dmed4.archive.judging import COMPARED, KEPT_IN_VIEW
from custom_components.lovato_dmed4.ocmf import MAX_SIZE, RecordKind, signature
from custom_components.lovato_dmed4.reports import report as report_module
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import SimulatedMeter
from tests.integration.helpers import act
from tests.integration.records import Charge, archive, charge_of

READINGS = 210
# So that the session has more than a mebibyte with fewer records than a meter would need for it.
PADDING: dict[str, Any] = {"X1": "x" * 5_200}
MEBIBYTE = 1 << 20


def sign(charge: Charge, reason: str, step: int) -> bytes:
    return charge.sign(reason, step, page=step)


async def test_a_session_of_more_than_a_mebibyte(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    charge = charge_of(simulated, **PADDING)
    readings = [sign(charge, "C", step) for step in range(1, READINGS + 1)]
    raws = [charge.begin, *readings, sign(charge, "E", READINGS + 1)]
    assert sum(map(len, raws)) > MEBIBYTE > MAX_SIZE

    judged: Counter[str] = Counter()
    _count(monkeypatch, judging, judged)
    _count(monkeypatch, signature, judged, "_matches")
    costs = []
    for raw in raws:
        judged.clear()
        (stored,) = await archive(rest_entry, [raw], Source.METER)
        costs.append(dict(judged))
        assert stored.raw == raw
    # The 210th costs what the 10th does, and one signature is calculated for each.
    assert costs[9] == costs[10] == costs[READINGS]
    assert costs[9]["_matches"] == 1
    assert sum(costs[9].values()) <= KEPT_IN_VIEW + 6
    assert max(sum(cost.values()) for cost in costs) <= sum(costs[9].values()) + 2

    # The page judges no more than it compares, and names how many that leaves out.
    judged.clear()
    _count(monkeypatch, report_module, judged)
    session = await act(hass, rest_entry, "get_session", session_id=1)
    assert judged["judge"] <= COMPARED + 2
    assert (session["records"], session["verdict"]) == (len(raws), "valid")
    assert (session["outcome"], session["imported"]) == ("ended_elsewhere", "211.000")
    assert len(session["record_reports"]) == COMPARED + 2
    assert session["record_reports"][-1]["kind"] == "end"
    found = {finding["code"]: finding["values"] for finding in session["findings"]}
    assert found["readings_left_out"] == [str(READINGS - COMPARED)]
    assert not any(finding["severity"] == "error" for finding in session["findings"])

    # Nothing is left out of what is handed out, nor of what is verified anew.
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    path = tmp_path / "session.ocmf"
    await act(hass, rest_entry, "export_records", format="ocmf", session_id=1, filename=str(path))
    assert path.read_bytes().splitlines() == raws
    later = dt_util.utcnow() + timedelta(hours=1)
    records = rest_entry.runtime_data.records
    last: int | None = 0
    while last is not None:
        last = await records.async_run(partial(_verify, last, later), writes=True)
    again = await act(hass, rest_entry, "get_session", session_id=1)
    assert (again["verdict"], again["outcome"]) == ("valid", "ended_elsewhere")

    # Nor is the record of a power failure refused, whatever it makes of the session.
    (stored,) = await archive(rest_entry, [sign(charge, "P", READINGS + 2)], Source.METER)
    assert (stored.session_id, stored.kind) == (1, RecordKind.POWER_FAILURE)
    session = await act(hass, rest_entry, "get_session", session_id=1)
    assert session["records"] == len(raws) + 1


def _verify(after: int, now: datetime, archive: Archive) -> int | None:
    return archive.verify_again(after, 100, now)


def _count(
    monkeypatch: pytest.MonkeyPatch, module: Any, counted: Counter[str], name: str = "judge"
) -> None:
    function = getattr(module, name)

    def counted_call(*args: Any, **named: Any) -> Any:
        counted[name] += 1
        return function(*args, **named)

    monkeypatch.setattr(module, name, counted_call)
