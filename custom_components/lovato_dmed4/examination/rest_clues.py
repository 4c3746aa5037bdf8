"""What the answers of the REST API say of the readings that a meter follows."""

from collections.abc import Mapping
from contextlib import suppress
from ipaddress import IPv4Address
import re
from typing import Final

from ..dmed4 import rest_answers
from ..dmed4.errors import UnexpectedAnswerError
from ..dmed4.model import CLOCK_TOLERANCE
from ..dmed4.record_text import payload_digest
from ..dmed4.rest_session import METHOD_REFUSALS, REFUSALS
from . import masking, record_clues
from .clues import Clues
from .http import Answer
from .modbus_clues import look_at_addresses, look_at_clock_writes, look_at_status
from .place import Transport
from .rest import RECORDS
from .seen import RestSeen

_ENDS: Final = {
    b"0\r\n\r\n": "http",
    b"0\n\n": "line_feeds",
    b"0\r\n": "line",
    b"": "none",
}
_AROUND: Final = b"\0\xef\xbb\xbf \r\n"
_CREATED: Final = 201
_NO_CONTENT: Final = 204
_TAKEN: Final = re.compile(rb'"result"\s*:\s*"?1\b')
_STATUS: Final = ("measurement_status", "signature_status", "error_status_1", "error_status_2")
_KEYS: Final = ("public_key", "public_key_ocmf")
_DOTTED: Final = re.compile(r"\d{1,3}(\.\d{1,3}){3}\Z")
_PARAMETER: Final = re.compile(r"p\d\d_\d\d(_\d\d)?\Z")

# What a DMED4 can measure at all, in V; what it is read as must lie in this range.
_LIKELY: Final = range(100, 1101)
_DECIMALS: Final = {"registers": 2, "tenths": 1, "mixed": 1}
# What voltage times current has to be divided by to be the power, all as they are given.
_PRODUCTS: Final = {"registers": 10**6, "tenths": 10**4, "mixed": 10**3}
_NEAR: Final = 0.02
_ROUGHLY: Final = 0.1


def clues_of(seen: RestSeen) -> Clues:
    """Draw from what was seen what it shows."""
    clues = Clues(Transport.REST)
    parsed = {name: _parsed(answer) for name, answer in seen.answers.items()}
    _look_at_form(clues, seen, parsed)
    _look_at_ends(clues, seen)
    _look_at_scale(clues, seen, parsed.get("measure", {}))
    _look_at_keys(clues, parsed.get("charge_settings", {}))
    _look_at_status(clues, parsed)
    _look_at_records(clues, seen, parsed)
    _look_at_parameters(clues, parsed.get("system_parameters", {}), seen.host)
    _look_at_writes(clues, seen)
    _look_at_clock(clues, seen)
    return clues


def _parsed(answer: Answer) -> Mapping[str, object]:
    with suppress(UnexpectedAnswerError):
        return rest_answers.parse(answer.body) if answer.succeeded else {}
    return {}


def _look_at_form(clues: Clues, seen: RestSeen, parsed: Mapping[str, Mapping[str, object]]) -> None:
    status = parsed.get("charge_status", {})
    words = [status[name] for name in _STATUS if name in status]
    if words:
        body = seen.answers["charge_status"].body
        separators = {b"measurement status": "spaces", b"measurement-status": "dashes"}
        found = [name for text, name in separators.items() if text in body]
        clues.only("names", *(found or ("underscores",)))
        hexadecimal = any(isinstance(word, str) and word[:2].lower() == "0x" for word in words)
        missing = len(words) < len(_STATUS)
        clues.only("status_words", "no_errors" if missing else "hex" if hexadecimal else "decimal")
    if "voltage" in (measure := parsed.get("measure", {})):
        clues.only("numbers", "strings" if isinstance(measure["voltage"], str) else "numbers")
    if system := parsed.get("system_status"):
        serial = str(system.get("serial_number", "")).strip()
        if serial:
            digits = "zeros" if serial.startswith("0") else "number"
            clues.only("serial_number", digits if serial.isdecimal() else "text")
        _look_at_spelling(clues, system)


