"""The remote displays DMED4DC1 and DMED4DC2 (manual: custom pages and page switching)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, override

from .clock import Clock
from .device import Device
from .errors import NotValidError, OutOfRangeError
from .meter import SimulatedMeter
from .registers import EITHER, WRITE_ONE, Register, RegisterTable


@dataclass(frozen=True)
class DisplayModel:
    """A model that shows and does not measure.

    Attributes:
        name: Printed name.
        slave_id: Model code in the answer to Modbus function 0x11.
        channels: How many meters it shows.
        ethernet: Whether it has an Ethernet port, and so the REST API.
    """

    name: str
    slave_id: int
    channels: int
    ethernet: bool

    def pages(self, custom_page: int) -> frozenset[int]:
        """Main pages 1…4 and custom pages 5…8, of the channels it has.

        Args:
            custom_page: That of a display for one meter.
        """
        if self.channels == 1:
            return frozenset((1, custom_page))
        return frozenset(page for n in range(1, self.channels + 1) for page in (n, n + 4))


DISPLAY_MODELS = {
    model.name: model
    for model in (
        DisplayModel("DMED4DC1", 0x0C, 4, ethernet=True),
        DisplayModel("DMED4DC2", 0x0D, 1, ethernet=False),
    )
}

TEXT_SIZES: Mapping[str, int] = MappingProxyType(
    {f"{kind}{n}": size for n in (1, 2, 3) for kind, size in (("title", 32), ("text", 20))}
)
"""The six texts of a custom page and how many characters they can have."""


class RemoteDisplay(Device):
    """A display that shows meters and texts of the master's.

    Args:
        model: `DMED4DC1` (four meters, Ethernet and RS-485) or `DMED4DC2` (one, RS-485).
        meters: The meters by channel, from 1 on.
        page_locked: Whether its P01.05 is not DISABLE: then the master can't choose the page.
        clock: The source of time.
        reboot_time: Seconds for which a reboot leaves it without an answer.
        readings: Open places of the manual with readings other than the default.

    Attributes:
        page: The page that is shown: 1…4 main page of meter 1…4, 5…8 custom page of meter 1…4.
        texts: The texts of the custom pages by channel: `title1`, `text1`, … `text3`.
    """

    def __init__(
        self,
        model: str = "DMED4DC1",
        meters: Mapping[int, SimulatedMeter] = MappingProxyType({}),
        *,
        page_locked: bool = False,
        clock: Clock | None = None,
        reboot_time: float = 2.0,
        readings: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(clock, reboot_time, readings)
        self.model: Final = DISPLAY_MODELS[model]
        channels = range(1, self.model.channels + 1)
        if not set(meters) <= set(channels):
            raise ValueError(f"{model} has channels 1 to {self.model.channels}")
        self.meters: Final = meters
        self.page_locked = page_locked
        self.page = 1
        self.texts = {channel: dict.fromkeys(TEXT_SIZES, "") for channel in channels}

    def power_failure(self) -> None:
        """Lose power and come back at once."""
        if self.readings.follows("custom_texts", "lost"):
            self.page = 1
            self.texts = {channel: dict.fromkeys(TEXT_SIZES, "") for channel in self.texts}
        self._drop_connections()

    @property
    @override
    def name(self) -> str:
        return self.model.name

    @override
    def update(self) -> None:
        pass

    def show_page(self, page: int) -> None:
        """Change to a page (register 0x2F50).

        Raises:
            NotValidError: P01.05 is not DISABLE.
            OutOfRangeError: There is no such page.
        """
        if page not in self.model.pages(int(self.readings["custom_page"])):
            raise OutOfRangeError("no such page")
        if self.page_locked:
            raise NotValidError("P01.05 is not DISABLE")
        self.page = page

    def set_texts(self, channel: int, texts: Mapping[str, object]) -> None:
        """Change texts of a channel's custom page.

        Raises:
            OutOfRangeError: One of them is no text, too long or not ASCII; none is set.
        """
        checked = {}
        for name, text in texts.items():
            if not isinstance(text, str) or not text.isascii() or len(text) > TEXT_SIZES[name]:
                raise OutOfRangeError(f"{name} is not {TEXT_SIZES[name]} ASCII characters")
            checked[name] = text
        self.texts[channel] |= checked


def _text_register(number: int, channel: int, name: str) -> Register[RemoteDisplay]:
    size = TEXT_SIZES[name]

    def write(display: RemoteDisplay, start: int, data: bytes) -> None:
        content = bytearray(display.texts[channel][name].encode().ljust(size, b"\0"))
        content[start : start + len(data)] = data
        # What follows the end of a text is not shown, whatever it is.
        text = bytes(content).partition(b"\0")[0].decode("ascii", "replace")
        display.set_texts(channel, {name: text})

    return Register(
        number,
        size // 2,
        lambda display: display.texts[channel][name].encode(),
        None,
        EITHER,
        write_part=write,
    )


_TEXT_REGISTERS = {
    1: (0x2F64, 0x3024, 0x2F74, 0x302E, 0x2F84, 0x3038),
    2: (0x2F94, 0x3042, 0x2FA4, 0x304C, 0x2FB4, 0x3056),
    3: (0x2FC4, 0x3060, 0x2FD4, 0x306A, 0x2FE4, 0x3074),
    4: (0x2FF4, 0x307E, 0x3004, 0x3088, 0x3014, 0x3092),
}

DISPLAY_REGISTERS = {
    model.name: RegisterTable(
        (
            Register[RemoteDisplay](0x2F50, 1, None, RemoteDisplay.show_page, (WRITE_ONE,)),
            *(
                _text_register(number, channel, name)
                for channel in range(1, model.channels + 1)
                for number, name in zip(_TEXT_REGISTERS[channel], TEXT_SIZES, strict=True)
            ),
        )
    )
    for model in DISPLAY_MODELS.values()
}
"""The registers of each model of display."""
