"""What the answers over Modbus say of the readings that a meter follows."""

from collections.abc import Mapping, Sequence
from typing import Final

from ..dmed4 import registers
from ..dmed4.hour_counter import HOUR, possible_units
from ..dmed4.record_text import is_payload, is_whole, looks_like_record, payload_digest
from . import record_clues
from .clues import Clues
from .modbus import CLOCK_WRITES
from .place import Transport
from .seen import ModbusSeen, Moment, SavedRecord

_ADDRESS_NOT_VALID: Final = 2
_LACKING: Final = {
    "no_fast": range(0x0200, 0x020B),
    "no_exchanged": range(0x001E, 0x0022),
    "no_temperatures": range(0x0012, 0x0016),
    "no_hours": range(0x0030, 0x0038),
    "no_counts": (0x020D, 0x020E, 0x0220, 0x0221),
    "no_checksum": range(0x4004, 0x4006),
}
_NOT_NOW: Final = 4
_POINT: Final = range(0x4600, 0x4620)
_SPKI: Final = range(0x4F20, 0x4F50)
_RECORDS_SAVED: Final = 0x0221
_EVENTS_MAXIMUM: Final = 0x020D
_NOTHING: Final = 0xFFFF

# How far the clock and the last sample are apart at most, in s.
_TOLERANCE: Final = 5

_ADDRESSES: Final[Mapping[str, frozenset[str]]] = {
    "03_04_06": frozenset({"P05_03", "P05_04", "P05_06"}),
    "03_09": frozenset({"P05_03", "P05_09"}),
    "03_04_06_09": frozenset({"P05_03", "P05_04", "P05_06", "P05_09"}),
    "02_03": frozenset({"P05_02", "P05_03"}),
    "02_03_07_09": frozenset({"P05_02", "P05_03", "P05_07", "P05_09"}),
}
_WORD: Final = 0xFFFF
_HOUR_UNITS: Final = {1: "seconds", 36: "hundredths", HOUR: "hours"}
_BASES: Final = ("0", "1")


def clues_of(seen: ModbusSeen) -> Clues:
    """Draw from what was seen what it shows."""
    clues = Clues(Transport.MODBUS)
    _look_at_registers(clues, seen)
    words = seen.number(0x4201), seen.number(0x4000, 2), seen.number(0x4002, 2)
    look_at_status(clues, words, saved=_saved(seen), has_key=_has_key(seen))
    _look_at_nodes(clues, seen)
    _look_at_output(clues, seen)
    _look_at_logbooks(clues, seen)
    _look_at_moments(clues, seen.moments)
    _look_at_events(clues, seen)
    _look_at_numbers(clues, seen)
    _look_at_hours(clues, seen)
    look_at_addresses(clues, seen.parameters)
    record_clues.look_at(clues, _texts(seen))
    return clues


def _saved(seen: ModbusSeen) -> int | None:
    return seen.number(_RECORDS_SAVED)


def _has_key(seen: ModbusSeen) -> bool:
    return any(seen.words.get(register) for register in (*_POINT, *_SPKI))


def _look_at_registers(clues: Clues, seen: ModbusSeen) -> None:
    refused = {register for register, code in seen.refused.items() if code is not None}
    if not seen.words:
        return
    point, spki = (any(seen.words.get(register) for register in form) for form in (_POINT, _SPKI))
    if not point and not spki:
        lacking = {seen.refused.get(register) for register in (*_POINT, *_SPKI)}
        clues.only(
            "key_before_commissioning",
            *(("zeros",) if lacking == {None} else ("refused",) if _NOT_NOW in lacking else ()),
        )
    else:
        clues.only("keys", "both" if point and spki else "raw" if point else "ocmf")
    missing = {name for name, part in _LACKING.items() if refused.issuperset(part)}
    clues.only("registers", *(missing or {"all"}))


def look_at_status(
    clues: Clues, words: Sequence[int | None], *, saved: int | None, has_key: bool
) -> None:
    """Draw from the signature status what it shows.

    Args:
        clues: what is known.
        words: the signature status and the two error dwords.
        saved: how many records are saved.
        has_key: whether there is a public key.
    """
    signature, *errors = words
    if signature is None:
        return
    if not any(errors) and None not in errors:
        clues.only("error_bit", "always" if signature >> 15 & 1 else "dwords")
    if saved == 0 and has_key:
        clues.only("not_initialised", "signature" if signature & 1 else "key")
    if saved == 0 and signature >> 3 & 1:
        clues.only("signature_ok", "prototype")


def _look_at_nodes(clues: Clues, seen: ModbusSeen) -> None:
    answered = {asked: unit for asked, unit in seen.answered_as.items() if unit is not None}
    if len(answered) > 1:
        same = all(asked == unit for asked, unit in answered.items())
        one = len(set(answered.values())) == 1
        clues.only("node_answer", *(("asked",) if same else ("own",) if one else ()))


def _text_of(window: bytes) -> bytes:
    """Cut a text out of its window: at a NUL, else behind the last bracket."""
    text = window.partition(b"\0")[0]
    return text[: text.rfind(b"}") + 1] if looks_like_record(text) else b""


def _look_at_output(clues: Clues, seen: ModbusSeen) -> None:
    length = seen.words.get(registers.SIGNATURE_STATUS + 1)
    text = _text_of(seen.window)
    if not text:
        _look_at_nothing(clues, seen, length)
        return
    if length is None:
        return
    whole = is_whole(text)
    if whole:
        clues.only("output", "payload" if is_payload(text) else "record")
    readings = [name for name, count in _counts(len(text)).items() if count == length]
    clues.only("output_length", *readings)


