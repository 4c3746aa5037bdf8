"""The meter over REST (manual: API communication over HTTP), and web servers that are none."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
import json

import aiohttp
import pytest

from custom_components.lovato_dmed4.dmed4.errors import (
    CannotConnectError,
    NotADmed4Error,
    RefusedError,
    SilentError,
    UnexpectedAnswerError,
)
from custom_components.lovato_dmed4.dmed4.model import (
    Command,
    DisplayPage,
    Feature,
    Housekeeping,
    Measures,
)
from custom_components.lovato_dmed4.dmed4.rest import RestMeter
from custom_components.lovato_dmed4.dmed4.rest_answers import REST_MODELS
from simulator import MODELS as SIMULATED_MODELS, RestServer, SimulatedMeter

from .helpers import LOCALHOST, Peer, RawPeer, WebPeer, client, http_answer

STATUS = {
    "measurement_status": 0,
    "signature_status": 0,
    "error_status_1": 0,
    "error_status_2": 0,
}
SETTINGS = {"public_key": "ab" * 64, "public_key_ocmf": "3000", "datetime": 1_760_000_000}
SYSTEM = {"model_code": 1, "serial_number": 12345678, "meas_fw_rev": 12}


def site(**answers: object) -> Callable[[str, str], bytes]:
    """Make a web site of JSON answers by the last part of their path, 404 for the others."""

    def answer(method: str, target: str) -> bytes:
        name = target.partition("?")[0].rsplit("/", 1)[-1]
        if name not in answers:
            return http_answer(b"no such page", "404 Not Found")
        found = answers[name]
        return http_answer(found if isinstance(found, bytes) else json.dumps(found).encode())

    return answer


@asynccontextmanager
async def at(peer: Peer) -> AsyncIterator[RestMeter]:
    """Take a peer for a meter."""
    async with peer, client("rest", peer.port) as meter:
        assert isinstance(meter, RestMeter)
        yield meter


# --- what a meter says --------------------------------------------------------------------------


async def test_measures_have_their_units_scales_and_signs() -> None:
    # Manual: v1/measure; two names differ by capitals and an underscore only.
    measure = {
        "voltage": 100007,
        "current": 6000007,
        "power": -600019,
        "energy": 100003,
        "energy_neg": 8001,
        "temperature_i1": -123,
        "temperature_i1_fahrenheit": 99,
        "temperature_i2": 567,
        "temperature_i2_fahrenheit": 1337,
        "energyPos": 5000000013,
        "energyNeg": 131079,
    }
    async with at(WebPeer(site(measure=measure, charge_status=STATUS))) as meter:
        assert (await meter.read_live()).measures == Measures(
            voltage=1000.07,
            current=600.0007,
            power=-600.019,
            cycle_energy_imported=100.003,
            cycle_energy_exported=8.001,
            energy_imported=5000000.013,
            energy_exported=131.079,
            temperature_i1=-12.3,
            temperature_i2=56.7,
        )


async def test_a_live_poll_takes_two_requests(
    rest_meter: RestMeter, rest_server: RestServer
) -> None:
    await rest_meter.read_live()
    assert rest_server.requests == [("GET", "/v1/measure"), ("GET", "/v1/charge_status")]


@pytest.mark.parametrize(
    "measure",
    [
        {},
        {"voltage": None, "current": "n/a", "power": [], "energy": True, "energyPos": {}},
        {"voltage": "", "current": "NaN", "power": "inf", "temperature_i1": "1e999"},
        {"voltage": 10**400, "energy": -(10**400)},
    ],
)
async def test_what_is_missing_or_no_number_is_none(measure: dict[str, object]) -> None:
    async with at(WebPeer(site(measure=measure, charge_status=STATUS))) as meter:
        assert (await meter.read_live()).measures == Measures()
    async with at(
        WebPeer(
            site(
                charge_settings={"datetime": None},
                info={"ocmf_max_number": "many"},
                system_status={"logged": None},
            )
        )
    ) as meter:
        assert await meter.read_housekeeping() == Housekeeping()


async def test_fields_that_the_manual_does_not_know_change_nothing(
    rest_meter: RestMeter, rest_server: RestServer
) -> None:
    async def everything() -> tuple[object, ...]:
        identity, live = await rest_meter.identify(), await rest_meter.read_live()
        return identity, live, await rest_meter.read_settings(), await rest_meter.read_system()

    before = await everything()
    rest_server.faults.extra_fields = {"voltage_2": 7, "new": {"deep": [None, "x"]}}
    assert await everything() == before
    rest_server.faults.clear()
    assert await everything() == before


async def test_a_value_alone_keeps_its_place_and_may_be_a_text() -> None:
    measure = {" Voltage ": "40000", "energy pos": "x"}
    async with at(WebPeer(site(measure=measure, charge_status=STATUS))) as meter:
        assert (await meter.read_live()).measures == Measures(voltage=400.0)


@pytest.mark.parametrize("missing", ["measurement_status", "signature_status"])
async def test_a_missing_status_word_is_an_error(missing: str) -> None:
    words = {name: word for name, word in STATUS.items() if name != missing}
    peer = WebPeer(site(charge_status=words))
    async with at(peer) as meter:
        with pytest.raises(UnexpectedAnswerError, match="status word"):
            await meter.read_status()
        peer.answer = site(charge_status=STATUS)
        assert (await meter.read_status()).measurement == 0


async def test_status_words_are_kept_even_if_unknown() -> None:
    words = {**STATUS, "measurement_status": "7", "signature_status": 0x8128, "error_status_1": 32}
    async with at(WebPeer(site(charge_status=words))) as meter:
        status = await meter.read_status()
    assert (status.measurement, status.signature) == (7, 0x8128)
    assert status.errors.names == ("dword 1 bit 5",)


@pytest.mark.parametrize(
    ("answer", "record"),
    [
        (b'{"OCMF_BUFF": "OCMF|{\\"A\\":1}|{}"}', b'OCMF|{"A":1}|{}'),
        (b'{"OCMF_BUFF": "OCMF|{"A":1}|{}"}', b'OCMF|{"A":1}|{}'),
        (b' { "OCMF BUFF" : "OCMF|{"A":"\\"}|{}" }\r\n', b'OCMF|{"A":"\\"}|{}'),
        (b'{"OCMF_BUFF": ""}', b""),
        (b"{}", b""),
        # Bytes that are no UTF-8 stay what they are.
        (b'{"OCMF_BUFF": "OCMF|{"A":"\xe9"}|{}"}', b'OCMF|{"A":"\xe9"}|{}'),
        (b'{"OCMF_BUFF": "OCMF|{\\"A\\":\\"\xc3\xa9\\"}|{}"}', b'OCMF|{"A":"\xc3\xa9"}|{}'),
    ],
)
async def test_a_record_is_taken_byte_for_byte(answer: bytes, record: bytes) -> None:
    async with at(WebPeer(site(ocmf=answer))) as meter:
        assert await meter.read_last_record() == record


@pytest.mark.parametrize("answer", [b'{"OCMF_BUFF": 7}', b'{"OCMF_BUFF": "\\ud800"}'])
async def test_a_record_that_is_no_text_is_an_error(answer: bytes) -> None:
    async with at(WebPeer(site(ocmf=answer))) as meter:
        with pytest.raises(UnexpectedAnswerError):
            await meter.read_last_record()


# --- what is sent -------------------------------------------------------------------------------


async def test_what_changes_something_goes_by_post() -> None:
    # Manual: a PUT carries its parameters in the query, a POST in a JSON body.
    peer = WebPeer(lambda *_: http_answer(b""))
    async with at(peer) as meter:
        await meter.write_clock(datetime(2025, 10, 9, 8, 53, 20, 400_000, tzinfo=UTC))
        await meter.switch_display(on=True)
        await meter.switch_display(on=False)
        await meter.show_page(DisplayPage.POWER)
        await meter.write_prototype(b'{"FV":"1.1"}')
        await meter.send(Command.BEGIN_AND_END)
        await meter.send(Command.RESET_ERRORS)
    assert list(zip(peer.requests, peer.bodies, strict=True)) == [
        (("POST", "/v1/charge_settings"), b'{"datetime": 1760000000}'),
        (("POST", "/v1/force_display"), b'{"display_on_off": 1}'),
        (("POST", "/v1/force_display"), b'{"display_on_off": 0}'),
        (("POST", "/v1/force_display"), b'{"set_page": 5}'),
        (("POST", "/v1/ocmf"), b'{"FV":"1.1"}'),
        (("POST", "/v1/charge_settings"), b'{"command": "r"}'),
        (("POST", "/v1/charge_settings"), b'{"command": "X"}'),
    ]


async def test_a_command_whose_answer_is_lost_is_not_repeated() -> None:
    # Not even by the HTTP client, which repeats a PUT whose answer did not come.
    peer = WebPeer(lambda *_: b"")
    peer.answer = lambda *_: b"connection: close"  # no HTTP, and then it hangs up
    async with at(peer) as meter:
        for _ in range(2):
            with pytest.raises((CannotConnectError, UnexpectedAnswerError)):
                await meter.send(Command.BEGIN)
        assert len(peer.requests) == 2

    class Mute(RawPeer):
        requests = 0

        async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(4096)
            self.requests += 1

    mute = Mute(b"", then_close=True)
    async with at(mute) as meter:
        with pytest.raises(CannotConnectError):
            await meter.send(Command.BEGIN)
        assert mute.requests == 1


async def test_the_display_is_switched_and_turned(
    rest_meter: RestMeter, simulated: SimulatedMeter
) -> None:
    await rest_meter.switch_display(on=False)
    await rest_meter.show_page(DisplayPage.CYCLE_EXPORTED_ENERGY)
    assert (simulated.display_on, simulated.display_page) == (False, 13)


def test_rest_has_its_features() -> None:
    system = Feature.SYSTEM_STATUS | Feature.PARAMETER_BLOCK
    assert RestMeter.features == system | Feature.RECORD_SEARCH | Feature.PARSED_EVENTS


# --- who answers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [n for n, m in SIMULATED_MODELS.items() if m.rest_code is not None]
)
async def test_a_model_is_known_by_its_code(name: str) -> None:
    meter = SimulatedMeter(model=name)
    async with RestServer(meter) as server, client("rest", server.port) as found:
        identity = await found.identify()
    assert identity.model == name
    assert identity.serial_number == str(meter.serial_number)


def test_model_codes_count_as_the_manual_prints_them() -> None:
    assert [
        REST_MODELS.index(f"DMED404{kind}") for kind in ("R1500", "R0150", "D1500", "D0150")
    ] == [
        0,
        3,
        4,
        7,
    ]


@pytest.mark.parametrize(
    ("code", "model"), [(8, "DMED4"), (-1, "DMED4"), (None, "DMED4"), ("3", "DMED404R0150")]
)
async def test_an_unknown_model_is_still_a_dmed4(code: object, model: str) -> None:
    system = {**SYSTEM, "model_code": code}
    async with at(WebPeer(site(charge_settings=SETTINGS, system_status=system))) as meter:
        assert (await meter.identify()).model == model


async def test_a_dmed403_has_no_model_code_and_is_a_dmed4_all_the_same() -> None:
    meter = SimulatedMeter(model="DMED403R0600")
    async with RestServer(meter) as server, client("rest", server.port) as found:
        identity = await found.identify()
    assert identity.model == "DMED4"
    assert identity.public_key == meter.public_key_raw


@pytest.mark.parametrize(
    ("settings", "system", "expected"),
    [
        ({}, {}, (b"\xab" * 64, b"\x30\x00", "12345678", "12")),
        ({}, {"serial_number": "12345678", "meas_fw_rev": "12"}, (b"\xab" * 64, b"\x30\x00", "12345678", "12")),
        ({"public_key": "", "public_key_ocmf": ""}, {}, (None, None, "12345678", "12")),
        ({"public_key": "00" * 64, "public_key_ocmf": "00" * 96}, {}, (None, None, "12345678", "12")),
        ({"public_key": "no hex", "public_key_ocmf": 7}, {"serial_number": None, "meas_fw_rev": ""}, (None,) * 4),
    ],
)  # fmt: skip
async def test_identity_takes_what_is_there(
    settings: dict[str, object],
    system: dict[str, object],
    expected: tuple[bytes | None, bytes | None, str | None, str | None],
) -> None:
    answers = site(charge_settings={**SETTINGS, **settings}, system_status={**SYSTEM, **system})
    async with at(WebPeer(answers)) as meter:
        found = await meter.identify()
    assert (
        found.public_key,
        found.public_key_ocmf,
        found.serial_number,
        found.firmware,
    ) == expected


@pytest.mark.parametrize(
    "answers",
    [
        site(),
        site(charge_settings={"hello": "world"}, system_status={"state": "ok"}),
        site(charge_settings=SETTINGS, system_status={}),
        site(charge_settings={}, system_status=SYSTEM),
        site(charge_settings=b"<html>hello</html>"),
        site(charge_settings=b"[1, 2]"),
        site(charge_settings=b'"text"'),
        site(charge_settings=b""),
        site(charge_settings=b"[" * 100_000),
        lambda *_: http_answer(b"", "302 Found", {"Location": "/login"}),
        lambda *_: http_answer(b"secret", "401 Unauthorized"),
        lambda *_: b"SSH-2.0-OpenSSH_9.9\r\n connection: close",
    ],
)
async def test_a_web_server_that_is_no_dmed4_is_told(answers: Callable[[str, str], bytes]) -> None:
    peer = WebPeer(answers)
    async with at(peer) as meter:
        with pytest.raises(NotADmed4Error):
            await meter.identify()
        peer.answer = site(charge_settings=SETTINGS, system_status=SYSTEM)
        assert (await meter.identify()).model == "DMED404R0600"


# --- what goes wrong on the way -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (http_answer(b" not while charging ", "400 Bad request"), RefusedError, "HTTP 400 Bad request: not while charging"),
        (http_answer(b"", "501 Not Implemented"), RefusedError, "HTTP 501 Not Implemented"),
        (http_answer(b"\xff" * 500, "500 Oops"), RefusedError, "HTTP 500 Oops"),
        (http_answer(b"", "301 Moved", {"Location": "https://example.com/"}), RefusedError, "HTTP 301 Moved"),
        (http_answer(b"x" * 70_000), UnexpectedAnswerError, "more than 65536 bytes"),
        (http_answer(b"no JSON"), UnexpectedAnswerError, "not JSON"),
        (http_answer(b"[]"), UnexpectedAnswerError, "not an object"),
        (http_answer(b"{", headers={"Content-Length": "100"}), UnexpectedAnswerError, "charge_status"),
        (http_answer(b"x", headers={"Content-Encoding": "gzip"}), UnexpectedAnswerError, ""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n", UnexpectedAnswerError, ""),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + b"100\r\n" + b"x" * 256 + b"\r\n", UnexpectedAnswerError, ""),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + (b"100\r\n" + b"x" * 256 + b"\r\n") * 300, UnexpectedAnswerError, "more than 65536 bytes"),
        (b"\x00\x01\x00\x00\x00\x03\x01\x83\x02 connection: close", UnexpectedAnswerError, ""),
    ],
)  # fmt: skip
async def test_a_bad_answer_is_told_and_the_next_one_is_understood(
    answer: bytes, error: type[Exception], text: str
) -> None:
    peer = WebPeer(lambda *_: answer)
    async with at(peer) as meter:
        with pytest.raises(error) as caught:
            await meter.read_status()
        assert text in str(caught.value)
        assert len(str(caught.value)) < 400
        peer.answer = site(charge_status=STATUS)
        assert (await meter.read_status()).measurement == 0


async def test_a_redirect_is_not_followed() -> None:
    moved = http_answer(b"", "302 Found", {"Location": "/elsewhere"})
    peer = WebPeer(lambda *_: moved)
    async with at(peer) as meter:
        with pytest.raises(RefusedError):
            await meter.read_status()
    assert peer.requests == [("GET", "/v1/charge_status")]


async def test_a_refusal_of_the_meter_is_told_in_its_words(rest_meter: RestMeter) -> None:
    # Manual: responses, 400 Bad request.
    with pytest.raises(RefusedError, match=r"HTTP 400 Bad request: B in measurement status 0"):
        await rest_meter.send(Command.BEGIN)
    assert (await rest_meter.read_status()).measurement == 0


async def test_silence_is_told_and_does_not_hold_up_what_follows() -> None:
    peer = WebPeer(lambda *_: b"")
    async with at(peer) as meter:
        with pytest.raises(SilentError, match="GET charge_status"):
            await meter.read_status()
        peer.answer = site(charge_status=STATUS)
        assert (await meter.read_status()).measurement == 0


async def test_a_server_that_is_gone_is_told_until_it_is_back(rest_server: RestServer) -> None:
    async with client("rest", rest_server.port) as meter:
        await meter.read_status()
        await rest_server.stop()
        with pytest.raises(CannotConnectError):
            await meter.read_status()
        await rest_server.start()
        await meter.read_status()


async def test_an_address_that_is_none_can_not_be_reached() -> None:
    async with aiohttp.ClientSession() as session:
        meter = RestMeter(session, LOCALHOST, 1)
        with pytest.raises(CannotConnectError):
            await meter.identify()


# --- one at a time ------------------------------------------------------------------------------


async def test_requests_to_one_host_take_turns(rest_server: RestServer) -> None:
    async with (
        client("rest", rest_server.port) as first,
        client("rest", rest_server.port) as second,
    ):
        await asyncio.gather(
            *(meter.read_live() for meter in (first, second) for _ in range(3)),
            first.read_housekeeping(),
            second.identify(),
        )
    assert len(rest_server.requests) == 17
    assert rest_server.max_concurrent == 1


async def test_a_cancelled_request_lets_the_next_one_go() -> None:
    arrived = asyncio.Event()

    def silence(method: str, target: str) -> bytes:
        arrived.set()
        return b""

    peer = WebPeer(silence)
    async with at(peer) as meter:
        request = asyncio.create_task(meter.read_status())
        await arrived.wait()
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        peer.answer = site(charge_status=STATUS)
        await meter.read_status()
