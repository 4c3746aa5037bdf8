"""What a meter says, in physical units, whatever the transport."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, Flag, IntEnum, IntFlag, StrEnum, auto
import hashlib
from typing import Final, Self

OFFSET_STEP = 15
"""Minutes: the offset to UTC is a multiple of them (manual: v1/charge_settings)."""


class OpenEnum(IntEnum):
    """Numbers that the manual names; firmware may know more of them."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        """Keep a number that the manual does not know instead of failing on it."""
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = value
        return member

    @property
    def known(self) -> bool:
        """Whether the manual names this number."""
        return self.name in type(self).__members__


class MeasurementStatus(OpenEnum):
    """State of the charge cycle (register 0x4200, REST ``measurement_status``)."""

    NOT_INITIALIZED = 0
    """No cycle and none prepared: where a charge starts."""
    IDLE = 1
    """A cycle is prepared (its prototype was accepted) and waits for *begin*."""
    ACTIVE = 2
    ACTIVE_AFTER_POWER_FAILURE = 3

    @property
    def charging(self) -> bool:
        """Whether a charge cycle is running."""
        return self in (MeasurementStatus.ACTIVE, MeasurementStatus.ACTIVE_AFTER_POWER_FAILURE)


class SignatureStatus(IntFlag):
    """State of the digital signature (register 0x4201, REST ``signature_status``)."""

    NOT_INITIALIZED = 1 << 0
    CORRECT_JSON_RECEIVED = 1 << 1
    IN_PROGRESS = 1 << 2
    OK = 1 << 3
    SIGNATURE_ERROR = 1 << 4
    TIMESTAMP_SYNCHRONISED = 1 << 5
    METER_ROLL_OVER = 1 << 6
    ERROR = 1 << 15


class MeterErrors(IntFlag):
    """Both error dwords as one number: dword 1 below, dword 2 from bit 32 on."""

    JSON_SYNTAX = 1 << 0
    JSON_NOT_FULL_PACKET = 1 << 1
    JSON_SEQUENCE = 1 << 2
    JSON_VALUE = 1 << 3
    ELLIPTIC_CURVE_INIT = 1 << 9
    PUBKEY_INIT = 1 << 10
    PRIVKEY_INIT = 1 << 11
    GENERATION_KEY_PAIR = 1 << 12
    ECDSA_SIGN_STRUCT_INIT = 1 << 13
    SHA_FAILED = 1 << 14
    ECDSA_SIGN = 1 << 15
    ECDSA_VERIFY_SIGN = 1 << 16
    EEPROM_READ = 1 << 32
    DMED_COMM = 1 << 33
    DMED_FRAME = 1 << 34

    @classmethod
    def from_dwords(cls, first: int, second: int) -> Self:
        """Join the two dwords (registers 0x4000 and 0x4002)."""
        return cls(first | second << 32)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the bits set, a bit unknown to the manual as ``dword 1 bit 5``."""
        return tuple(
            MeterErrors(1 << bit).name or f"dword {bit // 32 + 1} bit {bit % 32}"
            for bit in range(self.bit_length())
            if self & 1 << bit
        )


class Command(StrEnum):
    """Commands of the charge cycle; the value is the letter that REST takes."""

    BEGIN = "B"
    READ = "C"
    END = "E"
    BEGIN_AND_END = "r"
    RESET_ERRORS = "X"


class Container(StrEnum):
    """What a prototype is handed over in (manual: v1/ocmf, the body of a POST)."""

    BARE = "bare"
    """Nothing: it is the payload's JSON object."""
    FILE = "file"
    """``OCMF|{payload}|{signature}``, over REST in OCMF_BUFF: the body of the GET."""
    PAYLOAD = "payload"
    """The payload in OCMF_BUFF; only over REST."""


class DisplayPage(IntEnum):
    """Pages of the meter's own display."""

    TOTAL_IMPORTED_ENERGY = 1
    CYCLE_IMPORTED_ENERGY = 2
    VOLTAGE = 3
    CURRENT = 4
    POWER = 5
    DATE = 6
    TIME = 7
    TEMPERATURE_I1 = 8
    TEMPERATURE_I2 = 9
    TOTAL_HOURS = 10
    WORKING_HOURS = 11
    TOTAL_EXPORTED_ENERGY = 12
    CYCLE_EXPORTED_ENERGY = 13


class SignatureFormat(OpenEnum):
    """How the signature is written in a record (register 0x4282, P06_01)."""

    HEX = 0
    BASE64 = 1


class OperativeStatus(StrEnum):
    """What can be changed on the meter (REST ``operative_status``)."""

    READY = "ready"
    CHARGING = "charging"
    OPERATING = "operating"


class SystemCode(OpenEnum):
    """Summary of the meter's errors (REST ``system_status``)."""

    OK = 0
    MEASURE_BOARD_ERROR = 1
    COMMUNICATION_BOARD_ERROR = 10
    BOARDS_NOT_COMMUNICATING = 11
    HARDWARE_TEST = 22