def _look_at_spelling(clues: Clues, system: Mapping[str, object]) -> None:
    """Look at the names that the manual's schema and its tables spell differently."""
    bits = system.get("board_1_status_bits"), system.get("board_2_status_bits")
    names = {name for board in bits if isinstance(board, dict) for name in board}
    if names & {"flash_pattern_error", "meas_not_comm_error", "init_uncorrect_flag"}:
        clues.only("system_names", "tables")
    elif names & {"meas_not_comm_err", "init_uncorrect_err"}:
        clues.only("system_names", "schema")


def _look_at_ends(clues: Clues, seen: RestSeen) -> None:
    answers = [answer for answer in seen.answers.values() if answer.succeeded and answer.body]
    for answer in answers:
        _look_at_length(clues, answer)
        body = answer.body
        marked, ended = body.startswith(b"\xef\xbb\xbf"), body.rstrip(b"\r\n ").endswith(b"\0")
        clues.only("answer_padding", "bom" if marked else "nul" if ended else "none")
        text = body.strip(_AROUND)
        comma = re.search(rb",\s*\}\Z", text)
        clues.only("answer_form", "list" if text[:1] == b"[" else "comma" if comma else "object")
    if answers:
        _look_at_paths(clues, seen.answers)
        _look_at_closing(clues, seen.ending, answers[0])


def _look_at_length(clues: Clues, answer: Answer) -> None:
    said = answer.headers.get("content-length", "")
    if answer.chunked:
        known = (_ENDS[answer.end],) if answer.end in _ENDS else ()
        clues.only("answer_end", *known)
        clues.only("answer_length", "both" if said else "chunks")
    elif said.isdecimal():
        more = int(said) - len(answer.body)
        clues.only("answer_length", "long" if more > 0 else "short" if more < 0 else "chunks")


def _look_at_closing(clues: Clues, ending: Answer | None, other: Answer) -> None:
    """Look at an answer that the meter was not asked to close; any other one hides if it would."""
    if ending is not None and ending.raw and ending.silent:
        clues.only("closing", "kept")
        return
    unasked = ending if ending is not None and ending.raw else None
    announced = (unasked or other).headers.get("connection", "").lower() == "close"
    hidden = () if unasked else ("kept",)
    clues.only("closing", "announced" if announced else "unannounced", *hidden)


def _look_at_paths(clues: Clues, answers: Mapping[str, Answer]) -> None:
    missing = {
        reading
        for name, reading in (("system_status", "no_system"), ("logbook/info", "no_logbook_info"))
        if (answer := answers.get(name)) is not None and answer.status in REFUSALS
    }
    clues.only("paths", *(missing or {"all"}))
    unknown, channel = answers.get("unknown"), answers.get("channel")
    if unknown is None or channel is None:
        return
    if channel.succeeded:
        clues.only("unknown_paths", "channel")
    elif not unknown.raw:
        clues.only("unknown_paths", "silent" if unknown.silent else "closed")
    else:
        clues.only("unknown_paths", *(() if unknown.succeeded else ("404",)))


def _look_at_scale(clues: Clues, seen: RestSeen, measure: Mapping[str, object]) -> None:
    """Find the scale of the measures: by their form, by what is known of the voltage, by V·A = W."""
    voltage = rest_answers.number(measure, "voltage")
    if voltage is None:
        return
    if rest_answers.is_physical(measure):
        clues.only("measure_scale", "physical")
        return
    clues.only("measure_scale", *_DECIMALS)
    current, power = (rest_answers.number(measure, name) for name in ("current", "power"))
    if current and power:
        watts = {name: voltage * current - power * factor for name, factor in _PRODUCTS.items()}
        near = [name for name, off in watts.items() if abs(off) <= _ROUGHLY * voltage * current]
        if near:
            clues.only("measure_scale", *near)
    for known in (seen.shown_voltage, seen.modbus_voltage):
        if known:
            volts = {name: voltage / 10**decimals for name, decimals in _DECIMALS.items()}
            near = [name for name, shown in volts.items() if abs(shown - known) <= _NEAR * known]
            clues.only("measure_scale", *near)
            return
    likely = [name for name, places in _DECIMALS.items() if round(voltage / 10**places) in _LIKELY]
    if likely:
        clues.only("measure_scale", *likely)


