"""A simulated DMED4: its clock, its charge cycle, its signatures and its logbooks.

Nothing runs in the background. Whatever is due is worked out when the meter is asked, from the time
its clock source reports.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, IntFlag, StrEnum
import hashlib
from random import Random
from typing import Final, override

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from .boards import Board, Boards
from .clock import Clock
from .device import Device
from .errors import BusyError, NotValidError, OutOfRangeError
from .logbook import Download, Event, EventCode, Logbook
from .login import Login
from .models import MODELS
from .parameters import Parameters
from .physics import TICKS_PER_SECOND, Physics
from .prototype import JsonError, PrototypeError, check_prototype
from .record import (
    Reading,
    Record,
    Style,
    der_signature,
    identification_of,
    payload_text,
    raw_signature,
    signature_text,
    time_text,
)

COUNTER_SIZE = 10**11
"""Values of an energy counter, in Wh: it shows up to 99999999.999 kWh."""

_CURVE_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_MAX_WORD = 0xFFFF
_MAX_DWORD = 0xFFFFFFFF
_MAX_OFFSET = 900  # minutes
_OFFSET_STEP = 15  # minutes
_DISPLAY_PAGES = 13
# The charges of a logbook that is filled at once.
_PAST_INTERVAL = 3600.0  # s
_SETTLING_TIME = 2.0  # s
_EVENTS_FULL = 11  # its fatal error
_PAST_ENERGY = 20_000  # Wh
_PAST_PROTOTYPE = (
    b'{"FV":"1.3","GI":"DMED4","PG":"T0","IS":true,"IL":"TRUSTED","IF":["RFID_PLAIN"],'
    b'"IT":"ISO14443","ID":"%08X"}'
)
# Error dword 1, bits 9 to 16: the key or the signing itself is broken.
_SIGNING_ERRORS = 0x0001FE00


class MeasurementStatus(IntEnum):
    """Register 0x4200 (manual: charge cycle management)."""

    NOT_INITIALISED = 0
    IDLE = 1
    ACTIVE = 2
    ACTIVE_AFTER_POWER_FAILURE = 3


class SignatureStatus(IntFlag):
    """Register 0x4201 (manual: digital signature status)."""

    NOT_INITIALISED = 1 << 0
    CORRECT_JSON = 1 << 1
    IN_PROGRESS = 1 << 2
    OK = 1 << 3
    SIGNATURE_ERROR = 1 << 4
    TIMESTAMP_SYNCHRONISED = 1 << 5
    ROLL_OVER = 1 << 6
    ERROR = 1 << 15


class Command(StrEnum):
    """Register 0x4280 and the REST parameter `command` (manual: command word)."""

    BEGIN = "B"
    INTERMEDIATE = "C"
    END = "E"
    BEGIN_AND_END = "r"


@dataclass
class _Job:
    """What the meter is busy with until `due` (Unix seconds of the clock source)."""

    due: float
    finish: Callable[[], None]
    signing: bool


class SimulatedMeter(Device):
    """One meter.

    The same seed and the same clock source give the same measures, key and records.

    Args:
        seed: Of everything that differs between meters.
        model: One of `MODELS`.
        serial_number: Eight digits; by default from the seed.
        clock: The source of time.
        clock_error: Seconds by which the meter's clock is ahead until it is synchronised.
        time_offset: Minutes to UTC, -900…900 in steps of 15 (register 0x4284).
        sync_timeout: Minutes after which the clock no longer counts as synchronised (0x4283).
        signing_time: Seconds from a command to its signed record.
        checking_time: Seconds from a prototype to its verdict.
        signature_format: 0 hex, 1 base64 (register 0x4282); P06_01 at the start.
        commissioned: Whether the meter has been put into service; without it there is no key.
        total_imported: The import counter at the start, in Wh; by default from the seed.
        max_records: How many records the logbook keeps (register 0x0220).
        max_events: How many metrological events the logbook keeps (register 0x020D).
        password: The advanced password, for the login over REST.
        parameters: System parameters other than their defaults, such as `{"P05_05": 1}`.
        reboot_time: Seconds for which a reboot leaves the meter without an answer.
        readings: Open places of the manual with readings other than the default.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        model: str = "DMED404R0600",
        serial_number: int | None = None,
        clock: Clock | None = None,
        clock_error: float = 0.0,
        time_offset: int = 0,
        sync_timeout: int = 1440,
        signing_time: float = 0.3,
        checking_time: float = 0.05,
        signature_format: int = 0,
        commissioned: bool = True,
        total_imported: int | None = None,
        max_records: int = 500,
        max_events: int = 100,
        password: str = "1000",  # noqa: S107
        parameters: Mapping[str, int] | None = None,
        reboot_time: float = 2.0,
        readings: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(clock, reboot_time, readings)
        random = Random(f"meter {seed}")  # noqa: S311
        drawn_serial_number = random.randrange(10_000_000, 100_000_000)
        drawn_imported = random.randrange(1_000_000, 900_000_000)
        exported = random.randrange(1_000, 100_000)
        self.model: Final = MODELS[model]
        self.serial_number: Final = serial_number or drawn_serial_number
        self.commissioned: Final = commissioned
        self.sync_timeout: Final = sync_timeout
        self.parameters: Final = Parameters(
            {"P06_01": signature_format} | dict(parameters or {}),
            [f"P05_{number}" for number in self.readings["ip_parameters"].split("_")],
        )
        self.boards: Final = Boards()
        self.operating = False
        self.firmware_checksum: Final = 0x1721_0000 | self.model.slave_id
        self._clock_lead = clock_error
        self._synchronised_until: float | None = None
        self._settled_at = float("-inf")
        self._signing_time = signing_time
        self._checking_time = checking_time
        self.time_offset = time_offset
        self.tariff = 0
        self.res_cable = 0
        self.display_on = True
        self.display_page = 1
        self.last_command = 0
        self.input_length = 0
        self.input_message = bytearray(1024)
        self.physics: Final = Physics(
            model=self.model,
            seed=seed,
            start=self._clock.now(),
            imported=drawn_imported if total_imported is None else total_imported,
            exported=exported,
        )
        self._private_key = _key_from_seed(seed)
        self.login: Final = Login(password, lambda: self.now)
        self._measurement_status = MeasurementStatus.NOT_INITIALISED
        self._signature_ok = False
        self._rolled_over = False
        self._errors_1 = 0
        self._errors_2 = 0
        self._job: _Job | None = None
        self._prototype: dict[str, str] | None = None
        # Whether a command may use it, where each command needs another.
        self._prototype_fresh = False
        self._begin: Reading | None = None
        self._last_reading: Reading | None = None
        self._transactions = 0
        self._output_lost = False
        self._unsigned: tuple[dict[str, str], str] | None = None
        self._progressive = 0
        index_base = int(self.readings["logbook_index"])
        self.record_log: Final = Logbook[Record](max_records, index_base)
        self.event_log: Final = Logbook[Event](max_events, index_base)
        self.record_download = Download()
        self.event_download = Download()
        self.event_index = 0
        self._log(EventCode.POWER_UP)

    @property
    @override
    def name(self) -> str:
        return f"DMED4 {self.serial_number}"

    # --- Time

    @property
    def time(self) -> float:
        """Unix seconds by the meter's own clock."""
        return self._clock.now() + self._clock_lead

    @property
    def shown_time(self) -> int:
        """The time as it is shown where it can be set."""
        return int(self.time) + self._set_lead

    @property
    def _set_lead(self) -> int:
        """Seconds by which the time that it is set to is ahead of UTC."""
        return 0 if self.readings.follows("clock_set", "utc") else 60 * self.time_offset

    @property
    def sample_time(self) -> int:
        """Unix seconds by the meter's own clock at its last sample (register 0x0208)."""
        return int(self.physics.fast.tick / TICKS_PER_SECOND + self._clock_lead)

    @property
    def synchronised(self) -> bool:
        """Whether the clock was set less than the synchronisation timeout ago."""
        return self._synchronised_until is not None and self.now < self._synchronised_until

    # --- Status

    @override
    def update(self) -> None:
        now = self.now
        self.physics.advance(now)
        if self._begin is not None and self.charging:
            self._note_roll_over(self._begin)
        if self._job is not None and now >= self._job.due:
            job, self._job = self._job, None
            job.finish()

    @property
    def charging(self) -> bool:
        """Whether a charge cycle is running."""
        return self._measurement_status in {
            MeasurementStatus.ACTIVE,
            MeasurementStatus.ACTIVE_AFTER_POWER_FAILURE,
        }

    @property
    def measurement_status(self) -> int:
        """Register 0x4200."""
        self.update()
        return self._measurement_status

    @property
    def signature_status(self) -> int:
        """Register 0x4201."""
        self.update()
        signing = self._job is not None and self._job.signing
        replacing = self._job is not None and not signing and not self.charging
        return sum(
            bit
            for bit, is_set in (
                (SignatureStatus.NOT_INITIALISED, not self._signature_initialised),
                (SignatureStatus.CORRECT_JSON, self._prototype is not None and not replacing),
                (SignatureStatus.IN_PROGRESS, signing),
                (SignatureStatus.OK, self._signature_ok and not self._signing_broken),
                (SignatureStatus.SIGNATURE_ERROR, self._signing_broken),
                (SignatureStatus.TIMESTAMP_SYNCHRONISED, self.synchronised),
                (SignatureStatus.ROLL_OVER, self._rolled_over),
                (SignatureStatus.ERROR, self._in_error),
            )
            if is_set
        )

    @property
    def _signature_initialised(self) -> bool:
        late = self.readings.follows("not_initialised", "signature")
        return self.commissioned and not (late and not self.record_log.entries)

    @property
    def _in_error(self) -> bool:
        always = self.readings.follows("error_bit", "always")
        return always or bool(self._errors_1 or self._errors_2)

    @property
    def errors_1(self) -> int:
        """Error dword 1, register 0x4000."""
        self.update()
        return self._errors_1

    @property
    def errors_2(self) -> int:
        """Error dword 2, register 0x4002."""
        self.update()
        return self._errors_2

    @property
    def board_status(self) -> dict[str, object]:
        """The fields of the system status that describe the two boards."""
        self.update()
        live = set()
        if self._signing_broken:
            live.add("signature_err")
        if self.physics.fast.power < 0 and not self.model.bidirectional:
            live.add("wiring_err")
        return self.boards.status(
            live, table_spelling=self.readings.follows("system_names", "tables")
        )

    # --- Keys and records

    @property
    def signature_format(self) -> int:
        """0 hex, 1 base64 (register 0x4282, P06_01)."""
        return self.parameters["P06_01"]

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The key that the records are verified with."""
        return self._private_key.public_key()

    @property
    def public_key_raw(self) -> bytes:
        """X and Y, 64 bytes; none before commissioning (register 0x4600)."""
        if not self.commissioned:
            return b""
        return self.public_key.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )[1:]

    @property
    def public_key_ocmf(self) -> bytes:
        """DER SubjectPublicKeyInfo, 91 bytes; none before commissioning (register 0x4F20)."""
        if not self.commissioned:
            return b""
        return self.public_key.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def last_record(self) -> Record | None:
        """The record of the last command, while there is one."""
        self.update()
        return self.record_log.entries[-1] if self.record_log.entries else None

    @property
    def output_record(self) -> Record | None:
        """What `v1/ocmf` and register 0x4400 show."""
        return None if self._output_lost else self.last_record

    @property
    def records(self) -> list[str]:
        """The texts of the records that the logbook keeps, oldest first."""
        self.update()
        return [record.text for record in self.record_log.entries]

    @property
    def signature_raw(self) -> bytes:
        """R and s of the last record, 64 bytes (register 0x4620)."""
        if (record := self.output_record) is None or not record.der:
            return b""
        return raw_signature(record.der)

    # --- Login

    @property
    def login_attempts_left(self) -> int:
        """Wrong passwords until the login is locked, 0…3."""
        return self.login.attempts_left

    @property
    def login_locked(self) -> bool:
        """Whether the login is locked."""
        return self.login.locked

    # --- Operative status and system parameters

    @property
    def operative_status(self) -> str:
        """`Ready`, `Charging` (clock and parameters are locked) or `Operating` (parameters)."""
        if self.charging:
            return "Charging"
        return "Operating" if self.operating else "Ready"

    @property
    def cable_locked(self) -> bool:
        """Whether `res_cable` can no longer be set. When that is so is our reading."""
        return self.operating

    def operate(self) -> None:
        """Lock the parameters for good (operative status *Operating*).

        Raises:
            NotValidError: No login has been made, or a charge cycle is running.
        """
        self.update()
        if not self.login.logged_in or self.charging:
            raise NotValidError("log in first, and not while charging")
        self.operating = True

    def require_unlocked_parameters(self) -> None:
        """Find out whether the system parameters can be changed.

        Raises:
            NotValidError: The operative status is not *Ready*.
        """
        self.update()
        if self.operative_status != "Ready":
            raise NotValidError("parameters are locked")

    def save_parameters(self) -> None:
        """Save what has been written to the system parameters, and reboot (register 0x2F03).

        Raises:
            NotValidError: The operative status is not *Ready*.
        """
        self.require_unlocked_parameters()
        self.parameters.save()
        self.reboot()

    # --- Settings

    def configure(
        self,
        *,
        datetime: int | None = None,
        datetime_offset: int | None = None,
        tariff: int | None = None,
        res_cable: int | None = None,
    ) -> None:
        """Set the clock (Unix seconds), the offset to UTC (minutes), the tariff, the cable.

        Raises:
            NotValidError: A charge cycle is running, or the cable's value is locked.
            OutOfRangeError: One of them is out of its range; none is set.
        """
        self.update()
        self._require_settled()
        if self.charging and not self._recovering:
            raise NotValidError("not while charging")
        if res_cable is not None and self.cable_locked:
            raise NotValidError("res_cable is locked")
        _check_range("datetime", datetime, 0, _MAX_DWORD)
        _check_range("datetime_offset", datetime_offset, -_MAX_OFFSET, _MAX_OFFSET)
        _check_range("tariff", tariff, 0, _MAX_WORD)
        _check_range("res_cable", res_cable, 0, _MAX_WORD)
        if datetime_offset is not None:
            if datetime_offset % _OFFSET_STEP:
                raise OutOfRangeError("datetime_offset is not a multiple of 15")
            if self.readings.follows("clock_set", "wall"):
                self._clock_lead -= 60 * (datetime_offset - self.time_offset)
            self.time_offset = datetime_offset
            self._log(EventCode.OFFSET_SET, datetime_offset)
        if datetime is not None:
            self._set_time(datetime)
        if tariff is not None:
            self.tariff = tariff
        if res_cable is not None:
            self.res_cable = res_cable

    def _set_time(self, datetime: int) -> None:
        self._clock_lead = datetime - self._set_lead - self.now
        self._synchronised_until = self.now + self.sync_timeout * 60
        if self.readings.follows("clock_writes", "events"):
            self._log(EventCode.CLOCK_SET, datetime)

    def set_display(self, *, on: int | None = None, page: int | None = None) -> None:
        """Switch the display (0 off, 1 on) or its page (1…13; registers 0x4F10, 0x4F11).

        Raises:
            OutOfRangeError: One of them is out of its range; none is set.
        """
        _check_range("display_on_off", on, 0, 1)
        _check_range("set_page", page, 1, _DISPLAY_PAGES)
        if on is not None:
            self.display_on = bool(on)
        if page is not None:
            self.display_page = page

    # --- The charge cycle

    def submit_prototype(self, text: bytes | None) -> None:
        """Take the fixed fields of the next records; the status registers show the result.

        Args:
            text: None for one that was not where the meter looks for it.

        Raises:
            BusyError: The meter is still signing or checking.
            NotValidError: It is still starting, or has a fatal error.
        """
        self._require_not_busy()
        self._require_settled()

        def finish() -> None:
            renewing = self._recovering or self.readings.follows("prototype_needed", "each")
            if (self.charging and not renewing) or not self.commissioned:
                self._errors_1 |= JsonError.SEQUENCE
                return
            try:
                self._prototype = check_prototype(text, self.readings)
            except PrototypeError as error:
                self._errors_1 |= error.error
                return
            self._prototype_fresh = True
            if self.readings.follows("signature_ok", "prototype"):
                # The manual's flowchart waits for "signature OK" here, before anything is signed.
                self._signature_ok = True
            if not self.charging:
                self._measurement_status = MeasurementStatus.IDLE

        self._job = _Job(self.now + self._checking_time, finish, signing=False)

    def check_command(self, command: Command) -> None:
        """Find out whether a command would be taken now.

        Raises:
            BusyError: The meter is still signing or checking.
            NotValidError: The command does not fit the measurement status.
        """
        self._require_not_busy()
        self._require_alive()
        allowed = (
            self._measurement_status is MeasurementStatus.IDLE
            if command is Command.BEGIN
            else self.charging
        )
        if not allowed:
            raise NotValidError(f"{command} in measurement status {self._measurement_status}")
        if command is Command.END and self.readings.follows("end_command", "combined"):
            raise NotValidError("r ends a cycle")
        if self._recovering and not (self.synchronised and self._prototype is not None):
            raise NotValidError("clock and prototype are lost")

    def command(self, command: Command) -> None:
        """Begin, read or end: the measurement status follows at once, the record when it is signed.

        Raises:
            BusyError: The meter is still signing or checking.
            NotValidError: The command does not fit the measurement status.
        """
        self.check_command(command)
        self.last_command = ord(command)
        if self.readings.follows("prototype_needed", "each"):
            if not self._prototype_fresh:
                self._errors_1 |= JsonError.NOT_FULL_PACKET
                return
            self._prototype_fresh = False
        ends = {Command.END, Command.BEGIN_AND_END}
        if self.readings.follows("begin_and_end", "fetches"):
            ends.remove(Command.BEGIN_AND_END)
        if command is Command.BEGIN:
            self._begin_cycle()
        elif command in ends:
            self._end_cycle(self._reason(command))
        else:
            self._sign(self._reading(self._reason(command), since=self._begin))

    def reset_errors(self) -> None:
        """Clear both error dwords (command X, Modbus 0x00FF)."""
        self.update()
        self._errors_1 = self._errors_2 = 0

    # --- What happens to a meter

    def set_error(self, dword: int, bit: int) -> None:
        """Raise a bit (0…31) of error dword 1 or 2, as the hardware would."""
        self.update()
        if dword == 1:
            self._errors_1 |= 1 << bit
        else:
            self._errors_2 |= 1 << bit
        self._log(EventCode.ERROR, bit + 32 * (dword - 1))

    def set_board_bit(self, board: Board, bit: str, *, on: bool = True) -> None:
        """Set or clear an error bit of a board, such as `wiring_err` of `board_2`."""
        self.boards.set_bit(board, bit, on=on)

    def set_fatal(self, number: int, *, on: bool = True) -> None:
        """Set or clear fatal error 1…12 of the measure board."""
        self.boards.set_fatal(number, on=on)

    def reverse_wiring(self, *, on: bool = True) -> None:
        """Swap the cables: power is negative from now on, an error on a model of one direction."""
        self.update()
        self.physics.reversed = on

    def fill_logbook(self, number: int) -> None:
        """Have so many records signed of charges that have been, a begin and an end of each.

        They lie before now, an hour apart, and their counters add up to the present ones.

        Raises:
            NotValidError: A charge cycle is running, or there is no key yet.
        """
        self._require_not_busy()
        if self.charging or not self.commissioned:
            raise NotValidError("not while charging, nor before commissioning")
        charges = (number + 1) // 2
        index = self._transactions
        sample = self.physics.fast
        energy = min(_PAST_ENERGY, sample.imported // max(charges, 1))
        for charge in range(charges):
            start = self.time - (charges - charge) * _PAST_INTERVAL
            imported = (sample.imported - (charges - charge) * energy) % COUNTER_SIZE
            begin, end = (
                Reading(
                    time=self._time_text(moment),
                    reason=reason,
                    imported=imported + cycle,
                    exported=sample.exported % COUNTER_SIZE,
                    cycle=cycle,
                )
                for reason, moment, cycle in (
                    ("B", start, 0),
                    ("E", start + _PAST_INTERVAL / 2, energy),
                )
            )
            fields = check_prototype(_PAST_PROTOTYPE % (charge + 1))
            # Of an odd number, the oldest charge has lost its begin.
            self._transactions = index + charge + 1
            for now in (begin, end)[charge == 0 and number % 2 :]:
                self._keep(fields, self._progressive + 1, self._payload(fields, begin, now))

    def plant_record(self, raw: bytes) -> None:
        """Have any bytes as the last record, unsigned: what a hostile meter might give."""
        self._require_not_busy()
        self._progressive += 1
        text = raw.decode(errors="surrogateescape")
        self.record_log.entries.append(Record(self._progressive, "", text, b""))

    def power_failure(self) -> None:
        """Lose power and come back at once: connections and clock synchronisation are gone.

        A running cycle goes on as *active after power failure*, unless the meter reads the manual
        otherwise; a prepared one is dropped. A signature that was in progress is completed; a
        prototype that was being checked is lost.
        """
        self._forget()
        self._log(EventCode.POWER_FAILURE)
        self._log(EventCode.POWER_UP)
        self._drop_connections()

    @override
    def reboot(self) -> None:
        """Restart, with what a power failure does to a cycle, and no answers for the reboot time."""
        self._forget()
        self._log(EventCode.POWER_UP)
        super().reboot()

    # --- Inside

    @property
    def _signing_broken(self) -> bool:
        return bool(self._errors_1 & _SIGNING_ERRORS)

    def _require_alive(self) -> None:
        if self.boards.fatal:
            raise NotValidError("a fatal error")

    def _require_settled(self) -> None:
        self._require_alive()
        if self.now < self._settled_at:
            raise NotValidError("still starting")

    def _forget(self) -> None:
        self.update()
        self._synchronised_until = None
        if self.readings.follows("after_boot", "settling"):
            self._settled_at = self.now + _SETTLING_TIME
        if self._job is not None and not self._job.signing:
            self._job = None
        self._output_lost = self.readings.follows("output_after_power_down", "empty")
        if self.charging:
            self._survive()
        else:
            self._measurement_status = MeasurementStatus.NOT_INITIALISED
            self._prototype = None
        self.login.logged_in = False
        self.parameters.forget()
        self.record_download = Download()
        self.event_download = Download()

    def _survive(self) -> None:
        """Go on with a cycle that the power failed in."""
        if self.readings.follows("power_failure", "ended"):
            if self._job is not None:
                self._job.finish()
            self._end_cycle("P")
            return
        self._measurement_status = MeasurementStatus.ACTIVE_AFTER_POWER_FAILURE
        if self.readings.follows("power_failure", "prepare"):
            self._prototype = None

    @property
    def _recovering(self) -> bool:
        """Whether clock and prototype are needed again before the cycle can be ended."""
        return (
            self._measurement_status is MeasurementStatus.ACTIVE_AFTER_POWER_FAILURE
            and self.readings.follows("power_failure", "prepare")
        )

    def _begin_cycle(self) -> None:
        before = self.physics.fast.cycle_imported
        self.physics.begin()
        self._rolled_over = False
        self._transactions += 1
        now = self._reading("B", since=None)
        if self.readings.follows("cycle_at_begin", "previous"):
            now = replace(now, cycle=before)
        self._begin = now
        self._sign(self._closing(now), then=MeasurementStatus.ACTIVE)

    def _closing(self, begin: Reading) -> Reading | None:
        """Return what readings 4 to 6 of a begin's record are taken from."""
        match self.readings["readings_of_begin"]:
            case "zeros":
                return Reading(begin.time, begin.reason, 0, 0, 0)
            case "stale":
                return self._last_reading or begin
            case "none":
                return None
        return begin

    def _end_cycle(self, reason: str) -> None:
        now = self._reading(reason, since=self._begin)
        self._sign(now, then=MeasurementStatus.NOT_INITIALISED)
        self.physics.end()
        self._prototype = None

    def _require_not_busy(self) -> None:
        self.update()
        if self._job is not None:
            raise BusyError("Busy")

    def _reason(self, command: Command) -> str:
        fetches = self.readings.follows("begin_and_end", "fetches")
        if command is Command.INTERMEDIATE or (fetches and command is Command.BEGIN_AND_END):
            return "C"
        after_failure = self._measurement_status is MeasurementStatus.ACTIVE_AFTER_POWER_FAILURE
        return "P" if after_failure else "E"

    def _reading(self, reason: str, *, since: Reading | None) -> Reading:
        sample = self.physics.fast
        imported, exported = sample.imported % COUNTER_SIZE, sample.exported % COUNTER_SIZE
        if since is not None:
            # A counter that has begun again from 0 goes on past its maximum in the record.
            imported += COUNTER_SIZE * (imported < since.imported)
            exported += COUNTER_SIZE * (exported < since.exported)
        return Reading(
            time=self._time_text(self.time),
            reason=reason,
            imported=imported,
            exported=exported,
            cycle=sample.cycle_imported,
        )

    def _note_roll_over(self, begin: Reading) -> None:
        sample = self.physics.fast
        self._rolled_over |= (
            sample.imported % COUNTER_SIZE < begin.imported
            or sample.exported % COUNTER_SIZE < begin.exported
        )

    def _sign(self, now: Reading | None, then: MeasurementStatus | None = None) -> None:
        """Have a record signed, and change the measurement status before or after that."""
        assert self._prototype is not None  # noqa: S101 - a cycle has a prototype
        assert self._begin is not None  # noqa: S101
        fields = self._prototype
        progressive = self._progressive + 1
        payload = self._payload(fields, self._begin, now)
        self._last_reading = now
        late = self.readings.follows("status_change", "last")
        if then is not None and not late:
            self._measurement_status = then

        def finish() -> None:
            self._unsigned = None
            if then is not None and late:
                self._measurement_status = then
            if self._signing_broken:
                return
            self._keep(fields, progressive, payload)
            self._signature_ok = True

        self._unsigned = fields, payload
        self._signature_ok = False
        self._job = _Job(self.now + self._signing_time, finish, signing=True)

    def _payload(self, fields: dict[str, str], begin: Reading, now: Reading | None) -> str:
        numbers = {"signature": self._progressive + 1, "transaction": self._transactions}
        own = {}
        if number := numbers.get(self.readings["pagination"]):
            own["PG"] = f'"T{number}"'
        elif self.readings.follows("pagination", "empty"):
            own["PG"] = '""'
        if self.readings.follows("meter_fields", "meter"):
            own |= {"MV": '"LOVATO"', "MM": f'"{self.model.name}"', "MF": '"12"'}
            own["MS"] = f'"{self.serial_number}"'
        style = Style(
            colon=": " if self.readings.follows("payload_spaces", "colons") else ":",
            codes=self.readings["register_codes"],
            value_mark='"' if self.readings.follows("energy_form", "text") else "",
        )
        return payload_text({**fields, **own}, begin, now, style)

    def _time_text(self, moment: float) -> str:
        letter = self.readings["time_letter"]
        return time_text(moment, self.time_offset, synchronised=self.synchronised, letter=letter)

    def _keep(self, fields: dict[str, str], progressive: int, payload: str) -> None:
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        signature = self._private_key.sign(payload.encode(), algorithm)
        der = der_signature(*decode_dss_signature(signature), self.readings["signature_der"])
        data_only = self.readings.follows("signature_section", "data", "base64")
        base64 = self.readings.follows("signature_section", "base64")
        section = signature_text(der, base64 or self.signature_format, data_only=data_only)
        line = " | " if self.readings.follows("frame", "spaces") else "|"
        text = line.join(("OCMF", payload, section))
        self._output_lost = False
        self._progressive = progressive
        self.record_log.entries.append(Record(progressive, identification_of(fields), text, der))

    def _log(self, code: EventCode, argument: int = 0) -> None:
        full = len(self.event_log.entries) == self.event_log.capacity
        if full and not self.operating and self.readings.follows("event_log_full", "fatal"):
            self.set_fatal(_EVENTS_FULL)
            return
        self.event_log.entries.append(Event(int(self.time), self.time_offset, code, argument))


def _check_range(name: str, value: int | None, lowest: int, highest: int) -> None:
    if value is not None and not lowest <= value <= highest:
        raise OutOfRangeError(f"{name} is not in {lowest}…{highest}")


def _key_from_seed(seed: int) -> ec.EllipticCurvePrivateKey:
    digest = hashlib.sha256(f"simulated DMED4 {seed}".encode()).digest()
    return ec.derive_private_key(int.from_bytes(digest) % (_CURVE_ORDER - 1) + 1, ec.SECP256R1())
