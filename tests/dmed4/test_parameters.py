"""System parameters (manual: parameters setup; v1/system_parameters)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
import json

import pytest

from custom_components.lovato_dmed4.dmed4 import menu_parameters
from custom_components.lovato_dmed4.dmed4.errors import (
    CannotConnectError,
    NotLoggedInError,
    ParametersLockedError,
    ParametersNotSavedError,
    ParametersNotTakenError,
    ParametersPendingError,
    ParameterValueError,
    RebootTimeoutError,
    RefusedError,
    UnexpectedAnswerError,
    UnknownParameterError,
)
from custom_components.lovato_dmed4.dmed4.lines import TcpLine
from custom_components.lovato_dmed4.dmed4.meter import Meter
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from custom_components.lovato_dmed4.dmed4.model import Feature
from custom_components.lovato_dmed4.dmed4.parameters import (
    NAMES,
    RebootTiming,
    address_text,
    change,
    is_address,
    meaning,
    read_changes,
)
from custom_components.lovato_dmed4.dmed4.rest import RestMeter
from simulator import OPEN_PLACES, GatewayServer, ModbusTcpServer, RestServer, SimulatedMeter
from simulator.faults import ModbusFault, RestFault
from simulator.framing import Frame

from .helpers import (
    LOCALHOST,
    TRANSPORTS,
    Fate,
    WebPeer,
    client,
    http_answer,
    offered,
    proxied,
    reached,
)

QUICK = RebootTiming(poll=0.02, going=1, coming=10)
HASTY = RebootTiming(poll=0.02, going=0.1, coming=0.3)

# The request to save, as the manual has it.
SAVE = b"\x06\x2f\x02\x00\x05"

# Values of the simulator's that no other has, so that a mix-up shows.
VALUES = {"P03_02": 300, "P05_06": 0xC0A801FE, "P05_09": 7}


@pytest.fixture
def simulated() -> SimulatedMeter:
    return SimulatedMeter(
        seed=1,
        signing_time=0.05,
        checking_time=0.01,
        reboot_time=0.2,
        parameters=VALUES,
    )


async def ready(meter: Meter) -> None:
    """Log in where there is a login."""
    if Feature.PARAMETER_BLOCK in meter.features and not (await meter.read_system()).logged_in:
        await offered(meter.commissioning).log_in("1000")


async def changed(
    meter: Meter, changes: Mapping[str, int], timing: RebootTiming = QUICK
) -> Mapping[str, int]:
    async def log_in() -> None:
        await ready(meter)

    return await change(meter, changes, log_in, timing)


# --- names and values ---------------------------------------------------------------------------


def test_there_are_27_parameters() -> None:
    assert len(NAMES) == 27
    assert (NAMES[0], NAMES[1], NAMES[-1]) == ("P01_01", "P02_01", "P06_02")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("P02_01", 1, "on"),
        ("P02_05", 1, "°F"),
        ("P03_01", 0, "off"),
        ("P04_02", 7, "115200 bps"),
        ("P04_03", 4, "7 bits, even"),
        ("P04_05", 1, "ASCII"),
        ("P05_05", 1, "gateway"),
        ("P05_10", 1, "TCP"),
        ("P06_01", 1, "base64"),
        ("P04_02", 8, None),
        ("P05_09", 1, None),
    ],
)
def test_values_mean_what_the_manual_says(name: str, value: int, words: str | None) -> None:
    assert meaning(name, value) == words


def test_what_people_write_is_understood() -> None:
    assert read_changes({"p05.03": "192.168.1.20", "P04_02": "3", " P05_09 ": 12}) == {
        "P05_03": 0xC0A80114,
        "P04_02": 3,
        "P05_09": 12,
    }
    assert address_text(0xC0A80114) == "192.168.1.20"


@pytest.mark.parametrize("value", ["on", "1.5", "", "nan", "inf", True, "1.2.3.4.5"])
def test_other_texts_are_no_values(value: str | int) -> None:
    with pytest.raises(ParameterValueError, match="P05_09") as caught:
        read_changes({"P05_09": value})
    assert caught.value.possible == "0…65535, 0.0.0.0…255.255.255.255"


@pytest.mark.parametrize(
    ("name", "value", "possible"),
    [
        ("P02_01", 2, "0…1"),
        ("P04_02", 8, "0…7"),
        ("P04_03", -1, "0…4"),
        ("P05_09", -1, "0…65535, 0.0.0.0…255.255.255.255"),
        ("P05_03", 1 << 32, "0…65535, 0.0.0.0…255.255.255.255"),
    ],
)
def test_known_ranges_are_checked(name: str, value: int, possible: str) -> None:
    with pytest.raises(ParameterValueError) as caught:
        read_changes({name: value})
    assert (caught.value.name, caught.value.possible) == (name, possible)


@pytest.mark.parametrize("name", ["P02_06", "P00_01", "P05_03_01", "baud"])
def test_unknown_names_are_refused(name: str) -> None:
    with pytest.raises(UnknownParameterError):
        read_changes({name: 1})


def test_addresses_are_recognised() -> None:
    # The manual's example is one in every order of the menu; the others are by their value.
    assert is_address("P05_03", 0)
    assert is_address("P05_04", 0xFFFFFF00)
    assert not is_address("P05_04", 1001)
    assert not is_address("P05_06", 0)
    assert is_address("P05_09", 0xFFFFFF00)
    assert not is_address("P05_09", 0)


# --- over every transport -----------------------------------------------------------------------


async def test_all_parameters_are_read(meter: Meter, simulated: SimulatedMeter) -> None:
    await ready(meter)
    assert await meter.parameters.read() == simulated.parameters.block()


async def test_parameters_are_changed_and_read_back_after_the_reboot(
    meter: Meter, simulated: SimulatedMeter
) -> None:
    before = simulated.parameters.block()
    changes = {"P04_02": 7, "P05_03": 0xC0A80114, "P02_01": 1}
    after = await changed(meter, changes)
    assert after == before | changes
    assert simulated.parameters.block() == after


async def test_what_is_as_wanted_needs_no_reboot(meter: Meter, simulated: SimulatedMeter) -> None:
    reboots: list[None] = []
    simulated.on_reboot(lambda: reboots.append(None))
    assert await changed(meter, {"P04_02": 3}) == simulated.parameters.block()
    assert not reboots


async def test_an_address_fits_only_where_there_is_one(
    meter: Meter, simulated: SimulatedMeter
) -> None:
    with pytest.raises(ParameterValueError) as caught:
        await changed(meter, {"P05_09": 0xC0A80114, "P04_02": 7})
    assert caught.value.possible == "0…65535"
    assert simulated.parameters["P04_02"] == 3
    await changed(meter, {"P05_06": 0xC0A80114})
    assert simulated.parameters["P05_06"] == 0xC0A80114


async def test_a_refused_value_leaves_everything_as_it_was(
    meter: Meter, simulated: SimulatedMeter
) -> None:
    before = simulated.parameters.block()
    with pytest.raises(RefusedError):
        await changed(meter, {"P05_09": 9, "P04_01": 0})  # nodes are 1…247
    assert simulated.parameters.block() == before
    assert not simulated.rebooting
    await changed(meter, {"P04_01": 2})
    assert simulated.parameters.block() == before | {"P04_01": 2}


async def test_a_meter_that_does_not_come_back_is_reported(
    simulated: SimulatedMeter, transport: str
) -> None:
    simulated._reboot_time = 5
    async with reached(simulated, transport) as meter:
        with pytest.raises(RebootTimeoutError):
            await changed(meter, {"P05_09": 9}, HASTY)
        simulated._down_until = 0
        simulated._reboot_time = 0.1
        assert (await changed(meter, {"P05_09": 9}))["P05_09"] == 9


# --- REST ---------------------------------------------------------------------------------------


async def test_the_block_needs_a_login(rest_meter: RestMeter) -> None:
    with pytest.raises(NotLoggedInError):
        await rest_meter.parameters.read()
    await rest_meter.log_in("1000")
    assert (await rest_meter.parameters.read())["P04_02"] == 3


async def test_a_refusal_that_is_not_about_the_login_stays_one(
    rest_meter: RestMeter, rest_server: RestServer
) -> None:
    await rest_meter.log_in("1000")
    rest_server.faults.inject(
        RestFault.BAD_REQUEST, only=lambda line: "system_parameters" in line, times=1
    )
    with pytest.raises(RefusedError) as caught:
        await rest_meter.parameters.read()
    assert type(caught.value) is RefusedError
    assert await rest_meter.parameters.read()


async def test_a_commissioned_meter_keeps_its_parameters(
    rest_meter: RestMeter, simulated: SimulatedMeter
) -> None:
    await rest_meter.log_in("1000")
    await rest_meter.set_operating()
    with pytest.raises(ParametersLockedError):
        await changed(rest_meter, {"P05_09": 9})
    assert simulated.parameters["P05_09"] == 7


async def test_a_change_whose_answer_is_lost_is_read_back(
    rest_meter: RestMeter, rest_server: RestServer, simulated: SimulatedMeter
) -> None:
    rest_server.faults.inject(
        RestFault.LOST_ANSWER, only=lambda line: line.startswith("POST"), times=1
    )
    assert (await changed(rest_meter, {"P05_09": 9}))["P05_09"] == 9
    assert simulated.parameters["P05_09"] == 9


async def test_a_change_that_never_arrives_is_reported(
    rest_meter: RestMeter, rest_server: RestServer, simulated: SimulatedMeter
) -> None:
    rest_server.faults.inject(RestFault.SILENCE, only=lambda line: line.startswith("POST"), times=1)
    with pytest.raises(ParametersNotTakenError) as caught:
        await changed(rest_meter, {"P05_09": 9, "P04_02": 1}, HASTY)
    assert caught.value.names == ("P05_09", "P04_02")
    assert (await changed(rest_meter, {"P05_09": 9}))["P05_09"] == 9
    assert simulated.parameters["P04_02"] == 3


async def test_an_address_with_its_bytes_backwards_is_recognised_by_the_meter_s_own(
    rest_server: RestServer, rest_meter: RestMeter, simulated: SimulatedMeter
) -> None:
    """The manual does not say at which end of the number the first byte is."""
    simulated.parameters._saved |= {"P05_03": 0x0100007F, "P05_04": 0x00FFFFFF, "P05_06": 0}
    await ready(rest_meter)
    values = await rest_meter.parameters.read()
    assert address_text(values["P05_03"]) == "127.0.0.1"
    assert address_text(values["P05_04"]) == "255.255.255.0"
    await rest_meter.parameters.write({"P05_09": 9})
    assert simulated.parameters["P05_03"] == 0x7F000001  # its four bytes were 127, 0, 0, 1
    assert simulated.parameters["P05_04"] == 0xFFFFFF00


def peer_with(block: dict[str, object]) -> WebPeer:
    return WebPeer(lambda *_: http_answer(json.dumps(block).encode()))


@pytest.fixture
async def dotted() -> AsyncIterator[WebPeer]:
    block: dict[str, object] = dict.fromkeys(NAMES, "0")
    addresses = {"P05_03": "10.0.0.2", "P05_07": "0.0.0.0"}  # noqa: S104
    async with peer_with(block | addresses | {"P07_01": 5, "logged": 1, "note": "text"}) as peer:
        yield peer


async def test_addresses_may_be_given_with_dots(dotted: WebPeer) -> None:
    async with client("rest", dotted.port) as meter:
        values = await meter.parameters.read()
        await meter.parameters.write({"P05_03": 0x0A000003})
    assert values["P05_03"] == 0x0A000002
    assert "P07_01" not in values
    body = json.loads(dotted.bodies[-1])
    assert [body[f"P05_03_0{place}"] for place in range(1, 5)] == [10, 0, 0, 3]
    assert [body[f"P05_07_0{place}"] for place in range(1, 5)] == [0, 0, 0, 0]
    assert not {"P05_03", "P05_07", "logged", "note"} & body.keys()
    assert body["P07_01"] == 5
    assert all(type(value) is int for value in body.values())


async def test_a_host_name_does_not_tell_the_order_of_bytes() -> None:
    block: dict[str, object] = {**dict.fromkeys(NAMES, 0), "P05_03": 0x0100007F}
    async with peer_with(block) as peer, client("rest", peer.port) as meter:
        assert isinstance(meter, RestMeter)
        meter.parameters._host = "meter.local"
        assert (await meter.parameters.read())["P05_03"] == 0x0100007F


@pytest.mark.parametrize(
    "block", [{}, {"P04_02": 1}, {"P05_03": "none"}, {"P05_03": 1, "P04_02": None}]
)
async def test_a_block_that_can_t_be_read_is_not_written(block: dict[str, object]) -> None:
    async with peer_with(block) as peer, client("rest", peer.port) as meter:
        with pytest.raises(UnexpectedAnswerError):
            await meter.parameters.write({"P04_02": 2})
    assert [method for method, _ in peer.requests] == ["GET"]


async def test_a_parameter_that_the_meter_lacks_is_not_written() -> None:
    block: dict[str, object] = {"P05_03": 1}
    async with peer_with(block) as peer, client("rest", peer.port) as meter:

        async def nothing() -> None:
            pass

        with pytest.raises(UnknownParameterError):
            await change(meter, {"P04_02": 2}, nothing)


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("reading", OPEN_PLACES["ip_parameters"].readings)
async def test_addresses_are_recognised_by_their_value_in_every_order_of_the_menu(
    reading: str, transport: str
) -> None:
    simulated = SimulatedMeter(
        seed=1,
        reboot_time=0.1,
        readings={"ip_parameters": reading},
        password="1000",
    )
    addresses = [f"P05_{number}" for number in reading.split("_")]
    before = simulated.parameters.block()
    async with reached(simulated, transport) as meter:
        # A parameter that has nothing to do with it can be changed, and all the others stay.
        after = await changed(meter, {"P04_02": 7})
        assert after == {**before, "P04_02": 7} == simulated.parameters.block()
        # Each address, be it 0.0.0.0 before, takes another one, and a port stays a port.
        changes = {name: 0x0A000001 + place for place, name in enumerate(addresses)}
        assert await changed(meter, changes) == {**after, **changes}
        port = next(name for name in ("P05_04", "P05_08") if name not in addresses)
        await changed(meter, {port: 1002})
        assert simulated.parameters[port] == 1002
        # A port is no address, nor an address a port.
        with pytest.raises(ParameterValueError):
            await changed(meter, {addresses[0]: 1001})
        with pytest.raises(ParameterValueError):
            await changed(meter, {port: 0x0A000001})


async def test_a_value_that_is_refused_is_not_tried_for_ever(
    rest_meter: RestMeter, rest_server: RestServer
) -> None:
    await rest_meter.log_in("1000")
    rest_server.requests.clear()
    with pytest.raises(RefusedError):
        await rest_meter.parameters.write({"P04_01": 0})
    posts = [method for method, _ in rest_server.requests if method == "POST"]
    assert len(posts) <= 16


async def test_addresses_given_in_their_bytes_are_joined() -> None:
    block: dict[str, object] = {**dict.fromkeys(NAMES, 0)}
    del block["P05_03"]
    block |= {f"P05_03_0{place}": byte for place, byte in enumerate((10, 0, 0, 2), 1)}
    async with (
        WebPeer(lambda *_: http_answer(json.dumps(block).encode())) as peer,
        client("rest", peer.port) as meter,
    ):
        assert (await meter.parameters.read())["P05_03"] == 0x0A000002
        await meter.parameters.write({"P04_02": 1})
    assert json.loads(peer.bodies[-1]) == {**block, "P04_02": 1}


# --- Modbus -------------------------------------------------------------------------------------


async def test_the_save_is_not_answered_and_that_is_no_failure(
    modbus_meter: ModbusMeter, modbus_server: ModbusTcpServer, simulated: SimulatedMeter
) -> None:
    modbus_server.faults.inject(ModbusFault.LOST_ANSWER, only=is_save, times=1)
    assert (await changed(modbus_meter, {"P05_09": 9}))["P05_09"] == 9
    assert simulated.parameters["P05_09"] == 9
    assert modbus_server.requests.count(SAVE) == 1


async def test_a_parameter_is_written_as_the_manual_says(
    modbus_meter: ModbusMeter, modbus_server: ModbusTcpServer
) -> None:
    await modbus_meter.parameters.write({"P02_01": 1})
    await modbus_meter.parameters.save()
    writes = [pdu.hex(" ") for pdu in modbus_server.requests if pdu[0] == 0x06]
    assert writes == [
        "06 4f ff 00 02",
        "06 50 00 00 00",
        "06 50 01 00 01",
        "06 50 03 00 01",
        "06 2f 02 00 05",
    ]


async def test_another_client_s_selection_is_noticed(
    modbus_meter: ModbusMeter, simulated: SimulatedMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = modbus_meter.write

    async def disturbed(register: int, value: int) -> None:
        await write(register, value)
        simulated.parameters.menu = 4

    with monkeypatch.context() as patch:
        patch.setattr(modbus_meter, "write", disturbed)
        with pytest.raises(RefusedError, match="another client"):
            await modbus_meter.parameters.write({"P02_01": 1})
    assert simulated.parameters.block() == SimulatedMeter(parameters=VALUES).parameters.block()
    await changed(modbus_meter, {"P02_01": 1})
    assert simulated.parameters["P02_01"] == 1


async def test_a_value_that_is_not_kept_is_not_saved(
    modbus_meter: ModbusMeter, simulated: SimulatedMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(simulated.parameters, "write_selected", lambda _: None)
        with pytest.raises(RefusedError, match="P02_01 was not taken"):
            await changed(modbus_meter, {"P02_01": 1})
    assert simulated.parameters["P02_01"] == 0
    await changed(modbus_meter, {"P02_01": 1})
    assert simulated.parameters["P02_01"] == 1


async def test_parameters_that_the_meter_refuses_are_left_out(
    modbus_meter: ModbusMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(menu_parameters, "NAMES", ("P07_01", "P02_01"))
    assert await modbus_meter.parameters.read() == {"P02_01": 0}
    monkeypatch.setattr(menu_parameters, "NAMES", ("P07_01",))
    with pytest.raises(RefusedError):
        await modbus_meter.parameters.read()


@pytest.mark.parametrize("exact", [False, True])
async def test_an_address_that_ends_in_zeros_is_as_wide_as_any(
    modbus_meter: ModbusMeter,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
    exact: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Unless the meter gives zeros behind every parameter: then it may be a number."""
    simulated.parameters._saved["P05_06"] = 0x0A000000
    read_words = modbus_meter.read_words

    async def read_exactly(register: int, count: int) -> list[int]:
        if register == 0x5004 and count > len(simulated.parameters.selected) // 2:
            raise RefusedError("not so many words", 3)
        return await read_words(register, count)

    if exact:
        monkeypatch.setattr(modbus_meter, "read_words", read_exactly)
    values = await modbus_meter.parameters.read()
    assert values == {**simulated.parameters.block(), "P05_06": 0x0A000000 if exact else 2560}