def _look_at_keys(clues: Clues, settings: Mapping[str, object]) -> None:
    raw, spki = (str(settings.get(name) or "") for name in _KEYS)
    if raw or spki:
        clues.only("keys", "both" if raw and spki else "raw" if raw else "ocmf")
    text = raw or spki
    if not text:
        return
    digits = re.sub(r"[^0-9A-Fa-f]", "", text.removeprefix("0x"))
    if text.endswith("\0"):
        clues.only("key_text", "nul")
    elif ":" in text:
        clues.only("key_text", "colons")
    elif text[:2].lower() == "0x":
        clues.only("key_text", "prefixed")
    elif raw and len(digits) == 130 and digits.startswith("04"):  # noqa: PLR2004 - 65 bytes
        clues.only("key_text", "point")
    elif digits == text:
        clues.only("key_text", *(("hex",) if raw else ("hex", "point")))
    else:
        clues.only("key_text", *(("base64",) if rest_answers.key(settings, _KEYS[not raw]) else ()))


def _look_at_status(clues: Clues, parsed: Mapping[str, Mapping[str, object]]) -> None:
    status, info = parsed.get("charge_status", {}), parsed.get("logbook/info", {})
    settings = parsed.get("charge_settings", {})
    look_at_status(
        clues,
        [rest_answers.integer(status, name) for name in _STATUS[1:]],
        saved=rest_answers.integer(info, "ocmf_total_number"),
        has_key=any(rest_answers.key(settings, name) for name in ("public_key", "public_key_ocmf")),
    )


def _look_at_records(
    clues: Clues, seen: RestSeen, parsed: Mapping[str, Mapping[str, object]]
) -> None:
    saved = rest_answers.integer(parsed.get("logbook/info", {}), "ocmf_total_number")
    last = _record(parsed.get("ocmf", {}), "ocmf_buff")
    if not last and seen.answers.get("ocmf") is not None:
        if saved:
            clues.only("output_after_power_down", "empty")
        elif saved == 0:
            _look_at_nothing(clues, seen.answers["ocmf"])
    names = ("record last", *(f"record {index}" for index in range(RECORDS)))
    logged = [(name, _record(parsed.get(name, {}), "ocmf_log")) for name in names]
    found = {name: record for name, record in logged if record}
    if "record last" in found and ("record 0" in found or "record 1" in found):
        newest = payload_digest(found["record last"])
        readings = [
            str(index)
            for index in (0, 1)
            if payload_digest(found.get(f"record {index}", b"")) == newest
        ]
        clues.only("logbook_index", *readings)
    whole = next((seen.answers[name] for name in ("ocmf", *found) if name in seen.answers), None)
    if whole is not None and (last or found):
        clues.only("ocmf_text", _text_form(whole.body))
    if seen.searched.keys() == {"ID", "PG"}:
        by = tuple(name for name, hit in seen.searched.items() if hit)
        known = {("ID", "PG"): "either", ("ID",): "id", ("PG",): "pagination"}
        clues.only("transaction_id", *((known[by],) if by in known else ()))
    elif seen.searched.keys() == {"PG"}:
        clues.only(
            "transaction_id", *(("either", "pagination") if seen.searched["PG"] else ("id",))
        )
    texts: dict[bytes, record_clues.Text] = {}
    for record in (last, *found.values()):
        if (text := record_clues.read(record)) is not None:
            texts.setdefault(payload_digest(record), text)
    record_clues.look_at(clues, list(texts.values()))


def _record(answer: Mapping[str, object], name: str) -> bytes:
    with suppress(UnexpectedAnswerError):
        return rest_answers.record(answer, name)
    return b""


