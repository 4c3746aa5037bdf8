"""A request that changes something is sent once, whatever becomes of its answer; and channels."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import pytest

from custom_components.lovato_dmed4.dmed4.errors import CannotConnectError, NotADmed4Error
from custom_components.lovato_dmed4.dmed4.model import Command, DisplayPage
from custom_components.lovato_dmed4.dmed4.rest import RestMeter
from simulator import RestServer, SimulatedMeter
from simulator.faults import RestFault


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def meter(session: aiohttp.ClientSession, rest_server: RestServer) -> RestMeter:
    return RestMeter(session, rest_server.host, rest_server.port)


WRITES: dict[str, Callable[[RestMeter], object]] = {
    "command": lambda meter: meter.send(Command.RESET_ERRORS),
    "clock": lambda meter: meter.write_clock(datetime.now(UTC)),
    "display": lambda meter: meter.switch_display(on=False),
    "page": lambda meter: meter.show_page(DisplayPage.DATE),
    "prototype": lambda meter: meter.write_prototype(b"{}"),
    "put": lambda meter: meter._put("force_display", set_page="3"),
}


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_whose_answer_is_lost_is_not_repeated(
    meter: RestMeter, rest_server: RestServer, name: str
) -> None:
    rest_server.faults.inject(RestFault.LOST_ANSWER)
    with pytest.raises(CannotConnectError):
        await WRITES[name](meter)  # type: ignore[misc]
    assert len(rest_server.requests) == 1
    rest_server.faults.clear()
    assert (await meter.identify()).public_key


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_is_done_when_the_status_says_so_and_the_rest_is_cut_off(
    meter: RestMeter, rest_server: RestServer, name: str
) -> None:
    # Manual: responses; what comes after the status of a PUT or POST is not said.
    rest_server.faults.inject(RestFault.CUT)
    await WRITES[name](meter)  # type: ignore[misc]
    assert len(rest_server.requests) == 1


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
    for name in ("command", "clock", "display", "page"):
        await WRITES[name](meter)  # type: ignore[misc]
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
