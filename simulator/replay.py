"""A meter that answers again what a real one once answered, out of the file of an examination.

It answers byte for byte, and its measures never change. A write that was not made then is refused; one
that was is answered as it was then, and what was read after it is what is read from then on: so a
record that was selected is there again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
import json
from pathlib import Path
import re
from typing import Any, Final, Self, override
from urllib.parse import parse_qsl, urlsplit

from .clock import Clock
from .device import Device
from .framing import FRAMINGS, Frame, NotModbusError, crc

FORMAT = 2

_READ = (0x03, 0x04)
_WRITE_ONE = 0x06
_WRITE_MANY = 0x10
_REFUSED = 0x80
_ADDRESS_NOT_VALID, _OPERATION_NOT_VALID = 2, 4

# These are read until they say that an entry is ready: each look is the next one of then.
_POLLED = (0x4C01, 0x4E03)

_CHANNEL = re.compile(r"^/v1/[1-4]/")


@dataclass
class _Timeline[Key, Value]:
    """What was answered to the same question, and when.

    Attributes:
        answers: by question, the moment as a number, and the answer.
    """

    answers: dict[Key, list[tuple[int, Value]]] = field(default_factory=dict)

    def note(self, question: Key, moment: int, answer: Value) -> None:
        self.answers.setdefault(question, []).append((moment, answer))

    def at(self, question: Key, moment: int) -> tuple[int, Value] | None:
        """Return the first answer from a moment on, else the last one before."""
        known = self.answers.get(question)
        if known is None:
            return None
        return next((entry for entry in known if entry[0] >= moment), known[-1])

    def next(self, question: Key, moment: int) -> tuple[int, Value] | None:
        """Return the first answer from a moment on, else the first one of all."""
        known = self.answers.get(question)
        if known is None:
            return None
        return next((entry for entry in known if entry[0] >= moment), known[0])


class ReplayedMeter(Device):
    """A meter out of the file of an examination.

    Args:
        dump: The content of the file.
        clock: The source of time, which does not change what the meter answers.

    Attributes:
        transport: `rest` or `modbus`, the one that was examined and so can be replayed.
        unit_id: Its Modbus node number.
        keeps_open: Whether its web server leaves connections open.
    """

    def __init__(self, dump: Mapping[str, Any], clock: Clock | None = None) -> None:
        if dump.get("format") != FORMAT:
            raise ValueError("not the file of an examination, or one of another version")
        self.transport: Final[str] = dump["transport"]
        self.unit_id: int = dump.get("unit", 1)
        self._moment = 0
        self._polled: dict[int, int] = {}
        self._words = _Timeline[int, int]()
        self._missing: dict[int, int] = {}
        self._writes: list[int] = []
        self._answers = _Timeline[bytes, bytes]()
        self._pages = _Timeline[_Question, bytes | None]()
        first = dump["exchanges"][0]["sent"] if dump["exchanges"] else ""
        self._channelled = bool(_CHANNEL.match(first.partition(" ")[2]))
        self.keeps_open = dump.get("readings", {}).get("closing") == ["kept"]
        own_number: set[int] = set()
        for moment, entry in enumerate(dump["exchanges"]):
            if self.transport == "rest":
                if "to" not in entry:
                    self._learn_page(moment, entry)
            else:
                own_number |= self._learn(moment, entry, dump["framing"])
        if own_number:
            (self.unit_id, *_) = own_number
        super().__init__(clock, 0, {"node_answer": "own"} if own_number else None)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file.

        Raises:
            OSError: It can't be read.
            ValueError: It is not that of an examination.
        """
        dump = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(dump, dict):
            raise ValueError("not the file of an examination")  # noqa: TRY004 - the file is wrong
        return cls(dump)

    @property
    @override
    def name(self) -> str:
        return "replayed meter"

    @override
    def update(self) -> None:
        pass

    # --- Modbus

    def _learn(self, moment: int, entry: Mapping[str, Any], framing: str) -> set[int]:
        """Take note of an exchange; return the node number of an answer that bears another one."""
        elsewhere = entry.get("to", "")
        if elsewhere.startswith("port "):
            return set()
        # The node numbers are asked for over Modbus TCP.
        open_frame = _OPENERS["tcp" if elsewhere else framing]
        request = _request(bytes.fromhex(entry["sent"]), "tcp" if elsewhere else framing)
        if request is None:
            return set()
        answer = open_frame(bytes.fromhex(entry["received"]), request)
        if elsewhere:
            return {answer.unit} if answer is not None and answer.unit != request.unit else set()
        pdu = b"" if answer is None else answer.pdu
        if request.pdu[0] in _READ:
            self._learn_words(moment, request.pdu, pdu)
        else:
            self._answers.note(_key(request.pdu), moment, pdu)
            self._writes.append(moment)
        return set()

    def _learn_words(self, moment: int, request: bytes, answer: bytes) -> None:
        first, count = int.from_bytes(request[1:3]) + 1, int.from_bytes(request[3:5])
        if answer and answer[0] & _REFUSED:
            self._missing.setdefault(first, answer[1])
        if not answer or answer[0] & _REFUSED:
            return
        for place in range(count):
            word = int.from_bytes(answer[2 + 2 * place : 4 + 2 * place])
            self._words.note(first + place, moment, word)

    def answer(self, pdu: bytes) -> bytes | None:
        """Answer a request over Modbus: function and data, without framing; None for silence."""
        if pdu[0] in _READ:
            return self._read(pdu)
        known = self._answers.next(_key(pdu), self._moment)
        if known is None:
            return bytes([pdu[0] | _REFUSED, _OPERATION_NOT_VALID])
        moment, answer = known
        if pdu[0] in (_WRITE_ONE, _WRITE_MANY):
            self._moment = moment + 1
            self._polled.clear()
            if answer and not answer[0] & _REFUSED:
                return pdu[:5]
        return answer or None

    def _read(self, pdu: bytes) -> bytes:
        first, count = int.from_bytes(pdu[1:3]) + 1, int.from_bytes(pdu[3:5])
        words = bytearray()
        for register in range(first, first + count):
            known = self._words.at(register, self._polled.get(register, self._moment))
            if known is None:
                code = self._missing.get(register, _ADDRESS_NOT_VALID)
                return bytes([pdu[0] | _REFUSED, code])
            if register in _POLLED and self._follows(register, known[0]):
                self._polled[register] = known[0] + 1
            words += known[1].to_bytes(2)
        return bytes([pdu[0], len(words)]) + words

    def _follows(self, register: int, moment: int) -> bool:
        """Return whether a status was looked at again before something else was written."""
        following = self._words.at(register, moment + 1)
        written = next((write for write in self._writes if write > moment), None)
        return (
            following is not None
            and moment < following[0]
            and (written is None or following[0] < written)
        )

    # --- REST

    def _learn_page(self, moment: int, entry: Mapping[str, Any]) -> None:
        sent, received = (entry[name].encode("latin-1") for name in ("sent", "received"))
        head, _, body = sent.partition(b"\r\n\r\n")
        method, target, *_ = head.decode("latin-1").split(" ")
        question = _question(method, self._path(target), body)
        self._pages.note(question, moment, None if entry.get("silent") else received)

    def _path(self, target: str) -> str:
        """Take the channel out of a path, of a meter that was reached over a display."""
        return _CHANNEL.sub("/v1/", target) if self._channelled else target

    def page(self, method: str, target: str, body: bytes) -> bytes | None:
        """Return all that a web server sends, head and body; None if it was not asked for this then.

        Raises:
            TimeoutError: It sent nothing, and did not close the connection.
        """
        question = _question(method, target, body)
        look = self._pages.at if method == "GET" else self._pages.next
        known = look(question, self._moment)
        if known is None:
            return None
        if method != "GET":
            self._moment = known[0] + 1
        if known[1] is None:
            raise TimeoutError
        return known[1]


