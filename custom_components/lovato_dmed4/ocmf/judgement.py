"""What a record is worth: read and verified once, and handed on as a whole."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
import hashlib
from itertools import product
import json
import re

from .keys import PublicKey
from .record import Record, parse
from .sections import MalformedRecordError
from .session import Outline, outline
from .signature import Reason, SignatureResult, Verdict, verify, verify_layouts

# The words of a JSON text: texts, marks, and what stands bare.
_WORD = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\]:,]|[^\s{}\[\]:,"]++', re.DOTALL)
# Between entries, and behind a key: compact, as Python's json writes them, as a few meters do.
_SEPARATORS = ((",", ":"), (", ", ": "), (",", ": "))
_INDENTS = (" ", "  ", "   ", "    ", "\t")
# Letters by their numbers; first what only looks like one, behind an escaped backslash.
_ESCAPES = re.compile(r"\\\\|(?:\\u[0-9A-Fa-f]{4})+")
# Most texts can be spelt in one way only.
_SPELT_IN_WAYS = re.compile(r'".*[\\/\x80-\U0010ffff]', re.DOTALL)
_NEEDS_ESCAPE = re.compile(r'["\\\x00-\x1f\ud800-\udfff]')


@dataclass(frozen=True)
class Judged:
    """A record, and what its signature is worth.

    Attributes:
        raw: the bytes as they arrived.
        record: what they say; None where they are no record.
        key: what the record was checked with: of several keys the one that fits, else the first one.
        result: what the check of the signature says; None where there is no record.
    """

    raw: bytes = field(repr=False)
    record: Record | None
    key: PublicKey | None
    result: SignatureResult | None

    @property
    def verdict(self) -> Verdict:
        """What is known about the signature."""
        return Verdict.MALFORMED if self.result is None else self.result.verdict

    @cached_property
    def outline(self) -> Outline | None:
        """What the record says of its session; None where there is no record."""
        return None if self.record is None else outline(self.record)

    @property
    def digest(self) -> str:
        """SHA-256 of the payload in hex; of the whole where there is no record."""
        return self.record.digest if self.record else hashlib.sha256(self.raw).hexdigest()


def judge(raw: bytes, keys: Sequence[PublicKey] = ()) -> Judged:
    """Read a record and check its signature; never raises.

    Args:
        raw: any bytes.
        keys: what it may have been signed with, the most trusted one first. The later ones are only
            tried if the first one does not fit.
    """
    try:
        record = parse(raw)
    except MalformedRecordError:
        return Judged(raw, None, None, None)
    tried: list[tuple[PublicKey | None, SignatureResult]] = []
    for key in keys:
        result = verify(record, key)
        if result.verdict is Verdict.VALID:
            return Judged(raw, record, key, result)
        tried.append((key, result))
    tried = tried or [(None, verify(record, None))]
    failed = [each for each in tried if each[1].verdict is Verdict.INVALID]
    for used, _ in failed:
        if _is_reformatted(record, used):
            return Judged(raw, record, used, SignatureResult(Reason.REFORMATTED))
    used, result = (failed or tried)[0]
    return Judged(raw, record, used, result)


def _is_reformatted(record: Record, key: PublicKey | None) -> bool:
    """Whether the signature fits the same words in another layout.

    The words of a text that is not JSON are unknown.
    """
    if not record.well_formed:
        return False
    layouts = set(_layouts(record.section or record.payload)) - {record.payload}
    return verify_layouts(record, key, sorted(layouts)).verdict is Verdict.VALID


def _layouts(payload: bytes) -> Iterator[bytes]:
    """Write a JSON text in the ways that programs do, with the same words in the same order."""
    text = payload.decode()
    yield text.strip().encode()
    yield text.replace("\r\n", "\n").encode()
    yield text.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    for words in _spellings(_WORD.findall(text)):
        for entry, key in _SEPARATORS:
            marks = {",": entry, ":": key}
            yield "".join([marks.get(word, word) for word in words]).encode()
        for indent in _INDENTS:
            indented = _indented(words, indent)
            yield indented.encode()
            yield indented.replace("\n", "\r\n").encode()


def _spellings(written: Sequence[str]) -> Iterator[list[str]]:
    """Write the same texts with and without escapes that JSON does not need."""
    texts = {word for word in written if _SPELT_IN_WAYS.match(word)}
    seen: list[dict[str, str]] = []
    for slashes, letters in product(_SLASHES, _LETTERS):
        spelt = {text: letters(slashes(text)) for text in texts}
        if spelt not in seen:
            seen.append(spelt)
            yield [spelt.get(word, word) for word in written]


def _plain_letters(text: str) -> str:
    r"""Write `\u00fc` as `ü`, and leave what has to be escaped."""
    return _ESCAPES.sub(_plain_letter, text)


def _plain_letter(match: re.Match[str]) -> str:
    letters = str(json.loads(f'"{match[0]}"'))
    return match[0] if _NEEDS_ESCAPE.search(letters) else letters


def _escaped_letters(text: str) -> str:
    r"""Write `ü` as `\u00fc`, as Python and PHP do."""
    return re.sub(r"[^\x00-\x7f]", lambda match: json.dumps(match[0])[1:-1], text)


def _plain_slashes(text: str) -> str:
    r"""Write `\/` as `/`."""
    return re.sub(r"\\(\\|/)", lambda match: "/" if match[1] == "/" else match[0], text)


def _escaped_slashes(text: str) -> str:
    r"""Write `/` as `\/`, as PHP does."""
    return _plain_slashes(text).replace("/", r"\/")


type _Spelling = Callable[[str], str]
_SLASHES: tuple[_Spelling, ...] = (str, _plain_slashes, _escaped_slashes)
_LETTERS: tuple[_Spelling, ...] = (str, _plain_letters, _escaped_letters)


def _indented(words: Sequence[str], indent: str) -> str:
    """Put each entry on a line of its own; nothing between the brackets of an empty list."""
    written: list[str] = []
    depth = 0
    for before, word in zip(("", *words), words, strict=False):
        if word in {"}", "]"}:
            depth -= 1
        if before in {"{", "[", ","} or word in {"}", "]"}:
            empty = before in {"{", "["} and word in {"}", "]"}
            written.append("" if empty else "\n" + depth * indent)
        written.append(": " if word == ":" else word)
        if word in {"{", "["}:
            depth += 1
    return "".join(written)
