"""The meter over Modbus TCP: who answers, what goes wrong on the way, and the shared link."""

import asyncio
from collections.abc import Callable
import logging
import socket
import struct

from modbus_connection import ModbusError
import pytest

from custom_components.lovato_dmed4.dmed4.errors import (
    CannotConnectError,
    ClosedError,
    MeterError,
    NotADmed4Error,
    RefusedError,
    SilentError,
    UnexpectedAnswerError,
)
from custom_components.lovato_dmed4.dmed4.lines import TcpLine
from custom_components.lovato_dmed4.dmed4.modbus import MODBUS_MODELS, ModbusMeter
from custom_components.lovato_dmed4.dmed4.modbus_errors import meter_error
from custom_components.lovato_dmed4.dmed4.model import Command, DisplayPage
from custom_components.lovato_dmed4.dmed4.repeating import FIRST_ATTEMPTS
from simulator import MODELS as SIMULATED_MODELS, ModbusTcpServer, SimulatedMeter, handle_pdu

from .helpers import (
    LOCALHOST,
    Fate,
    ModbusPeer,
    Once,
    Proxy,
    RawPeer,
    client,
    reads_record,
    reads_status,
    until,
)

SLAVE_ID = bytes([0x11, 8, 0x48, 12, 3, 5, 2, 7, 0, 0])


def zeros(pdu: bytes) -> bytes:
    """Answer as a meter whose registers all hold 0."""
    if pdu[0] == 0x11:
        return SLAVE_ID
    if pdu[0] == 0x04:
        count = int.from_bytes(pdu[3:5])
        return bytes([0x04, 2 * count]) + bytes(2 * count)
    return pdu[:5]


# --- who answers --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*list(SIMULATED_MODELS)[::2], "DMED404D0600"])
async def test_a_model_is_known_by_its_code(name: str) -> None:
    # Manual: report slave ID; R and D share a code.
    simulated = SimulatedMeter(model=name)
    async with ModbusTcpServer(simulated) as server, client("modbus", server.port) as meter:
        identity = await meter.identify()
    assert identity.model == f"{name[:7]}R/D{name[8:]}"
    assert identity.firmware == "12"
    assert identity.serial_number is None


def test_every_code_of_the_manual_has_a_model() -> None:
    assert sorted(MODBUS_MODELS) == [0x41, 0x42, 0x43, 0x45, 0x46, 0x47, 0x48, 0x4A]


async def test_a_meter_of_zeros_has_no_key() -> None:
    async with ModbusPeer(zeros) as peer, client("modbus", peer.port) as meter:
        identity = await meter.identify()
    assert (identity.public_key, identity.public_key_ocmf) == (None, None)
    assert identity.model == "DMED404R/D0600"


async def test_the_revisions_stand_behind_the_model_code(modbus_meter: ModbusMeter) -> None:
    """Manual: function 0x11 gives model code, firmware, hardware, parameters, 0x02, Ethernet firmware."""
    found = await modbus_meter.identify()
    assert (found.firmware, found.hardware) == ("12", "3")
    assert (found.parameter_revision, found.ethernet_firmware) == ("5", "7")


async def test_an_answer_of_the_model_code_alone_is_enough() -> None:
    def short(pdu: bytes) -> bytes:
        return bytes([0x11, 1, 0x46]) if pdu[0] == 0x11 else zeros(pdu)

    async with ModbusPeer(short) as peer, client("modbus", peer.port) as meter:
        identity = await meter.identify()
    assert (identity.model, identity.firmware) == ("DMED404R/D0150", None)


@pytest.mark.parametrize(
    "answer",
    [
        bytes([0x91, 1]),  # function not valid
        bytes([0x11, 8, 0x0C, 12, 3, 5, 2, 7, 0, 0]),  # a remote display
        bytes([0x11, 2, 0xFF, 0xFF]),
        bytes([0x11, 0]),
    ],
)
async def test_another_device_is_told(answer: bytes) -> None:
    peer = ModbusPeer(lambda pdu: answer if pdu[0] == 0x11 else zeros(pdu))
    async with peer, client("modbus", peer.port) as meter:
        with pytest.raises(NotADmed4Error):
            await meter.identify()
        peer.answer = zeros
        assert (await meter.identify()).model == "DMED404R/D0600"


async def test_a_device_without_the_keys_registers_is_no_dmed4() -> None:
    peer = ModbusPeer(lambda pdu: SLAVE_ID if pdu[0] == 0x11 else bytes([0x84, 2]))
    async with peer, client("modbus", peer.port) as meter:
        with pytest.raises(NotADmed4Error, match="public key"):
            await meter.identify()


