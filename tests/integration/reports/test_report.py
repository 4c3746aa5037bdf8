"""The verdict on records, part by part."""

from dataclasses import replace
from datetime import UTC, datetime
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from homeassistant.helpers.json import json_bytes
import pytest

from custom_components.lovato_dmed4.archive import (
    KeyState,
    KeyVerdict,
    Source,
    StoredKey,
    StoredRecord,
)
from custom_components.lovato_dmed4.ocmf import (
    MAX_SIZE,
    PublicKey,
    RecordKind,
    Verdict,
    fingerprint,
    fingerprint_text,
    judge,
    load_public_key,
)
from custom_components.lovato_dmed4.reports.report import (
    KEY_GIVEN,
    MAX_LISTED,
    Checked,
    check_stored,
    report,
    transparency,
)
from custom_components.lovato_dmed4.reports.shapes import ReportShape
from custom_components.lovato_dmed4.reports.text import MAX_TEXT
from tests.integration.records import Charge, tampered
from tests.ocmf.helpers import KEY, sign

OTHER = ec.derive_private_key(0xBAD, ec.SECP256R1())
OTHER_CURVE = ec.derive_private_key(0xBAD, ec.SECP384R1())
CHARGE = Charge(key=KEY)
NOW = datetime(2025, 11, 2, tzinfo=UTC)


def public(key: ec.EllipticCurvePrivateKey) -> PublicKey:
    return load_public_key(
        key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )


def report_on(
    raw: bytes,
    key: ec.EllipticCurvePrivateKey | None = KEY,
    whose: str = KeyVerdict.OWN.value,
) -> ReportShape:
    return report(Checked(judge(raw, [] if key is None else [public(key)]), whose))


def signed(payload: str, **section: str) -> bytes:
    return f"OCMF|{payload}|{json.dumps({'SD': sign(payload).hex(), **section})}".encode()


def stored(raw: bytes, key_id: int | None, whose: KeyVerdict) -> StoredRecord:
    return StoredRecord(
        id=1,
        meter_id=1,
        session_id=1,
        digest="",
        raw=raw,
        source=Source.METER,
        arrived=NOW,
        kind=RecordKind.END,
        pagination="T3",
        time=None,
        verdict=Verdict.VALID,
        key=whose,
        key_id=key_id,
        verified=NOW,
    )


def stored_key(number: int, key: ec.EllipticCurvePrivateKey, state: KeyState) -> StoredKey:
    loaded = public(key)
    return StoredKey(
        id=number,
        spki=loaded.spki,
        fingerprint=fingerprint(loaded),
        state=state,
        first_seen=NOW,
        last_seen=NOW,
    )


def test_all_parts_of_a_genuine_record() -> None:
    raw = CHARGE.end
    found = report_on(raw)
    readings = found.pop("readings")  # type: ignore[misc]
    key = public(KEY)
    assert found == {
        "verdict": "valid",
        "legible": True,
        "begin": "2025-11-01T06:30:00+01:00",
        "end": "2025-11-01T07:00:00+01:00",
        "imported": "2.000",
        "exported": "0.000",
        "signature": {
            "verdict": "valid",
            "reason": "match",
            "algorithm": "ECDSA-secp256r1-SHA256",
        },
        "key": {
            "verdict": "own",
            "fingerprint": fingerprint_text(key),
            "public_key": key.spki.hex(),
            "curve": "secp256r1",
        },
        "deviations": [],
        "clock": {
            "quality": "synchronised",
            "billable": True,
            "reason": None,
            "informative": False,
        },
        "transparency": {"accepted": True, "refusal": None},
        "kind": "end",
        "format_version": "1.1",
        "pagination": "T3",
        "meter": {
            "vendor": None,
            "model": None,
            "serial_number": "M-4711",
            "firmware": None,
            "gateway": None,
            "gateway_serial_number": None,
        },
        "identification": {
            "identified": True,
            "type": "ISO14443",
            "data": "04A2B3C4",
            "level": "VERIFIED",
            "flags": [],
        },
        "tariff_text": "0.45 EUR/kWh",
        "charge_point": "IT*XYZ*E1",
        "digest": judge(raw).digest,
        "size": len(raw),
        "raw": raw.decode(),
    }
    assert len(readings) == 6
    assert [reading["name"] for reading in readings] == ["imported", "exported", "cycle"] * 2
    assert readings[3] == {
        "name": "imported",
        "time": "2025-11-01T07:00:00+01:00",
        "clock": "synchronised",
        "transaction": "E",
        "value": "112.000",
        "unit": "kWh",
        "register": "01-00:01.08.00*FF",
        "current_type": "DC",
        "error_flags": "",
        "status": "G",
    }


