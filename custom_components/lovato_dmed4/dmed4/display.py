"""The remote displays DMED4DC1 (four meters) and DMED4DC2 (one meter).

Manual: custom pages and page switching for DMED4DC…
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from enum import IntEnum
from functools import partial
from typing import Final, Protocol

from .errors import (
    CannotConnectError,
    NotADmed4Error,
    PageLockedError,
    PageTextCharactersError,
    PageTextTooLongError,
    RefusedError,
    SilentError,
    UnexpectedAnswerError,
)
from .modbus import ModbusDevice
from .model import Identity
from .registers import VIEWER_PAGE, VIEWER_TEXT, VIEWER_TEXT_WORDS, VIEWER_TITLE, VIEWER_TITLE_WORDS
from .rest import RestDevice

METERS: Final = {"DMED4DC1": 4, "DMED4DC2": 1}
"""How many meters a model shows."""

# Answers to function 0x11 (manual: model code).
DISPLAY_MODELS: Final = {0x0C: "DMED4DC1", 0x0D: "DMED4DC2"}

# The one with an Ethernet port.
_REST_MODEL: Final = "DMED4DC1"
_CHANNELS: Final = range(1, METERS[_REST_MODEL] + 1)

# A display may be waiting for a meter that is off, so silence about the first channel means little.
# Silence about another one as well means that no device is there.
_PATIENT_CHANNEL: Final = 1

_AREAS: Final = 3
"""A page has three areas of a title and a text."""

_CUSTOM_PAGES: Final = 4
"""A meter's custom page comes four after its main page, first of all also on the display for one meter."""

_CUSTOM_PAGE_OF_ONE: Final = 2
"""The other number that it may have there."""


class ViewerPage(IntEnum):
    """Pages that a remote display can be made to show (register 0x2F50, REST ``page``)."""

    MAIN_METER_1 = 1
    MAIN_METER_2 = 2
    MAIN_METER_3 = 3
    MAIN_METER_4 = 4
    CUSTOM_METER_1 = 5
    CUSTOM_METER_2 = 6
    CUSTOM_METER_3 = 7
    CUSTOM_METER_4 = 8

    @classmethod
    def custom(cls, meter: int) -> ViewerPage:
        """Get the custom page of a meter, 1 to 4."""
        return cls(meter + _CUSTOM_PAGES)

    @property
    def meter(self) -> int:
        """The meter that the page belongs to, 1 to 4."""
        return (self - 1) % _CUSTOM_PAGES + 1


TITLE_LIMIT: Final = 2 * VIEWER_TITLE_WORDS
"""Characters in a title."""

TEXT_LIMIT: Final = 2 * VIEWER_TEXT_WORDS
"""Characters in a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomPage:
    """The texts of a meter's custom page: three areas of a title and a text.

    Titles have at most 32 characters and texts 20, printable ASCII.
    """

    title_1: str = ""
    text_1: str = ""
    title_2: str = ""
    text_2: str = ""
    title_3: str = ""
    text_3: str = ""

    def __post_init__(self) -> None:
        """Check the texts.

        Raises:
            PageTextCharactersError: a text holds what the display can't show.
            PageTextTooLongError: a text does not fit its place.
        """
        for name, limit in LIMITS.items():
            text = getattr(self, name)
            if not (text.isascii() and text.isprintable()):
                raise PageTextCharactersError(name)
            if len(text) > limit:
                raise PageTextTooLongError(name, len(text), limit)


LIMITS: Final[Mapping[str, int]] = {
    place.name: TITLE_LIMIT if place.name.startswith("title") else TEXT_LIMIT
    for place in fields(CustomPage)
}
"""The names of a page's texts, and how many characters each takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayState:
    """What a remote display says of itself.

    ``pages`` are the custom pages by meter; over REST, where they can't be read, there are none.
    """

    identity: Identity
    pages: Mapping[int, CustomPage]


class RemoteDisplay(Protocol):
    """A DMED4DC1 or DMED4DC2 behind some transport.

    Every method raises CannotConnectError, SilentError, UnexpectedAnswerError or RefusedError.
    """

    @property
    def shares_line(self) -> bool:
        """Whether others are asked over the same line."""

    @property
    def link_losses(self) -> int:
        """How often a lasting link was lost: the display may have been without power."""

    async def identify(self) -> Identity:
        """Find out the model; raises NotADmed4Error for any other device."""

    async def read(self) -> DisplayState:
        """See whether the display is there, and read what it lets be read."""

    async def show(self, page: ViewerPage) -> None:
        """Show a page.

        Raises:
            PageLockedError: the display refuses, as it does while its P01.05 is not DISABLE.
        """

    async def write_page(self, meter: int, page: CustomPage, changed: Collection[str]) -> None:
        """Write the texts of the custom page of a meter, 1 to 4.

        Args:
            meter: whose page.
            page: what to show.
            changed: names of the texts that are new; Modbus writes only these.
        """

    async def close(self) -> None:
        """Let go of the link."""


