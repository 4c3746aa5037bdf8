"""The system parameters (manual: parameters setup; v1/system_parameters).

The manual has their names and the values of some. What the others are for is not said: their
defaults and ranges here are the simulator's own. Changing the node number, the baud rate or the IP
address is kept and read back, but moves no server.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .errors import NotValidError, OutOfRangeError

_MAX_WORD = 0xFFFF
_MAX_ADDRESS = 0xFFFFFFFF


@dataclass(frozen=True)
class Parameter:
    """One parameter.

    Attributes:
        name: Such as P05_03: menu 5, parameter 3.
        default: Its value when the meter is delivered.
        lowest: The least value it can have.
        highest: The greatest.
    """

    name: str
    default: int = 0
    lowest: int = 0
    highest: int = _MAX_WORD


_SWITCHES = ("P02_01", "P02_02", "P02_03", "P02_04", "P02_05", "P03_01", "P04_06", "P05_11")

_PARAMETERS = {
    parameter.name: parameter
    for parameter in (
        Parameter("P01_01", highest=9),
        *(Parameter(name, highest=1) for name in _SWITCHES),
        Parameter("P03_02"),
        Parameter("P04_01", 1, 1, 247),  # node number
        Parameter("P04_02", 3, highest=7),  # 9600 bps
        Parameter("P04_03", highest=4),  # 8 bits, no parity
        Parameter("P04_04", 1, 1, 2),  # stop bits
        Parameter("P04_05", highest=1),  # RTU
        Parameter("P05_01", 1, 1, 247),
        Parameter("P05_02", highest=1),
        Parameter("P05_03", 0xC0A80101, highest=_MAX_ADDRESS),  # 192.168.1.1
        Parameter("P05_04", 0xFFFFFF00, highest=_MAX_ADDRESS),  # 255.255.255.0
        Parameter("P05_05", highest=1),  # slave
        Parameter("P05_06", 0, highest=_MAX_ADDRESS),
        Parameter("P05_07", 502),
        Parameter("P05_08"),
        Parameter("P05_09"),
        Parameter("P05_10", 1, highest=1),  # TCP
        Parameter("P06_01", highest=1),  # hex
        Parameter("P06_02"),
    )
}

PARAMETER_NAMES = tuple(sorted(_PARAMETERS))
"""All of them, in the order of the menus."""


# The order of the maker's other devices: address, mask, port.
_OTHER_ORDER = {
    "P05_02": 0xC0A80101,  # 192.168.1.1
    "P05_03": 0xFFFFFF00,  # 255.255.255.0
    "P05_04": 1001,
    "P05_07": 0,
}


class Parameters:
    """A meter's parameters: those in its flash memory, and those written and not saved yet.

    Args:
        values: Other values than the defaults.
        ip_parameters: Which of them are IP addresses, 32-bit numbers.

    Attributes:
        menu: Selected menu (register 0x5000).
        submenu: Selected submenu, 0 for none (register 0x5001).
        number: Selected parameter (register 0x5002).
    """

    def __init__(self, values: Mapping[str, int], ip_parameters: Iterable[str]) -> None:
        self._ip_parameters = frozenset(ip_parameters)
        self._saved = {name: parameter.default for name, parameter in _PARAMETERS.items()}
        if "P05_02" in self._ip_parameters:
            self._saved |= _OTHER_ORDER
        elif "P05_04" not in self._ip_parameters:
            self._saved["P05_04"] = 502
        self._written: dict[str, int] = {}
        self.menu = self.submenu = self.number = 0
        for name, value in values.items():
            self._check(name, value)
            self._saved[name] = value

    def __getitem__(self, name: str) -> int:
        return self._saved[name]

    @property
    def is_gateway(self) -> bool:
        """Whether the meter passes requests on to its bus (P05_05)."""
        return self["P05_05"] == 1

    # --- Modbus

    @property
    def selected(self) -> bytes:
        """The value of the selected parameter, saved or not: one word, an IP address two.

        Raises:
            NotValidError: No parameter is selected.
        """
        name = self._selected_name()
        return self._written.get(name, self._saved[name]).to_bytes(self._size(name))

    def write_selected(self, data: bytes) -> None:
        """Set the selected parameter until the next restart, unless it is saved before.

        Raises:
            NotValidError: No parameter is selected, or it has another number of words.
            OutOfRangeError: It can't have this value.
        """
        name = self._selected_name()
        if len(data) != self._size(name):
            raise NotValidError(f"{name} has another length")
        value = int.from_bytes(data)
        self._check(name, value)
        self._written[name] = value

    def save(self) -> None:
        """Take what has been written over into the flash memory."""
        self._saved |= self._written
        self._written.clear()

    def forget(self) -> None:
        """Lose what has been written and not saved, and the selection."""
        self._written.clear()
        self.menu = self.submenu = self.number = 0

    # --- REST

    def block(self) -> dict[str, int]:
        """Return all parameters; an IP address is one number."""
        return {name: self._saved[name] for name in PARAMETER_NAMES}

    def shown_block(self, form: str) -> dict[str, int | str]:
        """Return all parameters, with IP addresses as `backwards` number, `dotted` or `split`."""
        shown: dict[str, int | str] = {}
        for name, value in self.block().items():
            if name not in self._ip_parameters:
                shown[name] = value
                continue
            parts = value.to_bytes(4)
            match form:
                case "backwards":
                    shown[name] = int.from_bytes(parts, "little")
                case "dotted":
                    shown[name] = ".".join(map(str, parts))
                case "split":
                    shown |= dict(zip(self._parts(name), parts, strict=True))
                case _:
                    shown[name] = value
        return shown

    def write_block(self, block: Mapping[str, int]) -> None:
        """Set and save all parameters; the four bytes of an IP address stand for themselves.

        Raises:
            OutOfRangeError: One is missing, too many or out of its range; none is set.
        """
        expected = [part for name in PARAMETER_NAMES for part in self._parts(name)]
        if block.keys() != set(expected):
            raise OutOfRangeError(f"parameters are {', '.join(expected)}")
        values = {}
        for name in PARAMETER_NAMES:
            parts = self._parts(name)
            if len(parts) > 1 and not all(0 <= block[part] <= 0xFF for part in parts):  # noqa: PLR2004
                raise OutOfRangeError(f"{name} is not made of bytes")
            values[name] = sum(block[part] << 8 * n for n, part in enumerate(reversed(parts)))
            self._check(name, values[name])
        self._saved = values
        self._written.clear()

    # --- Inside

    def _parts(self, name: str) -> list[str]:
        return [f"{name}_0{n}" for n in range(1, 5)] if name in self._ip_parameters else [name]

    def _size(self, name: str) -> int:
        return 4 if name in self._ip_parameters else 2

    def _selected_name(self) -> str:
        name = f"P{self.menu:02}_{self.number:02}"
        if self.submenu or name not in _PARAMETERS:
            raise NotValidError("no parameter selected")
        return name

    def _check(self, name: str, value: int) -> None:
        parameter = _PARAMETERS[name]
        highest = _MAX_ADDRESS if name in self._ip_parameters else parameter.highest
        if not parameter.lowest <= value <= highest:
            raise OutOfRangeError(f"{name} is not in {parameter.lowest}…{highest}")
