"""A charge at a meter that shares nothing with the simulated one: what its relatives do, in registers.

It was written from what is known of an Iskra WM3M4C and its drivers, with the register numbers of the
DMED4: a prototype is strict and of OCMF 1.0, the output is a payload without its frame, the signature
follows the measurement status after a moment, the power takes clock and prototype with it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, timezone
import json
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import pytest

from custom_components.lovato_dmed4.dmed4.charge_cycle import ChargeCycle

from .helpers import CHARGE, LOCALHOST, PATIENT, client

# All that there is: the fast measures, the logbooks and the numbers of their entries are missing.
BLOCKS = [
    *((0x0002, 0x20), (0x0030, 8), (0x4000, 6), (0x4080, 2), (0x4200, 5), (0x4280, 5)),
    *((0x4400, 512), (0x4600, 32), (0x4620, 32), (0x4640, 128), (0x4A00, 512), (0x4F20, 48)),
]
# The fields of a prototype, all of them in this order and no others.
FIELDS = ["FV", "GI", "GS", "PG", "MV", "MM", "MS", "MF", "IS", "IF", "IT", "ID", "TT", "CT", "CI"]
EMPTY = ["PG", "MV", "MM", "MS", "MF"]

SYNTAX, NOT_FULL, SEQUENCE, VALUE = 1, 2, 4, 8
JSON_OK, SIGNING, SIGNED, SYNCHRONISED, ERROR = 2, 4, 8, 32, 0x8000
MOMENT = 0.03


class Refusal(Exception):  # noqa: N818 - an answer
    """Modbus exception with this number."""


class Relative:
    """The meter, a dictionary of words that do something when they are written."""

    def __init__(self, end_status: int) -> None:
        self.words = {start + at: 0 for start, count in BLOCKS for at in range(count)}
        self.end_status = end_status
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.records: list[bytes] = []
        self.fields: dict[str, object] = {}
        self.begun: list[dict[str, object]] = []
        self.clock_ahead = 0.0
        self.energy = 1000
        spki = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.put(0x4600, spki[-64:])
        self.put(0x4F20, spki)

    def put(self, register: int, data: bytes) -> None:
        padded = data + b"\0" * (len(data) % 2)
        for at in range(0, len(padded), 2):
            self.words[register + at // 2] = int.from_bytes(padded[at : at + 2])

    def get(self, register: int, count: int) -> bytes:
        try:
            return struct.pack(f">{count}H", *(self.words[register + at] for at in range(count)))
        except KeyError:
            raise Refusal(2) from None

    def write(self, register: int, values: list[int]) -> None:
        if any(register + at not in self.words for at in range(len(values))):
            raise Refusal(2)
        recovering = self.words[0x4200] == 3
        if register in (0x4080, 0x4284) and self.words[0x4200] == 2:
            raise Refusal(4)
        if register == 0x4280:
            self.command(values[0], recovering=recovering)
            return
        self.put(register, struct.pack(f">{len(values)}H", *values))
        if register == 0x4080:
            now = datetime.now(UTC).timestamp()
            self.clock_ahead = (values[0] << 16 | values[1]) - now
            self.words[0x4201] |= SYNCHRONISED
        if register == 0x4281:
            self.later(self.check)

    def later(self, step: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(MOMENT, step)

    def check(self) -> None:
        self.words[0x4201] &= ~JSON_OK
        text = self.get(0x4A00, 512)[: self.words[0x4281]]
        try:
            fields = json.loads(text)
        except ValueError:
            self.complain(SYNTAX)
            return
        fields.pop("RD", None)
        if not fields.keys() >= set(FIELDS):
            self.complain(NOT_FULL)
        elif list(fields) != FIELDS or b" :" in text or b": " in text:
            self.complain(SEQUENCE)
        elif fields["FV"] != "1.0" or any(fields[name] for name in EMPTY):
            self.complain(VALUE)
        else:
            self.fields = fields
            self.words[0x4201] |= JSON_OK
            self.words[0x4200] = self.words[0x4200] or 1

    def complain(self, error: int) -> None:
        self.words[0x4001] |= error
        self.words[0x4201] |= ERROR

    def command(self, code: int, *, recovering: bool) -> None:
        if code == 0xFF:
            self.words[0x4001] = 0
            self.words[0x4201] &= ~ERROR
            return
        charging = self.words[0x4200] in (2, 3)
        ready = self.fields and self.words[0x4201] & SYNCHRONISED
        if not ready or charging is (code == ord("B")) or code not in b"BCEr":
            raise Refusal(3)
        # The status changes at once, and what comes of it follows.
        self.words[0x4200] = 2 if code in b"BC" else self.end_status
        self.later(lambda: self.sign(chr(code)))

    def sign(self, reason: str) -> None:
        self.words[0x4201] = self.words[0x4201] & ~SIGNED | SIGNING
        self.later(lambda: self.finish(reason))

    def reading(self, reason: str) -> dict[str, object]:
        zone = timezone(timedelta(minutes=struct.unpack(">h", self.get(0x4284, 1))[0]))
        moment = datetime.fromtimestamp(datetime.now(UTC).timestamp() + self.clock_ahead, zone)
        time = f"{moment:%Y-%m-%dT%H:%M:%S,000%z} S"
        self.energy += 7
        return {"TM": time, "TX": reason, "RV": self.energy, "RI": "1-0:1.8.0*198", "RU": "kWh"}

    def finish(self, reason: str) -> None:
        now = self.reading(reason)
        if reason == "B":
            self.begun = [now]
        number = {"PG": f"T{len(self.records) + 1}", "MS": "0815", "MM": "relative"}
        payload = json.dumps(
            self.fields | number | {"RD": [*self.begun, *([] if reason == "B" else [now])]},
            separators=(",", ":"),
        ).encode()
        der = self.key.sign(payload, ec.ECDSA(hashes.SHA256()))
        self.put(0x4400, payload.ljust(1024, b"\0"))
        self.put(0x4640, der.ljust(256, b"\0"))
        self.words[0x4202], self.words[0x4204] = len(payload), len(der)
        self.words[0x4201] = self.words[0x4201] & ~SIGNING | SIGNED
        self.records.append(payload)
        if self.words[0x4200] != 2:
            self.fields = {}

    def lose_power(self) -> None:
        self.fields, self.clock_ahead = {}, -1e6
        self.words[0x4200], self.words[0x4201] = 3, 0

    def answer(self, pdu: bytes) -> bytes:
        function, data = pdu[0], pdu[1:]
        if function == 0x11:
            return bytes((0x11, 8, 0x48, 1, 1, 1, 2, 1, 0, 0))
        try:
            register, count = struct.unpack_from(">HH", data)
            if function == 4:
                words = self.get(register + 1, count)
                return bytes((4, len(words))) + words
            values = struct.unpack(f">{count}H", data[5:]) if function == 16 else (count,)
            self.write(register + 1, list(values))
        except Refusal as err:
            return bytes((function | 0x80, err.args[0]))
        return pdu[:5]


@asynccontextmanager
async def serving(meter: Relative) -> AsyncIterator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readexactly(7)
                answer = meter.answer(await reader.readexactly(int.from_bytes(head[4:6]) - 1))
                writer.write(head[:4] + (len(answer) + 1).to_bytes(2) + head[6:] + answer)
        except asyncio.IncompleteReadError:
            writer.close()

    async with await asyncio.start_server(serve, LOCALHOST, 0) as server:
        yield server.sockets[0].getsockname()[1]


def signed_by(meter: Relative, record: bytes) -> dict[str, object]:
    _, payload, signature = record.split(b"|")
    der = bytes.fromhex(json.loads(signature)["SD"])
    meter.key.public_key().verify(der, payload, ec.ECDSA(hashes.SHA256()))
    found: dict[str, object] = json.loads(payload)
    return found


@pytest.mark.parametrize("end_status", [0, 1])
async def test_a_relative_charges_and_gives_its_records(end_status: int) -> None:
    """Each step once, whatever stands in the status afterwards: 1 is prepared, which is not charging."""
    meter = Relative(end_status)
    async with serving(meter) as port, client("modbus", port) as asked:
        cycle = ChargeCycle[bytes](asked, await asked.identify(), PATIENT)
        records = [
            await cycle.begin(CHARGE, time_offset=60),
            await cycle.read(),
            await cycle.end(time_offset=60),
        ]
        assert [signed_by(meter, record)["ID"] for record in records] == ["1A2B3C4D"] * 3
        assert [record.split(b"|")[1] for record in records] == meter.records
        live = await asked.read_live()
        assert live.measures.voltage == 0
        assert not live.status.errors
        assert meter.words[0x4200] == end_status
        signed = datetime.now(UTC).timestamp() + meter.clock_ahead
        assert signed == pytest.approx(datetime.now(UTC).timestamp(), abs=3)


async def test_a_relative_gets_back_what_the_power_has_taken() -> None:
    meter = Relative(0)
    async with serving(meter) as port, client("modbus", port) as asked:
        cycle = ChargeCycle[bytes](asked, await asked.identify(), PATIENT)
        await cycle.begin(CHARGE, time_offset=60)
        meter.lose_power()
        record = await cycle.end(time_offset=60)
        assert signed_by(meter, record)["ID"] == "1A2B3C4D"
        assert len(meter.records) == 2
        assert (meter.words[0x4200], meter.words[0x4001]) == (0, 0)