def text_register(meter: int, name: str) -> int:
    """Get the register (as the manual counts) of a custom page's text, such as ``title_1``."""
    kind, area = name.split("_")
    first, words = (
        (VIEWER_TITLE, VIEWER_TITLE_WORDS) if kind == "title" else (VIEWER_TEXT, VIEWER_TEXT_WORDS)
    )
    return first + words * (_AREAS * (meter - 1) + int(area) - 1)


class ModbusDisplay(ModbusDevice):
    """A remote display behind a Modbus link."""

    # What the page ViewerPage.CUSTOM_METER_1 is called.
    _custom_page = int(ViewerPage.CUSTOM_METER_1)
    _model = ""

    async def identify(self) -> Identity:
        """Ask for the model (function 0x11)."""
        answer = await self._report_server_id()
        if (model := DISPLAY_MODELS.get(answer[0])) is None:
            raise NotADmed4Error(f"function 0x11 answers {answer.hex(' ')}")
        self._model = model
        return Identity(model=model, firmware=str(answer[1]) if len(answer) > 1 else None)

    async def read(self) -> DisplayState:
        """Read model and texts: two requests for each meter, one for titles and one for texts."""
        identity = await self.identify()
        meters = range(1, METERS[identity.model] + 1)
        return DisplayState(
            identity=identity, pages={meter: await self._read_page(meter) for meter in meters}
        )

    async def _read_page(self, meter: int) -> CustomPage:
        texts: dict[str, str] = {}
        for kind, limit in (("title", TITLE_LIMIT), ("text", TEXT_LIMIT)):
            block = await self.read_text(text_register(meter, f"{kind}_1"), _AREAS * limit)
            for area in range(_AREAS):
                padded = block[area * limit : (area + 1) * limit]
                texts[f"{kind}_{area + 1}"] = _decode(padded)
        return CustomPage(**texts)

    async def show(self, page: ViewerPage) -> None:
        """Write the page's number (0x2F50).

        The custom page of a display for one meter may come after its only main page.
        """
        custom = page is ViewerPage.CUSTOM_METER_1 and METERS.get(self._model) == 1
        number = self._custom_page if custom else int(page)
        try:
            await self.write(VIEWER_PAGE, number)
        except RefusedError as err:
            if not custom or number == _CUSTOM_PAGE_OF_ONE:
                raise PageLockedError(str(err)) from err
            await self._show_other(err)

    async def _show_other(self, refusal: RefusedError) -> None:
        try:
            await self.write(VIEWER_PAGE, _CUSTOM_PAGE_OF_ONE)
        except RefusedError:
            raise PageLockedError(str(refusal)) from refusal
        self._custom_page = _CUSTOM_PAGE_OF_ONE
        self.found.note("The display has its custom page as page 2, not 5")

    async def write_page(self, meter: int, page: CustomPage, changed: Collection[str]) -> None:
        """Write the new texts, each for itself."""
        for name in changed:
            padded = getattr(page, name).encode("ascii").ljust(LIMITS[name], b"\0")
            words = [int.from_bytes(padded[i : i + 2]) for i in range(0, len(padded), 2)]
            await self.write_many(text_register(meter, name), words)


def _decode(padded: bytes) -> str:
    """Read a text; what no display shows, as there may be before anyone wrote, as question marks."""
    text, _, _ = padded.partition(b"\0")
    return "".join(
        chr(code) if chr(code).isascii() and chr(code).isprintable() else "?" for code in text
    )


class RestDisplay(RestDevice):
    """A DMED4DC1 behind its own web server, whose texts can be written and not read."""

    link_losses = 0  # each request has a connection of its own

    async def identify(self) -> Identity:
        """Look for a meter behind one of the channels, which only a display's web server has."""
        for channel in _CHANNELS:
            try:
                answer = await self._get(f"{channel}/charge_status")
            except RefusedError, UnexpectedAnswerError:
                continue
            except SilentError:
                if channel > _PATIENT_CHANNEL:
                    raise
                continue
            if "measurement_status" in answer:
                return Identity(model=_REST_MODEL)
        raise NotADmed4Error("no meter answers behind any channel of this web server")

    async def read(self) -> DisplayState:
        """See whether the web server says anything, be it that no meter is there."""
        try:
            await self._knock(_PATIENT_CHANNEL)
        except CannotConnectError, SilentError:
            await self._repeater.ask(partial(self._knock, _PATIENT_CHANNEL + 1))
        return DisplayState(identity=Identity(model=_REST_MODEL), pages={})

    async def _knock(self, channel: int) -> None:
        with suppress(RefusedError):
            await self._request("GET", f"{channel}/charge_status")

    async def show(self, page: ViewerPage) -> None:
        """Put the page's number."""
        try:
            await self._put("set_viewer_page", page=str(int(page)))
        except RefusedError as err:
            raise PageLockedError(str(err)) from err

    async def write_page(self, meter: int, page: CustomPage, changed: Collection[str]) -> None:
        """Post all texts, also those that are not new: the API has no way to set one."""
        texts = {name.replace("_", ""): getattr(page, name) for name in LIMITS}
        await self._post(f"{meter}/custom_string", texts)
