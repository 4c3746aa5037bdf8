"""The remote displays without Home Assistant (protocol reference 2.6 and 3)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict

import aiohttp
import pytest

from custom_components.lovato_dmed4.dmed4 import rest
from custom_components.lovato_dmed4.dmed4.display import (
    LIMITS,
    CustomPage,
    ModbusDisplay,
    RestDisplay,
    ViewerPage,
    text_register,
)
from custom_components.lovato_dmed4.dmed4.errors import (
    CannotConnectError,
    NotADmed4Error,
    PageLockedError,
    PageTextCharactersError,
    PageTextTooLongError,
    RefusedError,
    SilentError,
)
from custom_components.lovato_dmed4.dmed4.lines import TcpLine
from simulator import ModbusTcpServer, RestServer

from .simulated import (
    CHARGE_STATUS,
    LOCALHOST,
    REGISTERS,
    SimulatedDisplay,
    modbus_server as modbus_server_of,
    serving_modbus,
    serving_web,
)

PAGE = CustomPage(
    title_1="EV CHARGING STATION IDENTIFIER 2",
    text_1="EVC1234567890",
    title_2="TRANSACTION ID",
    text_2="TRID1234567890123456",
    title_3="ENERGY PRICE",
    text_3="0.21 EUR/kWh",
)


@asynccontextmanager
async def over_modbus(port: int, unit_id: int = 1) -> AsyncIterator[ModbusDisplay]:
    display = ModbusDisplay.on(TcpLine(host=LOCALHOST, port=port), unit_id)
    try:
        yield display
    finally:
        await display.close()


@asynccontextmanager
async def over_rest(port: int) -> AsyncIterator[RestDisplay]:
    async with aiohttp.ClientSession() as session:
        yield RestDisplay(session, LOCALHOST, port)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest, "_TIMEOUT", aiohttp.ClientTimeout(total=0.1))


# --- the register table -------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "expected"), REGISTERS.items())
def test_the_register_of_each_text_is_the_manuals(
    place: tuple[int, str], expected: tuple[int, int]
) -> None:
    meter, name = place

    assert (text_register(meter, name), LIMITS[name]) == (expected[0], 2 * expected[1])


@pytest.mark.parametrize("meter", [1, 2, 3, 4])
async def test_a_page_is_written_text_by_text_padded_with_zeros(meter: int) -> None:
    display = SimulatedDisplay()
    display.memory = dict.fromkeys(display.memory, 0x5858)
    async with serving_modbus(display) as server, over_modbus(server.port) as client:
        await client.write_page(meter, PAGE, LIMITS)

    for name, text in asdict(PAGE).items():
        assert display.raw(meter, name) == text.encode().ljust(LIMITS[name], b"\0")
    others = {place for place in REGISTERS if place[0] != meter}
    assert all(set(display.raw(*place)) == {0x58} for place in others)
    assert [pdu[0] for pdu in server.requests] == [0x10] * 6


async def test_every_text_of_all_meters_is_read_from_its_place() -> None:
    display = SimulatedDisplay()
    for meter, name in REGISTERS:
        display.put(meter, name, f"{meter} {name}".encode())
    async with serving_modbus(display) as server, over_modbus(server.port) as client:
        state = await client.read()

    assert {
        (meter, name): text
        for meter, page in state.pages.items()
        for name, text in asdict(page).items()
    } == {(meter, name): f"{meter} {name}" for meter, name in REGISTERS}


async def test_over_modbus_only_what_changed_is_written() -> None:
    display = SimulatedDisplay()
    async with serving_modbus(display) as server, over_modbus(server.port) as client:
        await client.write_page(2, PAGE, ["text_3"])

    assert display.raw(2, "text_3").rstrip(b"\0") == b"0.21 EUR/kWh"
    assert not any(display.raw(2, "title_1"))
    assert len(server.requests) == 1


async def test_texts_that_fill_their_place_or_that_nobody_wrote_are_read() -> None:
    display = SimulatedDisplay()
    display.put(1, "title_1", b"T" * 32)
    display.put(1, "text_1", b"\xff" * 20)
    display.put(1, "title_2", b"left\0over")
    async with serving_modbus(display) as server, over_modbus(server.port) as client:
        page = (await client.read()).pages[1]

    assert page == CustomPage(title_1="T" * 32, text_1="?" * 20, title_2="left")


# --- models -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "model", "meters"), [(0x0C, "DMED4DC1", [1, 2, 3, 4]), (0x0D, "DMED4DC2", [1])]
)
async def test_the_model_tells_how_many_meters_there_are(
    code: int, model: str, meters: list[int]
) -> None:
    display = SimulatedDisplay(code)
    async with serving_modbus(display) as server, over_modbus(server.port) as client:
        state = await client.read()

    assert state.identity.model == model
    assert state.identity.firmware == "4"
    assert list(state.pages) == meters


async def test_a_meter_is_no_display(
    modbus_server: ModbusTcpServer, rest_server: RestServer
) -> None:
    async with over_modbus(modbus_server.port) as client:
        with pytest.raises(NotADmed4Error):
            await client.identify()
    async with over_rest(rest_server.port) as client_over_rest:
        with pytest.raises(NotADmed4Error):
            await client_over_rest.identify()


# --- pages --------------------------------------------------------------------------------------


def test_the_pages_have_the_manuals_numbers() -> None:
    assert [page.meter for page in ViewerPage] == [1, 2, 3, 4, 1, 2, 3, 4]
    assert [int(ViewerPage.custom(meter)) for meter in range(1, 5)] == [5, 6, 7, 8]


@pytest.mark.parametrize("page", ViewerPage)
async def test_a_page_is_shown_over_modbus(page: ViewerPage) -> None:
    display = SimulatedDisplay()
    async with serving_modbus(display) as server, over_modbus(server.port) as client:
        await client.show(page)

    assert display.shown == page
    # The manual's example: page 4 is 06 2F 4F 00 04 after the node number.
    assert server.requests == [bytes([0x06, 0x2F, 0x4F, 0x00, page])]


@pytest.mark.parametrize("page", ViewerPage)
async def test_a_page_is_shown_over_rest(page: ViewerPage) -> None:
    display = SimulatedDisplay()
    async with serving_web(display) as server, over_rest(server.port) as client:
        await client.show(page)

    assert display.shown == page
    assert server.requests == [("PUT", f"/v1/set_viewer_page?page={int(page)}")]


async def test_a_locked_page_is_told_apart_from_other_refusals() -> None:
    display = SimulatedDisplay()
    display.locked = True
    async with (
        serving_modbus(display) as server,
        serving_web(display) as web,
        over_modbus(server.port) as modbus_client,
        over_rest(web.port) as rest_client,
    ):
        for client in (modbus_client, rest_client):
            with pytest.raises(PageLockedError):
                await client.show(ViewerPage.CUSTOM_METER_1)
        display.locked = False
        for client, page in ((modbus_client, 5), (rest_client, 2)):
            await client.show(ViewerPage(page))
            assert display.shown == page


async def test_the_display_for_one_meter_has_no_registers_for_others() -> None:
    display = SimulatedDisplay(0x0D)
    async with serving_modbus(display) as server, over_modbus(server.port) as client:
        with pytest.raises(RefusedError):
            await client.write_page(2, PAGE, LIMITS)
        await client.write_page(1, PAGE, LIMITS)
        assert (await client.read()).pages == {1: PAGE}


# --- texts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LIMITS)
def test_a_text_may_fill_its_place_and_no_more(name: str) -> None:
    limit = 32 if name.startswith("title") else 20
    CustomPage(**{name: "x" * limit})

    with pytest.raises(PageTextTooLongError) as error:
        CustomPage(**{name: "x" * (limit + 1)})
    assert (error.value.field, error.value.length, error.value.limit) == (name, limit + 1, limit)


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("text", ["Säule", "€", "two\nlines", "\0", "\x7f"])
def test_a_text_holds_only_printable_ascii(name: str, text: str) -> None:
    with pytest.raises(PageTextCharactersError) as error:
        CustomPage(**{name: text})
    assert error.value.field == name


# --- REST ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("meter", [1, 2, 3, 4])
async def test_over_rest_all_six_texts_are_posted(meter: int) -> None:
    display = SimulatedDisplay()
    async with serving_web(display) as server, over_rest(server.port) as client:
        await client.write_page(meter, PAGE, ["text_1"])

    assert server.requests == [("POST", f"/v1/{meter}/custom_string")]
    assert display.posted == {
        meter: {
            "title1": "EV CHARGING STATION IDENTIFIER 2",
            "text1": "EVC1234567890",
            "title2": "TRANSACTION ID",
            "text2": "TRID1234567890123456",
            "title3": "ENERGY PRICE",
            "text3": "0.21 EUR/kWh",
        }
    }


async def test_over_rest_a_display_is_known_by_any_of_its_channels(impatient: None) -> None:
    display = SimulatedDisplay()
    display.meters = [4]
    async with serving_web(display) as server, over_rest(server.port) as client:
        server.silent = {1}
        assert (await client.identify()).model == "DMED4DC1"
        server.silent = {1, 2}
        with pytest.raises(SilentError):
            await client.identify()
        server.silent = set()
        assert (await client.identify()).model == "DMED4DC1"


async def test_over_rest_another_answer_is_no_meters() -> None:
    display = SimulatedDisplay()
    async with serving_web(display) as server, over_rest(server.port) as client:
        server.answer = {"status": "ok"}
        with pytest.raises(NotADmed4Error):
            await client.identify()
        server.answer = CHARGE_STATUS
        assert (await client.identify()).model == "DMED4DC1"


async def test_over_rest_a_display_without_meters_is_reachable_and_not_recognised() -> None:
    display = SimulatedDisplay()
    display.meters = []
    async with serving_web(display) as server, over_rest(server.port) as client:
        with pytest.raises(NotADmed4Error):
            await client.identify()
        state = await client.read()

        assert state.identity.model == "DMED4DC1"
        assert state.pages == {}
        display.meters = [2]
        assert (await client.identify()).model == "DMED4DC1"


async def test_over_rest_a_display_that_waits_for_a_meter_is_reachable(impatient: None) -> None:
    async with serving_web(SimulatedDisplay()) as server, over_rest(server.port) as client:
        server.silent = {1}
        await client.read()

        server.silent = {1, 2}
        with pytest.raises(SilentError):
            await client.read()
        server.silent = set()
        await client.read()


async def test_a_display_that_is_gone_comes_back() -> None:
    display = SimulatedDisplay()
    async with (
        serving_modbus(display) as server,
        serving_web(display) as web,
        over_modbus(server.port) as modbus_client,
        over_rest(web.port) as rest_client,
    ):
        await web.stop()
        await server.stop()
        for client in (modbus_client, rest_client):
            with pytest.raises(CannotConnectError):
                await client.read()
        await web.start()
        async with modbus_server_of(display, port=server.port):
            for client in (modbus_client, rest_client):
                await client.read()
