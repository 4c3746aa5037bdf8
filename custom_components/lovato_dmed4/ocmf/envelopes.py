"""Records and keys in whatever people have in their hands.

That may be a file of several records, the transparency software's XML, a meter's answer, a message of
a backend, or text with something around it. What a record says is never touched: of JSON and XML, only
the wrapping is taken off.
"""

import binascii
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from itertools import islice
import json
import re
from typing import Any

from .keys import MalformedKeyError, PublicKey, from_base64, load_public_key
from .sections import MAX_SIZE, PADDING

# Many times what a person hands in; a file of more is not read.
MAX_TEXT = 8 * 1024 * 1024
_MOST_RECORDS = 500
# Of what only begins like a record.
_MOST_FAILED = 20
# Envelopes in envelopes: a message of OCPP has eight lists and objects around a text, which may be JSON
# around base64.
_DEEPEST = 32
# Keys that stand between records.
_MOST_KEYS = 50

_HEADER = re.compile(r"OCMF\s*\|\s*(?=\{)")
_SEPARATOR = re.compile(r"\s*\|\s*(?=\{)")
_FORMER_KEY = re.compile(r"\s*\|\s*[0-9A-Fa-f]{64,}")
# A text is one token; possessive, so that there is no backtracking.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|["{}]', re.DOTALL)
_TAG = re.compile(r"<(/?)(?:[\w.-]+:)?(value|signedData|publicKey)\b[^<>]*>", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_HEX = re.compile(r"(?:0x)?[0-9A-Fa-f:\s]{40,}")
_BASE64 = re.compile(r"[0-9A-Za-z+/_=\s-]{40,}")
# Among other words: "OCMF" in hex or in base64, and what follows it, in lines of that alone.
_ENCODED = re.compile(
    r"4[fF]434[dD]46(?:[:\s]{0,2}[0-9A-Fa-f]{2}){40,}"
    r"|T0NNR(?:[\w+/-]|\r?\n(?!T0NNR)(?=[\w+/-]+=*(?:\s|$))){40,}={0,2}",
    re.ASCII,
)
# "OCMF" in base64 that is not the first line.
_NEXT_BASE64 = re.compile(r"\sT0NNR")
# PEM, hex, and base64 of SubjectPublicKeyInfo or of an OCA string.
_KEY = re.compile(
    r"-----BEGIN [A-Z ]+-----[^-]*-----END [A-Z ]+-----"
    r"|\b[0-9A-Fa-f]{96,400}\b|\b(?:M[A-Z]|b2Nh)[\w+/-]{60,600}={0,2}",
    re.ASCII,
)
# How envelopes name the key: publicKey, public_key, public_key_ocmf …
_KEY_NAME = re.compile(r"public[-_ ]?key|^(?:pk|key)$", re.IGNORECASE)
_AROUND = "\ufeff\0 \t\r\n\"'`"


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record that was found in something.

    Attributes:
        raw: the record, byte for byte as it is signed.
        keys: that came with it. They prove nothing, since who forges a record can add a key that fits.
    """

    raw: bytes
    keys: tuple[PublicKey, ...] = ()


def find_records(data: bytes | str) -> tuple[FoundRecord, ...]:
    """Find all records in a text or a file, each once, in their order; never raises.

    A record that stands for itself is returned as it is, with what is needed around it taken off.
    """
    text = data if isinstance(data, str) else _decode(data)
    if len(text) > MAX_TEXT:
        return ()
    found: dict[bytes, FoundRecord] = {}
    for record in _find(text, (), _DEEPEST):
        known = found.get(record.raw)
        if known is None or len(known.keys) < len(record.keys):
            found[record.raw] = record
        if len(found) == _MOST_RECORDS:
            break
    return tuple(found.values())


def _decode(data: bytes) -> str:
    """Read a file's text, so that its bytes can be had back."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    return data.decode(errors="surrogateescape")


def _find(text: str, keys: tuple[PublicKey, ...], depth: int) -> Iterator[FoundRecord]:
    """Look into a text, and into what it is an envelope of."""
    text = text.strip(_AROUND)
    if not depth or not text:
        return
    if inner := _unwrapped(text):
        yield from _find(inner, keys, depth - 1)
    elif values := _values(text):
        for value in values:
            yield from _in_xml(value, keys, depth)
    elif text.startswith(("{", "[")) and (loaded := _loaded(text)) is not None:
        yield from _in_json(loaded, keys, depth)
    else:
        yield from _in_text(text, keys, depth)


def _unwrapped(text: str) -> str | None:
    """Take a text out of hex or base64."""
    for form, decode in ((_HEX, _from_hex), (_BASE64, _from_base64)):
        if form.fullmatch(text):
            with suppress(ValueError):
                inner = _decode(decode(text))
                if "OCMF" in inner:
                    return inner
    return None


def _from_hex(text: str) -> bytes:
    return binascii.unhexlify("".join(text.split()).replace(":", "").removeprefix("0x"))


def _from_base64(text: str) -> bytes:
    """Decode base64 of one thing; a character too many at its end belongs to the words behind it."""
    if _NEXT_BASE64.search(text):
        raise ValueError("several")
    text = "".join(text.split())
    return from_base64(text[:-1] if len(text) % 4 == 1 else text)


def _values(text: str) -> list[list[tuple[str, str]]]:
    """Return the elements of each value of the transparency software's XML that has a record.

    By the tags alone, in one pass: a reader of XML would also follow what a stranger wrote there.
    """
    values: list[list[tuple[str, str]]] = [[]]
    opened: tuple[str, int] | None = None
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if name == "value":
            values.append([])
        elif not tag[1]:
            opened = name, tag.end()
        elif opened and opened[0] == name:
            values[-1].append((name, _content(text[opened[1] : tag.start()])))
            opened = None
    return [value for value in values if any(name == "signeddata" for name, _ in value)]


def _in_xml(
    value: list[tuple[str, str]], keys: tuple[PublicKey, ...], depth: int
) -> Iterator[FoundRecord]:
    """Look into a value of the transparency software's XML."""
    own = (*(key for name, text in value if name == "publickey" for key in _keys(text)), *keys)
    for name, content in value:
        if name == "signeddata":
            yield from _find(content, own, depth - 1)


def _content(text: str) -> str:
    """Return the text of an element."""
    if cdata := _CDATA.findall(text):
        return "".join(cdata)
    return unescape(text)


def _loaded(text: str) -> Any:
    """Read JSON; None if it is none."""
    with suppress(ValueError, RecursionError):
        return json.loads(text, strict=False)
    return None


def _in_json(value: Any, keys: tuple[PublicKey, ...], depth: int) -> Iterator[FoundRecord]:
    """Look into all texts of a JSON value; a key is for what stands beside it or below."""
    match value:
        case str() if len(value) >= len("OCMF|{}|{}"):
            yield from _find(value, keys, depth - 1)
        case list() if depth:
            for item in value:
                yield from _in_json(item, keys, depth - 1)
        case dict() if depth:
            own = tuple(
                key
                for name, item in value.items()
                if isinstance(item, str) and _KEY_NAME.search(name)
                for key in _keys(item)
            )
            for item in value.values():
                yield from _in_json(item, (*own, *keys), depth - 1)


def _in_text(text: str, keys: tuple[PublicKey, ...], depth: int) -> Iterator[FoundRecord]:
    """Find records among other words, and the keys between them."""
    text = _with_bare_quotes(text)
    spans = list(_spans(text))
    rest = text
    for start, end in reversed(spans):
        rest = f"{rest[:start]}\n{rest[end:]}"
    words = (word[0] for word in islice(_KEY.finditer(rest), _MOST_KEYS))
    own = (*keys, *(key for word in words for key in _keys(word)))
    for start, end in spans:
        raw = text[start:end].encode(errors="surrogateescape").strip(PADDING)
        if len(raw) <= MAX_SIZE:
            yield FoundRecord(raw, tuple(dict.fromkeys(own)))
    for word in islice(_ENCODED.finditer(rest), _MOST_RECORDS):
        if inner := _unwrapped(word[0]):
            yield from _find(inner, own, depth - 1)


def _with_bare_quotes(text: str) -> str:
    """Undo what JSON, a page or a table has made of quotation marks."""
    if r"|{\"" in text:
        return text.replace(r"\"", '"').replace(r"\\", "\\")
    if "|{&quot;" in text:
        return unescape(text)
    return text.replace('""', '"') if '|{""' in text else text


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Find where records begin and end: at the brace that closes their second object."""
    position = failed = 0
    while failed < _MOST_FAILED and (header := _HEADER.search(text, position)):
        position = header.end()
        payload = _object_end(text, position)
        separator = _SEPARATOR.match(text, payload) if payload else None
        end = _object_end(text, separator.end()) if separator else None
        if end:
            former = _FORMER_KEY.match(text, end)
            position = former.end() if former else end
            yield header.start(), position
        else:
            failed += 1


def _object_end(text: str, start: int) -> int | None:
    """Find the end of the object that begins here; None if it has none within a record's length."""
    depth = 0
    for token in _TOKEN.finditer(text, start, start + MAX_SIZE):
        match token[0]:
            case "{":
                depth += 1
            case "}":
                depth -= 1
                if not depth:
                    return token.end()
            case '"':
                return None
    return None


def _keys(text: str) -> Iterator[PublicKey]:
    """Load a key, if the text is one."""
    with suppress(MalformedKeyError):
        yield load_public_key(text.strip(_AROUND))