type _Question = tuple[str, str, tuple[tuple[str, str], ...]]
"""Method, path, and what was sent along: of a write the names alone, as its values will be others."""


def _question(method: str, target: str, body: bytes) -> _Question:
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if method == "GET":
        return method, parts.path, tuple(sorted(query.items()))
    try:
        content = json.loads(body) if body else {}
    except ValueError:
        content = {}
    names = {*query, *(content if isinstance(content, dict) else ())}
    return method, parts.path, tuple((name, "") for name in sorted(names))


def _key(pdu: bytes) -> bytes:
    """Reduce a request to what makes it the same: the time that is written will be another."""
    return pdu[:5] if pdu[0] == _WRITE_MANY else pdu


def _request(sent: bytes, framing: str) -> Frame | None:
    try:
        return next(iter(_frames(sent, framing)), None)
    except NotModbusError:
        return None


def _frames(sent: bytes, framing: str) -> Iterator[Frame]:
    reader = FRAMINGS[framing]()  # type: ignore[index]
    yield from reader.feed(sent)
    yield from reader.silence()


def _tcp_answer(received: bytes, request: Frame) -> Frame | None:
    for frame in _frames_or_none(received):
        if frame.transaction == request.transaction:
            return frame
    return None


def _frames_or_none(received: bytes) -> list[Frame]:
    try:
        return list(_frames(received, "tcp"))
    except NotModbusError:
        return []


def _rtu_answer(received: bytes, request: Frame) -> Frame | None:
    for start in range(len(received) - 1):
        frame = received[start : start + _rtu_length(received[start:], request.pdu)]
        if frame[:1] == bytes([request.unit]) and crc(frame[:-2]) == frame[-2:] and frame[2:]:
            return Frame(request.unit, frame[1:-2])
    return None


def _rtu_length(received: bytes, request: bytes) -> int:
    """Return how long an answer is that begins here; 0 if none does."""
    function = received[1]
    if function == request[0] | _REFUSED:
        return 5
    if function != request[0]:
        return 0
    return 8 if function in (_WRITE_ONE, _WRITE_MANY) else 5 + (received[2:3] or b"\0")[0]


def _ascii_answer(received: bytes, request: Frame) -> Frame | None:
    for line in received.split(b"\r\n"):
        digits = line.rpartition(b":")[2]
        try:
            inside = bytes.fromhex(digits.decode("ascii"))
        except ValueError:
            continue
        if len(inside) > 3 and inside[0] == request.unit:  # noqa: PLR2004 - unit, function, LRC
            return Frame(inside[0], inside[1:-1])
    return None


_OPENERS: Mapping[str, Callable[[bytes, Frame], Frame | None]] = {
    "tcp": _tcp_answer,
    "rtu": _rtu_answer,
    "ascii": _ascii_answer,
}
