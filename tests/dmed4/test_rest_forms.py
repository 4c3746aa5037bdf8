"""What a web server may do that the manual leaves open, one deviation at a time."""

from collections.abc import Callable
from datetime import UTC, datetime
import json
import logging
from typing import Any

import pytest

from custom_components.lovato_dmed4.dmed4.errors import RefusedError, UnexpectedAnswerError
from custom_components.lovato_dmed4.dmed4.model import Command, DisplayPage
from custom_components.lovato_dmed4.dmed4.rest import RestMeter
from custom_components.lovato_dmed4.dmed4.rest_session import open_session
from simulator import SimulatedMeter

from .helpers import LOCALHOST, WebPeer, http_answer

_KEYS = SimulatedMeter(seed=4)
SETTINGS: dict[str, Any] = {
    "public_key": _KEYS.public_key_raw.hex().upper(),
    "public_key_ocmf": _KEYS.public_key_ocmf.hex().upper(),
    "datetime": 1_760_000_000,
    "datetime_offset": 60,
}
SYSTEM: dict[str, Any] = {
    "serial_number": 12345678,
    "model_code": 1,
    "operative_status": "Ready",
    # So that an answer takes more than one chunk.
    "meas_fw_cks": "0" * 300,
}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunks(body: bytes, end: bytes) -> bytes:
    parts = [body[i : i + 256] for i in range(0, len(body), 256)]
    return b"".join(b"%X\r\n%b\r\n" % (len(part), part) for part in parts) + end


# Manual: responses, "Transfer-Encoding: chunked", whose end is printed as a lone 0.
FORMS: dict[str, Callable[[bytes], bytes]] = {
    "as HTTP says": lambda body: CHUNKED + chunks(body, b"0\r\n\r\n"),
    "chunks end in a line": lambda body: CHUNKED + chunks(body, b"0\r\n"),
    "chunks end in 0": lambda body: CHUNKED + chunks(body, b"0"),
    "chunks just end": lambda body: CHUNKED + chunks(body, b""),
    "a length too long": lambda body: http_answer(
        body, headers={"Content-Length": str(len(body) + 1)}
    ),
    "no Connection: close": lambda body: HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body,
    "NUL": lambda body: CHUNKED + chunks(body + b"\0", b"0\r\n\r\n"),
    "CR LF NUL": lambda body: CHUNKED + chunks(body + b"\r\n\0", b"0\r\n\r\n"),
    "byte order mark": lambda body: CHUNKED + chunks(b"\xef\xbb\xbf" + body, b"0\r\n\r\n"),
    "trailing comma": lambda body: CHUNKED + chunks(body[:-1] + b", }", b"0\r\n\r\n"),
    "in a list": lambda body: CHUNKED + chunks(b"[" + body + b"]", b"0\r\n\r\n"),
    "dashes in names": lambda body: (
        CHUNKED
        + chunks(
            json.dumps({k.replace("_", "-"): v for k, v in json.loads(body).items()}).encode(),
            b"0\r\n\r\n",
        )
    ),
}


def answering(
    answers: dict[str, dict[str, Any]], form: Callable[[bytes], bytes] = FORMS["as HTTP says"]
) -> WebPeer:
    def answer(method: str, target: str) -> bytes:
        content = answers.get(target.partition("?")[0].removeprefix("/v1/"))
        if content is None:
            return http_answer(b"", "404 Not Found")
        return form(json.dumps(content).encode() if method == "GET" else b"{}")

    return WebPeer(answer)


@pytest.mark.parametrize("form", FORMS)
async def test_an_answer_is_understood_in_every_form(form: str) -> None:
    peer = answering({"charge_settings": SETTINGS, "system_status": SYSTEM}, FORMS[form])
    async with peer, open_session() as session:
        meter = RestMeter(session, LOCALHOST, peer.port)
        identity = await meter.identify()
        assert identity.public_key == _KEYS.public_key_raw
        assert identity.serial_number == "12345678"
        # A POST comes through wherever a GET does, also where a connection can't be used again.
        await meter.write_clock(datetime.now(UTC))
        assert peer.accepted == len(peer.requests) == 3


