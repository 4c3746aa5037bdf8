"""What is sent once, whatever becomes of its answer, and what is repeated; and channels."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import aiohttp
import pytest

from custom_components.lovato_dmed4.dmed4.errors import (
    CannotConnectError,
    MeterError,
    NotADmed4Error,
    RefusedError,
    UnexpectedAnswerError,
)
from custom_components.lovato_dmed4.dmed4.model import Command, DisplayPage
from custom_components.lovato_dmed4.dmed4.rest import RestMeter
from simulator import RestServer, SimulatedMeter
from simulator.faults import RestFault

from .helpers import RawPeer


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def meter(session: aiohttp.ClientSession, rest_server: RestServer) -> RestMeter:
    return RestMeter(session, rest_server.host, rest_server.port)


ONCE: dict[str, Callable[[RestMeter], object]] = {
    **{
        name: partial(RestMeter.send, command=command)
        for name, command in Command.__members__.items()
        if command is not Command.RESET_ERRORS
    },
    "login": lambda meter: meter.log_in("1234"),
    "operating": RestMeter.set_operating,
    "parameters": lambda meter: meter._post("system_parameters", {"P05_03": 1}, once=True),
}
REPEATED: dict[str, Callable[[RestMeter], object]] = {
    "reset": partial(RestMeter.send, command=Command.RESET_ERRORS),
    "clock": lambda meter: meter.write_clock(datetime.now(UTC)),
    "display": lambda meter: meter.switch_display(on=False),
    "page": lambda meter: meter.show_page(DisplayPage.DATE),
    "prototype": lambda meter: meter.write_prototype(b"{}"),
    "viewer": lambda meter: meter._put("force_display", set_page="3"),
    "status": RestMeter.read_status,
    "record": RestMeter.read_last_record,
}
LOST = (RestFault.SILENCE, RestFault.LOST_ANSWER)


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("name", ONCE)
async def test_what_can_not_be_taken_back_is_sent_once(
    meter: RestMeter, rest_server: RestServer, name: str, fault: RestFault
) -> None:
    rest_server.faults.inject(fault, only=lambda request: request.startswith(("PUT", "POST")))
    with pytest.raises(MeterError):
        await ONCE[name](meter)  # type: ignore[misc]
    assert [method for method, _ in rest_server.requests if method != "GET"] in (["PUT"], ["POST"])
    rest_server.faults.clear()
    assert (await meter.identify()).public_key


@pytest.mark.parametrize(
    "fault",
    [*LOST, RestFault.CUT, RestFault.SERVER_ERROR, RestFault.UNAVAILABLE, RestFault.NOT_JSON],
)
@pytest.mark.parametrize("name", REPEATED)
async def test_one_disturbance_is_not_noticed(
    meter: RestMeter, rest_server: RestServer, name: str, fault: RestFault
) -> None:
    rest_server.faults.inject(fault, times=1)
    await REPEATED[name](meter)  # type: ignore[misc]
    # Manual: responses; what comes after the status of a PUT or POST is not said.
    done = fault in {RestFault.CUT, RestFault.NOT_JSON} and rest_server.requests[0][0] != "GET"
    assert len(rest_server.requests) == (1 if done else 2)


@pytest.mark.parametrize("fault", [RestFault.BAD_REQUEST, RestFault.NOT_IMPLEMENTED])
async def test_a_refusal_is_an_answer(
    meter: RestMeter, rest_server: RestServer, fault: RestFault
) -> None:
    rest_server.faults.inject(fault)
    with pytest.raises(RefusedError):
        await meter.read_status()
    assert len(rest_server.requests) == 1


async def test_a_web_server_in_trouble_is_not_known_as_another_device(
    meter: RestMeter, rest_server: RestServer
) -> None:
    rest_server.faults.inject(RestFault.SERVER_ERROR)
    with pytest.raises(RefusedError):
        await meter.identify()


async def test_a_flood_of_interim_answers_ends_at_once() -> None:
    """No time limit of ours ends it: it is over after a few of them."""
    peer = RawPeer(b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000, then_close=False)
    async with peer, aiohttp.ClientSession() as session:
        meter = RestMeter(session, "127.0.0.1", peer.port)
        with pytest.raises(UnexpectedAnswerError, match="1xx"):
            await meter._request("GET", "measure")


async def test_aiohttp_by_itself_would_repeat_a_put(
    session: aiohttp.ClientSession, rest_server: RestServer
) -> None:
    rest_server.faults.inject(RestFault.LOST_ANSWER)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await session.put(f"{rest_server.url}/v1/force_display?set_page=3")
    assert len(rest_server.requests) == 2


async def test_a_write_says_what_is_wrong_with_the_address(session: aiohttp.ClientSession) -> None:
    with pytest.raises(CannotConnectError, match="Cannot connect"):
        await RestMeter(session, "127.0.0.1", 1).send(Command.BEGIN)


async def test_commands_clock_and_display_go_by_post(
    meter: RestMeter, rest_server: RestServer, simulated: SimulatedMeter
) -> None:
    await meter.send(Command.RESET_ERRORS)
    for name in ("clock", "display", "page"):
        await REPEATED[name](meter)  # type: ignore[misc]
    assert {method for method, _ in rest_server.requests} == {"POST"}
    assert abs(simulated.time - datetime.now(UTC).timestamp()) < 5
    assert (simulated.display_on, simulated.display_page) == (False, DisplayPage.DATE)


async def test_a_meter_without_a_model_code_is_one(
    meter: RestMeter, rest_server: RestServer, simulated: SimulatedMeter
) -> None:
    rest_server.faults.missing_fields = {"model_code"}
    identity = await meter.identify()
    assert (identity.model, identity.serial_number) == ("DMED4", str(simulated.serial_number))


async def test_without_any_key_it_is_no_meter(meter: RestMeter, rest_server: RestServer) -> None:
    rest_server.faults.missing_fields = {"public_key", "public_key_ocmf"}
    with pytest.raises(NotADmed4Error):
        await meter.identify()
    rest_server.faults.clear()
    assert (await meter.identify()).serial_number


@pytest.mark.parametrize("field", ["public_key", "public_key_ocmf"])
async def test_either_key_is_derived_from_the_other(
    meter: RestMeter, rest_server: RestServer, field: str
) -> None:
    complete = await meter.identify()
    rest_server.faults.missing_fields = {field, "serial_number"}
    assert await meter.identify() == replace(complete, serial_number=None)


@pytest.mark.parametrize(("channel", "path"), [(0, "/v1/measure"), (3, "/v1/3/measure")])
async def test_the_channel_stands_after_v1(
    session: aiohttp.ClientSession, channel: int, path: str
) -> None:
    asked: list[str] = []

    async def answer(request: aiohttp.web.BaseRequest) -> aiohttp.web.Response:
        asked.append(request.path)
        return aiohttp.web.json_response({})

    runner = aiohttp.web.ServerRunner(aiohttp.web.Server(answer), shutdown_timeout=0)
    await runner.setup()
    site = aiohttp.web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        meter = RestMeter(session, "127.0.0.1", runner.addresses[0][1], channel=channel)
        with pytest.raises(Exception, match="status word"):
            await meter.read_live()
    finally:
        await runner.cleanup()
    assert asked[0] == path
