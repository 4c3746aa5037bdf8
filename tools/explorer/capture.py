"""Reads from a meter what there is, raw, for the simulator to replay (`simulator/replay.py`)."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from custom_components.lovato_dmed4.dmed4.errors import (
    MeterError,
    NotADmed4Error,
    RefusedError,
    SilentError,
    UnexpectedAnswerError,
)
from custom_components.lovato_dmed4.dmed4.lines import Line
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from custom_components.lovato_dmed4.dmed4.registers import OUTPUT_MESSAGE, Registers
from custom_components.lovato_dmed4.dmed4.rest import RestMeter

from . import redact

FORMAT: Final = 1

type Dump = dict[str, Any]

# In the order in which the integration asks for them.
_PATHS: Final = (
    "charge_settings",
    "system_status",
    "measure",
    "charge_status",
    "logbook/info",
    "ocmf",
)

_ABOUT: Final = (
    "What a DMED4 answered, as the explorer saved it. Serial number, identification, tariff and "
    "charge point texts, signatures and fields that are not in the manual are masked; the address "
    "is not in it. Measures, settings, states and the public key are as they were."
)


def _dump(transport: str, line: str, **content: object) -> Dump:
    return {
        "format": FORMAT,
        "about": _ABOUT,
        "transport": transport,
        "line": line,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        **content,
    }


class ExploredModbusMeter(ModbusMeter):
    """A meter behind a Modbus link whose registers can be captured."""

    @property
    def line(self) -> Line:
        """What the link runs over."""
        return self._link.line

    @property
    def unit_id(self) -> int:
        """Who is asked."""
        return self._unit_id

    @property
    def sample_is_local(self) -> bool:
        """Whether the time of the last sample has turned out to be local time."""
        return bool(self._sample_offset)

    async def capture(self) -> Dump:
        """Read all documented registers that hold no settings of their own and no inputs."""
        identification = b""
        with suppress(NotADmed4Error):
            identification = await self._report_server_id()
        registers: dict[str, str] = {}
        refused: dict[str, str] = {}
        for first, last in Registers.register_ranges:
            await self._capture(first, last - first + 1, registers, refused)
        with suppress(MeterError):
            record = redact.signed(await self.read_last_record())
            padded = record + b"\0" * (len(record) % 2)
            registers[_name(OUTPUT_MESSAGE)] = padded.hex(" ", 2)
        return _dump(
            "modbus",
            str(self._link.line),
            identification=identification.hex(" "),
            registers=registers,
            refused=refused,
        )

    async def _capture(
        self, first: int, count: int, registers: dict[str, str], refused: dict[str, str]
    ) -> None:
        """Read a block; one that the meter refuses in halves, to find what of it is there."""
        try:
            words = await self.read_words(first, count)
        except (SilentError, UnexpectedAnswerError) as err:
            refused[_name(first)] = type(err).__name__
        except RefusedError as err:
            if count == 1:
                refused[_name(first)] = f"exception {err.code}"
                return
            half = count // 2
            await self._capture(first, half, registers, refused)
            await self._capture(first + half, count - half, registers, refused)
        else:
            registers[_name(first)] = " ".join(f"{word:04X}" for word in words)


class ExploredRestMeter(RestMeter):
    """A meter behind a web server whose answers can be captured."""

    async def fetch(self, path: str) -> bytes:
        """Get an answer as it came."""
        return await self._request("GET", path)

    async def capture(self) -> Dump:
        """Get all that can be got without a login."""
        record = b""
        with suppress(MeterError):
            record = await self.read_last_record()
        answers: dict[str, object] = {}
        refused: dict[str, str] = {}
        for path in _PATHS:
            try:
                body = await self._request("GET", path)
            except RefusedError as err:
                refused[path] = f"HTTP {err.code}"
            except (SilentError, UnexpectedAnswerError) as err:
                refused[path] = type(err).__name__
            else:
                answers[path] = redact.answer(body, record if path == "ocmf" else b"")
        return _dump("rest", self._url.scheme.upper(), answers=answers, refused=refused)


type ExploredMeter = ExploredModbusMeter | ExploredRestMeter


def _name(register: int) -> str:
    return f"0x{register:04X}"


def summary(dump: Mapping[str, Any]) -> str:
    """Return how much is in a dump."""
    if dump["transport"] == "rest":
        return f"{len(dump['answers'])} answers, {len(dump['refused'])} refused"
    words = sum(len(block.split()) for block in dump["registers"].values())
    return f"{words} registers, {len(dump['refused'])} refused"
