"""What the tests of the simulator share: a prototype, a raw Modbus client, a verifier."""

import asyncio
import json
import struct
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientSession
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from simulator import Command, ManualClock, RestServer, SimulatedMeter

PROTOTYPE = {
    "FV": "1.3",
    "GI": "DMED4",
    "GS": "12345678",
    "PG": "T0",
    "MS": "12345678",
    "IS": True,
    "IL": "TRUSTED",
    "IF": ["RFID_PLAIN", "OCPP_AUTH"],
    "IT": "ISO14443",
    "ID": "1A2B3C4D",
    "TT": "0.49 EUR/kWh",
}


def prototype(**changes: object) -> bytes:
    """Return the prototype with other fields; None leaves a field out."""
    fields = {k: v for k, v in {**PROTOTYPE, **changes}.items() if v is not None}
    return json.dumps(fields).encode()


def prepare(meter: SimulatedMeter, clock: ManualClock, text: bytes | None = None) -> None:
    meter.submit_prototype(prototype() if text is None else text)
    clock.advance(1)
    meter.update()


def give(meter: SimulatedMeter, clock: ManualClock, *commands: str) -> None:
    """Give commands, each of them signed before the next."""
    for command in commands:
        meter.command(Command(command))
        clock.advance(1)
        meter.update()


def sections(record: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Return payload text, payload and signature section of a record."""
    head, payload, signature = record.split("|")
    assert head == "OCMF"
    return payload, json.loads(payload), json.loads(signature)


def verify(record: str, key: ec.EllipticCurvePublicKey) -> dict[str, Any]:
    """Check the signature (hex) over the payload's exact bytes; return the payload."""
    text, payload, signature = sections(record)
    assert signature["SA"] == "ECDSA-secp256r1-SHA256"
    assert signature["SE"] == "hex"
    key.verify(bytes.fromhex(signature["SD"]), text.encode(), ec.ECDSA(hashes.SHA256()))
    return payload


class RestClient:
    def __init__(self, session: ClientSession, server: RestServer) -> None:
        self._session = session
        self._base = f"{server.url}/v1/"

    async def ask(self, method: str, path: str, **kwargs: Any) -> tuple[int, str, str]:
        async with self._session.request(method, self._base + path, **kwargs) as response:
            return response.status, response.reason or "", await response.text()

    async def get(self, path: str) -> Any:
        status, _, text = await self.ask("GET", path)
        assert status == 200, text
        return json.loads(text)

    async def put(self, path: str, **query: Any) -> int:
        return (await self.ask("PUT", path, params=query))[0]

    async def post(self, path: str, **body: Any) -> int:
        return (await self.ask("POST", path, json=body))[0]


class ModbusClient:
    """Frames written by hand; registers are numbered as the manual prints them."""

    def __init__(self, port: int, unit: int = 1) -> None:
        self._port = port
        self._unit = unit
        self._transaction = 0
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.writer.close()

    async def ask(self, pdu: bytes) -> bytes:
        self._transaction += 1
        self.writer.write(
            struct.pack(">HHHB", self._transaction, 0, len(pdu) + 1, self._unit) + pdu
        )
        transaction, protocol, length, unit = struct.unpack(
            ">HHHB", await self.reader.readexactly(7)
        )
        assert (transaction, protocol, unit) == (self._transaction, 0, self._unit)
        return await self.reader.readexactly(length - 1)

    async def read(self, register: int, count: int) -> bytes:
        answer = await self.ask(struct.pack(">BHH", 0x04, register - 1, count))
        assert answer[:2] == bytes([0x04, 2 * count]), answer.hex()
        return answer[2:]

    async def number(self, register: int, count: int = 1, *, signed: bool = False) -> int:
        return int.from_bytes(await self.read(register, count), signed=signed)

    async def long_text(self, register: int, words: int, length: int) -> str:
        data = b""
        for start in range(0, words, 120):
            data += await self.read(register + start, min(120, words - start))
        assert not any(data[length:])
        return data[:length].decode()

    async def write(self, register: int, value: int) -> bytes:
        return await self.ask(struct.pack(">BHH", 0x06, register - 1, value))

    async def write_many(self, register: int, data: bytes) -> bytes:
        count = len(data) // 2
        return await self.ask(struct.pack(">BHHB", 0x10, register - 1, count, 2 * count) + data)

    async def write_text(self, register: int, text: bytes) -> None:
        padded = text + b"\0" * (len(text) % 2)
        for start in range(0, len(padded), 240):
            piece = padded[start : start + 240]
            answer = await self.write_many(register + start // 2, piece)
            assert answer == struct.pack(">BHH", 0x10, register - 1 + start // 2, len(piece) // 2)
