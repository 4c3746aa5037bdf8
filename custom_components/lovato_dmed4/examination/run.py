"""An examination from its first request to its file."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
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
from .place import Needs
from .places import PLACES
from .rest import ExaminedRestMeter, RestSteps, knock_at
from .trace import Trace

MODBUS_PORTS: Final = (502, 1001)

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
    ports: tuple[int, ...] = MODBUS_PORTS
    secrets: Iterable[str] = ()
    seconds: float = LONGEST_SECONDS


@dataclass(slots=True)
class Examination:
    """What came of it.

    Attributes:
        findings: what is known of each open place.
        outcomes: how each step ended, by its name.
        found: what the integration itself has found out about the meter.
        missing: registers or paths that the meter refuses to the integration.
        ports: `answers` or `silent`, by the port of Modbus TCP.
        record: the verdict on the last record.
        warnings: what a person has to do now.
        content: the file.
    """

    findings: list[Finding] = field(default_factory=list)
    outcomes: dict[str, str] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    ports: Mapping[int, str] = field(default_factory=dict)
    record: str = ""
    warnings: list[str] = field(default_factory=list)
    content: dict[str, Any] = field(default_factory=dict)

    @property
    def sentences(self) -> list[str]:
        """The readings that the meter follows, in plain words."""
        return [one.sentence for one in self.findings if one.looked]

    @property
    def open(self) -> list[str]:
        """What could not be found out, and why."""
        return [
            f"{PLACES[one.place].about}: {_WHY[PLACES[one.place].needs]}"
            for one in self.findings
            if not one.looked
        ]


_WHY: Final[Mapping[Needs, str]] = {
    Needs.LOOK: "it was not answered, or nothing of it can be seen now",
    Needs.RECORDS: "it takes records of at least one whole charging session",
    Needs.WRITES: "it takes your consent to write, and a meter that is not charging",
    Needs.LOGIN: "it takes a login at the meter with its advanced password",
    Needs.CHARGE: "only a charging session shows it",
    Needs.POWER: "only a power failure during a charging session shows it",
    Needs.EMPTY: "only a meter that has not signed anything yet shows it",
    Needs.KEYLESS: "only a meter that has not been commissioned shows it",
    Needs.FULL: "only a full event log during commissioning shows it",
    Needs.RESTART: "only a change of system parameters shows it, after which the meter starts again",
    Needs.DISPLAY: "only a remote display shows it",
}


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
        outcomes |= dict.fromkeys(writing, "not allowed") | dict.fromkeys(steps, "no time left")
        for done, (name, step) in enumerate(steps.items(), 1):
            try:
                await (self._guard(step) if name in writing else step())
            except MeterError as err:
                outcomes[name] = _reason(err)
                if isinstance(err, CannotConnectError | SilentError) and not self._heard():
                    outcomes |= dict.fromkeys(list(steps)[done:], "not reached")
                    break
            else:
                outcomes[name] = "done"
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
                    "node numbers": steps.knock,
                    "ports": self._knock_at_ports,
                    "model": steps.identify,
                    "registers": steps.read_registers,
                    "last record": steps.read_output,
                    "as the integration reads it": self._read_as_usual,
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
                "voltage over Modbus": self._compare,
                "as the integration reads it": self._read_as_usual,
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
        else:
            result.findings = rest_clues.clues_of(steps.seen).findings()
        about: dict[str, Any] = {
            "at": self._at.isoformat(timespec="seconds"),
            "writes": self._wishes.writes,
            "steps": result.outcomes,
            "readings": {one.place: one.readings for one in result.findings if one.looked},
            "words": result.sentences,
            "open": result.open,
            "warnings": result.warnings,
            "found": result.found,
            "missing": result.missing,
            "ports": {str(port): answer for port, answer in result.ports.items()},
            "record": result.record,
        }
        if isinstance(meter, ExaminedModbusMeter):
            line = file.modbus_line(meter.line, meter.unit_id, lent=meter.is_lent)
        else:
            line = file.rest_line(meter.line)
        result.content = file.write(line, about, self._trace, self._wishes.secrets)
        return result


type _Step = Callable[[], Awaitable[None]]


def _reason(error: MeterError) -> str:
    """Say what kind of error it was; its text may hold the address."""
    kind = type(error).__name__.removesuffix("Error")
    code = error.code if isinstance(error, RefusedError) else None
    return kind if code is None else f"{kind} {code}"


def _verdict(raw: bytes, identity: Identity) -> str:
    """Verify a record with the meter's key; say nothing of who charged."""
    if not raw:
        return "none"
    try:
        record = parse(raw)
    except MalformedRecordError:
        return f"{len(raw)} bytes, unreadable"
    result = verify(record, _key(identity))
    return f"{len(raw)} bytes, signature {result.verdict} ({result.reason})"


def _key(identity: Identity) -> PublicKey | None:
    for key in (identity.public_key_ocmf, identity.public_key):
        if key is not None:
            with suppress(MalformedKeyError):
                return load_public_key(key)
    return None
