"""The meter over Modbus."""

from collections.abc import Callable
from datetime import UTC, datetime
import struct
import time
from typing import Final, Self, override

from modbus_connection import ExceptionCode

from . import registers
from .errors import NotADmed4Error, RefusedError
from .found import Found
from .hour_counter import HOUR, HourCounter
from .keys import both_forms
from .lent import LentUnit
from .lines import Line
from .links import ModbusLink
from .logbook import ModbusLogbook
from .menu_parameters import ModbusParameters
from .modbus_clock import ModbusClock
from .modbus_errors import insist
from .model import (
    Command,
    Container,
    DisplayPage,
    FastMeasures,
    Feature,
    Housekeeping,
    Identity,
    LiveData,
    LogbookInfo,
    MeasurementStatus,
    Measures,
    MeterErrors,
    Settings,
    SignatureFormat,
    SignatureStatus,
    Status,
    SystemStatus,
)
from .output import OutputMessage
from .registers import MAX_REGISTERS, wire
from .units import RepeatingUnit

# Answers to function 0x11 (manual: model code). R and D meters share a code.
MODBUS_MODELS: Final = {
    0x41: "DMED403R/D0150",
    0x42: "DMED403R/D0400",
    0x43: "DMED403R/D0600",
    0x45: "DMED403R/D1500",
    0x46: "DMED404R/D0150",
    0x47: "DMED404R/D0400",
    0x48: "DMED404R/D0600",
    0x4A: "DMED404R/D1500",
}

# Exceptions of registers that a firmware does not have, or does not have now: address or operation
# not valid.
_NO_SUCH_ADDRESS: Final = 2
_LACKING: Final = (_NO_SUCH_ADDRESS, 4)

_KEY_FORMS: Final = 2


class ModbusDevice:
    """A meter or a remote display behind a Modbus link."""

    def __init__(self, link: ModbusLink, unit_id: int, lent: LentUnit | None = None) -> None:
        self._link = link
        self._unit_id = unit_id
        self._lent = lent
        self._unwatch = None if lent is None else lent.unit.on_connection_lost(link.note_loss)
        self._unit = RepeatingUnit(link, unit_id, lent)
        self.found: Final = Found()

    @classmethod
    def on(cls, line: Line, unit_id: int, lent: LentUnit | None = None) -> Self:
        """Make a device on a line; nothing is sent yet.

        Args:
            line: that it is on.
            unit_id: its node number, 0…255.
            lent: the unit on a connection that another part of the program has on the line.

        Raises:
            LineInUseError: the line is in use with other settings.
        """
        return cls(ModbusLink.acquire(line, lent=lent is not None), unit_id, lent)

    @property
    def shares_line(self) -> bool:
        """Whether the link has other users."""
        return self._link.shared

    @property
    def link_losses(self) -> int:
        """How often the peer has closed the connection."""
        return self._link.losses

    async def _report_server_id(self) -> bytes:
        """Ask who it is with function 0x11; the answer's first byte is the model code.

        Raises:
            NotADmed4Error: the question is refused each time, or the answer holds nothing.
        """
        answer = await insist(self._unit.report_server_id, "function 0x11 is refused")
        if not answer:
            raise NotADmed4Error("function 0x11 answers nothing")
        return answer

    async def close(self) -> None:
        """Let go of the link, after the request that is under way; no other follows."""
        self._unit.closed = True
        await self._link.release(self)
        if self._unwatch is not None:
            self._unwatch()
        if self._lent is not None:
            await self._lent.give_back()

    # --- registers by the manual's numbers ----------------------------------------------------

    def _wire(self, register: int) -> int:
        """Get the address on the wire of a register."""
        return wire(register)

    async def read_words(self, register: int, count: int) -> list[int]:
        """Read registers (0x04), of which a message holds 120 at most."""
        return list(struct.unpack(f">{count}H", await self._read_bytes(register, count)))

    async def _read_bytes(self, register: int, count: int) -> bytes:
        return await self._unit.read_input_registers(self._wire(register), count)

    async def read_text(self, register: int, length: int) -> bytes:
        """Read ``length`` bytes in pieces that fit a message."""
        end = register + (length + 1) // 2
        text = b""
        for start in range(register, end, MAX_REGISTERS):
            text += await self._read_bytes(start, min(MAX_REGISTERS, end - start))
        return text[:length]

    async def write(self, register: int, value: int) -> None:
        """Write one register (0x06) with what may be written twice."""
        await self._unit.write_register(self._wire(register), value)

    async def write_once(self, register: int, value: int) -> None:
        """Write one register (0x06), and do not repeat it whatever comes of it."""
        await self._unit.write_once(self._wire(register), value)

    async def write_many(
        self,
        register: int,
        values: list[int],
        is_taken: Callable[[list[int]], bool] | None = None,
    ) -> None:
        """Write registers (0x10) with what may be written twice.

        Args:
            register: the first one.
            values: what to write.
            is_taken: whether what is read there afterwards shows that the values were written; by
                default it has to be the same. It is used where no answer comes over a lent connection.
        """
        await self._unit.write_registers(
            self._wire(register), values, is_taken or (lambda words: words == values)
        )
        if self._unit.shortened:
            self.found.note("The meter answers a write of several registers with a byte too few")
        if self._unit.unheard:
            self.found.note(
                "The meter's answer to a write of several registers does not get through Home "
                "Assistant's Modbus: what was written is read"
            )

    async def write_unanswered(self, register: int, value: int) -> bool:
        """Write one register (0x06), to which no answer is the normal answer: the link stays.

        Returns:
            Whether there was an answer.

        Raises:
            CannotConnectError: there is no link, so that nothing was written.
        """
        return await self._unit.write_unanswered(wire(register), value)


