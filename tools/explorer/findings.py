"""Which readings of the manual a meter follows, as far as reading it shows; in plain words.

Nothing is written to the meter. How it takes a prototype, what it signs and what its clock makes of
being set only a charge can show.
"""

from typing import Any, Final

from custom_components.lovato_dmed4.dmed4 import rest_answers
from custom_components.lovato_dmed4.dmed4.errors import MeterError
from custom_components.lovato_dmed4.dmed4.lines import TcpLine
from custom_components.lovato_dmed4.dmed4.probe import ask_model
from custom_components.lovato_dmed4.dmed4.scale import PHYSICAL

from .capture import ExploredMeter, ExploredModbusMeter, ExploredRestMeter

_SECONDS: Final = 2.0
_UNITS: Final = (0, 1, 255)
_MODBUS_PORTS: Final = (502, 1001)
_EDGE: Final = 4  # bytes
_KEYS: Final = ("public_key", "public_key_ocmf")


async def find(meter: ExploredMeter) -> dict[str, Any]:
    """Look at what the manual leaves open and what an answer shows of it.

    Returns:
        ``readings``: sentences; ``raw``: what they were drawn from, without who the meter is.
    """
    try:
        if isinstance(meter, ExploredRestMeter):
            return await _find_over_rest(meter)
        return await _find_over_modbus(meter)
    except MeterError as err:
        return {"readings": [f"not found out: {err}"], "raw": {}}


async def _find_over_rest(meter: ExploredRestMeter) -> dict[str, Any]:
    body = await meter.fetch("charge_settings")
    measure = rest_answers.parse(await meter.fetch("measure"))
    settings = rest_answers.parse(body)
    readings = [_edges(body), _scale(meter, measure)]
    for name in _KEYS:
        written = settings.get(name)
        if not isinstance(written, str):
            readings.append(f"{name} is missing")
        elif not set(written) <= set("0123456789abcdefABCDEF"):
            readings.append(f"{name} is not written in hexadecimal digits alone")
    serial_number = rest_answers.parse(await meter.fetch("system_status")).get("serial_number")
    readings.append(f"the serial number is a {type(serial_number).__name__}")
    edges = {"first": body[:_EDGE].hex(" "), "last": body[-_EDGE:].hex(" ")}
    return {"readings": readings, "raw": {"charge_settings": edges, "measure": measure}}


def _edges(body: bytes) -> str:
    if body.startswith(b"\xef\xbb\xbf"):
        return "answers begin with a byte order mark"
    if body.rstrip(b"\r\n ").endswith(b"\0"):
        return "answers end in a NUL"
    return "nothing stands around the JSON of an answer"


def _scale(meter: ExploredRestMeter, measure: rest_answers.Answer) -> str:
    if meter.scale == PHYSICAL or rest_answers.is_physical(measure):
        return "voltage, current and power are given themselves, with a decimal point"
    return "voltage, current and power are whole numbers: compare them with the meter's display"


async def _find_over_modbus(meter: ExploredModbusMeter) -> dict[str, Any]:
    readings: list[str] = []
    raw: dict[str, Any] = {}
    line = meter.line
    if isinstance(line, TcpLine):
        for unit in dict.fromkeys((meter.unit_id, *_UNITS)):
            answer = await ask_model(line.host, line.port, unit, seconds=_SECONDS)
            raw[f"unit {unit}"] = "silent" if answer is None else f"answers as {answer.unit}"
        same = all(text in ("silent", f"answers as {unit[5:]}") for unit, text in raw.items())
        readings.append(
            "the answer bears the node number that was asked"
            if same
            else "the answer bears the meter's own node number, whatever was asked"
        )
        for port in _MODBUS_PORTS:
            found = port == line.port or await ask_model(
                line.host, port, meter.unit_id, seconds=_SECONDS
            )
            raw[f"port {port}"] = "answers" if found else "silent"
    housekeeping = await meter.read_housekeeping()
    raw["clock_drift"] = housekeeping.clock_drift
    raw["offset"] = housekeeping.settings.time_offset
    readings.append(
        "the time of the last sample is local time"
        if meter.sample_is_local
        else "the time of the last sample is UTC, or the time offset is 0"
    )
    return {"readings": readings, "raw": raw}
