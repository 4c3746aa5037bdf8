"""The last record over Modbus: the output message and what stands around it (manual: 0x4200 to 0x4640).

What the length counts, how long the record stays, and whether its signature is part of it, the
manual does not say. A meter that reads it as we do is asked for no more than the record itself.
"""

import asyncio
from typing import Final, Protocol

from . import registers
from .errors import UnexpectedAnswerError
from .found import Found
from .model import SignatureStatus
from .record_text import cut, is_payload, is_whole, signature_section, telling_end

# A record that changes while it is read is read again. Signing takes well under a second.
_ATTEMPTS: Final = 20
RECORD_PAUSE: Final = 0.2

# Bytes at the end of a record that hold enough of its signature to distinguish it from every other.
_END_BYTES: Final = 32

_SIGNATURE_BYTES: Final = 64
_DER_BYTES: Final = 144  # also when it is written in hex


class OutputSource(Protocol):
    """What the output message needs of a meter behind a Modbus link."""

    @property
    def found(self) -> Found:
        """What has been found out about the meter."""

    async def read_words(self, register: int, count: int) -> list[int]:
        """Read so many registers."""

    async def read_text(self, register: int, length: int) -> bytes:
        """Read so many bytes from a register on."""


async def read_record(source: OutputSource, register: int, length: int, said_by: str) -> bytes:
    """Read a record, also past its length where that does not reach to its end; without padding.

    Args:
        source: the meter.
        register: where the record begins.
        length: that of the record, as the meter counts it.
        said_by: the register that the length is from.
    """
    size = min(length, registers.TEXT_BYTES)
    even = size + size % 2
    read = await source.read_text(register, even)
    text = read[:size]
    if is_whole(cut(text)):
        if b"\0" in text:
            source.found.note(f"The meter counts padding in the length of a record ({said_by})")
        return cut(text)
    if b"\0" in text:
        return cut(text)
    more = await source.read_text(register + even // 2, registers.TEXT_BYTES - even)
    longer = cut((read + more).partition(b"\0")[0])
    if is_whole(longer):
        source.found.note(f"The meter's records are longer than their length ({said_by}) says")
        return longer
    return text


class OutputMessage:
    """The last record of a meter."""

    def __init__(self, source: OutputSource) -> None:
        self._source = source
        self._unframed = False

    async def read(self, known: bytes = b"") -> bytes:
        """Fetch the last record byte for byte, without padding; empty when there is none.

        It is read again when it changed meanwhile, which the status shows while the meter signs, and
        its end afterwards: every signature is another.

        Args:
            known: is returned, without being fetched, if it is still the last one.

        Raises:
            UnexpectedAnswerError: it kept changing, or is longer than its registers.
        """
        for _ in range(_ATTEMPTS):
            signature, length = await self._state()
            if SignatureStatus.IN_PROGRESS not in signature:
                if not length:
                    return b""
                end = await self._end(length)
                if end and known.endswith(end):
                    return known
                record = await self._record(length)
                if await self._is_still(record, end, length):
                    return record
            await asyncio.sleep(RECORD_PAUSE)
        raise UnexpectedAnswerError("the last record keeps changing while it is read")

    async def _state(self) -> tuple[SignatureStatus, int]:
        words = await self._source.read_words(registers.SIGNATURE_STATUS, 2)
        return SignatureStatus(words[0]), words[1]

    async def _end(self, length: int) -> bytes:
        """Get what distinguishes the record from every other; empty if that is not where it should be."""
        if self._unframed:
            return await self._section()
        length = min(length, registers.TEXT_BYTES)
        skipped = max(0, length - _END_BYTES) // 2
        text = await self._source.read_text(
            registers.OUTPUT_MESSAGE + skipped, length - 2 * skipped
        )
        return telling_end(text)

    async def _record(self, length: int) -> bytes:
        text = await self._text(length)
        if not is_payload(text):
            return text
        if not self._unframed:
            self._source.found.note(
                "The meter shows its records without their signature, which is fetched too"
            )
            self._unframed = True
        section = await self._section()
        return b"|".join((b"OCMF", text, section)) if section else text

    async def _text(self, length: int) -> bytes:
        text = await read_record(self._source, registers.OUTPUT_MESSAGE, length, "0x4202")
        if length > registers.TEXT_BYTES and text and not is_whole(text):
            raise UnexpectedAnswerError(f"a text of {length} bytes in {registers.TEXT_BYTES}")
        return text

    async def _section(self) -> bytes:
        """Read the signature, and write it as a record has it; empty if there is none."""
        der = await self._source.read_text(registers.SIGNATURE_DER, _DER_BYTES)
        raw = await self._source.read_text(registers.SIGNATURE_RAW, _SIGNATURE_BYTES)
        return signature_section(der, raw) or b""

    async def _is_still(self, record: bytes, end: bytes, length: int) -> bool:
        """Whether what was read in pieces is of one record."""
        if end and not record.endswith(end):
            return False
        if not end and await self._record(length) != record:
            return False
        signature, now = await self._state()
        return SignatureStatus.IN_PROGRESS not in signature and now == length