class ModbusMeter(ModbusDevice):
    """A DMED4 behind a Modbus link."""

    features = Feature.EXCHANGED_ENERGY | Feature.HOUR_COUNTERS | Feature.SAMPLE_TIME
    # Over REST only.
    charge_settings = None
    commissioning = None
    containers = (Container.BARE, Container.FILE)
    fast_interval = 0.1  # the meter refreshes these registers so often (manual: measure list)

    def __init__(self, link: ModbusLink, unit_id: int, lent: LentUnit | None = None) -> None:
        super().__init__(link, unit_id, lent)
        self.hours: Final = HourCounter()
        # By how much the addresses of the charge cycle's registers are higher than their numbers say.
        self._shift = 0
        self.parameters: Final = ModbusParameters(self)
        self.logbook: Final = ModbusLogbook(self)
        self._output = OutputMessage(self)
        self.clock: Final = ModbusClock(self)
        self._ask_for_all()
        live = (self._measures, self._fast, self._status)
        self._live_poll_seconds = link.line.poll_seconds(
            count for words in live for _, count in words.requests
        )

    def _ask_for_all(self) -> None:
        """Ask for all registers again: a meter that has just started may have refused some."""
        unit = self._unit
        self._refused: dict[int, int] = {}
        self._measures = registers.MeasureRegisters(unit)
        self._fast: registers.FastRegisters | registers.SlowRegisters
        self._fast = registers.FastRegisters(unit)
        self._status = registers.StatusRegisters(unit, self._shift)
        self._housekeeping = registers.HousekeepingRegisters(unit)
        self._settings = registers.SettingsRegisters(unit, self._shift)
        self._system = registers.SystemRegisters(unit, self._shift)
        self._logbooks = registers.LogbookRegisters(unit)

    @override
    def _wire(self, register: int) -> int:
        return wire(register) + self._shift * registers.is_of_charge_cycle(register)

    @property
    def missing(self) -> frozenset[str]:
        """Registers that the meter refuses, with the exception's number."""
        return frozenset(
            f"0x{register:04X} (exception {code})" for register, code in self._refused.items()
        )

    @property
    def shortest_interval(self) -> float:
        """Twice the time in s that the live polls of all meters on the line take together."""
        return 2 * sum(self._link.polls.values())

    async def identify(self) -> Identity:
        """Ask for the model (function 0x11) and the public key.

        What is without a key is asked twice: one answer may have been disturbed.
        """
        identity = await self._identify_once()
        return identity if identity.fingerprint else await self._identify_once()

    async def _identify_once(self) -> Identity:
        answer = await self._report_server_id()
        if (model := MODBUS_MODELS.get(answer[0])) is None:
            raise NotADmed4Error(f"function 0x11 answers {answer.hex(' ')}")
        try:
            point, spki = await self._find_keys()
        except RefusedError as err:
            if err.code == ExceptionCode.SERVER_DEVICE_BUSY:
                raise
            raise NotADmed4Error("there is no public key where a DMED4 has it") from err
        self._note_refused()
        return Identity(
            model=model,
            public_key=point,
            public_key_ocmf=spki,
            firmware=_revision(answer, 1),
            hardware=_revision(answer, 2),
            parameter_revision=_revision(answer, 3),
            ethernet_firmware=_revision(answer, 5),
        )

    async def _find_keys(self) -> tuple[bytes | None, bytes | None]:
        """Read both forms of the key, or derive the one that is not there.

        Measures and menus are counted from 1, as the manual's frames show; for charge cycle management
        there is no example. Where there is no key as counted so, one register on may be.

        Raises:
            RefusedError: there are no such registers.
        """
        known = self._shift
        for self._shift in (known, 1 - known):
            point, spki = await self._read_keys()
            if spki is not None or not self._refused:
                break
        else:
            # A key of another kind, or none yet: the registers are where they should be.
            self._shift = known
            point, spki = await self._read_keys()
            if len(self._refused) == _KEY_FORMS and _NO_SUCH_ADDRESS in self._refused.values():
                raise RefusedError("neither form of the key", _NO_SUCH_ADDRESS)
        if self._shift:
            self.found.note("The meter counts the registers of charge cycle management from 0")
        if point and self._refused:
            self.found.note("The meter gives its key in one form only: the other one is derived")
        return point, spki

    async def _read_keys(self) -> tuple[bytes | None, bytes | None]:
        self._ask_for_all()
        keys = registers.KeyRegisters(self._unit, self._shift)
        await self._update(keys)
        return both_forms(keys.point or bytes(64), keys.spki or bytes(96))

    async def _update(self, words: registers.Registers) -> None:
        """Read registers; those that the meter does not have are left out from then on."""
        try:
            await words.update()
        except RefusedError as err:
            if err.code not in _LACKING:
                raise
            await self._leave_out(words)
            if not isinstance(words, registers.KeyRegisters):
                self._note_refused()
            await words.update()

    async def _leave_out(self, words: registers.Registers) -> None:
        """Find out which registers of a block are refused, by asking for each alone."""
        there: list[str] = []
        for name, field in words.fields.items():
            register = field.register
            try:
                await self.read_words(register, field.count)
            except RefusedError as err:
                if err.code not in _LACKING:
                    raise
                self._refused[register] = err.code
            else:
                there.append(name)
        words.keep(there)

    def _note_refused(self) -> None:
        for register in self._refused:
            self.found.note(f"The meter refuses register 0x{register:04X}: going on without it")

    async def read_live(self) -> LiveData:
        """Read measures and status in four requests, one per block of registers."""
        waited = self._unit.seconds_waited
        await self._update(self._measures)
        fast = await self.read_fast()
        status = await self.read_status()
        # Behind a gateway there is a line of a speed that is not known, so its answers are timed.
        self._link.polls[self] = self._live_poll_seconds or self._unit.seconds_waited - waited
        measures = self._measures
        return LiveData(
            measures=Measures(
                voltage=fast.voltage,
                current=fast.current,
                power=fast.power,
                energy_imported=measures.energy_imported,
                energy_exported=measures.energy_exported,
                energy_exchanged=measures.energy_exchanged,
                cycle_energy_imported=measures.cycle_energy_imported,
                cycle_energy_exported=measures.cycle_energy_exported,
                temperature_i1=measures.temperature_i1,
                temperature_i2=measures.temperature_i2,
                sampled_at=fast.sampled_at,
            ),
            status=status,
        )

    async def read_fast(self) -> FastMeasures:
        """Read the registers that the meter refreshes every 100 ms, or those with the same values."""
        await self._update(self._fast)
        if not self._fast.fields:
            self.found.note(
                "The meter has no measures of every 100 ms: those of every second are taken (0x000A)"
            )
            self._fast = registers.SlowRegisters(self._unit)
            await self._update(self._fast)
        words = self._fast
        sampled_at = words.sampled_at if isinstance(words, registers.FastRegisters) else None
        return FastMeasures(
            voltage=words.voltage,
            current=words.current,
            power=words.power,
            sampled_at=datetime.fromtimestamp(sampled_at - self.clock.shown_lead, UTC)
            if sampled_at
            else None,
        )

    async def read_status(self) -> Status:
        """Read the error dwords and the status words in two requests."""
        words = self._status
        await self._update(words)
        if words.measurement is None or words.signature is None:
            self._ask_for_all()
            raise RefusedError("the meter does not give its status")
        return Status(
            measurement=MeasurementStatus(words.measurement),
            signature=SignatureStatus(words.signature),
            errors=MeterErrors.from_dwords(words.errors_1 or 0, words.errors_2 or 0),
        )

    async def read_housekeeping(self) -> Housekeeping:
        """Read counters, clock, settings and checksum in six requests."""
        words = self._housekeeping
        await self._update(words)
        now = time.time()
        self._note_hours(now, words.hours_total)
        logbook, settings = await self.read_logbook_info(), await self.read_settings()
        return Housekeeping(
            clock_drift=await self.clock.drift(words.sampled_at, now, settings.time_offset),
            clock_error=self.clock.error,
            logbook=logbook,
            hours_total=self.hours.hours(words.hours_total),
            hours_working=self.hours.hours(words.hours_working),
            settings=settings,
            system=await self.read_system(),
        )

    def _note_hours(self, now: float, counts: int | None) -> None:
        self.hours.look(now, counts, losses=self.link_losses)
        if self.hours.unit not in (None, HOUR):
            self.found.note(f"The meter counts its hours in units of {self.hours.unit} s")

    async def read_logbook_info(self) -> LogbookInfo:
        """Read how many entries the logbooks have and can have, in two requests."""
        words = self._logbooks
        await self._update(words)
        return LogbookInfo(
            records_saved=words.records_saved,
            records_maximum=words.records_maximum,
            events_saved=words.events_saved,
            events_maximum=words.events_maximum,
        )

    async def read_last_record(self, known: bytes = b"") -> bytes:
        """Fetch the last record, unless it is the known one."""
        return await self._output.read(known)

    async def write_clock(self, moment: datetime) -> None:
        """Set the clock (register 0x4080)."""
        await self.clock.write(moment)

    async def write_prototype(
        self, prototype: bytes, container: Container = Container.BARE
    ) -> None:
        """Write the text (0x4A00), then its length (0x4281), which submits it."""
        padded = prototype + b"\0" * (len(prototype) % 2)
        words = [int.from_bytes(padded[i : i + 2]) for i in range(0, len(padded), 2)]
        for start in range(0, len(words), MAX_REGISTERS):
            await self.write_many(registers.PROTOTYPE + start, words[start : start + MAX_REGISTERS])
        await self.write(registers.PROTOTYPE_LENGTH, len(prototype))

    async def send(self, command: Command) -> None:
        """Write the command word (0x4280); the reset of errors alone may be written twice."""
        if command is Command.RESET_ERRORS:
            await self.write(registers.COMMAND, registers.RESET_ERRORS_CODE)
        else:
            await self.write_once(registers.COMMAND, ord(command.value))

    async def switch_display(self, *, on: bool) -> None:
        """Switch the display (0x4F10)."""
        await self.write(registers.DISPLAY_POWER, int(on))

    async def show_page(self, page: DisplayPage) -> None:
        """Choose the display's page (0x4F11)."""
        await self.write(registers.DISPLAY_PAGE, page)

    async def read_settings(self) -> Settings:
        """Read signature format, synchronisation timeout and time offset in one request."""
        words = self._settings
        await self._update(words)
        code = words.signature_format
        return Settings(
            time_offset=words.time_offset,
            sync_timeout=words.sync_timeout,
            signature_format=None if code is None else SignatureFormat(code),
        )

    async def write_time_offset(self, minutes: int) -> None:
        """Set the offset to UTC (0x4284) and see whether it was taken."""
        await self.write(registers.TIME_OFFSET, minutes & 0xFFFF)
        self.clock.offset = (await self.read_settings()).time_offset
        if self.clock.offset != minutes:
            raise RefusedError("the time offset was not taken")

    async def read_system(self) -> SystemStatus:
        """Read the firmware's checksum (0x4004): Modbus reports nothing else."""
        await self._update(self._system)
        checksum = self._system.checksum
        return SystemStatus(measure_checksum=None if checksum is None else f"{checksum:08X}")


def _revision(answer: bytes, place: int) -> str | None:
    """Get a revision from the answer to function 0x11: one byte, which the manual does not format."""
    return str(answer[place]) if len(answer) > place else None
