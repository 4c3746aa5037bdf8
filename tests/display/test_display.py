"""The remote displays without Home Assistant (protocol reference 2.6 and 3)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
import struct

import aiohttp
import pytest

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
    UnexpectedAnswerError,
)
from custom_components.lovato_dmed4.dmed4.lines import Framing, SerialLine, TcpLine
from custom_components.lovato_dmed4.dmed4.repeating import ATTEMPTS
from simulator import (
    ModbusFault,
    ModbusTcpServer,
    RemoteDisplay,
    RestFault,
    RestServer,
    SerialServer,
    SimulatedMeter,
    open_pty,
)

LOCALHOST = "127.0.0.1"

# The manual's table: register and words of each text.
REGISTERS = {
    (1, "title_1"): (0x2F64, 16),
    (1, "text_1"): (0x3024, 10),
    (1, "title_2"): (0x2F74, 16),
    (1, "text_2"): (0x302E, 10),
    (1, "title_3"): (0x2F84, 16),
    (1, "text_3"): (0x3038, 10),
    (2, "title_1"): (0x2F94, 16),
    (2, "text_1"): (0x3042, 10),
    (2, "title_2"): (0x2FA4, 16),
    (2, "text_2"): (0x304C, 10),
    (2, "title_3"): (0x2FB4, 16),
    (2, "text_3"): (0x3056, 10),
    (3, "title_1"): (0x2FC4, 16),
    (3, "text_1"): (0x3060, 10),
    (3, "title_2"): (0x2FD4, 16),
    (3, "text_2"): (0x306A, 10),
    (3, "title_3"): (0x2FE4, 16),
    (3, "text_3"): (0x3074, 10),
    (4, "title_1"): (0x2FF4, 16),
    (4, "text_1"): (0x307E, 10),
    (4, "title_2"): (0x3004, 16),
    (4, "text_2"): (0x3088, 10),
    (4, "title_3"): (0x3014, 16),
    (4, "text_3"): (0x3092, 10),
}

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


def name_of(place: str) -> str:
    """Return the API's name of a text."""
    return place.replace("_", "")


def texts_of(page: CustomPage) -> dict[str, str]:
    return {name_of(place): text for place, text in asdict(page).items()}


# --- the register table -------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "expected"), REGISTERS.items())
def test_the_register_of_each_text_is_the_manuals(
    place: tuple[int, str], expected: tuple[int, int]
) -> None:
    meter, name = place

    assert (text_register(meter, name), LIMITS[name]) == (expected[0], 2 * expected[1])


@pytest.mark.parametrize("meter", [1, 2, 3, 4])
async def test_a_page_is_written_text_by_text_padded_with_zeros(
    meter: int, display: RemoteDisplay, display_server: ModbusTcpServer
) -> None:
    async with over_modbus(display_server.port) as client:
        await client.write_page(meter, PAGE, LIMITS)

    assert display.texts[meter] == texts_of(PAGE)
    assert not [n for n, texts in display.texts.items() if n != meter and any(texts.values())]
    assert display_server.requests == [
        struct.pack(">BHHB", 0x10, register - 1, words, 2 * words)
        + getattr(PAGE, place).encode().ljust(2 * words, b"\0")
        for (_, place), (register, words) in REGISTERS.items()
        if _ == meter
    ]


async def test_every_text_of_all_meters_is_read_from_its_place(
    display: RemoteDisplay, display_server: ModbusTcpServer
) -> None:
    for meter, place in REGISTERS:
        display.texts[meter][name_of(place)] = f"{meter} {place}"
    async with over_modbus(display_server.port) as client:
        state = await client.read()

    assert {
        (meter, place): text
        for meter, page in state.pages.items()
        for place, text in asdict(page).items()
    } == {(meter, place): f"{meter} {place}" for meter, place in REGISTERS}


async def test_over_modbus_only_what_changed_is_written(
    display: RemoteDisplay, display_server: ModbusTcpServer
) -> None:
    async with over_modbus(display_server.port) as client:
        await client.write_page(2, PAGE, ["text_3"])

    assert display.texts[2] == {name_of(place): "" for place in LIMITS} | {"text3": "0.21 EUR/kWh"}
    assert len(display_server.requests) == 1


async def test_texts_that_fill_their_place_or_that_nobody_can_show_are_read(
    display: RemoteDisplay, display_server: ModbusTcpServer
) -> None:
    display.texts[1]["title1"] = "T" * 32
    display.texts[1]["text1"] = "\x01" * 20
    display.texts[1]["title2"] = "left\0over"
    async with over_modbus(display_server.port) as client:
        page = (await client.read()).pages[1]

    assert page == CustomPage(title_1="T" * 32, text_1="?" * 20, title_2="left")


