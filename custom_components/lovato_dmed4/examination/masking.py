"""Takes out of a text of a meter who it is and who charged, and leaves its shape byte for byte.

What is known to be harmless is kept and everything else is masked, so that a field that we do not
know gives nothing away: texts become as many x, numbers zeros. Nothing changes its length, so that
lengths, chunks and padding around the text stay what they were. The text need not be JSON: it is
looked at token by token, as firmware writes it.
"""

from base64 import b64decode, b64encode
from collections.abc import Collection, Iterator
import re
from typing import Final

# Of the REST API's answers, in lower case with underscores.
_ANSWERS: Final = frozenset(
    {
        *("voltage", "current", "power", "energy", "energy_neg", "energypos", "energyneg"),
        *("temperature_i1", "temperature_i1_fahrenheit"),
        *("temperature_i2", "temperature_i2_fahrenheit"),
        *("measurement_status", "signature_status", "error_status_1", "error_status_2"),
        *("sync_timeout", "signature_format", "res_cable", "datetime_offset", "datetime"),
        # It stands in every record that is handed out: what a record is verified with is no secret.
        *("public_key", "public_key_ocmf"),
        *("tariff", "meas_fw_rev", "meas_fw_cks", "pow_fw_rev", "pow_fw_cks", "model_code"),
        *("operative_status", "cable_res_locked", "system_status"),
        *("board_1_status", "board_2_status", "logged", "result"),
        *("ocmf_max_number", "ocmf_total_number", "ocmf_last_internal_progressive"),
        *("ocmf_first_internal_progressive", "events_max_number", "events_total_number"),
        *("log_search_status", "log_search_position"),
    }
)

# Of a signed record: the format, the meter's type and firmware, the kind of identification, the
# readings, the loss compensation's figures, and how the signature is written. Not the signature
# itself: with it, who knows the key could find out a masked number by trying all of them.
_RECORDS: Final = frozenset(
    {
        *("fv", "pg", "mv", "mm", "mf", "is", "il", "if", "it", "ct", "li", "lr", "lu"),
        *("tm", "tx", "rv", "ri", "ru", "rt", "cl", "ef", "st", "sa", "se", "sm"),
        *("date", "time", "event_code"),
    }
)
_SIGNATURE: Final = "sd"

# A kept text is a word, a number or a time. What is longer is no such thing, but for the keys.
_KEPT_LENGTH: Final = 64
_KEYS: Final = ("public_key", "public_key_ocmf")
_KEY_LENGTH: Final = 300

# A name that is not known may be anything where a text is damaged, so it has to look like a name.
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_ -]{0,39}\Z")
_WORDS: Final = frozenset({"true", "false", "null"})
_BITS: Final = frozenset({"0", "1"})

_PARAMETER: Final = re.compile(r"p[0-9]{2}_[0-9]{2}\Z")
_WORD: Final = 0xFFFF
_ADDRESS_BYTES: Final = 4
_MARK: Final = b"\xef\xbb\xbf"
_DIGITS: Final = re.compile(r"[0-9.+\-eE]+\Z")

_TOKEN: Final = re.compile(
    r'"(?:[^"\\]|\\.)*"|[+-]?[0-9][0-9.eE+-]*|[A-Za-z0-9_\x7f-\U0010ffff]+|.', re.DOTALL
)
_COLON: Final = re.compile(r"\s*:")
_FRAME: Final = re.compile(r"(?:OCMF|EVENT)\s*\|")
_UNIT: Final = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)
_REST_OF_STRING: Final = re.compile(r'(?:[^"\\]|\\.)*', re.DOTALL)

_SEQUENCE: Final = 0x30
_FILLING: Final = 0x55


def answer(body: bytes) -> bytes:
    """Mask the body of an answer of the REST API, with the record or event in it if there is one."""
    if body.startswith(_MARK):
        return _MARK + answer(body[len(_MARK) :])
    # Every byte is a character, also where a text is no UTF-8.
    text = body.decode("latin-1")
    if (found := _FRAME.search(text)) is None:
        return _masked(text, _ANSWERS).encode("latin-1")
    start, end = found.start(), _end_of_record(text, found.end())
    before, after = _masked(text[:start] + '"', _ANSWERS)[:-1], text[end:]
    inside = _masked_record(text[start:end])
    return f"{before}{inside}{_crude(after)}".encode("latin-1")


def record(raw: bytes) -> bytes:
    """Mask a signed record, or its payload alone."""
    return _framed(raw.decode("latin-1")).encode("latin-1")


def value(text: str) -> str:
    """Mask a text as it is masked inside an answer or a record."""
    if not (text.isdecimal() and text.isascii()):
        return "x" * len(text)
    zeros = "0" * len(text)
    return zeros if text.startswith("0") or len(text) == 1 else f"1{zeros[1:]}"


def crude(raw: bytes) -> bytes:
    """Mask all letters and digits of what is no text of a known form."""
    return _crude(raw.decode("latin-1")).encode("latin-1")


def filled(raw: bytes) -> bytes:
    """Replace all bytes."""
    return bytes([_FILLING]) * len(raw)