def _counts(size: int) -> Mapping[str, int]:
    """What a length would be of a text of so many bytes, in each reading of what it counts."""
    return {
        "bytes": size,
        "with_nul": size + 1,
        "even": size + size % 2,
        "words": (size + 1) // 2,
        "window": registers.TEXT_BYTES,
    }


def _look_at_nothing(clues: Clues, seen: ModbusSeen, length: int | None) -> None:
    saved = _saved(seen)
    if saved:
        clues.only("output_after_power_down", "empty")
    if saved != 0 or length is None:
        return
    if seen.window_refused:
        clues.only("nothing_yet", "refused")
    elif length == 0:
        clues.only("nothing_yet", "empty")
    elif length == _NOTHING:
        clues.only("nothing_yet", "null")
    else:
        clues.only("nothing_yet", "broken" if length == 1 else "blank")


def _look_at_logbooks(clues: Clues, seen: ModbusSeen) -> None:
    texts = {index: _text_of(saved.text) for index, saved in seen.saved.items() if saved}
    last = _text_of(seen.window)
    first = next((index for index, text in sorted(texts.items()) if text), None)
    if first is not None and first <= len(_BASES):
        # Where the last record comes without its frame, what is signed is all of it.
        same = not last or _digest(texts[first]) == _digest(last)
        clues.only("logbook_last", "there" if same else "elsewhere")
        clues.only("logbook_index", *_BASES[first - (not same) : first - (not same) + 1])
    for index, saved in seen.saved.items():
        if saved is not None and texts.get(index):
            _look_at_saved(clues, saved, len(texts[index]))
    for statuses in seen.events.values():
        if statuses[-1]:
            clues.only("event_ready", "1" if statuses[-1] == 1 else "count")


def _digest(text: bytes) -> bytes:
    return payload_digest(b"|%b|" % text if is_payload(text) else text)


def _look_at_saved(clues: Clues, saved: SavedRecord, size: int) -> None:
    status = saved.statuses[-1]
    length = status & registers.RECORD_LENGTH
    if status & registers.RECORD_READY:
        clues.only("logbook_ready", "both" if status & registers.RECORD_READING else "bit_14")
        readings = [name for name, count in _counts(size).items() if count == length]
    else:
        clues.only("logbook_ready", "bit_1")
        readings = [name for name, count in _counts(size).items() if count | 2 == length]
    clues.only("logbook_length", *readings)


def _look_at_moments(clues: Clues, moments: list[Moment]) -> None:
    for moment in moments:
        if moment.sample is None or moment.clock is None or not moment.offset:
            continue
        ahead = moment.sample - moment.clock
        if abs(ahead) <= _TOLERANCE:
            clues.only("sample_time", "utc")
        elif abs(ahead - 60 * moment.offset) <= _TOLERANCE:
            clues.only("sample_time", "local")


def _look_at_events(clues: Clues, seen: ModbusSeen) -> None:
    events = [moment.events for moment in seen.moments[: 1 + CLOCK_WRITES]]
    if (full := seen.number(_EVENTS_MAXIMUM)) is not None and full not in events:
        look_at_clock_writes(clues, events)


def look_at_clock_writes(clues: Clues, events: Sequence[int | None]) -> None:
    """Draw from the numbers of events before and after the clock was set whether that is one."""
    known = [number for number in events if number is not None]
    if len(events) > 1 and len(known) == len(events):
        clues.only("clock_writes", "events" if known[-1] > known[0] else "silent")


def _look_at_numbers(clues: Clues, seen: ModbusSeen) -> None:
    if seen.counted_from_0 is not None:
        clues.only("charge_cycle_numbers", "from_0" if seen.counted_from_0 else "from_1")
    if seen.shortened is not None:
        clues.only("write_answer", "one_byte" if seen.shortened else "two_bytes")


def _look_at_hours(clues: Clues, seen: ModbusSeen) -> None:
    if len(seen.hours) > 1:
        (began, first), (ended, last) = seen.hours[0], seen.hours[-1]
        possible = possible_units(ended - began, last - first)
        clues.only("hour_counters", *(_HOUR_UNITS[unit] for unit in possible))
    if seen.hour_unit is not None:
        clues.only("hour_counters", _HOUR_UNITS[seen.hour_unit])


def look_at_addresses(clues: Clues, parameters: Mapping[str, int]) -> None:
    """Draw from the values of system parameters which are IP addresses: a zero shows nothing."""
    large = {name for name, value in parameters.items() if value > _WORD}
    small = {name for name, value in parameters.items() if 0 < value <= _WORD}
    if large:
        readings = [
            name
            for name, addresses in _ADDRESSES.items()
            if large <= addresses and not addresses & small
        ]
        clues.only("ip_parameters", *readings)


def _texts(seen: ModbusSeen) -> list[record_clues.Text]:
    """Get the records, the newest first, each once."""
    raw = [_text_of(saved.text) for _, saved in sorted(seen.saved.items()) if saved]
    last = _text_of(seen.window)
    digests = {payload_digest(text) for text in raw}
    if last and not is_payload(last) and payload_digest(last) not in digests:
        raw.insert(0, last)
    elif last and not raw:
        raw = [last]
    return [text for text in map(record_clues.read, raw) if text is not None]
