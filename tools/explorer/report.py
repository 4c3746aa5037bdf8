"""What a meter says, for a person."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from enum import Flag
from itertools import chain
from typing import Any, Final

from custom_components.lovato_dmed4.dmed4.errors import (
    MeterError,
    NotADmed4Error,
    RefusedError,
    UnexpectedAnswerError,
)
from custom_components.lovato_dmed4.dmed4.meter import Meter
from custom_components.lovato_dmed4.dmed4.model import Feature, Identity, MeterErrors, OpenEnum
from custom_components.lovato_dmed4.ocmf import (
    MalformedKeyError,
    MalformedRecordError,
    PublicKey,
    Record,
    load_public_key,
    parse,
    verify,
)

_UNITS: Final = {
    "voltage": "V",
    "current": "A",
    "power": "kW",
    "energy_imported": "kWh",
    "energy_exported": "kWh",
    "energy_exchanged": "kWh",
    "cycle_energy_imported": "kWh",
    "cycle_energy_exported": "kWh",
    "temperature_i1": "°C",
    "temperature_i2": "°C",
    "clock_drift": "s",
    "hours_total": "h",
    "hours_working": "h",
    "time_offset": "min",
    "sync_timeout": "min",
}
_WIDTH: Final = 26

# A meter that does not do what we expect is what a report is for; without a link there is none.
_UNEXPECTED: Final = (NotADmed4Error, RefusedError, UnexpectedAnswerError)


class Report:
    """Prints what a meter says, section by section; what fails is said where it would stand.

    Args:
        meter: What is asked.
        say: Prints a line.

    Attributes:
        verdict: Of the last record.
    """

    def __init__(self, meter: Meter, say: Callable[[str], None]) -> None:
        self._meter = meter
        self._say = say
        self._identity = Identity(model="")
        self.verdict = ""
        self._reached = False

    async def show(self) -> bool:
        """Ask for everything; return whether all of it was answered.

        Raises:
            MeterError: The meter can't be reached.
        """
        sections: tuple[tuple[str, Callable[[], Coroutine[Any, Any, Iterator[str]]]], ...] = (
            ("Identity", self._show_identity),
            ("Measures and status", self._show_live),
            ("Counters, settings, system", self._show_housekeeping),
            ("Last record", self._show_record),
        )
        complete = True
        for title, show in sections:
            self._say(f"\n{title}")
            try:
                lines = await show()
            except MeterError as err:
                if not self._reached and not isinstance(err, _UNEXPECTED):
                    raise
                complete = False
                lines = iter([f"{type(err).__name__.removesuffix('Error')}: {err}"])
            self._reached = True
            for line in lines:
                self._say(f"  {line}")
        if self._meter.missing:
            self._say("\nRefused, and done without")
            for what in sorted(self._meter.missing):
                self._say(f"  {what}")
        return complete and not self._meter.missing

    async def _show_identity(self) -> Iterator[str]:
        self._identity = await self._meter.identify()
        return _lines(self._identity, fingerprint=self._identity.fingerprint)

    async def _show_live(self) -> Iterator[str]:
        live = await self._meter.read_live()
        return iter([*_lines(live.measures), *_lines(live.status)])

    async def _show_housekeeping(self) -> Iterator[str]:
        found = await self._meter.read_housekeeping()
        parts: list[object] = [found, found.logbook, found.settings]
        if Feature.SYSTEM_STATUS in self._meter.features:
            parts.append(found.system)
        return chain.from_iterable(map(_lines, parts))

    async def _show_record(self) -> Iterator[str]:
        """Report the verdict on the last record, without the driver."""
        raw = await self._meter.read_last_record()
        if not raw:
            self.verdict = "none"
            return iter(["none"])
        try:
            record = parse(raw)
        except MalformedRecordError as err:
            self.verdict = f"{len(raw)} bytes, malformed: {err}"
            return iter([self.verdict])
        result = verify(record, _key(self._identity))
        self.verdict = f"{len(raw)} bytes, signature {result.verdict} ({result.reason})"
        return chain([self.verdict], _record_lines(record))


def _record_lines(record: Record) -> Iterator[str]:
    yield _line("pagination", record.pagination)
    yield _line("identification type", record.identification_type)
    for number, reading in enumerate(record.readings, 1):
        yield _line(
            f"reading {number}",
            f"{reading.time_text} {reading.transaction} {reading.obis} "
            f"{reading.value_text} {reading.unit} {reading.status}",
        )


def _key(identity: Identity) -> PublicKey | None:
    for key in (identity.public_key_ocmf, identity.public_key):
        if key is not None:
            with suppress(MalformedKeyError):
                return load_public_key(key)
    return None


def _lines(data: Any, **more: object) -> Iterator[str]:
    """Show a dataclass, a line for each field that the transport has; not what is nested in it."""
    values = {field.name: getattr(data, field.name) for field in fields(data)} | more
    for name, value in values.items():
        if value is not None and not is_dataclass(value):
            yield _line(name.replace("_", " "), _text(value), _UNITS.get(name, ""))


def _line(name: str, value: object, unit: str = "") -> str:
    return f"{name:{_WIDTH}} {value} {unit}".rstrip()


def _text(value: object) -> str:
    if isinstance(value, MeterErrors):
        return ", ".join(value.names) or "none"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, OpenEnum):
        return f"{value.name} ({value.value})"
    if isinstance(value, Flag):
        return f"0x{value.value:04X} {value.name or ''}"
    return value.hex() if isinstance(value, bytes) else str(value)