def _text_form(body: bytes) -> str:
    if re.search(rb'"\s*OCMF\s*\|\s*\{"', body):
        return "unescaped"
    return "line_break" if re.search(rb'\}[\r\n]+"', body) else "escaped"


def _look_at_nothing(clues: Clues, answer: Answer) -> None:
    body = answer.body.strip(_AROUND)
    if not answer.succeeded:
        clues.only("nothing_yet", *(("refused",) if answer.status else ()))
    elif not body:
        clues.only("nothing_yet", "blank")
    elif re.search(rb":\s*null", body):
        clues.only("nothing_yet", "null")
    else:
        clues.only("nothing_yet", "empty" if b'""' in body else "broken")


def _look_at_parameters(clues: Clues, answer: Mapping[str, object], host: str) -> None:
    """Draw from the system parameters which are IP addresses, and how these are written."""
    values: dict[str, int] = {}
    forms: set[str] = set()
    for name, value in answer.items():
        text = str(value).strip()
        if not _PARAMETER.match(name):
            continue
        if _DOTTED.match(text) or len(name) > len("p05_03"):
            forms.add("dotted" if _DOTTED.match(text) else "split")
            values[name.upper()[:6]] = _ADDRESS
        elif text.isdecimal():
            values[name.upper()] = int(text)
    numbers = [number for number in values.values() if number > _WORD and number != _ADDRESS]
    look_at_addresses(clues, values)
    if forms:
        clues.only("address_form", *(forms if len(forms) == 1 else ()))
    elif numbers:
        clues.only("address_form", *_directions(numbers, host))


def _directions(numbers: list[int], host: str) -> tuple[str, ...]:
    """Find out at which end of a number an address begins: by a mask, or by the meter's own address."""
    with suppress(ValueError):
        own = int(IPv4Address(host))
        if own in numbers:
            return ("number",)
        if int.from_bytes(own.to_bytes(4), "little") in numbers:
            return ("backwards",)
    if any(map(masking.is_mask, numbers)):
        return ("number",)
    return (
        ("backwards",) if any(map(masking.is_reversed_mask, numbers)) else ("number", "backwards")
    )


_ADDRESS: Final = 1 << 31
_WORD: Final = 0xFFFF


def _look_at_clock(clues: Clues, seen: RestSeen) -> None:
    """Compare the time that the meter shows with the one it was set to."""
    if seen.shown is None or seen.set_to is None:
        return
    settings = _parsed(seen.shown)
    clock, offset = (
        rest_answers.integer(settings, name) for name in ("datetime", "datetime_offset")
    )
    if clock is None or not offset:
        return
    ahead = clock - seen.set_to
    if abs(ahead) <= CLOCK_TOLERANCE:
        clues.only("setting_time", "utc")
    elif abs(ahead - 60 * offset) <= CLOCK_TOLERANCE:
        clues.only("setting_time", "local")


def _look_at_writes(clues: Clues, seen: RestSeen) -> None:
    taken = {
        method: answer
        for method, answer in seen.written.items()
        if answer.succeeded and not rest_answers.refusal(answer.body)
    }
    if {"POST", "PUT"} <= seen.written.keys() and taken:
        by_put = "put" if seen.written["POST"].status in METHOD_REFUSALS else "whole_post"
        both = len(taken) == len(seen.written)
        clues.only("write_method", "both" if both else "post" if "POST" in taken else by_put)
    for answer in taken.values():
        known = {_CREATED: "201", _NO_CONTENT: "204"}.get(answer.status or 0)
        clues.only("success", known or ("result" if _TAKEN.search(answer.body) else "200"))
    if taken:
        look_at_clock_writes(clues, seen.events)
    if seen.refused is not None and seen.refused.status is not None:
        in_body = seen.refused.succeeded and rest_answers.refusal(seen.refused.body)
        clues.only(
            "refusal", *(("result",) if in_body else () if seen.refused.succeeded else ("status",))
        )
    if seen.display is not None:
        clues.only("display_with_tls", "offered" if seen.display.succeeded else "refused")