# --- exceptions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "error", "asked"),
    [
        (0x01, RefusedError, 1),
        (0x02, RefusedError, 1),
        (0x03, RefusedError, 1),
        (0x04, RefusedError, 1),
        (0x0A, SilentError, FIRST_ATTEMPTS),  # a gateway's: no way to the meter
        (0x0B, SilentError, FIRST_ATTEMPTS),  # a gateway's: the meter does not answer
        (0x7F, RefusedError, 1),
    ],
)
async def test_an_exception_is_told_and_does_not_break_the_link(
    code: int, error: type[MeterError], asked: int
) -> None:
    peer = ModbusPeer(lambda pdu: bytes([pdu[0] | 0x80, code]))
    async with peer, client("modbus", peer.port) as meter:
        with pytest.raises(error):
            await meter.read_live()
        with pytest.raises(error):
            await meter.send(Command.BEGIN)
        # What a meter lacks is looked for register by register.
        assert code in {2, 4} or len(peer.requests) == asked + 1
        peer.answer = zeros
        assert (await meter.read_live()).measures.energy_imported == 0
        assert peer.accepted == 1


async def test_a_refusal_names_the_code(modbus_meter: ModbusMeter) -> None:
    # Manual: error codes, 0x04 operation not valid.
    with pytest.raises(RefusedError, match="4"):
        await modbus_meter.send(Command.BEGIN)


@pytest.mark.parametrize("times", [1, 5])
async def test_a_busy_meter_is_asked_again(times: int) -> None:
    # Manual: error codes, 0x06 slave busy; it has not acted on the request.
    left = [times]

    def busy(pdu: bytes) -> bytes:
        left[0] -= 1
        return bytes([pdu[0] | 0x80, 6]) if left[0] >= 0 else pdu

    async with ModbusPeer(busy) as peer, client("modbus", peer.port) as meter:
        await meter.show_page(DisplayPage.DATE)
        assert len(peer.requests) == times + 1


async def test_a_meter_that_stays_busy_refuses() -> None:
    peer = ModbusPeer(lambda pdu: bytes([pdu[0] | 0x80, 6]))
    async with peer, client("modbus", peer.port) as meter:
        with pytest.raises(RefusedError):
            await meter.show_page(DisplayPage.DATE)
        assert len(peer.requests) > 2
        peer.answer = lambda pdu: pdu
        await meter.show_page(DisplayPage.DATE)


async def test_a_command_is_not_repeated_to_a_busy_meter() -> None:
    peer = ModbusPeer(lambda pdu: bytes([pdu[0] | 0x80, 6]))
    async with peer, client("modbus", peer.port) as meter:
        for command in set(Command) - {Command.RESET_ERRORS}:
            peer.requests.clear()
            with pytest.raises(RefusedError):
                await meter.send(command)
            assert len(peer.requests) == 1


# --- the way to the meter -----------------------------------------------------------------------


async def test_nothing_there_can_not_be_reached() -> None:
    async with client("modbus", 1) as meter:
        with pytest.raises(CannotConnectError):
            await meter.identify()
        with pytest.raises(CannotConnectError):
            await meter.read_live()


def test_another_error_of_the_modbus_library_is_an_answer_not_understood() -> None:
    error = meter_error(ModbusError("odd"))
    assert isinstance(error, UnexpectedAnswerError)
    assert str(error) == "odd"


async def test_a_name_that_is_none_can_not_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver refuses it with an error that is no OSError."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: "a..b".encode("idna"))
    meter = ModbusMeter.on(TcpLine(host="a..b", port=502), 1)
    try:
        with pytest.raises(CannotConnectError, match=r"could not open a\.\.b:502: .*label"):
            await meter.identify()
    finally:
        await meter.close()


async def test_silence_is_told_and_the_connection_opened_anew() -> None:
    peer = ModbusPeer(lambda _: None)
    async with peer, client("modbus", peer.port) as meter:
        with pytest.raises(SilentError):
            await meter.read_status()
        await until(lambda: not peer.connections)
        peer.answer = zeros
        assert (await meter.read_status()).measurement == 0
        # Each attempt that went unanswered had a connection of its own.
        assert peer.accepted == FIRST_ATTEMPTS + 1


async def test_a_meter_that_was_gone_is_back(modbus_server: ModbusTcpServer) -> None:
    async with client("modbus", modbus_server.port) as meter:
        await meter.read_status()
        await modbus_server.stop()
        with pytest.raises((CannotConnectError, SilentError)):
            await meter.read_status()
        with pytest.raises(CannotConnectError):
            await meter.read_status()
        await modbus_server.start()
        assert (await meter.read_status()).measurement == 0


