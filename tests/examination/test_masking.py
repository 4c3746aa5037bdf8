"""What the file gives away: nothing of who the meter is and who charged; and nothing changes length."""

import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.lovato_dmed4.examination import http, masking
from custom_components.lovato_dmed4.examination.trace import Exchange
from custom_components.lovato_dmed4.ocmf import parse

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
DER = "3045022100ABCDEF" + "7" * 58 + "0220" + "5" * 64
SIGNATURE = {"SA": "ECDSA-secp256r1-SHA256", "SD": DER}
SECRETS = ("charger", "777123", "12345678", "A2B3", "family", "rger", "E123", "Maria", "4711")


def record(payload: dict[str, Any], **style: Any) -> bytes:
    sections = (json.dumps(part, ensure_ascii=False, **style) for part in (payload, SIGNATURE))
    return "|".join(("OCMF", *sections)).encode()


def assert_hidden(text: bytes) -> None:
    assert not [secret for secret in SECRETS if secret.encode() in text]


@pytest.mark.parametrize("style", [{}, {"separators": (",", ":")}, {"indent": 1}], ids=str)
def test_a_record_keeps_its_length_and_its_measurements(style: dict[str, Any]) -> None:
    raw = record(PAYLOAD, **style)
    masked = masking.record(raw)
    assert len(masked) == len(raw)
    assert_hidden(masked)
    _, payload, signature = masked.split(b"|")
    content = json.loads(payload)
    kept = {"FV", "PG", "IS", "IL", "IF", "IT", "RD"}
    assert {name: content[name] for name in kept} == {name: PAYLOAD[name] for name in kept}
    assert list(content) == list(PAYLOAD)
    assert content["LC"] == {"LN": "x" * 14, "LI": 1, "LR": 8, "LU": "mOhm"}
    assert content["MS"] == "10000000"
    assert content["XX"] == {"vendor": ["xxxxx", 1000]}
    # The form of the signature stays, not its numbers: with them an identification could be tried.
    assert json.loads(signature) == {
        "SA": SIGNATURE["SA"],
        "SD": "3045022100AB" + "5" * 62 + "022055" + "5" * 62,
    }
    assert parse(masked).readings[0].value_text == "12.345"


@pytest.mark.parametrize("form", ["escaped", "escaped to ASCII", "as it is", "line break"])
def test_the_record_in_an_answer(form: str) -> None:
    raw = record(PAYLOAD, separators=(",", ":")).decode()
    body = {
        "escaped": json.dumps({"OCMF_BUFF": raw}, ensure_ascii=False),
        "escaped to ASCII": json.dumps({"OCMF_BUFF": raw}),
        "as it is": '{"OCMF_BUFF":"' + raw + '"}',
        "line break": json.dumps({"OCMF_BUFF": raw + "\n"}).replace("\\n", "\n"),
    }[form].encode()
    masked = masking.answer(body)
    assert len(masked) == len(body)
    assert_hidden(masked)
    assert b"TRUSTED" in masked
    assert b"12.345" in masked
    if form != "as it is":
        text = json.loads(masked, strict=False)["OCMF_BUFF"]
        assert json.loads(text.split("|")[1])["PG"] == "T17"


@pytest.mark.parametrize(
    "raw",
    [
        b"OCMF|{broken|{}",
        b"OCMF|" + b"[" * 5000 + b"|{}",
        b"Maria 4711",
        b"\xff\xfeM4",
        b'{"ID":"Maria',
    ],
)
def test_what_is_no_record_is_masked_altogether(raw: bytes) -> None:
    masked = masking.record(raw)
    assert len(masked) == len(raw)
    assert not {*b"broken"} & {*masked.removeprefix(b"OCMF|")}
    assert_hidden(masked)


def test_an_answer_keeps_what_is_known_to_be_harmless() -> None:
    answer = {
        "serial number": 12345678,
        "Serial-Number": "12345678",
        "meas_fw_rev": "12",
        "Voltage": 40012,
        "public_key": "AB12",
        "host name": "garage",
        "new": {"mac": "00-11-22", "flags": [0, 1, 2], "on": True, "none": None, "e_1": "1"},
        "voltage_list": [1, -400.5e3],
        "board_1_status": {"unknown": "text"},
        "tariff": ["Maria", {"tariff": "M" * 80}],
    }
    assert json.loads(masking.answer(json.dumps(answer).encode())) == {
        "serial number": 10000000,
        "Serial-Number": "10000000",
        "meas_fw_rev": "12",
        "Voltage": 40012,
        "public_key": "AB12",
        "host name": "xxxxxx",
        "new": {"mac": "xxxxxxxx", "flags": [0, 1, 0], "on": True, "none": None, "e_1": "1"},
        "voltage_list": [1, -100000.0],
        "board_1_status": {"unknown": "xxxx"},
        "tariff": ["Maria", {"tariff": "x" * 80}],
    }