# --- Modbus: whether it is saved ----------------------------------------------------------------


def is_save(frame: Frame) -> bool:
    """Recognise the request to save."""
    return frame.pdu == SAVE


def keep_selection(simulated: SimulatedMeter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the meter keep over a restart what is selected, which no other meter here does."""
    parameters = simulated.parameters
    monkeypatch.setattr(parameters, "forget", parameters._written.clear)


def pending(simulated: SimulatedMeter) -> Mapping[str, int]:
    """Get what the next save of the meter would change."""
    saved = simulated.parameters.block()
    return {
        name: value for name, value in simulated.parameters._written.items() if saved[name] != value
    }


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("fate", [Fate.HANG, Fate.SWALLOW], ids=["silence", "closed"])
async def test_a_save_that_is_lost_is_not_reported_as_done(
    simulated: SimulatedMeter, fate: Fate, times: int
) -> None:
    """The meter shows the new value all the same; a connection that is closed is no restart either."""
    left = [fate] * times

    def decide(request: bytes) -> Fate:
        return left.pop() if left and request[7:] == SAVE else Fate.PASS

    async with proxied(simulated, "modbus") as (meter, proxy):
        proxy.decide = decide
        if times == 1:
            await changed(meter, {"P02_01": 1})
        else:
            with pytest.raises(ParametersNotSavedError, match="P02_01"):
                await changed(meter, {"P02_01": 1})
        assert not pending(simulated)
        simulated.power_failure()
        assert simulated.parameters["P02_01"] == 2 - times
        await changed(meter, {"P02_05": 1})
        assert simulated.parameters["P02_01"] == 2 - times
        assert simulated.parameters["P02_05"] == 1


async def test_a_restart_too_quick_to_be_seen_is_known_by_what_it_clears(
    modbus_meter: ModbusMeter, modbus_server: ModbusTcpServer, simulated: SimulatedMeter
) -> None:
    simulated._reboot_time = 0
    assert (await changed(modbus_meter, {"P02_01": 1}))["P02_01"] == 1
    assert simulated.parameters["P02_01"] == 1
    assert modbus_server.requests.count(SAVE) == 1


@pytest.mark.parametrize("case", [("synchronised", 0, 1), ("synchronised", 0.2, 1), ("", 5, 2)])
async def test_a_meter_that_keeps_what_is_selected_has_restarted_all_the_same(
    modbus_meter: ModbusMeter,
    modbus_server: ModbusTcpServer,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
    case: tuple[str, float, int],
) -> None:
    """Its clock is no longer synchronised; if it was not before, its silence has to show twice."""
    synchronised, simulated._reboot_time, saves = case
    keep_selection(simulated, monkeypatch)
    if synchronised:
        await modbus_meter.write_clock(datetime.now(UTC))
    timing = RebootTiming(poll=0.5, going=10, coming=60)
    assert (await changed(modbus_meter, {"P02_01": 1}, timing))["P02_01"] == 1
    assert simulated.parameters["P02_01"] == 1
    assert modbus_server.requests.count(SAVE) == saves


async def test_a_meter_that_shows_nothing_of_its_restart_is_not_taken_for_saved(
    modbus_meter: ModbusMeter, simulated: SimulatedMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_selection(simulated, monkeypatch)
    simulated._reboot_time = 0
    with pytest.raises(ParametersNotSavedError):
        await changed(modbus_meter, {"P02_01": 1})


async def test_a_gateway_s_word_for_the_missing_answer_is_no_refusal(
    simulated: SimulatedMeter,
) -> None:
    gateway = SimulatedMeter(seed=3, parameters={"P05_05": 1})
    async with GatewayServer(gateway, {2: simulated}) as server:
        meter = ModbusMeter.on(TcpLine(host=LOCALHOST, port=server.port), 2)
        assert (await changed(meter, {"P02_01": 1}))["P02_01"] == 1
        assert server.requests.count(SAVE) == 1
        await meter.close()
    assert simulated.parameters["P02_01"] == 1


async def test_a_busy_meter_is_asked_to_save_until_it_does(
    modbus_meter: ModbusMeter, modbus_server: ModbusTcpServer, simulated: SimulatedMeter
) -> None:
    modbus_server.faults.inject(ModbusFault.BUSY, only=is_save, times=5)
    await changed(modbus_meter, {"P02_01": 1})
    assert simulated.parameters["P02_01"] == 1


# --- Modbus: what is left pending ---------------------------------------------------------------


def take_once(simulated: SimulatedMeter) -> Callable[[bytes], None]:
    """Let the meter take one value more, and no other."""
    taken: list[int] = []
    write = simulated.parameters.write_selected

    def write_selected(value: bytes) -> None:
        if not taken:
            write(value)
        taken.extend(value)

    return write_selected


async def test_nothing_is_saved_while_an_earlier_change_is_pending(
    modbus_meter: ModbusMeter, simulated: SimulatedMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A take-back that fails as well is made good before the next change, or that is refused."""
    with monkeypatch.context() as patch:
        patch.setattr(simulated.parameters, "write_selected", take_once(simulated))
        with pytest.raises(RefusedError, match="P02_02 was not taken"):
            await changed(modbus_meter, {"P02_01": 1, "P02_02": 1})
        with pytest.raises(ParametersPendingError, match="P02_01"):
            await changed(modbus_meter, {"P02_05": 1})
    await changed(modbus_meter, {"P02_05": 1})
    assert simulated.parameters["P02_01"] == 0
    assert simulated.parameters["P02_05"] == 1


async def test_what_a_user_sets_at_a_meter_that_has_restarted_is_not_taken_back(
    modbus_meter: ModbusMeter, simulated: SimulatedMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(simulated.parameters, "write_selected", take_once(simulated))
        with pytest.raises(RefusedError):
            await changed(modbus_meter, {"P02_01": 1, "P02_02": 1})
    assert pending(simulated) == {"P02_01": 1}
    simulated.power_failure()
    simulated.parameters._saved["P02_01"] = 1
    await changed(modbus_meter, {"P02_05": 1})
    assert simulated.parameters["P02_01"] == 1


@pytest.mark.parametrize(
    "error", [CannotConnectError("gone"), RefusedError("no"), asyncio.CancelledError()]
)
async def test_what_could_not_be_saved_is_taken_back(
    modbus_meter: ModbusMeter,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
) -> None:
    """Otherwise the next, unrelated change would save it too."""

    async def fail(register: int, value: int) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(modbus_meter, "write_unanswered", fail)
        with pytest.raises(type(error)):
            await changed(modbus_meter, {"P02_01": 1, "P05_09": 9})
    assert not pending(simulated)
    await changed(modbus_meter, {"P02_05": 1})
    assert simulated.parameters["P02_05"] == 1
    assert simulated.parameters["P02_01"] == 0
    assert simulated.parameters["P05_09"] == VALUES["P05_09"]
