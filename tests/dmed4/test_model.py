"""States and bits: known ones by their names, unknown ones kept."""

import hashlib
from typing import cast

import pytest

from custom_components.lovato_dmed4.dmed4.model import (
    Identity,
    MeasurementStatus,
    MeterErrors,
    SignatureStatus,
    drift_seconds,
)


def test_an_unknown_measurement_status_is_kept() -> None:
    status = MeasurementStatus(7)
    assert status == 7
    assert status.value == 7
    assert status.name == "UNKNOWN_7"
    assert not status.known
    assert not status.charging
    assert MeasurementStatus.IDLE.known
    with pytest.raises(ValueError, match="seven"):
        MeasurementStatus(cast("int", "seven"))


@pytest.mark.parametrize(
    ("dword", "bit", "name"),
    [
        # Manual: error dword 1.
        (1, 0, "JSON_SYNTAX"),
        (1, 1, "JSON_NOT_FULL_PACKET"),
        (1, 2, "JSON_SEQUENCE"),
        (1, 3, "JSON_VALUE"),
        (1, 9, "ELLIPTIC_CURVE_INIT"),
        (1, 10, "PUBKEY_INIT"),
        (1, 11, "PRIVKEY_INIT"),
        (1, 12, "GENERATION_KEY_PAIR"),
        (1, 13, "ECDSA_SIGN_STRUCT_INIT"),
        (1, 14, "SHA_FAILED"),
        (1, 15, "ECDSA_SIGN"),
        (1, 16, "ECDSA_VERIFY_SIGN"),
        # Manual: error dword 2.
        (2, 0, "EEPROM_READ"),
        (2, 1, "DMED_COMM"),
        (2, 2, "DMED_FRAME"),
        # Not in the manual.
        (1, 5, "dword 1 bit 5"),
        (1, 31, "dword 1 bit 31"),
        (2, 3, "dword 2 bit 3"),
        (2, 31, "dword 2 bit 31"),
    ],
)
def test_an_error_bit_has_its_name(dword: int, bit: int, name: str) -> None:
    dwords = {1: 0, 2: 0} | {dword: 1 << bit}
    assert MeterErrors.from_dwords(dwords[1], dwords[2]).names == (name,)


def test_no_error_has_no_name() -> None:
    assert MeterErrors.from_dwords(0, 0).names == ()


@pytest.mark.parametrize(
    ("bit", "state"),
    [
        # Manual: digital signature status.
        (0, SignatureStatus.NOT_INITIALIZED),
        (1, SignatureStatus.CORRECT_JSON_RECEIVED),
        (2, SignatureStatus.IN_PROGRESS),
        (3, SignatureStatus.OK),
        (4, SignatureStatus.SIGNATURE_ERROR),
        (5, SignatureStatus.TIMESTAMP_SYNCHRONISED),
        (6, SignatureStatus.METER_ROLL_OVER),
        (15, SignatureStatus.ERROR),
    ],
)
def test_a_signature_bit_has_its_name(bit: int, state: SignatureStatus) -> None:
    assert SignatureStatus(1 << bit) is state


def test_unknown_signature_bits_are_kept() -> None:
    assert SignatureStatus(0x0108) == 0x0108
    assert SignatureStatus.OK in SignatureStatus(0x0108)


def test_a_fingerprint_is_the_hash_of_the_raw_key() -> None:
    key = bytes(range(64))
    identity = Identity(model="DMED4", public_key=key, public_key_ocmf=b"\x30\x00")
    assert identity.fingerprint == hashlib.sha256(key).hexdigest()
    assert Identity(model="DMED4").fingerprint is None


@pytest.mark.parametrize(("now", "drift"), [(100.5, 0), (100.9, 0), (97.5, 3), (110.5, -10)])
def test_the_drift_is_positive_when_the_meter_is_ahead(now: float, drift: int) -> None:
    assert drift_seconds(100, now) == drift
