"""A meter that has charged before anybody looks at it, with all that it has signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import json
import time
from typing import Final, override

from . import Clock, Command, SimulatedMeter

# As the meters around Home Assistant's time zone have it in winter.
TIME_OFFSET: Final = 60  # minutes
_SIGNING: Final = 0.5  # s
_STEP: Final = 10.0  # s


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCharge:
    """A charge that has been.

    Attributes:
        hours_ago: how long before now it began.
        minutes: how long it took; one that is not over by now is running still.
        fields: what its records say of who charged, such as `{"ID": "04A2"}`.
        reads: how many intermediate records were made.
    """

    hours_ago: float
    minutes: float
    fields: Mapping[str, object] = field(default_factory=dict)
    reads: int = 0


class _Past(Clock):
    """A time of the past, and the present once that is over."""

    def __init__(self, start: float) -> None:
        self._past: float | None = start

    @override
    def now(self) -> float:
        return time.time() if self._past is None else self._past

    def go_to(self, moment: float) -> None:
        self._past = moment

    def arrive(self) -> None:
        self._past = None


type Powers = list[tuple[float, int]]


def meter_with_past(
    seed: int, charges: Sequence[PastCharge], now: float | None = None
) -> tuple[SimulatedMeter, Powers]:
    """Make a meter that has made some charges; report the power, in W, at moments of them, too.

    The charges come oldest first and do not overlap.
    """
    if not charges:
        return SimulatedMeter(seed=seed), []
    present = time.time() if now is None else now
    clock = _Past(present - 3600 * charges[0].hours_ago - 1)
    meter = SimulatedMeter(seed=seed, clock=clock, time_offset=TIME_OFFSET)
    powers: Powers = []
    for charge in charges:
        clock.go_to(present - 3600 * charge.hours_ago)
        powers += _charge(meter, clock, charge, present)
    clock.arrive()
    meter.update()
    return meter, powers


def _charge(meter: SimulatedMeter, clock: _Past, charge: PastCharge, present: float) -> Powers:
    """Let a charge happen, or as much of it as has happened by the present."""
    meter.configure(datetime=int(clock.now()))
    meter.submit_prototype(_prototype(meter, charge.fields))
    _pass(meter, clock, _SIGNING)
    begin = clock.now()
    meter.command(Command.BEGIN)
    powers: Powers = [(begin, 0)]
    reads = [begin + 60 * charge.minutes * n / (charge.reads + 1) for n in range(charge.reads + 1)]
    reads.pop(0)
    end = begin + 60 * charge.minutes
    while clock.now() < min(end, present - _STEP):
        _pass(meter, clock, _STEP)
        powers.append((clock.now(), meter.physics.slow.power))
        if reads and clock.now() >= reads[0]:
            del reads[0]
            meter.command(Command.INTERMEDIATE)
    if end <= present:
        meter.command(Command.END)
        powers.append((clock.now(), 0))
        _pass(meter, clock, _SIGNING)
    return powers


def _pass(meter: SimulatedMeter, clock: _Past, seconds: float) -> None:
    clock.go_to(clock.now() + seconds)
    meter.update()


def _prototype(meter: SimulatedMeter, fields: Mapping[str, object]) -> bytes:
    """Write what another system than this integration might give the meter."""
    number = f"{meter.serial_number}"
    prototype = {
        "FV": "1.1",
        "GI": "DMED4",
        "GS": number,
        "PG": "T0",
        "MV": "LOVATO",
        "MM": meter.model.name,
        "MS": number,
        "IS": True,
        "IL": "VERIFIED",
        "IF": ["RFID_PLAIN"],
        "IT": "ISO14443",
    }
    return json.dumps(prototype | dict(fields), separators=(",", ":")).encode("ascii")
