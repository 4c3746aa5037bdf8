"""The gate for a device's texts: whatever one sends, Home Assistant's stores and pages can hold it."""

from datetime import UTC, datetime
import json

import orjson
import pytest

from custom_components.lovato_dmed4.dmed4 import errors, rest_answers
from custom_components.lovato_dmed4.dmed4.event_text import parse_event
from custom_components.lovato_dmed4.dmed4.plain import TEXT_LIMIT, is_name, plain

HOSTILE = [
    "\udcff",  # a byte that is not UTF-8
    "a\nWARNING forged",
    "\u202egnp.exe",
    "\x1b[31m",
    "x" * 100_000,
    "\0",
]


def holds(text: str) -> None:
    assert text.isprintable()
    orjson.dumps(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_every_text_is_printable_and_short(text: str) -> None:
    holds(plain(text))
    assert len(plain(text)) <= TEXT_LIMIT


def test_a_plain_text_stays_as_it_is() -> None:
    assert plain("1.02, Prüfstand") == "1.02, Prüfstand"


@pytest.mark.parametrize("text", HOSTILE)
def test_the_answers_of_the_web_server(text: str) -> None:
    body = json.dumps(
        {
            "public_key": "ab" * 64,
            "serial_number": 1,
            **dict.fromkeys(("meas_fw_rev", "meas_fw_cks", "pow_fw_rev", "pow_fw_cks"), text),
            "board_1_status_bits": {text: 1, "hw_test_ongoing": 1},
            "board_2_status_bits": {"fatal_err_bits": {text: 1, "e_3": 1}},
        }
    ).encode(errors="surrogateescape")
    answer = rest_answers.parse(body)
    system = rest_answers.system(answer)
    assert system.board_1_errors == ("hw_test_ongoing",)
    assert system.fatal_errors == (3,)
    identity = rest_answers.identity(answer, answer, system_known=True)
    assert identity is not None
    for found in (
        system.measure_firmware,
        system.measure_checksum,
        system.power_firmware,
        system.power_checksum,
        identity.firmware,
        identity.model,
        identity.serial_number,
    ):
        holds(found or "")
        assert len(found or "") <= TEXT_LIMIT


def test_a_thousand_unknown_bits_are_not_all_taken() -> None:
    answer = rest_answers.parse(
        json.dumps({"board_1_status_bits": {f"bit_{n}": 1 for n in range(1000)}}).encode()
    )
    assert len(rest_answers.system(answer).board_1_errors) == 64


@pytest.mark.parametrize("text", HOSTILE)
def test_an_event(text: str) -> None:
    content = json.dumps({"event code": text, "arguments": text})
    event = parse_event(b"EVENT|" + content.encode())
    for found in (event.code, event.arguments):
        holds(found or "")


@pytest.mark.parametrize("text", HOSTILE)
def test_the_message_of_an_error(text: str) -> None:
    raised: list[errors.MeterError] = [
        errors.RefusedError(f"HTTP 400 {text}", 400),
        errors.UnexpectedAnswerError(text),
        errors.CertificateChangedError(text, text),
        errors.LoginLockedError(datetime.now(UTC)),
        errors.CommandFailedError(text, (text,)),
    ]
    for error in raised:
        holds(str(error))
        assert len(str(error)) <= 240


def test_an_unknown_name_follows_a_pattern() -> None:
    assert is_name("hw_test_ongoing_2")
    assert not any(is_name(text) for text in (*HOSTILE, "", "Bit", "a b", "a" * 41))