@pytest.mark.parametrize(
    ("raw", "key", "whose", "verdict", "signature", "reason"),
    [
        (CHARGE.end, KEY, "own", "valid", "valid", "match"),
        (CHARGE.end, KEY, "former", "valid", "valid", "match"),
        (CHARGE.end, KEY, KEY_GIVEN, "valid", "valid", "match"),
        (CHARGE.end, KEY, "changed", "key_changed", "valid", "match"),
        (tampered(CHARGE.end), KEY, "own", "invalid", "invalid", "no_match"),
        (tampered(CHARGE.end), KEY, "changed", "invalid", "invalid", "no_match"),
        (CHARGE.end, OTHER, "own", "invalid", "invalid", "no_match"),
        (CHARGE.end, None, "none", "unverifiable", "no_key", "no_key"),
        (CHARGE.end, OTHER_CURVE, "none", "unverifiable", "key_mismatch", "key_curve"),
        (
            signed('{"PG":"T1"}', SA="ECDSA-secp192k1-SHA256"),
            KEY,
            "own",
            "unverifiable",
            "unsupported",
            "curve",
        ),
        (
            CHARGE.end.replace(b'"SD":"', b'"SD":"zz'),
            KEY,
            "own",
            "unverifiable",
            "malformed",
            "signature_text",
        ),
        (b"OCMF|nonsense", KEY, "own", "unverifiable", "malformed", "not_a_record"),
        (b"\xff\x00\x1b[31m", None, "none", "unverifiable", "malformed", "not_a_record"),
    ],
)
def test_verdicts(
    *,
    raw: bytes,
    key: ec.EllipticCurvePrivateKey | None,
    whose: str,
    verdict: str,
    signature: str,
    reason: str,
) -> None:
    found = report_on(raw, key, whose)
    assert found["verdict"] == verdict
    assert found["signature"]["verdict"] == signature
    assert found["signature"]["reason"] == reason
    assert found["key"]["verdict"] == whose
    checked = key is not None and reason != "not_a_record"
    assert (found["key"]["public_key"] is not None) is checked


def test_what_is_no_record_is_shown_nevertheless() -> None:
    found = report_on(b"OCMF|<script>\xff")
    assert found["raw"] == "OCMF|<script>\ufffd"
    assert found["size"] == 14
    assert found["signature"]["algorithm"] is None
    assert found["readings"] == []
    assert found["deviations"] == []
    assert found["transparency"] == {"accepted": False, "refusal": "not_a_record"}
    assert found["clock"] == {
        "quality": "none",
        "billable": False,
        "reason": "unknown",
        "informative": True,
    }
    assert not found["legible"]
    assert len(found["digest"]) == 64


@pytest.mark.parametrize(
    ("letter", "quality", "reason"),
    [
        ("S", "synchronised", None),
        ("R", "relative", None),
        ("I", "informative", "clock"),
        ("U", "unknown", "clock"),
        ("", "none", "unknown"),
    ],
)
def test_clock(letter: str, quality: str, reason: str | None) -> None:
    payload = CHARGE.end.split(b"|")[1].decode().replace(' S"', f' {letter}"')
    found = report_on(signed(payload))
    assert found["verdict"] == "valid"
    assert found["clock"] == {
        "quality": quality,
        "billable": reason is None,
        "reason": reason,
        "informative": reason is not None,
    }


def test_nothing_is_billed_without_a_good_signature() -> None:
    for bad, reason in (
        (report_on(tampered(CHARGE.end)), "signature"),
        # This one is good; it is the key that has to be accepted.
        (report_on(CHARGE.end, whose="changed"), "key"),
    ):
        assert (bad["clock"]["billable"], bad["clock"]["reason"]) == (False, reason)


