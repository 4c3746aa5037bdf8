"""An examination from its first request to its file."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from ..dmed4.errors import (
    CannotConnectError,
    CycleActiveError,
    MeterError,
    RefusedError,
    SilentError,
)
from ..dmed4.lines import Framing, TcpLine
from ..dmed4.meter import Meter
from ..dmed4.model import Identity
from ..ocmf import (
    MalformedKeyError,
    MalformedRecordError,
    PublicKey,
    load_public_key,
    parse,
    verify,
)
from . import file, modbus_clues, rest_clues
from .clues import Finding
from .modbus import ExaminedModbusMeter, Guard, ModbusSteps
from .rest import ExaminedRestMeter, RestSteps, knock_at
from .trace import Trace
from .words import Said, Words, english, said

MODBUS_PORTS: Final = (502, 1001)

DONE: Final = Said("outcome.done")
NOT_ALLOWED: Final = Said("outcome.not_allowed")
NOT_REACHED: Final = Said("outcome.not_reached")
NO_TIME: Final = Said("outcome.no_time")
# Errors that have words of their own, by the kind that their class names.
_OUTCOMES: Final = {
    "CannotConnect": "cannot_connect",
    "CycleActive": "cycle_active",
    "NotADmed4": "not_a_dmed4",
    "Refused": "refused",
    "Silent": "silent",
    "UnexpectedAnswer": "unexpected_answer",
}

LONGEST_SECONDS: Final = 150.0
"""How long an examination may take. A slow serial line needs a minute, a network some seconds."""

type ExaminedMeter = ExaminedModbusMeter | ExaminedRestMeter

type Progress = Callable[[int, int], None]
"""Is called with how many steps are done, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What an examination may do, and what it is given.

    Attributes:
        writes: whether it may write: select entries of the logbooks and parameters, set the clock, and
            set the time offset and put it back. It is done only while no charge is running.
        voltage: what a person read on the display, in V; None if nobody did.
        ports: of Modbus TCP that are tried at the meter's address.
        secrets: texts that must not be in the file, wherever they come from.
        seconds: how long it may take.
    """

    writes: bool = False
    voltage: float | None = None
    ports: tuple[int, ...] = field(default_factory=lambda: MODBUS_PORTS)
    secrets: Iterable[str] = ()
    seconds: float = LONGEST_SECONDS


@dataclass(frozen=True, slots=True)
class Verified:
    """What the last record is.

    Attributes:
        size: its length in bytes, 0 if there is none.
        verdict: on its signature; empty for a record that can't be read.
        reason: of the verdict.
    """

    size: int
    verdict: str = ""
    reason: str = ""


@dataclass(slots=True)
class Examination:
    """What came of it.

    Attributes:
        findings: what is known of each open place.
        outcomes: how each step ended, by the step's name.
        found: what the integration itself has found out about the meter, for its developers.
        missing: registers or paths that the meter refuses to the integration.
        ports: whether a DMED4 answers, by the port of Modbus TCP.
        units: the node number that an answer bore, by the one that was asked; None for silence.
        record: the last record; None if it could not be fetched.
        warnings: what a person has to do now.
        content: the file.
    """

    findings: list[Finding] = field(default_factory=list)
    outcomes: dict[str, Said] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    ports: Mapping[int, bool] = field(default_factory=dict)
    units: Mapping[int, int | None] = field(default_factory=dict)
    record: Verified | None = None
    warnings: list[Said] = field(default_factory=list)
    content: dict[str, Any] = field(default_factory=dict)

    def told(self, words: Words) -> dict[str, Any]:
        """Say it to a person: which readings the meter follows, what is open, and how it went."""
        return {
            "readings": [words.sentence(one) for one in self.findings if one.looked],
            "open": [words.why_open(one) for one in self.findings if not one.looked],
            "warnings": [words.text(warning) for warning in self.warnings],
            "steps": {
                words.text(said(f"step.{name}")): words.text(outcome)
                for name, outcome in self.outcomes.items()
            },
            "addresses": [words.text(address) for address in self._addresses()],
            "last_record": self._record(words),
            "missing": self.missing,
        }

    def _addresses(self) -> Iterator[Said]:
        for unit, bore in self.units.items():
            if bore is None:
                yield said("address.unit_silent", unit=unit)
            elif bore == unit:
                yield said("address.unit_answers", unit=unit)
            else:
                yield said("address.unit_other", unit=unit, other=bore)
        for port, answers in self.ports.items():
            yield said("address.port_answers" if answers else "address.port_silent", port=port)

    def _record(self, words: Words) -> str:
        if self.record is None:
            return words.text(said("record.not_fetched"))
        if not self.record.size:
            return words.text(said("record.none"))
        size = words.text(said("record.size", bytes=self.record.size))
        if not self.record.verdict:
            return f"{size} {words.text(said('record.unreadable'))}"
        verdict = words.verdict("signature", self.record.verdict)
        reason = words.verdict("signature_reason", self.record.reason)
        return f"{size} {verdict} {reason}"


async def examine(
    meter: ExaminedMeter,
    trace: Trace,
    wishes: Wishes,
    *,
    beside: Meter | None = None,
    guard: Guard | None = None,
    progress: Progress | None = None,
) -> Examination:
    """Ask a meter for everything, and find out which readings of the manual it follows.

    What fails costs its own step only, and what there is no time for is left out: there is always a
    result. The time offset is put back even then.

    Args:
        meter: that is asked; it has been told to be listened to by `trace`.
        trace: what takes note of the bytes.
        wishes: what may be done.
        beside: the same meter as another part of the program uses it.
        guard: carries out what writes, while no charge is running and none can begin; by default the
            meter's status is looked at before.
        progress: is called after each step.
    """
    runner = _Runner(meter, trace, wishes, beside, guard)
    with suppress(TimeoutError):
        async with asyncio.timeout(wishes.seconds):
            await runner.run(progress or (lambda _done, _of: None))
    # Masking takes a moment, in which an event loop would stand still.
    return await asyncio.get_running_loop().run_in_executor(None, runner.result)


class _Runner:
    """Takes the steps one after the other."""

    def __init__(
        self,
        meter: ExaminedMeter,
        trace: Trace,
        wishes: Wishes,
        beside: Meter | None,
        guard: Guard | None,
    ) -> None:
        self._meter = meter
        self._trace = trace
        self._wishes = wishes
        self._guard = guard or self._look_and_do
        self._steps: ModbusSteps | RestSteps
        if isinstance(meter, ExaminedModbusMeter):
            self._steps = ModbusSteps(meter, trace, beside)
        else:
            self._steps = RestSteps(meter, trace, beside)
            self._steps.seen.shown_voltage = wishes.voltage
        self._at = datetime.now(UTC)
        self._examination = Examination(warnings=self._steps.warnings)

    async def run(self, progress: Progress) -> None:
        """Take all steps that are allowed."""
        reading, writing = self._plan()
        steps = reading | (writing if self._wishes.writes else {})
        outcomes = self._examination.outcomes
        outcomes |= dict.fromkeys(reading | writing, NOT_ALLOWED) | dict.fromkeys(steps, NO_TIME)
        for done, (name, step) in enumerate(steps.items(), 1):
            try:
                await (self._guard(step) if name in writing else step())
            except MeterError as err:
                outcomes[name] = _reason(err)
                if isinstance(err, CannotConnectError | SilentError) and not self._heard():
                    outcomes |= dict.fromkeys(list(steps)[done:], NOT_REACHED)
                    break
            else:
                outcomes[name] = DONE
            progress(done, len(steps))

    def _heard(self) -> bool:
        """Whether the meter has sent anything yet."""
        return any(exchange.received for exchange in self._trace.exchanges if not exchange.to)

    def _plan(self) -> tuple[dict[str, _Step], dict[str, _Step]]:
        """Get the steps that only read and those that write, by name and in their order."""
        steps = self._steps
        if isinstance(steps, ModbusSteps):
            return (
                {
                    "node_numbers": steps.knock,
                    "ports": self._knock_at_ports,
                    "model": steps.identify,
                    "registers": steps.read_registers,
                    "last_record": steps.read_output,
                    "as_usual": self._read_as_usual,
                },
                {
                    "logbooks": steps.read_logbooks,
                    "parameters": steps.read_parameters,
                    "clock": steps.set_clock,
                },
            )
        return (
            {
                "ports": self._knock_at_ports,
                "answers": steps.get_all,
                "search": steps.search,
                "voltage": self._compare,
                "as_usual": self._read_as_usual,
            },
            {"clock": steps.set_clock, "display": steps.switch_display},
        )

    async def _knock_at_ports(self) -> None:
        meter = self._meter
        if isinstance(meter, ExaminedRestMeter):
            host, unit, own = meter.host, 1, 0
        elif isinstance(meter.line, TcpLine) and meter.line.framing is Framing.TCP:
            host, unit, own = meter.line.host, meter.unit_id, meter.line.port
        else:
            return
        others = tuple(port for port in self._wishes.ports if port != own)
        self._examination.ports = await knock_at(host, others, unit, self._trace)

    async def _compare(self) -> None:
        if isinstance(self._steps, RestSteps):
            await self._steps.compare(self._examination.ports)

    async def _read_as_usual(self) -> None:
        """Read what the integration reads, to see what it makes of the meter."""
        result, meter = self._examination, self._meter
        try:
            identity = await meter.identify()
            await meter.read_live()
            await meter.read_housekeeping()
            result.record = _verdict(await meter.read_last_record(), identity)
        finally:
            result.found, result.missing = list(meter.found.texts), sorted(meter.missing)

    async def _look_and_do(self, step: _Step) -> None:
        if (await self._meter.read_status()).measurement.charging:
            raise CycleActiveError("not possible while a charge cycle is running")
        await step()

    def result(self) -> Examination:
        """Draw from what was seen what it shows, and write the file."""
        result, steps, meter = self._examination, self._steps, self._meter
        if isinstance(steps, ModbusSteps):
            result.findings = modbus_clues.clues_of(steps.seen).findings()
            result.units = steps.seen.answered_as
        else:
            result.findings = rest_clues.clues_of(steps.seen).findings()
        in_english = result.told(english())
        about: dict[str, Any] = {
            "at": self._at.isoformat(timespec="seconds"),
            "writes": self._wishes.writes,
            "steps": in_english["steps"],
            "readings": {one.place: one.readings for one in result.findings if one.looked},
            "words": in_english["readings"],
            "open": in_english["open"],
            "warnings": in_english["warnings"],
            "found": result.found,
            "missing": result.missing,
            "addresses": in_english["addresses"],
            "record": in_english["last_record"],
        }
        if isinstance(meter, ExaminedModbusMeter):
            line = file.modbus_line(meter.line, meter.unit_id, lent=meter.is_lent)
        else:
            line = file.rest_line(meter.line)
        result.content = file.write(line, about, self._trace, self._wishes.secrets)
        return result


type _Step = Callable[[], Awaitable[None]]


def _reason(error: MeterError) -> Said:
    """Say what kind of error it was; its text may hold the address."""
    kind = type(error).__name__.removesuffix("Error")
    if kind == "Refused" and isinstance(error, RefusedError) and error.code is not None:
        return said("outcome.refused_with", code=error.code)
    if kind in _OUTCOMES:
        return Said(f"outcome.{_OUTCOMES[kind]}")
    return said("outcome.failed", kind=kind)


def _verdict(raw: bytes, identity: Identity) -> Verified:
    """Verify a record with the meter's key; say nothing of who charged."""
    try:
        record = parse(raw)
    except MalformedRecordError:
        return Verified(len(raw))
    result = verify(record, _key(identity))
    return Verified(len(raw), result.verdict, result.reason)


def _key(identity: Identity) -> PublicKey | None:
    for key in (identity.public_key_ocmf, identity.public_key):
        if key is not None:
            with suppress(MalformedKeyError):
                return load_public_key(key)
    return None