# --- models -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "meters"), [("DMED4DC1", [1, 2, 3, 4]), ("DMED4DC2", [1])])
async def test_the_model_tells_how_many_meters_there_are(model: str, meters: list[int]) -> None:
    async with (
        ModbusTcpServer(RemoteDisplay(model)) as server,
        over_modbus(server.port) as client,
    ):
        state = await client.read()

    assert state.identity.model == model
    assert state.identity.firmware == "12"
    assert list(state.pages) == meters


async def test_a_meter_is_no_display(
    modbus_server: ModbusTcpServer, rest_server: RestServer
) -> None:
    async with over_modbus(modbus_server.port) as client:
        with pytest.raises(NotADmed4Error, match="function 0x11 answers 4"):
            await client.identify()
    async with over_rest(rest_server.port) as client_over_rest:
        with pytest.raises(NotADmed4Error):
            await client_over_rest.identify()


async def test_a_display_is_reached_over_a_serial_line(display: RemoteDisplay) -> None:
    with open_pty() as cable:
        async with SerialServer({7: display}, cable, framing="ascii", baudrate=115200):
            line = SerialLine(
                device=cable.path,
                baudrate=115200,
                data_format="8N",
                stop_bits=1,
                framing=Framing.ASCII,
            )
            client = ModbusDisplay.on(line, 7)
            try:
                await client.write_page(4, PAGE, LIMITS)
                await client.show(ViewerPage.CUSTOM_METER_4)
                state = await client.read()
            finally:
                await client.close()

    assert state.pages[4] == PAGE
    assert display.page == 8


# --- pages --------------------------------------------------------------------------------------


def test_the_pages_have_the_manuals_numbers() -> None:
    assert [page.meter for page in ViewerPage] == [1, 2, 3, 4, 1, 2, 3, 4]
    assert [int(ViewerPage.custom(meter)) for meter in range(1, 5)] == [5, 6, 7, 8]


@pytest.mark.parametrize("page", ViewerPage)
async def test_a_page_is_shown_over_modbus(
    page: ViewerPage, display: RemoteDisplay, display_server: ModbusTcpServer
) -> None:
    async with over_modbus(display_server.port) as client:
        await client.show(page)

    assert display.page == page
    # The manual's example: page 4 is 06 2F 4F 00 04 after the node number.
    assert display_server.requests == [bytes([0x06, 0x2F, 0x4F, 0x00, page])]


@pytest.mark.parametrize("page", ViewerPage)
async def test_a_page_is_shown_over_rest(
    page: ViewerPage, display: RemoteDisplay, display_web: RestServer
) -> None:
    async with over_rest(display_web.port) as client:
        await client.show(page)

    assert display.page == page
    assert display_web.requests == [("PUT", "/v1/set_viewer_page")]


async def test_a_locked_page_is_told_apart_from_other_refusals(
    display: RemoteDisplay, display_server: ModbusTcpServer, display_web: RestServer
) -> None:
    async with (
        over_modbus(display_server.port) as modbus_client,
        over_rest(display_web.port) as rest_client,
    ):
        for client, page in ((modbus_client, 5), (rest_client, 2)):
            display.page_locked = True
            with pytest.raises(PageLockedError):
                await client.show(ViewerPage(page))
            display.page_locked = False
            await client.show(ViewerPage(page))
            assert display.page == page


async def test_the_display_for_one_meter_has_no_registers_for_others() -> None:
    async with (
        ModbusTcpServer(RemoteDisplay("DMED4DC2")) as server,
        over_modbus(server.port) as client,
    ):
        with pytest.raises(RefusedError):
            await client.write_page(2, PAGE, LIMITS)
        await client.write_page(1, PAGE, LIMITS)
        assert (await client.read()).pages == {1: PAGE}


