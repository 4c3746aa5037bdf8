"""The sections of a record: found by its frame, and read as JSON as far as they are.

Only `OCMF|{…}|{…}` is structure. What stands between the braces may be anything: it costs its value,
never the record.
"""

import binascii
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
import json
import re
from types import MappingProxyType
from typing import Final, Never, Self

# The largest records known are several KiB. All of a record is held in memory, some of it twice.
MAX_SIZE = 64 * 1024
# The specification needs three levels (payload, RD, reading); vendors' own fields may add some.
MAX_DEPTH = 32

HEADER = b"OCMF"
# Meters hand out their text in buffers that are padded with NUL.
PADDING = b" \t\r\n\0"
_HEX = re.compile(rb"[0-9A-Fa-f\s]+")
# What base64 makes of "OCMF".
_BASE64HEADER = b"T0NNR"
# A pipe or a brace in a text is none. Possessive: no backtracking.
_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_UNTIL_PIPE = re.compile(rb'(?:[^"|]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_BRACKET = re.compile(rb"[{}\[\]]")
# A text, or what stands bare between the marks of JSON.
_WORD = re.compile(r'"(?:[^"\\]++|\\.)*+"|[^\s,:{}\[\]"]++', re.DOTALL)
_JSON_WORD = re.compile(
    r'".*|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null', re.DOTALL
)
# Half of a pair of UTF-16, which no file or database could store.
_HALF = re.compile("[\ud800-\udfff]")
# Bounded: Decimal would otherwise accept exponents that fill the memory when written out. Some meters
# write zeros before a number, and what any reader takes for the same number is one here.
_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{1,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,2})?"
)
type Json = str | Number | bool | list[Json] | dict[str, Json] | None

# Of a key given twice, another reader might take the other value. This is neither a text nor a number,
# and in contrast to None it is not taken for omitted and so inherited.
_AMBIGUOUS: Final[dict[str, Json]] = {}


class MalformedRecordError(ValueError):
    """The bytes are not an OCMF record."""


class Number(Decimal):
    """A number of a record, which keeps the text it was written with.

    The decimals that a meter writes show its precision, and a Decimal alone shows 0.0000000 as 0E-7.
    """

    __slots__ = ("text",)

    text: str

    def __new__(cls, text: str) -> Self:
        """Read a number.

        Raises:
            ValueError: The text is no decimal number, or one that no meter would write.
        """
        if not _NUMBER.fullmatch(text):
            raise ValueError("not a number, or too large")
        number = super().__new__(cls, text)
        number.text = text
        return number


def unwrap(data: bytes) -> bytes:
    """Take a record out of hex or base64, if it is in one, and off its padding."""
    if len(data) > MAX_SIZE:
        raise ValueError("too long")
    data = data.strip(PADDING)
    if _HEX.fullmatch(data):
        data = bytes.fromhex(data.decode())
    elif data.startswith(_BASE64HEADER):
        data = b"".join(data.split()).rstrip(b"=")
        data = binascii.a2b_base64(data + b"=" * (-len(data) % 4), strict_mode=True)
    return data.strip(PADDING)


def split(raw: bytes) -> list[bytes]:
    """Cut a record into header, payload, signature and, in old records, the public key.

    Raises:
        MalformedRecordError: It has no such sections.
    """
    for sections in (_outside_texts(raw), raw.split(b"|")):
        match sections:
            case [header, payload, signature] | [header, payload, signature, _] if (
                header.rstrip(PADDING) == HEADER and _in_braces(payload) and _in_braces(signature)
            ):
                return sections
    raise MalformedRecordError("Not an OCMF record: not OCMF|{…}|{…}")


def _outside_texts(raw: bytes) -> list[bytes]:
    """Cut at the pipes outside of texts; nowhere after a quotation mark that is never closed."""
    sections: list[bytes] = []
    start = 0
    while (found := _UNTIL_PIPE.match(raw, start)) and raw.startswith(b"|", found.end()):
        sections.append(found[0])
        start = found.end() + 1
    return [*sections, raw[start:]]


def _in_braces(section: bytes) -> bool:
    """Whether a section can be an object."""
    section = section.strip(PADDING)
    return len(section) > 1 and section.startswith(b"{") and section.endswith(b"}")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A section as read; see `Record` for the attributes."""

    fields: Mapping[str, Json]
    well_formed: bool
    repeated: tuple[str, ...]


def load(section: bytes) -> Loaded:
    """Read a section's JSON object, with every number as it was written."""
    if _is_flat(section):
        with suppress(ValueError):  # also JSON's and UTF-8's own errors
            return _read_object(section.decode(), strict=True)
        with suppress(ValueError):
            return _read_object(_WORD.sub(_tame, section.decode(errors="replace")), strict=False)
    return Loaded(MappingProxyType({}), well_formed=False, repeated=())


def _read_object(text: str, *, strict: bool) -> Loaded:
    """Read an object, with control characters in its texts unless `strict`.

    Raises:
        ValueError: It is none.
    """
    repeated: dict[str, None] = {}

    def make_object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        made = dict(pairs)
        if len(made) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = {key: _AMBIGUOUS for key in made if keys.count(key) > 1}
            repeated.update(dict.fromkeys(twice))
            made |= twice
        return made

    loaded: Json = json.loads(
        text,
        strict=strict,
        parse_float=_number_or_text,
        parse_int=_number_or_text,
        parse_constant=_refuse_constant,
        object_pairs_hook=make_object,
    )
    whole = _whole(loaded) if "\\u" in text else loaded
    match whole:
        case dict():
            return Loaded(MappingProxyType(whole), strict and whole == loaded, tuple(repeated))
    raise ValueError("not an object")


def _is_flat(section: bytes) -> bool:
    """Whether a section is read in no time: all texts end, and nothing is nested too deeply."""
    bare = _TEXT.sub(b"", section)
    if b'"' in bare:
        return False
    if bare.count(b"{") + bare.count(b"[") <= MAX_DEPTH:
        return True
    steps = (1 if bracket in b"{[" else -1 for bracket in _BRACKET.findall(bare))
    return max(accumulate(steps)) <= MAX_DEPTH


def _tame(word: re.Match[str]) -> str:
    """Make a text of what stands bare and is nothing that JSON knows, such as +1 and NaN."""
    return word[0] if _JSON_WORD.fullmatch(word[0]) else json.dumps(word[0])


def _number_or_text(text: str) -> Number | str:
    """Read a number, or keep the text of one that is too large."""
    with suppress(ValueError):
        return Number(text)
    return text


def _refuse_constant(_: str) -> Never:
    """Refuse NaN and Infinity, which Python would read though they are not JSON."""
    raise ValueError("not a number")


def _whole(value: Json) -> Json:
    r"""Put U+FFFD in the place of half of a pair (`\ud800`)."""
    match value:
        case str() if not isinstance(value, Number):
            return _HALF.sub("\ufffd", value)
        case list():
            return [_whole(item) for item in value]
        case dict() if value:
            return {_HALF.sub("\ufffd", key): _whole(item) for key, item in value.items()}
    return value
