"""The demo's own verification of a record."""

import base64
from decimal import Decimal
import json

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import pytest

from tools.demo.console import DemoError
from tools.demo.record import verify

PAYLOAD = (
    '{"FV":"1.0","TT":"a | in a text","RD":['
    '{"TM":"2026-11-22T17:00:00,000+0000 S","TX":"B","RV":100.10,"RU":"kWh"},{"RV":0},{"RV":0.00},'
    '{"TM":"2026-11-22T17:01:00,000+0000 S","TX":"E","RV":"100.35","RU":"kWh"},{"RV":0},{"RV":0.25}]}'
)


@pytest.fixture(name="key")
def fixture_key() -> EllipticCurvePrivateKey:
    return generate_private_key(SECP256R1())


def spki(key: EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def sign(key: EllipticCurvePrivateKey, payload: str = PAYLOAD, **section: str) -> str:
    signature = key.sign(payload.encode(), ECDSA(SHA256()))
    return f"OCMF|{payload}|{json.dumps({'SD': signature.hex()} | section)}"


def test_a_genuine_record_tells_its_energy(key: EllipticCurvePrivateKey) -> None:
    record = verify(sign(key), spki(key))
    assert len(record.readings) == 6
    assert record.energy == Decimal("0.25")
    assert record.unit == "kWh"


def test_a_signature_may_be_base64(key: EllipticCurvePrivateKey) -> None:
    signature = base64.b64encode(key.sign(PAYLOAD.encode(), ECDSA(SHA256()))).decode()
    assert verify(sign(key, SD=signature, SE="base64"), spki(key)).readings


def test_a_changed_digit_is_refused(key: EllipticCurvePrivateKey) -> None:
    with pytest.raises(DemoError, match="does not belong"):
        verify(sign(key).replace("100.35", "100.34"), spki(key))


def test_another_key_is_refused(key: EllipticCurvePrivateKey) -> None:
    with pytest.raises(DemoError, match="does not belong"):
        verify(sign(key), spki(generate_private_key(SECP256R1())))


@pytest.mark.parametrize(
    "raw",
    ["", "OCMF|{}", 'OCMF|{"RD":[]}|{}', "OCMF|no JSON|{}", 'OCMF|{"RD":[]}|{"SD":"no hex"}'],
)
def test_what_is_no_record_is_refused(raw: str, key: EllipticCurvePrivateKey) -> None:
    with pytest.raises(DemoError, match="not an OCMF record"):
        verify(raw, spki(key))


def test_another_algorithm_is_refused(key: EllipticCurvePrivateKey) -> None:
    with pytest.raises(DemoError, match="not a record as a DMED4 signs it"):
        verify(sign(key, SA="ECDSA-secp384r1-SHA256"), spki(key))
