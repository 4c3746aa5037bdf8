"""Nothing that is said of a session contradicts the rest, whatever its outcome and its verdict are."""

from collections.abc import Callable
import csv
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any
import zipfile

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.archive import Outcome, SessionVerdict, Source
from custom_components.lovato_dmed4.archive.model import WITHOUT_END
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import SimulatedMeter
from simulator.record import signature_text
from tests.archive.helpers import OTHER_KEY, OTHER_SPKI
from tests.integration.helpers import act
from tests.integration.records import Charge, archive, charge_of
from tests.ocmf.helpers import sign

# How the last record of a charge comes to have a verdict.
MAKE: dict[SessionVerdict, Callable[[Charge, str, int], bytes]] = {
    SessionVerdict.VALID: lambda charge, reason, step: charge.sign(reason, step),
    SessionVerdict.INCONSISTENT: lambda charge, reason, step: charge.sign(
        reason, step, imported=-1000
    ),
    SessionVerdict.UNVERIFIABLE: lambda charge, reason, step: charge.sign(reason, step).replace(
        b"secp256r1", b"secp192k1"
    ),
    SessionVerdict.KEY_CHANGED: lambda charge, reason, step: Charge(
        number=charge.number, key=OTHER_KEY, fields=charge.fields
    ).sign(reason, step),
    SessionVerdict.INVALID: lambda charge, reason, step: charge.sign(reason, step).replace(
        b"04A2B3C4", b"04A2B3C5"
    ),
}
# How it ends: the reason of the last record, and how that came here.
END: dict[Outcome, tuple[str, Source]] = {
    Outcome.ENDED: ("E", Source.COMMAND),
    Outcome.ENDED_ELSEWHERE: ("E", Source.METER),
    Outcome.POWER_FAILURE: ("P", Source.METER),
    Outcome.END_MISSING: ("C", Source.METER),
    Outcome.OPEN: ("C", Source.METER),
}


async def fill(hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter) -> None:
    """Archive a session of each outcome with each verdict; those that are open come last."""
    records = entry.runtime_data.records
    meter = records.meter_id
    assert meter is not None
    now = dt_util.utcnow()
    await records.async_run(lambda each: each.see_key(meter, OTHER_SPKI, now), writes=True)
    for number, (outcome, verdict) in enumerate(product(END, MAKE), start=1):
        charge, (reason, source) = charge_of(simulated, number), END[outcome]
        if outcome is Outcome.OPEN and verdict is SessionVerdict.VALID:
            await records.async_run(lambda each: each.settle(meter, charging=False), writes=True)
        await records.async_store(charge.begin, Source.METER)
        await records.async_store(MAKE[verdict](charge, reason, 2), source)


async def test_nothing_contradicts_the_rest(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter, tmp_path: Path
) -> None:
    await fill(hass, rest_entry, simulated)
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    path = tmp_path / "sessions.csv"
    await act(hass, rest_entry, "export_records", format="csv", filename=str(path))
    rows = {
        row["session_id"]: row for row in csv.DictReader(path.read_text("utf-8-sig").splitlines())
    }
    listed = (await act(hass, rest_entry, "list_sessions", limit=100))["sessions"]
    assert {(each["outcome"], each["verdict"]) for each in listed} == {*product(END, MAKE)}
    for each in listed:
        session = await act(hass, rest_entry, "get_session", session_id=each["session_id"])
        row = rows[str(each["session_id"])]
        check_end(session, row)
        check_billing(session, row)
        check_findings(session)
        for report in session["record_reports"]:
            check_record(report, billable=session["clock"]["billable"])
        # Asked for alone, it is no better than in its session.
        last = session["record_reports"][-1]
        alone = await act(hass, rest_entry, "verify_record", record_id=last["record_id"])
        assert alone["clock"] == last["clock"]


