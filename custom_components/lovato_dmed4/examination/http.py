"""HTTP messages as they were on the line: understood, and masked byte for byte."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
import re
from typing import Final

from yarl import URL

from . import masking
from .trace import Exchange

_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]{0,64}\r?\n")
_STATUS: Final = re.compile(rb"HTTP/\d\.\d (\d{3})")
_SUCCESS: Final = range(200, 300)

# Headers whose value says how an answer is written, and nothing of the meter.
_HARMLESS: Final = frozenset(
    {
        *("content-type", "content-length", "content-encoding", "transfer-encoding"),
        *("connection", "keep-alive", "server", "date", "cache-control", "pragma", "expires"),
        *("allow", "accept", "accept-encoding", "user-agent", "retry-after", "vary"),
    }
)
_SEARCHED: Final = "index_value"
_SEARCH: Final = ("index_type", "TRANS_ID")


@dataclass(frozen=True)
class Answer:
    """An answer as it came.

    Attributes:
        raw: all of it.
        silent: whether nothing more came, and the connection stayed open.
    """

    raw: bytes
    silent: bool = False

    @cached_property
    def _head_end(self) -> int:
        found = _HEAD_END.search(self.raw)
        return found.end() if found else len(self.raw)

    @property
    def head(self) -> bytes:
        """Status line and headers."""
        return self.raw[: self._head_end]

    @property
    def status(self) -> int | None:
        """The status; None where there is none."""
        found = _STATUS.match(self.raw)
        return int(found[1]) if found else None

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """Headers by their name in lower case."""
        lines = self.head.decode("latin-1").splitlines()[1:]
        pairs = (line.partition(":") for line in lines if ":" in line)
        return {name.strip().lower(): value.strip() for name, _, value in pairs}

    @property
    def chunked(self) -> bool:
        """Whether the body comes in chunks."""
        return "chunked" in self.headers.get("transfer-encoding", "").lower()

    @cached_property
    def _pieces(self) -> list[tuple[int, int]]:
        """Where the bytes of the body are in all that came."""
        if not self.chunked:
            return [(self._head_end, len(self.raw))]
        return list(self._chunks())

    def _chunks(self) -> Iterator[tuple[int, int]]:
        place = self._head_end
        while found := _CHUNK.match(self.raw, place):
            start, size = found.end(), int(found[1], 16)
            if not size:
                return
            end = min(start + size, len(self.raw))
            yield start, end
            place = (
                end + len(self.raw[end : end + 2]) - len(self.raw[end : end + 2].lstrip(b"\r\n"))
            )
        # Not written as chunks have to be.
        if place < len(self.raw):
            yield place, len(self.raw)

    @property
    def body(self) -> bytes:
        """The body, out of its chunks."""
        return b"".join(self.raw[start:end] for start, end in self._pieces)

    @property
    def end(self) -> bytes:
        """What comes after the last byte of the body and the line break of its chunk."""
        end = self.raw[self._pieces[-1][1] :] if self._pieces else self.raw[self._head_end :]
        return end.removeprefix(b"\r").removeprefix(b"\n") if self._pieces else end

    @property
    def succeeded(self) -> bool:
        """Whether the request was carried out."""
        return self.status in _SUCCESS


def masked_request(exchange: Exchange, numbers: Collection[str]) -> bytes:
    """Get a request without the address of the meter and without whom was searched for.

    Args:
        exchange: whose request it is.
        numbers: record numbers, which may be searched for, too, and say nothing of a person.
    """
    head, gap, body = bytes(exchange.sent).partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    method, _, target = first.partition(" ")
    path, _, version = target.rpartition(" ")
    lines = [f"{method} {_masked_path(path, numbers)} {version}", *map(_masked_header, rest)]
    return "\r\n".join(lines).encode("latin-1") + gap + body


def _masked_path(path: str, numbers: Collection[str]) -> str:
    url = URL(path)
    if _SEARCH not in url.query.items() or url.query.get(_SEARCHED, "") in numbers:
        return path
    return str(url.update_query({_SEARCHED: masking.value(url.query.get(_SEARCHED, ""))}))


def _masked_header(line: str) -> str:
    name, colon, value = line.partition(":")
    if name.strip().lower() in _HARMLESS:
        return line
    shown = "" if not colon else masking.crude(value.encode("latin-1")).decode("latin-1")
    return f"{name}{colon}{shown}"


def masked_answer(raw: bytes) -> bytes:
    """Get an answer without who the meter is and who charged; no length in it changes."""
    answer = Answer(raw)
    if answer.status is None:
        return masking.crude(raw)
    first, *rest = answer.head.decode("latin-1").splitlines(keepends=True)
    masked = bytearray((first + "".join(map(_masked_header, rest))).encode("latin-1"))
    masked += raw[len(masked) :]
    body = answer.body
    hidden = masking.crude(body) if "content-encoding" in answer.headers else masking.answer(body)
    place = 0
    for start, end in answer._pieces:  # noqa: SLF001
        masked[start:end] = hidden[place : place + end - start]
        place += end - start
    end_of_body = len(raw) - len(answer.end)
    masked[end_of_body:] = masking.crude(answer.end) if answer.end.strip(b"0\r\n") else answer.end
    return bytes(masked)