def test_addresses_are_masked_and_masks_are_not() -> None:
    block = {
        "P05_03": 3232235777,
        "P05_04": 4294967040,
        "P05_06": "192.168.1.254",
        "P05_07": 502,
        "P05 08": "255.255.255.0",
        "P01_01": "9",
        "P99_99": "Maria",
    }
    assert json.loads(masking.answer(json.dumps(block).encode())) == {
        "P05_03": 1111111111,
        "P05_04": 4294967040,
        "P05_06": "111.111.1.111",
        "P05_07": 502,
        "P05 08": "255.255.255.0",
        "P01_01": "9",
        "P99_99": "xxxxx",
    }


@pytest.mark.parametrize("padding", [b"\0", b"\r\n\0", b""])
@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
def test_what_stands_around_an_answer_stays(padding: bytes, mark: bytes) -> None:
    body = mark + b'{"serial_number":4711}' + padding
    assert masking.answer(body) == mark + b'{"serial_number":1000}' + padding


def chunked(body: bytes, size: int, end: bytes) -> bytes:
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + end


@pytest.mark.parametrize("end", [b"0\r\n\r\n", b"0\r\n", b""])
@pytest.mark.parametrize("size", [3, 7, 256])
def test_an_answer_in_chunks_is_masked_across_them(size: int, end: bytes) -> None:
    body = json.dumps({"OCMF_BUFF": record(PAYLOAD).decode()}).encode()
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-Cookie: id=Maria4711\r\n"
        b"Transfer-Encoding: chunked\r\nX-Serial: 12345678\r\n\r\n"
    )
    raw = head + chunked(body, size, end)
    masked = http.masked_answer(raw)
    answer = http.Answer(masked)
    assert len(masked) == len(raw)
    assert answer.end == end
    assert answer.headers["set-cookie"] == "xx=xxxxxxxxx"
    assert answer.headers["x-serial"] == "xxxxxxxx"
    assert_hidden(answer.body)
    assert json.loads(json.loads(answer.body)["OCMF_BUFF"].split("|")[1])["PG"] == "T17"


@pytest.mark.parametrize(
    "raw",
    [
        b"Maria 4711",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nMaria 4711",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nMariaMaria4711",
        b"HTTP/1.1 404 Not Found\r\n\r\nno record of Maria 4711",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nMaria4711",
        b"HTTP/1.1 200 OK\r\n",
        b"",
    ],
)
def test_an_answer_of_another_form_gives_nothing_away(raw: bytes) -> None:
    masked = http.masked_answer(raw)
    assert len(masked) == len(raw)
    assert_hidden(masked)


def test_a_request_gives_neither_address_nor_driver_nor_secret_away() -> None:
    sent = (
        b"GET /v1/logbook/OCMF?index_type=TRANS_ID&index_value=04A2B3C4 HTTP/1.1\r\n"
        b"Host: garage.example:8080\r\nAuthorization: Bearer Maria4711\r\nAccept: */*\r\n\r\n"
    )
    masked = http.masked_request(Exchange(0, "", bytearray(sent)), {"T17"})
    assert_hidden(masked)
    assert b"garage" not in masked
    assert b"8080" not in masked
    assert b"Accept: */*" in masked
    number = sent.replace(b"04A2B3C4", b"T17")
    assert b"index_value=T17" in http.masked_request(Exchange(0, "", bytearray(number)), {"T17"})


@given(st.binary(max_size=400))
def test_no_bytes_break_it(raw: bytes) -> None:
    for masked in (masking.answer(raw), masking.record(raw), http.masked_answer(raw)):
        assert len(masked) == len(raw)


@given(
    st.text(alphabet='{}[]":,\\|OCMFT1 \n', max_size=200), st.sampled_from(["Maria4711", "04A2B3"])
)
def test_no_text_around_it_lets_a_secret_through(text: str, secret: str) -> None:
    """Whatever is broken, a driver in a field of its own, or outside of all, is masked."""
    whole = text + json.dumps({"ID": secret})
    assert secret.encode() not in masking.record(whole.encode())
    assert secret.encode() not in masking.answer(whole.encode())