class Feature(Flag):
    """What one transport offers and another does not."""

    EXCHANGED_ENERGY = auto()
    HOUR_COUNTERS = auto()
    SAMPLE_TIME = auto()
    SYSTEM_STATUS = auto()
    """System status, both boards' bits, fatal errors."""
    RECORD_SEARCH = auto()
    """Saved records by internal progressive and by transaction ID; the state of that search."""
    PARSED_EVENTS = auto()
    """Metrological events with date, code and arguments instead of raw bytes."""
    PARAMETER_BLOCK = auto()
    """System parameters all at once behind a login; else one by one, by menu."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The status words that steer a charge cycle."""

    measurement: MeasurementStatus
    signature: SignatureStatus
    errors: MeterErrors


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Measured values; None where the transport lacks one or the meter left it out.

    Voltage in V, current in A, power in kW (negative while energy flows back), energies in kWh,
    temperatures in °C, ``sampled_at`` by the meter's clock.
    """

    voltage: float | None = None
    current: float | None = None
    power: float | None = None
    energy_imported: float | None = None
    energy_exported: float | None = None
    energy_exchanged: float | None = None
    cycle_energy_imported: float | None = None
    cycle_energy_exported: float | None = None
    temperature_i1: float | None = None
    temperature_i2: float | None = None
    sampled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FastMeasures:
    """What a meter measures several times a second; units and None as in `Measures`."""

    voltage: float | None = None
    current: float | None = None
    power: float | None = None
    sampled_at: datetime | None = None


class Block(Enum):
    """Values of a live poll that are read together, and that change together."""

    MEASURES = auto()
    """Energies and temperatures, refreshed once a second."""
    FAST = auto()
    """Voltage, current and power."""
    STATUS = auto()
    """Status words and errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveData:
    """What one live poll brings."""

    measures: Measures
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be set while no charge is running; None where the transport lacks a value.

    ``time_offset`` in minutes to UTC, ``sync_timeout`` in minutes; tariff and cable resistance are
    plain numbers, whose meaning the manual leaves to the meter's parameters.
    """

    time_offset: int | None = None
    tariff: int | None = None
    cable_resistance: int | None = None
    sync_timeout: int | None = None
    signature_format: SignatureFormat | None = None


BOARD_1_BITS: Final = frozenset(
    {
        "flash_err",
        "mac_err",
        "flash_init_err",
        "udp_client_err",
        "meas_not_comm_err",
        "hw_test_ongoing",
    }
)
"""Bits of the communication board that the manual names (v1/system_status)."""

BOARD_2_BITS: Final = frozenset(
    {
        "fram_init_err",
        "flash_init_err",
        "adconv_init_err",
        "display_init_err",
        "temp_i1_init_err",
        "temp_i2_init_err",
        "signature_err",
        "timer_irq_err",
        "fw_crc_err",
        "k_crc_err",
        "init_uncorrect_err",
        "temp_i1_err",
        "temp_i2_err",
        "adconv_err",
        "flash_err",
        "wiring_err",
        "osc_err",
        "fatal_err",
        "hw_test_ongoing",
    }
)
"""Bits of the metering board that the manual names."""

FATAL_ERRORS: Final = range(1, 13)
"""Numbers of the fatal errors that the manual explains, e_1 to e_12."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemStatus:
    """State of the meter's hardware and firmware.

    The errors are the names of the bits set, in the spelling of the manual's schema; names that it
    does not know are kept as they come. Board 1 is the power board, which communicates, board 2 the
    measure board. ``fatal_errors`` are the numbers of e_1…e_12. Checksums are hexadecimal.
    """

    code: SystemCode | None = None
    operative_status: OperativeStatus | None = None
    board_1_errors: tuple[str, ...] = ()
    board_2_errors: tuple[str, ...] = ()
    fatal_errors: tuple[int, ...] = ()
    cable_resistance_locked: bool = False
    logged_in: bool = False
    measure_firmware: str | None = None
    measure_checksum: str | None = None
    power_firmware: str | None = None
    power_checksum: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogbookInfo:
    """State of the two logbooks; None where the transport lacks a value.

    The progressives are the meter's own numbers of the oldest and the newest saved record; what
    the search status says is not in the manual.
    """

    records_saved: int | None = None
    records_maximum: int | None = None
    first_progressive: int | None = None
    last_progressive: int | None = None
    events_saved: int | None = None
    events_maximum: int | None = None
    search_status: int | None = None
    search_position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Housekeeping:
    """What changes slowly; None where the transport lacks a value.

    ``clock_drift`` in whole seconds, positive when the meter's clock is ahead; counters in hours.
    """

    clock_drift: int | None = None
    clock_error: int = 0
    logbook: LogbookInfo = LogbookInfo()
    hours_total: float | None = None
    hours_working: float | None = None
    settings: Settings = Settings()
    system: SystemStatus = SystemStatus()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetrologicalEvent:
    """An entry of the event logbook.

    ``raw`` is what the meter gave, byte for byte; over Modbus that is all there is. ``at`` is the
    meter's local time without an offset, since the meter does not say which it had then.
    """

    raw: bytes
    at: datetime | None = None
    code: str | None = None
    arguments: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the meter is.

    ``public_key`` is X‖Y of the point, 64 bytes on a 256-bit curve; ``public_key_ocmf`` is the
    SubjectPublicKeyInfo in DER. Both are None before commissioning.
    """

    model: str
    public_key: bytes | None = None
    public_key_ocmf: bytes | None = None
    serial_number: str | None = None
    firmware: str | None = None
    hardware: str | None = None
    parameter_revision: str | None = None
    ethernet_firmware: str | None = None

    @property
    def one_way(self) -> bool:
        """Whether the type plate says D: such a model takes energy that flows back for wrong wiring.

        Over Modbus, where R and D share a code, it is not known and False.
        """
        return self.model.startswith("DMED40") and "R" not in self.model

    @property
    def fingerprint(self) -> str | None:
        """SHA-256 of the public key in hex: the same over every transport, None without a key."""
        return hashlib.sha256(self.public_key).hexdigest() if self.public_key else None


CLOCK_TOLERANCE: Final = 5
"""In s. A clock shows whole seconds, and a request takes a moment."""


def drift_seconds(meter_clock: int, now: float) -> int:
    """How many whole seconds the meter's clock is ahead.

    A clock that shows whole seconds is, on average, half a second further than it shows.
    """
    return round(meter_clock + 0.5 - now)
