"""The file of an examination: what was found, and all that went over the line, without secrets."""

from collections.abc import Iterable, Mapping
import re
from typing import Any, Final

from ..dmed4.lines import Framing, Line
from . import frames, http
from .trace import Exchange, Trace

FORMAT: Final = 2

_ABOUT: Final = (
    "What a DMED4 answered, byte for byte, when it was examined. Serial number, identification, "
    "tariff and charging point texts, signatures, IP addresses and fields that are not in the manual "
    "are masked without a change of length; the address of the meter, its port and passwords are not "
    "in it. Measures, settings, states and the public key are as they were."
)

# The shortest text that is looked for: what is shorter is found in every measure.
_SHORTEST: Final = 4
_PAGINATION: Final = re.compile(rb'\\?"PG\\?"\s*:\s*\\?"([^"\\]{1,20})')

type _Line = dict[str, Any]


def modbus_line(line: Line, unit: int, *, lent: bool) -> _Line:
    """Describe a Modbus line without its address or port."""
    return {
        "transport": "modbus",
        "line": str(line),
        "framing": line.framing.value,
        "unit": unit,
        "lent": lent,
    }


def rest_line(scheme: str) -> _Line:
    """Describe how a web server was reached."""
    return {"transport": "rest", "line": scheme}


def write(
    line: _Line, about: Mapping[str, Any], trace: Trace, secrets: Iterable[str]
) -> dict[str, Any]:
    """Make the content of the file, as JSON holds it."""
    if line["transport"] == "rest":
        exchanges = _over_rest(trace.exchanges)
    else:
        exchanges = _over_modbus(trace.exchanges, Framing(line["framing"]))
    hidden = _Hidden(secrets)
    return {
        "format": FORMAT,
        "about": _ABOUT,
        **line,
        **about,
        "dropped": trace.dropped,
        "exchanges": [
            _written(exchange, hidden.in_bytes(sent), hidden.in_bytes(received), line)
            for exchange, sent, received in exchanges
        ],
    }


type _Masked = tuple[Exchange, bytes, bytes]


def _over_rest(exchanges: Iterable[Exchange]) -> list[_Masked]:
    exchanges = list(exchanges)
    numbers = {
        found.decode("latin-1")
        for exchange in exchanges
        for found in _PAGINATION.findall(http.Answer(bytes(exchange.received)).body)
    }
    masked: list[_Masked] = []
    for exchange in exchanges:
        if exchange.to:
            masked.append((exchange, bytes(exchange.sent), bytes(exchange.received)))
        else:
            answer = http.masked_answer(bytes(exchange.received))
            masked.append((exchange, http.masked_request(exchange, numbers), answer))
    return masked


def _over_modbus(exchanges: list[Exchange], framing: Framing) -> list[_Masked]:
    received = frames.masked(exchanges, framing)
    return [
        (exchange, bytes(exchange.sent), answer)
        for exchange, answer in zip(exchanges, received, strict=True)
    ]


def _written(exchange: Exchange, sent: bytes, received: bytes, line: _Line) -> dict[str, Any]:
    """Write an exchange: HTTP as a text with a character for each byte, Modbus in hexadecimal digits."""
    as_text = line["transport"] == "rest" and not exchange.to
    entry: dict[str, Any] = {"at": exchange.at}
    if exchange.to:
        entry["to"] = exchange.to
    for name, data in (("sent", sent), ("received", received)):
        entry[name] = data.decode("latin-1") if as_text else data.hex(" ")
    if exchange.cut:
        entry["cut"] = True
    if exchange.silent:
        entry["silent"] = True
    return entry


class _Hidden:
    """Takes known secrets out of bytes, should they have come through all the same."""

    def __init__(self, secrets: Iterable[str]) -> None:
        long = {secret for secret in secrets if len(secret) >= _SHORTEST}
        self._secrets = [secret.encode() for secret in sorted(long, key=len, reverse=True)]

    def in_bytes(self, data: bytes) -> bytes:
        for secret in self._secrets:
            data = data.replace(secret, b"x" * len(secret))
        return data
