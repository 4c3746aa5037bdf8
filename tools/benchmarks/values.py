"""The values of a live poll, as a user would write them down for Home Assistant's Modbus integration."""

from dataclasses import dataclass
from typing import Final, Literal

INTERVAL: Final = 1
"""Seconds between two polls."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the meter.

    Attributes:
        name: of the entity.
        register: the manual's number; the address on the wire is one less.
        type: as Modbus YAML calls it.
        scale: what one is, in the entity's unit.
        shown: whether the integration shows it in an entity that is enabled by default.
    """

    name: str
    register: int
    type: Literal["uint16", "int16", "uint32", "int64", "uint64"]
    scale: float = 1
    shown: bool = True

    @property
    def bytes(self) -> int:
        """Size."""
        return int(self.type.removeprefix("u").removeprefix("int")) // 8


ERRORS: Final = Value("Errors 1", 0x4000, "uint32")

VALUES: Final = (
    Value("Energy imported", 0x0002, "uint64", 0.001),
    Value("Cycle energy imported", 0x0006, "uint64", 0.001),
    Value("Temperature I1", 0x0012, "int16", 0.1),
    Value("Temperature I2", 0x0014, "int16", 0.1),
    Value("Energy exported", 0x0016, "uint64", 0.001),
    Value("Cycle energy exported", 0x001A, "uint64", 0.001),
    Value("Energy exchanged", 0x001E, "uint64", 0.001),
    Value("Voltage", 0x0200, "uint32", 0.01),
    Value("Current", 0x0202, "uint32", 0.0001),
    Value("Power", 0x0204, "int64", 0.001),
    Value("Sampled at", 0x0208, "uint32", shown=False),
    ERRORS,
    Value("Errors 2", 0x4002, "uint32"),
    Value("Measurement status", 0x4200, "uint16"),
    Value("Signature status", 0x4201, "uint16"),
    Value("Message length", 0x4202, "uint16", shown=False),
)

BLOCKS: Final = ((0x0002, 32), (0x0200, 10), (0x4000, 4), (0x4200, 3))
"""First register and number of registers of the requests that read all of them."""