async def test_a_session_with_a_reformatted_copy(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """Its signature was checked, so the session does not say only that it could not be."""
    charge = charge_of(simulated)
    await archive(rest_entry, [charge.begin, charge.end.replace(b'","', b'", "')])
    session = await act(hass, rest_entry, "get_session", session_id=1)
    assert session["verdict"] == "unverifiable"
    assert "re-formatted copy" in session["explanation"][0]
    copy = session["record_reports"][1]
    assert copy["signature"]["verdict"] == "reformatted"
    assert any("Use the original record" in text for text in copy["explanation"])
    assert not session["clock"]["billable"]


def check_end(session: dict[str, Any], row: dict[str, str]) -> None:
    """Only where there is a record of the end is there an end and a duration."""
    known = session["outcome"] not in WITHOUT_END
    assert (session["end"] is not None, session["duration"] is not None) == (known, known)
    assert (row["end"] != "", row["duration_seconds"] != "") == (known, known)
    assert session["last_known"] is not None


def check_billing(session: dict[str, Any], row: dict[str, str]) -> None:
    """Nothing may be billed but a session that is verified and has ended."""
    good = session["verdict"] == "valid" and session["outcome"] not in WITHOUT_END
    clock = session["clock"]
    assert (clock["billable"], clock["reason"] is None) == (good, good)
    assert row["duration_billable"] == ("yes" if good else "no")
    assert (session["cost"]["reason"] == "no_price") is good
    assert any("duration can be billed" in text for text in session["explanation"]) is good
    # What a signature proves is said by the verdict alone.
    verdict, outcome, *_ = session["explanation"]
    assert ("values are authentic" in verdict) is (session["verdict"] == "valid")
    assert "sign" not in outcome


def check_findings(session: dict[str, Any]) -> None:
    """They know how the session ended."""
    codes = {finding["code"] for finding in session["findings"]}
    assert ("end_missing" in codes) is (session["outcome"] == "open")
    assert ("power_failure" in codes) is (session["outcome"] == "power_failure")
    errors = any(finding["severity"] == "error" for finding in session["findings"])
    assert errors or session["verdict"] != "inconsistent"
    assert not errors or session["verdict"] != "valid"


def check_record(report: dict[str, Any], *, billable: bool) -> None:
    """Nothing that depends on a signature is good before that is, nor better than the session."""
    good = billable and report["verdict"] == "valid"
    assert report["clock"]["billable"] is good
    assert any("duration can be billed" in text for text in report["explanation"]) is good
    if report["signature"]["verdict"] != "valid":
        assert not report["transparency"]["accepted"]
    if report["kind"] not in {"end", "power_failure"}:
        assert report["end"] is None


@pytest.mark.parametrize("year", ["2001", "2098"])
async def test_a_session_whose_clock_failed_is_in_the_period_of_its_arrival(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    tmp_path: Path,
    year: str,
) -> None:
    """It is named as such in the file, in what explains the file, and in the response."""
    for raw in charge_of(simulated).records:
        payload = raw.decode().split("|")[1].replace("2025-", f"{year}-")
        signed = signature_text(sign(payload, simulated._private_key), 0)
        anew = f"OCMF|{payload}|{signed}".encode()
        await rest_entry.runtime_data.records.async_store(anew, Source.COMMAND)
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    now = dt_util.utcnow()
    since, until = ((now + timedelta(hours=hours)).isoformat() for hours in (-1, 1))
    path = tmp_path / "period.zip"
    response = await act(
        hass,
        rest_entry,
        "export_records",
        format="zip",
        filename=str(path),
        since=since,
        until=until,
    )
    assert (response["sessions"], response["by_arrival"]) == (1, 1)
    with zipfile.ZipFile(path) as archive:
        readme = archive.read("README.txt").decode()
        (table,) = (name for name in archive.namelist() if name.endswith(".csv"))
        (row,) = csv.DictReader(archive.read(table).decode("utf-8-sig").splitlines())
    assert "arrival): 1" in readme
    assert (row["counted_by"], row["duration_billable"]) == ("arrival", "no")
    session = await act(hass, rest_entry, "get_session", session_id=1)
    assert (session["by_arrival"], session["clock"]["reason"]) == (True, "clock_wrong")
    assert not any("duration can be billed" in text for text in session["explanation"])