def test_the_weakest_clock_counts() -> None:
    raw = CHARGE.end.replace(b' S"', b' U"', 1)
    assert report_on(raw)["clock"]["quality"] == "unknown"


def test_refusal_of_the_transparency_software() -> None:
    newer = replace(CHARGE, fields={"FV": "1.4"}).end
    found = report_on(newer)
    assert found["verdict"] == "valid"
    assert found["transparency"] == {"accepted": False, "refusal": "format_version"}
    # Of a session, it is given the record of the end only.
    checked = [Checked(judge(raw, [public(KEY)]), "own") for raw in (newer, CHARGE.end)]
    assert transparency(checked) == {"accepted": True, "refusal": None}


def test_deviations() -> None:
    raw = replace(CHARGE, fields={"MS": None, "IL": "PERHAPS"}).end
    found = {(each["code"], each["path"]) for each in report_on(raw)["deviations"]}
    assert found == {("missing", "MS"), ("not_allowed", "IL")}


def test_the_key_that_the_archive_used() -> None:
    keys = [
        stored_key(1, OTHER, KeyState.FORMER),
        stored_key(2, KEY, KeyState.PINNED),
    ]
    good = check_stored(stored(CHARGE.end, 2, KeyVerdict.OWN), keys)
    assert (good.judged.verdict, good.whose) == (Verdict.VALID, "own")
    former = check_stored(stored(CHARGE.end, 1, KeyVerdict.FORMER), keys)
    assert (former.judged.verdict, former.whose) == (Verdict.INVALID, "former")


def test_why_the_archive_used_no_key() -> None:
    """The meter's key says more of the reason than none would."""
    keys = [stored_key(1, OTHER_CURVE, KeyState.PINNED)]
    checked = check_stored(stored(CHARGE.end, None, KeyVerdict.NONE), keys)
    assert checked.judged.verdict is Verdict.KEY_MISMATCH
    key = report(checked)["key"]
    assert (key["verdict"], key["curve"]) == ("none", "secp384r1")
    none = check_stored(stored(CHARGE.end, None, KeyVerdict.NONE), [])
    assert none.judged.verdict is Verdict.NO_KEY


# --- Hostile records ----------------------------------------------------------------------------


def sizes(value: Any) -> int:
    return len(json_bytes(value))


def test_texts_that_deceive_the_eye() -> None:
    fields = {
        "ID": "abc\u202edcba\u0000\x1b[31m",
        "TT": "<script>alert(1)</script>",
        "MS": "\u2066evil\u2069\u200b",
    }
    found = report_on(replace(CHARGE, fields=fields).end)
    assert found["verdict"] == "valid"
    assert found["identification"]["data"] == "abc\ufffddcba\ufffd\ufffd[31m"
    # Not executed by anybody; how it is shown is up to whoever shows it.
    assert found["tariff_text"] == "<script>alert(1)</script>"
    assert found["meter"]["serial_number"] == "\ufffdevil\ufffd\ufffd"
    json_bytes(found)


def test_long_texts_are_cut() -> None:
    found = report_on(replace(CHARGE, fields={"ID": "A" * 60_000}).end)
    assert found["verdict"] == "valid"
    data = found["identification"]["data"]
    assert data == "A" * (MAX_TEXT - 1) + "…"
    # It is there as it was signed, once.
    assert sizes(found) < 70_000


def test_many_readings_that_inherit_much() -> None:
    readings = f'[{{"RI":"{"1" * 20_000}"}}{",{}" * 14_000}]'
    found = report_on(signed(f'{{"PG":"T1","RD":{readings}}}'))
    assert found["signature"]["verdict"] == "valid"
    assert len(found["readings"]) == MAX_LISTED
    assert 0 < len(found["deviations"]) <= MAX_LISTED
    assert sizes(found) < 300_000


def test_larger_than_any_record() -> None:
    found = report_on(b"OCMF|" + b"\xff" * 1_000_000)
    assert found["size"] == 1_000_005
    assert len(found["raw"]) == MAX_SIZE
