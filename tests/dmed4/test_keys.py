"""Public keys in the forms that firmware may write them in."""

import pytest

from custom_components.lovato_dmed4.dmed4.keys import both_forms, cut_der, key_bytes
from simulator import SimulatedMeter

_METER = SimulatedMeter(seed=7)
POINT, SPKI = _METER.public_key_raw, _METER.public_key_ocmf


@pytest.mark.parametrize(
    ("der", "rest"),
    [
        (bytes.fromhex("3003020100"), b"\0\0\0"),  # ends in a zero of its own
        (b"\x30\x81\x82" + b"\0" * 0x82, b"\0"),
        (b"\x30\x82\x01\x02" + b"\7" * 0x102, b""),
    ],
)
def test_a_der_key_is_cut_at_its_own_length(der: bytes, rest: bytes) -> None:
    assert cut_der(der + rest) == der


@pytest.mark.parametrize("padded", [bytes(96), b"\x30\x5f" + bytes(94), b"\x04" + bytes(95)])
def test_what_is_no_der_key_is_none(padded: bytes) -> None:
    assert cut_der(padded) is None


@pytest.mark.parametrize(
    "found",
    [(POINT, SPKI), (SPKI,), (POINT,), (b"\x04" + POINT,), (SPKI + bytes(5), None), (None, POINT)],
)
def test_either_form_is_derived_from_the_other(found: tuple[bytes | None, ...]) -> None:
    assert both_forms(*found) == (POINT, SPKI)


def test_a_point_on_no_curve_stays_the_key_that_it_is() -> None:
    assert both_forms(b"\7" * 64) == (b"\7" * 64, None)


@pytest.mark.parametrize("nothing", [(), (None, None), (bytes(64), bytes(96))])
def test_no_key_is_none(nothing: tuple[bytes | None, ...]) -> None:
    assert both_forms(*nothing) == (None, None)


@pytest.mark.parametrize("text", ["", "00" * 64, "n/a", "\0"])
def test_what_is_no_key_reads_as_none(text: str) -> None:
    assert key_bytes(text) is None
