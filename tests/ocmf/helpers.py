"""A meter's side of a signed record, with throw-away keys."""

from collections.abc import Callable
import json
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from custom_components.lovato_dmed4.ocmf import Record, parse
from simulator import record as simulator

# Six readings as the meter writes them: at the begin and now, import, export and this cycle's energy.
PAYLOAD = (
    '{"FV":"1.3","GI":"DMED4","GS":"G-17","GV":"1.02","PG":"T41","MV":"LOVATO","MM":"DMED4",'
    '"MS":"M-4711","MF":"1.02","IS":true,"IL":"VERIFIED","IF":["RFID_PLAIN","OCPP_NONE"],'
    '"IT":"ISO14443","ID":"04A1B2C3","TT":"0.49 EUR/kWh","CF":"7.1","CT":"EVSEID","CI":"IT*XYZ*E1",'
    '"RD":[{"TM":"2026-05-01T12:00:00,000+0200 S","TX":"B","RV":129.500,"RI":"01-00:01.08.00.FF",'
    '"RU":"kWh","RT":"DC","EF":"","ST":"G"},'
    '{"RV":3.250,"RI":"01-00:02.08.00.FF","RU":"kWh","ST":"G"},'
    '{"RV":0.000,"RI":"01-00:98.08.00.FF","RU":"kWh","ST":"G"},'
    '{"TM":"2026-05-01T12:45:10,000+0200 S","TX":"E","RV":140.750,"RI":"01-00:01.08.00.FF",'
    '"RU":"kWh","RT":"DC","EF":"","ST":"G"},'
    '{"RV":3.250,"RI":"01-00:02.08.00.FF","RU":"kWh","ST":"G"},'
    '{"RV":11.250,"RI":"01-00:98.08.00.FF","RU":"kWh","ST":"G"}]}'
)

KEY = ec.derive_private_key(0x0D4ED4, ec.SECP256R1())


def sign(payload: str, key: ec.EllipticCurvePrivateKey = KEY) -> bytes:
    """Sign a payload; the signature is DER."""
    return key.sign(payload.encode(), ec.ECDSA(SHA256(), deterministic_signing=True))


def record(signature: bytes | str | None, payload: str = PAYLOAD, **section: Any) -> str:
    """Put a record together; without SA and SE unless given."""
    data = signature.hex().upper() if isinstance(signature, bytes) else signature
    return f"OCMF|{payload}|{json.dumps(section if data is None else section | {'SD': data})}"


def integers(signature: bytes) -> tuple[int, int]:
    """Return r and s."""
    return decode_dss_signature(signature)


def der(*integers: bytes) -> bytes:
    """Write r and s as DER, each with just the bytes given."""
    content = b"".join(bytes([2, len(item)]) + item for item in integers)
    return bytes([0x30, len(content)]) + content


def spki(key: ec.EllipticCurvePrivateKey = KEY) -> bytes:
    """Return the public key as SubjectPublicKeyInfo."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def point(
    key: ec.EllipticCurvePrivateKey = KEY, shape: PublicFormat = PublicFormat.UncompressedPoint
) -> bytes:
    """Return the public key as a point."""
    return key.public_key().public_bytes(Encoding.X962, shape)


# The prototype of a DMED4's record, each value as its JSON text.
PROTOTYPE = {
    "FV": '"1.3"',
    "GI": '"DMED4"',
    "GS": '"G-17"',
    "MV": '"LOVATO"',
    "MS": '"M-4711"',
    "IS": "true",
    "IL": '"VERIFIED"',
    "IF": '["RFID_PLAIN"]',
    "IT": '"ISO14443"',
    "ID": '"04A1B2C3"',
    "TT": '"0.49 EUR/kWh"',
}


def at(
    clock: str,
    reason: str,
    imported: int,
    cycle: int = 0,
    *,
    exported: int = 3250,
    quality: str = "S",
) -> simulator.Reading:
    """Return what the meter counts at a time of the day, in Wh."""
    time = f"2026-05-01T{clock},000+0200 {quality}"
    return simulator.Reading(time, reason, imported, exported, cycle)


def charge(page: int, begin: simulator.Reading, now: simulator.Reading, **fields: str) -> Record:
    """Return a record as the simulated meter writes it, signed; fields are the prototype's."""
    payload = simulator.payload_text({**PROTOTYPE, **fields, "PG": f'"T{page}"'}, begin, now)
    return parse(f"OCMF|{payload}|{simulator.signature_text(sign(payload), 0)}")


def unsigned(readings: object, **fields: object) -> Record:
    """Return a record of these fields and readings, without a signature."""
    return parse(f"OCMF|{json.dumps({'PG': 'T1', **fields, 'RD': readings})}|{{}}")


# A charge: begin, an intermediate reading, end.
BEGIN = at("12:00:00", "B", 129_500)
MIDDLE = at("12:20:00", "C", 134_500, 5_000)
END = at("12:45:10", "E", 140_750, 11_250)


def session() -> list[Record]:
    """Return the records of a charge without fault."""
    return [charge(41, BEGIN, BEGIN), charge(42, BEGIN, MIDDLE), charge(43, BEGIN, END)]


def grows_evenly(work: Callable[[int], object]) -> bool:
    """Find out whether four times the size takes about four times the work, and not sixteen times.

    Other programs and the machine's mood only ever add to the processor's time: of the small size the
    least of some attempts counts, and of the large one any.
    """
    most = 10 * max(min(_seconds(work, 250) for _ in range(3)), 0.001)
    return any(_seconds(work, 1000) < most for _ in range(5))


def _seconds(work: Callable[[int], object], size: int) -> float:
    """Measure the processor's time, in s."""
    start = time.process_time()
    work(size)
    return time.process_time() - start
