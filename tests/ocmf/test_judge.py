"""What a record is worth, once it is read and verified."""

import json

from cryptography.hazmat.primitives.asymmetric import ec
import pytest

from custom_components.lovato_dmed4.ocmf import (
    Reason,
    RecordKind,
    Verdict,
    judge,
    load_public_key,
    parse,
    signature as signature_module,
    verify,
)

from .helpers import KEY, PAYLOAD, point, record, sign, spki

OWN = load_public_key(spki())
OTHER = load_public_key(spki(ec.derive_private_key(4711, ec.SECP256R1())))
OTHER_CURVE = load_public_key(spki(ec.derive_private_key(4711, ec.SECP384R1())))
RECORD = record(sign(PAYLOAD)).encode()
LOADED = json.loads(PAYLOAD)

# The values as a program writes them that keeps every number's text.
PRETTY = (
    PAYLOAD.replace('":', '": ')
    .replace(",{", ",\n    {")
    .replace('"RD": [', '"RD": [\n    ')
    .replace("}]}", "}\n  ]\n}")
)


def test_a_record_with_its_key() -> None:
    judged = judge(RECORD, [OWN])
    assert judged.record == parse(RECORD)
    assert (judged.key, judged.verdict) == (OWN, Verdict.VALID)
    assert judged.outline
    assert judged.outline.kind is RecordKind.END
    assert judged.digest == parse(RECORD).digest


def test_what_is_no_record() -> None:
    judged = judge(b"hello", [OWN])
    assert (judged.record, judged.key, judged.result, judged.outline) == (None, None, None, None)
    assert judged.verdict is Verdict.MALFORMED
    assert len(judged.digest) == 64


@pytest.mark.parametrize(
    ("keys", "key", "verdict"),
    [
        ([], None, Verdict.NO_KEY),
        ([OTHER, OWN], OWN, Verdict.VALID),
        ([OTHER_CURVE, OTHER], OTHER, Verdict.INVALID),
        ([OTHER_CURVE], OTHER_CURVE, Verdict.KEY_MISMATCH),
    ],
)
def test_of_several_keys_the_one_that_says_most(
    keys: list[object], key: object, verdict: Verdict
) -> None:
    judged = judge(RECORD, keys)  # type: ignore[arg-type]
    assert (judged.key, judged.verdict) == (key, verdict)