@pytest.mark.parametrize(
    "answer",
    [
        CHUNKED + chunks(json.dumps(SETTINGS).encode()[:-20], b""),
        http_answer(json.dumps(SETTINGS).encode()[:-1]),
        HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\n{\n",
    ],
    ids=["cut off", "without its brace", "no chunks"],
)
async def test_a_meter_that_answers_badly_is_not_said_to_be_none(answer: bytes) -> None:
    async with WebPeer(lambda *_: answer) as peer, open_session() as session:
        with pytest.raises(UnexpectedAnswerError):
            await RestMeter(session, LOCALHOST, peer.port).identify()


@pytest.mark.parametrize(
    ("written", "shown"),
    [("DM24A00123", "DM24A00123"), ("0012345678", "0012345678"), (12345678, "12345678")],
)
async def test_the_serial_number_is_taken_as_it_is(written: object, shown: str) -> None:
    peer = answering(
        {"charge_settings": SETTINGS, "system_status": {**SYSTEM, "serial_number": written}}
    )
    async with peer, open_session() as session:
        found = await RestMeter(session, LOCALHOST, peer.port).identify()
    assert found.serial_number == shown


@pytest.mark.parametrize(
    "write",
    [
        lambda key: key.hex() + "\0",
        lambda key: key.hex(":").upper(),
        lambda key: "0x" + key.hex(),
        lambda key: " ".join(key.hex()[i : i + 8] for i in range(0, len(key.hex()), 8)),
    ],
    ids=["NUL", "colons", "0x", "groups"],
)
@pytest.mark.parametrize("field", ["public_key", "public_key_ocmf", "both", "uncompressed"])
async def test_one_meter_has_one_key_however_it_is_written(
    field: str, write: Callable[[bytes], str]
) -> None:
    keys = {"public_key": _KEYS.public_key_raw, "public_key_ocmf": _KEYS.public_key_ocmf}
    if field == "uncompressed":
        keys = {"public_key": b"\x04" + _KEYS.public_key_raw}
    written = {name: write(key) for name, key in keys.items() if field in (name, *_ALL)}
    peer = answering({"charge_settings": written, "system_status": SYSTEM})
    async with peer, open_session() as session:
        found = await RestMeter(session, LOCALHOST, peer.port).identify()
    assert (found.public_key, found.public_key_ocmf) == (
        _KEYS.public_key_raw,
        _KEYS.public_key_ocmf,
    )


_ALL = ("both", "uncompressed")


# --- measures ---------------------------------------------------------------------------------

STATUS = {"measurement_status": "0x2", "signature_status": 8}


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ({"voltage": 400.25, "current": 131, "power": 52.433}, (400.25, 131, 52.433)),
        ({"voltage": "400.25", "current": "131", "power": "52.433"}, (400.25, 131, 52.433)),
        ({"voltage": 40025, "current": 1310000, "power": 52433}, (400.25, 131, 52.433)),
    ],
)
async def test_a_decimal_point_means_the_value_itself(
    measure: dict[str, Any], expected: tuple[float, ...], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    peer = answering({"measure": measure, "charge_status": STATUS})
    async with peer, open_session() as session:
        meter = RestMeter(session, LOCALHOST, peer.port)
        for _ in range(2):
            found = (await meter.read_live()).measures
            assert (found.voltage, found.current, found.power) == expected
    physical = "." in str(measure["voltage"])
    assert caplog.text.count("with a decimal point") == physical


@pytest.mark.parametrize(
    ("celsius", "fahrenheit", "expected"),
    [(25, 77, 25.0), (253, 775, 25.3), (2531, 7756, 25.31), (-123, 99, -12.3), (0, 320, 0.0),
     (25.3, 77.5, 25.3), (253, None, 25.3), (253, 5, 25.3)],
)  # fmt: skip
async def test_celsius_and_fahrenheit_tell_their_decimals(
    celsius: float, fahrenheit: float | None, expected: float
) -> None:
    measure = {"temperature_i1": celsius, "temperature_i1_fahrenheit": fahrenheit}
    peer = answering({"measure": measure, "charge_status": STATUS})
    async with peer, open_session() as session:
        live = await RestMeter(session, LOCALHOST, peer.port).read_live()
    assert live.measures.temperature_i1 == expected
    # Without the error words, as some firmware might be, there is still a status.
    assert (live.status.measurement, live.status.errors) == (2, 0)


# --- what is not there ------------------------------------------------------------------------


async def test_a_path_that_is_refused_costs_its_values_only() -> None:
    peer = answering({"charge_settings": SETTINGS})
    async with peer, open_session() as session:
        meter = RestMeter(session, LOCALHOST, peer.port)
        assert (await meter.identify()).public_key == _KEYS.public_key_raw
        found = await meter.read_housekeeping()
        assert found.settings.time_offset == 60
        assert found.logbook.records_saved is None
        assert meter.missing == {
            "v1/logbook/info (HTTP 404)",
            "v1/system_status (HTTP 404)",
        }
        peer.answer = answering(
            {"charge_settings": SETTINGS, "system_status": SYSTEM, "logbook/info": {}}
        ).answer
        await meter.read_housekeeping()
        assert meter.missing == frozenset()


async def test_a_record_with_a_raw_line_break_is_handed_on_as_it_is() -> None:
    body = b'{"OCMF_BUFF": "OCMF|{\\"FV\\":\\"1.3\\",\n\\"PG\\":\\"T1\\"}|{}"}'
    async with WebPeer(lambda *_: http_answer(body)) as peer, open_session() as session:
        found = await RestMeter(session, LOCALHOST, peer.port).read_last_record()
    assert found == b'OCMF|{"FV":"1.3",\n"PG":"T1"}|{}'


# --- writing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["201 Created", "204 No Content"])
async def test_any_success_is_one(status: str) -> None:
    async with WebPeer(lambda *_: http_answer(b"", status)) as peer, open_session() as session:
        await RestMeter(session, LOCALHOST, peer.port).send(Command.BEGIN)
    assert len(peer.requests) == 1


async def test_result_0_is_a_refusal_whatever_the_status() -> None:
    async with (
        WebPeer(lambda *_: http_answer(b'{"result": 0}')) as peer,
        open_session() as session,
    ):
        meter = RestMeter(session, LOCALHOST, peer.port)
        with pytest.raises(RefusedError):
            await meter.send(Command.BEGIN)
        assert "/v1/charge_settings?command=B" not in {path for _, path in peer.requests}
        peer.answer = lambda *_: http_answer(b'{"result": 1}')
        await meter.send(Command.BEGIN)


def _only_put(refusal: str) -> Callable[[str, str], bytes]:
    return lambda method, _: http_answer(b"", refusal if method == "POST" else "200 OK")


@pytest.mark.parametrize("refusal", ["400 Bad request", "405 Not Allowed", "501 Not Implemented"])
async def test_what_is_refused_by_post_is_put_and_that_is_remembered(refusal: str) -> None:
    async with WebPeer(_only_put(refusal)) as peer, open_session() as session:
        meter = RestMeter(session, LOCALHOST, peer.port)
        await meter.show_page(DisplayPage.DATE)
        await meter.show_page(DisplayPage.TIME)
    assert peer.requests == [
        ("POST", "/v1/force_display"),
        ("PUT", "/v1/force_display?set_page=6"),
        ("PUT", "/v1/force_display?set_page=7"),
    ]


@pytest.mark.parametrize(
    ("refusal", "methods"),
    [("400 Bad request", ["POST"]), ("501 Not Implemented", ["POST", "PUT"])],
)
async def test_a_command_is_put_only_where_there_is_no_post(
    refusal: str, methods: list[str]
) -> None:
    # A command that a firmware refuses and carries out all the same must not be given twice.
    async with WebPeer(_only_put(refusal)) as peer, open_session() as session:
        meter = RestMeter(session, LOCALHOST, peer.port)
        try:
            await meter.send(Command.READ)
        except RefusedError:
            assert methods == ["POST"]
            # That errors are reset by PUT shows the way for the next command.
            assert peer.requests[1:] == [
                ("POST", "/v1/charge_settings"),
                ("PUT", "/v1/charge_settings?command=X"),
            ]
        else:
            assert [method for method, _ in peer.requests] == methods
        peer.requests.clear()
        await meter.send(Command.READ)
        assert peer.requests == [("PUT", "/v1/charge_settings?command=C")]


@pytest.mark.parametrize("refusal", ["500 Oops", "503 Busy", "401 Unauthorized"])
async def test_a_meter_in_trouble_is_not_asked_in_another_way(refusal: str) -> None:
    async with (
        WebPeer(lambda *_: http_answer(b"", refusal)) as peer,
        open_session() as session,
    ):
        with pytest.raises(RefusedError, match=refusal):
            await RestMeter(session, LOCALHOST, peer.port).show_page(DisplayPage.DATE)
    assert {method for method, _ in peer.requests} == {"POST"}


async def test_the_time_out_can_be_chosen() -> None:
    async with WebPeer(lambda *_: b"") as peer, open_session() as session:
        with pytest.raises(Exception, match="in time"):
            await RestMeter(session, LOCALHOST, peer.port, timeout=0.05).read_status()