GARBAGE = {
    "closes": b"",
    "text": b"SSH-2.0-OpenSSH_9.9\r\n",
    "http": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "half a header": b"\0\1\0\0",
    "half an answer": b"\0\1\0\0\0\x09\1\4\6\0\0",
    "no function": b"\0\1\0\0\0\1\1",
    "unknown function": b"\0\1\0\0\0\3\1\x6e\0",
    "another transaction": b"\7\7\0\0\0\5\1\4\2\0\0",
    "another unit": b"\0\1\0\0\0\5\7\4\2\0\0",
    "another protocol": b"\0\1\0\7\0\5\1\4\2\0\0",
    "too few registers": b"\0\1\0\0\0\5\1\4\2\0\0",
    "odd registers": b"\0\1\0\0\0\6\1\4\3\0\0\0",
    "no registers": b"\0\1\0\0\0\3\1\4\0",
    "answer to a write": b"\0\1\0\0\0\6\1\6\x42\x7f\0\x42",
    "empty slave id": b"\0\1\0\0\0\2\1\x11",
    "exception of another function": b"\0\1\0\0\0\3\1\x90\2",
    "exception without code": b"\0\1\0\0\0\2\1\x84",
    "zeros": bytes(300),
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
async def test_garbage_is_one_of_our_errors(garbage: bytes) -> None:
    patient, hasty = (RawPeer(garbage, then_close=close) for close in (False, True))
    async with patient, hasty:
        for peer in (patient, hasty):
            async with client("modbus", peer.port) as meter:
                with pytest.raises(MeterError):
                    await meter.read_status()
        async with client("modbus", patient.port) as meter:
            with pytest.raises(MeterError):
                await meter.identify()


async def test_a_late_answer_is_not_taken_for_the_next_one(
    simulated: SimulatedMeter, modbus_server: ModbusTcpServer
) -> None:
    # The request of a cancelled task is answered while the next one is under way.
    simulated.set_error(1, 5)
    async with Proxy(modbus_server.port) as proxy, client("modbus", proxy.port) as meter:
        proxy.decide = once = Once(reads_status, Fate.HANG)
        request = asyncio.create_task(meter.read_status())
        await once.done.wait()
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        for _ in range(3):
            assert (await meter.read_status()).errors.names == ("dword 1 bit 5",)


async def test_a_request_in_a_time_limit_ends_with_it() -> None:
    async with ModbusPeer(lambda _: None) as peer, client("modbus", peer.port) as meter:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await meter.read_status()
        peer.answer = zeros
        await meter.read_status()


# --- the last record ----------------------------------------------------------------------------


class Recorder:
    """A meter that holds texts, the next one from a certain request on.

    Attributes:
        status: Signature status, by request for it; the last one stays.
    """

    def __init__(self, *texts: bytes) -> None:
        self.texts = list(texts)
        self.status = [8]
        self.length: int | None = None
        self.change: Callable[[bytes], bool] = lambda _: False

    def __call__(self, pdu: bytes) -> bytes:
        address, count = struct.unpack(">HH", pdu[1:5])
        if self.change(pdu):
            self.change = lambda _: False
            self.texts.pop(0)
        text = self.texts[0].ljust(1024, b"\0")
        if address == 0x4200:
            status = self.status.pop(0) if len(self.status) > 1 else self.status[0]
            length = len(self.texts[0]) if self.length is None else self.length
            words = struct.pack(">2H", status, length)
        elif address >= 0x43FF:
            words = text[2 * (address - 0x43FF) :][: 2 * count]
        else:
            words = bytes(2 * count)
        return bytes([4, len(words)]) + words


@pytest.mark.parametrize("length", [0, 30, 31, 239, 240, 241, 1023, 1024])
async def test_a_record_is_read_in_pieces_and_cut_at_its_length(length: int) -> None:
    # Manual: output message length 0x4202, output message 0x4400, 120 registers in one message.
    frame = b'OCMF|{}|{"SD":"%s"}'
    record = frame % (b"A" * (length - len(frame) + 2)) if length else b""
    async with ModbusPeer(Recorder(record)) as peer, client("modbus", peer.port) as meter:
        assert await meter.read_last_record() == record
    for pdu in peer.requests:
        function, address, count = struct.unpack(">BHH", pdu)
        assert (function, count <= 120) == (0x04, True)
        if address >= 0x43FF:
            assert address + count <= 0x43FF + -(-length // 2)


async def test_a_record_longer_than_its_registers_is_an_error() -> None:
    recorder = Recorder(b"x" * 1024)
    recorder.length = 1025
    async with ModbusPeer(recorder) as peer, client("modbus", peer.port) as meter:
        with pytest.raises(UnexpectedAnswerError, match="1025"):
            await meter.read_last_record()
        recorder.length = None
        assert await meter.read_last_record() == b"x" * 1024


async def test_a_record_is_not_read_while_it_is_signed() -> None:
    recorder = Recorder(b"old", b"new")
    recorder.status = [4, 4, 8]
    seen = 0

    def signed(pdu: bytes) -> bool:
        nonlocal seen
        seen += pdu[1:3] == b"\x42\x00"
        return seen == 3

    recorder.change = signed
    async with ModbusPeer(recorder) as peer, client("modbus", peer.port) as meter:
        assert await meter.read_last_record() == b"new"


@pytest.mark.parametrize("new", [b"B" * 700, b"B" * 900], ids=["as long", "longer"])
async def test_a_record_that_changes_while_it_is_read_is_read_again(new: bytes) -> None:
    # Even when the new one has the same length and was signed between two looks at the status.
    recorder = Recorder(b"A" * 700, new)
    recorder.change = lambda pdu: pdu[1:3] == struct.pack(">H", 0x43FF + 120)
    async with ModbusPeer(recorder) as peer, client("modbus", peer.port) as meter:
        assert await meter.read_last_record() == new


async def test_a_record_that_never_comes_to_rest_is_an_error() -> None:
    recorder = Recorder(b"x")
    recorder.status = [4]
    async with ModbusPeer(recorder) as peer, client("modbus", peer.port) as meter:
        with pytest.raises(UnexpectedAnswerError, match="changing"):
            await meter.read_last_record()


async def test_a_piece_that_is_too_short_is_an_error_and_no_shorter_record() -> None:
    recorder = Recorder(b"x" * 700)
    peer = ModbusPeer(lambda pdu: b"\4\2xx" if reads_record(b"0123456" + pdu) else recorder(pdu))
    async with peer, client("modbus", peer.port) as meter:
        with pytest.raises(UnexpectedAnswerError):
            await meter.read_last_record()


# --- the shared link ----------------------------------------------------------------------------


async def test_meters_on_one_endpoint_share_a_connection(simulated: SimulatedMeter) -> None:
    async with ModbusTcpServer(simulated) as server:
        first = ModbusMeter.on(TcpLine(host="LOCALHOST", port=server.port), 1)
        second = ModbusMeter.on(TcpLine(host="localhost", port=server.port), 2)
        await asyncio.gather(first.read_live(), second.read_live(), first.identify())
        assert server.connections == 1
        await first.close()
        await second.read_live()
        assert server.connections == 1
        await second.close()
        await until(lambda: server.connections == 0)
        with pytest.raises(ClosedError):
            await second.read_live()
        # Who comes afterwards gets a new link.
        async with client("modbus", server.port) as third:
            await third.read_live()
            assert server.connections == 1


async def test_meters_on_two_endpoints_have_a_connection_each(simulated: SimulatedMeter) -> None:
    async with (
        ModbusTcpServer(simulated) as one,
        ModbusTcpServer(simulated) as two,
        client("modbus", one.port) as first,
        client("modbus", two.port) as second,
    ):
        await asyncio.gather(first.read_live(), second.read_live())
        assert (one.connections, two.connections) == (1, 1)


async def test_a_silent_meter_behind_a_gateway_leaves_its_neighbour_alone() -> None:
    simulated = SimulatedMeter()
    async with ModbusTcpServer(simulated, unit_id=1, strict_unit=True) as gateway:
        here = ModbusMeter.on(TcpLine(host=LOCALHOST, port=gateway.port), 1)
        gone = ModbusMeter.on(TcpLine(host=LOCALHOST, port=gateway.port), 2)

        async def silent() -> None:
            with pytest.raises(SilentError):
                await gone.read_status()

        await asyncio.gather(here.read_live(), silent(), here.read_live(), here.identify())
        await here.close()
        await gone.close()


async def test_requests_on_one_link_take_turns() -> None:
    under_way = 0
    most = 0
    simulated = SimulatedMeter()

    def answer(pdu: bytes) -> bytes | None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        result = handle_pdu(simulated, pdu)
        under_way -= 1
        return result

    async with ModbusPeer(answer) as peer:
        meters = [ModbusMeter.on(TcpLine(host=LOCALHOST, port=peer.port), unit) for unit in (1, 2)]
        await asyncio.gather(*(meter.read_live() for meter in meters for _ in range(4)))
        for meter in meters:
            await meter.close()
    assert most == 1
    assert len(peer.requests) == 32


async def test_a_lost_meter_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with ModbusPeer(lambda _: None) as peer, client("modbus", peer.port) as meter:
        with pytest.raises(SilentError):
            await meter.read_status()
    async with client("modbus", 1) as meter:
        with pytest.raises(CannotConnectError):
            await meter.read_status()
    assert [record.message for record in caplog.records] == []


async def test_what_pymodbus_says_of_others_stays_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logging.getLogger("pymodbus.logging").warning("of another integration")
    assert [record.message for record in caplog.records] == ["of another integration"]
