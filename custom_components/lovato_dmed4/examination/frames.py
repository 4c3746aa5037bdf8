"""Modbus messages in their frames: taken out, and put back with something masked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from pymodbus.framer import FramerAscii, FramerRTU

from ..dmed4 import registers
from ..dmed4.answers import ANSWERS, NoAnswerError
from ..dmed4.lines import Framing
from . import masking
from .trace import Exchange

_HEADER: Final = 7  # of Modbus TCP, with the unit
_READ: Final = (0x03, 0x04)
_PARAMETER: Final = 0x5004
_EXAMPLE: Final = bytes((10, 0, 0, 1))
_SEQUENCE: Final = 0x30

type Message = tuple[int, bytes]
"""Node number, and function and data."""


def message(framing: Framing, frame: bytes) -> Message:
    """Take a message out of an intact frame."""
    match framing:
        case Framing.TCP:
            return frame[_HEADER - 1], frame[_HEADER:]
        case Framing.RTU:
            return frame[0], frame[1:-2]
        case Framing.ASCII:
            inside = bytes.fromhex(frame[1:-2].decode("ascii"))
            return inside[0], inside[1:-1]


def answer_in(exchange: Exchange, framing: Framing) -> bytes:
    """Find the frame of the answer in what has come; empty where there is none."""
    try:
        return ANSWERS[framing](bytes(exchange.sent)).find(bytes(exchange.received))
    except NoAnswerError, ValueError, IndexError:
        return b""


def masked(exchanges: Sequence[Exchange], framing: Framing) -> list[bytes]:
    """Get what was received, without who the meter is and who charged."""
    received = [bytes(exchange.received) for exchange in exchanges]
    for window in _WINDOWS:
        for run in _runs(exchanges, framing, window):
            _mask_run(received, run, framing, window)
    return received


type _Piece = tuple[int, bytes, int, bytes]
"""Place among the exchanges, frame, offset in the window in bytes, and data."""


def _runs(exchanges: Sequence[Exchange], framing: Framing, window: range) -> Iterator[list[_Piece]]:
    """Gather the pieces of each text that was read from a window."""
    run: list[_Piece] = []
    for place, exchange in enumerate(exchanges):
        request = _reading(exchange, framing)
        if exchange.to or request is None or request not in window:
            continue
        # One that was not answered is repeated; otherwise another text begins.
        if request == window.start and run and run[-1][1]:
            yield run
            run = []
        frame = answer_in(exchange, framing)
        pdu = message(framing, frame)[1] if frame else b""
        data = pdu[2:] if pdu[:1] and pdu[0] in _READ else b""
        run.append((place, frame, 2 * (request - window.start), data))
    if run:
        yield run


def _reading(exchange: Exchange, framing: Framing) -> int | None:
    """Get the first register that a request reads; None for other requests."""
    try:
        _, pdu = message(framing, bytes(exchange.sent))
    except ValueError, IndexError:
        return None
    if not pdu or pdu[0] not in _READ:
        return None
    return int.from_bytes(pdu[1:3]) + 1


def _mask_run(received: list[bytes], run: list[_Piece], framing: Framing, window: range) -> None:
    text = bytearray(max(offset + len(data) for _, _, offset, data in run))
    for _, _, offset, data in run:
        text[offset : offset + len(data)] = data
    hidden = _WINDOWS[window](bytes(text))
    for place, frame, offset, data in run:
        if not frame:
            received[place] = masking.crude(received[place])
        elif data:
            new = _reframed(framing, frame, hidden[offset : offset + len(data)])
            before, _, after = received[place].partition(frame)
            received[place] = masking.crude(before) + new + masking.crude(after)


def _reframed(framing: Framing, frame: bytes, data: bytes) -> bytes:
    """Put other data of the same length into an answer, with a check that fits."""
    unit, pdu = message(framing, frame)
    inside = bytes([unit]) + pdu[:2] + data
    match framing:
        case Framing.TCP:
            return frame[: _HEADER - 1] + inside
        case Framing.RTU:
            return inside + FramerRTU.compute_CRC(inside).to_bytes(2)
        case Framing.ASCII:
            whole = inside + bytes([FramerAscii.compute_LRC(inside)])
            return b":" + whole.hex().upper().encode() + b"\r\n"


def _record(text: bytes) -> bytes:
    content = text.rstrip(b"\0")
    return masking.record(content) + text[len(content) :]


def _signature(text: bytes) -> bytes:
    """Mask the signature in ASN.1, in bytes or as a text, and leave what pads it."""
    if text[:1] == bytes([_SEQUENCE]):
        size = 2 + (text[1] if len(text) > 1 else 0)
        return masking.der(text[:size]) + text[size:]
    return masking.crude(text)


def _numbers(text: bytes) -> bytes:
    return masking.filled(text) if any(text) else text


def _address(text: bytes) -> bytes:
    """Mask an IP address, but no mask and no number of one register."""
    number = int.from_bytes(text[:4])
    if len(text) < 4 or not int.from_bytes(text[:2]) or not number & 0xFFFF:  # noqa: PLR2004
        return text
    return text if masking.is_mask(number) else _EXAMPLE + text[4:]


_WINDOWS: Final[Mapping[range, Callable[[bytes], bytes]]] = {
    range(registers.OUTPUT_MESSAGE, registers.OUTPUT_MESSAGE + 512): _record,
    range(registers.RECORD, registers.RECORD + 512): _record,
    range(registers.SIGNATURE_RAW, registers.SIGNATURE_RAW + 32): _numbers,
    range(registers.SIGNATURE_DER, registers.SIGNATURE_DER + 128): _signature,
    range(_PARAMETER, _PARAMETER + 28): _address,
}
"""Registers that hold texts, and how these are masked."""
