"""What a dump gives away: nothing of who the meter is and who charged."""

import json
from typing import Any

import pytest

from custom_components.lovato_dmed4.ocmf import parse
from tools.explorer import redact

PRIVATE = {
    "GI": "My charger",
    "GS": "77712345",
    "MS": "12345678",
    "ID": "04A2B3C4D5E6F7",
    "TT": 'Friends "and" family \\ Ärger',
    "CI": "DE*ABC*E123*1",
    "XX": {"vendor": ["Maria", 4711]},
}
PAYLOAD = {
    "FV": "1.3",
    **PRIVATE,
    "PG": "T17",
    "IS": True,
    "IL": "TRUSTED",
    "IF": ["RFID_PLAIN", "OCPP_AUTH"],
    "IT": "ISO14443",
    "LC": {"LN": "cable of Maria", "LI": 1, "LR": 8, "LU": "mOhm"},
    "RD": [{"TM": "2026-01-02T03:04:05,000+0100 S", "TX": "B", "RV": 12.345, "ST": "G"}],
}
SIGNATURE = {"SA": "ECDSA-secp256r1-SHA256", "SD": "3045022100ABCDEF"}


def record(payload: dict[str, Any], **style: Any) -> bytes:
    sections = (json.dumps(part, ensure_ascii=False, **style) for part in (payload, SIGNATURE))
    return "|".join(("OCMF", *sections)).encode()


@pytest.mark.parametrize("style", [{}, {"separators": (",", ":")}, {"indent": 1}], ids=str)
def test_a_record_keeps_its_length_and_its_measurements(style: dict[str, Any]) -> None:
    raw = record(PAYLOAD, **style)
    masked = redact.signed(raw)
    assert len(masked) == len(raw)
    for secret in ("charger", "777", "12345678", "A2B3", "family", "rger", "E123", "Maria", "4711"):
        assert secret in raw.decode()
        assert secret not in masked.decode()
    assert "ABCDEF" not in masked.decode()
    _, payload, signature = masked.split(b"|")
    content = json.loads(payload)
    kept = {"FV", "PG", "IS", "IL", "IF", "IT", "RD"}
    assert {name: content[name] for name in kept} == {name: PAYLOAD[name] for name in kept}
    assert list(content) == list(PAYLOAD)
    assert content["LC"] == {"LN": "x" * 14, "LI": 1, "LR": 8, "LU": "mOhm"}
    assert content["MS"] == "00000000"
    assert content["XX"] == {"vendor": ["xxxxx", 0]}
    assert json.loads(signature)["SA"] == SIGNATURE["SA"]
    assert parse(masked).readings[0].value_text == "12.345"


@pytest.mark.parametrize(
    "raw",
    [b"OCMF|{broken|{}", b"OCMF|{}", b"Maria 4711", b"OCMF|" + b"[" * 5000 + b"|{}", b"\xff\xfeM4"],
)
def test_what_is_no_record_is_masked_altogether(raw: bytes) -> None:
    masked = redact.signed(raw)
    assert not {*b"MariaOCF4711"} & {*masked}
    assert len(masked.decode()) == len(raw.decode(errors="replace"))


def test_an_answer_keeps_what_is_known_to_be_harmless() -> None:
    answer = {
        "serial number": 12345678,
        "Serial_Number": "12345678",
        "meas_fw_rev": "12",
        "Voltage": 40012,
        "public_key": "AB12",
        "host name": "garage",
        "new": {"mac": "00-11-22", "flags": [0, 1, 2], "on": True, "none": None, "e_1": 1},
        "voltage_list": [1, 400],
        "board_1_status": {"unknown": "text"},
    }
    assert redact.answer(json.dumps(answer).encode()) == {
        "serial number": 0,
        "Serial_Number": "00000000",
        "meas_fw_rev": "12",
        "Voltage": 40012,
        "public_key": "AB12",
        "host name": "xxxxxx",
        "new": {"mac": "xxxxxxxx", "flags": [0, 1, 0], "on": True, "none": None, "e_1": 1},
        "voltage_list": [1, 0],
        "board_1_status": {"unknown": "xxxx"},
    }


def test_an_answer_that_is_no_json_keeps_only_its_shape() -> None:
    assert redact.answer(b"<b>garage 4711</b>") == "<x>xxxxxx xxxx</x>"


@pytest.mark.parametrize("escaped", [True, False])
def test_the_record_in_an_answer(escaped: bool) -> None:  # noqa: FBT001 - a parameter of the test
    raw = record(PAYLOAD)
    body = json.dumps({"OCMF_BUFF": raw.decode()}).encode()
    if not escaped:
        body = b'{"OCMF_BUFF":"' + raw + b'"}'
    found = redact.answer(body, raw)
    masked = redact.signed(raw).decode()
    assert found == ({"OCMF_BUFF": masked} if escaped else f'{{"OCMF_BUFF":"{masked}"}}')