def der(signature: bytes) -> bytes:
    """Replace an ASN.1 signature, but not the lengths in it nor how its two numbers begin."""
    masked = bytearray(filled(signature))
    if signature[:1] != bytes([_SEQUENCE]):
        return bytes(masked)
    masked[:2] = signature[:2]
    place = 2
    for _ in range(2):
        if len(signature) < place + 4:
            break
        # Tag, length, and the bytes by which a number is seen to be padded.
        masked[place : place + 4] = signature[place : place + 4]
        place += 2 + signature[place + 1]
    return bytes(masked)


def _crude(text: str) -> str:
    return "".join("x" if character.isalnum() else character for character in text)


def _end_of_record(text: str, start: int) -> int:
    """Find where a record inside a JSON string ends, whether its quotes are escaped or not."""
    if text.find('\\"', start) == text.find('"', start) - 1:
        rest = _REST_OF_STRING.match(text, start)
        return rest.end() if rest else len(text)
    closing = text.rfind('}"')
    return len(text) if closing < start else closing + 1


def _masked_record(text: str) -> str:
    """Mask a record in which quotes may be escaped, as where it stands in a JSON string."""
    if '\\"' not in text:
        return _framed(text)
    units = _UNIT.findall(text)
    plain = "".join(unit[-1] if len(unit) == 2 else unit[0] for unit in units)  # noqa: PLR2004 - \X
    pairs = zip(units, plain, _framed(plain), strict=True)
    return "".join(unit if old == new else new * len(unit) for unit, old, new in pairs)


def _framed(text: str) -> str:
    frame = _FRAME.match(text)
    start = frame.end() if frame else 0
    return text[:start] + _masked(text[start:], _RECORDS)


def _masked(text: str, harmless: Collection[str]) -> str:
    return "".join(_tokens(text, harmless))


def _tokens(text: str, harmless: Collection[str]) -> Iterator[str]:
    name = ""
    in_list = False
    for found in _TOKEN.finditer(text):
        part = found[0]
        if part[0] == '"' and len(part) > 1:
            if _COLON.match(text, found.end()) and not in_list:
                name = _normal(part)
                yield part if name in harmless or _NAME.match(part[1:-1]) else _masked_name(part)
            else:
                yield _masked_text(part, name, harmless)
            continue
        match part:
            case "{" | "}":
                name, in_list = "", False
            case "[" | "]":
                in_list = part == "["
            case "," if not in_list:
                name = ""
        yield _masked_word(part, name, harmless)


def _masked_name(token: str) -> str:
    return f'"{"x" * (len(token) - 2)}"'


def _normal(token: str) -> str:
    return token[1:-1].strip().replace(" ", "_").replace("-", "_").lower()


def _masked_text(token: str, name: str, harmless: Collection[str]) -> str:
    longest = _KEY_LENGTH if name in _KEYS else _KEPT_LENGTH
    inner = token[1:-1]
    if (name in harmless and len(token) <= longest) or inner in _BITS:
        return token
    if _PARAMETER.match(name):
        return f'"{_masked_parameter(inner)}"'
    if name == _SIGNATURE:
        return f'"{_masked_signature(inner)}"'
    return f'"{value(inner)}"'


def _masked_word(token: str, name: str, harmless: Collection[str]) -> str:
    """Mask what stands outside of quotes; a single bit identifies no one."""
    if token in _WORDS or token in _BITS or not any(map(str.isalnum, token)):
        return token
    if not _DIGITS.match(token):
        return "x" * len(token)
    if _PARAMETER.match(name):
        return _masked_parameter(token)
    return token if name in harmless else _zeros(token)


def _zeros(token: str) -> str:
    """Replace the digits of a number, so that it stays one: JSON knows no leading zeros."""
    zeros = re.sub(r"[0-9]", "0", token)
    return re.sub(r"^([+-]?)0(?=0)", r"\g<1>1", zeros)


def _masked_parameter(text: str) -> str:
    """Mask a system parameter that is, or may be a part of, an IP address; a network mask is kept."""
    parts = text.split(".")
    number = int.from_bytes(map(int, parts)) if _is_dotted(parts) else _integer(text)
    if number is not None and (number <= _WORD or is_mask(number) or is_reversed_mask(number)):
        return text
    return re.sub(r"[0-9]", "1", text) if _DIGITS.match(text) else value(text)


def _is_dotted(parts: list[str]) -> bool:
    return len(parts) == _ADDRESS_BYTES and all(
        part.isdecimal() and len(part) <= 3 and int(part) < 256  # noqa: PLR2004 - a byte
        for part in parts
    )


def _integer(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def is_mask(number: int) -> bool:
    """Whether a number is a network mask: ones, then zeros."""
    zeros = (1 << 32) - 1 - number
    return zeros >= 0 and not zeros & (zeros + 1)


def is_reversed_mask(number: int) -> bool:
    """Whether a number is a network mask with its first byte at the low end."""
    return number < 1 << 32 and is_mask(int.from_bytes(number.to_bytes(4), "little"))


def _masked_signature(text: str) -> str:
    try:
        masked = der(bytes.fromhex(text)).hex()
    except ValueError:
        return _masked_base64(text)
    return masked.upper() if text.upper() == text else masked


def _masked_base64(text: str) -> str:
    try:
        masked = b64encode(der(b64decode(text, validate=True))).decode()
    except ValueError:
        return value(text)
    return masked if len(masked) == len(text) else value(text)
