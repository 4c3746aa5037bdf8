"""Records that come padded, cut off or without their frame."""

from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
import pytest

from custom_components.lovato_dmed4.dmed4.record_text import (
    cut,
    is_whole,
    payload_digest,
    signature_section,
    telling_end,
)

R, S = 0xF1 << 240, 0x1F << 248
DER = encode_dss_signature(R, S)
RAW = R.to_bytes(32) + S.to_bytes(32)
SECTION = b'{"SA":"ECDSA-secp256r1-SHA256","SE":"hex","SD":"' + DER.hex().upper().encode() + b'"}'


@pytest.mark.parametrize("padding", [b"", b"\0", b"\0\0\0", b"\r\n\0", b"\n"])
def test_padding_is_cut(padding: bytes) -> None:
    assert cut(b"OCMF|{}|{}" + padding) == b"OCMF|{}|{}"
    assert cut(b"OCMF|{}|{} " + padding) == b"OCMF|{}|{} "


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (b'OCMF|{"a":1}|{"SD":"00"}', True),
        (b'OCMF | {"a":1} | {"SD":"00"}', True),
        (b'{"a":1}', True),
        (b'OCMF|{"a":1}', False),
        (b'OCMF|{"a":1}|{"SD":"00', False),
        (b'{"a":', False),
        (b"{" * 5000, False),
        (b"", False),
    ],
)
def test_a_text_that_broke_off_is_recognised(text: bytes, whole: bool) -> None:  # noqa: FBT001
    assert is_whole(text) is whole


def test_only_a_signature_tells_one_record_from_another() -> None:
    assert (
        telling_end(b'...,"SD":"30440220AABBCCDDEEFF0011"}\0')
        == b'...,"SD":"30440220AABBCCDDEEFF0011"}'
    )
    # The end of a payload, and of a section whose last field is another, are those of many records.
    assert telling_end(b'"RU":"kWh","ST":"G"}]}') == b""
    assert telling_end(b'00","SA":"ECDSA-secp256r1-SHA256"}') == b""


def test_records_are_compared_by_what_is_signed() -> None:
    assert payload_digest(b"OCMF|{1}|{a}") == payload_digest(b"OCMF | {1} | {b}")
    assert payload_digest(b"OCMF|{1}|{a}") != payload_digest(b"OCMF|{2}|{a}")
    assert payload_digest(b"no frame") != payload_digest(b"another")


@pytest.mark.parametrize(
    "register",
    [DER.ljust(144, b"\0"), DER.hex().encode().ljust(144, b"\0"), b64encode(DER) + b"\0" * 8],
    ids=["bytes", "hex", "base64"],
)
def test_a_signature_is_read_however_its_register_holds_it(register: bytes) -> None:
    # Manual: 0x4640, "ASCII String", 128 words.
    assert signature_section(register, b"") == SECTION


@pytest.mark.parametrize("register", [b"\0" * 144, b"nonsense!", b"\x30\x80", b"\x30\x46\x02"])
def test_r_and_s_stand_in_where_there_is_no_structure(register: bytes) -> None:
    # Manual: 0x4620, 32 words.
    assert signature_section(register, RAW) == SECTION
    assert signature_section(register, b"\0" * 64) is None