def calls(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Note each payload that a signature is calculated for."""
    calculated: list[bytes] = []
    matches = signature_module._matches

    def count(key: ec.EllipticCurvePublicKey, signature: bytes, payload: bytes) -> bool:
        calculated.append(payload)
        return matches(key, signature, payload)

    monkeypatch.setattr(signature_module, "_matches", count)
    return calculated


def test_a_signature_is_calculated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calculated = calls(monkeypatch)
    judged = judge(RECORD, [OWN, OTHER])
    assert judged.verdict is Verdict.VALID
    assert judged.outline is judged.outline
    assert calculated == [PAYLOAD.encode()]


def compact(text: str) -> str:
    return json.dumps(json.loads(text, parse_float=str), separators=(",", ":"))


# What was signed, and a copy that says the same.
COPIES = {
    "a space before the second pipe": (PAYLOAD, f"{PAYLOAD} "),
    "a line break before the payload": (PAYLOAD, f"\n{PAYLOAD}"),
    "pretty-printed": (PAYLOAD, PRETTY),
    "compacted, of 2 spaces": (
        json.dumps(LOADED, indent=2),
        json.dumps(LOADED, separators=(",", ":")),
    ),
    "compacted, of 4 spaces": (
        json.dumps(LOADED, indent=4),
        json.dumps(LOADED, separators=(",", ":")),
    ),
    "compacted, of tabs": (json.dumps(LOADED, indent="\t"), json.dumps(LOADED)),
    "compacted, of spaces": (json.dumps(LOADED), json.dumps(LOADED, separators=(",", ":"))),
    "spaced": (json.dumps(LOADED, separators=(",", ":")), json.dumps(LOADED)),
    "other line breaks": (
        json.dumps(LOADED, indent=2),
        json.dumps(LOADED, indent=2).replace("\n", "\r\n"),
    ),
    "slashes escaped": (PAYLOAD, PAYLOAD.replace("/", r"\/")),
    "slashes no longer escaped": (PAYLOAD.replace("/", r"\/"), PAYLOAD),
    "letters escaped": (PAYLOAD.replace("EUR", "€"), PAYLOAD.replace("EUR", r"\u20ac")),
    "letters and slashes escaped": (
        PAYLOAD.replace("EUR", "😀"),
        PAYLOAD.replace("EUR", r"\ud83d\ude00").replace("/", r"\/"),
    ),
    "letters no longer escaped": (PAYLOAD.replace("EUR", r"\u20ac"), PAYLOAD.replace("EUR", "€")),
    "signs escaped, as .NET does": (
        PAYLOAD.replace("EUR", "a+b"),
        PAYLOAD.replace("EUR", r"a\u002Bb"),
    ),
    "compacted, of 1 space": (
        json.dumps(LOADED, indent=1),
        json.dumps(LOADED, separators=(",", ":")),
    ),
    "with empty ones": (
        json.dumps({**LOADED, "IF": [], "LC": {}}, indent=2),
        json.dumps({**LOADED, "IF": [], "LC": {}}),
    ),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_reformatted_copy_is_neither_valid_nor_accused(name: str) -> None:
    signed, copy = COPIES[name]
    assert signed != copy
    text = record(sign(signed), copy)
    judged = judge(text.encode(), [OWN])
    assert judged.result
    assert (judged.verdict, judged.result.reason) == (Verdict.REFORMATTED, Reason.REFORMATTED)
    # The bytes as they are do not fit.
    assert verify(parse(text), OWN).reason is Reason.NO_MATCH
    assert judge(text.encode(), [OTHER]).verdict is Verdict.INVALID
    assert judge(record(sign(signed), signed).encode(), [OWN]).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("140.750", "140.75"),
        ("140.750", "140.751"),
        ("11.250", "112.50"),
        ("VERIFIED", "VERI FIED"),
        ('"MS"', '"GS"'),
        ("0.49 EUR/kWh", "0.49 EUR\\\\/kWh"),
    ],
)
def test_a_copy_that_says_something_else_is_invalid(old: str, new: str) -> None:
    changed = PAYLOAD.replace(old, new)
    assert changed != PAYLOAD
    for copy in (changed, f"{changed} ", changed.replace(",", ", ")):
        assert judge(record(sign(PAYLOAD), copy).encode(), [OWN]).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("signed", "copy"),
    [
        ("ü", r"\\u00fc"),
        (r"\\u00fc", "ü"),
        ("ü", r"\u00fd"),
        ("ü", "u\u0308"),
        (r"\u0022", '","TT":"'),
        (r"\ud800", "\\\\ud800"),
    ],
)
def test_escapes_that_say_something_else(signed: str, copy: str) -> None:
    texts = [PAYLOAD.replace("EUR", text) for text in (signed, copy)]
    assert judge(record(sign(texts[0]), texts[1]).encode(), [OWN]).verdict is Verdict.INVALID


def test_words_that_run_together_are_no_layout() -> None:
    # Without its space, what is no JSON would be what was signed.
    signed = '{"PG":"T1","RD":[{"RV":12}]}'
    torn = signed.replace("12", "1 2")
    assert judge(record(sign(signed), torn).encode(), [OWN]).verdict is Verdict.INVALID


def test_a_meter_that_puts_spaces_around_its_pipes() -> None:
    signature = sign(PAYLOAD).hex()
    spaced = f'OCMF | {PAYLOAD} | {{"SD":"{signature}"}}'
    assert judge(spaced.encode(), [OWN]).verdict is Verdict.VALID
    assert judge(spaced.replace("T41", "T42").encode(), [OWN]).verdict is Verdict.INVALID
    # Or that signs them.
    signature = sign(f" {PAYLOAD} ").hex()
    spaced = f'OCMF | {PAYLOAD} | {{"SD":"{signature}"}}'
    assert judge(spaced.encode(), [OWN]).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "odd",
    [
        '"TT":"a\tb"',
        '"TT":"a","TT":"b"',
        '"U":0100.000',
        '"U":.5',
        '"U":+1',
        '"U":NaN',
        f'"U":{"1" * 41}',
        r'"TT":"\ud800"',
        '"U":[}',
    ],
)
def test_the_signature_is_always_calculated(odd: str) -> None:
    payload = PAYLOAD.replace('"CF":"7.1"', odd)
    assert payload != PAYLOAD
    text = record(sign(payload), payload)
    assert judge(text.encode(), [OWN]).verdict is Verdict.VALID
    assert judge(text.replace("T41", "T42").encode(), [OWN]).verdict is Verdict.INVALID


def test_the_key_may_be_a_bare_point() -> None:
    assert judge(RECORD, [load_public_key(point(KEY)[1:])]).verdict is Verdict.VALID