@pytest.mark.parametrize("number", ["5", "2"])
async def test_the_custom_page_of_the_display_for_one_meter(number: str) -> None:
    display = RemoteDisplay("DMED4DC2", readings={"custom_page": number})
    async with ModbusTcpServer(display) as server, over_modbus(server.port) as client:
        await client.identify()
        for _ in range(2):
            await client.show(ViewerPage.CUSTOM_METER_1)
            assert display.page == int(number)
        # What is known is not tried again.
        shown = [pdu[4] for pdu in server.requests if pdu[:3] == bytes((0x06, 0x2F, 0x4F))]
        assert shown == ([5, 5] if number == "5" else [5, 2, 2])
        assert any("page 2" in text for text in client.found.texts) is (number == "2")
        display.page_locked = True
        with pytest.raises(PageLockedError):
            await client.show(ViewerPage.CUSTOM_METER_1)


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
async def test_over_rest_all_six_texts_are_posted(
    meter: int, display: RemoteDisplay, display_web: RestServer
) -> None:
    display.texts[meter] = dict.fromkeys(display.texts[meter], "old")
    async with over_rest(display_web.port) as client:
        await client.write_page(meter, PAGE, ["text_1"])

    assert display_web.requests == [("POST", f"/v1/{meter}/custom_string")]
    assert display.texts[meter] == {
        "title1": "EV CHARGING STATION IDENTIFIER 2",
        "text1": "EVC1234567890",
        "title2": "TRANSACTION ID",
        "text2": "TRID1234567890123456",
        "title3": "ENERGY PRICE",
        "text3": "0.21 EUR/kWh",
    }


@pytest.mark.parametrize("channel", [1, 2, 3, 4])
async def test_over_rest_a_display_is_known_by_any_of_its_channels(
    channel: int, simulated: SimulatedMeter
) -> None:
    display = RemoteDisplay(meters={channel: simulated})
    async with RestServer(display) as server, over_rest(server.port) as client:
        assert (await client.identify()).model == "DMED4DC1"


async def test_over_rest_a_display_without_meters_is_reachable_and_not_recognised() -> None:
    async with RestServer(RemoteDisplay()) as server, over_rest(server.port) as client:
        with pytest.raises(NotADmed4Error):
            await client.identify()

        state = await client.read()
        assert state.identity.model == "DMED4DC1"
        assert state.pages == {}


async def test_over_rest_another_answer_is_no_meters(display_web: RestServer) -> None:
    async with over_rest(display_web.port) as client:
        display_web.faults.missing_fields = {"measurement_status"}
        with pytest.raises(NotADmed4Error):
            await client.identify()
        display_web.faults.clear()
        display_web.faults.inject(RestFault.NOT_JSON)
        with pytest.raises(NotADmed4Error):
            await client.identify()
        display_web.faults.clear()
        assert (await client.identify()).model == "DMED4DC1"


async def test_over_rest_a_display_may_be_waiting_for_its_first_meter(
    display_web: RestServer,
) -> None:
    async with over_rest(display_web.port) as client:
        display_web.faults.inject(RestFault.SILENCE, only=lambda request: "/v1/1/" in request)
        await client.read()
        assert (await client.identify()).model == "DMED4DC1"

        display_web.faults.inject(RestFault.SILENCE)
        with pytest.raises(SilentError):
            await client.read()
        with pytest.raises(SilentError):
            await client.identify()

        display_web.faults.clear()
        await client.read()


# --- faults -------------------------------------------------------------------------------------


async def test_a_display_that_is_gone_comes_back(
    display_server: ModbusTcpServer, display_web: RestServer
) -> None:
    async with (
        over_modbus(display_server.port) as modbus_client,
        over_rest(display_web.port) as rest_client,
    ):
        for client, server in ((modbus_client, display_server), (rest_client, display_web)):
            await server.stop()
            with pytest.raises(CannotConnectError):
                await client.read()
            await server.start()
            await client.read()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (ModbusFault.SILENCE, SilentError),
        (ModbusFault.LOST_ANSWER, SilentError),
        (ModbusFault.CUT, (SilentError, CannotConnectError, UnexpectedAnswerError)),
        (ModbusFault.GARBAGE, (SilentError, CannotConnectError, UnexpectedAnswerError)),
    ],
)
async def test_a_page_half_written_is_written_again(
    fault: ModbusFault,
    error: type[Exception] | tuple[type[Exception], ...],
    display: RemoteDisplay,
    display_server: ModbusTcpServer,
) -> None:
    async with over_modbus(display_server.port) as client:
        third = struct.pack(">BH", 0x10, 0x2F74 - 1)
        display_server.faults.inject(
            fault, times=ATTEMPTS, only=lambda frame: frame.pdu.startswith(third)
        )
        with pytest.raises(error):
            await client.write_page(1, PAGE, LIMITS)
        assert display.texts[1]["text3"] == ""

        await client.write_page(1, PAGE, LIMITS)
        assert display.texts[1] == texts_of(PAGE)


async def test_a_busy_display_is_asked_again(
    display: RemoteDisplay, display_server: ModbusTcpServer
) -> None:
    async with over_modbus(display_server.port) as client:
        display_server.faults.inject(ModbusFault.BUSY, times=1)
        await client.show(ViewerPage.MAIN_METER_3)

    assert display.page == 3
